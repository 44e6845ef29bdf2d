"""Each word that the public reads stands in the catalogues, and these are whole, current and compiled."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import trans_real

from buka.dev.catalogue import ROOT, of_code, of_template, read
from buka.tests.readers import written
from projects.facts import finance, municipalities
from projects.facts.towns import towns
from projects.languages import ISIZULU, override
from projects.wording import contradictions, flags, glossary
from projects.wording.phrases import PROVINCES

CODES = ("af", "zu")
_PLACES = re.compile(r"%\((\w+)\)s|\{(\w*)\}")
_TAGS = re.compile(r"</?[a-z]+\b[^>]*>")


def stems(texts: Any) -> list[Counter]:
    return [Counter(found[0] or found[1] for found in _PLACES.findall(text)) for text in texts]


def test_the_catalogues_have_what_there_is_to_say_today_and_are_compiled():
    """In a process of its own: other tests declare sources of theirs."""
    check = [sys.executable, "-m", "buka.dev.catalogue", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), "run: python -m buka.dev.catalogue"


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


class Asked(Told):
    """A language as it is, which remembers what it was asked to say."""

    def __init__(self, language: Any) -> None:
        self.language, self.words = language, set()

    def gettext(self, words: str) -> str:
        self.words.add(words)
        return self.language.gettext(words)

    def ngettext(self, one: str, many: str, number: int) -> str:
        self.words.add(one)
        return self.language.ngettext(one, many, number)

    def to_language(self) -> str:
        return "zu"


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setitem(trans_real._translations, "af", Told())
    for kept in (glossary._terms, glossary._by_form, glossary._pieces):  # of the language as it is
        monkeypatch.setattr(glossary, kept.__name__, kept.__wrapped__)


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


# All pages in `make soak`; the first and every so many of the others in `make test`.
EVERY = pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.soak, id="all"), 5])
_INNERMOST = re.compile("⟦[^⟦⟧]*⟧")
# Texts of the data, and names that are the same in each language.
_DATA = re.compile(
    "|".join(
        (
            r"Bulk water scheme \d+: reservoir and rising main, phase 2",
            r"Giyani bulk water supply: pipeline to the villages|KZ\d+",
            r"Msunduzi water supply scheme \d+: refurbishment of the works and of the main",
            r"Contractor \d+ \(Pty\) Ltd|Column \d+|Text \d+ of \d+|The site did not answer\.|WP\d+|\bx\b",
            r"zzzz|giyani",
            r"It looks like [\w ]+\.|(?:Project Name|Remarks)(?: 1)?|JSON Lines|Excel|OpenAPI|Buka Amanzi",
            r"text/html; charset=utf-8|https?://\S+|\b(?:af|en)_ZA\b|GeoNames|noindex|summary|website",
            r"\b(?:Afrikaans|English|isiZulu)\b|National Treasury[:,] Municipal Money",
            r"Department of Water and Sanitation: Project Monitoring Dashboard",
            # Written down when it was found: a question, and what the figures are that it is about.
            r"DWS reports more than the books hold of \S+ What explains the difference\?",
            r"Completion Date|Project No|^Budget$|^Construction$|^budget$",
            r"WSIG spent in [\d-]+ to [\d-]+|Expenditure so far of 2 WSIG projects",
            r"Grant money may, with approval, be spent in the next year\.",
            r"DWS 2020/21 to 2022/23 beside the municipal years 2020-21 to 2022-23\.",
            # Names of columns and of settings, short names.
            r"\b(?:RBIG|WSIG|MIG|DWS|CSV|JSON|SHA-256)\b|datapackage\.json|SHA256SUMS",
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
    parts = re.split(r"[,·–:\[\]]", _DATA.sub(" ", text))
    return " ".join(part for part in parts if re.sub(r"^ *R?\d[\d\u202f ]*", "", part).strip() not in names)


def official_names() -> set[str]:
    """Of places, and of what the books and the grants of the National Treasury have."""
    books = {name for name, _ in (*finance.FUNCTIONS.values(), *finance.ASSETS.values())}
    codes = {one.code for one in municipalities()} | {*PROVINCES}
    both = {f"{one.code} {one.province}" for one in municipalities()}
    grants = {grant.label for grant in finance.GRANTS.values()} | {*finance.GRANTS, *finance.FAMILIES}
    return {one.name for one in (*municipalities(), *towns())} | books | grants | codes | both


@pytest.mark.django_db
@EVERY
def test_each_word_that_the_public_reads_is_said_by_a_catalogue(
    client: Client, told, settings, tmp_path, every
):
    """Of every so many pages, here; of all in the soak tests."""
    settings.ARCHIVE_DIR = tmp_path
    known, names = written(), official_names()
    found = {}
    for path in (form.format(**known) for form in PAGES[::every]):
        texts = unsaid(client.get(f"/af{path}").content.decode(), names)
        if texts:
            found[path] = texts
    assert not found, "\n".join(f"{path}: {texts}" for path, texts in found.items())


def test_a_word_that_no_catalogue_says_is_found():
    assert (
        unsaid(
            "<p title='⟦a <b>⟦c⟧</b>⟧'>⟦Said⟧ <b>Greater Giyani [LIM331]</b>, WP1</p>",
            {"Greater Giyani", "LIM331"},
        )
        == []
    )
    assert unsaid("<p title='Not said'>⟦Said⟧</p>", set()) == ["Not said"]
    assert unsaid("<p>⟦Said⟧ and forgotten</p>", set()) == ["and forgotten"]


@pytest.mark.django_db
def test_isizulu_says_the_navigation_the_home_page_the_glossary_and_the_flags(
    client: Client, monkeypatch, settings, tmp_path
):
    settings.ARCHIVE_DIR = tmp_path
    asked = Asked(trans_real.translation("zu"))
    monkeypatch.setitem(trans_real._translations, "zu", asked)
    written()
    for path in ISIZULU.covers:
        assert client.get(f"/zu{path}").status_code == 200
    today = date(2026, 11, 30)
    with override("zu"):
        said = [*flags.FLAGS.values(), *flags.IS.values(), *flags.ARE.values(), *flags.MEANINGS.values()]
        said += [flags.sentence(flag, figures, today) for flag, figures in _RAISED]
    assert len(said) > 20
    unknown = {one for one, _ in read("zu").missing()}
    left = sorted(asked.words & unknown)
    assert not left, "\n".join(left)


def test_isizulu_says_all_that_the_home_page_can_say_whatever_state_it_is_in() -> None:
    folder, waiting, seen = ROOT / "templates", ["projects/dashboard.html"], set[str]()
    words = set[Any]()
    while waiting:
        seen.add(name := waiting.pop())
        text = (folder / name).read_text(encoding="utf-8")
        words |= set(of_template(text))
        waiting += set(re.findall(r'{% (?:include|extends) "([^"]+)"', text)) - seen
    assert len(seen) > 10
    assert not words & set(read("zu").missing())


_RAISED = (
    ("overdue", {"completion_date": "2026-02-28", "status": "construction"}),
    ("stalled", {"status": "construction", "since": "2026-02-28"}),
    ("slipping", {"times": 2, "from": "2026-02-28", "to": "2027-02-28"}),
    ("slipping", {"times": 3, "from": "2026-02-28", "to": "2027-02-28"}),
    ("dearer", {"from": "100.00", "to": "150.00", "since": "2026-02-28"}),
    *(
        ("contradiction", {"findings": [{"what": what, "status": "design", "status_as_published": "Design"}]})
        for what in contradictions.KINDS
    ),
)
