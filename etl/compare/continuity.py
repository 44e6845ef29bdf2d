"""Projects without a number that go by another name or place now: the same ones, by what stayed.

Only a complete reading can tell: what is new in it beside what is missing from it. Where two could be meant,
neither is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from etl.compare.assembler import Assembler
from etl.compare.identity import place_of
from etl.compare.known import Known, KnownProject
from etl.compare.survey import Survey
from etl.exceptions import InvalidRecord
from etl.normalise.records import canonical
from etl.values.identifiers import folded, is_unnumbered, number_within

# What a project keeps: of these some must be published, a figure or a day among them
_LASTING = (
    "budget", "start_date", "completion_date", "contractor", "implementing_agent", "programme",
    "project_type", "description", "latitude", "longitude",
)  # fmt: skip
_TELLING = ("budget", "start_date", "completion_date", "latitude")
_LEAST = 3
_UNCLEAR = "it was left out: it may be a known project of that number under another name."
Sign = tuple[Any, ...]


def recognise(survey: Survey, known: Known, assembler: Assembler, complete: bool) -> None:
    """Give what was read as new the identity of the known project that it is, where that is certain."""
    for external_id in sorted(survey.doubtful):
        if not complete:
            survey.drop(external_id, _UNCLEAR)
        elif known_as := _only_one_missing(external_id, survey, known):
            survey.call(external_id, known_as)
    survey.doubtful = set()
    if complete:
        for external_id, known_as in _moved(survey, known, assembler):
            survey.call(external_id, known_as)


def _only_one_missing(external_id: str, survey: Survey, known: Known) -> str:
    """The one project of that number that is not in the reading, where this one alone is new."""
    number = folded(number_within(external_id))
    group = {i for i in known.keys if folded(number_within(i)) == number}
    missing = [i for i in group if known.keys[i].is_present and i not in survey.ids]
    new = [i for i in survey.ids if i not in known.keys and folded(number_within(i)) == number]
    return missing[0] if len(missing) == len(new) == 1 else ""


def _moved(survey: Survey, known: Known, assembler: Assembler) -> list[tuple[str, str]]:
    """(id in the reading, known id) of the projects that were renamed or moved."""
    new = {i for i in survey.ids if i not in known.keys and is_unnumbered(i)}
    if not new:
        return []
    here = [i for i in survey.ids if is_unnumbered(i)]
    there = [i for i, key in known.keys.items() if key.is_present and is_unnumbered(i)]
    gone = {i for i in there if i not in survey.ids}
    if not gone:
        return []
    told = known.in_full(there)
    now = _signs((i, _values(i, survey, told.get(i), assembler)) for i in here)
    then = _signs((i, project.values) for i, project in told.items())
    pairs = set()
    for sign, ours in now.items():
        theirs = then.get(sign, [])
        if len(ours) == len(theirs) == 1 and ours[0] in new and theirs[0] in gone:
            pairs.add((ours[0], theirs[0]))
    ours, theirs = [one for one, _ in pairs], [other for _, other in pairs]
    return sorted((one, other) for one, other in pairs if ours.count(one) == theirs.count(other) == 1)


def _values(
    external_id: str, survey: Survey, before: KnownProject | None, assembler: Assembler
) -> Mapping[str, Any]:
    try:
        return assembler.record(external_id, survey, before, frozenset()).values
    except InvalidRecord:
        return {}


def _signs(projects: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[Sign, list[str]]:
    """What stays when a project is renamed, and what stays when it moves → the projects that have it."""
    found: dict[Sign, list[str]] = {}
    for external_id, values in projects:
        lasting = tuple(canonical(values.get(name)) for name in _LASTING)
        told = sum(value not in (None, "") for value in lasting)
        if told < _LEAST or not any(values.get(name) for name in _TELLING):
            continue
        where = place_of(values)
        name = folded(values.get("name") or "")
        for sign in [("where", *where)] * any(where) + [("name", name)] * bool(name):
            found.setdefault((*sign, *lasting), []).append(external_id)
    return found
