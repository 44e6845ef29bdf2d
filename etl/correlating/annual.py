"""Rules `annual_allocation` and `annual_spending`: a year's column of DWS beside the books. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from etl.correlating import wording
from etl.correlating.columns import ALLOCATED, SPENT, Annual, annual_figures
from etl.correlating.facts import Case, FigureFact, ProjectFact
from etl.correlating.findings import Finding, Side, Tally, evidence, is_gap, proof, severity
from projects import finance
from projects.families import codes_of, national_label
from projects.figures import long_date, rand

RULES = {ALLOCATED: "annual_allocation", SPENT: "annual_spending"}
_TYPES = {ALLOCATED: "SCHD", SPENT: "ACT"}
# The two years of one label share nine months: so much may lie in the other three.
_TOLERANCE = Decimal("0.25")
_MARCH = 9  # the month of the municipal year in which DWS's year ends

_TOO_SHORT = "a year’s spending does not reach the end of DWS’s year yet"

Listed = list[tuple[ProjectFact, Decimal | None]]


def annual_columns(case: Case, tally: Tally) -> Iterator[Finding]:
    """Per municipality, grant family and year: the sum of a DWS column that names a financial year
    ("Allocation 2025/26", "Expenditure 2025/26") over the projects that the municipality implements, beside
    the grant's allocation (SCHD) or spending (ACT) in the municipal year of the same label.

    Years: those of one label alone, which share nine months. Fair because the books hold all projects of
    the grant, so that DWS's part can only be smaller, and a quarter (and R100 000) is allowed for the other
    three months; spending is compared only where the books reach 31 March, the end of DWS's year.
    """
    sums: dict[tuple[str, int, str], Listed] = {}
    for project in case.projects:
        for annual, value in annual_figures(project.published).items():
            sums.setdefault((project.family or "", annual.year, annual.kind), []).append((project, value))
    for (family, year, kind), listed in sorted(sums.items()):
        yield from _of_year(case, family, Annual(year, kind), listed, tally)


def _of_year(case: Case, family: str, annual: Annual, listed: Listed, tally: Tally) -> Iterator[Finding]:
    projects = [project for project, _ in listed]
    key = f"{RULES[annual.kind]}:{case.place.code}:{family}:{annual.year}"
    total = case.books.total("grant", codes_of(family), _TYPES[annual.kind], [annual.year])
    if reason := _why_not(family, annual, total.figures):
        return tally.leave(reason[0], projects, reason[1])
    said = sum((value for _, value in listed if value is not None), Decimal(0))
    books = total.amount or Decimal(0)
    kind = case.books.in_kind(family, [annual.year - 1, annual.year])
    if not is_gap(said, books, _TOLERANCE):
        return tally.fits(key)
    given = sum((figure.amount or Decimal(0) for figure in kind), Decimal(0))
    if any(f.amount is None for f in kind) or (kind and not is_gap(said - given, books, _TOLERANCE)):
        return tally.leave("in-kind money of the same grant may be the whole difference", projects)
    yield _finding(case, family, annual, key, listed, total.figures, kind)


def _why_not(family: str, annual: Annual, figures: Sequence[FigureFact]) -> tuple[str, str] | None:
    """The reason, and the same in full."""
    label = finance.year_label(annual.year)
    if not figures:
        return wording.MISSING, f"the books have no {family} {annual.kind} for {label}"
    if any(figure.amount is None for figure in figures):
        return wording.NULL, f"the {family} {annual.kind} is supplied as null for {label}"
    if annual.kind == SPENT and any((figure.through_month or 12) < _MARCH for figure in figures):
        return _TOO_SHORT, f"the {family} spending of {label} does not reach the end of DWS’s year yet"
    return None


def _finding(
    case: Case,
    family: str,
    annual: Annual,
    key: str,
    listed: Listed,
    figures: tuple[FigureFact, ...],
    kind: Sequence[FigureFact],
) -> Finding:
    said = sum((value for _, value in listed if value is not None), Decimal(0))
    books = sum((figure.amount or Decimal(0) for figure in figures), Decimal(0))
    many = wording.many(len(listed), f"{family} project")
    theirs, ours = national_label(annual.year), finance.year_label(annual.year)
    unaudited = ", monthly and unaudited" if annual.kind == SPENT else ""
    return Finding(
        rule=RULES[annual.kind],
        key=key,
        municipality=case.place.code,
        project=listed[0][0].pk if len(listed) == 1 else None,
        programme=family,
        first_year=annual.year,
        last_year=annual.year,
        severity=severity(said, books),
        question=f"DWS shows {rand(said)} {annual.kind} for {theirs} on {many} that {case.place.name} itself"
        f" implements; the municipality’s own books show {rand(books)} of {family} {annual.kind} in {ours}."
        f" What explains the difference of {rand(said - books)}?",
        explanations=tuple(_explanations(family, annual, listed, figures, kind)),
        compared=_compared(family, annual, unaudited),
        dws=Side(f"{annual.kind.capitalize()} for {theirs} on {many}, as DWS lists it", said, proof(listed)),
        treasury=Side(f"{family} {annual.kind} in {ours}{unaudited}", books, figures[0].snapshot),
        evidence=evidence(listed, figures, kind),
    )


def _compared(family: str, annual: Annual, unaudited: str) -> str:
    year = annual.year
    (start, end), (first, last) = finance.national_year_span(year), finance.year_span(year)
    return (
        f"DWS: the column of its year {national_label(year)}, {long_date(start)} to {long_date(end)}."
        f" National Treasury: {family} {annual.kind}{unaudited}, direct grant only, in the municipal year"
        f" {finance.year_label(year)}, {long_date(first)} to {long_date(last)}. These are different twelve"
        " months with an overlap of nine months, so that a quarter is allowed for."
    )


def _explanations(
    family: str,
    annual: Annual,
    listed: Listed,
    figures: Sequence[FigureFact],
    kind: Sequence[FigureFact],
) -> list[str]:
    projects = [project for project, _ in listed]
    said = [
        *wording.in_kind(family, kind),
        "The two years are different twelve months: April to June stand in DWS’s year alone, and the"
        " municipality’s April to June are in DWS’s next.",
    ]
    if annual.kind == SPENT:
        return said + wording.spending(family, figures, projects)
    return [
        *said,
        "An allocation can be changed during the year, by an adjustment or by stopping and re-allocating it.",
        *wording.corrections(projects),
    ]
