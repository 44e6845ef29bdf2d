"""An alphabet filter's letters: whether "All" shows all of the list, and what the letters add to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from etl.crawl.reading import Reading
from etl.extract.types import PageContent, PublishedProject

MOST_LETTERS = 100  # of one list


@dataclass
class Shown:
    """The projects and lines of one list that were shown so far, each once."""

    keys: set[tuple[str, ...]] = field(default_factory=set)
    projects: int = 0
    items: int | None = None  # how many projects its pager names, where it does
    line: int | None = None  # … and how many its municipality's line
    is_cut: bool = False  # "All" is the first page of several

    def take_all(self, content: PageContent, line: int | None) -> None:
        """What "All" shows, and of how many. `line`: projects that the municipality's line names."""
        pagers = [(table.pager, len(table.rows)) for table in content.tables if table.pager]
        self.items = max((pager.items for pager, _ in pagers if pager.items is not None), default=None)
        self.is_cut = any(
            pager.pages != 1 if pager.items is None else rows < pager.items for pager, rows in pagers
        )
        self.line = line if content.projects else None
        self.take(content)

    def take(self, content: PageContent) -> None:
        """Count what is new, and leave out of the page what other pages showed before: two rows of one number
        on one page are two."""
        content.projects = [project for project in content.projects if _key(project) not in self.keys]
        self.projects += len(content.projects)
        self.keys |= {_key(project) for project in content.projects}
        self.keys |= {("line", line.code) for line in content.listings}

    def less(self, reading: Reading) -> Reading:
        """The reading, when its page was taken in."""
        self.take(reading.content)
        return reading

    def lacks(self, content: PageContent) -> bool:
        """Whether a letter shows what "All" did not."""
        ids = {(project.external_id,) for project in content.projects if project.external_id}
        return not (ids | {("line", line.code) for line in content.listings}) <= self.keys

    @property
    def is_less_than_claimed(self) -> bool:
        return self.is_cut or any(self.projects < claimed for claimed in self._claims)

    @property
    def is_proven(self) -> bool:
        """Whether the list names its number, and as many were shown."""
        return bool(self._claims) and not self.is_less_than_claimed

    @property
    def _claims(self) -> list[int]:
        return [claimed for claimed in (self.items, self.line) if claimed is not None]


def _key(project: PublishedProject) -> tuple[str, ...]:
    return (project.external_id,) if project.external_id else tuple(project.published.values())
