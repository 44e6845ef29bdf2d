"""The third source, our own work: DWS projects beside municipal finance. It asks nobody but the record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from etl.compare.breaker import Belief
from etl.compare.checks import Completeness
from etl.correlating import reading
from etl.correlating.inquiry import Inquiry, inquire
from etl.correlating.questions import OURS, QuestionChanges, Since, changes_of
from etl.correlating.wording import many
from etl.correlating.writing import QuestionWriter
from etl.crawl.observations import ObservationSet
from etl.exceptions import DemoMismatch
from etl.monitor import DeclaredSource, SourceMonitor
from projects.declared import declaration
from projects.models import Discrepancy, DiscrepancyState, Source, SyncRun

_MOST_NAMES, _MOST_NAMED = 1000, 10  # that a run keeps, and that its notes name
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

    @property
    def unrecognised(self) -> list[dict[str, Any]]:
        """Implementing agents whose name is not recognised, those of most projects first: {"agent",
        "projects", "municipalities"}."""
        if self.inquiry is None:
            return self.before.profile.get("unrecognised", []) if self.before else []
        every = sorted(self.inquiry.unrecognised.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        return [
            {"agent": agent, "projects": len(places), "municipalities": sorted(set().union(*places))}
            for agent, places in every[:_MOST_NAMES]
        ]


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
        named, until = reading.named_agents(), reading.until()
        inquiry = inquire(facts, reading.places(), self._books_of, reading.traced, named, until)
        inquiry.tally.merged = reading.merged()
        return Comparison(demo=demo, digest=digest, inquiry=inquiry)

    def _books_of(self, code: str) -> reading.Books:
        self.alive()
        return reading.books_of(code)

    def check(self, compared: Comparison, known: KnownComparison) -> Completeness:
        if compared.unread:
            missing = " and ".join(declaration(name).called for name in compared.unread)
            return Completeness(False, [f"Nothing was compared: {missing} has not been read completely yet."])
        if compared.inquiry:
            said = [*compared.inquiry.tally.sentences(), *_named_one_by_one(compared.unrecognised)]
            return Completeness(True, said)
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
        return changes_of(inquiry.discrepancies, open_now, inquiry.tally, self._since(known))

    def _since(self, known: KnownComparison) -> Since | None:
        """What was touched since the last comparison, where our rules are others or our reading of texts is,
        as what moves by that is our doing. None where neither is."""
        last = known.last
        if last is None or last.started_at is None:
            return None
        if last.parser_digest != self.run.parser_digest:
            return Since(reading.touched_since(last.started_at))
        reread = reading.touched_since(last.started_at, by=OURS)
        return Since(reading.touched_since(last.started_at, but=OURS), reread) if reread else None

    def hold(
        self, compared: Comparison, changes: QuestionChanges, known: KnownComparison
    ) -> tuple[Belief, QuestionChanges]:
        """Nothing to hold: what the sources said was believed when they were read."""
        return Belief(compared.digest, {"unrecognised": compared.unrecognised}), changes


def _named_one_by_one(unrecognised: list[dict[str, Any]]) -> list[str]:
    """Whom a steward can name: the first of them, in a sentence."""
    if not unrecognised:
        return []
    names = [f"“{each['agent'][:80]}” ({many(each['projects'], 'project')})" for each in unrecognised]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return [f"Not recognised: {', '.join(names[:_MOST_NAMED])}{more}. A steward can name them, once."]


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
