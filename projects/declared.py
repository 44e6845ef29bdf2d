"""The sources that are watched, as each declares itself: clock, alerts, admin, API and pages read it here.

The pipeline declares them when Django starts (`etl.sources`); this room only knows that somebody does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Declaration:
    """One source. `minutes`: from poll to poll, unless the environment has `<NAME>_INTERVAL_MINUTES`.

    `entry_setting`: the setting with the address where its reading begins; blank for what is our own work.
    `command`: of manage.py. `records`: what it publishes, in the plural. `disagreements`: the heading of what
    does not add up in it or, where it `compares_tables`, of where its table differs from ours.
    `after_others`: it is made of the others, and is read when they have been.
    """

    name: str
    title: str
    minutes: int = 60
    entry_setting: str = ""
    command: str = ""
    records: str = "projects"
    disagreements: str = "Where the site disagrees with itself"
    compares_tables: bool = False
    after_others: bool = False

    @property
    def interval(self) -> int:
        """Minutes from poll to poll."""
        return settings.INTERVAL_MINUTES.get(self.name) or self.minutes

    @property
    def entry(self) -> str:
        """Where its reading begins; blank for what is our own work."""
        return getattr(settings, self.entry_setting) if self.entry_setting else ""

    @property
    def by_hand(self) -> str:
        """What `manage.py` is given to read it now."""
        return self.command or f"sync {self.name}"


REGISTRY: dict[str, Declaration] = {}


def declare(source: Declaration) -> None:
    """Have a source watched, after those that were declared before it."""
    REGISTRY[source.name] = source


def declared() -> Iterator[Declaration]:
    """All of them, in the order in which they were declared, which is that in which `all` reads them."""
    return iter(REGISTRY.values())


def declaration(name: str) -> Declaration:
    """That of a source; one that nobody declares any more keeps its name and its history."""
    return REGISTRY.get(name) or Declaration(name, name)
