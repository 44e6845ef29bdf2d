"""What a mass edit is called, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from projects.languages import Words, gettext
from projects.wording.phrases import OF_MONTHS, label, listed, plural, shortened

_NOUNS = {
    "project": "project",
    "municipality_listing": "municipality",
    "municipal_figure": "municipal figure",
    "discrepancy": "question",
    "municipal_year": "municipal year",
}
# What many say by their type alone; `many`: “12 projects”.
_MASS = Words(
    {
        "created": "{many} first seen in one reading",
        "missing": "{many} not on the source's list any more in one reading",
        "withdrawn": "{many} withdrawn in one reading",
        "returned": "{many} listed again in one reading",
        "merged": "{many} merged in one reading",
        "split": "{many} split off in one reading",
        "opened": "{many} opened in one reading",
        "closed": "{many} closed in one reading",
        "replied": "{many} answered in one reading",
    }
)
_MASS_OF_FIGURES = _MASS | {
    "created": "{many} first published in one reading",
    "missing": "{many} no longer in the source's complete answer in one reading",
    "returned": "{many} in the source's answer again in one reading",
}


def telling(entity_type: str, fields: Iterable[str]) -> list[str]:
    """The fields that tell mass edits apart. Every month gives a figure another column, and its amount is
    their sum: of months the amount alone counts.
    """
    months = OF_MONTHS if entity_type == "municipal_figure" else ()
    return [field for field in fields if field not in months]


def event(entity_type: str, change_type: str, fields: list[str], count: int) -> str:
    """A mass edit: `Budget changed on 214 projects in one reading`, `500 projects first seen in …`."""
    many = plural(count, _NOUNS.get(entity_type, "record"))
    words = _MASS_OF_FIGURES if entity_type == "municipal_figure" else _MASS
    if change_type in words:
        return words[change_type].format(many=many)
    # Sorted: databases keep the keys of JSON each in an order of its own
    named = sorted(label(field) for field in telling(entity_type, fields)) or (
        [gettext("Months")] if fields else []
    )
    return gettext("{fields} changed on {many} in one reading").format(fields=_some(named), many=many)


def _some(labels: list[str]) -> str:
    """`Budget`, `Budget and Expenditure`, `Budget, Expenditure and 3 more fields`."""
    shown_labels = [shortened(text) for text in labels] or [gettext("Something")]
    if len(shown_labels) <= 3:
        return listed(shown_labels)
    more = gettext("{number} more fields").format(number=len(shown_labels) - 2)
    return listed([*shown_labels[:2], more])
