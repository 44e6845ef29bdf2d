"""The week as a page, over the API and as a file, by kind: slipped, dearer, finished, vanished, flagged."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from projects.log.week import Digest, Week
from projects.models import DataChangeLog, Project
from projects.tests.factories import a_crowd, a_project, a_source, change, log
from projects.wording.topics import DEARER, SLIPPED

pytestmark = pytest.mark.django_db
API = "/api/v1/digest/"
TUESDAY = datetime(2026, 5, 5, 12, tzinfo=UTC)
WEEK = "2026-W19"


@pytest.fixture
def week(db) -> None:
    """A week in which something of each kind happened, and some went to and fro."""
    a_source(demo=True)
    late = a_project("LATE", completion_date=date(2027, 1, 31), budget=Decimal("900.00"))
    change(late, "completion_date", date(2027, 3, 31), at=TUESDAY)
    change(late, "completion_date", date(2027, 5, 1), at=TUESDAY)
    later = a_project("LATER", municipality="CPT", completion_date=date(2027, 1, 31))
    change(later, "completion_date", date(2029, 1, 31), at=TUESDAY)
    fro = a_project("FRO", completion_date=date(2027, 1, 31), budget=Decimal("100.00"))
    change(fro, "completion_date", date(2028, 1, 31), at=TUESDAY)
    change(fro, "completion_date", date(2027, 1, 31), at=TUESDAY)
    change(fro, "budget", Decimal("1100.00"), at=TUESDAY)
    done = a_project("DONE", budget=None)
    change(done, "status", "completed", at=TUESDAY)
    gone = a_project("GONE", budget=Decimal("7000.00"))
    log(gone, "missing", {"presence": ["present", "missing"]}, at=TUESDAY)
    back = a_project("BACK")
    log(back, "missing", {"presence": ["present", "missing"]}, at=TUESDAY)
    log(back, "returned", {"presence": ["missing", "present"]}, at=TUESDAY)
    said = {
        "flags": [[], ["overdue"]],
        "flag.overdue": [None, {"completion_date": "2026-05-04", "status": "design"}],
    }
    log(a_project("FLAG"), "updated", said, at=TUESDAY, day="2026-05-05")
    change(a_project("NEXT"), "budget", Decimal("9e8"), at=datetime(2026, 5, 10, 22, 1, tzinfo=UTC))
    change(a_project("OURS"), "budget", Decimal("9e8"), at=TUESDAY, cause="parser")


def names(section: dict) -> list[str]:
    return [row["external_id"] for row in section["rows"]]


def test_the_week_by_kind_the_biggest_first_with_totals(client, week):
    said = client.get(f"{API}?week={WEEK}").json()
    assert (said["since"], said["until"], said["is_over"]) == ("2026-05-04", "2026-05-10", True)
    assert names(said["slipped"]) == ["LATER", "LATE"]
    assert (said["slipped"]["total"], said["slipped"]["unit"]) == ("821.00", "days")
    assert said["slipped"]["rows"][1]["sentence"] == (
        "Completion date moved from 31 January 2027 to 1 May 2027, 3 months later."
    )
    assert (names(said["dearer"]), said["dearer"]["total"]) == (["FRO"], "1000.00")
    assert (names(said["finished"]), said["finished"]["total"]) == (["DONE"], None)
    assert (names(said["vanished"]), said["vanished"]["total"]) == (["GONE"], "7000.00")
    assert (names(said["flagged"]), said["flagged"]["by_flag"]) == (["FLAG"], {"overdue": 1})
    assert said["demo"] is True
    assert names(client.get(f"{API}?week={WEEK}&province=wc").json()["slipped"]) == ["LATER"]


def test_the_biggest_of_a_kind_are_the_first_rows_of_the_week(week, django_assert_num_queries):
    digest = Digest(Week.of(WEEK))
    with django_assert_num_queries(4):
        slips = digest.biggest(SLIPPED, 5)
    assert [row.external_id for row in slips] == ["LATER", "LATE"]  # FRO came back
    assert slips[1].sentence == "Completion date moved from 31 January 2027 to 1 May 2027, 3 months later."
    with django_assert_num_queries(2):
        assert [row.external_id for row in digest.biggest(DEARER, 5)] == ["FRO"]
    assert [row.external_id for row in digest.biggest(SLIPPED, 1)] == ["LATER"]
    assert Digest(Week.of("2026-W02")).biggest(SLIPPED, 5) == []


def test_the_page_says_it_in_words(client, week):
    page = client.get(f"/digest/{WEEK}/").content.decode()
    assert "What changed in South Africa" in page
    assert "2 projects, 27 months together." in page
    assert "Status changed from Construction to Completed." in page
    assert "1 project: 1 overdue." in page
    assert page.index("Bulk scheme LATER") < page.index("Bulk scheme LATE<")
    assert f"/api/v1/digest/?week={WEEK}&amp;format=csv" in page
    assert "topic=slipped&amp;since=2026-05-04&amp;until=2026-05-10&amp;ordering=size" in page
    there = client.get(f"/digest/{WEEK}/WC/").content.decode()
    assert "What changed in Western Cape" in there
    assert "No published budget rose." in strip_tags(there)  # terms of the glossary are links
    assert client.get(f"/digest/{WEEK}/wc/")["Location"] == f"/digest/{WEEK}/WC/"


def test_the_file_has_every_row(client, week, settings):
    answer = client.get(f"{API}?week={WEEK}&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["kind"] for row in rows] == [
        "slipped",
        "slipped",
        "dearer",
        "finished",
        "vanished",
        "flagged",
    ]
    assert (rows[0]["size"], rows[2]["size"], rows[0]["after"]) == ("731.00", "1000.00", "2029-01-31")
    a_source(demo=False)
    settings.OPEN_DATA_SOURCES = []
    assert client.get(f"{API}?week={WEEK}&format=csv").status_code == 403
    page = client.get(f"/digest/{WEEK}/").content.decode()
    assert ("format=csv" in page, "not given as a file" in page) == (False, True)


@pytest.mark.parametrize(
    "address", ["/digest/2026-W54/", "/digest/2026-19/", f"/digest/{WEEK}/XX/", "/digest/x/"]
)
def test_what_is_no_week_or_no_province_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("query", ["week=2026-W54", "week=may", "province=XX", "week=0000-W01"])
def test_what_cannot_be_asked_is_said(client, query):
    answer = client.get(f"{API}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def test_weeks_without_anything_say_why(client):
    assert "Nothing is on record yet" in client.get(f"/digest/{WEEK}/").content.decode()
    a_project()
    assert "10 January 2026: of this week we know nothing" in client.get("/digest/2025-W50/").content.decode()
    assert "Nothing of this was found in Limpopo" in client.get(f"/digest/{WEEK}/LIM/").content.decode()
    to_come = client.get("/digest/2199-W01/")
    assert (to_come.status_code, "has not begun yet" in to_come.content.decode()) == (404, True)


def test_the_digest_is_that_of_the_last_week_that_is_over(client):
    last = Week.around(timezone.localdate()).by(-1)
    assert client.get("/digest/")["Location"] == f"/digest/{last}/"
    assert client.get(API).json()["week"] == str(last)
    assert str(Week.of("2026-W53")) == "2026-W53"
    assert not any(map(Week.of, ["2025-W53", "2026-W00", "0001-W01", "9999-W52"]))
    assert str(Week.around(date(2027, 1, 3))) == "2026-W53"


def test_where_the_record_begins_this_week_the_digest_is_that_of_this_week(client):
    a_project(at=timezone.now())
    assert client.get("/digest/")["Location"] == f"/digest/{Week.around(timezone.localdate())}/"


def test_fifty_projects_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    for more in (1, 59):
        a_crowd(more, changed_at=TUESDAY)
        DataChangeLog.objects.exclude(change_type="created").update(province="LIM")
        with django_assert_max_num_queries(9):
            page = client.get(f"/digest/{WEEK}/")
        with django_assert_max_num_queries(6):
            client.get(f"{API}?week={WEEK}")
    assert page.status_code == 200
    assert Project.objects.count() == 60
