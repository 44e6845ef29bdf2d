"""Pages as many makers build them: what a person reads on each is read, or it is said that it is not.

The pages are in `wild_pages` and `wild_traps`; here stands how they are judged, and what is not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from etl.extract.types import PageContent
from etl.normalise.projects import project_record
from etl.normalise.records import ProjectRecord
from etl.tests import wild_traps
from etl.tests.wild_pages import PAGES, WORLD, P, R
from etl.understand import read_page
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.plan import ReadingPlan
from etl.understand.shapes import Shapes
from etl.values.places import Places
from etl.values.vocabulary import DEFAULT, NOTHING_TAUGHT
from projects.facts import municipalities

assert wild_traps  # its pages are registered where it is imported
PLACES = Places(
    (fact.code, fact.name, fact.province, fact.district, fact.category) for fact in municipalities()
)
FIELDS = {
    "external_id": "no", "name": "name", "municipality": "code", "programme": "programme", "status": "status",
    "progress_percentage": "percent", "budget": "budget", "expenditure": "spent", "start_date": "start",
    "completion_date": "end", "contractor": "contractor",
}  # fmt: skip
# Values that are not read, and somebody is told. By design: a municipality's name without code or province
# (there are two Emalahlenis), a figure that two projects share, an amount with two figures in its cell
SAID = {
    "drupal_view": 10, "sharepoint_grouped": 10, "arcgis_features": 10, "bootstrap_accordion": 10,
    "datatables_inline": 10, "excel_saved": 10, "mediawiki_refs": 10, "treasury_bands": 10,
    "details_lists": 10, "merged_municipality": 10, "shared_amount": 10,
    "struck_through": 4, "swiss_marks_and_scales": 3, "json_epochs": 10,
    "datatables_child_rows": 20, "missing_cells": 4,
    "world_bank_page": 1,  # the name that only the heading says: one page alone cannot tell
    # and layouts that no reader knows: pivot grids, figures in cards within cards …
    "devexpress_pivot": 40, "metric_cards": 50, "extjs_grid": 40, "kml": 40,
}  # fmt: skip
RIGHT = 0.93  # of what a person reads on all of them


@dataclass
class Judgement:
    """What came of a page's values. `told`: a sentence for each that is not right."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, outcome: str, sentence: str = "", times: int = 1) -> None:
        self.counts[outcome] += times
        if outcome != "right":
            self.told.append(f"{sentence}: {outcome}")


@pytest.mark.parametrize("name", PAGES)
def test_what_a_person_reads_is_read_or_said_to_be_unread(name: str) -> None:
    found = judged(name)
    assert (found.counts["wrong"], found.counts["invented"]) == (0, 0), found.told[:5]
    assert found.counts["silent"] == 0, found.told[:5]
    assert found.counts["said"] <= SAID.get(name, 0), found.told[:5]


def test_the_share_that_is_read() -> None:
    counts = sum((judged(name).counts for name in PAGES), Counter[str]())
    assert counts["right"] >= RIGHT * counts.total(), counts
    assert len(PAGES) > 80


@cache
def judged(name: str) -> Judgement:
    """The page's projects, read as a run reads them, beside what a person reads."""
    fields, build = PAGES[name]
    markup = build()
    content = read_page(markup, url="https://example.gov.za/projects/list")
    shapes = Shapes()
    shapes.add(content.projects, content.tables)
    plan = shapes.plan(NOTHING_TAUGHT, NOTHING)
    records = list(_records(content, Lookup(plan, NOTHING_TAUGHT)))
    judgement = Judgement()
    published = [p for p in WORLD if fields and R["name"](p) in markup]
    for p in published:
        found = next(
            (one for one in records if p.no == one.external_id or p.name == one.values["name"]), None
        )
        if found is None:
            outcome = "said" if _is_passed_over(p, content) else "silent"
            judgement.add(outcome, f"{p.name}: no record", len(fields.split()))
        else:
            records.remove(found)
            _judge(p, found, fields.split(), judgement, (plan, content))
    for one in records:
        judgement.add("invented", f"{one.external_id} {one.published}")
    return judgement


def _records(content: PageContent, lookup: Lookup) -> Iterator[ProjectRecord]:
    for one in content.projects:
        line, page = (one.published, None) if one.part == "line" else ({}, one.published)
        yield project_record(one.external_id, line, page, lookup=lookup, places=PLACES)


def _judge(
    p: P,
    found: ProjectRecord,
    fields: list[str],
    judgement: Judgement,
    told_by: tuple[ReadingPlan, PageContent],
) -> None:
    for name in FIELDS:
        wanted, got = _truth(p, name) if name in fields else None, _value(found, name)
        sentence = f"{p.name}: {name} is {got!r}, should be {wanted!r}"
        if got == wanted:
            judgement.add("right", times=wanted is not None)
        elif got is not None:
            judgement.add("wrong", sentence)
        else:
            judgement.add("said" if _is_said(name, p, found, *told_by) else "silent", sentence)


def _truth(p: P, name: str) -> Any:
    value = getattr(p, FIELDS[name])
    return DEFAULT.status_of(value) if name == "status" else value


def _value(found: ProjectRecord, name: str) -> Any:
    if name == "external_id":
        return None if found.external_id.startswith("name:") else found.external_id
    return found.values[name]


def _is_passed_over(p: P, content: PageContent) -> bool:
    """Whether somebody is told that the project is not read: its row or table is left out with a reason or
    waits for a steward, or nothing at all was found on the page and a note says so."""
    left_out = [" ".join(row.row) for table in content.tables for row in table.left_out]
    waiting = [" ".join(row) for table in content.tables if table.role == "" for row in table.rows]
    is_named = any(p.name in text for text in (*left_out, *waiting))
    return is_named or bool(content.not_data) or (not content.projects and bool(content.notes))


def _is_said(name: str, p: P, found: ProjectRecord, plan: ReadingPlan, content: PageContent) -> bool:
    """Whether somebody is told of one value: an issue, a column that waits, a row that is left out."""
    if any(issue["field"] == name for issue in found.issues):
        return True
    text = R[{"budget": "bud", "status": "status"}.get(name, "name")](p)
    if any(text in " ".join(row.row) for table in content.tables for row in table.left_out):
        return True
    waiting = {choice.label for shape in plan.shapes for choice in shape.columns if choice.field is None}
    return any(label in waiting for label in found.published)
