"""Markup to a tree, and a tree's element to the text that a person reads. Any text is survivable.

lxml does the work: the markup of these sites is regular and their grids are large. Comments, processing
instructions and wrong nesting stay libxml2's business; what it cannot read at all is `PageChanged`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from lxml import etree

from etl.exceptions import PageChanged
from etl.extract.damage import is_overloaded
from etl.extract.symbols import symbol_of
from projects.charset import storable

Element = Any  # lxml publishes no class that type checkers agree on

_TAG = re.compile(r"<[A-Za-z!/]")
_INLINE = re.compile(r"</?(?:b|i|u|s|tt|em|strong|font|span|small|big|center)\b[^<>]*>", re.IGNORECASE)
# Characters that no HTML page has, and that libxml2 would stop at or hand on as rubbish
CONTROL = bytes(code for code in range(32) if code not in b"\t\n\f\r")
FORM_FEED = bytes.maketrans(b"\f", b" ")
# The same, written as references: libxml2 resolves them as browsers do (0x80 to 0x9F are windows-1252)
_REFERENCE = re.compile(
    r"&#(?:0*(?:[1-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9])"
    r"|[xX]0*(?:[1-8bcefBCEF]|1[0-9a-fA-F]|[fF]{3}[eEfF])(?![0-9a-fA-F]))"
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w:.-]*")
_MAX_DEPTH = 120  # of inline markup in one cell; beyond it the text is taken without looking at tags

UNSHOWN = frozenset({"script", "style", "template", "noscript", "head", "title", "datalist", "object"})
BLOCKS = frozenset(
    "address article aside blockquote br center dd details div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section summary table tbody td tfoot th"
    " thead tr ul".split()
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TEXT_INPUTS = frozenset({"", "text", "number", "date", "email", "tel", "url", "datetime-local", "month"})

_TABLE_END = re.compile(r"Unexpected end tag : (?:table|tr|t[dh]|tbody|thead)\b")
_LOOSE = etree.XPath("boolean(//td[not(parent::tr)] | //th[not(parent::tr)] | //tr[not(ancestor::table)])")
_PART_OF_TABLE = re.compile(
    r"<script\b.*?(?:</script|\Z)|<!--.*?(?:-->|\Z)|<(?P<part>t(?:r|d|h|body|head|foot))(?=[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_RIGHT_PARENTS = {
    **dict.fromkeys(("td", "th"), ("tr",)),
    "tr": ("table", "tbody", "thead", "tfoot"),
    **dict.fromkeys(("tbody", "thead", "tfoot"), ("table",)),
}
_CLOSED = ("table", "div", "ul", "form", "script")


class Parsed(NamedTuple):
    """A tree, whether all of the text is in it, and whether its tables are torn: end tags that end nothing,
    cells in no row, rows in no table. `is_unclosed`: rows or cells stand in a cell that was to end before."""

    root: Element
    is_whole: bool
    is_misnested: bool = False
    is_unclosed: bool = False


def parse(text: str) -> tuple[Element, bool]:
    """The tree's root, and whether the whole page is in it. Raises PageChanged where there is no markup."""
    parsed = parse_page(text)
    return parsed.root, parsed.is_whole


def parse_page(text: str) -> Parsed:
    """The tree, and what is wrong with it. Raises PageChanged where there is no markup."""
    if not _TAG.search(text):
        raise PageChanged("The answer holds no HTML at all." if text.strip() else "The answer is empty.")
    if is_overloaded(text):
        raise PageChanged("A tag has a thousand attributes or more; no page of the site has.")
    root, is_whole, is_misnested, is_unclosed = _parsed(text)
    if is_unclosed:
        text = _PART_OF_TABLE.sub(_with_the_end_before, text)
        root, is_whole, is_misnested, _ = _parsed(text)
    if not is_whole:  # libxml2 gives up at 2,048 levels: mostly bold type and fonts that nobody closed
        again = _parsed(_INLINE.sub(" ", text))
        root, is_whole = root if again.root is None else again.root, again.is_whole
    if root is None:
        raise PageChanged("The page has no element that can be read.")
    if "\ufffe" in text or "\uffff" in text or _REFERENCE.search(text):
        _strip(root)
    return Parsed(root, is_whole, is_misnested)


def _strip(root: Element) -> None:
    """Leave out of all texts and attributes what no text is kept with."""
    for element in root.iter():
        if element.text:
            element.text = storable(element.text)
        if element.tail:
            element.tail = storable(element.tail)
        kept = {name: storable(value) for name, value in element.items()}
        if kept != dict(element.items()):
            element.attrib.clear()  # and not each set anew: libxml2 reads names that lxml cannot write
            element.attrib.update((name, kept[name]) for name in kept if _PLAIN_NAME.fullmatch(name))


def _parsed(text: str) -> Parsed:
    """The tree, its root None where there is none."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "ignore").translate(FORM_FEED, CONTROL), parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PageChanged(f"The page's markup cannot be read: {error}") from error
    log = parser.error_log
    is_whole = all(entry.type_name != "ERR_RESOURCE_LIMIT" for entry in log.filter_from_fatals())
    is_misnested = (
        root is not None and any(_TABLE_END.search(entry.message) for entry in log) and bool(_LOOSE(root))
    )
    is_unclosed = root is not None and _omits_end_tags(text) and _is_unclosed(root)
    return Parsed(root, is_whole, is_misnested, is_unclosed)


def _omits_end_tags(text: str) -> bool:
    """Whether cells or rows have no end tags, as HTML allows: where they have, all in them ends."""
    tags = ("td", "tr", "TD", "TR") if "<T" in text else ("td", "tr")
    return any(text.count(f"<{tag}") > text.count(f"</{tag}") for tag in tags)


def _is_unclosed(root: Element) -> bool:
    """Whether a row or a cell stands in a cell, and in no table within it: libxml2 does not know that
    rows and cells end the inline tags, centers and divs of the cells before them."""
    for part in root.iter(*_RIGHT_PARENTS):
        parent = part.getparent()
        if parent is None or parent.tag in _RIGHT_PARENTS[part.tag]:
            continue
        for above in islice(part.iterancestors(), _MAX_DEPTH):
            if above.tag == "table":
                break
            if above.tag in ("td", "th"):
                return True
    return False


def _with_the_end_before(tag: re.Match[str]) -> str:
    """A table's part with the end tags before it that HTML lets a page leave out."""
    part = (tag["part"] or "").lower()
    if not part:
        return tag[0]
    return f"</td></th>{'' if part in ('td', 'th') else '</tr>'}{tag[0]}"


def is_cut(markup: str) -> bool:
    """Whether a page ends in the middle.

    HTML lets a page do without `</html>`: one that has closed all its blocks is whole; a WebForms page
    always has it.
    """
    lowered = markup.lower()
    if "<html" not in lowered[:200_000] or "</html" in lowered[-20_000:]:
        return False
    if "__viewstate" in lowered:
        return True
    return any(len(re.findall(rf"<{block}\b", lowered)) > lowered.count(f"</{block}") for block in _CLOSED)


def holds_table(element: Element) -> bool:
    """Whether a table stands in the element."""
    return len(element) > 0 and next(element.iterdescendants("table"), None) is not None


def squash(text: str | None) -> str:
    """Runs of white space (NBSP included) as one space, trimmed."""
    return " ".join(text.split()) if text else ""


def is_hidden(element: Element) -> bool:
    """Whether the element's own attributes hide it from a person."""
    style = element.get("style")
    return (style is not None and _hides(style)) or element.get("hidden") is not None


@lru_cache(maxsize=8192)
def _hides(style: str) -> bool:
    return _HIDDEN_STYLE.search(style) is not None


def text_of(element: Element) -> str:
    """What a person reads in the element: one line, `""` where blank."""
    if not len(element):
        text = element.text
        if text:
            return " ".join(text.split())
        return squash(element.get("value")) if _is_text_input(element) else _symbol_alone(element)
    if element.tag == "select":
        return _select_text(element)
    return words_of(element) or symbol_of(element)


def _symbol_alone(element: Element) -> str:
    return symbol_of(element) if element.attrib and element.tag not in ("td", "th") else ""


def words_of(element: Element) -> str:
    """As `text_of`, but a bar, an image or a check box alone is blank."""
    if not len(element):
        text = element.text
        return " ".join(text.split()) if text else ""
    parts: list[str] = []
    _collect(element, parts, 0)
    return " ".join("".join(parts).split())


def _collect(element: Element, parts: list[str], depth: int) -> None:
    if text := element.text:
        parts.append(text)
    for child in element:
        tag = child.tag
        if type(tag) is str and tag not in UNSHOWN and not is_hidden(child):
            _collect_child(child, tag, parts, depth)
        if text := child.tail:
            parts.append(text)


def _collect_child(child: Element, tag: str, parts: list[str], depth: int) -> None:
    if tag in _CONTROLS:
        parts.append(f" {_CONTROLS[tag](child)} ")
    elif not len(child):  # by far the most
        text = child.text or ""
        parts.append(f" {text} " if tag in BLOCKS and depth <= _MAX_DEPTH else text)
    elif depth > _MAX_DEPTH:
        parts.append(" ".join(child.itertext()))
    elif tag in BLOCKS:
        parts.append(" ")
        _collect(child, parts, depth + 1)
        parts.append(" ")
    else:
        _collect(child, parts, depth + 1)


def _is_text_input(element: Element) -> bool:
    return element.tag == "input" and element.get("type", "").lower() in _TEXT_INPUTS


def selected_option(element: Element) -> Element | None:
    """The option that a `<select>` shows, or None."""
    options = list(element.iter("option"))
    return next(
        (option for option in options if option.get("selected") is not None), options[0] if options else None
    )


def _select_text(element: Element) -> str:
    option = selected_option(element)
    return "" if option is None else text_of(option)


_CONTROLS = {
    "input": lambda element: element.get("value", "") if _is_text_input(element) else "",
    "select": _select_text,
    "textarea": lambda element: element.text or "",
}


def has_class(element: Element, *prefixes: str) -> bool:
    """Whether one class of the element begins with one of the prefixes (theme suffixes follow them)."""
    classes = element.get("class")
    return bool(classes) and _begins(classes, prefixes)


@lru_cache(maxsize=8192)  # a page says a few dozen classes at thousands of elements
def _begins(classes: str, prefixes: tuple[str, ...]) -> bool:
    return any(name.startswith(prefixes) for name in classes.split())
