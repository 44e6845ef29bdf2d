"""What is not seen any more: is it gone, or may it be in what was not read, not believed or not shown?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime

from etl.compare.changes import Absence
from etl.compare.checks import Completeness
from etl.compare.known import Known
from etl.compare.survey import Survey


def doubtful(completeness: Completeness, reading: Survey, known: Known) -> Set[str] | None:
    """The areas in which a project that is not seen may be there all the same; None: it may be anywhere.

    Said of the run and of each area too.
    """
    if recall := reading.recall:
        return recall.inconclusive if recall.concludes else None
    short = {area.code for area in completeness.areas if not area.complete}
    site = completeness.site
    is_short = site is not None and not site.complete
    gone = list(_places_of_unseen(reading, known)) if short or is_short else []
    if site and is_short:
        is_explained = site.shows_what_went(known.disagreements(), len(gone))
        completeness.concludes = bool(completeness.concludes) and is_explained
    missed = Counter(code for places in gone for code in places & short)
    before = known.claims() if short else {}
    completeness.areas = [
        replace(area, concludes=area.shows_what_went(before.get(area.code), missed[area.code]))
        for area in completeness.areas
    ]
    left = set().union(*gone) if _may_be_elsewhere(completeness, before, known) else set()
    completeness.areas = [
        replace(area, concludes=area.concludes and area.code not in left) for area in completeness.areas
    ]
    if not completeness.concludes:
        return None
    return {area.code for area in completeness.areas if not area.concludes}


def _may_be_elsewhere(
    completeness: Completeness, before: Mapping[str, list[dict[str, object]]], known: Known
) -> bool:
    """Whether a project that left one area may be in another, among what that one does not show now. Once
    it may, it may for as long as any area is short: the next reading of it says no more."""
    short = [area for area in completeness.areas if not area.complete]
    return bool(short) and (
        any(area.may_hide_others(before.get(area.code)) for area in short) or known.is_waiting()
    )


def _places_of_unseen(reading: Survey, known: Known) -> Iterator[set[str]]:
    """The places of each listed project that was not seen."""
    seen = reading.ids
    for external_id, key in known.keys.items():
        if key.is_present and external_id not in seen:
            yield known.places_of(key.pk)


_SEVERAL = 3  # projects: one or two may well go together with their municipality's line


class Gone:
    """What a reading that concludes no longer lists. Nothing is concluded in a `doubtful` area, nor of a
    project of which no area is known then: no municipality, and no list of which that was said."""

    def __init__(
        self,
        doubtful: Set[str],
        completeness: Completeness,
        reading: Survey,
        is_municipality: Callable[[str], bool],
    ) -> None:
        self._doubtful, self._reading, self._is_municipality = doubtful, reading, is_municipality
        recall = reading.recall
        self._judged = recall.judged if recall else {area.code for area in completeness.areas}

    def projects(self, known: Known, now: datetime) -> list[Absence]:
        """Those that are missing from now on, and those that are withdrawn after some time of that."""
        seen, waiting = self._reading.ids, self._whole_places(known)
        gone = (
            Absence(i, key.pk, "missing")
            for i, key in known.keys.items()
            if key.is_present
            and i not in seen
            and self._is_gone(places := known.places_of(key.pk))
            and not places & waiting
        )
        late = (
            Absence(i, key.pk, "withdrawn")
            for i, key in known.overdue(now)
            if i not in seen and not known.places_of(key.pk) & self._doubtful
        )
        return [*gone, *late]

    def lines(self, known: Known) -> list[Absence]:
        """The municipality lines that are missing from now on."""
        shown = self._reading.listings.keys()
        listed = sorted(known.listed_lines().items())
        return [Absence(code, pk, "missing") for code, pk in listed if code not in shown]

    def _whole_places(self, known: Known) -> set[str]:
        """Municipalities whose line is gone for the first time, and several projects with it: nothing counts
        them, no list of theirs was read. The line is told; they are when the next reading lacks it too."""
        lost = {absence.external_id for absence in self.lines(known)} - self._judged
        seen = self._reading.ids
        present = (key.pk for i, key in known.keys.items() if key.is_present and i not in seen)
        counts = Counter(code for pk in present for code in known.places_of(pk) & lost) if lost else {}
        return {code for code, number in counts.items() if number >= _SEVERAL}

    def _is_gone(self, places: Set[str]) -> bool:
        if not self._doubtful:
            return True
        known = {place for place in places if place in self._judged or self._is_municipality(place)}
        # what a column alone places may be of any list
        is_somewhere = known & self._judged or all(map(self._is_municipality, self._doubtful))
        return bool(known and not known & self._doubtful and is_somewhere)
