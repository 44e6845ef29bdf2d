"""Where a field more is to be seen. `test_one_field_more` runs this in a copy of the tree that has one.

It is a whole number, "beneficiaries", and lists can be sorted and narrowed by it. Fields of other kinds stand
beside it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects.api.records import ProjectShape
from projects.models import DataChangeLog, Override, Project, SyncRun
from projects.models import Vocabulary as VocabularyRow
from projects.stewards import overrides
from projects.wording.causes import assess

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

Read = Callable[..., SyncRun]
LIST = "/api/v1/projects/"


@pytest.fixture
def read(sync: Any, here: Any, tmp_path: Any) -> Read:
    """A reading of a saved page of three projects with one column more; its cells are given."""
    here.HOLD_CHANGED = here.HOLD_BLANKED = here.HOLD_NEVER_SEEN = 100

    def read(
        cells: Sequence[str] = ("1 200", "0", "n/a"), label: str = "Beneficiaries", budget: str = "5 000"
    ) -> SyncRun:
        heads = ("Project No", "Project Name", "Municipality", "Budget (R)", label)
        rows = [(f"P-{n}", f"Weir {n}", "[LIM331]", budget, cell) for n, cell in enumerate(cells)]
        lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        head = f"<tr>{''.join(f'<th>{text}</th>' for text in heads)}</tr>"
        page = tmp_path / "saved.html"
        page.write_text(f"<html><body><table>{head}{lines}</table></body></html>", encoding="utf-8")
        return sync(files=[page])

    return read


def project(number: int = 0) -> Project:
    return Project.objects.get(external_id=f"P-{number}")


def newest() -> DataChangeLog:
    return DataChangeLog.objects.latest("id")


def said(row: DataChangeLog) -> str:
    return assess(row, stored=row.rules).sentence


def found(client: Client, query: str) -> list[str]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["external_id"] for row in answer.json()["results"]]


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return " ".join(answer.content.decode().replace("\u202f", " ").split())


@pytest.mark.parametrize("label", ["Beneficiaries", "No. of households served", "BENEFICIARIES:"])
def test_it_is_read_a_blank_is_none_and_a_zero_is_zero(read: Read, label: str) -> None:
    read(label=label)
    assert [project(n).beneficiaries for n in range(3)] == [1200, 0, None]
    assert project().issues == []
    assert newest().field_changes["name"] == [None, "Weir 2"]
    first = DataChangeLog.objects.get(external_id="P-0")
    assert first.field_changes["beneficiaries"] == [None, 1200]
    run = read(label=label)
    assert (run.state, run.change_count) == ("unchanged", 0)


@pytest.mark.parametrize("text", ["many", "1.5", "12 to 15", "-4"])
def test_what_cannot_be_read_is_an_issue_and_never_a_number(read: Read, client: Client, text: str) -> None:
    read((text,))
    assert project().beneficiaries is None
    assert [issue["field"] for issue in project().issues] == ["beneficiaries"]
    shown = page(client, f"/projects/{project().pk}/")
    assert '<dt>Beneficiaries</dt> <dd><span class="unknown">published, not readable</span></dd>' in shown


@pytest.mark.parametrize("label", ["Beneficiaries (R'000)", "Beneficiaries (%)"])
def test_under_a_unit_that_is_not_its_own_it_is_another_column(read: Read, label: str) -> None:
    read(("12",), label=label)
    assert project().beneficiaries is None
    assert project().published[label] == "12"


def test_a_change_is_in_the_log_and_in_a_sentence(read: Read) -> None:
    read()
    read(("1 300", "0", "n/a"))
    assert newest().field_changes == {"beneficiaries": [1200, 1300]}
    assert said(newest()) == "Beneficiaries rose from 1 200 to 1 300."
    read(("", "0", "n/a"))
    assert said(newest()) == "Beneficiaries removed (was 1 300)."
    read(("7", "0", "n/a"), budget="5 001")
    rows = DataChangeLog.objects.filter(external_id="P-0")
    assert said(rows.latest("id")).endswith(", and 1 more field changed.")
    assert said(rows.latest("id")).startswith("Budget rose"), "the more important of the two speaks"


def test_a_known_page_is_read_for_it_once_and_that_is_no_news(read: Read) -> None:
    """An upgrade: the pages were read before there was such a field."""
    read()
    Project.objects.update(beneficiaries=None)
    SyncRun.objects.update(parser_digest="f" * 64)
    read()
    assert project().beneficiaries == 1200
    assert (newest().cause, newest().severity) == ("parser", "info")
    assert not DataChangeLog.objects.by_source().filter(change_type="updated").exists()


def test_a_steward_corrects_it_in_the_admin(read: Read, client: Client) -> None:
    read()
    client.force_login(User.objects.create_superuser("steward"))
    address = "/admin/projects/override/add/"
    assert '<option value="beneficiaries">Beneficiaries</option>' in page(client, address)
    given = {"project": project().pk, "field": "beneficiaries", "reason": "Counted."}
    for text in ("some", "1.5", "-3", "1 20", "12345678901"):
        assert "is not a whole number such as 1200." in client.post(
            address, {**given, "text": text}
        ).content.decode().replace("&#x27;", "'")
    assert client.post(address, {**given, "text": "1 500"}).status_code == 302
    assert project().beneficiaries == 1500
    assert said(newest()) == "A steward corrected the beneficiaries from 1 200 to 1 500."
    assert '1 500 <span class="tag corrected">corrected</span>' in page(client, f"/projects/{project().pk}/")
    read(("1 300", "0", "n/a"))
    assert (project().beneficiaries, Override.objects.get().source_value) == (1500, 1300)
    client.post(f"/admin/projects/override/{Override.objects.get().pk}/undo/")
    assert project().beneficiaries == 1300


def test_the_api_and_its_exports_have_it(read: Read, client: Client) -> None:
    read()
    rows = {row["external_id"]: row for row in client.get(LIST).json()["results"]}
    assert [rows[f"P-{n}"]["beneficiaries"] for n in range(3)] == [1200, 0, None]
    detail = client.get(f"{LIST}{project().pk}/").json()
    assert set(ProjectShape().fields) == set(rows["P-0"]) < set(detail)
    schema = client.get("/api/v1/schema/?format=json").json()
    assert schema["components"]["schemas"]["ProjectShape"]["properties"]["beneficiaries"] == {
        "type": "integer",
        "nullable": True,
    }
    asked = {one["name"] for one in schema["paths"]["/api/v1/projects/"]["get"]["parameters"]}
    assert {"min_beneficiaries", "max_beneficiaries"} <= asked
    lines = b"".join(client.get(f"{LIST}?format=csv").streaming_content).decode()
    assert [row["beneficiaries"] for row in csv.DictReader(io.StringIO(lines))] == ["1200", "0", ""]
    features = json.loads(b"".join(client.get(f"{LIST}?format=geojson").streaming_content))["features"]
    assert [one["properties"]["beneficiaries"] for one in features] == [1200, 0, None]


def test_lists_are_sorted_and_narrowed_by_it_today_and_as_of_a_past_day(read: Read, client: Client) -> None:
    read(("1 200", "900", "n/a", "7 000"))
    DataChangeLog.objects.update(at=timezone.now() - timedelta(days=3))
    read(("2", "900", "n/a", "7 000"))
    past = f"&as_of={(timezone.now() - timedelta(days=2)).date()}"
    assert found(client, "ordering=beneficiaries") == ["P-0", "P-1", "P-3", "P-2"]
    assert found(client, f"ordering=beneficiaries{past}") == ["P-1", "P-0", "P-3", "P-2"]
    assert found(client, f"ordering=-beneficiaries{past}") == ["P-3", "P-0", "P-1", "P-2"]
    assert found(client, "min_beneficiaries=900&max_beneficiaries=1200") == ["P-1"]
    assert found(client, f"min_beneficiaries=900&max_beneficiaries=1200{past}") == ["P-0", "P-1"]
    assert client.get(f"{LIST}?min_beneficiaries=x").status_code == 400
    then = client.get(f"{LIST}{project().pk}/?{past[1:]}").json()
    assert (then["beneficiaries"], then["published"]["Beneficiaries"]) == (1200, "1 200")


def test_the_pages_show_it(read: Read, client: Client) -> None:
    read()
    shown = page(client, f"/projects/{project().pk}/")
    assert "<dt>Beneficiaries</dt> <dd>1 200</dd>" in shown
    assert '<dt>Beneficiaries</dt> <dd><span class="unknown">not published</span></dd>' in page(
        client, f"/projects/{project(2).pk}/"
    )
    listed = page(client, "/projects/?min_beneficiaries=100")
    assert '<label>Beneficiaries from <input type="number" name="min_beneficiaries" min="0"' in listed
    assert "Weir 0" in listed
    assert "Weir 1" not in listed
    assert '<th scope="row">Beneficiaries</th><td class="num">2 of 3</td>' in page(client, "/sources/dws/")


def test_a_steward_can_teach_a_label_that_means_it(read: Read) -> None:
    row = VocabularyRow(kind="field", text="Huishoudings", meaning="beneficiaries")
    row.full_clean()
    row.save()
    read(("42",), label="Huishoudings")
    assert project().beneficiaries == 42


# {label: (field, text and value before, text and value after, the sentence of the change)}
OTHER_KINDS = {
    "Retention money (R'000)": (
        "retention", "1 000", "1000000.00", "1 100", "1100000.00",
        "Retention money rose by 10% from R1 000 000 to R1 100 000.",
    ),
    "Works certified (%)": (
        "certified", "62,5", "62.50", "60", "60.00", "Works certified fell from 62.5% to 60%.",
    ),
    "Handover date": (
        "handover_date", "28 FEBRUARY 2027", "2027-02-28", "2027/03/28", "2027-03-28",
        "Handover date moved from 28 February 2027 to 28 March 2027, 1 month later.",
    ),
    "Consulting engineer": (
        "engineer", "Söhne &amp; Co", "Söhne & Co", "Ndou 12 345", "Ndou 12 345",
        'Consulting engineer changed from "Söhne & Co" to "Ndou 12 345".',
    ),
}  # fmt: skip


@pytest.mark.parametrize("label", OTHER_KINDS)
def test_a_field_of_another_kind_goes_the_same_way(read: Read, client: Client, label: str) -> None:
    field, text, value, later, moved, sentence = OTHER_KINDS[label]
    read((text, "n/a"), label=label)
    read((later, "n/a"), label=label)
    assert newest().field_changes == {field: [value, moved]}
    assert said(newest()) == sentence
    assert client.get(f"{LIST}{project().pk}/").json()[field] == moved
    overrides.correct(project(), field, value, reason="Counted.", user=None)
    assert client.get(f"{LIST}{project().pk}/").json()[field] == value
    assert found(client, f"ordering=-{field}") == ["P-0", "P-1"], "what is not published comes last"
    lines = b"".join(client.get(f"{LIST}?format=csv").streaming_content).decode()
    assert [row[field] for row in csv.DictReader(io.StringIO(lines))] == [value, ""]
    assert f"<dt>{label.split(' (')[0]}</dt>" in page(client, f"/projects/{project().pk}/")


def test_bounds_and_searches_are_of_the_fields_that_have_them(read: Read, client: Client) -> None:
    read(("R5 000", "R70"), label="Retention money")
    assert found(client, "min_retention=71") == ["P-0"]
    assert "Retention money to (rand) <input" in page(client, "/projects/")
    assert "Works certified to (%) <input" in page(client, "/projects/")
    read(("Ndou", "Söhne"), label="Consulting engineer")
    assert found(client, "q=ndou") == ["P-0"]
