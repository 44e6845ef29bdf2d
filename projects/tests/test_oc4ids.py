"""Projects as OC4IDS packages: by the official schema, by libcoveoc4ids, and with nothing invented."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from django.core.exceptions import ImproperlyConfigured
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from buka import environment
from projects.api.oc4ids.mapping import STATUS
from projects.models import Status
from projects.tests.factories import a_crowd, a_project, a_run, a_source, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = (ROOT / os.environ.get("REFERENCE_DATA", "../shared/data") / "oc4ids").resolve()
STANDARDS = ROOT / ".venv" / "standards" / "bin" / "python"
LIST = "/api/v1/oc4ids/"
official = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"the official schema is not at {SCHEMAS}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@cache
def validator() -> Any:
    schemas = [json.loads((SCHEMAS / f"project{kind}schema.json").read_text()) for kind in ("-package-", "-")]
    known = [(one["id"], Resource.from_contents(one, default_specification=DRAFT4)) for one in schemas]
    checker = jsonschema.FormatChecker()
    checker.checks("date-time")(lambda text: bool(_MOMENT.fullmatch(text)))
    checker.checks("uri")(lambda text: bool(urlsplit(text).scheme and urlsplit(text).netloc))
    kind = jsonschema.Draft4Validator
    return kind(schemas[0], registry=Registry().with_resources(known), format_checker=checker)


def package(client: Any, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def only(client: Any) -> dict[str, Any]:
    (project,) = package(client)["projects"]
    return project


def a_full_and_an_empty_project() -> None:
    full = a_project(
        "WP1", latitude=-23.3, longitude=30.7, contractor="Weir Ltd", implementing_agent="Lepelle Water",
        project_type="bulk_water_supply", shared=["DC12"], description="A dam",
        url="https://ws.dws.gov.za/pmd/project.aspx?id=1",
    )  # fmt: skip
    change(full, "progress_percentage", Decimal("70.50"), at=MAY)
    a_project(
        "name:0123456789abcdef", name=None, municipality=None, programme=None, status=None, budget=None,
        status_as_published=None, progress_percentage=None, expenditure=None, start_date=None,
        completion_date=None, url="http://not an address",
    )  # fmt: skip


@official
def test_a_package_fits_the_official_schema(client):
    a_full_and_an_empty_project()
    for number, status in enumerate([*Status.values, None]):
        a_project(f"S{number}", status=status)
    assert [error.message for error in validator().iter_errors(package(client))] == []
    spoiled = package(client) | {"uri": "no address", "publishedDate": "2026-05-01", "version": "0.9.5"}
    assert {error.path[0] for error in validator().iter_errors(spoiled)} == {
        "uri",
        "publishedDate",
        "version",
    }


@official
@pytest.mark.skipif(not STANDARDS.exists(), reason="libcoveoc4ids is not installed: make test installs it")
@pytest.mark.timeout(120)
def test_libcoveoc4ids_finds_no_error(client, tmp_path):
    a_full_and_an_empty_project()
    for number, status in enumerate(Status.values):
        a_project(f"S{number}", status=status)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    told = package(client)
    good.write_text(json.dumps(told))
    told["projects"][0] |= {"status": "completed", "id": "17"}
    bad.write_text(json.dumps(told))
    command = [STANDARDS, ROOT / "buka" / "dev" / "oc4ids.py", SCHEMAS, good, bad]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    found, spoiled = (json.loads(line) for line in done.stdout.splitlines())
    assert found == {
        "file": "good.json", "projects": 10, "validation_errors": [], "additional_checks": [],
        "conformance_checks": [], "additional_closed_codelist_values": {},
    }  # fmt: skip
    assert spoiled["conformance_checks"][0]["check_id"] == "invalid-project-ids"
    assert spoiled["additional_closed_codelist_values"]


def test_what_the_record_does_not_have_is_left_out(client):
    a_full_and_an_empty_project()
    empty = next(one for one in package(client)["projects"] if "title" not in one)
    assert empty.keys() == {
        "id", "updated", "language", "sector", "documents", "x_source", "x_presence", "x_changes", "demo",
    }  # fmt: skip
    assert [one["id"] for one in empty["documents"]] == ["record"]


def test_what_the_record_has_stands_where_the_standard_wants_it(client):
    a_full_and_an_empty_project()
    full = package(client, "?q=WP1")["projects"][0]
    assert full["identifiers"][0]["id"] == "WP1"
    assert full["locations"][0]["geometry"] == {"type": "Point", "coordinates": [30.7, -23.3]}
    assert [one["id"] for one in full["locations"]] == ["point", "DC12", "LIM331"]
    assert full["budget"] == {"amount": {"amount": 353000000, "currency": "ZAR"}}
    assert [(one["name"], one["roles"]) for one in full["parties"]] == [
        ("Lepelle Water", ["procuringEntity"]), ("Weir Ltd", ["supplier"]),
    ]  # fmt: skip
    assert full["period"] == {"startDate": "2018-03-01T00:00:00Z", "endDate": "2027-02-28T00:00:00Z"}
    assert (full["status"], full["x_sourceStatus"]) == ("implementation", "Construction")
    assert full["additionalClassifications"][0]["description"] == "Regional Bulk Infrastructure Grant"


def test_one_that_does_both_is_one_party(client):
    a_project(contractor="Lepelle  water", implementing_agent="Lepelle Water")
    (party,) = only(client)["parties"]
    assert party["roles"] == ["procuringEntity", "supplier"]


def test_progress_and_spending_are_told_as_they_were_published_one_after_another(client):
    project = a_project()
    first = change(project, "progress_percentage", Decimal("70.50"), at=MAY)
    change(project, "expenditure", Decimal("250000000.25"), at=MAY)
    metrics = {one["id"]: one["observations"] for one in only(client)["metrics"]}
    progress = metrics["physicalProgress"]
    assert [(one["id"], one["measure"]) for one in progress] == [("first", 62), (f"change-{first.pk}", 70.5)]
    assert progress[1]["period"] == {"startDate": "2026-05-01T12:00:00.000000Z"}
    assert progress[1]["unit"]["name"] == "percent"
    assert [one["value"]["amount"] for one in metrics["financialProgress"]] == [200000000, 250000000.25]


def test_what_was_read_wrongly_is_no_observation(client):
    project = a_project()
    change(project, "progress_percentage", Decimal("6.20"), cause="parser")
    (metric,) = [one for one in only(client)["metrics"] if one["id"] == "physicalProgress"]
    assert [one["measure"] for one in metric["observations"]] == [6.2]


def test_where_the_log_does_not_lead_to_the_record_only_the_record_is_told(client):
    project = a_project()
    change(project, "progress_percentage", Decimal("70.00"))
    type(project).objects.update(progress_percentage=Decimal("71.00"))
    (metric,) = [one for one in only(client)["metrics"] if one["id"] == "physicalProgress"]
    assert [(one["id"], one["measure"]) for one in metric["observations"]] == [("first", 71)]


def test_the_period_keeps_what_was_planned_and_the_milestone_says_what_is_published_now(client):
    project = a_project(status="design")
    change(project, "completion_date", date(2028, 2, 28))
    change(project, "status", "construction")
    change(project, "completion_date", date(2030, 2, 28))
    told = only(client)
    assert told["period"]["endDate"] == "2028-02-28T00:00:00Z"
    (milestone,) = told["milestones"]
    assert (milestone["dueDate"], milestone["status"]) == ("2030-02-28T00:00:00Z", "scheduled")


def test_each_status_is_mapped_or_left_out():
    assert {status for status in Status.values if status not in STATUS} == {"on_hold"}


def test_a_package_has_twenty_projects_unless_another_number_is_asked_for(client):
    a_crowd(21)
    assert len(client.get(LIST).json()["projects"]) == 20
    assert len(client.get(f"{LIST}?page_size=21").json()["projects"]) == 21


def test_packages_come_in_pages_with_links(client):
    a_crowd(5)
    found, address = [], f"{LIST}?page_size=2"
    while address:
        told = client.get(address).json()
        assert (told["count"], told["uri"], told["version"]) == (5, f"http://testserver{address}", "0.9")
        found += [project["id"] for project in told["projects"]]
        address = told.get("next", "").removeprefix("http://testserver")
    assert len(set(found)) == 5
    assert "previous" in told


def test_an_id_begins_with_the_prefix_and_without_one_it_is_a_draft(client, settings):
    project = a_project()
    told = package(client)
    assert (told["projects"][0]["id"], told["x_draft"]) == (f"oc4ids-draft0-{project.pk}", True)
    tag = client.get(LIST)["ETag"]
    settings.OC4IDS_PREFIX, settings.PUBLISHER_NAME = "oc4ids-x1y2z3", "Water Watch"
    told = client.get(LIST, headers={"if-none-match": tag}).json()
    assert (told["projects"][0]["id"], told["x_draft"]) == (f"oc4ids-x1y2z3-{project.pk}", False)
    assert told["publisher"]["name"] == "Water Watch"


def test_a_prefix_that_is_none_stops_the_start(monkeypatch):
    for wrong in ("oc4ids-ABC123", "x1y2z3", "oc4ids-x1y2z3-"):
        monkeypatch.setenv("OC4IDS_PREFIX", wrong)
        with pytest.raises(ImproperlyConfigured, match="OC4IDS_PREFIX"):
            environment.oc4ids_prefix("OC4IDS_PREFIX", "")


def test_a_single_is_a_package_of_one(client):
    a_crowd(2)
    project = a_project("WP9", name="Weir")
    told = package(client, f"{project.pk}/")
    assert [one["title"] for one in told["projects"]] == ["Weir"]
    assert client.get(f"{LIST}999999/").status_code == 404


def test_none_is_no_package_and_a_filter_narrows(client):
    assert client.get(LIST).status_code == 404
    a_project("WP1")
    a_project("WP2", municipality="CPT")
    assert package(client, "?province=WC")["count"] == 1
    assert client.get(f"{LIST}?province=XX").status_code == 400
    assert client.get(f"{LIST}?province=EC").status_code == 404


def test_closed_data_are_in_no_package_and_demo_data_always_may(client, settings):
    project = a_project()
    settings.OPEN_DATA_SOURCES = ["treasury"]
    for address in (LIST, f"{LIST}{project.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "no licence is known" in answer.json()["detail"]
    a_source("dws", demo=True)
    assert only(client)["demo"] is True
    assert client.get(LIST)["X-Demo-Data"] == "1"


def test_who_has_the_package_is_told_so(client):
    a_project()
    tag = client.get(LIST)["ETag"]
    assert client.get(LIST, headers={"if-none-match": tag}).status_code == 304
    a_run()
    assert client.get(LIST, headers={"if-none-match": tag}).status_code == 200


def test_more_projects_cost_no_more_queries(client, django_assert_max_num_queries):
    for more in (1, 49):
        for project in a_crowd(more, changed_at=MAY):
            change(project, "progress_percentage", Decimal("70.00"))
        with django_assert_max_num_queries(17):
            assert package(client, "?page_size=500")["projects"]
