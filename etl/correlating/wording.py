"""What the questions say: figures, years, and what may lawfully explain a difference. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from etl.correlating.facts import FigureFact, ProjectFact
from projects.facts import finance
from projects.finances.families import is_water_only, municipal_span, national_span, national_year
from projects.wording.figures import grouped, long_date, rand

NO_START = "DWS gives no start date"
TOO_EARLY = "they started before 1 July 2019, where the municipal books begin"
NO_FAMILY = "their programme is none of the grants in municipal books"
ONLY_IN_KIND = "their grant is spent in kind, outside municipal books"
MISSING = "the books have no figure for a year that is needed"
NULL = "a figure is supplied as null"
SHORT = "a year of the books that is needed was not reported to its end"
NO_BOOKS = "no figures of the municipality are known"

DWS_YEARS = "DWS’s financial years run from 1 April to 31 March"
MUNICIPAL_YEARS = "municipal financial years from 1 July to 30 June"

_ROLLOVER = (
    "Grant money that is not spent in its year may, with approval, be spent in the next: it then stands in"
    " the books of the later year."
)
_UNAUDITED = "The municipality’s spending is its monthly, unaudited report; the audited figure may differ."
_OTHER_MONEY = (
    "A project can be paid from more than one purse: the municipality’s own money, a loan or another grant"
    " is in none of the figures of this grant."
)
BEFORE_THE_START = (
    "What was spent before the start date that DWS gives, on planning and design, or by an earlier"
    " implementer, is in none of these years of these books."
)
_VAT = "One figure may be with VAT and the other without."
_LATER = "One of the two may be reported later than the other, or be corrected later."


def many(number: int, noun: str) -> str:
    """`1 project`, `12 projects`."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def money(amount: Decimal | None) -> str:
    return "no amount" if amount is None else rand(amount)


def years(numbers: Sequence[int]) -> str:
    """`2020-21, 2022-23`."""
    return ", ".join(finance.year_label(year) for year in numbers)


def both_years(family: str, first: int, last: int, start: date, until: date, books_end: date) -> str:
    """Which years of both are set beside one another, with the days."""
    national = national_span(national_year(start), national_year(max(start, until)))
    return (
        f"DWS: from the start on, its years {national} ({DWS_YEARS})."
        f" National Treasury: {family} spent, monthly and unaudited, direct grant only, in the municipal"
        f" years {municipal_span(first, last)} ({MUNICIPAL_YEARS}), up to {long_date(books_end)}."
    )


def spending(family: str, figures: Iterable[FigureFact], projects: Iterable[ProjectFact]) -> list[str]:
    """What may lawfully set spent grant money and reported spending apart, for every rule."""
    explanations = [_ROLLOVER, _UNAUDITED, _OTHER_MONEY, _VAT, _LATER]
    if any(figure.amount is not None and figure.amount < 0 for figure in figures):
        explanations.insert(0, "The books hold a negative figure: a correction of an earlier year.")
    if not is_water_only(family):
        explanations.append(
            f"{family} pays for more than water: the books hold all of it, so that DWS’s part should be less."
        )
    return explanations + corrections(projects)


def thousands(dws: Decimal, books: Decimal) -> list[str]:
    """That a unit may have been mistaken, where the figures are about a thousandfold apart."""
    if not 500 <= abs(dws / books if books else Decimal(0)) <= 2000:
        return []
    return [
        "One of the two may have been supplied in thousands of rand: they are about a thousandfold apart."
    ]


def in_kind(family: str, figures: Sequence[FigureFact]) -> list[str]:
    """That others spent money of the same family for the municipality."""
    if not figures:
        return []
    known = sum((figure.amount for figure in figures if figure.amount is not None), Decimal(0))
    when = years(sorted({figure.financial_year for figure in figures}))
    codes = ", ".join(sorted({figure.code for figure in figures}))
    return [
        f"In {when} also {rand(known)} of {family} was allocated in kind ({codes}): others spend it for the"
        " municipality, so that it is not in its books and not in the figure here. DWS may count it."
    ]


def behind(books_end: date, reported_on: date | None) -> list[str]:
    """That the books end before DWS's figure was reported."""
    if reported_on is None or reported_on <= books_end:
        return []
    return [
        f"The municipality’s figures go up to {long_date(books_end)}; DWS’s were first read on"
        f" {long_date(reported_on)}: what was spent in between is in one of them only."
    ]


def corrections(projects: Iterable[ProjectFact]) -> list[str]:
    """That a steward corrected what DWS says."""
    names = [project.external_id for project in projects if project.corrected]
    return [
        f"A steward corrected what DWS publishes of {', '.join(names)}; the corrected values are used."
    ] * bool(names)
