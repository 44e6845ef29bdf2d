"""Forms that ask, rows that are tables of their own, and what stands below a sum."""

from __future__ import annotations

import pytest

from etl.tests.unseen_tables import table
from etl.understand import read_page

URL = "https://ws.dws.gov.za/pmd/level.aspx"
FORM = (
    "<form {}><div><label>Project No:</label><input {} value='WP1'></div>"
    "<div><label>Project Name:</label><input {} value='Alpha'></div>{}</form>"
)


@pytest.mark.parametrize(
    ("form", "box", "button", "is_read"),
    [
        ("method=get", "", "<button>Find</button>", False),
        ("", "", "<input type=submit>", False),
        ("method=post", "", "<button>Save</button>", True),
        ("", "readonly", "<button>Close</button>", True),
        ("", "", "<button type=button>Print</button>", True),
    ],
)
def test_boxes_of_a_form_that_asks_are_no_record(form: str, box: str, button: str, is_read: bool) -> None:
    content = read_page(FORM.format(form, box, box, button), url=URL)
    assert bool(content.tables) == is_read
    assert is_read or any("a form that asks" in one.reason for one in content.not_data)


def test_labels_of_a_record_in_a_form_that_asks_are_read_beside_its_box() -> None:
    form = "<form><input name=q><button>Find</button>{}</form>"
    page = form.format("<b>Project No:</b> WP1<br><b>Project Name:</b> Alpha<br>")
    assert [one.rows for one in read_page(page, url=URL).tables] == [[["WP1", "Alpha"]]]


def test_tables_of_one_row_without_headings_are_left_as_they_are() -> None:
    rows = "".join(
        f"<table><tr><td>WP{n}</td><td>Pipe {n}</td><td>R{n} 000</td></tr></table>" for n in (1, 2, 3)
    )
    assert [len(one.rows) for one in read_page(f"<div>{rows}</div>", url=URL).tables if one.rows] != [3]


def test_what_stands_below_a_sum_and_says_no_more_is_left_out_with_a_reason() -> None:
    body = "\n".join(f"WP{n}|Pipe {n}|Kouga (EC108)|R{n} 000 000" for n in (1, 2, 3))
    page = table("Project No|Project Name|Municipality|Budget", f"{body}\n|All||R6 000 000\n|Share||60%")
    content = read_page(page, url=URL)
    assert [one.external_id for one in content.projects] == ["WP1", "WP2", "WP3"]
    assert [row.row[1] for one in content.tables for row in one.left_out] == ["All", "Share"]
