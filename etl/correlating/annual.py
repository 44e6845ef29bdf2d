"""Rules `annual_allocation` and `annual_spending`: a year's column of DWS beside the books. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from etl.correlating import wording
from etl.correlating.columns import ALLOCATED, SPENT, Annual, annual_figures
from etl.correlating.discrepancies import (
    TOLERANCE,
    FoundDiscrepancy,
    Side,
    Tally,
    evidence,
    is_gap,
    proof,
    severity,
)
from etl.correlating.facts import Books, Case, FigureFact, ProjectFact
from projects.facts import finance
from projects.finances.families import codes_of, municipal_span, national_label
from projects.wording.figures import long_date, rand

RULES = {ALLOCATED: "annual_allocation", SPENT: "annual_spending"}
_TYPES = {ALLOCATED: "SCHD", SPENT: "ACT"}
# The two years of one label share nine months: so much of an allocation may lie in the other three. What was
# spent is compared over the same twelve months.
_TOLERANCES = {ALLOCATED: Decimal("0.25"), SPENT: TOLERANCE}
_APRIL, _JUNE, _JULY, _MARCH = 10, 12, 1, 9  # months of the municipal year, July to June

_TOO_SHORT = "a year’s spending does not reach the end of DWS’s year yet"
_NO_MONTHS = "a year’s spending is not supplied by the month"

Listed = list[tuple[ProjectFact, Decimal | None]]


def annual_columns(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """Per municipality, grant family and year: the sum of a DWS column that names a financial year
    ("Allocation 2025/26", "Expenditure 2025/26") over the projects that the municipality implements, beside
    the grant's allocation (SCHD) in the municipal year of the same label, or its spending (ACT) in the same
    twelve months, April to March.

    Fair because the books hold all projects of the grant, so that DWS's part can only be smaller. Years of
    one label share nine months: a quarter (and R100 000) of an allocation is allowed for the other three.
    """
    sums: dict[tuple[str, int, str], Listed] = {}
    for project in case.projects:
        for annual, value in annual_figures(project.published).items():
            sums.setdefault((project.family or "", annual.year, annual.kind), []).append((project, value))
    for (family, year, kind), listed in sorted(sums.items()):
        yield from _of_year(case, family, Annual(year, kind), listed, tally)


def _of_year(
    case: Case, family: str, annual: Annual, listed: Listed, tally: Tally
) -> Iterator[FoundDiscrepancy]:
    projects = [project for project, _ in listed]
    key = f"{RULES[annual.kind]}:{case.place.code}:{family}:{annual.year}"
    figures = _figures(case.books, family, annual)
    if reason := _why_not(family, annual, figures):
        return tally.leave(reason[0], projects, reason[1])
    shown = sum((value for _, value in listed if value is not None), Decimal(0))
    books = sum((figure.amount for figure in figures if figure.amount is not None), Decimal(0))
    kind = case.books.in_kind(family, [annual.year - 1, annual.year])
    allowed = _TOLERANCES[annual.kind]
    if not is_gap(shown, books, allowed):
        return tally.fits(key)
    given = sum((figure.amount or Decimal(0) for figure in kind), Decimal(0))
    if any(f.amount is None for f in kind) or (kind and not is_gap(shown - given, books, allowed)):
        return tally.leave("in-kind money of the same grant may be the whole difference", projects)
    yield _finding(case, family, annual, key, listed, figures, kind)


def _figures(books: Books, family: str, annual: Annual) -> tuple[FigureFact, ...]:
    """Of an allocation, those of the municipal year of the same label; of spending, April to June of the
    municipal year before and July to March of this one, none where one of the two is missing.
    """
    codes, kind = codes_of(family), _TYPES[annual.kind]
    if annual.kind == ALLOCATED:
        return books.total("grant", codes, kind, [annual.year]).figures
    before, after = (books.total("grant", codes, kind, [year]).figures for year in _years(annual))
    if not before or not after:
        return ()
    return (
        *(figure.of_months(_APRIL, _JUNE) for figure in before),
        *(figure.of_months(_JULY, _MARCH) for figure in after),
    )


def _years(annual: Annual) -> tuple[int, ...]:
    """The municipal years in which the compared months lie."""
    return (annual.year,) if annual.kind == ALLOCATED else (annual.year - 1, annual.year)


def _why_not(family: str, annual: Annual, figures: Sequence[FigureFact]) -> tuple[str, str] | None:
    """The reason, and the same in full."""
    label = municipal_span(_years(annual)[0], annual.year)
    if not figures:
        return wording.MISSING, f"the books have no {family} {annual.kind} for {label}"
    if annual.kind == SPENT and any(figure.through_month is None for figure in figures):
        return _NO_MONTHS, f"the {family} spending of {label} is not supplied by the month"
    if annual.kind == SPENT and any(not _reaches(figure, annual) for figure in figures):
        return _TOO_SHORT, f"the {family} spending of {label} does not reach the end of DWS’s year yet"
    if any(figure.amount is None for figure in figures):
        return wording.NULL, f"the {family} {annual.kind} is supplied as null for {label}"
    return None


def _reaches(figure: FigureFact, annual: Annual) -> bool:
    return (figure.through_month or 0) >= (_MARCH if figure.financial_year == annual.year else _JUNE)


def _finding(
    case: Case,
    family: str,
    annual: Annual,
    key: str,
    listed: Listed,
    figures: tuple[FigureFact, ...],
    kind: Sequence[FigureFact],
) -> FoundDiscrepancy:
    shown = sum((value for _, value in listed if value is not None), Decimal(0))
    books = sum((figure.amount or Decimal(0) for figure in figures), Decimal(0))
    many = wording.many(len(listed), f"{family} project")
    theirs, ours = national_label(annual.year), _when(annual)
    unaudited = ", monthly and unaudited" if annual.kind == SPENT else ""
    return FoundDiscrepancy(
        rule=RULES[annual.kind],
        key=key,
        municipality=case.place.code,
        project=listed[0][0].pk if len(listed) == 1 else None,
        programme=family,
        first_year=_years(annual)[0],
        last_year=annual.year,
        severity=severity(shown, books),
        question=f"DWS shows {rand(shown)} {annual.kind} for {theirs} on {many} that {case.place.name} itself"
        f" implements; the municipality’s own books show {rand(books)} of {family} {annual.kind} in {ours}."
        f" What explains the difference of {rand(shown - books)}?",
        explanations=tuple(_explanations(family, annual, listed, figures, kind)),
        compared=_compared(family, annual, unaudited),
        dws=Side(f"{annual.kind.capitalize()} for {theirs} on {many}, as DWS lists it", shown, proof(listed)),
        treasury=Side(f"{family} {annual.kind} in {ours}{unaudited}", books, figures[0].snapshot),
        evidence=evidence(listed, figures, kind),
    )


def _when(annual: Annual) -> str:
    """`2025-26`, or the months of two municipal years: `April 2025 to March 2026`."""
    if annual.kind == ALLOCATED:
        return finance.year_label(annual.year)
    return f"April {annual.year - 1} to March {annual.year}"


def _compared(family: str, annual: Annual, unaudited: str) -> str:
    year = annual.year
    (start, end), (first, last) = finance.national_year_span(year), finance.year_span(year)
    dws = f"DWS: the column of its year {national_label(year)}, {long_date(start)} to {long_date(end)}."
    books = f" National Treasury: {family} {annual.kind}{unaudited}, direct grant only, in the"
    if annual.kind == SPENT:
        return (
            f"{dws}{books} same twelve months: April to June of the municipal year"
            f" {finance.year_label(year - 1)} and July to March of {finance.year_label(year)}."
        )
    return (
        f"{dws}{books} municipal year {finance.year_label(year)}, {long_date(first)} to {long_date(last)}."
        " These are different twelve months with an overlap of nine months, so that a quarter is allowed for."
    )


def _explanations(
    family: str,
    annual: Annual,
    listed: Listed,
    figures: Sequence[FigureFact],
    kind: Sequence[FigureFact],
) -> list[str]:
    projects = [project for project, _ in listed]
    explanations = wording.in_kind(family, kind)
    if annual.kind == SPENT:
        return explanations + wording.spending(family, figures, projects)
    return [
        *explanations,
        "The two years are different twelve months: April to June stand in DWS’s year alone, and the"
        " municipality’s April to June are in DWS’s next.",
        "An allocation can be changed during the year, by an adjustment or by stopping and re-allocating it.",
        *wording.corrections(projects),
    ]
