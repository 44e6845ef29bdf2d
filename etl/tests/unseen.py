"""Pages with what a careful person reads on each: how they are registered and judged.

The truth of a page is a small table: field names, then a line a project; "-" where nothing is published or
where nobody can tell. Amounts are in rand, dates as the record has them; "¦" is a "|" within a text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from etl.exceptions import InvalidRecord
from etl.extract.types import PageContent
from etl.normalise.projects import project_record
from etl.normalise.records import ProjectRecord
from etl.tests.test_wild_pages import PLACES
from etl.understand import read_page
from etl.understand.lookup import NOTHING, Lookup
from etl.understand.plan import ReadingPlan
from etl.understand.shapes import Shapes
from etl.values.vocabulary import NOTHING_TAUGHT

MONEY = ("budget", "expenditure")
DATES = ("start_date", "completion_date")
JUDGED = (
    "external_id", "name", "municipality", "status", "progress_percentage", *MONEY, *DATES, "contractor",
)  # fmt: skip
MORE = (
    "programme",
    "province",
    "implementing_agent",
    "latitude",
    "longitude",
)  # judged where the truth has them
Truth = list[dict[str, str]]
UNSEEN: dict[str, tuple[Truth, str]] = {}


def unseen(truth: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register a page."""
    rows = [line.split("|") for line in truth.strip().splitlines()]
    head, *lines = [[cell.strip().replace("¦", "|") for cell in row] for row in rows] or [[]]

    def register(build: Callable[[], str]) -> Callable[[], str]:
        UNSEEN[build.__name__] = [dict(zip(head, line, strict=True)) for line in lines], build()
        return build

    return register


@cache
def judged(name: str) -> tuple[Counter[str], list[str]]:
    """Counts of right, wrong, invented, said and silent values, and a sentence for each that is not right."""
    truth, markup = UNSEEN[name]
    content = read_page(markup, url="https://example.gov.za/projects/list")
    shapes = Shapes()
    shapes.add(content.projects, content.tables)
    plan = shapes.plan(NOTHING_TAUGHT, NOTHING)
    records, unnamed = _records(content, Lookup(plan, NOTHING_TAUGHT))
    counts, told = Counter[str](), []
    for wanted in truth:
        found = next((one for one in records if _is(one, wanted)), None)
        if found is None:
            outcome = "said" if _is_passed_over(wanted, content, unnamed) else "silent"
            counts[outcome] += sum(text != "-" for text in wanted.values())
            told.append(f"{wanted}: no record, {outcome}")
            continue
        records.remove(found)
        for field in (*JUDGED, *(field for field in MORE if field in wanted)):
            outcome, sentence = _outcome(field, wanted.get(field, "-"), found, plan, content)
            counts[outcome or "right"] += outcome != ""
            if outcome not in ("", "right"):
                told.append(f"{wanted.get('name')}: {sentence}: {outcome}")
    for one in records:
        counts["invented"] += 1
        told.append(f"invented: {one.external_id} {one.published}")
    return counts, told


def _records(content: PageContent, lookup: Lookup) -> tuple[list[ProjectRecord], list[str]]:
    """The records, and what is said of those with neither number nor name, which a run notes."""
    records, unnamed = [], []
    for one in content.projects:
        line, own = (one.published, None) if one.part == "line" else ({}, one.published)
        try:
            records.append(project_record(one.external_id, line, own, lookup=lookup, places=PLACES))
        except InvalidRecord:
            unnamed.append(" ".join(one.published.values()))
    return records, unnamed


def _is(one: ProjectRecord, wanted: dict[str, str]) -> bool:
    number = wanted.get("external_id", "-")
    return one.external_id == number or ("name" in wanted and one.values["name"] == wanted["name"])


def _outcome(
    field: str, wanted: str, found: ProjectRecord, plan: ReadingPlan, content: PageContent
) -> tuple[str, str]:
    got = found.values.get(field)
    if field == "external_id":
        got = None if found.external_id.startswith("name:") else found.external_id
    sentence = f"{field} is {got!r}, should be {wanted!r}"
    if got is not None:
        return ("right" if wanted != "-" and _same(field, wanted, got) else "wrong"), sentence
    if wanted == "-":
        return "", ""
    return ("said" if _is_said(field, wanted, found, plan, content) else "silent"), sentence


def _same(field: str, wanted: str, got: Any) -> bool:
    if isinstance(got, Decimal):
        return got == Decimal(wanted)
    if isinstance(got, date):
        return got.isoformat() == wanted
    return abs(got - float(wanted)) < 1e-6 if isinstance(got, float) else str(got) == wanted


def _is_said(field: str, wanted: str, found: ProjectRecord, plan: ReadingPlan, content: PageContent) -> bool:
    """An issue, a column of its record that waits for a steward, a row that is left out."""
    if any(issue["field"] == field for issue in found.issues):
        return True
    waiting = {choice.label for shape in plan.shapes for choice in shape.columns if choice.field is None}
    left = [" ".join(row.row) for table in content.tables for row in table.left_out]
    return any(label in waiting and found.published[label] for label in found.published) or any(
        wanted in text for text in left
    )


def _is_passed_over(wanted: dict[str, str], content: PageContent, unnamed: list[str]) -> bool:
    left = [" ".join(row.row) for table in content.tables for row in table.left_out]
    waiting = [" ".join(row) for table in content.tables if table.role == "" for row in table.rows]
    names = [wanted[key] for key in ("name", "external_id") if wanted.get(key, "-") != "-"]
    is_named = any(name in text for text in (*left, *waiting, *unnamed) for name in names)
    return is_named or bool(content.not_data) or (not content.projects and bool(content.notes))
