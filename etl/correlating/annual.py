"""Rules `annual_allocation` and `annual_spending`: a year's column of DWS beside the books. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from etl.correlating import purses, wording
from etl.correlating.calculation import ALL_CAPITAL, Against, Listed
from etl.correlating.columns import ALLOCATED, SPENT, Annual, annual_figures
from etl.correlating.discrepancies import FoundDiscrepancy, Tally, found
from etl.correlating.explanations import Circumstances, explained
from etl.correlating.facts import Books, Case, FigureFact
from etl.correlating.gap import TOLERANCE, Gap
from etl.correlating.purses import Purses
from etl.correlating.spending import books_end, given, unspent
from projects.facts import finance
from projects.finances.families import codes_of, municipal_span, national_label
from projects.wording.figures import long_date, rand

RULES = {ALLOCATED: "annual_allocation", SPENT: "annual_spending"}
_TYPES = {ALLOCATED: "SCHD", SPENT: "ACT"}
# The two years of one label share nine months: so much of an allocation may lie in the other three. What was
# spent is compared over the same twelve months.
_TOLERANCES = {ALLOCATED: Decimal("0.25"), SPENT: TOLERANCE}
_APRIL, _JUNE, _JULY, _MARCH = 10, 12, 1, 9  # months of the municipal year, July to June

_WHOLE = {ALLOCATED: "capital budgeted for water and sanitation", SPENT: wording.CAPITAL}
_OTHER_MONTHS = (
    "The two years are different twelve months: April to June stand in DWS’s year alone, and the"
    " municipality’s April to June are in DWS’s next."
)

_TOO_SHORT = "a year’s spending does not reach the end of DWS’s year yet"
_NO_MONTHS = "a year’s spending is not supplied by the month"


def annual_columns(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """Per municipality, grant family and year: the sum of a DWS column that names a financial year
    ("Allocation 2025/26", "Expenditure 2025/26") over the projects that the municipality implements, beside
    the grant's allocation (SCHD) in the municipal year of the same label, or its spending (ACT) in the same
    twelve months, April to March.

    Fair because the books hold all projects of the grant, so that DWS's part can only be smaller. Years of
    one label share nine months: a quarter (and R100 000) of an allocation is allowed for the other three.
    In-kind money is taken off, and where all capital on water and sanitation (of an allocation: its budget)
    is more than the grant, that stands in its place.
    """
    sums: dict[tuple[str, int, str], list[Listed]] = {}
    for project in case.projects:
        for annual, value in annual_figures(project.published).items():
            listed = Listed(project, value, project.snapshot, f"column of {national_label(annual.year)}")
            sums.setdefault((project.family or "", annual.year, annual.kind), []).append(listed)
    for (family, year, kind), of_year in sorted(sums.items()):
        yield from _of_year(case, family, Annual(year, kind), of_year, tally)


def _of_year(
    case: Case, family: str, annual: Annual, listed: list[Listed], tally: Tally
) -> Iterator[FoundDiscrepancy]:
    projects = [each.project for each in listed]
    key = f"{RULES[annual.kind]}:{case.place.code}:{family}:{annual.year}"
    figures = _figures(case.books, family, annual)
    if reason := _why_not(case, family, annual, figures):
        return tally.leave(reason[0], projects, reason[1])
    kind = case.books.given(family, [annual.year - 1, annual.year])
    if any(figure.amount is None for figure in kind):
        return tally.leave(wording.NULL_IN_KIND, projects)
    books = sum((figure.amount for figure in figures if figure.amount is not None), Decimal(0))
    whole, called = _purses(case.books, annual)
    against = Against(f"{family} {annual.kind}", figures, kind, whole, called)
    gap = Gap(
        sum((each.amount for each in listed), Decimal(0)),
        books,
        given(kind),
        whole.amount,
        allowed=_TOLERANCES[annual.kind],
    )
    if gap.is_asked:
        yield _finding(case, family, annual, key, gap, listed, against)
    else:
        tally.silent(key, gap, projects)


def _purses(books: Books, annual: Annual) -> tuple[Purses, str]:
    """From whatever purse, and its name: the budget of the same year, or what the same months show."""
    if annual.kind == ALLOCATED:
        name = "The whole capital budget on water and sanitation, from whatever purse"
        return purses.budgeted(books, annual.year), name
    spans = [(annual.year - 1, _APRIL, _JUNE), (annual.year, _JULY, _MARCH)]
    return purses.spent(books, spans), ALL_CAPITAL


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


def _why_not(
    case: Case, family: str, annual: Annual, figures: Sequence[FigureFact]
) -> tuple[str, str] | None:
    """The reason, and the same in full."""
    label = municipal_span(_years(annual)[0], annual.year)
    if not figures:
        return wording.MISSING, f"the books have no {family} {annual.kind} for {label}"
    if annual.kind == SPENT and any(figure.through_month is None for figure in figures):
        return _NO_MONTHS, f"the {family} spending of {label} is not supplied by the month"
    if annual.kind == SPENT and not _reaches(case, family, annual, figures):
        return _TOO_SHORT, f"the {family} spending of {label} does not reach the end of DWS’s year yet"
    if any(figure.amount is None for figure in figures):
        return wording.NULL, f"the {family} {annual.kind} is supplied as null for {label}"
    return None


def _reaches(case: Case, family: str, annual: Annual, figures: Sequence[FigureFact]) -> bool:
    """Whether both years have all their months, and something was spent in or after the last of them."""
    lasts = {annual.year: _MARCH, annual.year - 1: _JUNE}
    end = books_end(case, family)
    through = end is not None and end >= finance.national_year_span(annual.year)[1]
    return through and all((figure.through_month or 0) >= lasts[figure.financial_year] for figure in figures)


def _finding(
    case: Case,
    family: str,
    annual: Annual,
    key: str,
    gap: Gap,
    listed: list[Listed],
    against: Against,
) -> FoundDiscrepancy:
    many = wording.many(len(listed), f"{family} project")
    theirs, ours = national_label(annual.year), _when(annual)
    unaudited = ", monthly and unaudited" if annual.kind == SPENT else ""
    known = Circumstances(
        family,
        *finance.national_year_span(annual.year),
        listed,
        against,
        unspent(case.books, family, [annual.year - 1]),
        spending=annual.kind == SPENT,
        own=() if annual.kind == SPENT else (_OTHER_MONTHS,),
    )
    books = wording.books_show(gap, f"of {family} {annual.kind}", _WHOLE[annual.kind])
    return found(
        RULES[annual.kind],
        key,
        case,
        gap,
        listed,
        against,
        years=(_years(annual)[0], annual.year),
        until=f"for {theirs}",
        question=f"DWS shows {rand(gap.dws)} {annual.kind} for {theirs} on {many} that {case.place.name}"
        f" itself implements; {books} in {ours}. {wording.what_explains(gap)}",
        explanations=explained(gap, known),
        compared=_compared(family, annual, unaudited),
        dws=f"{annual.kind.capitalize()} for {theirs} on {many}, as DWS lists it",
        books=f"{family} {annual.kind} in {ours}{unaudited}",
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
