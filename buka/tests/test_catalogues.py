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
from projects.facts import finance, municipalities
from projects.facts.towns import towns

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
    template = (
        '{% load i18n %}{% translate "A" %}{% blocktranslate trimmed count n=n %}\n one {{ n }}{% plural %}'
        ' many{% endblocktranslate %}{{ _("B") }}'
    )
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
# Texts of the data, and names that are the same in each language.
_DATA = re.compile(
    "|".join(
        (
            r"Bulk water scheme \d+: reservoir and rising main, phase 2",
            r"Giyani bulk water supply: pipeline to the villages",
            r"Contractor \d+ \(Pty\) Ltd|Column \d+|Text \d+ of \d+|The site did not answer\.|WP\d+|\bx\b",
            r"zzzz|giyani",
            r"It looks like [\w ]+\.|(?:Project Name|Remarks)(?: 1)?|JSON Lines|Excel|OpenAPI|Buka Amanzi",
            r"\b(?:RBIG|WSIG|MIG|BEP|BWSG|DWS|NERSA|CSV|JSON|SHA-256)\b|datapackage\.json|SHA256SUMS",
            r"text/html; charset=utf-8|https?://\S+|\b(?:af|en)_ZA\b|GeoNames|noindex|summary|website",
            r"\b(?:Afrikaans|English|isiZulu)\b|National Treasury[:,] Municipal Money",
            r"Department of Water and Sanitation: Project Monitoring Dashboard",
            r"DWS projects beside municipal finance",
            # Written down when it was found: a question, and what the figures are that it is about.
            r"DWS reports more than the books hold of \S+ What explains the difference\?",
            r"Completion Date|Project No|^Budget$|^Construction$|^budget$",
            r"WSIG spent in [\d-]+ to [\d-]+|Expenditure so far of 2 WSIG projects",
            r"Grant money may, with approval, be spent in the next year\.",
            r"DWS 2020/21 to 2022/23 beside the municipal years 2020-21 to 2022-23\.",
            # Names of columns and of settings.
            r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b",
        )
    )
)
PAGES = """
    / /projects/ /projects/?province=LIM /projects/?q=zzzz /projects/?status=x /projects/{project}/
    /projects/{project}/sheet/ /map/ /map/?measure=overdue /municipalities/ /municipalities/LIM331/
    /municipalities/DC12/ /finances/ /changes/ /changes/?each=1 /changes/?since=x /changes/{change}/
    /digest/{week}/ /digest/{week}/LIM/ /discrepancies/ /discrepancies/{question}/ /compare/ /search/?q=giyani
    /search/?near=-23.3,30.7 /search/?near=x /sources/ /sources/dws/ /sources/treasury/ /runs/{run}/
    /snapshots/{snapshot}/ /snapshots/{snapshot}/?cited={change} /data/ /glossary/ /about/ /subscribe/
    /subscribe/?of=projects&province=LIM&flag=overdue /report/ /report/?about=project:{project}
    /report/?about=municipality:LIM331 /nothing/
""".split()


def unsaid(html: str, names: set[str]) -> list[str]:
    """The texts of a page that came by no catalogue, without data. `names`: that are nobody’s words."""
    while (less := _INNERMOST.sub(" ", html)) != html:
        html = less
    assert "⟦" not in html
    assert "⟧" not in html
    page = Words()
    page.feed(html)
    texts = {" ".join(text.split()) for text in page.found}
    return sorted(text for text in texts if re.search("[a-zA-Z]{2}", without_data(text, names)))


def without_data(text: str, names: set[str]) -> str:
    text = _DATA.sub(" ", text)
    parts = (
        re.sub(r"\[?\b[A-Z]{2,3}\d{1,3}\b\]?|\[[A-Z]{3}\]", "", part) for part in re.split("[,·–]", text)
    )
    return " ".join(part for part in parts if part.strip(" 0123456789:R\u202f") not in names)


def official_names() -> set[str]:
    """Of places, and of what the books and the grants of the National Treasury have."""
    books = {name for name, _ in (*finance.FUNCTIONS.values(), *finance.ASSETS.values())}
    grants = {grant.label for grant in finance.GRANTS.values()} | {*finance.GRANTS, *finance.FAMILIES}
    return {one.name for one in (*municipalities(), *towns())} | books | grants


@pytest.mark.django_db
def test_each_word_that_the_public_reads_is_said_by_a_catalogue(client: Client, told, settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path
    known, names = written(), official_names()
    found = {}
    for path in (form.format(**known) for form in PAGES):
        texts = unsaid(client.get(f"/af{path}").content.decode(), names)
        if texts:
            found[path] = texts
    assert not found, "\n".join(f"{path}: {texts}" for path, texts in found.items())


def test_a_word_that_no_catalogue_says_is_found():
    assert (
        unsaid("<p title='⟦a <b>⟦c⟧</b>⟧'>⟦Said⟧ <b>Greater Giyani [LIM331]</b>, WP1</p>", {"Greater Giyani"})
        == []
    )
    assert unsaid("<p title='Not said'>⟦Said⟧</p>", set()) == ["Not said"]
    assert unsaid("<p>⟦Said⟧ and forgotten</p>", set()) == ["and forgotten"]
