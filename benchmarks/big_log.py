"""A log of so many changes, written in bulk: what years of polls leave, in a minute or two.

Projects are of the municipalities in turn; each run alters one or two fields of some eighty projects drawn
at random, every tenth the same fields of 250. The old value of a change is the new one of the change before,
as a source's are. Digests are of random bytes: nobody verifies this log.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

_BATCH = 20_000
_YEARS = 3
_FIELDS = {
    "progress_percentage": 45, "expenditure": 30, "budget": 10, "completion_date": 8, "status": 5,
    "contractor": 1, "name": 1,
}  # fmt: skip
_STATUSES = ("planning", "design", "tender", "construction", "completed")
_A_RUN, _A_MASS_EDIT = 83, 250  # changes
_A_MEAN_RUN = (9 * _A_RUN + _A_MASS_EDIT) // 10
_COLUMNS = (
    "id", "at", "entity_type", "entity_id", "external_id", "name", "municipality", "municipalities",
    "province", "source_id", "change_type", "cause", "severity", "rules", "field_changes", "evidence",
    "overridden", "kind", "run_id", "size", "demo", "digest",
)  # fmt: skip
_LOG = f"projects_datachangelog ({', '.join(_COLUMNS)})"
_TOPICS = "projects_changetopic (change_id, topic, size)"
_CREATED = _COLUMNS.index("change_type")
_CHANGES, _RULES = _COLUMNS.index("field_changes"), _COLUMNS.index("rules")


class BigLog:
    """`projects` of them and `changes` in all, over the three years before now; the same at each call."""

    def __init__(self, projects: int, changes: int) -> None:
        self.projects, self.changes = projects, changes
        self.draw = random.Random(7)
        self.moved_at: dict[int, datetime] = {}
        self.end = timezone.now() - timedelta(minutes=5)
        self.known = [self._first_known(number) for number in range(projects)]

    def write(self) -> None:
        """Into an empty, migrated database."""
        from projects.models import ChainHead, Municipality, SyncRun

        self.places = list(Municipality.objects.order_by("pk").values_list("pk", "province"))
        # As many as the changes behind the first take, so that a short log, too, reaches to this day.
        number, span = max(0, self.changes - self.projects) // _A_MEAN_RUN + 2, timedelta(days=365 * _YEARS)
        SyncRun.objects.bulk_create(
            self._run(source, self.end - span + n * span / number)
            for n in range(number)
            for source in ("dws", *(("treasury", "correlation") if n % 50 == 0 else ()))
        )
        of_dws = SyncRun.objects.filter(source="dws").order_by("pk")
        self.runs = list(of_dws.values_list("pk", "finished_at"))
        rows = self._rows()
        while some := list(islice(rows, _BATCH)):
            with transaction.atomic():
                _write(some)
        ChainHead.objects.update(last_id=self.changes)
        self._write_projects()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")

    def _run(self, source: str, at: datetime) -> Any:
        from projects.models import SyncRun

        return SyncRun(
            source_id=source, state="succeeded", trigger="schedule", complete=True, concludes=True,
            requested_at=at, started_at=at, finished_at=at,
        )  # fmt: skip

    def _first_known(self, number: int) -> dict[str, str]:
        return {
            "name": f"Scheme {number}: bulk water supply to {number % 97} villages",
            "progress_percentage": f"{number % 90}.00", "expenditure": f"{number * 1000}.00",
            "budget": f"{number * 3000 + 5000000}.00", "completion_date": "2027-02-28",
            "status": _STATUSES[number % 4], "contractor": f"Contractor {number % 50}",
        }  # fmt: skip

    def _write_projects(self) -> None:
        """As the last changes left them."""
        from projects.models import Project

        run, at = self.runs[0]
        places = [self.places[number % len(self.places)] for number in range(self.projects)]
        Project.objects.bulk_create(
            Project(
                pk=number + 1, source_id="dws", external_id=f"WP{number}", municipality_id=code,
                province=province, published=_evidence(known), line_digest=f"{number:064d}",
                first_seen_at=at, last_changed_at=self.moved_at.get(number, at), last_changed_run_id=run,
                programme="RBIG", **known,
            )
            for number, (known, (code, province)) in enumerate(zip(self.known, places, strict=True))
        )  # fmt: skip
        links = Project.municipalities.through
        links.objects.bulk_create(
            links(project_id=number, municipality_id=code) for number, (code, _) in enumerate(places, start=1)
        )

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for number in range(min(self.projects, self.changes)):
            changes = {name: [None, value] for name, value in self.known[number].items()}
            yield self._row(number + 1, number, "created", changes, *self.runs[0])
        pk, turn = self.projects, 0
        while pk < self.changes:
            turn += 1
            names = self._drawn() if turn % 10 == 0 else None
            run = self.runs[min(turn, len(self.runs) - 1)]
            for _ in range(min(_A_MASS_EDIT if names else _A_RUN, self.changes - pk)):
                pk, number = pk + 1, self.draw.randrange(self.projects)
                self.moved_at[number] = run[1]
                yield self._row(pk, number, "updated", self._moved(number, names or self._drawn()), *run)

    def _drawn(self) -> list[str]:
        return sorted({*self.draw.choices([*_FIELDS], [*_FIELDS.values()], k=2)})

    def _moved(self, number: int, names: list[str]) -> dict[str, list[Any]]:
        known, changes = self.known[number], {}
        for name in names:
            changes[name] = [known[name], self._new(name, known[name])]
            known[name] = changes[name][1]
        return changes

    def _new(self, name: str, old: str) -> str:
        if name == "progress_percentage":
            return f"{self.draw.randrange(101)}.00"
        if name in ("budget", "expenditure"):
            return f"{int(old[:-3]) + self.draw.randrange(1, 5_000_000)}.00"
        if name == "completion_date":
            return f"20{self.draw.randrange(24, 34)}-0{self.draw.randrange(1, 10)}-28"
        if name == "status":
            return _STATUSES[self.draw.randrange(5)]
        return f"{old.split(' (')[0]} ({self.draw.randrange(1000)})"

    def _row(
        self, pk: int, number: int, change_type: str, changes: dict[str, list[Any]], run: int, at: datetime
    ) -> tuple[Any, ...]:
        from projects.log.writer import amount_moved

        code, province = self.places[number % len(self.places)]
        rules = ["progress_backwards"] if pk % 11 == 0 and "progress_percentage" in changes else []
        return (
            pk, at, "project", number + 1, f"WP{number}", self.known[number]["name"], code,
            json.dumps([code]), province, "dws", change_type, "source" if pk % 50 else "parser",
            "major" if pk % 11 == 0 else "minor" if pk % 3 else "info", json.dumps(rules),
            json.dumps(changes), json.dumps(_evidence(changes)), "[]",
            f"project:{change_type}:{','.join(changes) if change_type == 'updated' else ''}", run,
            amount_moved(change_type, changes), False, secrets.token_hex(32),
        )  # fmt: skip


def _evidence(values: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("_", " ").capitalize(): value for name, value in values.items()}


def _write(rows: list[tuple[Any, ...]]) -> None:
    """One batch, past Django: a million of its objects would take longer than all that is measured."""
    from projects.wording.topics import topics

    about = [
        (row[0], topic, size)
        for row in rows
        for topic, size in topics(
            "project", row[_CREATED], json.loads(row[_CHANGES]), json.loads(row[_RULES]), []
        ).items()
    ]
    with connection.cursor() as cursor:
        for table, lines in ((_LOG, rows), (_TOPICS, about)):
            if connection.vendor == "postgresql":
                _copy(cursor, f"COPY {table} FROM STDIN", lines)
            else:
                insert = f"INSERT INTO {table} VALUES ({', '.join('?' * (table.count(',') + 1))})"
                cursor.cursor.executemany(insert, [tuple(map(_of_sqlite, line)) for line in lines])


def _of_sqlite(value: Any) -> Any:
    """As Django writes a moment and an amount."""
    if isinstance(value, datetime):
        return str(value)[:-6]
    return str(value) if isinstance(value, Decimal) else value


def _copy(cursor: Any, statement: str, rows: list[tuple[Any, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def main() -> None:
    """Migrate the database of `DATABASE_URL` and write a log into it: projects, changes."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    BigLog(*map(int, sys.argv[1:3])).write()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    main()
