"""A reader reports a mistake: the form, what is kept, with the receipt, and when it goes."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from buka.policy import PUBLIC
from projects.models import DataChangeLog, Override, Report, ReportContact
from projects.pages import reports as page
from projects.stewards import overrides, reports
from projects.stewards.reports import RECEIPT, Decision
from projects.stewards.values import NotAValue
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_figure, a_project, a_report, a_run, a_snapshot, change

pytestmark = pytest.mark.django_db
WRONG = "The budget was R5 million in the council's minutes of 3 March."


@pytest.fixture(autouse=True)
def nobody_counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(page, "_LEAST_SECONDS", 0)


def form_of(client: Client, address: str) -> str:
    html = client.get(address).content.decode()
    found = re.search(r'name="form" value="([^"]+)"', html)
    assert found, html
    return found[1]


def send(client: Client, address: str, text: str = WRONG, **given: Any) -> Any:
    form = given.pop("form", None) or form_of(client, address)
    sent = {name: given.pop(name, "") for name in ("contact", "website")}
    return client.post(address, {"text": text, "form": form, **sent}, **given)


# --- the form -------------------------------------------------------------------------------------


def test_what_a_reader_sends_is_kept_with_what_was_shown_even_when_the_value_has_moved(client):
    snapshot = a_snapshot(a_run())
    project = a_project(budget=Decimal("6000000"))
    was = change(project, "budget", Decimal("5000000"), snapshot_id=snapshot.pk)
    address = f"/report/?about=project:{project.pk}&field=budget"
    form = form_of(client, address)
    change(project, "budget", Decimal("7000000"))
    answer = send(client, address, form=form, contact="072 555 0134")
    report = Report.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/report/{report.receipt}/")
    assert re.fullmatch(RECEIPT, report.receipt)
    assert report.shown == {
        "value": "5000000.00", "text": "R5 000 000", "change": was.pk, "snapshot": snapshot.pk
    }  # fmt: skip
    assert (report.text, report.contact.contact, report.state) == (WRONG, "072 555 0134", "new")
    assert report.name == f"{project}: Budget"
    assert (report.entity_type, report.entity_id, report.field) == ("project", project.pk, "budget")


def _subjects() -> dict[str, str]:
    """{address of a form: what it shows}"""
    project = a_project()
    figure, question = a_figure(amount="1297441790.00"), a_question()
    return {
        f"/report/?about=project:{project.pk}": str(project),
        f"/report/?about=project:{project.pk}&field=completion_date": "28 February 2027",
        f"/report/?about=project:{project.pk}&field=municipalities": "LIM331",
        f"/report/?about=project:{project.pk}&field=flag.overdue": "Flag: Overdue",
        f"/report/?about=figure:{figure.pk}": "R1 297 441 790",
        "/report/?about=municipality:CPT": "Finances",
        f"/report/?about=municipality:CPT&field={figure.financial_year}": f"figure:{figure.pk}",
        "/report/?about=municipality:CPT&field=debt": "What is owed for water",
        f"/report/?about=discrepancy:{question.pk}": f"Question {question.pk}",
    }


def test_a_project_a_figure_a_flag_a_financial_year_and_a_question_can_be_reported(client):
    asked = _subjects()
    for number, (address, shown) in enumerate(asked.items()):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (200, PUBLIC), address
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]
        assert shown in answer.content.decode().replace("\u00a0", " "), address
        sent = send(client, address, REMOTE_ADDR=f"203.0.113.{number}")
        assert (sent.status_code, bool(sent.cookies)) == (302, False)
        assert client.get(sent["Location"]).status_code == 200
    assert Report.objects.count() == len(asked)


def test_each_page_has_the_way_to_the_form_of_what_it_shows(client):
    snapshot = a_snapshot(a_run("treasury"))
    project = a_project(completion_date=(timezone.now() - timedelta(days=30)).date())
    figure, question = a_figure(snapshot=snapshot), a_question()
    from projects.flags import keeping

    keeping.renew({project.pk: None})
    asked = {
        f"/projects/{project.pk}/": [
            f"about=project:{project.pk}", f"project:{project.pk}&amp;field=budget",
            f"project:{project.pk}&amp;field=flag.overdue",
        ],
        "/municipalities/CPT/": [f"municipality:CPT&amp;field={figure.financial_year}"],
        f"/snapshots/{snapshot.pk}/?figure={figure.pk}": [f"about=figure:{figure.pk}"],
        f"/discrepancies/{question.pk}/": [f"about=discrepancy:{question.pk}"],
    }  # fmt: skip
    for path, links in asked.items():
        html = client.get(path).content.decode()
        for link in links:
            assert link in html, (path, link)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?about=", 200),
        ("?about=project:0", 404),
        ("?about=project:99", 404),
        ("?about=project:x", 404),
        ("?about=weather:1", 404),
        ("?about=municipality:XYZ", 404),
        ("?about=municipality:%00", 404),
        ("?about=municipality:CPT&field=%00", 404),
        ("?about=municipality:CPT&field=1999", 404),
        ("?about=municipality:CPT&field=x", 404),
        ("?about=project:{pk}&field=weather", 404),
        ("?about=project:{pk}&field=flag.weather", 404),
    ],
)
def test_what_there_is_not_cannot_be_reported(client, query, status):
    address = f"/report/{query.format(pk=a_project().pk)}"
    for answer in (client.get(address), client.post(address, {"text": WRONG})):
        assert answer.status_code == status
        assert "choose “Report a mistake” there" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_form_needs_neither_a_cookie_nor_a_token_of_one():
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, f"/report/?about=project:{a_project().pk}").status_code == 302


def test_sent_twice_is_once_and_other_words_are_another_report(client):
    address = f"/report/?about=project:{a_project().pk}"
    form = form_of(client, address)
    words = (WRONG, WRONG, "Something else.")
    first, again, other = (send(client, address, text, form=form) for text in words)
    assert first["Location"] == again["Location"] != other["Location"]
    assert Report.objects.count() == 2


def test_whoever_fills_in_what_nobody_sees_or_is_too_quick_is_told_so_and_loses_no_word(client, monkeypatch):
    address = f"/report/?about=project:{a_project().pk}&field=budget"
    filled = send(client, address, website="https://spam.example")
    monkeypatch.setattr(page, "_LEAST_SECONDS", 5)
    form = form_of(client, address)
    quick = send(client, address, form=form)
    html = quick.content.decode()
    assert (filled.status_code, quick.status_code, Report.objects.count()) == (400, 400, 0)
    assert "has to stay empty" in filled.content.decode()
    assert "That was very quick" in html
    assert "council&#x27;s minutes" in html
    assert form in html
    monkeypatch.setattr(page, "_LEAST_SECONDS", 0)
    assert send(client, address, form=form).status_code == 302


@pytest.mark.parametrize(
    "form",
    ["", "x", "a:b:c", signing.dumps([1, 2], salt="report"), signing.dumps("x")],
    ids=["nothing", "a word", "three parts", "signed, of another shape", "signed for something else"],
)
def test_a_form_that_we_have_not_signed_comes_back_with_its_words_and_can_be_sent_then(client, form):
    address = f"/report/?about=project:{a_project().pk}"
    answer = client.post(address, {"text": WRONG, "form": form})
    assert (answer.status_code, Report.objects.count()) == (400, 0)
    fresh = re.search(r'name="form" value="([^"]+)"', answer.content.decode())
    assert fresh
    assert send(client, address, form=fresh[1]).status_code == 302


def test_a_form_of_another_thing_is_not_taken_for_this_one(client):
    one, other = a_project("WP1"), a_project("WP2")
    form = form_of(client, f"/report/?about=project:{one.pk}")
    assert send(client, f"/report/?about=project:{other.pk}", form=form).status_code == 400
    assert not Report.objects.exists()


def test_a_form_that_was_open_for_a_day_is_to_be_sent_once_more(client, monkeypatch):
    address = f"/report/?about=project:{a_project().pk}"
    form = form_of(client, address)
    monkeypatch.setattr(page, "_DAY", -1)
    answer = send(client, address, form=form)
    assert answer.status_code == 400
    assert "open for very long" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001, "a\0b"])
def test_a_report_has_to_say_something_and_not_too_much(client, text):
    answer = send(client, f"/report/?about=project:{a_project().pk}", text)
    assert (answer.status_code, Report.objects.count()) == (400, 0)
    assert "This was not sent" in answer.content.decode()


def test_an_address_has_so_many_reports_an_hour_and_others_have_theirs(client, settings):
    settings.REPORTS_PER_HOUR = 2
    address = f"/report/?about=project:{a_project().pk}"
    here = {"REMOTE_ADDR": "203.0.113.7"}
    told = [send(client, address, f"{WRONG} {n}", **here) for n in range(3)]
    assert [answer.status_code for answer in told] == [302, 302, 429]
    assert told[2]["Retry-After"] == "3600"
    assert f"{WRONG} 2".replace("'", "&#x27;") in told[2].content.decode()
    elsewhere = send(client, address, REMOTE_ADDR="203.0.113.8")
    behind_proxy = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.7"}
    assert (elsewhere.status_code, send(client, address, **behind_proxy).status_code) == (302, 429)


def test_with_redis_away_nobody_is_refused(client, settings):
    settings.REPORTS_PER_HOUR = 1
    gone = {"BACKEND": "buka.cache.HelpfulRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": gone}
    address = f"/report/?about=project:{a_project().pk}"
    assert [send(client, address, f"{WRONG} {n}").status_code for n in range(3)] == [302] * 3


def test_a_form_costs_the_same_few_queries_whatever_it_is_about(client, django_assert_max_num_queries):
    for address in _subjects():
        with django_assert_max_num_queries(9):
            client.get(address)


# --- with the receipt -----------------------------------------------------------------------------


def test_whoever_has_the_receipt_sees_how_the_report_stands_and_nobody_else_reads_its_words(client):
    project = a_project(budget=Decimal("6000000"))
    report = a_report(project, "budget", WRONG, contact="thandi@example.org")
    html = client.get(f"/report/{report.receipt.lower()}/").content.decode()
    assert "It has been received" in html
    assert "council&#x27;s minutes" in html
    assert "thandi@example.org" not in html
    data = client.get(f"/report/{report.receipt}/data.json").json()
    assert (data["contact"], data["text"], data["state"]) == ("thandi@example.org", WRONG, "new")
    for path in (f"/projects/{project.pk}/", f"/api/v1/projects/{project.pk}/", "/changes/?cause=any"):
        shown = client.get(path).content.decode()
        assert "minutes" not in shown
        assert "thandi" not in shown
        assert report.receipt not in shown
    assert client.get("/report/BCDF-BCDF-BCDF-BCDF/").status_code == 404


def test_the_contact_can_be_erased_alone_and_the_report_with_its_words(client):
    report = a_report(a_project(), contact="thandi@example.org")
    address = f"/report/{report.receipt}/"
    client.post(address, {"erase": "something else"})
    assert ReportContact.objects.exists()
    client.post(address, {"erase": "contact"})
    assert not ReportContact.objects.exists()
    assert Report.objects.get().text
    answer = client.post(address, {"erase": "words"}, follow=True)
    report.refresh_from_db()
    assert (report.text, report.state, bool(report.ended_at)) == ("", "withdrawn", True)
    assert "what you wrote has been erased" in answer.content.decode()
    assert client.get(f"{address}data.json").json()["text"] is None


def test_what_is_withdrawn_after_its_end_keeps_how_it_ended():
    report = a_report(a_project())
    reports.decide(report, Decision("declined", "It is what the council decided."), None)
    reports.withdraw(report)
    assert (report.text, report.state) == ("", "declined")


def test_a_contact_goes_thirty_days_after_the_end_and_after_a_year_in_any_case():
    open_, ended, old = (a_report(a_project(f"WP{n}"), contact="072 555 0134") for n in range(3))
    reports.decide(ended, Decision("declined"), None)
    now = timezone.now()
    assert reports.forgotten_by(ended) == ended.ended_at + timedelta(days=30)
    assert reports.forget_due(now + timedelta(days=29)) == 0
    assert reports.forget_due(now + timedelta(days=31)) == 1
    Report.objects.filter(pk=old.pk).update(sent_at=now - timedelta(days=366))
    assert reports.forgotten() == "1 contact of readers deleted"
    assert [row.report_id for row in ReportContact.objects.all()] == [open_.pk]
    assert Report.objects.count() == 3


# --- decided --------------------------------------------------------------------------------------


def test_an_accepted_report_corrects_the_value_as_any_correction_does(client):
    project = a_project(budget=Decimal("6000000"))
    report = a_report(project, "budget")
    decision = Decision("accepted", "The council's minutes of 3 March.", corrected="5 000 000")
    reports.decide(report, decision, None)
    project.refresh_from_db()
    assert (report.state, project.budget, report.correction) == (
        "accepted", Decimal("5000000.00"), Override.objects.get()
    )  # fmt: skip
    assert DataChangeLog.objects.latest("pk").field_changes == {"budget": ["6000000.00", "5000000.00"]}
    assert "what is shown was corrected" in client.get(report.get_absolute_url()).content.decode()


def test_a_correction_that_cannot_be_made_decides_nothing():
    report = a_report(a_project(), "budget")
    with pytest.raises(NotAValue):
        reports.decide(report, Decision("accepted", "Because.", corrected="much"), None)
    with pytest.raises(overrides.CorrectionRefused):
        reports.decide(report, Decision("accepted", "", corrected="5"), None)
    report.refresh_from_db()
    assert report.state == "new"


def test_a_public_reason_is_shown_beside_what_the_report_is_about_and_no_word_of_the_reader(client):
    project, question = a_project(), a_question()
    about = {f"projects/{project.pk}": project, f"discrepancies/{question.pk}": f"discrepancy:{question.pk}"}
    for path, subject in about.items():
        reports.decide(a_report(subject, text=WRONG), Decision("declined", "It adds up: see page 4."), None)
        reports.decide(a_report(subject, text=WRONG), Decision("declined", "", "a note of ours"), None)
        html = client.get(f"/{path}/").content.decode()
        assert html.count("A reader’s report") == 1
        assert "It adds up: see page 4." in html
        assert "minutes" not in html
        assert "a note of ours" not in html


def test_what_is_withdrawn_before_it_was_decided_leaves_no_word_on_the_page(client):
    project = a_project()
    report = a_report(project)
    reports.decide(report, Decision("seen", "We are asking the department."), None)
    reports.withdraw(report)
    assert "asking the department" not in client.get(f"/projects/{project.pk}/").content.decode()
