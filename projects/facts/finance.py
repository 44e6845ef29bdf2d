"""The words of municipal finance: years, functions, asset classes, grant families, amount types. Pure.

Codes and labels are those of National Treasury's Municipal Money cubes (v2, mSCOA, from 2019-20 on).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from projects.languages import Words, gettext

# The sources of which a question sets projects beside figures, and the one that asks.
DWS, TREASURY, CORRELATION = "dws", "treasury", "correlation"

FIRST_YEAR = 2020  # the first financial year (by its end) of the v2 cubes

WATER, SANITATION, STORM_WATER = "water", "sanitation", "storm water"

# Government functions: code → label, group.
FUNCTIONS = {
    "4201": ("Water Treatment", WATER),
    "4202": ("Water Distribution", WATER),
    "4203": ("Water Storage", WATER),
    "4301": ("Public Toilets", SANITATION),
    "4302": ("Sewerage", SANITATION),
    "4303": ("Storm Water Management", STORM_WATER),  # drainage: shown apart, in no sum
    "4304": ("Waste Water Treatment", SANITATION),
}
# Asset classes of water supply and sanitation: the cube has no headings, the groups are ranges of codes.
ASSETS = {
    "0310": ("Dams and Weirs", WATER),
    "0320": ("Boreholes", WATER),
    "0330": ("Reservoirs", WATER),
    "0340": ("Pump Stations", WATER),
    "0350": ("Water Treatment Works", WATER),
    "0360": ("Bulk Mains", WATER),
    "0370": ("Distribution", WATER),
    "0380": ("Distribution Points", WATER),
    "0390": ("PRV Stations", WATER),
    "0400": ("Capital Spares", WATER),
    "0420": ("Pump Station", SANITATION),
    "0430": ("Reticulation", SANITATION),
    "0440": ("Waste Water Treatment Works", SANITATION),
    "0450": ("Outfall Sewers", SANITATION),
    "0460": ("Toilet Facilities", SANITATION),
    "0470": ("Capital Spares", SANITATION),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """`family`: the programme it belongs to, whatever the code. In-kind money is spent by others for the
    municipality and is not in its books. `water_only`: MIG, USDG and IUDG pay for other works too."""

    label: str
    family: str
    in_kind: bool = False
    water_only: bool = True


GRANTS = {
    "RBIG": Grant("Regional Bulk Infrastructure Grant", "RBIG"),
    "RB7G": Grant("Regional Bulk Infrastructure Grant (in kind)", "RBIG", in_kind=True),
    "WSIG": Grant("Water Services Infrastructure Grant", "WSIG"),
    "WS6G": Grant("Water Services Infrastructure Grant (in kind)", "WSIG", in_kind=True),
    "MIG": Grant("Municipal Infrastructure Grant", "MIG", water_only=False),
    "MIG6": Grant("Municipal Infrastructure Grant (indirect)", "MIG", in_kind=True, water_only=False),
    "USDG": Grant("Urban Settlements Development Grant", "USDG", water_only=False),
    "IUDG": Grant("Integrated Urban Development Grant", "IUDG", water_only=False),
    "MWIG": Grant("Municipal Water Infrastructure Grant", "MWIG"),
    "MW7G": Grant("Municipal Water Infrastructure Grant (in kind)", "MWIG", in_kind=True),
    "WSOG": Grant("Water Services Operating and Transfer Subsidy", "WSOS"),
    "WS7G": Grant("Water Services Operating and Transfer Subsidy (in kind)", "WSOS", in_kind=True),
    "BE7G": Grant("Bucket Eradication Programme Grant", "BEP", in_kind=True),
    "RHIG": Grant("Rural Households Infrastructure Grant", "RHIG"),
    "RH7G": Grant("Rural Households Infrastructure Grant (in kind)", "RHIG", in_kind=True),
    "MDRG": Grant("Municipal Drought Relief Grant", "MDRG"),
    "BWSG": Grant("Backlogs in Water and Sanitation at Clinics and Schools Grant", "BWSG"),
}
FAMILIES = tuple(dict.fromkeys(grant.family for grant in GRANTS.values()))
# Where the cubes have the code of a figure; an audit opinion has none.
CODE_COLUMNS = {
    "capital": "function.code",
    "asset": "item.code",
    "income": "function.code",
    "expenditure": "function.code",
    "grant": "grant.code",
    "uifw": "item.code",
    "cash": "item.code",
    "bulk_debt": "item.code",
    "debtors": "item.code",
}
# … and what parts it further: the code is both, `1200:2401`, where this is not blank.
GROUP_COLUMNS = {"debtors": "customer_group.code"}

# What is owed: a balance at the end of each month, never summed over months.
BULK_DEBT, DEBTORS = "bulk_debt", "debtors"
BALANCES = (BULK_DEBT, DEBTORS)
BULK_WATER = "0200"
BULK_ITEMS = Words({BULK_WATER: "Bulk water"})
# What the customers of a municipality owe it, by source of its income.
DEBTOR_ITEMS = {"1200": ("Water", WATER), "1500": ("Waste water", SANITATION)}
_DEBTOR_ITEMS = Words({code: name for code, (name, _) in DEBTOR_ITEMS.items()})
# Customer groups by the start of their code: 2201 to 2299 are single organs of state. A row without a group
# is of the whole item; whether it is the sum of the others the source does not say.
CUSTOMERS = Words({
    "": "not split by customer",
    "22": "organs of state",
    "23": "commercial",
    "24": "households",
    "25": "other",
    "26": "all customer groups",
})  # fmt: skip
# Ages of a debt as the cubes have them, youngest first.
AGES = Words({
    "l30": "30 days and less",
    "l60": "31 to 60 days",
    "l90": "61 to 90 days",
    "l120": "91 to 120 days",
    "l150": "121 to 150 days",
    "l180": "151 to 180 days",
    "l1": "181 days to 1 year",
    "g1": "over 1 year",
})  # fmt: skip
OLD_AGES = ("l120", "l150", "l180", "l1", "g1")  # over 90 days
WHOLE_YEAR = "year"  # among the months of `ages`: of a yearly figure, at 30 June
_NULL = "-"
UIFW = Words({
    "unauthorised": "Unauthorised expenditure",
    "irregular": "Irregular expenditure",
    "fruitless": "Fruitless and wasteful expenditure",
})  # fmt: skip
CASH = Words({"0430": "Cash and cash equivalents at the year end"})
OPINIONS = Words({
    "unqualified": "Unqualified",
    "unqualified_emphasis_of_matter": "Unqualified with emphasis of matter",
    "qualified": "Qualified",
    "adverse": "Adverse",
    "disclaimer": "Disclaimer",
    "outstanding": "Outstanding",
})  # fmt: skip
OUTSTANDING = "outstanding"  # no opinion: the audit is not finished
AUDIT_OPINION = "opinion"  # the code of a figure that is an audit opinion

# Standard rate of value-added tax, percent, by its first day. The rise to 15.5% that was announced for 1 May
# 2025 was withdrawn before that day.
VAT = ((date(2018, 4, 1), Decimal(15)), (date(1993, 4, 7), Decimal(14)))

AMOUNT_TYPES = Words({
    "ORGB": "original budget",
    "ADJB": "adjusted budget",
    "AUDA": "audited actual",
    "ACT": "actual so far (monthly, unaudited)",
    "SCHD": "allocated",
    "TRFR": "transferred",
    "": "",
})  # fmt: skip
_GRANT_TYPES = AMOUNT_TYPES | {"ACT": "spent (monthly, unaudited)", "AUDA": "spent (audited)"}
_BALANCE_TYPES = AMOUNT_TYPES | {"ACT": "at month end (unaudited)", "AUDA": "at year end (audited)"}
_MEASURES = Words({
    "capital": "Capital, {}",
    "asset": "Capital by asset, {}",
    "income": "Operating income, {}",
    "expenditure": "Operating expenditure, {}",
    "grant": "{}",
    "uifw": "{}",
    "cash": "{}",
    "opinion": "Audit opinion",
    "bulk_debt": "Owed for {}",
    "debtors": "Owed by customers for {}",
})  # fmt: skip

_MONTHS = "July August September October November December January February March April May June".split()
_MONTH_NAMES = Words({str(number): name for number, name in enumerate(_MONTHS, start=1)})


def year_label(financial_year: int) -> str:
    """A municipal financial year by its end year: 2021 → `2020-21`."""
    return f"{financial_year - 1}-{financial_year % 100:02d}"


def year_span(financial_year: int) -> tuple[date, date]:
    """First and last day of a municipal financial year: 2021 → 1 July 2020, 30 June 2021."""
    return date(financial_year - 1, 7, 1), date(financial_year, 6, 30)


def month_end(financial_year: int, month: int) -> date:
    """The last day of a month (1 July … 12 June) of a municipal financial year."""
    year, number = (financial_year - 1, month + 7) if month <= 6 else (financial_year, month - 5)
    return date(year + (number > 12), (number - 1) % 12 + 1, 1) - timedelta(days=1)


def national_year_span(financial_year: int) -> tuple[date, date]:
    """First and last day of a national (DWS) financial year by its END year: 1 April to 31 March."""
    return date(financial_year - 1, 4, 1), date(financial_year, 3, 31)


def municipal_year(day: date) -> int:
    """The municipal financial year, by its end year, in which a day lies."""
    return day.year + (day.month >= 7)


def municipal_month(day: date) -> int:
    """The month of the municipal financial year in which a day lies: July is 1, June is 12."""
    return (day.month + 5) % 12 + 1


def vat_rate(day: date) -> Decimal:
    """Percent, the standard rate of value-added tax on a day since 7 April 1993."""
    return next(rate for since, rate in VAT if since <= day)


def month_name(month: int) -> str:
    """The calendar month of a month of the financial year: 1 → `July`, 12 → `June`."""
    return _MONTH_NAMES[str(month)]


def line_label(measure: str, code: str) -> str:
    """What a figure is of: `Water Distribution`; the code itself where we have no word for it."""
    if measure == "grant":
        return GRANTS[code].label if code in GRANTS else code
    tables = {"asset": ASSETS, "capital": FUNCTIONS, "income": FUNCTIONS, "expenditure": FUNCTIONS}
    if measure in tables:
        return tables[measure].get(code, (code, ""))[0]
    if measure == BULK_DEBT:
        return BULK_ITEMS.get(code, code)
    if measure == DEBTORS:
        item, _, group = code.partition(":")
        what = _DEBTOR_ITEMS.get(item, item)
        return f"{what}, {customer(group)}" if group else what
    return UIFW.get(code) or CASH.get(code) or code


def customer(group: str) -> str:
    """`households`; of one organ of state with its code; the code alone where we have no word for it."""
    name = CUSTOMERS.get(group[:2])
    if name is None:
        return gettext("customer group {group}").format(group=group)
    return f"{name} ({group})" if group.startswith("22") and group not in ("22", "2200") else name


def type_label(measure: str, amount_type: str) -> str:
    """`original budget`; of a grant ACT is what was spent, of a debt what was owed at a month's end."""
    types = _GRANT_TYPES if measure == "grant" else _BALANCE_TYPES if measure in BALANCES else AMOUNT_TYPES
    return types.get(amount_type, amount_type)


def figure_name(measure: str, code: str, amount_type: str, financial_year: int) -> str:
    """`Capital, Water Distribution, original budget 2020-21`."""
    named = owed_name(measure, code)
    what = named if measure in BALANCES else _MEASURES.get(measure, "{}").format(line_label(measure, code))
    kind = type_label(measure, amount_type)
    return f"{what}, {kind} {year_label(financial_year)}" if kind else f"{what} {year_label(financial_year)}"


def owed_name(measure: str, code: str) -> str:
    """`Owed for bulk water`, `Owed by customers for water, households`."""
    label = line_label(measure, code)
    return _MEASURES.get(measure, "{}").format(label[:1].lower() + label[1:])  # within a phrase


def page_part(financial_year: int, is_debt: bool) -> str:
    """The element of a municipality's page that has figures of this kind; year 0: of no one year."""
    if is_debt:
        return "debt"
    return f"finances-{financial_year}" if financial_year else "finances"


def figure_key(municipality: str, financial_year: int, measure: str, code: str, amount_type: str) -> str:
    """What the log calls a figure: `CPT 2021 capital 4202 ORGB`."""
    return " ".join(filter(None, [municipality, str(financial_year), measure, code, amount_type]))


def ages_text(amounts: Sequence[str | None]) -> str:
    """What is owed by age, one amount (rand, "12.00") for each of `AGES`, as one text; "-" is null."""
    return " ".join(_NULL if amount is None else amount for amount in amounts)


def ages_of(text: Any) -> dict[str, Decimal | None]:
    """Age → rand of such a text; {} of anything else."""
    parts = text.split(" ") if isinstance(text, str) else []
    try:
        amounts = [None if part == _NULL else Decimal(part) for part in parts]
    except InvalidOperation:
        return {}
    return dict(zip(AGES, amounts, strict=True)) if len(amounts) == len(AGES) else {}


@dataclass(frozen=True, slots=True)
class OldDebt:
    """Over 90 days: `amount` in rand is the sum over `ages`, those of the five that are given."""

    amount: Decimal
    ages: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return len(self.ages) == len(OLD_AGES)


def over_90_days(text: Any) -> OldDebt | None:
    """What of the ages is over 90 days; None where none of these is given."""
    ages = ages_of(text)
    given = {age: amount for age in OLD_AGES if (amount := ages.get(age)) is not None}
    return OldDebt(sum(given.values(), Decimal(0)), tuple(given)) if given else None
