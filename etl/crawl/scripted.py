"""Data that only a page's scripts ask for: their addresses are asked for in the scripts' place.

Only for a page that shows no data itself, only what reads, and only a few addresses a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit

from etl.crawl import links
from etl.crawl.closing import look_again
from etl.crawl.data_pages import DataPages
from etl.crawl.paging import Paging
from etl.crawl.reading import Reading
from etl.crawl.session import CrawlSession
from etl.extract.types import DataAddress, PageContent
from etl.values.addresses import without_session

_MOST_ADDRESSES = 5  # of one page
_MOST_ASKED = 200  # of one crawl
# What changes something, or is no list. The first is looked for anywhere, the second among whole words.
_CHANGES = re.compile(
    r"delet|remov|updat|insert|upload|sav(?:e|ing)|logo(?:ut|ff)|log-?in|sign(?:in|out|off)|submit|approv|reject|"
    r"regist|subscri|passw|keep-?alive|heartbeat|time-?out|abandon|export|download|captcha|cookie|consent|telemetry",
    re.I,
)
_WORDS = frozenset(
    "add append archive assign cancel change clear close copy create destroy do drop edit execute import "
    "kill lock log mail merge modify move new notify patch ping post publish purge put rename replace reset "
    "run send session set share start stop store sync track translate trigger unlock vote write".split()
)
_SETS = re.compile(r"(?:data|record|result)sets?", re.I)  # of rows: nothing is set
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CLOCK = re.compile(r"\d{9,}|[0-9a-f-]{16,}|0\.\d{6,}", re.I)


def scripted_data(session: CrawlSession, first: Reading, known: set[str]) -> Iterator[Reading]:
    """What the addresses of the page's scripts answer. `known`: keys of those that the crawl has had: none is
    asked for twice."""
    wanted: dict[str, DataAddress] = {}
    for address in first.content.data_addresses:
        url, key = address.url, key_of(address.url)
        if key not in known and links.is_below(url, session.entry) and only_reads(url, session.entry):
            wanted.setdefault(key, address)
    left = min(_MOST_ADDRESSES, _MOST_ASKED - len(known))
    if len(wanted) > left:
        named = f"{first.key}: its scripts name {len(wanted)} addresses of data"
        session.not_had(f"{named}; {max(left, 0)} were asked for.", is_list=True)
    for key, address in list(wanted.items())[: max(left, 0)]:
        known.add(key)
        name = f"{first.key}#{key}"
        session.report(0, name)
        reading = session.aside(partial(session.pages.data, name, address))
        if reading:
            reading.area = first.area or links.area_of(reading.content)
            yield reading
            paging, pages = Paging(session, reading), DataPages(session, reading, first.page.text)
            if not address.is_call and pages.is_of_several:
                yield from pages.readings()
                paging.is_of_several = True
            elif pages.onward.flag:
                session.incomplete(
                    f"{reading.key}: it says that there is more of its list; that was not read."
                )
            if address.is_call:
                paging.shows_again = partial(_called_again, session, address.url)
            if not paging.is_of_several:
                yield from paging.readings()
            if paging.is_of_several and (count := look_again(session, reading, paging)):
                session.counts.append(count)


def _called_again(session: CrawlSession, url: str) -> PageContent:
    return session.pages.offered(session.pages.fetcher.call(url))


def only_reads(url: str, entry: str) -> bool:
    """Whether nothing in the address, below the entry's folder, says that it changes something, or is about
    sessions or files."""
    parts, folder = urlsplit(without_session(url)), urlsplit(without_session(entry)).path.rpartition("/")[0]
    text = _SETS.sub("", f"{parts.path.removeprefix(folder)} {parts.query}")
    return says_it_only_reads(text)


def says_it_only_reads(text: str) -> bool:
    """Whether no word of an address or of a button says that it changes something."""
    words = {word.lower() for word in _WORD.findall(text)}
    return not _CHANGES.search(text) and not words & _WORDS


def key_of(url: str) -> str:
    """The address's name from poll to poll: without values that are another each time (clocks, tokens)."""
    path, _, query = links.key_of(url).partition("?")
    pairs = [(n, "" if _CLOCK.fullmatch(v) else v) for n, v in parse_qsl(query, keep_blank_values=True)]
    return path + (f"?{urlencode(pairs)}" if pairs else "")
