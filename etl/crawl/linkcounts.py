"""Numbers in the texts of links ("Completed: 8 projects") beside the projects of the lists behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from etl.crawl.reading import Count, Reading
from etl.extract.panelcounts import are_counts, number_in

NAMED = "projects that its link names"


@dataclass(slots=True)
class _Link:
    """A link of a page with a number: its text, and the key of the list behind it."""

    text: str
    number: int
    key: str


@dataclass(slots=True)
class _List:
    """The projects of a list, all its pages together, and the area that it is."""

    area: str
    projects: set[str | tuple[str, ...]] = field(default_factory=set)


@dataclass
class LinkCounts:
    """What the links of each page say, and what was read behind them. What a link says counts where most
    links of its page say what was read there, and none says fewer."""

    _links: dict[str, list[_Link]] = field(default_factory=dict)
    _lists: dict[str, _List] = field(default_factory=dict)

    def note(self, page: str, text: str, key: str) -> None:
        """A link of a page leads to a list."""
        if (number := number_in(text)) is not None:
            self._links.setdefault(page, []).append(_Link(text, number, key))

    def take(self, key: str, reading: Reading) -> None:
        """A page of a list was read."""
        listed = self._lists.setdefault(key, _List(reading.unit))
        for project in reading.content.projects:
            listed.projects.add(project.external_id or tuple(project.published.values()))

    def counts(self) -> Iterator[Count]:
        """The numbers of links that are believed to be counts."""
        for links in self._links.values():
            read = [link for link in links if link.key in self._lists]
            if not are_counts([(link.number, len(self._lists[link.key].projects)) for link in read]):
                continue
            for link in read:
                listed = self._lists[link.key]
                what = f"{link.key}: {NAMED}, “{link.text}”"
                yield Count(what, link.number, len(listed.projects), area=listed.area, kind=NAMED)
