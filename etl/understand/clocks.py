"""Columns that show a row's position or the clock: told by what they do, not by what they are called. Pure.

A position is seen in one reading (1, 2, 3, … down the page). A clock needs two: what each project's text was
when it was last written down, and what it is now. Nearly all of a clock's texts move, all by one step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median_low

from etl.understand.plan import COUNTER, POSITION, Choice, ReadingPlan
from etl.values.dates import parse_date
from etl.values.text import LONGEST_FIGURE, is_blank, one_line
from etl.values.vocabulary import CLOCK_LABELS, POSITION_LABELS, normal_label

Pair = tuple[str, str]  # a project's text as it was last written down, and as it is now

_NEARLY_ALL = Decimal("0.9")
_LEAST = 3  # projects that must have moved for a clock of which no word speaks
_FIGURE = re.compile(r"^(\D{0,20}?)(-?\d[\d  ,]*)((?:[^\d]{0,20})?)$")
_TIME = re.compile(r"\b(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]m)?", re.IGNORECASE)
_DAY = 24 * 60 * 60
_YEARS = range(1900, 2101)


@dataclass(slots=True)
class Positions:
    """Whether one column counts the rows of its tables, page by page."""

    rows: int = 0
    longest: int = 0  # run from 1 on, one up each
    counts: bool = True  # each page goes one up from row to row, or begins again at 1
    rises: bool = True  # … or at least never goes down

    def add(self, texts: Iterable[str]) -> None:
        """The column's texts in one more page, in the page's order."""
        before, run = None, 0
        for text in texts:
            plain = text.strip().rstrip(".)")
            number = int(plain) if plain.isdecimal() and len(plain) < 7 else None
            self.rows += 1
            if number is None:
                self.counts = self.rises = False
                return
            is_next = before is not None and number == before + 1
            self.counts &= before is None or is_next or number == 1
            self.rises &= before is None or number >= before or number == 1
            run = run + 1 if is_next and run else int(number == 1)
            self.longest = max(self.longest, run)
            before = number

    @property
    def is_position(self) -> bool | None:
        """None where a reading shows too little to tell."""
        if not self.rises:
            return False
        if self.counts and self.longest > 1:
            return True
        return None if self.counts and self.rows < _LEAST else False


def with_positions(
    plan: ReadingPlan, positions: Mapping[str, Positions], earlier: ReadingPlan
) -> ReadingPlan:
    """The plan in which columns that show a position say so. What cannot be told is as it was, or, where
    nothing was, as its words say."""
    formats: dict[str, tuple[str, str]] = {}
    for label in {choice.label for shape in plan.shapes for choice in shape.columns}:
        seen = positions.get(label)
        is_position = seen.is_position if seen else None
        before = earlier.volatility(label)
        usual = _by_words(label) if before is None else before
        if is_position:
            formats[label] = POSITION, "It counts the rows of each page."
        elif usual == POSITION and is_position is False and not (seen and seen.rises and _by_words(label)):
            formats[label] = "", ""
        elif usual:
            formats[label] = usual, "" if before else "It is called so."
    return _told(plan, formats)


def candidates(plan: ReadingPlan) -> set[str]:
    """Labels of columns of lists that may show the clock."""
    return {
        choice.label
        for shape in plan.shapes
        if shape.part == "line"
        for choice in shape.columns
        if choice.field is None
        and choice.format != POSITION
        and (choice.format == COUNTER or any(map(_reading, choice.samples)))
    }


def with_clocks(plan: ReadingPlan, moves: Mapping[str, Sequence[Pair]]) -> ReadingPlan:
    """The plan in which columns that move with the clock say so, and those that no longer do do not."""
    formats: dict[str, tuple[str, str]] = {}
    for label, pairs in moves.items():
        was = plan.volatility(label) == COUNTER
        moved = _still_moves(pairs) if was else _moves(pairs)
        if moved and not was:
            formats[label] = COUNTER, "Nearly all its texts moved by one step since they were last read."
        elif moved is False and was:
            formats[label] = "", ""
    return _told(plan, formats) if formats else plan


def as_watched(plan: ReadingPlan, watched: ReadingPlan) -> ReadingPlan:
    """The plan with what another one of the same reading says of columns that move."""
    labels = {choice.label for shape in plan.shapes for choice in shape.columns}
    seen = {label: watched.volatility(label) for label in labels}
    formats = {label: (how, "") for label, how in seen.items() if how not in (None, plan.volatility(label))}
    return (
        _told(plan, {label: (how or "", why) for label, (how, why) in formats.items()}) if formats else plan
    )


def _by_words(label: str) -> str:
    plain = normal_label(label)
    return POSITION if plain in POSITION_LABELS else COUNTER if plain in CLOCK_LABELS else ""


def _told(plan: ReadingPlan, formats: Mapping[str, tuple[str, str]]) -> ReadingPlan:
    def told(choice: Choice) -> Choice:
        if choice.field is not None or choice.label not in formats:
            return choice
        how, why = formats[choice.label]
        evidence = (*choice.evidence, why) if why and why not in choice.evidence else choice.evidence
        return replace(choice, format=how, evidence=evidence)

    shapes = (
        replace(shape, columns=tuple(map(told, shape.columns))) if shape.part != "table" else shape
        for shape in plan.shapes
    )
    return ReadingPlan(tuple(shapes), plan.drifts)


def _steps(pairs: Sequence[Pair]) -> list[tuple[int, int]] | None:
    """(as it was, step) of each pair, in seconds for days and times; None where they are of another kind."""
    told = [pair for pair in pairs if not any(map(is_blank, pair))]
    found = []
    for old, new in told:
        before, after = _reading(old), _reading(new)
        if before and after and before[0] == after[0]:
            found.append((before[1], after[1] - before[1]))
    return found if found and len(found) >= _NEARLY_ALL * len(told) else None


def _moves(pairs: Sequence[Pair]) -> bool | None:
    """Whether nearly all moved by one step; None where too few did for that to be seen."""
    steps = _steps(pairs)
    if not steps or len(steps) < _LEAST:
        return None
    running = [
        (before, step) for before, step in steps if before or step
    ]  # a clock that ran out stands still
    if not any(step for _, step in running):
        return None
    usual = median_low(step for _, step in running)
    near = [step for _, step in running if step and abs(step - usual) <= _tolerance(usual)]
    if _is_year([before for before, _ in running]):
        return False
    return len(running) >= _LEAST and len(near) >= _NEARLY_ALL * len(running)


def _still_moves(pairs: Sequence[Pair]) -> bool | None:
    """The same of a known clock. Its texts were written down at different times, whenever something else of
    their project changed: so they have moved by different steps, but most have, and in one direction."""
    steps = _steps(pairs)
    if steps is None:
        return False if _is_edited(pairs) else None
    running = [step for before, step in steps if before or step]
    moved = [step for step in running if step]
    if not moved or len(steps) < _LEAST:
        return None
    if _is_year([before for before, _ in steps]):
        return False
    up = sum(step > 0 for step in moved)
    is_one_way = max(up, len(moved) - up) >= _NEARLY_ALL * len(moved)
    return is_one_way and len(moved) * 2 >= len(running)


def _is_edited(pairs: Sequence[Pair]) -> bool:
    return any(old != new for old, new in pairs if not (is_blank(old) or is_blank(new)))


def _is_year(figures: Sequence[int]) -> bool:
    """Whether it is one year for all: when that moves on, it is news."""
    return len(set(figures)) == 1 and figures[0] in _YEARS


def _tolerance(step: int) -> int:
    """How far a clock's steps may lie apart: rows are not all read in the same second."""
    return max(120, abs(step) // 20) if abs(step) >= 60 * 5 else int(abs(step) > 2)


def _reading(text: str) -> tuple[str, int] | None:
    """(what kind of text, its figure): a whole number with words around it, or a day or time in seconds."""
    plain = one_line(text)
    if not plain or len(plain) > LONGEST_FIGURE:
        return None
    clock = _TIME.search(plain)
    day = parse_date(plain).value or (parse_date(plain[: clock.start()]).value if clock else None)
    if day or clock:
        seconds = 0
        if clock:
            hour = int(clock[1]) % 12 + (12 if clock[4].lower() == "pm" else 0) if clock[4] else int(clock[1])
            seconds = hour * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
        return "moment", (day.toordinal() * _DAY if day else 0) + seconds
    if match := _FIGURE.match(plain):
        words = re.sub(r"s\b", "", f"{match[1]}…{match[3]}".casefold())  # 1 day, 2 days
        return words, int(re.sub(r"[ ,]", "", match[2]))
    return None
