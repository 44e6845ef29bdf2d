"""What a page may load and do: nothing of anybody else, no script in the page, no cookie for readers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from buka.policy import ADMIN, PUBLIC

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db

PAGES = (
    "/", "/projects/", "/municipalities/", "/municipalities/CPT/", "/changes/", "/changes/feed.atom",
    "/discrepancies/", "/sources/", "/sources/dws/", "/finances/", "/nowhere/", "/api/v1/",
    "/api/v1/projects/", "/api/v1/schema/", "/api/v1/docs/", "/healthz", "/metrics", "/?page=%00",
    "/snapshots/0/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_public_answer_has_the_strict_policy_and_no_cookie(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["Content-Security-Policy"] == PUBLIC
    assert "unsafe" not in PUBLIC
    assert not answer.cookies


MALFORMED = ["x", "", "\xff" * 32, "a" * 31, "a" * 65, '"\\000"', "<script>", "a" * 9000]


@pytest.mark.parametrize("name", ["csrftoken", "sessionid"])
def test_a_malformed_cookie_gets_a_reader_no_other_one(client: Client, name: str) -> None:
    for value in MALFORMED:
        answer = client.get("/projects/", headers={"cookie": f"{name}={value}"})
        assert answer.status_code == 200
        assert not answer.cookies, value


def test_a_form_of_another_site_is_refused_on_a_page_of_ours() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "This form did not come from a page of ours" in html
    assert not _BROKEN_BY_A_POLICY.search(html)


def test_a_login_whose_next_page_is_of_another_site_ends_in_the_admin(
    client: Client, nothing_counted: None
) -> None:
    get_user_model().objects.create_superuser("steward", password="steward-password")
    who = {"username": "steward", "password": "steward-password"}
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.post("/admin/login/", {**who, "next": elsewhere})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/"), elsewhere


def test_a_missing_file_asks_for_nothing_that_is_scarce(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.raise_request_exception = False
    for path in ("nothing.css", "css/", "css", "../admin/", "%00", "%ff", "a" * 5000, "css/%00.css"):
        with django_assert_num_queries(0):
            answer = client.get(f"/static/{path}")
        assert answer.status_code == 404, path
        assert answer.headers["Content-Security-Policy"] == PUBLIC


def test_the_admin_has_a_policy_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert answer.headers["Content-Security-Policy"] == ADMIN
    assert "script-src 'self' 'unsafe-eval';" in ADMIN
    assert "script-src 'self';" in PUBLIC
    html = answer.content.decode()
    assert all(' src="' in tag for tag in re.findall(r"<script\b[^>]*>", html))


_BROKEN_BY_A_POLICY = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|\bon[a-z]+\s*=\s*[\"']|javascript:|<style\b|<base\b"
    r"|\bhttps?://[^\"' ]*\.(?:js|css)"
)


def test_no_template_has_what_the_policy_forbids() -> None:
    found = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        is_public = "admin" not in path.parts[len(ROOT.parts) :]
        styled = re.findall(r"\bstyle\s*=\s*[\"']", text) if is_public else []
        if wrong := _BROKEN_BY_A_POLICY.findall(text) + styled:
            found[path.name] = wrong
    assert not found


def test_html_that_a_server_sent_is_put_into_a_page_in_one_place() -> None:
    """A script writes no markup: one function takes a row that the server rendered."""
    writes = re.compile(
        r"\.(?:innerHTML|outerHTML)\s*=[^=]|insertAdjacentHTML|document\.write|createContextualFragment"
    )
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted((ROOT / "static" / "js").glob("*.js"))
        for line in path.read_text().splitlines()
        if writes.search(line)
    ]
    assert found == ["live.js: template.innerHTML = html;"]
