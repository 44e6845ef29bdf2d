"""Names beside codes: in a file a column of codes is followed by one of what they stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from projects.facts import finance
from projects.models import Measure, Municipality, Presence, Province, Source, Status
from projects.wording.discrepancy_rules import rule_label
from projects.wording.flags import FLAGS

Record = dict[str, Any]
Name = Callable[[str], str | None]
Parts = Iterable[list[Record]]


def with_names(columns: Sequence[str], parts: Parts) -> tuple[list[str], Iterator[list[Record]]]:
    """The columns with those of names, and the records with their names. Places and sources are asked for
    once, when the first record is there."""
    named = [name for place, name in enumerate(columns) if _has_names(columns, place)]
    wider = [one for name in columns for one in ([name, f"{name}_name"] if name in named else [name])]
    return wider, _told(named, parts) if named else iter(parts)


def _has_names(columns: Sequence[str], place: int) -> bool:
    """Not where its own name follows, as of a municipality in a list of them."""
    name, after = columns[place], list(columns[place + 1 : place + 2])
    known = f"{name}_name" in columns or f"{name}_label" in columns or (name in _PLACES and after == ["name"])
    return name in CODED and not known


def _told(named: Sequence[str], parts: Parts) -> Iterator[list[Record]]:
    name_of: dict[str, Name] = {}
    for part in parts:
        if part and not name_of:
            name_of = _namers(named)
        yield [
            record | {f"{name}_name": _said(name_of[name], record[name]) for name in named} for record in part
        ]


def _said(name_of: Name, code: Any) -> Any:
    """Of several codes their names; of one that nobody knows nothing."""
    if isinstance(code, list):
        return "; ".join(name_of(one) or one for one in code) or None
    return name_of(code) if code else None


def _namers(named: Sequence[str]) -> dict[str, Name]:
    kinds = {name: CODED[name] for name in named}
    found = {kind: kind() for kind in set(kinds.values())}
    return {name: found[kind] for name, kind in kinds.items()}


def _places() -> Name:
    return dict(Municipality.objects.values_list("pk", "name")).get


def _sources() -> Name:
    return dict(Source.objects.values_list("pk", "title")).get


def _words(of: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Callable[[], Name]:
    known = {code: str(name) for code, name in dict(of).items()}
    return lambda: known.get


@cache
def _grants() -> Name:
    names = {code: grant.label for code, grant in finance.GRANTS.items()}
    return names.get


def _rules() -> Name:
    return rule_label


_PLACES = ("municipality", "municipalities", "district", "area")
# Column → what gives its names.
CODED: dict[str, Callable[[], Name]] = {
    **dict.fromkeys(_PLACES, _places),
    "source": _sources,
    "province": _words(Province.choices),
    "category": _words(Municipality.Category.choices),
    "status": _words(Status.choices),
    "presence": _words(Presence.choices),
    "measure": _words(Measure.choices),
    "programme": _grants,
    "flags": _words(FLAGS),
    "rule": _rules,
}

__all__ = ["CODED", "with_names"]
