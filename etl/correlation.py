"""The third source, our own work: DWS projects beside municipal finance. It asks nobody but the record."""

from __future__ import annotations

from dataclasses import dataclass

from etl.compare.checks import Verdict
from etl.correlating import reading
from etl.correlating.inquiry import Inquiry, inquire
from etl.correlating.questions import QuestionChanges, changes_of
from etl.correlating.writing import QuestionWriter
from etl.crawl.observations import ObservationSet
from etl.exceptions import DemoMismatch
from etl.monitor import SourceMonitor
from projects.models import Discrepancy, DiscrepancyState, Source, SyncRun

_NAMES = {reading.DWS: "DWS", reading.TREASURY: "Municipal Money"}


@dataclass(kw_only=True)
class Comparison(ObservationSet):
    """`inquiry` None: nothing was compared this time. `before`: the run that did, where its inputs still
    stand."""

    inquiry: Inquiry | None = None
    before: SyncRun | None = None

    @property
    def seen(self) -> int:
        if self.inquiry:
            return self.inquiry.seen
        return self.before.seen if self.before else 0

    @property
    def municipality_lines(self) -> int:
        if self.inquiry:
            return len(self.inquiry.places)
        return self.before.listings if self.before else 0


class Correlator(SourceMonitor):
    """Opens, changes and closes questions. What it compares is the record, which keeps the last good data: a
    source that is down, or whose last reading is held, closes nothing."""

    name = "correlation"
    writer = QuestionWriter()
    known: SyncRun | None  # the last run that compared
    survey: Comparison
    changes: QuestionChanges

    def __init__(self, run: SyncRun, **options: object) -> None:
        super().__init__(run, **options)  # type: ignore[arg-type]
        self.survey = Comparison()
        self.unread: list[str] = []
        run.parser_digest = reading.rules_digest()

    def close(self) -> None:
        """Nothing is open."""

    def _what_is_known(self) -> SyncRun | None:
        good = SyncRun.objects.good().filter(source=self.run.source, complete=True)
        return good.order_by("-pk").first()

    def _catch_up(self) -> None:
        """New rules are a new comparison, in the same run."""

    def _read_source(self) -> None:
        self.unread = reading.unread()
        if self.unread:
            return
        self.survey.demo = {_demo_of_inputs()}
        # before the facts: what is written while they are read is compared by the next run
        self.run.content_digest = reading.inputs_digest()
        if self.known and self.known.content_digest == self.run.content_digest and not self.run.force:
            self.survey.before = self.known
            return
        self.survey.inquiry = inquire(
            reading.project_facts(self.alive), reading.places(), self._books_of, reading.traced
        )

    def _books_of(self, code: str) -> reading.Books:
        self.alive()
        return reading.books_of(code)

    def _check(self) -> Verdict:
        survey = self.survey
        if self.unread:
            missing = " and ".join(_NAMES[name] for name in self.unread)
            survey.notes.append(f"Nothing was compared: {missing} has not been read completely yet.")
        elif survey.before:
            survey.notes += survey.before.notes
        elif survey.inquiry:
            survey.notes += survey.inquiry.tally.sentences()
        return Verdict(complete=not self.unread)

    def _nothing_new(self) -> str:
        return "inputs" if self.unread or self.survey.before else ""

    def _changes(self, verdict: Verdict, shown_by: str) -> QuestionChanges:
        inquiry = self.survey.inquiry
        if inquiry is None:
            return QuestionChanges()
        rows = Discrepancy.objects.filter(state=DiscrepancyState.OPEN)
        known = {row.key: row for row in rows.iterator()}
        asked = [key for key in inquiry.findings if key not in known]
        known |= Discrepancy.objects.in_bulk(asked, field_name="key") if asked else {}
        return changes_of(inquiry.findings, known, inquiry.tally)

    def _hold(self, verdict: Verdict) -> None:
        """Nothing to hold: what the sources said was believed when they were read."""


def _demo_of_inputs() -> bool:
    """Whether both sources are of the replica. Raises DemoMismatch where only one is."""
    flags = dict(Source.objects.filter(pk__in=_NAMES).values_list("name", "demo"))
    demo = {name: bool(flag) for name, flag in flags.items()}
    if len(set(demo.values())) > 1:
        ours, theirs = (_NAMES[name] for name in sorted(demo, key=lambda name: not demo[name]))
        raise DemoMismatch(
            f"What is known of {ours} is demo data and what is known of {theirs} is real: the two are never"
            " set beside one another. Use another VAR_DIR or DATABASE_URL for one of them."
        )
    return demo[reading.DWS]
