"""From the log to the mailbox: each change once, in order, whatever fails on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections

from projects.models import DataChangeLog, DeliveryHost, OutboxMessage, Rhythm, Subscription
from projects.subscriptions import delivery, matching, subscribing, worker
from projects.subscriptions.mailing import message_id
from projects.tests.alerts import NOON, Clock, by_mail, search, tell, told
from projects.tests.factories import a_crowd, a_project, change
from projects.tests.mailbox import Mailbox


@pytest.fixture
def box(db: None, settings: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    for name, value in mailbox.settings().items():
        setattr(settings, name, value)
    settings.DEFAULT_FROM_EMAIL = "Buka Amanzi <alerts@buka.example>"
    settings.SITE_URL = "https://buka.example"
    yield mailbox
    mailbox.stop()


def dearer(project: Any, million: int) -> DataChangeLog:
    return change(project, "budget", Decimal(million * 1_000_000), at=NOON)


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def test_a_change_is_mailed_once_to_those_who_asked_for_it(box):
    project = a_project(name="Nandoni to Giyani")
    by_mail("thandi@example.org", query="province=LIM")
    by_mail("sipho@example.org", query="province=WC")
    row = dearer(project, 500)
    clock = Clock()
    tell(clock)
    tell(clock)
    assert [mail["To"] for mail in box.mails] == ["thandi@example.org"]
    assert "Nandoni to Giyani: Budget rose" in text_of(box.mails[0])
    assert OutboxMessage.objects.get().ids == [row.pk]


def test_nothing_older_than_the_subscription_is_told(box):
    project = a_project()
    dearer(project, 500)
    by_mail()
    assert "0 messages sent" in tell(Clock())
    dearer(project, 600)
    tell(Clock())
    assert "R600 million" in text_of(box.mails[0]) or "R600 000 000" in text_of(box.mails[0])


def test_a_mail_is_short_has_one_link_to_hand_on_and_can_be_ended_at_one_click(box):
    project = a_project(name="Nandoni to Giyani")
    row = by_mail(query="province=LIM")
    dearer(project, 500)
    tell(Clock())
    mail = box.mails[0]
    told_part, _, own_part = text_of(mail).partition("\n-- \n")
    assert len(told_part) < 600
    message = OutboxMessage.objects.get()
    assert told_part.count("https://") == 1
    assert f"https://buka.example/told/{message.key}/" in told_part
    assert own_part.count("https://buka.example/subscribe/yours/") == 1
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<https://buka.example/subscribe/stop/")
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == (message_id(message), "auto-generated")
    assert "Nandoni to Giyani" in mail.get_body(("html",)).get_content()
    assert row.key not in told_part


def test_published_text_cannot_break_the_html_or_the_headers_of_a_mail(box):
    by_mail()
    a_project(name="<script>alert(1)</script>\nBcc: all@example.org")
    tell(Clock())
    mail = box.mails[0]
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()
    assert "<script>alert(1)</script> Bcc: all@example.org" in text_of(mail)


def test_many_at_once_are_one_message_with_counts_and_a_link(box):
    a_project()
    by_mail()
    a_crowd(30)
    tell(Clock())
    assert len(box.mails) == 1
    text = text_of(box.mails[0])
    assert ("90 changes" in text, "and 85 more" in text, text.count("• ")) == (True, True, 5)
    assert "First seen: 30" in text
    assert len(text.partition("\n-- \n")[0]) < 1000


def test_what_follows_within_the_pause_is_put_into_one_message(box):
    project = a_project()
    row = by_mail()
    clock = Clock()
    for million in range(500, 505):
        dearer(project, million)
        tell(clock.later(minutes=1))
    assert len(box.mails) == 1
    tell(clock.later(minutes=10))
    assert len(box.mails) == 2
    assert told(row) == sorted(told(row))
    assert len(told(row)) == 5


@pytest.mark.parametrize(
    ("rhythm", "due"),
    [
        (Rhythm.DAILY, "2026-11-26T05:00:00+00:00"),
        (Rhythm.WEEKLY, "2026-11-30T05:00:00+00:00"),
    ],
)
def test_a_digest_gathers_until_the_morning_that_it_is_for(box, rhythm, due):
    project = a_project()
    row = by_mail(rhythm=rhythm)
    clock = Clock()
    for million in (500, 501, 502):
        dearer(project, million)
        tell(clock.later(hours=1))
    message = row.messages.get()
    assert (message.due_at.isoformat(), len(message.ids), box.mails) == (due, 3, [])
    clock.now = message.due_at
    tell(clock)
    assert len(box.mails) == 1


def test_a_mail_server_that_is_away_loses_nothing_and_is_left_alone_for_a_while(box):
    project = a_project()
    row = by_mail()
    clock = Clock()
    box.stop()
    first = dearer(project, 500)
    tell(clock)
    asked = OutboxMessage.objects.get().attempts
    tell(clock.later(seconds=10))
    assert (asked, OutboxMessage.objects.get().attempts) == (1, 1)
    second = dearer(project, 600)
    tell(clock.later(hours=2))
    assert DeliveryHost.objects.get(pk="mail").failures == 2
    box.start()
    tell(clock.later(hours=2))
    assert (told(row), len(box.mails)) == ([first.pk, second.pk], 1)
    assert not DeliveryHost.objects.exists()
    row.refresh_from_db()
    assert row.is_live


def test_a_server_that_takes_a_mail_and_hangs_up_gets_the_same_message_id_again(box):
    project = a_project()
    by_mail()
    dearer(project, 500)
    message = _claimed_by_a_worker_that_died()
    clock = Clock(message.claimed_until + timedelta(seconds=1))
    dearer(project, 600)
    tell(clock)
    ids = [mail["Message-ID"] for mail in box.mails]
    assert ids[0] == message_id(message)
    assert "R600" not in text_of(box.mails[0])
    assert len(set(ids)) == len(ids)


def test_what_a_worker_that_died_may_have_sent_is_not_changed_by_a_server_that_is_away(box):
    project = a_project()
    row = by_mail()
    first = dearer(project, 500)
    message = _claimed_by_a_worker_that_died()
    box.stop()
    clock = Clock(message.claimed_until + timedelta(seconds=1))
    tell(clock)
    second = dearer(project, 600)
    tell(clock.later(hours=2))
    box.start()
    tell(clock.later(hours=2))
    assert [each.ids for each in row.messages.order_by("pk")] == [[first.pk], [second.pk]]
    assert [mail["Message-ID"] for mail in box.mails] == [message_id(m) for m in row.messages.order_by("pk")]


def _claimed_by_a_worker_that_died() -> OutboxMessage:
    matching.match(NOON)
    message = delivery.claim(NOON)
    assert message is not None
    return message


def test_while_one_worker_sends_a_message_no_other_does_nor_what_comes_after_it(box):
    project = a_project()
    by_mail()
    dearer(project, 500)
    _claimed_by_a_worker_that_died()
    dearer(project, 600)
    clock = Clock().later(seconds=30)
    tell(clock)
    assert (box.mails, OutboxMessage.objects.count()) == ([], 2)


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user thandi@example.org", "550 no such user"])
def test_an_address_that_is_refused_for_good_ends_with_all_its_alerts(box, answer, caplog):
    project = a_project()
    box.refusals["thandi@example.org"] = answer
    first, second = by_mail(query="province=LIM"), by_mail(query="municipality=LIM331")
    other = by_mail("sipho@example.org")
    dearer(project, 500)
    tell(Clock())
    for row in (first, second, other):
        row.refresh_from_db()
    assert (first.ending, second.ending, other.is_live) == ("refused", "refused", True)
    assert box.asked == 2
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert ours
    assert not any("thandi" in line for line in ours)
    assert not any("thandi" in message.problem for message in OutboxMessage.objects.all())
    dearer(project, 600)
    tell(Clock().later(days=1))
    assert [mail["To"] for mail in box.mails] == ["sipho@example.org"] * 2


@pytest.mark.parametrize("answer", ["450 4.2.1 not now", "550 5.7.1 we relay for nobody", "554 policy"])
def test_an_address_that_is_refused_for_now_or_for_what_we_are_goes_on(box, answer):
    project = a_project()
    box.refusals["thandi@example.org"] = answer
    row = by_mail()
    wanted = dearer(project, 500)
    clock = Clock()
    tell(clock)
    box.refusals.clear()
    tell(clock.later(hours=1))
    row.refresh_from_db()
    assert (row.is_live, told(row), len(box.mails)) == (True, [wanted.pk], 1)


def test_one_mail_that_the_server_does_not_want_holds_up_nobody_else(box):
    project = a_project()
    by_mail("a@example.org")
    by_mail("b@example.org")
    box.refusals["a@example.org"] = "450 4.2.2 full"
    dearer(project, 500)
    tell(Clock())
    assert [mail["To"] for mail in box.mails] == ["b@example.org"]


def test_an_address_that_the_server_takes_nothing_for_holds_up_nobody_else(box):
    """Anybody can name one."""
    project = a_project()
    row = by_mail("a@example.org")
    by_mail("b@example.org")
    box.refusals["a@example.org"] = "554 5.7.1 not to them"
    clock = Clock()
    for day in range(2, 12, 2):  # for longer than an address may fail
        dearer(project, 100 * day)
        tell(clock.later(days=2))
    assert [mail["To"] for mail in box.mails] == ["b@example.org"] * 5
    row.refresh_from_db()
    assert (row.is_live, row.messages.count()) == (True, 1)


def test_a_mail_that_the_server_hangs_up_at_comes_behind_the_others(box):
    project = a_project()
    by_mail("a@example.org")
    by_mail("b@example.org")
    box.refusals["a@example.org"] = "421 4.3.0 too much for me"
    dearer(project, 500)
    clock = Clock()
    tell(clock)
    tell(clock.later(minutes=2))
    assert [mail["To"] for mail in box.mails] == ["b@example.org"]


def test_who_ends_an_alert_is_told_nothing_more_not_even_what_waited(box):
    project = a_project()
    row = by_mail(rhythm=Rhythm.DAILY)
    dearer(project, 500)
    clock = Clock()
    tell(clock)
    subscribing.stop(row)
    tell(clock.later(days=2))
    assert (box.mails, row.messages.get().state) == ([], "dropped")


def test_a_search_that_went_out_of_use_harms_no_other(box, caplog):
    project = a_project()
    broken, well = by_mail("a@example.org"), by_mail("b@example.org")
    Subscription.objects.filter(pk=broken.pk).update(query="province=XX")
    dearer(project, 500)
    tell(Clock())
    assert (len(told(well)), len(told(broken))) == (1, 0)
    assert "cannot be asked" in caplog.text


def test_many_subscriptions_to_one_search_ask_it_once(box, django_assert_max_num_queries):
    project = a_project()
    for number in range(20):
        by_mail(f"reader{number}@example.org", query="province=LIM")
    dearer(project, 500)
    with django_assert_max_num_queries(16):
        matching.match(NOON)
    assert OutboxMessage.objects.count() == 20


def test_the_log_is_never_locked_while_subscriptions_are_searched(box, monkeypatch):
    """No transaction is open while a search is made: whoever appends to the log does not wait for it."""
    project = a_project()
    by_mail(query="province=LIM")
    dearer(project, 500)
    depths, found = [], matching._found
    outside = connection.in_atomic_block
    inside = len(connection.savepoint_ids)

    def noted(*given: Any) -> Any:
        depths.append((connection.in_atomic_block, len(connection.savepoint_ids)))
        return found(*given)

    monkeypatch.setattr(matching, "_found", noted)
    matching.match(NOON)
    assert depths == [(outside, inside)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_put_each_change_into_the_outbox_once():
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory has one connection; the run on PostgreSQL has four")
    project = a_project()
    row = by_mail(query="province=LIM")
    wanted = [dearer(project, million).pk for million in range(500, 510)]

    def work() -> None:
        try:
            matching.match(NOON)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(row) == wanted
    claims = [delivery.claim(NOON), delivery.claim(NOON)]
    assert [claim is not None for claim in claims] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_commit_of_the_log_has_a_worker_look_at_once_and_only_one():
    from django_q.models import OrmQ

    project = a_project()
    dearer(project, 500)
    assert OrmQ.objects.count() == 0
    by_mail()
    dearer(project, 600)
    dearer(project, 700)
    assert [task.name() for task in OrmQ.objects.all()] == [worker.TASK]


def test_a_search_in_words_is_in_the_subject(box):
    row = by_mail(query="province=LIM")
    a_crowd(2)
    tell(Clock())
    assert (
        box.mails[0]["Subject"] == f"{len(told(row))} changes – {search('changes', 'province=LIM').title()}"
    )


@pytest.mark.parametrize(
    ("given", "origins", "site"),
    [
        ({"SITE_URL": "https://amanzi.example/"}, ["https://other.example"], "https://amanzi.example"),
        ({}, ["http://inner", "https://*.example", "https://buka.example"], "https://buka.example"),
        ({"PORT": "8080"}, [], "http://127.0.0.1:8080"),
    ],
)
def test_links_lead_to_where_the_site_is_found_from_outside(given, origins, site, monkeypatch):
    from buka import environment

    monkeypatch.delenv("SITE_URL", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert environment.site(origins) == site
