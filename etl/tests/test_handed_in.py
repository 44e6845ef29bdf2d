"""A recorded visit that is handed in at the desk: checked, kept, queued, and read in place of the source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from etl.decide import handing_in
from etl.scheduler import work_off
from etl.tests.test_capture import kept_visits, warc  # noqa: F401
from projects.archive import Archive
from projects.models import HandedIn, Project, Snapshot, SyncRun

pytestmark = pytest.mark.django_db
WHY = "Recorded by the municipality’s office in Polokwane"


@pytest.fixture
def page(here: Any) -> str:
    here.REDIS_URL = ""
    return reverse("admin:etl_hand_in")


def handed(client: Client, page: str, body: bytes, name: str = "visit.warc.gz", **more: Any) -> str:
    file = SimpleUploadedFile(name, body)
    given = {"file": file, "source": "dws", "reason": WHY, **more}
    return client.post(page, given, follow=True).content.decode()


def test_a_visit_is_read_by_a_run_in_place_of_the_source(
    admin_client: Client,
    page: str,
    warc: Path,  # noqa: F811
    here: Any,
) -> None:
    said = handed(admin_client, page, warc.read_bytes())
    run = SyncRun.objects.get()
    assert f"is read by run {run.pk}." in said
    assert (run.state, run.requested_by) == ("queued", "admin")
    row = HandedIn.objects.get()
    assert (row.name, row.reason, row.by.get_username()) == ("visit.warc.gz", WHY, "admin")
    assert row.body() == warc.read_bytes()
    work_off(run.pk)
    run.refresh_from_db()
    assert run.state == "succeeded", run.error
    assert run.read_at is not None
    assert any("Read from the capture visit.warc.gz" in note for note in run.notes)
    assert Project.objects.exists()
    assert not Snapshot.objects.filter(pk=row.sha256).exists(), "it may hold who recorded it"
    assert admin_client.get(f"/snapshots/{row.sha256}/").status_code == 404


def test_a_visit_of_a_long_name_is_kept_under_its_end(
    admin_client: Client,
    page: str,
    warc: Path,  # noqa: F811
) -> None:
    handed(admin_client, page, warc.read_bytes(), "水" * 150 + ".warc.gz")
    name = HandedIn.objects.get().name
    assert (name[-10:], len(name.encode()) <= 200) == ("水水.warc.gz", True)


def test_a_visit_that_unpacks_to_very_much_is_refused(
    admin_client: Client,
    page: str,
    warc: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing_in, "MOST_UNPACKED", 2000)
    assert "more than 0.002 MB when it is unpacked" in handed(admin_client, page, warc.read_bytes())
    assert not SyncRun.objects.exists()


def test_what_is_none_is_refused_before_anything_is_queued(admin_client: Client, page: str) -> None:
    assert "Nothing was queued" in handed(admin_client, page, b"no visit")
    assert "Say who recorded it" in handed(admin_client, page, b"x", reason=" ")
    assert "Choose the source" in handed(admin_client, page, b"x", source="treasury")
    assert "Choose a file" in admin_client.post(page, {"source": "dws", "reason": WHY}).content.decode()
    assert not SyncRun.objects.exists()


def test_a_second_one_waits_for_the_run_that_goes_on(
    admin_client: Client,
    page: str,
    warc: Path,  # noqa: F811
) -> None:
    handed(admin_client, page, warc.read_bytes())
    assert "is queued: hand it in when that has ended." in handed(admin_client, page, warc.read_bytes())
    assert HandedIn.objects.count() == 1


def test_a_file_that_came_to_harm_ends_the_run_with_a_sentence(
    admin_client: Client,
    page: str,
    warc: Path,  # noqa: F811
) -> None:
    handed(admin_client, page, warc.read_bytes())
    run = SyncRun.objects.get()
    Archive().discard(HandedIn.objects.get().sha256)
    assert "cannot be had from the archive" in work_off(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "visit.warc.gz" in run.error


def test_it_is_for_stewards(client: Client, page: str, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("reader", password="x", is_staff=True))
    assert client.get(page).status_code == 403
    assert client.post(page, {}).status_code == 403
