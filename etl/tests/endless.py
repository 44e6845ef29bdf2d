"""What a scanner looks for, repeated without end, at the places of a page where somebody looks for it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

from etl.crawl.inspect import inspect_callback, inspect_page
from etl.exceptions import EtlError
from etl.extract import clean, read_callback
from etl.extract.jsonanswer import is_data
from etl.understand import read_page

# What patterns begin with, and what they look for the end of
TOKENS = (
    "<input ", "<title", "<title>", "<table", "<table>", "<tr", "<tr>", "<td ", "<td>", "<th>", "<div ",
    "<div>", "<a href=", "<script", "<script>", "<style", "<!--", "<option ", "<select>", "<li>",
    "<dl><dt>", "<pre>a  b\n", "<font ", "<br>a: b", "<", "</td>", "</table>", "&#", "&#1", "&amp", "/*x",
    "//", "'\\", '"\\', "`\\", "'", "`", "var x=[", '{"a":', "{a:", "[{a:1},", "[{/*", "[[", "[1,", "(",
    "f(", "f('\\", 'f("\\', "fetch('", "fetch(/*", "L.marker([", "L.marker([/*", "a.bindPopup(",
    "new ASPxClient", "ASPx.createControl(", "__doPostBack('", "DXMainTable", "ctl00$", "id=", " ", "\n",
    "\t", "\u00a0", "x", "1", "1 ", "1,", "1.", "-", "- ", "_", "%", "R ", "R1 ", "(", "( ", "[", "[ ",
    ": ", "a: b\n", "[A] ", " - [LIM331] ", "12 Projects ", "Page 1 of ", "Total ", "the group ", "2021-",
    "2021-03-04 ", "http://", ".a,", "a{", "@media{", "display:none;", "%20", "\\u", "&", "=", "a='", "�",
    "0", "/*DX*/", "<td><table>", "<tr><td rowspan=65534>a",
)  # fmt: skip
# The same in places: bare, in a page, a script, an array, a call, a grid's call, a cell, attributes
_SCRIPT = "<html><body><script>{}</script></body></html>"
_CELL = (
    "<html><body><table><tr><th>Project No<th>Project Name<th>Budget (R)<th>Start Date<th>Latitude</tr>"
    "<tr><td>WP1<td>x<td>{0}<td>{0}<td>{0}</table></body></html>"
)
_HEADING = "<html><body><table><tr><th>{}<th>Project No<th>Name<tr><td>1<td>WP1<td>x</table></body></html>"
_ATTRIBUTES = '<html><body><a href="{0}" onclick="{0}" style="{0}" class="{0}" id="{0}">x</a></body></html>'
PLACES = {
    "bare": "{}",
    "page": "<html><head><title>x</title></head><body>{}</body></html>",
    "script": _SCRIPT,
    "array": _SCRIPT.replace("{}", "var rows=[{}]"),
    "call": _SCRIPT.replace("{}", "var rows=[{{a:f({}"),
    "grid": _SCRIPT.replace("{}", "ASPx.createControl(MVCxClientGridView,'g','',f({}"),
    "style": "<html><head><style>{}</style></head><body><p class=a>x</p></body></html>",
    "preformatted": "<html><body><pre>{}</pre></body></html>",
    "cell": _CELL,
    "heading": _HEADING,
    "attributes": _ATTRIBUTES,
    "json": '[{{"Project No":"WP1","Name":"{}"}}]',
    "callback": "0|/*DX*/({{'result':'{}'}})",
}


def share(of: int, at: int = 0) -> tuple[str, ...]:
    """Every so manieth token, beginning with another at each place; all of them with `make soak FULL=1`."""
    return TOKENS if os.environ.get("FULL") else TOKENS[at % of :: of]


def page(token: str, place: str, size: int) -> str:
    """A page of about `size` characters of the token, in its place."""
    holes = PLACES[place].count("{}") + PLACES[place].count("{0}")
    return PLACES[place].format(token * (size // len(token) // holes))


def looks(text: str) -> dict[str, Callable[[], object]]:
    """All that is done with an answer of the site before its records are compared."""
    body, url = text.encode(), "https://pmd.example.org/pmd/list.aspx"
    return {
        "cleaned": partial(clean, body),
        "inspected": partial(inspect_page, url, body, "text/html"),
        "inspected as an answer": partial(inspect_callback, url, body, "text/html"),
        "taken apart": partial(read_callback, text),
        "taken for data": partial(is_data, text),
        "read": partial(read_page, body, url=url),
    }


def seconds(look: Callable[[], object]) -> float:
    """The processor time of a look; what it says of the page does not matter."""
    begun = time.process_time()
    try:
        look()
    except EtlError:
        pass
    return time.process_time() - begun


def costs(text: str) -> dict[str, float]:
    """Look → its seconds."""
    return {name: seconds(look) for name, look in looks(text).items()}
