"""The search pages: the box on every page, results without a script, proposals, positions, facets."""

from __future__ import annotations

import re

import pytest

from projects.models import DataChangeLog
from projects.search.words import LONGEST
from projects.tests.factories import a_project, a_run, a_source

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("x")</script>'


def html(client, path: str, query: dict[str, str] | None = None, status: int = 200) -> str:
    answer = client.get(path, query or {})
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


@pytest.fixture
def some(db):
    a_source()
    a_project("WP1", name="Nandoni bulk water supply", contractor="Umzi Civils (Pty) Ltd", status="design")
    a_project("WP2", name="Nandoni reticulation", programme="WSIG")
    a_project("WP3", name="Weir", municipality="CPT", status=None, status_as_published=None)


@pytest.mark.parametrize(
    "path", ["/", "/projects/", "/municipalities/LIM331/", "/changes/", "/nope/", "/search/"]
)
def test_every_page_has_one_search_box_that_works_without_a_script(client, path):
    page = client.get(path).content.decode()
    (form,) = re.findall(r'<form class="find.*?</form>', page, re.DOTALL)
    assert 'method="get" action="/search/"' in form
    assert 'name="q"' in form
    assert page.count("js/search.js") == 1


def test_a_misspelt_town_is_two_steps_from_its_projects(client, some):
    page = html(client, "/search/", {"q": "giyanie"})
    assert "Did you mean" in page
    assert '<a href="/municipalities/LIM331/">Greater Giyani</a>' in page
    assert "Nandoni bulk water supply" in html(client, "/municipalities/LIM331/")


def test_results_say_the_former_name_and_whose_word_the_place_is(client, some):
    page = html(client, "/search/", {"q": "pietersburg"})
    assert "also called Pietersburg" in page
    assert "in Polokwane" in page
    assert "© GeoNames, CC BY 4.0" in page


def test_a_town_whose_municipality_no_source_gives_has_the_three_nearest_seats_called_so(client, some):
    page = html(client, "/search/", {"q": "sannieshof"})
    assert "no source that we have says in which municipality it lies. The nearest by their seats:" in page
    (nearest,) = re.findall(r'<ol class="nearest">.*?</ol>', page, re.DOTALL)
    assert nearest.count("km away in a straight line") == 3


def test_no_project_fits_is_said_with_what_does(client, some):
    page = html(client, "/search/", {"q": "polokwane"})
    assert "No project fits “polokwane”" in page
    assert "/municipalities/LIM354/" in page
    listed = html(client, "/projects/", {"q": "polokwane"})
    assert "No project fits these filters, but:" in listed
    assert "/municipalities/LIM354/" in listed
    assert "Did you mean" in html(client, "/projects/", {"q": "nandonie"})


def test_nothing_that_fits_is_said_with_where_to_go(client, some):
    page = html(client, "/search/", {"q": "qqqqqqqqqqq"})
    assert "No place, contractor or project fits “qqqqqqqqqqq”" in page
    assert "Type a part of a name" in html(client, "/search/")


def test_contractors_and_projects_are_among_the_results(client, some):
    page = html(client, "/search/", {"q": "umzi"})
    assert '<a href="/projects/?q=Umzi%20Civils%20%28Pty%29%20Ltd">Umzi Civils (Pty) Ltd</a>' in page
    assert "Nandoni bulk water supply" in html(client, "/projects/", {"q": "Umzi Civils (Pty) Ltd"})


def test_proposals_are_lines_to_choose_from(client, some):
    lines = html(client, "/search/", {"q": "nandoni", "fragment": "proposals"})
    assert "<html" not in lines
    assert lines.count('role="option"') == 3
    assert 'data-href="/search/?q=nandoni"' in lines
    assert "Did you mean" in html(client, "/search/", {"q": "nanduna", "fragment": "proposals"})


@pytest.mark.parametrize("query", [{}, {"fragment": "proposals"}])
@pytest.mark.parametrize("typed", [EVIL, '"><img src=x>', "%", "\u202eabc", "'; --", "💧"])
def test_what_is_typed_is_escaped(client, some, typed, query):
    page = html(client, "/search/", {"q": typed, **query})
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("query", [{}, {"fragment": "proposals"}])
@pytest.mark.parametrize("typed", ["a\0b", "x" * (LONGEST + 1), "x" * 100_000])
def test_what_cannot_be_looked_up_is_refused_with_a_sentence_and_is_not_repeated(client, some, typed, query):
    page = html(client, "/search/", {"q": typed, **query}, 400)
    assert "A search has at most 200 characters" in page or "characters that are no text" in page
    assert "x" * 201 not in page


def test_a_position_has_the_three_nearest_seats_and_is_kept_nowhere(client, some):
    answer = client.get("/search/", {"near": "-23.30,30.71"})
    page = answer.content.decode()
    assert re.findall(r"/municipalities/(\w+)/", page)[:3] == ["LIM331", "LIM343", "LIM332"]
    assert "is not kept" in page
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert DataChangeLog.objects.filter(pk__gt=3).count() == 0


@pytest.mark.parametrize(
    "position", ["x", "1", "nan,nan", "91,0", "0,181", "1,2,3", "inf,0", "1" * 5000, "a\0,b"]
)
def test_what_is_no_position_is_refused_with_a_sentence(client, position):
    page = html(client, "/search/", {"near": position}, 400)
    assert "is no position such as -23.30,30.71" in page
    assert "1" * 50 not in page


def test_the_list_of_municipalities_finds_former_names_and_towns(client, some):
    assert "Polokwane" in html(client, "/municipalities/", {"q": "pietersburg"})
    assert "Sarah Baartman" in html(client, "/municipalities/", {"q": "cacadu"})


# --- facets -------------------------------------------------------------------------------------------


def facet(page: str, title: str) -> dict[str, str]:
    found = re.search(rf'<h2 class="quiet">{title}</h2>.*?</section>', page, re.DOTALL)
    assert found, title
    return dict(re.findall(r'>([^<]+)</a> <span class="note">([^<]+)<', found[0]))


def test_facets_count_what_the_other_filters_leave(client, some):
    page = html(client, "/projects/")
    assert facet(page, "Province") == {"Limpopo": "2", "Western Cape": "1"}
    assert facet(page, "Status") == {"Construction": "1", "Design": "1", "Not known": "1"}
    narrowed = html(client, "/projects/", {"province": "LIM"})
    assert facet(narrowed, "Province") == {"Limpopo": "2", "Western Cape": "1"}, (
        "the others can be chosen still"
    )
    assert facet(narrowed, "Status") == {"Construction": "1", "Design": "1"}


def test_a_facet_links_to_its_list_and_back(client, some):
    page = html(client, "/projects/", {"q": "nandoni", "page": "1"})
    assert 'href="?q=nandoni&amp;status=design"' in page
    chosen = html(client, "/projects/", {"q": "nandoni", "status": "design"})
    assert 'href="?q=nandoni" aria-current="true"' in chosen


def test_a_facet_of_one_choice_and_facets_of_nothing_are_not_shown(client, some):
    assert ">Programme</h2>" not in html(client, "/projects/", {"q": "reticulation"})
    assert "facet-groups" not in html(client, "/projects/", {"q": "qqq"})
    assert "facet-groups" not in html(client, "/projects/", {"status": "nonsense"}, 400)
    a_run()
