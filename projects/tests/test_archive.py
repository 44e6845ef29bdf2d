"""An archive is one thing to whoever keeps and reads pages, in a folder and in a bucket."""

from __future__ import annotations

import gzip
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from buka import environment
from projects.archive import Archive, Away, file_name
from projects.health.checks import checks
from projects.health.probe import disks
from projects.models import Snapshot
from projects.tests.factories import a_run, a_snapshot
from projects.tests.s3 import nowhere

PAGE = b"<h1>What the department says</h1>"


@pytest.fixture(params=["folder", "bucket"])
def archive(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Archive:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return Archive()


def test_what_is_kept_is_read_again_and_is_one_file_named_by_its_digest(archive: Archive) -> None:
    sha256 = archive.keep(PAGE)
    assert (archive.has(sha256), archive.read(sha256, len(PAGE))) == (True, PAGE)
    (entry,) = archive.entries(sha256[:2])
    assert (entry.name, entry.stem, entry.size) == (file_name(sha256), sha256, len(gzip.compress(PAGE, 6)))
    assert archive.touched([sha256, "00" * 32]).keys() == {sha256}
    assert gzip.decompress(archive.packed(sha256)) == PAGE


def test_the_same_bytes_are_written_once_unless_what_is_there_came_to_harm(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256, written = archive.keep(PAGE), []
    save = archive.storage.save
    monkeypatch.setattr(archive.storage, "save", lambda *what: (written.append(what[0]), save(*what)))
    archive.keep(PAGE)
    assert written == []
    for harm, kind in ((b"", "empty"), (gzip.compress(b"other"), "forged"), (b"\x1f\x8b", "broken")):
        archive.put(sha256, harm)
        damage = archive.damage(sha256)
        assert damage
        assert damage.kind == kind
        archive.keep(PAGE)
        assert archive.damage(sha256) is None


def test_what_is_dropped_is_lost_and_dropping_it_again_is_no_error(archive: Archive) -> None:
    sha256 = archive.keep(PAGE)
    archive.discard(sha256)
    archive.discard(sha256)
    damage = archive.damage(sha256)
    assert (archive.has(sha256), damage and damage.kind) == (False, "lost")
    assert list(archive.entries(sha256[:2])) == []


@pytest.mark.django_db
def test_pages_are_checked_and_pruned_where_they_lie(archive: Archive, settings: Any) -> None:
    run = a_run()
    kept, lost = a_snapshot(run, PAGE), a_snapshot(run, b"another page")
    archive.discard(lost.pk)
    (health,) = [check for check in checks() if check.name == "archive"]
    assert lost.pk[:12] in health.sentence
    assert kept.pk[:12] not in health.sentence
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_log", "--archive", stdout=out)
    assert "1 of 2 kept pages are not what was received" in out.getvalue()
    call_command("prune_snapshots", "--older-than", "1", stdout=StringIO())
    assert (Snapshot.objects.count(), archive.has(kept.pk)) == (0, False)


@pytest.mark.django_db
def test_an_archive_in_a_bucket_is_on_no_disk_of_ours(bucket: str, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR, settings.ARCHIVE_DIR = tmp_path, Path("/proc/nowhere")
    assert "archive" not in [disk.holds for disk in disks(write=True)]


@pytest.fixture
def away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """A page whose archive does not answer."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "buka")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "buka")
    options = {"bucket": "pages", "prefix": "", "endpoint": nowhere().endpoint_url, "region": ""}
    storage = {"BACKEND": "projects.archive.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "archive": storage}
    return a_snapshot(a_run(), PAGE, keep=False)


@pytest.mark.django_db
def test_while_the_archive_is_away_its_pages_answer_503_and_say_what_is_known(
    away: Snapshot, client: Client
) -> None:
    answer = client.get(away.get_absolute_url())
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    assert "The archive does not answer just now" in text
    assert away.pk in text


@pytest.mark.django_db
def test_an_archive_that_is_away_is_a_part_of_health_and_loses_no_page(away: Snapshot) -> None:
    (health,) = [check for check in checks() if check.name == "archive"]
    assert not health.ok
    assert "cannot be asked: EndpointConnectionError" in health.sentence
    assert not Snapshot.objects.damaged().exists()
    for command in (("verify_log", "--archive"), ("prune_snapshots", "--older-than", "1")):
        with pytest.raises(CommandError, match="cannot be asked: EndpointConnectionError"):
            call_command(*command, stdout=StringIO())


def test_a_bucket_that_is_not_there_or_lets_nobody_in_is_said_to_be_so(s3: Any, bucket: str) -> None:
    _, storage = environment.archive(s3.url("buka-no-such-bucket"), Path())
    archive = Archive()
    archive.storage = type(archive.storage)(**storage["OPTIONS"])
    assert archive.gone().startswith("is not there: s3://buka-no-such-bucket/pages at http")
    with pytest.raises(Away, match="there is no such bucket"):
        archive.keep(PAGE)


@pytest.mark.parametrize(
    "url",
    ["folder/pages", "file://host/folder", "s3:///prefix", "s3://key:secret@bucket/", "s3://b/?acl=public"],
)
def test_an_address_that_is_none_of_an_archive_stops_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="ARCHIVE_URL must be") as error:
        environment.archive(url, Path())
    assert "secret" not in str(error.value)


def test_a_folder_elsewhere_and_a_prefix_in_a_bucket_are_read_from_the_address() -> None:
    assert environment.archive("file:///srv/a%20b", Path())[0] == Path("/srv/a b")
    _, storage = environment.archive("s3://b/p/q/?endpoint=https://s3.example&region=af-south-1", Path())
    expected = {"bucket": "b", "prefix": "p/q", "endpoint": "https://s3.example", "region": "af-south-1"}
    assert storage["OPTIONS"] == expected
