"""All rules over all municipalities: the questions, and what could not be compared. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from etl.correlating import wording
from etl.correlating.agents import UNKNOWN, implementer
from etl.correlating.annual import annual_columns
from etl.correlating.capital import no_capital_in_books
from etl.correlating.completed import completed_without_spending
from etl.correlating.discrepancies import FoundDiscrepancy, Tally
from etl.correlating.facts import Books, Case, PlaceFact, ProjectFact
from etl.correlating.spending import dws_spent_more_than_books
from projects.finances.families import codes_of

RULES: tuple[Callable[[Case, Tally], Iterator[FoundDiscrepancy]], ...] = (
    dws_spent_more_than_books,
    completed_without_spending,
    no_capital_in_books,
    annual_columns,
)


@dataclass
class Inquiry:
    """`discrepancies` by key; `seen`: how many projects were looked at; `places`: their municipalities;
    `unrecognised`: the name of an implementing agent → the municipalities of each project that bears it."""

    discrepancies: dict[str, FoundDiscrepancy] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    seen: int = 0
    places: set[str] = field(default_factory=set)
    unrecognised: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)


def inquire(
    projects: Iterable[ProjectFact],
    places: Mapping[str, PlaceFact],
    books_of: Callable[[str], Books],
    traced: Callable[[list[ProjectFact]], list[ProjectFact]] = lambda projects: projects,
    named: Mapping[str, str] | None = None,
    until: date = date.max,
) -> Inquiry:
    """Ask all rules. `books_of`: the books of a municipality by its code, asked once for each; `traced`:
    adds what the log knows, asked only of projects that are compared; `named`: implementing agents that
    stewards named; `until`: see `Case`."""
    inquiry = Inquiry()
    for code, own in sorted(_by_implementer(projects, places, inquiry, named or {}).items()):
        case = Case(places[code], tuple(own), books_of(code), until)
        if not case.books:
            inquiry.tally.leave(wording.NO_BOOKS, own)
            continue
        case = replace(case, projects=tuple(traced(own)))
        for rule in RULES:
            inquiry.discrepancies |= {
                discrepancy.key: discrepancy for discrepancy in rule(case, inquiry.tally)
            }
    return inquiry


def _by_implementer(
    projects: Iterable[ProjectFact],
    places: Mapping[str, PlaceFact],
    inquiry: Inquiry,
    named: Mapping[str, str],
) -> dict[str, list[ProjectFact]]:
    """The projects that a municipality implements itself and pays from a grant in its books."""
    found: dict[str, list[ProjectFact]] = {}
    for project in projects:
        inquiry.seen += 1
        inquiry.tally.look(project)
        inquiry.places.update(project.municipalities)
        place, reason = implementer(project, places, named)
        if reason == UNKNOWN:
            agent = " ".join((project.agent or "").split())
            inquiry.unrecognised.setdefault(agent, []).append(project.municipalities)
        reason = reason or _why_no_grant(project)
        if reason or place is None:
            inquiry.tally.leave(reason, [project])
        else:
            found.setdefault(place.code, []).append(project)
    return found


def _why_no_grant(project: ProjectFact) -> str:
    if project.family is None:
        return wording.NO_FAMILY
    return "" if codes_of(project.family) else wording.ONLY_IN_KIND
