"""The sources that are watched, as each declares itself: clock, alerts, admin, API and pages read it here.

The pipeline declares them when Django starts (`etl.sources`); this room only knows that somebody does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from projects.languages import MARKED, gettext

# A name stands in addresses, in variables of the environment and beside the clock's own entry.
_TAKEN = "all|heartbeat|pruning|alerts|forgetting|downloads|flags|contacts"
_LONGEST_INTERVAL = 1_000_000  # minutes; what the clock adds to a moment stays one
_NAME = re.compile(rf"(?!(?:{_TAKEN})$)[a-z][a-z0-9_]{{1,19}}")


class KeptTable(NamedTuple):
    """A table of a kept page as it was read: in each row a text for each heading."""

    headings: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One source. `name`: 2 to 20 small letters, digits and `_`, for good. `title`: in full, as a heading.
    `short`: in a sentence or at the head of a column; the title, unless it is given.

    `minutes`: from poll to poll, unless the environment has `<NAME>_INTERVAL_MINUTES`. `url`: where its
    reading begins, unless there is a setting, or a variable of the environment, by the name `entry_setting`;
    both are blank for what is our own work. `access`: what to know where its host cannot be reached.
    `command`: of manage.py. `records`: what it publishes, in the plural. `disagreements`: the heading of what
    does not add up in it or, where it `compares_tables`, of where its table differs from ours.
    `open_data`: its licence allows that its data are downloaded here in bulk; `OPEN_DATA_SOURCES` wins.
    `after_others`: it is made of the others, is named behind them, and is read when they have been.
    """

    name: str
    title: str
    short: str = ""
    minutes: int = 60
    url: str = ""
    entry_setting: str = ""
    access: str = ""
    command: str = ""
    records: str = "projects"
    disagreements: str = "Where the site disagrees with itself"
    compares_tables: bool = False
    open_data: bool = False
    after_others: bool = False

    def __post_init__(self) -> None:
        MARKED.update(filter(None, (self.title, self.short, self.disagreements, self.records)))

    @property
    def heading(self) -> str:
        """The title in the language of the page."""
        return gettext(self.title)

    @property
    def called(self) -> str:
        """What it is called in a sentence or at the head of a column, in the language of the page."""
        return gettext(self.short or self.title)

    @property
    def records_called(self) -> str:
        return gettext(self.records)

    @property
    def disagreements_called(self) -> str:
        return gettext(self.disagreements)

    @property
    def interval(self) -> int:
        """Minutes from poll to poll. Raises ImproperlyConfigured for a setting that is no such number."""
        given = str(settings.INTERVAL_MINUTES.get(self.name) or self.minutes)
        if not given.isascii() or not given.isdigit() or not 0 < int(given[:9]) <= _LONGEST_INTERVAL:
            name = f"{self.name.upper()}_INTERVAL_MINUTES"
            raise ImproperlyConfigured(
                f"{name} is “{given[:40]}”: it has to be whole minutes, from 1 to {_LONGEST_INTERVAL}."
            )
        return int(given)

    @property
    def entry(self) -> str:
        """Where its reading begins; blank for what is our own work."""
        configured = getattr(settings, self.entry_setting, "") if self.entry_setting else ""
        return configured or settings.ADDRESSES.get(self.entry_setting, self.url)

    def tables_of(self, url: str, body: bytes, headers: dict[str, str]) -> list[KeptTable]:
        """The tables on a page of the source that was kept, as it is read; none where it has no tables."""
        return []

    @property
    def by_hand(self) -> str:
        """What `manage.py` is given to read it now."""
        return self.command or f"sync {self.name}"


REGISTRY: dict[str, Declaration] = {}


def declare(source: Declaration) -> None:
    """Have a source watched, after those that were declared before it. Raises ValueError for its name."""
    if not _NAME.fullmatch(source.name):
        raise ValueError(f"“{source.name}” is no name for a source: 2 to 20 of a-z, 0-9 and _, not “all”.")
    REGISTRY[source.name] = source


def declared() -> Iterator[Declaration]:
    """All of them, in the order in which they are shown, and read where `all` are: as they were declared,
    and then those that are made of the others."""
    return iter(sorted(REGISTRY.values(), key=lambda source: source.after_others))


def declaration(name: str) -> Declaration:
    """That of a source; one that nobody declares any more keeps its name and its history."""
    return REGISTRY.get(name) or Declaration(name, name)
