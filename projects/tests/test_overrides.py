"""A steward's corrections: made, shown, refused, undone, run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from projects.models import DataChangeLog, Override, Project
from projects.stewards import overrides
from projects.stewards.overrides import CorrectionRefused
from projects.stewards.values import NotAValue, read
from projects.tests.factories import FIRST_SEEN, a_project, a_run, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]
MAY = datetime.fromisoformat("2026-05-01T12:00:00+00:00")


@pytest.fixture
def steward(db) -> User:
    return User.objects.create_superuser("steward", password="steward-password")


def correct(project: Project, field: str = "budget", text: str = "6000000", **terms: Any) -> Override:
    return overrides.correct(project, field, text, **{"reason": "Typing error.", "user": None, **terms})


def newest() -> DataChangeLog:
    return DataChangeLog.objects.latest("id")


def as_source(project: Project, field: str, new: Any, at: datetime | None = None) -> None:
    """The source moves under a correction, as a load writes it."""
    override = Override.objects.active().get(project=project, field=field)
    told = [override.source_value, new]
    overrides.settle(override, new, at or timezone.now())
    override.save()
    log(project, "updated", {field: told}, at=at, overridden=[field])


def back_to(moment: datetime, override: Override) -> None:
    Override.objects.filter(made_at=override.made_at).update(made_at=moment)
    DataChangeLog.objects.filter(cause="steward").update(at=moment)


# --- making one -----------------------------------------------------------------------------------


def test_a_corrected_name_is_found_by_a_search_and_the_one_before_no_more(steward, client):
    project = a_project(name="Ndlambe weir")
    found = {name: f"/projects/?q={name}" for name in ("ndlambe", "Cradock")}
    override = correct(project, "name", "Cradock weir")
    shown = [project.external_id in client.get(found[name]).content.decode() for name in found]
    overrides.undo(override, steward)
    assert shown == [False, True]
    assert project.external_id in client.get(found["ndlambe"]).content.decode()


def test_a_correction_is_shown_keeps_what_the_source_says_and_is_logged(steward):
    project = a_project(budget=Decimal("5000000"))
    override = correct(project, user=steward)
    project.refresh_from_db()
    assert project.budget == Decimal("6000000.00")
    assert (override.value, override.source_value) == ("6000000.00", "5000000.00")
    assert (override.source_value_then, override.made_by, override.state) == ("5000000.00", steward, "active")
    row = newest()
    assert (row.cause, row.change_type, row.run, row.snapshot) == ("steward", "updated", None, None)
    assert row.field_changes == {"budget": ["5000000.00", "6000000.00"]}
    assert (row.severity, row.rules, row.overridden) == ("info", [], [])
    assert row.at == project.last_changed_at or row.at > project.last_changed_at


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("budget", "R 12 500 000.5", "12500000.50"),
        ("expenditure", "0", "0.00"),
        ("progress_percentage", "62.5%", "62.50"),
        ("progress_percentage", "100", "100.00"),
        ("completion_date", "2028-02-29", "2028-02-29"),
        ("status", "On hold", "on_hold"),
        ("province", "kzn", "KZN"),
        ("project_type", "Bulk water supply", "bulk_water_supply"),
        ("name", "  Ébène\u00a0 weir ", "Ébène weir"),
        ("latitude", "-23.30580049", -23.3058),
        ("contractor", " ", None),
        ("budget", "", None),
    ],
)
def test_what_a_steward_types_is_read(field, text, value):
    assert read(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("budget", "1,5", "not an amount in rand"),
        ("budget", "-5", "not an amount in rand"),
        ("budget", "1" * 16, "not an amount in rand"),
        ("progress_percentage", "100.01", "from 0 to 100"),
        ("progress_percentage", "5.005", "two decimals"),
        ("progress_percentage", "-1", "from 0 to 100"),
        ("progress_percentage", "NaN", "from 0 to 100"),
        ("start_date", "20270228", "a day such as"),
        ("start_date", "2027-02-30", "a day such as"),
        ("start_date", "0001-01-01", "a day such as"),
        ("status", "nearly done", "not a status"),
        ("province", "XX", "not a province"),
        ("latitude", "91", "in degrees"),
        ("programme", "x" * 41, "40 characters at most"),
        ("name", "  ", "cannot be left blank"),
        ("name", "a\x00b", "cannot be stored"),
        ("name", "a\ufffeb", "cannot be stored"),
        ("status_as_published", "x", "cannot be corrected"),
        ("municipalities", "CPT", "cannot be corrected"),
        ("id", "1", "cannot be corrected"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused_with_a_sentence(field, text, sentence):
    with pytest.raises(NotAValue, match=sentence):
        read(field, text)


def test_a_correction_needs_a_reason_a_change_and_a_time_to_come():
    project = a_project(budget=Decimal(5))
    for terms, sentence in [
        ({"reason": " "}, "needs a reason"),
        ({"expires_at": timezone.now()}, "run out already"),
        ({"text": "5"}, "Budget is R5 already"),
        ({"field": "municipality", "text": "XX99"}, "no municipality with the code “XX99”"),
    ]:
        with pytest.raises(CorrectionRefused, match=sentence):
            correct(project, **terms)
    correct(project, text="6")
    with pytest.raises(CorrectionRefused, match="undo the correction instead"):
        correct(project, text="5")
    assert (Override.objects.count(), DataChangeLog.objects.count()) == (1, 2)


def test_a_second_correction_of_a_field_takes_the_place_of_the_first():
    project = a_project(budget=Decimal(5))
    first, second = correct(project, text="6"), correct(project, text="7")
    first.refresh_from_db()
    assert (first.state, second.state, second.source_value) == ("undone", "active", "5.00")
    assert newest().field_changes == {"budget": ["6.00", "7.00"]}
    overrides.undo(second, None)
    assert Project.objects.get().budget == 5


def test_a_correction_to_not_known_is_kept_as_such():
    project = a_project(contractor="???")
    override = correct(project, "contractor", "")
    assert (Project.objects.get().contractor, override.value) == (None, None)
    assert causes_sentence() == 'A steward marked the contractor as not known (was "???").'


def causes_sentence() -> str:
    from projects.api.changes import change_json

    return change_json(newest())["sentence"]


# --- municipalities -------------------------------------------------------------------------------


def test_a_correction_of_the_municipality_takes_province_and_municipalities_with_it():
    project = a_project(municipality="LIM331", shared=["LIM333"])
    override = correct(project, "municipality", "cpt")
    project = Project.objects.get()
    assert (project.municipality_id, project.province) == ("CPT", "WC")
    assert {place.pk for place in project.municipalities.all()} == {"CPT", "LIM333"}
    row = newest()
    assert row.field_changes == {
        "municipality": ["LIM331", "CPT"],
        "municipalities": [["LIM331", "LIM333"], ["CPT", "LIM333"]],
        "province": ["LIM", "WC"],
    }
    assert (row.municipality, row.municipalities, row.province) == ("CPT", ["CPT", "LIM333"], "WC")
    assert causes_sentence() == "A steward corrected the municipality from LIM331 to CPT."
    assert set(Override.objects.active().values_list("field", flat=True)) == set(row.field_changes)
    overrides.undo(override, None)
    project = Project.objects.get()
    assert (project.municipality_id, project.province) == ("LIM331", "LIM")
    assert {place.pk for place in project.municipalities.all()} == {"LIM331", "LIM333"}
    assert not Override.objects.active().exists()


def test_a_second_municipality_leaves_nothing_of_the_first():
    project = a_project(municipality="LIM331")
    correct(project, "municipality", "CPT")
    correct(project, "province", "GT")
    correct(project, "municipality", "LIM332")
    project = Project.objects.get()
    assert (project.municipality_id, project.province) == ("LIM332", "GT")
    assert [place.pk for place in project.municipalities.all()] == ["LIM332"]
    assert set(Override.objects.active().values_list("field", flat=True)) == {
        "municipality", "municipalities", "province"
    }  # fmt: skip


# --- undone, run out ------------------------------------------------------------------------------


def test_undo_shows_the_source_s_latest_and_is_logged(steward):
    project = a_project(budget=Decimal(5))
    override = correct(project, text="6")
    as_source(project, "budget", "7.00")
    override.refresh_from_db()
    assert "moved under the correction: from R5 to R7" in override.notice
    overrides.undo(override, steward)
    assert (override.state, override.notice) == ("undone", "")
    assert override.ended_at is not None
    assert Project.objects.get().budget == 7
    assert newest().field_changes == {"budget": ["6.00", "7.00"]}
    assert causes_sentence() == "A steward took back a correction: the budget is R7 again (was R6)."
    assert LogEntry.objects.get().user == steward
    with pytest.raises(CorrectionRefused, match="not in force"):
        overrides.undo(override, steward)
    assert DataChangeLog.objects.count() == 4


def test_a_correction_runs_out_when_its_time_has_come(django_assert_num_queries):
    project, later = a_project(budget=Decimal(5)), timezone.now() + timedelta(days=1)
    correct(project, text="6", expires_at=later)
    correct(project, "status", "completed", expires_at=later)
    correct(project, "contractor", "Umzi")
    with django_assert_num_queries(1):
        assert overrides.expire_due() == 0
    assert overrides.expire_due(later) == 2
    project.refresh_from_db()
    assert (project.budget, project.status, project.contractor) == (5, "construction", "Umzi")
    assert set(newest().field_changes) == {"budget", "status"}
    assert causes_sentence() == (
        "A steward's correction ran out: the status is Construction again (was Completed), "
        "and 1 more field with it."
    )
    assert overrides.expire_due(later) == 0
    assert sorted(Override.objects.values_list("state", flat=True)) == ["active", "expired", "expired"]


def test_a_source_that_catches_up_ends_the_correction():
    project = a_project(budget=Decimal(5))
    override = correct(project, text="6")
    as_source(project, "budget", "6.00")
    override.refresh_from_db()
    assert (override.state, override.source_value) == ("caught_up", "6.00")
    assert override.notice == "The source caught up: it says R6 too (before: R5)."
    assert not overrides.settle(override, "6.00", timezone.now())


# --- what readers see -----------------------------------------------------------------------------


def test_the_api_marks_what_is_corrected_and_says_why(client):
    project, other = a_project(budget=Decimal(5)), a_project("WP2")
    correct(project, text="6", reason="See the annual report.")
    rows = client.get("/api/v1/projects/").json()["results"]
    assert {row["external_id"]: row["overridden"] for row in rows} == {"WP10234": ["budget"], "WP2": []}
    detail = client.get(f"/api/v1/projects/{project.pk}/").json()
    assert detail["budget"] == "6.00"
    (told,) = detail["overrides"]
    assert (told["field"], told["value"], told["source_value"]) == ("budget", "6.00", "5.00")
    assert (told["reason"], told["expires_at"]) == ("See the annual report.", None)
    assert client.get(f"/api/v1/projects/{other.pk}/").json()["overrides"] == []
    text = client.get("/api/v1/projects/?format=csv").getvalue().decode()
    head, *lines = text.splitlines()
    column = head.split(",").index("overridden")
    assert sorted(line.split(",")[column] for line in lines) == ["", "budget"]


def test_the_past_is_as_it_was_shown_and_as_it_was_corrected(client):
    project = a_project(budget=Decimal(5))
    back_to(MAY, correct(project, text="6"))
    as_source(project, "budget", "7.00", at=MAY + timedelta(days=10))
    overrides.undo(Override.objects.get(), None)

    def then(day: str) -> tuple[Any, ...]:
        row = client.get(f"/api/v1/projects/{project.pk}/?as_of={day}").json()
        assert client.get(f"/api/v1/projects/?as_of={day}").json()["results"][0]["budget"] == row["budget"]
        return row["budget"], row["overridden"], [told["source_value"] for told in row["overrides"]]

    assert then("2026-04-30") == ("5.00", [], [])
    assert then("2026-05-02") == ("6.00", ["budget"], ["5.00"])
    assert then("2026-05-20") == ("6.00", ["budget"], ["7.00"])
    assert client.get(f"/api/v1/projects/{project.pk}/").json()["budget"] == "7.00"


def test_a_correction_is_no_reading(client):
    project = a_project(run=a_run(finished_at=FIRST_SEEN))
    correct(project)
    row = client.get(f"/api/v1/projects/{project.pk}/").json()
    assert row["last_seen_at"] == "2026-01-10T06:30:00.000000Z"
    assert row["last_changed_at"] > row["last_seen_at"]


def test_the_pages_mark_what_is_corrected(client):
    project = a_project(budget=Decimal(5))
    mark = '<span class="tag corrected">corrected</span>'
    assert mark not in client.get(f"/projects/{project.pk}/").content.decode()
    correct(project, text="6", reason="See <the> report.")
    correct(project, "contractor", "Umzi")
    correct(project, "completion_date", "")
    page = client.get(f"/projects/{project.pk}/").content.decode()
    assert "corrected by a steward: See &lt;the&gt; report." in page
    assert "Shown: R6; the source says: R5." in " ".join(page.split())
    assert f"R6</span> {mark}" in page
    assert f"Umzi {mark}" in page
    assert f"not known {mark}" in page
    assert f"R6</span> {mark}" in client.get("/projects/").content.decode()


def test_a_change_under_a_correction_says_so_in_json_and_on_the_pages(client):
    project = a_project(budget=Decimal(5))
    correct(project, text="6")
    as_source(project, "budget", "7.00")
    row = client.get(f"/api/v1/changes/{newest().pk}/").json()
    assert (row["overridden"], row["cause"], row["severity"]) == (["budget"], "source", "major")
    assert row["sentence"] == "Budget rose by 40% from R5 to R7; a steward's correction covers the budget."
    assert "under a correction" in client.get(f"/projects/{project.pk}/").content.decode()
    assert "which a steward had corrected" in client.get(f"/changes/{newest().pk}/").content.decode()


# --- the admin ------------------------------------------------------------------------------------


ADD = "/admin/projects/override/add/"


def test_a_steward_corrects_looks_and_undoes_in_the_admin(client, steward):
    client.force_login(steward)
    project = a_project(budget=Decimal(5))
    page = client.get(f"/admin/projects/project/{project.pk}/change/").content.decode()
    assert f'href="{ADD}?project={project.pk}"' in page
    form = client.get(f"{ADD}?project={project.pk}").content.decode()
    assert f'<option value="{project.pk}" selected>' in form
    given = {"project": project.pk, "field": "budget", "text": "R6", "reason": "A slip."}
    assert client.post(ADD, given).status_code == 302
    override = Override.objects.get()
    assert (override.value, override.made_by, override.reason) == ("6.00", steward, "A slip.")
    assert LogEntry.objects.get().object_id == str(override.pk)

    as_source(project, "budget", "7.00")
    listing = client.get("/admin/projects/override/?look=yes").content.decode()
    assert "1 correction to look at" in listing
    assert "from R5 to R7" in listing
    address = f"/admin/projects/override/{override.pk}"
    page = client.get(f"{address}/change/").content.decode()
    assert "Undo: show what the source says" in page
    assert 'name="_save"' not in page
    assert client.post(f"{address}/looked/").status_code == 302
    assert "to look at" not in client.get("/admin/").content.decode()

    assert client.get(f"{address}/undo/").status_code == 405
    assert client.post(f"{address}/undo/").status_code == 302
    assert Project.objects.get().budget == 7
    answer = client.post(f"{address}/undo/", follow=True)
    assert "is not in force" in answer.content.decode()


def test_the_admin_s_form_names_what_is_wrong_and_writes_nothing(client, steward):
    client.force_login(steward)
    project = a_project(budget=Decimal(5))
    for text, reason, sentence in [
        ("1,5", "x", "not an amount in rand"),
        ("5", "x", "Budget is R5 already"),
        ("6", "", "This field is required"),
    ]:
        answer = client.post(ADD, {"project": project.pk, "field": "budget", "text": text, "reason": reason})
        assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert not Override.objects.exists()


def test_a_correction_is_neither_edited_nor_deleted_in_the_admin(client, steward):
    client.force_login(steward)
    override = correct(a_project(budget=Decimal(5)), text="6")
    address = f"/admin/projects/override/{override.pk}"
    client.post(f"{address}/change/", {"reason": "another", "value": "9", "text": "9", "field": "status"})
    assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    override.refresh_from_db()
    assert (override.reason, override.value, Project.objects.get().budget) == ("Typing error.", "6.00", 6)


def test_several_are_undone_in_one_action(client, steward):
    client.force_login(steward)
    made = [correct(a_project(f"WP{n}", budget=Decimal(5)), text="6") for n in range(2)]
    data = {"action": "undo_selected", "_selected_action": [row.pk for row in made]}
    assert client.post("/admin/projects/override/", data).status_code == 302
    assert set(Project.objects.values_list("budget", flat=True)) == {5}


def test_undoing_takes_a_steward_and_a_token(steward):
    override = correct(a_project(budget=Decimal(5)), text="6")
    client = Client(enforce_csrf_checks=True)
    address = f"/admin/projects/override/{override.pk}/undo/"
    client.post(address)
    client.force_login(User.objects.create_user("clerk", password="x", is_staff=True))
    assert client.post(address).status_code == 403
    client.force_login(steward)
    assert client.post(address).status_code == 403
    assert Override.objects.active().exists()
    token = client.get("/admin/projects/override/") and client.cookies["csrftoken"].value
    assert client.post(address, headers={"X-CSRFToken": token}).status_code == 302
    assert not Override.objects.active().exists()


def test_the_admin_s_list_ends_what_has_run_out(client, steward):
    client.force_login(steward)
    override = correct(a_project(budget=Decimal(5)), text="6", expires_at=timezone.now() + timedelta(days=1))
    Override.objects.update(expires_at=timezone.now())
    assert "ran out" in client.get("/admin/projects/override/").content.decode()
    override.refresh_from_db()
    assert (override.state, Project.objects.get().budget) == ("expired", 5)
