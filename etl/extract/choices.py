"""Choices of which part of a list is shown: a `<select>` of provinces, municipalities or stages. Pure.

What a choice is of is told by its options, not by its name: what they mean, or that a column of the list
holds them. Choices of languages, orders, years and rows a page hide no projects, and are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from etl.extract.document import Document
from etl.extract.form import read_fields_of
from etl.extract.html import Element, selected_option, squash, text_of
from etl.extract.pager import POSTBACK
from etl.extract.types import Choice, Table
from etl.values.places import names_a_municipality
from etl.values.vocabulary import DEFAULT, province_of

_WHOLE_TEXT = re.compile(
    r"\W*(?:(?:show\s+)?(?:all|any|every|alle)\b.*|(?:please\s+)?(?:select|choose|kies)\b.*)?", re.I
)
_ALL_OF = re.compile(r"\W*(?:show\s+)?(?:all|any|every|alle)\W+\w", re.I)
_ALL = re.compile(r"\W*(?:show\s+)?(?:all|any|every|alle)\W*", re.I)
_WHOLE_VALUES = frozenset({"all", "*", "%", "any"})
_MOST = 400  # options
_MOST_WORDS = 8  # of an option that are looked at
_SHARE = 0.6  # of the options have to mean something
_BUTTON = ("submit", "image")
_WORDS = frozenset({"text", "search"})
_QUIET = frozenset({"hidden", "submit", "image", "button", "reset"})
_SECRET = ("password", "file")


def read_choices(document: Document, tables: Iterable[Table]) -> list[Choice]:
    """The choices of the page that a form or a postback asks with, in its order."""
    if not document.mentions("<select"):
        return _searches(document)
    held: list[set[str]] = []
    for table in tables:
        held += [{row[at].casefold() for row in table.rows} for at in range(len(table.headers))]
    forms: dict[Element, _Asking | None] = {}
    found = [choice for box in document.root.iter("select") for choice in _of_box(box, document, held, forms)]
    return found or _searches(document)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What all choices of a form share. `fields`: as it stands; `button`: which asks."""

    action: str
    is_get: bool
    button: tuple[str, str] | None
    fields: dict[str, str]


def _asking(form: Element, document: Document) -> _Asking | None:
    """How the form asks; None where it takes what is secret."""
    if any((each.get("type") or "").lower() in _SECRET for each in form.iter("input")):
        return None
    action = document.links.absolute(form.get("action")) or ""
    return _Asking(action, _is_get(form), _button(form), dict(read_fields_of(form)))


def _searches(document: Document) -> list[Choice]:
    """Forms that ask for words alone and change nothing: empty, each may list all."""
    found = []
    for form in document.all("form"):
        button = _button(form) if _asks_for_words(form) else None
        if button:
            asked = {box.get("name") or "" for box in form.iter("input") if box.get("type", "text") in _WORDS}
            fields = {name: "" if name in asked else value for name, value in read_fields_of(form)}
            action = document.links.absolute(form.get("action")) or ""
            found.append(Choice("", (), "", "", action, True, "", button, fields))
    return found


def _asks_for_words(form: Element) -> bool:
    if not _is_get(form):
        return False
    kinds = {(box.get("type") or "text").lower() for box in form.iter("input")}
    if kinds.isdisjoint(_WORDS) or not kinds <= _WORDS | _QUIET:
        return False
    return next(form.iter("select", "textarea"), None) is None


def _is_get(form: Element) -> bool:
    return (form.get("method") or "get").strip().lower() == "get"


def _of_box(
    box: Element, document: Document, held: list[set[str]], forms: dict[Element, _Asking | None]
) -> Iterator[Choice]:
    form = next(box.iterancestors("form"), None)
    name, options = box.get("name") or "", list(box.iter("option"))
    if form is None or not name or not 1 < len(options) <= _MOST or box.get("multiple") is not None:
        return
    texts = [squash(text_of(option)) for option in options]
    pairs = [(option.get("value", text), text) for option, text in zip(options, texts, strict=True)]
    whole = _whole_of(pairs)
    named = [text for value, text in pairs if not _is_whole(value, text)]
    if not _means_something(named, held):
        return
    chosen = selected_option(box)
    at = options.index(chosen) if chosen is not None else 0
    code = unquote(box.get("onchange") or "").replace("\\'", "'")
    match = POSTBACK.search(code)
    if form not in forms:
        forms[form] = _asking(form, document)
    asking = forms[form]
    if asking and (match or asking.button or "submit" in code):
        yield Choice(
            name=name,
            options=tuple(pairs),
            chosen=pairs[at][0],
            whole=whole,
            action=asking.action,
            is_get=asking.is_get,
            target=match[1] if match else "",
            button=None if match else asking.button,
            fields=asking.fields,
        )


def _is_whole(value: str, text: str) -> bool:
    return value.strip().casefold() in _WHOLE_VALUES or bool(_WHOLE_TEXT.fullmatch(text))


def _whole_of(pairs: list[tuple[str, str]]) -> str | None:
    """The value of the option that narrows nothing; None where none is sure to.

    One of several "All …" is a part of what there is, and so is "All …" with the name of a part.
    """
    whole = [(value, text) for value, text in pairs if _is_whole(value, text)]
    limited = [text for value, text in whole if value.strip().casefold() not in ("", *_WHOLE_VALUES)]
    limited = [text for text in limited if _ALL_OF.match(text)]
    is_lone = len(limited) == 1 and not any(_ALL.fullmatch(text) for _, text in whole)
    if is_lone and not _names_a_part(limited[0]):
        limited = []
    return next((value for value, text in whole if text not in limited), None)


def _names_a_part(text: str) -> bool:
    """Whether a run of the text's words is the name of a place, a stage or a programme."""
    words = text.split()[:_MOST_WORDS]
    runs = (" ".join(words[at:end]) for at in range(len(words)) for end in range(at + 1, len(words) + 1))
    return any(_is_a_part(run) for run in runs)


def _is_a_part(text: str) -> bool:
    return bool(
        province_of(text)
        or names_a_municipality(text)
        or DEFAULT.status_of(text)
        or DEFAULT.programme_of(text)
    )


def _means_something(texts: list[str], held: list[set[str]]) -> bool:
    known = sum(bool(province_of(text) or names_a_municipality(text)) for text in texts)
    staged = sum(bool(DEFAULT.status_of(text)) for text in texts)
    granted = sum(bool(DEFAULT.programme_of(text)) for text in texts)
    folded = {text.casefold() for text in texts}
    shown = max((len(folded & cells) for cells in held), default=0)
    if len(texts) < 2:
        return known > 0
    return max(known, staged, granted, shown) >= max(2, _SHARE * len(texts))


def _button(form: Element) -> tuple[str, str] | None:
    """The name and the text of the button that asks: the only one, or the first of several."""
    for element in form.iter("input", "button"):
        kind = (element.get("type") or ("submit" if element.tag == "button" else "text")).lower()
        if kind in _BUTTON:
            return element.get("name") or "", element.get("value") or text_of(element)
    return None
