"""Municipal Money when things come together badly: holds, partial readings, parsers that move, odd bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from etl.decide.release import reject
from etl.exceptions import PageChanged
from etl.scheduler import DataScheduler
from etl.tests.conftest import first_of
from projects.facts import finance
from projects.models import DataChangeLog, MunicipalFigure, Sighting, SyncRun
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
Poll = Callable[..., SyncRun]


def _replays() -> None:
    outcome = DataScheduler().replay("treasury")
    assert outcome.is_identical, (
        list(outcome.runs.items())[:2],
        list(outcome.records["figures"].items())[:3],
    )


def _allocation() -> MunicipalFigure:
    return MunicipalFigure.objects.filter(measure="grant", amount_type="SCHD").exclude(amount=None)[0]


def _allocate(site: ReplicaServer, figure: MunicipalFigure, amount: int) -> None:
    place = (figure.municipality_id, figure.financial_year, figure.code, figure.amount_type)
    site.site.set_figure("grants_v2", *place, amount)


def _hold(poll: Poll, site: ReplicaServer) -> SyncRun:
    """A reading of capital that lacks a fourth of the figures."""
    site.site.set_fault("money_drop_cells", where="api")
    site.site.mutate_finances(1, "capital_v2")
    run = poll()
    assert run.state == "quarantined"
    site.site.set_fault("none")
    return run


def _asked(site: ReplicaServer, before: int) -> list[str]:
    return [line for line in list(site.site.recent)[before:] if "/aggregate" in line or "/facts" in line]


def _move_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.treasury.money_digest", lambda: "f" * 64)


def test_a_parser_that_moves_takes_back_nothing_that_a_reading_of_some_years_loaded(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = _allocation()
    _allocate(site, figure, 4242)
    assert poll(years=[figure.financial_year]).updated == 1
    _move_parser(monkeypatch)
    poll()
    figure.refresh_from_db()
    assert figure.amount == Decimal(4242)
    assert not DataChangeLog.objects.filter(cause="parser").exists()
    _replays()


@pytest.mark.soak
def test_a_parser_that_moves_takes_back_nothing_that_a_steward_released_in_part(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _hold(poll, site)
    place = next(told.what for told in DataScheduler().rehearse_release(run).summaries()).split()[0]
    assert DataScheduler().release(run.pk, "steward", "checked", [place]).missing > 0
    _move_parser(monkeypatch)
    poll()
    assert not DataChangeLog.objects.filter(cause="parser").exists()
    _replays()


@pytest.mark.soak
def test_a_parser_that_moves_twice_corrects_a_figure_twice(
    first_figures: SyncRun, poll: Poll, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = _allocation()
    for digest in ("e", "f"):
        MunicipalFigure.objects.filter(pk=figure.pk).update(amount=1)  # as an older parser read it
        monkeypatch.setattr("etl.treasury.money_digest", lambda digest=digest: digest * 64)
        poll()
    assert DataChangeLog.objects.filter(cause="parser", entity_id=figure.pk).count() == 2


@pytest.mark.soak
def test_known_answers_that_are_gone_from_the_archive_are_asked_for_again_when_the_parser_moves(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose(here, "capital_v2 capital")
    _move_parser(monkeypatch)
    before = len(site.site.recent)
    run = poll()
    assert any("could not be read again" in note for note in run.notes)
    assert any("/capital_v2/aggregate" in line for line in _asked(site, before))


def _lose(here: Any, key: str) -> None:
    look = Sighting.objects.filter(key__startswith=key).exclude(snapshot=None).latest("pk")
    (here.ARCHIVE_DIR / look.snapshot_id[:2] / f"{look.snapshot_id}.gz").unlink()


def test_a_held_reading_that_is_gone_from_the_archive_is_asked_for_again(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, here: Any
) -> None:
    _hold(poll, site)
    _lose(here, "capital_v2 capital")
    run = poll()
    assert (run.state, run.complete) == ("unchanged", False)
    before = len(site.site.recent)
    assert poll().complete
    assert _asked(site, before)


def test_what_was_rejected_of_one_cube_does_not_keep_the_news_of_another_waiting(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    reject(_hold(poll, site).pk, "steward", "a fourth is missing")
    assert poll().state == "rejected"
    figure = _allocation()
    _allocate(site, figure, 4242)
    run = poll()
    assert (run.state, run.updated, run.missing, run.seen) == ("succeeded", 1, 0, first_figures.seen)
    assert any("as a steward rejected it" in note for note in run.notes)
    assert not Sighting.objects.filter(run=run, key__startswith="capital_v2 capital", loaded=True).exists()
    _replays()


@pytest.mark.soak
def test_the_same_rejected_reading_is_rejected_again_after_other_news(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    reject(_hold(poll, site).pk, "steward", "a fourth is missing")
    _allocate(site, _allocation(), 4242)
    assert poll().state == "succeeded"
    site.site.set_fault("money_drop_cells", where="api")
    assert poll().state == "rejected"


@pytest.mark.parametrize("decided", first_of([True, False]))
def test_what_was_held_or_rejected_is_asked_for_again_after_a_week(
    decided: bool, first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    run = _hold(poll, site)
    if decided:
        reject(run.pk, "steward", "a fourth is missing")
    states = []
    for _ in range(2):  # polls in between make it no younger
        _age(days=4)
        states.append(poll().state)
    assert states == ["rejected" if decided else "quarantined", "succeeded"]


def _age(days: int) -> None:
    for run in SyncRun.objects.exclude(profile={}):
        for cube in run.profile["cubes"].values():
            read_at = datetime.fromisoformat(cube["read_at"]) - timedelta(days=days)
            cube["read_at"] = read_at.isoformat()
        run.save()


@pytest.mark.soak
def test_a_held_reading_waits_on_where_its_cube_cannot_be_asked(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    _hold(poll, site)
    site.site.set_fault("money_timeout", where="api", times=2)
    run = poll()
    assert (run.state, run.complete) == ("quarantined", False)
    assert DataScheduler().release(run.pk, "steward", "checked").missing > 0
    _replays()


def test_a_release_that_changes_nothing_has_no_place_in_the_replay(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    rows = site.site.books.rows("capital_v2")
    spared = max(row[0] for row in rows)
    kept = [row for number, row in enumerate(rows) if row[0] == spared or number % 2]
    _restate(site, "capital_v2", kept)
    run = poll()
    assert run.state == "quarantined"
    assert DataScheduler().release(run.pk, "steward", "checked", [spared]).change_count == 0
    _replays()


def _restate(site: ReplicaServer, cube: str, rows: list[list[Any]]) -> None:
    with site.site.lock:
        site.site.books.rows(cube)[:] = rows
        site.site.books.tick([cube])


def test_a_grant_that_is_asked_for_since_is_no_reason_to_doubt_what_was_read_before(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = finance.Grant("Equitable share", "ESG", water_only=False)
    monkeypatch.setitem(finance.GRANTS, "ESG", more)
    _replays()
    before = len(site.site.recent)
    poll()
    assert _asked(site, before)
    assert all("/grants_v2/" in line for line in _asked(site, before))


def test_a_reading_of_some_years_leaves_what_the_next_full_one_counts(
    first_figures: SyncRun, poll: Poll
) -> None:
    part = poll(years=[2028])
    run = poll()
    assert (part.state, part.missing, run.unchanged_by) == ("unchanged", 0, "model")
    assert (run.seen, run.same, run.listings) == (
        first_figures.seen,
        first_figures.seen,
        first_figures.listings,
    )


@pytest.mark.soak
def test_a_cube_that_never_had_a_figure_may_be_updated_and_stay_empty(
    poll: Poll, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.treasury.FIRST_YEAR", 2026)  # no year of these is audited yet
    run = poll()
    empty = next(name for name, cube in run.profile["cubes"].items() if not cube["figures"] and "op" in name)
    _restate(site, empty, [])
    assert poll().state == "unchanged"


def test_a_cube_that_lost_all_its_figures_fails_the_run(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    _restate(site, "cflow_v2", [])
    with pytest.raises(PageChanged, match="no figure at all in cflow_v2"):
        poll()
    assert not MunicipalFigure.objects.exclude(presence="present").exists()


def test_text_that_no_database_stores_costs_only_itself(poll: Poll, site: ReplicaServer) -> None:
    audits = site.site.books.rows("audit_opinions")[:2]
    audits[0][1:5] = [2026, "qual\x00ified\ud800", "", "http://reports.example/a.pdf"]
    audits[1][1:5] = [2026, "adverse", "", "http://reports.example/\ud800.pdf"]
    _restate(site, "audit_opinions", audits)
    site.site.books.rows("municipalities")[0][1] = "B\x00\ud83d"
    run = poll()
    assert run.state == "succeeded"
    assert any("“B”" in found["sentence"] for found in run.disagreements)
    found = MunicipalFigure.objects.filter(measure="opinion").values_list("opinion", "report_url")
    assert set(found) == {
        ("qualified", "http://reports.example/a.pdf"),
        ("adverse", ""),
    }
    assert poll(force=True).state == "unchanged"


def test_amounts_that_a_database_would_round_are_told_and_never_stored(
    poll: Poll, site: ReplicaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.treasury.FIRST_YEAR", 2020)
    rows = site.site.books.rows("grants_v2")
    rows[0][-1], rows[1][-1], rows[2][-1] = 999_999_999_999_999.99, 10**40, -0.0
    assert sum("too large" in note for note in poll().notes) == 2
    assert poll(force=True).state == "unchanged"
    _replays()


def test_pages_of_a_cube_that_moved_while_it_was_read_do_not_count_as_loaded(
    poll: Poll, site: ReplicaServer
) -> None:
    site.site.set_fault("money_torn", where="api")
    run = poll()
    looks = Sighting.objects.filter(run=run, key__startswith="capital_v2 ")
    assert set(looks.filter(loaded=True).values_list("key", flat=True)) == {"capital_v2 model"}
    assert looks.count() > 1


@pytest.mark.soak
def test_a_date_that_goes_back_or_away_is_read_once_and_changes_nothing(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    for moved in ("2020-01-01T00:00", None):
        site.site.books.last_updated = lambda cube, moved=moved: moved
        run, before = poll(), len(site.site.recent)
        assert (run.state, run.unchanged_by) == ("unchanged", "records")
        assert (poll().unchanged_by, _asked(site, before)) == ("model", [])
