"""What the replica does wrong when it is told to, mass changes, and conditional requests."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from io import StringIO
from typing import Any

import pytest
import requests
from django.core.management import call_command

from replica.faults import DATA_FAULTS, FAULTS, WIRE_FAULTS
from replica.layouts import HELP, LAYOUTS
from replica.server import ReplicaServer
from replica.tests.test_replica import GRID, PANEL, Client, cents, details, opened, plain, rows_of
from replica.wire import STRIKES

ALL = "projects/Default.aspx"
GRID_OF_ALL = "ctl00$PageContent$gvProjects"
ITEMS = re.compile(r"Page (\d+) of (\d+) \((\d+) items\)")


@pytest.fixture
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(projects=120, seed=7, provinces=("LIM", "NC"), rows_of_all=50) as server:
        yield server


@pytest.fixture
def client(replica: ReplicaServer) -> Iterator[Client]:
    browser = Client(replica)
    yield browser
    browser.session.close()


def numbers(rows: list[dict[str, str]]) -> list[str]:
    return [row["Project No"] for row in rows]


def pager(html: str) -> tuple[int, int, int]:
    """(page, pages, items) as the pager says."""
    page, pages, items = map(int, ITEMS.search(html).groups())
    return page, pages, items


def lines(client: Client) -> dict[str, tuple[str, int, str, str]]:
    return client.lines("361") | client.lines("362")


def own_page(client: Client) -> dict[str, str]:
    """The pairs of the first listed project's own page."""
    path = re.search(r'"\.\./(project/proj_detail\.aspx\?enc=[^"]+)"', client.get(ALL).text)[1]
    return details(client.get(path).text)


# Layouts


def test_each_layout_and_each_fault_says_what_it_is() -> None:
    assert set(HELP) == set(LAYOUTS)
    assert set(STRIKES) | {"none"} == set(WIRE_FAULTS)
    out = StringIO()
    call_command("replica", "--list", stdout=out)
    for name, line in (HELP | FAULTS).items():
        assert f"  {name:18} {line}\n" in out.getvalue()


@pytest.mark.parametrize("layout", ["dataview", "dataview_postback", "cards"])
def test_blocks_have_no_header_row_and_lead_to_the_project(
    replica: ReplicaServer, client: Client, layout: str
) -> None:
    replica.site.set_layout(layout)
    html = client.get(ALL).text
    assert "_DXHeadersRow" not in html
    assert "<th" not in html.replace("<thead", "")
    assert html.count("project/proj_detail.aspx?enc=") == 50
    assert pager(html) == (1, 3, 120)
    assert numbers(client.rows(ALL)) == list(replica.site.facts())


def test_a_data_view_is_told_by_its_argument_where_the_client_was(
    replica: ReplicaServer, client: Client
) -> None:
    replica.site.set_layout("dataview")
    html = client.get(ALL).text
    following = client.callback(ALL, html, GRID_OF_ALL, "p1:50:PBN").text
    assert pager(opened(following)) == (3, 3, 120)
    assert "'stateObject':{'pageIndex':2," in following
    assert "'error'" in client.callback(ALL, html, GRID_OF_ALL, "PN1").text


def test_json_rows_are_in_the_script_and_the_page_is_empty(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_layout("json")
    html = client.get(ALL).text
    literal = re.search(r"var projectList = (.*?);\r\n", html)[1]
    assert '{"total":120,"rows":[{"ProjectNo":"WP10001"' in literal
    assert not set("<>&'") & set(literal)
    assert "WP10001" not in plain(re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))
    project = next(p for p in replica.site.world if p.start_date)
    assert f'"StartDate":"{project.start_date}T00:00:00"' in literal
    assert re.search(r"var projects = \[\{.*?\}\];", client.get(lines(client)["LIM331"][3]).text)


def test_lists_without_figures_leave_them_to_the_projects_own_page(
    replica: ReplicaServer, client: Client
) -> None:
    replica.site.set_layout("figures_on_page")
    assert set(client.rows(ALL)[0]) == {"Project No", "Project Name", "Municipality"}
    assert {"Budget", "Status", "Progress %", "Risk rating code"} <= set(own_page(client))


def test_two_layouts_share_the_municipalities_between_them(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_layout("mixed")
    kinds = {}
    for code, line in lines(client).items():
        html = client.get(line[3]).text
        kinds[code] = "cards" if "ASPxClientCardView" in html else "grid"
        assert len(client.rows(line[3])) == line[1]
    halves = [list(kinds.values()).count(kind) for kind in ("grid", "cards")]
    assert min(halves) > len(kinds) / 4
    replica.site.set_layout("table/json")
    assert {c: k == "grid" for c, k in kinds.items()} == {
        code: "cellpadding" in html and "var projects" not in html
        for code, html in ((c, client.get(line[3]).text) for c, line in lines(client).items())
    }
    with pytest.raises(ValueError, match="Unknown layout"):
        replica.site.set_layout("table/nope")


# Faults of the data


@pytest.mark.parametrize("fault", sorted(set(DATA_FAULTS) - {"self_edit"}))
@pytest.mark.parametrize("layout", ["grid", "table", "dataview", "cards", "json"])
def test_a_lie_changes_no_fact_and_goes_without_a_trace(layout: str, fault: str) -> None:
    with ReplicaServer(projects=60, provinces=("NC",), layout=layout, rows_of_all=25) as replica:
        client, site = Client(replica), replica.site
        site.noise("all", False)
        facts, told = site.facts(), site.lines()
        honest = client.rows(ALL)
        site.set_fault(fault)
        for page in (ALL, "level.aspx?id=362", client.lines("362")["NC091"][3]):
            assert client.get(page).status_code == 200
        assert (site.facts(), site.lines(), site.ledger.entries) == (facts, told, [])
        site.set_fault("none")
        assert client.rows(ALL) == honest
        client.session.close()


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "figures_on_page"])
def test_dropped_rows_are_a_quarter_and_nothing_else_tells(layout: str) -> None:
    with ReplicaServer(projects=120, provinces=("LIM", "NC"), layout=layout, rows_of_all=50) as replica:
        client = Client(replica)
        replica.site.set_fault("drop_rows")
        rows = client.rows(ALL)
        assert len(rows) == 90
        for _, number, value, path in list(lines(client).values())[:8]:
            listed = client.rows(path)
            assert len(listed) == number
            budgets = [text for row in listed for label, text in row.items() if "Budget" in label]
            assert sum(map(cents, budgets)) == cents(value)
        client.session.close()


def test_dropped_rows_that_are_still_counted(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_fault("drop_rows_counted")
    assert pager(client.get(ALL).text) == (1, 2, 90)
    assert {code: line[1] for code, line in lines(client).items()} == {
        code: number for code, (number, _) in replica.site.lines().items()
    }


def test_one_dropped_row_is_missed_by_pager_and_line(replica: ReplicaServer, client: Client) -> None:
    victim = replica.site.world.order[60]
    replica.site.set_fault("drop_rows_few")
    assert pager(client.get(ALL).text) == (1, 3, 120)
    assert set(replica.site.facts()) - set(numbers(client.rows(ALL))) == {victim.external_id}
    line = lines(client)[victim.municipalities[0]]
    assert len(client.rows(line[3])) == line[1] - 1


def test_dropped_pages_are_errors_or_empty(replica: ReplicaServer, client: Client) -> None:
    html = client.get(ALL).text
    state = re.search(r"'stateObject':(\{.*?\}),'callBacksEnabled'", html)[1].replace("'", '"')
    replica.site.set_fault("drop_pages")
    lost = client.page_of_grid(ALL, html, GRID_OF_ALL, "PN1", state)
    assert (lost.status_code, "'error':{'message':'Object reference" in lost.text) == (200, True)
    assert len(rows_of(client.get(ALL).text)) == 50
    replica.site.set_fault("drop_pages_empty")
    assert "_DXEmptyRow" in client.page_of_grid(ALL, html, GRID_OF_ALL, "PN1", state).text
    replica.site.set_fault("none")
    assert "Page 2 of 3" in client.page_of_grid(ALL, html, GRID_OF_ALL, "PN1", state).text


@pytest.mark.parametrize("layout", ["table", "dataview_postback", "postback"])
def test_a_dropped_page_of_a_postback_is_a_server_error(layout: str) -> None:
    argument = {"table": "Page$2", "dataview_postback": "p0:100:PN1", "postback": "12|PAGERONCLICK3|PBN"}
    with ReplicaServer(projects=120, provinces=("NC",), layout=layout) as replica:
        client = Client(replica)
        html = client.get(ALL).text
        fields = {"__EVENTTARGET": GRID_OF_ALL, "__EVENTARGUMENT": argument[layout]}
        assert len(rows_of(client.post(ALL, html, **fields).text)) == 20
        replica.site.set_fault("drop_pages")
        assert client.post(ALL, html, **fields).status_code == 500
        client.session.close()


@pytest.mark.parametrize("layout", ["grid", "postback", "cards", "dataview", "dataview_postback"])
def test_a_pager_lies_about_pages_and_items(layout: str) -> None:
    with ReplicaServer(projects=120, provinces=("LIM", "NC"), layout=layout, rows_of_all=50) as replica:
        client = Client(replica)
        replica.site.set_fault("lie_pager")
        assert pager(client.get(ALL).text) == (1, 4, 170)
        assert len(client.rows(ALL)) == 140
        replica.site.set_fault("lie_pager_less")
        assert pager(client.get(ALL).text) == (1, 2, 70)
        assert len(client.rows(ALL)) == 100
        small = next(line for line in lines(client).values() if 1 < line[1] <= 12)
        assert pager(client.get(small[3]).text) == (1, 1, small[1] - 1)
        client.session.close()


def test_a_plain_gridview_and_a_script_lie_in_their_own_way(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_fault("lie_pager")
    replica.site.set_layout("table")
    assert len(client.rows(ALL)) == 140
    replica.site.set_layout("json")
    assert '{"total":240,' in client.get(ALL).text


def test_totals_are_off_by_the_same_amount(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_fault("totals_off")
    off = {line[1] - replica.site.lines()[code][0] for code, line in lines(client).items() if line[1]}
    assert off == {2}
    assert lines(client)["NC064"][1] == 0
    assert all(cents(line[2]) == replica.site.lines()[code][1] for code, line in lines(client).items())


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "figures_on_page"])
def test_a_blank_column_is_blank_everywhere(layout: str) -> None:
    with ReplicaServer(projects=60, provinces=("NC",), layout=layout) as replica:
        client = Client(replica)
        replica.site.set_fault("blank_column")
        labels = {label for row in client.rows(ALL) for label in row}
        assert [label for label in labels if "Budget" in label] != []
        assert {text for row in client.rows(ALL) for label, text in row.items() if "Budget" in label} == {""}
        assert own_page(client)["Budget"] == ""
        client.session.close()


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "figures_on_page"])
def test_a_renamed_column_keeps_its_values(layout: str) -> None:
    with ReplicaServer(projects=60, provinces=("NC",), layout=layout) as replica:
        client = Client(replica)
        before = [next(text for label, text in row.items() if "Budget" in label) for row in client.rows(ALL)]
        replica.site.set_fault("rename_column")
        name = "ApprovedAmountXY" if layout == "json" else "Approved Amount XY"
        assert [row[name] for row in client.rows(ALL)] == before
        assert "TotalBudget" not in client.get(ALL).text
        assert "Budget" not in own_page(client)
        replica.site.set_fault("rename_caption", attribute="status")
        assert "Status" in own_page(client)
        assert "ProjectStatus" in client.get(ALL).text or layout in ("table", "tree")
        client.session.close()


def test_shuffling_keeps_pages_whole_and_shuffling_pages_does_not(
    replica: ReplicaServer, client: Client
) -> None:
    replica.site.set_fault("shuffle")
    once, again = client.rows(ALL), client.rows(ALL)
    assert once != again
    assert list(once[0]) != list(once[-1])
    assert sorted(numbers(once)) == sorted(numbers(again)) == sorted(replica.site.facts())
    assert list(lines(client)) != list(lines(client))
    assert list(own_page(client)) != list(own_page(client))
    replica.site.set_fault("shuffle_pages")
    torn = numbers(client.rows(ALL))
    assert len(torn) == 120 > len(set(torn))


def test_the_layout_switches_on_the_way(replica: ReplicaServer, client: Client) -> None:
    replica.site.set_fault("switch_layout", after=1, layout="cards")
    assert ["ASPxClientCardView" in client.get(ALL).text for _ in range(3)] == [False, True, True]
    replica.site.set_fault("switch_layout", times=1)
    assert ['scope="col"' in client.get(ALL).text for _ in range(2)] == [True, False]
    with pytest.raises(ValueError, match="Unknown layout"):
        replica.site.set_fault("switch_layout", layout="nope")


def test_the_site_is_edited_once_while_it_is_read_and_the_ledger_knows(
    replica: ReplicaServer, client: Client
) -> None:
    site = replica.site
    first, before, seq = site.world.order[0], site.facts(), site.ledger.head
    replica.site.set_fault("self_edit", after=2)
    assert numbers(rows_of(client.get(ALL).text))[0] == first.external_id
    client.get(ALL)
    assert site.facts() == before
    read = numbers(rows_of(client.get(ALL).text))
    assert first.external_id not in read
    assert numbers(rows_of(client.get(ALL).text)) == read
    entries = site.ledger.since(seq)
    assert [entry["kind"] for entry in entries] == ["updated", "listing", "listing"]
    old, new = entries[0]["changes"]["municipality"]
    assert (old, new) == (before[first.external_id]["municipality"], first.municipalities[0])
    assert {entry["code"] for entry in entries[1:]} == {old, new}
    assert len(client.rows(lines(client)[new][3])) == site.lines()[new][0]


# Faults of the wire


@pytest.mark.parametrize(
    ("fault", "status"),
    [("status429", 429), ("status503", 503), ("retry_date", 503), ("status429_date", 429)],
)
def test_an_overloaded_server_says_when_to_come_back(replica: ReplicaServer, fault: str, status: int) -> None:
    replica.site.set_fault(fault, times=1, retry_after=90)
    answer = requests.get(replica.url, timeout=60)
    assert answer.status_code == status
    when = answer.headers["Retry-After"]
    wait = int(when) if when.isdigit() else parsedate_to_datetime(when).timestamp() - time.time()
    assert 88 < wait <= 91
    assert ("GMT" in when) == ("date" in fault)
    assert requests.get(replica.url, timeout=60).status_code == 200


def test_a_firewall_can_answer_with_200(replica: ReplicaServer) -> None:
    replica.site.set_fault("waf200")
    answer = requests.get(replica.url, timeout=60)
    assert (answer.status_code, "Access denied" in answer.text) == (200, True)


@pytest.mark.parametrize(("fault", "path", "says"), [
    ("aspxerrorpath", "/pmd/GenericError.aspx?aspxerrorpath=/pmd/level.aspx", "An error has occurred"),
    ("login_redirect", "/pmd/login.aspx?ReturnUrl=%2fpmd%2flevel.aspx", "Sign in"),
])  # fmt: skip
def test_a_redirect_leads_to_a_page_that_says_200(
    replica: ReplicaServer, fault: str, path: str, says: str
) -> None:
    replica.site.set_fault(fault)
    answer = requests.get(replica.url, timeout=60)
    assert (answer.status_code, answer.url) == (200, replica.root + path)
    assert says in answer.text


def test_a_session_that_ends_on_the_way_is_told_to_callbacks_and_postbacks_only(
    replica: ReplicaServer, client: Client
) -> None:
    html = client.get(ALL).text
    replica.site.set_fault("session_expire", times=1)
    assert "'result'" in client.callback(ALL, html, "ctl00$TimeoutControl1$KeepAliveHelper", "").text
    assert "'redirect':'/pmd/TimeOutPage.aspx?index=3'" in client.callback(ALL, html, GRID, "x").text
    assert client.post(ALL, html).headers["Location"] == "/pmd/TimeOutPage.aspx?index=3"
    old = client.session.cookies["ASP.NET_SessionId"]
    fresh = client.get("level.aspx?id=362")
    assert (fresh.status_code, client.session.cookies["ASP.NET_SessionId"] != old) == (200, True)
    assert "'result'" in client.callback("level.aspx?id=362", fresh.text, PANEL, "A").text


# Mass changes


def net(replica: ReplicaServer, seq: int, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in replica.site.ledger.since(seq) if entry["kind"] == kind]


@pytest.mark.parametrize("attribute", ["budget", "status", "progress", "completion_date", "risk_rating"])
def test_a_mass_edit_changes_one_column_of_a_share(replica: ReplicaServer, attribute: str) -> None:
    before = replica.site.published()
    replica.site.mutate_many(0.5, attribute)
    updated = net(replica, 0, "updated")
    assert len(updated) == 60
    after = replica.site.published()
    for entry in updated:
        for name, (old, new) in entry["changes"].items():
            assert (before[entry["external_id"]][name], after[entry["external_id"]][name]) == (old, new)
    assert sum(before[key] != after[key] for key in before) == 60
    assert len({tuple(entry["changes"]) for entry in updated}) <= 2


def test_a_new_status_is_a_word_that_nobody_has_seen(replica: ReplicaServer, client: Client) -> None:
    known = {facts["status_as_published"] for facts in replica.site.published().values()}
    replica.site.new_status(0.2)
    replica.site.new_status(0.1, "Handed to the ancestors")
    words = {row["Status"] for row in client.rows(ALL)} - known
    assert words == {"Zeta review 1 (replica)", "Handed to the ancestors"}
    assert {
        entry["changes"]["status"][1] for entry in net(replica, 0, "updated") if "status" in entry["changes"]
    } == {None}


def test_many_are_removed_and_all_come_back(replica: ReplicaServer, client: Client) -> None:
    before, told = replica.site.published(), replica.site.lines()
    replica.site.remove_many(0.3)
    assert len(net(replica, 0, "removed")) == 36
    assert len(replica.site.published()) == 84 == len(client.rows(ALL))
    seq = replica.site.ledger.head
    replica.site.restore_all()
    assert len(net(replica, seq, "restored")) == 36
    assert replica.site.ledger.since(0) == []
    assert (replica.site.published(), replica.site.lines()) == (before, told)


@pytest.mark.parametrize(("attribute", "share"), [("nope", 0.5), ("budget", 1.5), ("budget", -0.1)])
def test_a_share_is_from_nought_to_one_and_a_column_is_known(
    replica: ReplicaServer, attribute: str, share: float
) -> None:
    with pytest.raises(ValueError, match="nope|share"):
        replica.site.mutate_many(share, attribute)


# Conditional requests


def test_without_being_told_to_the_site_offers_no_etag(client: Client) -> None:
    assert "ETag" not in client.get(ALL).headers


def test_an_etag_stands_for_the_page_without_its_noise(replica: ReplicaServer, client: Client) -> None:
    replica.site.etags = True
    replica.site.noise("all")
    for path in ("level.aspx", "level.aspx?id=362", ALL):
        tags = {client.get(path).headers["ETag"] for _ in range(2)}
        stranger = Client(replica)
        tags.add(stranger.get(path).headers["ETag"])
        stranger.session.close()
        assert len(tags) == 1
    replica.site.mutate_many(0.05)
    assert client.get(ALL).headers["ETag"] not in tags
    assert client.get(ALL).content != client.get(ALL).content


def test_who_has_the_page_is_told_so_without_a_body(replica: ReplicaServer, client: Client) -> None:
    replica.site.etags = True
    tag = client.get(ALL).headers["ETag"]
    url, asked = client.base + ALL, {"If-None-Match": f'"other", {tag}'}
    same = client.session.get(url, headers=asked, timeout=60)
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert replica.site.kinds["not_modified"] == 1
    assert client.session.get(url, headers={"If-None-Match": '"other"'}, timeout=60).status_code == 200
    replica.site.set_fault("blank_column")
    assert client.session.get(url, headers=asked, timeout=60).status_code == 200
    replica.site.set_fault("none")
    assert client.session.get(url, headers=asked, timeout=60).status_code == 304
    replica.site.remove("WP10001")
    assert client.session.get(url, headers=asked, timeout=60).status_code == 200


# Control


def test_control_urls_reach_all_of_it(replica: ReplicaServer) -> None:
    def post(path: str) -> requests.Response:
        return requests.post(f"{replica.root}/_control/{path}", timeout=60)

    assert requests.get(f"{replica.root}/_control/faults", timeout=60).json() == FAULTS
    state = post("fault?name=status503&after=3&times=2&retry_after=7").json()
    assert (state["fault"], replica.site.fault.after, replica.site.fault.retry_after) == ("status503", 3, 7)
    post("fault?name=blank_column&attribute=expenditure")
    assert replica.site.fault.attribute == "expenditure"
    assert post("fault?name=blank_column&attribute=nope").status_code == 400
    assert post("fault?name=switch_layout&layout=nope").status_code == 400
    assert post("fault?name=switch_layout&layout=grid/cards").status_code == 200
    assert post("etag?on=1").json()["etags"] is True
    assert post("layout?name=dataview/json").json()["layout"] == "dataview/json"
    assert len(post("mutate_many?share=0.1&attribute=progress").json()["entries"]) == 12
    assert len(post("new_status?share=0.1").json()["entries"]) == 12
    gone = post("remove_many?share=0.1").json()["entries"]
    assert sum(entry["kind"] == "removed" for entry in gone) == 12
    post("restore_all")
    assert len(replica.site.published()) == 120
    assert post("mutate_many?share=2").status_code == 400
