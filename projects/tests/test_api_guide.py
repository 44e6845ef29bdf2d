"""The API's document as a page: all of it, each form answers, and it weighs what a page weighs."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]


def the_page(client: Client) -> BeautifulSoup:
    answer = client.get("/api/v1/docs/")
    assert answer.status_code == 200
    assert not answer.cookies
    return BeautifulSoup(answer.content, "html.parser")


def test_each_operation_and_parameter_of_the_document_is_on_the_page(client: Client) -> None:
    a_question(run=a_project("WP1").last_changed_run)
    document = client.get("/api/v1/schema/?format=json").json()
    page = the_page(client)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            card = page.find(id=operation["operationId"])
            assert card, path
            assert card.summary.find("code").text == path
            asked = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
            assert {field["name"] for field in card.select("[name]")} == asked, path
            assert bool(card.form) == (method == "get"), path


def test_each_form_sent_as_it_stands_is_answered(client: Client) -> None:
    a_question(run=a_project("WP1").last_changed_run)
    for form in the_page(client).select("main form"):
        blank = {field["name"]: "" for field in form.select("[name]")}
        assert client.get(form["action"], blank).status_code == 200, form["action"]


def test_before_anything_was_read_the_page_says_where_there_is_nothing_to_show(client: Client) -> None:
    page = the_page(client)
    assert "There is none of these yet." in page.find(id="projects_retrieve").text


def test_the_first_command_is_printed_whole_and_what_is_sent_is_json(client: Client) -> None:
    page = the_page(client)
    command = page.find("pre").text
    asked = re.search(r'^curl "http://testserver(/[^"]+)"$', command)
    assert asked
    assert client.get(asked[1]).status_code == 200
    trigger = page.find(id="sync_trigger_create").text
    assert '{"source": "dws", "force": false}' in trigger


def test_the_page_is_light_and_costs_the_same_queries_with_many_rows(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        a_project(f"WP{number}")
    with django_assert_max_num_queries(8):
        answer = client.get("/api/v1/docs/")
    assert len(gzip.compress(answer.content)) < 40_000
