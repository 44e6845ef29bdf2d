"""The columns of all tables that a reading showed, gathered by shape: the same headings, one plan. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from etl.extract.types import PublishedProject, Table
from etl.understand import plan as plans
from etl.understand.evidence import ColumnValues
from etl.understand.judge import Column, judge
from etl.understand.plan import Choice, ReadingPlan, ShapePlan

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
            shape.doubts.update(doubts.get(key, {}))

    def plan(self, labels: Mapping[str, str], earlier: ReadingPlan) -> ReadingPlan:
        """What all columns mean. Where this reading shows too little to tell, the earlier plan speaks; where
        it contradicts that, the plan's notes say so."""
        plans_: list[ShapePlan] = []
        notes: list[str] = []
        for shape in self.found.values():
            columns = [Column(label, values) for label, values in shape.columns.items()]
            choices = judge(columns, (), labels)
            for at, choice in enumerate(choices):
                if why := shape.doubts.get(choice.label):
                    choices[at] = replace(choice, field=None, evidence=(*choice.evidence, why))
                elif (
                    shape.part != "table"
                    and (before := earlier.choice(choice.label, shape.part))
                    and before.field
                    and _told(choice) == _told(before)  # a steward's word holds at once, and is no drift
                ):
                    few = len(shape.columns[choice.label].texts) < _FEW
                    choices[at], drift = _continued(choices[at], before, few)
                    notes += drift
            plans_.append(ShapePlan(shape.part, tuple(choices), shape.rows))
        return ReadingPlan(tuple(plans_), tuple(dict.fromkeys(notes))).with_earlier(earlier)


def _told(choice: Choice) -> tuple[bool, str | None]:
    """What a steward says of a column."""
    return choice.told, choice.proposal if choice.told else None


def _continued(choice: Choice, before: Choice, few: bool) -> tuple[Choice, list[str]]:
    """The choice beside that of the last reading, and a sentence where they contradict each other."""
    if choice.field is None and (few or before.factor):  # what sums proved is proven, or they prove it anew
        return replace(before, samples=choice.samples or before.samples), []
    if choice.field == before.field and choice.unit == before.unit:
        settled = {"", plans.NO_ORDER}
        if choice.format in settled and before.format not in settled:
            return replace(choice, format=before.format), []
        if choice.format == before.format or before.format in settled:
            return choice, []
    new = " ".join(filter(None, (choice.field or "not understood", choice.unit, choice.format)))
    old = " ".join(filter(None, (before.field, before.unit, before.format)))
    return choice, [f"The column “{choice.label}” was read as {old}, and would now be read as {new}."]
