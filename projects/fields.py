"""The typed fields of a project, one row each; whatever lists them derives its list from these rows. Pure.

One field more takes three places: its row here, its column with a migration (`projects/models/project.py`),
and the words that mean it (`etl/values/labels.py`). What a project is known by, its presence and where the
record comes from are no fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from projects.languages import MARKED, gettext


class Kind(StrEnum):
    """What a field's values are. How they are read, written, corrected and told goes by this alone."""

    TEXT = "text"  # as the source wrote it
    MONEY = "money"  # rand, as a Decimal
    PERCENT = "percent"  # 0 to 100, as a Decimal
    COUNT = "count"  # a whole number of things
    DATE = "date"
    DEGREES = "degrees"  # a float
    STATUS = "status"  # a code of ours, as those below
    PROGRAMME = "programme"
    PROJECT_TYPE = "project_type"
    PROVINCE = "province"
    PLACE = "place"  # a municipality, by its code
    PLACES = "places"  # several: a link, no column of the project's row


@dataclass(frozen=True, slots=True)
class Field:
    """One typed field. `label`: its name for people; `head`: a shorter one, as the head of a column. Both
    are English, and so is `chart`.

    `importance`: in a sentence about several fields the highest speaks. `echoes`: fields that say the same
    thing: beside a change of one of them, a change of this one is no news.

    `labelled`: a published label can mean it; else it is read along with another field. `required`: a
    steward cannot correct it to "not known". `between`: lists can be narrowed by `min_…` and `max_…` of that
    name. `chart`: the one of the project's page that draws it over time. `listed`: a column of the lists of
    projects. `shown`: on the project's page it is a card, a fact among the others, or part of something else
    there. `exported`: a column of the CSV; the JSON has all.
    """

    name: str
    label: str
    kind: Kind
    importance: int = 0
    head: str = ""
    echoes: tuple[str, ...] = ()
    labelled: bool = True
    correctable: bool = True
    required: bool = False
    searched: bool = False
    sortable: bool = False
    between: str = ""
    chart: str = ""
    listed: bool = False
    shown: Literal["card", "fact", ""] = "fact"
    exported: bool = True

    @property
    def called(self) -> str:
        """Its label in the language of the page."""
        return gettext(self.label)

    @property
    def heading(self) -> str:
        """The head of its column in the language of the page."""
        return gettext(self.head or self.label)

    @property
    def is_figure(self) -> bool:
        return self.kind in (Kind.MONEY, Kind.PERCENT, Kind.COUNT)

    @property
    def is_column(self) -> bool:
        """Whether the project's own row holds it."""
        return self.kind is not Kind.PLACES

    @property
    def column(self) -> str:
        """The attribute of a project's row that holds the bare value."""
        return f"{self.name}_id" if self.kind is Kind.PLACE else self.name


# In the order of the API, of the CSV and of the project's page.
FIELDS = (
    Field(
        "name", "Name", Kind.TEXT, 120, head="Project", required=True, searched=True, sortable=True,
        listed=True, shown="",
    ),
    Field("description", "Description", Kind.TEXT, 10, searched=True),
    Field("municipality", "Municipality", Kind.PLACE, 60, required=True, sortable=True, listed=True),
    Field(
        "municipalities", "Municipalities", Kind.PLACES, 50, echoes=("municipality",), labelled=False,
        correctable=False, shown="",
    ),
    Field(
        "municipality_as_published", "Municipality as published", Kind.TEXT, 20,
        echoes=("municipality", "municipalities"), labelled=False, correctable=False, searched=True, shown="",
    ),
    Field("province", "Province", Kind.PROVINCE, 40, echoes=("municipality",), sortable=True),
    Field("programme", "Programme", Kind.PROGRAMME, 80),
    Field("project_type", "Project type", Kind.PROJECT_TYPE, 70, head="Type"),
    Field("status", "Status", Kind.STATUS, 150, sortable=True, listed=True, shown="card"),
    Field(
        "status_as_published", "Status as published", Kind.TEXT, 30, echoes=("status",), labelled=False,
        correctable=False, shown="",
    ),
    Field(
        "progress_percentage", "Progress", Kind.PERCENT, 170, sortable=True, between="progress", listed=True,
        shown="card", chart="Progress",
    ),
    Field(
        "budget", "Budget", Kind.MONEY, 130, sortable=True, between="budget", listed=True, shown="card",
        chart="Budget and spending",
    ),
    Field(
        "expenditure", "Expenditure", Kind.MONEY, 160, head="Spent", sortable=True, shown="card",
        chart="Budget and spending",
    ),
    Field("start_date", "Start date", Kind.DATE, 90, head="Start", sortable=True),
    Field(
        "completion_date", "Completion date", Kind.DATE, 140, head="Completion", sortable=True, listed=True,
        chart="Planned completion",
    ),
    Field("contractor", "Contractor", Kind.TEXT, 110, searched=True),
    Field("implementing_agent", "Implementing agent", Kind.TEXT, 100, searched=True),
    Field("latitude", "Latitude", Kind.DEGREES, head="Place"),
    Field("longitude", "Longitude", Kind.DEGREES, echoes=("latitude",), shown=""),
)  # fmt: skip
MARKED.update(words for field in FIELDS for words in (field.label, field.head, field.chart) if words)
BY_NAME = {field.name: field for field in FIELDS}
NAMES = tuple(BY_NAME)


def of(*kinds: Kind) -> tuple[str, ...]:
    """The names of the fields of some kinds."""
    return tuple(field.name for field in FIELDS if field.kind in kinds)
