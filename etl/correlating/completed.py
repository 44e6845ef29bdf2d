"""Rule `completed_without_spending`: completed, as DWS has it, and not a rand in the grant's books. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from etl.correlating import wording
from etl.correlating.discrepancies import (
    FoundDiscrepancy,
    Side,
    Tally,
    books_proof,
    evidence,
    severity,
    since_the_books_begin,
    spent_or_budget,
)
from etl.correlating.facts import Case, ProjectFact, Total
from etl.correlating.spending import is_incomplete
from projects.facts import finance
from projects.finances.families import codes_of, municipal_span
from projects.wording.figures import long_date, rand

RULE = "completed_without_spending"

_NO_END = "DWS lists them as completed without a completion date"
_NOT_COVERED = "their completion date lies after the end of the municipality’s figures"
_DATES = "their completion date lies before their start"
_IN_KIND = "in-kind money of the same grant may have paid for them"


def completed_without_spending(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """A project that DWS lists as completed, whose grant the municipality's books show as not spent at all.

    Years: the municipal years from its start to its completion, and the one after it where it has a figure
    (rollover, last payments). Fair because each of these years has a published figure of nought or less,
    for all projects of the grant together; not asked where in-kind money of the grant was given.
    """
    done = [project for project in case.projects if project.status == "completed" and project.family]
    for project in since_the_books_begin(done, tally):
        yield from _of_project(case, project, tally)


def _of_project(case: Case, project: ProjectFact, tally: Tally) -> Iterator[FoundDiscrepancy]:
    key, family = f"{RULE}:{case.place.code}:{project.pk}", project.family or ""
    if reason := _undatable(project):
        return tally.leave(reason, [project])
    start, end = project.start_date, project.completion_date
    assert start is not None
    assert end is not None
    last = finance.municipal_year(end)
    years = [*range(finance.municipal_year(start), last + 1)]
    known = case.books.years("grant", codes_of(family), "ACT")
    if last + 1 in known:
        years.append(last + 1)
    total = case.books.total("grant", codes_of(family), "ACT", years)
    if not known or last > known[-1]:
        return tally.leave(_NOT_COVERED, [project])
    if is_incomplete(family, total, [project], tally):
        return
    if total.last_day is None or total.last_day < end:
        return tally.leave(_NOT_COVERED, [project])
    if any((figure.amount or 0) > 0 for figure in total.figures) or project.expenditure == 0:
        return tally.fits(key)
    if case.books.in_kind(family, [*years, years[0] - 1]):
        return tally.leave(_IN_KIND, [project])
    yield _finding(case, project, key, total)


def _undatable(project: ProjectFact) -> str:
    if project.completion_date is None:
        return _NO_END
    return _DATES if project.start_date and project.completion_date < project.start_date else ""


def _finding(case: Case, project: ProjectFact, key: str, total: Total) -> FoundDiscrepancy:
    start, end = project.start_date, project.completion_date
    assert start is not None
    assert end is not None
    family, books = project.family or "", total.amount or Decimal(0)
    first, last = total.figures[0].financial_year, total.figures[-1].financial_year
    span = municipal_span(first, last)
    books_end = total.last_day or finance.year_span(last)[1]
    what, value = spent_or_budget(project)
    return FoundDiscrepancy(
        rule=RULE,
        key=key,
        municipality=case.place.code,
        project=project.pk,
        programme=family,
        first_year=first,
        last_year=last,
        severity=severity(project.expenditure, books),
        question=f"DWS lists the project {project.name} as completed on {long_date(end)},"
        f" implemented by {case.place.name} itself; the municipality’s own books show {rand(books)} of"
        f" {family} money spent in {span}. What was it paid from?",
        explanations=(
            *wording.behind(books_end, project.reported_on),
            wording.BEFORE_THE_START,
            *wording.spending(family, total.figures, [project]),
        ),
        compared=wording.both_years(family, first, last, start, end, books_end),
        dws=Side(f"{what} of project {project.external_id}, completed", value, project.snapshot),
        treasury=Side(f"{family} spent in {span}, monthly and unaudited", books, books_proof(total)),
        evidence=evidence([(project, value)], total.figures),
    )
