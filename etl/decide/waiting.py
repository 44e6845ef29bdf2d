"""What the pipeline has for the stewards' list of what is to be done."""

from __future__ import annotations

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from etl.decide import agents, columns
from projects.models import AreaReading, AreaState, Project, ReadingPlan, RunState, SyncRun
from projects.models.area import EMPTIED
from projects.stewards import todo
from projects.stewards.todo import Task, Waiting


def held_runs() -> QuerySet[SyncRun]:
    """The newest held run of each source: an older one cannot be released any more."""
    newer = SyncRun.objects.filter(
        source=OuterRef("source"), state=RunState.QUARANTINED, pk__gt=OuterRef("pk")
    )
    return SyncRun.objects.filter(~Exists(newer), state=RunState.QUARANTINED)


def held_areas() -> QuerySet[AreaReading]:
    """The newest readings of areas that wait for a decision, of runs whose other areas were loaded."""
    newest = AreaReading.objects.newest().exclude(last_run__state=RunState.QUARANTINED)
    is_emptied = Q(state=AreaState.INCOMPLETE, reasons__icontains=f'"{EMPTIED}"')
    return newest.filter(Q(state=AreaState.HELD) | is_emptied, accepted=False)


def _columns() -> Waiting:
    """Since the oldest of the sources' newest plans that have such a column. Three queries."""
    found = columns.columns().waiting
    plans = ReadingPlan.objects.filter(source__in={column.source for column in found})
    made = plans.values("source").annotate(last=Max("made_at")).values_list("last", flat=True)
    return Waiting(len(found), min(made, default=None))


def _agents() -> Waiting:
    """Since the first project that bears one of the names was first seen. Three queries."""
    names = [each.agent for each in agents.waiting()]
    if not names:
        return Waiting(0)
    bearing = todo.of_rows(Project.objects.filter(implementing_agent__in=names), "first_seen_at")
    return Waiting(len(names), bearing.since)


todo.add(Task(
    "held_runs", "Held runs",
    "A whole reading is out of line with the source’s past: release or reject it.",
    "projects.view_syncrun", lambda: todo.of_rows(held_runs(), "finished_at"),
    "admin:projects_syncrun_changelist", "?state__exact=quarantined",
))  # fmt: skip
todo.add(Task(
    "held_areas", "Held areas",
    "The reading of a municipality is out of line with its past, while the others were loaded.",
    "projects.view_areareading", lambda: todo.of_rows(held_areas(), "run__finished_at"),
    "admin:projects_areareading_changelist", "?waits=yes",
))  # fmt: skip
todo.add(Task(
    "columns", "Columns that are not understood",
    "They are kept as published and read into no field: say what they mean, or that they are none.",
    "projects.view_readingplan", _columns, "admin:etl_columns",
))  # fmt: skip
todo.add(Task(
    "agents", "Implementing agents that are not recognised",
    "Projects of theirs are compared with nobody’s books until it is said who they are.",
    "projects.view_agentname", _agents, "admin:etl_agents",
))  # fmt: skip

__all__ = ["held_areas", "held_runs"]
