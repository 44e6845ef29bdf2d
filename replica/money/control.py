"""The control URLs of the figures; see `replica.control`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from replica.money.lies import MONEY_FAULTS

if TYPE_CHECKING:
    from replica.site import Site

Query = dict[str, str]


def _mutate(site: Site, query: Query) -> Any:
    return {"entries": site.mutate_finances(int(query.get("n", 1)), query.get("cube", ""))}


def _ledger(site: Site, query: Query) -> Any:
    since = int(query.get("since", 0))
    with site.lock:
        ledger = site.finance_ledger
        entries = ledger.since(since) if query.get("net") == "1" else ledger.entries[since:]
        return {"seq": ledger.head, "entries": entries}


def _figure(site: Site, query: Query) -> Any:
    """A blank amount is null; `remove=1` takes the figure away."""
    cell = (query["cube"], query["code"], int(query["year"]), query["line"], query["amount_type"])
    if query.get("remove") == "1":
        return {"entries": site.remove_figure(*cell)}
    amount = query.get("amount")
    return {"entries": site.set_figure(*cell, int(amount) if amount else None)}


def _keep(site: Site, query: Query) -> Any:
    """How long answers are kept, and how much older they are from one moment to the next."""
    with site.lock:
        if "seconds" in query:
            site.answers.keep_for(float(query["seconds"]))
        site.answers.pass_time(float(query.get("later", 0)))
    return {"seconds": site.answers.seconds}


COMMANDS: dict[tuple[str, str], Callable[[Site, Query], Any]] = {
    ("POST", "mutate_finances"): _mutate,
    ("GET", "finance_ledger"): _ledger,
    ("POST", "figure"): _figure,
    ("POST", "answers"): _keep,
    ("GET", "finances"): lambda site, query: {"figures": site.finances()},
    ("GET", "money_faults"): lambda site, query: MONEY_FAULTS,
}
