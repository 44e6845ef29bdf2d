"""Pages as many makers build them: what a person reads on each is read, or it is said that it is not.

The pages are in `wild_pages`; `MOST` says what is not read on some of them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from etl.normalise.projects import project_record
from etl.normalise.records import ProjectRecord
from etl.tests.wild_pages import PAGES, WORLD, P, R
from etl.understand import read_page
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.plan import ReadingPlan
from etl.understand.shapes import Shapes
from etl.values.labels import FIELD_LABELS
from etl.values.places import Places
from etl.values.vocabulary import DEFAULT
from projects.facts import municipalities

PLACES = Places((f.code, f.name, f.province, f.district, f.category) for f in municipalities())
FIELDS = {
    "external_id": "no", "name": "name", "municipality": "code", "programme": "programme", "status": "status",
    "progress_percentage": "percent", "budget": "budget", "expenditure": "spent", "start_date": "start",
    "completion_date": "end", "contractor": "contractor",
}  # fmt: skip


def truth(p: P, field: str) -> Any:
    """What a person reads of a project."""
    value = getattr(p, FIELDS[field])
    return DEFAULT.status_of(value) if field == "status" else value


def read(field: str, found: ProjectRecord) -> Any:
    if field == "external_id":
        return "" if found.external_id.startswith("name:") else found.external_id
    return found.values[field]


def judged(name: str) -> tuple[Counter[str], list[str]]:
    """How many values of a page are right, wrong, unread and said so, unread in silence; a sentence for each
    that is not right."""
    fields, build = PAGES[name]
    content = read_page(build(), url="https://example.gov.za/projects/list")
    shapes = Shapes()
    shapes.add(content.projects, content.tables)
    plan = shapes.plan(FIELD_LABELS, NOTHING)
    lookup = Lookup(plan, FIELD_LABELS)
    records = [
        project_record(one.external_id, *((one.published, None) if one.part == "line" else ({}, one.published)), lookup=lookup, places=PLACES)
        for one in content.projects
    ]  # fmt: skip
    counts: Counter[str] = Counter()
    told: list[str] = []
    world = [p for p in WORLD if p.name in build().replace("&amp;", "&")] if fields else []
    by_name = {r.values["name"]: r for r in records}
    by_no = {r.external_id: r for r in records}
    left = {id(r) for r in records}
    for p in world:
        found = by_no.get(p.no) or by_name.get(p.name)
        if found is None:
            passed = str([t.left_out for t in content.tables]) + str(content.not_data) + str(content.notes)
            unused = [t for t in content.tables if t.role == "" and any(p.name in " ".join(r) for r in t.rows)]
            is_said = p.name in passed or bool(unused) or bool(content.not_data) or bool(content.notes)
            counts["said" if is_said else "silent"] += len(fields.split())
            told.append(f"{p.name}: no record, {'said' if is_said else 'silent'}")
            continue
        left.discard(id(found))
        for field in FIELDS:
            wanted = truth(p, field) if field in fields.split() else None
            got = read(field, found) or None if field == "external_id" else read(field, found)
            if got == wanted:
                counts["right"] += wanted is not None
            elif got is not None:
                counts["wrong"] += 1
                told.append(f"{p.name}: {field} is {got!r}, should be {wanted!r}")
            else:
                is_said = _is_said(field, p, found, plan, content)
                counts["said" if is_said else "silent"] += 1
                told.append(f"{p.name}: {field} is not read, {'said' if is_said else 'silent'}")
    for r in records:
        if id(r) in left:
            counts["invented"] += 1
            told.append(f"invented: {r.external_id} {r.values['name']} {dict(list(r.published.items())[:6])}")
    return counts, told


def _is_said(field: str, p: P, found: ProjectRecord, plan: ReadingPlan, content: Any) -> bool:
    if any(issue["field"] == field for issue in found.issues):
        return True
    text = R[{"budget": "bud", "status": "status"}.get(field, "name")](p)
    if any(text in " ".join(row.row) for table in content.tables for row in table.left_out):
        return True
    waiting = {c.label for shape in plan.shapes for c in shape.columns if c.field is None}
    return any(label in waiting for label in found.published) or bool(content.notes)
