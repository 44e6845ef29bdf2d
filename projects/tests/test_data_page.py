"""`/data/`: what can be downloaded, under which terms, and the files themselves."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from projects import datasets
from projects.bulk.making import make
from projects.tests.factories import a_crowd, a_figure, a_project, a_source, chain_anew

pytestmark = pytest.mark.django_db
EVERY = ["dws", "treasury", "correlation"]


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.DOWNLOADS_DIR = tmp_path / "downloads"
    settings.OPEN_DATA_SOURCES = EVERY


def page(client: Any, address: str = "/data/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.getvalue().decode()


def a_making() -> datasets.Dataset:
    a_project()
    a_figure()
    chain_anew()
    return make()


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_before_the_first_making_the_page_says_so(client):
    text = page(client)
    assert "No files have been made yet" in text
    assert "Nothing has been read so far" in text
    for address in ("/data/datapackage.json", "/data/latest/projects.csv.gz"):
        assert client.get(address).status_code == 404


def test_each_file_of_the_page_is_what_the_page_says(client):
    made = a_making()
    text = page(client)
    assert made.package["x_chain"]["digest"] in text
    for one in made.package["resources"]:
        answer = client.get(f"/data/{made.name}/{one['path']}")
        found = body(answer)
        assert f"sha256:{hashlib.sha256(found).hexdigest()}" == one["hash"]
        assert (answer["Content-Length"], answer["X-Content-Type-Options"]) == (str(len(found)), "nosniff")
        if one["path"] != datasets.DICTIONARY:
            assert f'href="/data/{made.name}/{one["path"]}"' in text
            assert one["hash"].removeprefix("sha256:") in text


def test_who_has_a_file_is_told_so(client):
    made = a_making()
    address = f"/data/{made.name}/projects.csv.gz"
    tag = client.get(address)["ETag"]
    answer = client.get(address, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert client.head(address)["ETag"] == tag


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_a_file_goes_out_in_parts():
    made = await sync_to_async(make)()
    answer: Any = await AsyncClient().get(f"/data/{made.name}/municipalities.csv.gz")
    assert answer.is_async
    found = b"".join([part async for part in answer])
    assert found == (made.folder / "municipalities.csv.gz").read_bytes()
    await sync_to_async(connections.close_all)()  # those of the thread that answered


def test_an_address_that_stays_leads_to_the_newest(client):
    made = a_making()
    assert client.get("/data/latest/changes.jsonl.gz")["Location"] == f"/data/{made.name}/changes.jsonl.gz"
    for wrong in ("latest/none.csv", f"{made.name}/.lock", "20200101T000000Z/projects.csv.gz"):
        assert client.get(f"/data/{wrong}").status_code == 404


def test_the_descriptor_names_files_that_are_there(client):
    made = a_making()
    told = client.get("/data/datapackage.json").json()
    assert told["x_chain"] == made.package["x_chain"]
    for one in told["resources"]:
        assert client.get(f"/data/{one['path']}").status_code == 200
    own = json.loads(body(client.get(f"/data/{made.name}/datapackage.json")))
    assert [one["path"] for one in own["resources"]] == [one["path"] for one in made.package["resources"]]


def test_a_file_that_was_made_when_it_was_open_is_refused_when_it_is_not(client, settings):
    made = a_making()
    settings.OPEN_DATA_SOURCES = ["treasury"]
    answer = client.get(f"/data/{made.name}/projects.csv.gz")
    assert (answer.status_code, "No licence is known" in answer.content.decode()) == (403, True)
    assert client.get(f"/data/{made.name}/municipal_figures.csv.gz").status_code == 200
    text = page(client)
    assert "projects.csv.gz" not in text.replace("/data/latest/projects.csv.gz", "")
    assert "municipal_figures.csv.gz" in text


def test_the_page_says_what_is_closed_and_why(client, settings):
    settings.OPEN_DATA_SOURCES = ["treasury"]
    a_source("dws", demo=False)
    a_making()
    text = page(client)
    assert "academic, research and personal use" in text
    assert "Not given as files here" in text
    assert "projects: without" in text
    assert "of 1 rows only the digest is given" in text or "only the digest is given" in text


def test_demo_data_say_that_they_are(client, settings):
    settings.OPEN_DATA_SOURCES = []
    a_project()
    for source in EVERY:
        a_source(source, demo=True)
    chain_anew()
    made = make()
    assert "Demo data: they come from a replica" in page(client)
    answer = client.get(f"/data/{made.name}/projects.csv.gz")
    assert answer["X-Demo-Data"] == "1"
    assert ",true" in gzip.decompress(body(answer)).decode().splitlines()[1]


def test_the_dictionary_is_a_page_and_a_csv(client):
    text = page(client, "/data/dictionary/")
    rows = list(csv.DictReader(io.StringIO(page(client, "/data/dictionary.csv"))))
    assert {"table": "projects", "column": "budget", "type": "number", "unit": "rand"}.items() <= next(
        row for row in rows if row["column"] == "budget" and row["table"] == "projects"
    ).items()
    for row in rows:
        assert f"<code>{row['column']}</code>" in text
    assert page(client, "/data/dictionary.csv?bom=1").startswith("\ufefftable")


def test_the_page_is_found_from_every_page_and_by_robots(client):
    assert '<a href="/data/">Open data</a>' in page(client, "/")
    assert "/data/</loc>" in page(client, "/sitemaps/pages.xml")


def test_a_draft_of_ids_is_said_to_be_one(client, settings):
    assert "This is a draft" in page(client)
    settings.OC4IDS_PREFIX = "oc4ids-x1y2z3"
    assert "This is a draft" not in page(client)


def test_more_rows_cost_no_more_queries(client, django_assert_max_num_queries):
    a_making()
    for more in (1, 49):
        a_crowd(more)
        with django_assert_max_num_queries(12):
            page(client)
        with django_assert_max_num_queries(3):
            page(client, "/data/dictionary/")
