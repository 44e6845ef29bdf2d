"""What a socket asks for: `?after=` and the filters that narrow its changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from projects.declared import REGISTRY
from projects.languages import ENGLISH, LANGUAGES
from projects.models import DataChangeLog, Province, Severity
from projects.pages.boards import NAMES as BOARDS
from projects.pages.boards import Board

_ID = re.compile(r"[0-9]{1,18}")
_CODE = re.compile(r"[A-Za-z0-9]{2,20}")


class BadQuery(Exception):
    """A query value that cannot be what it claims; the message names the parameter."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What a change can be filtered by. `project` is None for changes of anything else."""

    project: int | None
    municipalities: frozenset[str]
    province: str | None
    severity: str
    source: str

    @classmethod
    def of(cls, row: DataChangeLog) -> Facets:
        codes = {*row.municipalities, row.municipality} - {None}
        project = row.entity_id if row.entity_type == "project" else None
        return cls(project, frozenset(codes), row.province, row.severity, row.source_id)


@dataclass(frozen=True, slots=True)
class Filters:
    """All that is not None has to match."""

    project: int | None = None
    municipality: str | None = None
    province: str | None = None
    severity: str | None = None
    source: str | None = None

    def match(self, facets: Facets) -> bool:
        return (
            (self.project is None or self.project == facets.project)
            and (self.municipality is None or self.municipality in facets.municipalities)
            and (self.province is None or self.province == facets.province)
            and (self.severity is None or self.severity == facets.severity)
            and (self.source is None or self.source == facets.source)
        )


@dataclass(frozen=True, slots=True)
class Query:
    """`after` is the last id that the client knows, None when it wants only what comes. `board`: the open
    page whose parts it wants, with `board_at`, the id that those on the page are of; `language`: its code.
    """

    after: int | None
    filters: Filters
    board: Board | None = None
    board_at: int | None = None
    language: str = ENGLISH.code


def parse(query_string: bytes) -> Query:
    """Read `after= project= municipality= province= severity= source= board= board_at= lang=`.

    What is empty is not asked for; unknown names are ignored, whatever bytes they bring. Raises BadQuery.
    """
    try:
        # A bad byte becomes U+FFFD, which no known name accepts.
        given = parse_qs(query_string.decode("ascii", "replace"), max_num_fields=50, errors="replace")
    except ValueError:
        raise BadQuery("The query has too many fields.") from None
    values = {name: texts[-1].strip() for name, texts in given.items()}
    filters = Filters(
        project=_whole(values, "project"),
        municipality=_code(values, "municipality"),
        province=_one_of(values, "province", Province.values),
        severity=_one_of(values, "severity", Severity.values),
        source=_one_of(values, "source", list(REGISTRY)),
    )
    language = _one_of(values, "lang", list(LANGUAGES)) or ENGLISH.code
    board = _board(values, filters, language)
    return Query(_whole(values, "after"), filters, board, _whole(values, "board_at"), language)


def _board(values: Mapping[str, str], filters: Filters, language: str) -> Board | None:
    name = _one_of(values, "board", list(BOARDS))
    if name == "municipality" and filters.municipality is None:
        raise BadQuery("board=municipality needs municipality, the code of one.")
    if name == "source" and filters.source is None:
        raise BadQuery("board=source needs source, the name of one.")
    code = {"municipality": filters.municipality, "source": filters.source}.get(name or "")
    return Board(name, code, language) if name else None


def _whole(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name, "")
    if text and not _ID.fullmatch(text):
        raise BadQuery(f"{name} must be a whole number, 0 or more.")
    return int(text) if text else None


def _code(values: Mapping[str, str], name: str) -> str | None:
    text = values.get(name, "")
    if text and not _CODE.fullmatch(text):
        raise BadQuery(f"{name} must be a code of letters and digits, such as LIM331.")
    return text.upper() or None


def _one_of(values: Mapping[str, str], name: str, known: list[str]) -> str | None:
    text = values.get(name, "")
    for code in known:
        if text.lower() == code.lower():
            return code
    if text:
        raise BadQuery(f"{name} must be one of {', '.join(known)}.")
    return None
