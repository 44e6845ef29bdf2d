"""`/_control/…`: JSON for tests and scripts on the same machine; never part of the site itself.

GET  /_control/state
GET  /_control/ledger?since=SEQ[&net=1]     entries after SEQ; net=1: squashed per project
GET  /_control/facts[?id=WP10001]           what is published now, in canonical values
POST /_control/mutate?n=3[&part=page]
POST /_control/remove?id=WP10001            and restore?id=
POST /_control/mutate_many?share=0.5[&attribute=budget]   one column of many projects
POST /_control/new_status?share=0.5[&word=] a status that nobody has seen yet
POST /_control/remove_many?share=0.3        and restore_all
POST /_control/layout?name=table            and theme?name= ; `grid/cards` mixes two
POST /_control/etag?on=1                    ETag and 304
POST /_control/noise?kind=row_order&on=1    kind=all for every kind
GET  /_control/faults                       what can go wrong: name → one line
POST /_control/fault?name=status500[&after=5&times=2&seconds=10
                     &where=api&retry_after=2&attribute=budget&layout=cards]
GET  /_control/money_faults                 the same of the figures
GET  /_control/finances                     every figure that is published now
GET  /_control/finance_ledger?since=SEQ[&net=1]
POST /_control/mutate_finances?n=3[&cube=grants_v2]
POST /_control/figure?cube=capital_v2&code=CPT&year=2021&line=4202&amount_type=ORGB&amount=5[&remove=1]
POST /_control/answers?seconds=300          keep each answer of the figures so long, by its URL [&later=60]
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from replica.exchange import Answer
from replica.faults import FAULTS
from replica.money import control as money
from replica.site import Site

Query = dict[str, str]


def respond(site: Site, method: str, name: str, query: str) -> Answer:
    """The answer of one control URL; unknown names are 404, bad values 400."""
    command = COMMANDS.get((method, name))
    if command is None:
        return _json({"error": f"No such control: {method} {name}"}, 404)
    try:
        return _json(command(site, dict(parse_qsl(query))), 200)
    except (KeyError, ValueError) as error:
        return _json({"error": str(error)}, 400)


def _json(content: Any, status: int) -> Answer:
    return Answer(json.dumps(content).encode(), status, "application/json")


def _ledger(site: Site, query: Query) -> Any:
    since = int(query.get("since", 0))
    with site.lock:
        entries = site.ledger.since(since) if query.get("net") == "1" else site.ledger.entries[since:]
        return {"seq": site.ledger.head, "entries": entries}


def _facts(site: Site, query: Query) -> Any:
    facts = site.facts()
    return facts[query["id"]] if "id" in query else facts


def _mutate(site: Site, query: Query) -> Any:
    return {"entries": site.mutate(int(query.get("n", 1)), part=query.get("part", "line"))}


def _layout(site: Site, query: Query) -> Any:
    site.set_layout(query["name"])
    return site.state()


def _theme(site: Site, query: Query) -> Any:
    site.set_theme(query["name"])
    return site.state()


def _noise(site: Site, query: Query) -> Any:
    return {"noise": sorted(site.noise(query.get("kind"), query.get("on", "1") == "1"))}


def _fault(site: Site, query: Query) -> Any:
    after, times = int(query.get("after", 0)), int(query.get("times", 0))
    site.set_fault(
        query["name"],
        after,
        times,
        float(query.get("seconds", 30)),
        retry_after=int(query.get("retry_after", 2)),
        attribute=query.get("attribute", "budget"),
        layout=query.get("layout", ""),
        where=query.get("where", ""),
    )
    return site.state()


def _etag(site: Site, query: Query) -> Any:
    site.etags = query.get("on", "1") == "1"
    return site.state()


def _mutate_many(site: Site, query: Query) -> Any:
    return {"entries": site.mutate_many(float(query["share"]), query.get("attribute", "budget"))}


def _new_status(site: Site, query: Query) -> Any:
    return {"entries": site.new_status(float(query["share"]), query.get("word", ""))}


COMMANDS: dict[tuple[str, str], Callable[[Site, Query], Any]] = {
    ("GET", "state"): lambda site, query: site.state(),
    ("GET", "ledger"): _ledger,
    ("GET", "facts"): _facts,
    ("POST", "mutate"): _mutate,
    ("POST", "remove"): lambda site, query: {"entries": site.remove(query["id"])},
    ("POST", "restore"): lambda site, query: {"entries": site.restore(query["id"])},
    ("GET", "faults"): lambda site, query: FAULTS,
    ("POST", "mutate_many"): _mutate_many,
    ("POST", "new_status"): _new_status,
    ("POST", "remove_many"): lambda site, query: {"entries": site.remove_many(float(query["share"]))},
    ("POST", "restore_all"): lambda site, query: {"entries": site.restore_all()},
    ("POST", "etag"): _etag,
    ("POST", "layout"): _layout,
    ("POST", "theme"): _theme,
    ("POST", "noise"): _noise,
    ("POST", "fault"): _fault,
    **money.COMMANDS,
}
