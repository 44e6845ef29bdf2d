"""A page as read. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from etl.extract.types import PageContent, Table
from etl.fetch.page import Page

_LIST = "list-"
FIRST_PAGE = "rows of its first page, the same at its end"
PAGES = "pages of its list with rows of their own"


@dataclass(slots=True)
class Reading:
    """One page as asked for, received, kept and read. `area`: the municipality (or province) whose page it
    is; `is_had`: it was asked for by a reading that was cut off, and its form is of a session that is over;
    `of_list`: the unit of the list that it is a further page of, where its own key does not say which;
    `substance`: SHA-256 of what it publishes of projects, addresses apart, "" where nobody can tell."""

    key: str
    page: Page
    content: PageContent
    area: str | None = None
    external_id: str | None = None  # for a project's own page: the project it was asked for
    is_had: bool = False
    of_list: str = ""
    substance: str = ""

    @property
    def unit(self) -> str:
        """What it is believed with: its municipality or province; a list of none is an area of its own."""
        if self.area or self.external_id:
            return self.area or ""
        return self.of_list or area_of_list(self.key.partition("#")[0])

    def counted(self, table: Table) -> str:
        """The area that a total of a table is of; "" where its rows are areas themselves."""
        return self.area or (self.unit if table.role == "projects" else "")

    @property
    def shortfall(self) -> str:
        """That not all of the page could be read, in a sentence; blank where all was."""
        if self.content.is_whole:
            return ""
        return f"{self.key}: not all of the page could be read. {' '.join(self.content.notes)}"


def area_of_list(key: str) -> str:
    """The area that a list of no municipality is, by its first page's key."""
    return _LIST + sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def is_list(area: str) -> bool:
    """Whether an area is a list of no municipality."""
    return area.startswith(_LIST)


@dataclass(frozen=True, slots=True)
class Count:
    """A total that the site names, and how many there were: whether that matters is for the checks to say.

    `area`: the area that it is of, "" for none. `kind`: what is counted, in a few words.
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
