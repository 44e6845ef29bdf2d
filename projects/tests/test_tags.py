"""ETags: an answer that changes changes its tag, and one that does not is not sent again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from projects.flags import telling
from projects.models import DataChangeLog, Flag, Override, Source, SyncRun
from projects.tests.factories import a_project, a_run, a_source, change

pytestmark = pytest.mark.django_db

OF_THE_RECORD = [
    "/api/v1/projects/",
    "/api/v1/projects/{pk}/",
    "/api/v1/projects/{pk}/history/",
    "/api/v1/projects/?as_of=2026-02-01",
    "/api/v1/municipalities/LIM331/",
    "/api/v1/municipalities/LIM331/finances/",
    "/api/v1/changes/",
    "/api/v1/changes/events/",
    "/api/v1/discrepancies/",
    "/api/v1/finances/",
    "/api/v1/projects/flags/",
]
OF_BYTES = [
    "/api/v1/runs/", "/api/v1/areas/", "/api/v1/claims/", "/api/v1/", "/api/v1/schema/?format=json",
    "/api/v1/search/?q=x", "/api/v1/digest/", "/api/v1/compare/",
]  # fmt: skip


def asked(client, address, tag=None):
    return client.get(address, headers={"if-none-match": tag} if tag else {})


@pytest.mark.parametrize("address", [*OF_THE_RECORD, *OF_BYTES])
def test_who_has_the_answer_already_is_told_so(client, address):
    address = address.format(pk=a_project().pk)
    a_source(demo=True)
    first = asked(client, address)
    assert first.status_code == 200
    assert first["Cache-Control"] == "no-cache"
    again = asked(client, address, first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["X-Demo-Data"]) == (first["ETag"], "1")
    assert asked(client, address, f'"other", {first["ETag"]}').status_code == 304
    assert asked(client, address, '"other"').status_code == 200
    head = client.head(address)
    assert (head["ETag"], head.content) == (first["ETag"], b"")


def test_an_answer_of_the_record_is_not_made_to_say_that_it_is_known(client, django_assert_max_num_queries):
    a_project()
    tag = asked(client, "/api/v1/projects/")["ETag"]
    with django_assert_max_num_queries(2):
        assert asked(client, "/api/v1/projects/", tag).status_code == 304


def an_unchanged_run(project):
    a_run(state="unchanged", finished_at=timezone.now())


def a_held_run_is_decided(project):
    SyncRun.objects.filter(state="quarantined").update(state="rejected")


def a_run_ends(project):
    SyncRun.objects.filter(state="running").update(state="unchanged", finished_at=timezone.now())


def a_change(project):
    change(project, "budget", Decimal(5))


def a_correction(project):
    steward = User.objects.create_superuser("steward", password="steward-password")
    Override.objects.create(
        project=project, field="name", value="Corrected", reason="r", made_by=steward, made_at=timezone.now()
    )


def it_is_of_the_replica(project):
    Source.objects.filter(pk="dws").update(demo=True)


@pytest.mark.parametrize(
    "event",
    [an_unchanged_run, a_held_run_is_decided, a_run_ends, a_change, a_correction, it_is_of_the_replica],
)
@pytest.mark.parametrize(
    "address", ["/api/v1/projects/", "/api/v1/projects/{pk}/", "/api/v1/municipalities/CPT/"]
)
def test_whatever_can_change_an_answer_changes_its_tag(client, address, event):
    project = a_project()
    a_run("treasury", state="quarantined")
    a_run("correlation", state="running", finished_at=None)
    address = address.format(pk=project.pk)
    tag = asked(client, address)["ETag"]
    assert asked(client, address, tag).status_code == 304
    event(project)
    assert asked(client, address, tag).status_code == 200


def test_a_name_that_is_put_right_in_the_admin_changes_the_tag(client, admin_client, cape_town):
    tag = asked(client, "/api/v1/municipalities/CPT/")["ETag"]
    admin_client.post("/admin/projects/municipality/CPT/change/", {"name": "City of Cape Town (put right)"})
    answer = asked(client, "/api/v1/municipalities/CPT/", tag)
    assert (answer.status_code, answer.json()["name"]) == (200, "City of Cape Town (put right)")


def test_no_two_questions_share_a_tag(client):
    a_project()
    addresses = ["", "?page_size=1", "?fields=id", "?q=x", "?as_of=2026-02-01"]
    tags = [asked(client, f"/api/v1/projects/{query}")["ETag"] for query in addresses]
    assert len(set(tags)) == len(tags)
    elsewhere = client.get("/api/v1/projects/", headers={"host": "127.0.0.1"})
    assert elsewhere["ETag"] not in tags  # its links are others


def test_what_depends_on_the_moment_is_made_each_time(client):
    a_project()
    assert not asked(client, "/api/v1/runs/")["ETag"].startswith("W/")
    assert asked(client, "/api/v1/projects/")["ETag"].startswith("W/")


FIGURES = {"times": 2, "from": "2025-06-30", "to": "2027-02-28"}


@pytest.mark.parametrize("address", ["/api/v1/projects/{pk}/", "/api/v1/projects/flags/"])
def test_flags_that_time_moved_change_the_tag_without_a_row_of_the_log(client, address):
    project = a_project()
    telling.tell()
    Flag.objects.create(
        project=project, flag="slipping", figures=FIGURES, raised_at=timezone.now()
    )  # never told
    address = address.format(pk=project.pk)
    newest, tag = DataChangeLog.objects.newest(), asked(client, address)["ETag"]
    telling.tell()
    assert (Flag.objects.count(), DataChangeLog.objects.newest()) == (0, newest)
    assert asked(client, address, tag).status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/projects/99/", "/api/v1/projects/?page=0", "/api/v1/nope/"])
def test_nothing_is_not_known_already(client, address):
    for tag in ("*", 'W/"x"'):
        answer = asked(client, address, tag)
        assert answer.status_code == 404
        assert "ETag" not in answer


def test_whatever_there_is_is_known_to_who_asks_for_anything_else(client):
    a_project()
    assert asked(client, "/api/v1/projects/", "*").status_code == 304


def test_a_file_that_may_break_off_has_no_tag(client):
    a_source(demo=True)
    a_project()
    answer = client.get("/api/v1/projects/?format=csv")
    assert b"".join(answer.streaming_content)
    assert "ETag" not in answer


def test_a_correction_that_ends_changes_the_tag(client):
    project = a_project()
    a_correction(project)
    tag = asked(client, "/api/v1/projects/")["ETag"]
    Override.objects.update(state="expired")
    assert asked(client, "/api/v1/projects/", tag).status_code == 200


# --- only what is asked for -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/api/v1/projects/", ["id", "name"]),
        ("/api/v1/projects/{pk}/", ["name", "overrides"]),
        ("/api/v1/projects/{pk}/history/", ["id", "sentence"]),
        ("/api/v1/changes/", ["id", "at"]),
        ("/api/v1/municipalities/CPT/", ["code", "own"]),
        ("/api/v1/runs/", ["state", "claims"]),
        ("/api/v1/sources/", ["name", "stale"]),
        ("/api/v1/sources/dws/", ["name"]),
        ("/api/v1/projects/flags/", ["flag", "count"]),
    ],
)
def test_of_each_object_only_what_is_asked_for(client, address, fields):
    address = address.format(pk=a_project().pk)
    for query in (f"fields={','.join(fields)}", "&".join(f"fields={name}" for name in reversed(fields))):
        answer = client.get(f"{address}?{query}").json()
        rows = answer if isinstance(answer, list) else answer.get("results", [answer])
        assert rows
        assert all(list(row) == fields for row in rows)


def test_what_is_of_the_replica_keeps_its_mark(client):
    a_source(demo=True)
    a_project()
    row = client.get("/api/v1/projects/?fields=name").json()["results"][0]
    assert list(row) == ["name", "demo"]


@pytest.mark.parametrize(
    "query", ["fields=nothing", "fields=id,%00", "fields=id&format=csv", "fields=ID", "fields=id;name"]
)
def test_a_field_that_there_is_not_is_said_with_those_that_there_are(client, query):
    a_source(demo=True)
    answer = client.get(f"/api/v1/projects/?{query}")
    assert answer.status_code == 400
    (said,) = answer.json()["fields"]
    assert said.endswith(".")
    assert "external_id" in said or "format=csv" in query


@pytest.mark.parametrize("query", ["fields=", "fields=,,", "fields=%20"])
def test_no_field_is_all_of_them(client, query):
    a_project()
    assert len(client.get(f"/api/v1/projects/?{query}").json()["results"][0]) > 20


def test_two_values_where_one_is_asked_for_are_refused(client):
    a_project()
    answer = client.get("/api/v1/projects/?municipality=CPT&municipality=LIM331")
    assert (answer.status_code, list(answer.json())) == (400, ["municipality"])
    assert client.get("/api/v1/projects/?q=x&q=x&status=design&status=tender").status_code == 200
