"""Towns, townships and villages, and how far they are from one another; `SOURCES.md` says where from.

Pure: no Django.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from projects.facts import MunicipalityFact, municipalities

_TABLE = Path(__file__).with_name("towns.csv")
_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place. `other_names`: former ones, and those in other languages of the country.

    `municipality`: a code where the source gives it, else None. `population`: for the order of a list alone.
    """

    id: int  # of GeoNames
    name: str
    other_names: tuple[str, ...]
    province: str
    municipality: str | None
    population: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Near:
    """A municipality and the way to its seat, in a straight line."""

    municipality: MunicipalityFact
    km: float


@cache
def towns() -> tuple[Town, ...]:
    """All, by name."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(_town(row) for row in csv.DictReader(table))


def _town(row: dict[str, str]) -> Town:
    return Town(
        id=int(row["geonameid"]),
        name=row["name"],
        other_names=tuple(filter(None, row["other_names"].split("|"))),
        province=row["province"],
        municipality=row["municipality"] or None,
        population=int(row["population"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
    )


def nearest_seats(latitude: float, longitude: float, number: int = 3) -> list[Near]:
    """The metropolitan and local municipalities with the nearest seats, nearest first; degrees.

    Districts are left out: a resident of one lives in a local municipality too.
    """
    here = (latitude, longitude)
    near = [Near(fact, _km(here, point)) for fact, point in _seats()]
    return sorted(near, key=lambda each: (each.km, each.municipality.code))[:number]


@cache
def _seats() -> Sequence[tuple[MunicipalityFact, tuple[float, float]]]:
    return [
        (fact, (fact.latitude, fact.longitude))
        for fact in municipalities()
        if fact.category != "C" and fact.latitude is not None and fact.longitude is not None
    ]


def _km(here: tuple[float, float], there: tuple[float, float]) -> float:
    (south, west), (north, east) = ((radians(a), radians(b)) for a, b in (here, there))
    part = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(part))


__all__ = ["Near", "Town", "nearest_seats", "towns"]
