"""One entry more in the registry: it is read, shown and watched like the others and disturbs none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule
from rest_framework.test import APIClient

from etl import scheduler
from etl.compare.breaker import Belief
from etl.compare.changes import Changes
from etl.compare.checks import Completeness
from etl.crawl.observations import ObservationSet
from etl.decide.release import reject
from etl.exceptions import CannotDecide, FetchFailed
from etl.management.commands import qcluster
from etl.monitor import DeclaredSource, SourceMonitor
from etl.scheduler import DataScheduler
from etl.sources import UnknownSource
from projects.declared import REGISTRY
from projects.health import circuit
from projects.health.alerts import update
from projects.health.checks import checks
from projects.health.sources import all_facts
from projects.log.writer import Entry
from projects.models import Alert, AlertMessage, RunState, Source, SyncRun
from projects.tests.factories import a_run

pytestmark = pytest.mark.django_db
NAME = "rain_gauges"
MINUTE = timedelta(minutes=1)


@dataclass
class KnownGauges:
    """The gauges have no past."""

    title: str
    parser: str = ""


class Quiet:
    """Writes nothing: there is nothing new."""

    def entries(self, run: SyncRun, changes: Changes) -> Iterator[Entry]:
        return iter(())

    def quiet(self, run: SyncRun, changes: Changes) -> None: ...


class Gauges(SourceMonitor[KnownGauges, ObservationSet, Changes]):
    """A source with nothing but what every monitor must have."""

    writer = Quiet()
    problem: FetchFailed | None = None

    def what_is_known(self) -> KnownGauges:
        return KnownGauges(self.run.source.title)

    def read(self, known: KnownGauges) -> ObservationSet:
        if self.problem:
            raise self.problem
        return ObservationSet(unchanged_by="bytes", notes=[known.title])

    def check(self, reading: ObservationSet, known: KnownGauges) -> Completeness:
        return Completeness(complete=True)

    def compare(self, reading: ObservationSet, known: KnownGauges, completeness: Completeness) -> Changes:
        return Changes()

    def hold(self, reading: ObservationSet, changes: Changes, known: KnownGauges) -> tuple[Belief, Changes]:
        return Belief("", {}), changes


@pytest.fixture(autouse=True)
def gauges(here, monkeypatch) -> type[Gauges]:
    """The registry with one entry more, which has no row and no setting."""
    kind = type("Gauges", (Gauges,), {})
    monkeypatch.setitem(REGISTRY, NAME, DeclaredSource(NAME, "Rain gauges", minutes=45, monitor=kind))
    here.REDIS_URL = ""
    cache.clear()
    return kind


@pytest.fixture
def steward() -> User:
    return User.objects.create_superuser("steward", password="steward-password")


@pytest.fixture
def api(steward) -> APIClient:
    client = APIClient()
    client.force_authenticate(steward)
    return client


def a_schedule(name: str = NAME) -> Schedule:
    DataScheduler().ensure_schedules()
    return Schedule.objects.get(name=name)


def facts(name: str = NAME) -> Any:
    return next(one for one in all_facts() if one.name == name)


# --- the clock ------------------------------------------------------------------------------------


def test_the_clock_reads_it_at_the_interval_that_it_declares():
    assert DataScheduler().ensure_schedules() == [
        ("dws", 30), ("treasury", 60), (NAME, 45), ("correlation", 120), ("pruning", 360),
        ("heartbeat", 1), ("alerts", 1), ("forgetting", 1440), ("downloads", 5), ("flags", 1440),
        ("contacts", 1440),
    ]  # fmt: skip
    assert Schedule.objects.get(name=NAME).args == f"('{NAME}',)"


def test_without_a_declaration_it_is_read_every_hour_and_a_setting_wins(gauges, here, monkeypatch):
    monkeypatch.setitem(REGISTRY, NAME, DeclaredSource(NAME, "Rain gauges", monitor=gauges))
    assert a_schedule().minutes == 60
    here.INTERVAL_MINUTES = {**here.INTERVAL_MINUTES, NAME: 15}
    assert a_schedule().minutes == 15


def test_its_row_is_made_once_and_a_steward_s_title_stays():
    assert not Source.objects.filter(pk=NAME).exists()
    DataScheduler().ensure_schedules()
    assert Source.objects.get(pk=NAME).title == "Rain gauges"
    Source.objects.filter(pk=NAME).update(title="Gauges of the department")
    DataScheduler().ensure_schedules()
    assert Source.objects.get(pk=NAME).title == "Gauges of the department"


def test_at_start_up_all_that_is_overdue_is_queued_and_it_among_them():
    a_run("dws")
    assert [run.source_id for run in DataScheduler().request_overdue()] == ["treasury", NAME, "correlation"]
    SyncRun.objects.filter(source_id=NAME).update(state=RunState.SUCCEEDED, finished_at=timezone.now())
    assert NAME not in [run.source_id for run in DataScheduler().request_overdue()]


def test_a_request_of_all_is_one_of_it_too_and_the_worker_does_it():
    runs = DataScheduler().request("all", "api")
    assert [run.source_id for run in runs] == ["dws", "treasury", NAME, "correlation"]
    run, last = runs[2:]
    assert last.waits_for == [ahead.pk for ahead in runs[:3]], "what is made of the others comes last"
    assert scheduler.work_off(run.pk) == f"run {run.pk}: unchanged, 0 changes"


def test_the_clock_polls_it_and_a_tick_that_comes_twice_does_nothing():
    assert scheduler.poll(NAME).endswith(": unchanged, 0 changes")
    assert "this tick came late or twice" in scheduler.poll(NAME)
    assert SyncRun.objects.get().source.title == "Rain gauges"


def test_its_circuit_opens_at_its_own_interval(gauges):
    gauges.problem = FetchFailed("The gauges do not answer.")
    for _ in range(5):
        with pytest.raises(FetchFailed):
            DataScheduler().run_now(NAME, "command")
    state = circuit.state(NAME)
    assert (state.open, state.failures) == (True, 5)
    begun = SyncRun.objects.order_by("pk").last().started_at
    assert state.next_probe == begun + 2 * 45 * MINUTE - MINUTE
    assert scheduler.poll(NAME).startswith(f"{NAME} failed 5 times in a row; it is not tried again before")
    a_schedule()
    assert facts().circuit.next_probe == state.next_probe


def test_a_rehearsal_writes_nothing_not_even_its_row():
    run, _ = DataScheduler().rehearse(NAME)
    assert (run.state, run.notes) == ("unchanged", ["Rain gauges"])
    assert not SyncRun.objects.exists()
    assert not Source.objects.filter(pk=NAME).exists()


def test_what_no_monitor_reads_leaves_no_run_that_goes_on_for_ever(monkeypatch):
    run = DataScheduler().request(NAME, "api")[0]
    monkeypatch.delitem(REGISTRY, NAME)
    assert scheduler.work_off(run.pk) == f"{NAME} is not polled"
    with pytest.raises(UnknownSource):
        DataScheduler().run_now("dws-old", "command")
    with pytest.raises(UnknownSource):
        DataScheduler().rehearse("dws-old")
    assert SyncRun.objects.get().state == "queued"


def test_the_cluster_has_a_worker_for_it_one_for_the_downloads_and_one_for_what_is_short(monkeypatch):
    started = []
    monkeypatch.setattr(Conf, "WORKERS", Conf.WORKERS)
    monkeypatch.setattr(Cluster, "start", lambda cluster: started.append(Conf.WORKERS))
    monkeypatch.setattr("etl.management.commands.qcluster._keep_schedules", lambda: None)
    qcluster.Command().handle()
    assert started == [len(REGISTRY) + 2]


# --- a steward's decision -------------------------------------------------------------------------


@pytest.fixture
def held() -> SyncRun:
    DataScheduler().ensure_schedules()
    why = [{"rule": "drop", "sentence": "Half of the gauges are gone."}]
    return a_run(NAME, state=RunState.QUARANTINED, held=why)


@pytest.mark.parametrize("places", [None, ["CPT"]])
def test_without_a_release_a_held_run_says_so_and_stays_held(held, places):
    for decide in (
        lambda: DataScheduler().rehearse_release(held),
        lambda: DataScheduler().release(held.pk, "steward", "seen", places),
    ):
        with pytest.raises(CannotDecide, match=f"Readings of {NAME} cannot be released, only those of dws"):
            decide()
    held.refresh_from_db()
    assert (held.state, held.decided_by) == (RunState.QUARANTINED, "")


def test_a_held_correlation_says_so_too():
    with pytest.raises(CannotDecide, match="cannot be released"):
        DataScheduler().release(a_run("correlation", state=RunState.QUARANTINED).pk, "steward", "seen")


def test_it_can_be_rejected(held):
    assert reject(held.pk, "steward", "broken gauges").state == RunState.REJECTED


def test_the_admin_offers_to_reject_it_and_nothing_else(held, client, steward):
    client.force_login(steward)
    address = f"/admin/projects/syncrun/{held.pk}/decide/"
    for query in ("", "?format=csv"):
        page = client.get(address + query).content.decode()
        assert f"Readings of {NAME} cannot be released" in page
        assert 'name="reject"' in page
        assert 'name="release' not in page
    client.post(address, {"release": "1", "reason": "seen", "confirmed": "yes"})
    held.refresh_from_db()
    assert held.state == RunState.QUARANTINED
    client.post(address, {"reject": "1", "reason": "broken gauges", "confirmed": "yes"})
    held.refresh_from_db()
    assert (held.state, held.decision) == (RunState.REJECTED, "broken gauges")


def test_the_command_that_releases_says_so(held, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("sync", NAME, approve=held.pk)
    assert left.value.code == 1
    assert f"Nothing was released: Readings of {NAME} cannot be released" in capsys.readouterr().err


# --- health and alerts ----------------------------------------------------------------------------


def test_its_facts_are_those_of_the_clock():
    due = a_schedule().next_run
    assert (facts().interval_minutes, facts().next_run, facts().watched) == (45, due, True)
    a_run(NAME, finished_at=timezone.now() - 134 * MINUTE)
    assert not facts().stale
    SyncRun.objects.update(finished_at=timezone.now() - 136 * MINUTE)
    assert facts().stale


def test_a_source_that_is_in_no_table_has_no_interval_and_is_not_watched():
    Source.objects.create(name="gossip", title="Gossip")
    a_run("gossip", state=RunState.FAILED)
    gossip = facts("gossip")
    assert (gossip.interval_minutes, gossip.watched, gossip.stale) == (None, False, False)


def test_health_looks_at_it_and_its_alert_names_a_way_that_there_is():
    a_schedule()
    a_run(NAME, finished_at=timezone.now() - timedelta(hours=5))
    found = {check.name: check for check in checks()}
    assert NAME in found["clock"].sentence
    assert f"stale:{NAME}" in found[NAME].problems
    update(found.values(), timezone.now())
    told = AlertMessage.objects.get(alert=Alert.objects.get(key=f"stale:{NAME}"))
    assert f"manage.py sync {NAME}` reads it now" in told.body
    assert "manage.py sync_" not in told.body


def test_the_commands_tell_of_it(capsys):
    call_command("schedules")
    assert f"{NAME}: every 45 minutes\n" in (told := capsys.readouterr().out)
    assert f"{NAME}: run {SyncRun.objects.get(source_id=NAME).pk} is queued" in told
    assert OrmQ.objects.count() == len(REGISTRY) - 1, "correlation waits for those before it"
    with pytest.raises(SystemExit):
        call_command("health")
    assert NAME in capsys.readouterr().out


# --- pages and API --------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", [{}, {"state": "failed", "error": "No answer."}, {"state": "quarantined"}])
def test_the_pages_show_it(client, ended):
    a_schedule()
    run = a_run(NAME, disagreements=[{"what": "gauges", "claimed": 9, "found": 8, "settled": False}], **ended)
    for path in ("/", "/sources/", f"/sources/{NAME}/", f"/runs/{run.pk}/"):
        assert "Rain gauges" in (page := client.get(path).content.decode()), path
        assert "Its table of municipalities, and ours" not in page
    assert "Where the site disagrees with itself" in page
    assert f'buka_source_stale{{source="{NAME}"}} 0' in client.get("/metrics").content.decode()


def test_the_api_tells_of_it(client):
    a_schedule()
    run = a_run(NAME)
    names = [row["name"] for row in client.get("/api/v1/sources/").json()["results"]]
    assert sorted(names) == sorted(REGISTRY)
    one = client.get(f"/api/v1/sources/{NAME}/").json()
    assert (one["interval_minutes"], one["title"], one["circuit"]["open"]) == (45, "Rain gauges", False)
    assert [row["run"] for row in client.get(f"/api/v1/runs/?source={NAME}").json()["results"]] == [run.pk]


@pytest.mark.parametrize("wanted", [NAME, "all"])
def test_the_trigger_queues_it(api, wanted):
    answer = api.post("/api/v1/sync/trigger", {"source": wanted}, format="json")
    assert answer.status_code == 202
    assert NAME in [run["source"] for run in answer.json()["runs"]]


def test_the_admin_s_button_queues_it(client, steward):
    client.force_login(steward)
    assert f"Sync {NAME} now" in client.get("/admin/projects/source/").content.decode()
    client.post(f"/admin/projects/source/sync/{NAME}/")
    assert SyncRun.objects.get().source_id == NAME


def test_the_others_go_on_as_ever_while_it_fails(gauges):
    gauges.problem = FetchFailed("The gauges do not answer.")
    assert scheduler.poll(NAME) == "failed: The gauges do not answer."
    assert scheduler.poll("correlation").endswith(": unchanged, 0 changes")
    assert scheduler.beat() == "alive"
