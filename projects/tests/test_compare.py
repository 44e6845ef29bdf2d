"""Any two days side by side: what differs between the records of both, whatever happened between."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from projects.api import compare
from projects.models import DataChangeLog
from projects.tests.factories import a_crowd, a_project, a_source, change, log

pytestmark = pytest.mark.django_db
API = "/api/v1/compare/"
MAY, JUNE, JULY = (datetime(2026, month, 5, 12, tzinfo=UTC) for month in (5, 6, 7))
SPAN = "from=2026-05-31&to=2026-06-30"


@pytest.fixture(autouse=True, params=[15_000, -1], ids=["all are read", "by steps"])
def most_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Changes between the days up to which all of them are read; what is answered is the same both ways."""
    monkeypatch.setattr(compare, "_MOST_READ", request.param)
    return request.param


@pytest.fixture
def some(db) -> None:
    """What moved before, between and after two days, and what is first seen between them."""
    a_source(demo=True)
    moved = a_project("MOVED", municipality="CPT", published={"Remarks": "late"})
    change(moved, "budget", Decimal("100.00"), at=MAY)
    change(moved, "budget", Decimal("200.00"), at=JUNE)
    change(moved, "budget", Decimal("300.00"), at=JUNE)
    log(
        moved,
        "updated",
        {"published.Remarks": ["on time", "late"]},
        at=JUNE,
        evidence={"Remarks": ["on time", "late"]},
    )
    change(moved, "budget", Decimal("400.00"), at=JULY)
    fro = a_project("FRO", completion_date=date(2027, 1, 31))
    change(fro, "completion_date", date(2028, 1, 31), at=JUNE)
    change(fro, "completion_date", date(2027, 1, 31), at=JUNE)
    later = a_project("LATER")
    change(later, "budget", Decimal("5.00"), at=JULY)
    gone = a_project("GONE")
    log(gone, "missing", {"presence": ["present", "missing"]}, at=JUNE)
    gone.presence = "missing"
    gone.save()
    a_project("NEW", at=JUNE, budget=Decimal("70.00"))


def compared(client, query: str) -> dict[str, dict]:
    answer = client.get(f"{API}?{query}")
    assert answer.status_code == 200, answer.content
    return {row["external_id"]: row for row in answer.json()["results"]}


def test_what_differs_is_what_stood_on_both_days(client, some):
    rows = compared(client, SPAN)
    assert set(rows) == {"MOVED", "GONE", "NEW"}
    assert rows["MOVED"]["fields"] == {
        "budget": ["100.00", "300.00"],
        "published.Remarks": ["on time", "late"],
    }
    assert rows["MOVED"]["sentence"].startswith("Budget rose by 200% from R100 to R300")
    assert rows["GONE"]["fields"] == {"presence": ["present", "missing"]}
    assert (rows["NEW"]["is_new"], rows["NEW"]["fields"]["budget"]) == (True, [None, "70.00"])
    assert rows["NEW"]["sentence"] == "First seen."


def test_it_is_as_the_records_of_both_days(client, some):
    rows = compared(client, SPAN)
    days = [
        {row["external_id"]: row for row in client.get(f"/api/v1/projects/?as_of={day}").json()["results"]}
        for day in ("2026-05-31", "2026-06-30")
    ]
    for external_id, row in rows.items():
        for name, (old, new) in row["fields"].items():
            if not name.startswith("published."):
                before = days[0].get(external_id, {}).get(name)
                assert (before, days[1][external_id][name]) == (old, new), name
    same = days[1].keys() - rows.keys()
    assert same == {"FRO", "LATER"}
    for external_id in same:
        assert {name: days[0][external_id][name] for name in ("budget", "completion_date", "presence")} == {
            name: days[1][external_id][name] for name in ("budget", "completion_date", "presence")
        }


def test_up_to_today_it_is_as_it_is_known_now(client, some):
    assert compared(client, "from=2026-05-31")["MOVED"]["fields"]["budget"] == ["100.00", "400.00"]
    today = timezone.localdate().isoformat()
    assert compared(client, f"from=2026-05-31&to={today}").keys() == {"MOVED", "GONE", "NEW", "LATER"}


def test_filters_are_those_of_the_projects(client, some):
    assert compared(client, f"{SPAN}&province=WC").keys() == {"MOVED"}
    assert compared(client, f"{SPAN}&max_budget=100").keys() == {"NEW"}
    assert [*compared(client, f"{SPAN}&ordering=-budget")] == ["GONE", "MOVED", "NEW"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=may", "from"),
        ("to=0001-01-01", "to"),
        ("from=2026-05-31&to=2199-01-01", "to"),
        ("from=2026-06-30&to=2026-05-31", "from"),
        ("from=2026-05-31&to=2026-05-31", "from"),
        ("from=2026-05-31&province=XX", "province"),
        (f"{SPAN}&flag=overdue", "flag"),
    ],
)
def test_what_cannot_be_compared_is_said(client, query, name):
    answer = client.get(f"{API}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [name])
    assert client.get(f"/compare/?{query}").status_code == 400


def test_the_page_shows_both_days(client, some):
    page = client.get(f"/compare/?{SPAN}").content.decode()
    assert "3 projects differ." in page
    assert 'value="2026-05-31"' in page
    assert "before: </span>R100</span>" in page
    assert "after: </span>R300</dd>" in page
    assert "First seen between the two days." in page
    assert f"/api/v1/compare/?{SPAN.replace('&', '&amp;')}&amp;format=csv" in page
    assert "No project differs" in client.get("/compare/?from=2026-01-20&to=2026-02-20").content.decode()
    assert client.get("/compare/").status_code == 200


def test_the_file_has_a_row_a_field(client, some, settings):
    answer = client.get(f"{API}?{SPAN}&format=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    moved = [(row["field"], row["before"], row["after"]) for row in rows if row["external_id"] == "MOVED"]
    assert moved == [("budget", "100.00", "300.00"), ("published.Remarks", "on time", "late")]
    a_source(demo=False)
    settings.OPEN_DATA_SOURCES = []
    assert client.get(f"{API}?{SPAN}&format=csv").status_code == 403
    page = client.get(f"/compare/?{SPAN}").content.decode()
    assert ("format=csv" in page, "not given as a file" in page) == (False, True)


@pytest.mark.parametrize("seed", range(6))
def test_reading_all_and_asking_the_steps_say_the_same_of_any_history(client, monkeypatch, seed):
    chance = random.Random(seed)
    a_source(demo=True)
    days = sorted(datetime(2026, 6, chance.randint(1, 28), 12, tzinfo=UTC) for _ in range(60))
    projects = [a_project(f"P{n}", at=chance.choice([MAY, days[9]])) for n in range(8)]
    presence = {project.pk: "present" for project in projects}
    label = dict.fromkeys(presence, "a")
    for day in days[10:]:
        project, kind = chance.choice(projects), chance.choice(["value", "value", "presence", "label"])
        if kind == "presence":
            step, now = chance.choice(_NEXT[presence[project.pk]])
            log(project, step, {"presence": [presence[project.pk], now]}, at=day)
            presence[project.pk] = now
        elif kind == "label":
            now = chance.choice("abc".replace(label[project.pk], ""))
            log(project, "updated", {"published.Remarks": [label[project.pk], now]}, at=day)
            label[project.pk] = now
        elif chance.random() < 0.3:  # the source moves under a correction
            log(project, "updated", {"budget": ["8.00", "9.00"]}, at=day, overridden=["budget"])
        else:
            name = chance.choice(["budget", "expenditure", "contractor"])
            new = chance.choice("xy") if name == "contractor" else Decimal(chance.choice("12"))
            change(project, name, new, at=day)
    for project in projects:
        project.published["Remarks"], project.presence = label[project.pk], presence[project.pk]
        project.save()
    for first, last in ((1, 30), (8, 20), (14, 15)):
        said = []
        for most in (15_000, -1):
            monkeypatch.setattr(compare, "_MOST_READ", most)
            said.append(compared(client, f"from=2026-06-{first:02}&to=2026-06-{last:02}"))
        assert said[0] == said[1]


_NEXT = {
    "present": [("missing", "missing")],
    "missing": [("withdrawn", "withdrawn"), ("returned", "present")],
    "withdrawn": [("returned", "present")],
}


def test_fifty_projects_cost_as_many_queries_as_one(client, django_assert_max_num_queries, most_read):
    most = 34 if most_read > 0 else 42
    for more in (1, 49):
        a_crowd(more, changed_at=JUNE)
        with django_assert_max_num_queries(most):
            assert client.get(f"/compare/?{SPAN}").status_code == 200
        with django_assert_max_num_queries(most):
            assert client.get(f"{API}?{SPAN}").json()["count"] == (2 if more == 1 else 50) - (more == 1)
    assert DataChangeLog.objects.count() > 100
