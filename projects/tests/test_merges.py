"""Two records of one project made one by a steward: history kept, addresses lead on, and it can be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects.models import DataChangeLog, Flag, Identity, Merge, Municipality, Project
from projects.search.finding import find
from projects.stewards import merging
from projects.stewards.merging import MergeRefused
from projects.tests.factories import FIRST_SEEN, a_project, a_source, an_answer

pytestmark = pytest.mark.django_db
NAME = "Giyani bulk water supply"


@pytest.fixture
def two() -> tuple[Project, Project]:
    """The one that stays, and the one that is it."""
    a_source()
    pair = a_project("WP1", name=NAME), a_project("WP2", name=NAME)
    for project in pair:
        Identity.objects.get_or_create(source_id="dws", external_id=project.external_id, project=project)
    return pair


def done(two: tuple[Project, Project], user: Any = None) -> Merge:
    return merging.merge(*two, reason="The department lists it twice.", user=user)


def counts(client: Client) -> tuple[Any, ...]:
    listed = client.get("/api/v1/projects/").json()
    sums = Project.objects.sums_by_place(["LIM331"])
    totals = Project.objects.totals()
    return (
        listed["count"], totals["count"], totals["budget"], sums[("LIM331", "dws")][:2],
        len(find("bulk water supply").projects), Project.objects.of_municipality("LIM331").count(),
        client.get("/sitemaps/projects.xml").content.count(b"<loc>"),
        client.get("/projects/").context["page"].paginator.count,
        Municipality.objects.get(pk="LIM331").projects.count(),
    )  # fmt: skip


def test_lists_sums_and_searches_have_one_project_then_and_two_again(two: Any, client: Client) -> None:
    before = counts(client)
    row = done(two)
    after = counts(client)
    assert [each for each in after if isinstance(each, int)] == [1] * 7
    assert after[2] == before[2] / 2
    merging.undo(row, reason="They are two phases.", user=None)
    assert counts(client) == before


def test_its_page_and_its_api_answer_lead_to_what_it_is_now(two: Any, client: Client) -> None:
    survivor, merged = two
    assert client.get(f"/projects/{merged.pk}/").status_code == 200
    done(two)
    for page in ("", "sheet/", "course.csv"):
        answer = client.get(f"/projects/{merged.pk}/{page}")
        assert (answer.status_code, answer["Location"]) == (301, f"/projects/{survivor.pk}/{page}")
        assert answer["Cache-Control"] == "no-cache", "it can be undone"
    answer = client.get(f"/api/v1/projects/{merged.pk}/")
    assert (answer.status_code, answer.json()["merged_into"]) == (301, survivor.pk)
    assert client.get(answer["Location"]).json()["id"] == survivor.pk
    answer = client.get(f"/api/v1/oc4ids/{merged.pk}/")
    assert (answer.status_code, answer["Location"]) == (301, f"/api/v1/oc4ids/{survivor.pk}/")
    page = client.get(f"/projects/{survivor.pk}/").content.decode()
    assert "listed under the number WP2 too" in page
    assert "The department lists it twice." in page
    assert client.get(f"/api/v1/projects/{merged.pk}/history/").json()["count"] == 2
    assert client.get("/projects/999999/").status_code == 404
    assert client.get("/api/v1/projects/999999/").status_code == 404


def test_whoever_looks_for_the_merged_number_finds_what_it_is_now(two: Any, client: Client) -> None:
    survivor, merged = two
    assert [row.pk for row in find("wp2").projects] == [merged.pk]
    done(two)
    assert [row.pk for row in find("wp2").projects] == [survivor.pk]
    assert find("wp2").suggestion is None
    found = client.get("/api/v1/search/?q=WP2").json()["projects"]
    assert [each["id"] for each in found] == [survivor.pk]
    assert "1 project is called nearly so" in client.get("/projects/?q=WP2").content.decode()


def test_the_log_says_it_with_the_reason_and_stays_whole(two: Any, client: Client) -> None:
    _, merged = two
    row = done(two)
    change = DataChangeLog.objects.latest("pk")
    assert (change.entity_id, change.change_type, change.cause, change.severity) == (
        merged.pk, "merged", "merge", "info",
    )  # fmt: skip
    assert change.field_changes["merged_into"] == [None, "WP1"]
    said = client.get(f"/api/v1/changes/{change.pk}/").json()["sentence"]
    assert said == "Merged into WP1: The department lists it twice."
    merging.undo(row, reason="They are two phases.", user=None)
    change = DataChangeLog.objects.latest("pk")
    said = client.get(f"/api/v1/changes/{change.pk}/").json()
    assert (said["change_type"], said["sentence"]) == (
        "split",
        "Split off again from WP1: They are two phases.",
    )
    assert client.get(f"/changes/{change.pk}/").status_code == 200


def test_a_day_before_shows_two_and_the_day_itself_one(two: Any, client: Client) -> None:
    _, merged = two
    done(two)
    yesterday = f"?as_of={timezone.localdate() - timedelta(days=1)}"
    assert client.get(f"/api/v1/projects/{yesterday}").json()["count"] == 2
    assert client.get(f"/api/v1/projects/{merged.pk}/{yesterday}").json()["name"] == NAME
    today = f"?as_of={timezone.localdate()}"
    assert client.get(f"/api/v1/projects/{today}").json()["count"] == 1


def test_numbers_move_and_come_back_and_flags_go_and_come_without_news(two: Any) -> None:
    survivor, merged = two
    Flag.objects.create(project=merged, flag="overdue", figures={}, raised_at=timezone.now(), is_told=True)
    row = done(two)
    assert set(Identity.objects.values_list("external_id", "project")) == {
        ("WP1", survivor.pk), ("WP2", survivor.pk),
    }  # fmt: skip
    assert not Flag.objects.filter(project=merged).exists()
    merging.undo(row, reason="They are two.", user=None)
    assert Identity.objects.get(external_id="WP2").project_id == merged.pk
    assert not Flag.objects.filter(project=merged, is_told=False).exists()


def test_one_can_be_merged_on_and_is_undone_in_the_other_order(two: Any, client: Client) -> None:
    survivor, merged = two
    third = a_project("WP3", name=NAME)
    first = done(two)
    second = merging.merge(third, survivor, reason="All one.", user=None)
    assert client.get(f"/projects/{merged.pk}/")["Location"] == f"/projects/{third.pk}/"
    with pytest.raises(MergeRefused, match="undo that first"):
        merging.undo(first, reason="No.", user=None)
    merging.undo(second, reason="No.", user=None)
    merging.undo(first, reason="No.", user=None)
    assert Project.objects.count() == 3
    with pytest.raises(MergeRefused, match="undone already"):
        merging.undo(first, reason="No.", user=None)


def test_answers_about_either_stand_with_what_they_are_now(two: Any, client: Client) -> None:
    survivor, merged = two
    an_answer(merged, "budget")
    done(two)
    merging.merge(last := a_project("WP3", name=NAME), survivor, reason="All one.", user=None)
    assert "The pipes were delivered on 2 May." in client.get(f"/projects/{last.pk}/").content.decode()
    (reply,) = client.get(f"/api/v1/projects/{last.pk}/").json()["replies"]
    assert reply["field"] == "budget"


def test_what_cannot_be_merged_is_refused_with_a_sentence(two: Any) -> None:
    survivor, merged = two
    with pytest.raises(MergeRefused, match="with itself"):
        merging.merge(survivor, survivor, reason="x", user=None)
    with pytest.raises(MergeRefused, match="Say why"):
        merging.merge(survivor, merged, reason=" ", user=None)
    done(two)
    with pytest.raises(MergeRefused, match="merged already"):
        done(two)
    assert Merge.objects.count() == 1


def test_a_steward_merges_a_proposal_and_undoes_it_in_the_admin(two: Any, admin_client: Client) -> None:
    survivor, merged = two
    page = admin_client.get(reverse("admin:projects_merge_proposals")).content.decode()
    assert "They have one name, and lie in one municipality" in page
    given = {"survivor": survivor.pk, "merged": merged.pk}
    refused = admin_client.post(reverse("admin:projects_merge_add"), given | {"reason": ""})
    assert refused.status_code == 200
    admin_client.post(reverse("admin:projects_merge_add"), given | {"reason": "Twice."})
    row = Merge.objects.get()
    assert (row.made_by.get_username(), row.reason) == ("admin", "Twice.")
    assert admin_client.get(reverse("admin:projects_merge_change", args=[row.pk])).status_code == 200
    undo = reverse("admin:projects_merge_undo", args=[row.pk])
    assert admin_client.get(undo).status_code == 405
    admin_client.post(undo, {"reason": ""})
    row.refresh_from_db()
    assert row.is_in_force
    admin_client.post(undo, {"reason": "Two phases."})
    row.refresh_from_db()
    assert (row.undone_by.get_username(), row.undo_reason) == ("admin", "Two phases.")
    assert LogEntry.objects.filter(change_message__contains="Two phases.").exists()
    apart = {"project": [survivor.pk, merged.pk], "reason": "Two wards."}
    admin_client.post(reverse("admin:projects_merge_apart"), apart)
    page = admin_client.get(reverse("admin:projects_merge_proposals")).content.decode()
    assert "No two projects look like one." in page


def test_whoever_may_not_merge_cannot(two: Any, client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("reader", password="x", is_staff=True))
    survivor, merged = two
    given = {"survivor": survivor.pk, "merged": merged.pk, "reason": "Twice."}
    assert client.post(reverse("admin:projects_merge_add"), given).status_code == 403
    assert client.get(reverse("admin:projects_merge_proposals")).status_code == 403
    assert client.post(reverse("admin:projects_merge_apart"), {"project": [1, 2]}).status_code == 403
    row = done(two)
    assert client.post(reverse("admin:projects_merge_undo", args=[row.pk])).status_code == 403


def test_a_list_of_a_past_day_has_nothing_of_a_closed_source_that_was_merged_since(
    client: Client, settings: Any
) -> None:
    settings.OPEN_DATA_SOURCES = ["treasury"]
    pair = a_project("WP1", name=NAME), a_project("WP2", name="Lepelle pipeline")
    done(pair)
    day = FIRST_SEEN.date().isoformat()
    for address in (
        f"projects/?as_of={day}&",
        f"compare/?from={(FIRST_SEEN - timedelta(days=1)).date()}&to={day}&",
    ):
        answer = client.get(f"/api/v1/{address}q=lepelle&format=csv")
        assert answer.status_code == 403, address
