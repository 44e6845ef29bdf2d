"""What reading one published string gives: a value, nothing, or a problem with a name. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u0060\u00b4\u2032", "'"))
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_SHORT = 100  # characters
_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""))


def one_line(text: str) -> str:
    """The text in NFC with straight quotes and hyphens, each run of white space (NBSP too) one space."""
    if text.isascii():
        return " ".join((text.replace("`", "'") if "`" in text else text).split())
    return _one_line(text) if len(text) <= _SHORT else _straight(text)


@lru_cache(maxsize=16384)  # figures with their blanks and dashes, asked for by one judge after another
def _one_line(text: str) -> str:
    return _straight(text)


def _straight(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE)).translate(_QUOTES).translate(_DASHES)
    return " ".join(text.split())


# Words with which a source says "no value here". "0" is none of them: a published zero stays zero.
BLANK_WORDS = frozenset(
    {
        "", "-", "--", "---", ".", "..", "...", "\u2026", "/", "?", "r -", "r-", "r", "%", "- %", "-%",
        "n/a", "n.a", "n.a.", "na", "#n/a", "n\\a", "none", "null", "nan", "nat", "blank", "(blank)",
        "not specified", "unspecified", "not available", "not applicable", "not given", "not stated",
        "not yet available", "not provided", "no data", "unknown", "tbc", "tba", "tbd", "&nbsp;",
        "to be confirmed", "to be determined", "to be announced", "to be advised", "to be appointed",
        "not yet appointed", "not appointed", "not appointed yet", "n.v.t.", "n.v.t", "nvt", "geen",
        "onbekend", "nie beskikbaar nie", "nie van toepassing nie", "nog nie bekend nie", "word nog bepaal",
    }
)  # fmt: skip

# What is still to be done, where a name is to stand. "Not yet awarded" is a status, and no company
_TO_COME = re.compile(
    r"(?:(?:the )?(?:contractor|kontrakteur|service provider|consultant|company|agent|bidder)s?:? )?"
    r"(?:(?:(?:not(?: yet| as yet)?(?: been)?|(?:still |yet )?to be|nog nie|nog te wees|word nog|moet nog) )"
    r"(?:appointed|awarded|confirmed|determined|announced|advised|finali[sz]ed|known|available|specified|provided"
    r"|stated|given|allocated|assigned|identified|procured|selected|aangestel|toegeken|bevestig|bepaal|bekend"
    r"|beskikbaar|gefinaliseer|gespesifiseer|aangedui|geïdentifiseer)(?: nie| word| yet| as yet)?"
    r"|(?:awaiting|pending|await|wag vir|hangende) (?:appointment|award|approval|allocation|confirmation"
    r"|procurement|aanstelling|toekenning|goedkeuring)"
    r"|(?:appointment|award|aanstelling|toekenning) (?:awaited|pending|outstanding|in process|in progress"
    r"|hangende)"
    r"|(?:in|under|out on|out to|at) (?:procurement|tender|evaluation|adjudication)(?: stage| process)?"
    r"|(?:procurement|tender|evaluation|adjudication) (?:stage|phase|process|in progress|under ?way))",
    re.IGNORECASE,
)

# What a figure or a day was before, behind what it is: "(revised from R4 million)", "was 31 March 2026"
_FORMER = re.compile(
    r"(?<=[\w)])[\s,;]*[(\[]?\s*\b(?:(?:revised|increased|reduced|extended|changed|moved|up|down) from|was"
    r"|previously|formerly|original(?:ly)?|voorheen|oorspronklik)\b[^()\[\]]{1,60}[)\]]?$",
    re.IGNORECASE,
)

LONGEST_FIGURE = 60  # characters; a longer text is prose, and is not searched for a figure


def is_blank(text: str) -> bool:
    """Whether the string says that there is no value ("", "-", "n/a", "Not specified", "TBC")."""
    return _is_blank(text) if len(text) <= _SHORT else one_line(text).casefold() in BLANK_WORDS


@lru_cache(maxsize=16384)
def _is_blank(text: str) -> bool:
    return one_line(text).casefold() in BLANK_WORDS


def without_former(text: str) -> str:
    """The text, in one line, without what it says that its value was before."""
    return _FORMER.sub("", text) if len(text) <= _SHORT else text


@lru_cache(maxsize=4096)
def is_to_come(text: str) -> bool:
    """Whether the words say that what is asked for is still to come, and nothing else ("Not yet awarded")."""
    return len(text) <= _SHORT and _TO_COME.fullmatch(one_line(text).strip(" .()")) is not None


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """`value` None without `problem` is a blank cell. A value with a problem was read with a doubt.

    `quantum` is the size of the last published digit in the value's own unit (rand, percent): two figures
    that differ by no more are the same figure, rounded.
    """

    value: T | None
    problem: str | None = None
    quantum: Decimal = Decimal(0)
