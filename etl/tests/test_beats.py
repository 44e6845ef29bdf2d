"""A run of another host: its process shows life, or the run is taken over within the minute."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from etl.runs import beats, lease
from etl.tests.conftest import going_on
from projects.models import Heartbeat, RunState, SyncRun
from projects.processes import holder

pytestmark = pytest.mark.django_db
AFAR = "another-host@123:456"


def beaten(run: SyncRun, ago: float) -> SyncRun:
    at = timezone.now() - timedelta(seconds=ago)
    Heartbeat.objects.create(name=f"run {run.pk}", at=at, holder=run.holder)
    return run


def test_a_run_whose_process_elsewhere_shows_no_life_is_taken_over_before_its_lease_ends():
    run = beaten(going_on(holder=AFAR, lease_until=timezone.now() + timedelta(minutes=5)), 60)
    assert lease.active_run("dws") is None
    run.refresh_from_db()
    assert run.state == RunState.ABANDONED
    assert "Nothing was heard of the process that ran this (process 456 on another-host) since" in run.error
    assert not Heartbeat.objects.exists()


@pytest.mark.parametrize("ago", [0, 20])
def test_one_that_showed_life_a_moment_ago_goes_on(ago):
    run = beaten(going_on(holder=AFAR), ago)
    assert lease.active_run("dws") == run


def test_one_that_lives_and_hangs_is_taken_over_when_its_lease_ends():
    beaten(going_on(holder=AFAR, lease_until=timezone.now() - timedelta(seconds=1)), 0)
    assert lease.active_run("dws") is None


def test_a_life_that_can_be_seen_needs_no_sign():
    run = beaten(going_on(holder=holder()), 600)
    assert lease.active_run("dws") == run


def test_the_sign_of_an_earlier_holder_says_nothing_of_the_next():
    run = beaten(going_on(holder=AFAR), 600)
    SyncRun.objects.filter(pk=run.pk).update(holder="a-third@7:8")
    assert lease.active_run("dws") == run


def test_a_run_shows_life_while_it_goes_on_and_no_longer(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("on SQLite all processes are on one host")
    monkeypatch.setattr(beats, "BEAT_SECONDS", 0.01)
    run = going_on(holder=holder())
    seen = set()
    with beats.beating(run):
        until = time.monotonic() + 30
        while len(seen) < 3 and time.monotonic() < until:
            seen |= set(Heartbeat.objects.values_list("holder", "at"))
    assert len(seen) >= 3
    assert {who for who, _ in seen} == {run.holder}
    assert not Heartbeat.objects.exists()
