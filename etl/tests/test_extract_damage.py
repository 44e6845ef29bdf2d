"""Damaged markup: what a missing quote or bracket costs in a browser is read here, and it is said."""

from __future__ import annotations

import re

import pytest

from buka.dev.testing import soon_done
from etl.extract import clean
from etl.extract.damage import mended
from etl.extract.html5 import parse_html5
from etl.tests.hostile import hostile
from etl.understand import read_page

HEAD = "<tr><th>Project No<th>Project Name<th>Budget</tr>"


def row(at: int) -> str:
    link = f'<a href="project.aspx?id={at}" onclick="go(\'{at}\')">R {at}</a>'
    name = f'<td title="it\'s one">Name {at}</td>'
    return f'<tr class="r"><td class="c">WP{at}</td>{name}<td class="n">{link}</td></tr>'


def page(rows: int, old: str = "", new: str = "", at: int = 1) -> str:
    """A list of projects, the text `old` of one row put as `new`."""
    lines = [row(number) for number in range(rows)]
    assert old in lines[at]
    lines[at] = lines[at].replace(old, new, 1)
    return f'<html><body><table id="t">{HEAD}' + "\n".join(lines) + "</table></body></html>"


DAMAGED = [
    ('class="c"', 'class="c'),
    ('class="c"', "class='c"),
    ('<td class="c">', '<td class="c" style="color:red>'),
    ('<td class="c">', '<td class="c width=5>'),
    ('class="n"', 'class="n'),
    ('title="it\'s one"', "title=\"it's one"),
    ('<tr class="r">', '<tr class="r>'),
    ('class="c">', 'class="c"'),
    ('<td class="c">', "<td "),
    ('<td class="c">', "<td nowrap "),
    ('<tr class="r">', '<tr class="r"'),
    ("WP1</td>", "WP1</td"),
    ('<td class="c">', '<td class="c" <b>'),
]


@pytest.mark.parametrize("rows", [3, 1200])
@pytest.mark.parametrize(("old", "new"), DAMAGED)
def test_a_missing_quote_or_bracket_costs_no_cell(old: str, new: str, rows: int) -> None:
    content = read_page(page(rows, old, new))
    assert [tuple(project.published.values()) for project in content.projects] == [
        (f"WP{at}", f"Name {at}", f"R {at}") for at in range(rows)
    ]
    assert content.is_whole


def test_the_damage_and_the_choice_are_said() -> None:
    content = read_page(page(3, 'class="c"', 'class="c'))
    assert content.parsed_by == "html5lib"
    assert content.notes == [
        "The page's markup is damaged (a quote is missing near “<td class=\"c>”); "
        "it was read with the HTML5 parser."
    ]
    assert content.other is not None
    assert content.other.parsed_by == "lxml"
    # what a browser makes of it: the name stands where the number should
    assert content.other.projects[1].external_id == "Name 1"


def test_a_missing_quote_at_the_last_tag_of_a_page_loses_nothing() -> None:
    text = page(3, 'class="n"', 'class="n', at=2).replace('id=2"', "id=2").replace("onclick=\"go('2')\"", "")
    assert text.rpartition('class="n')[2].count('"') == 1
    assert [project.external_id for project in read_page(text).projects] == ["WP0", "WP1", "WP2"]


def test_rows_without_their_start_tags_are_rows() -> None:
    text = re.sub(r'<tr class="r">', "", page(4))
    content = read_page(text)
    assert [project.external_id for project in content.projects] == ["WP0", "WP1", "WP2", "WP3"]
    assert content.parsed_by == "html5lib"
    assert content.notes == [
        "The page's markup is damaged (tags of its tables are missing); it was read with the HTML5 parser."
    ]


@pytest.mark.parametrize(
    "text",
    [
        page(3),
        page(3, 'title="it\'s one"', 'title="<b>One</b> <td>two</td>"'),
        page(3, 'title="it\'s one"', "title='<table class=\"x\"><tr><td>two</td></tr></table>'"),
        page(3, "onclick=\"go('1')\"", "onclick=\"if (a > b && c < d) { w('<b>x</b>'); }\""),
        page(3)
        + "<script>var a = '<td class=\"'; if (a<b && c>d) write(\"<td class='\" + a + '<tr>')</script>",
        page(3) + '<!-- <td class="a> <td -->',
        page(3, "Name 1", "3 < 5 and a<b"),
        page(3, 'class="c"', "class=c"),
        page(3, 'class="c"', 'class="c""'),
        page(3, "</td>", "</td></td>"),
    ],
)
def test_a_page_that_is_not_damaged_is_read_once(text: str) -> None:
    content = read_page(text)
    assert (content.parsed_by, content.other, content.notes) == ("lxml", None, [])
    assert len(content.projects) == 3


def test_a_page_too_large_for_the_slow_parser_is_mended_all_the_same() -> None:
    content = read_page(page(3, 'class="c"', 'class="c') + f"<!-- {'x' * 2_000_000} -->")
    assert [project.external_id for project in content.projects] == ["WP0", "WP1", "WP2"]
    assert content.parsed_by == "lxml"
    assert content.notes[-1].endswith("it was read with the usual parser.")


def test_the_copy_for_comparing_of_a_damaged_page_is_made() -> None:
    text = page(1200, 'class="c"', 'class="c')
    assert b"Name 700" in clean(text.encode())


DAMAGE = '<table><tr><td class="a>x</td><td class="b">y</td></tr></table>'


@hostile(
    "text",
    [
        "<div>" * 20_000,
        "<nobr><div>" * 25_000,
        "<b><p>" * 60_000,
        "".join(f"<font size={at}>x<p>" for at in range(60_000)),
        "<p>" + "&amp;" * 380_000,
        '<a title="' + "&amp;" * 380_000 + '">',
        "<" + "a1" * 900_000 + ">",
        "<a " + "b1" * 900_000 + ">",
        "<!--" + "- " * 900_000 + "-->",
        "<table>" + "x<tr>" * 140_000,
        '<td class="c>x</td><td ' * 40_000,
        "<a b='x><td c=\"y><b " * 60_000,
        '<a b="x' + " a" * 400_000 + '><td c="d">',
        "<script>" + "<!--<script" * 140_000,
    ],
)
def test_hostile_damage_is_read_in_bounded_time(text: str) -> None:
    with soon_done(3):
        mended(text + DAMAGE)
    with soon_done(12):
        parse_html5(text + DAMAGE)


@pytest.mark.parametrize(
    "text",
    [
        "&#1;a",
        "<p \x01=x>a",
        "<svg:a xlink:href='x'><b>a",
        "\ud800<p>a",
        "<a\x00b c\x00=d>a",
        "<p x='&#xFFFE;'>a",
    ],
)
def test_the_slow_parser_gives_a_tree_whatever_the_characters(text: str) -> None:
    root = parse_html5(text)
    assert root is not None
    assert "".join(root.itertext()).strip() == "a"
