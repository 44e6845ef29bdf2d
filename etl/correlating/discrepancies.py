"""What the rules find: questions with both figures, and what could not be compared, with its reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from etl.correlating import wording
from etl.correlating.calculation import Against, Line, Listed, calculation, in_order
from etl.correlating.facts import FIRST_DAY, Case, ProjectFact, Reading, total_of
from etl.correlating.gap import Gap


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two figures: in words, in rand, and the snapshot that it can be traced to."""

    label: str
    value: Decimal | None
    snapshot: str | None


@dataclass(frozen=True, slots=True)
class FoundDiscrepancy:
    """A question, and all that its row holds. `key` names the same question for good."""

    rule: str
    key: str
    municipality: str
    project: int | None
    programme: str
    first_year: int
    last_year: int
    gap: Gap
    question: str
    explanations: tuple[str, ...]
    compared: str
    dws: Side
    treasury: Side
    evidence: dict[str, Any] = field(hash=False, default_factory=dict)

    @property
    def severity(self) -> str:
        return self.gap.severity


class Tally:
    """What was not compared, project by project and by the reason; and which questions were put to the
    figures and answered by them."""

    def __init__(self) -> None:
        self._projects: dict[str, set[int]] = {}
        self._details: dict[int, dict[str, None]] = {}  # project → its reasons, in full
        self._fits: set[str] = set()
        self._listed: set[int] = set()
        self.merged: frozenset[int] = frozenset()  # projects that a steward merged into others

    def look(self, project: ProjectFact) -> None:
        """Say that the project is listed, whether or not it can be compared."""
        self._listed.add(project.pk)

    def leave(self, reason: str, projects: Iterable[ProjectFact], detail: str = "") -> None:
        """Say that the projects were left out, and why; `detail`: the same with the years."""
        for project in projects:
            self._projects.setdefault(reason, set()).add(project.pk)
            self._details.setdefault(project.pk, {})[detail or reason] = None

    def fits(self, key: str) -> None:
        """Say that a question was looked at, and that the figures fit together."""
        self._fits.add(key)

    def silent(self, key: str, gap: Gap, projects: Iterable[ProjectFact]) -> None:
        """Say that a gap is not asked about: the figures fit, or other money may be what is between them."""
        if gap.silence:
            self.leave(gap.silence, projects)
        else:
            self.fits(key)

    def why_closed(self, key: str, projects: Iterable[int]) -> str:
        """Why an open question is not asked any more; `projects`: those that it was about."""
        if key in self._fits:
            return "The figures fit together now."
        concerned = list(projects)
        reasons = {reason for pk in concerned for reason in self._details.get(pk, ())}
        if self.merged.intersection(concerned):
            reasons.add("a steward merged a project of it into another one")
        if gone := len(set(concerned) - self._listed - self.merged):
            reasons.add(
                f"DWS no longer lists {gone} of its {len(concerned)} projects"
                if len(concerned) > 1
                else "DWS no longer lists its project"
            )
        why = "; ".join(sorted(reasons)) or "none of its projects is listed in a comparable way"
        return f"It cannot be compared any more: {why}."

    def counts(self) -> dict[str, int]:
        """{reason: number of projects}, the most frequent first."""
        counted = {reason: len(projects) for reason, projects in self._projects.items()}
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    def sentences(self) -> list[str]:
        return [
            f"Not compared, {number} project{'' if number == 1 else 's'}: {reason}."
            for reason, number in self.counts().items()
        ]


def amount_of(project: ProjectFact) -> tuple[str, Callable[[Reading], Decimal | None]]:
    """Which amount of a project stands for what it cost, in words and of a reading: its spending, else its
    budget."""
    if project.expenditure is not None:
        return "expenditure so far", lambda reading: reading.expenditure
    return "budget, as no expenditure is published", lambda reading: reading.budget


def found(
    rule: str,
    key: str,
    case: Case,
    gap: Gap,
    listed: Sequence[Listed],
    against: Against,
    *,
    years: tuple[int, int],
    until: str,
    question: str,
    explanations: Iterable[str],
    compared: str,
    dws: str,
    books: str,
) -> FoundDiscrepancy:
    """The question, with all that its page shows. `years`: the first and the last of the books; `until`: see
    `calculation`; `dws`, `books`: what each of the two figures is, in words."""
    ordered = in_order(listed)
    project = ordered[0].project
    return FoundDiscrepancy(
        rule=rule,
        key=key,
        municipality=case.place.code,
        project=project.pk if len(ordered) == 1 else None,
        programme=project.family or "",
        first_year=years[0],
        last_year=years[1],
        gap=gap,
        question=question,
        explanations=tuple(explanations),
        compared=compared,
        # traced to the project that contributes most and has a snapshot
        dws=Side(dws, gap.dws, next((each.snapshot for each in ordered if each.snapshot), None)),
        treasury=_books_side(books, gap, against),
        evidence=_evidence(ordered, against, calculation(case.place, gap, ordered, against, until)),
    )


def _books_side(label: str, gap: Gap, against: Against) -> Side:
    """What is held against DWS's figure: the grant's books, or all purses where these hold more; traced to
    the figure that contributes most."""
    figures = against.purses.figures if gap.of_all_purses else against.figures
    largest = total_of(figures).largest
    said = against.whole if gap.of_all_purses else f"{label}, less than nought" if gap.books < 0 else label
    return Side(said, gap.held, largest.snapshot if largest else None)


def _evidence(ordered: Iterable[Listed], against: Against, lines: list[Line]) -> dict[str, Any]:
    """All that was compared, in a fixed order, so that the same facts are the same evidence."""
    described: dict[str, Any] = {
        "projects": [each.project.evidence(each.amount, each.snapshot) for each in ordered],
        "figures": [figure.evidence() for figure in against.figures],
        "arithmetic": lines,
    }
    for name, figures in (("in_kind", against.in_kind), ("capital", against.purses.figures)):
        if figures:
            described[name] = [figure.evidence() for figure in figures]
    return described


def since_the_books_begin(projects: Iterable[ProjectFact], tally: Tally) -> list[ProjectFact]:
    """Those that started on 1 July 2019 or later. Of an earlier one a part of the spending is in no cube,
    and without a start date nobody knows."""
    listed = list(projects)
    undated = [project for project in listed if project.start_date is None]
    early = [project for project in listed if project.start_date and project.start_date < FIRST_DAY]
    tally.leave(wording.NO_START, undated)
    tally.leave(wording.TOO_EARLY, early)
    return [project for project in listed if project.start_date and project.start_date >= FIRST_DAY]
