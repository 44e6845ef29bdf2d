"""What a mass edit is called, in plain South African English. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from projects.wording import figures
from projects.wording.phrases import OF_MONTHS, label, listed, plural, shortened

_NOUNS = {
    "project": "project",
    "municipality_listing": "municipality",
    "municipal_figure": "municipal figure",
    "discrepancy": "question",
    "municipal_year": "municipal year",
}
_MASS = {
    "created": "first seen",
    "missing": "not on the source's list any more",
    "withdrawn": "withdrawn",
    "returned": "listed again",
    "merged": "merged",
    "split": "split off",
    "opened": "opened",
    "closed": "closed",
    "replied": "answered",
}


_MASS_OF_FIGURES = {
    "created": "first published",
    "missing": "no longer in the source's complete answer",
    "returned": "in the source's answer again",
}


def telling(entity_type: str, fields: Iterable[str]) -> list[str]:
    """The fields that tell mass edits apart. Every month gives a figure another column, and its amount is
    their sum: of months the amount alone counts.
    """
    months = OF_MONTHS if entity_type == "municipal_figure" else ()
    return [field for field in fields if field not in months]


def event(entity_type: str, change_type: str, fields: list[str], count: int) -> str:
    """A mass edit: `Budget changed on 214 projects in one reading`, `500 projects first seen in …`."""
    noun = _NOUNS.get(entity_type, "record")
    many = f"{figures.grouped(count)} {noun[:-1]}ies" if noun.endswith("y") else plural(count, noun)
    words = _MASS | _MASS_OF_FIGURES if entity_type == "municipal_figure" else _MASS
    if change_type in words:
        return f"{many} {words[change_type]} in one reading"
    # Sorted: databases keep the keys of JSON each in an order of its own
    named = sorted(label(field) for field in telling(entity_type, fields)) or (["Months"] if fields else [])
    return f"{_some(named)} changed on {many} in one reading"


def _some(labels: list[str]) -> str:
    """`Budget`, `Budget and Expenditure`, `Budget, Expenditure and 3 more fields`."""
    shown_labels = [shortened(text) for text in labels] or ["Something"]
    if len(shown_labels) <= 3:
        return listed(shown_labels)
    return listed([*shown_labels[:2], f"{len(shown_labels) - 2} more fields"])
