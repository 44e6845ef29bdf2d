"""The columns of a project: what they are called, how they are printed, what the contract calls them.

A value is kept once, typed (cents, hundredths of a percent, dates); each layout prints it in a format of
its own, so that one fact has several spellings and a right reading of any of them is the same value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from replica.places import BY_CODE, PROVINCES
from replica.vocabulary import PROJECT_TYPES, STATUSES

NBSP = "\u00a0"
MONTHS = "January February March April May June July August September October November December".split()


def decimal_text(hundredths: int) -> str:
    """A number kept in hundredths (cents, hundredths of a percent) as `"1234.50"`."""
    sign = "-" if hundredths < 0 else ""
    whole, part = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{part:02d}"


def money_commas(cents: int) -> str:
    """`R353,000,000.00`, the form of the dashboard's municipality lines."""
    return f"R{cents // 100:,}.{cents % 100:02d}"


def money_spaces(cents: int) -> str:
    """`R 353 000 000,00` with no-break spaces: the en-ZA culture of .NET."""
    return f"R {cents // 100:,}".replace(",", NBSP).replace(" ", NBSP) + f",{cents % 100:02d}"


def money_short(cents: int) -> str:
    """`R 353 000 000`, the cents only where there are any."""
    text = money_spaces(cents)
    return text.removesuffix(",00")


def money_mixed(cents: int) -> str:
    """`R353 000 000.00`: plain spaces and a point."""
    return f"R{cents // 100:,}".replace(",", " ") + f".{cents % 100:02d}"


def date_slash(day: date) -> str:
    return f"{day.year}/{day.month:02d}/{day.day:02d}"


def date_day_first(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def date_long(day: date) -> str:
    return f"{day.day:02d} {MONTHS[day.month - 1]} {day.year}"


def date_short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def percent_sign(hundredths: int) -> str:
    return f"{decimal_text(hundredths).rstrip('0').rstrip('.')}%"


def percent_comma(hundredths: int) -> str:
    return percent_sign(hundredths).replace(".", ",").replace("%", " %")


@dataclass(frozen=True)
class Style:
    """How one kind of page prints money, dates and percentages; `labels` replaces captions by field."""

    money: Callable[[int], str]
    day: Callable[[date], str]
    percent: Callable[[int], str]
    labels: dict[str, str]


STYLES = {
    "grid": Style(money_commas, date_slash, percent_sign, {}),
    "postback": Style(money_spaces, date_long, percent_comma, {"budget": "Total Budget"}),
    "table": Style(
        decimal_text,
        date.isoformat,
        decimal_text,
        {"budget": "Budget (R)", "expenditure": "Expenditure (R)", "progress": "Progress (%)"},
    ),
    "tree": Style(money_mixed, date_short, percent_sign, {}),
    "dataview": Style(money_short, date_short, percent_sign, {"budget": "Total Budget"}),
    "dataview_postback": Style(money_short, date_long, percent_sign, {"progress": "Progress (%)"}),
    "cards": Style(money_mixed, date_day_first, percent_comma, {}),
    "json": Style(decimal_text, date.isoformat, decimal_text, {}),
    "figures_on_page": Style(money_commas, date_slash, percent_sign, {}),
    "page": Style(money_short, date_long, percent_comma, {}),
}


@dataclass(frozen=True)
class Field:
    """One column. `kind`: text, money, date, percent, degrees, places. `known` is the contract's name, or
    "" for a column that a reader has no name for. `line`: in the grids too, not only on the project page."""

    attribute: str
    label: str
    column: str  # the FieldName in the grid's script
    kind: str
    known: str
    line: bool = False


FIELDS = (
    Field("external_id", "Project No", "ProjectNo", "text", "external_id", True),
    Field("name", "Project Name", "ProjectName", "text", "name", True),
    Field("description", "Description", "ProjectDescription", "text", "description"),
    Field("municipalities", "Municipality", "MunicipalityName", "places", "municipality", True),
    Field("province", "Province", "ProvinceName", "province", "province"),
    Field("programme", "Programme", "ProgrammeCode", "text", "programme", True),
    Field("project_type", "Project Type", "ProjectTypeName", "type", "project_type"),
    Field("status", "Status", "ProjectStatus", "status", "status", True),
    Field("progress", "Progress %", "ProgressPercentage", "percent", "progress_percentage", True),
    Field("budget", "Budget", "TotalBudget", "money", "budget", True),
    Field("expenditure", "Expenditure", "ExpenditureToDate", "money", "expenditure", True),
    Field("start_date", "Start Date", "StartDate", "date", "start_date", True),
    Field("completion_date", "Completion Date", "CompletionDate", "date", "completion_date", True),
    Field("contractor", "Contractor", "ContractorName", "text", "contractor", True),
    Field("implementing_agent", "Implementing Agent", "AgentName", "text", "implementing_agent"),
    Field("latitude", "Latitude", "Latitude", "degrees", "latitude"),
    Field("longitude", "Longitude", "Longitude", "degrees", "longitude"),
    Field("remarks", "Remarks", "Remarks", "text", "", True),
    Field("risk_rating", "Risk rating code", "RiskRatingCode", "text", ""),
    Field("households", "Households to be served", "Households", "text", ""),
)
BY_ATTRIBUTE = {field.attribute: field for field in FIELDS}
LINE_FIELDS = tuple(field for field in FIELDS if field.line)


def printed(field: Field, value: Any, style: Style) -> str:
    """What a page shows for a value, as plain text; blank (None) is `""`."""
    if value is None:
        return ""
    if field.kind == "money":
        return style.money(value)
    if field.kind == "date":
        return style.day(value)
    if field.kind == "percent":
        return style.percent(value)
    if field.kind == "degrees":
        return f"{value:.4f}"
    if field.kind == "places":
        return "; ".join(BY_CODE[code].label for code in value)
    return PROVINCES[value] if field.kind == "province" else str(value)


def _places(codes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "municipality": codes[0],
        "municipalities": sorted(codes),
        "municipality_as_published": "; ".join(BY_CODE[code].label for code in codes),
    }


def canonical(field: Field, value: Any) -> dict[str, Any]:
    """Contract name → canonical string (or None, or a list of codes) of one column's value.

    Money and percent have two decimals, degrees six, dates are ISO; a column that the contract has no
    name for is `published.<Label>`.
    """
    if field.kind == "places":
        return _places(value)
    if field.kind == "status":
        return {"status": STATUSES.get(value), "status_as_published": value}
    return {field.known or f"published.{field.label}": _plain(field, value)}


def _plain(field: Field, value: Any) -> str | None:
    if value is None:
        return None
    if field.kind in ("money", "percent"):
        return decimal_text(value)
    if field.kind == "degrees":
        return f"{value:.6f}"
    if field.kind == "date":
        return value.isoformat()
    return PROJECT_TYPES[value] if field.kind == "type" else str(value)
