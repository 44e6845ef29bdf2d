"""Each word that the public reads stands in the catalogues, and these are whole, current and compiled."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import trans_real

from buka.dev.catalogue import as_text, compiled, gathered, of_code, of_template, read, renewed
from buka.tests.readers import written
from projects.languages import AFRIKAANS, ISIZULU, LANGUAGES, override, prefixed
from projects.models import DataChangeLog, Discrepancy, Project, Source
from projects.wording import figures

CODES = ("af", "zu")
_PLACES = re.compile(r"%\((\w+)\)s|\{(\w*)\}")
_TAGS = re.compile(r"</?[a-z]+\b[^>]*>")


def stems(texts: Any) -> list[Counter]:
    return [Counter(found[0] or found[1] for found in _PLACES.findall(text)) for text in texts]


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_what_there_is_to_say_today_and_is_compiled(code):
    words, catalogue = gathered(), read(code)
    today = renewed(catalogue, words)
    assert as_text(today, words) == catalogue.file.read_text(), "run: python -m buka.dev.catalogue"
    assert compiled(today) == catalogue.file.with_suffix(".mo").read_bytes()


def test_afrikaans_says_everything():
    assert read("af").missing() == []


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_same_places_and_the_same_tags(code):
    wrong = []
    for (one, many), texts in read(code).said.items():
        if not all(texts):
            continue
        # "1 project" may say its number in a word, in any language.
        wanted = stems([one, many or one])
        found = stems([texts[0], texts[-1]])
        if found[1] != wanted[1] or not found[0] <= wanted[1]:
            wrong.append((one, texts, "places"))
        if Counter(_TAGS.findall(texts[-1])) != Counter(_TAGS.findall(many or one)):
            wrong.append((one, texts, "tags"))
    assert wrong == []


def test_what_is_marked_is_found():
    template = '{% load i18n %}{% translate "A" %}{% blocktranslate trimmed count n=n %}\n one {{ n }}{% plural %} many{% endblocktranslate %}{{ _("B") }}'
    assert set(of_template(template)) == {("A", None), ("one %(n)s", "many"), ("B", None)}
    assert set(of_code('gettext("A"); ngettext("{n} b", "{n} bs", n); gettext(x)')) == {
        ("A", None),
        ("{n} b", "{n} bs"),
    }


class Told:
    """A language in which each word of the catalogue stands between ⟦ and ⟧."""

    _catalog: dict[str, str] = {}

    def gettext(self, words: str) -> str:
        return f"⟦{words}⟧"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"

    def to_language(self) -> str:
        return "af"


class Silent(Told):
    """A language as it is, which remembers what it could not say."""

    def __init__(self, language: Any) -> None:
        self.language, self.missed = language, set()

    def gettext(self, words: str) -> str:
        self._look(words)
        return self.language.gettext(words)

    def ngettext(self, one: str, many: str, number: int) -> str:
        self._look((one, self.language._catalog.plural and number != 1) and one)
        return self.language.ngettext(one, many, number)

    def _look(self, words: str) -> None:
        if words not in self.language._catalog and self.language.gettext(words) == words:
            self.missed.add(words)


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setitem(trans_real._translations, "af", Told())


class Words(HTMLParser):
    """What of a page a person reads: its text, and what its attributes say."""

    _READ = ("alt", "aria-label", "content", "placeholder", "title")
    _UNREAD = ("script", "style", "code", "pre")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag, attributes):
        self._inside += tag in self._UNREAD
        named = dict(attributes)
        is_of_machines = tag == "meta" and named.get("name") in (None, "viewport", "color-scheme")
        if not is_of_machines:
            self.found += [named[name] or "" for name in self._READ if name in named]

    def handle_endtag(self, tag):
        self._inside -= tag in self._UNREAD

    def handle_data(self, data):
        if not self._inside:
            self.found.append(data)


_INNERMOST = re.compile("⟦[^⟦⟧]*⟧")
# Names and texts that come with the data, and names that are the same in each language.
DATA = """
"""


def unsaid(html: str) -> list[str]:
    """The texts of a page that came by no catalogue, without data."""
    while (less := _INNERMOST.sub(" ", html)) != html:
        html = less
    assert "⟦" not in html
    assert "⟧" not in html
    page = Words()
    page.feed(html)
    texts = {" ".join(text.split()) for text in page.found}
    return sorted(text for text in texts if re.search("[a-zA-Z]{2}", text))


@pytest.mark.django_db
def test_each_public_word_is_said_by_a_catalogue(client: Client, told, settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path
    known = written()
    for path in [form.format(**known) for form in PAGES]:
        answer = client.get(f"/af{path}")
        print(path, answer.status_code, unsaid(answer.content.decode()))
    assert 0


PAGES = (
    "/", "/projects/", "/projects/?province=LIM", "/projects/?q=zzzz", "/projects/?status=x", "/projects/{project}/",
    "/projects/{project}/sheet/", "/map/", "/municipalities/", "/municipalities/LIM331/", "/finances/", "/changes/",
    "/changes/{change}/", "/digest/{week}/", "/discrepancies/", "/discrepancies/{question}/", "/compare/", "/search/?q=giyani",
    "/search/?near=-23.3,30.7", "/sources/", "/sources/dws/", "/sources/treasury/", "/runs/{run}/", "/snapshots/{snapshot}/",
    "/data/", "/data/dictionary/", "/glossary/", "/about/", "/subscribe/", "/subscribe/?of=projects&province=LIM",
    "/report/", "/report/?about=project:{project}", "/nothing/",
)  # fmt: skip
