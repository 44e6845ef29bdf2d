"""Rule `no_capital_in_books`: works under way, as DWS has it, and no water capital in the audits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from etl.correlating import due, wording
from etl.correlating.calculation import Against, Listed
from etl.correlating.discrepancies import FoundDiscrepancy, Tally, found, since_the_books_begin
from etl.correlating.due import Due
from etl.correlating.facts import Case, FigureFact, ProjectFact, Reading, Total
from etl.correlating.gap import Gap
from etl.correlating.purses import FUNCTIONS
from projects.facts import finance
from projects.finances.families import municipal_span, national_span, national_year
from projects.wording.figures import long_date, rand

RULE = "no_capital_in_books"

_PROGRESS = Decimal(25)
_LEAST_WORKS = Decimal(1_000_000)
_AUDITED_FOR = timedelta(days=184)  # so long an audit must have seen the project
_ACTUALS = ("AUDA", "ACT")

_OF_THE_BUDGET = "the share of the budget that is done, as no expenditure is published"

_NO_AUDIT = "no audited year covers half a year since their start"
_NOT_BEGUN = "they were a quarter done or less when the audited years ended"
_ELSEWHERE = "the municipality books capital on water assets under other functions"


def no_capital_in_books(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """A project under construction that is a quarter done, where the municipality's audited capital on water
    and sanitation is a published nought.

    Asked about is the worth of the works by the end of the audited years, where it is more than R1 million:
    what DWS had listed as spent by then, and where it publishes no expenditure the share of the budget that
    was done; at an even pace where there is no reading so old. Years: every municipal year from its start to
    the newest audited one; storm water is apart. Fair because works that a municipality implements itself
    are its capital, of whatever programme; not asked where the asset classes, a later unaudited year or
    in-kind money tell of works.
    """
    built = [project for project in case.projects if _is_under_way(project)]
    for project in since_the_books_begin(built, tally):
        yield from _of_project(case, project, tally)


def _is_under_way(project: ProjectFact) -> bool:
    return (
        project.family is not None
        and project.status == "construction"
        and (project.progress or 0) > _PROGRESS
        and _worth(project)(project.readings[-1]) is not None
    )


def _of_project(case: Case, project: ProjectFact, tally: Tally) -> Iterator[FoundDiscrepancy]:
    assert project.start_date is not None
    key = f"{RULE}:{case.place.code}:{project.pk}"
    audited = case.books.years("capital", FUNCTIONS, "AUDA")
    ends = [end for year in audited if (end := finance.year_span(year)[1]) <= case.until]
    if not ends or ends[-1] - project.start_date < _AUDITED_FOR:
        return tally.leave(_NO_AUDIT, [project])
    years = range(finance.municipal_year(project.start_date), ends[-1].year + 1)
    total = case.books.total("capital", FUNCTIONS, "AUDA", years)
    if _is_incomplete(total, project, tally):
        return
    worth = due.due_by(project, ends[-1], _worth(project))
    if any(figure.amount for figure in total.figures) or worth is None:
        return tally.fits(key)
    done = due.due_by(project, ends[-1], lambda reading: reading.progress_percentage)
    if done is None or done.amount <= _PROGRESS:
        return tally.leave(_NOT_BEGUN, [project])
    if _built_elsewhere(case, years[0]):
        return tally.leave(_ELSEWHERE, [project])
    if case.books.in_kind(project.family or "", years):
        return tally.leave(wording.PAID_IN_KIND, [project])
    gap = Gap(worth.amount, Decimal(0), least=_LEAST_WORKS)
    if gap.is_asked:
        yield _finding(case, key, gap, worth, total, ends[-1])
    else:
        tally.silent(key, gap, [project])


def _worth(project: ProjectFact) -> due.Value:
    """What the works had cost by a reading: the expenditure, else the share of the budget that was done."""
    return due.expenditure if project.expenditure is not None else _share_of_budget


def _share_of_budget(reading: Reading) -> Decimal | None:
    if reading.budget is None or reading.progress_percentage is None:
        return None
    return (reading.budget * reading.progress_percentage / 100).quantize(Decimal(1))


def _is_incomplete(total: Total, project: ProjectFact, tally: Tally) -> bool:
    if total.missing:
        detail = f"the audited capital on water is not known for {wording.years(total.missing)}"
        tally.leave(wording.MISSING, [project], detail)
    elif total.nulls:
        detail = f"audited capital on water is supplied as null for {wording.years(total.nulls)}"
        tally.leave(wording.NULL, [project], detail)
    return bool(total.missing or total.nulls)


def _built_elsewhere(case: Case, first: int) -> bool:
    """Whether assets of water and sanitation, or a later unaudited year, have any capital that is not 0."""
    kinds = (("asset", tuple(finance.ASSETS)), ("capital", FUNCTIONS))
    return any(
        figure is not None and figure.amount != 0
        for measure, codes in kinds
        for code in codes
        for actual in _ACTUALS
        for year in case.books.years(measure, [code], actual)
        if year >= first
        for figure in [case.books.of(measure, code, actual, year)]
    )


def _finding(case: Case, key: str, gap: Gap, worth: Due, total: Total, end: date) -> FoundDiscrepancy:
    project = worth.project
    first, last = total.figures[0].financial_year, total.figures[-1].financial_year
    span = municipal_span(first, last)
    what = "spent on them" if project.expenditure is not None else _OF_THE_BUDGET
    basis = f"{what}, {due.basis([worth], end)}"
    return found(
        RULE,
        key,
        case,
        gap,
        [Listed.of(worth)],
        Against("capital on water and sanitation", total.figures),
        years=(first, last),
        until=f"up to {long_date(end)}",
        question=f"DWS lists the project {project.name} as under construction, implemented by"
        f" {case.place.name} itself, with works of {rand(gap.dws)} ({basis}); the municipality’s audited"
        f" capital on water and sanitation is nought in {span}. Where are the works booked?",
        explanations=_explanations(project, total.figures, end),
        compared=_compared(project, first, last, end),
        dws=f"Works of project {project.external_id}: {basis}",
        books=f"Capital on water and sanitation, audited, {span}",
    )


def _compared(project: ProjectFact, first: int, last: int, end: date) -> str:
    assert project.start_date is not None
    national = national_span(national_year(project.start_date), national_year(end))
    return (
        f"DWS: expenditure, or else progress and budget, from the start on, its years {national}"
        f" ({wording.DWS_YEARS}), as we read it nearest {long_date(end)}. National Treasury: audited capital"
        " by function, water and sanitation without storm water, in the municipal years"
        f" {municipal_span(first, last)} ({wording.MUNICIPAL_YEARS}), up to the same day."
    )


def _explanations(project: ProjectFact, figures: tuple[FigureFact, ...], end: date) -> Iterator[str]:
    yield (
        "The municipality may book the works under another function, or as operating expenditure until they"
        " are handed over."
    )
    yield "Another municipality may own the works, such as the district as water services authority."
    yield (
        f"The audited years end on {long_date(end)}: works that were done by then and paid later are in the"
        " next."
    )
    published = {figure.code for figure in figures}
    if absent := [finance.FUNCTIONS[code][0] for code in FUNCTIONS if code not in published]:
        yield f"Of these functions nothing was supplied, which is not nought: {', '.join(absent)}."
    yield from wording.corrections([project])
