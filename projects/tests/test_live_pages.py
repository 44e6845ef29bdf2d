"""Every page that promises to be live says of what it is, listens to no more, and is sent what it shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from projects.models import DataChangeLog
from projects.pages.boards import Board
from projects.tests.factories import a_project, a_run, change
from projects.wording.figures import HERE

pytestmark = pytest.mark.django_db


def live(client: Client, path: str) -> dict[str, Any] | None:
    """The attributes of what is live on a page; None where nothing is."""
    page = BeautifulSoup(client.get(path).content, "html.parser")
    found = page.select_one("[data-live]")
    assert bool(found) == bool(page.select_one("#live")), path
    if not found:
        return None
    assert page.select_one("[data-live-pause]")
    assert page.select_one("[data-live-news][hidden]")
    return {name: value for name, value in found.attrs.items() if name.startswith("data-")}


def test_each_page_knows_up_to_which_change_it_is(client: Client) -> None:
    project = a_project("WP1")
    change(project, "budget", 10**9)
    newest = str(DataChangeLog.objects.newest())
    week = f"{timezone.now().astimezone(HERE):%G-W%V}"
    for path in (
        "/", "/projects/", f"/projects/{project.pk}/", "/changes/", f"/digest/{week}/", "/sources/",
        "/sources/dws/", "/municipalities/LIM331/", "/discrepancies/",
    ):  # fmt: skip
        found = live(client, path)
        assert found, path
        assert found["data-last-id"] == newest, path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/projects/", {"data-entity-type": "project"}),
        ("/projects/?province=LIM", {"data-entity-type": "project", "data-province": "LIM"}),
        ("/projects/?q=dam", {"data-entity-type": "project", "data-live-check": ""}),
        ("/projects/?province=LIM,EC", {"data-entity-type": "project", "data-live-check": ""}),
        ("/changes/?municipality=LIM331", {"data-municipality": "LIM331"}),
        ("/changes/?topic=slipped&province=LIM", {"data-live-check": ""}),
    ],
)
def test_a_list_listens_to_what_it_asks_for_or_has_the_server_look(
    client: Client, path: str, expected: dict[str, str]
) -> None:
    found = live(client, path) or {}
    frame = ("data-live", "data-live-total", "data-live-waits", "data-last-id")
    assert {name: value for name, value in found.items() if name not in frame} == expected


@pytest.mark.parametrize("path", ["/changes/?until=2026-01-01", "/changes/?page=2", "/digest/2026-W01/"])
def test_what_is_over_is_not_live(client: Client, path: str) -> None:
    a_project("WP1")
    assert live(client, path) is None


def test_a_page_of_sources_is_sent_the_parts_that_it_shows(client: Client) -> None:
    a_run()
    for board, path in ((Board("sources"), "/sources/"), (Board("source", "dws"), "/sources/dws/")):
        newest, parts = board.now()
        page = client.get(path).content.decode()
        assert newest == DataChangeLog.objects.newest()
        assert board.is_clocked
        for name, html in parts.items():
            assert f'data-live-total="{name}"' in html
            assert squeezed(html) in squeezed(page), name
    assert set(parts) == {"facts-dws", "runs"}
    assert Board("source", "gossip").now()[1] == {}


def squeezed(html: str) -> str:
    """Without what a glossary links, and white space."""
    return re.sub(r"\s+", "", re.sub(r'<a class="term"[^>]*>([^<]*)</a>', r"\1", html))


def test_the_parts_of_a_source_cost_the_same_with_many_runs(django_assert_max_num_queries: Any) -> None:
    for count in (1, 20):
        for _ in range(count):
            a_run()
        with django_assert_max_num_queries(12):
            Board("source", "dws").now()
