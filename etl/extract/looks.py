"""What blocks look like, and what heads several of them: a list of a board, a section. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from etl.extract.html import Element, words_of

_STATES = frozenset(
    "active alt alternate collapse collapsed current even expanded first in last odd open selected".split()
)
_DIGITS = re.compile(r"[-_]?\d+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend", "caption"})
_DEEPEST = 8  # ancestors of a block in which its section is looked for
_MOST_WITHIN = 12  # elements of what may hold the heading of a section
_LONGEST = 120  # characters of a heading
_COUNT = re.compile(r"\s*[(\[]?\d{1,5}[)\]]?$")  # of what is below it: "Construction (2)"


@lru_cache(maxsize=4096)
def look_of(classes: str | None) -> str:
    """The class that tells what an element is, without what tells its place or state."""
    for name in (classes or "").split():
        bare = _DIGITS.sub("", name)
        if bare and bare.lower() not in _STATES:
            return bare
    return ""


def sections_above(blocks: Sequence[Element]) -> list[str]:
    """What heads each block together with its neighbours, as a column of theirs would say it: each block has
    one, several blocks or all of a list have the same, and they differ. [] where there is no such thing."""
    holders = Counter(part for block in blocks for part in islice(block.iterancestors(), _DEEPEST))
    known: dict[Element, Element | None] = {}
    found = [_section(block, holders, known, len(blocks)) for block in blocks]
    kinds = {None if heading is None else (heading.tag, heading.get("class")) for heading in found}
    texts = [_COUNT.sub("", words_of(heading)) for heading in found if heading is not None]
    if None in kinds or len(kinds) > 1 or not all(0 < len(text) <= _LONGEST for text in texts):
        return []
    return texts if 1 < len(set(texts)) < len(texts) else []


def _section(
    block: Element, holders: Counter[Element], known: dict[Element, Element | None], count: int
) -> Element | None:
    """The nearest heading before the block, in what does not hold all of them. `known`: what was found
    before each part that was looked at, so that none is looked at twice."""
    parts = [block]
    found = None
    while found is None and len(parts) <= _DEEPEST:
        for before in parts[-1].itersiblings(preceding=True):
            if before in known:
                found = known[before]
                break
            if isinstance(before.tag, str) and not holders[before]:
                found = _heading(before)
            if found is not None:
                break
        parent = parts[-1].getparent()
        if parent is None or holders[parent] == count:
            break
        parts.append(parent)
    known.update(dict.fromkeys(parts, found))
    return found


def _heading(part: Element) -> Element | None:
    within = list(islice(part.iter(), _MOST_WITHIN + 1))
    if len(within) > _MOST_WITHIN:
        return None
    return next((one for one in within if one.tag in _HEADINGS), None)
