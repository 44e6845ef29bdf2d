"""Processes of the soak test of alerts: `work` sends until it is killed; `write` polls and subscribes, and
says what there is, a line of JSON for each line on its standard input.

The worker's clock goes sixty times as fast: claims run out, and hosts are tried again, within seconds.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from projects.models import (  # noqa: E402
    DataChangeLog,
    OutboxCursor,
    OutboxMessage,
    Project,
    Subscription,
)
from projects.subscriptions import worker  # noqa: E402
from projects.tests import alerts  # noqa: E402
from projects.tests.factories import a_project, append_all, canonical, entry_of  # noqa: E402

SPEED = 60
PLACES = ["LIM331", "CPT", "DC12", "ETH", "JHB", "MAN", "NMA", "TSH", "BUF", "EKU"]


def work(began: float) -> None:
    def clock() -> datetime:
        return datetime.fromtimestamp(began + (time.time() - began) * SPEED, UTC)

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        worker.tell(clock)
        time.sleep(0.05)


def projects(number: int) -> list[dict[str, Any]]:
    rows = [
        a_project(f"WP{n}", municipality=PLACES[n % len(PLACES)], name=f"Scheme {n}") for n in range(number)
    ]
    return [{"id": row.pk, "place": row.municipality_id, "province": row.province} for row in rows]


def subscribe(kind: str, to: str, query: str) -> int:
    make = alerts.by_mail if kind == "email" else alerts.by_webhook
    return int(make(to, query=query).pk)


def poll(seed: int, number: int, lies: int) -> list[dict[str, Any]]:
    """One transaction of the log: some budgets move; a few that moved before prove to have been misread."""
    draw = random.Random(seed)
    known = list(Project.objects.order_by("pk"))
    chosen = draw.sample(known, number)
    entries = []
    for place, row in enumerate(chosen):
        old, new = row.budget, Decimal(draw.randrange(10**8, 10**9))
        row.budget = new
        cause = "parser" if place < lies else "source"
        pair = {"budget": [canonical(old), canonical(new)]}
        entries.append(entry_of(row, "updated", pair, municipalities=[row.municipality_id], cause=cause))
    Project.objects.bulk_update(chosen, ["budget"])
    span = append_all(entries)
    assert span.first is not None
    return [
        {"id": span.first + n, "project": entry.entity_id, "place": entry.municipality,
         "province": entry.province, "cause": entry.cause, "pair": entry.field_changes["budget"]}
        for n, entry in enumerate(entries)
    ]  # fmt: skip


def outbox() -> dict[str, Any]:
    rows = OutboxMessage.objects.order_by("pk")
    found = {
        row.key: {"subscription": row.subscription_id, "kind": row.kind, "state": row.state, "ids": row.ids}
        for row in rows
    }
    live = list(Subscription.objects.live().values_list("pk", flat=True))
    return {"messages": found, "live": live}


def behind() -> int:
    """How many changes nobody looked at yet."""
    return int(DataChangeLog.objects.newest() - OutboxCursor.objects.get().last_id)


def sent() -> int:
    return OutboxMessage.objects.filter(state=OutboxMessage.State.SENT).count()


def depth() -> int:
    """How many messages wait, and changes that nobody looked at."""
    return (
        behind()
        + OutboxMessage.objects.waiting().filter(due_at__lte=timezone.now() + timedelta(days=2)).count()
    )


_DO = {
    "projects": projects,
    "subscribe": subscribe,
    "poll": poll,
    "outbox": outbox,
    "depth": depth,
    "behind": behind,
    "sent": sent,
}


def write() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        answer = _DO[asked.pop("do")](**asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write() if sys.argv[1] == "write" else work(float(sys.argv[2]))
