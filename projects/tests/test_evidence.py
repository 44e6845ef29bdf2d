"""Kept bytes that came to harm: the page, the health check, the alert and `verify_log` say so."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from projects import evidence
from projects.health.checks import checks
from projects.health.evidence import audit
from projects.health.watch import Watch
from projects.models import Alert, Snapshot
from projects.tests.factories import a_run, a_snapshot, kept_file

pytestmark = pytest.mark.django_db
PAGE = b"<h1>Projects</h1>" * 400


def _replaced(path: Path) -> None:
    path.unlink()
    path.mkdir()


# What may happen to a file → its kind, and what is said.
HARM: dict[str, tuple[Callable[[Path], object], str]] = {
    "lost": (lambda path: path.unlink(), "are gone from the archive"),
    "empty": (lambda path: path.write_bytes(b""), "cannot be read: the file is empty"),
    "broken": (lambda path: path.write_bytes(path.read_bytes()[:-9]), "the file is broken"),
    "forged": (lambda path: path.write_bytes(gzip.compress(b"other")), "are not those that were received"),
    "unreadable": (_replaced, "cannot be read: a folder is in the place of the file"),
}
MORE_HARM: dict[str, tuple[Callable[[Path], object], str]] = {
    "no gzip": (lambda path: path.write_bytes(PAGE), "broken"),
    "a hole": (lambda path: path.write_bytes(path.read_bytes()[:30] + bytes(9)), "broken"),
    "a byte more": (lambda path: path.write_bytes(gzip.compress(PAGE + b" ")), "forged"),
    "a byte less": (lambda path: path.write_bytes(gzip.compress(PAGE[:-1])), "forged"),
    "nothing, packed": (lambda path: path.write_bytes(gzip.compress(b"")), "forged"),
    "appended": (lambda path: path.write_bytes(path.read_bytes() + gzip.compress(b"x")), "forged"),
    "its folder": (lambda path: path.parent.rename(path.parent.with_name("zz")), "lost"),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path)), "unreadable"),
    "a device without an end": (lambda path: (path.unlink(), path.symlink_to("/dev/zero")), "unreadable"),
    "nothing at all": (lambda path: (path.unlink(), path.symlink_to("/dev/null")), "unreadable"),
    "a loop": (lambda path: (path.unlink(), path.symlink_to(path)), "unreadable"),
}


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR, settings.HEADS_DIR = tmp_path / "archive", tmp_path / "heads"


@pytest.fixture
def snapshot() -> Snapshot:
    return a_snapshot(a_run(), html=PAGE)


def path_of(snapshot: Snapshot) -> Path:
    return kept_file(snapshot)


def health() -> dict[str, str]:
    """The problems of the archive's check."""
    return next(check for check in checks() if check.name == "archive").problems


@pytest.mark.parametrize("kind", HARM)
def test_every_reader_says_what_is_wrong(client, snapshot, kind):
    harm, sentence = HARM[kind]
    assert client.get(f"/snapshots/{snapshot.pk}/").status_code == 200
    assert health() == {}
    harm(path_of(snapshot))

    answer = client.get(f"/snapshots/{snapshot.pk}/")
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 410
    assert "no-store" in answer["Cache-Control"]
    for known in (sentence, snapshot.pk, snapshot.url, snapshot.source.title, "2026-01-10T06:30:00"):
        assert known in page
    assert "&lt;h1&gt;" not in page
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")

    assert sentence in health()["archive"]
    code, told = verified("--archive")
    assert (code, told["intact"], told["fault"], told["archive"]["checked"]) == (1, False, None, 1)
    (damaged,) = told["archive"]["damaged"]
    assert (damaged["sha256"], damaged["kind"], damaged["source"]) == (snapshot.pk, kind, "dws")
    assert sentence in damaged["sentence"]


@pytest.mark.parametrize("what", MORE_HARM)
def test_no_other_bytes_pass_for_those_that_were_received(snapshot, what):
    harm, kind = MORE_HARM[what]
    harm(path_of(snapshot))
    damage = snapshot.find_damage()
    assert damage
    assert damage.kind == kind


def test_a_file_that_unpacks_to_more_than_was_received_is_not_unpacked_to_its_end(tmp_path):
    bomb = tmp_path / "bomb.gz"
    with gzip.open(bomb, "wb", 1) as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    with bomb.open("ab") as file:
        file.write(b"what comes behind the first megabytes is never looked at")
    damage = evidence.damage(partial(bomb.open, "rb"), "0" * 64, 1000)
    assert (damage and damage.kind) == "forged"


def test_of_bytes_whose_number_nobody_knows_no_more_are_unpacked_than_a_page_can_have(tmp_path, monkeypatch):
    monkeypatch.setattr(evidence, "_MOST", 4_000_000)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(9_000_000), 1) + b"what comes behind is never looked at")
    with pytest.raises(evidence.Damaged, match="more than 4000000 bytes"):
        evidence.read(lambda: bomb.open("rb"), "0" * 64)


def verified(*options: str) -> tuple[int, dict]:
    out, code = StringIO(), 0
    try:
        call_command("verify_log", "--json", *options, stdout=out)
    except SystemExit as end:
        code = int(end.code)
    return code, json.loads(out.getvalue())


def test_verify_log_names_each_damaged_page_and_is_content_with_an_archive_that_is_whole(capsys):
    pages = [a_snapshot(a_run(), html=f"page {n}".encode()) for n in range(5)]
    assert verified("--archive")[1]["archive"] == {"checked": 5, "damaged": []}
    for page in pages[:2]:
        path_of(page).unlink()
    code, told = verified()
    assert (code, told["intact"], "archive" in told) == (0, True, False), "the log itself is whole"
    with pytest.raises(SystemExit) as left:
        call_command("verify_log", "--archive")
    lines = capsys.readouterr().out
    assert left.value.code == 1
    for page in pages[:2]:
        assert f"DAMAGED: {page.pk} of dws, {page.url}, received 2026-01-10T06:30:00" in lines
    assert "2 of 5 kept pages are not what was received." in lines


def test_an_alert_lasts_until_the_file_is_back_or_a_steward_accepts_the_loss(
    snapshot, admin_client, settings
):
    settings.REDIS_URL = ""
    path_of(snapshot).write_bytes(b"")
    Watch().look()
    alert = Alert.objects.get(key="archive")
    assert f"({snapshot.pk[:12]} of dws)" in alert.sentence
    chosen = {"action": "accept_loss", "_selected_action": snapshot.pk}
    assert admin_client.post("/admin/projects/snapshot/", chosen).status_code == 302
    Watch().look()
    alert.refresh_from_db()
    assert alert.ended_at
    assert health() == {}
    assert admin_client.get(f"/snapshots/{snapshot.pk}/").status_code == 410, "it is lost all the same"
    assert verified("--archive")[0] == 1

    path_of(snapshot).write_bytes(gzip.compress(PAGE))
    Watch().look()
    snapshot.refresh_from_db()
    assert (snapshot.damage, snapshot.damaged_at, snapshot.damage_accepted) == ("", None, False)
    path_of(snapshot).unlink()
    assert health(), "another damage is another alert"


def test_a_large_archive_is_gone_through_in_parts_and_what_was_found_stays_found(monkeypatch, settings):
    settings.HEALTH_INTERVAL_MINUTES = 5
    monkeypatch.setattr("projects.archive.folder.Folder.pages_a_look", 10)
    pages = [a_snapshot(a_run(), html=f"page {n}".encode()) for n in range(40)]
    lost = pages[3]
    path_of(lost).unlink()
    looks = [audit(300.0 * number) for number in range(4)]
    assert sum(len(look.damaged) for look in looks[:1]) <= 1
    assert [row.pk for row in looks[-1].damaged] == [lost.pk], "each had its turn in four looks"
    assert all(look.checked < 30 for look in looks)
    assert sum(look.checked for look in looks) in (40, 41, 42, 43, 44)  # the damaged one again in each


def test_an_archive_that_is_not_there_is_one_problem_and_no_page_counts_as_lost(snapshot, settings):
    settings.ARCHIVE_DIR = settings.ARCHIVE_DIR / "unmounted"
    assert "is not there" in health()["archive"]
    assert not Snapshot.objects.damaged().exists()


def test_metrics_count_what_is_damaged(client, snapshot):
    path_of(snapshot).unlink()
    audit()
    assert "\nbuka_archive_damaged_pages 1\n" in client.get("/metrics").content.decode()
