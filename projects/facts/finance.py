"""The words of municipal finance: years, functions, asset classes, grant families, amount types. Pure.

Codes and labels are those of National Treasury's Municipal Money cubes (v2, mSCOA, from 2019-20 on).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
}
UIFW = {
    "unauthorised": "Unauthorised expenditure",
    "irregular": "Irregular expenditure",
    "fruitless": "Fruitless and wasteful expenditure",
}
CASH = {"0430": "Cash and cash equivalents at the year end"}
OPINIONS = {
    "unqualified": "Unqualified",
    "unqualified_emphasis_of_matter": "Unqualified with emphasis of matter",
    "qualified": "Qualified",
    "adverse": "Adverse",
    "disclaimer": "Disclaimer",
    "outstanding": "Outstanding",
}
OUTSTANDING = "outstanding"  # no opinion: the audit is not finished
AUDIT_OPINION = "opinion"  # the code of a figure that is an audit opinion

AMOUNT_TYPES = {
    "ORGB": "original budget",
    "ADJB": "adjusted budget",
    "AUDA": "audited actual",
    "ACT": "actual so far (monthly, unaudited)",
    "SCHD": "allocated",
    "TRFR": "transferred",
    "": "",
}
_GRANT_TYPES = {"ACT": "spent (monthly, unaudited)", "AUDA": "spent (audited)"}
_MEASURES = {
    "capital": "Capital, {}",
    "asset": "Capital by asset, {}",
    "income": "Operating income, {}",
    "expenditure": "Operating expenditure, {}",
    "grant": "{}",
    "uifw": "{}",
    "cash": "{}",
    "opinion": "Audit opinion",
}

_MONTHS = (
    "July August September October November December January February March April May June".split()
)  # fmt: skip


def year_label(financial_year: int) -> str:
    """A municipal financial year by its end year: 2021 → `2020-21`."""
    return f"{financial_year - 1}-{financial_year % 100:02d}"


def year_span(financial_year: int) -> tuple[date, date]:
    """First and last day of a municipal financial year: 2021 → 1 July 2020, 30 June 2021."""
    return date(financial_year - 1, 7, 1), date(financial_year, 6, 30)


def national_year_span(financial_year: int) -> tuple[date, date]:
    """First and last day of a national (DWS) financial year by its END year: 1 April to 31 March."""
    return date(financial_year - 1, 4, 1), date(financial_year, 3, 31)


def municipal_year(day: date) -> int:
    """The municipal financial year, by its end year, in which a day lies."""
    return day.year + (day.month >= 7)


def month_name(month: int) -> str:
    """The calendar month of a month of the financial year: 1 → `July`, 12 → `June`."""
    return _MONTHS[month - 1]


def line_label(measure: str, code: str) -> str:
    """What a figure is of: `Water Distribution`; the code itself where we have no word for it."""
    if measure == "grant":
        return GRANTS[code].label if code in GRANTS else code
    tables = {"asset": ASSETS, "capital": FUNCTIONS, "income": FUNCTIONS, "expenditure": FUNCTIONS}
    if measure in tables:
        return tables[measure].get(code, (code, ""))[0]
    return {**UIFW, **CASH}.get(code, code)


def type_label(measure: str, amount_type: str) -> str:
    """`original budget`; of a grant ACT is what was spent."""
    words = AMOUNT_TYPES | _GRANT_TYPES if measure == "grant" else AMOUNT_TYPES
    return words.get(amount_type, amount_type)


def figure_name(measure: str, code: str, amount_type: str, financial_year: int) -> str:
    """`Capital, Water Distribution, original budget 2020-21`."""
    what = _MEASURES.get(measure, "{}").format(line_label(measure, code))
    kind = type_label(measure, amount_type)
    return f"{what}, {kind} {year_label(financial_year)}" if kind else f"{what} {year_label(financial_year)}"


def figure_key(municipality: str, financial_year: int, measure: str, code: str, amount_type: str) -> str:
    """What the log calls a figure: `CPT 2021 capital 4202 ORGB`."""
    return " ".join(filter(None, [municipality, str(financial_year), measure, code, amount_type]))
