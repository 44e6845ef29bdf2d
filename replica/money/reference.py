"""The municipalities and the changes of their borders, from `tables/*.csv` (each names its source)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from replica.places import PROVINCES

_FOLDER = Path(__file__).parent / "tables"


class Municipality(NamedTuple):
    """One row of Treasury's geography table. `population` None: not published."""

    code: str
    name: str
    province: str
    category: str  # A metro, B local, C district
    miif: str
    parent: str  # the district of a local municipality, else the code of the province
    population: int | None


def lines(name: str) -> list[dict[str, str]]:
    """The rows of one of our files, by column."""
    text = (_FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def municipalities() -> dict[str, Municipality]:
    """Code → municipality, all 292: the 257 of today and the 35 that were disestablished in 2016."""
    found = {}
    for row in lines("municipalities"):
        people = int(row["population"]) if row["population"] else None
        texts = (row["code"], row["name"], row["province_code"])
        kinds = (row["category"], row["miif_category"], row["parent_code"])
        found[row["code"]] = Municipality(*texts, *kinds, people)
    return found


def long_name(place: Municipality) -> str:
    """`Amathole, Eastern Cape`."""
    return f"{place.name}, {PROVINCES[place.province]}"


def provides_water(place: Municipality) -> bool:
    """Is it a water services authority: a metro, a district of class C2, a local one elsewhere."""
    if place.category == "B":
        district = municipalities().get(place.parent)
        return district is None or district.miif != "C2"
    return place.category == "A" or place.miif == "C2"
