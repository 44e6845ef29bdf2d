"""Is it up, is it ready; and the admin of the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from projects.models import Municipality, Vocabulary
from projects.tests.factories import a_crowd, a_listing, a_project, a_run, a_snapshot, a_source, change


def test_healthz_asks_for_nothing(client, settings):
    answer = client.get("/healthz")  # without the database: this test has no access to it
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_says_which_part_is_not_there(client, settings):
    settings.REDIS_URL = ""
    answer = client.get("/readyz")
    parts = answer.json()
    assert answer.status_code == 503
    assert parts["database"] == {"ok": True}
    assert parts["redis"]["ok"] is False
    assert parts["redis"]["reason"].startswith("REDIS_URL is not set")
    assert parts["worker"]["ok"] is False
    assert parts["ready"] is False


@pytest.mark.django_db
def test_readyz_takes_a_run_at_work_as_a_sign_of_the_worker(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    a_run(state="running", finished_at=None, lease_until=timezone.now() + timedelta(minutes=1))
    parts = client.get("/readyz").json()
    assert parts["worker"] == {"ok": True}
    assert parts["redis"]["reason"].startswith("does not answer")


@pytest.fixture
def steward(admin_client):
    run = a_run()
    a_source(demo=True)
    a_snapshot(run, keep=False)
    change(a_project(run=run), "budget", 5)
    a_listing(run=run)
    Vocabulary.objects.create(kind="status", text="Op pad", meaning="construction")
    return admin_client


MODELS = (
    "project identity municipality municipalitylisting datachangelog chainhead snapshot sighting vocabulary"
).split()


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_every_table_of_the_record_is_listed_and_searched_in_the_admin(steward, model):
    answer = steward.get(f"/admin/projects/{model}/")
    assert answer.status_code == 200
    assert "Demo data:" in answer.content.decode()
    assert steward.get(f"/admin/projects/{model}/?q=LIM331").status_code in (200, 302)


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["datachangelog", "chainhead"])
def test_the_log_can_be_read_and_not_written_in_the_admin(steward, model):
    page = steward.get(f"/admin/projects/{model}/1/change/").content.decode()
    assert 'name="_save"' not in page
    assert steward.post(f"/admin/projects/{model}/1/change/", {"name": "x"}).status_code == 403
    assert steward.post(f"/admin/projects/{model}/1/delete/", {"post": "yes"}).status_code == 403
    assert steward.get(f"/admin/projects/{model}/add/").status_code == 403


@pytest.mark.django_db
def test_a_steward_puts_a_name_right_and_nothing_else(steward):
    page = steward.get("/admin/projects/municipality/LIM331/change/").content.decode()
    assert 'name="name"' in page
    assert 'name="code"' not in page
    answer = steward.post("/admin/projects/municipality/LIM331/change/", {"name": "Giyani", "province": "WC"})
    assert answer.status_code == 302
    giyani = Municipality.objects.get(pk="LIM331")
    assert (giyani.name, giyani.province) == ("Giyani", "LIM")


@pytest.mark.django_db
def test_a_list_of_fifty_changes_in_the_admin_asks_no_query_per_row(steward, django_assert_max_num_queries):
    a_crowd(17)  # three changes each
    with django_assert_max_num_queries(12):
        steward.get("/admin/projects/datachangelog/")
    with django_assert_max_num_queries(14):
        steward.get("/admin/projects/project/")


@pytest.mark.django_db
def test_the_admin_is_closed_to_strangers(client):
    assert client.get("/admin/projects/project/").status_code == 302
    assert not get_user_model().objects.exists()
