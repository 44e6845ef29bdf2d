"""What the rules find: questions with both figures, and what could not be compared, with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from etl.correlating import wording
from etl.correlating.facts import FIRST_DAY, FigureFact, ProjectFact, Total

MINOR, MAJOR = "minor", "major"

# Two reports of one thing are allowed to differ by so much: rounding, and payments on their way.
TOLERANCE = Decimal("0.05")
LEAST_GAP = Decimal(100_000)
# A gap is major beyond both: in rand, and as a share of what the books show.
MAJOR_GAP = Decimal(10_000_000)
MAJOR_SHARE = Decimal("0.5")


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
    severity: str
    question: str
    explanations: tuple[str, ...]
    compared: str
    dws: Side
    treasury: Side
    evidence: dict[str, Any] = field(hash=False, default_factory=dict)


class Tally:
    """What was not compared, project by project and by the reason; and which questions were put to the
    figures and answered by them."""

    def __init__(self) -> None:
        self._projects: dict[str, set[int]] = {}
        self._details: dict[int, dict[str, None]] = {}  # project → its reasons, in full
        self._fits: set[str] = set()
        self._listed: set[int] = set()

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

    def why_closed(self, key: str, projects: Iterable[int]) -> str:
        """Why an open question is not asked any more; `projects`: those that it was about."""
        if key in self._fits:
            return "The figures fit together now."
        concerned = list(projects)
        reasons = {reason for pk in concerned for reason in self._details.get(pk, ())}
        if gone := len(set(concerned) - self._listed):
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


def is_gap(dws: Decimal, books: Decimal, allowed: Decimal = TOLERANCE) -> bool:
    """Whether DWS's figure is above the books' by more than both the share allowed and R100 000."""
    gap = dws - books
    return gap > LEAST_GAP and gap > allowed * abs(books)


def severity(dws: Decimal | None, books: Decimal | None) -> str:
    """Major when the gap is more than R10 million and more than half of what the books show."""
    if dws is None or books is None:
        return MINOR
    gap = abs(dws - books)
    return MAJOR if gap > MAJOR_GAP and gap > MAJOR_SHARE * abs(books) else MINOR


def spent_or_budget(project: ProjectFact) -> tuple[str, Decimal | None]:
    """The figure of a project that a question shows, and what it is: its spending, else its budget."""
    if project.expenditure is not None:
        return "Expenditure so far", project.expenditure
    return "Budget (no expenditure is published)", project.budget


def evidence(
    projects: Iterable[tuple[ProjectFact, Decimal | None]],
    figures: Iterable[FigureFact],
    in_kind: Iterable[FigureFact] = (),
) -> dict[str, Any]:
    """Both lists in a fixed order, so that the same facts are the same evidence."""
    listed = sorted(projects, key=lambda pair: (-(pair[1] or 0), pair[0].pk))
    described = {
        "projects": [project.evidence(value) for project, value in listed],
        "figures": [figure.evidence() for figure in figures],
    }
    kind = [figure.evidence() for figure in in_kind]
    return described | ({"in_kind": kind} if kind else {})


def proof(projects: Iterable[tuple[ProjectFact, Decimal | None]]) -> str | None:
    """The snapshot of the project that contributes most and has one."""
    listed = [pair for pair in projects if pair[0].snapshot]
    best = max(listed, key=lambda pair: (pair[1] or 0, -pair[0].pk), default=None)
    return best[0].snapshot if best else None


def books_proof(total: Total) -> str | None:
    """The snapshot of the figure that contributes most."""
    return total.largest.snapshot if total.largest else None


def since_the_books_begin(projects: Iterable[ProjectFact], tally: Tally) -> list[ProjectFact]:
    """Those that started on 1 July 2019 or later. Of an earlier one a part of the spending is in no cube,
    and without a start date nobody knows."""
    listed = list(projects)
    undated = [project for project in listed if project.start_date is None]
    early = [project for project in listed if project.start_date and project.start_date < FIRST_DAY]
    tally.leave(wording.NO_START, undated)
    tally.leave(wording.TOO_EARLY, early)
    return [project for project in listed if project.start_date and project.start_date >= FIRST_DAY]
