"""The facts, taken from the record: what is known now, whatever became of the last reading of a source."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.db.models import Max, Q

from etl.correlating.facts import Books, FigureFact, PlaceFact, ProjectFact
from etl.runs.code_digest import code_digest
from projects.facts.finance import DWS, TREASURY
from projects.models import DataChangeLog, MunicipalFigure, Municipality, Presence, Project, SyncRun
from projects.wording.figures import HERE, number

_MEASURES = ("capital", "asset", "grant")
_BATCH = 1000
# All that decides what is asked, modules and whole packages
RULES = (
    "etl.correlating",
    "etl.values.amounts",
    "etl.values.text",
    "etl.values.units",
    "projects.facts.finance",
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


def project_facts(alive: Callable[[], None]) -> Iterator[ProjectFact]:
    """The listed projects of DWS as they are shown, stewards' corrections included."""
    listed = Project.objects.filter(source=DWS, presence=Presence.PRESENT).order_by("pk")
    for project in listed.prefetch_related("municipalities").with_corrections().iterator(_BATCH):
        alive()
        yield _project(project)


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
    """The same with the snapshot of each one's newest change, and the day on which its expenditure was
    first read as it is; two queries a batch."""
    found: list[ProjectFact] = []
    for start in range(0, len(projects), _BATCH):
        some = projects[start : start + _BATCH]
        rows = DataChangeLog.objects.filter(entity_type="project", entity_id__in=[p.pk for p in some])
        newest = (
            rows.order_by()
            .values_list("entity_id")
            .annotate(
                proof=Max("pk", filter=Q(snapshot__isnull=False)),
                stated=Max("at", filter=Q(field_changes__has_key="expenditure")),
            )
        )
        by_project = {pk: (proof, stated) for pk, proof, stated in newest}
        proofs = DataChangeLog.objects.filter(pk__in=[proof for proof, _ in by_project.values() if proof])
        snapshots = dict(proofs.order_by().values_list("entity_id", "snapshot_id"))
        found += [_traced(project, snapshots, by_project) for project in some]
    return found


def _traced(project: ProjectFact, snapshots: dict[int, str], dates: dict[int, Any]) -> ProjectFact:
    stated = dates.get(project.pk, (None, None))[1]
    day = stated.astimezone(HERE).date() if stated else project.reported_on
    return replace(project, snapshot=snapshots.get(project.pk), reported_on=day)


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


def inputs_digest() -> str:
    """SHA-256 (hex) that moves when anything moved that a question could depend on: what is known of the two
    sources moves with a row of the log on it, whoever wrote that; beside it count the municipalities' names
    and the rules themselves."""
    rows = DataChangeLog.objects.filter(source__in=(DWS, TREASURY)).order_by("-pk")
    newest = rows.values_list("pk", flat=True).first()
    names = sorted(Municipality.objects.values_list("code", "name", "category", "district"))
    return hashlib.sha256(f"{newest} {names} {rules_digest()}".encode()).hexdigest()


@lru_cache(maxsize=1)
def rules_digest() -> str:
    """SHA-256 (hex) of the code of the rules and of their words."""
    return code_digest(*RULES)
