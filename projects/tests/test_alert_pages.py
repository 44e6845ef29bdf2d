"""The form, the links of the mails, and what a message told: no account, no cookie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from projects.models import Contact, DataChangeLog, OutboxMessage, Subscription
from projects.subscriptions import subscribing, tokens
from projects.tests.alerts import NOON, Clock, by_mail, by_webhook, search, tell
from projects.tests.factories import a_crowd, a_project, change
from projects.tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
ASKED = "/subscribe/?of=changes&province=LIM"


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    for name, value in mailbox.settings().items():
        setattr(settings, name, value)
    settings.SITE_URL = "http://testserver"
    yield mailbox
    mailbox.stop()


@pytest.fixture(autouse=True)
def _quick_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(tokens, "LEAST_SECONDS", 0)


def sent(client: Any, address: str = ASKED, **fields: Any) -> Any:
    given = {"form": tokens.form_token(), "email": "Thandi@Example.org", "rhythm": "daily", **fields}
    return client.post(address, given)


def links(mail: Any) -> list[str]:
    text = mail.get_body(("plain",)).get_content()
    return re.findall(r"http://testserver(/\S+)", text)


def test_an_alert_begins_when_the_link_of_the_mail_is_opened_and_the_button_pressed(box, client):
    answer = sent(client)
    assert (answer.status_code, answer.cookies) == (200, {})
    clock = Clock(timezone.now())
    tell(clock)
    row = Subscription.objects.get()
    assert (row.query, row.rhythm, row.is_live, row.contact.email) == (
        "province=LIM", "daily", False, "thandi@example.org",
    )  # fmt: skip
    (link,) = links(box.mails[0])
    page = client.get(link)
    row.refresh_from_db()
    assert (page.status_code, row.is_live) == (200, False), "a mail scanner opens every link"
    client.post(link)
    row.refresh_from_db()
    assert row.is_live


def test_a_link_to_confirm_grows_old_and_none_can_be_made_up(client, monkeypatch):
    contact = Contact.objects.create(email="thandi@example.org")
    row = contact.subscriptions.create(scope="changes")
    link = tokens.confirm_address(row)
    assert client.post(link[:-3] + "x/").status_code == 404
    monkeypatch.setattr(tokens, "CONFIRM_DAYS", -1)
    assert client.post(link).status_code == 404
    row.refresh_from_db()
    assert not row.is_live


def test_no_key_of_a_message_is_a_fault(client):
    for key in ("%00", "x" * 99, "%ED%A0%80"):
        assert client.get(f"/told/{key}/").status_code == 404


def test_the_answer_does_not_say_whether_an_address_is_known(box, client):
    by_mail("thandi@example.org", query="province=LIM", rhythm="daily")
    known = sent(client)
    unknown = sent(client, email="nobody@example.org")
    assert known.content == unknown.content
    tell(Clock(timezone.now()))
    assert [mail["To"] for mail in box.mails] == ["nobody@example.org"]


def test_nobody_can_fill_anothers_mailbox(box, client):
    for _ in range(6):
        sent(client)
    tell(Clock(timezone.now()))
    assert len(box.mails) == subscribing.MOST_ASKED_A_DAY


def test_a_first_mail_carries_no_link_and_no_page_of_a_stranger(box, client):
    words = "Your+account+is+closed:%0A%0Ahttps://evil.example/log.in?a@b.example+" + "x+" * 60
    sent(client, f"/subscribe/?of=projects&q={words}&min_budget=2.50")
    tell(Clock(timezone.now()))
    (mail,) = box.mails
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert not re.search(r"evil\.|https://|log\.in|b\.example", text)
        assert "closed: https evil example log in?a b example" in " ".join(text.split())
        assert "x " * 50 not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": "thandi"}, "no e-mail address"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "no e-mail address"),
        ({"email": "a@" + ".".join(["b" * 60] * 5) + ".org"}, "no e-mail address"),
        ({"email": '"\x0bbcc:b@example.org\x0b"@example.org'}, "no e-mail address"),
        ({"email": "root@localhost"}, "no e-mail address"),
        ({"email": "root@[10.0.0.1]"}, "no e-mail address"),
        ({"rhythm": "hourly"}, "how often"),
        ({"form": ""}, "send it again"),
        ({"form": "made:up"}, "send it again"),
        ({"channel": "webhook", "url": "https://10.0.0.1/"}, "public internet"),
        ({"channel": "webhook", "url": "http://example.org/"}, "https://"),
        ({"channel": "webhook", "url": f"https://{'.'.join(['b' * 60] * 5)}.org/"}, "https://"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(box, client, fields, said):
    answer = sent(client, **fields)
    assert said in answer.content.decode()
    assert (answer.status_code, Subscription.objects.count()) == (400, 0)


def test_a_program_that_fills_in_everything_asks_for_nothing(box, client):
    assert sent(client, website="https://spam.example").status_code == 200
    assert not Subscription.objects.exists()


def test_a_form_that_comes_back_at_once_is_no_persons(box, client, monkeypatch):
    monkeypatch.setattr(tokens, "LEAST_SECONDS", 1.0)
    assert sent(client).status_code == 400


def test_who_asks_too_often_waits(box, client, settings):
    settings.SUBSCRIBE_PER_HOUR = 2
    assert [sent(client, email=f"{n}@example.org").status_code for n in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("address", ["/subscribe/?of=runs", "/subscribe/?of=changes&province=XX"])
def test_a_search_that_is_not_understood_is_a_400_with_a_sentence(client, address):
    answer = client.get(address)
    assert (answer.status_code, "cannot be understood" in answer.content.decode()) == (400, True)


def test_where_no_mail_server_is_set_e_mail_is_not_offered(client, settings):
    settings.MAIL_IS_SENT, settings.EMAIL_FILE_PATH = False, ""
    assert "sends no e-mails" in client.get(ASKED).content.decode()
    assert sent(client).status_code == 400


def test_a_folder_in_place_of_a_mail_server_is_said_plainly_and_used(client, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    assert "This site sends no e-mail" in client.get(ASKED).content.decode()
    sent(client)
    tell(Clock(timezone.now()))
    (file,) = (tmp_path / "outbox").iterdir()
    assert "thandi@example.org" in file.read_text()


def test_the_page_says_what_is_asked_for_and_other_ways_to_hear_of_it(box, client):
    a_project(name="Nandoni to Giyani")
    page = client.get(ASKED).content.decode()
    assert "Province: Limpopo" in page
    assert "/changes/feed.atom?province=LIM" in page
    assert "/ws/changes/?province=LIM" in page
    assert "Nandoni to Giyani" in page


def test_a_mail_program_ends_an_alert_at_one_click_without_a_cookie_or_a_form(client, django_user_model):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    row = by_mail()
    address = tokens.stop_address(row)
    assert strict.get(address).status_code == 200
    row.refresh_from_db()
    assert row.is_live, "a mail scanner opens every link"
    answer = strict.post(address, {"List-Unsubscribe": "One-Click"})
    row.refresh_from_db()
    assert (answer.status_code, row.ending, answer.cookies) == (200, "stopped", {})


def test_an_alert_that_was_ended_is_not_begun_again_by_its_old_link(client):
    row = by_mail()
    subscribing.stop(row)
    client.post(tokens.confirm_address(row))
    row.refresh_from_db()
    assert not row.is_live


def test_the_own_page_shows_exports_ends_and_deletes(client):
    first, second = by_mail(query="province=LIM"), by_mail(query="province=WC")
    address = tokens.yours_address(first)
    page = client.get(address).content.decode()
    assert ("Province: Limpopo" in page, "Province: Western Cape" in page, "thandi@example.org" in page) == (
        True, True, False,
    )  # fmt: skip
    client.post(address, {"do": "stop", "alert": first.key})
    exported = client.post(address, {"do": "export"}).json()
    assert exported["email"] == "thandi@example.org"
    assert [each["ending"] for each in exported["alerts"]] == ["stopped", None]
    assert "tick the box" in client.post(address, {"do": "delete"}).content.decode()
    assert Contact.objects.exists()
    client.post(address, {"do": "delete", "sure": "yes"})
    assert not Contact.objects.exists()
    assert not Subscription.objects.filter(pk__in=[first.pk, second.pk]).exists()
    assert client.get(address).status_code == 404


def test_an_address_that_was_refused_once_may_ask_again(client):
    row = by_mail()
    Contact.objects.update(refused_at=NOON)
    again = row.contact.subscriptions.create(scope="changes", query="province=WC")
    client.post(tokens.confirm_address(again))
    again.refresh_from_db()
    assert (again.is_live, again.contact.refused_at) == (True, None)


def test_nobody_ends_anothers_alert_by_their_own_page(client):
    mine, theirs = by_mail("a@example.org"), by_mail("b@example.org")
    client.post(tokens.yours_address(mine), {"do": "stop", "alert": theirs.key})
    theirs.refresh_from_db()
    assert theirs.is_live


def test_a_webhook_has_a_page_of_its_own_and_its_secret_is_shown_once(client, settings):
    settings.WEBHOOK_LOOPBACK = True
    answer = sent(client, channel="webhook", url="http://127.0.0.1:9999/hook")
    row = Subscription.objects.get()
    page = client.get(tokens.yours_address(row)).content.decode()
    assert (row.secret in answer.content.decode(), row.secret in page, "127.0.0.1" in page) == (
        True,
        False,
        True,
    )


def test_what_a_message_told_is_a_page_for_whoever_has_its_link(box, client):
    project = a_project(name="Nandoni to Giyani")
    row = by_mail(query="province=LIM")
    change(project, "budget", Decimal("500000000.00"))
    message = None
    tell(Clock(timezone.now()))
    message = OutboxMessage.objects.get()
    link = links(box.mails[0])[0]
    page = client.get(link).content.decode()
    assert link == message.get_absolute_url()
    assert ("Budget rose" in page, row.contact.email in page, tokens.yours_address(row) in page) == (
        True, False, False,
    )  # fmt: skip
    subscribing.delete(row.contact, [row])
    assert "Budget rose" in client.get(link).content.decode()


def test_what_nobody_was_told_yet_has_no_page(client):
    a_project()
    row = by_mail(rhythm="daily")
    a_project("WP2")
    tell(Clock())
    assert client.get(row.messages.get().get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_the_pages_cost_no_more_queries_for_many_changes(box, client, number, django_assert_max_num_queries):
    by_mail()
    a_crowd(number)
    tell(Clock())
    message = OutboxMessage.objects.get()
    with django_assert_max_num_queries(8):
        assert client.get(message.get_absolute_url()).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(ASKED).status_code == 200


@pytest.mark.parametrize("number", [1, 20])
def test_the_own_page_costs_no_more_queries_for_many_alerts(client, number, django_assert_max_num_queries):
    rows = [by_mail(query=f"min_months={n + 1}") for n in range(number)]
    with django_assert_max_num_queries(8):
        assert client.get(tokens.yours_address(rows[0])).status_code == 200


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/projects/?q=bulk&province=LIM", "/subscribe/?of=projects&amp;q=bulk&amp;province=LIM"),
        ("/projects/?q=nothing+fits", "/subscribe/?of=projects&amp;q=nothing+fits"),
        ("/changes/?topic=dearer", "/subscribe/?of=changes&amp;topic=dearer"),
        ("/search/?q=bulk", "/subscribe/?of=projects&amp;q=bulk"),
        ("/municipalities/LIM331/", "/subscribe/?of=changes&amp;municipality=LIM331"),
        ("/projects/{project}/", "/subscribe/?of=changes&amp;project={project}"),
        ("/digest/2026-W02/LIM/", "/subscribe/?of=changes&amp;province=LIM&amp;rhythm=weekly"),
        ("/digest/2026-W02/", "/subscribe/?of=changes&amp;rhythm=weekly"),
    ],
)
def test_each_list_leads_to_the_form_for_what_it_lists(client, page, link):
    project = a_project()
    text = client.get(page.format(project=project.pk)).content.decode()
    assert f'href="{link.format(project=project.pk)}"' in text


def test_what_ended_long_ago_and_what_nobody_confirmed_is_deleted_and_what_was_told_stays():
    now = timezone.now()
    a_project()
    kept, gone, ended_lately = (by_mail(f"{name}@example.org") for name in "abc")
    hook = by_webhook("http://127.0.0.1:9/")
    OutboxMessage.objects.create(subscription=gone, kind="news", state="sent", due_at=now, reached=True)
    for row, days in ((gone, 31), (ended_lately, 29), (hook, 31)):
        subscribing.stop(row)
        Subscription.objects.filter(pk=row.pk).update(ended_at=now - timedelta(days=days))
    subscribing.subscribe_email("d@example.org", search(), "daily")
    Subscription.objects.filter(contact__email="d@example.org").update(created_at=now - timedelta(days=3))
    assert subscribing.forget(now) == 5
    assert set(Contact.objects.values_list("email", flat=True)) == {"a@example.org", "c@example.org"}
    assert set(Subscription.objects.all()) == {kept, ended_lately}
    assert OutboxMessage.objects.get().subscription is None


def test_the_admin_shows_no_address(admin_client):
    row = by_mail("thandi@example.org")
    for page in ("subscription/", f"subscription/{row.pk}/change/", "outboxmessage/", "deliveryattempt/"):
        text = admin_client.get(f"/admin/projects/{page}").content.decode()
        assert "thandi" not in text, page
    assert "t•••@e•••.org" in admin_client.get("/admin/projects/subscription/").content.decode()
    assert admin_client.get("/admin/projects/contact/").status_code == 404


def test_the_metrics_and_the_health_say_how_much_waits_and_since_when(client):
    from projects.health.metrics import text

    a_project()
    by_mail()
    a_project("WP2")
    tell(Clock(NOON - timedelta(days=1)))
    OutboxMessage.objects.update(state="waiting")
    said = text()
    assert "buka_outbox_messages 1" in said
    assert re.search(r"buka_outbox_oldest_seconds \d{4,}", said)
    assert 'buka_subscriptions{channel="email"} 1' in said
    assert DataChangeLog.objects.exists()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("subscription/?secret__startswith=whsec_A", 400),
        ("subscription/?url__contains=hook", 400),
        ("subscription/?contact__email__startswith=t", 400),
        ("outboxmessage/?content__icontains=confirm", 400),
        ("outboxmessage/?key__startswith=a", 400),
        ("subscription/?ending__exact=dead&ended_at__isempty=0", 200),
        ("subscription/?query__contains=LIM&id__gt=0", 200),
        ("outboxmessage/?state__exact=sent&subscription__exact=1", 200),
    ],
)
def test_a_list_at_the_desk_is_not_narrowed_by_what_it_does_not_show(admin_client, path, status):
    assert admin_client.get(f"/admin/projects/{path}").status_code == status
