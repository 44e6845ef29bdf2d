"""Alerts: told once when they start, once a day, once when they end; kept until the mail is delivered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import OperationalError, connection, connections
from django.utils import timezone

from projects.health import alerts
from projects.health import mail as alert_mail
from projects.health.checks import Check, checks
from projects.health.watch import Watch
from projects.health.words import words
from projects.models import Alert, AlertMessage, Heartbeat
from projects.tests.factories import a_run
from projects.tests.smtp import MailServer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def mail(settings) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 60
        settings.ALERT_EMAILS = ["ops@example.org", "steward@example.org"]
        yield server


def bad(key: str = "worker", told: str = "worker shows no sign of life") -> Check:
    return Check(key, told, (key,), {key: told})


def good(key: str = "worker") -> Check:
    return Check(key, "fine", (key,))


def look(*checks: Check, at: datetime = NOON) -> None:
    alerts.update(checks, at)
    alert_mail.deliver()


def steps() -> list[str]:
    return list(AlertMessage.objects.order_by("id").values_list("step", flat=True))


def test_an_alert_is_told_when_it_starts_once_a_day_and_when_it_ends(mail):
    for hours in (0, 1, 5, 23, 24, 30, 47, 48.5, 50):
        look(bad(), at=NOON + hours * HOUR)
    look(good(), at=NOON + 51 * HOUR)
    look(good(), at=NOON + 52 * HOUR)
    assert mail.subjects == [
        "Buka Amanzi: Worker shows no sign of life.",
        "Buka Amanzi, still: Worker shows no sign of life.",
        "Buka Amanzi, still: Worker shows no sign of life.",
        "Buka Amanzi, over: Worker shows no sign of life.",
    ]
    alert = Alert.objects.get()
    assert (alert.started_at, alert.ended_at) == (NOON, NOON + 51 * HOUR)
    assert mail.mails[0]["To"] == "ops@example.org, steward@example.org"
    assert "Since 23 November 2026, 12:00." in mail.mails[0].get_payload()
    assert "Over at 25 November 2026, 15:00." in mail.mails[-1].get_payload()


def test_what_comes_back_is_a_new_alert(mail):
    look(bad())
    look(good(), at=NOON + HOUR)
    look(bad(), at=NOON + 2 * HOUR)
    assert steps() == ["started", "ended", "started"]
    assert Alert.objects.filter(ended_at=None).count() == 1


def test_a_message_is_kept_until_it_is_delivered_and_never_sent_again(mail):
    mail.refuses = True
    look(bad())
    look(bad("disk", "disk is nearly full"), bad(), at=NOON + HOUR)
    assert mail.mails == []
    first, second = AlertMessage.objects.order_by("id")
    assert (first.attempts, second.attempts) == (2, 0), "in order: the second waits for the first"
    assert "451" in first.last_error
    mail.refuses = False
    look(bad("disk", "disk is nearly full"), good(), at=NOON + 2 * HOUR)
    look(bad("disk", "disk is nearly full"), good(), at=NOON + 3 * HOUR)
    assert mail.subjects == [
        "Buka Amanzi: Worker shows no sign of life.",
        "Buka Amanzi: Disk is nearly full.",
        "Buka Amanzi, over: Worker shows no sign of life.",
    ]
    assert not AlertMessage.objects.filter(delivered_at=None).exists()
    assert AlertMessage.objects.first().last_error == ""


def test_a_mail_server_that_is_not_there_is_tried_again(mail, settings):
    settings.EMAIL_PORT = 1
    look(bad())
    message = AlertMessage.objects.get()
    assert (message.delivered_at, message.attempts) == (None, 1)
    assert "ConnectionRefusedError" in message.last_error
    settings.EMAIL_PORT = mail.port
    look(bad(), at=NOON + HOUR)
    assert len(mail.mails) == 1


class Meanwhile:
    """A mail server in whose conversation something happens: `act` is called while a message is sent."""

    act: Callable[[], None]
    taken: list[EmailMessage] = []

    def __init__(self, **options: Any) -> None:
        pass

    def send_messages(self, messages: list[EmailMessage]) -> int:
        type(self).act()
        type(self).taken += messages
        return len(messages)


@pytest.fixture
def meanwhile(settings) -> type[Meanwhile]:
    settings.EMAIL_BACKEND = f"{__name__}.Meanwhile"
    settings.ALERT_EMAILS = ["ops@example.org"]
    Meanwhile.taken = []
    return Meanwhile


def test_no_row_is_locked_while_a_mail_is_sent(meanwhile):
    levels = []
    meanwhile.act = staticmethod(lambda: levels.append(len(connection.savepoint_ids)))
    look(bad(), bad("disk", "disk is nearly full"))
    assert levels == [0, 0]
    assert len(meanwhile.taken) == 2


def test_a_second_watcher_leaves_the_messages_to_the_one_who_is_sending(meanwhile):
    meanwhile.act = staticmethod(alert_mail.deliver)
    look(bad(), bad("disk", "disk is nearly full"))
    subjects = [message.subject for message in meanwhile.taken]
    assert subjects == ["Buka Amanzi: Worker shows no sign of life.", "Buka Amanzi: Disk is nearly full."]
    assert list(AlertMessage.objects.values_list("attempts", flat=True)) == [1, 1]


def test_a_watcher_that_was_killed_while_it_sent_is_made_good_once_its_claim_has_run_out(meanwhile):
    def killed() -> None:
        raise KeyboardInterrupt

    meanwhile.act = staticmethod(killed)
    with pytest.raises(KeyboardInterrupt):
        look(bad())
    meanwhile.act = staticmethod(lambda: None)
    look(bad())
    assert meanwhile.taken == [], "the other one may still be sending it"
    AlertMessage.objects.update(claimed_until=timezone.now())
    look(bad())
    look(bad())
    assert len(meanwhile.taken) == 1
    assert AlertMessage.objects.get().attempts == 2


def test_a_message_has_the_same_message_id_whenever_it_is_sent(meanwhile, settings):
    settings.DEFAULT_FROM_EMAIL = "Buka Amanzi <buka@example.org>"
    meanwhile.act = staticmethod(lambda: None)
    look(bad())
    AlertMessage.objects.update(delivered_at=None)
    alert_mail.deliver()
    first, second = [message.extra_headers["Message-ID"] for message in meanwhile.taken]
    assert first == second
    assert first.endswith("@example.org>")


@pytest.mark.parametrize(
    ("key", "safe", "todo"),
    [
        ("stale:dws", "the last good reading", "manage.py sync_dws` reads it now"),
        ("stale:correlation", "the last good reading", "manage.py correlate` reads it now"),
        ("broken:treasury", "the other sources are read as ever", "/sources/treasury/"),
        ("held:dws", "Nothing of the held reading was loaded", "release or reject"),
        ("worker", "stays in the queue", "start it again"),
        ("redis", "Nothing is lost", "Start the Redis-protocol server"),
        ("database", "a run that was interrupted wrote nothing", "database server"),
        ("something:else", "", "manage.py health`"),
    ],
)
def test_a_message_says_where_what_is_safe_and_what_to_do(settings, key, safe, todo):
    alert = Alert(key=key, sentence="It is so.", started_at=NOON)
    _, body = words(alert, "started")
    assert body.startswith("It is so.\n\nSince 23 November 2026, 12:00.\n\n")
    assert safe in body
    assert todo in body
    assert f"data in {settings.VAR_DIR}" in body
    assert "{" not in body
    alert.ended_at = NOON + 5 * HOUR
    _, over = words(alert, "ended")
    assert "Over at 23 November 2026, 17:00. It lasted 5 hours." in over
    assert "What to do" not in over


def test_every_part_that_can_be_wrong_has_its_advice():
    from projects.health.checks import _SOURCE
    from projects.health.words import _ADVICE

    parts = {key for check in checks() for key in check.keys if ":" not in key}
    parts.add("standby")  # looked at where there is one
    assert {*parts, *_SOURCE} == set(_ADVICE)


def test_without_addresses_the_log_alone_is_told(settings, caplog, django_capture_on_commit_callbacks):
    settings.ALERT_EMAILS = []
    caplog.set_level(logging.INFO, "buka.alerts")
    with django_capture_on_commit_callbacks(execute=True):
        look(bad())
    with django_capture_on_commit_callbacks(execute=True):
        look(good(), at=NOON + HOUR)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [
        ("WARNING", "Buka Amanzi: Worker shows no sign of life."),
        ("INFO", "Buka Amanzi, over: Worker shows no sign of life."),
    ]
    assert not AlertMessage.objects.filter(delivered_at=None).exists()


def test_what_nobody_can_judge_now_neither_starts_nor_ends(mail):
    look(bad("hubs", "hubs are far behind the log"))
    look(Check("hubs", "not known", ("hubs",), known=False), at=NOON + HOUR)
    assert steps() == ["started"]
    look(good("hubs"), at=NOON + 2 * HOUR)
    assert steps() == ["started", "ended"]


def test_an_alert_on_a_source_that_is_not_read_any_more_ends(mail):
    look(bad("stale:gossip", "gossip is stale"))
    look(good("worker"), at=NOON + HOUR)
    assert steps() == ["started", "ended"]


def test_the_sentence_of_an_alert_is_that_of_the_last_look(mail):
    look(bad(told="queue does not move: 3 waiting"))
    look(bad(told="queue does not move: 9 waiting"), at=NOON + HOUR)
    assert Alert.objects.get().sentence == "Queue does not move: 9 waiting."
    assert steps() == ["started"]


@pytest.mark.django_db(transaction=True)
def test_two_watchers_at_once_tell_of_it_once(mail):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("a database in memory has one connection; the run on PostgreSQL has two")
    for turn in (bad(), good()):
        barrier = threading.Barrier(3)

        def watch(turn: Check = turn, barrier: threading.Barrier = barrier) -> None:
            try:
                barrier.wait(60)
                look(turn)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=watch) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert steps() == ["started", "ended"]
    assert len(mail.mails) == 2


# --- the loop -------------------------------------------------------------------------------------


def test_a_look_writes_the_loop_s_own_heartbeat(mail, settings):
    settings.REDIS_URL = ""
    Watch().look()
    assert Heartbeat.objects.filter(pk="health").exists()


def test_a_worker_that_may_only_just_have_started_gets_a_grace(mail, settings):
    watch = Watch()
    watch.look()
    assert not Alert.objects.filter(key="worker").exists()
    watch._well_since -= timedelta(minutes=3)
    watch.look()
    assert Alert.objects.filter(key="worker", ended_at=None).exists()
    Heartbeat.objects.create(name="worker", at=timezone.now())
    watch.look()
    assert not Alert.objects.filter(key="worker", ended_at=None).exists()


def test_a_held_run_is_alerted_until_it_is_decided(mail, settings):
    from django_q.models import Schedule

    Schedule.objects.create(name="dws", func="f", next_run=timezone.now())
    a_run(state="succeeded")
    held = a_run(state="quarantined", held=[{"rule": "count_down", "sentence": "20% fewer projects."}])
    watch = Watch()
    watch.look()
    alert = Alert.objects.get(key="held:dws")
    assert alert.sentence == f"Run {held.pk} of dws is held and waits for a steward. 20% fewer projects."
    held.state = "rejected"
    held.save()
    watch.look()
    alert.refresh_from_db()
    assert alert.ended_at


class Down:
    """Every statement fails, as on a server that is gone."""

    def __call__(self, execute, sql, params, many, context):
        raise OperationalError("the server is gone")


def test_with_the_database_down_memory_alerts_and_the_record_has_it_afterwards(mail, caplog):
    caplog.set_level(logging.INFO, "buka.alerts")
    watch = Watch()
    with connection.execute_wrapper(Down()):
        watch.look()
        watch.look()
        assert mail.subjects == ["Buka Amanzi: The database does not answer: OperationalError."]
        mail.refuses = True
        watch._outage.alert.started_at -= timedelta(days=1)
        watch.look()
    assert len(mail.mails) == 1
    mail.refuses = False
    watch.look()
    assert mail.subjects[:3] == [
        "Buka Amanzi: The database does not answer: OperationalError.",
        "Buka Amanzi, still: The database does not answer: OperationalError.",
        "Buka Amanzi, over: The database does not answer: OperationalError.",
    ]
    alert = Alert.objects.get(key="database")
    assert alert.ended_at
    told = alert.messages.order_by("id")
    assert [message.step for message in told] == ["started", "reminder", "ended"]
    assert all(message.delivered_at for message in told)
    watch.look()
    assert Alert.objects.filter(key="database").count() == 1


class Locked(Down):
    """Nothing can be written, as on SQLite while somebody loads much."""

    def __call__(self, execute, sql, params, many, context):
        if not sql.startswith(("INSERT", "UPDATE")):
            return execute(sql, params, many, context)
        raise OperationalError("database is locked")


def test_a_database_that_is_busy_for_one_look_is_no_alert_and_for_two_it_is(mail):
    watch = Watch()
    with connection.execute_wrapper(Locked()):
        assert watch.look() == []
        assert mail.subjects == []
    assert watch.look()
    with connection.execute_wrapper(Locked()):
        assert watch.look() == []
        watch.look()
    assert mail.subjects[-1] == "Buka Amanzi: The database can be read but not written."


@pytest.mark.parametrize("down", [Down, Locked])
def test_after_the_database_the_workers_get_their_grace_again(mail, down):
    watch = Watch()
    watch._well_since -= timedelta(minutes=3)
    with connection.execute_wrapper(down()):
        watch.look()
    watch.look()
    assert not Alert.objects.filter(key="worker").exists()
    watch._well_since -= timedelta(minutes=3)
    watch.look()
    assert Alert.objects.filter(key="worker").exists()


def test_what_an_outage_left_unsent_waits_behind_what_was_unsent_before(mail):
    mail.refuses = True
    look(bad("disk", "disk is nearly full"), at=timezone.now())
    watch = Watch()
    with connection.execute_wrapper(Down()):
        watch.look()
    mail.refuses = False
    watch.look()
    assert [subject.partition(":")[2] for subject in mail.subjects[:3]] == [
        " Disk is nearly full.",
        " The database does not answer: OperationalError.",
        " The database does not answer: OperationalError.",
    ]


def test_alerts_are_to_be_read_in_the_admin(admin_client, settings):
    settings.ALERT_EMAILS = []
    look(bad())
    alert = Alert.objects.get()
    for path in ("alert/", f"alert/{alert.pk}/change/", "alertmessage/", "alert/?ended_at__isempty=1"):
        answer = admin_client.get(f"/admin/projects/{path}")
        assert answer.status_code == 200, path
        assert "no sign of life" in answer.content.decode()
    assert admin_client.post(f"/admin/projects/alert/{alert.pk}/delete/", {"post": "yes"}).status_code == 403
