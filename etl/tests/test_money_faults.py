"""What cannot be asked of Municipal Money: asked again, named, and never taken for news or for no news."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from etl.exceptions import FetchFailed
from etl.money.queries import CUBES, measures_of
from etl.scheduler import DataScheduler
from etl.tests.conftest import first_of
from etl.tests.test_ways_in import exit_code
from projects.models import MunicipalFigure, Sighting, SyncRun
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
Poll = Callable[..., SyncRun]


def _figures(*cubes: str) -> int:
    measures = {measure for cube in cubes for measure in measures_of(cube)}
    return MunicipalFigure.objects.filter(measure__in=measures).count()


def test_one_broken_connection_of_the_database_costs_no_cube(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    site.site.mutate_finances(3, "capital_v2")
    site.site.set_fault("money_broken", where="api", after=2, times=1)
    run = poll()
    assert (run.state, run.complete, run.retries) == ("succeeded", True, 1)
    assert run.updated > 0


@pytest.mark.parametrize("fault", ["truncate", "cut"])
def test_an_answer_that_breaks_off_once_costs_no_cube(
    fault: str, first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    site.site.mutate_finances(3, "capital_v2")
    site.site.set_fault(fault, where="api", after=2, times=1)
    run = poll()
    assert (run.state, run.complete, run.retries) == ("succeeded", True, 1)


def test_a_server_that_is_killed_in_the_midst_is_never_unchanged_and_what_was_not_asked_is_named(
    first_figures: SyncRun, site: ReplicaServer, capsys: Any
) -> None:
    asked, left = CUBES[:3], CUBES[3:]
    site.site.set_fault("money_broken", where="api", after=len(asked))
    assert exit_code("sync_treasury", "--json") == 5
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["complete"], told["unchanged"]) == ("succeeded", False, False)
    assert told["same"] == told["seen"] == _figures(*asked)
    assert told["changes"]["count"] == 0
    assert all(any(cube in note for note in told["notes"]) for cube in left)
    assert "server closed the connection" in told["notes"][0]
    outcome = DataScheduler().replay("treasury")
    assert outcome.is_identical, outcome.runs
    site.site.set_fault("none")
    assert exit_code("sync_treasury") == 0
    assert SyncRun.objects.latest("pk").state == "unchanged"


def test_news_of_one_cube_is_loaded_beside_another_that_could_not_be_asked(
    first_figures: SyncRun, site: ReplicaServer, capsys: Any
) -> None:
    site.site.mutate_finances(2, "grants_v2")
    site.site.set_fault("money_timeout", where="api", times=2)  # both attempts at the first model
    assert exit_code("sync_treasury") == 5
    assert "capital_v2 was not read" in capsys.readouterr().out
    run = SyncRun.objects.latest("pk")
    told = first_figures.seen - _figures(CUBES[0]) + run.created - run.missing
    assert (run.state, run.complete, run.seen) == ("succeeded", False, told)
    assert run.same == run.seen - run.updated - run.created


def test_a_rehearsal_says_so_too(first_figures: SyncRun, site: ReplicaServer) -> None:
    site.site.set_fault("money_broken", where="api", after=3)
    assert exit_code("sync_treasury", "--dry-run", "--json") == 5


@pytest.mark.parametrize("is_first", first_of([True, False]))
@pytest.mark.parametrize("fault", first_of(["money_broken", "money_html", "status500", "cut"]))
def test_a_poll_in_which_no_cube_answers_to_its_end_has_failed(
    fault: str, is_first: bool, poll: Poll, site: ReplicaServer
) -> None:
    """Also where the model of the first could be read, and nothing of its figures."""
    if not is_first:
        poll()
        site.site.mutate_finances(2, "capital_v2")
    site.site.set_fault(fault, where="api", after=1)
    assert exit_code("sync_treasury") == 1
    run = SyncRun.objects.latest("pk")
    assert (run.state, run.same, run.seen) == ("failed", 0, 0)
    with pytest.raises(FetchFailed, match="Nothing of the Municipal Money API could be read"):
        poll()


def test_some_years_alone_are_not_complete_and_nothing_was_left_unasked(poll: Poll) -> None:
    assert exit_code("sync_treasury", "--years", "2025") == 0


def _allocation() -> tuple[MunicipalFigure, tuple[str, str, int, str, str]]:
    figure = MunicipalFigure.objects.filter(measure="grant", amount_type="SCHD").exclude(amount=None)[0]
    place = (figure.municipality_id, figure.financial_year, figure.code, figure.amount_type)
    return figure, ("grants_v2", *place)


def test_an_answer_that_the_service_kept_is_never_stored_beside_a_newer_date(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    """The service keeps each answer for five minutes: its model's entry ends before that of the sums."""
    figure, cell = _allocation()
    site.site.answers.keep_for(300)
    poll()
    site.site.answers.pass_time(200)
    assert poll(force=True).state == "unchanged"  # the sums are kept now, for longer than the models
    site.site.set_figure(*cell, 4242)
    site.site.answers.pass_time(150)
    run = poll()
    figure.refresh_from_db()
    assert (run.updated, figure.amount) == (1, Decimal(4242))
    assert poll(force=True).state == "unchanged"  # and none of before comes back
    assert run.profile["cubes"]["grants_v2"]["last_updated"] == site.site.books.last_updated("grants_v2")


@pytest.mark.soak
def test_a_date_that_is_known_for_long_is_asked_for_under_the_plain_address(
    poll: Poll, site: ReplicaServer
) -> None:
    run = poll()
    assert any("/aggregate" in line and "last_updated=" in line for line in site.site.recent)
    for cube in run.profile["cubes"].values():
        cube["read_at"] = "2026-01-01T00:00:00+00:00"
    run.save()
    before = len(site.site.recent)
    assert poll(force=True).state == "unchanged"
    assert not any("last_updated=" in line for line in list(site.site.recent)[before:])


def test_a_cube_that_is_updated_while_it_is_read_is_noticed_whatever_the_service_keeps(
    poll: Poll, site: ReplicaServer
) -> None:
    site.site.answers.keep_for(300)
    site.site.set_fault("money_torn", where="api")
    run = poll()
    assert (run.state, run.complete) == ("succeeded", False)
    assert sum("was updated while it was read" in note for note in run.notes) == len(CUBES) - 1
    assert not MunicipalFigure.objects.exists()


def test_looks_of_before_the_date_was_in_the_url_are_read_again_and_are_no_news(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for look in Sighting.objects.filter(url__contains="last_updated"):
        look.url = look.url.replace("?last_updated", "&last_updated").partition("&last_updated")[0]
        look.save()
    monkeypatch.setattr("etl.treasury.money_digest", lambda: "f" * 64)
    run = poll()
    assert (run.state, run.unchanged_by, run.requests) == ("unchanged", "model", len(CUBES) + 1)
    assert run.change_count == 0
