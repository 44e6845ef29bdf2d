"""A downloaded log, walked row by row: does each digest follow from the one before, and does the last fit the
head that was given out. Nothing of it is asked of a database.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from projects.log.heads import Head, heads_in
from projects.log.verification import Fault, Report, altered, misplaced, unlike
from projects.log.writer import CLAIMED

# As the API calls what the table calls otherwise.
_CALLED = {"run_id": "run", "snapshot_id": "snapshot"}
_NUMBERS = ("id", "entity_id", "run")
_JSON = ("field_changes", "evidence")
# What reading a file that is cut, spoilt or another one can end in.
_BROKEN = (ValueError, KeyError, TypeError, EOFError, OSError, zlib.error, csv.Error)
_END = "datapackage.json"  # what it is called in the file of heads


def verify_file(path: Path, heads: Iterable[Head], end: Head | None = None) -> Report:
    """Walk the log of a file in little memory. `heads`: published ones, each of which must be that of its
    row; `end`: with which the file has to end."""
    report, known = Report(), {head.last_id: head for head in heads}
    try:
        for row in _rows(path):
            fault = misplaced(row.id, report.last_id) or _judged(row, report, known)
            if fault:
                report.fault = fault
                return report
            report.rows, report.last_id, report.digest = report.rows + 1, row.id, row.digest
            report.withheld += row.withheld
            report.heads += row.id in known
    except _BROKEN as error:
        after = f"What follows change {report.last_id} cannot be read"
        report.fault = Fault(report.last_id + 1, "unreadable", f"{after}: {' '.join(str(error).split())}.")
        return report
    report.fault = _not_the_end(report, end)
    return report


def _judged(row: Any, report: Report, known: dict[int, Head]) -> Fault | None:
    """Of a row that is withheld only the digest is there: the next one follows from it."""
    return (None if row.withheld else altered(row, report.digest)) or unlike(row, known)


def _not_the_end(report: Report, end: Head | None) -> Fault | None:
    if end is None or (report.last_id, report.digest) == (end.last_id, end.digest):
        return None
    if report.last_id != end.last_id:
        problem = f"The file ends at change {report.last_id}; its head says {end.last_id}."
    else:
        problem = f"The digest of the last change, {end.last_id}, is not the one that the head names."
    return Fault(report.last_id, "head", problem)


def end_of(file: Path) -> tuple[list[Head], Head | None]:
    """The heads in a file, and the one that is the end: of a `datapackage.json`, or of lines as in
    `/changes/heads.txt`. Raises ValueError where it has none, and OSError."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".json":
        found = list(heads_in(text))
        if not found:
            raise ValueError(f"{file} has no head: lines such as “2026-05-01 1852 <digest>”.")
        return found, None
    try:
        chain = json.loads(text)["x_chain"]
        return [], Head(_END, int(chain["last_id"]), str(chain["digest"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file} names no head of the log.") from error


def _rows(path: Path) -> Iterator[Any]:
    name = path.name.removesuffix(".gz")
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        records = _of_csv(file) if name.endswith(".csv") else map(json.loads, file)
        for record in records:
            yield _row(record)


def _of_csv(file: Any) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(sys.maxsize)
    for record in csv.DictReader(file):
        found: dict[str, Any] = {name: text or None for name, text in record.items()}
        found |= {name: int(found[name]) for name in _NUMBERS if found.get(name)}
        found |= {name: json.loads(found[name]) for name in _JSON if found.get(name)}
        yield found | {"withheld": found.get("withheld") == "true"}


def _row(record: dict[str, Any]) -> Any:
    if record.get("withheld"):
        return SimpleNamespace(id=record["id"], digest=record["digest"], withheld=True)
    claimed = {name: record[_CALLED.get(name, name)] for name in CLAIMED}
    claimed["at"] = datetime.fromisoformat(record["at"])
    return SimpleNamespace(**claimed, digest=record["digest"], withheld=False)


__all__ = ["end_of", "verify_file"]
