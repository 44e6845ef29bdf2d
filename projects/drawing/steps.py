"""Values that hold until the next one, as stepped lines over time: numbers for an SVG. Pure.

What is not known leaves a gap: no line is drawn over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from projects.languages import Words
from projects.wording.figures import with_mark

WIDTH, HEIGHT = 340, 150
LEFT, RIGHT, TOP, BOTTOM = 62, 330, 12, 124  # what the lines are drawn in
_DOT = 3.2
_LINE = 12  # what a label beside the axis is high
_NOUGHT = Decimal(0)
Value = Decimal | date | None
Step = tuple[datetime, Value]


@dataclass(frozen=True, slots=True)
class Line:
    """`d`: the steps; `dots`: a sign at each, of the second line of a chart another than of the first."""

    label: str
    d: str
    dots: str


@dataclass(frozen=True, slots=True)
class Tick:
    label: str
    y: int


@dataclass(frozen=True, slots=True)
class Chart:
    lines: list[Line]
    ticks: list[Tick]


@dataclass(frozen=True, slots=True)
class Scale:
    """From the lowest to the highest value that is drawn, with what is written beside the axis."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def y(self, value: float) -> float:
        """Down from the paper's upper edge; what is beyond the scale stands at its end."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return BOTTOM - min(max(share, 0.0), 1.0) * (BOTTOM - TOP)


def percents() -> Scale:
    return Scale(0, 100, ((0, "0%"), (50, "50%"), (100, "100%")))


def amounts(most: Decimal, least: Decimal = _NOUGHT) -> Scale:
    """From nought to a round amount at or above the most, from a round one below nought where the least is
    below it; rand."""
    top = _round_up(float(most)) if most > 0 else 1.0
    low = -_round_up(float(-least)) if least < 0 else 0.0
    return Scale(low, top, tuple((at, amount(at)) for at in (low or top / 2, 0, top)))


def _round_up(value: float) -> float:
    size = 10.0 ** len(str(int(value))) / 10
    return next(step * size for step in (1, 2, 4, 6, 8, 10) if step * size >= value)


_SIZES = Words({"bn": "{amount} bn", "m": "{amount} m"})


def amount(value: float) -> str:
    """`R0`, `R250 000`, `R1.5 m`, `R40 bn`: as short as an axis has room for."""
    for size, word in ((1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            text = f"{'-' if value < 0 else ''}R{abs(value) / size:.2f}".rstrip("0").rstrip(".")
            return _SIZES[word].format(amount=with_mark(text))
    return f"{'-' if value < 0 else ''}R{abs(value):,.0f}".replace(",", " ")


def years(days: Sequence[date]) -> Scale:
    """From the year of the earliest day to the end of that of the latest; at most five are written down."""
    first, last = min(days).year, min(max(days).year + 1, date.max.year)
    each = max(1, -(-(last - first) // 4))
    ticks = tuple((float(date(year, 1, 1).toordinal()), str(year)) for year in range(first, last + 1, each))
    return Scale(float(date(first, 1, 1).toordinal()), float(date(last, 1, 1).toordinal()), ticks)


def chart(series: Sequence[tuple[str, Sequence[Step]]], scale: Scale, until: datetime) -> Chart:
    """Lines of one scale, from the first of all steps to `until`."""
    begin = min(steps[0][0] for _, steps in series)
    whole = max((until - begin).total_seconds(), 1)

    def x(at: datetime) -> float:
        return LEFT + (at - begin).total_seconds() / whole * (RIGHT - LEFT)

    lines = [
        Line(label, _steps(steps, x, scale, until), _dots(steps, x, scale, _SIGNS[place % len(_SIGNS)]))
        for place, (label, steps) in enumerate(series)
    ]
    return Chart(lines, told_apart(scale))


def told_apart(scale: Scale) -> list[Tick]:
    """What is written beside the axis, from the lowest on: no label twice, and none over another. The lowest
    comes before nought, nought before the highest, and these before what lies between."""
    ticks = sorted(scale.ticks, key=lambda tick: (tick[0] != scale.low, tick[0] != 0, tick[0] != scale.high))
    kept: list[Tick] = []
    for at, label in ticks:
        y = round(scale.y(at))
        if not any(label == other.label or abs(y - other.y) < _LINE for other in kept):
            kept.append(Tick(label, y))
    return sorted(kept, key=lambda tick: -tick.y)


def _steps(steps: Sequence[Step], x: Callable[[datetime], float], scale: Scale, until: datetime) -> str:
    parts = []
    is_drawn = False
    for (at, value), (then, _) in zip(steps, [*steps[1:], (until, None)], strict=True):
        if value is None:
            is_drawn = False
            continue
        y = number(scale.y(_measure(value)))
        parts.append(f"V{y}" if is_drawn else f"M{number(x(at))} {y}")
        parts.append(f"H{number(x(then))}")
        is_drawn = True
    return "".join(parts)


def _dots(
    steps: Sequence[Step], x: Callable[[datetime], float], scale: Scale, sign: Callable[[float, float], str]
) -> str:
    return "".join(sign(x(at), scale.y(_measure(value))) for at, value in steps if value is not None)


def _square(x: float, y: float) -> str:
    side = number(2 * _DOT)
    return f"M{number(x - _DOT)} {number(y - _DOT)}h{side}v{side}h-{side}z"


def _diamond(x: float, y: float) -> str:
    half, back = number(1.4 * _DOT), number(-1.4 * _DOT)
    return f"M{number(x)} {number(y - 1.4 * _DOT)}l{half} {half} {back} {half} {back} {back}z"


_SIGNS = (_square, _diamond)


def _measure(value: Decimal | date) -> float:
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def number(value: float) -> str:
    """As SVG wants it, whatever the language of the page."""
    return f"{value:.1f}".removesuffix(".0")


__all__ = [
    "Chart",
    "Line",
    "Scale",
    "Step",
    "Tick",
    "amount",
    "amounts",
    "chart",
    "number",
    "percents",
    "told_apart",
    "years",
]
