"""What a page shows as a table can be had as files, and each file that a page offers is there."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.test import Client

from buka.tests.test_strange_requests import addresses  # noqa: F401
from projects.models import DataChangeLog, Discrepancy
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_plan, a_project, a_run, a_source, change

pytestmark = pytest.mark.django_db

_LINK = re.compile(r'href="(/[^"]*(?:format=(?:csv|xlsx|jsonl|geojson)|\.(?:csv|xlsx|json))[^"]*)"')
_KINDS = {
    "csv": "text/csv", "xlsx": "application/vnd.openxmlformats", "json": "application/json",
    "jsonl": "application/jsonl", "geojson": "application/geo+json",
}  # fmt: skip
# What quotes an archived page, whose bytes are the file; the index of the files; what is a reader's own.
_NO_LISTS = ("/snapshots/", "/data/", "/subscribe/", "/told/")


def files_of(page: str) -> list[str]:
    return [unescape(link) for link in _LINK.findall(page)]


def kind_of(link: str) -> str:
    asked = re.search(r"format=(\w+)", link) or re.search(r"\.(\w+)(?:\?|$)", link)
    assert asked
    return asked[1]


# All pages in `make soak`; in `make test` these.
FIRST = ("/projects/", "/municipalities/CPT/", "/changes/", "/sources/")


@pytest.mark.parametrize("first", [pytest.param((), marks=pytest.mark.soak, id="all"), FIRST])
def test_each_table_has_its_files_and_each_file_is_there(
    addresses: Any,  # noqa: F811
    client: Client,
    first: tuple[str, ...],
) -> None:
    a_plan()
    paths = [
        *(one.path for one in addresses),
        "/search/?q=giyani",
        "/search/?q=bulk",
        "/municipalities/DC33/",
    ]
    offered, without = set(), []
    assert {*first} <= {*paths}
    for path in first or paths:
        answer = client.get(path)
        if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.status_code != 200:
            continue
        page = answer.getvalue().decode()
        found = files_of(page)
        offered.update(link for link in found if not link.startswith("/data/"))
        if ("<table" in page or 'class="found"' in page) and not found and not path.startswith(_NO_LISTS):
            without.append(path)
    assert without == []
    assert len(offered) > (5 if first else 60)
    for link in sorted(offered):
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert answer["Content-Type"].startswith(_KINDS[kind_of(link)]), link
        assert answer.getvalue(), link


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


@pytest.mark.parametrize(
    "path", ["projects/{project}/", "municipalities/LIM331/", "changes/1/", "sources/dws/"]
)
def test_a_single_is_a_row_with_names_beside_its_codes(client: Client, path: str) -> None:
    a_source(demo=True)
    path = "/api/v1/" + path.format(project=a_project().pk)
    told = client.get(path).json()
    (row,) = rows_of(client.get(path, {"format": "csv"}))
    assert [name for name in row if not name.endswith("_name")][:2] == list(told)[:2]
    (line,) = client.get(path, {"format": "jsonl"}).getvalue().decode().splitlines()
    assert json.loads(line) == told


def test_the_tables_of_a_single_are_sheets_and_files_of_their_own(client: Client) -> None:
    a_source(demo=True)
    a_source("treasury", demo=True)
    project = a_project(published={"Project No": "WP1", "=Name": "Weir"})
    address = f"/api/v1/projects/{project.pk}/"
    texts = rows_of(client.get(address, {"format": "csv", "table": "published"}))
    # PostgreSQL keeps no order of the texts.
    assert {row["name"]: row["text"] for row in texts} == {"Project No": "WP1", "'=Name": "Weir"}
    book = openpyxl.load_workbook(io.BytesIO(client.get(address, {"format": "xlsx"}).getvalue()))
    assert book.sheetnames[:2] == [f"project-{project.pk}", "published"]
    moved = change(project, "budget", 5)
    (pair,) = rows_of(client.get(f"/api/v1/changes/{moved.pk}/", {"format": "csv", "table": "field_changes"}))
    assert (pair["name"], pair["after"]) == ("budget", "5")
    for table in ("nothing", "name", "published_x"):
        answer = client.get(address, {"format": "csv", "table": table})
        assert (answer.status_code, "is no table of this" in answer.json()["detail"]) == (404, True)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_the_tables_of_a_question_are_the_same_however_many_rows_they_have(
    client: Client, number: int
) -> None:
    for source in ("dws", "treasury", "correlation"):
        a_source(source, demo=True)
    some: list[dict[str, Any]] = [{"id": pk, "name": "=x", "value": "1.00"} for pk in range(number)]
    question = a_question(evidence={"projects": some, "figures": some, "in_kind": [], "capital": []})
    address = f"/api/v1/discrepancies/{question.pk}/"
    for table in ("evidence_projects", "evidence_figures"):
        answer = client.get(address, {"format": "csv", "table": table})
        expected = [{"id": str(pk), "name": "'=x", "value": "1.00"} for pk in range(number)]
        assert (rows_of(answer) if number else answer.status_code) == (expected or 404)
    book = openpyxl.load_workbook(io.BytesIO(client.get(address, {"format": "xlsx"}).getvalue()))
    assert ("evidence_projects" in book.sheetnames) == bool(number)


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_data_without_a_licence_are_no_files_one_by_one_either(
    client: Client, settings: Any, format: str
) -> None:
    settings.OPEN_DATA_SOURCES = []
    project, question = a_project(), a_question()
    a_run("treasury")
    paths = [
        f"projects/{project.pk}/", "changes/1/", "municipalities/LIM331/", f"discrepancies/{question.pk}/",
        f"projects/{project.pk}/?as_of=2026-06-01", f"projects/{project.pk}/?table=published",
        "search/?q=bulk",
    ]  # fmt: skip
    for path in paths:
        answer = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}format={format}")
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/json"), path
    for page in (project.get_absolute_url(), question.get_absolute_url(), "/search/?q=bulk", "/changes/1/"):
        assert files_of(client.get(page).content.decode()) == [], page
    assert DataChangeLog.objects.exists()
    assert Discrepancy.objects.exists()


def test_the_file_of_a_search_has_all_that_was_found(client: Client) -> None:
    a_source(demo=True)
    project = a_project(name="Giyani pipeline")
    rows = rows_of(client.get("/api/v1/search/", {"q": "giyani", "format": "csv"}))
    kinds = [row["kind"] for row in rows]
    assert kinds == sorted(kinds, key=["municipality", "town", "contractor", "project"].index)
    assert [row["id"] for row in rows if row["kind"] == "project"] == [str(project.pk)]
    assert {"municipality", "town", "project"} <= set(kinds)
    assert next(row for row in rows if row["kind"] == "municipality")["municipality_name"] == "Greater Giyani"
