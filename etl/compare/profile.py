"""What a reading looks like as a whole, for the next one to be held against. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from etl.compare.part import Part
from etl.compare.survey import Survey
from etl.extract.types import CERTAINTY
from etl.values.vocabulary import FIELDS, normal_label
from etl.values.words import likely_field, stands_in

FieldOf = Callable[[str], str | None]


@dataclass(slots=True)
class Profile:
    """Counts of one reading. `columns`: column → lines that have it; `filled`: … not blank.

    A column is called by the field that its label means, else by its label: "Budget" and "Budget (R'000)"
    are one column, whichever rendering shows it. What only stands in for a field has its own label: "Revised
    budget" where "Budget" stood is a column that nobody has seen. `by_words`: so it was made; an earlier
    version called the one as the other.
    """

    count: int = 0
    listings: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    page_columns: list[str] = field(default_factory=list)
    layouts: list[str] = field(default_factory=list)
    by_words: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> Profile | None:
        """The profile that a run kept; None for a run that kept none, or one of another kind."""
        return cls(**stored) if "columns" in stored else None

    def called(self, field_of: FieldOf) -> Profile:
        """The same with its columns called as they are today: what was learnt since is no new column."""
        return replace(self, columns=_called(self.columns, field_of), filled=_called(self.filled, field_of))

    def has_seen(self, column: str) -> bool:
        """Whether the reading showed a column of that name."""
        return column in self.columns or (not self.by_words and likely_field(column) in self.columns)

    @property
    def certainty(self) -> int:
        """Of the best rendering that showed projects: 3 named columns, 2 labelled blocks, 1 lines, 0 none."""
        return max(
            (certainty for layout, certainty in CERTAINTY.items() if layout in self.layouts), default=0
        )


def column_of(label: str, field_of: FieldOf) -> str:
    """What a column is called in a profile."""
    return (None if stands_in(label) else field_of(label)) or normal_label(label)


def _called(counts: dict[str, int], field_of: FieldOf) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, count in counts.items():
        column = name if name in FIELDS else column_of(name, field_of)
        found[column] = max(count, found.get(column, 0))
    return found


def profile_of(survey: Survey, field_of: FieldOf) -> Profile:
    """The profile of what was read; `field_of`: label → field."""
    page_columns = {column_of(label, field_of) for part in survey.pages.values() for label in part.published}
    return replace(
        survey.facts.get("lines", "", lambda: tally(survey.lines.values(), field_of)),
        listings=len(survey.listings),
        page_columns=sorted(page_columns),
        layouts=sorted(survey.project_layouts),
    )


def tally(parts: Iterable[Part], field_of: FieldOf) -> Profile:
    """How many lines there are, and what they show."""
    count = 0
    columns: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for part in parts:
        count += 1
        published = [(column_of(label, field_of), text) for label, text in part.published.items()]
        columns.update({column for column, _ in published})
        filled.update({column for column, text in published if text})
        statuses.update(text for column, text in published if text and column == "status")
    return Profile(count, 0, dict(columns), dict(filled), dict(statuses), by_words=True)


def believed(now: Profile, rest: Profile, before: Profile) -> Profile:
    """A reading's profile where some areas of it were held: what they alone show is not seen yet. `rest`: of
    the others; `before`: of the reading before."""
    seen = {label for label in now.columns if label in rest.columns or before.has_seen(label)}
    words = rest.statuses.keys() | before.statuses.keys()
    return replace(
        now,
        columns={label: n for label, n in now.columns.items() if label in seen},
        filled={label: n for label, n in now.filled.items() if label in seen},
        statuses={text: n for text, n in now.statuses.items() if text in words},
    )
