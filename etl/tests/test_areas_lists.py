"""A list that belongs to no municipality is an area of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from etl.crawl.reading import area_of_list
from etl.exceptions import Stopped
from etl.tests.conftest import Sync
from etl.tests.test_areas import HEAD, ROW, answer, claims, page, states
from etl.tests.tinysite import serving
from projects.models import AreaReading, Project

pytestmark = pytest.mark.django_db
LISTS = ("rbig", "wsig", "mig")
MENU = page("".join(f"<p><a href='{name}.aspx'>{name.upper()} projects</a></p>" for name in LISTS))
RBIG, WSIG, MIG = (area_of_list(f"/pmd/{name}.aspx") for name in LISTS)


def listing(name: str, budgets: list[int], of: int | None = None) -> dict[str, Any]:
    """A list of a programme; `of`: the number that it says it has."""
    rows = "".join(ROW.format(f"{name}{at}", budget) for at, budget in enumerate(budgets))
    said = f"<p>Showing 1 to {len(budgets)} of {of} entries</p>" if of else ""
    return {f"/pmd/{name}.aspx": page(f"<table>{HEAD}{rows}</table>{said}")}


def everything() -> dict[str, Any]:
    some = listing("rbig", [1000, 2000, 3000, 4000], 4) | listing("wsig", [7000, 8000, 9000], 3)
    return {"/pmd/level.aspx": MENU, **some, **listing("mig", [500, 600])}


def gone() -> list[str]:
    found = Project.objects.exclude(presence="present").order_by("external_id")
    return list(found.values_list("external_id", flat=True))


def replayed(capsys: Any) -> None:
    capsys.readouterr()
    call_command("replay", "--json")
    told = capsys.readouterr().out
    assert json.loads(told)["identical"], told
    call_command("verify_log")


def test_it_has_its_claims_and_its_name(sync: Sync, client: Client) -> None:
    with serving(everything()) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
        assert sync(f"{here.root}/pmd/level.aspx").state == "unchanged"
    assert states() == dict.fromkeys((RBIG, WSIG, MIG), "loaded")
    assert claims() == {
        (RBIG, "rows of its list"): ("4", "4", True),
        (WSIG, "rows of its list"): ("3", "3", True),
    }
    assert run.proof["areas"] == {"read": 3, "complete": 3, "held": 0}
    assert {area["name"] for area in answer("areas")} == {f"/pmd/{name}.aspx" for name in LISTS}
    shown = client.get("/sources/dws/").content.decode()
    assert "/pmd/rbig.aspx" in shown
    assert f"/municipalities/{RBIG}" not in shown
    project = Project.objects.get(external_id="WPrbig1")
    assert project.lists == RBIG
    assert "List of /pmd/rbig.aspx" in client.get(f"/projects/{project.pk}/").content.decode()


def test_one_that_hides_some_of_its_rows_keeps_nothing_of_what_left_the_others(
    sync: Sync, capsys: Any
) -> None:
    with serving(everything()) as here:
        url = f"{here.root}/pmd/level.aspx"
        here.pages |= listing("rbig", [1000, 2000, 3000, 4000], 6)
        sync(url)
        here.pages |= listing("wsig", [7000, 8000], 2) | listing("rbig", [1000, 2000, 3000], 6)
        for _ in range(2):  # what went may be in the one that shows less of what it has
            run = sync(url)
            assert (run.complete, gone()) == (False, [])
        here.pages |= listing("wsig", [7000, 8000, 9000], 3) | listing("rbig", [1000, 2000, 3000, 4000], 6)
        sync(url)
        here.pages |= listing("wsig", [7000, 8000], 2)
        run = sync(url)
        assert (run.complete, gone()) == (False, ["WPwsig2"])
        here.pages |= listing("rbig", [1000, 2000, 3000], 6)
        for _ in range(3):
            sync(url)
            assert gone() == ["WPwsig2"]
        assert states() == {RBIG: "incomplete", WSIG: "loaded", MIG: "loaded"}
        here.pages |= listing("rbig", [1000, 2000, 3000, 4000], 6)
        sync(url)
        here.pages |= listing("rbig", [1000, 2000, 3000], 5)  # its claim falls by exactly what went
        sync(url)
    assert gone() == ["WPrbig3", "WPwsig2"]
    replayed(capsys)


def test_one_that_cannot_be_had_is_named_and_hides_what_it_had(
    sync: Sync, settings: Any, capsys: Any
) -> None:
    settings.FETCH_MAX_ATTEMPTS = 1
    with serving(everything()) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages |= {"/pmd/rbig.aspx": (500, {}, "<html>broken</html>")}
        here.pages |= listing("wsig", [7000, 8000], 2)
        run = sync(url)
        assert (run.complete, run.concludes, gone()) == (False, False, [])
        # nothing says how many the third has
        assert states() == {RBIG: "incomplete", WSIG: "loaded", MIG: "incomplete"}
        here.pages |= listing("rbig", [1000, 2000, 3000, 4000], 4)
        run = sync(url)
        assert (run.complete, gone()) == (True, ["WPwsig2"])
    replayed(capsys)


def test_one_in_thousands_is_held_while_the_others_go_on(sync: Sync, client: Client, capsys: Any) -> None:
    with serving(everything()) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages |= listing("rbig", [1, 2, 3, 4], 4) | listing("wsig", [7000, 8000, 9500], 3)
        run = sync(url)
        assert (run.state, run.updated, run.proof["areas"]["held"]) == ("succeeded", 1, 1)
        assert run.notes[0].startswith("[/pmd/rbig.aspx]: the budget is what it was divided by")
        assert states() == {RBIG: "held", WSIG: "loaded", MIG: "loaded"}
        assert Project.objects.get(external_id="WPrbig0").budget == 1000
        assert (sync(url).state, states()[RBIG]) == ("unchanged", "held")
        project = Project.objects.get(external_id="WPrbig0")
        assert "is held until a person has looked" in client.get(f"/projects/{project.pk}/").content.decode()
        call_command("sync_dws", "--approve", str(run.pk), "--area", RBIG, "--reason", "they say so")
        assert Project.objects.get(external_id="WPrbig0").budget == 1
        assert states()[RBIG] == "loaded"
        assert sync(url).state == "unchanged"
    replayed(capsys)


def test_a_heading_that_nobody_has_seen_holds_its_list_alone(sync: Sync, capsys: Any) -> None:
    """Though it is a third of all projects, which changes no more than a mass edit may."""

    def many(name: str, heading: str, last: int = 1000) -> dict[str, Any]:
        head = HEAD.replace("Budget", heading)
        budgets = [*range(1000, 1024), last]
        rows = "".join(ROW.format(f"{name}{at}", budget) for at, budget in enumerate(budgets))
        return {f"/pmd/{name}.aspx": page(f"<table>{head}{rows}</table>")}

    with serving({"/pmd/level.aspx": MENU}) as here:
        url = f"{here.root}/pmd/level.aspx"
        for name in LISTS:
            here.pages |= many(name, "Budget")
        sync(url)
        here.pages |= many("rbig", "Xyzzy") | many("mig", "Budget", 2000)
        run = sync(url)
        assert states() == {RBIG: "held", WSIG: "loaded", MIG: "loaded"}, (run.held, run.notes)
        assert run.updated == 1
    assert Project.objects.filter(budget=None).count() == 0
    replayed(capsys)


@pytest.mark.parametrize("instead", ["<p>Object reference not set.</p>", f"<table>{HEAD}</table>"])
def test_one_that_shows_nothing_any_more_is_for_a_steward_to_settle(
    sync: Sync, client: Client, instead: str, capsys: Any
) -> None:
    client.force_login(User.objects.create_superuser("steward", password="x"))
    with serving(everything()) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages["/pmd/mig.aspx"] = page(instead)
        here.pages |= listing("wsig", [7000, 8000], 2)
        for _ in range(2):
            run = sync(url)
            assert (run.complete, states()[MIG]) == (False, "incomplete")
            assert "show none now (/pmd/mig.aspx)" in " ".join(run.notes)
            assert gone() == []  # it may be what is not shown there
        row = AreaReading.objects.newest().get(area=MIG)
        sent = {"action": "accept", "reason": "they closed it", "_selected_action": [row.pk]}
        client.post("/admin/projects/areareading/", sent)
        run = sync(url)
        assert (run.complete, gone()) == (True, ["WPmig0", "WPmig1", "WPwsig2"]), run.notes
        assert sync(url).complete
        here.pages |= listing("mig", [500, 600])
        assert sync(url).returned == 2
    replayed(capsys)


def test_a_first_reading_fills_list_by_list(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.first_reading.FILL_AFTER", 0)
    monkeypatch.setattr("etl.first_reading._PAUSE", 0)
    monkeypatch.setattr("etl.first_reading._COST", 0)

    with serving(everything()) as here:

        def cut_off(_: Any) -> None:
            if any("wsig" in path for path in here.asked):
                raise Stopped("Enough.")

        with pytest.raises(Stopped):
            sync(f"{here.root}/pmd/level.aspx", on_progress=cut_off)
        assert Project.objects.count() == 4
        assert set(Project.objects.values_list("lists", flat=True)) == {RBIG}
        run = sync(f"{here.root}/pmd/level.aspx")
        assert (run.complete, run.seen, Project.objects.count()) == (True, 9, 9)
    call_command("replay")


def test_one_list_of_all_municipalities_is_not_held_for_what_one_of_them_accounts_for(
    sync: Sync, capsys: Any
) -> None:
    def shown(giyani: list[int], letaba: list[int]) -> tuple[int, dict[str, str], str]:
        head = HEAD.replace("</tr>", "<th>Municipality</th></tr>")
        rows = "".join(
            ROW.format(f"{code}{at}", budget).replace("</tr>", f"<td>Place - [{code}]</td></tr>")
            for code, budgets in {"LIM331": giyani, "LIM332": letaba}.items()
            for at, budget in enumerate(budgets)
        )
        return page(f"<table>{head}{rows}</table><p>Showing 1 to 10 of 10 entries</p>")

    giyani, letaba = list(range(1000, 6000, 1000)), list(range(20_000, 70_000, 10_000))
    with serving({"/pmd/level.aspx": shown(giyani, letaba)}) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        assert set(Project.objects.values_list("municipality", flat=True)) == {"LIM331", "LIM332"}
        here.pages["/pmd/level.aspx"] = shown([each // 1000 for each in giyani], [21_000, *letaba[1:]])
        run = sync(url)
        assert (run.updated, run.notes[0][:8]) == (1, "[LIM331]"), (run.state, run.notes)
        assert Project.objects.get(external_id="WPLIM3310").budget == 1000
        assert states()["LIM331"] == "held"  # of no list or line of its own
        call_command("sync_dws", "--approve", str(run.pk), "--area", "LIM331", "--reason", "they say so")
        assert Project.objects.get(external_id="WPLIM3310").budget == 1
        assert states()["LIM331"] == "loaded"
        assert sync(url).state == "unchanged"
    replayed(capsys)


def test_another_spelling_of_a_whole_column_is_one_entry_of_the_log_s_view(
    sync: Sync, client: Client
) -> None:
    def shown(spelled: str) -> dict[str, Any]:
        rows = "".join(ROW.format(at, spelled.format(1000 * (at + 1)).replace(",", " ")) for at in range(50))
        return {"/pmd/level.aspx": page(f"<table>{HEAD}{rows}</table>")}

    with serving(shown("{:,}")) as here:
        sync(f"{here.root}/pmd/level.aspx")
        here.pages |= shown("{}.00")
        run = sync(f"{here.root}/pmd/level.aspx")
    assert (run.state, run.updated) == ("succeeded", 50)
    told = client.get("/changes/?change_type=updated").content.decode()
    assert told.count('<li class="change') == 1
    assert "Budget changed on 50" in told.replace("\u00a0", " ")


def test_one_of_a_held_run_is_released_alone(sync: Sync, capsys: Any) -> None:
    with serving(everything()) as here:
        url = f"{here.root}/pmd/level.aspx"
        sync(url)
        here.pages |= listing("rbig", [1, 2, 3, 4], 4) | listing("wsig", [7, 8, 9], 3)
        run = sync(url)
        assert (run.state, set(states().values())) == ("quarantined", {"held"})
        call_command("sync_dws", "--approve", str(run.pk), "--area", RBIG, "--reason", "they say so")
        budgets = dict(Project.objects.values_list("external_id", "budget"))
        assert (budgets["WPrbig0"], budgets["WPwsig0"]) == (1, 7000)
        assert states() == {RBIG: "loaded", WSIG: "held", MIG: "held"}
    replayed(capsys)


def test_one_at_another_address_is_the_same_projects(sync: Sync, capsys: Any) -> None:
    """What was in a list that is no more waits only until no other can hide it."""
    with serving(everything()) as here:
        url = f"{here.root}/pmd/level.aspx"
        here.pages |= listing("rbig", [1000, 2000, 3000, 4000], 6)
        sync(url)
        here.pages |= listing("wsig", [7000, 8000], 2) | listing("rbig", [1000, 2000, 3000], 6)
        sync(url)  # what left the one may be in the other, which shows less
        moved = MENU[2].replace("wsig.aspx", "wsig2.aspx")
        here.pages |= {"/pmd/level.aspx": page(moved), "/pmd/wsig2.aspx": here.pages.pop("/pmd/wsig.aspx")}
        here.pages |= listing("rbig", [1000, 2000, 3000, 4000], 6)
        sync(url)
        assert set(Project.objects.filter(external_id="WPwsig0").values_list("lists", flat=True)) == {
            area_of_list("/pmd/wsig2.aspx")
        }
        here.pages |= listing("mig", [500])
        sync(url)
        assert gone() == []  # for as long as the other shows less than it has
        here.pages |= listing("rbig", [1000, 2000, 3000, 4000], 4)
        sync(url)
    assert gone() == ["WPmig1", "WPwsig2"]
    replayed(capsys)
