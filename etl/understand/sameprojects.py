"""Columns that say nothing of a project, and projects that one page shows twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from etl.extract.columns import BUTTON_HEADINGS
from etl.extract.groups import SECTION
from etl.extract.types import CERTAINTY, PublishedProject, Table, TableKind
from etl.values.amounts import parse_count, parse_money, parse_percent
from etl.values.dates import parse_date
from etl.values.text import Parsed
from etl.values.vocabulary import PART_LABELS, normal_label
from projects.fields import FIELDS, Kind

FieldOf = Callable[[str], str | None]
_BUTTON = re.compile(
    r"(?:(?:view|see|show|read|more|open|select|edit|delete|update|details?|info|information|map|project|on|the"
    r"|click|here|go|to|link|zoom)[\s.|/>»›…]*)+",
    re.IGNORECASE,
)
_BY_KIND: dict[Kind, Callable[[str], Parsed[Any]]] = {
    Kind.MONEY: parse_money,
    Kind.PERCENT: parse_percent,
    Kind.COUNT: parse_count,
    Kind.DATE: parse_date,
}
_BESIDE = " | "
_PARSERS = {field.name: _BY_KIND[field.kind] for field in FIELDS if field.kind in _BY_KIND}


def data_columns(field_of: FieldOf, table: Table) -> list[int]:
    """Positions of the columns that say something of the project: all but buttons ("View", "Details")."""
    return [at for at in range(len(table.headers)) if not _is_button(field_of, table, at)]


def _is_button(field_of: FieldOf, table: Table, at: int) -> bool:
    header = table.headers[at]
    if field_of(header) or (header and normal_label(header) not in BUTTON_HEADINGS):
        return False
    texts = [row[at] for row in table.rows if row[at]]
    if all(_BUTTON.fullmatch(text) for text in texts):
        return True
    return not header and at in table.linked and len(texts) == len(table.rows) > 1 and len(set(texts)) == 1


def each_once(
    field_of: FieldOf, shown: Sequence[tuple[TableKind, list[PublishedProject]]]
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
            elif project.external_id and _joins(field_of, better[1], project):
                left_out.add(id(project))
    return [project for _, projects in shown for project in projects if id(project) not in left_out]


def join_sections(field_of: FieldOf, sections: Sequence[list[PublishedProject]]) -> None:
    """Make one of a project that stands in several sections of a list (a tab a year): what differs from one
    to the other is no figure of the project. Takes the later ones out of their section."""
    known: dict[tuple[str, str], PublishedProject] = {}
    for projects in sections:
        here = {id(project): _key(field_of, project) for project in projects}
        kept = []
        for project in projects:
            first = known.get(here[id(project)])
            differ = first and [k for k, text in first.published.items() if project.published.get(k) != text]
            if first is None or not (
                differ == [SECTION] or is_of_several_lines(field_of, first.published, project.published)
            ):
                kept.append(project)
                continue
            first.published = put_together(first.published, project.published)
            first.url, first.postback = first.url or project.url, first.postback or project.postback
        projects[:] = kept
        known |= {key: project for project in kept if all(key := here[id(project)])}


def _key(field_of: FieldOf, project: PublishedProject) -> tuple[str, str]:
    """Number and name, "" where it has none."""
    names = (text for label, text in project.published.items() if field_of(label) == "name" and text)
    return project.external_id, next(names, "")


def put_together(above: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """A project of several lines: where these differ all texts stand side by side, in an order of their own,
    and no figure is read."""
    both = {label: {*text.split(_BESIDE), texts.get(label, text)} for label, text in above.items()}
    return {
        label: _BESIDE.join(sorted(said)) if texts.get(label, above[label]) != above[label] else above[label]
        for label, said in both.items()
    }


def is_of_several_lines(field_of: FieldOf, above: Mapping[str, str], texts: Mapping[str, str]) -> bool:
    """Whether two lines of one table, which have one number and one name, are of one project: a line a year,
    or a fund. Then no figure that differs is the project's. What names a part tells two projects apart."""
    differ = [label for label, text in above.items() if texts.get(label, text) != text]
    figures = any(_are_figures(field_of(label) or "", above[label], texts[label]) for label in differ)
    return figures and not any(normal_label(label) in PART_LABELS for label in differ)


def _are_figures(field: str, *texts: str) -> bool:
    """Whether two texts are values that contradict each other: by their field, or as figures by looks."""
    if field in _PARSERS:
        return True
    return not field and all(text and parse_money(text).value is not None for text in texts)


def _contradict(one: Parsed[Any], other: Parsed[Any]) -> bool:
    """Whether two readings of a figure or a day are different ones, beyond what the rounder of both shows."""
    if one.value is None or other.value is None:
        return False
    if isinstance(one.value, Decimal) and isinstance(other.value, Decimal):
        return 2 * abs(one.value - other.value) > max(one.quantum, other.quantum)
    return bool(one.value != other.value)


def _joins(field_of: FieldOf, better: PublishedProject, other: PublishedProject) -> bool:
    """Whether the better rendering can speak for both: no figure or day contradicts it. Words may be put
    differently (a code for a name); fields that it lacks or leaves blank it takes from the other."""
    labels = {field: label for label in better.published if (field := field_of(label))}
    more: dict[str, str] = {}
    for label, text in other.published.items():
        field = field_of(label) or ""
        known = better.published.get(label if label in better.published else labels.get(field, ""), "")
        if text and not known:
            more[label] = text
        elif text and field in _PARSERS and _contradict(*map(_PARSERS[field], (known, text))):
            return False
    better.published.update(more)
    better.url = better.url or other.url
    return True
