"""The project's own table of facts about the 257 municipalities; `SOURCES.md` says where each column is from.

Pure: no Django, so that the pipeline's pure steps and a migration can both read it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

_TABLE = Path(__file__).with_name("municipalities.csv")


@dataclass(frozen=True, slots=True)
class MunicipalityFact:
    """One municipality within the boundaries of 2016. What the table leaves blank is None."""

    code: str  # Municipal Demarcation Board
    name: str
    province: str  # EC FS GT KZN LIM MP NC NW WC
    category: str  # A metropolitan, B local, C district
    district: str | None  # code of the district, None for metropolitan and district municipalities
    population_2016: int | None
    area_km2: Decimal | None
    latitude: float | None  # of the town `place_name`, not of a centroid
    longitude: float | None
    place_name: str | None


def _fact(row: dict[str, str]) -> MunicipalityFact:
    return MunicipalityFact(
        code=row["code"],
        name=row["name"],
        province=row["province"],
        category=row["category"],
        district=row["district"] or None,
        population_2016=int(row["population_2016"]) if row["population_2016"] else None,
        area_km2=Decimal(row["area_km2"]) if row["area_km2"] else None,
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        place_name=row["place_name"] or None,
    )


def municipalities() -> list[MunicipalityFact]:
    """All 257, sorted by code."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return [_fact(row) for row in csv.DictReader(table)]
