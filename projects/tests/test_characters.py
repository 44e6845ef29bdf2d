"""Characters that no XML holds: none is stored, and rows of old that hold some take nothing down."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.charset import storable
from projects.tests.factories import a_listing, a_project, a_run, log

RUBBISH = "".join(map(chr, (1, 8, 11, 12, 14, 27, 31, 0x7F, 0x85, 0x9F, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE)))
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def is_xml(text: str) -> bool:
    try:
        ElementTree.parse(io.BytesIO(f"<a>{text}</a>".encode()))
    except (ElementTree.ParseError, UnicodeEncodeError):
        return False
    return True


def test_what_is_left_out_is_exactly_what_xml_cannot_hold():
    markup = {ord("<"), ord("&")}
    low = (code for code in range(0x3000) if code not in markup)
    for code in [*low, *range(0xD700, 0x10100), 0x1FFFE, 0x1FFFF, 0x10FFFE, 0x10FFFF]:
        left = storable(chr(code))
        assert left == (chr(code) if is_xml(chr(code)) else " " if code == 12 else ""), hex(code)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""), ("Weir – “Ébène”\t\r\n😀", "Weir – “Ébène”\t\r\n😀"), ("a\0b\x08c\ud83d", "abc"),
        ("two\fwords", "two words"), ("\ufffe\uffff", ""), ("\ufffd", "\ufffd"),
    ],
)  # fmt: skip
def test_the_rest_of_a_text_stays(text: str, kept: str) -> None:
    assert storable(text) == kept


def titles(client: Client, query: str = "") -> list[str | None]:
    answer = client.get(f"/changes/feed.atom{query}")
    return [node.text for node in ElementTree.fromstring(answer.content).findall("a:entry/a:title", ATOM)]


@pytest.mark.django_db
def test_rows_of_old_take_neither_the_feed_nor_the_api_nor_a_page_down(client):
    run = a_run()
    name = f"Weir{RUBBISH} 1"
    project = a_project(
        name=name,
        run=run,
        contractor=name,
        status_as_published=name,
        published={name: name},
        issues=[{"field": "budget", "label": name, "text": name, "problem": name}],
    )
    row = log(project, "updated", {f"published.{name}": [name, None], "contractor": [None, name]})
    a_listing("LIM331", name=name)
    assert titles(client) == [storable(name)] * 2
    for path in (
        "/", "/projects/", f"/projects/{project.pk}/", "/municipalities/LIM331/", "/changes/",
        "/sources/dws/", f"/changes/{row.pk}/", f"/runs/{run.pk}/",
        "/api/v1/projects/", f"/api/v1/projects/{project.pk}/",
        f"/api/v1/projects/{project.pk}/history/", "/api/v1/changes/", f"/api/v1/changes/{row.pk}/",
        "/api/v1/projects/?format=csv", "/api/v1/municipalities/LIM331/",
    ):  # fmt: skip
        assert client.get(path).status_code in (200, 403), path


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30))
def test_whatever_a_name_holds_the_feed_is_xml(client: Client, name: str) -> None:
    project = a_project(f"WP{name}"[:40], name=name)
    log(project, "updated", {"contractor": [name, None], f"published.{name}": [None, name]})
    found = titles(client, f"?project={project.pk}")
    assert len(found) == 2
    project.delete()
