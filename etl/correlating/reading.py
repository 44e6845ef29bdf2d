"""The facts, taken from the record: what is known now, whatever became of the last reading of a source."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from etl.correlating.facts import Books, FigureFact, PlaceFact, ProjectFact
from etl.correlating.history import HISTORICAL, LogRow, history
from etl.runs.code_digest import code_digest
from projects.facts.finance import DWS, TREASURY
from projects.facts.names import implementers, other_names
from projects.models import (
    AgentName,
    Cause,
    ChangeType,
    DataChangeLog,
    Merge,
    MunicipalFigure,
    Municipality,
    Presence,
    Project,
    Source,
    SyncRun,
)
from projects.models.querysets import ChangeQuerySet
from projects.wording.figures import HERE, number

_MEASURES = ("capital", "asset", "grant")
_BATCH = 1000
# All that decides what is asked, modules and whole packages
RULES = (
    "etl.correlating",
    "etl.values.amounts",
    "etl.values.text",
    "etl.values.units",
    "etl.values.meanings",
    "etl.values.thesaurus",
    "etl.values.vocabulary",
    "etl.values.words",
    "projects.facts",
    "projects.fields",
    "projects.finances.families",
    "projects.wording.figures",
)


def unread() -> list[str]:
    """The sources that have not been read whole and believably yet."""
    good = SyncRun.objects.good().filter(concludes=True)
    read = set(good.order_by().filter(source__in=(DWS, TREASURY)).values_list("source", flat=True).distinct())
    return [name for name in (DWS, TREASURY) if name not in read]


def places() -> dict[str, PlaceFact]:
    rows = Municipality.objects.order_by("code").values_list(
        "code", "name", "category", "province", "district"
    )
    return {row[0]: PlaceFact(*row[:4], row[4] or "") for row in rows}


def named_agents() -> dict[str, str]:
    """What stewards said of implementing agents: name, folded → code of a municipality, or "" for others."""
    rows = AgentName.objects.order_by().values_list("folded", "municipality")
    return {name: code or "" for name, code in rows}


def project_facts(alive: Callable[[], None]) -> Iterator[ProjectFact]:
    """The listed projects of DWS as they are shown, stewards' corrections included."""
    listed = Project.objects.filter(source=DWS, presence=Presence.PRESENT).order_by("pk")
    for project in listed.prefetch_related("municipalities").with_corrections().iterator(_BATCH):
        alive()
        yield _project(project)


def merged() -> frozenset[int]:
    """The ids of the projects that stewards merged into others: the survivors stand for them."""
    return frozenset(Merge.objects.in_force().filter(merged__source=DWS).values_list("merged", flat=True))


def _project(project: Any) -> ProjectFact:
    return ProjectFact(
        pk=project.pk,
        external_id=project.external_id,
        name=project.name or project.external_id,
        municipalities=tuple(sorted(place.pk for place in project.municipalities.all())),
        programme=project.programme,
        status=project.status,
        progress=project.progress_percentage,
        budget=project.budget,
        expenditure=project.expenditure,
        start_date=project.start_date,
        completion_date=project.completion_date,
        agent=project.implementing_agent,
        published=project.published,
        reported_on=project.first_seen_at.astimezone(HERE).date(),
        corrected=tuple(correction.field for correction in project.corrections),
    )


def traced(projects: Sequence[ProjectFact]) -> list[ProjectFact]:
    """The same with the snapshot of each one's newest change, and with what DWS was read to say of it since
    it is known; three queries a batch."""
    found: list[ProjectFact] = []
    for start in range(0, len(projects), _BATCH):
        some = projects[start : start + _BATCH]
        rows = DataChangeLog.objects.filter(entity_type="project", entity_id__in=[p.pk for p in some])
        proven = rows.exclude(snapshot=None).order_by().values("entity_id").annotate(newest=Max("pk"))
        proofs = DataChangeLog.objects.filter(pk__in=[row["newest"] for row in proven])
        snapshots = dict(proofs.order_by().values_list("entity_id", "snapshot_id"))
        steps = _steps(rows)
        for project in some:
            known = history(project, steps.get(project.pk, []))
            found.append(replace(project, snapshot=snapshots.get(project.pk), history=known))
    return found


def _steps(rows: ChangeQuerySet) -> dict[int, list[LogRow]]:
    """Project → the rows that tell when it was first read, and when its amounts moved, newest first."""
    telling = rows.filter(Q(change_type=ChangeType.CREATED) | Q(field_changes__has_any_keys=list(HISTORICAL)))
    read = telling.annotate(read=Coalesce("run__read_at", "at")).order_by("-pk")
    steps: dict[int, list[LogRow]] = {}
    for pk, *row in read.values_list("entity_id", *LogRow._fields).iterator(_BATCH):
        steps.setdefault(pk, []).append(LogRow(*row))
    return steps


def books_of(code: str) -> Books:
    """The municipality's own figures; one that a complete reading no longer has is not among them."""
    rows = MunicipalFigure.objects.filter(
        source=TREASURY, municipality=code, presence=Presence.PRESENT, measure__in=_MEASURES
    )
    return Books(_figures(rows.order_by("pk")))


def _figures(rows: Iterable[Any]) -> Iterator[FigureFact]:
    for row in rows:
        yield FigureFact(
            pk=row.pk,
            financial_year=row.financial_year,
            measure=row.measure,
            code=row.code,
            amount_type=row.amount_type,
            amount=row.amount,
            snapshot=row.snapshot_id,
            through_month=row.through_month,
            months={int(month): number(text) for month, text in row.months.items()},
        )


def until() -> date:
    """The end of the last month that was over when DWS was last read whole."""
    read = Source.objects.last_whole().values_list("last_whole", flat=True).get(pk=DWS)
    day: date = read.astimezone(HERE).date()
    return (day + timedelta(days=1)).replace(day=1) - timedelta(days=1)


def touched_since(moment: datetime, by: str = Cause.SOURCE, but: str = "") -> dict[str, set[int]]:
    """{entity type: ids} of the projects and figures of which the log says something new since then that has
    this cause, or any `but` one."""
    rows = DataChangeLog.objects.filter(source__in=(DWS, TREASURY), at__gte=moment)
    rows = rows.exclude(cause=but) if but else rows.filter(cause=by)
    touched: dict[str, set[int]] = {}
    for entity_type, pk in rows.order_by().values_list("entity_type", "entity_id").distinct():
        touched.setdefault(entity_type, set()).add(pk)
    return touched


def inputs_digest() -> str:
    """SHA-256 (hex) that moves when anything moved that a question could depend on: what is known of the two
    sources moves with a row of the log on it, whoever wrote that; beside it count the months that were over
    when DWS was read, the municipalities' names, what stewards and our tables say of implementing agents, and
    the rules themselves."""
    rows = DataChangeLog.objects.filter(source__in=(DWS, TREASURY)).order_by("-pk")
    newest = rows.values_list("pk", flat=True).first()
    names = sorted(Municipality.objects.values_list("code", "name", "category", "district"))
    agents = [sorted(named_agents().items()), sorted(other_names().items()), implementers()]
    return hashlib.sha256(f"{newest} {until()} {names} {agents} {rules_digest()}".encode()).hexdigest()


@lru_cache(maxsize=1)
def rules_digest() -> str:
    """SHA-256 (hex) of the code of the rules and of their words."""
    return code_digest(*RULES)
