"""Projects over the API: shape, filters, formats and the past."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from projects.api.changes import ChangeSerializer
from projects.api.records import ProjectDetailShape, ProjectShape
from projects.models import Project
from projects.tests.factories import FIRST_SEEN, a_crowd, a_project, a_run, a_source, change, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

LIST = "/api/v1/projects/"
CONTRACT = set(
    "id source external_id name description municipality municipalities municipality_as_published province"
    " programme project_type status status_as_published progress_percentage budget expenditure start_date"
    " completion_date contractor implementing_agent latitude longitude published presence first_seen_at"
    " last_seen_at last_changed_at overridden issues flags url demo".split()
)
MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def ids(client, query: str) -> list[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.content
    return [row["external_id"] for row in answer.json()["results"]]


def test_a_project_has_the_shape_of_the_contract(client):
    project = a_project(latitude=-23.3058, longitude=30.7269, url="https://ws.dws.gov.za/p")
    row = client.get(f"{LIST}{project.pk}/").json()
    assert (
        set(row) - {"overrides", "other_texts", "flag_details", "replies"}
        == CONTRACT
        == set(ProjectShape().fields)
    )
    assert set(row) == set(ProjectDetailShape().fields)
    assert row["progress_percentage"] == "62.00"
    assert row["budget"] == "353000000.00"
    assert row["start_date"] == "2018-03-01"
    assert (row["latitude"], row["longitude"]) == (-23.3058, 30.7269)
    assert row["first_seen_at"] == "2026-01-10T06:30:00.000000Z"
    assert (row["municipality"], row["municipalities"]) == ("LIM331", ["LIM331"])
    assert (row["overridden"], row["issues"], row["presence"], row["demo"]) == ([], [], "present", False)


def test_what_is_not_published_is_null_and_never_zero(client):
    project = a_project(name=None, budget=None, progress_percentage=None, status=None, municipality=None)
    row = client.get(f"{LIST}{project.pk}/").json()
    unknown = ("name", "budget", "progress_percentage", "status", "municipality", "province", "latitude")
    assert [row[field] for field in unknown] == [None] * 7
    assert row["municipalities"] == []


def test_the_list_has_count_next_previous_and_results(client):
    for number in range(3):
        a_project(f"WP{number}")
    answer = client.get(f"{LIST}?page_size=2").json()
    assert set(answer) == {"count", "next", "previous", "results"}
    assert (answer["count"], len(answer["results"])) == (3, 2)
    assert "page=2" in answer["next"]


def test_an_unknown_project_is_not_found_in_json(client):
    answer = client.get(f"{LIST}99/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")


@pytest.fixture
def three(db):
    a_source()
    a_project("WP1", name="Ébène weir", status="design", programme="WSIG", budget=None, contractor="Umzi")
    a_project("WP2", municipality="CPT", shared=["DC12"], progress_percentage=Decimal(10), budget=Decimal(5))
    a_project("WP3", municipality="DC12", status=None, presence="missing", at=MAY, name="Coega pipeline")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=weir", ["WP1"]),
        ("?q=umzi+wp1", ["WP1"]),
        ("?q=umzi+pipeline", []),
        ("?q=EBENE", ["WP1"]),
        ("?q=%C3%A9b%C3%A8n%C3%A9", ["WP1"]),
        ("?q=wp1%20%26", ["WP1"]),
        ("?q=%25", []),
        ("?q=_", []),
        ("?province=WC", ["WP2"]),
        ("?province=WC&province=EC", ["WP2", "WP3"]),
        ("?province=WC,EC", ["WP2", "WP3"]),
        ("?municipality=DC12", ["WP2", "WP3"]),
        ("?municipality=CPT", ["WP2"]),
        ("?status=design", ["WP1"]),
        ("?status=null", ["WP3"]),
        ("?status=", ["WP1", "WP2", "WP3"]),
        ("?programme=WSIG", ["WP1"]),
        ("?source=dws", ["WP1", "WP2", "WP3"]),
        ("?source=treasury", []),
        ("?min_progress=11", ["WP1", "WP3"]),
        ("?max_progress=10", ["WP2"]),
        ("?min_budget=6", ["WP3"]),
        ("?max_budget=5.00", ["WP2"]),
        ("?changed_since=2026-05-01", ["WP3"]),
        ("?changed_since=2026-05-01T14:00:00%2B02:00", ["WP3"]),
        ("?changed_since=2026-05-01T14:00:01+02:00", []),
        ("?changed_since=2026-05-01T11:59:00%2B23:59", ["WP3"]),
        ("?presence=missing", ["WP3"]),
        ("?presence=withdrawn", []),
    ],
)
def test_each_filter_finds_its_projects_now_and_as_of_today(client, three, query, found):
    assert sorted(ids(client, query)) == found
    today = datetime.now(UTC).date() - timedelta(days=1)
    assert sorted(ids(client, f"{query}&as_of={today}")) == found


@pytest.mark.parametrize("as_of", ["", "&as_of=2026-06-01"])
def test_every_ordering_puts_the_unknown_last(client, three, as_of):
    assert ids(client, f"?ordering=budget{as_of}") == ["WP2", "WP3", "WP1"]
    assert ids(client, f"?ordering=-budget{as_of}") == ["WP3", "WP2", "WP1"]
    assert ids(client, f"?ordering=-municipality,id{as_of}") == ["WP1", "WP3", "WP2"]
    assert ids(client, f"?ordering=-last_changed_at,-id{as_of}") == ["WP3", "WP2", "WP1"]


@pytest.mark.parametrize("as_of", ["", "&as_of=2026-06-01"])
@pytest.mark.parametrize(
    "ordering", ["-budget,", ",-budget,,", " -budget , -budget", "-budget&ordering=", "-budget&ordering=id"]
)
def test_a_blank_or_repeated_element_of_a_list_says_nothing(client, three, ordering, as_of):
    assert ids(client, f"?ordering={ordering}{as_of}") == ["WP3", "WP2", "WP1"]
    assert sorted(ids(client, f"?status=design,,&status=,tender{as_of}")) == ["WP1"]


@pytest.mark.parametrize(
    ("query", "name", "sentence"),
    [
        ("status=demolished", "status", "known are: identification, planning"),
        ("province=XX", "province", "known are: EC, FS"),
        ("municipality=LIM999", "municipality", "No municipality has this code"),
        ("source=gossip", "source", "No source has this name"),
        ("min_budget=lots", "min_budget", "Enter a number"),
        ("min_budget=NaN", "min_budget", "Enter a number"),
        ("max_budget=1e40", "max_budget", "digits"),
        ("changed_since=yesterday", "changed_since", "is not a date such as"),
        ("changed_since=100%25", "changed_since", "“100%” is not a date such as"),
        ("ordering=beauty", "ordering", "is no ordering; known are: name"),
        ("presence=gone", "presence", "known are: present"),
        ("as_of=2026-13-01", "as_of", "is not a day"),
        ("as_of=2199-01-01", "as_of", "still to come"),
        ("q=%00", "q", "Null characters"),
    ],
)
@pytest.mark.parametrize("format", ["json", "csv", "geojson"])
def test_a_value_that_cannot_be_understood_is_a_400_with_a_sentence(client, query, name, sentence, format):
    answer = client.get(f"{LIST}?format={format}&{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert sentence in answer.json()[name][0]


def test_a_present_project_was_last_seen_by_the_last_complete_good_run(client):
    project = a_project()
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    a_run(state="unchanged", finished_at=noon)
    a_run(state="succeeded", complete=False, finished_at=noon + timedelta(hours=1))
    a_run(state="failed", complete=None, finished_at=noon + timedelta(hours=2))
    assert client.get(f"{LIST}{project.pk}/").json()["last_seen_at"] == "2026-06-01T12:00:00.000000Z"


def test_a_missing_project_was_last_seen_when_it_was_last_listed(client):
    project = a_project(presence="missing", last_listed_at=MAY)
    a_run(state="unchanged")
    assert client.get(f"{LIST}{project.pk}/").json()["last_seen_at"] == "2026-05-01T12:00:00.000000Z"


@pytest.mark.parametrize("format", ["geojson", "xml"])
def test_a_single_says_which_files_it_is(client, format):
    single = f"{LIST}{a_project().pk}/"
    answer = client.get(f"{single}?format={format}")
    said = f"“{format}” is no format of this address; known are: json, csv, xlsx, jsonl."
    assert (answer.status_code, answer.json()) == (404, {"detail": said})
    refused = client.get(single, headers={"accept": "application/pdf"})
    assert "only: application/json, text/csv" in refused.json()["detail"]


@pytest.mark.parametrize("address", [LIST, f"{LIST}1/", "/api/v1/docs/", "/api/v1/schema/"])
def test_what_options_tells_is_json_whatever_the_answers_are(client, address):
    answer = client.options(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert client.options(f"{address}?format=csv").status_code == 404


@pytest.mark.parametrize("size", ["0", "000", "-1", "1.5", "many", "%EF%BC%91", "%00"])
def test_a_size_of_pages_that_is_none_is_refused(client, size):
    answer = client.get(f"{LIST}?page_size={size}")
    assert answer.status_code == 400
    assert "is no number of rows; it can be 1 to 500." in answer.json()["page_size"][0]


@pytest.mark.parametrize("size", ["", "%20", "500", "501", str(10**30), "9" * 5000, "007"])
def test_a_size_beyond_the_most_is_the_most(client, size):
    assert client.get(f"{LIST}?page_size={size}").status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "x", "2", str(10**30), "9" * 5000])
def test_a_page_that_is_not_there_is_not_found_in_a_sentence(client, page):
    answer = client.get(f"{LIST}?page={page}")
    assert answer.status_code == 404
    assert answer.json()["detail"].endswith("Pages count from 1; “last” is the last one.")


def test_csv_has_the_whole_list_in_order_without_formulas(client):
    a_project("WP1", name='=HYPERLINK("http://evil.example","A, b")', latitude=-23.5, longitude=30.1)
    a_project("WP2", name="  +27 water", budget=None, shared=["DC12"])
    answer = client.get(f"{LIST}?format=csv&ordering=id&page_size=1")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    text = answer.getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert not text.startswith("\ufeff")
    assert [row["name"] for row in rows] == [
        "'=HYPERLINK(\"http://evil.example\",\"A, b\")", "'  +27 water"
    ]  # fmt: skip
    assert (rows[0]["latitude"], rows[1]["budget"]) == ("-23.5", "")
    assert rows[1]["municipalities"] == "DC12 LIM331"


def test_geojson_puts_longitude_first_and_keeps_projects_without_a_point(client):
    a_project("WP1", latitude=-23.3058, longitude=30.7269)
    a_project("WP2")
    answer = client.get(f"{LIST}?format=geojson&ordering=id")
    collection = json.loads(answer.getvalue())
    assert answer["Content-Type"] == "application/geo+json"
    assert collection["type"] == "FeatureCollection"
    first, second = collection["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [30.7269, -23.3058]}
    assert second["geometry"] is None
    assert first["properties"]["external_id"] == "WP1"


def test_an_empty_list_is_valid_in_every_format(client):
    assert client.get(LIST).json()["results"] == []
    assert json.loads(client.get(f"{LIST}?format=geojson").getvalue())["features"] == []
    assert len(client.get(f"{LIST}?format=csv").getvalue().splitlines()) == 1


@pytest.mark.django_db(transaction=True)
async def test_an_export_streams_under_asgi_too():
    await sync_to_async(a_project)("WP1")
    answer = await AsyncClient().get(f"{LIST}?format=csv")
    assert answer.is_async
    assert b"WP1" in b"".join([part async for part in answer])
    await sync_to_async(connections.close_all)()  # those of the thread that answered


def test_replica_data_are_marked_in_the_header_and_in_each_object(client):
    a_source(demo=True)
    a_project()
    answer = client.get(LIST)
    assert answer["X-Demo-Data"] == "1"
    assert answer.json()["results"][0]["demo"] is True
    assert client.get(f"{LIST}?format=csv")["X-Demo-Data"] == "1"


def test_real_data_are_not_marked(client):
    a_source(demo=False)
    assert "X-Demo-Data" not in client.get(LIST)


def test_as_of_takes_back_values_strings_places_and_presence(client):
    project = a_project(published={"Status": "Construction", "Remarks": "late"}, presence="missing")
    change(project, "progress_percentage", Decimal("70.00"), at=MAY)
    change(project, "completion_date", date(2028, 6, 30), at=MAY)
    moves = {
        "municipalities": [["CPT"], ["LIM331"]],
        "municipality": ["CPT", "LIM331"],
        "published.Remarks": ["on time", "late"],
        "latitude": [-23.5, None],
    }
    texts = {"Remarks": ["on time", "late"], "Status": [None, "Construction"]}
    log(project, "updated", moves, at=MAY, evidence=texts)
    log(project, "missing", {"presence": ["present", "missing"]}, at=MAY + timedelta(days=3))

    def then(day: str) -> dict:
        return client.get(f"{LIST}?as_of={day}").json()["results"][0]

    before, between = then("2026-04-30"), then("2026-05-01")
    assert (before["progress_percentage"], between["progress_percentage"]) == ("62.00", "70.00")
    assert (before["completion_date"], before["latitude"]) == ("2027-02-28", -23.5)
    assert (before["municipality"], before["municipalities"]) == ("CPT", ["CPT"])
    assert before["published"] == {"Remarks": "on time"}
    assert between["published"] == {"Status": "Construction", "Remarks": "late"}
    assert (before["presence"], between["presence"], then("2026-05-05")["presence"]) == (
        "present", "present", "missing"
    )  # fmt: skip
    assert before["last_changed_at"] == "2026-01-10T06:30:00.000000Z"
    detail = client.get(f"{LIST}{project.pk}/?as_of=2026-04-30").json()
    assert detail == before | {"overrides": [], "other_texts": None, "flag_details": [], "replies": []}
    assert Project.objects.get().progress_percentage == Decimal("70.00")


def test_as_of_filters_by_what_was_true_then(client):
    project = a_project()
    change(project, "status", "completed", at=MAY)
    assert ids(client, "?as_of=2026-04-30&status=construction") == ["WP10234"]
    assert ids(client, "?as_of=2026-04-30&status=completed") == []
    assert ids(client, "?as_of=2026-05-01&status=completed") == ["WP10234"]


def test_as_of_ends_with_the_day_in_south_africa(client):
    project = a_project()
    change(project, "budget", Decimal(1), at=datetime(2026, 5, 1, 21, 59, tzinfo=UTC))
    change(project, "budget", Decimal(2), at=datetime(2026, 5, 1, 22, 1, tzinfo=UTC))
    answer = client.get(f"{LIST}?as_of=2026-05-01").json()
    assert answer["results"][0]["budget"] == "1.00"


def test_as_of_leaves_out_what_was_first_seen_later(client):
    project = a_project(at=MAY)
    assert ids(client, "?as_of=2026-04-30") == []
    assert client.get(f"{LIST}{project.pk}/?as_of=2026-04-30").status_code == 404
    assert ids(client, "?as_of=2026-05-01") == ["WP10234"]
    assert FIRST_SEEN < MAY


def test_as_of_works_in_the_exports(client):
    project = a_project()
    change(project, "budget", Decimal(1), at=MAY)
    text = client.get(f"{LIST}?as_of=2026-04-30&format=csv").getvalue().decode()
    assert "353000000.00" in text


def test_the_history_lists_every_change_newest_first(client):
    project = a_project()
    change(project, "progress_percentage", Decimal("50.00"), at=MAY)
    a_project("WP2")
    rows = client.get(f"{LIST}{project.pk}/history/").json()["results"]
    assert [row["change_type"] for row in rows] == ["updated", "created"]
    assert rows[0]["sentence"] == "Progress fell from 62% to 50%."
    assert set(rows[0]) == set(ChangeSerializer().fields)
    assert client.get(f"{LIST}99/history/").status_code == 404


def test_fifty_projects_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    of_query = {"": 9, "?as_of=2026-06-01": 16, "?as_of=2026-04-01": 16, "?format=csv": 11}
    for more in (2, 48):
        a_crowd(more, changed_at=MAY)
        for query, most in of_query.items():
            with django_assert_max_num_queries(most, info=query):
                client.get(f"{LIST}{query}").getvalue()


@pytest.mark.parametrize("format", ["csv", "geojson"])
def test_no_list_is_given_of_a_source_without_a_licence(client, settings, format):
    project = a_project()
    settings.OPEN_DATA_SOURCES = ["treasury"]
    answer = client.get(f"/api/v1/projects/?format={format}")
    assert (answer.status_code, "licence" in answer.json()["detail"]) == (403, True)
    assert client.get("/api/v1/projects/").json()["results"][0]["id"] == project.pk
    page = client.get("/projects/").content.decode()
    assert "no licence is known" in page
    assert "format=csv" not in page
