"""What a label means when a record is read: by the plan of its source, else by its words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from etl.understand import plan as plans
from etl.understand.evidence import ColumnValues
from etl.understand.judge import Column, judge
from etl.understand.plan import Choice, ReadingPlan

NOTHING = ReadingPlan()


class Lookup:
    """`labels`: whole headings that a steward taught, with their fields."""

    def __init__(self, plan: ReadingPlan, labels: Mapping[str, str]) -> None:
        self.plan, self.labels = plan, labels
        self._choices: dict[tuple[str, str], Choice | None] = {}
        orders = {c.format for shape in plan.shapes for c in shape.columns if c.field}
        told = orders & {plans.DAY_FIRST, plans.MONTH_FIRST}
        self._order = told.pop() if len(told) == 1 else plans.NO_ORDER

    def choice(self, label: str, part: str = "line") -> Choice | None:
        """What the label's column means in lists (`line`) or on a project's own page (`page`); None where
        it is not understood."""
        key = label, part
        if key not in self._choices:
            self._choices[key] = self._found(label, part)
        return self._choices[key]

    def field_of(self, label: str) -> str | None:
        """The field that the label means, in lists or on pages, or None."""
        choice = self.choice(label, "line") or self.choice(label, "page")
        return choice.field if choice else None

    @cached_property
    def may_be_named(self) -> bool:
        """Whether a column that is not understood may hold the names."""
        waiting = (choice for shape in self.plan.shapes if shape.part != "table" for choice in shape.columns)
        return any(choice.field is None and choice.proposal == "name" for choice in waiting)

    def _found(self, label: str, part: str) -> Choice | None:
        shown = [where for where in (part, "line", "page") if self.plan.covers(label, where)]
        if shown:
            choice = self.plan.choice(label, shown[0])
        else:  # no reading has shown it since plans are kept
            choice = judge([Column(label, ColumnValues())], (), self.labels)[0]
        if choice is None or choice.field is None:
            return None
        if choice.format == plans.NO_ORDER:
            return replace(choice, format=self._order)
        return choice
