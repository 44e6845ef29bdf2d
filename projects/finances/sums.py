"""Sums, spending rates and flags over the published figures of one municipality and year. Pure.

A figure is anything with the columns of `MunicipalFigure`. One that the source gives as null, or no longer
has, is in no sum: a sum says over how many figures it is, and is never zero for want of any.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.languages import Words, gettext

NEGATIVE = "negative"
OVER_ALLOCATED = "spent_more_than_allocated"
BUDGETS, SPENT = ("ADJB", "ORGB"), ("AUDA", "ACT")  # the first that is published counts
ALLOCATED, GRANT_SPENT = "SCHD", "ACT"

GROUPS = (finance.WATER, finance.SANITATION)
WHOLE = "water and sanitation"
GROUP_NAMES = Words({name: name.capitalize() for name in (*GROUPS, WHOLE)})
_KINDS = Words({"ADJB": "adjusted", "ORGB": "original"})
SUMMED = ("capital", "asset", "income", "expenditure", "grant")  # measures that sums are made of

# One line of a table: its figures by amount type.
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sum:
    """`amount` in rand over `count` published figures of `lines` lines; `months`: how far they go, where they
    are monthly: the months of the financial year (1 July … 12 June), one where all go equally far.
    """

    amount: Decimal
    count: int
    lines: int
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """What was spent, in percent of the same lines' budgets; `basis` says which figures these are, `short`
    says it beside figures that stand in sight; both end with `over`: over how many of the lines, where
    not all have both sides.
    """

    percent: Decimal
    basis: str
    short: str = ""
    over: str = ""


def usable(figure: Any) -> bool:
    """Whether it counts: the source has it, and gives an amount."""
    return figure is not None and figure.amount is not None and figure.presence == "present"


def total(lines: Sequence[Line], amount_type: str) -> Sum | None:
    """The sum over the lines that publish the amount type; None where none does."""
    found = [line[amount_type] for line in lines if usable(line.get(amount_type))]
    if not found:
        return None
    months = sorted({figure.through_month for figure in found if figure.through_month})
    return Sum(sum((figure.amount for figure in found), Decimal(0)), len(found), len(lines), tuple(months))


def rate(lines: Sequence[Line]) -> Rate | None:
    """Spending of the year against its adjusted, else its original budget. The audited actual counts where
    every budgeted line has one, else the actual so far; only lines that have both sides are compared.
    """
    planned = [(line, budget) for line in lines if (budget := _first(line, BUDGETS))]
    for kind in SPENT:
        both = [(line[kind], budget) for line, budget in planned if usable(line.get(kind))]
        if both and (kind == SPENT[-1] or len(both) == len(planned)):
            return _rate(both, kind, len(lines))
    return None


def budgeted(lines: Sequence[Line]) -> list[Any]:
    """The figures that `rate` sets spending against: of each line the adjusted, else the original budget."""
    return [figure for line in lines if (figure := _first(line, BUDGETS))]


def budget(lines: Sequence[Line]) -> tuple[str, Sum] | None:
    """The sum of what is `budgeted`, with the words for what it is made of."""
    found = budgeted(lines)
    if not found:
        return None
    return _budgets(found), Sum(sum((f.amount for f in found), Decimal(0)), len(found), len(lines))


def spending(lines: Sequence[Line]) -> list[Any]:
    """The figures that `rate` sets against the budget, of all lines that have one: audited where every
    budgeted line is."""
    audited = all(usable(line.get("AUDA")) for line in lines if _first(line, BUDGETS))
    for kind in SPENT if audited else SPENT[::-1]:
        if found := [line[kind] for line in lines if usable(line.get(kind))]:
            return found
    return []


def spent(lines: Sequence[Line]) -> tuple[str, Sum] | None:
    """The sum of the `spending`, with the word for what it is."""
    figures = spending(lines)
    found = total(lines, figures[0].amount_type) if figures else None
    if found is None:
        return None
    return gettext("audited") if figures[0].amount_type == "AUDA" else gettext("unaudited"), found


def _budgets(figures: Iterable[Any]) -> str:
    """`adjusted`, `original`, `adjusted and original`."""
    kinds = sorted({figure.amount_type for figure in figures})
    if len(kinds) > 1:
        return gettext("{some} and {last}").format(some=_KINDS[kinds[0]], last=_KINDS[kinds[1]])
    return "".join(_KINDS[kind] for kind in kinds)


def _first(line: Line, kinds: Iterable[str]) -> Any:
    return next((line[kind] for kind in kinds if usable(line.get(kind))), None)


def _rate(both: list[tuple[Any, Any]], kind: str, lines: int) -> Rate | None:
    whole = sum((budget.amount for _, budget in both), Decimal(0))
    if whole <= 0:
        return None
    part = sum((spent.amount for spent, _ in both), Decimal(0))
    budgets = [budget for _, budget in both]
    kinds = _budgets(budgets)
    many = len({budget.amount_type for budget in budgets}) > 1
    of = gettext("of the {kinds} budgets") if many else gettext("of the {kinds} budget")
    of_short = gettext("of {kinds} budgets") if many else gettext("of {kinds} budget")
    far = gettext("audited") if kind == "AUDA" else _so_far(spent for spent, _ in both)
    over = gettext("over {count} of {lines} lines").format(count=len(both), lines=lines)
    over = over if len(both) < lines else ""
    basis = ", ".join(filter(None, (far, of.format(kinds=kinds), over)))
    short = ", ".join(filter(None, (far if kind == "AUDA" else "", of_short.format(kinds=kinds), over)))
    return Rate(_percent(part, whole), basis, short, over)


def _so_far(figures: Iterable[Any]) -> str:
    return through(tuple(sorted({f.through_month for f in figures if f.through_month}))) or gettext("so far")


def through(months: Sequence[int]) -> str:
    """`to December (month 6)`, `to months 5 to 6`, blank where no month is known."""
    if not months:
        return ""
    if len(months) > 1:
        return gettext("to months {first} to {last}").format(first=months[0], last=months[-1])
    return gettext("to {name} (month {number})").format(name=finance.month_name(months[0]), number=months[0])


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(Decimal("0.1"))


def grant_rate(lines: Sequence[Line]) -> Rate | None:
    """What was spent of what was allocated, over all codes of a family: the source has the allocation of a
    grant under one code and its spending under another. None where one of these is given as null: a share of
    the others would be none of the grant.
    """
    spent, allocated = total(lines, GRANT_SPENT), total(lines, ALLOCATED)
    if spent is None or allocated is None or allocated.amount <= 0:
        return None
    if not (_whole(lines, GRANT_SPENT, spent) and _whole(lines, ALLOCATED, allocated)):
        return None
    return Rate(_percent(spent.amount, allocated.amount), gettext("of the allocation"))


def overspent(lines: Sequence[Line]) -> bool:
    """More was spent than allocated, over a family; unknown (False) where an allocation is given as null."""
    spent, allocated = total(lines, GRANT_SPENT), total(lines, ALLOCATED)
    if spent is None or allocated is None or not _whole(lines, ALLOCATED, allocated):
        return False
    return spent.amount > allocated.amount


def _whole(lines: Sequence[Line], amount_type: str, found: Sum) -> bool:
    """Whether the sum is over all that the source has of the type."""
    return found.count == sum(line.get(amount_type) is not None for line in lines)


def family_of(code: str) -> str:
    """The grant's programme; a code that we have no word for is its own."""
    return finance.GRANTS[code].family if code in finance.GRANTS else code


def by_line(figures: Iterable[Any]) -> dict[str, Line]:
    """{code: {amount type: figure}} of the figures of one measure and year, by code."""
    lines: dict[str, Line] = {}
    for figure in sorted(figures, key=lambda figure: figure.code):
        lines.setdefault(figure.code, {})[figure.amount_type] = figure
    return lines


def by_family(lines: dict[str, Line]) -> dict[str, dict[str, Line]]:
    """{family: {code: line}}, families in the order of `finance.FAMILIES`, the unknown ones last."""
    families: dict[str, dict[str, Line]] = {}
    for code, line in lines.items():
        families.setdefault(family_of(code), {})[code] = line
    order = {name: place for place, name in enumerate(finance.FAMILIES)}
    return dict(sorted(families.items(), key=lambda item: (order.get(item[0], len(order)), item[0])))


def parted(lines: dict[str, Line]) -> tuple[list[Line], list[Line]]:
    """Of one family: what is in the municipality's books; and what others spend for it in kind."""
    in_kind = {code for code, grant in finance.GRANTS.items() if grant.in_kind}
    direct = [line for code, line in lines.items() if code not in in_kind]
    return direct, [line for code, line in lines.items() if code in in_kind]


def groups_of(measure: str, lines: dict[str, Line]) -> dict[str, list[Line]]:
    """What is summed of a measure: {"water": lines, "sanitation": …, "water and sanitation": …} or the
    families of grants. Storm water, and codes that we have no word for, are in no group.
    """
    if measure == "grant":
        return {family: list(members.values()) for family, members in by_family(lines).items()}
    groups: dict[str, list[Line]] = {}
    for code, line in lines.items():
        if (group := group_of(measure, code)) in GROUPS:
            groups.setdefault(group, []).append(line)
    both = [line for group in GROUPS for line in groups.get(group, [])]
    return {**groups, WHOLE: both} if len(groups) == len(GROUPS) else groups


def group_of(measure: str, code: str) -> str:
    """`water`, `sanitation`, `storm water`; blank of a code that we have no word for."""
    if measure == finance.BULK_DEBT:
        return finance.WATER
    if measure == finance.DEBTORS:
        return finance.DEBTOR_ITEMS.get(code.partition(":")[0], ("", ""))[1]
    table = finance.ASSETS if measure == "asset" else finance.FUNCTIONS
    return table.get(code, ("", ""))[1]


def flags(figures: Iterable[Any]) -> dict[int, list[str]]:
    """{id: flags} of the figures of one year: what looks odd and is shown as published, never corrected."""
    given = list(figures)
    found: dict[int, list[str]] = {f.pk: [NEGATIVE] for f in given if usable(f) and f.amount < 0}
    grants = by_line(figure for figure in given if figure.measure == "grant")
    families = [list(lines.values()) for lines in by_family(grants).values()]
    over: list[Any] = [line.get(GRANT_SPENT) for lines in families if overspent(lines) for line in lines]
    for figure in filter(usable, over):
        found.setdefault(figure.pk, []).append(OVER_ALLOCATED)
    return found
