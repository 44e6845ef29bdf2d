"""The addresses of the Municipal Money API that are asked for: a cube's model, sums and facts, in JSON.

They take no slash at their end; any other address is a page of 404.
"""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from replica import wire
from replica.exchange import Answer, html
from replica.money import query
from replica.money.cubes import CUBES
from replica.money.lies import MAINTENANCE, MESSAGES, MoneyLies
from replica.money.query import Refused
from replica.pages import errors

if TYPE_CHECKING:
    from replica.site import Site

_ADDRESS = re.compile(r"/api/cubes/(\w+)/(model|aggregate|facts)")
_FIND = {"facts": query.facts, "aggregate": query.aggregate}


def respond(site: Site, path: str, asked: str, *, packed: bool = False) -> Answer:
    """The answer as it leaves, under the fault that strikes it.

    `path` from the root on, `asked` what stands behind the question mark; `packed`: the client takes gzip.
    """
    fault = site.strike("api")
    if fault.name in MESSAGES:
        return _error(Refused(MESSAGES[fault.name], 500))
    if fault.name == "money_html":
        return html(MAINTENANCE)
    with site.lock:
        if fault.name == "money_torn":
            site.tear(path)
        lies = MoneyLies(fault.name)
        answer = site.answers.answer(f"{path}?{asked}", lambda: _told(site, path, asked, lies))
    answer = wire.applied(site, fault, answer)
    return _packed(answer) if packed else answer


def _told(site: Site, path: str, asked: str, lies: MoneyLies) -> Answer:
    match = _ADDRESS.fullmatch(path)
    if match is None:
        return html(errors.not_found(), 404)
    cube, kind = match.groups()
    try:
        content = _model(site, cube) if kind == "model" else _rows(site, cube, kind, asked, lies)
    except Refused as refused:
        return _error(refused)
    return _json(content)


def _model(site: Site, cube: str) -> dict[str, Any]:
    if cube not in CUBES:
        raise Refused(repr(cube), 500)
    return {"status": "ok", "name": cube, "model": CUBES[cube].as_json(site.books.last_updated(cube))}


def _rows(site: Site, cube: str, kind: str, asked: str, lies: MoneyLies) -> dict[str, Any]:
    """Checked in the service's order: cube, format, then the question."""
    if cube not in CUBES:
        raise Refused(f"No such cube: {cube}", 500)
    parameters = dict(parse_qsl(asked, keep_blank_values=True))
    if parameters.pop("format", "json") != "json":
        raise Refused("", 500)
    rows = lies.facts(site.books.rows(cube))
    return lies.answer(_FIND[kind](CUBES[cube], rows, parameters, lies.listed)) | {"status": "ok"}


def _error(refused: Refused) -> Answer:
    return _json({"status": "error", "message": refused.message}, refused.status)


def _json(content: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(content).encode(), status, "application/json")


def _packed(answer: Answer) -> Answer:
    """Compressed where there is something to gain."""
    if answer.stream is not None or answer.cut is not None or len(answer.body) < 200:
        return answer
    body = gzip.compress(answer.body, 1, mtime=0)
    return replace(answer, body=body).with_headers(("Content-Encoding", "gzip"))
