"""Rule `dws_spent_more_than_books`: more spent, as DWS has it, than the grant's books hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from etl.correlating import wording
from etl.correlating.discrepancies import (
    FoundDiscrepancy,
    Side,
    Tally,
    books_proof,
    evidence,
    is_gap,
    proof,
    severity,
    since_the_books_begin,
)
from etl.correlating.facts import Case, FigureFact, ProjectFact, Total
from projects.facts import finance
from projects.finances.families import codes_of, municipal_span
from projects.wording.figures import rand

RULE = "dws_spent_more_than_books"
# Treasury publishes the monthly figures by quarters. Books that end longer before DWS's figure was reported
# cannot hold what DWS reports.
_BEHIND = timedelta(days=184)

_BEHIND_DWS = "the municipality’s figures end more than six months before DWS’s were reported"
_NO_EXPENDITURE = "DWS publishes no expenditure"
_IN_KIND = "in-kind money of the same grant may be the whole difference"


def dws_spent_more_than_books(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """Per municipality and grant family: the expenditure so far that DWS lists of the projects that the
    municipality implements, beside the municipality's own spending of that grant.

    Years: from the municipal year of the earliest start to the newest that has figures; every one of them
    needs a figure. Where DWS's figure is later than the books, no more of it is held against them than an
    even pace since the start would have spent by their end. Fair because DWS's figure is cumulative, all of
    its projects began when the books did or later, and the books hold all projects of the grant, listed or
    not: DWS's part can only be smaller. More than 5% and R100 000 is asked, and not where in-kind money may
    be the difference.
    """
    families = sorted({project.family for project in case.projects if project.family})
    for family in families:
        own = [project for project in case.projects if project.family == family]
        projects = _with_expenditure(since_the_books_begin(own, tally), tally)
        if projects:
            yield from _of_family(case, family, projects, tally)


def _with_expenditure(projects: Sequence[ProjectFact], tally: Tally) -> list[ProjectFact]:
    tally.leave(_NO_EXPENDITURE, [project for project in projects if project.expenditure is None])
    return [project for project in projects if project.expenditure is not None]


def _of_family(
    case: Case, family: str, projects: Sequence[ProjectFact], tally: Tally
) -> Iterator[FoundDiscrepancy]:
    key = f"{RULE}:{case.place.code}:{family}"
    begun, years = _range(case, family, projects, tally)
    if not begun:
        return
    total = case.books.total("grant", codes_of(family), "ACT", years)
    if is_incomplete(family, total, begun, tally):
        return
    if _is_behind(begun, total):
        return tally.leave(_BEHIND_DWS, begun)
    kind = case.books.in_kind(family, years)
    spent, books = _spent(begun), total.amount or Decimal(0)
    due = spent * _covered(begun, total)
    if not is_gap(due, books):
        return tally.fits(key)
    if _may_explain(kind, due, books):
        return tally.leave(_IN_KIND, begun)
    yield _finding(case, family, key, begun, total, kind)


def _range(
    case: Case, family: str, projects: Sequence[ProjectFact], tally: Tally
) -> tuple[list[ProjectFact], range]:
    """The projects that began within the years of the books, and the years from the first start on."""
    known = case.books.years("grant", codes_of(family), "ACT")
    last = known[-1] if known else 0
    starts = {p.pk: finance.municipal_year(p.start_date) for p in projects if p.start_date}
    begun = [project for project in projects if starts[project.pk] <= last]
    late = [project for project in projects if starts[project.pk] > last]
    detail = f"the books have no spending of {family} since their start"
    tally.leave("the books have no spending of the grant since their start", late, detail)
    return begun, range(min((starts[project.pk] for project in begun), default=last), last + 1)


def _is_behind(projects: Sequence[ProjectFact], total: Total) -> bool:
    reported = max((project.reported_on for project in projects if project.reported_on), default=None)
    return bool(reported and total.last_day and reported - total.last_day > _BEHIND)


def _covered(projects: Sequence[ProjectFact], total: Total) -> Decimal:
    """The share (0 to 1) of the days from the earliest start to DWS's report that the books reach."""
    start = min(project.start_date for project in projects if project.start_date)
    reported = max((project.reported_on for project in projects if project.reported_on), default=None)
    if reported is None or total.last_day is None or reported <= total.last_day:
        return Decimal(1)
    return Decimal(max((total.last_day - start).days, 0)) / Decimal(max((reported - start).days, 1))


def is_incomplete(family: str, total: Total, projects: Sequence[ProjectFact], tally: Tally) -> bool:
    """Whether a sum of a grant's spending cannot be made: what is missing, null or not reported to the end
    of its year is no zero."""
    if total.missing:
        detail = f"the books have no spending of {family} for {wording.years(total.missing)}"
        tally.leave(wording.MISSING, projects, detail)
    elif total.nulls:
        detail = f"the spending of {family} is supplied as null for {wording.years(total.nulls)}"
        tally.leave(wording.NULL, projects, detail)
    elif total.short:
        detail = f"the spending of {family} was not reported to the end of {wording.years(total.short)}"
        tally.leave(wording.SHORT, projects, detail)
    return total.amount is None


def _spent(projects: Sequence[ProjectFact]) -> Decimal:
    return sum((project.expenditure or Decimal(0) for project in projects), Decimal(0))


def _may_explain(kind: Sequence[FigureFact], spent: Decimal, books: Decimal) -> bool:
    """Whether what others spent in kind is enough to close the gap; of a null nobody knows."""
    if not kind or any(figure.amount is None for figure in kind):
        return bool(kind)
    return not is_gap(spent - sum((figure.amount or Decimal(0) for figure in kind), Decimal(0)), books)


def _finding(
    case: Case,
    family: str,
    key: str,
    projects: Sequence[ProjectFact],
    total: Total,
    kind: Sequence[FigureFact],
) -> FoundDiscrepancy:
    spent, books = _spent(projects), total.amount or Decimal(0)
    first, last = total.figures[0].financial_year, total.figures[-1].financial_year
    span = municipal_span(first, last)
    listed = [(project, project.expenditure) for project in projects]
    start = min(project.start_date for project in projects if project.start_date)
    reported = max((project.reported_on for project in projects if project.reported_on), default=None)
    end = total.last_day or finance.year_span(last)[1]
    many = wording.many(len(projects), f"{family} project")
    return FoundDiscrepancy(
        rule=RULE,
        key=key,
        municipality=case.place.code,
        project=projects[0].pk if len(projects) == 1 else None,
        programme=family,
        first_year=first,
        last_year=last,
        severity=severity(spent, books),
        question=f"DWS reports {rand(spent)} spent so far on {many} that {case.place.name} itself implements;"
        f" the municipality’s own books show {rand(books)} of {family} money spent in {span}."
        f" What explains the difference of {rand(spent - books)}?",
        explanations=(
            *wording.in_kind(family, kind),
            *wording.behind(end, reported),
            *wording.thousands(spent, books),
            wording.BEFORE_THE_START,
            *wording.spending(family, total.figures, projects),
        ),
        compared=wording.both_years(family, first, last, start, reported or end, end),
        dws=Side(f"Expenditure so far of {many} as DWS lists it", spent, proof(listed)),
        treasury=Side(f"{family} spent in {span}, monthly and unaudited", books, books_proof(total)),
        evidence=evidence(listed, total.figures, kind),
    )
