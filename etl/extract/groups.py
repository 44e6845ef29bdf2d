"""Rows between the data: a group row's value is repeated for the rows below it; rows of sums are left out."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

# "(Count=5)", "(Sum of Budget=R1 000, Count=2)", "(Continued on the next page)", "- 12 projects": sums, not
# the group's value
_SUMMARY = re.compile(
    r"\s*\((?:[^()=]+=[^()]*|Continued on the next page)\)$"
    r"|(?<=\S)\s*[-–—:,(]\s*\d[\d ,]{0,9}\s*(?:projects?|projekte?|schemes?|skemas?)\s*\)?$",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"^([^:]{1,80}?)\s*:\s+(\S.*)$|^([^:]{1,80}?)\s*:$", re.DOTALL)
_SUMS = frozenset({"total", "totals", "grand total", "grand totals", "sub total", "sub totals", "subtotal",
                    "subtotals", "overall total"})  # fmt: skip


GROUP = "Group"  # what a column of groups is called that have no caption
SECTION = "Section"  # what the heading above one of several tables is called


@dataclass(slots=True)
class _Group:
    level: int
    text: str
    start: int  # number of the first data row below it


@dataclass(slots=True)
class Groups:
    """The group rows of one table, in order."""

    found: list[_Group] = field(default_factory=list)

    def open(self, level: int, text: str, start: int) -> None:
        """A group row of that level (0 outermost) stands before data row number `start`."""
        for _ in range(3):
            text = _SUMMARY.sub("", text)
        self.found.append(_Group(level, text, start))

    def keep(self, rows: list[int]) -> None:
        """Of the data rows only these (ascending numbers) are left; they count from 0 again."""
        for group in self.found:
            group.start = bisect_left(rows, group.start)

    def are_details(self, count: int) -> bool:
        """Whether such a row stands below each of `count` data rows: then it belongs to the row above it."""
        return 1 < count <= len(self.found) + 1 and all(group.start > 0 for group in self.found)

    def columns(self, count: int) -> tuple[list[str], list[list[str]]]:
        """Headers of the group columns, outermost first, and their values for each of `count` rows."""
        used = [group for group in self.found if group.start < count]
        levels = sorted({group.level for group in used})
        if not levels:
            return [], []
        captions = {level: _common_caption([g.text for g in used if g.level == level]) for level in levels}
        rows: list[list[str]] = []
        current: dict[int, str] = {}
        waiting = iter(used)
        following = next(waiting, None)
        for number in range(count):
            while following is not None and following.start <= number:
                current = {level: text for level, text in current.items() if level < following.level}
                current[following.level] = _value(following.text, captions[following.level])
                following = next(waiting, None)
            rows.append([current.get(level, "") for level in levels])
        return [captions[level] or GROUP for level in levels], rows


def _split(text: str) -> tuple[str, str] | None:
    match = _CAPTION.match(text)
    if not match:
        return None
    return (match[3], "") if match[1] is None else (match[1], match[2])


def _common_caption(texts: list[str]) -> str:
    """The caption that all of them begin with ("Caption: value"), else ""."""
    captions = {parts[0] if (parts := _split(text)) else "" for text in texts}
    return captions.pop() if len(captions) == 1 else ""


def _value(text: str, caption: str) -> str:
    parts = _split(text) if caption else None
    return parts[1] if parts else text


def is_total(text: str) -> bool:
    """Whether a text is exactly such a word: a project called "Total sanitation" is none."""
    return " ".join(text.casefold().replace("-", " ").split()).rstrip(" :") in _SUMS
