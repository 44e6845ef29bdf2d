"""The third source, our own work: DWS projects beside municipal finance. It asks nobody but the record."""

from __future__ import annotations

from dataclasses import dataclass, field

from etl.compare.breaker import Belief
from etl.compare.checks import Completeness
from etl.correlating import reading
from etl.correlating.inquiry import Inquiry, inquire
from etl.correlating.questions import QuestionChanges, changes_of
from etl.correlating.writing import QuestionWriter
from etl.crawl.observations import ObservationSet
from etl.exceptions import DemoMismatch
from etl.monitor import DeclaredSource, SourceMonitor
from projects.declared import declaration
from projects.models import Discrepancy, DiscrepancyState, Source, SyncRun

_INPUTS = (reading.DWS, reading.TREASURY)


@dataclass(kw_only=True)
class Comparison(ObservationSet):
    """`inquiry` None: nothing was compared this time. `before`: the run that did, where its inputs still
    stand; `unread`: sources without which nothing can be compared; `digest`: of all that was compared."""

    unread: list[str] = field(default_factory=list)
    digest: str = ""
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


@dataclass
class KnownComparison:
    """`last`: the last run that compared."""

    last: SyncRun | None
    parser: str = ""


class Correlator(SourceMonitor[KnownComparison, Comparison, QuestionChanges]):
    """Opens, changes and closes questions. What it compares is the record, which keeps the last good data: a
    source that is down, or whose last reading is held, closes nothing."""

    writer = QuestionWriter()

    def __init__(self, run: SyncRun, **how: object) -> None:
        run.parser_digest = reading.rules_digest()
        super().__init__(run, **how)  # type: ignore[arg-type]

    def what_is_known(self) -> KnownComparison:
        good = SyncRun.objects.good().filter(source=self.run.source, complete=True)
        return KnownComparison(good.order_by("-pk").first())

    def read(self, known: KnownComparison) -> Comparison:
        unread = reading.unread()
        if unread:
            return Comparison(unread=unread, unchanged_by="inputs")
        demo = {_demo_of_inputs()}
        # before the facts: what is written while they are read is compared by the next run
        digest = reading.inputs_digest()
        if known.last and known.last.content_digest == digest and not self.run.force:
            return Comparison(demo=demo, digest=digest, before=known.last, unchanged_by="inputs")
        facts = reading.project_facts(self.alive)
        inquiry = inquire(facts, reading.places(), self._books_of, reading.traced)
        return Comparison(demo=demo, digest=digest, inquiry=inquiry)

    def _books_of(self, code: str) -> reading.Books:
        self.alive()
        return reading.books_of(code)

    def check(self, compared: Comparison, known: KnownComparison) -> Completeness:
        if compared.unread:
            missing = " and ".join(declaration(name).called for name in compared.unread)
            return Completeness(False, [f"Nothing was compared: {missing} has not been read completely yet."])
        if compared.inquiry:
            return Completeness(True, compared.inquiry.tally.sentences())
        return Completeness(True, list(compared.before.notes) if compared.before else [])

    def compare(
        self, compared: Comparison, known: KnownComparison, completeness: Completeness
    ) -> QuestionChanges:
        inquiry = compared.inquiry
        if inquiry is None:
            return QuestionChanges()
        rows = Discrepancy.objects.filter(state=DiscrepancyState.OPEN)
        open_now = {row.key: row for row in rows.iterator()}
        asked = [key for key in inquiry.discrepancies if key not in open_now]
        open_now |= Discrepancy.objects.in_bulk(asked, field_name="key") if asked else {}
        return changes_of(inquiry.discrepancies, open_now, inquiry.tally)

    def hold(
        self, compared: Comparison, changes: QuestionChanges, known: KnownComparison
    ) -> tuple[Belief, QuestionChanges]:
        """Nothing to hold: what the sources said was believed when they were read."""
        return Belief(compared.digest, self.run.profile), changes


def _demo_of_inputs() -> bool:
    """Whether both sources are of the replica. Raises DemoMismatch where only one is."""
    flags = dict(Source.objects.filter(pk__in=_INPUTS).values_list("name", "demo"))
    demo = {name: bool(flag) for name, flag in flags.items()}
    if len(set(demo.values())) > 1:
        ours, theirs = (declaration(name).called for name in sorted(demo, key=lambda name: not demo[name]))
        raise DemoMismatch(
            f"What is known of {ours} is demo data and what is known of {theirs} is real: the two are never"
            " set beside one another. Use another VAR_DIR or DATABASE_URL for one of them."
        )
    return demo[reading.DWS]


SOURCE = DeclaredSource(
    "correlation",
    "DWS projects beside municipal finance",
    short="our comparison",
    minutes=120,
    command="correlate",
    records="projects",
    after_others=True,
    monitor=Correlator,
)
