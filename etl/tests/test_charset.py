"""What the archive shows of a page is what the parser read of it, in whatever charset it came."""

from __future__ import annotations

import json

import pytest

from etl.crawl.inspect import inspect_callback, inspect_page
from etl.exceptions import EtlError, PageChanged
from etl.extract import clean
from etl.money import answers
from etl.tests.tinysite import Page, serving
from etl.understand import read_page
from projects.models import Project, Snapshot
from projects.tests.factories import a_run, a_snapshot
from projects.tests.test_charset import BOM8, BOM16LE, CASES, HTML, HTML_UTF8, LATIN1, NAME, WESTERN, page

URL = "https://pmd.example.org/pmd/level.aspx"
REFUSED = {
    "lying header": "but it is in UTF-8",
    "lying meta": "but it is in UTF-8",
    "lying header, the other way": "names cannot be trusted",
    "lying meta, the other way": "names cannot be trusted",
    "bytes that are none of the charset": "names cannot be trusted",
    "a byte that windows-1252 has not": "names cannot be trusted",
    "unknown label": "no known charset",
    "a codec of Python is no charset": "no known charset",
    "nor is this one": "no known charset",
}


def answer_of(body: str) -> str:
    """A callback's answer with that HTML in it."""
    return f"0|/*DX*/({{'result':'{body}','id':0}})"


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_snapshot_page_shows_what_the_parser_read(client, case):
    snapshot = a_snapshot(a_run(), case.body, content_type=case.content_type)
    (project,) = read_page(case.body, content_type=case.content_type).projects
    shown = client.get(f"/snapshots/{snapshot.pk}/").content.decode()
    assert project.published["Project Name"] == case.name
    assert f"&lt;td&gt;{case.name}&lt;td&gt;" in shown
    assert case.name.encode() in clean(case.body, case.content_type)


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_refused_where_what_it_says_of_its_charset_is_not_so(name):
    case = CASES[name]
    if said := REFUSED.get(name):
        with pytest.raises(PageChanged, match=said):
            inspect_page(URL, case.body, case.content_type)
    else:
        inspect_page(URL, case.body, case.content_type)


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (page(charset="utf-16-le"), HTML_UTF8, "but it is in UTF-16"),
        (page(charset="utf-16-be"), WESTERN, "but it is in UTF-16"),
        (page(charset="utf-32-le"), LATIN1, "but it is in UTF-32"),
        (page(charset="utf-16-be"), "text/html; charset=utf-16", "but it is in UTF-16"),
        (BOM8 + page(charset="cp1252"), HTML, "names cannot be trusted"),
        (BOM16LE + page(charset="utf-16-le")[:-1], HTML, "ends in the middle|names cannot be trusted"),
        (page("<title>").replace(b"<title>x", b"<title>Runtime Error"), "", "error page"),
        (BOM16LE + page().replace(b"x<", b"Runtime Error<").decode().encode("utf-16-le"), "", "error page"),
        (BOM16LE + page()[:-40].decode().encode("utf-16-le"), "", "ends in the middle"),
    ],
)
def test_what_a_page_is_is_seen_in_whatever_charset(body, content_type, said):
    with pytest.raises(PageChanged, match=said):
        inspect_page(URL, body, content_type)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_a_callback_s_answer_is_read_and_shown_alike(charset):
    content_type = f"text/plain; charset={charset}" if charset == "windows-1252" else "text/plain"
    body = answer_of(f"<table><tr><th>Project No<th>Project Name<tr><td>1<td>{NAME}</table>")
    encoded = body.encode(charset)
    inspect_callback(URL, encoded, content_type)
    (table,) = read_page(encoded, content_type=content_type).tables
    assert table.rows == [["1", NAME]]


def test_a_callback_s_answer_in_another_charset_than_it_says_is_refused():
    with pytest.raises(PageChanged, match="names cannot be trusted"):
        inspect_callback(URL, answer_of("é").encode("cp1252"), "text/plain; charset=utf-8")


CRAWLED = [name for name in CASES if name not in REFUSED]


@pytest.mark.django_db
@pytest.mark.parametrize("name", CRAWLED)
def test_a_site_in_any_charset_is_polled_and_its_pages_are_shown_as_they_were_read(client, sync, name):
    case = CASES[name]
    with serving({"/level.aspx": (200, {"Content-Type": case.content_type}, case.body)}) as site:
        run = sync(f"{site.root}/level.aspx")
        assert (run.state, sync().state) == ("succeeded", "unchanged")
    assert Project.objects.get().name == case.name
    shown = client.get(f"/snapshots/{Snapshot.objects.get().pk}/").content.decode()
    assert f"&lt;td&gt;{case.name}&lt;td&gt;" in shown


HEADS = ("Project No", "Project Name", "Budget")


def pages_by_callback(charset: str, content_type: str) -> dict[str, Page]:
    """A grid of two pages whose second comes by a callback."""

    def grid(at: int) -> str:
        heads = "".join(f'<td id="g_col{n}" class="dxgvHeader">{head}</td>' for n, head in enumerate(HEADS))
        row = f'<td class="dxgv">WP{at}</td><td class="dxgv">{NAME} {at}</td><td class="dxgv">R5</td>'
        return (
            f'<table id="g_DXMainTable"><tr id="g_DXHeadersRow0">{heads}</tr>'
            f'<tr id="g_DXDataRow{at}" class="dxgvDataRow">{row}</tr></table>'
            f'<div id="g_DXPagerBottom" class="dxpLite"><b class="dxp-summary">Page {at} of 2</b></div>'
        )

    state = "{'callBack':function(arg){},'uniqueID':'g','stateObject':{'keys':['1']}}"
    first = (
        '<html><body><form action="level.aspx"><input type="hidden" name="__VIEWSTATE" value="x">'
        f'<table id="g"><tr><td>{grid(1)}</td></tr></table>'
        f"<script>ASPx.createControl(ASPxClientGridView,'g','',{state});</script></form></body></html>"
    )
    second = f"0|/*DX*/({{'result':{{'html':'{grid(2)}','stateObject':{{'keys':['2']}}}},'id':0}})"
    headers = {"Content-Type": content_type}

    def answer(form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return 200, headers, (second if "__CALLBACKID" in form else first).encode(charset)

    return {"/level.aspx": answer}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("charset", "content_type"),
    [("utf-8", HTML_UTF8), ("utf-16", HTML), ("cp1252", WESTERN), ("cp1252", LATIN1), ("cp1252", HTML)],
)
def test_the_pages_behind_callbacks_are_read_in_the_site_s_charset(sync, charset, content_type):
    with serving(pages_by_callback(charset, content_type)) as site:
        run = sync(f"{site.root}/level.aspx")
    assert (run.state, run.complete, run.notes) == ("succeeded", True, [])
    assert set(Project.objects.values_list("name", flat=True)) == {f"{NAME} 1", f"{NAME} 2"}


@pytest.mark.django_db
def test_a_page_that_lies_about_its_charset_fails_the_poll_and_is_kept(client, sync):
    case = CASES["lying header"]
    with (
        serving({"/level.aspx": (200, {"Content-Type": case.content_type}, case.body)}) as site,
        pytest.raises(EtlError, match="but it is in UTF-8"),
    ):
        sync(f"{site.root}/level.aspx")
    shown = client.get(f"/snapshots/{Snapshot.objects.get().pk}/").content.decode()
    assert case.name in shown


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=latin1"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_archived_answer_of_municipal_money_is_shown_as_it_was_read(client, content_type, charset):
    body = json.dumps({"status": "ok", "data": [{"name": NAME}]}, ensure_ascii=False).encode(charset)
    read = answers.parse(body, content_type, "x")
    snapshot = a_snapshot(a_run("treasury"), body, content_type=content_type)
    assert read["data"][0]["name"] == NAME
    assert NAME in client.get(f"/snapshots/{snapshot.pk}/").content.decode()
