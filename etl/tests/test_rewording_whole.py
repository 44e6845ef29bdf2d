"""A steward says of the whole site which column has the numbers or the names: each of its hundreds of
projects keeps its id, address and history, what is said next is told of the right ones, and back again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from etl.tests.test_steward_identity import say
from etl.tests.test_steward_plan import agree, is_no_news, newer, steward, waiting
from etl.tests.test_vocabulary_edited import confirmed, sent, word
from projects.models import DataChangeLog, OutboxMessage, Project, Vocabulary
from projects.subscriptions import matching
from projects.tests.alerts import by_mail
from replica import fields
from replica.server import ReplicaServer

__all__ = ["steward"]
pytestmark = [pytest.mark.django_db, pytest.mark.soak]
WHOLE = {"projects": 240, "provinces": (), "short_menu": True}
SHOWN = ("name", "municipality_as_published", "province", "budget", "status", "presence", "published")


def kept() -> dict[int, tuple[str, str]]:
    """{project: its id and address}."""
    return {
        project.pk: (project.external_id, project.get_absolute_url()) for project in Project.everything.all()
    }


def histories() -> dict[int, list[int]]:
    """{project: the rows of its history}."""
    found: dict[int, list[int]] = {}
    rows = DataChangeLog.objects.filter(entity_type="project").order_by("pk")
    for entity, pk in rows.values_list("entity_id", "pk"):
        found.setdefault(entity, []).append(pk)
    return found


def shown() -> list[dict[str, Any]]:
    return list(Project.objects.order_by("pk").values("pk", *SHOWN))


def number_of(project: Project) -> str:
    """As the site prints it."""
    return next(text for text in project.published.values() if text.startswith("WP"))


@pytest.fixture
def called(request: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The columns that the site calls by words that say nothing."""
    for style in fields.STYLES.values():
        for attribute, label in request.param.items():
            monkeypatch.setitem(style.labels, attribute, label)
    return dict(request.param)


NUMBERS = {"external_id": "Tag"}
CASES = [
    (NUMBERS, "accept", "Tag", "external_id"),
    (NUMBERS, "change", "Tag", "name"),
    ({}, "change", "Remarks", "name"),
]


@pytest.mark.parametrize("replica", [WHOLE], indirect=True)
@pytest.mark.parametrize(("called", "decision", "label", "meaning"), CASES, indirect=["called"])
def test_each_project_of_the_whole_site_stays_itself(
    replica: ReplicaServer, here, sync, steward, client, called, decision, label, meaning
):
    first = sync(replica.url)
    assert (first.state, first.created) == ("succeeded", 240)
    assert label in waiting()
    before, history, said = kept(), histories(), shown()
    for project in Project.objects.all()[:3]:
        by_mail(f"{project.pk}@example.org", query=f"project={project.pk}")
    by_mail()

    def holds(at: int) -> None:
        """Whatever was read otherwise since that row is no news, and each project is the same one."""
        run = sync()
        assert run.state == "unchanged"
        matching.match(timezone.now())
        assert not OutboxMessage.objects.exists()
        assert kept() == before
        now = histories()
        assert all(now[pk][: len(rows)] == rows for pk, rows in history.items())
        assert not newer(at) or is_no_news(client, newer(at))
        assert agree()
        assert sync().change_count == 0

    given = {"proposal": meaning} if decision == "accept" else {"meaning": meaning}
    say(steward, decision, label, **given)
    holds(first.last_change)

    last = DataChangeLog.objects.latest("pk").pk
    numbers = {number_of(project): project.pk for project in Project.objects.all()}
    some = sorted(numbers)[::20]
    for at, number in enumerate(some):
        replica.site.set_value(number, "budget", 7_700_00 + at)
    run = sync()
    rows = [row for row in newer(last) if row.entity_type == "project"]
    assert run.state == "succeeded"
    assert {row.entity_id for row in rows} == {numbers[number] for number in some}
    assert {(row.change_type, row.cause) for row in rows} == {("updated", "source")}
    assert kept() == before
    assert agree()
    OutboxMessage.objects.all().delete()
    matching.match(timezone.now())
    OutboxMessage.objects.all().delete()

    last = DataChangeLog.objects.latest("pk").pk
    changed = {row.entity_id for row in rows}
    assert "Read by a steward's word" in steward.get(reverse("admin:etl_columns")).content.decode()
    say(steward, "take back", label)
    assert not Vocabulary.objects.exists()
    holds(last)
    assert [row for row in shown() if row["pk"] not in changed] == [
        row for row in said if row["pk"] not in changed
    ]


@pytest.mark.parametrize("replica", [WHOLE], indirect=True)
def test_only_the_names_are_left_for_a_while_by_the_vocabulary_itself(
    replica: ReplicaServer, sync, steward, client
):
    first = sync(replica.url)
    before, said = kept(), shown()
    question = confirmed(steward, "add/", word("Project No", ""))
    assert "240 of 240 projects get another number, or none" in question
    for _ in range(2):
        assert sync().change_count == 0
        assert kept() == before
        assert agree()
    for number in ("WP10007", "WP10070"):
        replica.site.set_value(number, "budget", 7_700_00)
    run = sync()
    assert (run.created, run.missing, run.updated, kept()) == (0, 0, 2, before)
    # of its place the list of all says nothing then, and those of the municipalities do
    refused = sent(steward, "add/", word("Municipality", ""))
    assert "a project would fall apart, as lists differ there" in refused
    last = DataChangeLog.objects.latest("pk").pk
    confirmed(steward, f"{Vocabulary.objects.get().pk}/delete/", {"post": "yes"})
    assert sync().change_count == 0
    assert newer(last) == []
    assert kept() == before
    assert sum(row not in said for row in shown()) == 2
    assert agree()
    assert {row.cause for row in newer(first.last_change)} == {"source"}
