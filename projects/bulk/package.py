"""`datapackage.json`: a making as a Frictionless data package, with the head of the log's chain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from projects import datasets
from projects.bulk.dictionary import HEADS, Entry, entries_of
from projects.bulk.tables import LOG, Table
from projects.datasets import DICTIONARY
from projects.models import ChainHead
from projects.wording.figures import instant

Object = dict[str, Any]
NAME = "buka-amanzi"
TITLE = "South Africa’s water projects as published, and every change since we began to look"
LICENCES = (
    "National Treasury’s figures may be published again with “National Treasury” and the date named. Of the"
    " data of the Department of Water and Sanitation no licence is known that allows that: its terms ask for"
    " written approval. Towns: © GeoNames, CC BY 4.0. Codes of municipalities: Municipal Demarcation Board."
    " Population: Statistics South Africa, Community Survey 2016."
)
_KINDS = {
    "csv": {"format": "csv", "mediatype": "text/csv"},
    # Not a table to the standard: its lines are objects.
    "jsonl": {"type": "file", "format": "jsonl", "mediatype": "application/jsonl"},
}


class Files(Protocol):
    table: Table
    rows: int
    withheld: int
    left_out: list[str]

    def file(self, kind: str) -> str: ...


def described(folder: Path, found: Iterable[Files], head: ChainHead, at: datetime, *, demo: bool) -> Object:
    """What is in the folder. `x_…` and `demo` are our own words."""
    resources = [_resource(folder, one, kind) for one in found for kind in _KINDS]
    return {
        "name": NAME,
        "title": f"Demo data: {TITLE}" if demo else TITLE,
        "description": LICENCES,
        "created": instant(at),
        "version": at.strftime("%Y.%m.%d"),
        "contributors": [{"title": settings.PUBLISHER_NAME, "role": "publisher"}],
        "resources": [*resources, _dictionary(folder)],
        "demo": demo,
        "x_chain": {"last_id": head.last_id, "digest": head.digest, "log": f"{LOG}.jsonl.gz"},
    }


def _resource(folder: Path, one: Files, kind: str) -> Object:
    name = one.file(kind)
    found = {
        "name": f"{one.table.name}-{kind}".replace("_", "-"),
        "title": one.table.title,
        **_facts(folder / name),
        **_KINDS[kind],
        "compression": "gz",
        "x_rows": one.rows,
        "x_sources": list(_sources(one)),
    }
    if one.withheld:
        found["x_withheld"] = one.withheld
    return found | ({"schema": _schema(one.table)} if kind == "csv" else {})


def _sources(one: Files) -> Iterable[str]:
    """Of which there are data in it: what a download has to be open for."""
    if one.table.sources:
        return one.table.sources
    if not one.table.of_source:
        return ()
    known = one.table.rows().model.objects.order_by().values_list("source", flat=True).distinct()
    return sorted({*known} - {*one.left_out})


def _facts(path: Path) -> Object:
    return {
        "path": path.name,
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{datasets.digest_of(path)}",
    }


def _dictionary(folder: Path) -> Object:
    fields = [{"name": name, "type": "string"} for name in HEADS]
    told = {"name": "dictionary", "title": "What each column is", **_facts(folder / DICTIONARY)}
    return told | _KINDS["csv"] | {"x_sources": [], "schema": {"fields": fields}}


def _schema(table: Table) -> Object:
    fields = [_field(entry) for entry in entries_of(table)]
    return {"fields": fields, "primaryKey": list(table.key), "missingValues": [""]}


def _field(entry: Entry) -> Object:
    found: Object = {
        "name": entry.column,
        "title": entry.title,
        "type": entry.type,
        "description": entry.description,
    }
    if entry.type == "datetime":
        found["format"] = "any"
    if entry.codes and entry.type == "string":
        found["constraints"] = {"enum": list(entry.codes)}
    return found | ({"x_unit": entry.unit} if entry.unit else {})


__all__ = ["LICENCES", "described"]
