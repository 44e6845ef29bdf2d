"""One line of a project that several lists show: all their columns; who speaks where they differ. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from etl.compare.identity import Row
from etl.compare.part import Part
from etl.extract.types import PageContent
from etl.values.dates import latest_named

Texts = Mapping[str, str]
Period = tuple[int, int, int]  # year, month, day; 0 for what is not said
NO_PERIOD: Period = (0, 0, 0)
_LONGEST = 2000  # characters that are looked through


def differ(rows: list[Row]) -> bool:
    """Whether lists do not show a project with the same texts."""
    return any(not row.part.says_what(rows[0].part) for row in rows[1:])


def period_of(content: PageContent) -> Period:
    """Of which month or day a page says that its lists are: the last that its title, its heading or what is
    above a list names."""
    above = (text for table in content.tables for text in table.context)
    return latest_named(" ; ".join([content.title, content.heading, *above])[:_LONGEST])


def of_last_period(rows: list[Row], periods: Mapping[str, Period]) -> list[Row]:
    """Of rows whose lists all say of which period they are, those of the last; else all."""
    said = [max(periods.get(listing, NO_PERIOD) for listing, _ in row.sheets) for row in rows]
    if min(said) == NO_PERIOD:
        return rows
    return [row for row, period in zip(rows, said, strict=True) if period == max(said)]


def line_of(
    rows: list[Row],
    before: Texts,
    periods: Mapping[str, Period],
    is_municipality: Callable[[str], bool],
) -> Part:
    """The same project in several lists is one record, of all their columns.

    Where they differ, one row is taken whole, never a mixture: one of the last period, where they say of
    which they are (`periods`, by list). Then a row that says what the line said `before` stays: an old copy
    of one list takes nothing back, and what one list alone says is news when the others follow. Else which it
    is does not depend on the order of reading.
    """
    line = rows[0].part
    line.lists = frozenset(listing for row in rows for listing, _ in row.sheets)
    shown = next((row.part for row in rows if row.part.url), line)
    line.url, line.at = shown.url or None, shown.at
    for area in {area for row in rows for area in row.areas}:
        if is_municipality(area):
            line.list_under(area)
    if differ(rows):
        newest = of_last_period(rows, periods)
        last = sorted(rows, key=lambda row: (row not in newest, *_rank(row.part, before)), reverse=True)
        line.published = {label: text for row in last for label, text in row.part.published.items()}
    return line


def conflict_of(external_id: str, rows: list[Row], is_volatile: Callable[[str], bool]) -> str:
    """What two lists say differently of a project, an example in a sentence; "" where nothing."""
    first, *others = [row.part.published for row in rows]
    for other in others:
        shared = [label for label in first.keys() & other.keys() if not is_volatile(label)]
        differing = [label for label in shared if first[label] != other[label]]
        if differing:
            label = min(differing)
            pair = f"“{first[label]}” in one list, “{other[label]}” in another"
            return f"{external_id}: “{label}” is {pair}."
    return ""


def _rank(part: Part, before: Texts) -> tuple[bool, str]:
    """The row that says what was known, as far as it says anything, before all others."""
    stays = bool(before) and all(before.get(label, "") == text for label, text in part.compared.items())
    return not stays, json.dumps(part.published, sort_keys=True)
