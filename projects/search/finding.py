"""One search over all kinds: municipalities, towns, contractors, projects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from projects.charset import storable
from projects.models import Merge, Project, merged_into
from projects.search.memory import memory
from projects.search.places import FoundMunicipality, FoundTown, find_places, municipality_names, town_names
from projects.search.words import LONGEST, Query

OF_EACH = 10


class NotAQuery(ValueError):
    """What was typed cannot be looked up; the text is a sentence to whoever typed it."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ten of each kind at most, the best first. `suggestion`: what may have been meant, where nothing fits as
    it was typed. `projects` are rows with their municipality."""

    q: str
    suggestion: str | None = None
    municipalities: list[FoundMunicipality] = field(default_factory=list)
    towns: list[FoundTown] = field(default_factory=list)
    contractors: list[str] = field(default_factory=list)
    projects: list[Any] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.municipalities or self.towns or self.contractors or self.projects)


def find(text: str) -> Found:
    """What fits a reader's words. Two queries, two more where the log has moved since the last search, and
    one more where nothing fits as it was typed: it may be the number of a project that was merged.

    Raises NotAQuery.
    """
    text = readable(text)
    query = Query(text)
    if not query.together:
        return Found(text)
    municipalities, towns = find_places(query, OF_EACH)
    hits = memory.find(query, OF_EACH)
    is_found = bool(hits.is_sure and hits.ids)
    merged = [] if is_found else _of_merged_number(text)
    ids = merged or hits.ids
    rows = Project.objects.for_search(ids) if ids else {}
    sure = {*(place.is_sure for place in municipalities), *(town.is_sure for town in towns)}
    is_typed = True in sure or is_found or merged or hits.contractors
    if is_typed:
        suggestion = None
    elif towns or municipalities:
        suggestion = towns[0].matched if towns else municipalities[0].matched
    else:
        suggestion = hits.words or town_names().nearest(query) or municipality_names().nearest(query)
    return Found(
        q=text,
        suggestion=suggestion,
        municipalities=municipalities,
        towns=towns,
        contractors=[match.thing for match in hits.contractors],
        projects=[rows[pk] for pk in ids if pk in rows],
    )


def _of_merged_number(text: str) -> list[int]:
    """The projects that those of this number are now, which stewards merged."""
    known = Merge.objects.in_force().filter(merged__external_id__iexact=text.strip())
    today = (merged_into(pk) for pk in known.values_list("merged", flat=True)[:OF_EACH])
    return [pk for pk in today if pk is not None]


def readable(text: str) -> str:
    """The text of a query without white space around it. Raises NotAQuery where it is none."""
    if len(text) > LONGEST:
        raise NotAQuery(f"A search has at most {LONGEST} characters; this one has {len(text):,}.")
    if text != storable(text):
        raise NotAQuery("The search has characters that are no text, and nothing can be found by them.")
    return text.strip()


__all__ = ["OF_EACH", "Found", "NotAQuery", "find", "readable"]
