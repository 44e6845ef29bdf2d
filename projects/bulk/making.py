"""The downloads are made: each table in parts, written as CSV and as JSON Lines in one pass, the log last, so
that it has what the other tables say. No more than a part is in memory.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from projects import datasets
from projects.api.exports import cell, cells, json_line
from projects.api.naming import with_names
from projects.api.tables import columns_of, numbers_of
from projects.bulk.dictionary import HEADS, entries
from projects.bulk.package import described
from projects.bulk.tables import LOG, TABLES, WITHHELD, Table
from projects.datasets import DICTIONARY, MANIFEST, SUMS, Busy, Dataset
from projects.models import GOOD, ChainHead, Source, SyncRun
from projects.wording.figures import HERE

logger = logging.getLogger(__name__)
Record = dict[str, Any]


@dataclass(slots=True)
class Written:
    """A table's two files: how many rows they have, how many of these say nothing (`withheld`), and the
    sources of which there is nothing in them."""

    table: Table
    rows: int
    withheld: int
    left_out: list[str]

    @property
    def is_given(self) -> bool:
        return bool(self.rows or not self.left_out)

    def file(self, kind: str) -> str:
        return f"{self.table.name}.{kind}.gz"


def make() -> Dataset:
    """Make all files anew, and drop the oldest. Raises Busy, OSError, DatabaseError; what was there stays."""
    now = timezone.now()
    with datasets.making(now) as folder:
        found = [_written(folder, table) for table in TABLES if table.name != LOG]
        # The head comes behind the record: whatever this says the log up to the head has, too.
        head = ChainHead.objects.get(pk=1)
        found.append(_written(folder, TABLES[-1], until=head.last_id))
        _write_dictionary(folder / DICTIONARY)
        demo = Source.objects.filter(demo=True).exists()
        package = described(folder, [one for one in found if one.is_given], head, now, demo=demo)
        package["x_left_out"] = {one.table.name: one.left_out for one in found if one.left_out}
        (folder / MANIFEST).write_text(json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8")
        _write_sums(folder)
    datasets.prune(settings.DOWNLOADS_KEPT)
    made = datasets.newest()
    assert made is not None
    logger.info("The downloads were made: %s, up to change %d.", made.folder, head.last_id)
    return made


def made() -> str:
    """The scheduled task: make today's downloads, unless they are there or nothing is known yet."""
    newest, now = datasets.newest(), timezone.now()
    if newest and _day(newest.made_at) == _day(now):
        return f"made already: {newest.name}"
    if reads := _first_readings():
        return f"a first reading of {', '.join(reads)} is going on"
    try:
        return f"made: {make().name}"
    except Busy as busy:
        return str(busy)


def _day(at: datetime) -> str:
    return at.astimezone(HERE).date().isoformat()


def _first_readings() -> list[str]:
    """The sources that are being read and never were before."""
    read = SyncRun.objects.filter(state__in=GOOD).order_by().values("source")
    first = SyncRun.objects.active().exclude(source__in=read).order_by("source_id")
    return list(first.values_list("source_id", flat=True).distinct())


def _written(folder: Path, table: Table, until: int | None = None) -> Written:
    done = Written(table, 0, 0, table.left_out())
    if done.left_out and not table.of_source:
        return done
    write = table.write()
    with ExitStack() as files:
        rows, lines = (files.enter_context(_packed(folder / done.file(kind))) for kind in ("csv", "jsonl"))
        add = _csv(rows, table)
        for part in table.parts(until):
            records = [write(row) for row in part]
            lines.write("".join(json_line(record) for record in records))
            add(records)
            done.rows += len(records)
            done.withheld += sum(record.get(WITHHELD) is True for record in records)
    if not done.is_given:
        for kind in ("csv", "jsonl"):
            (folder / done.file(kind)).unlink()
    return done


@contextmanager
def _packed(path: Path) -> Iterator[Any]:
    """A text file, packed; the same rows give the same bytes."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="", write_through=True) as text,
    ):
        yield text


def _csv(file: Any, table: Table) -> Callable[[list[Record]], None]:
    """What adds rows to a CSV; its head is written."""
    columns, numbers = columns_of(table.shape), numbers_of(table.shape)
    heads, writer = with_names([column.name for column in columns], [])[0], csv.writer(file)
    writer.writerow(heads)

    def add(records: list[Record]) -> None:
        rows = [{column.name: column.of(record) for column in columns} for record in records]
        for part in with_names([column.name for column in columns], [rows])[1]:
            writer.writerows(cells(heads, numbers, row) for row in part)

    return add


def _write_dictionary(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADS)
        writer.writerows([cell(text) for text in entry.cells] for entry in entries())


def _write_sums(folder: Path) -> None:
    """What `sha256sum -c` reads."""
    names = sorted(file.name for file in folder.iterdir())
    (folder / SUMS).write_text("".join(f"{datasets.digest_of(folder / name)}  {name}\n" for name in names))


__all__ = ["make", "made"]
