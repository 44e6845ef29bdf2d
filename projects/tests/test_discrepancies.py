"""Questions where people and programs read them: the pages, the API, the log and the admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from projects.api.changes import change_json
from projects.api.discrepancies import DiscrepancySerializer
from projects.models import DataChangeLog, Discrepancy, Source
from projects.tests.discrepancy_factories import a_question, log_question
from projects.tests.factories import FIRST_SEEN, a_crowd, a_project, a_run, a_snapshot, a_source
from projects.wording import discrepancy_rules

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def question(settings: Any, tmp_path: Any) -> Discrepancy:
    """A question about a project, with both snapshots and one figure."""
    settings.ARCHIVE_DIR = tmp_path
    dws, treasury = a_snapshot(a_run()), a_snapshot(a_run("treasury"), b'{"cells": []}')
    project = a_project("WP1", name="Giyani bulk water")
    told = {"id": project.pk, "external_id": "WP1", "name": "Giyani bulk water", "value": "30000000.00"}
    figure = {"id": 1, "financial_year": 2021, "measure": "grant", "code": "WSIG", "amount_type": "ACT"}
    evidence = {
        "projects": [{**told, "snapshot": dws.pk, "corrected": ["expenditure"]}],
        "figures": [{**figure, "amount": "12000000.50", "snapshot": treasury.pk}],
        "in_kind": [{**figure, "code": "WS6G", "amount_type": "SCHD", "amount": None, "snapshot": None}],
    }
    return a_question(
        project=project, dws_snapshot=dws, treasury_snapshot=treasury, evidence=evidence, severity="major"
    )


# --- API ----------------------------------------------------------------------------------------------


def test_a_question_has_both_figures_both_sources_and_both_snapshots(client, question):
    row = client.get(f"/api/v1/discrepancies/{question.pk}/").json()
    assert set(row) == set(DiscrepancySerializer().fields)
    assert row["sentence"] == row["question"] == question.question
    assert row["financial_years"] == {"first": 2021, "last": 2023, "label": "2020-21 to 2022-23"}
    assert row["dws"] == {
        "label": "Expenditure so far of 2 WSIG projects",
        "value": "30000000.00",
        "source": "dws",
        "snapshot": question.dws_snapshot_id,
        "snapshot_url": f"/snapshots/{question.dws_snapshot_id}/",
    }
    assert (row["treasury"]["source"], row["treasury"]["value"]) == ("treasury", "12000000.50")
    assert client.get(row["treasury"]["snapshot_url"]).status_code == 200
    assert (row["municipality"], row["province"], row["project"]) == ("LIM331", "LIM", question.project_id)
    assert row["first_seen_at"] == "2026-01-10T06:30:00.000000Z"
    assert (row["closed_at"], row["demo"]) == (None, False)
    assert client.get(row["changes"]).json()["count"] == 1
    assert client.get(row["url"]).status_code == 200


def test_an_open_question_is_confirmed_by_the_last_complete_run_and_a_closed_one_by_the_last_before_its_end(
    client,
):
    still, over = (
        a_question(),
        a_question("annual_allocation:LIM331:WSIG:2022", state="closed", closed_at=NOON),
    )
    a_run("correlation", state="unchanged", finished_at=NOON - timedelta(hours=2))
    a_run("correlation", finished_at=NOON + timedelta(seconds=1))  # the one that closed it
    a_run("correlation", state="unchanged", finished_at=NOON + timedelta(hours=1))
    a_run("correlation", state="unchanged", complete=False, finished_at=NOON + timedelta(hours=2))
    a_run("correlation", state="failed", complete=False, finished_at=NOON + timedelta(hours=3))
    rows = {row["id"]: row for row in client.get("/api/v1/discrepancies/").json()["results"]}
    assert rows[still.pk]["last_confirmed_at"] == "2026-06-01T13:00:00.000000Z"
    assert rows[over.pk]["last_confirmed_at"] == "2026-06-01T10:00:00.000000Z"
    assert rows[over.pk]["closed_at"] == "2026-06-01T12:00:00.000000Z"


def test_a_question_that_is_asked_again_was_first_seen_at_its_first_opening(client):
    row = a_question()
    Discrepancy.objects.update(opened_at=NOON)
    log_question(row, "opened", {"state": ["closed", "open"]}, at=NOON)
    told = client.get(f"/api/v1/discrepancies/{row.pk}/").json()
    assert told["first_seen_at"] == "2026-01-10T06:30:00.000000Z"
    assert told["opened_at"] == "2026-06-01T12:00:00.000000Z"
    assert "(first on" in client.get(f"/discrepancies/{row.pk}/").content.decode()


def test_the_pages_and_the_api_name_the_source_of_the_municipal_figures_and_when_both_were_read(client):
    a_source("treasury")
    a_run("treasury", finished_at=NOON, profile={"cubes": {"grants_v2": {"last_updated": "2026-05"}}})
    a_run("dws", finished_at=NOON - timedelta(days=40))
    row = a_question()
    said = "Source: National Treasury, Municipal Money; data published May 2026; read 1 June 2026, 14:00."
    assert client.get(f"/api/v1/discrepancies/{row.pk}/").json()["attribution"] == said
    for address in ("/discrepancies/", row.get_absolute_url()):
        page = client.get(address).content.decode()
        assert said in page
        assert "22 April 2026, 14:00" in page


def test_a_question_about_a_districts_books_is_shown_with_the_project_in_its_local_municipality(client):
    project = a_project("WP1", municipality="LIM331")
    told = {"id": project.pk, "external_id": "WP1", "name": "a", "value": None, "snapshot": None}
    row = a_question("x:DC33:WSIG", municipality="DC33", evidence={"projects": [told], "figures": []})
    found = client.get(f"/api/v1/discrepancies/?project={project.pk}").json()
    assert [each["id"] for each in found["results"]] == [row.pk]
    assert row.get_absolute_url() in client.get(f"/projects/{project.pk}/").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("municipality=lim331", {"a", "c"}),
        ("municipality=CPT", {"b"}),
        ("province=WC", {"b"}),
        ("programme=usdg", {"b"}),
        ("rule=no_capital_in_books", {"c"}),
        ("severity=major", {"b"}),
        ("state=open", {"a", "b"}),
        ("state=closed", {"c"}),
        ("financial_year=2022", {"a", "c"}),
        ("financial_year=2024", {"b"}),
        ("financial_year=2031", set()),
        ("", {"a", "b", "c"}),
    ],
)
def test_questions_are_filtered(client, query, expected):
    a_question("dws_spent_more_than_books:LIM331:a")
    b = {
        "municipality": "CPT",
        "programme": "USDG",
        "severity": "major",
        "first_year": 2024,
        "last_year": 2024,
    }
    a_question("annual_allocation:CPT:b", **b)
    a_question("no_capital_in_books:LIM331:c", state="closed", closed_at=NOON)
    found = client.get(f"/api/v1/discrepancies/?{query}").json()["results"]
    keys = dict(Discrepancy.objects.values_list("pk", "key"))
    assert {keys[row["id"]][-1] for row in found} == expected


def test_a_project_finds_its_own_questions_and_those_of_its_grant(client):
    project, other = a_project("WP1"), a_project("WP2")
    own = a_question("completed_without_spending:LIM331:1", project=project)
    shared = a_question(evidence={"projects": [{"id": project.pk}], "figures": [{"id": other.pk}]})
    a_question("completed_without_spending:LIM331:2", project=other)
    found = client.get(f"/api/v1/discrepancies/?project={project.pk}").json()["results"]
    assert {row["id"] for row in found} == {own.pk, shared.pk}


@pytest.mark.parametrize(
    "query", ["rule=gossip", "severity=grave", "state=ajar", "municipality=XX", "province=ZZ"]
)
def test_a_filter_that_cannot_be_understood_is_an_error(client, query):
    assert client.get(f"/api/v1/discrepancies/?{query}").status_code == 400
    assert client.get(f"/discrepancies/?{query}").status_code == 400


def test_the_last_changed_comes_first_and_answers_of_the_replica_are_marked(client):
    old, new = a_question(), a_question("annual_spending:LIM331:WSIG:2022", at=FIRST_SEEN + timedelta(days=1))
    answer = client.get("/api/v1/discrepancies/")
    assert [row["id"] for row in answer.json()["results"]] == [new.pk, old.pk]
    assert "X-Demo-Data" not in answer
    a_source("correlation", demo=True)
    answer = client.get("/api/v1/discrepancies/")
    assert answer["X-Demo-Data"] == "1"
    assert answer.json()["results"][0]["demo"] is True


def test_the_index_and_the_openapi_document_name_the_questions(client):
    assert "discrepancies" in client.get("/api/v1/").json()
    schema = client.get("/api/v1/schema/?format=json").json()
    names = {one["name"] for one in schema["paths"]["/api/v1/discrepancies/"]["get"]["parameters"]}
    assert names >= {
        "municipality", "province", "project", "programme", "rule", "severity", "state", "financial_year",
    }  # fmt: skip
    assert client.get("/api/v1/discrepancies/99/").status_code == 404


# --- pages --------------------------------------------------------------------------------------------


def test_the_page_shows_both_figures_side_by_side_with_their_snapshots(client, question):
    html = client.get(f"/discrepancies/{question.pk}/").content.decode()
    assert "R30\u202f000\u202f000" in html
    assert "R12\u202f000\u202f000.50" in html
    assert f'href="/snapshots/{question.dws_snapshot_id}/"' in html
    assert f'href="/snapshots/{question.treasury_snapshot_id}/"' in html
    assert "Grant money may, with approval, be spent in the next year." in html
    assert question.compared in html
    assert f'href="/projects/{question.project_id}/">Giyani bulk water' in html
    assert "corrected by a steward: expenditure" in html
    assert 'href="/municipalities/LIM331/#finances-2021"' in html
    assert "given as null" in html
    assert "not a finding against anybody" in html
    assert f'data-entity-id="{question.pk}"' in html


LINES = [
    {
        "kind": "part",
        "what": "WP1 Giyani",
        "amount": "30000000.00",
        "note": "as listed",
        "url": "/projects/1/",
    },
    {"kind": "asked", "what": "Asked about", "amount": "17999999.50", "note": "DWS, less", "url": ""},
]


def test_the_page_and_the_api_show_the_amount_asked_about_and_its_arithmetic(client):
    row = a_question(evidence={"projects": [], "figures": [], "arithmetic": LINES})
    html = client.get(f"/discrepancies/{row.pk}/").content.decode()
    assert "Asked about</dt><dd>R17\u202f999\u202f999.50" in html
    table = html.split('class="arithmetic"')[1].split("</table>")[0]
    assert table.index('<a href="/projects/1/">WP1 Giyani</a>') < table.index('class="asked"')
    assert "R17\u202f999\u202f999.50" in client.get("/discrepancies/").content.decode()
    told = client.get(f"/api/v1/discrepancies/{row.pk}/").json()
    assert (told["contested"], told["arithmetic"]) == ("17999999.50", LINES)
    assert told["evidence"] == {"projects": [], "figures": []}


def test_a_question_of_an_older_rule_has_no_arithmetic_and_its_page_none(client):
    row = a_question(contested=None)
    html = client.get(f"/discrepancies/{row.pk}/").content.decode()
    assert "The arithmetic" not in html
    assert "Asked about" not in html
    assert client.get(f"/api/v1/discrepancies/{row.pk}/").json()["contested"] is None


def test_what_our_rules_put_otherwise_is_not_among_the_latest(client):
    row = a_question()
    log_question(row, "updated", {"question": ["Old?", "What by today's rules?"]}, cause="parser")
    html = client.get("/discrepancies/").content.decode()
    assert "by today" not in html
    assert "put anew by our rules" in client.get(row.get_absolute_url()).content.decode()


def test_the_list_shows_open_questions_and_closed_ones_when_asked(client):
    a_question(question="What explains the one?")
    a_question("annual_spending:CPT:b", municipality="CPT", question="What of the other?", state="closed",
               closed_at=timezone.now())  # fmt: skip
    html = client.get("/discrepancies/").content.decode()
    assert "What explains the one?" in html.split("<section")[0]
    assert "What of the other?" not in html.split("<section")[0]
    assert "1 question open." in html
    closed = client.get("/discrepancies/?state=closed").content.decode().split("<section")[0]
    assert "What of the other?" in closed
    assert 'href="/api/v1/discrepancies/?state=open"' in html
    assert "2 questions found." in client.get("/discrepancies/?state=").content.decode()
    both = client.get("/discrepancies/?state=open,closed").content.decode()
    assert "2 questions found." in both
    assert 'aria-current="page">Questions' in html


def test_without_questions_the_list_says_so(client):
    html = client.get("/discrepancies/").content.decode()
    assert "No question is open." in html
    assert "No question fits these filters." in client.get("/discrepancies/?province=WC").content.decode()


def test_what_the_page_fetches_again_has_the_links_of_the_page_itself(client):
    for number in range(60):
        a_question(f"completed_without_spending:LIM331:{number}")
    html = client.get("/discrepancies/?severity=minor&fragment=totals").content.decode()
    assert 'data-live-total="questions"' in html
    assert "fragment" not in html
    assert "page=2" in html


def test_a_project_shows_its_open_questions(client, question):
    html = client.get(f"/projects/{question.project_id}/").content.decode()
    assert f'href="/discrepancies/{question.pk}/"' in html
    Discrepancy.objects.update(state="closed")
    assert "Open questions" not in client.get(f"/projects/{question.project_id}/").content.decode()


def test_fifty_questions_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    for number in range(50):
        a_question(f"completed_without_spending:LIM331:{number}")
        if number in (0, 49):
            for address, most in (("/discrepancies/", 12), ("/api/v1/discrepancies/", 6)):
                with django_assert_max_num_queries(most, info=address):
                    client.get(address)


def test_a_page_of_a_question_with_fifty_projects_costs_as_many_queries_as_with_one(
    client, django_assert_max_num_queries
):
    projects = [project.pk for project in a_crowd(50)]
    figure = {"measure": "grant", "code": "WSIG", "amount_type": "ACT", "amount": "1.00", "snapshot": None}
    for some in (projects[:1], projects):
        listed = [
            {"id": pk, "external_id": "x", "name": "y", "value": "1.00", "snapshot": None} for pk in some
        ]
        figures = [{"id": year, "financial_year": year, **figure} for year in range(2020, 2020 + len(some))]
        row = a_question(f"q{len(some)}", evidence={"projects": listed, "figures": figures})
        with django_assert_max_num_queries(12):
            client.get(f"/discrepancies/{row.pk}/")


def test_a_question_can_be_read_in_the_admin_and_not_be_typed_over(client, question):
    client.force_login(User.objects.create_superuser("steward"))
    html = client.get("/admin/projects/discrepancy/?state=open").content.decode()
    assert "Giyani" in html or "LIM331" in html
    page = client.get(f"/admin/projects/discrepancy/{question.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.get("/admin/projects/discrepancy/add/").status_code == 403


# --- log ----------------------------------------------------------------------------------------------


def test_the_log_says_the_question_and_points_to_its_page(client):
    row = a_question(severity="major")
    change = change_json(DataChangeLog.objects.get())
    assert change["sentence"] == f"A question: {row.question}"
    assert (change["severity"], change["rules"]) == ("major", ["dws_spent_more_than_books"])
    html = client.get("/changes/").content.decode()
    assert f'href="/discrepancies/{row.pk}/"' in html
    assert client.get(f"/changes/{change['id']}/").status_code == 200


def test_a_sentence_is_said_anew_from_the_row_of_the_log_alone():
    row = a_question()
    moved = log_question(
        row,
        "updated",
        {"dws_value": ["30000000.00", "33000000.00"], "question": ["Old?", "Why R33 000 000?"]},
    )
    assert change_json(moved)["sentence"] == (
        "DWS’s figure rose by 10% from R30 000 000 to R33 000 000. Why R33 000 000?"
    )
    closed = log_question(row, "closed", {"state": ["open", "closed"], "reason": [None, "They fit now."]})
    assert change_json(closed)["sentence"] == "The question is closed. They fit now."
    assert (closed.severity, closed.rules) == ("info", ["dws_spent_more_than_books"])
    again = log_question(row, "opened", {"state": ["closed", "open"], "question": [None, "Why again?"]})
    assert change_json(again)["sentence"] == "Asked again: Why again?"


@pytest.mark.parametrize(
    "changes", [None, [], {"question": "x"}, {"question": [None, 7]}, {"dws_value": ["?", None]}]
)
@pytest.mark.parametrize("change_type", ["opened", "updated", "closed"])
def test_an_odd_row_never_breaks_its_sentence(change_type, changes):
    verdict = discrepancy_rules.assess_question(change_type, changes, {"severity": "odd"})
    assert verdict.sentence
    assert verdict.severity in ("info", "minor")


def test_ten_questions_of_one_run_are_one_event(client):
    a_source("correlation")
    for number in range(10):
        a_question(f"completed_without_spending:LIM331:{number}")
    assert "10 questions opened in one reading" in client.get("/changes/").content.decode()
    assert Source.objects.get(pk="correlation").demo is False
