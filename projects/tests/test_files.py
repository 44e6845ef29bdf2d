"""Every list as a file: CSV, workbook, JSON Lines, with the filters of its page and names beside codes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import resource
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from projects.api import exports
from projects.api.exports import Content, streamed
from projects.api.sources import SourceSerializer
from projects.api.tables import columns_of
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import (
    a_crowd,
    a_figure,
    a_listing,
    a_log_of,
    a_project,
    a_run,
    a_source,
    append_all,
    change,
    entry_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

API = "/api/v1/"
LISTS = {
    "projects": "projects", "municipalities": "municipalities", "discrepancies": "discrepancies",
    "changes": "changes", "runs": "runs", "sources": "sources", "areas": "areas", "claims": "claims",
    "finances": "finances", "compare": "compare", "digest": "digest-2026-W19",
}  # fmt: skip


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def rows_of(client: Any, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(client.get(f"{API}{address}")))))


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_had_as_each_kind_of_file(client, name):
    a_question()
    project = a_project()
    change(project, "budget", Decimal(5))
    query = "week=2026-W19&" if name == "digest" else ""
    for kind in ("csv", "xlsx", "jsonl"):
        answer = client.get(f"{API}{name}/?{query}format={kind}")
        assert answer["Content-Disposition"] == f'attachment; filename="{LISTS[name]}.{kind}"'
        body = b"".join(answer.streaming_content)
        if kind == "csv":
            (head, *_) = csv.reader(io.StringIO(body.decode()))
        elif kind == "xlsx":
            assert [cell.value for cell in load_workbook(io.BytesIO(body)).worksheets[0][1]] == head
        else:
            assert all(json.loads(line) for line in body.decode().splitlines())


def test_a_csv_begins_with_a_mark_where_that_is_asked_for(client):
    a_project(name="Mhinga – Phase 2")
    for query, mark in (("", ""), ("&bom=", ""), ("&bom=0", ""), ("&bom=1", "\ufeff")):
        text = text_of(client.get(f"{API}projects/?format=csv{query}"))
        assert text.startswith(f"{mark}id,source")
    for query in ("bom=yes", "bom=2&format=csv", "bom=%00"):
        answer = client.get(f"{API}projects/?{query}")
        assert (answer.status_code, list(answer.json())) == (400, ["bom"])


def test_names_stand_beside_codes(client):
    a_project(shared=["DC12"], programme="RBIG", status="on_hold")
    (row,) = rows_of(client, "projects/?format=csv")
    assert [row[f"{name}_name"] for name in "municipality province programme status".split()] == [
        "Greater Giyani", "Limpopo", "Regional Bulk Infrastructure Grant", "on hold",
    ]  # fmt: skip
    assert (row["municipalities"], row["municipalities_name"]) == ("DC12 LIM331", "Amathole; Greater Giyani")
    assert list(row).index("province_name") == list(row).index("province") + 1
    assert row["source_name"]


def test_a_code_that_nobody_knows_and_none_at_all_have_no_name(client):
    a_project(programme="XYZ", municipality=None)
    (row,) = rows_of(client, "projects/?format=csv")
    assert (row["programme"], row["programme_name"], row["province_name"]) == ("XYZ", "", "")


def test_what_is_nested_stands_beside_each_other(client):
    a_listing("LIM331", projects=7)
    a_project()
    found = {row["code"]: row for row in rows_of(client, "municipalities/?format=csv")}
    giyani = found["LIM331"]
    assert (giyani["listing_projects"], giyani["own_projects"]) == ("7", "1")
    assert json.loads(giyani["sources"])[0]["source"] == "dws"
    assert (found["CPT"]["listing_projects"], len(found)) == ("", 257)
    assert (found["CPT"]["category"], found["CPT"]["category_name"]) == ("A", "metropolitan municipality")
    assert "circuit_open" in [column.name for column in columns_of(SourceSerializer)]


def test_json_lines_are_the_objects_of_the_api(client):
    a_question()
    a_project()
    for name in ("projects", "discrepancies", "municipalities", "finances", "runs"):
        lines = text_of(client.get(f"{API}{name}/?format=jsonl")).splitlines()
        told = client.get(f"{API}{name}/?page_size=500").json()["results"]
        assert [json.loads(line) for line in lines] == told, name


def test_a_file_has_the_filters_of_its_list(client):
    a_run("dws")
    a_run("treasury")
    assert {row["source"] for row in rows_of(client, "runs/?format=csv&source=treasury")} == {"treasury"}
    assert len(rows_of(client, "municipalities/?format=csv&province=WC")) == 30
    assert client.get(f"{API}runs/?format=csv&state=odd").status_code == 400


def test_the_history_of_a_project_is_a_file(client):
    one, other = a_project("WP1"), a_project("WP2")
    for project in (one, other):
        change(project, "budget", Decimal(5))
    rows = rows_of(client, f"projects/{one.pk}/history/?format=csv")
    assert [(row["change_type"], row["entity_id"]) for row in rows] == [
        ("updated", str(one.pk)), ("created", str(one.pk)),
    ]  # fmt: skip
    assert json.loads(rows[0]["field_changes"])["budget"][1] == "5.00"
    assert client.get(f"{API}projects/999/history/?format=csv").status_code == 404


def test_mass_edits_and_the_counts_of_flags_are_files_too(client, settings):
    changes = [entry_of(project, "updated", {"budget": ["1.00", "2.00"]}) for project in a_crowd(12)]
    append_all(changes)
    for query in ("", "field=budget&"):
        (event,) = rows_of(client, f"changes/events/?{query}format=csv")
        told = client.get(f"{API}changes/events/?{query}").json()["results"]
        assert (event["count"], event["fields"], event["source"]) == (str(told[0]["count"]), "budget", "dws")
        lines = text_of(client.get(f"{API}changes/events/?{query}format=jsonl")).splitlines()
        assert [json.loads(line) for line in lines] == told
    assert {row["flag"] for row in rows_of(client, "projects/flags/?format=csv")} >= {"overdue", "stalled"}
    settings.OPEN_DATA_SOURCES = []
    assert client.get(f"{API}changes/events/?format=csv").status_code == 403


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("municipalities", ["treasury"]), ("discrepancies", ["treasury", "correlation"]),
        ("discrepancies", ["dws", "treasury"]), ("projects", ["treasury"]), ("projects/{}/history", []),
    ],
)  # fmt: skip
def test_no_file_is_made_of_what_may_not_be_handed_on(client, settings, name, sources):
    a_question()
    address = f"{API}{name.format(a_project().pk)}/?format="
    settings.OPEN_DATA_SOURCES = sources
    for kind in ("csv", "xlsx", "jsonl"):
        answer = client.get(address + kind)
        assert answer.status_code == 403
        assert "no licence is known" in answer.json()["detail"]
    for source in ("dws", "treasury", "correlation"):
        a_source(source, demo=True)
    assert client.get(f"{address}csv").status_code == 200


def test_of_nothing_there_is_nothing_to_keep_back(client, settings):
    settings.OPEN_DATA_SOURCES = []
    assert client.get(f"{API}discrepancies/?format=csv").status_code == 200
    assert "format=csv" in client.get("/discrepancies/").content.decode()


def test_what_we_did_ourselves_is_always_open(client, settings):
    settings.OPEN_DATA_SOURCES = []
    a_run()
    for name in ("runs", "sources"):
        assert client.get(f"{API}{name}/?format=csv").status_code == 200


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("/projects/?province=LIM", "/api/v1/projects/?province=LIM&"),
        ("/changes/", "/api/v1/changes/?cause=source&"),
        ("/municipalities/?province=LIM", "/api/v1/municipalities/?province=LIM&"),
        ("/discrepancies/", "/api/v1/discrepancies/?state=open&"), ("/sources/", "/api/v1/sources/?"),
        ("/sources/dws/", "/api/v1/runs/?source=dws&"), ("/finances/", "/api/v1/finances/?"),
        ("/projects/{}/", "/api/v1/projects/{}/history/?"),
        ("/municipalities/LIM331/", "/api/v1/municipalities/LIM331/finances/?"),
        ("/municipalities/LIM331/", "/api/v1/projects/?municipality=LIM331&"),
    ],
)  # fmt: skip
def test_the_page_of_a_list_links_its_files(client, page, address):
    a_figure(municipality="LIM331")
    pk = a_project().pk
    text = client.get(page.format(pk)).content.decode()
    for kind in ("csv", "xlsx"):
        link = f"{address.format(pk)}format={kind}"
        assert link.replace("&", "&amp;") in text
        assert client.get(link).status_code == 200


def test_a_page_says_why_a_list_is_no_file(client, settings):
    settings.OPEN_DATA_SOURCES = []
    a_project()
    a_question()
    for page in ("/municipalities/", "/discrepancies/"):
        text = client.get(page).content.decode()
        assert "format=csv" not in text
        assert "not given as a file" in text


@pytest.mark.parametrize("name", ["municipalities", "runs", "discrepancies", "changes"])
def test_more_rows_cost_no_more_queries(client, django_assert_max_num_queries, name):
    for more in (1, 49):
        a_crowd(more)
        for number in range(more):
            a_run()
            a_question(f"dws_spent_more_than_books:LIM331:{more}-{number}")
        with django_assert_max_num_queries(11):
            assert text_of(client.get(f"{API}{name}/?format=csv"))


def test_a_workbook_goes_on_in_a_second_sheet(rf, monkeypatch):
    monkeypatch.setattr(exports, "_MOST_ROWS", 2)
    parts = iter([[{"id": number} for number in range(5)]])
    answer = streamed(rf.get("/"), Content("changes", ["id"], frozenset({"id"}), parts), "xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert {sheet.title: [row[0] for row in sheet.values] for sheet in book.worksheets} == {
        "changes": ["id", 0, 1], "changes 2": ["id", 2, 3], "changes 3": ["id", 4],
    }  # fmt: skip


def test_words_of_a_list_that_have_blanks_are_told_apart(client):
    a_question(explanations=["It was paid later.", "=1+1"])
    (row,) = rows_of(client, "discrepancies/?format=csv")
    assert row["explanations"] == "It was paid later.;' =1+1", "a spreadsheet may begin a cell behind a ;"
    assert not re.match("[=+@-]", row["question"])


@pytest.mark.soak
def test_very_many_changes_are_streamed_in_little_memory(client):
    many = 100_000 if os.environ.get("FULL") else 20_000
    a_log_of(many)

    def size(kind: str, after: int) -> int:
        answer = client.get(f"{API}changes/?format={kind}&after={after}")
        return sum(len(part) for part in answer.streaming_content)

    for kind in ("csv", "jsonl", "xlsx"):
        few = size(kind, after=many - 800)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert size(kind, after=0) > 20 * few
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kilobytes


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_municipality_without_a_figure_has_files_without_a_row(client, kind):
    answer = client.get(f"{API}municipalities/LIM331/finances/", {"format": kind})
    assert answer.status_code == 200
    assert (b"".join(answer.streaming_content) == b"") == (kind == "jsonl")
