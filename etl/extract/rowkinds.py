"""The rows below a header told apart: data, groups, totals, headings that return, notes, units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from etl.extract.cellkinds import are_units, is_year, kind_of, numbers_columns, read_figure
from etl.extract.continued import ABOVE_ALL, below_in_a_tree, parts_of_rows, rows_of_one_text
from etl.extract.gridlines import Line
from etl.extract.groups import Groups
from etl.extract.html import holds_table, words_of
from etl.extract.misplaced import misplaced_rows
from etl.extract.plainrows import TableRow, is_bold, looks_like_heading
from etl.extract.spans import Cell
from etl.extract.totals import Marks, Totals, counts_projects, identity_column, is_error, is_note, total_label
from etl.extract.types import LeftOut, RowKind

_MOST_NOTE_CELLS = 2
_SAMPLE = 40


@dataclass(slots=True)
class Body:
    """A table's data rows, the groups over them, and what is no data, with the place where it stood."""

    data: list[Line] = field(default_factory=list)
    groups: Groups = field(default_factory=Groups)
    left_out: list[tuple[int, LeftOut]] = field(default_factory=list)
    column_notes: list[str] = field(default_factory=list)

    def leave_out(self, line: Line, kind: RowKind, reason: str, row: list[str] | None = None) -> None:
        """The line is no data. Its texts each once, or `row`."""
        texts = [cell.text for _, cell in line.starts] if row is None else row
        self.left_out.append((line.row.place, LeftOut(texts, kind, reason)))


def tell_apart(
    lines: Sequence[Line],
    head: Sequence[Line],
    headers: list[str],
    known: Sequence[int],
    titles: Sequence[Line] = (),
) -> Body:
    """Every line of a table's body in its place. `known`: columns whose heading means a project's number;
    `titles`: the lines above the header."""
    body = Body()
    lines = _without_units(lines, head, body)
    headings = {tuple(headers), *(tuple(line.texts) for line in head)}
    heads = [_share_of_heads(line) for line in lines[:_SAMPLE]]
    is_headed = bool(heads) and sum(share > 0.9 for share in heads) * 2 > len(heads)
    grouping: list[tuple[Line, str]] = []  # lines across the table, with their text
    levels: dict[tuple[str, ...], int] = {}
    identity = identity_column([line.texts for line in lines if not line.says_one_thing()], list(known))
    if titles and _heads_first(titles[-1], lines, headings):
        _across(titles[-1], body, levels, grouping)
    for line in lines:
        if tuple(line.texts) in headings:
            body.leave_out(line, "heading", "The heading is repeated.")
        elif not is_headed and is_heading(line):
            body.leave_out(line, "heading", "All of its cells are marked as headings.")
        elif _is_across(line, identity, lines):
            _across(line, body, levels, grouping)
        else:
            body.data.append(line)
    _settle_groups(body, grouping)
    _leave_out_notes(body, identity)
    _leave_out(body, rows_of_one_text(body.data, identity))
    _leave_out(body, below_in_a_tree(body.data, next(iter(known), identity)))
    _leave_out(body, parts_of_rows(body.data, next(iter(known), identity)))
    _leave_out_totals(body, identity)
    _leave_out(body, _spread_rows(body.data, identity))
    _leave_out_misplaced(body)
    return body


def _heads_first(title: Line, lines: Sequence[Line], headings: set[tuple[str, ...]]) -> bool:
    """Whether what stands above the header heads the first rows: what looks like it stands above each heading
    that is repeated, and heads the rows below that."""
    above = [one for one, line in pairwise(lines) if tuple(line.texts) in headings]
    return (
        title.is_lone()
        and bool(above)
        and all(one.is_lone() and _signature(one.row) == _signature(title.row) for one in above)
    )


def _without_units(lines: Sequence[Line], head: Sequence[Line], body: Body) -> Sequence[Line]:
    """The lines without the row of units that may stand first."""
    if head and len(lines) > 1 and numbers_columns(lines[0].texts):
        body.leave_out(lines[0], "heading", "It numbers the columns.")
        lines = lines[1:]
    if not head or len(lines) < 2 or lines[0].is_lone() or not is_unit_row(lines[0].texts):
        return lines
    body.column_notes = list(lines[0].texts)
    return lines[1:]


def is_unit_row(texts: Sequence[str]) -> bool:
    """Whether a row right below the header says the units of its columns, and nothing of the first ones."""
    return not all(texts) and are_units(texts) and not any(map(_is_figure, texts))


def _is_figure(text: str) -> bool:
    return read_figure(text) is not None


def is_heading(line: Line) -> bool:
    """Whether a line is marked as headings of several columns; with a figure among them it may be a total."""
    if line.hangs or len(line.starts) < 2 or len(line.starts) * 2 < len(line.cells):
        return False
    if line.starts[0][1].element.tag != "th":
        return False
    cells = [cell for _, cell in line.starts]
    return (
        all(cell.element.tag == "th" for cell in cells)
        and not any(kind_of(cell.text) in ("figure", "date") and not is_year(cell.text) for cell in cells)
        and not total_label(cells[0].text)
    )


def _share_of_heads(line: Line) -> float:
    return sum(cell.element.tag == "th" for _, cell in line.starts) / max(1, len(line.starts))


def _is_across(line: Line, identity: int | None, lines: Sequence[Line]) -> bool:
    """Whether the line says one thing of the rows around it rather than being a row of few values."""
    if line.is_lone() or (not line.hangs and "rgGroupHeader" in (line.row.element.get("class") or "")):
        return True
    if not line.says_one_thing():
        return False
    at, cell = line.starts[0]
    if cell.colspan > 1 and holds_table(cell.element):
        return True  # below a blank cell: what opens under the row above
    if at > 0 or _is_figure(cell.text) or len(lines) < 3:
        return False
    return (
        is_bold(cell.element)
        or cell.element.tag == "th"
        or _says_group(line.row)
        or cell.colspan > 2
        or (identity == 0 and not any(mark.isdigit() for mark in cell.text))
    )


def _says_group(row: TableRow) -> bool:
    return "group" in row.classes.lower() or looks_like_heading(row)


def _across(
    line: Line, body: Body, levels: dict[tuple[str, ...], int], grouping: list[tuple[Line, str]]
) -> None:
    """A line across the table: a total, a note, or the beginning of a group."""
    text = " ".join(filter(None, (words_of(cell.element) for _, cell in line.starts)))
    first = line.starts[0][1].text if line.starts else ""
    heads = counts_projects(first) and (not body.data or len(grouping) > 0)
    if not heads and total_label(first) == 2 and any(mark.isdigit() for mark in first):
        row = [first] + [""] * (len(line.cells) - 1)
        body.leave_out(
            line, "total", f"It stands across the table and counts or sums up: “{first[:60]}”.", row
        )
    elif any(holds_table(cell.element) for _, cell in line.starts):
        body.leave_out(line, "note", "It holds a part of the page, and no heading of the rows below it.")
    elif is_note(first):
        body.leave_out(line, "note", "It is a remark on the table.")
    elif not text:
        body.leave_out(line, "note", "It stands across the table and says nothing of a row.")
    else:
        level = levels.setdefault(_signature(line.row), len(levels))
        body.groups.open(level, text, len(body.data))
        grouping.append((line, text))


def _signature(row: TableRow) -> tuple[str, ...]:
    """What tells the levels of group rows apart: their looks."""
    cell = row.cells[-1]
    return (row.classes, cell.tag, *(cell.get(name) or "" for name in ("class", "style", "bgcolor", "align")))


def _settle_groups(body: Body, grouping: list[tuple[Line, str]]) -> None:
    """Lines across the table are groups of the rows below them; below each row they belong to that row."""
    count = len(body.data)
    are_details = body.groups.are_details(count)
    for (line, _), group in zip(grouping, body.groups.found, strict=True):
        if are_details:
            body.leave_out(line, "note", "It says more of the row above it.")
        elif group.start < count:
            body.leave_out(line, "group", "It heads the rows below it: its text is a column of theirs.")
        else:
            body.leave_out(line, "note", "It stands below the last row.")
    if are_details:
        body.groups = Groups()


def _leave_out_notes(body: Body, identity: int | None) -> None:
    """Remarks in cells of their own: "Source: annual report" below the last row."""
    kept = []
    for number, line in enumerate(body.data):
        is_short = 0 < len(line.starts) <= _MOST_NOTE_CELLS < len(line.cells) and not line.hangs
        if (
            is_short
            and any(is_note(cell.text) for _, cell in line.starts)
            and not any(_is_figure(text) for text in line.texts)
        ):
            body.leave_out(line, "note", "It is a remark on the table.")
        elif is_error(line.texts):
            body.leave_out(line, "note", "It says that something went wrong.")
        else:
            kept.append(number)
    _keep(body, kept)


def _leave_out_totals(body: Body, identity: int | None) -> None:
    rows = [line.texts for line in body.data]
    if not rows:
        return
    wide = {number for number, line in enumerate(body.data) if _is_wide(line)}
    few_spans = len(wide) * 4 <= len(rows) + 3
    bold = [_is_set_off(line) for line in body.data[:_SAMPLE]]
    few_bold = sum(bold) * 3 <= len(bold) + 2

    def marks(number: int) -> Marks:
        line = body.data[number]
        is_foot = line.row.section == "tfoot"
        return Marks(few_spans and number in wide, few_bold and _is_set_off(line), is_foot)

    set_off = {
        number
        for number, line in enumerate(body.data)
        if line.row.section == "tfoot" or (few_spans and number in wide)
    }
    totals = Totals(rows, identity, {group.start for group in body.groups.found}, marks, set_off).find()
    for number, reason in totals.items():
        line = body.data[number]
        body.leave_out(line, "total", reason, line.texts)
    _keep(body, [number for number in range(len(rows)) if number not in totals])


def _spread_rows(lines: Sequence[Line], identity: int | None) -> dict[int, str]:
    """Numbers of the few rows of which one cell stands over the column of the numbers and others: it is no
    number, whatever the row says."""
    if identity is None:
        return {}
    found = [
        n for n, line in enumerate(lines) if any(_spreads(at, cell, identity) for at, cell in line.starts)
    ]
    reason = "One of its cells stands over the number and what is beside it: it has no number of its own."
    return dict.fromkeys(found, reason) if len(found) * 4 <= len(lines) else {}


def _spreads(at: int, cell: Cell, identity: int) -> bool:
    return cell.colspan > 1 and at <= identity < at + cell.colspan


def _leave_out_misplaced(body: Body) -> None:
    """Rows that lack a cell somewhere: their texts stand under other headings than their own."""
    reason = "It has fewer cells than the others, and its texts do not fit the columns that they stand in."
    _leave_out(body, dict.fromkeys(sorted(misplaced_rows(body.data)), reason))


def _leave_out(body: Body, reasons: dict[int, str]) -> None:
    """Rows by their numbers, with the reason why each is no data."""
    for number, reason in reasons.items():
        line = body.data[number]
        body.leave_out(line, "note", reason, line.texts if reason == ABOVE_ALL else None)
    _keep(body, [number for number in range(len(body.data)) if number not in reasons])


def _is_wide(line: Line) -> bool:
    """Whether a cell with text goes across columns, as a total's label does over those without a sum."""
    return any(cell.colspan > 1 for _, cell in line.starts)


def _is_set_off(line: Line) -> bool:
    classes = line.row.classes.lower()
    if "total" in classes or "foot" in classes or "summary" in classes:
        return True
    cells = [cell.element for _, cell in line.starts]
    return bool(cells) and all(cell.tag == "th" or is_bold(cell) for cell in cells)


def _keep(body: Body, kept: list[int]) -> None:
    if len(kept) < len(body.data):
        body.groups.keep(kept)
        body.data = [body.data[number] for number in kept]
