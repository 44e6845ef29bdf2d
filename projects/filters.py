"""What can be asked of the lists: one set of filters for the pages and for the API.

A value that cannot be understood is an error with a sentence, never an ignored filter: a reader who asked
for something else than what is shown would be misled.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from operator import ge, le
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.text import format_lazy
from django_filters.fields import BaseCSVField, ModelChoiceField, MultipleChoiceField
from django_filters.widgets import BaseCSVWidget

from projects.fields import BY_NAME, FIELDS, Kind
from projects.folding import folded_words
from projects.languages import MARKED, gettext, gettext_lazy
from projects.models import (
    Discrepancy,
    DiscrepancyState,
    Municipality,
    Presence,
    Project,
    Province,
    Severity,
    Source,
    Status,
)
from projects.models.project import SEARCHED, searchable
from projects.search.places import codes_of
from projects.wording.discrepancy_rules import RULES
from projects.wording.figures import HERE, instant
from projects.wording.flags import FLAGS

# Outside of these no project has a date, and a zone's offset could carry a moment over the calendar's end.
FIRST_YEAR, LAST_YEAR = 1900, 2200
# A message of a form is a pattern: what a reader typed goes in as its parameter, it may have a % of its own.
_NO_MOMENT = gettext_lazy("“%(text)s” is not a date such as 2026-05-01 or 2026-05-01T06:30:00+02:00.")

_UNKNOWN = gettext_lazy("“%(value)s” is not known here; known are: {known}.")


def year_problem(text: str, when: date) -> str | None:
    """A sentence where the year is none that can be asked for."""
    if FIRST_YEAR <= when.year <= LAST_YEAR:
        return None
    told = gettext("“{text}” is outside the years {first} to {last}.")
    return told.format(text=text, first=FIRST_YEAR, last=LAST_YEAR)


class MomentField(forms.CharField):
    """A day `2026-05-01` or a moment `2026-05-01T06:30:00+02:00`; without a zone it is South African.

    A day means its first instant, or with `end` its last. What comes out is UTC: PostgreSQL takes no offset
    of 16 hours or more.
    """

    def __init__(self, *args: Any, end: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.end = end

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        # In a query string the + of an offset arrives as a space.
        moment = _moment(text.replace(" ", "+") if "T" in text else text, self.end)
        if moment is None:
            raise ValidationError(_NO_MOMENT, params={"text": text})
        if problem := year_problem(text, moment):
            raise ValidationError("%(problem)s", params={"problem": problem})
        return moment.astimezone(UTC)


def _moment(text: str, end: bool) -> datetime | None:
    try:
        if len(text) == 10:
            clock = time.max if end else time.min
            return datetime.combine(date.fromisoformat(text), clock, tzinfo=HERE)
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=HERE)
    return moment


NOT_KNOWN = "null"
# {name in the address: column}
ORDERINGS = {field.name: field.column for field in FIELDS if field.sortable} | {
    name: name for name in ("first_seen_at", "last_changed_at", "id")
}
# {name in the address, behind min_ and max_: field}
BETWEEN = {field.between: field.name for field in FIELDS if field.between}


class BothWays:
    """A filter that can also be asked of a record as the API gives it: of a past day there are no rows."""

    field_name: str
    lookup_expr: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The parts of a record that `passes` looks at."""
        return (self.field_name,)

    def passes(self, record: dict[str, Any], value: Any) -> bool:
        """Whether the record is among what `filter` leaves; `value` is a cleaned one."""
        raise NotImplementedError


class ExactFilter(BothWays, django_filters.CharFilter):
    def passes(self, record: dict[str, Any], value: str) -> bool:
        return not value or record[self.field_name] == value


class SearchFilter(BothWays, django_filters.CharFilter):
    """Each word has to be in the number or in one of the fields that are searched, whatever its case and
    accents. Signs alone are in none."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        words = folded_words(value)
        return qs.filter(*(Q(search_text__contains=word) for word in words)) if words else qs.none()

    @property
    def reads(self) -> tuple[str, ...]:
        return SEARCHED

    def passes(self, record: dict[str, Any], value: str) -> bool:
        if not value:
            return True
        words = folded_words(value)
        text = searchable(record[name] for name in SEARCHED)
        return bool(words) and all(word in text for word in words)


class MomentFilter(BothWays, django_filters.Filter):
    field_class = MomentField

    def passes(self, record: dict[str, Any], value: datetime | None) -> bool:
        return value is None or _compared(record[self.field_name], self.lookup_expr, instant(value))


class IdFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=2**63 - 1, **kwargs)


class AmountFilter(BothWays, django_filters.NumberFilter):
    """Rand or percent, as many digits as the column has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_digits=20, decimal_places=2, **kwargs)

    def passes(self, record: dict[str, Any], value: Decimal | None) -> bool:
        known = record[self.field_name]
        return value is None or (known is not None and _compared(Decimal(known), self.lookup_expr, value))


def _compared(known: Any, lookup: str, value: Any) -> bool:
    return {"gte": ge, "lte": le}[lookup](known, value)


def listed(texts: Iterable[str]) -> list[str]:
    """The elements of a list that a query gives: commas part them as repeats do. A blank one (a form's empty
    choice) counts as none, and one that comes again says nothing new.
    """
    words = (word.strip() for text in texts for word in text.split(","))
    return list(dict.fromkeys(word for word in words if word))


class ListWidget(BaseCSVWidget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return listed(data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""])


class ListField(BaseCSVField):
    """The base field of every filter that takes a list and has no known choices to tick."""

    base_widget_class = ListWidget


class ChoicesField(MultipleChoiceField):
    """A list of known words, in any case."""

    def to_python(self, value: Any) -> list[str]:
        known = {str(code).lower(): str(code) for code, _ in self.choices}
        return [known.get(word.lower(), word) for word in listed(super().to_python(value))]


class Choices(BothWays, django_filters.MultipleChoiceFilter):
    """One or more of a known list, `?status=design,tender`; an unknown one is told the known."""

    field_class = ChoicesField

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        known = ", ".join(value for value, _ in choices)
        messages = {"invalid_choice": format_lazy(_UNKNOWN, known=known)}
        super().__init__(
            *args,
            choices=choices,
            error_messages=messages,
            distinct=False,
            null_value=NOT_KNOWN,
            **kwargs,
        )

    def passes(self, record: dict[str, Any], value: list[str]) -> bool:
        known = record[self.field_name]
        return not value or (NOT_KNOWN if known is None else known) in value


class FlagFilter(Choices):
    """Projects with one of the flags; hands on to the queryset's `flagged`."""

    @property
    def reads(self) -> tuple[str, ...]:
        return ("flags",)

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.flagged(value) if value else qs

    def passes(self, record: dict[str, Any], value: list[str]) -> bool:
        return not value or not set(value).isdisjoint(record["flags"])


class MunicipalityField(ModelChoiceField):
    """Codes are written in any case, as everywhere."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().upper() if isinstance(value, str) else value)


class MunicipalityFilter(BothWays, django_filters.ModelChoiceFilter):
    """A municipality's code; hands on to the queryset's `of_municipality`."""

    field_class = MunicipalityField

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "invalid_choice": gettext_lazy(
                "No municipality has this code; /api/v1/municipalities/ lists them."
            )
        }
        super().__init__(
            queryset=Municipality.objects.all(),
            empty_label="All municipalities",
            error_messages=messages,
            **kwargs,
        )

    def filter(self, qs: Any, value: Municipality | None) -> Any:
        return qs.of_municipality(value.pk) if value else qs

    @property
    def reads(self) -> tuple[str, ...]:
        return ("municipality", "municipalities")

    def passes(self, record: dict[str, Any], value: Municipality | None) -> bool:
        return value is None or value.pk in (record["municipality"], *record["municipalities"])


class SourceFilter(BothWays, django_filters.ModelChoiceFilter):
    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid_choice": gettext_lazy("No source has this name; /api/v1/sources/ lists them.")}
        super().__init__(
            queryset=Source.objects.all(), empty_label="All sources", error_messages=messages, **kwargs
        )

    def passes(self, record: dict[str, Any], value: Source | None) -> bool:
        return value is None or record["source"] == value.pk


class NullsLastOrdering(django_filters.OrderingFilter):
    """`?ordering=-budget,name`: what is not published comes last either way, then the id decides."""

    base_field_class = ListField

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        if not value:
            return qs
        terms = []
        for name in value:
            field = F(self.param_map[name.removeprefix("-")])
            terms.append(field.desc(nulls_last=True) if name[0] == "-" else field.asc(nulls_last=True))
        return qs.order_by(*terms, "pk")


def _ordering() -> NullsLastOrdering:
    fields = {column: name for name, column in ORDERINGS.items()}
    known = ", ".join(ORDERINGS)
    told = gettext_lazy("“%(value)s” is no ordering; known are: {known}; a minus before it turns it round.")
    return NullsLastOrdering(fields=fields, error_messages={"invalid_choice": format_lazy(told, known=known)})


def _bounds() -> dict[str, AmountFilter]:
    """`min_budget`, `max_budget` and so on."""
    found = {}
    for name, column in BETWEEN.items():
        field = BY_NAME[column]
        unit = " (rand)" if field.kind is Kind.MONEY else ""
        labels = [f"{field.label} from{unit}", f"{field.label} to{unit}"]
        MARKED.update(labels)
        least, most = map(gettext_lazy, labels)
        found[f"min_{name}"] = AmountFilter(column, "gte", label=least)
        found[f"max_{name}"] = AmountFilter(column, "lte", label=most)
    return found


BOUNDS = _bounds()


class ProjectFilter(django_filters.FilterSet):
    q = SearchFilter(label=gettext_lazy("Search"), max_length=200)
    province = Choices(choices=Province.choices)
    municipality = MunicipalityFilter()
    status = Choices(choices=[*Status.choices, (NOT_KNOWN, "not known")])
    programme = ExactFilter(max_length=40)
    source = SourceFilter()
    changed_since = MomentFilter("last_changed_at", "gte", label=gettext_lazy("Changed since"))
    presence = Choices(choices=Presence.choices)
    flag = FlagFilter("flags", choices=list(FLAGS.items()), label=gettext_lazy("Flag"))
    ordering = _ordering()

    class Meta:
        model = Project
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        return super().get_filters() | BOUNDS

    def passes(self, record: dict[str, Any]) -> bool:
        """Whether a record of a past day, or the `asked_names` of it, is among what is asked for."""
        return all(each.passes(record, value) for each, value in self._asked)

    def asked_names(self) -> set[str]:
        """The parts of a record that decide whether it passes."""
        return {name for each, _ in self._asked for name in each.reads}

    @cached_property
    def _asked(self) -> list[tuple[BothWays, Any]]:
        asked = self.form.cleaned_data
        both = ((each, asked[name]) for name, each in self.filters.items() if isinstance(each, BothWays))
        return [(each, value) for each, value in both if value not in (None, "", [])]


class MunicipalityFilterSet(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=gettext_lazy("Name or code"), max_length=120)
    province = Choices(choices=Province.choices)
    category = Choices(choices=Municipality.Category.choices)
    district = MunicipalityFilter(method="in_district", label="The district that it is in")

    class Meta:
        model = Municipality
        fields: list[str] = []

    def in_district(
        self, queryset: QuerySet[Municipality], name: str, value: Municipality | None
    ) -> QuerySet[Municipality]:
        return queryset.filter(district=value) if value else queryset

    def search(self, queryset: QuerySet[Municipality], name: str, value: str) -> QuerySet[Municipality]:
        """By its name, by a former one, by a town in it; misspelt where nothing fits as typed."""
        return queryset.filter(Q(name__icontains=value) | Q(pk__in=codes_of(value))) if value else queryset


class DiscrepancyFilter(django_filters.FilterSet):
    municipality = MunicipalityFilter(method="in_municipality")
    province = Choices(field_name="municipality__province", choices=Province.choices)
    project = IdFilter(method="about_project", label=gettext_lazy("Project number here"))
    programme = django_filters.CharFilter(
        "programme", "iexact", max_length=40, label=gettext_lazy("Grant family")
    )
    rule = Choices(choices=list(RULES.items()))
    severity = Choices(choices=Severity.choices)
    state = Choices(choices=DiscrepancyState.choices)
    financial_year = IdFilter(method="in_year", label=gettext_lazy("Municipal financial year, by its end"))

    class Meta:
        model = Discrepancy
        fields: list[str] = []

    def in_municipality(self, queryset: QuerySet[Any], name: str, value: Municipality) -> QuerySet[Any]:
        return queryset.filter(municipality=value)

    def about_project(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(about(value))

    def in_year(self, queryset: QuerySet[Any], name: str, value: int) -> QuerySet[Any]:
        return queryset.filter(first_year__lte=value, last_year__gte=value)


def about(project_id: int) -> Q:
    """The questions about the project: its own, and those of its grant to which it contributes, of its
    municipalities or of their districts."""
    places = Project.municipalities.through.objects.filter(project_id=project_id)
    own = Q(municipality__in=places.values("municipality"))
    around = Q(municipality__in=places.values("municipality__district"))
    near = Discrepancy.objects.filter(own | around, project=None).order_by()
    shared = [pk for pk, evidence in near.values_list("pk", "evidence") if _names(evidence, project_id)]
    return Q(project_id=project_id) | Q(pk__in=shared)


def open_about(project: Project) -> list[Discrepancy]:
    """The open questions about a project, in one query. Needs its municipalities prefetched."""
    own = project.municipalities.all()
    places = {code for place in own for code in (place.pk, place.district_id) if code}
    near = Discrepancy.objects.open().filter(Q(project=project) | Q(municipality__in=places, project=None))
    return [row for row in near if row.project_id == project.pk or _names(row.evidence, project.pk)]


def _names(evidence: dict[str, Any], project_id: int) -> bool:
    return any(project["id"] == project_id for project in evidence.get("projects", ()))
