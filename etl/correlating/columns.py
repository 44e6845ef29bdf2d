"""Columns of DWS for one named financial year: "Allocation 2025/26", "2024-25 Expenditure". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from etl.values.amounts import AMBIGUOUS, parse_money
from etl.values.text import one_line
from etl.values.units import split_unit

ALLOCATED, SPENT = "allocated", "spent"

_YEAR = re.compile(r"(?<!\d)(20\d\d) ?[-/|] ?(20\d\d|\d\d)(?!\d)")
# What may stand beside the year. Any other word ("adjusted", "cumulative") is another kind of figure.
_FILLERS = {"fy", "for", "in", "the", "financial", "year", "of", "annual", "grant"}
_MEANINGS = {
    "allocation": ALLOCATED,
    "allocations": ALLOCATED,
    "allocated": ALLOCATED,
    "budget": ALLOCATED,
    "expenditure": SPENT,
    "spending": SPENT,
    "spent": SPENT,
    "actual expenditure": SPENT,
}


@dataclass(frozen=True, slots=True)
class Annual:
    """`year`: the END year of the national (April to March) financial year that the column names."""

    year: int
    kind: str


def annual_kind(label: str) -> Annual | None:
    """The year and kind that a column's label names; None for any other column."""
    text = split_unit(one_line(label))[0].casefold()
    found = list(_YEAR.finditer(text))
    if len(found) != 1:
        return None
    first, second = int(found[0][1]), int(found[0][2][-2:])
    rest = re.findall(r"[a-z]+|\d+", text.replace(found[0][0], " "))
    meaning = _MEANINGS.get(" ".join(word for word in rest if word not in _FILLERS))
    follows = second == (first + 1) % 100 and int(found[0][2]) in (second, first + 1)
    return Annual(first + 1, meaning) if meaning and follows else None


def annual_figures(published: Mapping[str, str]) -> dict[Annual, Decimal]:
    """The annual figures in rand of one project. Blank, unreadable and doubtful cells are left out, and so
    is a kind that two columns give differently."""
    found: dict[Annual, set[Decimal]] = {}
    for label, text in published.items():
        annual = annual_kind(label)
        if annual is None:
            continue
        parsed = parse_money(text, split_unit(label)[1])
        if parsed.value is not None and parsed.problem != AMBIGUOUS:
            found.setdefault(annual, set()).add(parsed.value)
    return {annual: values.pop() for annual, values in found.items() if len(values) == 1}
