"""What a page says in words of how many rows its list has: "Showing 1 to 40 of 45 entries"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from etl.extract.document import Document
from etl.extract.html import UNSHOWN, is_hidden, text_of, words_of
from etl.extract.lines import count_column
from etl.extract.types import Pager, Table

_NUMBER = r"(?<![\d.,])(\d{1,3}(?:[ ,.'’]\d{3}){1,2}(?!\d)|\d{1,7})"
_THINGS = r"(?:records?|items?|entries|results?|rows?|rekords?|inskrywings|resultate|rye)"
_RANGE = re.compile(
    rf"{_NUMBER} ?(?:to|tot|through|[-–—]) ?{_NUMBER} ?(?:of|van|out of|/) (?:about )?{_NUMBER}(?!\d|[.,]\d)",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"\b(?:page|bladsy) (\d{1,5}) (?:of|van) (\d{1,5})\b"
    rf"(?:[ ,;:–—-]*\(?{_NUMBER} (?:{_THINGS}|projects?|projekte?)\b)?",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"\b(?:total|aantal|number)(?: number)?(?: of)? {_THINGS}(?: found)? ?[:=]? ?{_NUMBER}(?!\d)"
    rf"|{_NUMBER} (?:{_THINGS}|projects?|projekte?)(?: ?\(s\))? (?:found|gevind|in total|altesaam)\b",
    re.IGNORECASE,
)
# What none of these is without, in the page's text as it stands: a look at it saves a walk over the page
_MAY_RANGE = re.compile(
    r"[ov](?:f|an)\s*(?:about\s*)?\d|[t–—-](?:ot?|hrough)?\s*\d[\d\s,.'’]*+/\s*(?:about\s*)?\d"
)
_MAY_TOTAL = re.compile(
    r"\b(?:records?|items?|entries|results?|rows?|rekords?|inskrywings|resultate|rye)(?:\s+found)?\s*[:=]?\s*\d"
    r"|\bin\s+total"
)
_FOOT = re.compile(
    rf"\b(?:projects?|projekte?|{_THINGS}|count|aantal)(?: found)? ?[:=]? ?{_NUMBER}(?!\d|[.,%]\d?)"
    rf"|{_NUMBER} (?:projects?|projekte?|{_THINGS})\b|^(?:grand )?totaa?l ?\({_NUMBER}\)",
    re.IGNORECASE,
)
# Alone in an element, or with a word that says that it is about what is shown
_SOME = re.compile(
    r"(?P<shows>(?:showing|displaying|viewing|shown|displayed|vertoon|wys)[ :]*)?(?:the )?(?:first )?"
    rf"{_NUMBER} (?:of|van|out of) {_NUMBER}(?P<things> (?:projects?|projekte?|{_THINGS}))?"
    r"(?P<shown> (?:are )?(?:shown|displayed|listed|vertoon|gelys))?[.:]?",
    re.IGNORECASE,
)
_MAY_SAY_SOME = re.compile(r"\d (?:of|van|out of) \d", re.IGNORECASE)
_MAY_HEAD = re.compile(r"proje[ck]t[se] ?\(\d", re.IGNORECASE)
_HEADED = re.compile(
    rf"(?:(?:all|list of|alle|lys van) )?(?:[^\W\d_]+ )?(?:projects|projekte) ?\({_NUMBER}\)", re.I
)
_HEADINGS = ("caption", "legend", "h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset(("a", "b", "strong", "em", "i", "span", "font", "small", "bdi", "u"))
_LONGEST = 80
_GROUP = re.compile(rf".{{1,80}}? ?\({_NUMBER}(?: (?:projects?|projekte?|{_THINGS}))?\)", re.IGNORECASE)
# Of all that a site has; "Projects completed" is of some
_ALL_PROJECTS = (
    r"(?:(?:grand |overall )?(?:total|totale)(?: (?:number|no\.?|count))?(?: of)?(?: aantal)?"
    r"|(?:number|no\.?) of|all|alle|aantal)(?: water)? (?:projects|projekte) ?[:=]?"
)
_LABEL = re.compile(_ALL_PROJECTS, re.IGNORECASE)
_IN_ALL = re.compile(rf"{_ALL_PROJECTS} ?{_NUMBER}|{_NUMBER} {_ALL_PROJECTS}", re.IGNORECASE)
_ALONE = re.compile(_NUMBER)
_MOST_PARTS = 4  # of a card
# What stands before "projects" where all are meant, whatever elements part it, and how far it is looked for
_OF_ALL = re.compile(
    r"(?:totale?|number|no\.?|count|all|alle|aantal)\s*(?:of\s*)?(?:aantal\s*)?(?:water\s*)?\Z"
)
_NEAR = 60
# Elements that speak of projects in a text of their own, or in what is read where they have none
_SPEAKS = "[contains(translate(., 'PROJE', 'proje'), 'proje')]"
_SPEAKING = etree.XPath(
    f"//*[text(){_SPEAKS} or @value{_SPEAKS} or @alt{_SPEAKS} or @title{_SPEAKS} or @aria-label{_SPEAKS}]"
)
# What stands in these is no part of what is read around them, or not all of it
_OTHERS_WORDS = UNSHOWN | {"select", "option", "optgroup", "textarea"}
_OF_PAGE = re.compile(r"\b(?:page|bladsy)\b", re.IGNORECASE)


def note_stated(document: Document, tables: Sequence[Table]) -> None:
    """Hold what the page says of its list against it: the list's pager then names the rows or pages."""
    listed = [table for table in tables if table.rows and not (table.pager and table.pager.items is not None)]
    if not listed:
        return
    text = words_of(document.root) if _may_state(document) else ""
    for first, last, total in _ranges(text):
        shown = [table for table in listed if len(table.rows) == last - first + 1]
        if len(shown) == 1 and total >= last >= first:
            _say(shown[0], total, 1)
            return
    for rows, total in _some(document, text):
        alike = [table for table in listed if len(table.rows) == rows]
        if len(alike) == 1 and total >= rows:
            _say(alike[0], total, 1)
            return
    if len(listed) == 1 == sum(bool(table.rows) for table in tables):
        items, pages = _of_one(text, listed[0])
        if items is None and pages == 1 and count_column(listed[0]) is None:
            items = _in_heading(document, text, listed[0]) or _of_groups(listed[0])
        _say(listed[0], items, pages)


def projects_in_all(document: Document) -> int | None:
    """How many projects a page says that there are in all, in a card or a sentence of its own ("Total
    projects" over "57"); None where it does not say so, or says several numbers."""
    if not (_may_count_all(document.said) or _may_count_all(document.plain())):
        return None
    found: set[int | None] = set()
    long: set[etree._Element] = set()  # what is read in them is longer than any such text
    for element in _speaking_last_first(document.root):  # what stands in an element comes before it
        if any(child in long for child in element) if long else False:
            is_long = True
        elif element.tag in UNSHOWN or len(element) > _MOST_PARTS:
            is_long = False  # or nobody knows
        else:
            text = _words_beside(element)
            is_long = len(text) > _LONGEST
            found.add(None if is_long else _in_all(element, text))
        if is_long and element.tag not in _OTHERS_WORDS and not is_hidden(element):
            long.add(element)
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _may_count_all(text: str) -> bool:
    """Whether a word of all, or of a number, stands before "projects", in lower case."""
    before = text.split("projects")[:-1] + text.split("projekte")[:-1]
    return any(_OF_ALL.search(piece[-_NEAR:]) for piece in before)


def _speaking_last_first(root: etree._Element) -> list[etree._Element]:
    """The elements that speak of projects and all that they stand in, from the page's end on."""
    found: set[etree._Element] = set()
    speaking: Any = _SPEAKING(root)
    for element in speaking:
        if element.tag == "dd" and (label := element.getprevious()) is not None:
            found.add(label)
        around = element
        while around is not None and around not in found:
            found.add(around)
            around = around.getparent()
    return [element for element in root.iter() if element in found][::-1] if found else []


def _words_beside(element: etree._Element) -> str:
    text = text_of(element)
    if element.tag == "dt" and (value := element.getnext()) is not None and value.tag == "dd":
        return f"{text} {text_of(value)}"
    return text


def _in_all(element: etree._Element, text: str) -> int | None:
    if match := _IN_ALL.fullmatch(text):
        return _number(match[1] or match[2])
    if not len(element):
        return None
    pieces = [" ".join(piece.split()) for piece in map(str, element.itertext()) if piece.strip()]
    numbers = [piece for piece in pieces if _ALONE.fullmatch(piece)]
    if len(pieces) == 2 and len(numbers) == 1 and any(map(_LABEL.fullmatch, pieces)):
        return _number(numbers[0])
    return None


def _some(document: Document, page: str) -> Iterator[tuple[int, int]]:
    """What says how many of how many are shown: "40 of 45 projects shown", "12 of 15 projects" by itself.
    `page`: all of its words."""
    for text in _small(document) if _MAY_SAY_SOME.search(page) else ():
        match = _SOME.fullmatch(text)
        if match and (match["shows"] or match["shown"] or match["things"]):
            yield _number(match[2]) or 0, _number(match[3]) or 0


def _in_heading(document: Document, page: str, table: Table) -> int | None:
    """The number of a heading over the page's only list: "Projects (45)"; of two such neither counts."""
    found = [match for text in _small(document, *_HEADINGS) if (match := _HEADED.fullmatch(text))]
    number = _number(found[0][1]) if len(found) == 1 else None
    return number if number is not None and number >= len(table.rows) else None


def _of_groups(table: Table) -> int | None:
    """What the rows of a list's groups say that stand under them: "Construction (45)". A number in brackets
    may be a ward's: they count where most of them say how many rows follow, and none fewer."""
    heads = [next(filter(None, left.row), "") for left in table.left_out if left.kind == "group"]
    said = {head: _number(match[1]) or 0 for head in heads if (match := _GROUP.fullmatch(head))}
    if len(said) < 2 or len(said) != len(heads):
        return None
    for column in zip(*table.rows, strict=True):
        shown = Counter(column)
        if said.keys() == shown.keys():
            alike = sum(said[head] == number for head, number in shown.items())
            is_count = 2 * alike > len(said) and all(said[head] >= number for head, number in shown.items())
            return sum(said.values()) if is_count else None
    return None


def _small(document: Document, *tags: str) -> Iterator[str]:
    """The page's short pieces of text: elements, of these tags if any, that hold nothing but text and its
    emphasis."""
    for element in document.root.iter(*tags):
        tag = element.tag
        if type(tag) is not str or tag in UNSHOWN:
            continue
        if all(child.tag in _INLINE and not len(child) for child in element):
            text = text_of(element)
            if text and len(text) <= _LONGEST:
                yield text


def _may_state(document: Document) -> bool:
    """Whether the page's text has the words of such a sentence, whatever elements part them."""
    text = document.plain()
    if any(word in text for word in ("of", "van", "/")) and _MAY_RANGE.search(text):
        return True
    if any(word in text for word in ("found", "gevind", "altesaam")):
        return True
    return any(word in text for word in ("total", "aantal", "number")) and bool(_MAY_TOTAL.search(text))


def _of_one(text: str, table: Table) -> tuple[int | None, int]:
    """Rows and pages of the page's only list."""
    page = _PAGE.search(text)
    if page and 1 <= int(page[1]) <= int(page[2]):
        return _number(page[3]), int(page[2])
    if count_column(table) is not None:  # its rows are no projects
        return None, 1
    total = _TOTAL.search(text)
    if total:
        return _number(total[1] or total[2]), 1
    feet = [" ".join(filter(None, left.row)) for left in table.left_out if left.kind == "total"]
    foot = _FOOT.search(feet[0]) if len(feet) == 1 and not _OF_PAGE.search(feet[0]) else None
    return (_number(foot[1] or foot[2] or foot[3]) if foot else None), 1


def _say(table: Table, items: int | None, pages: int) -> None:
    if table.pager:
        table.pager.items = items if table.pager.how != "more" else None
    elif items is not None or pages > 1:
        table.pager = Pager(1, pages, items, "link", "")


def _ranges(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _RANGE.finditer(text):
        first, last, total = (_number(part) or 0 for part in match.groups())
        yield first, last, total


def _number(text: str | None) -> int | None:
    return int(re.sub(r"\D", "", text)) if text else None
