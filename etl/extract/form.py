"""The page's form as a browser would post it."""

from __future__ import annotations

from collections.abc import Iterator

from etl.extract.document import Document
from etl.extract.html import Element, selected_option, squash
from etl.extract.types import Form

_BUTTONS = frozenset({"submit", "button", "image", "reset", "file"})


def read_form(document: Document, page_url: str) -> Form | None:
    """The WebForms form (the one with `__VIEWSTATE`), else the first; None on a page without one."""
    state = next((box for box in document.root.iter("input") if box.get("name") == "__VIEWSTATE"), None)
    form = next(state.iterancestors("form"), None) if state is not None else None
    if form is None:
        form = next(iter(document.all("form")), None)
    if form is None:
        return None
    action = document.links.absolute(form.get("action")) or page_url
    return Form(action, dict(_fields(form)))


def _fields(form: Element) -> Iterator[tuple[str, str]]:
    for element in form.iter("input", "select", "textarea"):
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        value = _VALUES[element.tag](element)
        if value is not None:
            yield name, value


def _input(element: Element) -> str | None:
    kind = element.get("type", "text").lower()
    if kind in _BUTTONS:
        return None
    if kind in ("checkbox", "radio"):
        return element.get("value", "on") if element.get("checked") is not None else None
    return element.get("value", "")


def _select(element: Element) -> str | None:
    option = selected_option(element)
    if option is None:
        return None
    value = option.get("value")
    return squash("".join(option.itertext())) if value is None else value


def _textarea(element: Element) -> str:
    text = "".join(element.itertext())
    return text[1:] if text.startswith("\n") else text


_VALUES = {"input": _input, "select": _select, "textarea": _textarea}
