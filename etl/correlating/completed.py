"""Rule `completed_without_spending`: completed, as DWS has it, and not a rand in the grant's books. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from etl.correlating import due, purses, wording
from etl.correlating.calculation import Against, Listed
from etl.correlating.discrepancies import FoundDiscrepancy, Tally, amount_of, found, since_the_books_begin
from etl.correlating.due import Due
from etl.correlating.explanations import BEFORE_THE_START, Circumstances, explained
from etl.correlating.facts import Case, ProjectFact
from etl.correlating.gap import Gap
from etl.correlating.spending import is_incomplete, unspent
from projects.facts import finance
from projects.finances.families import codes_of, municipal_span
from projects.wording.figures import long_date, rand

RULE = "completed_without_spending"

_NO_END = "DWS lists them as completed without a completion date"
_NOT_COVERED = "their completion date lies after the end of the municipality’s figures"
_DATES = "their completion date lies before their start"
_NO_AMOUNT = "DWS publishes neither an expenditure nor a budget"


def completed_without_spending(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """A project that DWS lists as completed, whose grant the municipality's books show as not spent at all.

    Asked about is its expenditure (its budget, where DWS publishes none), less all capital on water and
    sanitation of the same years. Years: the municipal years from its start to its completion, and the one
    after it where it has a figure (rollover, last payments). Fair because each of these years has a
    published figure of nought or less, for all projects of the grant together, in months that the
    municipality reported something of; not asked where in-kind money of the grant was given.
    """
    done = [project for project in case.projects if project.status == "completed" and project.family]
    for project in since_the_books_begin(done, tally):
        yield from _of_project(case, project, tally)


def _of_project(case: Case, project: ProjectFact, tally: Tally) -> Iterator[FoundDiscrepancy]:
    key, family = f"{RULE}:{case.place.code}:{project.pk}", project.family or ""
    if reason := _undatable(project):
        return tally.leave(reason, [project])
    start, completed = project.start_date, project.completion_date
    assert start is not None
    assert completed is not None
    end, last = case.books.spent_until(finance.GRANTS, case.until), finance.municipal_year(completed)
    if end is None or end < completed:
        return tally.leave(_NOT_COVERED, [project])
    years = [*range(finance.municipal_year(start), last + 1)]
    if last + 1 in case.books.years("grant", codes_of(family), "ACT"):
        years.append(last + 1)
    total = case.books.total("grant", codes_of(family), "ACT", years)
    if is_incomplete(family, total, [project], tally):
        return
    if any((figure.amount or 0) > 0 for figure in total.figures):
        return tally.fits(key)
    if case.books.in_kind(family, [*years, years[0] - 1]):
        return tally.leave(wording.PAID_IN_KIND, [project])
    told = due.as_read(project, end, amount_of(project)[1])
    if told is None:
        return tally.leave(_NO_AMOUNT, [project])
    whole = purses.spent(case.books, purses.year_spans(years, 12))
    against = Against(f"{family} spent", total.figures, purses=whole)
    gap = Gap(told.amount, total.amount or Decimal(0), capital=whole.amount)
    if gap.is_asked:
        yield _finding(case, key, gap, told, against)
    else:
        tally.silent(key, gap, [project])


def _undatable(project: ProjectFact) -> str:
    if project.completion_date is None:
        return _NO_END
    return _DATES if project.start_date and project.completion_date < project.start_date else ""


def _finding(case: Case, key: str, gap: Gap, told: Due, against: Against) -> FoundDiscrepancy:
    project = told.project
    start, completed = project.start_date, project.completion_date
    assert start is not None
    assert completed is not None
    family, what = project.family or "", amount_of(project)[0]
    first, last = against.figures[0].financial_year, against.figures[-1].financial_year
    span, end = municipal_span(first, last), against.figures[-1].last_day
    listed = [Listed.of(told)]
    over = unspent(case.books, family, range(first, last + 1))
    known = Circumstances(family, start, end, listed, against, over, own=(BEFORE_THE_START,))
    purse = "What was it paid from?"
    if gap.of_all_purses:
        purse = f"From all purses together they show {rand(gap.held)} of capital on water and sanitation."
        purse += f" What were the {rand(gap.amount)} beyond that paid from?"
    return found(
        RULE,
        key,
        case,
        gap,
        listed,
        against,
        years=(first, last),
        until=f"up to {long_date(end)}",
        question=f"DWS lists the project {project.name} as completed on {long_date(completed)}, implemented"
        f" by {case.place.name} itself, with {rand(gap.dws)} ({what}); the municipality’s own books show no"
        f" {family} money spent in {span}. {purse}",
        explanations=explained(gap, known),
        compared=wording.both_years(family, first, last, start, end),
        dws=f"Of project {project.external_id}, completed: {what}",
        books=f"{family} spent in {span}, monthly and unaudited",
    )
