"""The first page, for somebody who has never seen it; and what it and a municipality weigh over the wire."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from projects.models import Flag, Project
from projects.pages.boards import Board
from projects.tests.factories import a_crowd, a_figure, a_project, a_run, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]
ROOT = Path(settings.BASE_DIR)


def html(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def moved(number: int) -> None:
    """So many projects, of which each slipped and got dearer today."""
    for place in range(number):
        project = a_project(
            f"P{place}", at=timezone.now() - timedelta(days=2), latitude=-23.3, longitude=30.7
        )
        change(project, "completion_date", project.completion_date + timedelta(days=31 * (place + 1)))
        change(project, "budget", Decimal(353000000 + 1000 * (place + 1)))


def test_what_it_is_comes_first_then_search_three_numbers_flags_map_week_and_changes(client):
    moved(1)
    late = {"completion_date": "2026-01-31", "status": "construction"}
    Flag.objects.create(project=Project.objects.get(), flag="overdue", raised_at=timezone.now(), figures=late)
    page = html(client)
    order = [
        "<h1>", 'id="find"', "Projects we watch", "What they are to cost", "Changes in 7 days",
        'class="flag-counts"', 'class="small-map"', 'id="week-head"', 'id="changes"', 'id="figures"',
    ]  # fmt: skip
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert page.count("<dt>") == 3


def test_the_five_biggest_slips_and_rises_of_the_week_are_told(client):
    moved(7)
    page = html(client)
    week = page.partition('id="week-head"')[2].partition("</section>")[0]
    said = strip_tags(week).replace("\u202f", " ")
    slips, _, rises = said.partition("Got dearer")
    assert re.findall(r"Bulk scheme (P\d)", slips) == ["P6", "P5", "P4", "P3", "P2"]
    assert re.findall(r"Bulk scheme (P\d)", rises) == ["P6", "P5", "P4", "P3", "P2"]
    assert "Completion date moved from 28 February 2027 to" in slips


def test_without_news_this_week_those_of_last_week_are_told_and_called_so(client):
    project = a_project(at=timezone.now() - timedelta(days=30))
    change(project, "budget", Decimal("353000001.00"), at=timezone.now() - timedelta(days=7))
    assert "Last week’s biggest" in html(client)


def test_figures_of_municipalities_hide_no_project(client):
    run = a_run("treasury")
    project = a_project()
    for number in range(30):
        a_figure(run=run, code=f"42{number:02}")
    page = html(client)
    live = page.partition('id="changes"')[2].partition("</ol>")[0]
    assert f"/projects/{project.pk}/" in live
    assert "municipal_figure" not in live
    assert 'data-entity-type="project"' in page
    figures = page.partition('id="figures"')[2].partition("</ol>")[0]
    assert "data-change-id" in figures
    assert "/municipalities/CPT/" in figures or "changes" in figures


def test_the_parts_that_are_sent_are_those_of_the_page(client):
    moved(1)
    _, parts = Board("dashboard").now()
    page = html(client)
    for name, part in parts.items():
        assert f'data-live-total="{name}"' in part
        assert part.strip() in page


def test_an_empty_first_page_says_so_and_draws_nothing(client):
    page = html(client)
    assert "Nothing has been read yet" in page
    assert "week-head" not in page


def weight(page: str) -> int:
    """Bytes of a first visit, gzipped: the page, and what it names of ours."""
    whole = len(gzip.compress(page.encode(), 6))
    for address in set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', page)):
        whole += len(gzip.compress((ROOT / "static" / address).read_bytes(), 6))
    return whole


def test_a_first_visit_weighs_less_than_60_kb_and_a_municipality_less_than_40_kb(client):
    a_crowd(300)
    moved(20)
    Project.objects.filter(latitude=None).update(latitude=-23.4, longitude=30.5)
    run = a_run("treasury")
    for year in range(2020, 2026):
        for code in ("4201", "4202", "4203", "4302"):
            for kind in ("ORGB", "ADJB", "ACT"):
                a_figure(run=run, municipality="LIM331", year=year, code=code, amount_type=kind)
    assert weight(html(client)) < 60_000
    assert len(gzip.compress(client.get("/municipalities/LIM331/").content, 6)) < 40_000


def test_a_shared_link_has_a_picture_that_is_there(client):
    page = client.get("/").content.decode()
    (address,) = re.findall(r'og:image" content="http://testserver/static/([^"]+)"', page)
    picture = Path(finders.find(address)).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert [int.from_bytes(picture[at : at + 4], "big") for at in (16, 20)] == [1200, 630]
