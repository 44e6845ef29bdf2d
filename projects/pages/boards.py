"""The parts of an open page that follow the log, rendered once for all who have it open in one language: the
hub sends them.

A board is a kind of page with such parts: `dashboard`, `municipality` with its code, `sources`, or `source`
with its name. Each part is the element that the page shows as `data-live-total`, by the partial that the page
itself includes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.template.loader import render_to_string

from projects.health.sources import sources
from projects.languages import ENGLISH, override, spoken
from projects.models import DataChangeLog, Municipality, SyncRun
from projects.pages.dashboard import by_status, figures_list, totals
from projects.pages.municipalities import money_of
from projects.pages.sources import RUNS, with_facts

Parts = dict[str, str]

# What a part says while a reading goes on: it moves without the log.
MOVING = "data-reading"
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Board:
    """`code` is a municipality's or a source's name; None where there is one such page. `language`: the
    code of that of the page."""

    name: str
    code: str | None = None
    language: str = ENGLISH.code

    @property
    def is_clocked(self) -> bool:
        """Whether it moves by itself, without the log: a source is read, and nothing has changed."""
        return self.name in ("sources", "source")

    def follows(self, places: frozenset[str]) -> bool:
        """Whether changes in these municipalities may move it."""
        return self.code is None or self.code in places

    def now(self) -> tuple[int, Parts]:
        """The newest id of the log, and {id of an element: its HTML as the page has it then}; no element
        where there is no such page. While the log grows at every attempt, the id is of before.
        """
        for _ in range(_ATTEMPTS):
            newest, parts = DataChangeLog.objects.newest(), self._parts()
            if DataChangeLog.objects.newest() == newest:
                break
        return newest, parts

    def _parts(self) -> Parts:
        with override(self.language):
            return {part: spoken(html) for part, html in _BOARDS[self.name](self.code).items()}


def _dashboard(code: str | None) -> Parts:
    return {
        "totals": render_to_string("projects/_totals.html", totals()),
        "by-status": render_to_string("projects/_by_status.html", by_status()),
        "figures": render_to_string("projects/_figure_changes.html", figures_list()),
    }


def _municipality(code: str | None) -> Parts:
    municipality = Municipality.objects.for_municipality_page().filter(pk=code).first()
    if municipality is None:
        return {}
    context = money_of(municipality)
    questions = render_to_string(
        "projects/_discrepancies.html", context | {"discrepancies": context["questions"]}
    )
    return {
        "questions": f'<div id="questions" data-live-total="questions">{questions}</div>',
        "debt": render_to_string("projects/_debt.html", context),
        "finances": render_to_string("projects/_finances.html", context),
    }


def _sources(code: str | None) -> Parts:
    return {f"facts-{source.pk}": _facts(source) for source in with_facts(sources())}


def _source(code: str | None) -> Parts:
    return {
        part: html
        for source in with_facts(sources().filter(pk=code))
        for part, html in ((f"facts-{source.pk}", _facts(source)), ("runs", _runs(source)))
    }


def _facts(source: Any) -> str:
    return render_to_string("projects/_source_facts.html", {"source": source})


def _runs(source: Any) -> str:
    page = Paginator(SyncRun.objects.filter(source=source).for_ledger(), RUNS).get_page(1)
    return render_to_string("projects/_runs.html", {"source": source, "page": page})


_BOARDS: dict[str, Callable[[str | None], Parts]] = {
    "dashboard": _dashboard,
    "municipality": _municipality,
    "sources": _sources,
    "source": _source,
}
NAMES = tuple(_BOARDS)

__all__ = ["MOVING", "NAMES", "Board", "Parts"]
