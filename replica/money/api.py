"""The addresses of the Municipal Money API: `respond` answers a request below /api as the service does.

Which address takes a slash at its end and which does not is the service's own; the others are pages of 404.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from replica import wire
from replica.exchange import Answer, html
from replica.money import dumps, query
from replica.money.cubes import CUBES
from replica.money.errors import NoRoute, Refused
from replica.money.lies import MAINTENANCE, TIMEOUT, MoneyLies
from replica.money.query import Question
from replica.money.shape import Cube
from replica.pages import errors

if TYPE_CHECKING:
    from replica.site import Site

JSON_TYPE = "application/json"
KEPT_SECONDS = 300
DOCUMENTATION = "https://municipaldata.treasury.gov.za/docs"
FORMATS = ("json", "csv", "xlsx")
_VERSION = "0.3.6"
_ALWAYS = (("Vary", "origin, Accept-Encoding"), ("Access-Control-Allow-Origin", "*"))
_MOST = {"facts": 10000, "aggregate": 20000, "members": 10000}


@dataclass(frozen=True)
class ApiRequest:
    """`path` from the root on; `root` is scheme and host as the client named them."""

    path: str
    query: str = ""
    root: str = ""
    gzip: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """The last value of each parameter; only `&` parts them."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def address(self) -> str:
        return self.root + self.path + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Asked:
    """One request, the site it is put to, and what its answer lies about."""

    site: Site
    request: ApiRequest
    lies: MoneyLies


def respond(site: Site, request: ApiRequest) -> Answer:
    """The answer as it leaves, under the fault that strikes it."""
    fault = site.strike("api")
    if fault.name == "money_timeout":
        return _error(Refused(TIMEOUT))
    if fault.name == "money_html":
        return html(MAINTENANCE)
    with site.lock:
        if fault.name == "money_torn":
            site.tear(request.path)
        answer = _told(Asked(site, request, MoneyLies(fault.name)))
    return _packed(wire.applied(site, fault, answer), request)


def _told(asked: Asked) -> Answer:
    try:
        return _route(asked)
    except NoRoute:
        return replace(html(errors.not_found(), 404), headers=_ALWAYS)
    except Refused as refused:
        return _error(refused)


def _route(asked: Asked) -> Answer:
    for pattern, tell in _ROUTES:
        match = pattern.fullmatch(asked.request.path)
        if match:
            return tell(asked, **match.groupdict())
    raise NoRoute


def _error(refused: Refused) -> Answer:
    body = {"status": "error", "message": refused.message}
    return Answer(_encoded(body), refused.status, JSON_TYPE, _ALWAYS)


def _packed(answer: Answer, request: ApiRequest) -> Answer:
    """Compressed where the client takes it and there is something to gain."""
    plain = not request.gzip or answer.stream is not None or answer.cut is not None or len(answer.body) < 200
    if plain:
        return answer
    body = gzip.compress(answer.body, 1, mtime=0)
    return replace(answer, body=body, headers=(*answer.headers, ("Content-Encoding", "gzip")))


def _encoded(content: Any) -> bytes:
    return json.dumps(content, default=str).encode()


def _json(content: Any) -> Answer:
    return Answer(_encoded(content), 200, JSON_TYPE, _ALWAYS)


def _kept(answer: Answer) -> Answer:
    """An answer that may be kept for five minutes; errors never are."""
    expires = format_datetime(datetime.now(UTC) + timedelta(seconds=KEPT_SECONDS), usegmt=True)
    caching = (("Cache-Control", f"max-age={KEPT_SECONDS}"), ("Expires", expires))
    return replace(answer, headers=(*caching, *answer.headers))


def _root(asked: Asked) -> Answer:
    root = asked.request.root
    return _json({"endpoints": [f"{root}/api/cubes"], "documentation": DOCUMENTATION})


def _status(asked: Asked) -> Answer:
    words = " Babbage, an OLAP-like, light-weight database analytical engine. "
    return _json({"status": "ok", "api": "babbage", "message": words, "version": _VERSION})


def _cubes(asked: Asked) -> Answer:
    """In no fixed order, as a set is; a slash at the end of the address doubles in each uri."""
    found = [
        {"name": cube.name, "label": cube.label, "description": cube.description, "uri": uri}
        for cube in sorted(CUBES.values(), key=lambda cube: cube.name[::-1])
        for uri in (f"{asked.request.address}/{cube.name}",)
    ]
    return _kept(_json({"status": "ok", "data": found}))


def _cube_root(asked: Asked, cube: str) -> Answer:
    address = asked.request.address
    parts = ("model", "members", "facts", "aggregate")
    return _kept(_json({"endpoints": [f"{address}/{p}" for p in parts], "documentation": DOCUMENTATION}))


def _known(name: str) -> Cube:
    if name not in CUBES:
        raise Refused(repr(name))
    return CUBES[name]


def _model(asked: Asked, cube: str) -> Answer:
    model = _known(cube).as_json(asked.site.books.last_updated(cube))
    return _kept(_json({"status": "ok", "name": cube, "model": model}))


def _members_root(asked: Asked, cube: str) -> Answer:
    address = asked.request.address
    endpoints = [f"{address}/{dimension.name}" for dimension in _known(cube).dimensions]
    return _kept(_json({"endpoints": endpoints, "documentation": DOCUMENTATION}))


def _aggregate(asked: Asked, cube: str) -> Answer:
    def find(found: Cube, rows: query.Rows, question: Question) -> query.Record:
        return query.aggregate(found, rows, question, asked.lies.listed)

    return _data(asked, cube, "aggregate", find)


def _facts(asked: Asked, cube: str) -> Answer:
    def find(found: Cube, rows: query.Rows, question: Question) -> query.Record:
        return query.facts(found, rows, question, asked.lies.listed)

    return _data(asked, cube, "facts", find)


def _members(asked: Asked, cube: str, ref: str) -> Answer:
    def find(found: Cube, rows: query.Rows, question: Question) -> query.Record:
        return query.members(found, rows, ref, question, asked.lies.listed)

    return _data(asked, cube, "members", find)


def _data(
    asked: Asked, name: str, kind: str, find: Callable[[Cube, query.Rows, Question], query.Record]
) -> Answer:
    """An answer of rows: checked in the service's order (cube, format, page size, then the query)."""
    if name not in CUBES:
        raise Refused(f"No such cube: {name}")
    parameters = asked.request.parameters
    form = parameters.get("format", "json")
    if form not in FORMATS:
        raise Refused("")
    dumped = form != "json" and kind != "members"
    question = _question(parameters, None if dumped else _MOST[kind])
    rows = asked.lies.facts(asked.site.books.rows(name))
    content = asked.lies.answer(find(CUBES[name], rows, question))
    if form == "json":
        return _kept(_json(content | {"status": "ok"}))
    return _kept(_dump(form, f"{name}_{kind}", content))


def _question(parameters: dict[str, str], most: int | None) -> Question:
    names = ("cut", "drilldown", "aggregates", "fields", "order", "page", "pagesize")
    question = Question(**{name: parameters.get(name) for name in names}, most=most)
    assert question.size is not None  # refuses what is no number before anything else is read
    return question


def _dump(form: str, name: str, content: query.Record) -> Answer:
    names = content["attributes"] + content["aggregates"] if "attributes" in content else content["fields"]
    rows = content["cells"] if "cells" in content else content["data"]
    make, kind = (dumps.as_csv, dumps.CSV_TYPE) if form == "csv" else (dumps.as_xlsx, dumps.XLSX_TYPE)
    file = f"{name}_{datetime.now(UTC).replace(tzinfo=None).isoformat()}.{form}"
    headers = (("Content-Disposition", f'attachment; filename="{file}"'), *_ALWAYS)
    return Answer(make(names, rows), 200, kind, headers)


_CUBE = r"/api/cubes/(?P<cube>\w+)"
_ROUTES: tuple[tuple[re.Pattern[str], Callable[..., Answer]], ...] = tuple(
    (re.compile(pattern), tell)
    for pattern, tell in (
        (r"/api/?", _root),
        (r"/api/status", _status),
        (r"/api/cubes/?", _cubes),
        (rf"{_CUBE}/?", _cube_root),
        (rf"{_CUBE}/model", _model),
        (rf"{_CUBE}/aggregate", _aggregate),
        (rf"{_CUBE}/facts", _facts),
        (rf"{_CUBE}/members/?", _members_root),
        (rf"{_CUBE}/members/(?P<ref>[\w.]+)", _members),
    )
)
