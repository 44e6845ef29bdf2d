"""The yardstick of reading, in small: forty generated cases, and counts that must not get worse.

`make truth` runs some hundreds of them and prints the whole table; `docs/accuracy.md` has the present one.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from itertools import count, islice
from pathlib import Path

import pytest

from etl.tests.truth import canonical, failures, judged
from etl.values.thesaurus import PHRASES, WORDS
from etl.values.vocabulary import normal_label
from projects.models import Municipality
from replica.renderings import cases, places, thesaurus
from replica.renderings.sheet import make_sheet

# What ten cases of each kind of words come to. A ratchet: whoever reads better puts the better count here.
# Least counts: values read right, projects found, changes found. Most counts: values read wrong, values
# unread without a word, projects made up or passed over in silence, changes that were none.
LEAST = {
    "known": {"right": 2862, "found": 237, "events found": 214},
    "held_out": {"right": 1915, "found": 180, "events found": 217},
    "mixed": {"right": 2848, "found": 244, "events found": 213},
    "afrikaans": {"right": 2835, "found": 247, "events found": 234},
}
NONE = {"wrong": 0, "silent": 0, "invented": 0, "missing, silent": 0, "events false": 0}
MOST = {"known": NONE, "held_out": NONE | {"events false": 1}, "mixed": NONE, "afrikaans": NONE}
CASES_A_KIND = 10
# Fields that some layouts show in headings or in code, in other words than a column would
PUT_ELSEWHERE = {"municipality", "province", "district", "latitude", "longitude", "coordinates"}
FOLDER = Path(cases.__file__).parent


# Held-out labels whose very words are a phrase of ours: hardly to be said otherwise. None is added.
SAID_ALIKE = {
    "Unique Number", "Amount Approved", "Due Date", "Agent (Implementing)", "GPS South", "GPS East",
}  # fmt: skip


@pytest.mark.parametrize("table", [thesaurus.HELD_OUT, thesaurus.AFRIKAANS], ids=["English", "Afrikaans"])
def test_no_held_out_label_stands_whole_among_the_words(table: dict[str, tuple[str, ...]]) -> None:
    """The words may be those of a label; the label itself is no phrase, and no word of several parts."""
    phrases = {
        frozenset(phrase.split())
        for parts in PHRASES.values()
        for weight, some in parts.items()
        if weight[0].isdigit()
        for phrase in some.split("|")
    }
    whole = set()
    for label in [label for labels in table.values() for label in labels]:
        words = re.findall(r"[^\W\d_]+|[%#]", label.casefold())
        if frozenset(words) in phrases or len(WORDS.get("".join(words), ())) > 1:
            whole.add(label)
    assert whole <= SAID_ALIKE


def test_known_and_held_out_labels_are_apart() -> None:
    known = {normal_label(label) for labels in thesaurus.KNOWN.values() for label in labels}
    others = {normal_label(label) for labels in thesaurus.HELD_OUT.values() for label in labels}
    assert known & others == set()
    assert thesaurus.KNOWN.keys() == thesaurus.HELD_OUT.keys() == thesaurus.AFRIKAANS.keys()


def test_the_renderings_share_no_code_with_what_reads_them() -> None:
    imported = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    rooms = {"buka", "etl", "projects", "realtime", "replica"}
    ours = {name for name in imported if name.split(".")[0] in rooms}
    assert all(name.startswith("replica.renderings") for name in ours), ours
    assert len(ours) > 5


@pytest.mark.django_db
def test_the_renderings_municipalities_are_those_of_the_map() -> None:
    rows = {row.code: row for row in Municipality.objects.all()}
    for place in places.PLACES:
        assert rows[place.code].province == place.province
        assert (rows[place.code].district_id or "") == places.DISTRICTS.get(place.district, ""), place


def test_a_case_is_the_same_each_time() -> None:
    for seed in range(len(cases.FAMILIES)):
        one, other = cases.Case(seed).looks(polls=1), cases.Case(seed).looks(polls=1)
        assert [look.site for look in one] == [look.site for look in other]
        assert [look.truth for look in one] == [look.truth for look in other]


def some_cases(words: str) -> Iterator[cases.Case]:
    """Cases that use such words, of many families."""
    found = (case for case in map(cases.Case, count(0, 5)) if case.style.words == words)
    return islice(found, CASES_A_KIND)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("words", LEAST)
def test_reading_is_no_worse_than_it_was(words: str) -> None:
    scores = [judged(case) for case in some_cases(words)]
    counts: Counter[str] = Counter()
    for score in scores:
        counts.update({name: score.of_class(name) for name in ("right", "wrong", "silent")})
        counts.update(score.records)
        counts.update({f"events {name}": score.outcome(name) for name in ("found", "false")})
    worse = [f"{name}: {counts[name]}, was {n}" for name, n in LEAST[words].items() if counts[name] < n]
    worse += [f"{name}: {counts[name]}, was {n}" for name, n in MOST[words].items() if counts[name] > n]
    assert not worse, "\n".join([*worse, *failures(scores, 1)])


@pytest.mark.django_db
def test_a_page_that_every_reader_gets_right_scores_so() -> None:
    """The yardstick itself: a plain table with plain labels has nothing wrong, missing or made up."""
    plain = (case for case in map(cases.Case, count()) if case.family.name == "table th")
    case = next(c for c in plain if c.style.words == "known" and c.style.unit_place in ("none", "label"))
    score = judged(case)
    assert score.records == {"found": len(case.looks(polls=0)[0].truth)}
    assert score.of_class("wrong") == 0, score.failures
    assert score.of_class("right") > 40
    assert score.outcome("found") > 10
    assert score.outcome("false") == 0


def everything(site: cases.Site) -> str:
    """The text of all pages, as a person sees it."""
    pages = [body.decode() for body, _ in [*site.pages.values(), *site.posts.values()]]
    text = "\n".join(pages).replace("<\\/", "</")
    text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text).replace('\\"', '"')
    return unescape(text)


@pytest.mark.parametrize("start", range(0, 228, 57))
def test_the_pages_show_all_that_the_truth_says(start: int) -> None:
    for seed in range(start, start + len(cases.FAMILIES)):
        case = cases.Case(seed)
        (look,) = case.looks(polls=0)
        sheet = make_sheet(look.world, case.style, grouped=case.family.grouped)
        shown = everything(look.site)
        for column in sheet.columns:
            if column.key in PUT_ELSEWHERE or column.key.startswith("noise:"):
                continue
            missing = [cell.text for cell in column.cells if unescape(cell.html) not in shown]
            assert not missing, (seed, case.family.name, column.key)
        assert look.truth.keys() == {project.key for project in look.world.projects}


def test_each_page_with_amounts_says_their_unit() -> None:
    for seed in range(300):
        case = cases.Case(seed)
        if case.style.unit_place in ("none", "cell") or case.style.money.factor == 1:
            continue
        if not {"budget", "expenditure"} & set(case.style.keys):
            continue
        (look,) = case.looks(polls=0)
        silent = [
            path
            for path, (body, _) in look.site.pages.items()
            if case.style.unit_word not in unescape(body.decode())
        ]
        # the lines of municipalities have their amounts in full
        allowed = [cases.ENTRY] if case.family.name == "lines to lists" else []
        assert silent in ([], allowed), (seed, case.family.name, case.style.unit_place)


def test_what_differs_between_two_looks_is_what_happened() -> None:
    for seed in range(120):
        before, *rest = cases.Case(seed).looks()
        for look in rest:
            happened = {(event.kind, event.key) for event in look.events}
            created = {("created", key) for key in look.truth.keys() - before.truth.keys()}
            gone = {("gone", key) for key in before.truth.keys() - look.truth.keys()}
            both = before.truth.keys() & look.truth.keys()
            changed = {("changed", key) for key in both if before.truth[key] != look.truth[key]}
            assert created | gone == {event for event in happened if event[0] != "changed"}
            assert changed <= happened
            before = look


@pytest.mark.parametrize(
    ("one", "other"),
    [("353000000.00", "353000000"), (-23.30583, "-23.305826"), ("RBIG", "RBIG"), (None, None)],
)
def test_values_compare_by_what_they_say(one: object, other: object) -> None:
    first, second = canonical(one), canonical(other)
    assert first == second or abs(first - second) < 0.0002  # type: ignore[operator]
