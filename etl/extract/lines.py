"""Municipality lines: `Name - [CODE] N Projects with a Total value: R…`, however they are marked up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import accumulate, chain, repeat

from lxml import etree

from etl.extract.document import Document
from etl.extract.html import BLOCKS, UNSHOWN, Element
from etl.extract.types import ListingLine, Table

# In the page's text: a line's end, a cell's end, the edge of an inline element
_LINE, _CELL, _EDGE = "\n", "\t", "\ue000"  # no white space for `\s`
_GAP = r"[\s\ue000]*"
_COUNT = r"\d{1,3}(?:[ ,.'’]\d{3})+(?!\d)|\d{1,7}"
_UNIT = r"(?:\s?(?:million|billion|thousand|trillion|mil|bn|m|k)\b)?"
_MONEY = rf"-?R\s?\d+(?:[ ,.'’]\d{{3}})*(?:[.,]\s?\d{{1,2}}(?!\d))?\+?{_UNIT}"
_WHOLE = rf"(?:{_COUNT})(?:\.0{{1,2}}(?!\d))?\+?"
# "12 Water Projects": of this dashboard all are; "12 completed projects" are some of them
_WATERS = ("bulk", "water", "sanitation", "infrastructure", "supply", "services", "and", "&", "en")
_WATER = r"(?:bulk|water|waste ?water|sanitation|infrastructure|supply|services|and|&|en)"
_NEAR = 20  # characters: the longest of them and the blanks behind it
_OF_WATER = rf"(?:{_WATER}[\s\ue000]+){{0,5}}"
_PROJECTS = r"(?:projects?|projekte?|projek|waterprojekte?)"
_PROVINCES = "EC|FS|GT|GP|KZN|LIM|MP|NC|NW|WC"
_MDB = rf"(?:{_PROVINCES})\d{{1,3}}|DC\d{{1,3}}|BUF|CPT|EKU|ETH|JHB|MAN|NMA|TSH"
# In brackets stand all sorts of abbreviations ([RBIG]): only codes as the Demarcation Board makes them count
_CODE = re.compile(rf"\[\s*({_MDB}|{_PROVINCES})\s*\]|\(\s*({_MDB}|{_PROVINCES})\s*\)")
_TAIL = re.compile(
    rf"{_GAP}[-–—:,]?{_GAP}(?:[\[(]?(?P<projects>{_WHOLE})\)?{_GAP}{_OF_WATER}{_PROJECTS}\b[\])]?"
    rf"|(?P<none>no|nil|zero|geen)\s{_PROJECTS}\b|{_PROJECTS}{_GAP}[:=]{_GAP}(?P<behind>{_COUNT})(?![.,/–-]?\d|%))"
    rf"(?:{_GAP}[,;]?{_GAP}(?:(?:(?:with|met){_GAP}(?:an?|['’‘`]n){_GAP})?total[e]?{_GAP}(?:value|waarde))?"
    rf"(?:{_GAP}(?:of|van))?{_GAP}[,;:–—-]?{_GAP}(?P<value>{_MONEY}))?",
    re.IGNORECASE,
)
_BEFORE_WORD = frozenset(" >;\n\t\r\u00a0\u202f0123456789")
_MARKUP_END = re.compile(r"(?:<[^<>]*>|&nbsp;|&#160;|\s)+$")
_COUNT_END = tuple("0123456789)+")
_COUNT_OF_WATER = re.compile(
    rf"[\d)+](?:[\s>]|&nbsp;){{1,3}}(?:{_WATER}\s{{1,3}}){{1,5}}proje|\d\)?\s{{1,3}}waterprojek"
)
_COUNT_BEHIND = re.compile(
    rf"{_PROJECTS}[^:=<]{{0,3}}(?:<[^<>]{{0,200}}>[^:=<]{{0,3}}){{0,3}}[:=](?:<[^<>]*>|&nbsp;|&#160;|\s)*+\d"
)
_MARKUP = re.compile(r"<[^<>]*>|&nbsp;|&#160;")
_COUNT_OF_CODE = re.compile(rf"[\])]\s*(?:[-–—:,]|&[#\w]+;)?\s*[\[(]?(?:{_WHOLE})\)?\s*$")
_REACH = 2000  # characters of markup between a code and the count behind it
_BLANKS = re.compile(r"\s+")
_EMPTY_LINE = re.compile(r"\s*\n\s*\n\s*")
_LONGEST_NAME = 60
_SENTENCE_END = re.compile(
    r"[a-z0-9]{3}[.!?][\"'”’)]*(?:\s|$)"
)  # "was opened. Giyani", not "Dr. Beyers Naudé"
_NOTE = re.compile(r"\([^()]{1,30}\)$")  # "Emalahleni (MP)"
_TRIMMED = " -–—:,\u00a0"
_BULLETS = "•·*»>▪◦-–— "

_CODE_CELL = re.compile(rf"^[\[(]?\s*({_MDB})\s*[\])]?$")
_NAME_CODE_CELL = re.compile(rf"^(.+?)\s*[-–—]?\s*[\[(]\s*({_MDB})\s*[\])]$")
COUNT_HEADER = re.compile(
    r"^(?:(?:no\.?|nr\.?|num\.?|number|count|total|#)\s*(?:no\.?\s*|number\s*)?(?:of\s*)?)?projects$"
    r"|^projects?\s*(?:count|\(.*\)|total)$",
    re.IGNORECASE,
)
_VALUE_HEADER = re.compile(r"value|amount|cost|budget", re.IGNORECASE)
_NAME_HEADER = re.compile(r"name|municipal|metro|district|wsa|authority", re.IGNORECASE)


def read_lines(document: Document, tables: list[Table]) -> list[ListingLine]:
    """All municipality lines of the page, each once."""
    found = _in_text(document) if may_hold_lines(document.source) else []
    for table in tables:
        if table.kind != "fields":
            found.extend(listing_rows(table))
    unique: dict[tuple[str, ...], ListingLine] = {}
    for line in found:
        unique.setdefault((line.code, line.name, line.projects, line.value), line)
    return list(unique.values())


def may_hold_lines(source: str) -> bool:
    """Whether a code's bracket and a number stand before the word "project(s)", or a number behind it and a
    colon, anywhere in the (lower-case) markup."""
    for word in ("project", "projek"):
        at = source.find(word)
        while at >= 0:
            before = source[max(0, at - 2) : at]
            # letters or a path before it ("water project", "/project/") cannot be a count
            may_count = before[-1:] in _BEFORE_WORD and not before[:1].isalpha()
            if (
                may_count
                and _MARKUP_END.sub("", source[max(0, at - 300) : at])[-1:] in _COUNT_END
                and _COUNT_OF_CODE.search(unescape(_MARKUP.sub(" ", source[max(0, at - _REACH) : at])))
            ):
                return True
            if _COUNT_BEHIND.match(source, at):
                return True
            at = source.find(word, at + len(word))
    pieces = source.split("proje")[:-1]
    is_of_water = any(piece[-_NEAR:].rstrip().endswith(_WATERS) for piece in pieces)
    return is_of_water and _COUNT_OF_WATER.search(source) is not None


@dataclass(slots=True)
class _Stream:
    """The page's text with marks for lines, cells and edges, and the parts of it that are its links'."""

    parts: list[str] = field(default_factory=list)
    linked: list[tuple[int, int, str]] = field(default_factory=list)  # first part, behind the last, URL

    def links(self) -> list[tuple[int, int, str]]:
        """Start and end of each link in the text, and its URL."""
        at = list(accumulate(map(len, self.parts), initial=0))
        return [(at[start], at[end], url) for start, end, url in self.linked]


def _in_text(document: Document) -> list[ListingLine]:
    stream = _stream(document)
    text = "".join(stream.parts)
    links = stream.links()
    found: list[ListingLine] = []
    behind = 0
    for code in _CODE.finditer(text):
        tail = _TAIL.match(text, code.end()) if code.start() >= behind else None
        start = _name_start(text, behind, code.start()) if tail else None
        if tail is None or start is None:
            continue
        name = _name(text[start : code.start()])
        if _is_name(name):
            url = _url(links, text, start, tail.end())
            count = tail["projects"] or tail["behind"] or f"{tail['none']} projects"
            found.append(ListingLine(code[1] or code[2], name, count, (tail["value"] or "").strip(), url))
            behind = tail.end()
    return found


def _name_start(text: str, behind: int, end: int) -> int | None:
    """Where the name before the code begins: its own line, or the line before where the code opens one."""
    window = text[max(behind, end - 300) : end]
    offset = end - len(window)
    for start in sorted((match.end() for match in re.finditer(r"[\n\t]|^", window)), reverse=True):
        if window[start:].strip(_TRIMMED + _EDGE + _LINE + _CELL):
            return offset + start
    return None


def _name(text: str) -> str:
    """The last piece that says something: headings and letters in elements before it are not the name."""
    text = text.rpartition(";")[2]
    pieces = [piece for part in text.split(_EDGE) if (piece := part.strip(_TRIMMED + _LINE + _CELL))]
    return " ".join(pieces[-1].split()).lstrip(_BULLETS) if pieces else ""


def _is_name(text: str) -> bool:
    """Whether a text may be a municipality's name, and is no piece of prose."""
    bare = _NOTE.sub("", text)
    return 0 < len(text) <= _LONGEST_NAME and not _SENTENCE_END.search(bare) and not set(bare) & set("[]()")


def _url(links: list[tuple[int, int, str]], text: str, start: int, end: int) -> str | None:
    """The link in or around the line, else one that follows it in the same row or item."""
    around = next((url for a, b, url in links if a < end and b > start), None)
    if around is not None:
        return around
    line_end = text.find(_LINE, end)
    line_end = len(text) if line_end < 0 else line_end
    following = _CODE.search(text, end, line_end)
    line_end = following.start() if following else line_end
    return next((url for a, _, url in links if end <= a < line_end), None)


def _stream(document: Document) -> _Stream:
    stream = _Stream()
    add = stream.parts.append
    opened: list[tuple[Element, int]] = []
    walk = etree.iterwalk(document.root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            add(_flat(element.tail))
        elif event == "start" and element.tag in UNSHOWN:
            walk.skip_subtree()
        elif event == "start":
            add(_MARKS.get(element.tag, _EDGE))
            if element.tag == "a":
                opened.append((element, len(stream.parts)))
            if text := element.text:
                add(_flat(text) if element.tag != "pre" else text)
        else:
            _close(document, stream, element, opened)
    return stream


def _close(document: Document, stream: _Stream, element: Element, opened: list[tuple[Element, int]]) -> None:
    if opened and opened[-1][0] is element:
        _, start = opened.pop()
        url = document.links.absolute(element.get("href"))
        if url:
            stream.linked.append((start, len(stream.parts), url))
    tag = element.tag
    if tag not in UNSHOWN and tag != "br":
        stream.parts.append(_MARKS.get(tag, _EDGE))
    if tail := element.tail:
        stream.parts.append(_flat(tail))


_MARKS = {**dict.fromkeys(BLOCKS, _LINE), "td": _CELL, "th": _CELL}


@lru_cache(maxsize=4096)  # most are the blanks between elements
def _flat(text: str | None) -> str:
    """Text with its white space as one blank; an empty line in the source sets a piece apart."""
    if not text:
        return ""
    if "\n" not in text:
        return _BLANKS.sub(" ", text)
    return _BLANKS.sub(" ", _EMPTY_LINE.sub(_EDGE, text)).replace(_EDGE + " ", _EDGE)


def listing_rows(table: Table) -> list[ListingLine]:
    """Lines that a table splits over columns (name, code, projects, value); none of another table."""
    count = count_column(table)
    if count is None or not table.rows:
        return []
    code = _column_of(table, _CODE_CELL)
    both = _column_of(table, _NAME_CODE_CELL) if code is None else None
    if code is None and both is None:
        return []
    value = next((at for at, h in enumerate(table.headers) if at != count and _VALUE_HEADER.search(h)), None)
    name = _name_column(table, {count, code, value})
    lines = []
    for row, url in zip(table.rows, chain(table.links, repeat(None)), strict=False):
        if both is not None:
            match = _NAME_CODE_CELL.match(row[both])
            found = (match[2], match[1]) if match else None
        else:
            match = _CODE_CELL.match(row[code or 0])
            found = (match[1], "" if name is None else row[name]) if match else None
        if found:
            lines.append(ListingLine(*found, row[count], "" if value is None else row[value], url))
    return lines


def total_of_lines(table: Table) -> tuple[int, int] | None:
    """The projects that a table's total row counts, and those of its lines together; None where there is no
    such row, or more of them, or not all lines can be counted, or the table has further pages."""
    totals = [left.row for left in table.left_out if left.kind == "total"]
    at = count_column(table)
    if at is None or len(totals) != 1 or table.pager or len(totals[0]) <= at or not listing_rows(table):
        return None
    claimed, counts = _whole(totals[0][at]), [_whole(row[at] or "0") for row in table.rows]
    return None if claimed is None or None in counts else (claimed, sum(filter(None, counts)))


def _whole(text: str) -> int | None:
    digits = re.sub(r"(?<=\d)[ ,.'’](?=\d{3}(?!\d))", "", text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None


def count_column(table: Table) -> int | None:
    """The column that counts projects."""
    return next((at for at, header in enumerate(table.headers) if COUNT_HEADER.match(header.strip())), None)


def _column_of(table: Table, pattern: re.Pattern[str]) -> int | None:
    for at in range(len(table.headers)):
        cells = [row[at] for row in table.rows[:200] if row[at]]
        if cells and sum(1 for cell in cells if pattern.match(cell)) * 5 >= len(cells) * 3:
            return at
    return None


def _name_column(table: Table, other: set[int | None]) -> int | None:
    free = [(at, header) for at, header in enumerate(table.headers) if at not in other]
    named = [at for at, header in free if _NAME_HEADER.search(header) and "province" not in header.lower()]
    return next(iter(named or [at for at, _ in free]), None)
