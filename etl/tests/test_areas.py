"""Area by area: what the site says of itself beside what was read, and what became of it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from etl.decide.release import decide_areas, reject
from etl.scheduler import DataScheduler, work_off
from etl.tests.conftest import Sync
from etl.tests.test_trust import forty, mass_edit
from etl.tests.tinysite import serving
from projects.models import AreaReading, DataChangeLog, Project, SyncRun
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
ROW = "<tr><td>WP{0}</td><td>Scheme {0}</td><td>R{1}</td></tr>"
HEAD = "<tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"


def page(body: str) -> tuple[int, dict[str, str], str]:
    return 200, {"Content-Type": "text/html"}, f"<html><body>{body}</body></html>"


def site(claims: dict[str, tuple[str, str]], lists: dict[str, list[int]]) -> dict[str, Any]:
    """An entry page with a line a municipality, and the lists that there are of them."""
    lines = "".join(
        f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a> {number} Projects"
        f" with a Total value: {value}</p>"
        for code, (number, value) in claims.items()
    )
    pages = {"/pmd/level.aspx": page(lines)}
    for code, budgets in lists.items():
        rows = "".join(ROW.format(f"{code}{at}", budget) for at, budget in enumerate(budgets))
        pages[f"/pmd/list.aspx?m={code}"] = page(f"<table>{HEAD}{rows}</table>")
    return pages


def answer(what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Client().get(f"/api/v1/{what}/?source=dws&page_size=500").json()["results"]
    return found


def claims() -> dict[tuple[str, str], tuple[str, str, bool | None]]:
    found = answer("claims")
    return {(each["area"], each["what"]): (each["claimed"], each["found"], each["met"]) for each in found}


def states() -> dict[str, str]:
    return {each["area"]: each["state"] for each in answer("areas")}


def test_each_claim_stands_beside_what_was_read(sync: Sync) -> None:
    pages = site(
        {"LIM331": ("2", "R3,000.00"), "LIM332": ("3", "R5 million"), "LIM333": ("2", "R9")},
        {"LIM331": [1000, 2000], "LIM332": [4_000_000, 1_200_000, 100_000], "LIM333": [4]},
    )
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert claims() == {
        ("LIM331", "projects"): ("2", "2", True),
        ("LIM331", "total value"): ("R3,000.00", "3000.00", True),
        ("LIM332", "projects"): ("3", "3", True),
        ("LIM332", "total value"): ("R5 million", "5300000.00", True),  # as far as it is rounded
        ("LIM333", "projects"): ("2", "1", False),
        ("LIM333", "total value"): ("R9", "4.00", False),
    }
    assert states() == {"LIM331": "loaded", "LIM332": "loaded", "LIM333": "incomplete"}
    assert not run.complete
    assert run.proof["areas"] == {"read": 3, "complete": 2, "held": 0}
    assert run.proof["claims"] == {"checked": 6, "met": 4}
    said = Client().get(f"/api/v1/runs/{run.pk}/").json()
    assert (said["areas"], said["claims"]) == (run.proof["areas"], run.proof["claims"])


def test_projects_that_are_claimed_and_cannot_be_read_are_no_silence(sync: Sync) -> None:
    pages = site({"LIM331": ("50", "R3"), "LIM332": ("7", "R5")}, {})
    missing = {
        f"/pmd/list.aspx?m={code}": page("<p>This list is being moved.</p>") for code in ("LIM331", "LIM332")
    }
    with serving(pages | missing) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    sentence = "57 projects are claimed in 2 municipalities, none could be read."
    assert not run.complete
    assert sentence in run.notes
    assert sentence in Client().get("/").content.decode()
    assert set(states().values()) == {"incomplete"}


def test_one_list_that_cannot_be_read_is_named_and_the_others_are_whole(sync: Sync) -> None:
    pages = site({"LIM331": ("1", "R3"), "LIM332": ("7", "R5")}, {"LIM331": [3]})
    pages["/pmd/list.aspx?m=LIM332"] = page("<p>Object reference not set to an instance of an object.</p>")
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert not run.complete
    assert states() == {"LIM331": "loaded", "LIM332": "incomplete"}
    assert "LIM332" in run.proof["shortfall"]


def test_what_is_read_again_the_same_is_one_row(sync: Sync) -> None:
    pages = site({"LIM331": ("2", "R3")}, {"LIM331": [1, 2]})
    with serving(pages) as here:
        first = sync(f"{here.root}/pmd/level.aspx")
        last = sync(f"{here.root}/pmd/level.aspx")
        (row,) = AreaReading.objects.all()
        assert (row.run, row.last_run) == (first, last)
        here.pages |= site({"LIM331": ("1", "R1")}, {"LIM331": [1]})
        sync(f"{here.root}/pmd/level.aspx")
    assert [row.claims[0]["found"] for row in AreaReading.objects.all()] == ["1", "2"]


@forty
def test_what_is_held_is_said_to_be_and_then_loaded(
    replica: ReplicaServer, first: SyncRun, sync: Sync
) -> None:
    assert set(states().values()) == {"loaded"}
    mass_edit(replica)
    held = sync(replica.url)
    assert (held.state, held.proof["areas"]["held"]) == ("quarantined", held.proof["areas"]["read"])
    assert set(states().values()) == {"held"}
    before = {area["area"]: area["last_loaded"] for area in answer("areas")}
    DataScheduler().release(held.pk, "steward", "checked")
    assert set(states().values()) == {"loaded"}
    assert all(area["last_loaded"] > before[area["area"]] for area in answer("areas"))


@pytest.mark.soak
@forty
def test_what_is_rejected_is_said_to_be(replica: ReplicaServer, first: SyncRun, sync: Sync) -> None:
    mass_edit(replica)
    reject(sync(replica.url).pk, "steward", "a test of theirs")
    assert set(states().values()) == {"rejected"}
    sync(replica.url)
    assert set(states().values()) == {"rejected"}


def test_the_trust_page_tells_area_by_area(sync: Sync, client: Client) -> None:
    pages = site({"LIM331": ("2", "R3"), "LIM332": ("5", "R9")}, {"LIM331": [1, 2], "LIM332": [9]})
    with serving(pages) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    shown = client.get("/sources/dws/").content.decode()
    assert "Area by area" in shown
    assert "1 of 2 municipalities are read whole" in " ".join(shown.split())
    assert "Greater Giyani" in shown
    assert (
        "1 of 2 areas that were read are whole; 3 of 4 claims"
        in client.get(f"/runs/{run.pk}/").content.decode()
    )


def test_a_sync_s_json_counts_areas_and_claims(replica: ReplicaServer, here: Any, capsys: Any) -> None:
    here.DWS_URL = replica.url
    call_command("sync_dws", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["areas"]["read"] == said["areas"]["complete"] > 3
    assert said["claims"]["checked"] > said["areas"]["read"]
    assert SyncRun.objects.get(pk=said["run"]).proof["shortfall"] == ""


def test_a_list_that_shows_fewer_than_the_site_says_makes_no_row_missing(sync: Sync) -> None:
    """The 64 of which 50 are shown: which 50 says nothing of the others, however often it is so."""
    everything = list(range(1, 65))
    with serving(
        site({"LIM331": ("64", "R1"), "LIM332": ("2", "R2")}, {"LIM331": everything[:50], "LIM332": [1, 2]})
    ) as here:
        for _ in range(4):
            sync(f"{here.root}/pmd/level.aspx")
        here.pages |= site({"LIM331": ("64", "R1")}, {"LIM331": everything[:49]})
        here.pages |= site({"LIM331": ("64", "R1"), "LIM332": ("2", "R2")}, {})
        for _ in range(4):
            sync(f"{here.root}/pmd/level.aspx")
    assert states() == {"LIM331": "incomplete", "LIM332": "loaded"}
    assert not Project.objects.exclude(presence="present").exists()


def test_with_a_steady_shortfall_what_goes_with_its_claim_is_gone(sync: Sync) -> None:
    with serving(site({"LIM331": ("9", "R1")}, {"LIM331": list(range(7))})) as here:
        for _ in range(3):
            sync(f"{here.root}/pmd/level.aspx")
        here.pages |= site({"LIM331": ("8", "R1")}, {"LIM331": list(range(6))})
        for _ in range(3):
            sync(f"{here.root}/pmd/level.aspx")
        out = StringIO()
        call_command("replay", "--json", stdout=out)
    assert json.loads(out.getvalue())["identical"], out.getvalue()
    assert list(Project.objects.exclude(presence="present").values_list("external_id", flat=True)) == [
        "WPLIM3316"
    ]


GIYANI, LETABA = list(range(1000, 6000, 1000)), list(range(20_000, 70_000, 10_000))


def two_lists(giyani: list[int], letaba: list[int]) -> dict[str, Any]:
    return site({"LIM331": ("5", ""), "LIM332": ("5", "")}, {"LIM331": giyani, "LIM332": letaba})


def budgets(area: str) -> list[int]:
    found = Project.objects.filter(external_id__startswith=f"WP{area}").order_by("external_id")
    return [int(budget) for budget in found.values_list("budget", flat=True)]


def test_one_area_in_thousands_is_held_while_the_others_go_on_and_loaded_when_it_is_released(
    sync: Sync, client: Client, capsys: Any
) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= two_lists([budget // 1000 for budget in GIYANI], [21_000, *LETABA[1:]])
        run = sync(f"{here.root}/pmd/level.aspx")
        assert (run.state, run.updated, run.proof["areas"]["held"]) == ("succeeded", 1, 1)
        assert "divided by 1\u00a0000 in all of the 5 projects" in run.notes[0]
        assert budgets("LIM331") == GIYANI
        assert budgets("LIM332")[0] == 21_000
        assert states() == {"LIM331": "held", "LIM332": "loaded"}
        assert "divided by 1" in client.get("/sources/dws/").content.decode()
        assert "is held" in client.get("/municipalities/LIM331/").content.decode()
        again = sync(f"{here.root}/pmd/level.aspx")  # one decision, however often it comes
        assert (again.state, again.proof["areas"]["held"]) == ("unchanged", 1)
        capsys.readouterr()
        call_command("sync_dws", "--approve", str(again.pk), "--area", "LIM331", "--reason", "confirmed")
        assert "5 updated" in capsys.readouterr().out
        assert budgets("LIM331") == [1, 2, 3, 4, 5]
        assert states() == {"LIM331": "loaded", "LIM332": "loaded"}
        assert sync(f"{here.root}/pmd/level.aspx").state == "unchanged"
        call_command("replay", "--json")
    assert json.loads(capsys.readouterr().out)["identical"]


def test_areas_without_the_run_that_they_are_released_of_ask_nothing(sync: Sync, capsys: Any) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        for how in (
            ["--area", "LIM331"],
            ["--approve", "0", "--area", "LIM331"],
            ["--approve", "0"],
            ["--approve", "1", "--dry-run"],
        ):
            with pytest.raises((CommandError, SystemExit)):
                call_command("sync_dws", "--json", *how)
            assert json.loads(capsys.readouterr().out)["state"] == "failed"
    assert SyncRun.objects.count() == 1


def test_a_held_area_that_is_rejected_stays_as_it_was_and_is_not_asked_of_again(
    sync: Sync, capsys: Any
) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= two_lists([budget // 1000 for budget in GIYANI], [21_000, *LETABA[1:]])
        run = sync(f"{here.root}/pmd/level.aspx")
        decide_areas(run.pk, ["LIM331"], "steward", "theirs is wrong", accept=False)
        for _ in range(2):
            assert sync(f"{here.root}/pmd/level.aspx").state == "unchanged"
        assert states() == {"LIM331": "rejected", "LIM332": "loaded"}
        assert budgets("LIM331") == GIYANI
        here.pages |= two_lists([2000, *GIYANI[1:]], [21_000, *LETABA[1:]])  # they put it right
        sync(f"{here.root}/pmd/level.aspx")
        assert states() == {"LIM331": "loaded", "LIM332": "loaded"}
        assert budgets("LIM331") == [2000, *GIYANI[1:]]
        call_command("replay", "--json")
    assert json.loads(capsys.readouterr().out)["identical"]


def test_a_steward_decides_on_a_held_area_in_the_admin(sync: Sync, client: Client, here: Any) -> None:
    here.REDIS_URL = ""
    with serving(two_lists(GIYANI, LETABA)) as site_of_two:
        here.DWS_URL = f"{site_of_two.root}/pmd/level.aspx"
        sync()
        site_of_two.pages |= two_lists([budget // 1000 for budget in GIYANI], [21_000, *LETABA[1:]])
        sync()
        held = AreaReading.objects.newest().get(state="held")
        client.force_login(User.objects.create_superuser("thandi", password="a long password"))
        screen = "/admin/projects/areareading/?state__exact=held"
        assert "divided by 1" in client.get(screen).content.decode()
        chosen = {"action": "accept", "_selected_action": [held.pk]}
        said = client.post(screen, chosen, follow=True).content.decode()
        assert "say why" in said
        assert not AreaReading.objects.filter(accepted=True).exists()
        client.post(screen, {**chosen, "reason": "They wrote to us."}, follow=True)
        queued = SyncRun.objects.get(state="queued")
        work_off(queued.pk)
        assert budgets("LIM331") == [1, 2, 3, 4, 5]
        again = client.post(screen, {**chosen, "reason": "Twice."}, follow=True).content.decode()
    assert "Not held (any more)" in again or "No area reading" in again or "0 selected" in again
    assert "thandi" not in Client().get("/sources/dws/").content.decode()  # her name is nobody's business


def test_where_nothing_else_changed_the_whole_reading_is_held(sync: Sync) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= two_lists([budget // 1000 for budget in GIYANI], LETABA)
        run = sync(f"{here.root}/pmd/level.aspx")
        assert (run.state, [reason["rule"] for reason in run.held]) == ("quarantined", ["pattern"])
        DataScheduler().release(run.pk, "steward", "confirmed")
    assert budgets("LIM331") == [1, 2, 3, 4, 5]


def test_real_news_beside_figures_of_another_unit_does_not_let_them_through(sync: Sync) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= two_lists([*(budget // 1000 for budget in GIYANI[:-1]), 777], [21_000, *LETABA[1:]])
        run = sync(f"{here.root}/pmd/level.aspx")
    assert "divided by 1\u00a0000 in 4 of the 5 projects" in run.notes[0]
    assert states() == {"LIM331": "held", "LIM332": "loaded"}
    assert budgets("LIM331") == GIYANI


def test_a_column_that_one_list_calls_by_a_word_of_its_own_is_held_there(sync: Sync) -> None:
    """Its contractors are not gone: nobody knows what that column is."""

    def listing(heading: str, area: str, last: str) -> tuple[int, dict[str, str], str]:
        head = f"<tr><th>Project No</th><th>Project Name</th><th>{heading}</th></tr>"
        rows = "".join(
            f"<tr><td>WP{area}{n}</td><td>Scheme {n}</td><td>{last if n == 3 else 'Builders'} {n}</td></tr>"
            for n in range(4)
        )
        return page(f"<table>{head}{rows}</table>")

    claims = dict.fromkeys(("LIM331", "LIM332", "LIM333"), ("4", ""))
    with serving(site(claims, {})) as here:
        for area in claims:
            here.pages[f"/pmd/list.aspx?m={area}"] = listing("Contractor", area, "Builders")
        sync(f"{here.root}/pmd/level.aspx")
        here.pages["/pmd/list.aspx?m=LIM331"] = listing("Xyzzy", "LIM331", "Builders")
        here.pages["/pmd/list.aspx?m=LIM332"] = listing("Contractor", "LIM332", "Diggers")
        run = sync(f"{here.root}/pmd/level.aspx")
    told = {row.external_id for row in DataChangeLog.objects.filter(run=run)}
    assert not any(i.startswith("WPLIM331") for i in told), (run.state, run.held, run.notes)
    assert (
        Project.objects.filter(contractor="").count() == Project.objects.filter(contractor=None).count() == 0
    )


def dated(days: list[str]) -> tuple[int, dict[str, str], str]:
    head = "<tr><th>Project No</th><th>Project Name</th><th>Completion Date</th></tr>"
    rows = "".join(
        f"<tr><td>WP{day}</td><td>Scheme {at}</td><td>{day}</td></tr>" for at, day in enumerate(days)
    )
    return page(f"<table>{head}{rows}</table>")


def test_one_list_with_the_month_first_is_held_though_some_of_its_days_cannot_be_read(sync: Sync) -> None:
    """A 25th month cannot be read, and the 5th of March reads as the 3rd of May."""
    claims = dict.fromkeys(("LIM331", "LIM332"), ("6", ""))
    here_first = ["25/03/2027", "05/03/2027", "28/02/2027", "04/09/2027", "07/08/2027", "30/10/2027"]
    there_first = [f"{n + 10}/0{n}/2028" for n in range(3, 9)]

    def numbered(days: list[str], month_first: bool) -> tuple[int, dict[str, str], str]:
        status, headers, body = dated(days)
        for day in days if month_first else ():
            one, two, year = day.split("/")
            body = body.replace(f"<td>{day}</td>", f"<td>{two}/{one}/{year}</td>")
        return status, headers, body

    with serving(site(claims, {})) as here:
        pages = {
            "/pmd/list.aspx?m=LIM331": numbered(here_first, False),
            "/pmd/list.aspx?m=LIM332": numbered(there_first, False),
        }
        here.pages |= pages
        sync(f"{here.root}/pmd/level.aspx")
        before = list(Project.objects.order_by("pk").values_list("completion_date", flat=True))
        here.pages["/pmd/list.aspx?m=LIM331"] = numbered(here_first, True)
        run = sync(f"{here.root}/pmd/level.aspx")
    assert run.state == "quarantined", (run.notes, run.held)
    assert list(Project.objects.order_by("pk").values_list("completion_date", flat=True)) == before


@pytest.mark.parametrize(
    "giyani",
    [
        [2000, *GIYANI[1:]],  # one budget is another
        [100, 200, *GIYANI[2:]],  # two were put right
        [100, 250, 300, 400, 555],  # all are less, each otherwise
        [budget * 2 for budget in GIYANI],  # twice as much is no unit
    ],
)
def test_what_may_well_have_happened_is_loaded(sync: Sync, giyani: list[int]) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= two_lists(giyani, [21_000, *LETABA[1:]])
        assert sync(f"{here.root}/pmd/level.aspx").proof["areas"]["held"] == 0
    assert budgets("LIM331") == giyani


def test_an_area_whose_projects_all_have_other_numbers_is_held(sync: Sync) -> None:
    with serving(two_lists(GIYANI, LETABA)) as here:
        sync(f"{here.root}/pmd/level.aspx")
        pages = two_lists(GIYANI, [21_000, *LETABA[1:]])
        status, headers, body = pages["/pmd/list.aspx?m=LIM331"]
        here.pages |= pages | {
            "/pmd/list.aspx?m=LIM331": (status, headers, body.replace("WPLIM", "Scheme X"))
        }
        sync(f"{here.root}/pmd/level.aspx")
    assert states() == {"LIM331": "held", "LIM332": "loaded"}
    assert Project.objects.filter(presence="present").count() == 10


def test_an_area_whose_projects_bear_each_other_s_names_is_held(sync: Sync) -> None:
    """Numbers that only count the rows: the list is in another order now."""
    pages = two_lists(GIYANI, LETABA)
    with serving(pages) as here:
        sync(f"{here.root}/pmd/level.aspx")
        status, headers, body = pages["/pmd/list.aspx?m=LIM331"]
        for at in range(5):
            body = body.replace(f"Scheme LIM331{at}", f"Scheme {(at + 1) % 5}")
        body = body.replace("Scheme ", "Scheme LIM331")
        here.pages |= two_lists(GIYANI, [21_000, *LETABA[1:]])
        here.pages["/pmd/list.aspx?m=LIM331"] = status, headers, body
        run = sync(f"{here.root}/pmd/level.aspx")
        assert "in all of the 5 projects whose name changed" in run.notes[0]
        assert states() == {"LIM331": "held", "LIM332": "loaded"}
        assert Project.objects.get(external_id="WPLIM3310").name == "Scheme LIM3310"
        here.pages |= two_lists(GIYANI, [21_000, *LETABA[1:]])
        assert (sync(f"{here.root}/pmd/level.aspx").updated, set(states().values())) == (0, {"loaded"})


def test_an_area_that_a_reading_did_not_see_begins_anew(sync: Sync) -> None:
    both = dict.fromkeys(("LIM331", "LIM332"), ("1", "R1"))
    lists = {"LIM331": [1], "LIM332": [1]}
    with serving(site(both, lists)) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages.update(site({"LIM331": ("1", "R1")}, lists))
        between = sync(url)
        here.pages.update(site(both, lists))
        sync(url)
    assert [row.area for row in AreaReading.objects.of_run(between)] == ["LIM331"]
    assert AreaReading.objects.filter(area="LIM332").count() == 2


def test_a_list_that_always_shows_less_never_makes_a_reading_complete_and_hides_nothing_elsewhere(
    sync: Sync,
) -> None:
    claims = {"LIM331": ("4", "R4"), "LIM332": ("2", "R2")}
    with serving(site(claims, {"LIM331": [1, 1, 1], "LIM332": [1, 1]})) as here:
        url = f"{here.root}/pmd/level.aspx"
        runs = [sync(url) for _ in range(4)]
        assert [(run.complete, run.concludes) for run in runs] == [(False, True)] * 4
        here.pages.update(site({**claims, "LIM332": ("1", "R1")}, {"LIM332": [1]}))
        gone = sync(url)
        assert (gone.missing, gone.complete) == (1, False)
        here.pages.update(
            site({}, {"LIM331": [1, 1]})
        )  # the list shows one less, and the site claims as many
        here.pages.update(site({**claims, "LIM332": ("1", "R1")}, {}))
        hidden = sync(url)
    assert (hidden.missing, hidden.withdrawn) == (0, 0)
    rows = {row["external_id"]: row for row in answer("projects")}
    elsewhere, not_shown = rows["WPLIM3320"], rows["WPLIM3312"]
    assert not_shown["presence"] == "present"
    assert not_shown["last_seen_at"] < elsewhere["last_seen_at"]


def listing(numbers: list[str]) -> tuple[int, dict[str, str], str]:
    rows = "".join(ROW.format(number, 1000 * at) for at, number in enumerate(numbers, 1))
    return page(f"<table>{HEAD}{rows}</table>")


BROKEN = "<p>Object reference not set to an instance of an object.</p>"


@pytest.mark.parametrize("there", [BROKEN, "the list as it was"])
def test_a_project_that_may_have_moved_into_a_list_that_hides_some_is_not_missing(
    sync: Sync, there: str, capsys: Any
) -> None:
    lists = {"LIM331": ["1", "2", "3"], "LIM332": ["4", "5", "6"]}
    claims = {code: (str(len(numbers)), "") for code, numbers in lists.items()}
    with serving(site(claims, {})) as here:
        here.pages |= {f"/pmd/list.aspx?m={code}": listing(numbers) for code, numbers in lists.items()}
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= site({"LIM331": ("2", ""), "LIM332": ("4", "")}, {})
        here.pages["/pmd/list.aspx?m=LIM331"] = listing(["2", "3"])
        here.pages["/pmd/list.aspx?m=LIM332"] = page(there) if there == BROKEN else listing(["4", "5", "6"])
        runs = [sync(f"{here.root}/pmd/level.aspx") for _ in range(2)]
        assert [(run.missing, run.state) for run in runs][1] == (0, "unchanged")
        assert runs[0].missing == 0
        here.pages["/pmd/list.aspx?m=LIM332"] = listing(["4", "5", "6", "1"])
        moved = sync(f"{here.root}/pmd/level.aspx")
        assert (moved.missing, moved.updated) == (0, 1)
    assert Project.objects.get(external_id="WP1").municipality_id == "LIM332"
    call_command("replay", "--json")
    assert json.loads(capsys.readouterr().out)["identical"]


def test_a_project_that_is_gone_is_missing_once_no_list_can_hide_it(sync: Sync) -> None:
    lists = {"LIM331": ["1", "2", "3"], "LIM332": ["4", "5", "6"]}
    with serving(site(dict.fromkeys(lists, ("3", "")), {})) as here:
        here.pages |= {f"/pmd/list.aspx?m={code}": listing(numbers) for code, numbers in lists.items()}
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= site({"LIM331": ("2", ""), "LIM332": ("3", "")}, {})
        here.pages["/pmd/list.aspx?m=LIM331"] = listing(["2", "3"])
        here.pages["/pmd/list.aspx?m=LIM332"] = page(BROKEN)
        assert sync(f"{here.root}/pmd/level.aspx").missing == 0
        here.pages["/pmd/list.aspx?m=LIM332"] = listing(lists["LIM332"])
        assert sync(f"{here.root}/pmd/level.aspx").missing == 1


def test_a_place_that_was_kept_in_doubt_is_taken_back_when_all_is_read(sync: Sync) -> None:
    """Two servers disagree for one reading: it stands in neither list whole, then in the other alone."""
    lists = {"LIM331": ["1", "2", "3"], "LIM332": ["4", "5", "6"]}
    claims = dict.fromkeys(lists, ("3", ""))

    def shown(giyani: list[str], letaba: list[str]) -> dict[str, Any]:
        return {"/pmd/list.aspx?m=LIM331": listing(giyani), "/pmd/list.aspx?m=LIM332": listing(letaba)}

    with serving(site(claims, {}) | shown(["2", "3", "1"], ["4", "5", "6"])) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= shown(["2", "3"], ["4", "5", "1"])  # both show less than they claim
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= shown(["2", "3"], ["4", "5", "1", "6"])
        here.pages |= site({"LIM331": ("2", ""), "LIM332": ("4", "")}, {})
        sync(f"{here.root}/pmd/level.aspx")
    project = Project.objects.get(external_id="WP1")
    assert [place.code for place in project.municipalities.all()] == ["LIM332"]


def test_a_place_that_was_kept_in_doubt_is_taken_back_though_no_page_changed(
    sync: Sync, settings: Any
) -> None:
    settings.FETCH_MAX_ATTEMPTS = 1
    lists = {"LIM331": ["1", "2"], "LIM332": ["4", "5"], "LIM333": ["7"]}
    with serving(site({code: (str(len(n)), "") for code, n in lists.items()}, {})) as here:
        here.pages |= {f"/pmd/list.aspx?m={code}": listing(numbers) for code, numbers in lists.items()}
        third = here.pages["/pmd/list.aspx?m=LIM333"]
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= site({"LIM331": ("1", ""), "LIM332": ("3", ""), "LIM333": ("1", "")}, {})
        here.pages |= {"/pmd/list.aspx?m=LIM331": listing(["2"])}
        here.pages |= {"/pmd/list.aspx?m=LIM332": listing(["4", "5", "1"])}
        here.pages["/pmd/list.aspx?m=LIM333"] = (500, {}, "<html>broken</html>")
        sync(f"{here.root}/pmd/level.aspx")
        here.pages["/pmd/list.aspx?m=LIM333"] = third
        sync(f"{here.root}/pmd/level.aspx")
    project = Project.objects.get(external_id="WP1")
    assert [place.code for place in project.municipalities.all()] == ["LIM332"]
