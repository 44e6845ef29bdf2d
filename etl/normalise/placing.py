"""Where a project lies: municipalities and province, by what it publishes and the lists it stood in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etl.normalise.field_reader import Candidate, FieldReader
from etl.values.places import Found, Places
from etl.values.vocabulary import province_of


@dataclass(frozen=True, slots=True)
class Placed:
    """The values of place, and `evidence`: what an identity without a published id is built on."""

    values: dict[str, Any]
    evidence: list[str]


def place_project(reader: FieldReader, listed_under: Sequence[str], places: Places) -> Placed:
    """Municipalities (published ones first, else those of the lists, else the district) and province."""
    province, listed_province = reader.province(), _listed_province(listed_under)
    listed = _without_parents([code for code in listed_under if places.get(code)], places)
    around = province or listed_province
    districts = _published(reader, "district", around, listed, places, noted=False)
    municipal = _published(reader, "municipality", around, [*listed, *districts], places, noted=True)
    codes = _together(municipal, listed, places) or districts
    as_published = reader.text("municipality") or reader.text("district")
    reader.sources.pop("district", None)
    home = places.get(codes[0]) if codes else None
    if home and province and home.province != province:
        _note_conflict(reader, home.province)
    values = {
        "municipality": home.code if home else None,
        "municipalities": tuple(sorted(codes)),
        "municipality_as_published": as_published,
        "province": province or (home.province if home else listed_province),
    }
    return Placed(values, sorted(codes) or [as_published or "", province or ""])


def places_under_any_words(
    texts: Sequence[str], listed_under: Sequence[str], places: Places
) -> list[list[str]]:
    """Each `Placed.evidence` that there may be where any of the texts, or none, is the municipality, any the
    district and any the province."""
    listed = _without_parents([code for code in listed_under if places.get(code)], places)
    provinces = dict.fromkeys(filter(None, map(province_of, texts)))
    found: dict[tuple[str, ...], None] = {}
    for province in [_listed_province(listed_under), None, *provinces]:
        named = {text: places.find(text, province, listed).codes for text in texts}
        around = [*listed, *(code for codes in named.values() for code in codes)]
        for text in ["", *texts]:
            for context in (listed, around):
                codes = places.find(text, province, context).codes if text else ()
                where = sorted(_together(codes, listed, places)) or [text, province or ""]
                found[tuple(where)] = None
    return [list(where) for where in found]


def _together(municipal: Sequence[str], listed: Sequence[str], places: Places) -> tuple[str, ...]:
    """The published municipalities first, then those whose lists show it too: a scheme can serve several."""
    codes = [*municipal, *(code for code in listed if code not in municipal)]
    parents = {place.district for code in codes if (place := places.get(code))}
    return tuple(code for code in codes if code in municipal or code not in parents)


def _listed_province(listed_under: Sequence[str]) -> str | None:
    provinces = {found for code in listed_under if (found := province_of(code))}
    return provinces.pop() if len(provinces) == 1 else None


def _without_parents(codes: Sequence[str], places: Places) -> list[str]:
    """The codes, sorted, without a district one of whose locals is among them."""
    parents = {place.district for code in codes if (place := places.get(code))}
    return sorted({code for code in codes if code not in parents})


def _published(
    reader: FieldReader,
    field: str,
    province: str | None,
    context: Sequence[str],
    places: Places,
    *,
    noted: bool,
) -> tuple[str, ...]:
    """The codes of the first label that names a known municipality; a code comes before a name.

    Where no label does, and for codes that nobody knows, the problems are noted.
    """
    candidates = reader.candidates(field)
    candidates.sort(key=lambda candidate: not places.code_in(candidate.text))
    missed: list[tuple[Candidate, Found]] = []
    for candidate in candidates:
        found = places.find(candidate.text, province, context)
        if found.codes:
            reader.sources[field] = candidate.label
            missed = [(candidate, found)]
            break
        missed.append((candidate, found))
    else:
        found = Found()
    for candidate, miss in missed:
        if noted and miss.problem:
            reader.note(field, candidate, miss.problem)
    return found.codes


def _note_conflict(reader: FieldReader, home_province: str) -> None:
    for candidate in reader.candidates("province")[:1]:
        reader.note("province", candidate, f"the municipality lies in {home_province}")
