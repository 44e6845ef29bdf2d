"""The columns of all tables that a reading showed, gathered by shape: the same headings, one plan. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from etl.extract.types import PublishedProject, Table
from etl.understand import plan as plans
from etl.understand.clocks import Positions, with_positions
from etl.understand.evidence import ColumnValues
from etl.understand.judge import Column, judge, name_of
from etl.understand.plan import Choice, Drift, ReadingPlan, ShapePlan
from etl.values.vocabulary import normal_label

_FEW = 3  # different texts below which a reading does not speak against an earlier one
_LEAST_ROWS, _LEAST_COLUMNS = 2, 2  # of a table that is worth a steward's look
_MOST_SHAPES = 60


@dataclass(slots=True)
class _Shape:
    part: str
    columns: dict[str, ColumnValues] = field(default_factory=dict)
    rows: int = 0
    doubts: dict[str, str] = field(default_factory=dict)

    def add(self, rows: list[dict[str, str]]) -> None:
        self.rows += len(rows)
        for label in dict.fromkeys(label for row in rows for label in row):
            values = self.columns.setdefault(label, ColumnValues())
            values.add(row.get(label, "") for row in rows)


@dataclass(slots=True)
class Shapes:
    """All shapes of one reading. Pages of projects are one shape: each may lack some of the fields."""

    found: dict[tuple[str, frozenset[str]], _Shape] = field(default_factory=dict)
    positions: dict[str, Positions] = field(default_factory=dict)  # by label, of all lists

    def add(self, projects: Iterable[PublishedProject], tables: Iterable[Table]) -> None:
        """What one page shows: its projects, and its tables that were used as nothing."""
        rows: dict[tuple[str, frozenset[str]], list[dict[str, str]]] = {}
        doubts: dict[tuple[str, frozenset[str]], dict[str, str]] = {}
        for project in projects:
            key = (
                ("page", frozenset[str]())
                if project.part == "page"
                else ("line", frozenset(project.published))
            )
            rows.setdefault(key, []).append(project.published)
            doubts.setdefault(key, {}).update(project.doubts)
        for table in tables:
            is_large = len(table.rows) >= _LEAST_ROWS and len(table.headers) >= _LEAST_COLUMNS
            if table.role == "" and table.kind != "fields" and is_large:
                headers = table.labels or table.headers
                shown = [dict(zip(headers, row, strict=False)) for row in table.rows]
                rows.setdefault(("table", frozenset(headers)), []).extend(shown)
        for key, some in rows.items():
            if key not in self.found and len(self.found) >= _MOST_SHAPES:
                continue
            shape = self.found.setdefault(key, _Shape(key[0]))
            shape.add(some)
            for label in shape.columns if key[0] == "line" else ():
                self.positions.setdefault(label, Positions()).add(row[label] for row in some)
            shape.doubts.update(doubts.get(key, {}))

    def plan(self, labels: Mapping[str, str], earlier: ReadingPlan) -> ReadingPlan:
        """What all columns mean. Where this reading shows too little to tell, the earlier plan speaks; where
        it contradicts that, the plan's drifts say so."""
        respelled = self._respelled(earlier)
        plans_: list[ShapePlan] = []
        drifts: list[Drift] = []
        for shape in self.found.values():
            columns = [Column(label, values) for label, values in shape.columns.items()]
            choices = judge(columns, (), labels, _renamed(shape, earlier))
            for at, choice in enumerate(choices):
                if why := shape.doubts.get(choice.label):
                    choices[at] = replace(choice, field=None, evidence=(*choice.evidence, why))
                elif before := _last(earlier.choice(choice.label, shape.part), choice):
                    few = len(shape.columns[choice.label].texts) < _FEW
                    choices[at] = _continued(choice, before, few)
                    drifts += _drift(shape.part, choices[at], before)
                elif before := _last(respelled.get((shape.part, normal_label(choice.label))), choice):
                    drifts += _drift(shape.part, choice, before)
            plans_.append(ShapePlan(shape.part, tuple(choices), shape.rows))
        plan = ReadingPlan(tuple(plans_), tuple(dict.fromkeys(drifts))).with_earlier(earlier)
        return with_positions(plan, self.positions, earlier)

    def _respelled(self, earlier: ReadingPlan) -> dict[tuple[str, str], Choice | None]:
        """(part, heading without its unit) → what it meant in the spelling that is shown no more."""
        shown = {(shape.part, label) for shape in self.found.values() for label in shape.columns}
        return {
            (shape.part, normal_label(label)): earlier.choice(label, shape.part)
            for shape in earlier.shapes
            for label in shape.headings
            if shape.part != "table" and (shape.part, label) not in shown
        }


def _renamed(shape: _Shape, earlier: ReadingPlan) -> dict[str, str]:
    """Headings of a shape → the fields of the columns that they continued when these were renamed."""
    before = {label: earlier.choice(label, shape.part) for label in shape.columns}
    return {
        label: choice.field
        for label, choice in before.items()
        if choice and choice.field and choice.continues
    }


def _last(before: Choice | None, choice: Choice) -> Choice | None:
    """What a column meant in the last reading; None where it meant nothing, or where a steward has said since
    what it is: that holds at once, and is no drift."""
    return before if before and before.field and before.said == choice.said else None


_OPEN = ("", plans.NO_ORDER)  # formats that say nothing


def _continued(choice: Choice, before: Choice, few: bool) -> Choice:
    """The choice, with what the last reading knew of the column where this one shows too little to tell."""
    is_proven = before.factor and choice.field in (
        None,
        before.field,
    )  # or the sums prove something else anew
    if is_proven or (choice.field is None and few):
        return replace(before, samples=choice.samples or before.samples)
    if before.continues and choice.field == before.field:  # the new heading names no unit
        choice = replace(choice, unit=choice.unit or before.unit, continues=before.continues)
    is_same = (choice.field, choice.unit) == (before.field, before.unit)
    if is_same and choice.format in _OPEN and before.format not in _OPEN:
        return replace(choice, format=before.format)
    return choice


def _drift(part: str, choice: Choice, before: Choice) -> list[Drift]:
    """The contradiction between a column's meaning and that of the last reading, if there is one."""
    is_same = (choice.field, choice.unit) == (before.field, before.unit)
    if is_same and (choice.format == before.format or {choice.format, before.format} & {*_OPEN}):
        return []
    was = f" as “{before.label}”" if before.label != choice.label else ""
    sentence = (
        f"The column “{choice.label}” was read{was} as {_told(before)}, and is now read as {_told(choice)}."
    )
    fields = frozenset(filter(None, (before.field, choice.field)))
    return [Drift(part, choice.label, fields, sentence)]


def _told(choice: Choice) -> str:
    if not choice.field:
        return "nothing that we understand"
    return ", ".join(filter(None, (name_of(choice.field), choice.unit, choice.format)))
