"""Rows of the record as the dicts that the API gives: decimals as strings, instants in UTC, unknown null."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from projects.api.answers import amount
from projects.api.sides import Side, Sums
from projects.declared import declared
from projects.fields import FIELDS, Kind
from projects.models import Municipality, MunicipalityListing, Presence, Source
from projects.wording.figures import instant

LastComplete = dict[str, datetime | None]


def last_complete(until: datetime | None = None) -> LastComplete:
    """When each source was last read completely: one query for a whole page of projects."""
    return dict(Source.objects.last_complete(until).values_list("name", "last_complete"))


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _codes(municipalities: Any) -> list[str]:
    return sorted(municipality.pk for municipality in municipalities.all())


# Of the kinds that JSON has no type for, how their values are written.
_WRITTEN: dict[Kind, Callable[[Any], Any]] = {
    Kind.MONEY: amount,
    Kind.PERCENT: amount,
    Kind.DATE: _day,
    Kind.PLACES: _codes,
}
_TYPED = [(field.name, field.column, _WRITTEN.get(field.kind)) for field in FIELDS]


def project_json(project: Any, complete: LastComplete) -> dict[str, Any]:
    """The contract's project. Needs a row of `Project.objects.for_api()`."""
    return {
        "id": project.pk,
        "source": project.source_id,
        "external_id": project.external_id,
        **{
            name: written(getattr(project, column)) if written else getattr(project, column)
            for name, column, written in _TYPED
        },
        "published": project.published,
        "presence": project.presence,
        "first_seen_at": instant(project.first_seen_at),
        "last_seen_at": instant(last_seen_at(project, complete)),
        "last_changed_at": instant(project.last_changed_at),
        "overridden": [correction.field for correction in project.corrections],
        "issues": project.issues,
        "url": project.url or None,
        "demo": bool(project.source.demo),
    }


def last_seen_at(project: Any, complete: LastComplete) -> datetime | None:
    """When the source last listed it: derived from the runs, so that a quiet run writes no project.

    Needs `Project.objects.with_last_read()`: what a steward corrected since then is no reading.
    """
    if project.presence != Presence.PRESENT:
        return project.last_listed_at
    return max(filter(None, (project.last_read, complete.get(project.source_id))), default=None)


def municipality_json(municipality: Municipality, sides: Sequence[Side]) -> dict[str, Any]:
    """A municipality, what is published of it as a whole, and our own sums beside it: source by source,
    the first source's line apart (`listing`), and sums over the projects of all (`own`).

    `sides`: those of the municipality.
    """
    first = next((source.name for source in declared()), "")
    listing = next((side.listing for side in sides if side.source.pk == first), None)
    return {
        "code": municipality.pk,
        "name": municipality.name,
        "province": municipality.province,
        "category": municipality.category,
        "district": municipality.district_id,
        "population_2016": municipality.population_2016,
        "area_km2": amount(municipality.area_km2),
        "latitude": municipality.latitude,
        "longitude": municipality.longitude,
        "place_name": municipality.place_name or None,
        "listing": listing and listing_json(listing),
        "own": own_sums(sum((side.own for side in sides), Sums())),
        "sources": [side_json(side) for side in sides if side.listing or side.own.count],
        "finances": f"/api/v1/municipalities/{municipality.pk}/finances/",
        "demo": any(side.source.demo for side in sides if side.listing or side.own.count),
    }


def side_json(side: Side) -> dict[str, Any]:
    """What one source publishes of the municipality, and our sums over its projects there."""
    return {
        "source": side.source.pk,
        "listing": side.listing and listing_json(side.listing),
        "own": own_sums(side.own),
    }


def listing_json(listing: MunicipalityListing) -> dict[str, Any]:
    """Number of projects and total value (rand) as the source publishes them."""
    return {
        "source": listing.source_id,
        "name": listing.name,
        "projects": listing.projects,
        "value": amount(listing.value),
        "published": listing.published,
        "issues": listing.issues,
        "is_listed": listing.is_listed,
        "unlisted_since": instant(listing.unlisted_since),
        "first_seen_at": instant(listing.first_seen_at),
        "last_changed_at": instant(listing.last_changed_at),
        "url": listing.url or None,
        "demo": bool(listing.source.demo),
    }


def own_sums(sums: Sums) -> dict[str, Any]:
    """Sums over the listed projects that we read; `budgets` of the `projects` publish a budget, and so on."""
    return {
        "projects": sums.count,
        "budget": amount(sums.budget),
        "budgets": sums.budgets,
        "expenditure": amount(sums.expenditure),
        "expenditures": sums.expenditures,
    }
