"""How many listed projects there are of each province, status and so on: links that narrow the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, QueryDict

from projects.filters import NOT_PUBLISHED, ProjectFilter
from projects.languages import MARKED, gettext
from projects.models import Project
from projects.pages.render import place
from projects.wording.phrases import PROVINCES, shown

_MOST = 9  # choices of one facet; the form has them all


@dataclass(frozen=True, slots=True)
class Choice:
    """`query`: of the list with this choice made, or with it taken back where it `is_made`."""

    label: str
    number: int
    query: str
    is_made: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """`more`: choices that are not shown."""

    title: str
    choices: list[Choice]
    more: int


# Parameter of the list, title, column, and how a value is written
_FACETS: tuple[tuple[str, str, str, Callable[[str], str]], ...] = (
    ("province", "Province", "province", lambda code: PROVINCES.get(code, code)),
    ("status", "Status", "status", lambda status: shown("status", status)),
    ("programme", "Programme", "programme", str),
    ("municipality", "Municipality", "municipality", place),
)
MARKED.update(title for _, title, _, _ in _FACETS)
# Those of which the list can be asked for what is not published.
_WITH_UNKNOWN = ("status",)


def facets(request: HttpRequest) -> list[Facet]:
    """Of each, what the other filters leave; one query each. Those with nothing to choose are left out."""
    found = [_facet(request.GET, *facet) for facet in _FACETS]
    return [facet for facet in found if len(facet.choices) > 1 or any(c.is_made for c in facet.choices)]


def _facet(asked: QueryDict, name: str, title: str, column: str, written: Callable[[str], str]) -> Facet:
    others = asked.copy()
    others.pop(name, None)
    others.pop("page", None)
    rows = ProjectFilter(others, queryset=Project.objects.all()).qs.order_by()
    counts = list(rows.values_list(column).annotate(number=Count("pk")).order_by("-number", column))
    if name not in _WITH_UNKNOWN:
        counts = [(value, number) for value, number in counts if value is not None]
    made = asked.get(name, "").lower()
    choices = [_choice(others, name, value, number, written, made) for value, number in counts]
    kept = [choice for at, choice in enumerate(choices) if at < _MOST or choice.is_made]
    return Facet(gettext(title), kept, len(choices) - len(kept))


def _choice(
    others: QueryDict, name: str, value: Any, number: int, written: Callable[[str], str], made: str
) -> Choice:
    code = NOT_PUBLISHED if value is None else str(value)
    is_made, query = code.lower() == made, others.copy()
    if not is_made:
        query[name] = code
    label = gettext("not published") if value is None else written(code)
    return Choice(label, number, query.urlencode(), is_made)


__all__ = ["Choice", "Facet", "facets"]
