"""What a reading looks like as a whole, for the next one to be held against. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from etl.compare.survey import Survey
from etl.extract.types import CERTAINTY
from etl.values.vocabulary import normal_label


@dataclass(slots=True)
class Profile:
    """Counts of one reading. `columns`: column → lines that have it; `filled`: … not blank.

    A column is called by the field that its label means, else by its label: "Budget" and "Budget (R'000)"
    are one column, whichever rendering shows it.
    """

    count: int = 0
    listings: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    page_columns: list[str] = field(default_factory=list)
    layouts: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Profile | None:
        """The profile that a run kept; None for a run that kept none, or one of another kind."""
        return cls(**stored) if "columns" in stored else None

    @property
    def certainty(self) -> int:
        """Of the best rendering that showed projects: 3 named columns, 2 labelled blocks, 1 lines, 0 none."""
        return max(
            (certainty for layout, certainty in CERTAINTY.items() if layout in self.layouts), default=0
        )


def column_of(label: str, field_of: Callable[[str], str | None]) -> str:
    """What a column is called in a profile."""
    return field_of(label) or normal_label(label)


def profile_of(survey: Survey, field_of: Callable[[str], str | None]) -> Profile:
    """The profile of what was read; `field_of`: label → field."""
    columns: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for part in survey.lines.values():
        published = [(column_of(label, field_of), text) for label, text in part.published.items()]
        columns.update({column for column, _ in published})
        filled.update({column for column, text in published if text})
        statuses.update(text for column, text in published if text and column == "status")
    page_columns = {column_of(label, field_of) for part in survey.pages.values() for label in part.published}
    return Profile(
        count=len(survey.lines),
        listings=len(survey.listings),
        columns=dict(columns),
        filled=dict(filled),
        statuses=dict(statuses),
        page_columns=sorted(page_columns),
        layouts=sorted(survey.project_layouts),
    )
