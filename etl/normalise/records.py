"""What normalising hands on: typed records, their canonical spelling and their digests. Pure."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class Issue(TypedDict):
    """A published text that could not be read, or was read with a doubt."""

    field: str
    label: str
    text: str
    problem: str


@dataclass(slots=True)
class ProjectRecord:
    """One project of one source, as published and as read.

    `values` has all of `projects.fields`: str, Decimal (rand; percent 0–100), int, date, float (degrees, six
    decimals), a sorted tuple of codes for "municipalities", or None for what is not published or not read.
    """

    external_id: str
    published: dict[str, str]  # the line's labels and strings, overlaid by the page's
    page_labels: tuple[str, ...]  # sorted; those of the project's own page
    values: dict[str, Any]
    issues: list[Issue]  # sorted, so that the order of columns does not count
    sources: dict[str, str]  # field → label that its value was read from
    url: str | None
    line_digest: str
    page_digest: str | None  # None where this run did not read the project's own page
    # where line and page differ: what the one that does not speak says (see `etl.normalise.merge`)
    other: dict[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()  # sorted; the areas that are lists of no municipality, which show it


@dataclass(slots=True)
class ListingRecord:
    """What a source publishes of a municipality as a whole: number of projects and their value in rand."""

    code: str  # as published; an unknown one has an issue
    name: str
    projects: int | None
    value: Decimal | None
    published: dict[str, str]
    issues: list[Issue] = field(default_factory=list)
    url: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what is published; the URL is left out, it can change with the session."""
        return digest_of(self.published)


def canonical(value: Any) -> Any:
    """The one spelling of a value in digests and in the log.

    Decimal → "62.00", date → ISO, tuple → list, text in NFC; None, int and float stay.
    """
    if type(value) is str:
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, Decimal):
        return f"{value + 0:.2f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, tuple | list):
        return [canonical(part) for part in value]
    return value


def _is_plain(value: Any) -> bool:
    """Whether its canonical spelling is itself, where that is ASCII."""
    kind = type(value)
    return kind is str or (kind is list and all(type(part) is str for part in value))


def digest_of(mapping: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the mapping as canonical JSON: sorted keys, NFC, no white space."""
    text = _json(mapping) if all(map(_is_plain, mapping.values())) else ""
    if not text or not text.isascii():  # what is ASCII is in NFC as it is
        text = _json({canonical(key): canonical(value) for key, value in mapping.items()})
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
