"""What is said where no value is known: it was not published, or it was published and not read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projects.languages import Words
from projects.wording.phrases import PUBLISHED

BEFORE, AFTER = 0, 1  # the sides of a pair
UNPUBLISHED, UNREAD, UNREADABLE, UNKNOWN = "unpublished", "unread", "unreadable", "unknown"
WORDS = Words({
    UNPUBLISHED: "not published",
    UNREAD: "not read",
    UNREADABLE: "published, not readable",
    UNKNOWN: "not known",
})  # fmt: skip
_BLANK: tuple[Any, ...] = (None, "", [])


def why(field: str, side: int, cause: str, changes: Mapping[str, Any], evidence: Mapping[str, Any]) -> str:
    """Why a change has no value of the field on that side: one of the four.

    Of what was read better than before, the page had it all along. A steward speaks of what is known. Of what
    a source did, `evidence` has the published texts that are no longer the same: one for each value that
    came or went, blank where there was none.
    """
    if cause == "parser":
        return UNREAD
    if cause != "source" and cause != "correction":
        return UNKNOWN
    if field.startswith(PUBLISHED) or not evidence:
        return UNPUBLISHED
    blank_texts = sum(pair[side] in _BLANK for pair in evidence.values())
    blank_values = sum(
        pair[side] in _BLANK for name, pair in changes.items() if not name.startswith(PUBLISHED)
    )
    if not blank_texts:
        return UNREADABLE
    return UNPUBLISHED if blank_texts >= blank_values else UNKNOWN


__all__ = ["AFTER", "BEFORE", "UNKNOWN", "UNPUBLISHED", "UNREAD", "UNREADABLE", "WORDS", "why"]
