"""What a municipality owes for bulk water, and what its customers owe it, as its page shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.facts.finance import OldDebt
from projects.finances.debt import as_of

_MONTHS_IN_SIGHT = 13  # a year, and the month that it began with
_AUDITED = "AUDA"


@dataclass(frozen=True, slots=True)
class Balance:
    """What was owed at the end of the day `at`. `amount` None: given as null. `ages`: rand by age, {} where
    the source has none. `is_gone`: it is no longer published. `share`: percent of the largest beside it."""

    figure: Any
    at: date
    amount: Decimal | None
    ages: dict[str, Decimal | None]
    old: OldDebt | None
    is_audited: bool
    is_gone: bool
    share: Decimal = Decimal(0)

    @property
    def old_percent(self) -> Decimal | None:
        """How much of it is over 90 days; None where that says nothing."""
        if self.old is None or not self.amount or self.amount < 0 or not 0 <= self.old.amount <= self.amount:
            return None
        return (100 * self.old.amount / self.amount).quantize(Decimal("0.1"))

    @property
    def lines(self) -> list[tuple[str, Decimal | None, Decimal]]:
        """Age, rand, and how long its bar is, in percent of the largest."""
        largest = max((amount for amount in self.ages.values() if amount), default=Decimal(0))
        return [(finance.AGES[age], amount, _share(amount, largest)) for age, amount in self.ages.items()]

    @property
    def astray(self) -> Decimal | None:
        """What the ages come to, where all are given and that is not the published total."""
        given = [amount for amount in self.ages.values() if amount is not None]
        if self.amount is None or len(given) < len(finance.AGES) or sum(given) == self.amount:
            return None
        return sum(given, Decimal(0))


@dataclass(frozen=True, slots=True)
class Customers:
    """What the customers owe of one item. `whole`: as published without a customer group. `groups`: of the
    same day, by customer."""

    name: str
    whole: Balance | None
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Group:
    """`codes`: how many of the source's groups are summed, 1 where it is one balance, with its proof."""

    name: str
    amount: Decimal
    old: Decimal | None
    codes: int
    balance: Balance


@dataclass(frozen=True, slots=True)
class OwedForWater:
    """`newest`: the newest published balance, None where there is none. `months`, `earlier`: newest first."""

    newest: Balance | None
    months: list[Balance]
    earlier: list[Balance]
    customers: list[Customers]

    def __bool__(self) -> bool:
        return bool(self.months or self.customers)


def owed_for_water(figures: Iterable[Any]) -> OwedForWater:
    """Of the figures of one municipality, of whatever they are."""
    by_code: dict[tuple[str, str], list[Balance]] = {}
    for figure in (each for each in figures if each.measure in finance.BALANCES):
        by_code.setdefault((figure.measure, figure.code), []).extend(balances(figure))
    bulk = _with_shares(_ordered(by_code.get((finance.BULK_DEBT, finance.BULK_WATER), [])))
    debts = {
        code: _ordered(found) for (measure, code), found in by_code.items() if measure == finance.DEBTORS
    }
    customers = [_customers(item, name, debts) for item, (name, _) in finance.DEBTOR_ITEMS.items()]
    return OwedForWater(
        _newest(bulk),
        bulk[:_MONTHS_IN_SIGHT],
        bulk[_MONTHS_IN_SIGHT:],
        [each for each in customers if each.whole or each.groups],
    )


def balances(figure: Any) -> list[Balance]:
    """Each month's, or the audited year's; none of a year that is not audited: it can be still going on."""
    year = figure.financial_year
    if figure.months:
        days = {month: finance.month_end(year, int(month)) for month in figure.months}
        return [_balance(figure, at, month, figure.months[month]) for month, at in days.items()]
    at = as_of(figure)
    when = str(figure.through_month or finance.WHOLE_YEAR)
    return [_balance(figure, at, when, figure.amount)] if at else []


def _balance(figure: Any, at: date, when: str, amount: Any) -> Balance:
    text = figure.ages.get(when)
    return Balance(
        figure,
        at,
        None if amount is None else Decimal(amount),
        finance.ages_of(text),
        finance.over_90_days(text),
        figure.amount_type == _AUDITED,
        figure.presence != "present",
    )


def _ordered(found: Iterable[Balance]) -> list[Balance]:
    """Newest first; of one day the audited one before the other."""
    return sorted(found, key=lambda each: (each.at, each.is_audited), reverse=True)


def _newest(found: Sequence[Balance]) -> Balance | None:
    return next((each for each in found if each.amount is not None and not each.is_gone), None)


def _with_shares(found: Sequence[Balance]) -> list[Balance]:
    largest = max((each.amount for each in found if each.amount), default=Decimal(0))
    return [replace(each, share=_share(each.amount, largest)) for each in found]


def _share(amount: Decimal | None, largest: Decimal) -> Decimal:
    """Percent; nothing of what is not above nothing."""
    if amount is None or amount <= 0 or largest <= 0:
        return Decimal(0)
    return (100 * amount / largest).quantize(Decimal("0.1"))


def _customers(item: str, name: str, debts: dict[str, list[Balance]]) -> Customers:
    newest = {
        code.partition(":")[2]: found
        for code, of_code in debts.items()
        if code.partition(":")[0] == item and (found := _newest(of_code))
    }
    whole = newest.pop("", None)
    day = whole.at if whole else max((each.at for each in newest.values()), default=None)
    kinds: dict[str, list[Balance]] = {}
    for group, balance in sorted(newest.items()):
        if balance.at == day:
            is_single_organ = group.startswith("22") and group != "2200"
            kinds.setdefault("22" if is_single_organ else group, []).append(balance)
    return Customers(name, whole, [_group(group, found) for group, found in kinds.items()])


def _group(group: str, found: list[Balance]) -> Group:
    known = [each.old.amount for each in found if each.old]
    old = sum(known, Decimal(0)) if len(known) == len(found) else None
    amount = sum((each.amount or Decimal(0) for each in found), Decimal(0))
    return Group(finance.customer(group), amount, old, len(found), found[0])


__all__ = ["Balance", "Customers", "Group", "OwedForWater", "balances", "owed_for_water"]
