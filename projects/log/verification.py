"""Walks the chain of the change log, row by row in id order, and names the first that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from projects.log.heads import Head
from projects.log.writer import CLAIMED, digest
from projects.models import ChainHead, DataChangeLog

_CHUNK = 2000  # rows in memory
_START = "0" * 64  # the digest before the first row


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row that does not fit. `kind`: `digest previous gap unreadable head published_head`."""

    id: int
    kind: str
    sentence: str


@dataclass(slots=True)
class Report:
    """What was walked: `rows` that fit, the last of them, published heads that agreed, the first fault."""

    rows: int = 0
    last_id: int = 0
    digest: str = _START
    heads: int = 0
    withheld: int = 0  # of a downloaded log: rows of which only the digest is given
    fault: Fault | None = None


def verify(published: Iterable[Head] = ()) -> Report:
    """Walk the whole log once, in bounded memory, while others may go on appending to it."""
    report = Report()
    heads = {head.last_id: head for head in published}
    head = ChainHead.objects.filter(pk=1).first()
    if head is None:
        report.fault = Fault(0, "head", "The row that names the chain's head is gone.")
        return report
    report.fault = _walk(report, head, heads) or _end(report, head, heads) or _beyond_the_head()
    return report


def _walk(report: Report, head: ChainHead, heads: dict[int, Head]) -> Fault | None:
    rows = _rows(head.last_id)
    while True:
        try:
            row = next(rows, None)
        except ValueError:  # a date that is none: only somebody's hand writes that
            return _unreadable(report.last_id, head.last_id)
        if row is None:
            return None
        fault = misplaced(row.id, report.last_id) or altered(row, report.digest) or unlike(row, heads)
        if fault:
            return fault
        report.rows, report.last_id, report.digest = report.rows + 1, row.id, row.digest
        report.heads += row.id in heads


def _unreadable(after: int, until: int) -> Fault:
    """Which row it is: the database hands them out by the thousand, so they are asked for again singly."""
    ids = (
        DataChangeLog.objects.filter(pk__gt=after, pk__lte=until).order_by("pk").values_list("pk", flat=True)
    )
    for pk in ids[:_CHUNK]:
        try:
            next(_rows(pk, pk))
        except ValueError:
            return Fault(pk, "unreadable", f"Change {pk} cannot be read: it was altered.")
    return Fault(after + 1, "unreadable", f"What follows change {after} cannot be read.")


def _rows(until: int, since: int | None = None) -> Iterator[Any]:
    rows = DataChangeLog.objects.filter(pk__lte=until).order_by("pk")
    if since is not None:
        rows = rows.filter(pk__gte=since)
    return rows.values_list(*CLAIMED, "digest", named=True).iterator(chunk_size=_CHUNK)


def misplaced(row_id: int, before: int) -> Fault | None:
    """Ids are dense from 1: a hole is a row that was removed."""
    if row_id == before + 1:
        return None
    if row_id < 1:
        return Fault(row_id, "gap", f"Change {row_id} has an id that the log never gives out.")
    if not before:
        return Fault(row_id, "previous", f"The log begins at change {row_id}: what was before it is missing.")
    return Fault(before + 1, "gap", f"Change {before + 1} is missing: {row_id} follows {before}.")


def altered(row: Any, before: str) -> Fault | None:
    if row.at is not None and digest(row, before) == row.digest:
        return None
    return Fault(row.id, "digest", f"Change {row.id} does not fit its digest: it was altered or put in.")


def unlike(row: Any, heads: dict[int, Head]) -> Fault | None:
    head = heads.get(row.id)
    if head is None or head.digest == row.digest:
        return None
    problem = f"Change {row.id} is not the one whose digest was published as the head of {head.day}"
    return Fault(row.id, "published_head", f"{problem}: the log was written anew.")


def _end(report: Report, head: ChainHead, heads: dict[int, Head]) -> Fault | None:
    last = report.last_id
    if last < head.last_id:
        return Fault(last + 1, "head", f"The log ends at change {last}; its head says {head.last_id}.")
    if report.digest != head.digest:
        return Fault(
            last, "head", f"The digest of the last change, {last}, is not the one that the head names."
        )
    lost = min((pk for pk in heads if pk > last), default=None)
    if lost is None:
        return None
    problem = f"Change {lost}, published as the head of {heads[lost].day}, is not in the log"
    return Fault(lost, "published_head", f"{problem}, which ends at {last}.")


def _beyond_the_head() -> Fault | None:
    """Asked in this order nothing that is appended meanwhile looks like an offence."""
    newest = DataChangeLog.objects.newest()
    head = ChainHead.objects.get(pk=1)
    if newest <= head.last_id:
        return None
    beyond = DataChangeLog.objects.filter(pk__gt=head.last_id).order_by("pk").values_list("pk", flat=True)[0]
    return Fault(beyond, "head", f"Change {beyond} stands behind the head of the chain, {head.last_id}.")
