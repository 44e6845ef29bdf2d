"""What the columns of a source mean, on which evidence: a plan for each shape of table. Pure data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from etl.values.vocabulary import is_volatile

DAY_FIRST, MONTH_FIRST, NO_ORDER = "day first", "month first", "day or month first"
SHARE = "share of 1"
DECIMAL_COMMA, DECIMAL_POINT = "decimal comma", "decimal point"
POSITION, COUNTER = "position", "counter"  # of columns of no field: a row's place, or the clock


@dataclass(frozen=True, slots=True)
class Choice:
    """What one column means. `field` None: not understood; `proposal`: what it most likely is all the same.

    `unit`: what a bare figure counts ("R'000", "R million", "%"; "" where none is named). `format`: how its
    texts are to be read, one of the words above or "". `certainty`: 0 to 1. `rank`: the lower, the more the
    column is preferred among those of one field. `evidence`: sentences. `told`: a steward says so; without
    a proposal: that it is no field of ours.
    """

    label: str
    field: str | None
    proposal: str | None = None
    unit: str = ""
    format: str = ""
    certainty: float = 0.0
    rank: int = 0
    evidence: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()
    by_values: bool = False  # the heading says nothing
    factor: int = 0  # rand that a bare figure counts, where that is proven; 0: as the label's unit says
    may_be_money: bool = False
    told: bool = False
    continues: str = ""  # what it was called before: the same projects said the same under that heading

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        found["evidence"], found["samples"] = list(self.evidence), list(self.samples)
        return found

    @property
    def said(self) -> tuple[bool, str | None]:
        """What a steward says of it."""
        return self.told, self.proposal if self.told else None

    @property
    def decides(self) -> tuple[Any, ...]:
        """What of it decides on values, and whether a steward does."""
        told = ("told",) if self.told else ()
        return self.label, self.field, self.unit, self.format, self.factor, *told


@dataclass(frozen=True, slots=True)
class ShapePlan:
    """The columns of all tables with the same headings. `part`: lines of lists, or pages of one project."""

    part: str
    columns: tuple[Choice, ...]
    rows: int = 0

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(choice.label for choice in self.columns)

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "headings": list(self.headings),
            "rows": self.rows,
            "columns": [choice.as_json() for choice in self.columns],
        }


@dataclass(frozen=True, slots=True)
class Drift:
    """A column that a reading understands otherwise than the last one did. `fields`: those whose values it
    gave or would give now; `sentence`: what differs."""

    part: str
    label: str
    fields: frozenset[str]
    sentence: str


@dataclass(frozen=True)
class ReadingPlan:
    """The plans of all shapes that a reading showed. In all lists of a source one label means one thing, and
    likewise on all pages of projects: where shapes differ on it, it is not understood.

    `drifts`: where it contradicts the plan of the last reading; they are not kept with it."""

    shapes: tuple[ShapePlan, ...] = ()
    drifts: tuple[Drift, ...] = ()

    @property
    def notes(self) -> list[str]:
        return list(dict.fromkeys(drift.sentence for drift in self.drifts))

    @cached_property
    def _choices(self) -> dict[tuple[str, str], Choice | None]:
        found: dict[tuple[str, str], Choice | None] = {}
        for shape in self.shapes:
            for choice in shape.columns:
                key = (shape.part, choice.label)
                known = found.get(key, choice)
                found[key] = choice if known is choice else known and _agreed(known, choice)
        return found

    def covers(self, label: str, part: str) -> bool:
        """Whether the reading showed such a column, in lists (`line`) or on pages of projects (`page`)."""
        return (part, label) in self._choices

    def is_volatile(self, label: str) -> bool:
        """Whether a column shows a position or the clock, so that it never counts as a change. Of one that no
        reading has shown yet its words tell."""
        how = self.volatility(label)
        return is_volatile(label) if how is None else bool(how)

    def volatility(self, label: str) -> str | None:
        """POSITION, COUNTER or "" for neither; None for a label that no reading has shown."""
        return self._volatility.get(label)

    @cached_property
    def _volatility(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for shape in self.shapes:
            for choice in shape.columns if shape.part != "table" else ():
                how = choice.format if choice.format in (POSITION, COUNTER) else ""
                found[choice.label] = how if found.get(choice.label, how) == how else ""
        return found

    def choice(self, label: str, part: str) -> Choice | None:
        """What a column of that label means in every shape that has it; None where they differ."""
        return self._choices.get((part, label))

    def new_labels(self, earlier: ReadingPlan) -> list[str]:
        """Labels of lists that are not understood, and that an earlier plan did not know."""
        shown = {c.label for s in self.shapes if s.part == "line" for c in s.columns if c.field is None}
        return sorted(label for label in shown if not earlier.covers(label, "line"))

    def has_learnt(self, earlier: ReadingPlan) -> bool:
        """Whether a column is understood that an earlier reading showed and could not tell."""
        return any(
            choice and choice.field and earlier.covers(label, part) and not earlier.means(label, part)
            for (part, label), choice in self._choices.items()
        )

    def means(self, label: str, part: str) -> str | None:
        """The field of the column of that label, or None."""
        choice = self.choice(label, part)
        return choice.field if choice else None

    def as_json(self) -> list[dict[str, Any]]:
        return [shape.as_json() for shape in self.shapes]

    @classmethod
    def of_json(cls, shapes: Iterable[dict[str, Any]]) -> ReadingPlan:
        return cls(tuple(_shape(shape) for shape in shapes))

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what decides on values: samples, rows and sentences do not count."""
        deciding = sorted(
            [shape.part, *sorted(repr(choice.decides) for choice in shape.columns)] for shape in self.shapes
        )
        return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()

    def with_earlier(self, earlier: ReadingPlan) -> ReadingPlan:
        """This plan, and what an earlier one says of shapes that this reading did not show.

        Of the pages of projects each reading shows some: they stay one shape. What a steward says, or says
        no more, holds in the earlier shapes too.
        """
        ours = {_key(shape): shape for shape in self.shapes}
        for shape in earlier.shapes:
            known = ours.get(_key(shape))
            if known is None:
                columns = (self._as_told(choice, shape.part) for choice in shape.columns)
                ours[_key(shape)] = replace(shape, columns=tuple(columns))
            elif shape.part == "page":
                more = [choice for choice in shape.columns if choice.label not in known.headings]
                ours[_key(shape)] = replace(known, columns=(*known.columns, *more))
        return ReadingPlan(tuple(ours.values()), self.drifts)

    def _as_told(self, earlier: Choice, part: str) -> Choice:
        choice = self.choice(earlier.label, part)
        return choice if choice and choice.said != earlier.said else earlier


def _key(shape: ShapePlan) -> tuple[str, frozenset[str]]:
    return shape.part, frozenset() if shape.part == "page" else frozenset(shape.headings)


def _shape(found: dict[str, Any]) -> ShapePlan:
    columns = (
        Choice(**{**column, "evidence": tuple(column["evidence"]), "samples": tuple(column["samples"])})
        for column in found["columns"]
    )
    return ShapePlan(found["part"], tuple(columns), found["rows"])


def _agreed(one: Choice, other: Choice) -> Choice | None:
    """What both shapes say of a label; None where they contradict each other.

    A shape of few rows may not tell what another proves. How figures are written may differ from list to
    list: then each is read by its own marks.
    """
    if one.field and other.field and (one.field, one.unit) != (other.field, other.unit):
        return None
    best = max((one, other), key=lambda choice: (choice.field is not None, choice.certainty))
    formats = {choice.format for choice in (one, other) if choice.field} - {"", NO_ORDER}
    if len(formats) == 1:
        return replace(best, format=formats.pop())
    if len(formats) > 1:
        is_mark = formats <= {DECIMAL_COMMA, DECIMAL_POINT}
        return replace(best, format="") if is_mark else None
    return best
