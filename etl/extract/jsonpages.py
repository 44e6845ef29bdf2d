"""What an answer of data says of the next part of its list: an address, a token, a total. Pure.

`{"items": […], "nextPageToken": "…"}`, `{"value": […], "@odata.nextLink": "…"}`, `{"results": […], "_links":
{"next": {"href": "…"}}}`, `{"data": […], "recordsTotal": 50}`: in the words of the protocols of the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_NEXT = re.compile(r"next|continuation|cursor", re.I)
_MORE = re.compile(
    r"_?has_?(?:more|next)\w*|exceeded\w*limit|more_?(?:records|results|available|data)?|is_?truncated"
    r"|incomplete_?\w+",
    re.I,
)
_BEFORE = re.compile(r"prev|first|last|has|is_?", re.I)
_TOTAL = re.compile(
    r"@?(?:odata\.)?_*(?:i?total\w*|records?_?(?:total|filtered)|row_?count|num_?found|count)", re.I
)
_ADDRESS = re.compile(r"(?:https?:/)?/|\?|[\w.~-]+\?[\w$.%-]+=", re.I)
_LISTS = ("page", "paging", "pagination", "meta", "_meta", "links", "_links", "d")
_BY_VARIABLE = re.compile(r"[?&]([\w$.-]{1,40})=(?:['\"`]?\s*\+|\$\{)")
_LINK = re.compile(r"<([^<>]{1,2000})>[^<>]{0,200}?;\s*rel=\"?([\w -]{1,40})", re.I)
_LONGEST_HEADER = 8000  # characters
_SERVER_SIDE = re.compile(r"\b(b?[sS]erverSide)\b['\"]?\s*:\s*(?:true|!0)\b")


@dataclass(frozen=True, slots=True)
class Onward:
    """Where an answer's list goes on. `link`: the next part's address as written; `token`: a key and its
    value; `total`: rows in all; `rows`: those of this part; `flag`: the key that says there is more. Blank,
    or None, where nothing is said."""

    link: str = ""
    token: tuple[str, str] | None = None
    total: int | None = None
    rows: int = 0
    flag: str = ""

    @property
    def is_more(self) -> bool:
        return bool(
            self.link or self.token or self.flag or (self.total is not None and 0 < self.rows < self.total)
        )


def read_onward(text: str) -> Onward:
    """What an answer says; nothing where it is no JSON object."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return Onward()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Onward()
    said = list(_said(value))
    links = [found for key, part in said if _leads_on(key) and (found := _address(part))]
    tokens = [(key, str(part)) for key, part in said if _leads_on(key) and _is_token(part)]
    totals = [part for key, part in said if _TOTAL.fullmatch(key) and type(part) is int and part >= 0]
    flag = next((key for key, part in said if part is True and _MORE.fullmatch(key)), "")
    return Onward(
        next(iter(links), ""), next(iter(tokens), None), max(totals, default=None), _rows(value), flag
    )


def linked_next(header: str) -> str:
    """The address of the next part in a `Link` header (RFC 8288); "" where there is none."""
    found = (
        match for match in _LINK.finditer(header[:_LONGEST_HEADER]) if "next" in match[2].lower().split()
    )
    return next((match[1] for match in found), "")


def parameters(scripts: str) -> list[str]:
    """Names of the addresses' parameters that the page's scripts give a value of their own."""
    return list(dict.fromkeys(_BY_VARIABLE.findall(scripts)))


def table_protocol(scripts: str) -> tuple[str, str, str] | None:
    """Names of the draw, the first row and the number of rows that DataTables asks its server with:
    https://datatables.net/manual/server-side; None where no table of it does."""
    found = _SERVER_SIDE.search(scripts)
    if found is None:
        return None
    is_old = found[1].startswith("b")
    return ("sEcho", "iDisplayStart", "iDisplayLength") if is_old else ("draw", "start", "length")


def _said(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The plain values beside the list, and those of an object that speaks of its pages."""
    for key, part in value.items():
        yield key, part
        if isinstance(part, dict) and key.lower() in _LISTS:
            yield from part.items()


def _leads_on(key: str) -> bool:
    return bool(_NEXT.search(key)) and not _BEFORE.match(key)


def _address(part: Any) -> str:
    text = part.get("href") if isinstance(part, dict) else part
    return text if isinstance(text, str) and _ADDRESS.match(text) else ""


def _is_token(part: Any) -> bool:
    if isinstance(part, bool) or not isinstance(part, (str, int)):
        return False
    return 0 < len(str(part)) < 2000 and not _address(part)


def _rows(value: dict[str, Any]) -> int:
    """Of the longest list of objects or rows in it."""
    inner = [part for part in value.values() if isinstance(part, dict)]
    lists = [part for each in (value, *inner) for part in each.values() if isinstance(part, list)]
    return max((len(part) for part in lists if part and isinstance(part[0], (dict, list))), default=0)
