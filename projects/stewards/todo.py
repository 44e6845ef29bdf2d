"""What waits for a steward: one list, to which each part adds its own in its own module.

    todo.add(Task("held_runs", "Held runs", "…", "projects.change_syncrun", held_runs, address))

`find` asks how many wait and since when, in a fixed number of queries; the address leads to exactly those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from projects.models import Alert, Override, Presence, Project, Snapshot


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest does; None where nobody noted it."""

    count: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of thing to do. `why`: what it is, in a sentence; `permission`: who is shown it; `query`: what
    follows the address of the list, `view` by its name in the URLs."""

    name: str
    title: str
    why: str
    permission: str
    find: Callable[[], Waiting]
    view: str
    query: str = ""

    @property
    def address(self) -> str:
        return reverse(self.view) + self.query


@dataclass(frozen=True, slots=True)
class Open:
    """A task with what waits now."""

    task: Task
    waiting: Waiting


_TASKS: dict[str, Task] = {}


def add(task: Task) -> None:
    """Have the list show it; once more under its name takes its place."""
    _TASKS[task.name] = task


def tasks() -> list[Task]:
    return list(_TASKS.values())


def waiting_for(user: Any) -> list[Open]:
    """What waits for somebody with these rights, the longest-waiting first."""
    found = [Open(task, task.find()) for task in tasks() if user.has_perm(task.permission)]
    there = [each for each in found if each.waiting.count]
    return sorted(there, key=lambda each: (each.waiting.since is None, each.waiting.since))


def of_rows(rows: QuerySet[Any], since: str) -> Waiting:
    """One query: the rows, and the earliest of a column of theirs."""
    found = rows.order_by().aggregate(number=Count("pk"), first=Min(since))
    return Waiting(found["number"], found["first"])


def on_index(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin's home (django-unfold's DASHBOARD_CALLBACK)."""
    return context | {"title": "To do", "todo": waiting_for(request.user)}


def without_place() -> QuerySet[Project]:
    """Listed projects whose municipality is published and none that we know."""
    rows = Project.objects.filter(presence=Presence.PRESENT, municipality=None)
    return rows.exclude(municipality_as_published=None).exclude(municipality_as_published="")


def with_issues() -> QuerySet[Project]:
    """Listed projects of which something that is published could not be read."""
    return Project.objects.filter(presence=Presence.PRESENT).exclude(issues=[])


_PROJECTS, _SNAPSHOTS = "admin:projects_project_changelist", "admin:projects_snapshot_changelist"

add(Task(
    "overrides", "Corrections to look at",
    "The source moved under a correction, says the same by now, or the correction ran out.",
    "projects.view_override", lambda: of_rows(Override.objects.to_look_at(), "noticed_at"),
    "admin:projects_override_changelist", "?look=yes",
))  # fmt: skip
add(Task(
    "places", "Projects in a municipality that is not known",
    "What is published as the municipality is the name or code of none.",
    "projects.view_project", lambda: of_rows(without_place(), "first_seen_at"),
    _PROJECTS, "?attention=place",
))  # fmt: skip
add(Task(
    "issues", "Projects with something that could not be read",
    "A published text is no date, amount or percentage; it is shown as published.",
    "projects.view_project", lambda: of_rows(with_issues(), "last_changed_at"),
    _PROJECTS, "?attention=issues",
))  # fmt: skip
add(Task(
    "alerts", "Alerts that are going on",
    "A source or a part of the site is not well.",
    "projects.view_alert", lambda: of_rows(Alert.objects.filter(ended_at=None), "started_at"),
    "admin:projects_alert_changelist", "?ended_at__isempty=1",
))  # fmt: skip
add(Task(
    "damaged", "Archived pages that are damaged",
    "The kept bytes are not what was received: put them back from a backup, or accept the loss.",
    "projects.view_snapshot",
    lambda: of_rows(Snapshot.objects.damaged().filter(damage_accepted=False), "damaged_at"),
    _SNAPSHOTS, "?damage__isempty=0&damage_accepted__exact=0",
))  # fmt: skip

__all__ = ["Open", "Task", "Waiting", "add", "of_rows", "on_index", "tasks", "waiting_for"]
