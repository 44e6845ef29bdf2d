"""The registry: the sources that are watched, in the order in which `all` reads them.

`docs/adding-a-source.md` tells what one source more takes: a module that declares it, and its line here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from etl import correlation, dws, treasury
from etl.monitor import DeclaredSource
from projects.declared import REGISTRY, declare, declared

SOURCES = (dws.SOURCE, treasury.SOURCE, correlation.SOURCE)


def watched(every: Iterable[DeclaredSource], wanted: Collection[str]) -> list[DeclaredSource]:
    """Those that are wanted, by their names; all of them where none is named. Raises ImproperlyConfigured."""
    known = {source.name: source for source in every}
    if unknown := set(wanted) - known.keys():
        raise ImproperlyConfigured(f"SOURCES: there is no “{min(unknown)}”, only {', '.join(known)}.")
    return [source for name, source in known.items() if not wanted or name in wanted]


def _all_known(name: str, given: Collection[str]) -> None:
    """Raises ImproperlyConfigured for a word that names no source, which nobody would notice otherwise."""
    known = [source.name for source in SOURCES]
    if unknown := set(given) - set(known):
        raise ImproperlyConfigured(f"{name}: there is no “{min(unknown)[:40]}”, only {', '.join(known)}.")


_all_known("OPEN_DATA_SOURCES", settings.OPEN_DATA_SOURCES or ())
for _source in watched(SOURCES, settings.SOURCES):
    declare(_source)


class UnknownSource(ValueError):
    """No source of that name is declared."""

    def __init__(self, name: str) -> None:
        known = ", ".join([*(source.name for source in declared()), "all"])
        super().__init__(f"There is no source “{name[:40]}”. Known: {known}.")


def sources() -> list[DeclaredSource]:
    """All of them, in their order."""
    return [source for source in declared() if isinstance(source, DeclaredSource)]


def source_of(name: str) -> DeclaredSource:
    """The declaration of a source. Raises UnknownSource."""
    source = REGISTRY.get(name)
    if not isinstance(source, DeclaredSource):
        raise UnknownSource(name)
    return source
