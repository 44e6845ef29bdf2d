"""What years of polling keep is bounded, and nothing that is needed goes."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from projects.models import DataChangeLog, MunicipalFigure, Sighting, Snapshot
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_figure, a_project, a_run, a_snapshot, kept_file, log

pytestmark = pytest.mark.django_db

_numbers = count()


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def ago(days: float):
    # In the middle of a South African day, so that hours stay on it.
    noon = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0)
    return noon - timedelta(days=days)


def a_look(days: float, key: str = "list", loaded: bool = True, snapshot: Snapshot | None = None, **run):
    """A look at a page some days ago, in a run of its own, at bytes of its own."""
    at = ago(days)
    of = a_run(finished_at=at, **{"state": "unchanged", **run})
    if snapshot is None:
        snapshot = a_snapshot(of, f"<p>{next(_numbers)}</p>".encode(), fetched_at=at)
    return Sighting.objects.create(
        source_id="dws", run=of, key=key, url="https://x/", at=at, raw_sha256=snapshot.pk,
        clean_sha256=snapshot.pk, snapshot=snapshot, loaded=loaded,
    )  # fmt: skip


def prune(days: int = 30, *options: str) -> str:
    out = StringIO()
    call_command("prune_snapshots", "--older-than", str(days), *options, stdout=out)
    return out.getvalue()


def kept(look: Sighting) -> bool:
    """Row and file go together."""
    snapshot = Snapshot(pk=look.raw_sha256)
    row, file = Snapshot.objects.filter(pk=snapshot.pk).exists(), kept_file(snapshot).exists()
    assert row == file
    return row


def test_an_old_page_that_nothing_needs_goes_and_its_look_keeps_the_hash():
    old, new = a_look(100), a_look(1)
    said = prune()
    assert "Removed 1 snapshots" in said
    assert (kept(old), kept(new)) == (False, True)
    old.refresh_from_db()
    assert (old.snapshot_id, len(old.raw_sha256)) == (None, 64)


def test_a_page_that_a_change_points_at_never_goes():
    old = a_look(4000)
    a_look(1)
    log(a_project(), "updated", {"budget": ["1.00", "2.00"]}, snapshot_id=old.snapshot_id)
    prune(1)
    assert kept(old)


def test_an_answer_that_a_figure_or_a_question_points_at_never_goes():
    figure, ours, theirs = (a_look(400, key=name, loaded=False).snapshot for name in "abc")
    a_figure("grant", "WSIG", "ACT", "1.00", snapshot=figure)
    MunicipalFigure.objects.update(snapshot=figure)
    a_question(dws_snapshot=ours, treasury_snapshot=theirs)
    DataChangeLog.objects.update(snapshot=None)  # whatever the log says
    a_look(400, key="d", loaded=False)
    prune()
    assert set(Snapshot.objects.all()) == {figure, ours, theirs}


def test_the_last_believed_look_at_a_page_keeps_its_bytes_however_old():
    believed = a_look(300)
    a_look(200, loaded=False)
    prune()
    assert kept(believed)


def test_a_recent_look_keeps_the_bytes_of_an_old_reading():
    old = a_look(100)
    a_look(2, snapshot=old.snapshot, loaded=False)
    a_look(1)
    prune()
    assert kept(old)


def test_a_page_that_was_never_believed_goes_when_it_is_old():
    a_look(1)
    firewall = a_look(90, loaded=False, state="failed", complete=None)
    prune()
    assert not kept(firewall)


@pytest.mark.parametrize("run", [{"state": "quarantined"}, {"state": "succeeded"}])
def test_pages_of_a_reading_that_will_be_read_again_stay(run):
    old = a_look(100, loaded=run["state"] == "succeeded", **run)
    a_look(1)
    prune()
    assert kept(old)


def test_twice_is_once():
    a_look(100)
    a_look(1)
    prune()
    assert "Removed 0 snapshots (0.0 MB of pages before gzip), 0 files and 0 looks." in prune()


def test_a_rehearsal_counts_and_removes_nothing():
    old = a_look(100)
    a_look(1)
    assert "Would remove 1 snapshots" in prune(30, "--dry-run")
    assert kept(old)


def test_a_day_of_looks_is_thinned_to_its_first_and_last():
    hours = [a_look(100 + hour / 24) for hour in range(8)]  # newest first, all on one day
    other = a_look(100 + 2 / 24, key="other")
    recent = [a_look(1 + hour / 24) for hour in range(4)]
    a_look(0)
    prune()
    left = set(Sighting.objects.values_list("pk", flat=True))
    first, last = min(hours, key=lambda look: look.pk), max(hours, key=lambda look: look.pk)
    assert {look.pk for look in hours} & left == {first.pk, last.pk}
    assert other.pk in left
    assert {look.pk for look in recent} <= left


def test_looks_of_readings_that_were_loaded_are_not_thinned():
    looks = [a_look(100 + hour / 24, state="succeeded") for hour in range(5)]
    a_look(1)
    prune()
    assert Sighting.objects.filter(pk__in=[look.pk for look in looks]).count() == 5


def test_files_that_a_crash_left_without_a_row_are_swept_when_old(tmp_path):
    import os

    look = a_look(1)
    orphan = tmp_path / "ab" / f"ab{'0' * 62}.gz"
    young = tmp_path / "ab" / f"ab{'1' * 62}.gz"
    orphan.parent.mkdir(exist_ok=True)
    for file in (orphan, young):
        file.write_bytes(b"")
    os.utime(orphan, (0, ago(90).timestamp()))
    prune()
    assert (orphan.exists(), young.exists(), kept(look)) == (False, True, True)


def test_it_waits_for_a_reading_that_is_going_on():
    now = timezone.now()
    a_run(state="running", finished_at=None, complete=None, lease_until=now + timedelta(minutes=1))
    with pytest.raises(CommandError, match="going on"):
        prune()
    with pytest.raises(CommandError, match="from 1 to 36500"):
        prune(0)


@pytest.mark.parametrize("days", [0, -1, 36501, 10**30])
def test_days_that_no_calendar_has_are_refused(days: int) -> None:
    with pytest.raises(CommandError, match="DAYS must be from 1 to 36500"):
        call_command("prune_snapshots", "--older-than", str(days))
