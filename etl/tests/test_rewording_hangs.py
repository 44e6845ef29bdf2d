"""What hangs on a project through a steward's word for a heading, there and back: it stays on that project,
and nobody who follows it is told of anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from etl.tests.conftest import first_of
from etl.tests.test_correlation import OWN, correlate, spent
from etl.tests.test_steward_identity import known, say
from etl.tests.test_steward_plan import agree, is_no_news, newer, site, steward
from projects.flags import telling
from projects.models import (
    DataChangeLog,
    Discrepancy,
    Flag,
    Merge,
    OutboxMessage,
    Override,
    Project,
    Reply,
    Report,
    Subscription,
)
from projects.stewards import merging, overrides
from projects.subscriptions import matching
from projects.tests.alerts import by_mail, by_webhook
from projects.tests.factories import a_report, a_run, an_answer, chain_anew

__all__ = ["site", "steward"]
pytestmark = pytest.mark.django_db
HEADINGS = [
    "Project Name", "Tag", "Kant", "Budget", "Programme", "Implementing Agent", "Status", "Start Date",
    "Completion Date", "Progress %", "Expenditure",
]  # fmt: skip
DATES = ["Construction", "2020-08-01", "2024-03-01", "20%"]
GIYANI = "LIM331 Greater Giyani"
ROWS = [
    ["Upgrade of Giyani bulk supply", "GY/21/01", GIYANI, "R 90 000 000.00", "WSIG", OWN, *DATES,
     "R 30 000 000.00"],
    ["Refurbishment of Xikundu works", "GY/21/02", GIYANI, "R 8 000.00", "RBIG", OWN, *DATES, "R 1 000.00"],
    ["New reservoir at Faure", "FA/22/01", "CPT City of Cape Town", "R 9 000.00", "RBIG", "", *DATES,
     "R 5 000.00"],
    ["Faure reservoir, phase two", "FA/22/02", "CPT City of Cape Town", "R 7 000.00", "MIG", "", *DATES,
     "R 4 000.00"],
]  # fmt: skip
CASES = ["Kant: municipality", "Tag: name", "Tag: municipality", "Tag: external_id", "Kant: district"]


def hanging() -> dict[str, list[Any]]:
    """All that hangs on projects, with which project it is."""
    columns = {
        Override: ("project_id", "field", "value", "state"),
        Flag: ("project_id", "flag", "lowered_at"),
        Report: ("entity_id", "state"),
        Reply: ("entity_id", "text"),
        Merge: ("survivor_id", "merged_id", "undone_at"),
        Subscription: ("query", "ended_at"),
    }
    return {
        model.__name__: list(model._default_manager.order_by("pk").values_list("pk", *names))
        for model, names in columns.items()
    }


@pytest.fixture
def hung(site: Any, sync: Any) -> int:
    """On each project hangs something, two are merged, and all is told; the last row of the log then."""
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    a_run("treasury")
    for year in range(2020, 2028):
        spent(year, "1000000.00")
    chain_anew()
    by_name = {project.name: project for project in Project.objects.all()}
    giyani, xikundu, faure, second = (by_name[row[0]] for row in ROWS)
    for project, field, text in (
        (giyani, "budget", "R 95 000 000"),
        (xikundu, "name", "GY/21/02"),  # what the source says by one of the words
        (second, "municipality", "CPT"),
    ):
        overrides.correct(project, field, text, reason="They wrote to us.", user=None)
    for project in (giyani, second):
        a_report(project, "budget")
        an_answer(project, "budget")
    merging.merge(faure, second, reason="One scheme.", user=None)
    for project in (giyani, xikundu, faure):
        by_mail(f"{project.pk}@example.org", query=f"project={project.pk}")
    for number, query in enumerate(("", "province=LIM", "municipality=LIM331")):
        by_mail(f"changes{number}@example.org", query=query)
        by_mail(f"projects{number}@example.org", scope="projects", query=query)
    by_webhook("http://127.0.0.1:9/")
    settle()
    OutboxMessage.objects.all().delete()
    return DataChangeLog.objects.latest("pk").pk


def settle() -> None:
    """A day's work beside the readings."""
    telling.tell()
    correlate()
    matching.match(timezone.now())


@pytest.mark.parametrize("case", first_of(CASES))
def test_it_stays_on_its_project_and_nobody_is_told(hung, sync, steward, client, case):
    label, meaning = case.split(": ")
    before, hangs = known(), hanging()
    called = dict(Project.everything.values_list("pk", "name"))
    say(steward, "change", label, meaning=meaning)
    for _ in range(2):
        sync()
        settle()
        assert (known(), hanging()) == (before, hangs)
    say(steward, "take back", label)
    sync()
    settle()
    assert (known(), hanging()) == (before, hangs)
    assert dict(Project.everything.values_list("pk", "name")) == called
    assert not OutboxMessage.objects.exists()
    rows = newer(hung)
    assert bool(rows) is (meaning != "external_id")
    assert not rows or is_no_news(client, rows)
    assert agree()


def test_a_question_that_opens_and_closes_by_a_word_is_our_doing(hung, sync, steward):
    """Without a municipality the project is beside no books."""
    giyani = Project.objects.get(name=ROWS[0][0])
    assert not Discrepancy.objects.exists()
    say(steward, "change", "Kant", meaning="municipality")
    sync()
    settle()
    question = Discrepancy.objects.get()
    assert (question.project_id or question.evidence["projects"][0]["id"], question.state) == (
        giyani.pk,
        "open",
    )
    say(steward, "take back", "Kant")
    sync()
    settle()
    question.refresh_from_db()
    assert question.state == "closed"
    rows = DataChangeLog.objects.filter(source="correlation").order_by("pk")
    assert [(row.change_type, row.cause) for row in rows] == [("opened", "parser"), ("closed", "parser")]
    assert rows[1].field_changes["reason"][1].startswith("Not the figures but our reading has changed.")
    assert not OutboxMessage.objects.exists()


def test_the_feed_of_a_project_has_nothing_that_was_only_read_otherwise(hung, sync, steward, client: Client):
    giyani = Project.objects.get(name=ROWS[0][0])
    say(steward, "change", "Tag", meaning="name")
    sync()
    (row,) = (row for row in newer(hung) if row.entity_id == giyani.pk)
    there = f'"{row.get_absolute_url()}"'
    for query, told in (("", 0), (f"project={giyani.pk}", 0), (f"project={giyani.pk}&cause=parser", 1)):
        feed = client.get(f"/changes/feed.atom?{query}").content.decode()
        assert (row.get_absolute_url() in feed) is bool(told), query
    assert there in client.get(f"/changes/?project={giyani.pk}").content.decode()
