"""One record out of a list line and a page of the project's own: which of the two speaks for a label. Pure.

The page does, as a rule: it says more, and more exactly. But what moved last wins: a line that says
something new beside a page that says what it said before (or could not be read) is not hidden by it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Before:
    """What line and page said when they were last put together. `page_labels`: the page spoke for them."""

    published: Mapping[str, str]
    page_labels: Collection[str]
    other: Mapping[str, str]

    def line(self) -> dict[str, str]:
        own = {label: text for label, text in self.published.items() if label not in self.page_labels}
        return own | {label: text for label, text in self.other.items() if label in self.page_labels}

    def page(self) -> dict[str, str]:
        own = {label: text for label, text in self.published.items() if label in self.page_labels}
        return own | {label: text for label, text in self.other.items() if label not in self.page_labels}


@dataclass(slots=True)
class Merged:
    """`page`: the page's labels, without those for which the line speaks. `other`: for a label that both
    have, differently, the string of the one that does not speak."""

    page: dict[str, str] | None
    other: dict[str, str] = field(default_factory=dict)


def merge(line: Mapping[str, str], page: Mapping[str, str] | None, before: Before | None) -> Merged:
    if page is None:
        return Merged(None)
    differ = [label for label in line if label in page and line[label] != page[label]]
    of_line = {label for label in differ if before and _line_speaks(label, line, page, before)}
    return Merged(
        page={label: text for label, text in page.items() if label not in of_line},
        other={label: page[label] if label in of_line else line[label] for label in differ},
    )


def _line_speaks(label: str, line: Mapping[str, str], page: Mapping[str, str], before: Before) -> bool:
    published = before.published.get(label)
    line_moved = line[label] != before.line().get(label, published)
    page_moved = page[label] != before.page().get(label, published)
    if line_moved == page_moved:
        return not line_moved and label in before.published and label not in before.page_labels
    return line_moved
