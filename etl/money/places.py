"""The cube's table of municipalities beside our own. Pure.

The cube lists 292: the 257 of today, and 35 that the local elections of 3 August 2016 disestablished.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from projects.charset import storable

# Codes that the Municipal Demarcation Board disestablished on 3 August 2016, as in `demarcation_changes`.
# They stay in every cube, with figures of years when they were no more at times.
DISESTABLISHED = frozenset(
    (
        "EC103 EC107 EC127 EC128 EC132 EC133 EC134 EC143 EC144 FS164 GT482 GT483 KZN211 KZN215 KZN232 KZN233"
        " KZN234 KZN236 KZN273 KZN274 KZN283 KZN431 KZN432 LIM342 LIM352 LIM364 LIM365 LIM474 LIM475 MP322"
        " MP323 NC081 NC083 NW401 NW402"
    ).split()
)


@dataclass(frozen=True, slots=True)
class OurPlace:
    """`district`: code of the district of a local municipality, "" for the others."""

    name: str
    province: str
    category: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class TableDifference:
    """`what`: `LIM331 name`; `ours` and `theirs`: what each table has, "" where it has nothing."""

    what: str
    ours: str
    theirs: str
    sentence: str


def disestablished_codes(change_rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Codes that are no more. A municipality that took another in and kept its code (`continue`) is not."""
    return {
        row["old_demarcation.code"]
        for row in change_rows
        if row["old_code_transition.code"] == "disestablished" and row["old_demarcation.code"]
    }


def table_differences(
    municipality_rows: Iterable[Mapping[str, Any]],
    change_rows: Iterable[Mapping[str, Any]],
    ours: Mapping[str, OurPlace],
) -> list[TableDifference]:
    """All differences, by code. Populations are not compared: the cube's are of 2011, in old boundaries."""
    gone = disestablished_codes(change_rows)
    found: list[TableDifference] = []
    theirs: dict[str, Mapping[str, Any]] = {}
    for row in municipality_rows:
        code = _text(row, "demarcation_code")
        if code in theirs:
            found.append(_difference(code, "code", code, code, f"Municipal Money lists {code} twice."))
        theirs.setdefault(code, row)
    found += _sets(frozenset(theirs) - gone, gone, ours)
    for code in theirs.keys() & ours.keys():
        found += _fields(code, theirs[code], ours[code])
    return sorted(found, key=lambda each: each.what)


def _sets(listed: frozenset[str], gone: set[str], ours: Mapping[str, OurPlace]) -> Iterator[TableDifference]:
    for code in listed - ours.keys():
        yield _difference(code, "code", "", code, f"Municipal Money lists “{code}”, which our table has not.")
    for code in ours.keys() - listed:
        why = "says that it is disestablished" if code in gone else "does not list it"
        yield _difference(code, "code", code, "", f"Our table has {code}; Municipal Money {why}.")


def _fields(code: str, row: Mapping[str, Any], place: OurPlace) -> Iterator[TableDifference]:
    """A local municipality's parent is its district; that of a metro or district is its province."""
    parent = place.district if place.category == "B" else place.province
    pairs = (
        ("name", place.name, _text(row, "name")),
        ("province", place.province, _text(row, "province_code")),
        ("category", place.category, _text(row, "category")),
        ("parent", parent, _text(row, "parent_code")),
    )
    for word, ours, theirs in pairs:
        if ours != theirs:
            sentence = f"The {word} of {code} is “{theirs}” in Municipal Money and “{ours}” in our table."
            yield _difference(code, word, ours, theirs, sentence)


def _difference(code: str, word: str, ours: str, theirs: str, sentence: str) -> TableDifference:
    return TableDifference(f"{code} {word}", ours, theirs, sentence)


def _text(row: Mapping[str, Any], name: str) -> str:
    return " ".join(storable(row[f"municipality.{name}"] or "").split())
