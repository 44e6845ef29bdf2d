"""What was kept of a page came to harm: each who reads it again notices, says so, and gets it anew where
the source still has it."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from etl.exceptions import PageChanged
from etl.fetch.archive import Archive
from etl.scheduler import DataScheduler
from etl.tests.tinysite import Site, serving
from projects.archive import file_name
from projects.models import DataChangeLog, Project, Sighting, Snapshot, SyncRun
from projects.tests.factories import kept_file
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
Sync = Callable[..., SyncRun]

HARM: dict[str, Callable[[Path], object]] = {
    "lost": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "broken": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "forged": lambda path: path.write_bytes(gzip.compress(b"<h1>Forged</h1>", mtime=0)),
}
AGAIN, OTHERWISE = (
    "The source shows the same bytes; they were kept again.",
    "The source shows other bytes now",
)


def path_of(look: Sighting) -> Path:
    return kept_file(look.snapshot)


def last_list() -> Sighting:
    """The look at a list of projects."""
    return Sighting.objects.filter(external_id="").exclude(snapshot=None).latest("pk")


def about(run: SyncRun, look: Sighting) -> list[str]:
    run.refresh_from_db()
    return [note for note in run.notes if str(look.snapshot_id) in note]


def a_list(number: str, name: str, budget: str = "1 500") -> str:
    head = "<tr><th>Project No</th><th>Project Name</th><th>Budget (R'000)</th></tr>"
    link = f"<a href='project.aspx?no={number}'>{number}</a>"
    return f"<table>{head}<tr><td>{link}</td><td>{name}</td><td>{budget}</td></tr></table>"


def a_project(number: str, name: str) -> str:
    rows = {"Project No": number, "Project Name": name, "Contractor": "Made-up & Sons"}
    return "<table>" + "".join(f"<tr><td>{k}:</td><td>{v}</td></tr>" for k, v in rows.items()) + "</table>"


PAGES = {
    "level.aspx": "<a href='list.aspx?m=LIM331'>Projects of LIM331</a>"
    " <a href='list.aspx?m=DC12'>Projects of DC12</a>",
    "list.aspx?m=LIM331": a_list("WP1", "Giyani dam"),
    "list.aspx?m=DC12": a_list("WP2", "Amathole pipe"),
    "project.aspx?no=WP1": a_project("WP1", "Giyani dam"),
    "project.aspx?no=WP2": a_project("WP2", "Amathole pipe"),
}


@pytest.fixture
def still(here: Any) -> Iterator[Site]:
    """A site whose pages are the same to the byte for as long as they say the same."""
    pages = {f"/pmd/{name}": (200, {"ETag": '"1"'}, f"<html>{body}</html>") for name, body in PAGES.items()}
    with serving(pages) as site:
        here.DWS_URL = f"{site.root}/pmd/level.aspx"
        yield site


def four_pages() -> dict[str, Sighting]:
    """A page for each kind of harm: lists and projects' own, in turn."""
    kept = Sighting.objects.exclude(snapshot=None).exclude(key__endswith="level.aspx").order_by("pk")
    return dict(zip(HARM, kept, strict=True))


def test_pages_that_the_source_still_shows_are_kept_again_at_the_next_poll(still: Site, sync: Sync) -> None:
    sync()
    looks, changes = four_pages(), DataChangeLog.objects.count()
    for kind, look in looks.items():
        HARM[kind](path_of(look))
    run = sync()
    assert (run.state, run.complete) == ("unchanged", True)
    for look in looks.values():
        (note,) = about(run, look)
        assert note.startswith(f"The kept bytes of {look.key} (SHA-256 {look.snapshot_id}) ")
        assert note.endswith(AGAIN)
        assert look.snapshot.find_damage() is None
    assert (DataChangeLog.objects.count(), Snapshot.objects.damaged().count()) == (changes, 0)
    run = sync()
    assert not [note for look in looks.values() for note in about(run, look)]
    call_command("replay")


def test_what_the_source_shows_otherwise_by_now_is_kept_beside_and_the_loss_stays_known(
    replica: ReplicaServer, first: SyncRun, sync: Sync
) -> None:
    look, changes = last_list(), DataChangeLog.objects.count()
    path_of(look).write_bytes(b"")
    run = sync()
    assert run.state == "unchanged"
    (note,) = about(run, look)
    assert OTHERWISE in note
    now = Sighting.objects.filter(run=run, key=look.key).get()
    assert now.snapshot_id not in (None, look.snapshot_id)
    assert now.snapshot.find_damage() is None
    lost = Snapshot.objects.damaged().get()
    assert (lost.pk, lost.damage) == (look.snapshot_id, "cannot be read: the file is empty")
    assert about(sync(), look) == [], "it is no page of today any more"
    assert DataChangeLog.objects.count() == changes


def test_bytes_that_are_shown_again_after_others_take_the_place_of_those_that_came_to_harm(tmp_path) -> None:
    archive = Archive(tmp_path)
    for harm in HARM.values():
        sha256 = archive.keep(b"the first page")
        harm(tmp_path / file_name(sha256))
        assert archive.damage(sha256)
        assert archive.keep(b"the first page") == sha256
        assert archive.read(sha256) == b"the first page"


def test_a_server_is_not_asked_whether_forged_bytes_are_still_the_newest(
    still: Site, sync: Sync, here: Any
) -> None:
    here.ROTATION_RUNS = 1000  # no page is sent anew because it is its turn

    def conditional() -> set[str]:
        """What was asked for with the words that it is to be sent if it is another by now."""
        asked = {line.split()[1] for line, heard in zip(still.asked, still.heard, strict=True)
                 if "If-None-Match" in heard}  # fmt: skip
        still.asked.clear()
        still.heard.clear()
        return asked

    sync()
    assert conditional() == set()
    sync()
    assert len(conditional()) >= 2
    kept = list(Snapshot.objects.all())
    for snapshot in kept:
        HARM["forged"](kept_file(snapshot))
    assert sync().state == "unchanged"
    assert conditional() == set()
    assert not [snapshot for snapshot in kept if snapshot.find_damage()]


def test_when_the_parser_moves_the_other_pages_are_read_again(still: Site, sync: Sync) -> None:
    sync()
    looks = [look for look in four_pages().values() if "WP1" in look.key or "LIM331" in look.key]
    assert len(looks) == 2
    other = Project.objects.get(external_id="WP2")
    Project.objects.filter(pk=other.pk).update(budget=1)  # as an older parser read it
    for look, harm in zip(looks, (HARM["lost"], HARM["forged"]), strict=True):
        harm(path_of(look))
    SyncRun.objects.update(parser_digest="e" * 64)
    run = sync()
    assert (run.state, run.complete) == ("unchanged", True)
    assert all(about(run, look)[0].endswith(AGAIN) for look in looks)
    row = DataChangeLog.objects.latest("pk")
    assert (row.cause, row.entity_id) == ("parser", other.pk)


def test_a_release_of_a_reading_that_came_to_harm_says_so_and_loads_nothing(
    still: Site, sync: Sync, here: Any
) -> None:
    here.HOLD_LEAST_RECORDS = 1
    sync()
    for code, number in (("LIM331", "WP1"), ("DC12", "WP2")):
        still.pages[f"/pmd/list.aspx?m={code}"] = a_list(number, "Scheme", "1 501 000 000")
    held = sync()
    assert held.state == "quarantined"
    look = Sighting.objects.filter(run=held, snapshot__run=held).exclude(content_sha256="").first()
    assert look
    changes = DataChangeLog.objects.count()
    HARM["forged"](path_of(look))
    said = f"The kept bytes of {look.key} are not those that were received"
    with pytest.raises(PageChanged, match=re.escape(said)):
        DataScheduler().release(held.pk, "steward", "confirmed")
    held.refresh_from_db()
    assert said in held.error
    assert DataChangeLog.objects.count() == changes
    assert sync().state == "quarantined", "it is read anew"
    assert Archive(here.ARCHIVE_DIR).damage(str(look.snapshot_id)) is None


def test_a_replay_says_which_page_came_to_harm(still: Site, sync: Sync) -> None:
    sync()
    path, sound = path_of(last_list()), path_of(last_list()).read_bytes()
    for harm in HARM.values():
        harm(path)
        with pytest.raises(CommandError, match=re.escape(f"The kept bytes of {last_list().key} ")):
            call_command("replay")
        path.write_bytes(sound)
    call_command("replay")


def test_a_rehearsal_says_it_and_writes_nothing(still: Site, sync: Sync) -> None:
    sync()
    look = last_list()
    path_of(look).write_bytes(b"")
    run, _ = DataScheduler().rehearse("dws")
    assert [note for note in run.notes if str(look.snapshot_id) in note]
    assert path_of(look).read_bytes() == b""
    assert not Snapshot.objects.damaged().exists()


def test_an_answer_of_municipal_money_is_asked_for_again_though_its_cube_did_not_move(
    first_figures: SyncRun, poll: Sync
) -> None:
    assert poll().state == "unchanged"
    kept = Sighting.objects.filter(loaded=True, key__contains="_v2 ").exclude(key__endswith=" model")
    looks = dict(zip(HARM, kept.exclude(snapshot=None).order_by("pk"), strict=False))
    assert len(looks) == len(HARM)
    changes = DataChangeLog.objects.count()
    for kind, look in looks.items():
        HARM[kind](path_of(look))
    run = poll()
    assert (run.state, DataChangeLog.objects.count()) == ("unchanged", changes)
    assert all(about(run, look)[0].endswith(AGAIN) for look in looks.values())
    assert not [look for look in looks.values() if look.snapshot.find_damage()]
    call_command("replay")


def test_a_file_that_nobody_touched_since_its_run_is_not_read_at_each_poll(
    still: Site, sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Health goes through them; a poll of five thousand pages would spend seconds on it."""
    sync()
    SyncRun.objects.update(finished_at="2100-01-01T00:00:00Z")
    read = []
    monkeypatch.setattr(Archive, "damage", lambda _, sha256, size=None: read.append(sha256))
    look = last_list()
    assert sync().state == "unchanged"
    assert read == []
    Snapshot.objects.say_damaged(look.snapshot_id, "cannot be read: the file is broken", look.at)
    sync()
    assert read == [look.snapshot_id], "but what health found is"


@pytest.mark.parametrize(
    "harm",
    [lambda path: (path / "in it").mkdir(parents=True), os.mkfifo, lambda path: path.symlink_to("/dev/zero")],
    ids=["folder", "pipe", "device"],
)
def test_what_is_no_file_gives_way_to_the_bytes(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    archive = Archive(tmp_path)
    path = tmp_path / file_name(archive.keep(b"page"))
    path.unlink()
    harm(path)
    assert archive.damage(path.stem)
    sha256 = archive.keep(b"page")
    assert archive.read(sha256) == b"page"
    assert archive.keep(b"page") == sha256
    assert len(list(path.parent.glob("*.aside/in it"))) == len(list(path.parent.glob("*.aside")))
