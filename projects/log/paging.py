"""Pages of a list that may be as long as the log: what a page costs does not grow with what lies before it.

The number of rows is exact where it is known without counting (the whole log: its ids are dense) or small;
else it is counted to `MOST_COUNTED`, of a long log among its newest changes where enough of these fit, and
`is_exact` says that there are more. A page far into the list is found by ids alone, and the rows are read of
what is shown.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models.lookups import GreaterThan

from projects.log.counted import SHORT, head_of_log, once
from projects.models import ChangeFacet, DataChangeLog
from projects.models.querysets import LOOKED_AT, MOST_COUNTED

_MOST_EVENTS = 2_000  # counted, of mass edits
_NEAR = 500  # rows that are skipped by reading them
ENOUGH = 100  # of the changes looked at in a longer log, where so many of them fit: more would say no more
_NEWEST_FIRST = ({"-pk"}, {"-id"}, {"-id", "-pk"}, {"-facets__change_id"})
_OLDEST_FIRST = ({"pk"}, {"facets__change_id"})


class LogPaginator(Paginator):
    """Django's, for a queryset in order, or for a list of which `is_cut` says that there is more."""

    object_list: Any

    @cached_property
    def count(self) -> int:
        return self._counted[0]

    @cached_property
    def _newest(self) -> int:
        return DataChangeLog.objects.newest()

    @cached_property
    def is_exact(self) -> bool:
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        if isinstance(self.object_list, list):
            return len(self.object_list), not getattr(self.object_list, "is_cut", False)
        if self._oldest is not None:
            return max(0, self._newest - self._oldest), True
        head = head_of_log()[1] if self.object_list.model is DataChangeLog and self._newest > SHORT else None
        return once(self._asked, head, self._count) if head else self._count()

    @property
    def _asked(self) -> str:
        try:
            return repr(self.object_list.query.sql_with_params())
        except EmptyResultSet:
            return ""  # nothing can fit

    def _count(self) -> tuple[int, bool]:
        most = MOST_COUNTED if self.object_list.model is DataChangeLog else _MOST_EVENTS
        rows = self.object_list.order_by()
        after = self._newest - LOOKED_AT if rows.model is DataChangeLog else 0
        if after > 0:
            number = rows.filter(pk__gt=after)[: most + 1].count()
            if number >= ENOUGH:
                return min(number, most), number <= most and not rows.filter(pk__lte=after).exists()
        number = rows[: most + 1].count()
        return min(number, most), number <= most

    def count_all(self) -> None:
        """Count to the end after all: for who asks for the last page."""
        if not self.is_exact and not isinstance(self.object_list, list):
            self.count, self.is_exact = self.object_list.order_by().count(), True

    @cached_property
    def _oldest(self) -> int | None:
        """The id behind which all of the log is listed, 0 for the whole; None where some is left out."""
        query = self.object_list.query
        if query.model is not DataChangeLog or self._order not in (*_NEWEST_FIRST, *_OLDEST_FIRST):
            return None
        terms = query.where.children
        if len(terms) == 1 and isinstance(terms[0], GreaterThan) and terms[0].lhs.target.primary_key:
            return int(terms[0].rhs)
        return None if terms else 0

    @property
    def is_bounded(self) -> bool:
        """Whether there is no page beyond `num_pages`."""
        return isinstance(self.object_list, list) or self.is_exact

    def validate_number(self, number: Any) -> int:
        try:
            wanted = int(number)
        except (TypeError, ValueError):
            raise PageNotAnInteger("That page number is not an integer") from None
        if wanted < 1:
            raise EmptyPage("That page number is less than 1")
        if self.is_bounded and wanted > self.num_pages:
            raise EmptyPage("That page contains no results")
        return wanted

    def page(self, number: Any) -> LogPage:
        wanted = self.validate_number(number)
        # One more tells whether there is another page.
        rows = self._rows((wanted - 1) * self.per_page, self.per_page + 1)
        if not rows and wanted > 1:
            raise EmptyPage("That page contains no results")
        return LogPage(rows, wanted, self)

    @cached_property
    def key(self) -> str | None:
        """The number behind which a page can begin: of a change its id, of an event its newest change."""
        if isinstance(self.object_list, list) or self._order == {"-last"}:
            return "last"
        return "pk" if self._order in (*_NEWEST_FIRST, *_OLDEST_FIRST) else None

    def page_past(self, number: int, key: int) -> LogPage:
        """The page of that number, which begins behind a key: no row before it is looked at."""
        if isinstance(self.object_list, list):
            rest: Any = [row for row in self.object_list if self.key_of(row) < key]
        else:
            side = "gt" if self._order in _OLDEST_FIRST else "lt"
            rest = self.object_list.filter(**{f"{self.key}__{side}": key})
        return LogPage(list(rest[: self.per_page + 1]), number, self)

    def key_of(self, row: Any) -> int:
        return row["last"] if isinstance(row, dict) else getattr(row, str(self.key))

    @property
    def _order(self) -> set[str]:
        return {*self.object_list.query.order_by}

    def _rows(self, start: int, number: int) -> list[Any]:
        rows = self.object_list
        if isinstance(rows, list):
            return rows[start : start + number]
        if self._oldest is not None:  # ids are dense: a page's are known
            is_rising = self._order in _OLDEST_FIRST
            begin = {"pk__gt": self._oldest + start} if is_rising else {"pk__lte": self._newest - start}
            return list(rows.filter(**begin)[:number])
        if start < _NEAR:
            if rows.model is DataChangeLog and self._order in _NEWEST_FIRST:
                return rows.sliced(start, start + number, self._newest + 1)
            return list(rows[start : start + number])
        return list(rows.filter(pk__in=list(self._ids[start : start + number])))

    @property
    def _ids(self) -> Any:
        """In order, by an index alone where the list is of one facet."""
        rows = self.object_list
        facet = _lone_facet(rows)
        if facet is None or self._order not in _NEWEST_FIRST:
            return rows.values_list("pk", flat=True)
        of_facet = ChangeFacet.objects.filter(facet=facet).order_by("-change_id")
        return of_facet.values_list("change_id", flat=True)


def _lone_facet(rows: Any) -> str | None:
    """The facet that is all that is asked of the changes."""
    terms = rows.query.where.children
    column = getattr(getattr(terms[0], "lhs", None), "target", None) if len(terms) == 1 else None
    return terms[0].rhs if column is ChangeFacet._meta.get_field("facet") else None


class LogPage(Page[Any]):
    """`object_list` are the rows that are shown."""

    paginator: LogPaginator

    def __init__(self, rows: list[Any], number: int, paginator: LogPaginator) -> None:
        self._has_next = len(rows) > paginator.per_page
        super().__init__(rows[: paginator.per_page], number, paginator)

    def has_next(self) -> bool:
        return self._has_next

    # One that begins behind a key has the number that its link gave it, however many there are by now.
    def next_page_number(self) -> int:
        return self.number + 1

    def previous_page_number(self) -> int:
        before = self.number - 1
        return min(before, max(1, self.paginator.num_pages)) if self.paginator.is_bounded else before


__all__ = ["LogPage", "LogPaginator"]
