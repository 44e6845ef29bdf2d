"""A reader's words find places and projects: by former names, by beginnings, misspelt; hostile input."""

from __future__ import annotations

import random
import string

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from projects.facts import municipalities
from projects.facts.names import other_names
from projects.facts.towns import nearest_seats, towns
from projects.folding import folded
from projects.models import Project
from projects.search import memory as memory_module
from projects.search.memory import Memory, memory
from projects.search.places import find_places
from projects.search.words import LONGEST, Query, Words
from projects.stewards import overrides
from projects.tests.factories import a_crowd, a_project, a_source, change

API = "/api/v1/search/"


def places(text: str) -> tuple[list[str], list[str]]:
    found, near = find_places(Query(text), 10)
    return [place.fact.code for place in found], [town.town.name for town in near]


def answer(client, text: str, status: int = 200):
    got = client.get(API, {"q": text})
    assert got.status_code == status, got.content[:300]
    return got.json()


# --- places, which need no database -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code", "town"),
    [
        ("giyani", "LIM331", "Giyani"),
        ("GREATER GIYANI", "LIM331", None),
        ("giy", "LIM331", "Giyani"),
        ("gyani", "LIM331", "Giyani"),
        ("lim331", "LIM331", None),
        ("rustenberg", "NW373", "Rustenburg"),
        ("Rustenbrug", "NW373", "Rustenburg"),
        ("pietersburg", "LIM354", "Polokwane"),
        ("Port Elizabeth", "NMA", "Gqeberha"),
        ("nelspruit", "MP326", "Mbombela"),
        ("king williams town", None, "Qonce"),
        ("King William’s Town", None, "Qonce"),
        ("capetown", "CPT", "Cape Town"),
        ("Kaapstad", "CPT", "Cape Town"),
        ("thekwini", "ETH", "Durban"),
        ("mosselbay", "WC043", "Mossel Bay"),
        ("kheis", "NC084", None),
        ("maluti à phofung", "FS194", None),
        ("Cacadu", "DC10", "Cacadu"),
        ("water in sannieshof", None, "Sannieshof"),
    ],
)
def test_a_place_is_found_first_by_any_of_its_names(typed, code, town):
    codes, names = places(typed)
    assert codes[:1] == ([code] if code else [])
    assert names[:1] == ([town] if town else [])


def test_two_municipalities_of_one_name_are_both_found_and_what_is_misspelt_is_left_out():
    assert set(places("emalahleni")[0]) == {"EC136", "MP312"}
    assert places("makana") == (["EC104"], [])  # and not Masana


@pytest.mark.parametrize("seed", range(3))
def test_one_wrong_letter_in_five_still_finds_each_municipality_and_town(seed):
    draw = random.Random(seed)
    for name, code in [(fact.name, fact.code) for fact in draw.sample(municipalities(), 60)]:
        assert code in places(misspelt(name, draw))[0] or len(places(name)[0]) > 5, name
    for town in draw.sample(towns(), 60):
        typed = misspelt(town.name, draw)
        assert len(folded(town.name)) < 5 or town.name in [t.town.name for t in all_towns(typed)], (
            town,
            typed,
        )


def all_towns(text: str):
    return find_places(Query(text), 1000)[1]


def misspelt(name: str, draw: random.Random) -> str:
    """Others in place of one letter in five, each time another."""
    letters = list(name)
    at = [place for place, letter in enumerate(letters) if letter.isalpha()]
    for place in draw.sample(at, len(folded(name).replace(" ", "")) // 5):
        letters[place] = draw.choice([x for x in string.ascii_lowercase if x != letters[place].lower()])
    return "".join(letters)


def test_a_town_has_the_municipality_that_a_source_gives_and_else_the_three_nearest_seats():
    known, unknown = (find_places(Query(name), 1)[1][0] for name in ("Polokwane", "Sannieshof"))
    assert (known.code, known.nearest) == ("LIM354", ())
    assert unknown.code is None
    assert [near.municipality.code for near in unknown.nearest] == ["NW382", "NW384", "NW404"]
    assert [near.km for near in unknown.nearest] == sorted(near.km for near in unknown.nearest)


def test_the_facts_name_only_municipalities_that_there_are_and_points_in_the_country():
    codes = {fact.code for fact in municipalities()}
    provinces = {fact.code: fact.province for fact in municipalities()}
    for town in towns():
        assert town.municipality is None or provinces[town.municipality] == town.province, town
        assert -35 < town.latitude < -22, town
        assert 16 < town.longitude < 33, town
    assert {town.municipality for town in towns()} - {None} <= codes
    assert len({town.id for town in towns()}) == len(towns()) > 900
    assert other_names().keys() <= codes


def test_the_nearest_seats_are_of_local_and_metropolitan_municipalities_in_order():
    near = nearest_seats(-23.30, 30.70)
    assert [each.municipality.code for each in near] == ["LIM331", "LIM343", "LIM332"]
    assert near[0].km == pytest.approx(1.9, abs=0.1)


def test_a_wrong_digit_is_another_number_and_no_misspelling():
    words = Words()
    words.add(["wp10234", "reservoir"], 1)
    assert words.near("wp10235", 2) == []
    assert words.near("reservior", 1) == [("reservoir", 1)]


# --- projects -----------------------------------------------------------------------------------------


@pytest.fixture
def three(db):
    a_source()
    a_project("WP10234", name="Nandoni bulk water supply", contractor="Umzi Civils (Pty) Ltd")
    a_project("WP10235", name="Ébène weir", municipality="CPT")
    a_project("RB/77-01", name="Nandoni reticulation", municipality="DC12", presence="withdrawn")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("nandoni", ["Nandoni bulk water supply", "Nandoni reticulation"]),
        ("nando", ["Nandoni bulk water supply", "Nandoni reticulation"]),
        ("Nandoni watr suply", ["Nandoni bulk water supply"]),
        ("NANDONI reticulaton", ["Nandoni reticulation"]),
        ("nadoni", ["Nandoni bulk water supply", "Nandoni reticulation"]),
        ("ebene", ["Ébène weir"]),
        ("wp10235", ["Ébène weir"]),
        ("rb 77 01", ["Nandoni reticulation"]),
        ("rb7701", ["Nandoni reticulation"]),
        ("amathole", ["Nandoni reticulation"]),
        ("umzi", ["Nandoni bulk water supply"]),
        ("umzi cape", []),
    ],
)
def test_a_project_is_found_by_its_name_number_contractor_and_place(client, three, typed, names):
    assert [project["name"] for project in answer(client, typed)["projects"]] == names


def test_the_answer_has_the_shape_of_the_contract(client, three):
    found = answer(client, "giyani")
    assert found["q"] == "giyani"
    assert found["suggestion"] is None
    assert found["municipalities"][0]["code"] == "LIM331"
    assert found["municipalities"][0]["name"] == "Greater Giyani"
    assert found["municipalities"][0]["matched"] == "Giyani"
    assert found["towns"][0]["name"] == "Giyani"
    assert found["towns"][0]["municipality"] == "LIM331"
    (project,) = found["projects"]
    pk = Project.objects.get(external_id="WP10234").pk
    assert (project["id"], project["municipality"]) == (pk, "LIM331")
    assert answer(client, "umzi civils")["contractors"] == ["Umzi Civils (Pty) Ltd"]


def test_what_may_have_been_meant_is_said_only_where_nothing_fits_as_typed(client, three):
    assert answer(client, "rustenberg")["suggestion"] == "Rustenburg"
    assert answer(client, "rustenburg")["suggestion"] is None
    assert answer(client, "nadoni")["suggestion"] == "nandoni"
    assert answer(client, "rectilulaton")["suggestion"] == "reticulation"
    assert answer(client, "qqqqqqqqqqqqqqq")["suggestion"] is None


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "'", "\u202e", "💧", "--", "*", "\\"])
def test_signs_alone_find_nothing_and_are_no_fault(client, three, typed):
    found = answer(client, typed)
    assert not any(found[kind] for kind in ("municipalities", "towns", "projects", "contractors"))


def test_bidirectional_marks_and_signs_around_a_word_change_nothing(client, three):
    for typed in ("\u202enandoni\u202c", "nan\u00addoni", "%nandoni%", "“nandoni”"):
        assert answer(client, typed)["projects"] == answer(client, "nandoni")["projects"], typed


@pytest.mark.parametrize("typed", ["a\0b", "x" * (LONGEST + 1), "x" * 100_000, "\x01"])
def test_what_cannot_be_looked_up_is_refused_with_a_sentence(client, three, typed):
    (sentence,) = answer(client, typed, 400)["q"]
    assert sentence.startswith(("A search has at most 200 characters", "The search has characters"))
    assert len(sentence) < 120


def test_many_words_cost_no_more_than_a_few(client, three):
    assert answer(client, "a " * 99)["q"] == ("a " * 99).strip()


def test_a_search_asks_two_queries_whatever_there_is(client, three):
    counts = []
    for _ in range(2):
        answer(client, "bulk")
        with CaptureQueriesContext(connection) as asked:
            assert answer(client, "bulk")["projects"]
        counts.append(len(asked))
        a_crowd(50)
    assert counts == [3, 3]  # what the log has, the projects; whether there are demo data


def test_ten_of_each_are_the_most(client, db):
    a_source()
    a_crowd(15)
    assert len(answer(client, "bulk scheme")["projects"]) == 10
    assert len(answer(client, "a")["municipalities"]) <= 10


def test_a_search_follows_the_log(client, three):
    project = Project.objects.get(external_id="WP10235")
    assert answer(client, "ebene")["projects"]
    change(project, "name", "Kabeljou weir")
    assert not answer(client, "ebene")["projects"]
    assert answer(client, "kabeljou")["projects"]
    override = overrides.correct(project, "name", "Steenbras weir", reason="Renamed.", user=None)
    assert answer(client, "steenbras")["projects"]
    overrides.undo(override, None)
    assert not answer(client, "steenbras")["projects"]


def test_a_log_that_goes_on_otherwise_is_read_anew(client, three):
    with transaction.atomic():
        a_project("WP9", name="Theewaterskloof pump station")
        assert answer(client, "theewaterskloof")["projects"]
        transaction.set_rollback(True)
    assert not answer(client, "theewaterskloof")["projects"]
    a_project("WP9", name="Berg River pump station")
    assert not answer(client, "theewaterskloof")["projects"]
    assert answer(client, "berg river")["projects"]


def test_beyond_what_memory_holds_the_database_finds_whole_words(client, three, monkeypatch):
    monkeypatch.setattr(memory_module, "MOST", 2)
    few = Memory()
    hits = few.find(Query("nandoni reticulation"), 10)
    assert [Project.objects.get(pk=pk).external_id for pk in hits.ids] == ["RB/77-01"]
    assert few.find(Query("nadoni"), 10).ids == []


def test_replica_data_are_marked(client, three):
    a_source(demo=True)
    got = client.get(API, {"q": "nandoni"})
    assert got["X-Demo-Data"] == "1"
    assert {project["demo"] for project in got.json()["projects"]} == {True}
    assert memory.find(Query("nandoni"), 1).ids
