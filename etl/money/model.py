"""A cube's model: when it was last updated, and whether it still has what our questions name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from etl.exceptions import PageChanged
from etl.money.answers import parse
from etl.money.queries import AGGREGATE, CUBES, Query, queries_of
from projects.facts.finance import FIRST_YEAR


@dataclass(frozen=True, slots=True)
class Model:
    """`last_updated` as published (`2026-08-21T09:30` or `2020-10`); `moves`: it follows the cube's updates.

    `columns`: all names that a question can use; `unsummable`: dimensions that cannot be summed over.
    """

    last_updated: str
    moves: bool
    columns: frozenset[str]
    unsummable: frozenset[str]


def read_model(body: bytes, content_type: str, cube: str) -> Model:
    """The cube's model. Raises PageChanged, naming what our questions need and the cube no longer has."""
    answer = parse(body, content_type, f"{cube} model")
    model = answer.get("model")
    if not isinstance(model, dict) or answer.get("name") != cube:
        raise PageChanged(f"Municipal Money: the answer is not the model of {cube}.")
    updated = model.get("last_updated")
    if updated is not None and not (isinstance(updated, str) and updated.isprintable()):
        raise PageChanged(f"Municipal Money: {cube} says “{updated}” for when it was last updated.")
    dimensions = _named(model, "dimensions", cube)
    columns = frozenset(_columns(model, dimensions, cube))
    unsummable = frozenset(name for name, each in dimensions.items() if each.get("non_aggregatable"))
    for query in _questions(cube):
        _check(query, columns, unsummable)
    return Model(updated or "", bool(model.get("updates_table") and updated), columns, unsummable)


def _questions(cube: str) -> list[Query]:
    asked = (query for polled in CUBES for query in queries_of(polled, (FIRST_YEAR,)))
    return [query for query in asked if query.cube == cube]


def _check(query: Query, columns: frozenset[str], unsummable: frozenset[str]) -> None:
    missing = sorted(query.refs - columns)
    if missing:
        raise PageChanged(f"Municipal Money: {query.cube} no longer has “{'”, “'.join(missing)}”.")
    given = {ref.partition(".")[0] for ref in query.refs}
    summed = sorted(unsummable - given)
    if query.what == AGGREGATE and summed:
        raise PageChanged(
            f"Municipal Money: {query.cube} now says that “{'”, “'.join(summed)}” cannot be summed over,"
            f" as “{query.measure}” is."
        )


def _named(model: dict[str, Any], part: str, cube: str) -> dict[str, dict[str, Any]]:
    """A part of the model by name, {name: {…}}."""
    named = model.get(part)
    if not isinstance(named, dict) or not all(isinstance(each, dict) for each in named.values()):
        raise PageChanged(f"Municipal Money: the model of {cube} has no “{part}”.")
    return named


def _columns(model: dict[str, Any], dimensions: dict[str, dict[str, Any]], cube: str) -> Iterator[str]:
    parts = [_named(each, "attributes", cube) for each in dimensions.values()]
    parts += [_named(model, name, cube) for name in ("measures", "aggregates")]
    for part in parts:
        yield from (str(each["ref"]) for each in part.values() if "ref" in each)
