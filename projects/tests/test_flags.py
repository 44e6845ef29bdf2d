"""Flags with the projects: kept, told once a day, counted, asked for, and worked out for a past day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from projects.flags import keeping, telling
from projects.models import Cause, ChainHead, DataChangeLog, Flag, FlagRules, Project
from projects.stewards import overrides
from projects.tests.factories import a_crowd, a_project, a_run, a_source, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]
LIST = "/api/v1/projects/"
LONG_AGO = timezone.now() - timedelta(days=400)


def renew(*projects: Project, cause: Cause | None = Cause.SOURCE) -> None:
    with transaction.atomic():
        keeping.renew({project.pk: cause for project in projects})


def overdue(external_id: str = "WP1", **fields) -> Project:
    """On hold: under construction it would have stalled, too."""
    given = {"completion_date": date(2026, 5, 31), "status": "on_hold", **fields}
    return a_project(external_id, **given)


def told() -> list[DataChangeLog]:
    return list(DataChangeLog.objects.filter(kind__startswith="project:flagged:").order_by("pk"))


def up() -> set[tuple[str, str]]:
    return set(Flag.objects.up().values_list("project__external_id", "flag"))


def test_a_day_that_passes_raises_a_flag_and_the_log_says_so_once():
    project = overdue()
    assert telling.tell() == 1
    (row,) = told()
    assert (row.entity_id, row.change_type, row.cause) == (project.pk, "updated", "source")
    assert row.severity == "minor"
    assert (row.run_id, row.rules) == (None, ["flag_overdue"])
    assert row.field_changes["flags"] == [[], ["overdue"]]
    assert telling.tell() == 0
    assert (len(told()), up()) == (1, {("WP1", "overdue")})


def test_a_flag_that_falls_is_told_and_gone():
    project = overdue()
    telling.tell()
    change(project, "status", "cancelled")
    renew(project)
    assert up() == set()
    assert telling.tell() == 1
    assert told()[-1].field_changes["flags"] == [["overdue"], []]
    assert not Flag.objects.exists()


def test_what_was_raised_and_fell_before_it_was_told_is_not_told():
    project = overdue()
    renew(project)
    change(project, "status", "cancelled")
    renew(project)
    assert (telling.tell(), Flag.objects.count()) == (0, 0)
    change(project, "status", "on_hold")
    telling.tell()
    change(project, "status", "cancelled")
    renew(project)
    change(project, "status", "on_hold")
    renew(project)
    assert (telling.tell(), len(told())) == (0, 1)


def test_what_is_first_seen_has_its_flags_without_a_word():
    renew(overdue(), cause=None)
    assert up() == {("WP1", "overdue")}
    assert telling.tell() == 0


def test_a_withdrawn_project_loses_its_flags_without_a_word():
    project = overdue()
    telling.tell()
    Project.objects.update(presence="withdrawn")
    renew(project)
    assert (Flag.objects.count(), telling.tell()) == (0, 0)


def test_a_steward_s_correction_moves_flags_and_is_no_news(client):
    project = overdue()
    renew(project, cause=None)
    overrides.correct(project, "completion_date", "2028-05-31", reason="A slip.", user=None)
    assert up() == set()
    assert telling.tell() == 1
    assert (told()[0].cause, told()[0].severity) == ("steward", "info")
    assert "No longer flagged" not in client.get("/changes/").content.decode()
    assert "No longer flagged: overdue." in client.get(f"/projects/{project.pk}/").content.decode()


def test_rules_that_moved_work_all_flags_out_and_that_is_no_news():
    overdue()
    FlagRules.objects.all().delete()
    assert keeping.catch_up()
    assert not keeping.catch_up()
    assert (up(), telling.tell()) == ({("WP1", "overdue")}, 0)


def test_a_project_under_construction_is_stalled_after_180_days_without_a_change_of_its_source():
    a_run(finished_at=timezone.now())
    long_ago = {"completion_date": date(2099, 1, 1), "at": LONG_AGO}
    a_project("STALLED", **long_ago)
    change(a_project("CORRECTED", **long_ago), "budget", Decimal(1), cause="steward")
    change(a_project("MOVED", **long_ago), "name", "Another name")
    change(a_project("LONG_AGO", **long_ago), "name", "A name", at=timezone.now() - timedelta(days=181))
    a_project("DONE", **long_ago, status="cancelled")
    a_project("GONE", **long_ago, presence="withdrawn")
    a_project("YOUNG", **{**long_ago, "at": timezone.now() - timedelta(days=30)})
    Project.objects.update(expenditure=None)
    telling.tell()
    assert {name for name, flag in up() if flag == "stalled"} == {"STALLED", "CORRECTED", "LONG_AGO"}
    telling.tell()
    assert len(told()) == 3, "that a flag was told is no change of the source"


def test_two_later_dates_slip_and_a_dearer_budget_is_dearer():
    project = a_project(budget=Decimal("100.00"), expenditure=None)
    change(project, "completion_date", date(2028, 1, 31))
    renew(project)
    assert up() == set()
    change(project, "completion_date", date(2029, 1, 31))
    change(project, "budget", Decimal("105.00"))
    renew(project)
    assert {flag for _, flag in up()} == {"slipping", "dearer"}
    assert Flag.objects.get(flag="slipping").figures == {"times": 2, "from": "2027-02-28", "to": "2029-01-31"}
    change(project, "budget", Decimal("110.00"))
    renew(project)
    figures = Flag.objects.get(flag="dearer").figures
    assert (figures["from"], figures["to"]) == ("100.00", "110.00")


def test_what_a_source_shows_in_turn_does_not_slip():
    project = a_project(completion_date=date(2027, 1, 31), expenditure=None)
    for turn in range(6):
        day = date(2027 if turn % 2 else 2028, 1, 31)
        change(project, "completion_date", day, context={"flapping": ["completion_date"] if turn > 1 else []})
    change(project, "completion_date", date(2028, 1, 31), context={"flapping": ["completion_date"]})
    renew(project)
    assert up() == set()


def test_the_api_lists_counts_and_explains(client):
    overdue()
    overdue("WP2", municipality="CPT")
    a_project("WP3")
    telling.tell()
    assert [row["external_id"] for row in client.get(f"{LIST}?flag=overdue").json()["results"]] == [
        "WP1",
        "WP2",
    ]
    assert client.get(f"{LIST}?flag=slipping,dearer").json()["count"] == 0
    assert client.get(f"{LIST}?flag=late").status_code == 400
    counts = client.get(f"{LIST}flags/?municipality=CPT").json()
    assert [(row["flag"], row["count"]) for row in counts] == [
        ("overdue", 1), ("stalled", 0), ("contradiction", 0), ("slipping", 0), ("dearer", 0)
    ]  # fmt: skip
    row = client.get(f"{LIST}{Project.objects.get(external_id='WP1').pk}/").json()
    assert row["flags"] == ["overdue"]
    (detail,) = row["flag_details"]
    assert detail["figures"] == {"completion_date": "2026-05-31", "status": "on_hold"}
    assert detail["sentence"].startswith("Completion was due on 31 May 2026, ")
    text = b"".join(client.get(f"{LIST}?format=csv").streaming_content).decode()
    assert ",overdue," in text


def test_as_of_a_past_day_the_flags_are_those_of_that_day(client):
    a_run(finished_at=datetime(2026, 1, 11, tzinfo=UTC))
    project = overdue(at=datetime(2026, 1, 10, tzinfo=UTC), run=a_run())
    telling.tell()
    now = client.get(f"{LIST}{project.pk}/").json()
    then = client.get(f"{LIST}{project.pk}/?as_of=2026-05-31").json()
    later = client.get(f"{LIST}{project.pk}/?as_of=2026-06-01").json()
    assert (now["flags"], then["flags"], later["flags"]) == (["overdue"], [], ["overdue"])
    assert later["flag_details"][0]["sentence"].startswith("Completion was due on 31 May 2026, 1 day ago")
    assert client.get(f"{LIST}?as_of=2026-06-01").json()["results"][0]["flags"] == ["overdue"]
    answer = client.get(f"{LIST}?flag=overdue&as_of=2026-06-01")
    assert (answer.status_code, list(answer.json())) == (400, ["flag"])


def test_the_pages_say_it_in_words(client):
    project = overdue()
    telling.tell()
    page = client.get(f"/projects/{project.pk}/").content.decode()
    assert "Completion was due on 31 May 2026" in page
    assert "Now overdue: completion was due on" in page
    listed = client.get("/projects/?flag=overdue").content.decode()
    assert "1 project found" in listed
    assert '<span class="tag flag">Overdue</span>' in listed
    assert "The completion date has passed" in strip_tags(listed)  # terms of the glossary are links
    home = client.get("/").content.decode()
    assert '<a href="/projects/?flag=overdue"><strong>1</strong> overdue</a>' in home
    assert "Overdue" in client.get("/municipalities/LIM331/").content.decode()
    row = told()[0]
    assert "worked out from what is published" in client.get(f"/changes/{row.pk}/").content.decode()


def test_without_a_flag_nothing_is_said_of_them(client):
    a_project(expenditure=None)
    assert "What stands out" not in client.get("/").content.decode()


def test_many_that_are_told_on_one_day_are_one_entry(client):
    a_crowd(12)
    Project.objects.update(completion_date=date(2026, 5, 31), status="on_hold", expenditure=None)
    assert telling.tell() == 12
    page = client.get("/changes/").content.decode()
    assert "Now overdue: 12 projects." in page
    assert "Now overdue: completion was due on" not in page
    row = told()[0]
    query = urlencode({"kind": row.kind, "cause": row.cause})
    assert client.get(f"/api/v1/changes/?{query}").json()["count"] == 12
    assert "12 changes." in client.get(f"/changes/?{query}").content.decode().replace(" found", "")
    assert f"/changes/?{query}".replace("&", "&amp;") in page


def test_fifty_projects_cost_as_many_queries_as_one(django_assert_max_num_queries):
    for more in (1, 49):
        a_crowd(more)
        Project.objects.update(completion_date=date(2026, 5, 31), status="on_hold", expenditure=None)
        with django_assert_max_num_queries(34):
            telling.tell()


def test_the_flags_of_demo_data_are_marked(client):
    a_source(demo=True)
    overdue()
    telling.tell()
    assert told()[0].demo
    assert ChainHead.objects.get().last_id == told()[0].pk
