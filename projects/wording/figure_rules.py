"""What a change of a municipal figure means: severity, rules and sentence. Pure: it never raises.

A figure's row of the log has the fields `amount through_month month_01 … month_12 opinion report_url
presence`; values are canonical strings ("12.00", "6") or None. Rules, by id:

`restated`: a yearly figure that had been published has another amount; major above 10%, of an original
budget or an audited figure. `budget_adjusted`, `allocation_changed`: what is adjusted in the course of every
year. `actual_falling`: the year-to-date figure fell. `month_restated`: a month that had been published has
another amount. `value_erased`: what was given is given as null. `audit_opinion_changed`. Of what is owed:
`debt_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.languages import Words, gettext
from projects.wording import debt_rules, figures, phrases
from projects.wording.debt_rules import RuleHit
from projects.wording.rules import INFO, MAJOR, MINOR, Assessment

Pair = tuple[Any, Any]

_RESTATED_SHARE = Decimal("0.10")
_GRAVE_TYPES = ("ORGB", "AUDA")
_MONTH = re.compile(r"month_(0[1-9]|1[0-2])")
_RANK = {INFO: 0, MINOR: 1, MAJOR: 2}
_KEY = re.compile(r"(\S+) (\d{4}) (\S+) (\S+?)(?: ([A-Z]{3,4}))?")

# What an amount is called in a sentence, by its type.
_SUBJECTS = Words({
    "ORGB": "Original budget",
    "ADJB": "Adjusted budget",
    "AUDA": "Audited actual",
    "SCHD": "Allocation",
    "TRFR": "Amount transferred",
})  # fmt: skip
_SO_FAR = Words({"income": "Income so far", "cash": "Cash so far", "": "Spent so far"})
_RULES = {"ADJB": "budget_adjusted", "SCHD": "allocation_changed"}


@dataclass(frozen=True, slots=True)
class Figure:
    """What the log calls a figure, taken apart: `CPT 2021 capital 4202 ORGB`; year 0 where it is no such."""

    year: int = 0
    measure: str = ""
    code: str = ""
    amount_type: str = ""

    @property
    def subject(self) -> str:
        """`Original budget 2020-21`, `Spent so far`, `Irregular expenditure 2020-21`."""
        if self.amount_type == "ACT" and not self.is_balance:
            return _SO_FAR.get(self.measure, _SO_FAR[""])
        if self.measure == "opinion":
            return self._dated(gettext("Audit opinion"))
        if self.is_balance:
            owed = finance.owed_name(self.measure, self.code)
            return owed if self.amount_type == "ACT" else self._dated(f"{owed}, {self._kind},")
        label = _SUBJECTS.get(self.amount_type)
        return self._dated(label or finance.line_label(self.measure, self.code) or gettext("Amount"))

    @property
    def is_balance(self) -> bool:
        return self.measure in finance.BALANCES

    @property
    def _kind(self) -> str:
        return finance.type_label(self.measure, self.amount_type)

    def _dated(self, label: str) -> str:
        return f"{label} {finance.year_label(self.year)}" if self.year else label


def read_key(external_id: Any) -> Figure:
    """The figure of an external id; an empty one where it cannot be read."""
    found = _KEY.fullmatch(external_id) if isinstance(external_id, str) else None
    return Figure(int(found[2]), found[3], found[4], found[5] or "") if found else Figure()


def month_of(field: str) -> int | None:
    """1 (July) to 12 (June) of `month_01` … `month_12`, None of any other field."""
    found = _MONTH.fullmatch(field)
    return int(found[1]) if found else None


def assess_figure(external_id: Any, change_type: str, field_changes: Any, evidence: Any = None) -> Assessment:
    """What the change means. `evidence` may have the last amount of a figure that is missing."""
    figure, changes, beside = read_key(external_id), figures.pairs(field_changes), figures.pairs(evidence)
    if change_type in ("missing", "withdrawn"):
        gone = gettext("No longer in the source's complete answer")
        return Assessment(MINOR, [], f"{gone}{_was(changes, beside)}.")
    is_first = change_type == "created"
    hits = [RuleHit(INFO, _first(changes))] if is_first else list(_findings(figure, changes))
    if figure.is_balance:
        grown = debt_rules.grown(figure.measure, figure.subject, changes, beside)
        hits = [*([grown] if grown else []), *hits, *([] if is_first else debt_rules.restated_ages(changes))]
    if change_type == "returned":
        hits.insert(0, RuleHit(INFO, gettext("In the source's answer again")))
    severity = max((hit.severity for hit in hits), key=_RANK.__getitem__, default=INFO)
    rules = list(dict.fromkeys(hit.rule for hit in hits if hit.rule))
    phrase = "; ".join(hit.phrase for hit in hits if hit.phrase)
    return Assessment(severity, rules, f"{phrase or gettext('Changed')}.")


def _first(changes: dict[str, Pair]) -> str:
    opinion, amount = (changes.get(name, (None, None))[1] for name in ("opinion", "amount"))
    if opinion:
        return gettext("First published: {value}").format(value=phrases.shown("opinion", opinion))
    if amount is None:
        return gettext("First published, given as null")
    return gettext("First published: {value}").format(value=_rand(amount)) + _through(changes)


def _was(*sources: dict[str, Pair]) -> str:
    """` (was R1 000)`, blank where the row does not say what it was."""
    for changes in sources:
        for name in ("amount", "opinion"):
            old = changes.get(name, (None, None))[0]
            if old not in (None, ""):
                return gettext(" (was {value})").format(value=phrases.shown(name, old))
    return ""


def _findings(figure: Figure, changes: dict[str, Pair]) -> Iterator[RuleHit]:
    """What the change comes to, the most important first."""
    if "opinion" in changes:
        yield _opinion(figure, *changes["opinion"])
    if "amount" in changes:
        yield _amount(figure, changes)
    elif "through_month" in changes:
        yield RuleHit(INFO, gettext("Now given") + _through(changes))
    yield from _months(changes)
    if "report_url" in changes and "opinion" not in changes:
        new = changes["report_url"][1]
        phrase = (
            gettext("The address of the auditor's report changed")
            if new
            else gettext("The auditor's report has no address any more")
        )
        yield RuleHit(INFO, phrase)


def _opinion(figure: Figure, old: Any, new: Any) -> RuleHit:
    subject = figure.subject if figure.measure == "opinion" else gettext("Audit opinion")
    severity, rule = MINOR, ""
    if not new:
        told, rule = gettext("{subject} is no longer given (was {old})"), "value_erased"
    elif not old:
        told = gettext("{subject} is now given: {new}")
    elif old == finance.OUTSTANDING:  # the audit was not finished: its outcome is no change of opinion
        told = gettext("{subject} is now given: {new} (was {old})")
    else:
        told = gettext("{subject} changed from {old} to {new}")
        severity, rule = MAJOR, "audit_opinion_changed"
    before, after = (phrases.shown("opinion", value) if value else "" for value in (old, new))
    return RuleHit(severity, told.format(subject=subject, old=before, new=after), rule)


def _amount(figure: Figure, changes: dict[str, Pair]) -> RuleHit:
    old, new = changes["amount"]
    subject = figure.subject
    if new is None:
        told = gettext("{subject} is now given as null (was {old})")
        return RuleHit(MINOR, told.format(subject=subject, old=_rand(old)), "value_erased")
    if old is None:
        severity = INFO if figure.amount_type == "ACT" else MINOR
        told = gettext("{subject} is now given: {new}").format(subject=subject, new=_rand(new))
        return RuleHit(severity, told + _through(changes))
    before, after = figures.number(old), figures.number(new)
    if before is None or after is None:
        told = gettext("{subject} changed from {old} to {new}")
        return RuleHit(MINOR, told.format(subject=subject, old=old, new=new))
    if figure.is_balance and figure.amount_type == "ACT":
        hit = debt_rules.balance(subject, before, after)
        return RuleHit(hit.severity, f"{hit.phrase}{_through(changes)}", hit.rule)
    if figure.amount_type == "ACT" or "through_month" in changes:
        return _running(subject, before, after, changes)
    return _yearly(figure, before, after)


def _running(subject: str, before: Decimal, after: Decimal, changes: dict[str, Pair]) -> RuleHit:
    """The year-to-date figure: rising is its nature."""
    phrase = phrases.rose_or_fell(subject, before, after, figures.rand) + _through(changes)
    return RuleHit(MINOR, phrase, "actual_falling") if after < before else RuleHit(INFO, phrase)


def _yearly(figure: Figure, before: Decimal, after: Decimal) -> RuleHit:
    rule = _RULES.get(figure.amount_type, "restated")
    told = (
        gettext("{subject} restated from {old} to {new}")
        if rule == "restated"
        else gettext("{subject} changed from {old} to {new}")
    )
    phrase = told.format(subject=figure.subject, old=figures.rand(before), new=figures.rand(after))
    if figure.amount_type == "TRFR" and after > before:  # paid in instalments: rising is its nature
        return RuleHit(INFO, phrases.rose_or_fell(figure.subject, before, after, figures.rand))
    large = abs(after - before) > abs(before) * _RESTATED_SHARE
    grave = large and figure.amount_type in _GRAVE_TYPES
    return RuleHit(MAJOR if grave else MINOR, f"{phrase}{phrases.up_or_down(before, after)}", rule)


def _months(changes: dict[str, Pair]) -> Iterator[RuleHit]:
    """Months that had been published and now have another amount."""
    moved = [(month, changes[name]) for name in sorted(changes) if (month := month_of(name))]
    restated = [(month, pair) for month, pair in moved if pair[0] is not None]
    if len(restated) > 2:
        told = gettext("{number} months that had been published were corrected")
        yield RuleHit(MINOR, told.format(number=len(restated)), "month_restated")
        return
    for month, (old, new) in restated:
        told = (
            gettext("{subject} is now given as null (was {old})")
            if new is None
            else gettext("{subject} was corrected from {old} to {new}")
        )
        said = told.format(subject=phrases.financial_month(month), old=_rand(old), new=_rand(new))
        yield RuleHit(MINOR, said, "value_erased" if new is None else "month_restated")


def _through(changes: dict[str, Pair]) -> str:
    """` (to December, month 6 of 12)`, where the row says it."""
    month = figures.number(changes.get("through_month", (None, None))[1])
    if month is None or month not in range(1, 13):
        return ""
    return gettext(" (to {name}, month {number} of 12)").format(
        name=finance.month_name(int(month)), number=int(month)
    )


def _rand(value: Any) -> str:
    return phrases.shown("amount", value)


__all__ = ["Figure", "assess_figure", "month_of", "read_key"]
