"""A steward's file of corrections: looked at row by row, then made, each in the log with who and why."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from projects.models import DataChangeLog, Identity, Override, Project
from projects.stewards import importing
from projects.stewards.importing import FileRefused
from projects.tests.factories import a_project, a_source

HEAD = "project,field,value,reason,until\n"


def a_file(text: str | bytes, name: str = "corrections.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def a_workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def project(db: None) -> Project:
    a_source()
    project = a_project("WP1")
    Identity.objects.get_or_create(source_id="dws", external_id="WP1", project=project)
    return project


def problems(text: str) -> list[str]:
    return [row.problem for row in importing.checked(importing.rows_of("x.csv", text.encode()))]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "WP1,budget,12500000,Their letter,\n",
        "\ufeff" + HEAD + "wp1,Budget,12500000.00,Their letter,\n",
        HEAD.replace(",", ";") + 'WP1;budget;"12500000";Their letter;\n',
        HEAD.replace(",", "\t") + "WP1\tbudget\t12500000\tTheir letter\t\n",
        "Number,Field,New value,Why\r\n\r\nWP1,budget,12 500 000,'=Their letter\r\n",
    ],
)
def test_a_csv_is_read_as_spreadsheets_write_it(text: str) -> None:
    (row,) = importing.rows_of("x.csv", text.encode())
    assert (row.project.upper(), row.field.lower()) == ("WP1", "budget")
    assert row.value.replace(" ", "").startswith("12500000")
    assert row.reason in ("Their letter", "=Their letter")


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    from datetime import date

    body = a_workbook(
        ["project", "field", "value", "reason"],
        ["WP1", "completion_date", date(2027, 2, 28), "Letter"],
        ["WP1", "budget", 12500000.5, None],
        ["WP1", "progress_percentage", 62, "Letter"],
    )
    rows = importing.rows_of("x.xlsx", body, reason="All of one letter")
    assert [row.value for row in rows] == ["2027-02-28", "12500000.5", "62"]
    assert [row.reason for row in rows] == ["Letter", "All of one letter", "Letter"]
    assert [row.row for row in rows] == [2, 3, 4]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no rows"), (HEAD.encode(), "no rows"), (b"a,b\n1,2\n", "name the columns"),
        (b"project,field,value,value\nx,y,z,z\n", "same heading"), (b"PK\x03\x04broken", "XLSX"),
        (HEAD.encode() + b"WP1,budget,1,x,\n" * 1001, "more than 1000 rows"), (b"x" * 2_000_001, "larger"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_corrections_is_refused_with_a_sentence(body: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        importing.rows_of("x", body)


@pytest.mark.parametrize(("at", "at_in_list", "byte"), [(6, 8, 1), (8, 10, 99)], ids=["encrypted", "odd"])
def test_a_workbook_that_cannot_be_unpacked_is_refused_with_a_sentence(
    at: int, at_in_list: int, byte: int
) -> None:
    body = bytearray(a_workbook(["project", "field", "value"]))
    for mark, place in ((b"PK\x03\x04", at), (b"PK\x01\x02", at_in_list)):
        head = -1
        while (head := body.find(mark, head + 1)) >= 0:
            body[head + place] = byte
    with pytest.raises(FileRefused, match="cannot be read as an XLSX"):
        importing.rows_of("x", bytes(body))


@pytest.mark.django_db
def test_each_row_says_what_it_changes_or_why_it_is_refused(project: Project) -> None:
    text = HEAD + (
        "WP1,budget,12500000,Letter,\n"
        "WP1,budget,13500000,Letter,\n"
        "WP9,budget,1,Letter,\n"
        "WP1,colour,red,Letter,\n"
        "WP1,progress,many,Letter,\n"
        "WP1,status,design,,\n"
        "WP1,status,construction,Letter,\n"
        "WP1,contractor,Somebody,Letter,2020-01-01\n"
        "WP1,contractor,Somebody,Letter,soon\n"
        ",budget,1,Letter,\n"
    )
    rows = importing.checked(importing.rows_of("x.csv", text.encode()))
    assert (rows[0].problem, rows[0].label) == ("", "Budget")
    assert "353" in rows[0].now
    assert "500" in rows[0].then
    for row, why in zip(
        rows[1:],
        [
            "in a row before", "no project “WP9”", "no field that can be corrected", "not a percentage",
            "needs a reason", "already", "run out", "not a day", "names no project",
        ],
        strict=True,
    ):  # fmt: skip
        assert why in row.problem, row
    assert not Override.objects.exists()


@pytest.mark.django_db
def test_a_steward_looks_at_a_file_and_makes_what_it_says(project: Project, admin_client: Client) -> None:
    page = reverse("admin:projects_override_import")
    text = HEAD + "WP1,budget,12500000,,\nWP9,budget,1,Letter,\n"
    seen = admin_client.post(page, {"file": a_file(text), "reason": "Their letter of 3 May"})
    html = seen.content.decode()
    assert "1 correction can be made, 1 row is refused" in " ".join(html.split())
    assert "There is no project “WP9”." in html
    assert not Override.objects.exists()
    answer = admin_client.post(page, {"rows": seen.context["signed"]}, follow=True)
    assert "1 correction was made." in answer.content.decode()
    override = Override.objects.get()
    assert (override.reason, override.made_by.get_username()) == ("Their letter of 3 May", "admin")
    project.refresh_from_db()
    assert project.budget == 12_500_000
    assert DataChangeLog.objects.latest("pk").cause == "steward"
    assert "corrections.csv" in LogEntry.objects.get().get_change_message()
    again = admin_client.post(page, {"rows": seen.context["signed"]}, follow=True).content.decode()
    assert "Row 2 was refused" in again
    assert Override.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_done_that_was_not_looked_at(
    project: Project, admin_client: Client, client: Client
) -> None:
    page = reverse("admin:projects_override_import")
    assert (
        "look at the file again" in admin_client.post(page, {"rows": "x:y:z"}, follow=True).content.decode()
    )
    assert "Choose a file" in admin_client.post(page, {}).content.decode()
    assert admin_client.post(page, {"file": a_file("nothing")}).status_code == 200
    client.logout()
    assert client.get(page).status_code == 302
    assert not Override.objects.exists()


@pytest.mark.django_db
def test_a_file_of_many_rows_costs_few_queries_each(
    project: Project, django_assert_max_num_queries: Any
) -> None:
    for at in range(30):
        one = a_project(f"X{at}")
        Identity.objects.get_or_create(source_id="dws", external_id=f"X{at}", project=one)
    text = HEAD + "".join(f"X{at},budget,1000,Letter,\n" for at in range(30))
    rows = importing.rows_of("x.csv", text.encode())
    with django_assert_max_num_queries(4 + 30):
        assert all(not row.problem for row in importing.checked(rows))
