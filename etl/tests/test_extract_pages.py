"""What a whole page offers, and that no bytes at all can bring the extractor down."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buka.dev.testing import soon_done
from etl.exceptions import PageChanged
from etl.extract import clean
from etl.tests.hostile import hostile
from etl.understand import read_page

ROOT = Path(__file__).resolve().parents[2]
LANDING = ROOT / os.environ.get("REFERENCE_DATA", "../shared/data") / "dws_landing_2025-08-12.html"
URL = "https://ws.dws.gov.za/pmd/level.aspx"
TABLE = "<table><tr><th>Project No</th><th>Project Name</th></tr><tr><td>{}</td><td>{}</td></tr></table>"

needs_landing = pytest.mark.skipif(not LANDING.exists(), reason="the reference data are not here")


@needs_landing
def test_the_genuine_landing_page_gives_links_and_no_false_table() -> None:
    content = read_page(LANDING.read_bytes(), url=URL)
    assert content.title == "DWS Project Dashboard"
    assert (content.tables, content.listings, content.projects) == ([], [], [])
    assert content.notes == [
        f"No project table and no municipality line was found; the page offers {len(content.links)} links."
    ]
    urls = {link.url for link in content.links}
    assert "https://ws.dws.gov.za/pmd/level.aspx?df=1&lv=1&id=362" in urls
    assert "https://ws.dws.gov.za/pmd/projects/Default.aspx" in urls


@needs_landing
def test_the_genuine_landing_page_gives_form_and_callback_panel() -> None:
    content = read_page(LANDING.read_bytes(), url=URL)
    assert content.form is not None
    assert content.form.action == URL
    assert content.form.fields["__VIEWSTATEENCRYPTED"] == ""
    assert set(content.form.fields) == {
        "__EVENTTARGET", "__EVENTARGUMENT", "__VIEWSTATE", "__VIEWSTATEGENERATOR", "__VIEWSTATEENCRYPTED",
        "__EVENTVALIDATION",
    }  # fmt: skip
    assert content.alphabet == ("ctl00$PageContent$MyCallbackPanel", [])
    assert "tableOfContentsTreeView" in {control.name for control in content.controls}


TAGS = st.sampled_from(
    ["<table>", "</table>", "<tr>", "<td colspan=3>", "<th rowspan=9>", "</td>", "<dl>", "<dt>", "<dd>",
     "<b>Budget:</b>", "<script>", "</script>", "ASPx.createControl(X,'g',{", "<tr id=g_DXDataRow0>",
     "<table id=g_DXMainTable>",
     "<div class=dxflCaptionCell>", "<div class=dxflNestedControlCell>", "[LIM331] 5 Projects",
     "Name - ", "R1,0",
     "<a href='http://[x'>", "<br>", "&nbsp;", "<form>", "<input name=__VIEWSTATE>", "<select>",
     "<option selected>",
     "<tr id=g_DXHeadersRow0>", "<td class=dxgvIndentCell>", "Project No", "<th>Project Name", "<!--", "-->",
     "<td class=dxdvItem>", "<td class=dxcvCard id=v_DXDataCard0>", "<div class=card>", "Project No: 1",
     "<div id=v_PGB>", "<a onclick=\"ASPx.DVPagerClick('v','PN1')\">2</a>",
     "<td id=v_ICell class=dxdvContent>", "<script>var x=[{'Project No':'1','name':'b'},",
     '{"total":3,"rows":[{"Project No":1,"name":"<a href=x>b</a>"}]}',
     "\x00", "<li>", "<pre>", "<b class=dxp-summary id=g_DXPagerBottom>Page 1 of", "<base href='//'>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.binary(max_size=400), st.lists(st.one_of(TAGS, st.text(max_size=5)), max_size=40).map("".join)
    )
)
def test_no_bytes_raise_anything_but_page_changed(body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    clean(raw)
    try:
        content = read_page(body, url=URL)
    except PageChanged:
        return
    for table in content.tables:
        assert {len(row) for row in table.rows} <= {len(table.headers)}


@pytest.mark.parametrize("body", [b"", b"   \n", b"hello", b"\x00\x00\x00", b"%PDF-1.4 binary", b'{"a": 1}'])
def test_what_has_no_markup_is_a_changed_page(body: bytes) -> None:
    with pytest.raises(PageChanged):
        read_page(body)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TABLE.format("1", "Naudé").encode(), ""),
        (b"\xef\xbb\xbf" + TABLE.format("1", "Naudé").encode(), "text/html; charset=iso-8859-1"),
        (TABLE.format("1", "Naudé").encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (b'<meta charset="windows-1252">' + TABLE.format("1", "Naudé").encode("cp1252"), ""),
        (TABLE.format("1", "Naudé").encode("cp1252"), ""),
        (TABLE.format("1", "Naudé").encode(), "text/html; charset=no-such-charset"),
        (b"\xff\xfe" + TABLE.format("1", "Naudé").encode("utf-16-le"), "text/html"),
    ],
)
def test_accents_survive_right_and_wrong_charsets(body: bytes, content_type: str) -> None:
    assert read_page(body, content_type=content_type).projects[0].published["Project Name"] == "Naudé"


@hostile(
    "body",
    [
        "<div>" * 20_000 + "x",
        "<table><tr><td>" * 1_000,
        "<table>" + "<tr><th colspan=1000 rowspan=1000>a<th>b</tr>" * 500,
        "<table><tr><th>a<th>b</tr><tr><td rowspan=65534 colspan=1000>x</tr>" + "<tr><td>y</tr>" * 1_000,
        "<script>" + "ASPx.createControl(X,function(){" * 2_000 + "</script><p>x",
        "<script>ASPx.createControl(X," + "[" * 50_000 + "</script><p>x",
        "<p>1 project " + "A - [ABC123] " * 10_000,
        "<p>A [ABC12] 3 projects, R1" + " 000" * 20_000,
        "<b>Project No:</b> x<br>" * 5_000,
        "<table><tr><th>a<th>b</tr>" + "<tr><td colspan=2>g</tr><tr><td>1<td>2</tr>" * 1_000,
        "<script>var a = [{" + "=[{" * 100_000 + "</script><p>x",
        "<script>var a = " + "[{'a':" * 100_000 + "</script><p>x",
        "<script>var a = [{}" + "=[/*" * 50_000 + "</script><p>x",
        "<script>var a = [" + '{"Project No":1,"name":"b","n":1e999},' * 20_000 + "</script><p>x",
        "<script>" + "a" * 500_000 + "[{" + "$." * 500_000 + "</script><p>x",
        "<script>JSON.parse('" + "[" * 100_000 + "{')</script><p>x",
        "<div><b>Project No:</b> 1<br><b>Budget:</b> 2" * 3_000,
        "<div>Project No: 1<p>Budget: 2</div>" * 5_000,
        "<div>Project No: 1" * 2_000,
        "<table class=dxdvControl><tr><td class=dxdvItem><b>Budget:</b> 1<br><b>Name:</b> 2" * 250,
        "<td class=dxdvItem>" * 1_000 + "<b>Budget:</b> 1",
        "<td class=dxcvCard>" + "<label class=dxflCaption>Budget:</label>" * 2_000,
    ],
)
def test_hostile_markup_is_read_in_bounded_time(body: str) -> None:
    with soon_done(15):
        read_page(body, url=URL)


def test_a_steward_can_teach_a_label() -> None:
    page = TABLE.format("WP1", "Alpha").replace("Project No", "Vote")
    assert read_page(page).projects == []
    labels = {"vote": "external_id", "project name": "name"}
    assert read_page(page, labels=labels).projects[0].external_id == "WP1"


def test_columns_without_a_name_and_twice_named_ones_lose_no_text() -> None:
    page = (
        "<table><tr><th>Project No</th><th>Status</th><th>Status</th><th></th><th></th></tr>"
        "<tr><td>1</td><td>a</td><td>b</td><td>note</td><td><button>Edit</button></td></tr></table>"
    )
    assert read_page(page).projects[0].published == {
        "Project No": "1", "Status": "a | b", "Column 1": "note",
    }  # fmt: skip


def test_a_plus_in_a_query_is_kept_byte_for_byte() -> None:
    page = (
        '<a href="level.aspx?enc=VWReJm+SmGc/x%2B=&amp;a=b c">x</a>'
        '<a href="javascript:f()">y</a><a href="#">z</a>'
    )
    assert [link.url for link in read_page(page, url=URL).links] == [
        "https://ws.dws.gov.za/pmd/level.aspx?enc=VWReJm+SmGc/x%2B=&a=b c"
    ]


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("a.aspx?x=1#top", "https://ws.dws.gov.za/pmd/a.aspx?x=1"),
        ("/a.aspx", "https://ws.dws.gov.za/a.aspx"),
        ("../a.aspx", "https://ws.dws.gov.za/a.aspx"),
        ("./a.aspx", "https://ws.dws.gov.za/pmd/a.aspx"),
        ("?enc=a+b", "https://ws.dws.gov.za/pmd/level.aspx?enc=a+b"),
        ("//other.example/a", "https://other.example/a"),
        ("HTTP://other.example/a", "HTTP://other.example/a"),
    ],
)
def test_links_are_made_absolute(href: str, absolute: str) -> None:
    assert [link.url for link in read_page(f'<a href="{href}">x</a>', url=URL).links] == [absolute]


def test_the_form_is_posted_as_a_browser_would() -> None:
    page = """<form action="search.aspx"><input name="q"></form><form action="./level.aspx?enc=a+b">
    <input type="hidden" name="__VIEWSTATE" value="v"><input type="checkbox" name="c1" checked>
    <input type="checkbox" name="c2"><input type="submit" name="go" value="Go">
    <select name="s"><option value="1">A<option value="2" selected>B</select>
    <select name="t"><option>First</select>
    <textarea name="n">
two</textarea><input name="d" value="x" disabled></form>"""
    form = read_page(page, url=URL).form
    assert form is not None
    assert form.action == "https://ws.dws.gov.za/pmd/level.aspx?enc=a+b"
    assert form.fields == {"__VIEWSTATE": "v", "c1": "on", "s": "2", "t": "First", "n": "two"}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("a<br>b", "a b"),
        ("<p>a</p><p>b</p>", "a b"),
        ("<b>a</b>b", "ab"),
        ("&nbsp;", ""),
        (" a &nbsp;\n b ", "a b"),
        ("a<script>x</script><style>y</style>", "a"),
        ("a<!-- b -->c", "ac"),
        ('<span style="display: none">1</span>2', "2"),
        ('<input type="text" value="v">', "v"),
        ('<img alt="Yes" src="x">', "Yes"),
        ('<img alt="Yes" src="x"> On', "On"),
        ('<input type="checkbox" checked>', "Checked"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
    ],
)
def test_a_cells_text_is_what_a_person_reads(cell: str, text: str) -> None:
    assert read_page(TABLE.format("1", cell)).tables[0].rows == [["1", text]]


@pytest.mark.parametrize(
    ("page", "is_whole"),
    [
        ("<html><body><p>x</p></body></html>", True),
        ("<p>a piece of a page</p>", True),
        ("<html><body><table><tr><td>x</td></tr", False),
        ("<html><body>" + "<div>" * 5_000 + "x</html>", False),
        ("<html><body>" + "<b><i>x<br>" * 3_000 + "</html>", True),
    ],
)
def test_a_page_that_breaks_off_is_known_by_it(page: str, is_whole: bool) -> None:
    content = read_page(page)
    assert content.is_whole is is_whole
    assert ("The page breaks off before its end, or is nested too deeply." in content.notes) is not is_whole


@pytest.mark.parametrize(
    "rows",
    [
        "".join(f"<tr><td><font>WP{i}<td><b>N{i}<td>R1" for i in range(50)),
        "".join(f"<font><tr><td>WP{i}</td><td>N{i}</td><td>R1</td></tr>" for i in range(50)),
        "".join(f"<tr><td><div>WP{i}</td><td><p>N{i}</td><td><span>R1</td></tr>" for i in range(50)),
        "".join(f"<tbody><tr><td>WP{i}<td>N{i}<td>R1</tbody>" for i in range(50)),
    ],
)
@pytest.mark.parametrize(
    "head",
    ["<tr><th>Project No<th>Project Name<th>Budget</tr>", "<th>Project No<th>Project Name<th>Budget</th>"],
)
def test_wrongly_nested_tables_lose_no_row(head: str, rows: str) -> None:
    content = read_page(f"<table>{head}{rows}</table>")
    assert [project.external_id for project in content.projects] == [f"WP{i}" for i in range(50)]


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "٣", "x"])
@pytest.mark.parametrize(
    "page",
    [
        "<table><tr><th>Project No<th>Name<tr><td>1<td>A<tr class=pgr><td colspan=2>"
        "<a href=\"javascript:__doPostBack('g','Page$2')\">{}</a></table>",
        "<table id=g_DXMainTable><tr id=g_DXDataRow0_{}><td>1<td>A</table>",
        "<ul class=pagination><li><a href=x>{}</a><li class=active>{}</ul>",
        "<table id=g_DXMainTable><tr><td>1</table><div id=g_DXPagerTop><b class=dxp-num>{}</b></div>",
        "<table><tr><td colspan={} rowspan={}>1<td>A<tr><td>2<td>B</table>",
    ],
)
def test_a_number_that_is_none_raises_nothing(page: str, number: str) -> None:
    read_page(page.replace("{}", number), url="https://ws.dws.gov.za/pmd/level.aspx")
