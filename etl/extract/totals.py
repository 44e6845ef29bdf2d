"""Which rows of a table say something of other rows: sums, averages and counts. By evidence, not by a word.

A row's figures that are the sum of the rows above it (or below it) speak for themselves; so do, together,
a label, a missing number where all others have one, a cell across several columns, bold type, a place at the
end. A project that is called "Total Control Valve Replacement" has its own number and its own figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from etl.extract.cellkinds import is_year, kind_of, read_figure
from etl.values.places import names_a_municipality
from etl.values.text import one_line

Rows = Sequence[Sequence[str]]

_MOST_COLUMNS = 12  # of figures that are added up
ENOUGH = 3.0  # points that make a row a total
_SAMPLE = 60  # rows from which a column's kind is taken
_MOST_SEGMENTS = 12  # groups above a row whose sums together are looked at

_SUM_WORDS = (
    r"totals?|totale?|totaal|sums?|som|averages?|avg\.?|mean|median|mediaan|min(?:imum)?|max(?:imum)?"
    r"|gemiddelde?s?|aantal|counts?"
)
_BEFORE = (
    r"grand|sub|overall|group|page|running|section|national|provincial|municipal|district|programme|province"
    r"|report|groot|algehele|algemene|nasionale|provinsiale|distrik|groep"
)
_WORD = rf"(?:(?:the\s+)?(?:{_BEFORE})\s*[-–]?\s*)?(?:{_SUM_WORDS})\b\.?"
_QUANTITIES = (
    r"amounts?|budgets?|costs?|values?|expenditures?|spent|spend|projects?|projekte|number|no\.?|koste|begroting"
    r"|allocations?|bedrag|waarde|funding|r\b|rands?"
)
_VAT = r"(?:incl|excl|before|after|voor|na)[a-z]*\.?\s+(?:of\s+)?(?:vat|btw)"
# Behind the word stands what leaves no doubt: nothing, a bracket, a colon, "for …", a quantity
_CARRIED = (
    r"(?:(?:amount|balance)\s+)?(?:carried|brought) (?:forward|over|down|to)\b|oorgedra\b|[cb]/f(?:wd)?$"
)
_STRONG = re.compile(
    rf"alle? (?:projects|projekte)\s*:?$|{_CARRIED}|{_WORD}\s+(?:carried|brought|oorgedra)\b"
    rf"|{_WORD}\s*(?:$|[:(\[=*]|[-–—]\s|(?:for|of|vir|van|per|in|all|alle|{_VAT})\b|\d"
    rf"|(?:project\s+|total\s+)?(?:{_QUANTITIES})\W*"
    rf"(?:$|[:(\[=]|(?:for|of|vir|van|per|in)\b))",
    re.IGNORECASE,
)
# What is added, taken off or left below a list
_ADDED = r"(?:add(?:ed)?:?\s+|plus:?\s+)?(?:vat|btw|contingenc(?:y|ies)|gebeurlikhede)\b|(?:less|minus)\s*:"
_LEFT = r"(?:balance|saldo|surplus|shortfall|deficit)\b|(?:%|percent(?:age)?|persentasie) (?:of|van)\b"
_WEAK = re.compile(
    rf"{_WORD}|{_ADDED}|{_LEFT}|.{{1,80}}\b(?:sub[- ]?)?(?:totals?|totaal)\s*(?:\([^()]*\))?\s*:?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:.{1,80}?\s?[-–—:,(]\s*)?\d[\d ,.]{0,12}\s?"
    r"(?:projects?|projekte?|schemes?|skemas?|records?|items?|rows?)\s*\)?\.?(?:\s*(?:in total|altesaam))?",
    re.IGNORECASE,
)
_AVERAGE = re.compile(r"\b(?:averag|avg|mean\b|gemiddeld)", re.IGNORECASE)
_ROW_NUMBER = re.compile(r"\d{1,5}\.?")
_ERROR = re.compile(
    r"(?:an? |'?n )?(?:[a-z]+ ){0,2}(?:error|exception|fout)"
    r"(?: (?:\d{3}|occurred|has|het)\b.{0,200})?\s?[.:!]?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:sources?|notes?|n\.?b\.?|bron|nota|opmerkings?|let wel|remarks?|disclaimers?|legend|key|footnotes?"
    r"|data as at|as at|last updated?|updated|prepared by"
    r"|compiled by|approved by|checked by|reviewed by|authori[sz]ed by|signed by|opgestel deur"
    r"|goedgekeur deur|report date|generated)\s*\d{0,2}"
    r"\s*(?:[:.–—-]|\bon\b|\bby\b|\bat\b)"
    r"|[*†‡]+\s*\S|#\s+\S|(?:all\s+)?(?:amounts?|figures?|values?|bedrae|syfers)\b.{0,40}\b(?:in|are|is)\b",
    re.IGNORECASE,
)


_TO_BE_FILLED = re.compile(r"_{4}|\.{8}|…{3}")  # where somebody is to sign


def total_label(text: str) -> int:
    """2 where a text can hardly be anything but a total's label, 1 where it may be one, else 0."""
    if not text or len(text) > 160:
        return 0
    plain = one_line(text)
    if _STRONG.match(plain) or _COUNTED.fullmatch(plain):
        return 2
    return 1 if _WEAK.match(plain) else 0


def counts_projects(text: str) -> bool:
    """Whether a text names something and counts its projects: "Limpopo - 12 projects"."""
    plain = one_line(text)
    return not plain[:1].isdigit() and not _WEAK.match(plain) and _COUNTED.fullmatch(plain) is not None


def is_note(text: str) -> bool:
    """Whether a text is a remark on the table ("Source: …", "* estimated", "All amounts in R'000")."""
    return bool(text) and (_NOTE.match(one_line(text)) or _TO_BE_FILLED.search(text)) is not None


def is_error(texts: Sequence[str]) -> bool:
    """Whether a row says that something went wrong where a row was to stand ("Error | Could not load projects
    |"): no word of a project, and no figure."""
    said = (text for text in map(one_line, texts) if text)
    return _ERROR.fullmatch(next(said, "")) is not None and not any(map(_has_digit, said))


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


_PROVEN = "Its figures are the"
_NO_MORE = "It stands below a total and says no more than that: neither a number nor what the other rows say."


@dataclass(slots=True)
class Marks:
    """What sets a row off: cells across columns, its looks, a place in the table's foot."""

    spans: bool = False
    looks: bool = False
    foot: bool = False


@dataclass(slots=True)
class _Sum:
    """Sums per figure column, of a number of rows."""

    numbers: list[Decimal]
    rows: int = 0

    def plus(self, other: _Sum) -> _Sum:
        pairs = zip(self.numbers, other.numbers, strict=True)
        return _Sum([one + two for one, two in pairs], self.rows + other.rows)


@dataclass(slots=True)
class Totals:
    """The rows of one table while it is told which of them are totals.

    `starts`: numbers of the rows before which a group begins; `marks`: what sets row number n off.
    """

    rows: Rows
    identity: int | None
    starts: set[int]
    marks: Callable[[int], Marks]
    set_off: set[int] = field(default_factory=set)
    ends: bool = True  # whether the first and the last row may be a total by figures alone: not of a tree
    _labels: dict[int, int] = field(default_factory=dict)
    _nameless: set[int] = field(default_factory=set)
    _columns: list[int] = field(default_factory=list)
    _said: list[int] = field(default_factory=list)  # columns of words that nearly every row fills
    _percents: set[int] = field(default_factory=set)  # of them: shares, which have an average and no sum

    def find(self) -> dict[int, str]:
        """Number of each total → why it is one."""
        self._labels = self._labelled()
        self._nameless = self._without_identity()
        for number in self._nameless - self._labels.keys():
            if names_a_municipality(self._first(number, self.rows[number])):
                self._labels[number] = 1
        asked = set(self._labels) | self._nameless | self.set_off
        if self.ends and self.identity is None and len(self.rows) > 2:
            asked |= {0, len(self.rows) - 1}
        if not asked:
            return {}
        self._columns = self._figure_columns(asked)
        found = self._walk(asked)
        return found | self._below_sums(found)

    def _below_sums(self, found: dict[int, str]) -> dict[int, str]:
        """Rows below the last proven sum that say no more than it does: neither a number nor what nearly
        every other row says. Whatever they are called, they go on with it."""
        last = max((number for number, reason in found.items() if reason.startswith(_PROVEN)), default=-1)
        if last not in self._nameless or not self._is_bare(last):
            return {}
        below = [number for number in self._nameless if number > last and number not in found]
        return {number: _NO_MORE for number in below if self._is_bare(number)}

    def _labelled(self) -> dict[int, int]:
        found = {}
        for number, row in enumerate(self.rows):
            if strength := total_label(self._first(number, row)):
                found[number] = strength
        # a column of such words is no column of totals: "Total budget | R5", "Makhado - 12 projects | R5"
        return {} if len(found) == len(self.rows) > 1 else found

    def _first(self, number: int, row: Sequence[str]) -> str:
        """The first text that is the row's own: no number of the row, no value that the row above has too."""
        first = row[0] or next(filter(None, row), "")
        if number == 0 and not first.isdigit():
            return first
        above = self.rows[number - 1] if number else ()
        if first[-1:].isdigit() and " " not in first and not _ROW_NUMBER.fullmatch(first):
            return ""
        if above and first != above[row.index(first)] and not first.isdigit():
            return first
        for at, text in enumerate(row):
            if text and not _ROW_NUMBER.fullmatch(text) and not (above and above[at] == text):
                return text
        return ""

    def _without_identity(self) -> set[int]:
        at = self.identity
        if at is None:
            return set()
        return {number for number, row in enumerate(self.rows) if not _is_number(row[at])}

    def _figure_columns(self, asked: set[int]) -> list[int]:
        sample = [row for number, row in enumerate(self.rows) if number not in asked][:_SAMPLE]
        sample = sample or list(self.rows[:_SAMPLE])
        found = []
        for at in range(len(sample[0])):
            texts = [row[at] for row in sample if kind_of(row[at])]
            figures = sum(read_figure(text) is not None for text in texts)
            if at != self.identity and figures * 2 > len(texts) and not all(map(is_year, texts)):
                found.append(at)
            if sum("%" in text for text in texts) * 2 > len(texts):
                self._percents.add(at)
            elif at != self.identity and at not in found and len(texts) * 10 >= len(sample) * 9:
                self._said.append(at)
        return found[:_MOST_COLUMNS]

    def _figures(self, number: int) -> list[Decimal | None]:
        row = self.rows[number]
        return [figure.number if (figure := read_figure(row[at])) else None for at in self._columns]

    def _walk(self, asked: set[int]) -> dict[int, str]:
        """Row after row: a total closes the group above it and is added to nothing."""
        ahead, last = self._ahead(asked), self._last_rows()
        found: dict[int, str] = {}
        segments, whole = [self._zero()], self._zero()
        for number in range(len(self.rows)):
            if number in self.starts and segments[-1].rows:
                segments.append(self._zero())
            if number in asked:
                found[number] = self._judged(
                    number, [*_backwards(segments), whole, *ahead[number]], number in last
                )
            if not found.get(number):
                one = self._one(number)
                segments[-1] = segments[-1].plus(one)
                whole = whole.plus(one)
            elif segments[-1].rows:
                segments.append(self._zero())
        return {number: reason for number, reason in found.items() if reason}

    def _zero(self) -> _Sum:
        return _Sum([Decimal(0)] * len(self._columns))

    def _one(self, number: int) -> _Sum:
        return _Sum([value or Decimal(0) for value in self._figures(number)], 1)

    def _ahead(self, asked: set[int]) -> dict[int, list[_Sum]]:
        """Per row that is asked about the sum of the rows behind it up to the next such row; for the first
        row of the table also that of all others."""
        found: dict[int, list[_Sum]] = {}
        current, rest = self._zero(), self._zero()
        for number in range(len(self.rows) - 1, -1, -1):
            if number in asked:
                found[number] = [current] if number else [current, rest]
                current = self._zero()
            else:
                one = self._one(number)
                current, rest = current.plus(one), rest.plus(one)
        return found

    def _last_rows(self) -> set[int]:
        """The rows behind which only rows like them stand: at the end, at the end of a group, the first."""
        ends = {0} if len(self.rows) > 1 else set()
        is_end = True
        for number in range(len(self.rows) - 1, -1, -1):
            is_end = (is_end or number + 1 in self.starts) and number in self._labels
            if is_end:
                ends.add(number)
        return ends

    def _judged(self, number: int, sums: Iterable[_Sum], is_last: bool) -> str:
        """Why the row is a total, or ""."""
        marks = self.marks(number)
        label = self._labels.get(number, 0)
        others = len(
            self._nameless - self._labels.keys()
        )  # rows called totals are no projects without a number
        few_nameless = others * 10 <= (len(self.rows) - len(self._labels)) * 4
        is_nameless = number in self._nameless
        has_number = self.identity is not None and not is_nameless and not marks.spans
        columns, of_rows, how = self._matches(number, sums, bool(label))
        points = label + (3.0 if columns > 1 else 2.0 if columns else 0.0)
        points += (1.5 if is_nameless and (few_nameless or columns) else 0) + marks.spans + marks.looks
        points += 1.5 if self._is_bare(number) else 0
        points += (2 if marks.foot else 0) + (1 if is_last and label else 0) - (2 if has_number else 0)
        if points < ENOUGH:
            return ""
        if columns:
            return f"{_PROVEN} {how} of {of_rows} other rows."
        first = next(filter(None, self.rows[number]), "")
        signs = [
            "stands at the end" if is_last else "",
            "has no number of its own" if is_nameless else "",
            "is set off" if marks.looks or marks.spans or marks.foot else "",
        ]
        return f"It is called “{first[:60]}” and {' and '.join(filter(None, signs))}."

    def _is_bare(self, number: int) -> bool:
        """Whether a row says nothing of what nearly every other says, its label and its figures apart."""
        row = self.rows[number]
        return len(self._said) > 1 and sum(bool(row[at]) for at in self._said) < 2

    def _matches(self, number: int, sums: Iterable[_Sum], has_label: bool) -> tuple[int, int, str]:
        """In how many columns the row's figures are a sum (or average, or count), of how many rows."""
        best = (0, 0, "sum")
        row = self.rows[number]
        figures = [read_figure(row[at]) for at in self._columns]
        is_average = has_label and any(map(_AVERAGE.search, row))
        if not any(figures):
            return best
        for total in sums:
            if total.rows < (1 if has_label else 2):
                continue
            agreeing = averages = given = 0
            for at, figure, value in zip(self._columns, figures, total.numbers, strict=True):
                if figure is None or not figure.number:
                    continue
                given += at not in self._percents or has_label
                slack = min(figure.quantum * total.rows / 2, abs(figure.number) / 200)
                agreeing += at not in self._percents and abs(figure.number - value) <= slack
                average = value / total.rows
                averages += is_average and abs(figure.number - average) <= figure.quantum / 2
            if agreeing * 3 >= given * (1 if has_label else 2) and agreeing > best[0]:
                best = (agreeing, total.rows, "sum")
            elif given and averages == given and averages > best[0]:
                best = (averages, total.rows, "average")
        return best


def _backwards(segments: list[_Sum]) -> Iterable[_Sum]:
    """The sum of the last group, of the last two, …"""
    if not segments:
        return
    current = segments[-1]
    yield current
    for segment in segments[-2:-_MOST_SEGMENTS:-1]:
        current = current.plus(segment)
        yield current


def _is_number(text: str) -> bool:
    if text[-1:].isdigit() and " " not in text and len(text) < 40:
        return True
    return kind_of(text) in ("code", "figure") and not total_label(text)


def identity_column(rows: Rows, known: Iterable[int]) -> int | None:
    """The column in which nearly every row has a number or code of its own, a known one first; or None."""
    if len(rows) < 2:
        return next(iter(known), None)
    known, some = list(known), rows[:_SAMPLE]
    some = [row for row in some if not total_label(next(filter(None, row), ""))] or some
    for at in [*known, *range(min(len(rows[0]), 3))]:
        texts = [row[at] for row in some]
        numbers = {text for text in texts if (_is_number(text) if at in known else _is_own(text, at))}
        # of a column that is called so, blank cells are those of sums: a few rows have several below them
        counted = sum(map(bool, texts)) if at in known and len(numbers) * 10 >= len(texts) * 4 else len(texts)
        if len(numbers) * 10 >= counted * 6 and len(numbers) > 1:
            return at
    return None


def _is_own(text: str, at: int) -> bool:
    """Whether a text may be a row's number: a code, or in the first column a plain number."""
    return kind_of(text) == "code" or (at == 0 and _ROW_NUMBER.fullmatch(text) is not None)
