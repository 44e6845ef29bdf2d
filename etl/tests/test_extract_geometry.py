"""The grid, its header, its rows: each table is read as a person sees it, and nothing is lost in silence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buka.dev.testing import soon_done
from etl.extract import PageContent
from etl.extract.types import Table
from etl.tests.hostile import hostile
from etl.understand import read_page

URL = "https://ws.dws.gov.za/pmd/level.aspx"
HEAD = ("Project No", "Project Name", "Budget", "Status")
ROWS = (
    ("WP1", "Alpha", "R10", "Design"),
    ("WP2", "Beta", "R20", "Tender"),
    ("WP3", "Gamma", "R30", "Design"),
)
LONG = "A description of what will be built in this scheme, and of the reasons why it is needed. " * 12


def tr(*cells: str, tag: str = "td", more: str = "") -> str:
    """A row; a cell that is markup already stays as it is."""
    marked = (cell if cell.startswith(("<td", "<th")) else f"<{tag}>{cell}</{tag}>" for cell in cells)
    return f"<tr {more}>{''.join(marked)}</tr>"


def rows(*records: tuple[str, ...]) -> str:
    return "".join(tr(*record) for record in records or ROWS)


def page(*parts: str) -> PageContent:
    return read_page(f"<table>{''.join(parts)}</table>", url=URL)


def only(*parts: str) -> Table:
    (table,) = page(*parts).tables
    return table


def texts(*records: tuple[str, ...]) -> list[list[str]]:
    return [list(record) for record in records or ROWS]


# -- the header ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "years",
    [
        ("2019", "2020", "2021"),
        ("2019/20", "2020/21", "2021/22"),
        ("2019-2020", "2020-2021", "2021-2022"),
        ("FY2019", "FY2020", "FY2021"),
        ("2019/2020", "2020/2021", "2021/2022"),
        ("Before 2019", "2019", "2020"),
    ],
)
@pytest.mark.parametrize("mark", ["R", ""])
def test_years_in_plain_cells_head_their_columns(years: tuple[str, ...], mark: str) -> None:
    body = [("RBIG", f"{mark}10", f"{mark}20", f"{mark}30"), ("WSIG", f"{mark}1", f"{mark}2", f"{mark}4")]
    table = only(tr("Programme", *years), rows(*body))
    assert table.headers == ["Programme", *years]
    assert table.rows == texts(*body)


@pytest.mark.parametrize(
    ("titles", "context"),
    [
        (tr("Report: projects", "2024/05/31"), ["Report: projects 2024/05/31"]),
        (
            tr("<td colspan=2>Projects of Limpopo Province</td>", "<td colspan=2>as at 31 March 2024</td>"),
            ["Projects of Limpopo Province as at 31 March 2024"],
        ),
        (
            tr("<td colspan=4>List of projects</td>") + tr("Location :", "", "", "") + tr("", "", "", ""),
            ["List of projects", "Location :"],
        ),
        (
            tr("List of projects") + tr("Location :", "Limpopo") + tr("&nbsp;"),
            ["List of projects", "Location : Limpopo"],
        ),
        (
            tr("<td colspan=4>One</td>") + tr("<td colspan=4>Two</td>") + tr("<td colspan=4>Three</td>"),
            ["One", "Two", "Three"],
        ),
        (tr("<th colspan=4>Table 3: projects</th>"), ["Table 3: projects"]),
        (tr("Printed", "2024/05/31", "", ""), ["Printed 2024/05/31"]),
        (tr("", "", "Limpopo", ""), ["Limpopo"]),
    ],
)
@pytest.mark.parametrize("tag", ["td", "th"])
def test_titles_above_the_header_are_what_the_page_says_of_the_table(
    titles: str, context: list[str], tag: str
) -> None:
    table = only(titles, tr(*HEAD, tag=tag), rows())
    assert (table.headers, table.rows, table.context) == (list(HEAD), texts(), context)


@pytest.mark.parametrize("tag", ["td", "th"])
@pytest.mark.parametrize("spacer", ["", "&nbsp;", "<td width=5></td>", '<td><img src="x.gif"></td>'])
def test_blank_columns_between_the_others_change_nothing(tag: str, spacer: str) -> None:
    def spaced(record: tuple[str, ...]) -> list[str]:
        return [cell for text in record for cell in (text, spacer)]

    table = only(tr(*spaced(HEAD), tag=tag), *(tr(*spaced(record)) for record in ROWS))
    assert (table.headers, table.rows) == (list(HEAD), texts())


@pytest.mark.parametrize(
    "head",
    [
        tr(
            "<td rowspan=2>No</td>",
            "<td rowspan=2>Scheme</td>",
            "<td colspan=2>2023/24</td>",
            "<td colspan=2>2024/25</td>",
        )
        + tr("Budget", "Spent", "Budget", "Spent"),
        tr("", "", "<td colspan=2>2023/24</td>", "<td colspan=2>2024/25</td>")
        + tr("No", "Scheme", "Budget", "Spent", "Budget", "Spent"),
        tr(
            "<th rowspan=2>No</th>",
            "<th rowspan=2>Scheme</th>",
            "<th colspan=2>2023/24</th>",
            "<th colspan=2>2024/25</th>",
        )
        + tr("Budget", "Spent", "Budget", "Spent", tag="th"),
        tr(
            "<td rowspan=2><b>No</b></td>",
            "<td rowspan=2><b>Scheme</b></td>",
            "<td colspan=2><b>2023/24</b></td>",
            "<td colspan=2><b>2024/25</b></td>",
        )
        + tr("Budget", "Spent", "Budget", "Spent"),
        tr("<td colspan=6>Schemes of the region</td>")
        + tr(
            "<td rowspan=2>No</td>",
            "<td rowspan=2>Scheme</td>",
            "<td colspan=2>2023/24</td>",
            "<td colspan=2>2024/25</td>",
        )
        + tr("Budget", "Spent", "Budget", "Spent"),
    ],
)
@pytest.mark.parametrize("count", [2, 3, 5])
def test_two_rows_of_headings_make_one_caption_a_column(head: str, count: int) -> None:
    body = [(f"{n}", f"Scheme {'ABCDEFG'[n]}", f"R{n}1", f"R{n}2", f"R{n}3", f"R{n}5") for n in range(count)]
    table = only(head, rows(*body))
    assert table.headers == [
        "No",
        "Scheme",
        "2023/24 Budget",
        "2023/24 Spent",
        "2024/25 Budget",
        "2024/25 Spent",
    ]
    assert table.rows == texts(*body)


@pytest.mark.parametrize(
    "body",
    [
        ROWS,
        ROWS[:2],
        (("1", "Alpha", "10%"), ("2", "Beta", "20%"), ("3", "Gamma", "30%")),
        (("Alpha", "2024/01/31"), ("Beta", "2024/02/28"), ("Gamma", "2024/03/31")),
        (("Alpha", "R1 000.00", "R2"), ("Beta", "R2 000.00", "R3"), ("Gamma", "TBC", "R3")),
        (("<td><b>WP1</b></td>", "Alpha", "R1"), ("<td><b>WP2</b></td>", "Beta", "R2")),
        (("<th>WP1</th>", "Alpha", "R5"), ("<th>WP2</th>", "Beta", "R6"), ("<th>WP3</th>", "Gamma", "R7")),
    ],
)
def test_a_table_without_a_header_keeps_its_first_record(body: tuple[tuple[str, ...], ...]) -> None:
    table = only(rows(*body))
    assert table.headers == [f"Column {at}" for at in range(1, len(body[0]) + 1)]
    assert [len(row) for row in table.rows] == [len(body[0])] * len(body)
    assert table.left_out == []


@pytest.mark.parametrize("tag", ["td", "th"])
def test_long_descriptions_are_data(tag: str) -> None:
    body = [("WP1", LONG.strip(), "R1"), ("WP2", LONG.strip(), "R2")]
    assert only(tr("Project No", "Description", "Budget", tag=tag), rows(*body)).rows == texts(*body)


@pytest.mark.parametrize(
    "head",
    [
        tr("Project Name", tag="th"),
        "<thead><tr><td>Scheme</td></tr></thead>",
        tr("Project Name"),
        tr("<td colspan=3>Projects of the region</td>") + tr("Project Name", tag="th"),
        tr("Town", tag="th"),
        "<tr bgcolor=#cccccc><td>Town</td></tr>",
    ],
)
def test_a_table_of_one_column_is_a_table(head: str) -> None:
    assert only(head, rows(("Alpha",), ("Beta",), ("Gamma",))).rows == [["Alpha"], ["Beta"], ["Gamma"]]


@pytest.mark.parametrize(
    "name", ["filter-row", "pager", "total", "footer", "rgFilterRow", "page", "subtotal"]
)
def test_a_row_is_no_less_data_for_its_class(name: str) -> None:
    marked = [tr(*record, more=f'class="{name}"') for record in ROWS]
    table = only(tr(*HEAD, tag="th"), *marked)
    assert (table.rows, table.left_out) == (texts(), [])


@pytest.mark.parametrize(
    "around",
    [
        "<div class='calendar-wrap'>{}</div>",
        "<footer>{}</footer>",
        "<div class='menu-body'>{}</div>",
        "<div class='calendar'><div>{}</div></div>",
        "<footer><div class=container>{}</div></footer>",
    ],
)
def test_a_table_is_no_less_data_for_where_it_stands(around: str) -> None:
    inner = f"<table>{tr(*HEAD, tag='th')}{rows()}</table>"
    (table,) = read_page(around.format(inner), url=URL).tables
    assert (table.headers, table.rows) == (list(HEAD), texts())


@pytest.mark.parametrize(
    "units",
    [
        ("", "R'000", "R'000", "%"),
        ("", "(R'000)", "(R'000)", "(%)"),
        ("", "Rm", "R million", "%"),
        ("", "R", "R", ""),
        ("", "R’000", "R’000", "percent"),
        ("", "'000", "'000", ""),
    ],
)
@pytest.mark.parametrize("tag", ["td", "th"])
def test_a_row_of_units_is_a_note_on_the_columns(units: tuple[str, ...], tag: str) -> None:
    body = [("Alpha", "10", "5", "50"), ("Beta", "20", "5", "25")]
    table = only(tr("Project Name", "Budget", "Spent", "Progress", tag=tag), tr(*units), rows(*body))
    assert (table.column_notes, table.rows) == (list(units), texts(*body))
    assert table.headers == ["Project Name", "Budget", "Spent", "Progress"]
    marked = only(
        tr("Project Name", "Budget", "Spent", "Progress", tag="th"), tr(*units, tag="th"), rows(*body)
    )
    assert (marked.column_notes, marked.rows, marked.headers) == (list(units), texts(*body), table.headers)


@pytest.mark.parametrize("tag", ["td", "th"])
def test_units_that_tell_columns_of_one_heading_apart_stay_in_the_headings(tag: str) -> None:
    bands = ("Scheme", f"<{tag} colspan=2>2023/24</{tag}>", f"<{tag} colspan=2>2024/25</{tag}>")
    head = tr(*bands, tag=tag) + tr("", "R'000", "%", "R'000", "%", tag=tag)
    table = only(head, rows(("Alpha", "10", "5", "20", "6"), ("Beta", "20", "6", "30", "7")))
    assert table.headers == ["Scheme", "2023/24 R'000", "2023/24 %", "2024/25 R'000", "2024/25 %"]
    assert table.column_notes == []


def test_units_below_headings_that_reach_down_beside_them_are_notes() -> None:
    head = tr("<th rowspan=2>Project Name</th>", "<th>Budget</th>", "<th>Spent</th>") + tr(
        "R'000", "R'000", tag="th"
    )
    table = only(head, rows(("Alpha", "10", "5"), ("Beta", "20", "6")))
    assert (table.headers, table.column_notes) == (
        ["Project Name", "Budget", "Spent"],
        ["", "R'000", "R'000"],
    )


def test_words_above_a_column_of_returning_words_are_a_header() -> None:
    body = [("Alpha", "Ontwerp"), ("Beta", "Konstruksie"), ("Gamma", "Ontwerp"), ("Delta", "Konstruksie")]
    table = only(tr("Skema", "Stand"), rows(*body))
    assert (table.headers, table.rows) == (["Skema", "Stand"], texts(*body))
    assert page(rows(*body)).tables == []


def test_other_headings_in_the_middle_begin_another_table() -> None:
    other = ("Contractor", "Contract No", "Value", "Paid")
    paid = ("Basil", "C1", "R7", "R1")
    content = page(
        tr(*HEAD, tag="th"), rows(), tr(*other, tag="th"), tr(*paid), tr(*other, tag="th"), tr(*paid)
    )
    assert [table.headers for table in content.tables] == [list(HEAD), list(other)]
    assert [table.rows for table in content.tables] == [texts(), texts(paid, paid)]
    assert [left.kind for left in content.tables[1].left_out] == ["heading"]


def test_a_total_marked_as_a_heading_is_a_total() -> None:
    table = only(tr(*HEAD, tag="th"), rows(), tr("Total", "", "R60", "", tag="th"))
    assert [left.kind for left in table.left_out] == ["total"]


# -- what is no data ----------------------------------------------------------------------------------------

DAYS = "Mo Tu We Th Fr Sa Su".split()
NO_DATA = {
    "a form": tr("Province", "<td><select><option>All<option>Limpopo</select></td>")
    + tr("Name", "<td><input></td>"),
    "a form of four columns": tr("From", "<td><input></td>", "To", "<td><input></td>")
    + tr("Name", "<td><input></td>", "Status", "<td><select><option>All</select></td>"),
    "a form with headings": tr("<th>Province</th>", "<td><select><option>All</select></td>")
    + tr("<th>Name</th>", "<td><input></td>"),
    "a menu": "".join(
        tr(f"<td><a href=a{n}>Item {n}</a></td>", f"<td><a href=b{n}>Part {n}</a></td>") for n in range(4)
    ),
    "a menu of years": "".join(
        tr(f"<td><a href=a{n}>{n}</a></td>", f"<td><a href=b{n}>{n + 1}</a></td>") for n in (2019, 2021)
    ),
    "a calendar": tr(*DAYS) + "".join(tr(*(str(7 * week + day) for day in range(1, 8))) for week in range(4)),
    "a calendar with headings": tr(*DAYS, tag="th")
    + "".join(tr(*(str(7 * week + day) for day in range(1, 8))) for week in range(4)),
    "a calendar without headings": "".join(
        tr(*(str(7 * week + day) for day in range(1, 8))) for week in range(4)
    ),
    "a pager": tr(*(f'<td><a href="?p={n}">{n}</a></td>' for n in range(1, 9))),
    "a pager of two rows": tr("Page 1 of 3", '<td><a href="?p=2">Next</a></td>')
    + tr("1", '<td><a href="?p=2">2</a></td>'),
    "two columns of words": tr("Welcome to the site of the Department", "News and events of the week")
    + tr("We build dams", "Read more"),
    "prose beside a list": tr(LONG, "News") + tr(LONG, "Events"),
    "a hidden table": "<tbody style='display:none'></tbody>" + tr("Waiting", "please") + tr("Loading", "now"),
}


@pytest.mark.parametrize("kind", NO_DATA)
def test_what_is_no_data_is_named_with_a_reason(kind: str) -> None:
    content = page(NO_DATA[kind])
    assert content.tables == []
    (named,) = content.not_data
    assert named.reason.endswith(".")
    assert named.rows > 0


def test_layout_around_a_table_needs_no_word_and_its_text_has_one() -> None:
    inner = f"<table>{tr(*HEAD, tag='th')}{rows()}</table>"
    bare = read_page(f"<table><tr><td>{inner}</td></tr></table>", url=URL)
    assert (len(bare.tables), bare.not_data) == (1, [])
    (told,) = page(tr("Home", "About"), tr("Here", f"<td>{inner}</td>"), tr("Terms", "Privacy")).not_data
    assert told.reason == "It only arranges other parts of the page."


# -- the rows -----------------------------------------------------------------------------------------------

TOTALS = [
    "TOTAL (R)",
    "Total",
    "Total for Limpopo",
    "Grand Total: 3 projects",
    "3 Projects",
    "Limpopo - 3 projects",
    "Totaal",
    "Groottotaal",
    "Sub-totaal",
    "Subtotal",
    "Sub total:",
    "Sum",
    "Total Budget",
    "Total project cost",
    "Overall total",
    "Totaal vir Limpopo",
    "Grand Total",
    "Totals",
    "TOTAL:",
    "Total (3)",
    "Provincial total",
]


@pytest.mark.parametrize("label", TOTALS)
@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("place", ["last", "first", "foot"])
def test_a_row_that_sums_up_the_others_is_no_project(label: str, at: int, place: str) -> None:
    cells = ["", "", "R60", ""]
    cells[at] = label
    body = {
        "last": rows() + tr(*cells),
        "first": tr(*cells) + rows(),
        "foot": f"<tfoot>{tr(*cells)}</tfoot><tbody>{rows()}</tbody>",
    }
    content = page(f"<thead>{tr(*HEAD, tag='th')}</thead>", body[place])
    (table,) = content.tables
    assert table.rows == texts()
    assert [(left.kind, left.row) for left in table.left_out] == [("total", cells)]
    assert [project.external_id for project in content.projects] == ["WP1", "WP2", "WP3"]


@pytest.mark.parametrize("label", ["Average", "Gemiddeld", "Average budget", "Avg", "Gemiddelde"])
def test_an_average_is_no_project(label: str) -> None:
    table = only(tr(*HEAD, tag="th"), rows(), tr("", label, "R20", ""))
    assert [left.reason for left in table.left_out] == ["Its figures are the average of 3 other rows."]


@pytest.mark.parametrize("label", ["Total", "Grand Total", "Totaal", "3 Projects"])
def test_a_total_that_does_not_come_out_is_still_none_of_the_projects(label: str) -> None:
    table = only(tr(*HEAD, tag="th"), rows(), tr("", label, "R99", ""))
    assert (table.rows, [left.kind for left in table.left_out]) == (texts(), ["total"])


def test_a_total_needs_no_label_where_its_figures_say_it() -> None:
    head, body = (
        ("Scheme", "Budget", "Spent"),
        [("Alpha", "R10", "R1"), ("Beta", "R20", "R3"), ("Gamma", "R30", "R5")],
    )
    table = only(tr(*head, tag="th"), rows(*body, ("South Africa", "R60", "R9")))
    assert (table.rows, table.left_out[0].row) == (texts(*body), ["South Africa", "R60", "R9"])
    table = only(tr(*HEAD, tag="th"), rows(*ROWS, ("", "", "R60", "")))
    assert (table.rows, table.left_out[0].row) == (texts(), ["", "", "R60", ""])


@pytest.mark.parametrize(
    "name",
    [
        "Total Control Valve Replacement",
        "Grand Total Dam",
        "Total",
        "Average Street Reservoir",
        "Sum City Pipeline",
        "Totalgaz Bulk Supply",
        "Totaal Rivier Skema",
        "Upgrade of 12 projects",
    ],
)
@pytest.mark.parametrize("at", [0, 2, 3])
def test_a_project_with_a_number_and_figures_of_its_own_stays_one(name: str, at: int) -> None:
    body = [*ROWS]
    body.insert(at, ("WP9", name, "R7", "Design"))
    table = only(tr(*HEAD, tag="th"), rows(*body))
    assert (table.rows, table.left_out) == (texts(*body), [])


@pytest.mark.parametrize(
    "name", ["Total Control Valve Replacement", "Average Dam", "Total Sanitation Mopani"]
)
def test_a_name_that_begins_like_a_total_is_a_name_where_no_numbers_are_given(name: str) -> None:
    body = [("Alpha", "R10"), (name, "R25"), ("Gamma", "R30"), (name, "R4")]
    table = only(tr("Scheme", "Budget", tag="th"), rows(*body))
    assert (table.rows, table.left_out) == (texts(*body), [])


def test_two_projects_of_the_same_figures_are_two() -> None:
    body = [("WP1", "Alpha", "R10", "R5"), ("WP2", "Beta", "R10", "R5")]
    assert only(tr("Project No", "Project Name", "Budget", "Spent", tag="th"), rows(*body)).rows == texts(
        *body
    )


def test_each_group_s_total_and_the_whole_one_s_are_totals() -> None:
    groups = {"RBIG": ROWS[:2], "WSIG": ROWS[2:]}
    parts = [tr(*HEAD, tag="th")]
    for name, body in groups.items():
        parts += [tr(f"<td colspan=4>{name}</td>"), rows(*body), tr("", f"{name} total", "R30", "")]
    table = only(*parts, tr("<td colspan=2>Total</td>", "R60", ""))
    assert table.rows == [["RBIG", *ROWS[0]], ["RBIG", *ROWS[1]], ["WSIG", *ROWS[2]]]
    assert [left.kind for left in table.left_out] == ["group", "total", "group", "total", "total"]
    assert table.left_out[-1].row == ["", "Total", "Total", "R60", ""]


@pytest.mark.parametrize(
    "note", ["Source: annual report", "Note: amounts are estimates", "* estimated", "Bron: DWS"]
)
@pytest.mark.parametrize("cells", [1, 4])
def test_a_remark_below_the_rows_is_a_note(note: str, cells: int) -> None:
    table = only(tr(*HEAD, tag="th"), rows(), tr(note, *[""] * (cells - 1)))
    assert (table.rows, [left.kind for left in table.left_out]) == (texts(), ["note"])


def test_a_total_beside_a_cell_that_reaches_down_is_one() -> None:
    table = only(
        tr("Province", "Scheme", "Budget", tag="th"),
        tr("<td rowspan=3>Limpopo</td>", "Alpha", "R1"),
        tr("Beta", "R2"),
        tr("Sub total", "R3"),
        tr("<td rowspan=2>Gauteng</td>", "Gamma", "R5"),
        tr("Subtotaal", "R5"),
        tr("<td colspan=2>Grand total</td>", "R8"),
    )
    assert table.rows == [["Limpopo", "Alpha", "R1"], ["Limpopo", "Beta", "R2"], ["Gauteng", "Gamma", "R5"]]
    assert [left.row[1] for left in table.left_out] == ["Sub total", "Subtotaal", "Grand total"]
    assert table.left_out[-1].reason == "Its figures are the sum of 3 other rows."


@pytest.mark.parametrize("counted", [" - {} projects", " ({} projects)", ": {} Projects", ""])
@pytest.mark.parametrize("cells", ["<td colspan=4>{}</td>", "<td><b>{}</b></td><td></td><td></td><td></td>"])
def test_a_line_across_the_table_is_a_column_of_the_rows_below_it(counted: str, cells: str) -> None:
    first, second = (cells.format(name + counted.format(2)) for name in ("Limpopo", "Gauteng"))
    table = only(
        tr(*HEAD, tag="th"), f"<tr>{first}</tr>", rows(*ROWS[:2]), f"<tr>{second}</tr>", rows(ROWS[2])
    )
    assert [row[0] for row in table.rows] == ["Limpopo", "Limpopo", "Gauteng"]
    assert [left.kind for left in table.left_out] == ["group", "group"]


@pytest.mark.parametrize("mark", ["{}", "({})"])
@pytest.mark.parametrize("tag", ["td", "th"])
def test_a_row_that_numbers_the_columns_is_a_heading(mark: str, tag: str) -> None:
    table = only(tr(*HEAD, tag="th"), tr(*(mark.format(at) for at in range(1, 5)), tag=tag), rows())
    assert (table.headers, table.rows, [left.kind for left in table.left_out]) == (
        list(HEAD),
        texts(),
        ["heading"],
    )


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_table_below_a_row_is_no_group_of_the_next_ones(at: int) -> None:
    phases = f"<table>{tr('Phase', 'Date', tag='th')}{tr('1', '2024/01/31')}{tr('2', '2024/02/29')}</table>"
    lines = [tr(*record) for record in ROWS]
    lines.insert(at, f"<tr><td colspan=4>{phases}</td></tr>")
    outer, inner = page(tr(*HEAD, tag="th"), *lines).tables
    assert (outer.headers, outer.rows, inner.headers) == (list(HEAD), texts(), ["Phase", "Date"])


def test_a_second_line_of_a_project_stays_data() -> None:
    body = [
        ("WP1", "Alpha", "R10", "Design"),
        ("", "Alpha, phase 2", "R10", "Tender"),
        ("WP2", "Beta", "R4", "Tender"),
    ]
    assert only(tr(*HEAD, tag="th"), rows(*body)).rows == texts(*body)


def test_headings_hidden_rows_pagers_and_filters_are_told() -> None:
    table = only(
        tr(*HEAD, tag="th"),
        tr(*["<td><input></td>"] * 3, "<td><select><option>All</select></td>"),
        rows(*ROWS[:1]),
        tr(*HEAD, tag="th"),
        rows(*ROWS[1:]),
        tr("WP8", "Hidden", "R1", "Design", more="style='display:none'"),
        tr("WP9", "Flat", "R1", "Design", more="style='height:0px'"),
        tr('<td colspan=4><a href="?p=1">1</a> <a href="?p=2">2</a></td>'),
    )
    assert table.rows == texts()
    assert [left.kind for left in table.left_out] == ["filter", "heading", "hidden", "hidden", "pager"]


# -- DevExpress ---------------------------------------------------------------------------------------------


def grid(*records: str) -> Table:
    head = "".join(f"<td id=g_col{at} class=dxgvHeader>{text}</td>" for at, text in enumerate(HEAD))
    body = "".join(
        record.replace("<tr ", f"<tr id=g_DXDataRow{number} class=dxgvDataRow ", 1)
        for number, record in enumerate(records)
    )
    page = f"<table id=g_DXMainTable class=dxgvTable><tr id=g_DXHeadersRow0>{head}</tr>{body}</table>"
    (table,) = read_page(page, url=URL).tables
    return table


def test_a_cell_over_two_rows_of_a_grid_moves_no_neighbour() -> None:
    table = grid(
        tr("WP1", "Alpha", "<td rowspan=2>R10</td>", "Design"), tr("WP2", "Beta", "Tender"), tr(*ROWS[2])
    )
    assert table.rows == texts(ROWS[0], ("WP2", "Beta", "R10", "Tender"), ROWS[2])


def test_a_cell_over_two_columns_of_a_grid_stands_in_both() -> None:
    table = grid(tr("WP1", "Alpha", "<td colspan=2>n/a</td>"), tr(*ROWS[1]), tr(*ROWS[2]))
    assert table.rows[0] == ["WP1", "Alpha", "n/a", "n/a"]


@pytest.mark.parametrize("label", TOTALS)
def test_a_total_among_the_rows_of_a_grid_is_none_of_them(label: str) -> None:
    table = grid(*(tr(*record) for record in ROWS), tr("", label, "R60", ""))
    assert (table.rows, table.left_out[0].row) == (texts(), ["", label, "R60", ""])
    table = grid(*(tr(*record) for record in ROWS), tr(f"<td colspan=2>{label}</td>", "R60", ""))
    assert (table.rows, table.left_out[0].row) == (texts(), [label, label, "R60", ""])


@pytest.mark.parametrize("depths", [(1, 2, 3), (3, 1, 2), (2, 2), (1, 1, 1)])
def test_a_tree_list_s_indents_move_no_column(depths: tuple[int, ...]) -> None:
    indent = "<td class=dxtlIndent></td>"
    head = "<td class=dxtlHeader colspan=4>Scheme</td>" + "".join(
        f"<td class=dxtlHeader>{text}</td>" for text in ("Scheme No", "Budget", "Spent")
    )
    body = "".join(
        f"<tr id=T_R{number} class=dxtlNode>{indent * depth}<td colspan={4 - depth}>Scheme {number}</td>"
        f"<td>S{number}</td><td>R{number}5</td><td>R{number}</td></tr>"
        for number, depth in enumerate(depths, start=1)
    )
    page = f"<table id=T_D class=dxtlDataTable><tr id=T_HDR>{head}</tr>{body}</table>"
    (table,) = read_page(page, url=URL).tables
    assert table.headers == ["Scheme", "Scheme No", "Budget", "Spent"]
    assert table.rows == [[f"Scheme {n}", f"S{n}", f"R{n}5", f"R{n}"] for n in range(1, len(depths) + 1)]


# -- what a page says of a table ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "context"),
    [
        (
            "<h2>Limpopo</h2><p>All amounts in R'000</p>{}<p>Source: DWS</p>",
            ["Limpopo", "All amounts in R'000", "Source: DWS"],
        ),
        ("<div><div class='panel-heading'>WSIG projects</div><div>{}</div></div>", ["WSIG projects"]),
        ("<fieldset><legend>RBIG</legend><div>{}</div></fieldset>", ["RBIG"]),
        (
            "<table><tr><td><h3>Dams</h3></td></tr><tr><td>{}</td></tr>"
            "<tr><td>Figures in R million</td></tr></table>",
            ["Dams", "Figures in R million"],
        ),
        ("<h1>Other</h1><table><tr><th>A</th><th>B</th></tr><tr><td>x</td><td>y</td></tr></table>{}", []),
        (
            "<h2>Limpopo</h2><p>Some words on the programme.</p>{}<p>More words.</p><p>Source: DWS</p>",
            ["Limpopo"],
        ),
        (f"<h2>{'long ' * 100}</h2>{{}}", []),
    ],
)
def test_the_heading_and_the_notes_beside_a_table_are_its_context(markup: str, context: list[str]) -> None:
    content = read_page(markup.format(f"<table id=t>{tr(*HEAD, tag='th')}{rows()}</table>"), url=URL)
    (table,) = [table for table in content.tables if table.id == "t"]
    assert table.context == context


def test_caption_and_titles_stand_in_the_order_of_the_page() -> None:
    titles = tr("<td colspan=4>As at 31 March</td>")
    inner = f"<table><caption>Projects</caption>{titles}{tr(*HEAD, tag='th')}{rows()}</table>"
    (table,) = read_page(f"<h2>Limpopo</h2>{inner}", url=URL).tables
    assert table.context == ["Limpopo", "Projects", "As at 31 March"]


# -- nothing is lost ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["Total", "Alpha", "R10", "R20", "60", "2019", "", "", "%", "R'000", "Source: x", "Project No", "Budget",
     "3 projects", "2024/01/31", "WP1", "Limpopo"]
)  # fmt: skip
CELLS = st.tuples(
    st.sampled_from(["td", "td", "td", "th"]),
    WORDS,
    st.sampled_from([1, 1, 1, 2, 3]),
    st.sampled_from([1, 1, 1, 1, 2]),
)
RECORDS = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8)
CLASSES = st.lists(
    st.sampled_from(["", "", "total", "pager", "filter", "dxgvDataRow", "head"]), min_size=8, max_size=8
)


@settings(max_examples=300, deadline=None)
@given(RECORDS, CLASSES)
def test_every_row_that_says_something_stands_in_one_place(
    records: list[list[tuple[str, str, int, int]]], classes: list[str]
) -> None:
    """Each row has a mark of its own in its last cell, by which it is found again."""
    lines = []
    for number, (record, name) in enumerate(zip(records, classes, strict=False)):
        cells = [f"<{tag} colspan={wide} rowspan={high}>{text}</{tag}>" for tag, text, wide, high in record]
        lines.append(f"<tr class='{name}'>{''.join(cells)}<td>mark{number}x</td></tr>")
    content = page(*lines)
    if any(table.kind == "fields" for table in content.tables):
        return  # labels beside values: another reader's
    for number in range(len(lines)):
        mark = f"mark{number}x"
        places = []
        for table in content.tables:
            places += [1 for row in table.rows if any(mark in text for text in row)]
            places += [1 for left in table.left_out if any(mark in text for text in left.row)]
            places += [1] * any(mark in text for text in [*table.headers, *table.column_notes])
            places += [1] * any(mark in text for text in table.context)
        if content.tables:
            assert len(places) == 1, (mark, content.tables)
        else:
            assert content.not_data or len(lines) == 1


@hostile(
    "markup",
    [
        tr("Total", "R1") * 20_000,
        tr("", "R1", "R2") * 10_000,
        tr("<td colspan=3>Total</td>", "R1") * 10_000,
        tr(*HEAD, tag="th")
        + "".join(tr("", f"Total {n}", f"R{n}", "x") + tr(*ROWS[0]) for n in range(5_000)),
        tr(*["1"] * 1_000) * 60,
        tr(*["<td rowspan=9>x</td>"] * 300) * 60,
        "".join(tr(f"<td colspan=2>Group {n}</td>") + tr("a", "R1") for n in range(10_000)),
        "<tr><td>" * 300 + LONG * 50,
        "<h2>x</h2><p>Note: y</p>" * 5_000 + tr("WP1", "R1") * 3,
        "".join(f"<thead>{tr('a', 'b')}</thead>" for _ in range(3_000)),
    ],
)
def test_hostile_tables_are_read_in_bounded_time(markup: str) -> None:
    with soon_done(15):
        page(markup)


def test_many_tables_side_by_side_are_read_in_bounded_time() -> None:
    one = f"<h3>x</h3><p>Note: y</p><table>{tr(*HEAD, tag='th')}{rows()}</table>"
    with soon_done(15):
        assert len(read_page(f"<div>{one * 1_000}</div>", url=URL).tables) == 1_000
