"""Rows for tests, written as the loader writes them: the change and its log row in one transaction."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from projects.archive import Archive, file_name
from projects.facts.finance import figure_key, figure_name
from projects.log import writer
from projects.log.writer import Entry, Span
from projects.models import (
    ChainHead,
    DataChangeLog,
    MunicipalFigure,
    Municipality,
    MunicipalityListing,
    Project,
    ReadingPlan,
    Reply,
    Report,
    Snapshot,
    Source,
    SyncRun,
)
from projects.stewards import replies, reports, subjects
from projects.stewards.replies import Words

# A narrative that the tests can read: the project was first seen in January 2026.
FIRST_SEEN = datetime(2026, 1, 10, 6, 30, tzinfo=UTC)


def a_source(name: str = "dws", demo: bool | None = False) -> Source:
    Source.objects.filter(pk=name).update(demo=demo)
    return Source.objects.get(pk=name)


def a_run(source: str = "dws", **fields: Any) -> SyncRun:
    run = _run(source, **fields)
    run.save(force_insert=True)
    return run


def _run(source: str, **fields: Any) -> SyncRun:
    finished = fields.pop("finished_at", timezone.now() - timedelta(minutes=12))
    given = {
        "state": "succeeded",
        "trigger": "schedule",
        "complete": True,
        "requested_at": (finished or timezone.now()) - timedelta(minutes=2),
        "started_at": finished and finished - timedelta(minutes=1),
        "finished_at": finished,
        **fields,
    }
    given.setdefault("concludes", given["complete"])
    return SyncRun(source_id=source, **given)


def a_snapshot(
    run: SyncRun, html: bytes = b"<h1>Projects</h1>", keep: bool = True, **fields: Any
) -> Snapshot:
    sha256 = hashlib.sha256(html).hexdigest()
    given = {
        "url": "https://ws.dws.gov.za/pmd/level.aspx",
        "fetched_at": FIRST_SEEN,
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "size": len(html),
        **fields,
    }
    snapshot = Snapshot.objects.create(sha256=sha256, source_id=run.source_id, run=run, **given)
    if keep:
        Archive().put(sha256, gzip.compress(html))
    return snapshot


def kept_file(snapshot: Snapshot) -> Path:
    """The file of a page in an archive that is a folder."""
    return Path(settings.ARCHIVE_DIR, file_name(snapshot.sha256))


def a_column(label: str, field: str | None = None, **terms: Any) -> dict[str, Any]:
    """One column of a plan, as `etl.understand.plan.Choice.as_json` gives it."""
    given = {"label": label, "field": field, "proposal": field, "unit": "", "format": "", "certainty": 0.9}
    return {**given, "rank": 0, "evidence": [f"It looks like {label}."], "samples": [f"{label} 1"], **terms}


def a_plan(*columns: dict[str, Any], part: str = "line", **fields: Any) -> ReadingPlan:
    """A version more of how DWS is read: one shape with these columns, unless `shapes` has others."""
    headings = [column["label"] for column in columns]
    shape = {"part": part, "headings": headings, "rows": 40, "columns": list(columns)}
    version = ReadingPlan.objects.filter(source=a_source()).count() + 1
    given = {"version": version, "digest": f"{version:064d}", "shapes": [shape], **fields}
    return ReadingPlan.objects.create(source=a_source(), **given)


def a_project(external_id: str = "WP10234", at: datetime = FIRST_SEEN, **fields: Any) -> Project:
    """A project with its log row of the creation; `run`, `municipality` (code) and `shared` (codes) too."""
    run = fields.pop("run", None) or SyncRun.objects.filter(source_id="dws").first() or a_run(finished_at=at)
    code = fields.pop("municipality", "LIM331")
    codes = sorted({*fields.pop("shared", []), *([code] if code else [])})
    province = Municipality.objects.get(pk=code).province if code else None
    with transaction.atomic():
        project = _project(external_id, run, at, municipality_id=code, province=province, **fields)
        project.save(force_insert=True)
        project.municipalities.set(codes)
        log(project, "created", at=at, run=run, **_created(project))
    return project


def _project(external_id: str, run: SyncRun, at: datetime, **fields: Any) -> Project:
    given: dict[str, Any] = {
        "name": f"Bulk scheme {external_id}",
        "programme": "RBIG",
        "status": "construction",
        "status_as_published": "Construction",
        "progress_percentage": Decimal("62.00"),
        "budget": Decimal("353000000.00"),
        "expenditure": Decimal("200000000.00"),
        "start_date": date(2018, 3, 1),
        "completion_date": date(2027, 2, 28),
        "published": {"Project No": external_id, "Status": "Construction"},
        "line_digest": hashlib.sha256(external_id.encode()).hexdigest(),
        "first_seen_at": at,
        "last_changed_at": at,
        **fields,
    }
    return Project(source_id=run.source_id, external_id=external_id, last_changed_run=run, **given)


def _created(project: Project) -> dict[str, Any]:
    published = {label: [None, text] for label, text in project.published.items()}
    return {"field_changes": {"name": [None, project.name]}, "evidence": published}


def a_crowd(count: int, changed_at: datetime | None = None) -> list[Project]:
    """So many projects more, each of a run of its own, every other one shared with Cape Town; each has got a
    new budget since, and with each the very first project too. As `a_project` and `change` write, in few
    statements."""
    known, at = Project.objects.count(), changed_at or timezone.now()
    with transaction.atomic():
        codes = newcomers(some_runs(count))
        more = list(codes)
        first, changes = Project.objects.earliest("pk"), []
        for number, project in enumerate(more, known):
            for each, municipalities in ((project, codes[project]), (first, ["LIM331"])):
                pair = [canonical(each.budget), f"{number}.00"]
                each.budget, each.last_changed_at = Decimal(number), at
                changes.append(entry_of(each, "updated", {"budget": pair}, municipalities=municipalities))
        Project.objects.bulk_update([*more, first], ["budget", "last_changed_at"])
        append_all(changes, at=at)
    return more


def some_runs(count: int) -> list[SyncRun]:
    return SyncRun.objects.bulk_create(_run("dws") for _ in range(count))


def newcomers(runs: list[SyncRun]) -> dict[Project, list[str]]:
    """A project more of each of these runs, with the municipalities that it is listed under: each in Giyani,
    every other one shared with Cape Town. As `a_project` writes, in few statements."""
    known = Project.objects.count()
    with transaction.atomic():
        more = Project.objects.bulk_create(
            _project(f"WP{known + n}", run, FIRST_SEEN, municipality_id="LIM331", province="LIM")
            for n, run in enumerate(runs)
        )
        codes = {project: ["CPT", "LIM331"] if n % 2 else ["LIM331"] for n, project in enumerate(more, known)}
        listed = Project.municipalities.through
        listed.objects.bulk_create(
            listed(project=project, municipality_id=code) for project in more for code in codes[project]
        )
        append_all(
            [entry_of(p, "created", municipalities=codes[p], **_created(p)) for p in more], at=FIRST_SEEN
        )
    return codes


def log(
    project: Project,
    change_type: str,
    field_changes: dict[str, list[Any]],
    at: datetime | None = None,
    **fields: Any,
) -> DataChangeLog:
    """One row of the log about a project, dated `at`."""
    run = fields.pop("run", None) or project.last_changed_run
    municipalities = sorted(m.pk for m in project.municipalities.all())
    given = {"municipalities": municipalities, "run_id": run.pk, **fields}
    return append(entry_of(project, change_type, field_changes, **given), at=at)


def entry_of(project: Project, change_type: str, field_changes: dict[str, list[Any]], **fields: Any) -> Entry:
    """What the log is told of a project; `municipalities` are those that it is listed under."""
    return Entry(
        entity_type="project",
        entity_id=project.pk,
        external_id=project.external_id,
        name=project.name or "",
        source_id=project.source_id,
        change_type=change_type,
        field_changes=field_changes,
        **{
            "municipality": project.municipality_id,
            "province": project.province,
            "run_id": project.last_changed_run_id,
            **fields,
        },
    )


def append(entry: Entry, at: datetime | None = None) -> DataChangeLog:
    return DataChangeLog.objects.get(pk=append_all([entry], at=at).first)


def append_all(entries: list[Entry], at: datetime | None = None) -> Span:
    with transaction.atomic():
        span = writer.append(entries)
        if at is not None:
            DataChangeLog.objects.filter(pk__range=(span.first, span.last)).update(at=at)
    return span


def change(
    project: Project, field: str, new: Any, at: datetime | None = None, **log_fields: Any
) -> DataChangeLog:
    """The project's field gets a new value, and the log says so; values as the columns hold them."""
    at = at or timezone.now()
    old = getattr(project, field)
    setattr(project, field, new)
    project.last_changed_at = at
    project.save(update_fields=[field, "search_text", "last_changed_at"])
    project.refresh_from_db()
    return log(project, "updated", {field: [canonical(old), canonical(new)]}, at=at, **log_fields)


def canonical(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


def a_listing(code: str = "LIM331", **fields: Any) -> MunicipalityListing:
    run = fields.pop("run", None) or SyncRun.objects.first() or a_run()
    given: dict[str, Any] = {
        "name": "Greater Giyani",
        "projects": 54,
        "value": Decimal("395360000.00"),
        "published": {"Code": code, "Projects": "54", "Total value": "R395,360,000.00"},
        "digest": "0" * 64,
        "first_seen_at": FIRST_SEEN,
        "last_changed_at": FIRST_SEEN,
        **fields,
    }
    return MunicipalityListing.objects.create(
        source_id=run.source_id, code=code, municipality_id=code, last_changed_run=run, **given
    )


def a_report(about: Any, field: str = "", text: str = "The pipes are not there.", **terms: Any) -> Report:
    """Of a reader, of a project or of whatever `about` names; `contact` too."""
    subject = subjects.find(f"project:{about.pk}" if isinstance(about, Project) else about, field)
    form = f"form {Report.objects.count()}"
    return reports.take(subject, subject.shown(), text, terms.get("contact", ""), form)


def an_answer(about: Any, field: str = "", **terms: Any) -> Reply:
    """Of a municipality; `report` and `replaces` too."""
    subject = subjects.find(f"project:{about.pk}" if isinstance(about, Project) else about, field)
    words: dict[str, Any] = {
        "who": "Greater Giyani Local Municipality",
        "role": "municipal manager",
        "said_on": date(2026, 5, 6),
        "source": "A letter to the stewards",
        "text": "The pipes were delivered on 2 May.",
        "link": "https://giyani.example/letter.pdf",
    }
    links = {name: terms.pop(name, None) for name in ("report", "replaces")}
    return replies.enter(subject, Words(**words | terms), None, **links)


def a_figure(
    measure: str = "capital",
    code: str = "4202",
    amount_type: str = "ORGB",
    amount: str | None = "1297441790.00",
    **fields: Any,
) -> MunicipalFigure:
    """A municipal figure with its log row of the creation; `municipality` (code), `year` and `run` too."""
    run = fields.pop("run", None) or SyncRun.objects.filter(source_id="treasury").first() or a_run("treasury")
    at = fields.pop("at", FIRST_SEEN)
    given = {
        "municipality_id": fields.pop("municipality", "CPT"),
        "financial_year": fields.pop("year", 2021),
        "first_seen_at": at,
        "last_changed_at": at,
        "last_changed_run": run,
        **fields,
    }
    with transaction.atomic():
        figure = MunicipalFigure.objects.create(
            source_id=run.source_id,
            measure=measure,
            code=code,
            amount_type=amount_type,
            amount=None if amount is None else Decimal(amount),
            **given,
        )
        first = {"amount": [None, amount]} if not figure.opinion else {"opinion": [None, figure.opinion]}
        log_figure(figure, "created", first, at=at)
    return figure


def log_figure(
    figure: MunicipalFigure, change_type: str, field_changes: dict[str, list[Any]], **fields: Any
) -> DataChangeLog:
    """One row of the log about a figure; `at` dates it."""
    what = (figure.measure, figure.code, figure.amount_type)
    entry = Entry(
        entity_type="municipal_figure",
        entity_id=figure.pk,
        external_id=figure_key(figure.municipality_id, figure.financial_year, *what),
        name=figure_name(*what, figure.financial_year),
        source_id=figure.source_id,
        change_type=change_type,
        field_changes=field_changes,
        municipality=figure.municipality_id,
        municipalities=[figure.municipality_id],
        province=figure.municipality.province,
        run_id=(fields.pop("run", None) or figure.last_changed_run).pk,
        snapshot_id=figure.snapshot_id,
    )
    return append(entry, at=fields.pop("at", None))


def chain_anew() -> None:
    """The digests as they are of rows that were dated here."""
    last, previous = 0, "0" * 64
    for row in DataChangeLog.objects.order_by("pk"):
        last, previous = row.pk, writer.digest(row, previous)
        DataChangeLog.objects.filter(pk=row.pk).update(digest=previous)
    ChainHead.objects.update(last_id=last, digest=previous)


def a_log_of(rows: int) -> None:
    """Have an intact log of that length: changes to and fro of one project."""
    project = Project.objects.first()
    if project is None:
        project = a_project()
        chain_anew()
    pair = [["budget", ["1.00", "2.00"]], ["budget", ["2.00", "1.00"]]]
    for start in range(DataChangeLog.objects.newest(), rows, 2000):
        changes = [dict([pair[number % 2]]) for number in range(start, min(start + 2000, rows))]
        append_all([entry_of(project, "updated", each) for each in changes])
