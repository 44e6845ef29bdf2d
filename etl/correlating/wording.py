"""What the questions say: figures, years, and what may lawfully explain a difference. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from etl.correlating.facts import ProjectFact
from etl.correlating.gap import Gap
from projects.facts import finance
from projects.finances.families import municipal_span, national_span, national_year
from projects.wording.figures import grouped, long_date, rand

NO_START = "DWS gives no start date"
TOO_EARLY = "they started before 1 July 2019, where the municipal books begin"
NO_FAMILY = "their programme is none of the grants in municipal books"
ONLY_IN_KIND = "their grant is spent in kind, outside municipal books"
MISSING = "the books have no figure for a year that is needed"
NULL = "a figure is supplied as null"
SHORT = "a year of the books that is needed was not reported to its end"
NULL_IN_KIND = "in-kind money of the same grant is supplied as null, so that it may be any amount"
PAID_IN_KIND = "in-kind money of the same grant may have paid for them"
NO_BOOKS = "no figures of the municipality are known"

DWS_YEARS = "DWS’s financial years run from 1 April to 31 March"
CAPITAL = "capital on water and sanitation"
MUNICIPAL_YEARS = "municipal financial years from 1 July to 30 June"


def many(number: int, noun: str) -> str:
    """`1 project`, `12 projects`."""
    return f"{grouped(number)} {noun}{'' if number == 1 else 's'}"


def years(numbers: Sequence[int]) -> str:
    """`2020-21, 2022-23`."""
    return ", ".join(finance.year_label(year) for year in numbers)


def books_show(gap: Gap, what: str, whole: str = CAPITAL) -> str:
    """Of all that is held against DWS's figure what the question states; `what`: `of WSIG money spent`,
    `whole`: what there is from all purses."""
    said = f"the municipality’s own books show {rand(gap.books)} {what}"
    if gap.of_all_purses:
        return f"{said}, and from all purses together {rand(gap.held)} of {whole},"
    return f"{said}, which is less than nought and counts as nought," if gap.books < 0 else said


def what_explains(gap: Gap) -> str:
    """The amount that is asked about, and the question."""
    in_kind = f"Another {rand(gap.given)} was allocated in kind. " if gap.given else ""
    is_all = not gap.given and gap.held == gap.books
    rest = "" if is_all else f"the {rand(gap.amount)} beyond that"
    return f"{in_kind}What explains {rest or f'the difference of {rand(gap.amount)}'}?"


def both_years(family: str, first: int, last: int, start: date, end: date) -> str:
    """Which years of both are set beside one another, with the days."""
    national = national_span(national_year(start), national_year(max(start, end)))
    return (
        f"DWS: from the start on, its years {national} ({DWS_YEARS}), as we read it nearest {long_date(end)}."
        f" National Treasury: {family} spent, monthly and unaudited, direct grant only, in the municipal"
        f" years {municipal_span(first, last)} ({MUNICIPAL_YEARS}), up to {long_date(end)}."
    )


def corrections(projects: Iterable[ProjectFact]) -> list[str]:
    """That a steward corrected what DWS says."""
    names = [project.external_id for project in projects if project.corrected]
    return [
        f"A steward corrected what DWS publishes of {', '.join(names)}; the corrected values are used."
    ] * bool(names)
