"""A page as read. Pure data."""

from __future__ import annotations

from dataclasses import dataclass

from etl.extract.types import PageContent
from etl.fetch.page import Page


@dataclass(slots=True)
class Reading:
    """One page as asked for, received, kept and read. `area`: the municipality whose page it is."""

    key: str
    page: Page
    content: PageContent
    area: str | None = None
    external_id: str | None = None  # for a project's own page: the project it was asked for

    @property
    def shortfall(self) -> str:
        """That not all of the page could be read, in a sentence; blank where all was."""
        if self.content.is_whole:
            return ""
        return f"{self.key}: not all of the page could be read. {' '.join(self.content.notes)}"


@dataclass(frozen=True, slots=True)
class Count:
    """A total that the site names, and how many there were: whether that matters is for the checks to say.

    `area`: the municipality that it is of, "" for none. `kind`: what is counted, in a few words.
    `is_of_site`: the site says it, else it is ours."""

    what: str
    claimed: int
    found: int
    template: str = "{what}: the site says {claimed}, {found} could be read."
    area: str = ""
    kind: str = "rows of its list"
    is_of_site: bool = True

    @property
    def sentence(self) -> str:
        return self.template.format(what=self.what, claimed=self.claimed, found=self.found)
