"""What the tables of pages mean: each column's field, unit and format, on evidence. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from etl import extract
from etl.extract.columns import shared_headings
from etl.extract.markup import Markup
from etl.extract.readings import better
from etl.extract.types import PageContent, PublishedProject
from etl.understand.context import around
from etl.understand.projects import Meanings, read_projects
from etl.values.vocabulary import NOTHING_TAUGHT

__all__ = ["read_page"]


def read_page(
    body: bytes | str | Markup,
    *,
    url: str = "",
    content_type: str = "",
    labels: Mapping[str, str] | None = None,
) -> PageContent:
    """All that the page (or callback answer) offers, and the projects that it shows.

    `labels`: normalised label → field, as a steward taught them. Raises PageChanged where there is no markup
    at all, and nothing else.
    """
    known = NOTHING_TAUGHT if labels is None else labels
    content = extract.read_page(body, url=url, content_type=content_type, labels=known)
    content.projects = _projects(content, url, known)
    if content.other:
        content.other.projects = _projects(content.other, url, known)
        content = better(content, content.other)
    if content.damage:
        content.notes.append(content.damage)
    content.notes += _notes(content)
    return content


def _projects(content: PageContent, url: str, labels: Mapping[str, str]) -> list[PublishedProject]:
    return read_projects(content.tables, url, Meanings(labels), around(content), content.heading)


def _notes(content: PageContent) -> list[str]:
    """Plain sentences on what the page does not offer."""
    notes = []
    if not content.projects and not content.listings:
        links = f"{len(content.links)} link{'' if len(content.links) == 1 else 's'}"
        notes.append(f"No project table and no municipality line was found; the page offers {links}.")
    if content.unread_viewer:
        notes.append(_sentence(content.unread_viewer))
    if content.unread_steps and (content.projects or content.listings):
        notes.append(_sentence(content.unread_steps))
    shared = [header for table in content.tables for header in shared_headings(table.headers)]
    for header in dict.fromkeys(shared):
        notes.append(f"Several columns are called {header!r}: where they differ, both texts stand together.")
    return notes


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
