"""The page's form as a browser would post it."""

from __future__ import annotations

from collections.abc import Iterator

from etl.extract.document import Document
from etl.extract.html import Element, selected_option, squash
from etl.extract.types import Form

_BUTTONS = frozenset({"submit", "button", "image", "reset", "file"})


def read_form(document: Document, page_url: str) -> Form | None:
    """The WebForms form (the one with `__VIEWSTATE`), else the first; None on a page without one."""
    state = next((box for box in document.all("input") if box.get("name") == "__VIEWSTATE"), None)
    form = next(state.iterancestors("form"), None) if state is not None else None
    if form is None:
        form = next(iter(document.all("form")), None)
    if form is None:
        return None
    action = document.links.absolute(form.get("action")) or page_url
    return Form(action, dict(read_fields_of(form)))


def read_fields_of(form: Element) -> Iterator[tuple[str, str]]:
    """Its successful controls, without those of its buttons."""
    for element in form.iter("input", "select", "textarea"):
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        value: str | None = None
        kind = element.get("type", "text").lower()
        if element.tag == "textarea":
            value = "".join(element.itertext()).removeprefix("\n")
        elif element.tag == "select":
            option = selected_option(element)
            if option is not None:
                value = option.get("value", squash("".join(option.itertext())))
        elif kind in ("checkbox", "radio"):
            value = element.get("value", "on") if element.get("checked") is not None else None
        elif kind not in _BUTTONS:
            value = element.get("value", "")
        if value is not None:
            yield name, value
