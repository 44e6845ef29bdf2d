"""Reports and answers at the stewards' desk."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from projects.models import DataChangeLog, Reply, Report
from projects.stewards import merging, reports
from projects.stewards.report_admin import waiting_sentence
from projects.stewards.reports import Decision
from projects.tests.factories import a_figure, a_project, a_report, an_answer, change

pytestmark = pytest.mark.django_db
LIST, ADD = "/admin/projects/report/", "/admin/projects/reply/add/"
WORDS = {
    "who": "Greater Giyani Local Municipality",
    "role": "municipal manager",
    "said_on": "2026-05-06",
    "source": "A letter to the stewards",
    "link": "https://giyani.example/letter.pdf",
    "text": "The pipes were delivered on 2 May.",
}


def desk(report: Report) -> str:
    return reverse("admin:projects_report_change", args=[report.pk])


def decide(admin_client: Any, report: Report, **given: Any) -> Any:
    return admin_client.post(desk(report), {"state": "accepted", "public_reason": "", "note": "", **given})


# --- reports --------------------------------------------------------------------------------------


def test_the_list_has_what_waits_first_with_count_age_and_the_way_to_the_page(admin_client):
    done, old, new = (a_report(a_project(f"WP{n}"), "budget", f"Words {n}") for n in range(3))
    reports.decide(done, Decision("declined"), None)
    Report.objects.filter(pk=old.pk).update(sent_at=timezone.now() - timedelta(days=4))
    html = admin_client.get(LIST).content.decode()
    assert html.index("Words 1") < html.index("Words 2") < html.index("Words 0")
    assert "2 reports to decide, the oldest sent 4\xa0days ago." in html
    assert f'href="/projects/{new.entity_id}/"' in html
    waiting = admin_client.get(f"{LIST}?state__exact=new").content.decode()
    assert "Words 2" in waiting
    assert "Words 0" not in waiting


def test_fifty_reports_and_answers_cost_as_many_queries_as_one(admin_client, django_assert_max_num_queries):
    project = a_project()
    for number in range(50):
        a_report(project, "budget", f"Words {number}", contact="x")
        an_answer(project, text=f"{number}")
    for path in (LIST, "/admin/projects/reply/"):
        with django_assert_max_num_queries(22):
            assert admin_client.get(path).status_code == 200


def test_a_steward_sees_what_the_reader_saw_what_is_shown_now_and_how_to_reach_the_reader(admin_client):
    project = a_project(budget=Decimal("6000000"))
    report = a_report(project, "budget", contact="thandi@example.org")
    change(project, "budget", Decimal("7000000"))
    html = admin_client.get(desk(report)).content.decode()
    assert "R6 000 000" in html
    assert "R7 000 000" in html
    assert f"/changes/{report.shown['change']}/" in html
    assert "thandi@example.org (deleted by " in html
    assert report.receipt in html
    assert "thandi" not in admin_client.get(LIST).content.decode()


def test_a_report_is_looked_at_declined_with_a_reason_and_taken_up_again(admin_client):
    report = a_report(a_project())
    admin_client.post(LIST, {"action": "mark_seen", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert (report.state, report.ended_at) == ("seen", None)
    assert decide(admin_client, report, state="declined", public_reason="It adds up.").status_code == 302
    report.refresh_from_db()
    assert (report.state, report.public_reason, report.decided_by.username) == (
        "declined", "It adds up.", "admin"
    )  # fmt: skip
    assert report.ended_at
    decide(admin_client, report, state="seen")
    report.refresh_from_db()
    assert (report.state, report.ended_at) == ("seen", None)


def test_accepting_corrects_what_is_shown_and_a_mistyped_value_is_said_in_the_form(admin_client):
    project = a_project(budget=Decimal("6000000"))
    report = a_report(project, "budget")
    wrong = {"is_corrected": "on", "corrected": "much", "public_reason": "Minutes of 3 March."}
    answer = decide(admin_client, report, **wrong)
    assert "not an amount in rand" in answer.content.decode()
    assert "needs a reason" in decide(admin_client, report, is_corrected="on", corrected="5").content.decode()
    assert decide(admin_client, report, **wrong, state="seen").status_code == 200
    assert DataChangeLog.objects.filter(cause="steward").count() == 0
    assert decide(admin_client, report, **(wrong | {"corrected": "5000000"})).status_code == 302
    project.refresh_from_db()
    report.refresh_from_db()
    assert (project.budget, report.state) == (Decimal("5000000.00"), "accepted")
    assert report.correction.made_by.username == "admin"
    assert report.correction.reason == "Minutes of 3 March."


def test_what_has_no_value_of_ours_is_accepted_without_a_correction(admin_client):
    report = a_report(f"figure:{a_figure().pk}")
    refused = decide(admin_client, report, is_corrected="on", corrected="5", public_reason="x")
    assert "no value that can be corrected" in refused.content.decode()
    assert decide(admin_client, report, public_reason="We told National Treasury.").status_code == 302
    assert Report.objects.get().state == "accepted"


def test_a_steward_erases_what_its_sender_wants_gone_and_deletes_no_report(admin_client):
    report = a_report(a_project(), contact="thandi@example.org")
    admin_client.post(LIST, {"action": "erase", "_selected_action": [report.pk]})
    report.refresh_from_db()
    assert (report.text, report.state, hasattr(report, "contact")) == ("", "withdrawn", False)
    assert admin_client.post(f"{LIST}{report.pk}/delete/", {"post": "yes"}).status_code == 403
    assert waiting_sentence() == "No report waits."


def test_whoever_may_only_look_decides_nothing(client):
    user = User.objects.create_user("viewer", password="viewer-password", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_report", "view_reply"]))
    client.force_login(user)
    report = a_report(a_project(), contact="thandi@example.org")
    page = client.get(desk(report)).content.decode()
    assert "The pipes are not there." in page
    assert "thandi@example.org" not in page
    assert report.receipt not in page, "whoever has it may read the contact, too, and erase the words"
    assert client.get(f"{LIST}?receipt__startswith={report.receipt[:4]}").status_code == 400
    assert "The pipes" not in client.get(f"{LIST}?q={report.receipt}").content.decode()
    assert client.post(desk(report), {"state": "declined"}).status_code == 403
    assert client.get(ADD).status_code == 403
    assert Report.objects.get().state == "new"


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_is_entered_from_the_report_and_ends_it(admin_client):
    project = a_project()
    report = a_report(project, "budget")
    assert f"{ADD}?report={report.pk}" in admin_client.get(desk(report)).content.decode()
    form = admin_client.get(f"{ADD}?report={report.pk}").content.decode()
    assert f'value="project:{project.pk}"' in form
    assert 'value="budget"' in form
    given = {"about": f"project:{project.pk}", "of": "budget", "report": report.pk, **WORDS}
    assert admin_client.post(ADD, given).status_code == 302
    reply = Reply.objects.get()
    assert (reply.report, reply.field, reply.entered_by.username) == (report, "budget", "admin")
    assert Report.objects.get().state == "answered"
    assert DataChangeLog.objects.get(pk=reply.change_id).change_type == "replied"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"about": "project:99"}, "There is no project with this number."),
        ({"about": "weather"}, "nothing that can be reported"),
        ({"of": "weather"}, "no part of a project"),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"link": "ftp://giyani.example/"}, "Only an address that begins with"),
        ({"said_on": "2199-01-01"}, "That day is still to come."),
        ({"who": ""}, "This field is required."),
        ({"replaces": "99"}, "Select a valid choice"),
    ],
)
def test_an_answer_that_cannot_be_shown_is_not_entered(admin_client, given, sentence):
    project = a_project()
    answer = admin_client.post(ADD, {"about": f"project:{project.pk}", **WORDS, **given})
    assert sentence in answer.content.decode()
    assert not Reply.objects.exists()


def test_what_was_entered_is_not_edited_but_put_right_by_another_or_taken_back(admin_client):
    project = a_project()
    old = an_answer(project, "budget")
    address = reverse("admin:projects_reply_change", args=[old.pk])
    page = admin_client.get(address).content.decode()
    assert f"{ADD}?replaces={old.pk}" in page
    assert 'name="text"' not in page
    admin_client.post(address, {"text": "Edited.", "taken_back_reason": ""})
    old.refresh_from_db()
    assert (old.text, old.taken_back_at) == ("The pipes were delivered on 2 May.", None)
    form = admin_client.get(f"{ADD}?replaces={old.pk}").content.decode()
    assert "The pipes were delivered on 2 May." in form
    right = {"about": f"project:{project.pk}", "of": "budget", **WORDS, "replaces": old.pk}
    assert "says already" in admin_client.post(ADD, right).content.decode()
    assert admin_client.post(ADD, {**right, "text": "On 12 May."}).status_code == 302
    new = Reply.objects.current().get()
    assert new.replaces == old
    assert 'name="taken_back_reason"' not in admin_client.get(address).content.decode()
    admin_client.post(
        reverse("admin:projects_reply_change", args=[new.pk]), {"taken_back_reason": "It is of others."}
    )
    assert not Reply.objects.current().exists()
    assert DataChangeLog.objects.latest("pk").field_changes["reply.reason"] == [None, "It is of others."]
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("query", ["replaces=x", "report=99", "replaces=" + "9" * 30, "report="])
def test_a_link_to_nothing_opens_an_empty_form(admin_client, query):
    assert admin_client.get(f"{ADD}?{query}").status_code == 200


def test_what_was_said_of_a_merged_project_is_read_and_taken_back_as_before(admin_client, client):
    survivor, merged = a_project("WP1"), a_project("WP2")
    reply, report = an_answer(merged, "budget"), a_report(merged, "budget")
    merging.merge(survivor, merged, reason="Listed twice.", user=None)
    page = admin_client.get(desk(report)).content.decode()
    assert "what is gone" not in page
    assert f'href="{merged.get_absolute_url()}"' in page, "which leads on"
    assert client.get(f"/report/?about=project:{merged.pk}").status_code == 200
    decided = decide(admin_client, report, is_corrected="on", corrected="5", public_reason="x")
    assert "no value that can be corrected" in decided.content.decode()
    address = reverse("admin:projects_reply_change", args=[reply.pk])
    assert admin_client.post(address, {"taken_back_reason": "Not theirs."}).status_code == 302
    reply.refresh_from_db()
    assert reply.taken_back_reason == "Not theirs."
    assert "Not theirs." in client.get(f"/projects/{survivor.pk}/").content.decode()
