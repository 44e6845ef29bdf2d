"""Numbers and names by which projects are known: when two spellings are one, and when there is none. Pure."""

from __future__ import annotations

import re
import unicodedata

from etl.values.text import is_blank, one_line

# Compatible characters that look like their plain form; a superscript, a fraction or a ring can be seen
_SEEN = frozenset({"<super>", "<sub>", "<fraction>", "<circle>", "<square>"})
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe63\uff0d", "-"))
_MARKS_AROUND = " .,:;'\"`*#\u2026"
# Words that stand where a number is still to come, beside those of any blank cell
_NO_NUMBER = frozenset(
    {
        "new", "nuwe", "pending", "awaiting", "outstanding", "none yet", "not yet", "unallocated",
        "unassigned", "unnumbered", "no number", "no project number", "to follow", "geen", "nvt", "nog nie",
        "onbekend", "#ref!", "#value!", "ref!", "value!",
    }
)  # fmt: skip
_DIGIT = re.compile(r"[1-9]")  # that no placeholder has
_TO_COME = re.compile(
    r"(?:not(?: yet)?(?: been)?|(?:yet )?to be|nog nie|nie|nog te wees) "
    r"(?:allocated|assigned|issued|registered|captured|toegeken|uitgereik|geregistreer)(?: nie| yet)?"
)
# An id that the source uses for several projects of one list, with what tells them apart behind it
_TOLD_APART = re.compile(r"~[0-9a-f]{8}$")
NAMED = "name:"  # what an id begins with that was made of the project's name and place


def folded(text: str) -> str:
    """The text as a comparison takes it: without what the eye cannot see and what surrounds it, in one case.

    >>> folded("\u200bWP\u2013０１０\u00a0.") == folded("wp-010")
    True
    """
    if not text.isascii():
        text = "".join(map(_plain, text)).translate(_DASHES)
        text = unicodedata.normalize("NFC", text)
    return " ".join(one_line(text).casefold().strip(_MARKS_AROUND).split())


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) in ("Cf", "Cc", "Mn") and not unicodedata.combining(character):
        return " " if character in "\x85" else ""
    kind = unicodedata.decomposition(character).partition(" ")[0]
    if kind.startswith("<") and kind not in _SEEN:
        return unicodedata.normalize("NFKC", character)
    return character


def number_of(text: str) -> str:
    """A published id as published, in single spaces; "" for a placeholder ("N/A", "TBC", "000", "Nuwe")."""
    if _DIGIT.search(text):
        return " ".join(text.split())
    plain = folded(text).strip("()[]{}<> ")
    words = {text, plain, plain.replace(".", "")}
    if any(map(is_blank, words)) or words & _NO_NUMBER or re.fullmatch(r"[0x\W_]*", plain):
        return ""
    if _TO_COME.fullmatch(plain):
        return ""
    return " ".join(text.split())


def is_unnumbered(external_id: str) -> bool:
    """Whether a project is known by its name and place, or by what is no number ("N/A")."""
    return external_id.startswith(NAMED) or not number_of(number_within(external_id))


def number_within(external_id: str) -> str:
    """The id without what tells the projects of one number apart."""
    return _TOLD_APART.sub("", external_id)


def told_apart(base: str, digest: str) -> str:
    """The id of one of several projects that share `base`; `digest`: of what only this one says."""
    return f"{base}~{digest[:8]}"
