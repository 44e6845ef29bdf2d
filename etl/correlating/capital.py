"""Rule `no_capital_in_books`: works under way, as DWS has it, and no water capital in the audits. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
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
from projects.facts import finance
from projects.finances.families import municipal_span, national_span, national_year
from projects.wording.figures import long_date, percent, rand

RULE = "no_capital_in_books"
FUNCTIONS = tuple(code for code, (_, group) in finance.FUNCTIONS.items() if group != finance.STORM_WATER)

_PROGRESS = Decimal(25)
_LEAST_BUDGET = Decimal(1_000_000)
_AUDITED_FOR = timedelta(days=184)  # so long an audit must have seen the project
_ACTUALS = ("AUDA", "ACT")

_NO_AUDIT = "no audited year covers half a year since their start"
_ELSEWHERE = "the municipality books capital on water assets under other functions"
_IN_KIND = "in-kind money of the same grant may have paid for them"


def no_capital_in_books(case: Case, tally: Tally) -> Iterator[FoundDiscrepancy]:
    """A project under construction that is a quarter done, of R1 million or more, where the municipality's
    audited capital on water and sanitation is a published nought.

    Years: every municipal year from its start to the newest audited one; storm water is apart. Fair because
    works that a municipality implements itself are its capital, of whatever programme; not asked where the
    asset classes, a later unaudited year or in-kind money tell of works.
    """
    built = [project for project in case.projects if _is_under_way(project)]
    for project in since_the_books_begin(built, tally):
        yield from _of_project(case, project, tally)


def _is_under_way(project: ProjectFact) -> bool:
    return (
        project.family is not None
        and project.status == "construction"
        and (project.progress or 0) > _PROGRESS
        and (project.budget or 0) >= _LEAST_BUDGET
    )


def _of_project(case: Case, project: ProjectFact, tally: Tally) -> Iterator[FoundDiscrepancy]:
    assert project.start_date is not None
    key = f"{RULE}:{case.place.code}:{project.pk}"
    audited = case.books.years("capital", FUNCTIONS, "AUDA")
    last = audited[-1] if audited else 0
    if not audited or finance.year_span(last)[1] - project.start_date < _AUDITED_FOR:
        return tally.leave(_NO_AUDIT, [project])
    years = range(finance.municipal_year(project.start_date), last + 1)
    total = case.books.total("capital", FUNCTIONS, "AUDA", years)
    if _is_incomplete(total, project, tally):
        return
    if any(figure.amount for figure in total.figures) or project.expenditure == 0:
        return tally.fits(key)
    if _built_elsewhere(case, years[0]):
        return tally.leave(_ELSEWHERE, [project])
    if case.books.in_kind(project.family or "", years):
        return tally.leave(_IN_KIND, [project])
    yield _finding(case, project, key, total)


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


def _finding(case: Case, project: ProjectFact, key: str, total: Total) -> FoundDiscrepancy:
    assert project.start_date is not None
    first, last = total.figures[0].financial_year, total.figures[-1].financial_year
    span = municipal_span(first, last)
    what, value = spent_or_budget(project)
    return FoundDiscrepancy(
        rule=RULE,
        key=key,
        municipality=case.place.code,
        project=project.pk,
        programme=project.family or "",
        first_year=first,
        last_year=last,
        severity=severity(project.expenditure, Decimal(0)),
        question=f"DWS lists the project {project.name} of {wording.money(project.budget)} as under"
        f" construction and {percent(project.progress or 0)} done, implemented by {case.place.name} itself;"
        f" the municipality’s audited capital on water and sanitation is {rand(0)} in {span}."
        " Where are the works booked?",
        explanations=tuple(_explanations(project, total)),
        compared=_compared(project, first, last),
        dws=Side(f"{what} of project {project.external_id}, under construction", value, project.snapshot),
        treasury=Side(f"Capital on water and sanitation, audited, {span}", total.amount, books_proof(total)),
        evidence=evidence([(project, value)], total.figures),
    )


def _compared(project: ProjectFact, first: int, last: int) -> str:
    assert project.start_date is not None
    until = max(project.start_date, project.reported_on or finance.year_span(last)[1])
    national = national_span(national_year(project.start_date), national_year(until))
    return (
        f"DWS: status, progress and budget as listed now, from the start on, its years {national}"
        f" ({wording.DWS_YEARS}). National Treasury: audited capital by function, water and sanitation"
        f" without storm water, in the municipal years {municipal_span(first, last)}"
        f" ({wording.MUNICIPAL_YEARS}), up to {long_date(finance.year_span(last)[1])}."
    )


def _explanations(project: ProjectFact, total: Total) -> list[str]:
    published = sorted({figure.code for figure in total.figures})
    absent = [finance.FUNCTIONS[code][0] for code in FUNCTIONS if code not in published]
    end = finance.year_span(total.figures[-1].financial_year)[1]
    explanations = [
        f"The audited years end on {long_date(end)}: works done since are not in them.",
        "The municipality may book the works under another function, or as operating expenditure until"
        " they are handed over.",
        "Another municipality may own the works, such as the district as water services authority.",
    ]
    if absent:
        explanations.append(
            f"Of these functions nothing was supplied, which is not nought: {', '.join(absent)}."
        )
    return explanations + wording.corrections([project])
