"""A project of the record as an OC4IDS project. Pure. What the record does not have is left out, and what the
standard has no place for stands under names that begin with `x_`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.api.oc4ids.history import Observation, Told
from projects.facts import finance
from projects.wording.phrases import label

Record = Mapping[str, Any]
Object = dict[str, Any]
CURRENCY = "ZAR"
COUNTRY = "South Africa"
SECTOR = "waterAndWaste"
# Procurement is part of what the standard calls implementation. What is completed has reached its completion;
# that it runs and is maintained no source says. One that is on hold keeps no phase: the word stays beside it.
STATUS = {
    "identification": "identification",
    "planning": "preparation",
    "design": "preparation",
    "tender": "implementation",
    "construction": "implementation",
    "completed": "completion",
    "cancelled": "cancelled",
}
_PERCENT = {"name": "percent", "scheme": "UNCEFACT", "id": "P1"}
_URI = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+")
_OURS = "name:"  # what an id begins with that we made, where none is published
_TOLD_APART = re.compile(r"~[0-9a-f]{8}$")  # what we add where a list has one number twice


@dataclass(frozen=True, slots=True)
class Site:
    """`prefix`: of project ids; `root`: address, without a slash; `places`: {code: (name, province's name)};
    `sources`: {name: title}."""

    prefix: str
    root: str
    publisher: str
    places: Mapping[str, tuple[str, str]]
    provinces: Mapping[str, str]
    sources: Mapping[str, str]


def as_project(record: Record, told: Told, site: Site) -> Object:
    """`record`: as the API has it."""
    found: Object = {
        "id": f"{site.prefix}-{record['id']}",
        "updated": record["last_changed_at"],
        "language": "en",
        "title": record["name"],
        "description": record["description"],
        "status": STATUS.get(record["status"] or ""),
        "sector": [SECTOR],
        "identifiers": _identifiers(record, site),
        "additionalClassifications": _classifications(record),
        "period": _period(told.planned),
        "locations": _locations(record, site),
        "budget": _budget(record),
        "parties": _parties(record),
        "metrics": _metrics(told),
        "milestones": _milestones(record),
        "documents": _documents(record, site),
        "x_source": record["source"],
        "x_sourceStatus": record["status_as_published"],
        "x_presence": record["presence"],
        "x_changes": f"{site.root}/api/v1/projects/{record['id']}/history/",
        "demo": record["demo"],
    }
    return {name: value for name, value in found.items() if not _is_empty(value)}


def _is_empty(value: Any) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def _identifiers(record: Record, site: Site) -> list[Object]:
    """The number that the source itself gives."""
    number = _TOLD_APART.sub("", record["external_id"])
    if number.startswith(_OURS):
        return []
    return [{"id": number, "scheme": site.sources[record["source"]]}]


def _classifications(record: Record) -> list[Object]:
    found = []
    if programme := record["programme"]:
        grant = finance.GRANTS.get(programme)
        named = {"description": grant.label} if grant else {}
        found.append({"scheme": "x_programme", "id": programme, **named})
    if kind := record["project_type"]:
        found.append({"scheme": "x_projectType", "id": kind, "description": kind.replace("_", " ")})
    return found


def _period(planned: Mapping[str, str]) -> Object:
    ends = {"startDate": planned.get("start_date"), "endDate": planned.get("completion_date")}
    return {name: _moment(day) for name, day in ends.items() if day}


def _moment(day: str) -> str:
    """Each date of the standard has a time, too."""
    return f"{day}T00:00:00Z"


def _locations(record: Record, site: Site) -> list[Object]:
    found: list[Object] = []
    longitude, latitude = record["longitude"], record["latitude"]
    if longitude is not None and latitude is not None:
        found.append({"id": "point", "geometry": {"type": "Point", "coordinates": [longitude, latitude]}})
    for code in record["municipalities"]:
        name, province = site.places.get(code, (code, ""))
        address = {"locality": name, "region": province, "countryName": COUNTRY}
        found.append({"id": code, "description": name, "address": {k: v for k, v in address.items() if v}})
    if not record["municipalities"] and (code := record["province"]):
        name = site.provinces[code]
        found.append({"id": code, "description": name, "address": {"region": name, "countryName": COUNTRY}})
    return found


def _budget(record: Record) -> Object:
    return {"amount": _value(record["budget"])} if record["budget"] is not None else {}


def _value(rand: str) -> Object:
    return {"amount": _number(rand), "currency": CURRENCY}


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _parties(record: Record) -> list[Object]:
    """Under the names that are published; one of both roles is one party."""
    roles = {"implementing_agent": "procuringEntity", "contractor": "supplier"}
    found: dict[str, Object] = {}
    for name, role in roles.items():
        called = " ".join((record[name] or "").split())
        if not called:
            continue
        party = found.setdefault(
            called.casefold(), {"id": name.replace("_", "-"), "name": called, "roles": []}
        )
        party["roles"].append(role)
    return list(found.values())


def _metrics(told: Told) -> list[Object]:
    found = []
    if progress := told.series.get("progress_percentage"):
        seen = [_seen(one) | {"measure": _number(one.value), "unit": _PERCENT} for one in progress]
        found.append(_metric("physicalProgress", "Progress", seen))
    if spent := told.series.get("expenditure"):
        seen = [_seen(one) | {"value": _value(one.value)} for one in spent]
        found.append(_metric("financialProgress", label("expenditure"), seen))
    return found


def _metric(name: str, title: str, observations: list[Object]) -> Object:
    about = "As published; each observation begins when we first read it at the source."
    return {"id": name, "title": title, "description": about, "observations": observations}


def _seen(one: Observation) -> Object:
    return {"id": f"change-{one.change}" if one.change else "first", "period": {"startDate": one.at}}


def _milestones(record: Record) -> list[Object]:
    """The completion as it is published now: the period keeps what was planned."""
    if not record["completion_date"]:
        return []
    state = {"completed": "met", "cancelled": None}.get(record["status"] or "", "scheduled")
    milestone = {
        "id": "completion",
        "title": label("completion_date"),
        "dueDate": _moment(record["completion_date"]),
    }
    return [milestone | ({"status": state} if state else {})]


def _documents(record: Record, site: Site) -> list[Object]:
    page = {"format": "text/html", "language": "en"}
    ours = f"{site.root}/projects/{record['id']}/"
    found = [{"id": "record", "title": f"Record and history at {site.publisher}", "url": ours, **page}]
    if record["url"] and _URI.fullmatch(record["url"]):
        title = f"As published: {site.sources[record['source']]}"
        found.insert(0, {"id": "source", "title": title, "url": record["url"], **page})
    return found


__all__ = ["STATUS", "Site", "as_project"]
