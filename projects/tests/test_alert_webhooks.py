"""Messages to programs: signed, tried again, logged; and never to an address inside a network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import certifi
import pytest
from django.utils import timezone

from projects.api.changes import change_json
from projects.models import DataChangeLog, DeliveryAttempt, DeliveryHost, Ending, Subscription
from projects.subscriptions import posting, subscribing
from projects.tests.alerts import NOON, Clock, by_webhook, search, tell, told
from projects.tests.certificates import certificate
from projects.tests.factories import a_project, change
from projects.tests.mailbox import Receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_LOOPBACK = True
    receiver = Receiver()
    yield receiver
    receiver.stop()


def dearer(project: Any, million: int, **fields: Any) -> DataChangeLog:
    return change(project, "budget", Decimal(million * 1_000_000), at=NOON, **fields)


def test_a_receiver_that_gives_the_challenge_back_is_told_from_then_on(hook):
    project = a_project()
    row = subscribing.subscribe_webhook(hook.url(), search("changes", "province=LIM"))
    dearer(project, 500)
    clock = Clock(row.created_at)
    tell(clock)
    row.refresh_from_db()
    assert row.is_live
    wanted = dearer(project, 600)
    tell(clock.later(seconds=1))
    asked, news = (each["body"] for each in hook.got["/hook"])
    assert (asked["type"], news["type"]) == ("subscription.confirm", "changes")
    assert news["changes"] == [change_json(wanted)]
    assert (news["count"], news["last"]) == (1, wanted.pk)


def test_a_receiver_that_does_not_know_of_it_is_written_to_once(hook):
    project = a_project()
    hook.wants = False
    row = subscribing.subscribe_webhook(hook.url(), search())
    clock = Clock(row.created_at)
    tell(clock)
    dearer(project, 500)
    tell(clock.later(days=1))
    row.refresh_from_db()
    assert (row.ending, len(hook.got["/hook"])) == (Ending.UNCONFIRMED, 1)


def test_a_message_is_signed_with_its_time_and_has_an_idempotency_key(hook):
    project = a_project()
    row = by_webhook(hook.url())
    dearer(project, 500)
    tell(Clock())
    got = hook.got["/hook"][0]
    headers = {name.lower(): value for name, value in got["headers"].items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + got["raw"]
    key = base64.b64decode(row.secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert headers["idempotency-key"] == headers["webhook-id"] == row.messages.get().key


def test_what_fails_is_tried_again_ever_more_rarely_under_the_same_key_and_is_logged(hook):
    project = a_project()
    row = by_webhook(hook.url())
    hook.answers["/hook"] = (500, "")
    dearer(project, 500)
    clock = Clock()
    tell(clock)
    tell(clock.later(seconds=20))
    assert len(hook.got["/hook"]) == 1
    tell(clock.later(minutes=5))
    hook.answers.clear()
    tell(clock.later(hours=1))
    got = hook.got["/hook"]
    assert [each["status"] for each in got] == [500, 500, 200]
    assert len({each["raw"] for each in got}) == 1
    log = DeliveryAttempt.objects.filter(message=row.messages.get()).order_by("pk")
    assert [(each.status, bool(each.problem)) for each in log] == [(500, True), (500, True), (200, False)]


def test_a_receiver_that_says_when_to_come_back_is_left_alone_until_then(hook, monkeypatch):
    project = a_project()
    by_webhook(hook.url())
    dearer(project, 500)
    monkeypatch.setattr(posting, "post", lambda *_: posting.Answer(429, b"", retry_after=7200.0))
    clock = Clock()
    tell(clock)
    assert DeliveryHost.objects.get(pk="127.0.0.1").not_before == clock.now.replace(hour=12)
    monkeypatch.undo()
    tell(clock.later(hours=1))
    assert hook.got == {}
    tell(clock.later(hours=2))
    assert len(hook.got["/hook"]) == 1


def test_a_webhook_that_fails_for_days_is_given_up_and_listed(hook, admin_client):
    project = a_project()
    row = by_webhook(hook.url())
    hook.answers["/hook"] = (404, "")
    dearer(project, 500)
    clock = Clock()
    for _ in range(10):
        tell(clock.later(hours=9))
    row.refresh_from_db()
    assert row.ending == Ending.DEAD
    page = admin_client.get("/admin/projects/subscription/?ending__exact=dead").content.decode()
    assert ("127.0.0.1" in page, "/hook" in page, row.secret in page) == (True, False, False)
    assert "1 webhook" in admin_client.get("/admin/projects/subscription/").content.decode()


def test_one_that_is_gone_is_given_up_at_once(hook):
    project = a_project()
    row = by_webhook(hook.url())
    hook.answers["/hook"] = (410, "")
    dearer(project, 500)
    tell(Clock())
    row.refresh_from_db()
    assert row.ending == Ending.DEAD


def test_a_retraction_names_the_changes_and_why(hook):
    project = a_project()
    row = by_webhook(hook.url())
    false = dearer(project, 5000)
    clock = Clock()
    tell(clock)
    right = dearer(project, 500, cause="parser")
    tell(clock.later(minutes=1))
    said = hook.got["/hook"][-1]["body"]
    assert (said["type"], [each["id"] for each in said["changes"]]) == ("changes.retracted", [false.pk])
    assert said["reasons"] == {str(false.pk): ["parser", right.pk]}
    assert told(row, "retraction") == [false.pk]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/hook",
        "https://user:secret@example.org/",
        "https://example.org:22/",
        "https://exam ple.org/",
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "",
    ],
)
def test_an_address_that_is_none_for_webhooks_is_refused_before_anything_is_looked_up(url):
    with pytest.raises(posting.Refused):
        posting.checked(url)


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
    192.0.2.1 198.18.0.1 ::1 :: fe80::1 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1
    2002:7f00:1::1 2001:db8::1 ::7f00:1 fec0::1""".split(),
)
def test_no_address_inside_a_network_is_asked_whatever_its_name(address, monkeypatch):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    answers = [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443)), (family, 1, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(posting.Refused, match="public internet"):
        posting.post("https://rebinding.example/hook", b"{}", {})


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected_to(monkeypatch):
    """DNS rebinding: the second answer, which nobody checks, would be the machine itself."""
    asked, connected = [], []

    def lookup(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        if len(asked) == 1:
            return [(socket.AF_INET, 1, 6, "", ("93.184.216.34", 443))]
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", 443))]

    def connection(address: str, port: int, host: str, seconds: float) -> Any:
        connected.append((address, port, host))
        raise posting.Failed("No connection.", reached=False)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(posting, "_connection", connection)
    with pytest.raises(posting.Failed):
        posting.post("https://rebinding.example/hook", b"{}", {})
    assert (asked, connected) == (["rebinding.example"], [("93.184.216.34", 443, "rebinding.example")])


def test_a_redirect_to_an_address_inside_is_refused_and_one_to_another_page_is_followed(hook):
    hook.answers["/hook"] = (307, "http://10.0.0.1/inside")
    with pytest.raises(posting.Refused):
        posting.post(hook.url(), b"{}", {"Content-Type": "application/json"})
    hook.answers["/hook"] = (308, "/moved")
    answer = posting.post(hook.url(), b"{}", {"Content-Type": "application/json"})
    assert (answer.status, len(hook.got["/moved"])) == (200, 1)


@pytest.mark.parametrize(
    "location",
    [
        "http://[",
        "//[::1",
        "http://[x]/",
        "http://a:99999/",
        "http://\u00e9]/",
        "http://a]b[/",
        "?" * 3000,
        "\x7f",
    ],
)
def test_a_redirect_to_what_is_no_address_is_refused_and_harms_no_other(hook, location):
    project = a_project()
    row, other = by_webhook(hook.url()), by_webhook(hook.url("/other"))
    hook.answers["/hook"] = (307, location)
    dearer(project, 500)
    tell(Clock())
    assert row.messages.get().problem
    assert other.messages.get().state == "sent"


def test_redirects_without_end_and_those_that_would_lose_the_body_are_no_delivery(hook):
    hook.answers["/hook"] = (307, "/hook")
    with pytest.raises(posting.Failed, match="again and again"):
        posting.post(hook.url(), b"{}", {})
    hook.answers["/hook"] = (302, "/moved")
    assert posting.post(hook.url(), b"{}", {}).status == 302


def test_this_machine_is_asked_only_where_a_setting_says_so(hook, settings):
    settings.WEBHOOK_LOOPBACK = False
    project = a_project()
    row = by_webhook(hook.url())
    dearer(project, 500)
    tell(Clock())
    assert (hook.got, "https://" in row.messages.get().problem) == ({}, True)


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_who_answers_with_a_byte_now_and_then_has_no_more_than_our_time(settings, beginning):
    settings.WEBHOOK_LOOPBACK = True

    def drip() -> None:
        side, _ = server.accept()
        with side, suppress(OSError):
            side.sendall(beginning)
            for _ in range(200):
                side.sendall(b"x")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with suppress(posting.Failed):
            posting.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, seconds=0.3)
        took = time.monotonic() - began
        thread.join()
    assert took < 2


def test_a_receiver_that_does_not_speak_tls_or_has_anothers_certificate_gets_nothing(hook, monkeypatch):
    monkeypatch.setattr(posting, "_MOST_REDIRECTS", 0)
    with pytest.raises(posting.Failed) as failure:
        posting.post(hook.url().replace("http://", "https://"), b"{}", {})
    assert (failure.value.reached, hook.got) == (False, {})


def test_a_port_that_nobody_listens_on_was_not_reached(settings):
    settings.WEBHOOK_LOOPBACK = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    with pytest.raises(posting.Failed) as failure:
        posting.post(url, b"{}", {})
    assert not failure.value.reached


def test_over_tls_the_checked_address_is_connected_to_and_the_certificate_is_held_against_the_name(
    settings, monkeypatch, tmp_path
):
    settings.WEBHOOK_LOOPBACK = True
    file = certificate("hook.example", tmp_path)
    monkeypatch.setattr(certifi, "where", lambda: str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    receiver = Receiver()
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    port = receiver.server_address[1]
    local = [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: local)
    try:
        assert posting.post(f"https://hook.example:{port}/hook", b"{}", {}).status == 200
        with pytest.raises(posting.Failed, match="certificate"):
            posting.post(f"https://other.example:{port}/hook", b"{}", {})
    finally:
        receiver.stop()
    assert len(receiver.got["/hook"]) == 1


def test_one_that_is_tried_again_hears_once_what_proved_false_meanwhile(hook):
    project, other = a_project("WP1"), a_project("WP2")
    row = by_webhook(hook.url())
    false, sound = dearer(project, 5000), dearer(other, 5000)
    clock = Clock()
    tell(clock)
    hook.answers["/hook"] = (410, "")
    dearer(a_project("WP3"), 500)
    tell(clock.later(minutes=1))
    wrong = dearer(project, 500, cause="parser")
    tell(clock.later(minutes=1))
    hook.answers.clear()
    for _ in range(2):
        before = len(hook.got["/hook"])
        Subscription.objects.filter(pk=row.pk, ended_at=None).end(Ending.DEAD, clock.now)
        assert subscribing.revive(Subscription.objects.all()) == 1
        tell(Clock(timezone.now()))
        new = [each["body"] for each in hook.got["/hook"][before:]]
        yet = [(each["type"], each["reasons"]) for each in new]
        expected = [("changes.retracted", {str(false.pk): ["parser", wrong.pk]})] if before == 2 else []
        assert yet == expected
    assert sound.pk not in told(row, "retraction")
