"""What the pages with filters share: a filtered list, cut into pages."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

PER_PAGE = 50
_NO_FILTERS = ("page", "ordering", "before", "each")


def filtered(
    request: HttpRequest, filterset: django_filters.FilterSet, per_page: int = PER_PAGE
) -> tuple[dict[str, Any], int]:
    """(context, HTTP status). A filter that cannot be understood empties the list, and the form says why."""
    valid = filterset.is_valid()
    rows = filterset.qs if valid else filterset.queryset.none()
    context = {
        # Counting a log of a million rows takes a while: only where the page shows the number.
        "page": SimpleLazyObject(lambda: paged(request, rows, per_page)),
        "errors": [(name, text) for name, texts in filterset.errors.items() for text in texts],
        "chosen": filterset.data,
        "filtered": any(value for name, value in filterset.data.items() if name not in _NO_FILTERS),
        "query": without_page(request),
    }
    return context, 200 if valid else 400


def paged(request: HttpRequest, rows: QuerySet[Any] | list[Any], per_page: int = PER_PAGE) -> Page[Any]:
    """The page asked for; one that is not there becomes the nearest."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def without_page(request: HttpRequest) -> str:
    """The query string without `page`, for links to the same list in another format."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
