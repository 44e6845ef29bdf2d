"""Area by area, what the site says of itself beside what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from projects.api.areas import of_sites, readings
from projects.models import AreaState, Project

_OPEN = (AreaState.HELD, AreaState.REJECTED, AreaState.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Areas:
    """`rows`: those that do not add up first. `whole` and `valued`: of which every count, and the value, is
    met; `counted`: that have a value which could be checked."""

    rows: list[Any]
    whole: int
    valued: int
    counted: int
    site: Sequence[dict[str, Any]] = ()  # claims of the site as a whole

    @property
    def noun(self) -> str:
        """What the rows are of."""
        return "area" if any(row.address for row in self.rows) else "municipality"

    @property
    def open(self) -> list[Any]:
        return [row for row in self.rows if row.state in _OPEN]

    @property
    def others(self) -> list[Any]:
        return [row for row in self.rows if row.state not in _OPEN]


def of_source(name: str) -> Areas:
    return replace(_areas(list(readings().filter(source=name))), site=of_sites(name))


def of_place(code: str) -> list[Any]:
    """The newest reading of a municipality's list, of each source."""
    return _areas(list(readings().filter(area=code))).rows


def of_project(project: Project) -> list[Any]:
    """The newest readings of the lists of a project's municipalities, and of those of none that show it."""
    codes = [*(place.code for place in project.municipalities.all()), *project.lists.split()]
    rows = readings().filter(source=project.source_id, area__in=codes)
    return _areas(list(rows)).rows


def _areas(rows: list[Any]) -> Areas:
    for row in rows:
        row.why = [_without_name(reason["sentence"], row.address or row.area) for reason in row.reasons]
        row.by_what = {claim["what"]: claim for claim in row.claims}
        row.projects, row.value = _counted(row.by_what), row.by_what.get("total value")
        row.found = Decimal(row.value["found"]) if row.value and row.value["found"] else None
    rows.sort(key=lambda row: (row.state == AreaState.LOADED, row.address or row.area))
    checked = [row.value["met"] for row in rows if row.value and row.value["met"] is not None]
    return Areas(rows, sum(row.is_whole for row in rows), sum(checked), len(checked))


def _counted(by_what: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """What a municipality's line says of how many projects there are, else what their list says."""
    known = (by_what.get(what) for what in ("projects", "projects, at least", "rows of its list"))
    return next(filter(None, known), None)


def _without_name(sentence: str, name: str) -> str:
    """The sentence without the name at its beginning: it stands beside the area's."""
    short = sentence.removeprefix(f"[{name}]: ")
    return short[:1].upper() + short[1:]
