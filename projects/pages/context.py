"""What every page knows."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from projects.health.sources import in_order
from projects.models import RunState, Source
from projects.models.querysets import SourceQuerySet


class Site:
    """Asks once for each request, and only where a page shows it."""

    @cached_property
    def _sources(self) -> list[Any]:
        return in_order(_of_every_page().all())

    def demo(self) -> bool:
        """Also before the first page of a source was read, where it is known that it is the replica."""
        return settings.DEMO or any(source.demo for source in self._sources)

    def held(self) -> list[Any]:
        """The sources whose newest reading waits for a steward: the pages say since when and why."""
        return [source for source in self._sources if source.decided == RunState.QUARANTINED]


@cache
def _of_every_page() -> SourceQuerySet:
    """The question, not its answer: putting its six parts together takes longer than asking it."""
    return Source.objects.for_every_page()


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`: whether any source's data come from the replica (the pages then say so); `held`."""
    if request.path.startswith("/admin/"):
        return {}
    known = getattr(request, "_site", None)
    if known is None:
        known = request._site = Site()  # type: ignore[attr-defined]
    return {"demo": known.demo, "held": known.held}
