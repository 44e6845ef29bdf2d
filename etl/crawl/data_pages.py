"""Further parts of a list that answers of data hold: by the address, the token or the total each names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qsl, urlencode, urljoin

from etl.crawl import links
from etl.crawl.linked import MOST_PAGES
from etl.crawl.reading import Count, Reading
from etl.crawl.session import CrawlSession
from etl.extract.jsonpages import Onward, parameters, table_protocol
from etl.extract.types import DataAddress

# https://developers.arcgis.com/rest/services-reference/enterprise/query-feature-service-layer/
_ARCGIS = "exceededTransferLimit"
_BY_ROWS = re.compile(r"\$?(?:skip|start|offset|from|first_?row|start_?index|row_?start)", re.I)
_BY_PAGE = re.compile(r"(?:p|pg|page|page_?(?:no|num|number|index))", re.I)


class DataPages:
    """The parts of one list behind its first answer. `scripts`: of the page that asks for it."""

    def __init__(self, session: CrawlSession, first: Reading, scripts: str) -> None:
        self._session, self._first, self._scripts = session, first, scripts
        self.onward: Onward = session.pages.onward(first)

    @property
    def is_of_several(self) -> bool:
        return self.onward.is_more and (self._next(self.onward, self._first.page.url, 1, 0) is not None)

    def readings(self) -> Iterator[Reading]:
        session, first, now = self._session, self._first, self.onward
        found, url, known = now.rows, first.page.url, {first.page.sha256}
        for number in range(1, MOST_PAGES):
            onward = self._next(now, url, number, found)
            if onward is None or not links.is_below(onward, session.entry):
                break
            url, key = onward, f"{first.key}~{number + 1}"
            reading = session.aside(partial(session.pages.data, key, DataAddress(url)))
            if reading is None:
                break
            now = session.pages.onward(reading)
            if reading.page.sha256 in known or not reading.content.projects:
                break  # its end, or the same again
            known.add(reading.page.sha256)
            found += now.rows
            reading.area, reading.of_list = first.area, first.unit
            yield reading
        else:
            session.incomplete(f"{first.key}: the list has no end; {len(known)} pages were read.")
        self._sum_up(found)

    def _sum_up(self, found: int) -> None:
        total, area = self.onward.total, self._first.area or self._first.unit
        if total is not None and (self.onward.rows or total):
            self._session.counts.append(Count(self._first.key, total, found, area=area))

    def _next(self, now: Onward, url: str, number: int, found: int) -> str | None:
        """The address of the part behind number `number`; None at the end, or where nothing tells it."""
        if now.link:
            return urljoin(url, now.link)
        first, names = self._first.page.url, parameters(self._scripts)
        if now.token:
            key, value = now.token
            bare = re.sub(r"^next_?", "", key, flags=re.I)
            suited = [name for name in names if key.lower().endswith(name.lower())]
            return _with(first, {(suited or [bare[:1].lower() + bare[1:]])[0]: value})
        rows, total = self.onward.rows, self.onward.total
        is_more = now.flag if total is None else (found or rows) < total
        if not is_more or not rows:
            return None
        if now.flag == _ARCGIS:
            return _with(first, {"resultOffset": str(number * rows)})
        if protocol := table_protocol(self._scripts):
            draw, start, length = protocol
            return _with(first, {draw: str(number + 1), start: str(number * rows), length: str(rows)})
        named = [*names, *(name for name, _ in parse_qsl(first.partition("?")[2]))]
        if by_rows := next(filter(_BY_ROWS.fullmatch, named), None):
            return _with(first, {by_rows: str(number * rows)})
        if by_page := next(filter(_BY_PAGE.fullmatch, named), None):
            own = dict(parse_qsl(first.partition("?")[2])).get(by_page, "1")
            return _with(first, {by_page: str((int(own) if own.isdigit() else 1) + number)})
        return None


def _with(url: str, more: dict[str, str]) -> str:
    path, _, query = url.partition("?")
    pairs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in more]
    return f"{path}?{urlencode([*pairs, *more.items()])}"
