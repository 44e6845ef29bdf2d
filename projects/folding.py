"""How names are compared in a search: without case, accents, apostrophes, and what the eye cannot see.

`Maluti-a-Phofung`, `MALUTI A PHOFUNG` and `maluti à phofung` are one name; so are `King William's Town` and
`king williams town`. Python folds, so that SQLite, PostgreSQL and the memory say the same. Pure: no Django.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
# Within a word, and no part of how it sounds: `D'Urban`, `!Kheis`, and the clicks ǀ ǁ ǂ ǃ.
_DROPPED = re.compile(r"['’‘ʼ`´!ǀǁǂǃ]")
_APART = re.compile(r"[\W_]+")
# Marks upon letters, and characters without width: bidirectional controls, joiners, soft hyphens.
_UNSEEN = frozenset({"Mn", "Me", "Cf"})


def folded(text: str | None) -> str:
    """Plain lower-case words with one space between them; blank where there is no letter and no digit."""
    if not text:
        return ""
    if text.isascii():
        plain = text.lower()
    else:
        taken_apart = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
        plain = "".join(mark for mark in taken_apart if unicodedata.category(mark) not in _UNSEEN)
    return _APART.sub(" ", _DROPPED.sub("", plain)).strip()


def folded_words(text: str) -> list[str]:
    """Each word of a search, folded: `WP10/01` is one, `wp10 01`. Words of signs alone are left out."""
    return [word for word in map(folded, text.split()) if word]


__all__ = ["folded", "folded_words"]
