"""Rule `dws_spent_more_than_books`: more spent, as DWS has it, than the grant's books hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from etl.correlating import due, purses, wording
from etl.correlating.calculation import Against, Listed
from etl.correlating.discrepancies import FoundDiscrepancy, Tally, found, since_the_books_begin
from etl.correlating.due import LONGEST_PACE, Due
from etl.correlating.explanations import BEFORE_THE_START, Circumstances, explained
from etl.correlating.facts import Books, Case, FigureFact, ProjectFact, Total
from etl.correlating.gap import Gap
from projects.facts import finance
from projects.finances.families import codes_of, municipal_span
from projects.wording.figures import long_date, rand

RULE = "dws_spent_more_than_books"

_BEHIND_DWS = "the municipality’s figures end more than six months before our first reading of them"
_NO_EXPENDITURE = "DWS publishes no expenditure"
_NOT_SINCE = "the books have no spending of the grant since their start"
_NOTHING = "the books have no month in which anything was spent, which may be nought or not reported"
_THE_END = (
    "That is the last month in which the books show anything spent, of those that were over when DWS was read"
    " last: noughts after it may be months that are not reported yet."
)


def dws_spent_more_than_books(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """Per municipality and grant family: what DWS had listed as spent by the end of the books, on the
    projects that the municipality implements, beside the municipality's own spending of that grant.

    Years: from the municipal year of the earliest start to the last month of the books with anything spent
    in it, at most to our last reading of DWS; every year needs a figure. DWS's value is the one that was
    read by that day; where there is none so old, an even pace is assumed and said. Fair because DWS's figure
    is cumulative, all of its projects began when the books did or later, and the books hold all projects of
    the grant, listed or not: DWS's part can only be smaller. What in-kind money may be is taken off, and
    where all capital on water and sanitation is more than the grant's spending, that stands in its place.
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
    end = books_end(case, family)
    if end is None:
        known = case.books.years("grant", codes_of(family), "ACT")
        return tally.leave(_NOTHING if known else _NOT_SINCE, projects)
    dues = _dues(family, projects, end, tally)
    if not dues:
        return
    first = min(finance.municipal_year(start) for each in dues if (start := each.project.start_date))
    years = range(first, finance.municipal_year(end) + 1)
    total = case.books.total("grant", codes_of(family), "ACT", years, end)
    compared = [each.project for each in dues]
    if is_incomplete(family, total, compared, tally):
        return
    kind = case.books.given(family, years)
    if any(figure.amount is None for figure in kind):
        return tally.leave(wording.NULL_IN_KIND, compared)
    spans = purses.year_spans(years, finance.municipal_month(end))
    against = Against(f"{family} spent", total.figures, kind, purses.spent(case.books, spans))
    gap = Gap(due.total(dues), total.amount or Decimal(0), given(kind), against.purses.amount)
    if gap.is_asked:
        yield _finding(case, family, key, gap, dues, against, end)
    else:
        tally.silent(key, gap, compared)


def books_end(case: Case, family: str) -> date | None:
    """Where the grant's books end. A grant of which nothing was ever spent ends where the municipality's
    other grants do: for as long as it reported those, a nought is one."""
    return case.books.spent_until(codes_of(family), case.until) or (
        case.books.spent_until(finance.GRANTS, case.until)
        if case.books.years("grant", codes_of(family), "ACT")
        else None
    )


def _dues(family: str, projects: Sequence[ProjectFact], end: date, tally: Tally) -> list[Due]:
    """Of the projects that began by the end of the books, and of which a reading is not too far from it."""
    found: list[Due] = []
    for project in projects:
        assert project.start_date is not None
        told = due.due_by(project, end)
        if project.start_date > end:
            tally.leave(_NOT_SINCE, [project], f"the books have no spending of {family} since their start")
        elif told and told.pace and told.reading.day - end > LONGEST_PACE:
            tally.leave(_BEHIND_DWS, [project])
        elif told:
            found.append(told)
    return found


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


def given(kind: Sequence[FigureFact]) -> Decimal:
    """What was given in kind, in rand."""
    return sum((figure.amount or Decimal(0) for figure in kind), Decimal(0))


def unspent(books: Books, family: str, years: Sequence[int]) -> Decimal | None:
    """What was allocated of the grant and not spent, directly, over the years: rand; None: not known."""
    given_to, spent = (books.total("grant", codes_of(family), kind, years).amount for kind in ("SCHD", "ACT"))
    return None if given_to is None or spent is None else given_to - spent


def _finding(
    case: Case,
    family: str,
    key: str,
    gap: Gap,
    dues: Sequence[Due],
    against: Against,
    end: date,
) -> FoundDiscrepancy:
    first, last = against.figures[0].financial_year, finance.municipal_year(end)
    span, many = municipal_span(first, last), wording.many(len(dues), f"{family} project")
    start = min(day for each in dues if (day := each.project.start_date))
    listed, basis = [Listed.of(each) for each in dues], due.basis(dues, end)
    over = range(first, last + (finance.municipal_month(end) == 12))
    known = Circumstances(
        family, start, end, listed, against, unspent(case.books, family, over), own=(BEFORE_THE_START,)
    )
    return found(
        RULE,
        key,
        case,
        gap,
        listed,
        against,
        years=(first, last),
        until=f"up to {long_date(end)}",
        question=f"DWS has {rand(gap.dws)} spent on {many} that {case.place.name} itself implements,"
        f" {basis}; up to the same day {wording.books_show(gap, f'of {family} money spent')}"
        f" in {span}. {wording.what_explains(gap)}",
        explanations=explained(gap, known),
        compared=f"{wording.both_years(family, first, last, start, end)} {_THE_END}",
        dws=f"Expenditure so far of {many}, {basis}",
        books=f"{family} spent in {span}, monthly and unaudited",
    )
