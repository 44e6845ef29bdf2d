"""Which tables list projects, and which page is a project's own."""

from __future__ import annotations

import re
from typing import Literal

from etl.extract.columns import data_columns, published
from etl.extract.document import IDENTIFYING, Document
from etl.extract.groups import is_total
from etl.extract.lines import listing_rows
from etl.extract.samerows import each_once
from etl.extract.types import PublishedProject, Table
from etl.values.vocabulary import normal_label

_OWN_PAGE = re.compile(r"proj|scheme", re.IGNORECASE)
# Labels that identify something, but not for certain a project; they need more evidence beside them
_VAGUE = frozenset(
    {"id", "name", "title", "ref", "ref no", "ref number", "reference", "reference no", "reference number"}
)
# Fields that only a project has: tenders and posts have a name, a description and an amount too
_SPECIFIC = frozenset(
    {"progress_percentage", "contractor", "implementing_agent", "programme", "project_type",
     "completion_date"}
)  # fmt: skip
_SAYS_PROJECT = re.compile(r"project|scheme", re.IGNORECASE)


def read_projects(document: Document, tables: list[Table], page_url: str) -> list[PublishedProject]:
    """Lines of project tables, and the project whose own page this is."""
    shown = [(table.kind, _lines(document, table)) for table in tables if table.kind != "fields"]
    lines = each_once(document, shown)
    is_list = any(kind == "cards" and projects for kind, projects in shown)
    return lines + _pages(document, [table for table in tables if table.kind == "fields"], page_url, is_list)


def is_about_projects(document: Document, headers: list[str], others: int) -> bool:
    """Whether the labels identify a project and hold `others` more known fields at least."""
    fields = {header: field for header in headers if (field := document.field_of(header))}
    identifying = [header for header, field in fields.items() if field in IDENTIFYING]
    known = set(fields.values())
    if not identifying or len(known) < 1 + others:
        return False
    if all(normal_label(header) in _VAGUE for header in identifying):
        return len(known) > 2 and (bool(known & _SPECIFIC) or any(map(_SAYS_PROJECT.search, fields)))
    return True


def _leads_on(document: Document, table: Table) -> bool:
    """Whether each row of a list that shows little (or vague labels) has a link to a project's own page."""
    fields = {field for header in table.headers if (field := document.field_of(header))}
    if not fields.intersection(IDENTIFYING) or not (fields >= set(IDENTIFYING) or len(fields) > 2):
        return False
    own = {url for url in table.links if url and _OWN_PAGE.search(url)}
    return len(own) == len(table.links) == len(table.rows)


def _lines(document: Document, table: Table) -> list[PublishedProject]:
    if not table.rows or listing_rows(table):
        return []
    if not is_about_projects(document, table.headers, 1) and not _leads_on(document, table):
        return []
    kept = data_columns(document, table)
    headers = [table.headers[at] for at in kept]
    id_label, name_label = _identifying(document, headers)
    links = table.links or [None] * len(table.rows)
    found = []
    for row, url in zip(table.rows, links, strict=True):
        texts = published(headers, [row[at] for at in kept])
        identity = texts.get(id_label, "")
        first = identity or texts.get(name_label, "")
        if not is_total(first or next(filter(None, row), "")):
            found.append(PublishedProject(identity, texts, url, "line"))
    return found


def _identifying(document: Document, headers: list[str]) -> tuple[str, str]:
    """Labels of the identity and of the name, "" where there is none; of several, the vocabulary's first."""
    ranks = {label: rank for rank, label in enumerate(document.labels)}
    order = sorted(
        dict.fromkeys(headers),
        key=lambda label: (normal_label(label) in _VAGUE, ranks.get(normal_label(label), len(ranks)), label),
    )
    wanted = [[label for label in order if document.field_of(label) == field] for field in IDENTIFYING]
    return next(iter(wanted[0]), ""), next(iter(wanted[1]), "")


def _pages(document: Document, tables: list[Table], page_url: str, is_list: bool) -> list[PublishedProject]:
    """One project from all tables of fields that speak of it; several where each is one of its own.

    `is_list`: beside the tables stands a list of cards, so that these too are lines of a list.
    """
    tables = [table for table in tables if any(document.field_of(header) for header in table.headers)]
    identified = [table for table in tables if is_about_projects(document, table.headers, 1)]
    ids = [_identity(document, table) for table in identified]
    if len(set(ids)) > 1 or is_list:
        return [_page(document, [table], None, "line") for table in identified]
    headers = [header for table in tables for header in table.headers]
    if not is_about_projects(document, headers, 2):
        return []
    return [_page(document, tables, page_url or None, "page")]


def _identity(document: Document, table: Table) -> str:
    id_label, name_label = _identifying(document, table.headers)
    return published(table.headers, table.rows[0]).get(id_label or name_label, "")


def _page(
    document: Document, tables: list[Table], url: str | None, part: Literal["line", "page"]
) -> PublishedProject:
    headers = [header for table in tables for header in table.headers]
    texts = published(headers, [value for table in tables for value in table.rows[0]])
    identity = texts.get(_identifying(document, headers)[0], "")
    return PublishedProject(identity, texts, url, part)
