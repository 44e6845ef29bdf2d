"""Deciding at the desk: in words, confirmed first, and a draft outlives the reading that overtakes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from etl.scheduler import DataScheduler, work_off
from etl.tests.conftest import Sync
from etl.tests.test_areas import GIYANI, LETABA, budgets, two_lists
from etl.tests.test_trust import forty, mass_edit
from etl.tests.tinysite import serving
from projects.models import AreaReading, SyncRun

pytestmark = pytest.mark.django_db
AREAS = "/admin/projects/areareading/decide/"
WRONG = [budget // 1000 for budget in GIYANI]


@pytest.fixture
def steward(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("thandi", password="a long password"))
    return client


@pytest.fixture
def pages(sync: Sync, here: Any) -> Iterator[Any]:
    """A site whose list of Giyani is held, while that of Letaba was loaded."""
    here.REDIS_URL = ""
    with serving(two_lists(GIYANI, LETABA)) as site:
        here.DWS_URL = f"{site.root}/pmd/level.aspx"
        sync()
        site.pages |= two_lists(WRONG, [21_000, *LETABA[1:]])
        sync()
        yield site


def held() -> AreaReading:
    return AreaReading.objects.newest().get(state="held")


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_held_area_is_shown_in_words_with_names_links_and_amounts(pages: Any, steward: Client) -> None:
    page = text(steward.get(AREAS))
    assert "Greater Giyani [LIM331]" in page
    assert '<a href="/municipalities/LIM331/">' in page
    assert "5 changes, 5 of them major." in page
    assert '<td data-head="Field">Budget</td>' in page
    assert f"R{GIYANI[0]}" in page.replace("\u00a0", "").replace(" ", "")
    assert "LIM332" not in page


def test_a_decision_says_what_it_will_do_before_it_does_it(pages: Any, steward: Client) -> None:
    decision = {"area": held().pk, "reason": "They wrote to us.", "accept": "1"}
    asked = text(steward.post(AREAS, decision))
    assert "This loads 1 area, Greater Giyani, with 5 changes, 5 of them major." in asked
    assert not AreaReading.objects.filter(accepted=True).exists()
    steward.post(AREAS, decision | {"confirmed": "yes"})
    work_off(SyncRun.objects.get(state="queued").pk)
    assert budgets("LIM331") == WRONG
    assert "No area waits for a decision." in text(steward.get(AREAS))


def test_nothing_is_decided_without_a_reason_or_an_area_and_what_was_given_stays(
    pages: Any, steward: Client
) -> None:
    page = text(steward.post(AREAS, {"area": held().pk, "accept": "1", "reason": "  "}))
    assert "say why" in page
    assert f'value="{held().pk}" checked' in page
    page = text(steward.post(AREAS, {"accept": "1", "reason": "Theirs.", "area": "x"}))
    assert "choose an area" in page
    assert ">Theirs.</textarea>" in page


def test_a_newer_reading_keeps_the_draft_and_is_offered_with_it(
    pages: Any, steward: Client, sync: Sync
) -> None:
    before = held()
    pages.pages |= two_lists([budget // 100 for budget in GIYANI], [22_000, *LETABA[1:]])
    sync()
    decision = {"area": before.pk, "reason": "They wrote to us.", "accept": "1", "confirmed": "yes"}
    page = text(steward.post(AREAS, decision))
    assert "Nothing was decided: a newer reading came in while you were at it." in page
    assert "Greater Giyani: it says something else, and is shown below." in page
    assert f'value="{held().pk}" checked' in page
    assert held().pk != before.pk
    assert ">They wrote to us.</textarea>" in page
    assert not AreaReading.objects.filter(accepted=True).exists()


def test_a_draft_on_an_area_that_is_not_held_any_more_is_kept_too(
    pages: Any, steward: Client, sync: Sync
) -> None:
    before = held()
    pages.pages |= two_lists(GIYANI, [22_000, *LETABA[1:]])
    sync()
    page = text(steward.post(AREAS, {"area": before.pk, "reason": "They wrote to us.", "accept": "1"}))
    assert "Greater Giyani: not held any more, there is nothing to decide." in page


@forty
def test_a_newer_held_run_keeps_the_draft_too(
    replica: Any, first: SyncRun, sync: Sync, steward: Client
) -> None:
    mass_edit(replica)
    older = sync()
    mass_edit(replica)
    newer = sync()
    decision = {"release": "1", "reason": "They wrote to us.", "confirmed": "yes"}
    page = text(steward.post(f"/admin/projects/syncrun/{older.pk}/decide/", decision))
    assert "Nothing was decided:" in page
    assert f"This is the newer reading that overtook run {older.pk}" in page
    assert "They wrote to us.</textarea>" in page
    assert f'action="/admin/projects/syncrun/{newer.pk}/decide/"' in page
    newer.refresh_from_db()
    assert newer.state == "quarantined"


@forty
def test_only_the_areas_of_the_run_can_be_chosen(
    replica: Any, first: SyncRun, sync: Sync, steward: Client
) -> None:
    mass_edit(replica)
    run = sync()
    address = f"/admin/projects/syncrun/{run.pk}/decide/"
    page = steward.get(address)
    areas = set(AreaReading.objects.of_run(run).values_list("area", flat=True))
    chosen = dict(page.context["form"].fields["places"].choices)
    assert set(chosen) == areas
    assert all(name != code for code, name in chosen.items())
    asked = text(steward.post(address, {"release_some": "1", "reason": "x", "places": sorted(areas)[:1]}))
    assert "This loads 1 area with" in asked
    assert "the other areas stay as they were last loaded" in asked
    nothing = text(steward.post(address, {"release_some": "1", "reason": "x"}))
    assert "choose the municipalities" in nothing
    rejected = text(steward.post(address, {"reject": "1", "reason": "x"}))
    assert f"This rejects run {run.pk}; the last good data stay." in rejected
    assert DataScheduler().rehearse_release(run)
