"""The registry: the sources that are watched, in the order in which `all` reads them.

`docs/adding-a-source.md` tells what one source more takes: a module that declares it, and its line here.
"""

from __future__ import annotations

from etl import correlation, dws, treasury
from etl.monitor import DeclaredSource
from projects.declared import REGISTRY, declare

for _source in (dws.SOURCE, treasury.SOURCE, correlation.SOURCE):
    declare(_source)


class UnknownSource(ValueError):
    """No source of that name is declared."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no source “{name[:40]}”. Known: {', '.join([*REGISTRY, 'all'])}.")


def sources() -> list[DeclaredSource]:
    """All of them, in their order."""
    return [source for source in REGISTRY.values() if isinstance(source, DeclaredSource)]


def source_of(name: str) -> DeclaredSource:
    """The declaration of a source. Raises UnknownSource."""
    source = REGISTRY.get(name)
    if not isinstance(source, DeclaredSource):
        raise UnknownSource(name)
    return source
