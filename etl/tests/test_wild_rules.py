"""The rules that the pages of many makers asked for, at their edges: what each takes and leaves alone."""

# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.extract.types import PublishedProject, Table
from etl.normalise.projects import project_record
from etl.tests.test_understand import column
from etl.understand import read_page
from etl.understand.context import names_foreign_money, unit_in
from etl.understand.judge import judge
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.shapes import Shapes
from etl.values.dates import parse_date
from etl.values.places import Places
from etl.values.units import label_unit, split_unit
from etl.values.vocabulary import NOTHING_TAUGHT

FIGURES = ("412 500", "88 200", "54 600", "131 900", "39 700", "276 300")
HEAD = "<tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"


def rows(*records: tuple[str, ...]) -> str:
    return "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in record) + "</tr>" for record in records)


def table(markup: str) -> Table:
    (found,) = (table for table in read_page(markup).tables if table.kind != "fields")
    return found


def only(*records: tuple[str, ...], head: str = HEAD) -> list[list[str]]:
    return table(f"<table>{head}{rows(*records)}</table>").rows


OTHERS = (("WP8", "Beta", "R20"), ("WP9", "Gamma", "R30"))


# -- what stands in a cell beside its value -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Giyani<sup>1</sup>", "Giyani"), ("Giyani <sup>[a]</sup> Dam", "Giyani Dam"), ("Giyani<sup>1, 2</sup>", "Giyani"),
        ('Giyani<span style="vertical-align: super">*</span>', "Giyani"),
        ('Giyani<a href="#_ftn1"><span>[1]</span></a>', "Giyani"),
        # what is raised for another reason
        ("Reservoir 500 m<sup>3</sup>", "Reservoir 500 m3"), ("4 km<sup>2</sup>", "4 km2"), ("10<sup>6</sup> litres", "106 litres"),
        ("1<sup>st</sup> phase", "1st phase"), ("23<sup>o</sup>18", "23o18"), ("Giyani<sup>TM</sup>", "GiyaniTM"), ("M<sup>c</sup>Donald", "McDonald"),
        # buttons and menus, news, and words for those who hear the page
        ('Giyani <a href="/p/1">Read more</a>', "Giyani"), ("Giyani <button>Details</button>", "Giyani"),
        ('Giyani <span class="badge">New!</span>', "Giyani"), ('<span class="sr-only">Name</span>Giyani', "Giyani"),
        ('Giyani <div class="dropdown-menu"><a href="/e">Report it</a></div>', "Giyani"),
        ('<span class="w">New</span> <span class="w">Giyani</span>', "New Giyani"),
        ('<a href="/p/1">View</a>', "View"), ('<span class="badge">On hold</span> Giyani', "On hold Giyani"),
        ('<button>Giyani</button> Phase 2', "Giyani Phase 2"),
    ],
)  # fmt: skip
def test_a_cell_says_its_value_and_nothing_beside_it(cell: str, text: str) -> None:
    assert only(("WP1", cell, "R10"), *OTHERS)[0] == ["WP1", text, "R10"]


def test_a_button_that_is_no_part_of_the_name_keeps_its_link() -> None:
    body = rows(("WP1", 'Giyani<sup>1</sup> <a href="/p/1">View</a>', "R10"), *OTHERS)
    page = read_page(f"<table>{HEAD}{body}</table>", url="https://a.za/x")
    assert page.tables[0].links[0] == "https://a.za/p/1"


def test_a_heading_that_its_cells_repeat_is_no_part_of_them() -> None:
    def cells(*texts: str) -> tuple[str, ...]:
        heads = ("Project No", "Project Name", "Budget")
        return tuple(f"<b>{head}:</b> {text}" for head, text in zip(heads, texts, strict=True))

    assert only(cells("WP1", "Alpha", "R10"), cells("WP2", "Beta", ""))[1] == ["WP2", "Beta", ""]
    head = "<tr><th>Phase</th><th>Ward</th><th>Project Name</th></tr>"
    assert only(("Phase 1", "Ward 2", "Alpha"), ("Phase 2", "Ward 3", "Beta"), head=head)[0][0] == "Phase 1"


# -- rows and columns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "count"),
    [
        (("WP1<br>WP2", "Alpha<br>Beta", "R10<br>R20"), 2),
        (("<p>WP1</p><p>WP2</p>", "<p>Alpha</p><p>Beta</p>", "<p>R10</p><p>R20</p>"), 2),
        (("WP1<br>WP2", "A long name<br>over two lines", "R10"), 1),  # two numbers of one project
        (("WP1", "A long name<br>over two lines", "R10<br>R20"), 1),
        (("WP1<br>WP2", "A<br>long<br>name", "R10<br>R20"), 1),
    ],
)
def test_a_row_of_several_projects_is_parted_where_its_lines_go_together(
    record: tuple[str, ...], count: int
) -> None:
    assert len(only(record, *OTHERS)) == count + 2


def test_a_figure_beside_several_projects_is_nobody_s_own() -> None:
    shared = '<tr><td>WP1</td><td>Alpha</td><td rowspan="2">R30</td></tr><tr><td>WP2</td><td>Beta</td></tr>'
    assert [row[2] for row in table(f"<table>{HEAD}{shared}{rows(('WP3', 'Gamma', 'R5'))}</table>").rows] == [
        "R30 (of 2 rows together)", "R30 (of 2 rows together)", "R5",
    ]  # fmt: skip
    place = '<tr><td>WP1</td><td>Alpha</td><td rowspan="2">Giyani</td></tr><tr><td>WP2</td><td>Beta</td></tr>'
    assert [row[2] for row in table(f"<table>{HEAD}{place}</table>").rows] == ["Giyani", "Giyani"]


WIDE = ("1.", "WP1", "Alpha", "R10"), ("2.", "WP2", "Beta", "R20"), ("3.", "WP3", "Gamma", "R30")


def test_headings_short_of_a_cell_stand_over_the_columns_that_they_fit() -> None:
    assert table(f"<table>{HEAD}{rows(*WIDE)}</table>").headers == [
        "",
        "Project No",
        "Project Name",
        "Budget",
    ]
    late = [(*record[1:], "Remark of some words") for record in WIDE]
    assert table(f"<table>{HEAD}{rows(*late)}</table>").headers == [
        "Project No",
        "Project Name",
        "Budget",
        "",
    ]


def test_one_heading_over_a_number_and_a_name_is_the_name_s() -> None:
    head = '<tr><th colspan="2">Project</th><th>Budget</th></tr>'
    body = rows(*(record[1:] for record in WIDE))
    assert table(f"<table>{head}{body}</table>").headers == ["Reference", "Project", "Budget"]


def test_a_row_short_of_a_cell_is_left_out_where_its_texts_fit_no_column() -> None:
    found = table(
        f"<table>{HEAD}{rows(*OTHERS, ('WP3', 'Gamma', 'R5'), ('WP4', 'Delta', 'R6'), ('WP5', 'R70'))}</table>"
    )
    assert [row[0] for row in found.rows] == ["WP8", "WP9", "WP3", "WP4"]
    assert "fewer cells" in found.left_out[0].reason
    blank = rows(*OTHERS, ("WP3", "Gamma", "R5"), ("WP4", "Delta", "R6"), ("WP5", "Epsilon"))
    assert len(table(f"<table>{HEAD}{blank}</table>").rows) == 5  # nothing is published behind it


def test_ditto_is_the_text_above_and_a_total_above_the_headings_is_none_of_them() -> None:
    assert only(OTHERS[0], ("WP9", "&quot;", "R30"))[1] == ["WP9", "Beta", "R30"]
    top = "<tr><td colspan=2>Total of all projects</td><td>R50</td></tr>"
    assert table(f"<table>{top}{HEAD}{rows(*OTHERS)}</table>").headers == [
        "Project No",
        "Project Name",
        "Budget",
    ]
    years = "<tr><th>Total budget</th><th>2024</th><th>2025</th></tr>"
    assert table(f"<table>{years}{rows(*OTHERS)}</table>").headers == ["Total budget", "2024", "2025"]


def test_records_of_two_lines_under_two_lines_of_headings_are_one_row_each() -> None:
    more = "<tr><th>Municipality</th><th>Contractor</th><th>Completion Date</th></tr>"
    lines = [(record[1:], (f"Place {n}", f"Firm {n}", f"1{n}/04/2026")) for n, record in enumerate(WIDE)]
    found = table(f"<table>{HEAD}{more}{''.join(rows(*pair) for pair in lines)}</table>")
    assert found.headers == [
        "Project No",
        "Project Name",
        "Budget",
        "Municipality",
        "Contractor",
        "Completion Date",
    ]
    assert found.rows[1] == ["WP2", "Beta", "R20", "Place 1", "Firm 1", "11/04/2026"]
    odd = "".join(rows(*pair) for pair in lines) + rows(("WP7", "Eta", "R7"))
    assert len(table(f"<table>{HEAD}{more}{odd}</table>").headers) == 3


def test_two_lists_with_their_headings_apart_stay_two() -> None:
    one = f"<table>{HEAD}</table><table>{rows(('WP1', 'Alpha', 'R10'), *OTHERS)}</table>"
    assert [len(found.headers) for found in read_page(one * 2).tables] == [3, 3]


@pytest.mark.parametrize(
    ("names", "headers"),
    [
        (("Alpha pipe (WP-101)", "Beta pipe (WP-102)", "Gamma pipe (WP-103)"), 3),
        (("WP-101 - Alpha pipe", "WP-102 - Beta pipe", "WP-103 - Gamma pipe"), 3),
        (("Alpha pipe Contractor: WBHO", "Beta pipe Contractor: Esor", "Gamma pipe Contractor: Zutari"), 3),
        (("Alpha pipe (LIM331)", "Beta pipe (LIM332)", "Gamma pipe (LIM333)"), 2),  # municipalities
        (("Alpha pipe (Phase-1)", "Beta pipe (Phase-2)", "Gamma pipe (Phase-3)"), 2),
        (("Alpha pipe (WP-101)", "Beta pipe (WP-102)", "Gamma pipe"), 2),
        (("Alpha pipe (110mm)", "Beta pipe (200mm)", "Gamma pipe (315mm)"), 2),
    ],
)
def test_a_column_that_holds_two_fields_is_two(names: tuple[str, ...], headers: int) -> None:
    body = rows(*((name, f"R{at}0") for at, name in enumerate(names, 1)))
    found = table(f"<table><tr><th>Project Name</th><th>Budget</th></tr>{body}</table>")
    assert len(found.headers) == headers
    if headers == 3:
        assert found.rows[0][0] == "Alpha pipe"


def _positioned(*lines: tuple[int, tuple[str, ...]]) -> str:
    placed = "".join(
        f'<p style="position:absolute;top:{top}px;left:{20 + 150 * at}px">{text}</p>'
        for top, texts in lines
        for at, text in enumerate(texts)
        if text
    )
    return f"<div>{placed}</div>"


HEADED = (80, ("Project No", "Project Name", "Budget"))


def test_texts_at_their_places_are_a_table_and_a_long_one_goes_on_below() -> None:
    lines = [HEADED, *((100 + 20 * at, (f"WP{at}", f"Scheme {at}", f"R{at}0")) for at in range(4))]
    found = table(_positioned(*lines, (110, ("", "of the north", "")), (200, ("WP7", "", "R70"))))
    assert found.headers == ["Project No", "Project Name", "Budget"]
    assert found.rows[0] == ["WP0", "Scheme 0 of the north", "R00"]
    assert read_page(_positioned(*lines[:2])).tables == []


def test_figures_over_their_labels_are_read_and_labels_over_figures_stay() -> None:
    over = "<div><h3>Alpha {0}</h3><span>R{0}0m</span><span>Budget</span><span>{0}%</span><span>Progress</span></div>"
    below = "<div><h3>Alpha {0}</h3><b>Budget</b><span>R{0}0m</span><b>Progress</b><span>{0}%</span></div>"
    for markup in (over, below):
        found = table("".join(markup.format(number) for number in range(1, 5)))
        assert found.rows[0][-2:] == ["R10m", "1%"], markup


# -- units --------------------------------------------------------------------------------------------------

THOUSANDS = (
    "(R) '000", "(x R1000)", "(R x 1000)", "(R1 000)", "(R1,000)", "(Thousand Rand)", "(000)", "'000", "(R-thousand)", "R/000",
    "(R.000)", "(R'ooo)", "(R″000)", "R (000)", "(kR)", "(R1000)", "(in duisende)", "R'duisend", "(in thousands of Rand)",
    "(R'000, nominal)", "(estimated, R'000)", "R'000 (Rand)", "(R,000)", "(Amount in thousands)",
)  # fmt: skip
MILLIONS = (
    "(R Mil.)", "(R'm)", "(millions of Rand)", "(Rands in millions)", "R'M", "(R'000 000)", "(R-million)", "ZAR m", "(M ZAR)",
    "(mil)", "(m)", "MRand", "(R miljoen)",
)  # fmt: skip


@pytest.mark.parametrize("unit", [*THOUSANDS, *MILLIONS])
def test_a_unit_in_any_spelling_is_one(unit: str) -> None:
    found = label_unit(f"Budget {unit}")
    assert found is not None
    assert found.factor == (1000 if unit in THOUSANDS else 10**6)


@pytest.mark.parametrize(
    ("label", "factor"),
    [
        ("R'000 Budget", 1000), ("2025/26 R million Spent", 10**6), ("budget_thousands", 1000), ("EST_COST_RM", 10**6),
        ("budgetMillions", 10**6), ("BUDGET_K", 1000), ("Begroting R’000", 1000),
    ],
)  # fmt: skip
def test_a_unit_before_a_heading_or_in_a_key_counts(label: str, factor: int) -> None:
    assert (label_unit(label) or label_unit("Budget (R)")).factor == factor  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "label",
    [
        "Budget", "Phase 1000 taps", "Completion date 2000", "Budget 2024/25", "Length (m)", "Mill Road", "Milestone", "Depth m",
        "Capacity (Ml/d)", "Pipe length (km)", "R million", "R'000", "Storage (million litres)", "Budget 31 000", "Manager (m)",
    ],
)  # fmt: skip
def test_other_words_and_figures_of_a_heading_are_no_unit(label: str) -> None:
    assert split_unit(label)[1] is None


@pytest.mark.parametrize(
    "money", ["(USD)", "US$", "($)", "(€m)", "EUR", "(GBP '000)", "(N$)", "(US dollars)", "(Pula)"]
)
def test_figures_in_another_money_are_not_read(money: str) -> None:
    assert judge([column(f"Budget {money}", *FIGURES)], (), NOTHING_TAUGHT)[0].field is None


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("Amounts in R1 000", 1000), ("All figures are R-million", 10**6), ("Bedrae in duisende", 1000), ("(R million)", 10**6),
        ("These projects are worth millions of rands", None), ("It costs thousands of rands a day", None), ("(m)", None),
        ("hundreds of millions of rand", None), ("in millions of rand", 10**6), ("5 000 households", None),
    ],
)  # fmt: skip
def test_a_note_names_a_unit_and_a_sentence_of_worth_does_not(text: str, factor: int | None) -> None:
    found = unit_in(text)
    assert (found.factor if found else None) == (Decimal(factor) if factor else None)


def test_a_note_names_another_money_where_it_speaks_of_the_figures() -> None:
    assert names_foreign_money("All amounts in US$ million")
    assert names_foreign_money("EUR thousand")
    assert not names_foreign_money("The World Bank lent Lesotho USD 50 million for this dam.")


@pytest.mark.parametrize(
    ("cells", "is_read"),
    [
        (("R41,250,000.00", "R8,820,000.00", "R5,460,000.00"), False),  # whole rand, each with its sign
        (("R41,250", "R8,820", "R5,460"), True),
        (("R41.2 million", "R8.8 million", "R5.4 million"), True),  # a word in the cell is stronger
    ],
)
def test_whole_rand_under_a_heading_of_thousands_is_not_read(cells: tuple[str, ...], is_read: bool) -> None:
    assert (judge([column("Budget (R'000)", *cells)], (), NOTHING_TAUGHT)[0].field == "budget") is is_read


@pytest.mark.parametrize("name", ["Task Name", "Milestone", "Activity", "Risk Description", "Payment No"])
def test_a_plan_of_works_lists_no_projects(name: str) -> None:
    head = f"<tr><th>ID</th><th>{name}</th><th>Start</th><th>Finish</th><th>% Complete</th></tr>"
    body = rows(
        *((str(n), f"Excavate section {n}", f"0{n}/03/2026", f"1{n}/04/2026", f"{n}0%") for n in range(1, 9))
    )
    assert read_page(f"<table>{head}{body}</table>").projects == []


# -- labels over and under their values ---------------------------------------------------------------------

LABELS = ("Budget", "Expenditure", "Status")


@pytest.mark.parametrize("labels", [LABELS, ("Budget", "Spent", "Jobs", "Status")])
@pytest.mark.parametrize("is_first", [True, False])
def test_labels_in_a_row_of_their_own_get_the_values_of_the_other_row(
    labels: tuple[str, ...], is_first: bool
) -> None:
    blocks = ""
    for number, name in enumerate(("Alpha Dam", "Beta Weir", "Gamma Works"), start=1):
        values = (f"R{number}.5m", f"R{number}.1m", "Design", "12")[: len(labels)]
        both = [labels, values] if is_first else [values, labels]
        blocks += f"<div class='p'><h4>{name}</h4><table>{rows(*both)}</table></div>"
    found = table(blocks)
    assert (found.headers, found.rows[1][:2]) == (["Title", *labels], ["Beta Weir", "R2.5m"])


@pytest.mark.parametrize(
    "labels",
    [
        ("Project No", "Project Name", "Budget"), ("Municipality", "No of projects", "Budget"),
        ("Giyani", "Tzaneen", "Makhado"), ("Budget", "Jobs", "Wards", "Risk"),
    ],
)  # fmt: skip
def test_small_tables_of_another_kind_stay_tables(labels: tuple[str, ...]) -> None:
    values = ("WP1", "Alpha Dam", "R5m", "x")[: len(labels)]
    blocks = "".join(f"<div><h4>Area {n}</h4><table>{rows(labels, values)}</table></div>" for n in range(3))
    page = read_page(blocks)
    assert all(found.kind == "table" for found in page.tables if found.kind != "fields")


def test_two_columns_in_one_are_parted_where_all_cells_go_with_the_heading() -> None:
    head = "<tr><th>Project No</th><th>Project Name</th><th>Budget<br>Expenditure<p>Status</p></th></tr>"
    body = [(f"WP{n}", f"Scheme {n}", f"R{n}m<br>R{n}00 000<p>Design</p>") for n in range(1, 4)]
    assert only(*body, ("WP9", "Scheme 9", ""), head=head)[1:4:2] == [
        ["WP2", "Scheme 2", "R2m", "R200 000", "Design"],
        ["WP9", "Scheme 9", "", "", ""],
    ]
    uneven = only(*body, ("WP9", "Scheme 9", "R5m<br>R6m"), head=head)
    assert uneven[0] == ["WP1", "Scheme 1", "R1m R100 000 Design"]
    wrapped = "<tr><th>Project No</th><th>Project Name</th><th>Total<br>budget</th></tr>"
    assert only(("WP1", "Alpha", "R5m<br>(2024)"), ("WP2", "Beta", "R6m<br>(2025)"), head=wrapped)[0][2:] == [
        "R5m (2024)"
    ]


def test_values_between_commas_are_a_table_where_each_line_has_as_many() -> None:
    lines = ["Project No,Project Name,Budget", 'WP1,"Alpha, Phase 2","R412,500"', "WP2,Beta,R5", "WP3,Gamma,"]
    found = table(f"<pre>{chr(10).join(lines)}</pre>")
    assert found.rows == [["WP1", "Alpha, Phase 2", "R412,500"], ["WP2", "Beta", "R5"], ["WP3", "Gamma", ""]]
    prose = "We plan, design, and build.\nAll of it here, there and elsewhere.\nCall us, now, please, thanks."
    assert not read_page(f"<pre>{prose}</pre>").tables
    assert not read_page(f"<pre>{chr(10).join([*lines, 'WP4,Delta,R1,000'])}</pre>").projects


@pytest.mark.parametrize("remark", ["(revised)", "[Rev.]", "(planned)", ""])
def test_what_a_date_is_may_stand_behind_it(remark: str) -> None:
    assert str(parse_date(f"30 November 2026 {remark}").value) == "2026-11-30"
    assert str(parse_date(f"2026-11-30 {remark}").value) == "2026-11-30"


def test_a_remark_that_says_another_date_is_none() -> None:
    assert parse_date("30 November 2026 (revised 3 May 2027)").value is None
    assert parse_date("30 November 2026 (3 May 2027)").value is None
    assert str(parse_date("30 November 2026 (was 3 May 2025)").value) == "2026-11-30"
    assert parse_date("(revised)").value is None


# -- the heading of a project's own page --------------------------------------------------------------------


def own_pages(*headings: str, name: str = "") -> Shapes:
    shapes = Shapes()
    for number, heading in enumerate(headings, start=1):
        facts = {
            "Project No": f"WP{number}",
            **({name: f"Works {number}"} if name else {}),
            "Budget": f"R{number}",
            "Status": "Design",
        }
        items = "".join(f"<dt>{label}</dt><dd>{text}</dd>" for label, text in facts.items())
        shapes.add(
            read_page(f"<h1>{heading}</h1><dl>{items}</dl>", url=f"https://a.za/p/{number}").projects, []
        )
    return shapes


def meaning(shapes: Shapes, label: str) -> str | None:
    choice = shapes.plan(NOTHING_TAUGHT, NOTHING).choice(label, "page")
    return choice and choice.field


def test_a_heading_that_differs_from_page_to_page_names_the_project_where_nothing_else_does() -> None:
    names = [f"{town} bulk water supply" for town in ("Giyani", "Tzaneen", "Makhado", "Nkomazi", "Mnquma")]
    assert meaning(own_pages(*names), "Heading") == "name"
    assert meaning(own_pages(*names[:1]), "Heading") is None
    assert meaning(own_pages(*["Details of the project"] * 5), "Heading") is None
    assert (
        own_pages(*names, name="Project Name").plan(NOTHING_TAUGHT, NOTHING).choice("Heading", "page") is None
    )


def test_what_is_called_a_name_comes_before_the_heading() -> None:
    names = [f"Details of {town} bulk water supply" for town in ("Giyani", "Tzaneen", "Makhado", "Nkomazi")]
    shapes = own_pages(*names)
    line = {"Project No": "WP1", "Project Name": "Giyani bulk water"}
    page = {"Project No": "WP1", "Heading": names[0]}
    shapes.add([PublishedProject("WP1", line, None, "line"), PublishedProject("WP2", line, None, "line")], [])
    lookup = Lookup(shapes.plan(NOTHING_TAUGHT, NOTHING), NOTHING_TAUGHT)
    places = Places(())
    assert (
        project_record("WP1", line, page, lookup=lookup, places=places).values["name"] == "Giyani bulk water"
    )
    assert project_record("WP1", {}, page, lookup=lookup, places=places).values["name"] == names[0]
