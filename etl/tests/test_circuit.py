"""After five failures the clock asks less and less often; people always get their try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from etl import scheduler
from etl.exceptions import EtlError
from projects.health import circuit
from projects.health.circuit import Failure, derive
from projects.models import RunState, SyncRun

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
SLACK = timedelta(minutes=1)


def failed(count: int, by_clock: bool = True) -> list[Failure]:
    return [Failure(START + n * HALF_HOUR, by_clock) for n in range(count)]


@pytest.mark.parametrize("count", range(5))
def test_it_is_closed_up_to_four_failures(count):
    assert derive(failed(count), HALF_HOUR) == circuit.Circuit(False, count, None)


@pytest.mark.parametrize(
    ("count", "intervals"), [(5, 2), (6, 4), (7, 8), (8, 16), (9, 32), (10, 48), (11, 48), (400, 48)]
)
def test_from_the_fifth_on_the_wait_doubles_up_to_a_day(count, intervals):
    opened = derive(failed(count), HALF_HOUR)
    assert opened.open
    assert opened.next_probe == START + (count - 1) * HALF_HOUR + intervals * HALF_HOUR - SLACK


def test_an_interval_of_more_than_a_day_is_not_shortened():
    week = timedelta(days=7)
    assert derive(failed(5), week).next_probe == START + 4 * HALF_HOUR + week - SLACK


def test_what_people_try_moves_no_probe():
    probe = derive(failed(6), HALF_HOUR).next_probe
    tried = failed(6) + [Failure(START + timedelta(hours=3, minutes=n), False) for n in range(9)]
    assert derive(tried, HALF_HOUR).next_probe == probe


def test_a_tick_that_comes_a_moment_early_is_due():
    opened = derive(failed(5), HALF_HOUR)
    assert opened.is_due(START + 6 * HALF_HOUR - timedelta(seconds=30))
    assert not opened.is_due(START + 5 * HALF_HOUR)


def add(state: str, ago: timedelta, trigger: str = "schedule") -> SyncRun:
    at = timezone.now() - ago
    return SyncRun.objects.create(
        source_id="dws", state=state, trigger=trigger, requested_at=at, started_at=at, finished_at=at
    )


@pytest.fixture
def down(here):
    here.DWS_URL = "https://ws.dws.invalid/pmd/level.aspx"
    return here


def open_it() -> None:
    for number in range(5, 0, -1):
        add(RunState.FAILED, number * timedelta(minutes=5))


@pytest.mark.django_db
def test_the_clock_leaves_an_open_circuit_alone_and_writes_no_run(down):
    open_it()
    assert scheduler.poll("dws").startswith("dws failed 5 times in a row; it is not tried again before")
    assert SyncRun.objects.count() == 5


@pytest.mark.django_db
def test_the_clock_probes_when_the_time_has_come(down):
    open_it()
    SyncRun.objects.update(started_at=timezone.now() - timedelta(hours=2))
    assert scheduler.poll("dws").startswith("failed: The name ws.dws.invalid")
    assert circuit.state("dws").failures == 6
    assert "6 times" in scheduler.poll("dws")


@pytest.mark.django_db
def test_a_command_always_tries(down, sync):
    open_it()
    with pytest.raises(EtlError):
        sync()
    assert SyncRun.objects.count() == 6


@pytest.mark.django_db
def test_a_run_that_somebody_queued_is_taken_up_by_the_clock(down):
    open_it()
    SyncRun.objects.create(source_id="dws", state=RunState.QUEUED, trigger="api")
    assert scheduler.poll("dws").startswith("failed:")


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["succeeded", "unchanged", "quarantined", "superseded", "rejected"])
def test_one_run_that_read_the_source_closes_it(down, state):
    open_it()
    assert circuit.state("dws").open
    add(state, timedelta(minutes=1), "command")
    assert circuit.state("dws") == circuit.CLOSED


@pytest.mark.django_db
def test_an_abandoned_run_neither_opens_nor_closes_it(down):
    open_it()
    add(RunState.ABANDONED, timedelta(0))
    assert circuit.state("dws").failures == 5
