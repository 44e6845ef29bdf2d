"""Which records may be one project: by name, place and continuity. Proposed to a steward, never done. Pure.

Two that are listed side by side are proposed where they have one name in one place. One that is not listed
any more and one that came when it went are proposed for much the same name too. Numbers in a name (a phase, a
year, a ward) have to be the same: "Phase 1" is not "Phase 2".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from rapidfuzz import fuzz

from projects.folding import folded
from projects.wording.figures import long_date

_ALIKE = 90  # percent
_TELLING = 12  # letters that a name needs to say which project it is
_GAP = timedelta(days=60)  # between the last that was seen of one and the first of the other
_MOST_OF_A_PLACE = 400  # beyond them only equal names are looked at
_NUMERALS = frozenset("i ii iii iv v vi vii viii ix x".split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project: `places`: codes; `gone_at`: when it was last listed, None while it is."""

    pk: int
    name: str
    places: frozenset[str]
    first_seen_at: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`merged` may be `survivor`; `why`: the evidence, in sentences."""

    survivor: int
    merged: int
    why: tuple[str, ...]


def proposals(candidates: Iterable[Candidate], apart: Collection[tuple[int, int]] = ()) -> list[Proposal]:
    """The pairs that may be one, the surest first. `apart`: pairs of ids, the lower first, that are two."""
    found: dict[tuple[int, int], tuple[float, Proposal]] = {}
    for one, other in _pairs(candidates):
        key = (min(one.pk, other.pk), max(one.pk, other.pk))
        if key not in apart and key not in found and (judged := _judged(one, other)):
            found[key] = judged
    ranked = sorted(found.values(), key=lambda pair: (-pair[0], pair[1].survivor, pair[1].merged))
    return [proposal for _, proposal in ranked]


def _pairs(candidates: Iterable[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Those of one place with the same numbers in their names."""
    groups: dict[tuple[str, tuple[str, ...]], list[Candidate]] = {}
    for each in candidates:
        name = folded(each.name)
        if len(name.replace(" ", "")) >= _TELLING:
            for place in each.places:
                groups.setdefault((place, _numbers(name)), []).append(each)
    for group in groups.values():
        yield from combinations(group, 2) if len(group) <= _MOST_OF_A_PLACE else _of_one_name(group)


def _of_one_name(group: Sequence[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    by_name: dict[str, list[Candidate]] = {}
    for each in group:
        by_name.setdefault(folded(each.name), []).append(each)
    for some in by_name.values():
        yield from combinations(some[:_MOST_OF_A_PLACE], 2)


def _numbers(name: str) -> tuple[str, ...]:
    """What tells parts of one scheme from each other."""
    words = name.split()
    return tuple(sorted(w for w in words if any(c.isdigit() for c in w) or w in _NUMERALS or len(w) == 1))


def _judged(one: Candidate, other: Candidate) -> tuple[float, Proposal] | None:
    first, second = sorted((one, other), key=lambda each: (each.first_seen_at, each.pk))
    names = folded(one.name), folded(other.name)
    alike = 100.0 if names[0] == names[1] else fuzz.ratio(*names)
    follows = first.gone_at is not None and abs(second.first_seen_at - first.gone_at) <= _GAP
    if alike < 100 and (alike < _ALIKE or not follows):
        return None
    both_listed = one.gone_at is None and other.gone_at is None
    if not follows and not both_listed:
        return None
    place = sorted(one.places & other.places)
    called = "They have one name" if alike == 100 else f"Their names are {alike:.0f}% alike"
    why = [f"{called}, and lie in one municipality ({', '.join(place)})."]
    if follows:
        assert first.gone_at is not None
        gone, came = long_date(first.gone_at.date()), long_date(second.first_seen_at.date())
        why.append(f"One was last listed on {gone}; the other was first seen on {came}.")
    else:
        why.append("Both are listed now.")
    kept, merged = (second, first) if follows and second.gone_at is None else (first, second)
    return alike + (5 if follows else 0), Proposal(kept.pk, merged.pk, tuple(why))


__all__ = ["Candidate", "Proposal", "proposals"]
