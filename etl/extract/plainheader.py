"""Where a plain table's header stands and how many rows it takes: by score, no row being one for sure.

What speaks for a row: `<th>` and `<thead>`, bold type or a background where the rows below have none, words
above figures, dates or codes, cells that span what the next row splits, labels that are known. No header at
all is an answer too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from etl.extract.cellkinds import CellKind, is_year, kind_of, numbers_columns
from etl.extract.gridlines import Line
from etl.extract.plainrows import looks_like_heading
from etl.extract.spans import Cell
from etl.extract.totals import total_label

FieldOf = Callable[[str], str | None]
# What makes the header one: its markup, known labels, a background, words above figures, its type alone
Basis = Literal["markup", "known", "shade", "contrast", "type", ""]

_MOST_ROWS = 3
_MOST_TITLES = 6
_SAMPLE = 30  # rows below
_MOST_COLUMNS = 120  # that are looked at
_LONG_TITLE = 25
_DAYS = frozenset("mon tue wed thu fri sat sun mo tu we th fr sa su m t w f s".split())


@dataclass(slots=True)
class Header:
    """The lines `start` to `end` (not included) head the columns; none where the two are equal."""

    start: int
    end: int
    score: float = 0.0
    basis: Basis = ""


def find_header(lines: list[Line], field_of: FieldOf) -> Header:
    """The best header of a table. Lines before its start are titles."""
    best = Header(0, 0)
    seen: dict[int, _Below] = {}
    for start in range(min(len(lines), _MOST_TITLES + 1)):
        if start and not _is_title(lines[start - 1], lines[start]):
            break
        for depth in range(1, _most_rows(lines, start) + 1):
            end = start + depth
            below = seen[end] = seen.get(end) or _below(lines[end:], field_of)
            found = _scored(lines, start, depth, below, field_of)
            if found.score > best.score:
                best = found
    if best.start == best.end:
        best.start = best.end = _titles(lines)
    return best


def _most_rows(lines: list[Line], start: int) -> int:
    heads = 0
    while (
        start + heads < len(lines) and heads < 2 * _MOST_ROWS and lines[start + heads].row.section == "thead"
    ):
        heads += 1
    return min(max(heads, _MOST_ROWS), len(lines) - start)


def _is_title(line: Line, below: Line) -> bool:
    """Whether the line may stand above a header: it says one thing or two, in a table of more columns."""
    if line.hangs:
        return False
    is_sparse = len(line.starts) < 2 or len(line.starts) * 2 <= len(line.cells)
    return is_sparse or _holds_pairs(line) or _is_title_above(line, below) or _is_sum(line)


def _is_sum(line: Line) -> bool:
    """Whether the line says what all rows come to: "Total of all projects | R5 million"."""
    texts = [cell.text for _, cell in line.starts]
    return (
        bool(texts)
        and total_label(texts[0]) == 2
        and any(kind_of(text) == "figure" and not is_year(text) for text in texts[1:])
    )


def _holds_pairs(line: Line) -> bool:
    return len(line.starts) < 5 and any(cell.text.endswith(":") for _, cell in line.starts)


def _titles(lines: list[Line]) -> int:
    """How many lines above the rows of a table without a header are titles: no group follows further down."""
    count = 0
    while count < min(len(lines), _MOST_TITLES) and lines[count].is_lone():
        count += 1
    return 0 if any(line.is_lone() for line in lines[count:-1]) else count


@dataclass(slots=True)
class _Below:
    """What the rows below a header look like."""

    lines: list[Line]
    kinds: list[CellKind]  # per column the kind that most of its texts are, "" for none
    are_years: list[bool]
    repeated: dict[int, set[str]]  # columns of words of which most return, such as a status: their texts
    heads: float  # share of `<th>`
    looks: float  # share of rows that are set off by bold type
    known: int  # the most known labels in one row

    @property
    def typed(self) -> list[int]:
        """Columns of figures, dates or codes."""
        return [at for at, kind in enumerate(self.kinds) if kind in ("figure", "date", "code")]


def _below(lines: list[Line], field_of: FieldOf) -> _Below:
    body = [line for line in lines[: _SAMPLE + 10] if not line.is_lone()][:_SAMPLE]
    width = min(len(body[0].cells), _MOST_COLUMNS) if body else 0
    kinds: list[CellKind] = []
    are_years = []
    repeated = {}
    for at in range(width):
        texts = [line.texts[at] for line in body if line.texts[at]]
        counts = Counter(map(kind_of, texts))
        del counts[""]
        kind, count = counts.most_common(1)[0] if counts else ("", 0)
        kinds.append(kind if count * 5 >= sum(counts.values()) * 3 else "words")
        are_years.append(sum(map(is_year, texts)) * 2 > len(texts))
        if kinds[-1] == "words" and len(texts) > 3 and len(set(texts)) * 2 <= len(texts):
            repeated[at] = set(texts)
    cells = [cell for line in body for _, cell in line.starts]
    return _Below(
        body,
        kinds,
        are_years,
        repeated,
        sum(cell.element.tag == "th" for cell in cells) / max(1, len(cells)),
        sum(looks_like_heading(line.row) for line in body[:8]) / max(1, len(body[:8])),
        max((_known(line, field_of) for line in body[:4]), default=0),
    )


def _known(line: Line, field_of: FieldOf) -> int:
    fields = {field_of(cell.text) for _, cell in line.starts[:_MOST_COLUMNS]}
    return len(fields - {None})


def _scored(lines: list[Line], start: int, depth: int, below: _Below, field_of: FieldOf) -> Header:
    head, end = lines[start : start + depth], start + depth
    if any(line.is_lone() and len(line.starts[0][1].text) > 0 for line in head) and len(head[0].cells) > 1:
        return Header(start, end, -1.0)
    score, basis = 0.0, Counter[Basis]()
    looks: list[bool] = []
    texts: list[list[str]] = []
    for number, line in enumerate(head):
        points = _points(line, below, field_of)
        if number and (line.texts in texts or numbers_columns(line.texts) or _is_sum(line)):
            return Header(start, end, -1.0)
        if number and looks[0] and not looks[-1]:
            return Header(start, end, -1.0)  # it goes on below a row of data
        texts.append(line.texts)
        looks.append(points["markup"] + points["type"] + points["shade"] > 0)
        score += sum(points.values()) - 1.5
        basis.update({name: value for name, value in points.items() if value > 0})
        if number and looks[0] and not looks[number]:
            score -= 2.5
        elif number and not looks[number] and not _splits(head[number - 1], line):
            score -= 1.5
        if number and not _splits(head[number - 1], line) and _is_title(head[number - 1], line):
            score -= 4.0
        if number and _splits(head[number - 1], line):
            score += -3.0 if _is_title_above(head[number - 1], line) else 1.0
    if end < len(lines) and any(
        cell is not None and cell.text and cell is lines[end].cells[at]
        for at, cell in enumerate(lines[end - 1].cells)
    ):
        score -= 4.0  # a cell cannot head a column and be a value of it
    return Header(start, end, score, _chief(basis))


def _chief(basis: Counter[Basis]) -> Basis:
    order: tuple[Basis, ...] = ("markup", "known", "shade", "contrast", "type")
    enough = {"known": 2.0, "contrast": 1.2}
    return next((name for name in order if basis[name] >= enough.get(name, 1.0)), "")


def _points(line: Line, below: _Below, field_of: FieldOf) -> dict[Basis, float]:
    """What speaks for (and against) one row, by kind of evidence."""
    cells = [cell for _, cell in line.starts]
    points: dict[Basis, float] = dict.fromkeys(("markup", "known", "shade", "contrast", "type", ""), 0.0)
    if not cells:
        return points
    heads = sum(cell.element.tag == "th" for cell in cells) / len(cells)
    if heads > 0.5 and (len(cells) > 1 or len(line.cells) == 1 or line.hangs):
        points["markup"] += max(0.0, 4 * (heads - below.heads))
    if line.row.section == "thead" and not (below.lines and below.lines[0].row.section == "thead"):
        points["markup"] += 3
    if below.looks < 0.5 and looks_like_heading(line.row):
        points["type"] += 1.5
    if shade := _shade(line):
        points["shade"] += 3 if len(below.lines) > 1 and shade not in map(_shade, below.lines[:4]) else 0
    known = _known(line, field_of)
    if known > below.known:
        is_certain = known > 1 and (known * 2 >= len(cells) or known > 2)
        points["known"] += 3 if is_certain or len(line.cells) == 1 else 0.5
    points["contrast"] += _contrast(line, below)
    texts = [cell.text for cell in cells]
    points[""] += 0.5 if len(set(texts)) == len(texts) else -0.5
    points[""] += 0.5 if max(map(len, texts)) <= 60 else -1 if max(map(len, texts)) > 150 else 0
    points[""] -= 2 if sum(text.endswith(":") for text in texts) * 2 >= len(texts) else 0
    shown = sum(1 for text in line.texts if text)
    points[""] -= 1.5 if shown * 2 < len(line.cells) else 0
    return points


def _contrast(line: Line, below: _Below) -> float:
    """Words (or years) above figures, dates or codes speak for a header, a value like theirs against it."""
    score, seen = 0.0, 0
    years = {line.texts[at] for at in below.typed if is_year(line.texts[at]) and not below.are_years[at]}
    for at in below.typed:
        text = line.texts[at]
        kind = kind_of(text)
        if not text:
            continue
        seen += 1
        if text in years and len(years) > (1 if below.kinds[at] == "figure" else 0):
            score += 1
        elif kind == below.kinds[at] or (kind == "figure" and below.kinds[at] == "date"):
            score -= 2
        elif kind:
            score += 1
    for at, values in below.repeated.items():
        if text := line.texts[at]:
            seen += 1
            score += -2 if text in values else 0.5
    if not seen:
        return 0.0
    # one row below is as likely to be unlike the first by chance
    return 2.5 * max(-1.0, score / seen) * (1 if len(below.lines) > 1 else 0.4)


def _shade(line: Line) -> str:
    """The row's background, or that which all of its cells have."""
    own = _background(line.row.element)
    shades = {_background(cell) for cell in line.row.cells}
    return own or (shades.pop() if len(shades) == 1 else "")


def _background(element: object) -> str:
    style = element.get("style") or ""  # type: ignore[attr-defined]
    return element.get("bgcolor") or (style if "background" in style.lower() else "")  # type: ignore[attr-defined]


def _splits(above: Line, line: Line) -> bool:
    """Whether a wide cell of one row stands over several cells of the next, or reaches down beside them."""
    if line.hangs:
        return True
    wide = {
        id(cell)
        for (at, cell), after in zip(
            above.starts, [*(at for at, _ in above.starts[1:]), len(above.cells)], strict=True
        )
        if cell.colspan > 1 and after - at > 1 and sum(at <= place < after for place, _ in line.starts) > 1
    }
    return bool(wide)


def _is_title_above(above: Line, line: Line) -> bool:
    """Whether a row of wide cells is a title in two pieces ("Projects of Limpopo | as at 31 March 2024")
    rather than bands: the row below heads all columns by itself, and a text is long or names a date."""
    if line.hangs or any(cell.colspan < 2 for _, cell in above.starts):
        return False
    if _holds_pairs(above):
        return True
    texts = [cell.text for _, cell in line.starts]
    if len(set(texts)) < len(texts):
        return False
    return any(
        len(cell.text) > _LONG_TITLE or ":" in cell.text or kind_of(cell.text) == "date"
        for _, cell in above.starts
    )


def captions(header: Sequence[Line], width: int) -> list[str]:
    """One caption per column: the texts from top to bottom, a spanning cell's once ("Top Sub")."""
    found = []
    for at in range(width):
        cells = [cell for line in header if (cell := line.cells[at]) is not None]
        stack: list[Cell] = list({id(cell): cell for cell in cells}.values())
        found.append(" ".join(dict.fromkeys(cell.text for cell in stack if cell.text)))
    return found


def is_calendar(headers: list[str]) -> bool:
    """Whether the headers are the days of a week."""
    words = [header.casefold()[:3] for header in headers if header]
    return len(words) >= 7 and sum(word in _DAYS for word in words) >= 7 and len(headers) <= 8
