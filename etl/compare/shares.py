"""Shares of records that went blank, or show what nobody has seen, area by area. Pure.

One municipality's page in another dress is no reason to keep the others waiting: where a few areas account
for what is out of line, these are held, and the rest is loaded: municipalities, or lists of none, whichever
have fewer projects. Shares are taken of 20 records or more: of the whole reading, or pooled over the areas
that changed alike. What shows in most is the whole reading's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from operator import itemgetter

from etl.compare.breaker import Limits, Past, Reason, share
from etl.compare.changes import Changes, ProjectChange, places
from etl.compare.part import Part
from etl.compare.profile import FieldOf, Profile, tally
from etl.compare.survey import Survey
from etl.values.vocabulary import normal_label

PlacesOf = Callable[[int], set[str]]
Of = Callable[[Set[str]], set[str]]


@dataclass
class Shares:
    """`areas`: code → why it is to be held; `told`: (rule, what) that they account for."""

    areas: dict[str, list[Reason]] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Find:
    """What is out of line: in how many records of each area, and of how many; `is_much`: of the whole too."""

    rule: str
    what: str
    hits: Mapping[str, int]
    had: Mapping[str, int]
    limit: float
    is_much: bool
    template: str

    def affected(self) -> list[str]:
        return [code for code, n in sorted(self.hits.items()) if share(n, self.had[code]) > self.limit]

    def reason(self, code: str) -> Reason:
        told = self.template.format(number=self.hits[code], had=self.had[code])
        return Reason(self.rule, f"[{code}]: {told}")


def found(
    reading: Survey,
    changes: Changes,
    now: Profile,
    past: Past,
    limits: Limits,
    *,
    field_of: FieldOf,
    places_of: PlacesOf,
    pk_of: Callable[[str], int | None],
) -> Shares:
    """`now`: the reading's profile; `pk_of`: of a known project's id."""
    lists = reading.unplaced.keys()
    best: dict[tuple[str, str], tuple[int, _Find, list[str]]] = {}
    for of_lists in (False, True) if lists else (False,):

        def of(codes: Set[str], of_lists: bool = of_lists) -> set[str]:
            return {code for code in codes if (code in lists) is of_lists}

        where = _areas(reading, of, places_of, pk_of)
        profiles = {code: tally(parts, field_of) for code, parts in where.items()}
        finds = (
            *_blanked(profiles, changes, past, limits, lambda change: of(places(change, places_of))),
            *_never_seen(profiles, now, past, limits),
        )
        for find in finds:
            codes = find.affected()
            pooled = sum(profiles[code].count for code in codes if code in profiles)
            is_few = bool(codes) and "" not in codes and 2 * len(codes) <= len(profiles)
            if is_few and (find.is_much or pooled >= limits.least):
                key, one = (find.rule, find.what), (pooled, find, codes)
                best[key] = min(best.get(key, one), one, key=itemgetter(0))
    shares = Shares(told=set(best))
    for _, find, codes in best.values():
        for code in codes:
            shares.areas.setdefault(code, []).append(find.reason(code))
    return shares


def _areas(
    reading: Survey, of: Of, places_of: PlacesOf, pk_of: Callable[[str], int | None]
) -> dict[str, list[Part]]:
    """Area → what its lists say of its projects; "" for those of none. `of`: the areas that are asked for."""
    shown: dict[str, set[str]] = {}
    for code, ids in [*reading.listed.items(), *reading.unplaced.items()]:
        for external_id in ids if reading.is_municipality(code) or code in reading.unplaced else ():
            shown.setdefault(external_id, set()).add(code)
    found: dict[str, list[Part]] = {}
    for external_id, part in reading.lines.items():
        pk = pk_of(external_id)
        for code in of(shown.get(external_id, set())) or of(places_of(pk) if pk else set()) or {""}:
            found.setdefault(code, []).append(part)
    return found


def _blanked(
    profiles: Mapping[str, Profile],
    changes: Changes,
    past: Past,
    limits: Limits,
    areas_of: Callable[[ProjectChange], set[str]],
) -> Iterator[_Find]:
    hits: dict[str, Counter[str]] = {}
    for change in changes.projects:
        for name in change.blanked():
            hits.setdefault(name, Counter()).update(areas_of(change) or {""})
    for name, by_area in sorted(hits.items()):
        column = normal_label(name.removeprefix("published."))
        had = {
            code: past.had_in.get(code, {}).get(name) or number + _filled(profiles.get(code), column)
            for code, number in by_area.items()
        }
        whole = past.had_before(name)
        is_much = whole >= limits.least and share(changes.blanked[name], whole) > limits.blanked
        told = f"“{name}” went blank in {{number}} of the {{had}} records that had it."
        yield _Find("blanked", name, by_area, had, limits.blanked, is_much, told)


def _filled(profile: Profile | None, column: str) -> int:
    return profile.filled.get(column, 0) if profile else 0


def _never_seen(profiles: Mapping[str, Profile], now: Profile, past: Past, limits: Limits) -> Iterator[_Find]:
    had = {code: profile.count for code, profile in profiles.items()}
    words: Counter[str] = Counter()
    columns: dict[str, Counter[str]] = {}
    for code, profile in profiles.items():
        words[code] = sum(n for text, n in profile.statuses.items() if text not in past.statuses)
        for label, number in profile.columns.items():
            if not past.profile.has_seen(label):
                columns.setdefault(label, Counter())[code] = number

    def find(what: str, hits: Mapping[str, int], total: int, told: str) -> _Find:
        is_much = now.count >= limits.least and share(total, now.count) > limits.never_seen
        return _Find("never_seen", what, hits, had, limits.never_seen, is_much, told)

    total = sum(n for text, n in now.statuses.items() if text not in past.statuses)
    yield find("", words, total, "{number} of its {had} projects have a status never seen.")
    for label, hits in sorted(columns.items()):
        named = label.replace("{", "{{").replace("}", "}}")
        told = f"{{number}} of its {{had}} projects have a column never seen: “{named}”."
        yield find(label, hits, now.columns.get(label, 0), told)
