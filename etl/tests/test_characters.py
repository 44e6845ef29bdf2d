"""What no person sees and no XML holds is left out where a text leaves the page, in whatever way it came."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.exceptions import PageChanged
from etl.extract import PageContent, clean, read_callback
from etl.extract.jsliteral import unescape
from etl.extract.scriptdata import read_records
from etl.money.cells import key_of
from etl.money.queries import AMOUNT_TYPE, MUNICIPALITY, YEAR, queries_of
from etl.tests.tinysite import serving
from etl.understand import read_page
from projects.charset import storable
from projects.facts.finance import CODE_COLUMNS
from projects.models import DataChangeLog, Project, SyncRun

URL = "https://pmd.example.org/pmd/level.aspx"
PAGES = sorted((Path(__file__).parent / "examples" / "dws").glob("*.html"))
HEAD = "<tr><th>Project No<th>Project Name<th>Budget"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
_SCRIPT = re.compile(r"(<script\b.*?<\\?/script>|<style\b.*?</style>|<!--.*?-->)", re.DOTALL)
_STRING = re.compile(r"""(?<=[:\[,{ (])(["'])(\w)(\w)""")


def texts(value: object) -> Iterator[str]:
    """All strings in what extraction hands on."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in texts(part))
    elif isinstance(value, list | tuple | set):
        yield from (text for part in value for text in texts(part))
    elif dataclasses.is_dataclass(value):
        yield from (text for each in dataclasses.fields(value) for text in texts(getattr(value, each.name)))


def unheld(content: PageContent) -> list[str]:
    return [text for text in texts(content) if text != storable(text)]


def littered(page: str, mark: str) -> str:
    """The page with the mark inside its words, scripts left alone."""
    parts = _SCRIPT.split(page)
    for at, part in enumerate(parts):
        if not _SCRIPT.fullmatch(part):
            parts[at] = re.sub(r">(\s*)(\w)(?=\w)", rf">\1\2{mark}", part)
    return "".join(parts)


WORDED = [page for page in PAGES if littered(page.read_text(), "-") != page.read_text()]


@pytest.mark.parametrize("mark", ["&#8;", "&#x1F;", "&#xFFFE;", "\x08", "\0", "\uffff"])
@pytest.mark.parametrize("page", WORDED, ids=lambda page: page.stem)
def test_every_reader_reads_a_littered_page_as_the_clean_one(page: Path, mark: str) -> None:
    markup = page.read_text(encoding="utf-8")
    dirty = littered(markup, mark)
    found = read_page(dirty, url=URL)
    assert unheld(found) == []
    assert found == read_page(markup, url=URL)
    assert clean(dirty.encode()) == clean(markup.encode())


@pytest.mark.parametrize("page", [page for page in PAGES if "json" in page.stem], ids=lambda page: page.stem)
@pytest.mark.parametrize("mark", ["\\u0008", "\\u001f", "\\ufffe", "\\b", "\\ud800"])
def test_every_list_in_a_script_is_read_littered_as_clean(page: Path, mark: str) -> None:
    def litter(script: re.Match[str]) -> str:
        return _STRING.sub(lambda start: start[1] + start[2] + mark + start[3], script[0])

    markup = page.read_text(encoding="utf-8")
    dirty = re.sub(r"[\[{]\s*[{\"].*?(?=</script)", litter, markup, flags=re.DOTALL)
    assert dirty != markup
    found, expected = read_page(dirty, url=URL), read_page(markup, url=URL)
    assert unheld(found) == []
    assert [table.rows for table in found.tables] == [table.rows for table in expected.tables]
    assert found.projects == expected.projects


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a&#8;b", "ab"), ("a&#x1F;b", "ab"), ("a&#x8b", "a\u2039"), ("a&#8b", "ab"), ("a&#0008;b", "ab"),
        ("a&#xFFFE;b", "ab"), ("a&#65535;b", "ab"), ("a&#XfffF;b", "ab"), ("a\x08b", "ab"), ("a\0b", "ab"),
        ("a\ufffeb", "ab"), ("a&#12;b", "a b"), ("a\fb", "a b"), ("a&#9;b", "a b"), ("a&#11;b", "ab"),
        # as browsers show them
        ("a&#0;b", "a\ufffdb"), ("a&#xD800;b", "a\ufffdb"), ("a&#x110000;b", "a\ufffdb"),
        ("a&#x85;b", "a…b"), ("a&#146;b", "a’b"), ("a&#150;b", "a–b"), ("a&#x1F600;b", "a😀b"),
        # a reference is resolved once
        ("a&amp;#8;b", "a&#8;b"), ("a&#&#8;8;b", "a&#8;b"), ("a&#38;#8;b", "a&#8;b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "place", ["<td>{}<td>R5", "<td><input value='{}'><td>R5", "<td><img alt='{}'><td>R5"]
)
def test_a_reference_is_read_as_browsers_do(written: str, read: str, place: str) -> None:
    page = f"<title>{written}</title><table>{HEAD}<tr><td>WP1{place.format(written)}</table>"
    content = read_page(page + f"<p><a href='x?q={written}'>{written}</a>", url=URL)
    assert content.projects[0].published["Project Name"] == read
    assert (content.title, content.links[0].text) == (read, read)
    assert unheld(content) == []


def test_a_label_is_known_and_a_blank_is_blank_in_spite_of_them() -> None:
    head = HEAD.replace("Budget", "Bud&#8;get").replace("Project No", "Project\x08 No")
    (project,) = read_page(f"<table>{head}<tr><td>WP&#8;1<td>A<td>&#8;</table>").projects
    assert (project.external_id, project.published) == (
        "WP1", {"Project No": "WP1", "Project Name": "A", "Budget": ""}
    )  # fmt: skip


def test_a_municipality_s_line_is_read_without_them() -> None:
    (line,) = read_page(
        "<p>Gi&#8;yani - [LIM3&#8;31] 1&#8;2 Projects with a Total value: R&#8;5</p>"
    ).listings
    assert (line.name, line.code, line.projects, line.value) == ("Giyani", "LIM331", "12", "R5")


@pytest.mark.parametrize(
    ("answer", "html", "error"),
    [
        (r"0|/*DX*/({'result':'<b>a\x08b\u0008\b\0c\ufffe</b>','id':0})", "<b>abc</b>", None),
        (r"0|/*DX*/({'result':'<b>\ud83d\ude00 \ud83d</b>','id':0})", "<b>😀 </b>", None),
        (r"0|/*DX*/({'error':{'message':'a\bb'}})", None, "ab"),
        ("ea\x08b", None, "ab"),
    ],
)
def test_a_callback_s_answer_is_read_without_them(answer: str, html: str | None, error: str | None) -> None:
    found = read_callback(answer)
    assert (found.html, found.error) == (html, error)


@given(st.text(st.characters(exclude_categories=[])))
def test_a_script_s_string_holds_no_half_characters(text: str) -> None:
    units = text.encode("utf-16-be", "surrogatepass")
    written = "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
    assert unescape(written) == storable(units.decode("utf-16-be", "surrogatepass"))
    unescape(written).encode()


@pytest.mark.parametrize("name", ["{x", "{", "{}", "{x}y", "\ufffe", "a\uffff", '"', "a<b", "é", "&#8;", "="])
@pytest.mark.parametrize("value", ["v", "&#8;v", "\ufffev"])
def test_no_attribute_s_name_stops_the_reading(name: str, value: str) -> None:
    odd = f"{name}='{value}'"
    page = f"<table>{HEAD}<tr {odd}><td {odd} title='&#xFFFE;t'>WP1<td>A\uffff<td>R5</table>"
    (project,) = read_page(page, url=URL).projects
    assert (project.external_id, project.published["Project Name"]) == ("WP1", "A")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.integers(0, 0x110000).map("&#{};".format)
        | st.sampled_from(["&#", "8", ";", "&#8", "&amp;", "x1F;", "\x08", "\ufffe", "\\u0008", "\\b", "<b>"])
        | st.text(st.characters(exclude_categories=[]), max_size=3),
        max_size=8,
    ).map("".join)
)
def test_whatever_a_cell_holds_what_leaves_the_page_can_be_stored(cell: str) -> None:
    cells = (
        f"<title>{cell}</title><table>{HEAD}{cell}<tr><td>WP1{cell}<td title='{cell}'>A{cell}<td>R5</table>"
    )
    script = (
        f'<script>var x = [{{"Project No":"2{cell}","Project Name":"B{cell}","{cell}":"{cell}"}}];</script>'
    )
    try:
        content = read_page(f"<div>{cells}</div>{script}<a href='p?{cell}'>{cell}</a>", url=URL)
    except PageChanged:
        return
    assert unheld(content) == []


def test_the_keys_of_a_script_s_records_hold_none() -> None:
    (found,) = read_records(r"""var x = [{"a\u0008b": "1\b", "c": {"d\u0000": "\ud800"}}];""")
    assert found.rows == [{"ab": "1", "c.d": ""}]


def test_a_figure_s_key_holds_none() -> None:
    (query, *_) = queries_of("grants_v2", (2025,))
    row = {MUNICIPALITY: "LIM331", YEAR: 2025, CODE_COLUMNS[query.measure]: "R\x08BIG", AMOUNT_TYPE: "AC\0T"}
    assert key_of(query, row) == ("LIM331", 2025, query.measure, "RBIG", "ACT")


SITE = f"<html><body><table>{HEAD}<tr><td>WP1<td>Al&#8;pha&#xFFFE; &amp; dam<td>R5</table></body></html>"


@pytest.mark.django_db
def test_a_poll_stores_none_and_the_feed_stays_readable(client, sync):
    with serving({"/level.aspx": SITE}) as site:
        run = sync(f"{site.root}/level.aspx")
        assert (run.state, run.created, sync().state) == ("succeeded", 1, "unchanged")
    assert Project.objects.get().name == "Alpha & dam"
    feed = ElementTree.fromstring(client.get("/changes/feed.atom").content)
    assert [node.text for node in feed.findall("a:entry/a:title", ATOM)] == ["Alpha & dam"]


@pytest.mark.django_db
def test_what_an_older_parser_stored_is_corrected_and_is_no_news(sync):
    with serving({"/level.aspx": SITE}) as site:
        sync(f"{site.root}/level.aspx")
        stored = {"Project No": "WP1", "Project Name": "Al\x08pha\ufffe & dam", "Budget": "R5"}
        Project.objects.update(name="Al\x08pha\ufffe & dam", published=stored)
        SyncRun.objects.update(parser_digest="f" * 64)
        last = DataChangeLog.objects.latest("pk").pk
        sync()
    assert Project.objects.get().name == "Alpha & dam"
    assert {row.cause for row in DataChangeLog.objects.filter(pk__gt=last)} == {"parser"}
