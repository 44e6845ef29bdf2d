"""What waits for a steward: counted, with its age, and each link leads to exactly that list."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects.models import Alert, AreaReading, Override, SyncRun
from projects.stewards import todo
from projects.tests.factories import a_column, a_plan, a_project, a_run, a_snapshot, a_source

pytestmark = pytest.mark.django_db
EARLY = timezone.now() - timedelta(days=3)


def an_area(code: str, run: SyncRun, **fields: Any) -> AreaReading:
    given = {"state": "held", "is_whole": True, "is_loaded": False, "concludes": True, **fields}
    return AreaReading.objects.create(source_id=run.source_id, area=code, run=run, last_run=run, **given)


def everything(times: int) -> None:
    """Each kind of thing to do, so many times."""
    a_source()
    run = a_run(finished_at=EARLY)
    for at in range(times):
        a_project(f"A{at}", issues=[{"field": "budget", "text": "n/a"}])
        a_project(f"B{at}", municipality=None, municipality_as_published="Nowhere")
        project = a_project(f"C{at}")
        Override.objects.create(
            project=project, field="budget", value="1.00", reason="x", made_at=EARLY, notice="It moved.",
            noticed_at=EARLY,
        )  # fmt: skip
        Alert.objects.create(key=f"k{at}", sentence="It fails.", started_at=EARLY)
        an_area(f"LIM33{at}", run)
        a_snapshot(run, f"<p>{at}</p>".encode(), keep=False, damage="gone", damaged_at=EARLY)
    a_plan(*(a_column(f"Strange {at}") for at in range(times)))
    a_run(state="quarantined", finished_at=EARLY)


def found() -> dict[str, int]:
    return {task.name: task.find().count for task in todo.tasks()}


def test_each_kind_is_counted_and_nothing_waits_where_there_is_nothing(admin_client: Client) -> None:
    assert set(found().values()) == {0}
    assert "Nothing waits for you." in admin_client.get("/admin/").content.decode()
    everything(2)
    a_project("D")
    assert found() == {
        "overrides": 2, "places": 2, "issues": 2, "alerts": 2, "damaged": 2,
        "held_runs": 1, "held_areas": 2, "columns": 2, "agents": 0,
    } | {name: 0 for name in found() if name not in _OURS}  # fmt: skip
    page = admin_client.get("/admin/").content.decode()
    assert "Held areas" in page
    assert "3 days ago" in page


_OURS = {
    "overrides", "places", "issues", "alerts", "damaged", "held_runs", "held_areas", "columns", "agents",
}  # fmt: skip


def test_each_link_leads_to_exactly_what_was_counted(admin_client: Client) -> None:
    everything(2)
    a_project("D")
    old = a_run(finished_at=EARLY)
    an_area("CPT", old)
    an_area("CPT", a_run(), state="loaded", is_loaded=True)
    for each in todo.waiting_for(admin_client.get("/admin/").wsgi_request.user):
        answer = admin_client.get(each.task.address)
        assert answer.status_code == 200, each.task
        if "cl" in answer.context:
            assert answer.context["cl"].result_count == each.waiting.count, each.task


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    everything(1)
    admin_client.get("/admin/")
    with django_assert_max_num_queries(45) as few:
        admin_client.get("/admin/")
    number = len(few)
    for table in (Override, AreaReading, Alert):
        table.objects.all().delete()
    SyncRun.objects.filter(state="quarantined").delete()
    everything_more()
    admin_client.get("/admin/")  # proposals of merges are worked out once for a state of the log
    with django_assert_num_queries(number):
        admin_client.get("/admin/")


def everything_more() -> None:
    run = a_run(finished_at=EARLY)
    for at in range(20):
        project = a_project(f"E{at}", issues=[{"field": "budget", "text": "n/a"}])
        Override.objects.create(
            project=project, field="budget", value="1.00", reason="x", made_at=EARLY, notice="It moved."
        )
        Alert.objects.create(key=f"n{at}", sentence="It fails.", started_at=EARLY)
        an_area(f"X{at}", run)
    a_run(state="quarantined", finished_at=EARLY)


def test_somebody_is_shown_what_he_may_see(client: Client, django_user_model: Any) -> None:
    everything(1)
    client.force_login(django_user_model.objects.create_user("nobody", password="x", is_staff=True))
    page = client.get("/admin/").content.decode()
    assert "Nothing waits for you." in page
    assert not re.search("Held areas|Held runs", page)


def test_a_correction_that_the_source_moved_under_is_as_old_as_that(admin_client: Client) -> None:
    everything(1)
    override = Override.objects.get()
    (task,) = (task for task in todo.tasks() if task.name == "overrides")
    assert task.find() == todo.Waiting(1, EARLY)
    admin_client.post(reverse("admin:projects_override_looked", args=[override.pk]))
    override.refresh_from_db()
    assert (override.notice, override.noticed_at) == ("", None)
