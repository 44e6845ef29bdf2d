"""Rows of sums: where one stands at the end of a table or of a group, it is no data row."""

from __future__ import annotations

from collections.abc import Sequence

_WORDS = frozenset({"total", "totals", "grand total", "grand totals", "sub total", "sub totals", "subtotal",
                    "subtotals", "overall total"})  # fmt: skip


def is_total(text: str) -> bool:
    """Whether a text is exactly such a word: a project called "Total sanitation" is none."""
    return " ".join(text.casefold().replace("-", " ").split()).rstrip(" :") in _WORDS


def without_totals(rows: Sequence[Sequence[str]], numbers: list[int], ends: set[int]) -> list[int]:
    """The numbers of the rows that are data.

    `numbers`: ascending numbers of rows; `ends`: numbers before which a group ends. A row of sums is one
    whose first text is such a word and behind which stand only rows of sums.
    """
    kept: list[int] = []
    is_end = True
    for number in reversed(numbers):
        is_end = is_end or number + 1 in ends
        is_end = is_end and is_total(next(filter(None, rows[number]), ""))
        if not is_end:
            kept.append(number)
    return kept[::-1]
