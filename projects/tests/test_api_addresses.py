"""Addresses below /api/v1/: an index, JSON wherever there is nothing, and codes in any case."""

from __future__ import annotations

import pytest

from projects.tests.factories import a_project, a_source

pytestmark = pytest.mark.django_db

NOWHERE = [
    "/api/v1/nope/",
    "/api/v1/nope",
    "/api/v1/projects/99999999999999999999/",
    "/api/v1/projects/9223372036854775808/history/",
    "/api/v1/changes/99999999999999999999/",
    "/api/v1/runs/99999999999999999999/",
    "/api/v1/runs/x/",
    "/api/v1/projects/17/nope/",
    "/api/v1/municipalities/NOWHERE/",
    "/api/v1/municipalities/LIM331-AND-MORE/",
    "/api/v1/sources/gossip/",
    "/api/v1/sync/",
    "/api/v1/sync/trigger/x/",
    "/api/v1/projects/?format=xml",
    "/api/v1/nope/?format=csv",
]


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("address", NOWHERE)
def test_what_is_not_there_is_said_in_json(client, settings, address, debug):
    settings.DEBUG = debug
    answer = client.get(address, headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert list(answer.json()) == ["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "head"])
def test_whatever_is_done_to_an_unknown_address_it_is_not_found(client, method):
    answer = getattr(client, method)("/api/v1/nope/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


def test_the_index_links_to_what_there_is(client):
    a_project()
    a_source(demo=True)
    answer = client.get("/api/v1/")
    links = answer.json()
    assert answer["X-Demo-Data"] == "1"
    lists = (
        "projects municipalities finances changes digest compare discrepancies oc4ids search sources areas"
    )
    assert set(links) == {*lists.split(), "claims", "runs", "schema", "docs"}
    for link in links.values():
        assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    "address", ["/api/v1", "/api/v1/projects", "/api/v1/runs?state=failed", "/api/v1/docs"]
)
def test_an_address_without_its_slash_still_leads_to_the_one_with_it(client, address):
    answer = client.get(address)
    path, _, query = address.partition("?")
    assert (answer.status_code, answer["Location"]) == (301, f"{path}/{query and f'?{query}'}")


def test_the_catch_all_leaves_the_trigger_alone(client):
    assert client.post("/api/v1/sync/trigger", {"source": "dws"}).status_code in (401, 403)
    assert client.get("/api/v1/sync/trigger/").status_code in (401, 403, 405)


def test_the_openapi_document_leaves_out_the_catch_all(client):
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    assert "/api/v1/projects/" in paths
    assert not any("rest" in path for path in paths)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/projects/?municipality=lim331",
        "/api/v1/projects/?municipality=Lim331&province=lim&status=CONSTRUCTION",
        "/api/v1/projects/?municipality=lim331&as_of=2026-06-01",
        "/api/v1/changes/?municipality=lim331&severity=INFO",
    ],
)
def test_codes_are_read_in_any_case(client, address):
    a_project()
    a_project("WP2", municipality="CPT")
    assert [row["external_id"] for row in client.get(address).json()["results"]] == ["WP10234"]


def test_a_municipality_is_found_by_its_code_in_any_case(client):
    assert client.get("/api/v1/municipalities/lim331/").json()["code"] == "LIM331"
    answer = client.get("/municipalities/lim331/?page=2")
    assert (answer.status_code, answer["Location"]) == (301, "/municipalities/LIM331/?page=2")
    assert client.get("/municipalities/lim999/", follow=True).status_code == 404


def test_the_form_shows_a_code_in_any_case_as_chosen(client):
    page = client.get("/projects/?municipality=lim331").content.decode()
    assert '<option value="LIM331" selected>' in page
