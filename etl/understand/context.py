"""Units that a page names beside its columns: in a caption, a title, a unit row, a note. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from etl.extract.types import PageContent, Table
from etl.values.text import one_line
from etl.values.units import Unit, label_unit, split_unit

_THOUSANDS = re.compile(
    r"\bR\s?'?\s?000'?s?\b|\bR\s?thousands?\b|(?<![\d,.])(?<!\d )'000'?s?\b|\bRk\b"
    r"|^\W*thousands?\W*$|\bR\s?1[ ,]?000'?s\b"
    r"|\b(?:in|as)\s+thousands?\b|\bthousands?\s+(?:of\s+)?rands?\b|\bZAR\s?[(,]?\s?(?:'?000|thousands?|k)\b"
    r"|\brands?[\s,:(-]{1,3}(?:in\s+)?(?:thousands?|'?000'?s?)\b|\bR\s?[,(]\s?'?000'?s?\b"
    r"|(?<!\w)[x\u00d7*]\s?R?\s?1[ ,]?000\b"
    r"|\bduisend(?:e)?\s+rand\b|\bR\s?duisend\b",
    re.IGNORECASE,
)
_MILLIONS = re.compile(
    r"\bR\s?'?(?:millions?|miljoen|mill?|mn)\b|\bRm\b|\bR'?m\b|\b(?:in|as)\s+millions?\b|\bmillions?\s+(?:of\s+)?rands?\b"
    r"|\brands?[\s,:(-]{1,3}(?:in\s+)?millions?\b|\bmiljoene?\s+rand\b|\bR\s?'?000\s?'?000\b|\bZAR\s?[(,]?\s?(?:millions?|mn?)\b",
    re.IGNORECASE,
)
_BILLIONS = re.compile(
    r"\bR\s?(?:billions?|bn)\b|\b(?:in|as)\s+billions?\b|\bbillions?\s+of\s+rands?\b", re.IGNORECASE
)
# "worth millions of rands" says how much, not what the figures count
_SAYS_HOW_MUCH = re.compile(
    r"\b(?:worth|cost(?:s|ing)?|spen[dt]|spending|saved?|saving|lost|losing|hundreds|tens|over|many|several|werd?|kos)"
    r"\s+(?:of\s+)?(?:many\s+|several\s+)?$",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"(?:\b(?:amounts?|figures?|values?|budgets?|costs?|all)\b[^.;\d]{0,25}\b(?:in|are)|^\W*in)\s+(?:\w+\s+)?"
    r"(?:\b(?:USD|US dollars?|EUR|euros?|GBP|dollars?|pounds?)\b|US\$|[€£])(?!\s*\d)"
    r"|^\W*(?:USD|US\$|EUR|€|£|GBP)\s*(?:'?000|thousands?|millions?|m|bn)?\W*$",
    re.IGNORECASE,
)
_RANDS = re.compile(r"\b(?:in|are)\s+(?:full\s+|whole\s+)?rands?\b(?!\s*(?:thousand|million))", re.IGNORECASE)
_OF_FIGURES = re.compile(
    r"^(?:all\s+|alle\s+)?(?:amounts?|figures?|values?|costs?|budgets?|bedrae|syfers|waardes)\b[\w\s]{0,20}?"
    r"(?:\b(?:in|are|is)\b|:)\s*",
    re.IGNORECASE,
)
_SHORT = 60
_PERCENT = re.compile(r"^[(\[]?\s*(?:%|percent|per cent)\s*[)\]]?$", re.IGNORECASE)
# An amount of its own in a note ("Total budget: R5 million") names no unit of the columns
_SPEAKS_OF_ALL = re.compile(r"\b(?:all|alle|figures|amounts|bedrae|values|waardes)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\d[\d ,.]*\s*(?:million|billion|thousand|bn|mn|m)?\b", re.IGNORECASE)
_SCALES = ((_MILLIONS, 10**6, "R million"), (_THOUSANDS, 1000, "R'000"), (_BILLIONS, 10**9, "R billion"))


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit, and the words of the page that name it."""

    unit: Unit
    where: str


def unit_in(text: str) -> Unit | None:
    """The unit of money (or percent) that a short text names for what stands with it."""
    plain = one_line(text)
    if _PERCENT.match(plain):
        return Unit("percent", Decimal(1), "%")
    for pattern, factor, name in _SCALES:
        if match := pattern.search(plain):
            before = plain[: match.start()].rstrip()
            if not (before and before[-1].isdigit()) and not _SAYS_HOW_MUCH.search(f"{before} "):
                return Unit("money", Decimal(factor), name)
    rest, unit = split_unit(f"Amount {_OF_FIGURES.sub('', plain)}") if len(plain) <= _SHORT else ("", None)
    if unit and unit.factor != 1 and rest == "Amount" and plain.strip("() ").casefold() not in ("m", "k"):
        return unit
    if _RANDS.search(plain) or plain.strip("()[] .").casefold() in ("r", "rand", "zar", "rands"):
        return Unit("money", Decimal(1), "R")
    return None


def table_units(table: Table, remarks: Sequence[str]) -> list[NamedUnit]:
    """The different units of money that a table's surroundings name, in reading order; where they name none,
    those that the page names for all."""
    notes = [" ".join(row.row) for row in table.left_out if row.kind == "note"]
    return units_in([*table.context, *notes]) or units_in(remarks)


def names_foreign_money(text: str) -> bool:
    """Whether a text says that figures count dollars, euros or pounds."""
    return _FOREIGN.search(one_line(text)) is not None


def units_in(texts: Sequence[str]) -> list[NamedUnit]:
    found: dict[Decimal, NamedUnit] = {}
    for text in texts:
        unit = unit_in(text)
        if unit and unit.kind == "money":
            found.setdefault(unit.factor, NamedUnit(unit, text))
    return list(found.values())


def around(content: PageContent) -> list[str]:
    """The page's sentences that speak of all of its tables: those that no table has for itself, and those
    that say so."""
    claimed = {text for table in content.tables for text in table.context}
    return [text for text in content.remarks if text not in claimed or _SPEAKS_OF_ALL.search(text)]


def column_unit(label: str, note: str, around: Sequence[NamedUnit]) -> tuple[NamedUnit | None, bool]:
    """The unit of one column, and whether there is a doubt: its own words first, then the table's."""
    if own := label_unit(label):
        return NamedUnit(own, label), False
    if note and (below := unit_in(note)):
        return NamedUnit(below, note), False
    if len(around) == 1:
        return around[0], False
    return None, len(around) > 1
