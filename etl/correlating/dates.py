"""Which projects began late enough to be followed in the municipal books from their first day. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from etl.correlating import wording
from etl.correlating.facts import FIRST_DAY, ProjectFact
from etl.correlating.findings import Tally


def since_the_books_begin(projects: Iterable[ProjectFact], tally: Tally) -> list[ProjectFact]:
    """Those that started on 1 July 2019 or later. Of an earlier one a part of the spending is in no cube,
    and without a start date nobody knows."""
    listed = list(projects)
    undated = [project for project in listed if project.start_date is None]
    early = [project for project in listed if project.start_date and project.start_date < FIRST_DAY]
    tally.leave(wording.NO_START, undated)
    tally.leave(wording.TOO_EARLY, early)
    return [project for project in listed if project.start_date and project.start_date >= FIRST_DAY]
