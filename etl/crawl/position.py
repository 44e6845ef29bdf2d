"""Where a crawl is in a list whose pages are posted for. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from etl.crawl.linked import same_table
from etl.crawl.webforms import gridview_hop
from etl.extract.types import PageContent, Pager, Table


@dataclass
class ListPosition:
    """Where we are in one list: its table as first seen, its pager as last seen, the page that it shows."""

    table: Table
    number: int  # of the table on its page
    pager: Pager
    at: int

    def move(self, content: PageContent, at: int | None = None) -> None:
        found = same_table(content, self.table, self.number)
        if found and found.pager:
            self.pager = found.pager
        elif self.pager.how == "gridview":
            self.pager.arguments = {}
        self.at = at or self.pager.page

    @property
    def is_onward(self) -> bool:
        """Whether the next page is more than a step from the first: it is reached from one to the next."""
        if self.pager.how not in ("gridview", "more"):
            return False
        first, wanted = self.table.pager, self.at + 1
        hop = gridview_hop(first.arguments, first.page, wanted) if first else None
        return hop is None or hop[1] != wanted

    def names(self, page: int) -> bool:
        """Whether the pager names a page by its number: then it is there, whatever a "next" may promise."""
        named = self.pager.arguments
        return str(page) in named or (self.pager.how == "gridview" and f"Page${page}" in named.values())

    def is_followed(self, kept: PageContent, content: PageContent) -> bool:
        """Whether a page shows what comes after the one that was kept: nothing of it, or all and more."""
        before, after = self._rows(kept), self._rows(content)
        first = {tuple(row) for row in self.table.rows}
        return bool(after - before) and (before < after or not after & (before | first))

    def _rows(self, content: PageContent) -> set[tuple[str, ...]]:
        found = same_table(content, self.table, self.number)
        return {tuple(row) for row in found.rows} if found else set()
