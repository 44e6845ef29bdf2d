"""What tabs, headings and links say of how many there are: counts where most agree, else ranks or wards."""

from __future__ import annotations

import pytest

from etl.extract import read_page
from etl.extract.panelcounts import are_counts, number_in


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Completed: 8 projects", 8),
        ("Limpopo (12)", 12),
        ("Limpopo 12", 12),
        ("Nkomazi – 7 projects", 7),
        ("Water (1 234)", 1234),
        ("37", 37),
        ("2024/25", None),
        ("Page 3 of 4", None),
        ("Greater Giyani [LIM331]", None),
        ("Knysna (WC048) 12", None),
        ("12% done", None),
        ("", None),
        ("x" * 90 + " 12", None),
    ],
)
def test_a_text_that_ends_with_its_only_number_says_it(text: str, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(10, 10), (9, 9), (8, 8)], True),
        ([(10, 10), (9, 9), (8, 5)], True),  # one lacks rows
        ([(10, 10), (9, 9), (8, 11)], False),  # what says fewer is no count
        ([(10, 10), (9, 5), (8, 5)], False),
        ([(1, 1), (2, 2), (3, 3)], False),  # phases one to three
        ([(4, 4), (0, 0), (0, 0)], False),
        ([(10, 10)], False),
        ([], False),
    ],
)
def test_numbers_are_counts_where_most_agree_and_none_says_fewer(
    pairs: list[tuple[int, int]], expected: bool
) -> None:
    assert are_counts(pairs) is expected


def section(heading: str, first: int, n: int) -> str:
    rows = "".join(
        f"<tr><td>WP{first + at}</td><td>Scheme {first + at}</td><td>R5 000 000</td></tr>" for at in range(n)
    )
    table = f"<table><tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>{rows}</table>"
    return f"<section><h3>{heading}</h3>{table}</section>"


def test_a_heading_that_says_more_than_its_list_shows_is_held_against_it() -> None:
    parts = section("Limpopo (4)", 100, 4), section("Free State (3)", 200, 3), section("Gauteng (5)", 300, 4)
    content = read_page(f"<html><body>{''.join(parts)}</body></html>")
    assert [(one.text, one.claimed, one.found) for one in content.panel_counts] == [
        ("Limpopo (4)", 4, 4),
        ("Free State (3)", 3, 3),
        ("Gauteng (5)", 5, 4),
    ]


def test_headings_that_number_their_lists_count_nothing() -> None:
    parts = section("Phase 1", 100, 4), section("Phase 2", 200, 2), section("Phase 3", 300, 3)
    assert read_page(f"<html><body>{''.join(parts)}</body></html>").panel_counts == []


GENERAL = "<table><tr><th>Project No</th><td>WP77</td></tr><tr><th>Status</th><td>Tender</td></tr></table>"


@pytest.mark.parametrize(
    "section",
    [
        "<table><tr><th>Completion Date</th><td>26 September 2026</td></tr></table>",
        "<dl><dt>Completion Date:</dt><dd>26 September 2026</dd></dl>",
    ],
)
def test_a_section_of_one_known_label_is_a_field_of_the_page(section: str) -> None:
    content = read_page(f"<html><body><h2>Scheme 7</h2>{GENERAL}<h4>Timeline</h4>{section}</body></html>")
    fields = {
        label: row
        for table in content.tables
        for label, row in zip(table.headers, table.rows[0], strict=True)
    }
    assert fields["Completion Date"] == "26 September 2026"


@pytest.mark.parametrize(
    "section",
    [
        "<table><tr><td>Visitors</td><td>12 345</td></tr></table>",  # no known label
        "<table><tr><th>Budget</th><th>Expenditure</th></tr></table>",  # headings of a list without rows
        "<table><tr><th>Status</th><td>Design</td></tr></table>",  # one that the page has
        "<table><tr><th>Budget</th><td>R1</td></tr></table><table><tr><th>Budget</th><td>R2</td></tr></table>",
    ],
)
def test_what_may_be_of_something_else_is_no_field_of_the_page(section: str) -> None:
    content = read_page(f"<html><body><h2>Scheme 7</h2>{GENERAL}<h4>Beside</h4>{section}</body></html>")
    fields = {
        label: row
        for table in content.tables
        for label, row in zip(table.headers, table.rows[0], strict=True)
    }
    assert fields == {"Project No": "WP77", "Status": "Tender"}
