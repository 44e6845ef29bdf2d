"""What is copied, printed and looked up: citations, the sheet for a notice board, a cited row."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from projects.declared import KeptTable
from projects.models import DataChangeLog
from projects.pages.cited import find
from projects.pages.sheet import qr_code
from projects.tests.factories import a_project, a_run, a_snapshot, a_source, change, log
from projects.wording import citing

READ = datetime(2026, 5, 1, 4, 30, tzinfo=UTC)
HEADINGS = ["Project No", "Name", "Progress %"]
PAGE = b"""<!doctype html><html><head><title>Projects</title></head><body><table>
<tr><th>Project No</th><th>Project Name</th><th>Progress %</th><th>Budget</th></tr>
<tr><td>WP1</td><td>Weir</td><td>40%</td><td>R1,000.00</td></tr>
<tr><td>WP2</td><td>Dam &lt;b&gt;</td><td>62%</td><td>R2,000.00</td></tr>
<tr><td>WP3</td><td>Pipe</td><td>62%</td><td>R3,000.00</td></tr>
</table></body></html>"""


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def html(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def text_of(page: str, id: str) -> str:
    found = re.search(rf'id="{id}"[^>]*>([^<]*)<', page)
    assert found
    return found[1].replace("&quot;", '"').strip()


# --- citations ----------------------------------------------------------------------------------------


def test_a_citation_says_who_published_it_where_when_it_was_read_and_by_which_proof():
    said = citing.citation(
        citing.of_change("Weir", "WP1", "Progress fell from 78% to 62%."),
        title="Department of Water and Sanitation",
        url="https://ws.dws.gov.za/pmd/level.aspx?x=1",
        read_at=READ,
        sha256="ab" * 32,
        permalink="https://buka.example.org/changes/7/",
        demo=False,
    )
    assert said == (
        "“Weir” (WP1): Progress fell from 78% to 62%. As published by Department of Water and Sanitation on"
        f" ws.dws.gov.za, read 1 May 2026, 06:30 (UTC+2). Archived page: SHA-256 {'ab' * 32}."
        " Buka Amanzi, https://buka.example.org/changes/7/"
    )


def test_what_is_not_known_is_left_out_of_a_citation_and_demo_data_say_so():
    said = citing.citation(
        citing.of_project("", "WP1"), title="DWS", url="", read_at=None, sha256=None, permalink="x", demo=True
    )
    assert said == "Demo data, not real projects. WP1. As published by DWS. Buka Amanzi, x"


@pytest.mark.django_db
def test_a_change_and_its_project_can_be_cited_with_the_page_that_they_were_read_from(client):
    a_source(demo=False)
    run = a_run()
    shot = a_snapshot(run, PAGE)
    project = a_project("WP2", name="Dam", run=run)
    row = log(project, "updated", {"progress_percentage": ["78.00", "62.00"]}, snapshot_id=shot.pk)
    said = text_of(html(client, f"/changes/{row.pk}/"), "cite-text")
    assert said.startswith("“Dam” (WP2): Progress fell from 78% to 62%. As published by Department of Water")
    assert f"SHA-256 {shot.pk}." in said
    assert said.endswith(f"http://testserver/changes/{row.pk}/")
    page = html(client, f"/projects/{project.pk}/")
    assert f"SHA-256 {shot.pk}." in text_of(page, "cite-text")
    assert f"/snapshots/{shot.pk}/?cited={row.pk}#cited" in page


@pytest.mark.django_db
def test_what_is_our_own_doing_is_not_cited_as_published(client):
    a_source()
    project = a_project("WP2")
    row = log(project, "updated", {"name": ["Dam", "Weir"]}, cause="steward")
    assert "Cite this" not in html(client, f"/changes/{row.pk}/")


# --- the row of an archived page ----------------------------------------------------------------------


def a_change(evidence: dict[str, list[str | None]], number: str = "WP2", name: str = "Dam") -> DataChangeLog:
    return DataChangeLog(external_id=number, name=name, evidence=evidence)


def test_the_row_is_the_one_with_the_number_and_its_new_texts_are_marked():
    table = KeptTable(HEADINGS, [["WP1", "Weir", "40%"], ["WP2", "Dam", "62%"], ["WP3", "Pipe", "62%"]])
    found = find([KeptTable(["A"], [["WP9"]]), table], a_change({"Progress %": ["78%", "62%"]}))
    assert found is not None
    assert (found.number, found.of) == (2, 3)
    assert [row.is_cited for row in found.rows] == [False, True, False]
    assert [cell.text for cell in found.rows[1].cells if cell.is_cited] == ["62%"]


def test_a_row_without_number_or_name_has_to_have_every_text():
    table = KeptTable(HEADINGS, [["", "Weir", "62%"], ["", "Dam", "62%"]])
    same = {"Name": [None, "Dam"], "Progress %": ["78%", "62%"]}
    assert find([table], a_change(same, "a-digest", "")).number == 2
    assert find([table], a_change({"Progress %": ["78%", "62%"]}, "a-digest", "")) is None
    assert find([], a_change(same)) is None


def test_few_rows_around_the_cited_one_are_shown():
    table = KeptTable(HEADINGS, [[f"WP{n}", "Dam", "1%"] for n in range(1000)])
    found = find([table], a_change({}, "WP500", ""))
    assert [row.cells[0].text for row in found.rows] == ["WP498", "WP499", "WP500", "WP501", "WP502"]
    assert (found.number, found.of) == (501, 1000)


@pytest.mark.django_db
def test_an_archived_page_opens_on_the_cited_row_with_the_source_behind_it(client):
    a_source()
    run = a_run()
    shot = a_snapshot(run, PAGE)
    project = a_project("WP2", name="Dam <b>", run=run)
    evidence = {"Progress %": ["78%", "62%"]}
    row = log(project, "updated", {}, snapshot_id=shot.pk, evidence=evidence)
    page = html(client, f"/snapshots/{shot.pk}/?cited={row.pk}")
    (cited,) = re.findall(r'<tr class="is-cited".*?</tr>', page, re.DOTALL)
    assert '<td class="plain">WP2</td>' in cited
    assert "<mark>62%</mark>" in cited
    assert page.count("<mark>") == 1
    assert "Row 2 of 3" in page
    assert "&lt;td&gt;WP3&lt;/td&gt;" in page, "the raw source is behind it"
    assert "<script" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["x", "99", "-1", "1" * 30, "٣", "\0"])
def test_a_change_of_another_page_or_none_shows_the_page_as_it_is(client, asked):
    a_source()
    shot = a_snapshot(a_run(), PAGE)
    page = client.get(f"/snapshots/{shot.pk}/", {"cited": asked}).content.decode()
    assert 'id="cited"' not in page
    assert "&lt;td&gt;WP3&lt;/td&gt;" in page


@pytest.mark.django_db
def test_a_page_without_tables_says_that_the_row_was_not_found(client):
    a_source()
    run = a_run()
    shot = a_snapshot(run, b"<html><body><h1>Nothing</h1></body></html>")
    row = log(a_project("WP2", run=run), "updated", {}, snapshot_id=shot.pk)
    assert "was not found in a table" in html(client, f"/snapshots/{shot.pk}/?cited={row.pk}")


# --- the sheet ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_sheet_has_the_figures_the_newest_changes_and_a_code_to_scan(client):
    a_source(demo=False)
    project = a_project("WP2", name="Dam", contractor="Umzi")
    change(project, "progress_percentage", 20)
    page = html(client, f"/projects/{project.pk}/sheet/")
    assert "<title>QR code of http://testserver/projects/" in page
    assert "Umzi" in page
    assert "Progress fell from 62% to 20%." in page
    assert " style=" not in page
    assert f"http://testserver/projects/{project.pk}/" in page
    assert client.get("/projects/999999/sheet/").status_code == 404


@pytest.mark.django_db
def test_a_sheet_of_nothing_published_says_so(client):
    a_source()
    nothing = dict.fromkeys(
        ["name", "budget", "expenditure", "progress_percentage", "status", "start_date", "completion_date"]
    )
    project = a_project("WP2", municipality=None, **nothing)
    assert html(client, f"/projects/{project.pk}/sheet/").count("not published") >= 7


def test_the_code_is_black_on_white_in_every_colour_scheme():
    drawn = qr_code("https://buka.example.org/projects/17/")
    assert drawn.startswith("<svg")
    assert 'stroke="#000"' in drawn
    assert 'fill="#fff"' in drawn
    assert "style" not in drawn
