"""Addresses that a page's scripts ask for data: `$.getJSON('list.ashx')`, `fetch('projects.json')`. Pure.

An address that a script puts together of more than constants, or asks with arguments, is left alone: half of
it is not known. What it may add to a whole one, on a condition (`'a?n=15' + (next ? … : '')`), is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from etl.extract.constants import with_constants
from etl.extract.document import Document
from etl.extract.types import DataAddress

_HINTS = (".ashx", ".asmx", ".json", "ajax", "fetch(", "getjson", "$.get", "$.post", "jquery.", "axios",
          "xmlhttprequest", "data-url")  # fmt: skip
_COMMENT = re.compile(r"(?<![:'\"`])//[^\n]*+|/\*")  # all of it, or where it begins
_STRING = re.compile(r"'([^'\s<>{}]{3,500})'|\"([^\"\s<>{}]{3,500})\"|`([^`\s<>{}]{3,500})`")
_NAMED = re.compile(r"\.(?:ashx|json|asmx/\w+|aspx/\w+)$", re.I)
_METHOD = re.compile(r"\.as[mp]x/\w+$", re.I)
_VERB = re.compile(r"\b(?:type|method)['\"]?\s*:\s*['\"](\w+)|\.open\(\s*['\"](\w+)")
_CALLER = re.compile(
    r"(?:\burl|\bajax|\bdataUrl|\bsAjaxSource|\bserviceUrl)['\"]?\s*[:=]\s*$"
    r"|(?:\.getJSON|\bfetch|\baxios|\bd3\.json|(?:\$|jQuery)\.(?:get|post|ajax)|axios\.(?:get|post))\(\s*$"
    r"|\.open\(\s*['\"]\w{3,7}['\"]\s*,\s*$"
)
_MAY_ADD = re.compile(r"\s*\+\s*\([^()?]{1,100}\?")  # on a condition
_FUNCTION = re.compile(
    r"function\s+([A-Za-z_$][\w$]{0,60})\s*\(\s*([A-Za-z_$][\w$]{0,60})[^()]{0,100}\)\s*\{"
)
_OF_OBJECT = re.compile(r"\w['\"]?\s*:\s*$")
_OTHER = re.compile(r"\.(?:png|jpe?g|gif|svg|css|js|pdf|docx?|xlsx?|zip|html?|axd|ico|woff2?|map)$", re.I)
_NO_ARGUMENTS = r"(?:JSON\.stringify\(\s*)?['\"]?(?:\{\s*\})?['\"]?\s*\)?\s*(?:[,}]|null\b|undefined\b|$)"
_ARGUMENTS = re.compile(rf"\b(?:data|body|params)['\"]?\s*:(?!\s*{_NO_ARGUMENTS})")
# behind the address: an object with something in it, or a name that another argument follows
_HANDED = re.compile(r"\s*,\s*(?:\{\s*[^}\s]|['\"]|(?!function\b)[\w$.]+\s*,)")
_OPTIONS = re.compile(r"\.(?:post|get|getJSON)\(\s*$")
_LONGEST = 2_000_000  # characters of one script
_REACH = 600  # characters around an address that belong to its call
_HOLDERS = ("table", "tbody", "div", "section", "ul")


def read_data_addresses(document: Document, scripts: list[str]) -> list[DataAddress]:
    """The addresses in the order of the page, each once."""
    if not document.mentions(*_HINTS):
        return []
    found = list(_of_attributes(document))
    for script in scripts:
        if len(script) < _LONGEST:
            found += _of_script(document, with_constants(_without_comments(script)))
    return list(dict.fromkeys(found))


def _without_comments(script: str) -> str:
    """A comment that has no end is none: it may be a part of a string."""
    pieces, at, last_end = [], 0, script.rfind("*/")
    comment = _COMMENT.search(script)
    while comment:
        end = comment.end()
        if comment[0] != "/*" or end <= last_end:
            pieces.append(script[at : comment.start()])
            at = end = script.find("*/", end) + 2 if comment[0] == "/*" else end
        comment = _COMMENT.search(script, end)
    return " ".join([*pieces, script[at:]])


def _of_attributes(document: Document) -> Iterator[DataAddress]:
    """`<table data-url="projects.ashx">`, which a script fills."""
    if document.mentions("data-url"):
        for element in document.root.iter(*_HOLDERS):
            url = document.links.absolute(element.get("data-url"))
            if url and not _OTHER.search(_path(url)):
                yield DataAddress(url)


def _of_script(document: Document, code: str) -> Iterator[DataAddress]:
    handed = _handing_on(code)
    for match in _STRING.finditer(code):
        text = (match[1] or match[2] or match[3]).replace("\\/", "/")
        before, behind = code[max(0, match.start() - _REACH) : match.start()], code[match.end() :][:_REACH]
        path = _path(text)
        is_named = bool(_NAMED.search(path))
        is_asked = _CALLER.search(before) or (handed and handed.search(before))
        if not is_named and (not is_asked or _OTHER.search(path)):
            continue
        is_cut = behind.lstrip().startswith("+") and not ("=" in text and _MAY_ADD.match(behind))
        if before.rstrip().endswith("+") or is_cut or _has_arguments(before, behind):
            continue
        url = document.links.absolute(text.removeprefix("~/") if text.startswith("~/") else text)
        if url:
            yield DataAddress(url, bool(_METHOD.search(path)) and not _is_asked_by_get(before, behind))


def _handing_on(code: str) -> re.Pattern[str] | None:
    """What stands before an address that is handed to a function of the script, which asks for it."""
    names = [match[1] for match in _FUNCTION.finditer(code) if _asks_for(match[2], code, match.end())]
    return re.compile(rf"(?<![\w$.])(?:{'|'.join(map(re.escape, names[:20]))})\(\s*$") if names else None


def _asks_for(parameter: str, code: str, at: int) -> bool:
    body = code[at : at + _REACH]
    used = re.search(rf"(?<![\w$.'\"]){re.escape(parameter)}(?![\w$'\"])", body)
    return used is not None and bool(_CALLER.search(body[: used.start()]))


def _has_arguments(before: str, behind: str) -> bool:
    if _OF_OBJECT.search(before):  # the rest of the object in which the address stands
        around = f"{_outer(before, backwards=True)} {_outer(behind)}"
    elif _OPTIONS.search(before):
        return bool(_HANDED.match(behind))
    else:
        around = behind.partition(")")[0]
    return bool(_ARGUMENTS.search(around))


def _is_asked_by_get(before: str, behind: str) -> bool:
    said = _VERB.search(f"{_outer(before, backwards=True)} {_outer(behind)} {before[-30:]}")
    return said is not None and (said[1] or said[2]).upper() == "GET"


def _outer(code: str, backwards: bool = False) -> str:
    """The code up to the bracket that ends the object or call around it; of what is nested, `{}` where it is
    blank and `{…}` where not."""
    opening, closing = (")]}", "([{") if backwards else ("([{", ")]}")
    kept: list[str] = []
    depth = 0
    for sign in reversed(code) if backwards else code:
        if sign in closing:
            if depth == 0:
                break
            depth -= 1
            kept += [sign] if depth == 0 else []
        elif sign in opening:
            kept += [sign] if depth == 0 else []
            depth += 1
        elif depth == 0:
            kept.append(sign)
        elif kept[-1] != "…" and not sign.isspace():
            kept.append("…")
    return "".join(reversed(kept) if backwards else kept)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
