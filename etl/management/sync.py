"""What the sync commands share: a poll here and now, a rehearsal, a release, and how they are told."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from etl.crawl.progress import Progress
from etl.exceptions import EtlError, RunInProgress, Stopped
from etl.scheduler import DataScheduler
from projects.api.runs import run_json
from projects.declared import declaration
from projects.management.answer import JsonAnswer
from projects.models import GOOD, RunState, SyncRun
from projects.processes import command_line

_EXIT = {RunState.SUCCEEDED: 0, RunState.UNCHANGED: 0, RunState.QUARANTINED: 4, RunState.REJECTED: 4}
_FAILED, _BUSY, _IN_PART = 1, 3, 5


class SyncCommand(BaseCommand):
    """`source` names the monitor; a subclass adds the options of its own and says what was read."""

    source: str
    can_hold: ClassVar[bool] = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout, nothing else")
        parser.add_argument("--force", action="store_true", help="compare every record, unchanged or not")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, show what would change")
        if self.can_hold:
            parser.add_argument("--approve", type=int, metavar="RUN", help="release a held run, all of it")
            parser.add_argument(
                "--area", nargs="+", metavar="CODE", help="with --approve: these areas of it alone"
            )
            parser.add_argument(
                "--reason", default="released on the command line", help="why, with --approve"
            )

    def how(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options of the monitor itself. Raises CommandError."""
        return {}

    def read(self, run: SyncRun) -> str:
        """What a run read and what became of it, in one sentence."""
        records = declaration(self.source).records
        part = f" Not all could be asked: {run.notes[0]}" if _left_out(run) else ""
        if run.unchanged:
            same = run.unchanged_by
            return f"Unchanged: {run.pages} pages read, {run.seen} {records} seen, the same {same}.{part}"
        whole = "complete" if run.complete else "not complete"
        return (
            f"{run.pages} pages read ({whole}), {run.seen} {records} seen: {run.created} created,"
            f" {run.updated} updated, {run.same} the same, {run.missing} missing, {run.returned} returned,"
            f" {run.invalid} unusable;"
            f" {run.listings} municipality lines; {run.change_count} changes logged.{part}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        bar = Bar(self.source, shown=sys.stderr.isatty() and not options["json"])
        approving = self.can_hold and options["approve"] is not None
        work = self._rehearse if options["dry_run"] else self._approve if approving else self._sync
        with JsonAnswer(self, options["json"], self._outcome("failed")) as self._answer, closing(bar):
            if self.can_hold and options.get("area") and not approving:
                raise CommandError(
                    "--area says what of a run is released: name it with --approve.", returncode=2
                )
            if approving and options["dry_run"]:
                raise CommandError(
                    "--dry-run reads the source and loads nothing; what a held run would change is shown in"
                    " the admin, where it waits for a decision. Nothing was released.",
                    returncode=2,
                )
            code = work(options, {**self.how(options), "on_progress": bar.show})
        if code:
            sys.exit(code)

    def _sync(self, options: dict[str, Any], how: dict[str, Any]) -> int:
        try:
            trigger = SyncRun.Trigger.COMMAND
            run = DataScheduler().run_now(self.source, trigger, force=options["force"], **how)
        except RunInProgress as busy:
            self._say(options, SyncRun.objects.get(pk=busy.run_id or 0), str(busy))
            return _BUSY
        except Stopped as request:
            run = SyncRun.objects.get(pk=request.run_id or 0)
            self._say(options, run, run.error or str(request))
            return _FAILED
        except EtlError as problem:
            run = SyncRun.objects.get(pk=problem.run_id or 0)
            self._say(options, run, f"Failed: {problem} What was known is untouched.")
            return _FAILED
        except DatabaseError as error:
            self._fail(options, f"Failed: The database could not be used: {error}")
            return _FAILED
        self._say(options, run, self._summary(run))
        return _EXIT.get(RunState(run.state), _FAILED) or _left_out(run)

    def _approve(self, options: dict[str, Any], how: dict[str, Any]) -> int:
        held = options["approve"]
        if other := SyncRun.objects.filter(pk=held).exclude(source=self.source).first():
            self._fail(options, f"Nothing was released: run {held} is one of {other.source_id}.")
            return _FAILED
        try:
            run = self._release(held, options)
        except RunInProgress as busy:
            self._fail(options, str(busy))
            return _BUSY
        except EtlError as problem:
            self._fail(options, f"Nothing was released: {problem}")
            return _FAILED
        self._say(options, run, f"Released. {self._summary(run)}")
        return 0

    def _release(self, held: int, options: dict[str, Any]) -> SyncRun:
        """Load a held run, or areas of one; areas held while others were loaded come with a new reading."""
        by, reason, areas = "the command line", options["reason"], options.get("area")
        state = SyncRun.objects.filter(pk=held).values_list("state", flat=True).first()
        if areas and state in GOOD:
            return DataScheduler().release_areas(held, areas, by, reason)
        return DataScheduler().release(held, by=by, reason=reason, places=areas)

    def _rehearse(self, options: dict[str, Any], how: dict[str, Any]) -> int:
        try:
            run, changes = DataScheduler().rehearse(self.source, force=options["force"], **how)
        except EtlError as problem:
            self._fail(options, f"Failed: {problem}")
            return _FAILED
        diff: list[dict[str, Any]] = [
            {"external_id": each.what, "change_type": each.change_type, "field_changes": each.field_changes}
            for each in changes.summaries()
        ]
        if options["json"]:
            # municipality lines, `[LIM331]`, are counted apart from the records
            records = [change for change in diff if not change["external_id"].startswith("[")]
            lines = [change for change in diff if change["external_id"].startswith("[")]
            outcome = run_json(run) | {"diff": records, "lines": lines}
            self._answer.say(outcome)
            return _left_out(run)
        for change in diff:
            self.stdout.write(f"{change['change_type']} {change['external_id']}")
            for name, (old, new) in change["field_changes"].items():
                self.stdout.write(f"    {name}: {old!r} → {new!r}")
        self.stdout.write(f"Dry run, nothing was written. {self._summary(run)}")
        return _left_out(run)

    def _fail(self, options: dict[str, Any], sentence: str) -> None:
        """For what has no run to tell of it."""
        if options["json"]:
            self._answer.say({**self._outcome("failed"), "error": sentence.removeprefix("Failed: ")})
        else:
            self.stderr.write(sentence)

    def _outcome(self, state: str) -> dict[str, Any]:
        return {"run": None, "source": self.source, "state": state, "complete": False}

    def _say(self, options: dict[str, Any], run: SyncRun, sentence: str) -> None:
        if options["json"]:
            self._answer.say(run_json(run))
        else:
            stream = self.stderr if run.state in (RunState.FAILED, RunState.ABANDONED) else self.stdout
            stream.write(sentence)

    def _summary(self, run: SyncRun) -> str:
        if run.state == RunState.QUARANTINED:
            why = " ".join(reason["sentence"] for reason in run.held)
            release = command_line(f"{declaration(self.source).by_hand} --approve {run.pk}")
            return (
                f"Held, nothing was loaded: {why} A steward decides in the admin;"
                f" `{release}` releases all of it."
            )
        if run.state == RunState.REJECTED:
            return (
                "Rejected: a steward said no to this very reading;"
                " nothing was loaded until the source changes."
            )
        return self.read(run)


def _left_out(run: SyncRun) -> int:
    """The exit code of a run that went well: 5 where its notes name what could not be asked."""
    return _IN_PART if run.proof.get("unasked") else 0


class Bar:
    """A progress bar on a terminal; the total grows while lists lead to more lists. Of a source that was
    never read whole it says so: that takes longer than any reading after it."""

    def __init__(self, source: str, shown: bool) -> None:
        is_first = shown and not SyncRun.objects.filter(source=source, concludes=True).exists()
        self._called = "first reading: " if is_first else ""
        self._bar = tqdm(unit=" pages", disable=not shown, file=sys.stderr, leave=False)

    def show(self, progress: Progress) -> None:
        self._bar.total = progress.done + progress.waiting + 1
        what = f"{progress.read} of {progress.of} {progress.kind}" if progress.of else progress.what[-40:]
        self._bar.set_description_str(f"{self._called}{what}", refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def close(self) -> None:
        self._bar.close()
