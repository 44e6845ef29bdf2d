"""Where there is nothing a reader sees our page, in the language of the address, also with DEBUG."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

from buka import urls


def broken(request) -> HttpResponse:
    raise ValueError("a mistake of ours")


urlpatterns = [path("broken/", broken), *urls.urlpatterns]


@pytest.fixture(autouse=True)
def debug(settings):
    settings.DEBUG = True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words", "tag"),
    [
        ("/nothing/", "There is nothing here", "en-ZA"),
        ("/af/nothing/", "Hier is niks nie", "af-ZA"),
        ("/projects/999999/", "There is nothing here", "en-ZA"),
        ("/af/projects/999999/", "Hier is niks nie", "af-ZA"),
    ],
)
def test_an_address_of_nothing_shows_our_page_also_with_debug(client: Client, address, words, tag):
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 404
    assert f"<h1>{words}</h1>" in page
    assert f'<html lang="{tag}"' in page
    assert "URLconf" not in page


@pytest.mark.django_db(transaction=True)
async def test_so_it_does_under_asgi(async_client: AsyncClient):
    for address in ("/af/nothing/", "/af/projects/999999/"):
        answer = await async_client.get(address)
        assert answer.status_code == 404
        assert "Hier is niks nie" in answer.content.decode()


@pytest.mark.django_db
def test_an_error_of_ours_keeps_its_traceback_and_an_address_without_a_slash_is_sent_on(settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    answer = client.get("/broken/")
    assert answer.status_code == 500
    assert "a mistake of ours" in answer.content.decode()
    assert client.get("/projects").headers["Location"] == "/projects/"


@pytest.mark.django_db
def test_the_desk_and_the_api_answer_as_ever(client: Client):
    assert client.get("/api/v1/nothing/").json()["detail"]
    assert client.get("/admin/nothing/").status_code in (302, 404)
