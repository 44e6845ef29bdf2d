"""What stands on the map: municipalities as circles as large as a figure, projects as small signs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Any

from projects.drawing.country import WHOLE, Box, around, is_in, place
from projects.facts import MunicipalityFact

# Shares of the paper's width: the largest circle, the smallest one, a place of which there is nothing.
_LARGEST, _SMALLEST, _NOTHING = 0.04, 0.006, 0.0025


@dataclass(frozen=True, slots=True)
class Circle:
    """A municipality at its town. `size`: the radius; the area goes with the figure. `has_any`: there is a
    figure, and it is not zero. `label`: what it is of, in words."""

    code: str
    label: str
    x: int
    y: int
    size: float
    has_any: bool

    @property
    def r(self) -> str:
        return _number(self.size)


@dataclass(frozen=True, slots=True)
class Sign:
    """A project at its own published place. `stands_out`: what is asked for is true of it."""

    pk: int
    name: str
    x: int
    y: int
    stands_out: bool
    d: str


def circles(
    facts: Iterable[MunicipalityFact],
    figures: Mapping[str, Decimal | int | None],
    labels: Mapping[str, str],
    box: Box = WHOLE,
) -> list[Circle]:
    """Of those whose town is known, sized against the largest of them, which come first: so that the small
    stay in sight. `labels`: by code; a municipality without one is called by its name."""
    known = [fact for fact in facts if fact.latitude is not None]
    most = max((figures.get(fact.code) or 0 for fact in known), default=0)
    found = []
    for fact in known:
        figure = figures.get(fact.code) or 0
        share = sqrt(max(figure, 0) / most) if most > 0 else 0
        size = max(_SMALLEST, _LARGEST * share) if figure else _NOTHING
        x, y = place(fact.latitude or 0, fact.longitude or 0)
        label = labels.get(fact.code, fact.name)
        found.append(Circle(fact.code, label, x, y, round(box.width * size, 1), bool(figure)))
    return sorted(found, key=lambda circle: (-circle.size, circle.code))


def signs(rows: Iterable[Sequence[Any]], box: Box = WHOLE) -> tuple[list[Sign], int]:
    """Of rows (id, name, number, latitude, longitude, whether it stands out): those in the country, and how
    many are published outside of it. What stands out is a full diamond, the rest hollow squares."""
    found, abroad = [], 0
    for pk, name, number, latitude, longitude, stands_out in rows:
        if not is_in(latitude, longitude):
            abroad += 1
            continue
        x, y = place(latitude, longitude)
        found.append(Sign(pk, name or number, x, y, bool(stands_out), _sign(x, y, bool(stands_out), box)))
    return sorted(found, key=lambda sign: sign.stands_out), abroad


def _sign(x: int, y: int, stands_out: bool, box: Box) -> str:
    half = round(box.width * (0.011 if stands_out else 0.006), 1)
    side, back, whole = _number(half), _number(-half), _number(2 * half)
    if stands_out:
        return f"M{x} {_number(y - half)}l{side} {side} {back} {side} {back} {back}z"
    return f"M{_number(x - half)} {_number(y - half)}h{whole}v{whole}h-{whole}z"


def _number(value: float) -> str:
    """As SVG wants it, whatever the language of the page."""
    return f"{value:.1f}".removesuffix(".0")


def box_of(facts: Iterable[MunicipalityFact]) -> Box:
    """What holds the towns of some municipalities; the whole country where none is known."""
    points = [place(fact.latitude, fact.longitude or 0) for fact in facts if fact.latitude is not None]
    return around(points) if points else WHOLE


__all__ = ["Circle", "Sign", "box_of", "circles", "signs"]
