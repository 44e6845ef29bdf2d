"""The log asked in words: what happened, how much of it, of whom; as a page, a list, a file and a feed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from projects.models import ChangeTopic, DataChangeLog, Project
from projects.tests.factories import a_crowd, a_project, a_source, change, log
from projects.wording import figures
from projects.wording.topics import topics

pytestmark = pytest.mark.django_db
LIST = "/api/v1/changes/"
MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def some(db) -> dict[str, DataChangeLog]:
    """One change of each kind that people ask for."""
    a_source(demo=True)
    slow = a_project("SLOW", contractor="Umzi Civils", completion_date=date(2027, 1, 31))
    dear = a_project("DEAR", municipality="CPT", programme="WSIG", budget=Decimal("100.00"))
    return {
        "slipped": change(slow, "completion_date", date(2027, 5, 1), at=MAY),
        "slipped more": change(dear, "completion_date", date(2030, 2, 28), at=MAY),
        "sooner": change(slow, "completion_date", date(2027, 3, 1), at=MAY),
        "dearer": change(dear, "budget", Decimal("5000000.00"), at=MAY),
        "cheaper": change(dear, "budget", Decimal("4000000.00"), at=MAY),
        "backwards": change(slow, "progress_percentage", Decimal("20.00"), at=MAY),
        "finished": change(dear, "status", "completed", at=MAY),
        "corrected": change(slow, "name", "Another", at=MAY, cause="steward", step="corrected"),
        "missing": log(slow, "missing", {"presence": ["present", "missing"]}, at=MAY),
        "returned": log(slow, "returned", {"presence": ["missing", "present"]}, at=MAY),
    }


def found(client, query: str) -> list[int]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("topic=slipped", ["slipped more", "slipped"]),
        ("topic=sooner", ["sooner"]),
        ("topic=dearer", ["dearer"]),
        ("topic=CHEAPER", ["cheaper"]),
        ("topic=dearer,cheaper", ["cheaper", "dearer"]),
        ("topic=backwards", ["backwards"]),
        ("topic=finished", ["finished"]),
        ("topic=status", ["finished"]),
        ("topic=vanished", ["missing"]),
        ("topic=back", ["returned"]),
        ("topic=corrected", ["corrected"]),
        ("topic=flagged", []),
        ("min_months=3", ["slipped more", "slipped"]),
        ("min_months=4", ["slipped more"]),
        ("min_months=3&topic=sooner", []),
        ("min_rand=1000000", ["cheaper", "dearer"]),
        ("min_rand=1000001", ["dearer"]),
        ("topic=slipped&programme=WSIG", ["slipped more"]),
        ("topic=slipped&contractor=umzi", ["slipped"]),
        ("topic=slipped&province=LIM", ["slipped"]),
        ("topic=slipped&municipality=CPT", ["slipped more"]),
        ("topic=slipped,sooner&ordering=size", ["slipped more", "slipped", "sooner"]),
        ("topic=dearer,cheaper&ordering=size", ["dearer", "cheaper"]),
        ("rule=progress_backwards", ["backwards"]),
        ("topic=slipped&since=2026-05-05", []),
    ],
)
def test_it_is_found_by_what_happened_and_how_much_of_it(client, some, query, names):
    assert found(client, query) == [some[name].pk for name in names]


def test_what_is_first_seen_is_new(client, some):
    assert len(found(client, "topic=new")) == 2


@pytest.mark.parametrize("query", ["topic=late", "min_months=0", "min_rand=much", "ordering=name"])
def test_what_cannot_be_asked_is_said(client, query):
    assert client.get(f"{LIST}?{query}").status_code == 400
    assert client.get(f"/changes/?{query}").status_code == 400


def test_the_page_has_the_filters_the_presets_and_what_was_asked_for(client, some):
    page = client.get("/changes/?topic=slipped&province=LIM").content.decode()
    assert "1 change found" in page
    assert '<option value="slipped" selected>Completion moved later</option>' in page
    assert "This week in Limpopo</a>" in page
    assert "moved from 31 January 2027 to 1 May 2027, 3 months later" in page
    everywhere = client.get("/changes/").content.decode()
    assert "This week in Gauteng</a>" in everywhere
    biggest = client.get("/changes/?topic=slipped&ordering=size").content.decode()
    assert "2 changes found, the biggest first" in biggest
    assert biggest.index("28 February 2030") < biggest.index("1 May 2027")
    assert "A steward corrected" in client.get("/changes/?topic=corrected").content.decode()


@pytest.mark.parametrize(
    "asked", ["", "province=LIM", "topic=slipped,sooner&ordering=size", "cause=any&each=1"]
)
def test_each_choice_beside_the_list_leads_to_as_many_changes_as_it_says(client, some, asked):
    facets = client.get(f"/changes/?{asked}").context["facets"]
    assert "What happened" in {facet.title for facet in facets}
    for facet in facets:
        assert facet.of_newest == 0
        for choice in facet.choices:
            if not choice.is_made:
                query = f"{choice.query}&each=1"
                page = client.get(f"/changes/?{query}").context["page"]
                assert page.paginator.count == choice.number, (facet.title, choice)


def test_in_a_long_log_the_newest_changes_are_counted_and_that_is_said(client, some, monkeypatch):
    monkeypatch.setattr("projects.pages.facets._MOST_READ", 3)
    page = client.get("/changes/?each=1")
    (happened,) = (facet for facet in page.context["facets"] if facet.title == "What happened")
    # The newest three that a source made: completed, missing, returned.
    assert {choice.label: choice.number for choice in happened.choices} == {
        "Completed": 1, "Status changed": 1, "Vanished from the list": 1, "Listed again": 1,
    }  # fmt: skip
    assert "of the newest 3" in page.content.decode()


def test_of_a_long_log_a_list_is_counted_once_until_the_log_grows(client, some, monkeypatch):
    for module in ("counted", "paging"):
        monkeypatch.setattr(f"projects.log.{module}.SHORT", 0)

    def counts() -> tuple[int, dict[str, int], int]:
        with CaptureQueriesContext(connection) as asked:
            context = client.get("/changes/?each=1&entity_type=project").context
        choices = context["facets"][0].choices
        counted = {choice.label: choice.number for choice in choices}
        return context["page"].paginator.count, counted, len(asked)

    first, again = counts(), counts()
    assert first[:2] == again[:2]
    assert again[2] == first[2] - 3, "neither counted nor read for the choices"
    change(Project.objects.get(external_id="SLOW"), "completion_date", date(2028, 1, 1), at=MAY)
    number, choices, _ = counts()
    assert number == first[0] + 1
    assert choices["Completion moved later"] == first[1]["Completion moved later"] + 1


@pytest.mark.parametrize("enough", [1, 100])
def test_of_a_long_log_only_its_newest_are_looked_at_where_enough_of_them_fit(
    client, some, monkeypatch, enough
):
    exact = client.get("/changes/?each=1").context["page"].paginator
    assert exact.is_exact
    for module in ("projects.log.paging", "projects.pages.facets"):
        monkeypatch.setattr(f"{module}.LOOKED_AT", 3)
        monkeypatch.setattr(f"{module}.ENOUGH", enough)
    context = client.get("/changes/?each=1").context
    newest, happened = context["page"].paginator, context["facets"][0]
    if enough == 1:
        assert 1 <= newest.count <= 3 < exact.count
        assert (newest.is_exact, happened.of_newest) == (False, newest.count)
    else:
        assert (newest.count, newest.is_exact, happened.of_newest) == (exact.count, True, 0)


@pytest.mark.parametrize(
    "query", ["", "each=1", "contractor=a", "province=LIM&each=1", "topic=finished,slipped"]
)
@pytest.mark.parametrize("looked_at", [1, 4, 9])
def test_a_page_has_the_same_rows_wherever_it_is_looked_for_first(
    client, some, monkeypatch, query, looked_at
):
    def rows() -> list[str]:
        context = client.get(f"/changes/?{query}").context
        listed = context["page"].object_list if "each" in query else context["entries"].rows
        return [str(row) for row in listed]

    whole = rows()
    monkeypatch.setattr("projects.models.querysets.LOOKED_AT", looked_at)
    assert rows() == whole


@pytest.mark.parametrize(("before", "is_empty"), [("0", True), ("1", True), ("9" * 18, False), ("x", False)])
def test_nothing_stands_before_the_first_change(client, some, before, is_empty):
    assert (client.get(f"/changes/?before={before}").context["entries"].rows == []) is is_empty


def downloaded(client, query: str) -> list[dict[str, str]]:
    answer = client.get(f"{LIST}?{query}&format=csv")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_file_has_what_is_shown(client, some):
    page = client.get("/changes/?topic=slipped,sooner&ordering=size")
    query = page.context["api_query"]
    rows = downloaded(client, query)
    assert [int(row["id"]) for row in rows] == found(client, query)
    assert [row["days_later"] for row in rows] == ["1096", "90", "-61"]
    assert rows[1]["topics"] == "slipped"
    assert rows[1]["sentence"].endswith("3 months later.")
    (rise,) = downloaded(client, "topic=dearer")
    assert (rise["rand_more"], rise["name"], rise["demo"]) == ("4999900.00", "Bulk scheme DEAR", "true")
    answer = client.get(f"{LIST}?topic=dearer&format=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["changes"]
    values = dict(zip(*([cell.value for cell in row] for row in sheet.iter_rows()), strict=True))
    assert (values["rand_more"], values["name"]) == (4999900, "Bulk scheme DEAR")
    assert f"/api/v1/changes/?{query.replace('&', '&amp;')}&amp;format=csv" in page.content.decode()


def test_the_feed_has_what_is_shown(client, some):
    feed = client.get("/changes/feed.atom?topic=dearer").content.decode()
    assert feed.count("<entry>") == 1
    assert "Budget rose" in feed


def test_no_list_is_given_of_a_source_without_a_licence(client, some, settings):
    a_source(demo=False)
    settings.OPEN_DATA_SOURCES = ["treasury"]
    for format in ("csv", "xlsx"):
        answer = client.get(f"{LIST}?topic=slipped&format={format}")
        assert (answer.status_code, "licence" in answer.json()["detail"]) == (403, True)
    assert client.get(f"{LIST}?topic=slipped&source=treasury&format=csv").status_code == 200
    page = client.get("/changes/?topic=slipped").content.decode()
    assert "format=csv" not in page
    assert "no licence is known" in page
    assert "format=csv" in client.get("/changes/?source=treasury").content.decode()
    settings.OPEN_DATA_SOURCES = ["dws"]
    assert client.get(f"{LIST}?topic=slipped&format=csv").status_code == 200


def test_fifty_changes_cost_as_many_queries_as_one(client, django_assert_max_num_queries):
    for more in (1, 49):
        a_crowd(more)
        for query in ("", "?topic=dearer&ordering=size", "?min_rand=1&province=LIM"):
            # seven of them count what the list can be narrowed to
            with django_assert_max_num_queries(21, info=query):
                assert client.get(f"/changes/{query}").status_code == 200
            with django_assert_max_num_queries(5, info=query):
                assert client.get(f"{LIST}{query}").status_code == 200


def test_two_versions_in_turn_are_about_nothing():
    pair = {"completion_date": ["2027-01-31", "2028-01-31"], "budget": ["1.00", "2.00"]}
    assert topics("project", "updated", pair, []) == {"slipped": 365, "dearer": 1}
    assert topics("project", "updated", pair, ["flapping"]) == {}
    assert topics("project", "updated", pair, ["flapping", "completion_slipped"]) == {"slipped": 365}
    assert topics("project", "updated", pair, [], ["budget"]) == {"slipped": 365}
    assert topics("municipal_figure", "updated", {"budget": ["1", "2"]}, []) == {}
    assert topics("project", "updated", None, []) == {}


def test_topics_stand_outside_the_chain(some):
    assert ChangeTopic.objects.filter(change=some["slipped"]).values_list("topic", "size").get() == (
        "slipped",
        Decimal(90),
    )
    assert Project.objects.count() == 2


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-12-01", "2027-03-01", "3 months"),  # 90 days
        ("2027-01-31", "2027-05-01", "3 months"),  # 90 days
        ("2026-07-01", "2026-09-29", "3 months"),  # 90 days
        ("2026-07-01", "2026-08-15", "45 days"),
        ("2027-02-01", "2027-03-01", "1 month"),
        ("2026-07-01", "2026-07-02", "1 day"),
        ("2027-01-01", "2027-03-01", "2 months"),
        ("2026-02-28", "2028-02-28", "24 months"),
    ],
)
def test_durations_are_said_to_the_nearest_month(first, last, said):
    days = [date.fromisoformat(text) for text in (first, last)]
    assert figures.duration(*days) == said
    if said.endswith("months"):
        months = int(said.split()[0])
        assert figures.days_of(months) <= (days[1] - days[0]).days < figures.days_of(months + 1)


def test_what_a_column_tells_is_asked_of_its_index_alone():
    """An OR with a table beside it has a database read the whole log."""
    assert "projects_changetopic" not in str(DataChangeLog.objects.about(["new"]).query)
    assert "projects_changetopic" in str(DataChangeLog.objects.about(["slipped"]).query)
