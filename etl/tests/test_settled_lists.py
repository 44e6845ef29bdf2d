"""Lists that show what they showed are not put together again, and what comes of them is the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from etl.compare import settled
from etl.compare.assembler import Assembler
from etl.compare.facts import Facts
from etl.compare.known import Key, Known, KnownProject
from etl.compare.scratch import Scratch
from etl.compare.settled import OF_IDENTITIES, Asked, SettledLists
from etl.compare.survey import Survey
from etl.crawl.kept_readings import SignedFiles
from etl.crawl.looks import substance_of
from etl.crawl.observations import Observation
from etl.crawl.reading import Reading
from etl.extract.types import PageContent, PublishedProject, Table
from etl.fetch.page import Page
from etl.project_source import ProjectSource
from etl.tests.conftest import Sync
from etl.tests.watching import Row, Watched, row
from etl.understand.lookup import NOTHING
from etl.understand.plan import ReadingPlan
from etl.values.places import Places
from etl.values.vocabulary import DEFAULT
from projects.models import (
    AreaReading,
    DataChangeLog,
    Municipality,
    MunicipalityListing,
    Project,
    Sighting,
    Source,
    SyncRun,
)
from projects.models import ReadingPlan as PlanRow
from projects.models import Vocabulary as VocabularyRow
from replica.server import ReplicaServer

PLACES = Places([("CPT", "City of Cape Town", "WC", None, "A"), ("BUF", "Buffalo City", "EC", None, "A")])
HEADS = ["Project No", "Project Name", "Status", "Budget"]
# What two surveys that were settled alike have in common; whoever settled them apart
OURS = {
    "facts",
    "identities",
    "is_municipality",
    "within",
    "labels",
    "kept",
    "who",
    "lines",
    "pages",
    "listings",
    "shapes",
}


def facts(survey: Survey) -> dict[str, Any]:
    """All that a survey holds, so that two can be compared."""
    # what is there while lists are put together, and is looked at by nobody afterwards
    passing = {"_tallied", "_given", "_rows", "_alike"}
    plain = {f.name: getattr(survey, f.name) for f in fields(survey) if f.name not in OURS | passing}
    for name in ("lines", "pages"):
        plain[name] = [
            (i, part.published, part.url, part.snapshot, part.texts, part.lists, part.listed_under,
             part.same_number, part.digest(), part.compared, part.at)
            for i, part in getattr(survey, name).items()
        ]  # fmt: skip
    plain["listings"] = {code: (one.line, one.snapshot) for code, one in survey.listings.items()}
    plain["shapes"] = survey.shapes, [(key, [*one.columns]) for key, one in survey.shapes.found.items()]
    plain["who"] = {name: getattr(survey.who, name) for name in OF_IDENTITIES}
    plain["content"] = survey.content_digest()
    return plain


# -- on what it depends --------------------------------------------------------------------------------------
class Shelf(dict[str, bytes]):
    """Files in memory."""

    def keep(self, name: str, data: bytes) -> None:
        self[name] = data


class Record(Scratch):
    """What is known, with an answer to all that may be asked."""

    def settled_empty(self) -> set[str]:
        return set(self.settled_places)

    settled_places: tuple[str, ...] = ()


def known_project(pk: int, name: str, places: tuple[str, ...] = ("CPT",)) -> KnownProject:
    texts = {"Project No": "", "Project Name": name, "Status": "Design", "Budget": "R 5"}
    values: dict[str, Any] = {"municipalities": places, "municipality_as_published": None, "province": None}
    return KnownProject(pk, texts, [], values, "present", "", "", "")


@dataclass
class World:
    """Three pages of two lists, one of them empty now, and a record of what they showed before."""

    pages: list[tuple[Reading, Observation]]
    known: Record
    basis: str = "this code"
    plan: ReadingPlan = NOTHING
    shelf: Shelf = field(default_factory=Shelf)
    is_partial: bool = False

    def settle(self) -> tuple[Survey, SettledLists]:
        """A reading of it as a poll puts it together."""
        lists = SettledLists(self.shelf, "lists of x", self.known, self.basis)
        survey = self.survey(cast(Known, lists.asked), lists)
        self.give(survey)
        return survey, lists

    def afresh(self) -> Survey:
        """The same without what was kept."""
        survey = self.survey(self.known, None)
        self.give(survey)
        return survey

    def survey(self, known: Known, lists: SettledLists | None) -> Survey:
        assembler = Assembler(DEFAULT, PLACES)
        return Survey(
            lambda plan: assembler.identities(known, plan),
            assembler.is_municipality,
            assembler.within,
            DEFAULT.fields,
            self.plan,
            kept=lists,
            is_partial=self.is_partial,
        )

    def give(self, survey: Survey) -> None:
        for reading, seen in self.pages:
            survey.add(replace(reading), replace(seen))
        survey.settle()


def a_page(
    key: str, area: str | None, *rows: tuple[str, ...], session: str = "a"
) -> tuple[Reading, Observation]:
    projects = [
        PublishedProject(cells[0], dict(zip(HEADS, cells, strict=True)), f"/p/{cells[1]}?s={session}", "line")
        for cells in rows
    ]
    table = Table("grid", "g", HEADS, [list(cells) for cells in rows], role="projects")
    content = PageContent(tables=[table], projects=projects)
    page = Page(f"http://site{key}?s={session}", b"")
    seen = Observation(key, page.url, page.fetched_at, "raw", "clean", "content", f"bytes of {key}")
    return Reading(key, page, content, area, substance=substance_of(content)), seen


def world(session: str = "a") -> World:
    pages = [
        a_page("/cpt", "CPT", ("W1", "Weir", "Design", "R 5"), ("", "Dam", "Design", "R 6"), session=session),
        a_page("/cpt#p2", "CPT", ("W2", "Reservoir", "Tender", "R 7"), ("W3", "Sewer", "Design", "R 8"),
               session=session),
        a_page("/buf", "BUF", session=session),
    ]  # fmt: skip
    pages[2][1].is_emptied = True
    state = {
        "W1": known_project(1, "Weir"),
        "W2": known_project(2, "Reservoir"),
        "Dam@CPT": known_project(3, "Dam"),
        "W9": known_project(4, "Pipeline", ("BUF",)),
    }
    keys = {i: Key(one.pk, "", "", True) for i, one in state.items()}
    return World(pages, Record(Source(name="x"), keys, 0, "parser", state=state))


def page_of(told: World, at: int, **moved: Any) -> None:
    told.pages[at] = replace(told.pages[at][0], **moved), told.pages[at][1]


def look_of(told: World, at: int, **moved: Any) -> None:
    told.pages[at] = told.pages[at][0], replace(told.pages[at][1], **moved)


def says(told: World, at: int, *rows: tuple[str, ...]) -> None:
    reading, seen = told.pages[at]
    told.pages[at] = a_page(reading.key, reading.area, *rows)[0], seen


def a_column_of_other_name(told: World) -> None:
    reading, seen = told.pages[1]
    projects = [
        replace(one, published={label.upper(): text for label, text in one.published.items()})
        for one in reading.content.projects
    ]
    content = replace(reading.content, projects=projects)
    told.pages[1] = replace(reading, content=content, substance=substance_of(content)), seen


def without_an_address(told: World) -> None:
    reading, seen = told.pages[1]
    content = replace(reading.content, projects=[replace(one, url=None) for one in reading.content.projects])
    told.pages[1] = replace(reading, content=content, substance=substance_of(content)), seen


def a_table_of_nothing(told: World) -> None:
    reading, seen = told.pages[2]
    table = Table("table", "t", ["Scheme", "Spent"], [["a", "1"], ["b", "2"]])
    content = replace(reading.content, tables=[*reading.content.tables, table])
    told.pages[2] = replace(reading, content=content, substance=substance_of(content)), seen


def key_of(told: World, i: str, **moved: Any) -> None:
    told.known.keys[i] = replace(told.known.keys[i], **moved)


MOVES: dict[str, Callable[[World], object]] = {
    "a text": lambda w: says(w, 1, ("W2", "Reservoir", "Design", "R 7"), ("W3", "Sewer", "Design", "R 8")),
    "the order of rows": lambda w: says(
        w, 1, ("W3", "Sewer", "Design", "R 8"), ("W2", "Reservoir", "Tender", "R 7")
    ),
    "a row less": lambda w: says(w, 1, ("W2", "Reservoir", "Tender", "R 7")),
    "a heading": a_column_of_other_name,
    "an address that is gone": without_an_address,
    "a table that is nothing": a_table_of_nothing,
    "a page less": lambda w: w.pages.pop(),
    "a page more": lambda w: w.pages.append(a_page("/more", None, ("W7", "Canal", "Design", "R 1"))),
    "the order of pages": lambda w: w.pages.reverse(),
    "the area of a page": lambda w: page_of(w, 1, area="BUF"),
    "the list of a page": lambda w: page_of(w, 1, key="/cpt2"),
    "whose own page it is": lambda w: page_of(w, 2, external_id="W9"),
    "the bytes that show it": lambda w: look_of(w, 1, snapshot="other bytes"),
    "whether it was emptied": lambda w: look_of(w, 2, is_emptied=False),
    "whether it is repeated": lambda w: look_of(w, 2, is_repeated=True),
    "a substance that cannot be told": lambda w: page_of(w, 1, substance=""),
    "saved pages": lambda w: setattr(w, "is_partial", True),
    "the code, words, places or plan": lambda w: setattr(w, "basis", "other code"),
    "a project that is known": lambda w: w.known.keys.pop("W2"),
    "one more": lambda w: w.known.keys.update(W3=Key(9, "", "", True)),
    "another row of it": lambda w: key_of(w, "W2", pk=77),
    "a project that is gone": lambda w: key_of(w, "W9", is_present=False),
    "its lists": lambda w: key_of(w, "W2", lists=("list-1",)),
    "what a project was called": lambda w: w.known.state.update({"Dam@CPT": known_project(3, "Old Dam")}),
    "where a project was": lambda w: w.known.state.update({"W9": known_project(4, "Pipeline", ("CPT",))}),
    "what a steward said of an area": lambda w: setattr(w.known, "settled_places", ("BUF",)),
    "by which ids it ever went": lambda w: setattr(w.known, "ever", frozenset({"W1"})),
    "the first reading": lambda w: setattr(w.known, "is_first", True),
    "what was kept": lambda w: w.shelf.update(dict.fromkeys(w.shelf, b"no pickle")),
    "what was kept, cut short": lambda w: w.shelf.update(
        {name: data[:200] for name, data in w.shelf.items()}
    ),
}  # fmt: skip


def test_lists_that_show_the_same_are_not_put_together_again() -> None:
    one, other = world(), world("b")
    first, lists = one.settle()
    assert not lists.is_restored
    assert facts(first) == facts(one.afresh())
    assert first.emptied == {"BUF"}, "the record was asked for its places"
    assert {what for what, *_ in lists.asked.answers} == {"in_full", "places", "settled_empty"}
    other.shelf = one.shelf
    again, lists = other.settle()
    assert lists.is_restored
    assert facts(again) == facts(other.afresh())
    assert again.lines["W2"].url == "/p/Reservoir?s=b", "addresses are those of now"
    assert again.who
    assert again.who.known is other.known


@pytest.mark.parametrize("what", MOVES)
def test_whatever_it_depends_on_is_seen_to_move(what: str) -> None:
    told = world()
    told.settle()
    MOVES[what](told)
    survey, lists = told.settle()
    assert not lists.is_restored
    assert facts(survey) == facts(told.afresh())


def test_lists_that_are_too_long_to_wait_are_not_kept_in_vain(monkeypatch) -> None:
    monkeypatch.setattr(settled, "_MOST", 1)
    long = world()
    long.settle()
    assert not long.shelf
    survey, lists = long.settle()
    assert not lists.is_restored
    assert facts(survey) == facts(long.afresh())


# to whoever tells projects apart, by the plan of now; and what is empty once they are
GIVEN = {"known", "reads", "ids_of", "within", "is_listed", "is_told", "_called"}


def test_all_that_tells_projects_apart_is_kept() -> None:
    survey = world().afresh()
    assert survey.who
    assert vars(survey.who).keys() - GIVEN <= set(OF_IDENTITIES)


def test_nothing_of_the_record_is_asked_but_what_is_noted() -> None:
    asked = Asked(world().known)
    assert {name for name in dir(asked) if not name.startswith("_")} == {
        "answers", "answers_again", "digest", "ever", "in_full", "is_first", "keys", "places_of",
        "settled_empty",
    }  # fmt: skip
    assert {f.name for f in fields(Key)} - set(asked.keys["W1"]._fields) == {
        "line_digest", "page_digest", "missing_run"
    }  # fmt: skip


def test_what_was_found_of_the_lists_is_found_again_by_the_same_alone() -> None:
    told = world()
    survey, lists = told.settle()
    asked: list[str] = []

    def find(what: str) -> str:
        asked.append(what)
        return f"of {what}"

    assert survey.facts.get("lines", "one plan", lambda: find("one plan")) == "of one plan"
    lists.keep_facts(survey)
    again, lists = told.settle()
    assert again.facts.get("lines", "one plan", lambda: find("again")) == "of one plan"
    assert again.facts.get("lines", "another", lambda: find("another")) == "of another"
    lists.keep_facts(again)
    third, _ = told.settle()
    assert third.facts.get("lines", "another", lambda: find("again")) == "of another"
    third.drop("W1", "it cannot be used")
    assert third.facts.get("lines", "another", lambda: find("dropped")) == "of dropped"
    MOVES["a text"](told)
    assert told.settle()[0].facts.get("lines", "another", lambda: find("moved")) == "of moved"
    assert asked == ["one plan", "another", "dropped", "moved"]


# -- a poll with it beside a poll without --------------------------------------------------------------------
@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether what was kept was of use, poll by poll; where it was, all is put together again beside it."""
    found: list[bool] = []
    restore = SettledLists.restore

    def both(lists: SettledLists, survey: Survey) -> bool:
        waiting = [(replace(reading), replace(seen)) for reading, seen in lists._waiting]
        plain = replace(survey, kept=None, is_settled=False)  # takes over what the pages brought so far
        fresh = copied(plain)
        found.append(restore(lists, survey))
        if found[-1]:
            for reading, seen in waiting:
                fresh.put_together(reading, seen)
            fresh.settle()
            assert facts(survey) == facts(fresh)
        return found[-1]

    get = Facts.get

    def twice(facts: Facts, name: str, by: str, find: Callable[[], Any]) -> Any:
        value = get(facts, name, by, find)
        assert value == find(), name
        return value

    monkeypatch.setattr(SettledLists, "restore", both)
    monkeypatch.setattr(Facts, "get", twice)
    return found


def copied(survey: Survey) -> Survey:
    """The survey, with collections of its own."""
    own = {
        f.name: value.copy()
        for f in fields(survey)
        if isinstance(value := getattr(survey, f.name), dict | set | list) and f.name != "listed"
    }
    own["listed"] = {code: set(ids) for code, ids in survey.listed.items()}
    return replace(survey, **own)


ROWS = [
    row("WP10", "Northern Pipeline"),
    row("WP20", "Giyani Reservoir", budget="R 7 000 000"),
    row("", "Orée Weir", budget="R 9 000 000"),
    row("WP30", "Sewer", place="Buffalo City [BUF]"),
    row("WP30", "Sewer, phase 2", place="Buffalo City [BUF]", budget="R 3 000 000"),
    row("", "Boreholes", place="Buffalo City [BUF]"),
]


def history(seed: int, steps: int = 7) -> Iterable[list[Row]]:
    """A list that is edited now and then, each state shown once or several times."""
    chance, rows = random.Random(seed), list(ROWS)
    for _ in range(steps):
        edit = chance.randrange(5)
        at = chance.randrange(len(rows))
        if edit == 0 and len(rows) > 3:
            rows.pop(at)
        elif edit == 1:
            rows.insert(at, row(f"WP{chance.randrange(40, 90)}", f"Scheme {chance.randrange(99)}"))
        elif edit == 2:
            rows[at] = (*rows[at][:6], chance.choice(["Design", "Tender", "Construction"]))
        elif edit == 3:
            rows[at] = (rows[at][0], f"{rows[at][1]} II", *rows[at][2:])
        for _ in range(chance.randrange(1, 4)):
            yield list(rows)


def left() -> dict[str, Any]:
    """All that polls leave, without ids and times."""
    runs = SyncRun.objects.order_by("pk").values_list(
        "state", "unchanged_by", "pages", "seen", "created", "updated", "returned", "missing", "withdrawn",
        "invalid", "same", "complete", "concludes", "listings", "layouts", "held", "disagreements", "proof",
        "profile", "notes", "content_digest", "looks_digest", "parser_digest", "change_count",
    )  # fmt: skip
    order = {pk: at for at, pk in enumerate(SyncRun.objects.order_by("pk").values_list("pk", flat=True))}
    areas = AreaReading.objects.order_by("pk").values(
        "area",
        "run",
        "last_run",
        "state",
        "is_whole",
        "is_loaded",
        "concludes",
        "claims",
        "reasons",
        "digest",
    )
    return {
        "runs": list(runs),
        "looks": [len(run.look_ids) for run in SyncRun.objects.order_by("pk")],
        "own looks": list(
            Sighting.objects.order_by("pk").values_list(
                "key", "raw_sha256", "clean_sha256", "content_sha256", "area", "external_id", "loaded",
                "shared",
            )
        ),
        "projects": list(
            Project.everything.order_by("pk").values_list(
                "external_id", "published", "other_texts", "page_labels", "presence", "line_digest",
                "page_digest", "url", "lists", "name", "budget", "status",
            )
        ),
        "lines": list(
            MunicipalityListing.objects.order_by("pk").values_list("code", "published", "is_listed")
        ),
        "areas": [{**one, "run": order[one["run"]], "last_run": order[one["last_run"]]} for one in areas],
        "log": list(
            DataChangeLog.objects.order_by("pk").values_list(
                "external_id", "change_type", "cause", "field_changes", "evidence", "severity"
            )
        ),
        "plans": list(PlanRow.objects.order_by("pk").values_list("version", "digest", "shapes")),
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_a_history_comes_out_the_same_without_what_was_kept(
    watched: Watched, restored: list[bool], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    def played() -> dict[str, Any]:
        for rows in history(seed):
            watched.shows(*rows)
        return left()

    with transaction.atomic():
        found = played()
        transaction.set_rollback(True)
    assert set(restored) == {True, False}
    restored.clear()
    monkeypatch.setattr(ProjectSource, "settled_lists", lambda self, known: None)
    assert played() == found
    assert restored == []


@pytest.mark.django_db
def test_a_dashboard_is_put_together_when_something_moved_and_not_else(
    replica: ReplicaServer, first: SyncRun, sync: Sync, restored: list[bool]
) -> None:
    for _ in range(2):
        sync()
    assert restored == [False, True]
    replica.site.mutate(2)
    assert sync().updated == 2
    assert sync().state == "unchanged"
    assert restored[2:] == [False, True], "what was changed is in the keys no more than it has to be"
    VocabularyRow.objects.create(kind="field", text="Zone", meaning="programme")
    sync()
    Municipality.objects.create(code="ZZZ1", name="Nowhere", province="GT", category="B")
    sync()
    sync(force=True)
    sync()
    assert restored[4:] == [False, False, True]


@pytest.mark.django_db
def test_a_rehearsal_keeps_nothing_and_another_key_knows_nothing(
    first: SyncRun, sync: Sync, restored: list[bool], settings: Any, tmp_path: Any
) -> None:
    settings.READINGS_DIR = tmp_path / "readings"
    call_command("sync_dws", "--dry-run", verbosity=0)
    assert restored == [False]
    sync()
    sync()
    assert restored == [False, False, True]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "another database with this folder")
        sync()
    sync()
    assert restored[3:] == [False, True], "what the one kept is not overwritten by the other"
    settings.SECRET_KEY = "somebody else's"
    sync()
    assert restored[5:] == [False]
    name = "0" * 64
    SignedFiles(tmp_path, keep=False).keep(name, b"x")
    assert SignedFiles(tmp_path).get(name) is None
