"""Languages by address: `/af/…`, `/zu/…`, English at `/`; nothing else says the language."""

from __future__ import annotations

import re

import pytest

from projects.languages import AFRIKAANS, ENGLISH, ISIZULU, current, is_page, prefixed, split, spoken
from projects.tests.factories import a_listing, a_project, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

PAGES = (
    "/ /projects/ /map/ /municipalities/ /finances/ /changes/ /discrepancies/ /sources/ /data/ /glossary/"
    " /about/ /search/?q=x /subscribe/ /compare/"
).split()


def page(client, path: str, status: int = 200, **headers) -> str:
    answer = client.get(path, **headers)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "/af/"),
        ("/projects/?q=a.b&x=1", "/af/projects/?q=a.b&x=1"),
        ("/about/#how", "/af/about/#how"),
        ("/changes/feed.atom?x=1", "/af/changes/feed.atom?x=1"),
        ("/api/v1/projects/", "/api/v1/projects/"),
        ("/admin/", "/admin/"),
        ("/static/js/live.js", "/static/js/live.js"),
        ("/projects/by-status.csv", "/projects/by-status.csv"),
        ("/zu/projects/", "/zu/projects/"),
        ("/en/projects/", "/projects/"),
        ("//elsewhere.example/", "//elsewhere.example/"),
        ("/afar/", "/af/afar/"),
    ],
)
def test_only_pages_have_an_address_in_each_language(path, said):
    assert prefixed(path, AFRIKAANS) == said
    assert path.startswith("/en/") or prefixed(said, AFRIKAANS) == said


def test_a_language_is_taken_off_an_address_as_it_was_put_on():
    for path in ("/", "/projects/", "/municipalities/LIM331/"):
        assert split(prefixed(path, ISIZULU)) == (ISIZULU, path)
        assert split(path) == (None, path)
    assert split("/affairs/") == (None, "/affairs/")
    assert not is_page("//elsewhere.example/")


def test_links_keep_the_language_and_text_stays_as_it_is():
    html = '<a href="/projects/">x</a> <a href="https://a.b/c/">href=&quot;/x/&quot;</a><form action="/map/">'
    assert spoken(html, AFRIKAANS) == html.replace('"/p', '"/af/p').replace('"/m', '"/af/m')
    assert spoken(html, ENGLISH) == html


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", [AFRIKAANS, ISIZULU])
def test_each_page_says_its_language_and_all_of_its_links_keep_it(client, path, language):
    answer = client.get(f"/{language.code}{path}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language.tag}">' in text
    assert answer["Content-Language"] == language.tag
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Accept-Language" not in answer.headers.get("Vary", "")
    switch = re.search(r'<nav class="languages.*?</nav>', text, re.S)[0]
    ways = re.findall(r' (?:href|action|data-href)="(/[^"]*)"', text.replace(switch, ""))
    assert [way for way in ways if prefixed(way, language) != way] == []
    assert len(ways) > 10
    others = {"en", "af", "zu"} - {language.code}
    assert {(split(way)[0] or ENGLISH).code for way in re.findall(r'href="([^"]*)"', switch)} == others


@pytest.mark.parametrize("path", PAGES)
def test_a_page_tells_search_engines_of_the_same_page_in_other_languages(client, path):
    text = page(client, path)
    bare = path.partition("?")[0]
    assert f'<link rel="canonical" href="http://testserver{bare}">' in text
    assert f'hreflang="x-default" href="http://testserver{bare}"' in text
    assert f'hreflang="af-ZA" href="http://testserver/af{bare}"' in text
    assert (f'hreflang="zu-ZA" href="http://testserver/zu{bare}"' in text) == (bare in ISIZULU.covers)


def test_a_page_that_is_partly_english_is_no_page_of_its_own_to_search_engines(client):
    assert '<link rel="canonical" href="http://testserver/projects/">' in page(client, "/zu/projects/")
    assert '<link rel="canonical" href="http://testserver/zu/">' in page(client, "/zu/")
    assert '<link rel="canonical" href="http://testserver/af/projects/">' in page(client, "/af/projects/")


def test_neither_a_header_nor_a_cookie_changes_the_language(client):
    client.cookies["django_language"] = "af"
    plain = client.get("/about/")
    asked = client.get("/about/", headers={"accept-language": "af"})
    assert asked.content == plain.content
    assert not asked.cookies
    assert current() is ENGLISH


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/af", "/af/"),
        ("/en/", "/"),
        ("/en/projects/?q=x", "/projects/?q=x"),
        ("/af/projects", "/af/projects/"),
        ("/af/municipalities/lim331/", "/af/municipalities/LIM331/"),
    ],
)
def test_a_redirect_keeps_the_language(client, asked, leads):
    a_listing()
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) in ((301, leads), (302, leads))


@pytest.mark.parametrize("path", ["/af/api/v1/projects/", "/af/admin/", "/af/healthz", "/af/static/x.js",
                                  "/zu/projects/by-status.csv", "/af/nothing/", "/af/af/"])  # fmt: skip
def test_what_has_no_language_is_not_there_in_one_and_the_page_that_says_so_is(client, path):
    assert f'<html lang="{split(path)[0].tag}">' in page(client, path, 404)


def test_nobody_is_led_to_another_site_by_a_language(client):
    for path in ("/en//elsewhere.example/", "/af//elsewhere.example", "/en/\\elsewhere.example/"):
        answer = client.get(path)
        assert answer.status_code == 404 or not re.match(r"/?[/\\]{2}", answer["Location"])


def test_a_page_that_there_is_in_english_alone_leads_to_the_first_page_in_another_language(client):
    text = page(client, "/api/v1/docs/")
    assert 'hreflang="x-default"' not in text
    assert 'href="/af/"' in text
    assert "/af/api/" not in text


def test_a_page_has_another_tag_in_another_language(client):
    tags = {client.get(path)["ETag"] for path in ("/about/", "/af/about/")}
    assert len(tags) == 2


def test_the_api_says_its_sentences_in_a_language_and_nothing_else(client):
    change(a_project(), "name", "Another pipe")
    plain, asked = (client.get(f"/api/v1/changes/{lang}").json()["results"] for lang in ("", "?lang=af"))
    assert [{**row, "sentence": ""} for row in plain] == [{**row, "sentence": ""} for row in asked]


def test_a_language_that_there_is_none_of_is_a_400(client):
    answer = client.get("/api/v1/changes/?lang=xx")
    assert answer.status_code == 400
    assert "en, af, zu" in answer.json()["lang"][0]
    assert client.get("/api/v1/changes/?lang=").status_code == 200


def test_a_source_is_headed_in_the_language_of_the_page_and_named_the_same_in_the_api(client):
    title, said = "DWS projects beside municipal finance", "DWS-projekte langs munisipale finansies"
    for path in ("/sources/", "/sources/correlation/", "/about/"):
        assert title in page(client, path)
        translated = page(client, f"/af{path}")
        assert said in translated
        assert title not in translated
    assert said in page(client, "/af/sources/correlation/").partition("<h1>")[2].partition("</h1>")[0]
    assert title in page(client, "/api/v1/sources/?lang=af")
