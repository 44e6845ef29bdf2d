"""The record's projects as the proposals of merges look at them; worked out once for a state of the log."""

from __future__ import annotations

from collections import defaultdict

from django.core.cache import cache

from projects.models import ChainHead, Distinct, Presence, Project
from projects.stewards.proposals import Candidate, Proposal, proposals

_KEPT = 3600  # seconds
_MOST = 20_000  # projects: beyond them nothing is proposed, rather than slowly


def proposed() -> list[Proposal]:
    """Pairs of today's projects of one source that may be one, without those that a steward keeps apart. Four
    queries, or two where it is known since nothing changed."""
    apart = set(Distinct.objects.values_list("one_id", "other_id"))
    head = ChainHead.objects.values_list("last_id", "digest").get(pk=1)
    key = f"merge-proposals:{head[0]}:{head[1][:16]}"
    found: list[Proposal] | None = cache.get(key)
    if found is None:
        found = _proposed()
        cache.set(key, found, _KEPT)
    return [each for each in found if _pair(each) not in apart]


def _pair(each: Proposal) -> tuple[int, int]:
    return min(each.survivor, each.merged), max(each.survivor, each.merged)


def _proposed() -> list[Proposal]:
    by_source = _candidates()
    if sum(map(len, by_source.values())) > _MOST:
        return []
    return [each for source in sorted(by_source) for each in proposals(by_source[source])]


def _candidates() -> dict[str, list[Candidate]]:
    places: dict[int, set[str]] = defaultdict(set)
    for pk, code in Project.municipalities.through.objects.values_list("project_id", "municipality_id"):
        places[pk].add(code)
    columns = ("pk", "source_id", "name", "first_seen_at", "presence", "last_listed_at", "last_changed_at")
    found: dict[str, list[Candidate]] = defaultdict(list)
    for pk, source, name, first, presence, listed, changed in Project.objects.values_list(*columns):
        if name:
            gone = None if presence == Presence.PRESENT else listed or changed
            found[source].append(Candidate(pk, name, frozenset(places[pk]), first, gone))
    return found


__all__ = ["proposed"]
