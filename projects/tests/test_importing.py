"""A steward's file of corrections: looked at row by row, then made, each in the log with who and why."""

from __future__ import annotations

import io
import zipfile
from time import process_time
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tablib import Dataset

from projects.models import DataChangeLog, Identity, Override, Project
from projects.stewards.corrections_file import CorrectionsFile, FileRefused
from projects.stewards.importing import CorrectionResource, Outcome
from projects.tests.factories import a_crowd, a_project, a_source

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


def rows_of(body: str | bytes) -> list[dict[str, str]]:
    return CorrectionsFile().create_dataset(body if isinstance(body, bytes) else body.encode()).dict


def looked_at(text: str, **more: Any) -> Outcome:
    dataset = CorrectionsFile().create_dataset(text.encode())
    return CorrectionResource().import_data(dataset, dry_run=True, **more)


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
    (row,) = rows_of(text)
    assert (row["project"].upper(), row["field"].lower()) == ("WP1", "budget")
    assert row["value"].replace(" ", "").startswith("12500000")
    assert row["reason"] in ("Their letter", "=Their letter")


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    from datetime import date

    body = a_workbook(
        ["project", "field", "value", "reason"],
        ["WP1", "completion_date", date(2027, 2, 28), "Letter"],
        ["WP1", "budget", 12500000.5, None],
        ["WP1", "progress_percentage", 62, "Letter"],
    )
    rows = rows_of(body)
    assert [row["value"] for row in rows] == ["2027-02-28", "12500000.5", "62"]
    assert [row["reason"] for row in rows] == ["Letter", "", "Letter"]
    assert [row["row"] for row in rows] == ["2", "3", "4"]


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
        rows_of(body)


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
        rows_of(bytes(body))


def a_sheet(markup: bytes) -> bytes:
    """A workbook whose sheet's XML is this, packed as small as it gets."""
    out = io.BytesIO()
    plain = zipfile.ZipFile(io.BytesIO(a_workbook([1])))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in plain.namelist():
            packed.writestr(part, markup if part == "xl/worksheets/sheet1.xml" else plain.read(part))
    return out.getvalue()


_SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (b'<row r="1">' + b"<c/>" * 1_000_000 + b"</row>", "too many cells"),
        ((b"<row>" + b"<c/>" * 1000 + b"</row>") * 1000, "too many cells"),
        (b"<row/>" * 1_000_000, "too many cells"),
        (b" " * 15_000_001, "too large"),
        (b'<row r="1048576"><c/></row>', "blank lines"),
        (b'<row><c r="ZZZ1"/></row>' * 10_000, "no rows"),
    ],
    ids=["one row", "a square", "blank rows", "white space", "a far row", "a far column"],
)
def test_a_small_file_of_a_million_cells_costs_no_more_than_a_moment(rows: bytes, why: str) -> None:
    body = a_sheet(_SHEET % rows)
    assert len(body) < 70_000
    begun = process_time()
    with pytest.raises(FileRefused, match=why):
        rows_of(body)
    assert process_time() - begun < 2


@pytest.mark.parametrize("body", [b"," * 1_400_000, b"\n" * 1_400_000, b"x,y\n" * 350_000])
def test_a_csv_of_a_million_cells_or_lines_costs_no_more_than_a_moment(body: bytes) -> None:
    begun = process_time()
    with pytest.raises(FileRefused):
        rows_of(HEAD.encode() + body)
    assert process_time() - begun < 2


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
    outcome = looked_at(text)
    (good,) = outcome.valid_rows()
    assert (good.instance.label, good.diff[1]) == ("Budget", "Budget")
    assert "353" in good.original.value
    assert good.diff[2] == f"<del>{good.original.value}</del> <ins>{good.instance.value}</ins>"
    assert "500" in good.instance.value
    for row, (number, column, why) in zip(
        outcome.invalid_rows,
        [
            (3, "field", "in a row before"), (4, "project", "no project “WP9”"),
            (5, "field", "no field that can be corrected"), (6, "value", "not a percentage"),
            (7, "reason", "needs a reason"), (8, "value", "already"), (9, "until", "run out"),
            (10, "until", "not a day"), (11, "project", "names no project"),
        ],
        strict=True,
    ):  # fmt: skip
        assert (row.number, list(row.error_dict)) == (number, [column])
        assert why in row.error_dict[column][0]
    assert f"Row 3, field: {outcome.invalid_rows[0].error_dict['field'][0]}" in outcome.sentences()
    assert not Override.objects.exists()


def look(client: Client, text: str | bytes, **more: str) -> Any:
    page = reverse("admin:projects_override_import")
    return client.post(page, {"import_file": a_file(text), "format": "0", **more})


def confirm(client: Client, seen: Any, **more: str) -> str:
    """The answer to the button of a look, in full."""
    held = {name: value for name, value in seen.context["confirm_form"].initial.items() if value}
    page = reverse("admin:projects_override_process_import")
    return client.post(page, held | more, follow=True).content.decode()


@pytest.mark.django_db
def test_a_steward_looks_at_a_file_and_makes_what_it_says(project: Project, admin_client: Client) -> None:
    text = HEAD + "WP1,budget,12500000,,\nWP9,budget,1,Letter,\n"
    seen = look(admin_client, text, reason="Their letter of 3 May")
    html = seen.content.decode()
    assert "1 correction can be made, 1 row is refused" in " ".join(html.split())
    assert "Make 1 correction and leave out 1 row" in html
    assert "There is no project “WP9”." in html
    assert not Override.objects.exists()
    answer = confirm(admin_client, seen)
    assert "1 correction was made." in answer
    assert "Refused: Row 3, project: There is no project “WP9”." in answer
    override = Override.objects.get()
    assert (override.reason, override.made_by.get_username()) == ("Their letter of 3 May", "admin")
    project.refresh_from_db()
    assert project.budget == 12_500_000
    assert DataChangeLog.objects.latest("pk").cause == "steward"
    assert "corrections.csv" in LogEntry.objects.get().get_change_message()
    assert "Row 2, value" in confirm(admin_client, seen)
    assert Override.objects.count() == 1


@pytest.mark.django_db
def test_of_a_file_with_a_row_that_fails_meanwhile_nothing_is_written(
    project: Project, admin_client: Client
) -> None:
    a_project("WP2")
    Identity.objects.get_or_create(source_id="dws", external_id="WP2", project=Project.objects.last())
    seen = look(admin_client, HEAD + "WP2,budget,7000000,Letter,\nWP1,budget,12500000,Letter,\n")
    assert "leave out" not in seen.content.decode()
    log = DataChangeLog.objects.count()
    Project.objects.filter(pk=project.pk).update(budget=12_500_000)
    answer = confirm(admin_client, seen)
    assert "Nothing was made" in answer
    assert "Row 3, value" in answer
    assert (Override.objects.count(), DataChangeLog.objects.count()) == (0, log)
    assert not LogEntry.objects.exists()


@pytest.mark.django_db
def test_nothing_is_done_that_was_not_looked_at(
    project: Project, admin_client: Client, client: Client
) -> None:
    page = reverse("admin:projects_override_import")
    seen = look(admin_client, HEAD + "WP1,budget,12500000,Letter,\n")
    for name in ("x:y:z", "../../etc/passwd", seen.context["confirm_form"].initial["import_file_name"][:-1]):
        assert "look at the file again" in confirm(admin_client, seen, import_file_name=name)
    assert "Choose a file" in admin_client.post(page, {"format": "0"}).content.decode()
    assert "name the columns" in look(admin_client, "nothing").content.decode()
    assert "larger than 1.5 MB" in look(admin_client, "x" * 1_500_001).content.decode()
    assert not Override.objects.exists()
    client.logout()
    for name in ("import", "process_import"):
        assert client.get(reverse(f"admin:projects_override_{name}")).status_code == 302


@pytest.mark.django_db
def test_who_may_not_correct_may_not_import(client: Client, django_user_model: Any) -> None:
    viewer = django_user_model.objects.create_user("viewer", password="x", is_staff=True)
    viewer.groups.add(Group.objects.get(name="viewer"))
    client.force_login(viewer)
    for name in ("import", "process_import"):
        assert client.post(reverse(f"admin:projects_override_{name}"), {"format": "0"}).status_code == 403


@pytest.mark.django_db
def test_what_is_no_error_of_the_row_is_not_told_as_one(project: Project) -> None:
    with pytest.raises(KeyError):
        CorrectionResource().import_data(Dataset(["1"], headers=["row"]), dry_run=True)


@pytest.mark.django_db
def test_a_file_of_many_rows_costs_few_queries_each(
    project: Project, django_assert_max_num_queries: Any
) -> None:
    a_project("WP0")  # the crowd is numbered by how many there are
    more = a_crowd(30)
    for one in more:
        Identity.objects.get_or_create(source_id="dws", external_id=one.external_id, project=one)
    text = HEAD + "".join(f"{one.external_id},budget,1000,Letter,\n" for one in more)
    with django_assert_max_num_queries(10 + 3 * 30):  # two of each row are its savepoint
        assert len(looked_at(text).valid_rows()) == 30


# --- what a file says otherwise than it looks ------------------------------------------------------


def a_book(**more: Any) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in (["project", "field", "value", "reason"], ["WP1", "progress_percentage", 62, "Letter"]):
        book.active.append(row)
    for place, value in more.items():
        book.active[place] = value
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_share_is_read_as_the_sheet_shows_it() -> None:
    book = a_book(C2=0.625)
    book.active["C2"].number_format = "0.0%"
    assert rows_of(saved(book))[0]["value"] == "62.5%"


def two_sheets() -> openpyxl.Workbook:
    book = a_book()
    book.create_sheet("Blank")
    book.create_sheet("More")["A1"] = "WP2"
    return book


def merged() -> openpyxl.Workbook:
    book = a_book()
    book.active.append(["WP2", "progress_percentage", None, "Letter"])
    book.active.merge_cells("C2:C3")
    return book


@pytest.mark.parametrize(
    ("book", "why"),
    [
        (two_sheets, "“More” has something too"), (merged, "merged cells"),
        (lambda: a_book(C2="=10*2"), "C2 has no value"), (lambda: a_book(C2="#REF!"), "C2 has no value"),
        (lambda: a_book(F2="x"), "more cells than there are headings"),
    ],
)  # fmt: skip
def test_a_workbook_of_which_something_would_be_lost_is_refused(book: Any, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        rows_of(saved(book()))


def test_a_sheet_that_says_a_smaller_size_is_read_whole() -> None:
    row = b'<row r="%d">' + b'<c t="inlineStr"><is><t>%s</t></is></c>' * 3 + b"</row>"
    rows = row % (1, b"project", b"field", b"value") + row % (2, b"WP1", b"budget", b"5")
    sheet = _SHEET.replace(b"<sheetData>", b'<dimension ref="A1"/><sheetData>') % rows
    assert [found["value"] for found in rows_of(a_sheet(sheet))] == ["5"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"project,field,value\nWP1,budget,12,500,000\n", "more cells than there are headings: “500”"),
        (HEAD.encode() + b'WP1,budget,5,"Letter,\nWP2,budget,6,Letter,\n', "cannot be read as CSV"),
        (HEAD.encode() + b"WP1,contractor,Caf\x9d\xe9,Letter,\n", "letters of the file"),
        (b"\xff\xfep\x00r", "letters of the file"),
    ],
)
def test_a_csv_of_which_something_would_be_lost_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        rows_of(body)


def test_a_text_of_a_spreadsheet_in_utf16_is_read() -> None:
    text = HEAD.replace(",", "\t") + "WP1\tcontractor\tCafé\tLetter\t\n"
    assert rows_of(text.encode("utf-16"))[0]["value"] == "Café"


def test_an_id_and_a_number_that_are_of_two_projects_are_refused(project: Project) -> None:
    other = a_project("WP2")
    Identity.objects.get_or_create(source_id="dws", external_id="WP2", project=other)
    head = "id,project,field,value,reason\n"
    outcome = looked_at(f"{head}{project.pk},WP2,budget,5,x\n{project.pk},wp1,budget,5,x\n")
    assert [row.number for row in outcome.invalid_rows] == [2]
    assert "none that has the number “WP2”" in str(list(outcome.sentences()))


def test_an_id_may_be_written_in_two_ways(project: Project) -> None:
    outcome = looked_at(f"id,field,value,reason\n{project.pk},budget,5,x\n0{project.pk},expenditure,5,x\n")
    assert not outcome.invalid_rows
