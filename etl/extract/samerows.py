"""One page that shows the same projects twice, as a grid and as data in a script: each counts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from etl.extract.document import Document
from etl.extract.types import CERTAINTY, PublishedProject, Table, TableKind
from etl.values.amounts import parse_count, parse_money, parse_percent
from etl.values.dates import parse_date
from etl.values.text import Parsed
from projects.fields import FIELDS, Kind

_BY_KIND: dict[Kind, Callable[[str], Parsed[Any]]] = {
    Kind.MONEY: parse_money,
    Kind.PERCENT: parse_percent,
    Kind.COUNT: parse_count,
    Kind.DATE: parse_date,
}
_PARSERS = {field.name: _BY_KIND[field.kind] for field in FIELDS if field.kind in _BY_KIND}


def each_once(
    document: Document, shown: Sequence[tuple[TableKind, list[PublishedProject]]]
) -> list[PublishedProject]:
    """The projects of several tables; of one that two renderings show, the better one's is used.

    `shown`: per table its kind and its projects. Where the figures of two renderings contradict each other,
    both stay, for the reader of the lists to say so: which of them is right is not for us to know.
    """
    kinds = {kind for kind, projects in shown if projects}
    if len(kinds) < 2:
        return [project for _, projects in shown for project in projects]
    known: dict[str, tuple[TableKind, PublishedProject]] = {}
    left_out: set[int] = set()
    surest = list(CERTAINTY)
    for kind, projects in sorted(shown, key=lambda part: surest.index(part[0])):
        for project in projects:
            better = known.get(project.external_id)
            if better is None or better[0] == kind:
                known.setdefault(project.external_id, (kind, project))
            elif project.external_id and _joins(document, better[1], project):
                left_out.add(id(project))
    return [project for _, projects in shown for project in projects if id(project) not in left_out]


def settle_pagers(document: Document, tables: Sequence[Table]) -> None:
    """A list of which another table of the page holds all rows need not be asked for more."""
    for table in tables:
        pager = table.pager
        if pager is None or pager.items is None or len(table.rows) >= pager.items:
            continue
        ids = _ids(document, table)
        if ids and any(
            other is not table and len(other.rows) >= pager.items and ids <= _ids(document, other)
            for other in tables
        ):
            table.pager = None


def _ids(document: Document, table: Table) -> set[str]:
    at = next(
        (at for at, label in enumerate(table.headers) if document.field_of(label) == "external_id"), None
    )
    return set() if at is None else {row[at] for row in table.rows}


def _joins(document: Document, better: PublishedProject, other: PublishedProject) -> bool:
    """Whether the better rendering can speak for both: no figure or day contradicts it. Words may be put
    differently (a code for a name); fields that it lacks or leaves blank it takes from the other."""
    labels = {field: label for label in better.published if (field := document.field_of(label))}
    more: dict[str, str] = {}
    for label, text in other.published.items():
        field = document.field_of(label) or ""
        known = better.published.get(label if label in better.published else labels.get(field, ""), "")
        if text and not known:
            more[label] = text
        elif text and field in _PARSERS:
            one, two = (_PARSERS[field](reading).value for reading in (known, text))
            if one is not None and two is not None and one != two:
                return False
    better.published.update(more)
    better.url = better.url or other.url
    return True
