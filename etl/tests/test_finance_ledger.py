"""The log of municipal figures beside the replica's own ledger: the same, in any weather."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from etl.exceptions import EtlError
from etl.scheduler import DataScheduler
from projects.facts.finance import figure_key
from projects.models import DataChangeLog, MunicipalFigure, SyncRun
from replica.money.cells import DEBT_CUBES
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
Poll = Callable[..., SyncRun]
ChangeSummary = dict[str, dict[str, Any]]
# Faults of the API that a reading must survive, without a figure of the record changing by them.
FAULTS = (
    "money_timeout money_lie_count money_torn money_html money_strings money_drop_cells"
    " money_missing_municipality status500 status404 waf200 empty truncate cut redirect_off"
).split()


def told(site: ReplicaServer, since: int) -> ChangeSummary:
    """What the ledger says that changed, net, by the log's names; no years that nobody asks for."""
    return {
        figure_key(e["code"], e["financial_year"], e["measure"], e["line"], e["amount_type"]): {
            # a blank address is no address
            name: [value or None for value in pair]
            for name, pair in e["changes"].items()
        }
        for e in site.site.finance_ledger.since(since)
        if e["financial_year"] >= 2025
    }


def logged(since: int) -> ChangeSummary:
    """What the log says of amounts and opinions, net; null and missing are both None, as in the ledger."""
    names: ChangeSummary = {}
    gone: dict[str, str | None] = {}  # the last amounts of missing figures
    rows = DataChangeLog.objects.after(since).filter(entity_type="municipal_figure", cause="source")
    for row in rows:
        changes = dict(row.field_changes)
        if row.change_type == "missing":
            changes = {"amount": row.evidence.get("amount", [None, None])}
            gone[row.external_id] = changes["amount"][0]
        elif row.change_type == "returned":  # with the amount that it went with, where the row names none
            changes.setdefault("amount", [None, gone[row.external_id]])
        known = names.setdefault(row.external_id, {})
        for name in ("amount", "opinion", "report_url"):
            if name in changes:
                known[name] = [known.get(name, changes[name])[0], changes[name][1]]
    return {
        key: net
        for key, pairs in names.items()
        if (net := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]})
    }


def published(site: ReplicaServer) -> dict[str, str | None]:
    """Each figure that the replica publishes now, and its amount."""
    return {
        figure_key(f["code"], f["financial_year"], f["measure"], f["line"], f["amount_type"]): f["amount"]
        for f in site.site.finances()
        if f["financial_year"] >= 2025 and f["measure"] != "opinion"
    }


def recorded() -> dict[str, str | None]:
    rows = MunicipalFigure.objects.filter(presence="present").exclude(measure="opinion")
    return {
        figure_key(f.municipality_id, f.financial_year, f.measure, f.code, f.amount_type): (
            None if f.amount is None else f"{f.amount:.2f}"
        )
        for f in rows
    }


def test_the_record_is_what_is_published_and_the_log_equals_the_ledger(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    assert recorded() == published(site)
    since, head = site.site.finance_ledger.head, DataChangeLog.objects.newest()
    site.site.mutate_finances(60)
    assert poll().state == "succeeded"
    assert recorded() == published(site)
    assert logged(head) == told(site, since)


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_sixty_polls_of_an_api_that_misbehaves(poll: Poll, site: ReplicaServer, here: Any) -> None:
    """Figures move, answers lie and break off; in the end the record, the log and the archive agree."""
    here.FETCH_MAX_ATTEMPTS = 1
    rng = random.Random(4)
    poll()
    since, head = site.site.finance_ledger.head, DataChangeLog.objects.newest()
    states = set()
    for _ in range(60):
        site.site.mutate_finances(rng.randint(0, 3))
        site.site.mutate_finances(rng.randint(0, 2), rng.choice(DEBT_CUBES))
        if rng.random() < 0.6:
            site.site.set_fault(rng.choice(FAULTS), after=rng.randint(0, 30), times=2, where="api")
        try:
            states.add(str(poll(force=rng.random() < 0.2).state))
        except EtlError:
            states.add("failed")
        site.site.set_fault("none")
    poll(force=True)
    assert {"succeeded", "unchanged"} <= states
    assert recorded() == published(site)
    assert logged(head) == told(site, since)
    outcome = DataScheduler().replay("treasury")
    assert outcome.is_identical, (
        list(outcome.runs.items())[:2],
        list(outcome.records["figures"].items())[:3],
    )
    call_command("verify_log")
