"""Amounts by year, two columns a year side by side: numbers for an SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.drawing.steps import BOTTOM, LEFT, RIGHT, Tick, amounts, number, told_apart

_WIDEST = 22.0  # a column


@dataclass(frozen=True, slots=True)
class Pair:
    """One year. `first` and `second`: the `d` of a column each, blank where there is no figure."""

    label: str
    x: str  # the middle of the two
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Columns:
    pairs: list[Pair]
    ticks: list[Tick]


def columns(rows: Sequence[tuple[str, Decimal | None, Decimal | None]]) -> Columns:
    """Of (year, amount, amount), as they are to stand; a negative amount has no column, and its figure is in
    the table."""
    known = [amount for _, *both in rows for amount in both if amount is not None]
    scale = amounts(max(known, default=Decimal(0)))
    room = (RIGHT - LEFT) / max(len(rows), 1)
    wide = min(_WIDEST, room * 0.38)
    pairs = []
    for place, (label, *both) in enumerate(rows):
        middle = LEFT + room * (place + 0.5)
        drawn = [
            _column(middle + side * wide, wide, amount, scale.y(float(amount or 0)))
            for side, amount in zip((-1, 0), both, strict=True)
        ]
        pairs.append(Pair(label, number(middle), *drawn))
    return Columns(pairs, told_apart(scale))


def _column(left: float, wide: float, amount: Decimal | None, top: float) -> str:
    if amount is None or amount < 0:
        return ""
    return f"M{number(left)} {BOTTOM}V{number(top)}h{number(wide - 1)}V{BOTTOM}z"


__all__ = ["Columns", "Pair", "columns"]
