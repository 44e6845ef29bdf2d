"""How the shape of a reading differs from the last good one: columns, statuses, layouts, blanks. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from projects.languages import Words, gettext, gettext_noop
from projects.wording.phrases import label

# `SyncRun.profile`: "columns" and "filled" {column: lines that have it}, "page_columns" and "layouts" lists,
# "statuses" {word: lines}, "count" of projects, "listings". A column is a field's name or its own label.
Profile = dict[str, Any]
_LIST, _PAGE = gettext_noop("list"), gettext_noop("project page")


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column. `before` and `after` say on how many lines it stood, None where that is not counted;
    `state` is `same`, `lost` (expected, not found) or `new`.
    """

    label: str
    where: str
    state: str
    before: int | None
    after: int | None


def columns(expected: Profile, found: Profile) -> list[ColumnDrift]:
    """All columns of both: those of the lists, then those of the projects' own pages."""
    return [*_compared(_counted(expected), _counted(found), _LIST), *_of_pages(expected, found)]


def _counted(profile: Profile) -> dict[str, int | None]:
    given = profile.get("columns")
    return dict(given) if isinstance(given, dict) else {}


def _of_pages(expected: Profile, found: Profile) -> Iterator[ColumnDrift]:
    """A reading opens only some of the projects' pages: without any there is nothing to miss."""
    before, after = expected.get("page_columns") or [], found.get("page_columns") or []
    if before and after:
        yield from _compared(dict.fromkeys(before), dict.fromkeys(after), _PAGE)


def _compared(
    before: dict[str, int | None], after: dict[str, int | None], where: str
) -> Iterator[ColumnDrift]:
    for name in [*before, *(name for name in after if name not in before)]:
        state = "lost" if name not in after else "same" if name in before else "new"
        yield ColumnDrift(label(name), gettext(where), state, before.get(name), after.get(name))


_LISTED = Words({"layouts": "Layouts", "statuses": "Statuses"})


def facts(expected: Profile, found: Profile) -> list[tuple[str, str, str]]:
    """(what, expected, found) where they differ: numbers of records, layouts, statuses, filled columns."""
    rows: list[tuple[str, Any, Any]] = [
        (gettext("Projects"), expected.get("count"), found.get("count")),
        (gettext("Municipality lines"), expected.get("listings"), found.get("listings")),
    ]
    for name in ("layouts", "statuses"):
        rows.append((_LISTED[name], _listed(expected, name), _listed(found, name)))
    old, new = expected.get("filled") or {}, found.get("filled") or {}
    rows += [
        (gettext("{field} given").format(field=label(name)), old.get(name, 0), new.get(name, 0))
        for name in {**old, **new}
    ]
    return [(what, _said(before), _said(after)) for what, before, after in rows if before != after]


def _listed(profile: Profile, name: str) -> str:
    return ", ".join(sorted(str(word) for word in profile.get(name) or [] if word))


def _said(value: Any) -> str:
    return gettext("none") if value in (None, "") else str(value)
