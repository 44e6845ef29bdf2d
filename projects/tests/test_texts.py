"""Pages of words, the links to them, and what robots and other sites are told."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from projects.tests.factories import a_crowd, a_project, a_source
from projects.wording.glossary import linked, terms

SPACE = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def html(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def slugs(text: str) -> list[str]:
    return re.findall(r"/glossary/#([\w-]+)", text)


# --- the glossary -------------------------------------------------------------------------------------


def test_each_term_has_a_meaning_and_no_form_stands_for_two():
    found = terms()
    forms = [form if form.isupper() else form.lower() for term in found for form in term.forms]
    assert len(forms) == len(set(forms))
    assert len({term.slug for term in found}) == len(found) > 35
    assert all(term.meaning.endswith(".") and len(term.meaning) > 15 for term in found)
    assert {"RBIG", "WSIG", "MIG", "WSA", "Financial year", "Practical completion"} <= {t.name for t in found}


def test_the_first_use_of_a_term_is_a_link_and_the_next_is_not():
    assert linked("<p>RBIG, then RBIG and a financial year.</p>") == (
        '<p><a class="term" href="/glossary/#rbig">RBIG</a>, then RBIG and a '
        '<a class="term" href="/glossary/#financial-year">financial year</a>.</p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        '<a href="/x/">RBIG</a>', "<h1>RBIG</h1>", '<form action="/"><b>RBIG</b></form>',
        "<svg><text>RBIG</text></svg>",
        '<b title="RBIG">x</b>', "<!-- RBIG -->", '<span class="tag held">Held</span>', "<pre>RBIG</pre>",
        '<ol class="changes" data-live data-x="1"><li>RBIG</li></ol>', "<summary>RBIG</summary>",
        '<th scope="row" class="visually-hidden">RBIG</th>', "XRBIG RBIGs rbig",
        "<thead><tr><th>Status</th></tr></thead>",
    ],
)  # fmt: skip
def test_what_is_a_link_a_heading_or_unseen_stays_as_it_is(text):
    assert linked(text) == text


def test_a_common_word_is_a_term_where_it_stands_alone():
    page = linked("<dt>Contractor</dt><dd>Contractor 3 of the contractor</dd>")
    assert slugs(page) == ["contractor"]
    assert page.startswith("<dt><a ")


def test_what_a_source_wrote_stays_escaped():
    assert linked("<td>&lt;script&gt;RBIG&lt;/script&gt;</td>").count("<") == 4


@pytest.mark.django_db
def test_a_term_on_a_page_leads_to_its_meaning(client):
    pk = a_project(programme="RBIG").pk
    page = html(client, f"/projects/{pk}/")
    assert "rbig" in slugs(page)
    assert len(slugs(page)) == len(set(slugs(page)))
    meanings = html(client, "/glossary/")
    for slug in {*slugs(page), *slugs(html(client, "/")), *slugs(html(client, "/about/"))}:
        assert meanings.count(f'<div id="{slug}">') == 1, slug
    assert not slugs(meanings), "the glossary does not explain itself"


# --- about, robots, other sites -----------------------------------------------------------------------


@pytest.mark.django_db
def test_every_page_leads_to_how_we_know_this(client):
    assert 'href="/about/#how"' in html(client, "/")
    page = html(client, "/about/")
    assert 'id="how"' in page
    assert "CC BY 4.0" in page
    assert 'href="/sources/dws/"' in page


@pytest.mark.django_db
def test_robots_are_told_where_the_pages_are_and_kept_from_what_has_no_end(client):
    a_source(demo=False)
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert "Disallow: /search/" in lines
    assert "Disallow: /" not in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


@pytest.mark.django_db
def test_demo_data_are_kept_from_search_engines(client):
    a_source(demo=True)
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


def addresses(client, path: str, tag: str) -> list[str]:
    root = ElementTree.fromstring(client.get(path).content)
    return [node.text or "" for node in root.findall(f"m:{tag}/m:loc", SPACE)]


@pytest.mark.django_db
def test_the_sitemap_has_every_page_once_and_each_of_them_is_there(client):
    pk = a_project().pk
    maps = addresses(client, "/sitemap.xml", "sitemap")
    found = [each for one in maps for each in addresses(client, one.removeprefix("http://testserver"), "url")]
    assert f"http://testserver/projects/{pk}/" in found
    assert "http://testserver/municipalities/LIM331/" in found
    assert len(found) == len(set(found)) > 260
    for each in [address for address in found if "/municipalities/" not in address]:
        assert client.get(each.removeprefix("http://testserver")).status_code == 200, each


@pytest.mark.django_db
def test_the_sitemap_of_projects_costs_as_many_queries_whatever_there_is(
    client, django_assert_max_num_queries
):
    for more in (1, 49):
        a_crowd(more)
        with django_assert_max_num_queries(2):
            client.get("/sitemaps/projects.xml")


@pytest.mark.django_db
def test_other_sites_are_told_what_a_page_is(client):
    pk = a_project(name='Weir & "dam"').pk
    head = html(client, f"/projects/{pk}/?page=1").split("</head>")[0]
    assert '<meta property="og:title" content="Weir &amp; &quot;dam&quot; – Buka Amanzi">' in head
    assert f'<meta property="og:url" content="http://testserver/projects/{pk}/">' in head
    assert head.count("og:description") == head.count('name="description"') == 1
