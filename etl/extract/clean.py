"""A page without its noise, for telling whether anything changed at all.

Left out: scripts (lists of records and JSON data blobs apart), styles (what they hide and how long a bar is
apart), comments, view state and other opaque values, tokens, session ids, `enc=` values, resource URLs with
their stamps, theme suffixes, white space, attribute order.
What is left is not for display: one line per element, in document order.
"""

from __future__ import annotations

import re

from etl.exceptions import PageChanged
from etl.extract.html import Element, is_hidden
from etl.extract.jsontable import MARKUP, is_address, script_records
from etl.extract.markup import Markup
from etl.extract.styles import read_styles
from etl.values.addresses import SESSION_PATH

_KEPT = ("href", "id", "class", "value", "checked", "selected", "colspan", "rowspan", "alt", "title", "type",
         "name", "action", "content", "min", "max", "role", "itemprop", "aria-label", "aria-hidden",
         "aria-valuenow", "aria-valuemin", "aria-valuemax", "aria-colindex")  # fmt: skip
# What of a style is read: how long a bar is, what is struck out, what is set like a table, and where
# a text stands on a report's page
_READ_STYLE = re.compile(
    r"(?i)(?:^|[;\s])(width\s*:\s*[\d.,]{1,10}\s*%|display\s*:\s*[a-z-]{1,20}"
    r"|text-decoration[a-z-]{0,9}\s*:\s*line-through|(?:top|left)\s*:\s*-?[\d.]{1,10})"
)
_ATTRIBUTES = frozenset(_KEPT)
_DROPPED = frozenset({"script", "style", "link", "noscript", "template", "svg"})
_JSON = ("application/json", "application/ld+json")
_THEMES = re.compile(
    r"_(?:Moderno|Office\w*|Glass|Aqua|MetropolisBlue|Metropolis|MaterialCompact|Material|Mulberry|Plastic\w*|RedWine"
    r"|SoftOrange|Youthful|iOS|DevEx|Black\w*|Default|[A-Z][A-Za-z]+\d{0,4})(?=\s|$)"
)
_OPAQUE = re.compile(r"(?i)\b(enc|sid|sessionid|session|token|nonce|_|v|ver|t|ts|rnd|cb)=[^&#;\"']*")
_RESOURCE = re.compile(r"(?i)(?:DXR|WebResource|ScriptResource|DXB)\.axd")
_TOKEN_NAME = re.compile(r"(?i)^__|token|csrf|nonce|antiforgery|(?:state|_DXSS|_TSSM|_HDN)$|viewstate")
_RANDOM_ID = re.compile(r"(?i)^dx[si]s_\d+$|^dx(?:ss|is)_|^[0-9a-f]{8}-[0-9a-f]{4}-")
_BLOB = re.compile(r"^[A-Za-z0-9+/=_-]{64,}$")


def clean(body: bytes | Markup, content_type: str = "") -> bytes:
    """The page's lasting content in UTF-8; equal for two pages that differ in noise only. Never raises."""
    markup = body if isinstance(body, Markup) else Markup(body, content_type)
    text = markup.text
    try:
        text = markup.html
        root = markup.root()
    except PageChanged:
        return " ".join(text.split()).encode("utf-8", "replace")
    return "\n".join(_pieces(root)).encode("utf-8", "replace")


def _pieces(root: Element) -> list[str]:
    pieces: list[str] = []
    cache: dict[tuple[tuple[str, str], ...], str] = {}
    inside: Element | None = None
    for element in root.iter():
        tag = element.tag
        if tag in _DROPPED or not isinstance(tag, str):
            inside = (
                _data_blob(element, pieces) if tag in ("svg", "template", "noscript", "script") else inside
            )
        elif inside is None or not _is_within(element, inside):
            _append(element, tag, pieces, cache)
        if (tail := element.tail) and not tail.isspace():
            pieces.append(" ".join(tail.split()))
    hiding = read_styles(root)
    pieces += (f"<style {' '.join(selector)}>{display}" for selector, display in sorted(hiding.items()))
    return pieces


def _append(
    element: Element, tag: str, pieces: list[str], cache: dict[tuple[tuple[str, str], ...], str]
) -> None:
    items = tuple(element.items())
    mark = cache.get(items)
    if mark is None:
        mark = _mark(element)
        if len(cache) < 10_000:
            cache[items] = mark
    text = element.text
    words = " ".join(text.split()) if text else ""
    pieces.append(f"<{tag}{mark}>{words}")


def _is_within(element: Element, dropped: Element | None) -> bool:
    """Whether the element stands inside a dropped one that has elements (an icon's paths)."""
    return (
        dropped is not None
        and len(dropped) > 0
        and any(parent is dropped for parent in element.iterancestors())
    )


def _data_blob(element: Element, pieces: list[str]) -> Element:
    """The data that a script holds, records with their addresses without noise, and what an icon is called;
    the dropped element."""
    if element.tag == "svg":
        title = next((child.text or "" for child in element if child.tag == "title"), "")
        pieces.append(f"<svg{_mark(element)}>{' '.join(title.split())}")
    if element.tag != "script" or not element.text:
        return element
    rows = [row for records in script_records(element) for row in records.rows]
    for row in rows:
        pieces.append("<data>" + ";".join(f"{key}={_value(text)}" for key, text in sorted(row.items())))
    if not rows and (element.get("type") or "").lower() in _JSON:
        pieces.append("<data>" + " ".join(element.text.split()))
    return element


def _value(text: str) -> str:
    """A record's value; in addresses, and in those alone, opaque parts are left out."""
    if is_address(text):
        return _OPAQUE.sub(r"\1=", text)
    return MARKUP.sub(lambda tag: _OPAQUE.sub(r"\1=", tag[0]), text) if "<" in text else text


def _mark(element: Element) -> str:
    kept = []
    name = element.get("name") or ""
    is_secret = element.tag in ("input", "meta") and bool(_TOKEN_NAME.search(name))
    for key, value in sorted(element.items()):
        if key not in _ATTRIBUTES or (is_secret and key in ("value", "content")):
            continue
        value = _attribute(key, value)
        if value:
            kept.append(f' {key}="{value}"')
    if style := element.get("style"):
        kept += (f" {''.join(said.split()).lower()}" for said in _READ_STYLE.findall(style))
    return "".join(kept) + (" hidden" if is_hidden(element) else "")


def _attribute(key: str, value: str) -> str:
    if key == "class":
        return " ".join(sorted(_THEMES.sub("", value).split()))
    if key in ("href", "action"):
        return "" if _RESOURCE.search(value) else _OPAQUE.sub(r"\1=", SESSION_PATH.sub("", value.strip()))
    if key in ("id", "name") and _RANDOM_ID.match(value):
        return ""
    value = " ".join(value.split())
    return "" if key in ("value", "content") and _BLOB.match(value) else value
