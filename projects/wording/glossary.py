"""The words of the field in plain ones, and the link from a word's first use on a page to what it means.

`projects/facts/glossary.csv` has them: our own words for what the sources call so; none claims more of a
programme than its name and its rules say. Pure: no Django.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from projects.languages import MARKED, current, gettext

_TABLE = Path(__file__).parents[1] / "facts" / "glossary.csv"
# In these a link may not stand, would not be seen, or would split what belongs together.
_NO_LINKS = (
    "a|button|caption|code|form|h1|h2|h3|h4|head|label|legend|nav|noscript|option|pre|script|select|style"
    "|summary|svg|textarea|th|thead|time|title"
)
_HIDDEN = (
    r'class="[^"]*\b(?:visually-hidden|tag|plain|changes|lead|warning|errors)\b'
    r'|\bdata-live|\bhidden\b|\brole="(?:alert|status)"'
)


@dataclass(frozen=True, slots=True)
class Term:
    """`forms`: the words by which it is known on a page; capitals count, where a form is all capitals. One
    that begins with `=` is a common word, and the term's where it is all that an element says."""

    slug: str
    name: str
    forms: tuple[str, ...]
    meaning: str


def terms() -> tuple[Term, ...]:
    """All, by name, in the language of the page."""
    return _terms(current().code)


with _TABLE.open(encoding="utf-8", newline="") as _table:
    _ROWS = tuple(csv.DictReader(_table))
MARKED.update(words for row in _ROWS for name in ("name", "forms", "meaning") if (words := row[name]))


@cache
def _terms(language: str) -> tuple[Term, ...]:
    """`language`: that of here and now; nothing here changes while the site runs."""
    found = []
    for row in _ROWS:
        said = {name: gettext(row[name]) if row[name] else "" for name in ("name", "forms", "meaning")}
        forms = tuple((said["forms"] or said["name"]).split("|"))
        found.append(Term(row["slug"], said["name"], forms, said["meaning"]))
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def linked(html: str) -> str:
    """A page's content with the first use of each term as a link to its meaning.

    What stands in links, headings, forms, and in what is not for the eye stays as it is. `html` is what our
    templates write: closed elements, and < and > escaped in whatever a source wrote.
    """
    said: set[str] = set()
    by_form = _by_form(current().code)

    def link(found: re.Match[str]) -> str:
        form = found["form"]
        if form is None:
            return found[0]
        term = by_form[_key(form)]
        if term.slug in said:
            return form
        said.add(term.slug)
        return f'<a class="term" href="/glossary/#{term.slug}">{form}</a>'

    return _pieces(current().code).sub(link, html)


@cache
def _by_form(language: str) -> dict[str, Term]:
    return {_key(form.removeprefix("=")): term for term in _terms(language) for form in term.forms}


def _key(form: str) -> str:
    return form if form.isupper() else form.lower()


@cache
def _pieces(language: str) -> re.Pattern[str]:
    """A comment, an element without links, a tag, or a form of a term: the longest that fits first."""
    forms = sorted(
        {form for term in _terms(language) for form in term.forms},
        key=lambda form: (form[0].lower(), -len(form), form),
    )
    return re.compile(
        r"<!--.*?-->"
        rf"|<(?P<bare>{_NO_LINKS})\b[^>]*>.*?</(?P=bare)>"
        rf"|<(?P<unseen>\w+)\s(?:[^>]*\s)?(?:{_HIDDEN})[^>]*>.*?</(?P=unseen)>"
        r"|<[^>]*>"
        rf"|\b(?P<form>{'|'.join(map(_pattern, forms))})\b",
        re.DOTALL,
    )


def _pattern(form: str) -> str:
    """A word's first letter in either case, an abbreviation as it is."""
    if form.startswith("="):
        return rf"(?<=>){re.escape(form[1:])}(?=<)"
    return re.escape(form) if form.isupper() else f"[{form[0].upper()}{form[0].lower()}]{re.escape(form[1:])}"


__all__ = ["Term", "linked", "terms"]
