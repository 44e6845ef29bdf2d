"""What the pages with filters share: a filtered list, cut into pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import django_filters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import SimpleLazyObject

from projects.log.paging import LogPaginator
from projects.models import DataChangeLog
from projects.wording.flags import ARE, MEANINGS

PER_PAGE = 50
_PLAIN = re.compile(r"[A-Za-z0-9]{1,20}")
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


def flag_counts(counts: Mapping[str, int], query: QueryDict | None = None) -> list[dict[str, Any]]:
    """Rows `flag label meaning count query chosen`, all flags in their order; `query`: the list's own, of
    which the links keep what else is asked for."""
    rows = []
    for flag, number in counts.items():
        link = query.copy() if query else QueryDict(mutable=True)
        link.pop("page", None)
        link["flag"] = flag
        rows.append(
            {
                "flag": flag,
                "label": ARE[flag],
                "meaning": MEANINGS[flag],
                "count": number,
                "query": link.urlencode(),
                "chosen": query is not None and query.get("flag") == flag,
            }
        )
    return rows


def by_socket(query: QueryDict, *names: str) -> dict[str, str] | None:
    """What a list asks for, where a socket can ask for the same by these `names`: each change that comes is
    one of the list then. None where it asks for more, and only the server can tell what is one."""
    asked = {name: str(value) for name, value in query.dict().items() if value and name not in _NO_FILTERS}
    if not asked.keys() <= set(names) or not all(_PLAIN.fullmatch(value) for value in asked.values()):
        return None
    return asked


def paged(request: HttpRequest, rows: QuerySet[Any] | list[Any], per_page: int = PER_PAGE) -> Page[Any]:
    """The page asked for; one that is not there becomes the nearest."""
    of_log = isinstance(rows, QuerySet) and rows.model is DataChangeLog
    return (LogPaginator if of_log else Paginator)(rows, per_page).get_page(request.GET.get("page"))


def without_page(request: HttpRequest) -> str:
    """The query string without `page`, for links to the same list in another format."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
