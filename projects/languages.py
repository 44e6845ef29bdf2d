"""The languages of the site, and its addresses in them: English at `/…`, the others at `/af/…`, `/zu/…`.

An address alone says the language: no cookie and no header is asked. Inside, the site knows one address of
each page, without a language; `buka/languages.py` takes it off at the door and puts it on again, by `spoken`.

The words come from here too, so that rooms which know no Django may say them: `gettext` and its like look up
the language that is active where they are called, and hold no data
(docs/adr/0030-words-in-three-languages.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import (
    get_language,
    gettext,
    gettext_lazy,
    gettext_noop,
    ngettext,
    override,
    pgettext,
)


@dataclass(frozen=True, slots=True)
class Language:
    """`covers`: its pages of which all is said in it; None: all pages. `wants_reader`: nobody who grew up
    with it has read the translation yet; the pages say so."""

    code: str
    tag: str
    name: str
    covers: tuple[str, ...] | None = None
    wants_reader: bool = True
    decimal_mark: str = "."

    @property
    def locale(self) -> str:
        """As the preview of a link names it: `af_ZA`."""
        return self.tag.replace("-", "_")

    def has(self, path: str) -> bool:
        """Whether all of this page is said in it. `path`: without a language."""
        return self.covers is None or path in self.covers


ENGLISH = Language("en", "en-ZA", "English", wants_reader=False)
AFRIKAANS = Language("af", "af-ZA", "Afrikaans", decimal_mark=",")
ISIZULU = Language("zu", "zu-ZA", "isiZulu", ("/", "/glossary/"))
LANGUAGES = {one.code: one for one in (ENGLISH, AFRIKAANS, ISIZULU)}

# What has one address, whatever the language: programs, files, the desk.
_APART = frozenset("admin api healthz metrics readyz sitemaps static ws".split())
_FEED = "/changes/feed.atom"
_PREFIX = re.compile(rf"/({'|'.join(LANGUAGES)})(?=/|$)")
_LINK = re.compile(r'(\s(?:href|action|data-href)=")(/(?!/)[^"]*)"')


# All that stands in a table of words, for whoever gathers what is to be translated.
MARKED: set[str | tuple[str, str]] = set()


class Words(Mapping[str, str]):
    """A table {code: words in English}; each is said in the language in which it is looked up."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table: dict[str, str] = dict(table._table if isinstance(table, Words) else table)
        MARKED.update(filter(None, self._table.values()))

    def __getitem__(self, code: str) -> str:
        words = self._table[code]
        return gettext(words) if words else ""

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __or__(self, other: Mapping[str, str]) -> Words:
        more = other._table if isinstance(other, Words) else other
        return Words({**self._table, **more})


def current() -> Language:
    """The language in which words are said here and now."""
    return LANGUAGES.get(get_language() or "", ENGLISH)


def split(path: str) -> tuple[Language | None, str]:
    """`/af/projects/` → (Afrikaans, `/projects/`); (None, path) where no language is named."""
    found = _PREFIX.match(path)
    return (LANGUAGES[found[1]], path[found.end() :]) if found else (None, path)


def is_page(path: str) -> bool:
    """Whether this path, without a language, is of what there is in each language."""
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    first, _, _ = path[1:].partition("/")
    if path.startswith("//"):  # another site's
        return False
    return path == _FEED or (first not in _APART and "." not in path.rpartition("/")[2])


def prefixed(path: str, language: Language | None = None) -> str:
    """The address of a page in a language, that of here and now where none is given: `/af/projects/?q=x`."""
    language = language or current()
    named, rest = split(path)
    if named is not None and named is not ENGLISH:
        return path
    if language is ENGLISH or named is ENGLISH or not is_page(rest):
        return rest or "/"
    return f"/{language.code}{rest}"


def spoken(html: str, language: Language | None = None) -> str:
    """The same HTML with links that keep the language. `/en/…` leads out of it, to the English page."""
    language = language or current()
    if language is ENGLISH:
        return html
    return _LINK.sub(lambda found: f'{found[1]}{prefixed(found[2], language)}"', html)


__all__ = [
    "AFRIKAANS",
    "ENGLISH",
    "ISIZULU",
    "LANGUAGES",
    "MARKED",
    "Language",
    "Words",
    "current",
    "get_language",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "is_page",
    "ngettext",
    "override",
    "pgettext",
    "prefixed",
    "split",
    "spoken",
]
