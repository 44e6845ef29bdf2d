"""One record that is really two, taken apart by a steward: polls, replay and undo after it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from etl.decide import splitting
from etl.tests.conftest import first_of
from etl.tests.test_identity import BARE, MANY, OTHERS, A, B, C
from etl.tests.watching import Watched, row
from projects.api.asof import Past
from projects.filters import ProjectFilter
from projects.models import DataChangeLog, Identity, Project, Split, SyncRun
from projects.stewards.merging import MergeRefused

pytestmark = pytest.mark.django_db
PHASE = ("Northern Pipeline (Phase 2)", *C[1:])
BUILT = (*PHASE[:-1], "Construction")


@pytest.fixture
def one(watched: Watched) -> Project:
    """The record of a project that a reading took for another one."""
    watched.is_of_today = False
    watched.shows(C, *MANY, head=BARE)
    watched.shows(PHASE, *MANY, head=BARE)
    watched.shows(BUILT, *MANY, head=BARE)
    return Project.objects.get(name=PHASE[0])


def done(one: Project) -> Split:
    (change,) = splitting.recognitions(one)
    return splitting.split(one, change.pk, reason="Phase 2 has its own contract.", user=None)


def is_identical(capsys: Any) -> bool:
    capsys.readouterr()
    try:
        call_command("replay", "--json")
    except SystemExit:
        pass
    out = capsys.readouterr().out
    answer = json.loads(out)
    assert answer["identical"], out
    call_command("verify_log")
    return True


def test_each_says_what_its_source_said_of_it(one: Project, capsys: Any) -> None:
    runs = SyncRun.objects.count()
    done(one)
    kept, made = Project.objects.get(pk=one.pk), Project.objects.latest("pk")
    assert (kept.name, kept.status, kept.external_id) == (C[0], "design", one.external_id)
    assert (made.name, made.status) == (PHASE[0], "construction")
    assert [i.external_id for i in made.identities.all()] == [made.external_id]
    assert made.published["Status"] == "Construction"
    assert kept.published["Project Name"] == C[0]
    assert SyncRun.objects.count() == runs
    assert is_identical(capsys)


def test_the_next_polls_know_the_two_and_the_first_goes_missing(
    one: Project, watched: Watched, capsys: Any
) -> None:
    made = done(one).made
    assert watched.shows(BUILT, *MANY, head=BARE) == [(one.external_id, "missing", ["presence"])]
    assert watched.shows(*MANY, BUILT, head=BARE) == []
    again = ("Northern Pipeline (Phase 3)", *BUILT[1:])
    assert watched.shows(again, *MANY, head=BARE) == [(made.external_id, "updated", ["name"])]
    assert is_identical(capsys)
    assert watched.shows(again, C, *MANY, head=BARE) == [(one.external_id, "returned", ["presence"])]
    assert watched.shows(C, again, *MANY, head=BARE) == []
    assert is_identical(capsys)


def test_when_the_source_lists_both_nobody_goes_missing(one: Project, watched: Watched, capsys: Any) -> None:
    split = done(one)
    assert watched.shows(BUILT, C, *MANY, head=BARE) == []
    assert is_identical(capsys)
    with pytest.raises(MergeRefused, match="lists both by now"):
        splitting.undo(split, reason="No.", user=None)


@pytest.mark.parametrize("polled", first_of([True, False]))
def test_it_is_undone_with_all_that_the_source_said_meanwhile(
    one: Project, watched: Watched, capsys: Any, client: Client, polled: bool
) -> None:
    split = done(one)
    last = (*BUILT[:-1], "Tender") if polled else BUILT
    if polled:
        watched.shows(last, *MANY, head=BARE)
    splitting.undo(split, reason="One contract after all.", user=None)
    assert is_identical(capsys)
    assert watched.shows(*MANY, last, head=BARE) == []
    one.refresh_from_db()
    status = "tender" if polled else "construction"
    assert (one.name, one.status, one.presence) == (PHASE[0], status, "present")
    assert is_identical(capsys)
    assert Project.objects.count() == Identity.objects.count() == 4
    assert client.get(f"/projects/{split.made_id}/")["Location"] == f"/projects/{one.pk}/"
    done(one)
    assert is_identical(capsys)
    assert [kind for _, kind, _ in watched.shows(last, *MANY, head=BARE)] == ["missing"]
    assert is_identical(capsys)


def test_of_two_that_share_a_number_the_renamed_one_is_split(watched: Watched, capsys: Any) -> None:
    watched.shows(A, B, *OTHERS)
    renamed = row("WP10", "Eastern Pipeline", budget="R 6 000 000")
    watched.shows(A, renamed, *OTHERS)
    one = Project.objects.get(name="Eastern Pipeline")
    made = done(one).made
    assert watched.shows(A, renamed, *OTHERS) == [(one.external_id, "missing", ["presence"])]
    assert watched.shows(renamed, B, A, *OTHERS) == [(one.external_id, "returned", ["presence"])]
    assert watched.names()[made.external_id] == "Eastern Pipeline"
    assert is_identical(capsys)


def test_one_that_moved_is_split_and_is_back_in_its_place(watched: Watched, capsys: Any) -> None:
    watched.is_of_today = False
    watched.shows(C, *MANY, head=BARE)
    moved = row("", "Northern Pipeline", date="2027-06-30", place="Greater Giyani [LIM331]")[1:]
    watched.shows(moved, *MANY, head=BARE)
    split = done(Project.objects.get(name="Northern Pipeline"))
    kept, made = split.kept, split.made
    for project, code in ((kept, "CPT"), (made, "LIM331")):
        project.refresh_from_db()
        assert project.municipality_id == code
        assert [place.pk for place in project.municipalities.all()] == [code]
    assert watched.shows(moved, *MANY, head=BARE) == [(kept.external_id, "missing", ["presence"])]
    last = DataChangeLog.objects.latest("pk").pk
    watched.sync(f"{watched.site.root}/projects", force=True)
    assert DataChangeLog.objects.latest("pk").pk == last
    assert is_identical(capsys)
    splitting.undo(split, reason="It moved.", user=None)
    kept.refresh_from_db()
    assert [place.pk for place in kept.municipalities.all()] == ["LIM331"]
    assert watched.shows(*MANY, moved, head=BARE) == []
    assert is_identical(capsys)


def test_what_a_number_of_the_source_says_is_not_split(watched: Watched) -> None:
    watched.shows(A, *OTHERS)
    watched.shows(row("WP10", "Eastern Pipeline"), *OTHERS)
    assert splitting.recognitions(Project.objects.get(external_id="WP10")) == []


def test_what_cannot_be_split_is_refused_with_a_sentence(one: Project, watched: Watched) -> None:
    (change,) = splitting.recognitions(one)
    with pytest.raises(MergeRefused, match="Say why"):
        splitting.split(one, change.pk, reason=" ", user=None)
    with pytest.raises(MergeRefused, match="At that change"):
        splitting.split(one, change.pk + 1, reason="x", user=None)
    run = SyncRun.objects.create(source_id=one.source_id, trigger="command")
    with pytest.raises(MergeRefused, match="being read just now"):
        done(one)
    run.delete()
    other = ("Northern Pipeline", C[1], "R 1 000 000", *C[3:])
    watched.shows(BUILT, other, *MANY, head=BARE)
    with pytest.raises(MergeRefused, match="Another record has its name"):
        done(one)
    assert not Split.objects.exists()


def test_a_day_before_shows_one_and_the_log_says_why(one: Project, client: Client) -> None:
    made = done(one).made
    kinds = DataChangeLog.objects.order_by("-pk").values_list("change_type", "cause", "severity")[:2]
    assert list(kinds) == [("split", "merge", "info"), ("created", "merge", "info")]
    said = [client.get(f"/api/v1/changes/{pk}/").json()["sentence"] for pk in
            DataChangeLog.objects.order_by("-pk").values_list("pk", flat=True)[:2]]  # fmt: skip
    assert said == [
        f"{made.external_id} was split off: another project: Phase 2 has its own contract.",
        f"Split off from {one.external_id}: Phase 2 has its own contract.",
    ]
    yesterday = f"?as_of={timezone.localdate() - timedelta(days=1)}"
    assert client.get(f"/api/v1/projects/{made.pk}/{yesterday}").status_code == 404


def test_a_steward_splits_at_the_desk_and_undoes_it(one: Project, admin_client: Client) -> None:
    at = reverse("admin:projects_split_apart", args=[one.pk])
    page = admin_client.get(at).content.decode()
    (change,) = splitting.recognitions(one)
    assert f'value="{change.pk}"' in page
    for given in ({}, {"change": change.pk}, {"change": "x", "reason": "Two."}):
        assert "Nothing was split" in admin_client.post(at, given).content.decode()
    admin_client.post(at, {"change": change.pk, "reason": "Two contracts."})
    split = Split.objects.get()
    assert (split.made_by.get_username(), split.reason) == ("admin", "Two contracts.")
    for project, link in ((split.kept, split.made), (split.made, split.kept)):
        page = admin_client.get(f"/projects/{project.pk}/").content.decode()
        assert "Two contracts." in page
        assert f'href="/projects/{link.pk}/"' in page
    row = reverse("admin:projects_split_change", args=[split.pk])
    assert "Undo: they are one" in admin_client.get(row).content.decode()
    undo = reverse("admin:projects_split_undo", args=[split.pk])
    admin_client.post(undo, {"reason": ""})
    assert Split.objects.in_force().exists()
    admin_client.post(undo, {"reason": "One contract."})
    assert not Split.objects.in_force().exists()
    page = admin_client.get(f"/projects/{one.pk}/").content.decode()
    assert "kept this as two records: Two contracts." in page
    assert "One contract." in page
    assert admin_client.get(row).status_code == 200
    assert admin_client.get(reverse("admin:projects_split_changelist")).status_code == 200


def test_whoever_may_not_split_cannot(one: Project, client: Client, django_user_model: Any) -> None:
    split = done(one)
    client.force_login(django_user_model.objects.create_user("reader", password="x", is_staff=True))
    assert client.post(reverse("admin:projects_split_apart", args=[one.pk])).status_code == 403
    assert client.post(reverse("admin:projects_split_undo", args=[split.pk])).status_code == 403


def test_a_moment_between_split_and_undo_shows_two(one: Project, watched: Watched) -> None:
    before = timezone.now()
    split = done(one)
    watched.shows(BUILT, *MANY, head=BARE)
    between = timezone.now()
    splitting.undo(split, reason="One contract.", user=None)
    known = {}
    for moment in (before, between, timezone.now()):
        wanted = ProjectFilter({}, Project.objects.all())
        assert wanted.is_valid()
        past = Past(wanted, moment)
        both = [pk for pk in past.ids() if pk in (one.pk, split.made_id)]
        known[moment] = sorted((r["name"], r["status"], r["presence"]) for r in past.records(both))
    now = (PHASE[0], "construction", "present")
    assert list(known.values()) == [[now], [("Northern Pipeline", "design", "missing"), now], [now]]
