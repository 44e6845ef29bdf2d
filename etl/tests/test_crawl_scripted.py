"""Pages without data whose scripts name where the data are: what is asked for, and what never is."""

from __future__ import annotations

import json
from itertools import count

import pytest

from etl.crawl.scripted import key_of, only_reads
from etl.extract import read_page
from etl.fetch.capture import Capture
from etl.fetch.fetcher import Fetcher, FetchPolicy, connect
from etl.fetch.recorder import Recorder
from etl.tests.test_crawl import Walk, link, numbers, page, table
from etl.tests.tinysite import serving

JSON = {"Content-Type": "application/json; charset=utf-8"}
PLAIN = {"Content-Type": "text/plain"}
XML = {"Content-Type": "text/xml; charset=utf-8"}
ENTRY = "/pmd/list.aspx"


def records(last: int, first: int = 1) -> list[dict[str, object]]:
    return [
        {"ProjectNo": f"WP{n:04}", "ProjectName": f"Scheme <b>{n}</b> & more", "Budget": n * 1000}
        for n in range(first, last + 1)
    ]


def script(code: str, body: str = "<div id='grid'>Loading…</div>") -> str:
    return page(f"{body}<script>{code}</script>")


def crawl(code: str, answers: dict[str, object]) -> tuple[Walk, list[str]]:
    with serving({ENTRY: script(code), **answers}) as site:
        walk = Walk(site, ENTRY)
    return walk, site.asked[2:]


def addresses(code: str) -> list[tuple[str, bool]]:
    found = read_page(script(code), url=f"http://127.0.0.1{ENTRY}").data_addresses
    return [(each.url.removeprefix("http://127.0.0.1"), each.is_call) for each in found]


ROWS = json.dumps(records(3))
XML_ROWS = ROWS.replace("&", "&amp;").replace("<", "&lt;")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, ROWS),
        (JSON, json.dumps({"d": ROWS})),
        (JSON, json.dumps({"d": {"__type": "List", "Rows": records(3)}})),
        (JSON, json.dumps({"rows": records(3), "total": 3})),
        (JSON, json.dumps({"success": True, "data": records(3)}, indent=2)),
        (
            XML,
            f'<?xml version="1.0" encoding="utf-8"?>\r\n<string xmlns="http://tempuri.org/">{XML_ROWS}</string>',
        ),
        (PLAIN, ")]}',\n" + ROWS),
        (PLAIN, f"show({ROWS});"),
        (
            PLAIN,
            "[{ProjectNo:'WP0001',ProjectName:'A'},{ProjectNo:'WP0002',ProjectName:'B'},"
            "{ProjectNo:'WP0003',ProjectName:'C'},]",
        ),
        (JSON, json.dumps({"d": table(1)})),
        ({}, table(1)),
    ],
    ids=[
        "array",
        "d-string",
        "d-object",
        "rows",
        "data",
        "asmx-xml",
        "guard",
        "jsonp",
        "literal",
        "d-markup",
        "markup",
    ],
)
def test_the_answer_to_a_script_is_read_whatever_it_is_packed_in(headers, body):
    walk, asked = crawl("$.getJSON('Projects.ashx', show);", {"/pmd/Projects.ashx": (200, headers, body)})
    assert walk.numbers == numbers(3)
    assert walk.crawl.lists_complete, walk.notes
    assert asked == ["GET /pmd/Projects.ashx"]
    assert walk.keys == [ENTRY, f"{ENTRY}#/pmd/Projects.ashx"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("fetch('data/projects.json').then(r => r.json())", [("/pmd/data/projects.json", False)]),
        (
            "$.ajax({type: 'GET', url: \"/pmd/h.ashx?list=all\", success: function (d) { a({data: d}); }})",
            [("/pmd/h.ashx?list=all", False)],
        ),
        (
            "$.ajax({type:'POST',url:'S.asmx/GetProjects',data:'{}',contentType:'application/json'})",
            [("/pmd/S.asmx/GetProjects", True)],
        ),
        (
            "$.ajax({data: JSON.stringify({}), method: 'POST', url: 'list.aspx/GetAll'})",
            [("/pmd/list.aspx/GetAll", True)],
        ),
        ("$.ajax({type:'GET',url:'S.asmx/GetProjects'})", [("/pmd/S.asmx/GetProjects", False)]),
        (
            "var x = new XMLHttpRequest(); x.open('GET', 'list/rows', true); x.send();",
            [("/pmd/list/rows", False)],
        ),
        (
            "$('#t').DataTable({ajax: 'rows.json', columns: [{data: 'ProjectNo'}]});",
            [("/pmd/rows.json", False)],
        ),
        ("$.post('h.ashx', function(d) {})", [("/pmd/h.ashx", False)]),
        ("var u = 'https:\\/\\/127.0.0.1\\/pmd\\/a.json';", [("https://127.0.0.1/pmd/a.json", False)]),
        # half of it is not known
        ("$.getJSON('h.ashx?id=' + id, show)", []),
        ("$.getJSON(root + 'h.ashx', show)", []),
        ("fetch(`p/${id}.json`)", []),
        ("$.post('h.ashx', {id: 4}, show)", []),
        ("$.ajax({url: 'h.ashx', data: {id: id}})", []),
        ("$.ajax({type: 'POST', data: JSON.stringify({id: 1}), url: 'S.asmx/Get'})", []),
        ("fetch('h.ashx', {method: 'POST', body: form})", []),
        # no data
        ("// $.getJSON('old.ashx')\n/* fetch('older.json') */ $.ajax;", []),
        (
            "L.tileLayer('https://{s}.org/{z}/{x}.json'); $.ajax({url: 'a.png'}); window.open('a.aspx', 'x')",
            [],
        ),
    ],
)
def test_addresses_are_found_where_a_script_says_all_of_them(code, found):
    assert addresses(code) == found


def test_a_table_that_names_its_own_address_is_filled_from_there():
    with serving(
        {
            ENTRY: page('<table data-url="rows.ashx"><tr><th>Project No</th></tr></table>'),
            "/pmd/rows.ashx": (200, JSON, ROWS),
        }
    ) as site:
        assert Walk(site, ENTRY).numbers == numbers(3)


def test_a_web_method_without_arguments_is_called_as_json_and_nothing_else_is_posted():
    heard: list[dict[str, str]] = []

    def method(form):
        heard.append(form)
        return 200, JSON, json.dumps({"d": ROWS})

    code = "$.ajax({type: 'POST', url: 'S.asmx/GetProjects', data: '{}'}); $.post('h.ashx', show);"
    with serving(
        {ENTRY: script(code), "/pmd/S.asmx/GetProjects": method, "/pmd/h.ashx": (200, JSON, "[]")}
    ) as site:
        walk = Walk(site, ENTRY)
    assert site.asked[2:] == ["POST /pmd/S.asmx/GetProjects", "GET /pmd/h.ashx"]
    assert site.heard[2]["Content-Type"] == "application/json; charset=utf-8"
    assert heard == [{"{}": ""}]
    assert walk.numbers == numbers(3)
    assert walk.crawl.lists_complete, walk.notes


def test_a_page_that_shows_data_is_not_asked_for_more_of_them():
    with serving(
        {ENTRY: script("fetch('more.json')", table(1)), "/pmd/more.json": (200, JSON, ROWS)}
    ) as site:
        assert Walk(site, ENTRY).numbers == numbers(3)
    assert len(site.asked) == 2


def test_the_same_address_on_many_pages_is_asked_for_once():
    code = "<script>$.getJSON('/pmd/all.ashx?_=1', show)</script>"
    menu = page(link("projects1.aspx", "Projects 1") + link("projects2.aspx", "Projects 2") + code)
    with serving(
        {
            ENTRY: menu,
            "/pmd/projects1.aspx": page(code),
            "/pmd/projects2.aspx": page(code.replace("_=1", "_=2")),
            "/pmd/all.ashx?_=1": (200, JSON, ROWS),
        }
    ) as site:
        assert Walk(site, ENTRY).numbers == numbers(3)
    assert sum("all.ashx" in asked for asked in site.asked) == 1


def test_nothing_off_the_host_above_the_folder_or_that_changes_something_is_called():
    urls = [
        "http://example.org/pmd/a.json",
        "/a.json",
        "../a.ashx",
        "//127.0.0.1:9/pmd/a.json",
        "logout.ashx",
        "S.asmx/DeleteProject",
        "S.asmx/SaveAll",
        "Upload.ashx",
        "h.ashx?action=delete",
        "project/remove/1.json",
        "KeepAlive.ashx",
        "S.asmx/SetStatus",
        "S.asmx/AddComment",
        "export.ashx",
        "user-update.json",
    ]
    walk, asked = crawl("".join(f"$.getJSON('{url}', f);" for url in urls), {})
    assert asked == []
    assert walk.crawl.lists_complete, walk.notes


@pytest.mark.parametrize(
    ("url", "reads"),
    [
        ("/pmd/S.asmx/GetAddresses", True),
        ("/pmd/GetProjectDataSet.ashx", True),
        ("/pmd/settings.json", True),
        ("/pmd/Projects.ashx?type=list", True),
        ("/pmd/Projects.ashx?do=CREATE", False),
        ("/pmd/S.asmx/UpdateRow", False),
        ("/pmd/post/a.json", False),
    ],
)
def test_what_an_address_does_is_judged_by_whole_words(url, reads):
    assert only_reads(f"http://h{url}", "http://h/pmd/default.aspx") is reads


def test_an_address_that_changes_every_time_keeps_its_name():
    keys = {key_of(f"http://h/pmd/a.ashx?list=1&x={x}") for x in ("1764350000123", "0.81723681", "9f" * 12)}
    assert keys == {"/pmd/a.ashx?list=1&x="}
    assert key_of("http://h/pmd/a.ashx?area=LIM331") != key_of("http://h/pmd/a.ashx?area=NC084")


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (500, JSON, '{"Message":"Invalid web service call","ExceptionType":"x"}', "answered 500"),
        (404, {}, page("gone"), "answered 404"),
        (
            200,
            JSON,
            '{"Message":"Authentication failed.","ExceptionType":"System.X"}',
            "Authentication failed",
        ),
        (200, JSON, '{"success":false,"error":"No such list"}', "No such list"),
        (200, JSON, ROWS[:-40], "cannot be read to its end"),
        (200, {}, page("Sorry, an error."), "something else than data"),
        (200, {}, page("x", "Runtime Error"), "error page"),
        (302, {"Location": "/pmd/login.aspx"}, "", "login"),
        (200, {}, "", "empty page"),
    ],
)
def test_an_answer_that_is_no_data_is_said_and_the_lists_are_incomplete(status, headers, body, said):
    answers = {"/pmd/h.ashx": (status, headers, body), "/pmd/login.aspx": page("who?")}
    walk, _ = crawl("$.getJSON('h.ashx', f)", answers)
    assert said in walk.notes
    assert not walk.crawl.lists_complete
    assert walk.numbers == []


def test_answers_that_fail_do_not_end_the_crawl_and_data_without_projects_are_nothing_odd():
    names = ["a.ashx", "b.ashx", "c.ashx", "d.ashx"]
    menu = link("projects.aspx", "Projects") + link("gone-projects.aspx", "More projects")
    code = "".join(f"fetch('{name}');" for name in names)
    with serving({ENTRY: script(code, menu), "/pmd/projects.aspx": page(table(1))}) as site:
        assert Walk(site, ENTRY).numbers == numbers(3)
    walk, _ = crawl(
        "fetch('config.json')", {"/pmd/config.json": (200, JSON, '{"theme":"Glass","zoom":[1,2]}')}
    )
    assert walk.crawl.lists_complete, walk.notes


def test_a_page_of_endless_addresses_is_asked_for_a_few_and_the_rest_is_said():
    fresh = count()

    def more(_form):
        return 200, JSON, json.dumps(records(1, 1)).replace("WP0001", f"WP{next(fresh) + 1:04}")

    class Endless(dict):
        def get(self, path, default=None):
            return more if "rows" in path else super().get(path, default)

    code = "".join(f"fetch('rows.json?part={n}');" for n in range(40))
    with serving(Endless({ENTRY: script(code)})) as site:
        walk = Walk(site, ENTRY)
    assert walk.numbers == numbers(5)
    assert not walk.crawl.lists_complete
    assert "name 40 addresses of data; 5 were asked for" in walk.notes
    assert len(site.asked) == 2 + 5


def test_fewer_rows_than_the_answer_claims_are_counted():
    body = json.dumps({"total": 40, "rows": records(3)})
    walk, _ = crawl("fetch('rows.json')", {"/pmd/rows.json": (200, JSON, body)})
    assert [(each.claimed, each.found) for each in walk.crawl.counts] == [(40, 3)]


def test_robots_txt_is_asked_before_an_address_of_a_script():
    robots = (200, PLAIN, "User-agent: *\nDisallow: /pmd/h.ashx\n")
    walk, asked = crawl("fetch('h.ashx')", {"/robots.txt": robots, "/pmd/h.ashx": (200, JSON, ROWS)})
    assert asked == []
    assert "does not allow" in walk.notes


def test_a_recorded_call_of_a_web_method_is_found_again_in_the_capture(tmp_path):
    answers = {"/pmd/S.asmx/GetProjects": (200, JSON, json.dumps({"d": ROWS}))}
    with serving({"/robots.txt": (200, PLAIN, ""), **answers}) as site:
        address = f"{site.root}/pmd/S.asmx/GetProjects"
        policy = FetchPolicy(delay=0, backoff=0, attempts=1, timeout=60)
        recorder = Recorder(tmp_path / "visit.warc.gz", {})
        fetcher = Fetcher(address, policy, exchange=recorder.around(connect(address, policy)))
        page = fetcher.call(address)
        fetcher.close()
        recorder.finish()
    capture = Capture.open(tmp_path / "visit.warc.gz", max_bytes=10**6)
    again = Fetcher(address, FetchPolicy.of_capture(), exchange=capture).call(address)
    assert again.body == page.body
