"""Which tables list projects, and which page is a project's own."""

from __future__ import annotations

import re

from etl.extract.document import Document
from etl.extract.lines import listing_rows
from etl.extract.samerows import each_once
from etl.extract.types import PublishedProject, Table
from etl.vocabulary import normal_label

_OWN_PAGE = re.compile(r"proj|scheme", re.IGNORECASE)
_IDENTIFYING = ("external_id", "name")
# Labels that identify something, but not for certain a project; they need more evidence beside them
_VAGUE = frozenset(
    {
        "id",
        "name",
        "title",
        "scheme",
        "ref",
        "ref no",
        "ref number",
        "reference",
        "reference no",
        "reference number",
    }
)
_TELLING = frozenset(
    {"budget", "expenditure", "progress_percentage", "contractor", "implementing_agent", "programme",
     "project_type", "completion_date"}
)  # fmt: skip
_TOTALS = frozenset(
    {"total", "totals", "grand total", "sub total", "sub-total", "subtotal", "total:", "totals:"}
)


def read_projects(document: Document, tables: list[Table], page_url: str) -> list[PublishedProject]:
    """Lines of project tables, and the project whose own page this is."""
    shown = [(table.kind, _lines(document, table)) for table in tables if table.kind != "fields"]
    lines = each_once(document, shown)
    is_list = any(kind == "cards" and projects for kind, projects in shown)
    return lines + _pages(document, [table for table in tables if table.kind == "fields"], page_url, is_list)


def is_about_projects(document: Document, headers: list[str], others: int) -> bool:
    """Whether the labels identify a project and hold `others` more known fields at least."""
    fields = {header: field for header in headers if (field := document.field_of(header))}
    identifying = [header for header, field in fields.items() if field in _IDENTIFYING]
    known = set(fields.values())
    if not identifying or len(known) < 1 + others:
        return False
    if all(normal_label(header) in _VAGUE for header in identifying):
        return len(known) > 2 and bool(known & _TELLING)
    return True


def published_names(headers: list[str]) -> list[str]:
    """Unique names of a table's columns: "Column 3" where there is no header, "Name (2)" for a second one."""
    names: dict[str, None] = {}
    for number, header in enumerate(headers, start=1):
        base = name = header or f"Column {number}"
        again = 1
        while name in names:
            again += 1
            name = f"{base} ({again})"
        names[name] = None
    return list(names)


def _leads_on(document: Document, table: Table) -> bool:
    """Whether number and name are all that a list shows, each row with a link to a project's own page."""
    fields = {document.field_of(header) for header in table.headers}
    if not {"external_id", "name"} <= fields or len(table.links) != len(table.rows):
        return False
    own = {url for url in table.links if url and _OWN_PAGE.search(url)}
    return len(own) == len(table.rows)


def _lines(document: Document, table: Table) -> list[PublishedProject]:
    if not table.rows or listing_rows(table):
        return []
    if not is_about_projects(document, table.headers, 1) and not _leads_on(document, table):
        return []
    names = published_names(table.headers)
    id_at, name_at = _columns(document, table.headers)
    links = table.links or [None] * len(table.rows)
    found = []
    for row, url in zip(table.rows, links, strict=True):
        identity = row[id_at] if id_at is not None else ""
        first = identity or (row[name_at] if name_at is not None else "")
        if first.casefold() not in _TOTALS:
            found.append(PublishedProject(identity, dict(zip(names, row, strict=True)), url, "line"))
    return found


def _columns(document: Document, headers: list[str]) -> tuple[int | None, int | None]:
    """Positions of the identity (of several, one that says "project") and of the name."""
    fields = [document.field_of(header) for header in headers]
    ids = [at for at, field in enumerate(fields) if field == "external_id"]
    ids.sort(key=lambda at: normal_label(headers[at]) in _VAGUE)
    return (ids[0] if ids else None), (fields.index("name") if "name" in fields else None)


def _pages(document: Document, blocks: list[Table], page_url: str, is_list: bool) -> list[PublishedProject]:
    """One project from all label/value blocks that speak of it; several where each is one of its own.

    `is_list`: beside the blocks stands a list of blocks, so that these too are lines of a list.
    """
    blocks = [block for block in blocks if any(document.field_of(header) for header in block.headers)]
    identified = [block for block in blocks if is_about_projects(document, block.headers, 1)]
    ids = [_identity(document, block) for block in identified]
    if len(set(ids)) > 1 or is_list:
        return [_page(document, [block], None, "line") for block in identified]
    headers = [header for block in blocks for header in block.headers]
    if not is_about_projects(document, headers, 2):
        return []
    return [_page(document, blocks, page_url or None, "page")]


def _identity(document: Document, block: Table) -> str:
    id_at, name_at = _columns(document, block.headers)
    at = name_at if id_at is None else id_at
    return block.rows[0][at] if at is not None else ""


def _page(document: Document, blocks: list[Table], url: str | None, part: str) -> PublishedProject:
    headers = [header for block in blocks for header in block.headers]
    values = [value for block in blocks for value in block.rows[0]]
    id_at, _ = _columns(document, headers)
    identity = values[id_at] if id_at is not None else ""
    published = dict(zip(published_names(headers), values, strict=True))
    return PublishedProject(identity, published, url, "page" if part == "page" else "line")
