"""A past day, and what changed in a week, by the slow definition: every change of any history, one by one."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects.log.week import Digest, Week
from projects.models import DataChangeLog, Project
from projects.tests.factories import a_project, a_source, change, log

pytestmark = pytest.mark.django_db
LIST = "/api/v1/projects/"
FIRST = datetime(2026, 4, 1, 12, tzinfo=UTC)
ASKED = (
    "", "&ordering=-budget", "&ordering=-completion_date,-id", "&status=design,null",
    "&presence=present&q=aqua", "&min_budget=2&ordering=status", "&municipality=CPT",
    "&changed_since=2026-04-20&ordering=last_changed_at",
)  # fmt: skip
STEPS = {
    "present": [("missing", "missing")],
    "missing": [("withdrawn", "withdrawn"), ("returned", "present")],
    "withdrawn": [("returned", "present")],
}


def a_history(chance: random.Random, steps: int = 70) -> list[datetime]:
    """Projects and what changed of them, on the days that it gives."""
    a_source(demo=True)
    days = sorted(FIRST + timedelta(days=chance.randint(0, 40)) for _ in range(steps))
    projects: list[Project] = []
    for number, day in enumerate(days):
        if number < 4 or chance.random() < 0.08:
            projects.append(a_project(f"P{number}", at=day))
        else:
            _move(chance, chance.choice(projects), day)
    return days


def _move(chance: random.Random, project: Project, day: datetime) -> None:
    name = chance.choice(
        ["budget", "contractor", "status", "completion_date", "presence", "places", "hidden"]
    )
    if name == "presence":
        step, now = chance.choice(STEPS[project.presence])
        log(project, step, {"presence": [project.presence, now]}, at=day)
        Project.objects.filter(pk=project.pk).update(presence=now, last_changed_at=day)
        project.presence = now
    elif name == "places":
        before, now = (
            sorted(place.pk for place in project.municipalities.all()),
            chance.choice([["CPT"], []]),
        )
        if before != now:
            log(project, "updated", {"municipalities": [before, now]}, at=day)
            project.municipalities.set(now)
            Project.objects.filter(pk=project.pk).update(last_changed_at=day)
    elif name == "hidden":  # the source moves under a correction
        log(project, "updated", {"budget": ["8.00", "9.00"]}, at=day, overridden=["budget"])
        Project.objects.filter(pk=project.pk).update(last_changed_at=day)
    else:
        change(project, name, _drawn(chance, name), at=day)


def _drawn(chance: random.Random, name: str) -> Any:
    known: dict[str, list[Any]] = {
        "budget": [None, Decimal("1.00"), Decimal("2.50"), Decimal("30.00")],
        "contractor": [None, "Vula", "aqua " * 60],
        "status": [None, "design", "completed"],
        "completion_date": [date(2027, month, 1) for month in (1, 5, 9)],
    }
    return chance.choice(known[name])


def by_every_change(records: dict[int, dict[str, Any]], moment: datetime) -> dict[int, dict[str, Any]]:
    """The records of now, each change after the moment taken back, the newest first."""
    then = {pk: dict(record) for pk, record in records.items()}
    for row in DataChangeLog.objects.filter(entity_type="project", at__gt=moment).order_by("-pk"):
        if row.change_type == "created":
            then.pop(row.entity_id)
            continue
        for name, (old, _) in row.field_changes.items():
            if name not in row.overridden:
                then[row.entity_id][name] = old
    for pk, record in then.items():
        known = DataChangeLog.objects.filter(entity_id=pk, at__lte=moment).order_by("-pk").first()
        record["last_changed_at"] = known.at.isoformat().replace("+00:00", "Z")
    return then


@pytest.mark.parametrize("seed", range(5))
def test_a_past_day_is_what_taking_back_every_change_leaves(client, seed):
    a_history(random.Random(seed))
    compared = ("budget", "contractor", "status", "completion_date", "presence", "municipalities")
    now = {row["id"]: row for row in client.get(LIST).json()["results"]}
    for day in (date(2026, 4, 1), date(2026, 4, 9), date(2026, 4, 23), date(2026, 5, 8)):
        end = datetime(day.year, day.month, day.day, 21, 59, 59, 999999, tzinfo=UTC)
        slow = by_every_change(now, end)
        for asked in ASKED:
            rows = client.get(f"{LIST}?as_of={day}{asked}").json()["results"]
            assert [row["id"] for row in rows] == in_order(asked, slow), (day, asked)
            for row in rows:
                known = slow[row["id"]]
                assert {name: row[name] for name in compared} == {name: known[name] for name in compared}


def in_order(asked: str, records: dict[int, dict[str, Any]]) -> list[int]:
    """The ids that the query finds, by what it means."""
    kept = {
        "&status=design,null": lambda row: row["status"] in ("design", None),
        "&presence=present&q=aqua": lambda row: (
            row["presence"] == "present" and "aqua" in str(row["contractor"])
        ),
        "&min_budget=2&ordering=status": lambda row: row["budget"] and Decimal(row["budget"]) >= 2,
        "&municipality=CPT": lambda row: "CPT" in row["municipalities"],
        "&changed_since=2026-04-20&ordering=last_changed_at": lambda row: (
            row["last_changed_at"] >= "2026-04-20"
        ),
    }.get(asked, lambda row: True)
    ids = sorted(pk for pk, row in records.items() if kept(row))
    if asked == "&ordering=-budget":
        return sorted(ids, key=lambda pk: -Decimal(records[pk]["budget"] or -1))
    if asked == "&ordering=-completion_date,-id":
        return sorted(ids, key=lambda pk: (records[pk]["completion_date"], pk), reverse=True)
    if "ordering=status" in asked:
        return sorted(ids, key=lambda pk: (records[pk]["status"] is None, records[pk]["status"]))
    if "ordering=last_changed_at" in asked:
        return sorted(ids, key=lambda pk: records[pk]["last_changed_at"])
    return sorted(ids, key=lambda pk: records[pk]["name"].casefold())


@pytest.mark.parametrize("seed", range(5))
def test_a_week_is_what_remains_of_every_change_in_it(seed):
    days = a_history(random.Random(seed))
    for monday in {day.date() - timedelta(days=day.weekday()) for day in days}:
        week = Week(monday)
        digest = Digest(week)
        moved = {}
        for row in DataChangeLog.objects.filter(
            at__gte=week.since, at__lte=week.until, change_type="updated"
        ).order_by("pk"):
            for name, (old, new) in row.field_changes.items():
                if old == new or (name != "status" and None in (old, new)):
                    continue  # what comes or goes did not move by anything that is known
                first, _ = moved.get((name, row.entity_id), (old, new))
                moved[name, row.entity_id] = (first, new)
        said = {
            (kind, row.project): (row.before, row.after, row.size)
            for kind in ("slipped", "finished", "dearer")
            for row in digest.section(kind).rows
        }
        assert said == {key: pair for key, pair in map(_kind, moved.items()) if pair}


def _kind(item: Any) -> Any:
    (name, pk), (old, new) = item
    if name == "completion_date" and old and new and new > old:
        return ("slipped", pk), (old, new, (date.fromisoformat(new) - date.fromisoformat(old)).days)
    if name == "budget" and old and new and Decimal(new) > Decimal(old):
        return ("dearer", pk), (old, new, Decimal(new) - Decimal(old))
    if name == "status" and new == "completed" and old not in (None, "completed"):
        return ("finished", pk), (old, new, None)
    return (name, pk), None
