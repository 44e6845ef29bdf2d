"""What can be subscribed to: any search of the lists, in one spelling, and which changes it finds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.models import DataChangeLog
from projects.subscriptions.searches import NotUnderstood, Search, Window
from projects.tests.alerts import search
from projects.tests.factories import a_project, change, log

pytestmark = pytest.mark.django_db


def found(of: Search, start: int = 0) -> list[int]:
    return of.found(Window(start, DataChangeLog.objects.newest()))


@pytest.mark.parametrize(
    ("scope", "typed", "spelt"),
    [
        ("changes", "province=lim&topic=slipped,dearer&topic=dearer", "province=LIM&topic=dearer%2Cslipped"),
        ("changes", "since=2026-01-01&province=LIM&before=7&each=1", "province=LIM"),
        ("changes", "municipality=lim331&page=3&ordering=size&unknown=1", "municipality=LIM331"),
        ("projects", "q=+bulk+water+&status=&flag=overdue", "flag=overdue&q=bulk+water"),
        ("projects", "min_budget=100&changed_since=2026-01-01", "min_budget=100"),
        ("changes", "", ""),
    ],
)
def test_a_search_has_one_spelling_and_no_dates_or_order(scope, typed, spelt):
    assert search(scope, typed).query == spelt
    assert search(scope, spelt).query == spelt


@pytest.mark.parametrize(
    ("scope", "query"), [("changes", "province=XX"), ("projects", "flag=late"), ("runs", "")]
)
def test_what_is_not_understood_is_refused_with_a_sentence(scope, query):
    with pytest.raises(NotUnderstood) as refusal:
        search(scope, query)
    assert refusal.value.problems


def test_a_search_is_said_in_words():
    project = a_project(name="Nandoni to Giyani")
    dearer = search("changes", "province=LIM&topic=dearer")
    assert dearer.title() == "Province: Limpopo · What happened: Budget rose"
    assert search("changes", f"project={project.pk}").title().endswith("Nandoni to Giyani")
    in_giyani = search("projects", "municipality=LIM331&q=pipe")
    assert in_giyani.title() == "Municipality: Greater Giyani · Search: “pipe”"
    assert (search().title(), search("projects").title()) == ("Every change", "Every project")


def test_changes_are_found_by_the_filters_of_their_list_and_our_own_doing_is_none():
    project, other = a_project("WP1"), a_project("WP2", municipality="CPT")
    start = DataChangeLog.objects.newest()
    dearer = change(project, "budget", Decimal("500000000.00"))
    change(project, "budget", Decimal("500000001.00"), cause="parser")
    change(other, "budget", Decimal("600000000.00"))
    assert found(search("changes", "province=LIM&topic=dearer"), start) == [dearer.pk]


def test_a_search_of_projects_finds_the_changes_of_those_that_fit():
    project, other = a_project("WP1", name="Pipeline A"), a_project("WP2", name="Dam B")
    start = DataChangeLog.objects.newest()
    wanted = change(project, "progress_percentage", Decimal("70.00"))
    change(other, "progress_percentage", Decimal("70.00"))
    assert found(search("projects", "q=pipeline"), start) == [wanted.pk]


def test_a_project_that_leaves_a_search_is_told_by_the_change_that_takes_it_out():
    project = a_project("WP1", status="construction")
    start = DataChangeLog.objects.newest()
    done = change(project, "status", "completed")
    change(project, "progress_percentage", Decimal("99.00"))
    assert found(search("projects", "status=construction"), start) == [done.pk]
    assert found(search("projects", "status=design"), start) == []


def test_a_flag_that_is_lowered_is_told_to_those_who_asked_for_it():
    project = a_project("WP1")
    start = DataChangeLog.objects.newest()
    lowered = log(project, "updated", {"flags": [["overdue"], []]})
    assert found(search("projects", "flag=overdue"), start) == [lowered.pk]
    assert found(search("projects", "flag=stalled"), start) == []


def test_many_changes_cost_a_search_no_more_queries_than_one(django_assert_max_num_queries):
    projects = [a_project(f"WP{n}", status="construction") for n in range(12)]
    start = DataChangeLog.objects.newest()
    changed = [change(project, "status", "completed").pk for project in projects]
    with django_assert_max_num_queries(14):
        assert found(search("projects", "status=construction"), start) == changed


def test_the_feed_and_the_socket_are_named_where_they_can_tell_the_same():
    assert search("changes", "province=LIM").feed_address == "/changes/feed.atom?province=LIM"
    assert search("projects", "q=pipe").feed_address == "/changes/feed.atom?of=projects&q=pipe"
    assert search("changes", "province=LIM").socket_query == "province=LIM"
    assert search("changes", "topic=dearer").socket_query is None


def test_the_feed_of_a_search_of_projects_has_what_the_sources_changed_of_them(client):
    project, other = a_project("WP1", name="Pipeline A"), a_project("WP2", name="Dam B")
    change(project, "budget", Decimal("500000000.00"))
    change(project, "budget", Decimal("500000001.00"), cause="parser")
    change(other, "budget", Decimal("500000000.00"))
    feed = client.get(search("projects", "q=pipeline").feed_address).content.decode()
    assert (feed.count("<entry>"), feed.count("Pipeline A"), "Dam B" in feed) == (2, 2, False)
    assert client.get("/changes/feed.atom?of=projects&flag=late").status_code == 400
