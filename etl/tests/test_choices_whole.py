"""Which choice of a list shows all of it, as its options tell; lines that end as a browser ends them."""

from __future__ import annotations

import pytest

from etl.extract import read_page
from etl.extract.document import Document
from etl.extract.html5 import parse_html5

LIST = "<table><tr><th>Project No<th>Project Name<th>Status" + "<tr><td>P-1<td>Dam<td>Active" * 2


def whole(*options: str) -> str | None:
    """The value that narrows nothing, of a choice of a form above a list."""
    select = "".join(f"<option>{option}" for option in options)
    form = f"<form action=/l><select name=s>{select}</select><input type=submit value=Go></form>"
    (choice,) = read_page(f"<html><body>{form}{LIST}</table></body></html>", url="http://x.example/l").choices
    return choice.whole


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("All", "Completed", "Cancelled"), "All"),
        (("All stages", "Completed", "Cancelled"), "All stages"),
        (("Show all projects", "Completed", "Cancelled"), "Show all projects"),
        (("All current", "All past", "Completed", "Cancelled"), None),
        (("All current", "All", "Completed", "Cancelled"), "All"),
        (("All completed", "Cancelled", "On hold"), None),
        (("All Gauteng projects", "Gauteng", "Limpopo"), None),
        (("All of the Free State", "Gauteng", "Limpopo"), None),
        (("All provinces of South Africa", "Gauteng", "Limpopo"), "All provinces of South Africa"),
    ],
)
def test_one_of_several_that_say_all_is_a_part(options, expected):
    assert whole(*options) == expected


@pytest.mark.parametrize("damage", ["", '<p class="x>'])
def test_an_end_of_a_line_that_never_began_parts_words_as_in_a_browser(damage):
    rows = "<tr><td>P-1<td>Upper</br>dam<td>Design<tr><td>P-2<td>Lower</BR >dam<td>Design"
    table = f"<table><tr><th>Project No<th>Project Name<th>Status{rows}</table>"
    (found,) = read_page(f"<html><body>{damage}{table}</body></html>").tables
    assert [row[1] for row in found.rows] == ["Upper dam", "Lower dam"]


def test_a_lone_end_of_a_paragraph_is_a_paragraph_to_whoever_looks_for_one():
    markup = "<body><table><tr><td>P-1</p>P-2</table></body>"
    root = parse_html5(markup)
    assert root is not None
    document = Document(root, markup, markup, {})
    assert list(document.walk("p")) == list(root.iter("p")) != []
