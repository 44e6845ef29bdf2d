"""Does a page end where it should? Pure."""

from __future__ import annotations

import re

_BLOCKS = ("table", "div", "ul", "form", "script")


def is_cut(markup: str) -> bool:
    """Whether a page ends in the middle.

    HTML lets a page do without `</html>`: one that has closed all its blocks is whole; a WebForms page
    always has it.
    """
    lowered = markup.lower()
    if "<html" not in lowered[:200_000] or "</html" in lowered[-20_000:]:
        return False
    if "__viewstate" in lowered:
        return True
    return any(len(re.findall(rf"<{block}\b", lowered)) > lowered.count(f"</{block}") for block in _BLOCKS)
