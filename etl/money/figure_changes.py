"""What a reading of the Municipal Money API changes in the figures that we have. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.compare.breaker import Limits, Reason, fewer, share
from etl.compare.changes import ChangeSummary, value_changes
from etl.money import debts
from etl.money.cells import Key
from etl.money.debts import Said
from etl.money.figures import FigureRecord
from etl.money.survey import FinanceSurvey
from etl.normalise.records import canonical
from etl.values.disklist import DiskList
from projects.facts.finance import BALANCES, figure_key

MONTHS = tuple(f"month_{number:02d}" for number in range(1, 13))


@dataclass(slots=True)
class KnownFigure:
    """A figure as the record has it; `values` as `values_of` gives them."""

    pk: int
    values: dict[str, Any]
    is_present: bool
    run: int = 0  # that changed it last, and the SHA-256 of the answer that it was read from
    snapshot: str | None = None
    said: tuple[Said, ...] = ()  # of a balance of which more is owed for long now: what the log said of it


@dataclass(slots=True)
class FigureChange:
    """A figure to create (`pk` None), to update, or (no `record`) to mark as missing."""

    key: Key
    record: FigureRecord | None
    pk: int | None
    change_type: str
    field_changes: dict[str, list[Any]]
    snapshot: str | None
    cause: str = "source"
    # what the log keeps beside the changes: the last amount of a figure that is gone, and what the balance of
    # a new year follows on
    evidence: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class FigureChanges:
    """All that one reading changes, on disk: a first one has a hundred thousand.

    `had`: (measure, year) → what the record has of what was asked. `is_rejected`: all of it is what a steward
    rejected.
    """

    figures: DiskList[FigureChange] = field(default_factory=DiskList)
    counts: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)  # measure → known figures that say something else
    nulled: Counter[str] = field(default_factory=Counter)  # measure → known figures that are null now
    invalid: int = 0
    problems: list[str] = field(default_factory=list)
    had: Counter[tuple[str, int]] = field(default_factory=Counter)
    is_rejected: bool = False

    def add(self, change: FigureChange) -> None:
        self.figures.append(change)
        self.counts[change.change_type] += 1
        if change.pk is None:
            return
        measure, amount_type = change.key[2], change.key[4]
        before, after = change.field_changes.get("amount", (None, None))
        grows = amount_type == "ACT" or "through_month" in change.field_changes  # from month to month
        self.moved[measure] += change.record is not None and not grows
        self.nulled[measure] += before is not None and after is None and change.record is not None

    def within(self, codes: Iterable[str]) -> FigureChanges:
        """Those of the changes that concern some municipalities."""
        wanted = set(codes)
        return self._some(lambda key: key[0] in wanted)

    def without(self, measures: Container[str]) -> FigureChanges:
        """Those of the changes that are of other measures."""
        return self._some(lambda key: key[2] not in measures)

    def _some(self, is_wanted: Callable[[Key], bool]) -> FigureChanges:
        some = FigureChanges(invalid=self.invalid, had=self.had)
        for change in self.figures:
            if is_wanted(change.key):
                some.add(change)
        return some

    def summaries(self) -> Iterator[ChangeSummary]:
        """All of them, one by one."""
        for change in self.figures:
            what = figure_key(*change.key)
            yield ChangeSummary(what, change.change_type, change.field_changes, entity="municipal_figure")

    def tally(self) -> dict[str, int]:
        names = ("created", "updated", "returned", "missing")
        differing = len(self.figures) - self.counts["missing"]
        return {
            **{name: self.counts[name] for name in names},
            "withdrawn": 0,
            "invalid": self.invalid,
            "differing": differing,
        }

    def __bool__(self) -> bool:
        return bool(len(self.figures))


def values_of(figure: Any) -> dict[str, Any]:
    """What is compared of a figure (a record or a row), in canonical spelling; blank is None."""
    months = {f"month_{int(number):02d}": text for number, text in figure.months.items()}
    owed = debts.values_of(figure) if figure.ages else {}
    return {
        "amount": canonical(figure.amount),
        "through_month": figure.through_month,
        "opinion": figure.opinion or None,
        "report_url": figure.report_url or None,
        **{name: months.get(name) for name in (MONTHS if months else ())},
        **owed,
    }


def changes_of(
    survey: FinanceSurvey, known: Mapping[Key, KnownFigure], cause: str = "source", *, absences: bool = True
) -> FigureChanges:
    """The changes that make what is known into what was read; `absences`: what an answer that was read to
    its end has no more is missing."""
    changes = FigureChanges(invalid=survey.invalid)
    for key in sorted(survey.records):
        change = change_of(survey.records[key], known.get(key), survey.proofs.get(key), cause)
        if change:
            change.evidence = _owed_before(change, survey, known)
            changes.add(change)
    read = survey.records.keys() | survey.refused
    gone = (key for key in known if (key[2], key[1]) in survey.answered and key not in read)
    for key in sorted(gone) if absences else ():
        if known[key].is_present:
            changes.add(absence_of(key, known[key], survey.pages.get((key[2], key[1])), cause))
    return changes


def _owed_before(
    change: FigureChange, survey: FinanceSurvey, known: Mapping[Key, KnownFigure]
) -> dict[str, list[Any]]:
    """Of a balance: of which ages the sum over 90 days is; what had been said of it before; of the first of a
    year, what was owed at the end of the year before, where that was known."""
    key, record = change.key, change.record
    if key[2] not in BALANCES or record is None:
        return {}
    one, now = known.get(key), values_of(record)
    before = one.values if one else {}
    told = debts.told_before(one.said, before, now) if one else {}
    if before.get("over_90") is not None:
        return debts.of_which_ages(change.field_changes, now) | told
    last_year = (key[0], key[1] - 1, *key[2:])
    year_before = known.get(last_year)
    if year_before is None or not year_before.is_present:
        return {}
    read_now = survey.records.get(last_year)
    return debts.follows_on(values_of(read_now) if read_now else year_before.values, now) | told


def absence_of(key: Key, known: KnownFigure, proof: str | None, cause: str) -> FigureChange:
    """The change that makes a known figure missing; `proof`: the page that has it no more."""
    differing = {"presence": ["present", "missing"]}
    was = known.values.get("amount")
    evidence = {"amount": [was, None]} if was is not None else {}
    return FigureChange(key, None, known.pk, "missing", differing, proof, cause, evidence)


def change_of(
    record: FigureRecord, known: KnownFigure | None, snapshot: str | None, cause: str
) -> FigureChange | None:
    """The change that makes what is known into the record; None where they agree."""
    before, after = known.values if known else {}, values_of(record)
    differing = debts.age_by_age(value_changes(before, dict.fromkeys(before) | after))
    returned = known is not None and not known.is_present
    if known and not differing and not returned:
        return None
    if returned:
        differing = {"presence": ["missing", "present"], **differing}
    change_type = "created" if known is None else "returned" if returned else "updated"
    return FigureChange(
        record.key, record, known.pk if known else None, change_type, differing, snapshot, cause
    )


def reasons_to_hold(
    now: Mapping[str, int], known: Mapping[str, int], changes: FigureChanges, limits: Limits
) -> list[Reason]:
    """Why the reading is to be held; empty where it is not.

    `now`: measure → amounts read (a monthly figure has one for each month); `known`: the same that the
    record has of the same years, for measures that were read to their end. A measure without a past is
    never held.
    """
    return [
        reason
        for measure, had in sorted(known.items())
        if had >= limits.least
        for reason in _doubts(measure, had, now.get(measure, 0), changes, limits)
    ]


def _doubts(measure: str, had: int, has: int, changes: FigureChanges, limits: Limits) -> Iterator[Reason]:
    yield from fewer(f"{measure} amounts", had, has, limits)
    nulled, moved = changes.nulled[measure], changes.moved[measure]
    if share(nulled, had) > limits.blanked:
        yield Reason("blanked", f"{nulled} of {had} {measure} figures became null.")
    if share(moved, had) > limits.changed:
        percent = f"{share(moved, had):.0f}%"
        yield Reason("many_changed", f"{moved} of {had} {measure} figures ({percent}) were restated at once.")
