"""Check the change log's chain of digests, its head, and the heads of the days that were published; and the
kept pages that prove it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects import datasets
from projects.archive import Away
from projects.health.evidence import every_page
from projects.log import heads
from projects.log.downloaded import end_of, verify_file
from projects.log.verification import Fault, Report, verify
from projects.management.answer import JsonAnswer
from projects.models import DataChangeLog, Snapshot
from projects.wording.figures import instant


class Command(BaseCommand):
    help = (
        "Walk the change log's digest chain. Exit code 0: intact, 1: broken, with the first bad row;"
        " with --archive each kept page that is not what was received is named, too."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--archive", action="store_true", help="check every kept page against its digest as well"
        )
        parser.add_argument(
            "--from-file",
            metavar="FILE",
            help="check a downloaded log (.jsonl, .csv, .gz) against the head that datapackage.json names",
        )
        parser.add_argument("--head", metavar="FILE", help="of --from-file: a datapackage.json or heads.txt")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        if options["from_file"]:
            self._check_file(options, begun)
            return
        with JsonAnswer(self, options["json"], {"intact": None}) as answer:
            report = verify(heads.published())
            seconds = time.monotonic() - begun
            pages = _Pages() if options["archive"] else None
            if options["json"]:
                answer.say(_as_json(report, seconds, pages))
            else:
                self._tell(report, seconds)
                self._tell_of(pages)
        if not report.fault:
            heads.publish()  # an intact log's days that no append has published yet
        if report.fault or (pages and pages.damaged):
            sys.exit(1)

    def _check_file(self, options: dict[str, Any], begun: float) -> None:
        with JsonAnswer(self, options["json"], {"intact": None}) as answer:
            path, given = Path(options["from_file"]), options["head"]
            beside = path.with_name(datasets.MANIFEST)
            if not path.is_file():
                raise CommandError(f"{path} is no file.")
            try:
                known, end = end_of(Path(given or beside)) if given or beside.exists() else (None, None)
            except (OSError, ValueError) as error:
                raise CommandError(str(error)) from error
            report = verify_file(path, heads.published() if known is None else known, end)
            if known is None:
                report.fault = report.fault or _unlike_ours(report)
            seconds = time.monotonic() - begun
            if options["json"]:
                answer.say(_as_json(report, seconds, None) | {"withheld": report.withheld})
            else:
                self._tell(report, seconds)
                self._tell_of_file(report, given or (beside if end else "this site"))
        if report.fault:
            sys.exit(1)

    def _tell_of_file(self, report: Report, against: object) -> None:
        if report.withheld:
            self.stdout.write(f"Of {report.withheld} of them only the digest is given: not checked.")
        if not report.fault:
            self.stdout.write(f"It was held against the head of {against}.")

    def _tell(self, report: Report, seconds: float) -> None:
        rate = f"{report.rows / seconds:,.0f} rows/s".replace(",", " ")
        if report.fault:
            self.stdout.write(f"BROKEN after {report.rows} changes that fit: {report.fault.sentence}")
            return
        self.stdout.write(f"Intact: {report.rows} changes, {report.heads} published heads agree ({rate}).")
        self.stdout.write(f"Head: change {report.last_id} {report.digest}")

    def _tell_of(self, pages: _Pages | None) -> None:
        for page in pages or ():
            self.stdout.write(f"DAMAGED: {page['sentence']}")
        if pages and pages.damaged:
            self.stdout.write(f"{pages.damaged} of {pages.checked} kept pages are not what was received.")
        elif pages:
            self.stdout.write(f"Archive: {pages.checked} kept pages, each of its digest.")


def _unlike_ours(report: Report) -> Fault | None:
    """A log that was downloaded here ends with a change that is in ours."""
    ours = DataChangeLog.objects.filter(pk=report.last_id).values_list("digest", flat=True).first()
    if ours == report.digest or not report.rows:
        return None
    return Fault(report.last_id, "head", f"Change {report.last_id} is not the one that this site has.")


class _Pages:
    """The kept pages, checked one by one while one goes through those that are damaged."""

    def __init__(self) -> None:
        self.checked = self.damaged = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            for row, damage in every_page():
                self.checked += 1
                if damage:
                    self.damaged += 1
                    yield _damaged(row, damage.kind, str(damage))
        except Away as away:
            raise CommandError(f"{away} {self.checked} kept pages were checked until then.") from away


def _damaged(row: Snapshot, kind: str, what: str) -> dict[str, Any]:
    received = instant(row.fetched_at)
    sentence = f"{row.pk} of {row.source_id}, {row.url}, received {received}: the kept bytes {what}."
    facts = {"sha256": row.pk, "source": row.source_id, "url": row.url, "fetched_at": received}
    return {**facts, "run": row.run_id, "kind": kind, "sentence": sentence}


def _as_json(report: Report, seconds: float, pages: _Pages | None) -> dict[str, Any]:
    """`intact rows last_id digest heads fault seconds`; `fault` is `{"id", "kind", "sentence"}` or null. With
    the archive also `archive`: `checked`, and `damaged`, a list of `{"sha256", "source", "url", "fetched_at",
    "run", "kind", "sentence"}`: what has one is not intact.
    """
    fault = report.fault
    damaged = list(pages or ())
    archive = {} if pages is None else {"archive": {"checked": pages.checked, "damaged": damaged}}
    return {
        "intact": fault is None and not damaged,
        "rows": report.rows,
        "last_id": report.last_id,
        "digest": report.digest,
        "heads": report.heads,
        "fault": fault and {"id": fault.id, "kind": fault.kind, "sentence": fault.sentence},
        "seconds": round(seconds, 3),
        **archive,
    }
