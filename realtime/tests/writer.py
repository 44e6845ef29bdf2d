"""Appends to the change log, as a process of its own: what a sync is to the web process.

Reads one JSON object a line, `{"names": [...], "ring": true, "settle": 0, …fields of Entry}`, writes one
change a name in one transaction, and answers `{"first", "last", "took"}` (ids, and seconds in `took`). With
`"read": true` the source has been read whole once: the dashboard counts nothing before.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(append(json.loads(line))) + "\n")
        sys.stdout.flush()


def append(wish: dict[str, Any]) -> dict[str, Any]:
    from django.db import connection, transaction

    from projects.log.writer import Entry, log_grew
    from projects.log.writer import append as append_to_log
    from projects.models import SyncRun
    from projects.tests.factories import a_run
    from realtime.notifier import notification_manager

    names, ring = wish.pop("names"), wish.pop("ring", True)
    if wish.pop("read", False) and not SyncRun.objects.filter(concludes=True).exists():
        a_run()
    fields = {
        "entity_type": "project",
        "entity_id": 17,
        "external_id": "WP10234",
        "source_id": "dws",
        "change_type": "updated",
        "field_changes": {"progress_percentage": ["62.00", "63.00"]},
        "municipality": "LIM331",
        "municipalities": ["LIM331"],
        "province": "LIM",
        **wish,
    }
    if not ring:
        log_grew.disconnect(dispatch_uid="realtime.bell")
    started = time.monotonic()
    with transaction.atomic():
        span = append_to_log(Entry(name=name, **fields) for name in names)
    took = time.monotonic() - started
    if not ring:
        log_grew.connect(notification_manager.on_log_grew, dispatch_uid="realtime.bell")
    connection.close()
    return {"first": span.first, "last": span.last, "took": took}


if __name__ == "__main__":
    main()
