"""The replica itself, looked at with a tiny client of its own: regular expressions and raw requests."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from html import escape, unescape

import pytest
import requests

from replica.layouts import LAYOUTS, NOISE
from replica.ledger import Ledger
from replica.places import PLACES
from replica.server import ReplicaServer
from replica.site import Site

LINE = re.compile(
    r"(?P<name>[^>]+?) - \[(?P<code>\w+)\] (?P<n>\d+) Projects with a Total value: R(?P<value>[\d,.]+)"
)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" id="[^"]+" value="([^"]*)" />')
PANEL = "ctl00$PageContent$MyCallbackPanel"
GRID = f"{PANEL}$sampleGrid"
JSON_LABELS = {
    "ProjectNo": "Project No",
    "ProjectName": "Project Name",
    "MunicipalityName": "Municipality",
    "ProjectStatus": "Status",
    "TotalBudget": "Budget",
    "ContractorName": "Contractor",
}
TEXT_FIELDS = {
    "Project No": "external_id",
    "Project Name": "name",
    "Contractor": "contractor",
    "Remarks": "published.Remarks",
    "Municipality": "municipality_as_published",
}


class Client:
    """One browser without JavaScript."""

    def __init__(self, replica: ReplicaServer) -> None:
        self.session = requests.Session()
        self.base = f"{replica.root}/pmd/"

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=60)

    def post(self, path: str, html: str, **fields: str) -> requests.Response:
        form = {name: unescape(value) for name, value in HIDDEN.findall(html)} | fields
        return self.session.post(self.base + path, data=form, timeout=60, allow_redirects=False)

    def callback(self, path: str, html: str, uid: str, argument: str, **fields: str) -> requests.Response:
        return self.post(path, html, __CALLBACKID=uid, __CALLBACKPARAM=f"c0:{argument}", **fields)

    def page_of_grid(self, path: str, html: str, uid: str, command: str, state: str) -> requests.Response:
        args = f"12|PAGERONCLICK{len(command)}|{command}"
        argument = f"KV|2;[];GB|{len(args)};{args};"
        return self.callback(path, html, uid, argument, **{uid: escape(state)})

    def lines(self, level: str) -> dict[str, tuple[str, int, str, str]]:
        """code → (name, number, value, path) of a list of municipalities."""
        return lines_of(self.get(f"level.aspx?df=1&lv=1&id={level}").text)

    def rows(self, path: str) -> list[dict[str, str]]:
        """All rows of the list of a page, label → text, by following its pager to the end."""
        return [row for page in self.pages(path) for row in rows_of(page)]

    def pages(self, path: str) -> Iterator[str]:
        """All pages of the list, the later ones as a callback or postback answers them."""
        html = self.get(path).text
        uid = "ctl00$PageContent$gvProjects" if "projects/Default" in path else GRID
        return self._follower(html)(path, html, uid)

    def _follower(self, html: str) -> Callable[[str, str, str], Iterator[str]]:
        if 'scope="col"' in html:
            return self._by_gridview
        if "ASPx.DVPagerClick(" in html:
            return self._by_view_callback
        if re.search(r"__doPostBack\(&#39;[^&]+&#39;,&#39;p0:", html):
            return self._by_view_postback
        return self._by_postback if "'callBacksEnabled':false" in html else self._by_callback

    def _by_view_callback(self, path: str, html: str, uid: str) -> Iterator[str]:
        yield html
        for number in range(1, pages_in(html)):
            yield opened(self.callback(path, html, uid, f"p0:12:PN{number}").text)

    def _by_view_postback(self, path: str, html: str, uid: str) -> Iterator[str]:
        yield html
        for number in range(1, pages_in(html)):
            argument = re.search(rf"&#39;(p\d+:\d+:PN{number})&#39;", html)[1]
            html = self.post(path, html, __EVENTTARGET=uid, __EVENTARGUMENT=argument).text
            yield html

    def _by_callback(self, path: str, html: str, uid: str) -> Iterator[str]:
        yield html
        latest = html
        for number in range(1, pages_in(html)):
            latest = opened(self.page_of_grid(path, html, uid, f"PN{number}", state_in(latest)).text)
            yield latest

    def _by_postback(self, path: str, html: str, uid: str) -> Iterator[str]:
        yield html
        for _ in range(1, pages_in(html)):
            html = self.post(path, html, __EVENTTARGET=uid, __EVENTARGUMENT="12|PAGERONCLICK3|PBN").text
            yield html

    def _by_gridview(self, path: str, html: str, uid: str) -> Iterator[str]:
        yield html
        number = 2
        while f"Page${number}&#39;" in html:
            html = self.post(path, html, __EVENTTARGET=uid, __EVENTARGUMENT=f"Page${number}").text
            yield html
            number += 1


def lines_of(html: str) -> dict[str, tuple[str, int, str, str]]:
    found = {}
    pieces = re.split(r'(?=<a [^>]*href="level\.aspx\?enc=)', html)
    for piece in pieces[1:]:
        line = LINE.search(plain(piece[: piece.find("Total value") + 60]))
        assert line is not None
        href = re.search(r'href="([^"]+)"', piece)[1]
        found[line["code"]] = (line["name"].strip(), int(line["n"]), line["value"].replace(",", ""), href)
    return found


def plain(html: str) -> str:
    text = re.sub(r"<[^>]*>", " ", html)
    return " ".join(unescape(text).split())


def pages_in(html: str) -> int:
    found = re.search(r"Page \d+ of (\d+) \(\d+ items\)", html)
    return int(found[1]) if found else 1


def state_in(html: str) -> str:
    """The state object's JSON, whether it stands in a script or in a callback's answer."""
    literal = re.search(r"'stateObject':(\{.*?'focusedRow':''\})", html)[1]
    return literal.replace("'", '"')


def opened(answer: str) -> str:
    """A callback's answer without its envelope and JavaScript escapes."""
    length, _, rest = answer.partition("|")
    payload = rest[int(length) :]
    assert payload.startswith("/*DX*/({"), answer[:200]
    assert payload.endswith("})")
    for escaped, char in (("\\r", "\r"), ("\\n", "\n"), ("\\t", "\t"), ("\\'", "'"), ("\\/", "/")):
        payload = payload.replace(escaped, char)
    return payload.replace("\\\\", "\\")


def rows_of(html: str) -> list[dict[str, str]]:
    """Rows of the project list of a page or of a callback's answer, in whatever rendering."""
    if found := re.search(r"var (?:projects|projectList) = (.*?);\r\n", html):
        content = json.loads(found[1])
        rows = content if isinstance(content, list) else content["rows"]
        return [{JSON_LABELS.get(k, k): "" if v is None else str(v) for k, v in row.items()} for row in rows]
    if '<td class="dxcvCard' in html:
        return blocks(
            html, "dxcvCard", r'<label class="dxflCaption[^>]*>(.*?):</label></td><td[^>]*>(.*?)</td>'
        )
    if '<td class="label">' in html:
        return blocks(html, "dxdvItem", r'<td class="label">(.*?):</td><td>(.*?)</td>')
    empty = ("dxcvEmptyCard", "dxdvEmptyData")
    return [] if any(f'<td class="{css}' in html for css in empty) else table_rows(html)


def blocks(html: str, css: str, pair: str) -> list[dict[str, str]]:
    pieces = re.split(rf'<td class="{css}', html)[1:]
    found = [re.findall(pair, piece, re.DOTALL) for piece in pieces]
    return [{plain(label): plain(value) for label, value in pairs} for pairs in found if pairs]


def table_rows(html: str) -> list[dict[str, str]]:
    """Rows of the project grid, DevExpress or plain, with a group row's value as a column."""
    if 'scope="col"' in html or "There are no projects to show" in html:
        return plain_rows(html)
    head = html[: html.rindex("_DXFilterRow")]
    grid_head = head[head.rindex("_DXHeadersRow0") :]
    headers = [plain(cell) for cell in re.findall(r'<td class="dx-wrap">(.*?)</td>', grid_head)]
    rows, group = [], {}
    for piece in re.split(r'(?=<tr id="[^"]*_DX(?:DataRow|GroupRowExp)\d+")', html)[1:]:
        if "_DXGroupRowExp" in piece[:120]:
            caption, value = plain(piece[piece.index("colspan") - 4 : piece.index("</td></tr>")]).split(
                ": ", 1
            )
            group = {caption.split(">")[-1].strip(): value}
            continue
        if "gvLevel_DX" in piece[:120]:
            continue
        data = piece[: piece.index('<td class="dxgvAIC')]
        cells = [plain("<td" + cell) for cell in re.split(r'<td class="dxgv(?=[ "])', data)[1:]]
        rows.append(dict(zip(headers, cells, strict=True)) | group)
    return rows


def plain_rows(html: str) -> list[dict[str, str]]:
    headers = [plain(cell) for cell in re.findall(r'<th scope="col">(.*?)</th>', html)]
    start = html.find("</th></tr>")
    rows = re.findall(r'<tr style="background-color[^"]*"[^>]*>(.*?)</tr>', html[start:], re.DOTALL)
    return [
        dict(zip(headers, map(plain, re.findall(r"<td>(.*?)</td>", row, re.DOTALL)), strict=True))
        for row in rows
    ]


def cents(text: str) -> int:
    """This test's own reading of an amount: two decimals, one in a bare JSON number, or none."""
    whole, _, part = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", text).groups(default="")
    return int(re.sub(r"\D", "", whole) or 0) * 100 + int(part.ljust(2, "0"))


@pytest.fixture
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(projects=120, seed=7) as server:
        yield server


@pytest.fixture
def client(replica: ReplicaServer) -> Iterator[Client]:
    browser = Client(replica)
    yield browser
    browser.session.close()


def municipality_path(client: Client, at_least: int) -> str:
    """A municipality with at least so many projects."""
    return next(line[3] for line in client.lines("362").values() if line[1] >= at_least)


# The landing page


def test_the_landing_page_has_the_genuine_hidden_fields_in_their_order(client: Client) -> None:
    names = [name for name, _ in HIDDEN.findall(client.get("level.aspx").text)]
    assert names == [
        "__EVENTTARGET",
        "__EVENTARGUMENT",
        "__VIEWSTATE",
        "__VIEWSTATEGENERATOR",
        "__VIEWSTATEENCRYPTED",
        "__EVENTVALIDATION",
    ]


def test_the_landing_page_has_ten_layout_tables_and_six_headings_without_links(client: Client) -> None:
    html = client.get("level.aspx").text
    assert html.count("<table") == 10
    bar = html[html.index('<ul class="dxnbLite_Moderno') : html.index("ASPxClientNavBar")]
    headings = [plain(h) for h in re.findall(r'_lblModel"[^>]*>(.*?)</span>', bar)]
    assert headings == [
        "Project Dashboards",
        "Select Projects per Province",
        "System Introduction and National Project Summary",
        "View Project Details",
        "View Project Summaries Per Province",
        "View Project Summaries per WSA",
    ]
    assert "href" not in bar


def test_the_tree_keeps_the_links_and_misspellings_of_the_site(client: Client) -> None:
    html = client.get("level.aspx").text
    nodes = re.findall(r'dxtv-nd tree-view-node" href="([^"]+)"><span[^>]*>([^<]+)<', html)
    tree = {unescape(href): label for href, label in nodes}
    assert tree["level.aspx?df=1&lv=1&id=362"] == "Projects List Per Local Municpality"
    assert tree["level.aspx?df=1&lv=1&id=361"] == "Projects List Per District Municpality"
    assert tree["level.aspx?df=1&lv=1&id=630"] == "Project Dashboards - Local Municipaly"
    assert len(tree) == 12  # the root among them


@pytest.mark.parametrize(
    "path", ["level.aspx", "level.aspx?id=7", "projects/Default.aspx", "nope.aspx", "index.aspx"]
)
def test_every_answer_says_that_it_is_a_replica(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["X-Demo-Data"] == "1"
    assert '<meta name="generator" content="Buka Amanzi replica"/>' in answer.text
    assert "replica" in re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)[1]


def test_the_site_says_what_robots_may_do(replica: ReplicaServer) -> None:
    assert "User-agent: *" in requests.get(f"{replica.root}/robots.txt", timeout=60).text


# WebForms and links


def test_hidden_fields_differ_on_every_answer_and_are_taken_back_in_their_session(client: Client) -> None:
    first, second = client.get("level.aspx").text, client.get("level.aspx").text
    old, new = dict(HIDDEN.findall(first)), dict(HIDDEN.findall(second))
    assert old["__VIEWSTATE"] != new["__VIEWSTATE"]
    assert old["__EVENTVALIDATION"] != new["__EVENTVALIDATION"]
    assert client.post("level.aspx", first).status_code == 200


@pytest.mark.parametrize("field", ["__VIEWSTATE", "__EVENTVALIDATION"])
def test_a_missing_or_broken_hidden_field_is_refused(client: Client, field: str) -> None:
    html = client.get("level.aspx").text
    for value in ("", "garbage", "QUJD" * 40):
        answer = client.post("level.aspx", html, **{field: value})
        assert answer.status_code == 500
        assert "Server Error in '/pmd' Application" in answer.text


def test_hidden_fields_of_another_page_or_session_are_refused(replica: ReplicaServer, client: Client) -> None:
    elsewhere = client.get("level.aspx?id=7").text
    assert client.post("level.aspx", elsewhere).status_code == 500
    stranger = Client(replica)
    theirs = stranger.get("level.aspx").text
    client.get("level.aspx")
    assert client.post("level.aspx", theirs).status_code == 500
    stranger.session.close()


def test_without_its_session_a_postback_is_redirected_and_a_callback_told_so(client: Client) -> None:
    html = client.get("level.aspx?id=362").text
    client.session.cookies.clear()
    answer = client.post("level.aspx?id=362", html)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/pmd/TimeOutPage.aspx?index=3")
    assert "'redirect':'/pmd/TimeOutPage.aspx" in client.callback("level.aspx?id=362", html, PANEL, "A").text


def test_enc_links_differ_between_answers_and_keep_their_plus_sign(client: Client) -> None:
    once, again = client.lines("362"), client.lines("362")
    assert all(once[code][3] != again[code][3] for code in once)
    with_plus = next(line[3] for line in once.values() if "+" in line[3])
    assert len(with_plus.split("enc=")[1]) == 64
    assert client.get(with_plus).status_code == 200
    assert client.get(with_plus.replace("+", "%2B")).status_code == 200
    assert client.get(with_plus.replace("+", "%20")).status_code == 400
    assert client.get("level.aspx?enc=VWReJm").status_code == 400


# Lists


def test_the_lists_name_every_municipality_in_each_rendering(replica: ReplicaServer, client: Client) -> None:
    locals_ = {place.code: place.name for place in PLACES if place.category in "AB"}
    for layout in LAYOUTS:
        replica.site.set_layout(layout)
        assert {code: line[0] for code, line in client.lines("362").items()} == locals_, layout
        assert set(client.lines("361")) == {place.code for place in PLACES if place.category == "C"}
        assert len(client.lines("7")) == 9


def test_a_line_says_how_many_projects_there_are_and_the_sum_of_their_budgets(
    replica: ReplicaServer, client: Client
) -> None:
    for code, (_, number, value, _) in client.lines("362").items():
        assert (number, cents(value)) == replica.site.lines()[code]


def test_a_letter_is_a_callback_on_the_panel(client: Client) -> None:
    html = client.get("level.aspx?id=362").text
    for letter, codes in (("!", {"NC084"}), ("A", {"KZN238", "KZN263", "EC124"}), ("X", set())):
        inner = opened(client.callback("level.aspx?id=362", html, PANEL, letter).text)
        assert set(lines_of(inner)) == codes


def test_a_district_lists_its_local_municipalities_and_its_own_projects(client: Client) -> None:
    path = client.lines("361")["DC12"][3]
    assert set(lines_of(client.get(path).text)) == {"EC121", "EC122", "EC124", "EC126"}
    assert len(client.rows(path)) == client.lines("361")["DC12"][1]


# Grids


def test_a_grid_is_paged_by_callback(client: Client) -> None:
    path = "projects/Default.aspx"
    html = client.get(path).text
    answer = client.page_of_grid(path, html, "ctl00$PageContent$gvProjects", "PN1", state_in(html)).text
    length = int(answer.partition("|")[0])
    validation = answer.partition("|")[2][:length]
    assert "Page 2 of 2 (120 items)" in opened(answer)
    assert "_DXDataRow100" in opened(answer)
    again = client.page_of_grid(path, html, "ctl00$PageContent$gvProjects", "PBP", state_in(answer))
    assert "Page 1 of 2 (120 items)" in again.text
    assert client.post(path, html, __EVENTVALIDATION=validation).status_code == 200


def test_without_its_state_field_a_grid_answers_with_an_empty_one(client: Client) -> None:
    html = client.get("projects/Default.aspx").text
    uid = "ctl00$PageContent$gvProjects"
    for state in ("", "{}", state_in(html).replace("callbackState", "other")):
        answer = client.page_of_grid("projects/Default.aspx", html, uid, "PN1", state)
        assert answer.status_code == 200
        assert "_DXEmptyRow" in answer.text
        assert "_DXDataRow" not in answer.text


def test_a_callback_needs_the_unique_id_and_a_well_formed_argument(client: Client) -> None:
    html = client.get("projects/Default.aspx").text
    wrong = client.callback("projects/Default.aspx", html, "ctl00_PageContent_gvProjects", "GB|3;1|X;")
    assert wrong.status_code == 500
    assert "did not implement ICallbackEventHandler" in wrong.text
    uid = "ctl00$PageContent$gvProjects"
    broken = client.callback("projects/Default.aspx", html, uid, "GB|9;12|PAGER;")
    assert "'error':{'message':" in broken.text


def test_an_empty_municipality_has_an_empty_row(replica: ReplicaServer, client: Client) -> None:
    line = client.lines("362")["NC064"]
    assert line[1:3] == (0, "0.00")
    html = client.get(line[3]).text
    assert "_DXEmptyRow" in html
    assert client.rows(line[3]) == []
    replica.site.set_layout("table")
    assert "There are no projects to show" in client.get(line[3]).text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_project_is_reached_through_the_pagers_of_each_layout(layout: str) -> None:
    with ReplicaServer(projects=400, seed=3, layout=layout, provinces=("LIM", "NC")) as replica:
        client = Client(replica)
        listed: dict[str, list[dict[str, str]]] = {}
        for level in ("361", "362"):
            for code, (_, number, value, path) in client.lines(level).items():
                listed[code] = client.rows(path)
                budgets = [text for row in listed[code] for label, text in row.items() if "Budget" in label]
                assert len(listed[code]) == number
                assert sum(map(cents, budgets)) == cents(value) or layout == "figures_on_page"
        every = client.rows("projects/Default.aspx")
        facts = replica.site.facts()
        assert {row["Project No"] for rows in listed.values() for row in rows} == set(facts)
        assert [row["Project No"] for row in every] == list(facts)
        for row in every:
            known = facts[row["Project No"]]
            expected = {label: known[name] or "" for label, name in TEXT_FIELDS.items() if label in row}
            assert {label: row[label] for label in expected} == expected
            assert row.get("Status", known["status_as_published"]) == known["status_as_published"]
            assert len(row) == 3 or layout != "figures_on_page"
        client.session.close()


def test_a_plain_gridview_refuses_a_page_that_it_did_not_offer() -> None:
    with ReplicaServer(projects=5000, layout="table") as replica:
        client = Client(replica)
        html = client.get("projects/Default.aspx").text
        uid = "ctl00$PageContent$gvProjects"
        post = {"__EVENTTARGET": uid, "__EVENTARGUMENT": "Page$40"}
        assert client.post("projects/Default.aspx", html, **post).status_code == 500
        post["__EVENTARGUMENT"] = "Page$11"
        assert "<td><span>11</span></td>" in client.post("projects/Default.aspx", html, **post).text
        client.session.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_projects_own_page_says_more_and_nothing_else(layout: str) -> None:
    with ReplicaServer(projects=60, layout=layout) as replica:
        client = Client(replica)
        path = re.search(
            r'"\.\./(project/proj_detail\.aspx\?enc=[^"]+)"', client.get("projects/Default.aspx").text
        )
        html = client.get(path[1]).text
        external_id = re.search(r"WP\d{5}", html[html.index("Project Details") :])[0]
        project = replica.site.world.by_id[external_id]
        pairs = details(html)
        assert pairs["Project No"] == external_id
        assert pairs["Project Name"] == project.name
        assert pairs["Risk rating code"] == (project.risk_rating or "")
        assert pairs["Latitude"] == ("" if project.latitude is None else f"{project.latitude:.4f}")
        budget = cents(pairs["Budget"]) if pairs["Budget"] else None
        assert budget == project.budget
        assert len(pairs) == 20
        client.session.close()


def details(html: str) -> dict[str, str]:
    if "ctl00_PageContent_tblProject" in html:
        found = re.findall(r"<td><b>(.*?)</b></td><td><span[^>]*>(.*?)</span>", html)
        return {plain(label): plain(value) for label, value in found}
    found = re.findall(
        r'<label class="dxflCaption[^>]*>(.*?):</label></td><td[^>]*>(.*?)</td></tr></table></td>', html
    )
    values = {}
    for label, cell in found:
        typed = re.search(r'type="text" value="([^"]*)"', cell)
        values[plain(label)] = unescape(typed[1]) if typed else plain(cell)
    return {label: " ".join(value.split()) for label, value in values.items()}


# Facts, mutations, ledger


def test_the_same_seed_gives_the_same_facts_and_the_same_mutations() -> None:
    def story(seed: int) -> tuple[object, object]:
        site = Site(projects=80, seed=seed)
        before = site.facts()
        entries = [{**entry, "at": ""} for entry in site.mutate(20) + site.mutate(5)]
        return before, entries

    assert story(5) == story(5)
    assert story(5) != story(6)


def test_a_mutation_is_in_the_ledger_with_old_and_new_value_and_nothing_else_changes() -> None:
    site = Site(projects=200, seed=11)
    before, lines = site.facts(), site.lines()
    entries = [entry for entry in site.mutate(60) if entry["kind"] != "listing"]
    assert len(entries) == 60
    assert len({entry["external_id"] for entry in entries}) == 60
    assert {"created", "updated"} == {entry["kind"] for entry in entries}
    assert_ledger_tells_the_difference(site, site.ledger.since(0), before, lines)


def assert_ledger_tells_the_difference(site: Site, net: list[dict], before: dict, lines: dict) -> None:
    after = site.facts()
    told = {entry["external_id"]: entry["changes"] for entry in net if entry["kind"] != "listing"}
    real = {}
    for external_id, facts in after.items():
        old = before.get(external_id, {})
        changes = {name: [old.get(name), value] for name, value in facts.items() if old.get(name) != value}
        if changes:
            real[external_id] = changes
    assert told == real
    listings = {entry["code"] for entry in net if entry["kind"] == "listing"}
    assert listings == {code for code, line in site.lines().items() if line != lines[code]}
    for entry in net:
        if entry["kind"] == "listing":
            number, value = site.lines()[entry["code"]]
            assert entry["changes"].get("projects", [None, str(number)])[1] == str(number)
            assert cents(entry["changes"].get("value", [None, str(value)])[1]) == value


def test_several_mutations_of_one_project_are_one_net_change() -> None:
    site = Site(projects=30, seed=2)
    site.mutate(10)
    before, lines, seq = site.facts(), site.lines(), site.ledger.head
    for _ in range(12):
        site.mutate(15)
    assert_ledger_tells_the_difference(site, site.ledger.since(seq), before, lines)


def test_the_ledger_forgets_what_was_undone() -> None:
    ledger = Ledger()
    ledger.append("updated", "WP1", {"budget": ["1.00", "2.00"], "name": ["a", "b"]})
    ledger.append("updated", "WP1", {"budget": ["2.00", "1.00"]})
    ledger.append("created", "WP2", {"budget": [None, "5.00"]})
    ledger.append("removed", "WP2", {})
    ledger.append("removed", "WP3", {})
    ledger.append("restored", "WP3", {})
    assert [(e["external_id"], e["changes"]) for e in ledger.since(0)] == [("WP1", {"name": ["a", "b"]})]
    assert [e["kind"] for e in ledger.since(5)] == ["restored"]


def test_page_mutations_touch_only_columns_that_no_list_shows() -> None:
    site = Site(projects=50)
    changed = {name for entry in site.mutate(30, part="page") for name in entry["changes"]}
    assert changed <= {
        "description",
        "implementing_agent",
        "published.Risk rating code",
        "published.Households to be served",
    }


def test_a_removed_project_is_listed_nowhere_until_it_is_restored(
    replica: ReplicaServer, client: Client
) -> None:
    replica.site.remove("WP10005")
    assert "WP10005" not in {row["Project No"] for row in client.rows("projects/Default.aspx")}
    replica.site.restore("WP10005")
    assert "WP10005" in {row["Project No"] for row in client.rows("projects/Default.aspx")}


def test_it_changes_on_its_own_at_an_interval() -> None:
    with ReplicaServer(projects=20, mutate_every=0.02) as replica:
        deadline = time.monotonic() + 60
        while not replica.site.ledger.entries and time.monotonic() < deadline:
            time.sleep(0.01)
        assert replica.site.ledger.entries


# Noise


def test_noise_changes_the_bytes_and_no_fact(replica: ReplicaServer) -> None:
    def told() -> tuple[object, object, bytes]:
        client = Client(replica)
        lines = {code: line[:3] for code, line in client.lines("362").items()}
        rows = sorted(client.rows("projects/Default.aspx"), key=lambda row: row["Project No"])
        raw = client.get("projects/Default.aspx").content
        client.session.close()
        return lines, [dict(sorted(row.items())) for row in rows], raw

    facts = replica.site.facts()
    lines, rows, raw = told()
    for kind in NOISE:
        if kind == "whitespace":
            continue
        replica.site.noise(kind)
        noisy = told()
        assert (noisy[0], noisy[1]) == (lines, rows), kind
        assert noisy[2] != raw, kind
    assert replica.site.facts() == facts
    assert not replica.site.ledger.entries


def test_white_space_noise_stays_between_block_elements(replica: ReplicaServer, client: Client) -> None:
    squeezed = [re.sub(r">\s+<", "><", _still(replica, client)) for _ in range(2)]
    replica.site.noise("whitespace")
    noisy = client.get("projects/Default.aspx").text
    assert re.sub(r">\s+<", "><", noisy) == squeezed[0] == squeezed[1]
    assert noisy.count("\r\n") > 1000


def _still(replica: ReplicaServer, client: Client) -> str:
    replica.site.noise("all", False)
    return client.get("projects/Default.aspx").text


def test_without_any_noise_two_answers_are_the_same_bytes(replica: ReplicaServer, client: Client) -> None:
    replica.site.noise("all", False)
    client.get("level.aspx")
    for path in ("level.aspx", "level.aspx?id=362", "projects/Default.aspx"):
        assert client.get(path).content == client.get(path).content


# Faults, control, server


FAULTY = {
    "status404": 404,
    "status429": 429,
    "status500": 500,
    "status503": 503,
    "soft_error": 200,
    "waf403": 403,
    "login": 200,
    "empty": 200,
    "truncate": 200,
    "redirect_off": 302,
}


@pytest.mark.parametrize(("fault", "status"), FAULTY.items())
def test_a_fault_strikes_as_often_as_it_was_told_to(replica: ReplicaServer, fault: str, status: int) -> None:
    healthy = requests.get(replica.url, timeout=60)
    replica.site.set_fault(fault, after=1, times=1)
    answers = [requests.get(replica.url, timeout=60, allow_redirects=False) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, status, 200]
    assert len(answers[1].content) < len(healthy.content) * 0.6
    assert answers[1].headers["X-Demo-Data"] == "1"


def test_a_cut_body_breaks_the_connection(replica: ReplicaServer) -> None:
    replica.site.set_fault("cut")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(replica.url, timeout=60)


def test_a_huge_body_goes_on_beyond_fifty_megabytes(replica: ReplicaServer) -> None:
    replica.site.set_fault("huge")
    with requests.get(replica.url, timeout=60, stream=True) as answer:
        assert sum(len(piece) for piece in answer.iter_content(1_000_000)) > 50_000_000


def test_a_slow_answer_drips(replica: ReplicaServer) -> None:
    replica.site.set_fault("slow", seconds=0.3)
    start = time.monotonic()
    assert requests.get(replica.url, timeout=60).status_code == 200
    assert time.monotonic() - start > 0.2


def test_bytes_in_the_wrong_charset_are_not_utf8(replica: ReplicaServer) -> None:
    replica.site.set_fault("wrong_charset")
    answer = requests.get(replica.url, timeout=60)
    assert "utf-8" in answer.headers["Content-Type"]
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")


def test_an_expired_session_shows_at_the_next_callback(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_fault("session_expire", times=1)
    html = client.get("level.aspx?id=362").text
    assert "TimeOutPage" in client.callback("level.aspx?id=362", html, PANEL, "A").text


def test_control_urls_mutate_and_show_the_ledger(replica: ReplicaServer) -> None:
    control = f"{replica.root}/_control/"
    made = requests.post(f"{control}mutate?n=3", timeout=60).json()["entries"]
    assert sum(entry["kind"] != "listing" for entry in made) == 3
    ledger = requests.get(f"{control}ledger?since=0&net=1", timeout=60).json()
    assert ledger == {"seq": replica.site.ledger.head, "entries": replica.site.ledger.since(0)}
    assert requests.post(f"{control}layout?name=table", timeout=60).json()["layout"] == "table"
    assert requests.post(f"{control}noise?kind=clock&on=1", timeout=60).json()["noise"].count("clock") == 1
    assert requests.post(f"{control}fault?name=nope", timeout=60).status_code == 400
    assert requests.get(f"{control}mutate?n=3", timeout=60).status_code == 404
    state = requests.get(f"{control}state", timeout=60).json()
    assert state["projects"] == len(replica.site.world)
    assert state["requests"] == {}


def test_requests_are_counted_by_path(replica: ReplicaServer, client: Client) -> None:
    client.lines("362")
    client.lines("361")
    assert replica.requests["/pmd/level.aspx"] == 2


def test_a_stopped_replica_closes_its_port_and_its_connections() -> None:
    with ReplicaServer(projects=5) as replica:
        client = Client(replica)
        client.get("level.aspx")
        port = int(replica.root.rpartition(":")[2])
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get("level.aspx")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    client.session.close()


def test_without_projects_every_list_and_grid_is_empty() -> None:
    with ReplicaServer(projects=0) as replica:
        client = Client(replica)
        assert {line[1] for line in client.lines("362").values()} == {0}
        assert client.rows("projects/Default.aspx") == []
        client.session.close()


def test_a_replica_that_is_started_again_goes_on_where_it_was(tmp_path):
    from replica.rounds import Rounds
    from replica.site import Site

    file = tmp_path / "rounds.json"
    options = {"projects": 30, "seed": 5, "provinces": ("NW",), "finance_years": 2}
    first = Rounds(Site(**options), file)
    for _ in range(7):
        first.go_on()
    second = Rounds(Site(**options), file)
    assert second.repeat() == 7
    assert second.site.facts() == first.site.facts()
    assert second.site.finances() == first.site.finances()
    assert second.site.books.last_updated("capital_v2") == first.site.books.last_updated("capital_v2")
    other = Rounds(Site(**options | {"seed": 6}), file)
    assert other.repeat() == 0
    file.write_text("{broken")
    assert Rounds(Site(**options), file).repeat() == 0


def test_a_site_that_is_opened_again_is_as_it_was_at_first():
    with ReplicaServer(projects=8, seed=7, provinces=("NC",), short_menu=True) as replica:
        root, facts, finances = replica.root, replica.site.facts(), replica.site.finances()
        replica.site.mutate(4)
        replica.site.mutate_finances(4)
        replica.site.set_fault("status500")
        assert requests.get(replica.url, timeout=60).status_code == 500
        replica.reopen()
        assert requests.get(replica.url, timeout=60).status_code == 200
        assert (replica.root, replica.site.facts(), replica.site.finances()) == (root, facts, finances)
        assert (replica.site.short_menu, sum(replica.requests.values())) == (True, 1)
    assert replica.is_stopped
