"""How the columns of a source were understood when it was last read, for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from projects.languages import Words, gettext
from projects.models import ReadingPlan
from projects.models.vocabulary import is_none
from projects.wording.phrases import label, plural

# Shown; `manage.py understand` tells all.
_SHAPES, _COLUMNS, _LONGEST = 20, 100, 80
_PARTS = Words({"line": "Lists", "page": "Pages of projects", "table": "Tables that were not used"})
_ORDER = list(_PARTS)


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One column. `means`: the field's name, "" where it is not understood; `proposal`: what it may be then.
    `is_none`: a steward says that it is no field of ours."""

    label: str
    means: str
    proposal: str
    is_none: bool
    unit: str
    format: str
    percent: int  # how certain
    evidence: list[str]
    samples: list[str]


@dataclass(frozen=True, slots=True)
class ShapeShown:
    """The tables with the same headings. `more`: columns that are not shown."""

    title: str
    columns: list[ColumnShown]
    more: int


@dataclass(frozen=True, slots=True)
class PlanShown:
    """`waiting`: how many columns are not understood; `more`: shapes that are not shown."""

    version: int
    since: datetime
    notes: list[str]
    waiting: int
    shapes: list[ShapeShown]
    more: int


def of_source(name: str) -> PlanShown | None:
    """The newest plan of a source; None before its first reading. One query."""
    plan = ReadingPlan.objects.filter(source_id=name).order_by("-version").first()
    if plan is None:
        return None
    shapes = sorted(plan.shapes, key=lambda shape: (_ORDER.index(shape["part"]), -shape["rows"]))
    return PlanShown(
        version=plan.version,
        since=plan.made_at,
        notes=plan.notes,
        waiting=len(plan.waiting()),
        shapes=[_shape(shape) for shape in shapes[:_SHAPES]],
        more=max(0, len(shapes) - _SHAPES),
    )


def _shape(shape: dict[str, Any]) -> ShapeShown:
    columns = shape["columns"]
    unread = sum(column["field"] is None and not is_none(column) for column in columns)
    counts = [plural(len(columns), "column")]
    counts += [gettext("{number} not understood").format(number=unread)] if unread else []
    title = f"{_PARTS[shape['part']]}: {', '.join(counts)}; {plural(shape['rows'], 'row')}"
    return ShapeShown(
        title, [_column(column) for column in columns[:_COLUMNS]], max(0, len(columns) - _COLUMNS)
    )


def _column(column: dict[str, Any]) -> ColumnShown:
    field, proposal = column["field"], column["proposal"]
    return ColumnShown(
        label=_cut(column["label"]) or gettext("(no heading)"),
        means=label(field) if field else "",
        proposal=label(proposal) if proposal and not field else "",
        is_none=is_none(column),
        unit=column["unit"],
        format=column["format"],
        percent=round(100 * column["certainty"]),
        evidence=column["evidence"],
        samples=[_cut(sample) for sample in column["samples"]],
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


__all__ = ["ColumnShown", "PlanShown", "ShapeShown", "of_source"]
