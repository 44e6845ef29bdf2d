"""Saved pages, read for a command: those that a person has at hand, whatever files they are in."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from etl.bounds.call import Bounded, bounded
from etl.compare.known import known_words
from etl.exceptions import BadCapture, FetchFailed, PageChanged
from etl.extract import PageContent
from etl.fetch.page import Page
from etl.fetch.saved import pages
from etl.project_source import ProjectSource
from etl.sources import source_of, sources
from etl.understand import read_page
from etl.values.vocabulary import NOTHING_TAUGHT
from projects.models import SyncRun

Shown = tuple[
    str, str, PageContent | None, list[str]
]  # file, address, what it says, what is to be said of it


def project_sources() -> list[str]:
    """The names of the sources that publish projects."""
    return [source.name for source in sources() if issubclass(source.monitor, ProjectSource)]


def add_page_arguments(parser: ArgumentParser, nargs: str) -> None:
    """The arguments of a command that reads saved pages."""
    parser.add_argument(
        "pages", nargs=nargs, metavar="PAGE.html", help="saved page or callback answer; WARC, HAR or MHT"
    )
    parser.add_argument("--json", action="store_true", help="one JSON array on stdout, nothing else")
    parser.add_argument(
        "--source", choices=project_sources(), help="whose pages they are: read as that source's"
    )
    parser.add_argument("--url", default="", help="the pages' own address, for absolute links")


def read_saved(names: Iterable[str], source: str | None, url: str) -> tuple[list[Shown], list[str]]:
    """Every page of the files, and a sentence for each file that cannot be opened. Raises CommandError."""
    shown: list[Shown] = []
    missing = []
    read = _reader_of(source) if source else _reader()
    for name in names:
        try:
            found = pages(Path(name), url, settings.FETCH_MAX_BYTES)
        except OSError as error:
            missing.append(f"{name} cannot be read: {error.strerror or error}.")
            continue
        except BadCapture as problem:
            missing.append(str(problem))
            continue
        shown += [(name, *_read(page, read)) for page in found]
    return shown, missing


def _reader_of(source: str) -> Callable[[Page], PageContent]:
    """What the source itself takes a page to say; its words are those of the record. Raises CommandError."""
    try:
        monitor = source_of(source).monitor(SyncRun(source_id=source), dry_run=True)
    except DatabaseError as error:
        raise CommandError(f"The words of {source} are in the database, which says: {error}") from error
    assert isinstance(monitor, ProjectSource)
    return Bounded(monitor.extractor(), monitor.alive)


def _reader() -> Callable[[Page], PageContent]:
    """What any page of HTML is taken to say."""
    labels = saved_labels()
    return lambda page: bounded(read_page, page.body, url=page.url, labels=labels)


def saved_labels() -> Mapping[str, str]:
    """The headings that stewards taught; none where no migrated database is at hand."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and "memory" not in name and not Path(name).exists():
        return NOTHING_TAUGHT  # to look would create the file
    try:
        return known_words().fields
    except DatabaseError:
        return NOTHING_TAUGHT


def _read(
    had: Callable[[], Page], read: Callable[[Page], PageContent]
) -> tuple[str, PageContent | None, list[str]]:
    """The page's address, what it says, and what is to be said of it."""
    url = ""
    try:
        page = had()
        url = page.url
        content = read(page)
    except (BadCapture, FetchFailed, PageChanged) as error:
        return url, None, [str(error)]
    return url, content, content.notes
