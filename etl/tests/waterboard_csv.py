"""A water board's own list of projects, one CSV file: all that a source needs. Only tests declare it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import StringIO

from etl.compare.known import Known
from etl.compare.survey import Survey
from etl.crawl.page_reader import PageReader
from etl.crawl.reading import Count
from etl.exceptions import PageChanged
from etl.extract.types import ListingLine, PageContent, PublishedProject, Table
from etl.fetch.page import Page
from etl.monitor import DeclaredSource
from etl.project_source import ProjectSource

_COLUMNS = {"Project No", "Project Name", "Municipality", "Budget"}  # without them it is another file
_PLACE = re.compile(r"(.+?) \[(\w+)\]")


class WaterBoardList(ProjectSource):
    """Reads the list. A line `Total;2;Cape Town [CPT];…` says how many projects a municipality has."""

    def read_pages(self, pages: PageReader, survey: Survey, known: Known) -> None:
        reading = pages.get("list", self.entry)
        survey.add(reading, self.evidence.observe(reading))
        places = [project.published["Municipality"] for project in reading.content.projects]
        for line in reading.content.listings:
            if line.projects.isdecimal():
                shown = sum(f"[{line.code}]" in place for place in places)
                survey.counts.append(Count(f"[{line.code}]: projects", int(line.projects), shown))

    def extractor(self) -> Callable[[Page], PageContent]:
        return read_list

    @staticmethod
    def clean(body: bytes, content_type: str) -> bytes:
        return body  # no markup, no session: every byte counts


def read_list(page: Page) -> PageContent:
    """The list's lines. Raises PageChanged."""
    header, rows = _table(page)
    content = PageContent(tables=[Table("table", "", header, rows)])
    for row in rows:
        if len(row) != len(header):
            content.is_whole = False
            content.notes.append(f"A line has {len(row)} cells instead of {len(header)}: {row[0]}.")
            continue
        published = dict(zip(header, row, strict=True))
        if published["Project No"] == "Total":
            content.listings.append(_total(published))
        else:
            project = PublishedProject(published["Project No"], published, url=None, part="line")
            content.projects.append(project)
    return content


def _total(published: dict[str, str]) -> ListingLine:
    place = _PLACE.fullmatch(published["Municipality"])
    name, code = (place[1], place[2]) if place else (published["Municipality"], "")
    return ListingLine(code, name, published["Project Name"], published["Budget"])


def _table(page: Page) -> tuple[list[str], list[list[str]]]:
    """The column names, and the lines that are not blank. Raises PageChanged."""
    try:
        lines = list(csv.reader(StringIO(page.text, newline=""), delimiter=";", strict=True))
    except csv.Error as error:
        raise PageChanged(f"{page.url} is no list of projects: {error}.") from error
    header, *rows = [[" ".join(cell.split()) for cell in line] for line in lines if any(line)] or [[]]
    if missing := _COLUMNS - set(header):
        raise PageChanged(f"{page.url} is no list of projects: it has no column “{min(missing)}”.")
    return header, rows


SOURCE = DeclaredSource(
    "waterboard",
    "Water Board: list of projects",
    short="the water board",
    minutes=45,
    url="https://waterboard.example/projects.csv",
    entry_setting="WATERBOARD_URL",
    access="the water board’s host answers on working days",
    records="schemes",
    monitor=WaterBoardList,
)
