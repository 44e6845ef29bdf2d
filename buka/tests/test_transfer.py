"""What goes over the wire: compressed, unless it holds a secret; not sent again, unless it changed."""

from __future__ import annotations

import gzip

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from projects.tests.factories import a_project, change

pytestmark = pytest.mark.django_db
_TAKES_GZIP = {"accept-encoding": "gzip, deflate, br"}


@pytest.mark.parametrize(
    "path", ["/", "/projects/", "/municipalities/CPT/", "/changes/feed.atom", "/api/v1/municipalities/"]
)
def test_a_public_answer_is_compressed_for_whoever_takes_it(client: Client, path: str) -> None:
    project = a_project("WP1", municipality="CPT")
    for number in range(9):
        change(project, "budget", 10**9 + number)
    plain, packed = client.get(path), client.get(path, headers=_TAKES_GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["ETag"].startswith("W/")
    assert len(packed.content) < len(plain.content) / 2
    assert len(gzip.decompress(packed.content)) == len(plain.content)


def test_a_style_sheet_and_a_script_are_compressed_too(client: Client) -> None:
    for path in ("/static/css/site.css", "/static/js/live.js"):
        answer = client.get(path, headers=_TAKES_GZIP)
        packed = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert len(packed) < len(gzip.decompress(packed)) / 2


def test_what_holds_a_token_or_a_session_is_not_compressed(client: Client, nothing_counted: None) -> None:
    for path in ("/admin/login/", "/admin/"):
        assert "Content-Encoding" not in client.get(path, headers=_TAKES_GZIP).headers
    who = {"username": "steward", "password": "steward-password"}
    get_user_model().objects.create_superuser(**who)
    answer = client.post("/admin/login/", who, headers=_TAKES_GZIP)
    assert answer.cookies
    assert "Content-Encoding" not in answer.headers
    assert "Content-Encoding" not in client.get("/admin/", headers=_TAKES_GZIP).headers


@pytest.mark.parametrize(
    "path", ["/", "/projects/", "/municipalities/LIM331/", "/changes/", "/sources/dws/", "/digest/2026-W01/"]
)
def test_a_page_that_did_not_change_is_not_sent_again(client: Client, path: str) -> None:
    a_project("WP1", municipality="LIM331")
    first = client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"  # to be kept, by the back button too
    again = client.get(path, headers={"if-none-match": f"W/{first.headers['ETag']}"})
    if again.status_code == 200:  # a minute began between the two, and the page says what time it is
        again = client.get(path, headers={"if-none-match": again.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/search/?q=bulk", "/compare/", "/map/", "/finances/", "/glossary/"])
def test_a_public_page_may_be_kept_for_the_back_button(client: Client, path: str) -> None:
    assert "no-store" not in client.get(path).headers["Cache-Control"]


def test_where_somebody_is_is_kept_by_nobody(client: Client) -> None:
    for near in ("-23.3,30.7", "x", "-23.3,30.7&fragment=proposals"):
        assert "no-store" in client.get(f"/search/?near={near}").headers["Cache-Control"]


def test_a_page_that_changed_is_sent_anew(client: Client) -> None:
    project = a_project("WP1", municipality="LIM331")
    first = client.get("/municipalities/LIM331/")
    change(project, "budget", 10**9)
    again = client.get("/municipalities/LIM331/", headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 200
