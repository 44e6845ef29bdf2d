"""Mails that come back: what ends an address, what is only counted, and what nobody can feign."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from email import message_from_bytes
from mailbox import Maildir, mbox
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from projects.models import Contact, Ending, OutboxMessage, Subscription
from projects.subscriptions.bounces import MOST_LOST, TAG_HEADER, read, settled
from projects.tests.alerts import NOON, Clock, by_mail, tell
from projects.tests.factories import a_project
from projects.tests.mailbox import Mailbox
from projects.tests.test_alert_falsehoods import dearer

_REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

This is the mail system.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; thandi@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnosis}

--B
Content-Type: {kind}

{returned}
--B--
"""


def a_report(
    returned: str,
    status: str = "5.1.1",
    *,
    action: str = "failed",
    diagnosis: str = "550 5.1.1 User unknown",
    to: str = "buka@example.org",
    kind: str = "text/rfc822-headers",
) -> bytes:
    return _REPORT.format(
        returned=returned, status=status, action=action, diagnosis=diagnosis, to=to, kind=kind
    ).encode()


@pytest.fixture
def box(db: None, settings: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    for name, value in mailbox.settings().items():
        setattr(settings, name, value)
    yield mailbox
    mailbox.stop()


@pytest.fixture
def row(box: Mailbox) -> Subscription:
    row = by_mail()
    dearer(a_project(), 500)
    tell(Clock())
    return row


def headers(box: Mailbox, at: int = -1) -> str:
    return "".join(f"{name}: {value}\n" for name, value in box.mails[at].items())


def what_became_of(*bodies: bytes, at: Any = NOON) -> dict[str, int]:
    return {name: number for name, number in settled(iter(bodies), at).items() if number}


def ending_of(row: Subscription) -> str:
    row.refresh_from_db()
    return row.ending


def test_an_address_that_there_is_not_ends_with_all_its_alerts_once(box, row):
    other, else_one = by_mail(query="province=WC"), by_mail("b@example.org")
    report = a_report(headers(box))
    assert what_became_of(report, report) == {"ended": 1, "known": 1}
    assert (ending_of(row), ending_of(other), ending_of(else_one)) == (Ending.REFUSED, Ending.REFUSED, "")
    contact = Contact.objects.get(email="thandi@example.org")
    assert (contact.refused_at, OutboxMessage.objects.get(subscription=row).problem) == (
        NOON, "Came back: 5.1.1",
    )  # fmt: skip
    dearer(a_project("WP2"), 900)
    sent = len(box.to("thandi@example.org"))
    tell(Clock().later(days=1))
    assert len(box.to("thandi@example.org")) == sent


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({"status": "5.2.1", "diagnosis": "550 mailbox disabled"}, "ended"),
        ({"status": "5.0.0", "diagnosis": "550 5.1.1 unknown user"}, "ended"),
        ({"status": "5.0.0", "diagnosis": "550 no such user"}, "ended"),
        ({"status": "5.0.0", "diagnosis": "554 transaction failed"}, "counted"),
        ({"status": "5.7.1", "diagnosis": "550 5.7.1 blocked"}, "ours"),
        ({"status": "5.4.7", "diagnosis": "retry timeout exceeded"}, "counted"),
        ({"status": "4.2.2", "diagnosis": "452 mailbox full"}, "counted"),
        ({"status": "4.4.1", "diagnosis": "no answer", "action": "delayed"}, "late"),
        ({"status": "2.0.0", "diagnosis": "250 OK", "action": "delivered"}, "late"),
        ({"status": "", "diagnosis": ""}, "counted"),
    ],
)
def test_what_a_report_says_decides(box, row, terms, what):
    assert what_became_of(a_report(headers(box), **terms)) == {what: 1}
    assert ending_of(row) == (Ending.REFUSED if what == "ended" else "")


def test_lost_on_days_without_end_an_address_is_given_up(box, row):
    clock = Clock()
    for day in range(MOST_LOST):
        assert ending_of(row) == ""
        dearer(a_project(f"X{day}"), 500)
        tell(clock.later(days=1))
        reports = [a_report(headers(box), "4.2.2", diagnosis="mailbox full")] * 2
        what = "counted" if day + 1 < MOST_LOST else "ended"
        assert what_became_of(*reports, at=clock.now) == {what: 1, "known": 1}
    assert ending_of(row) == Ending.REFUSED


def test_what_came_back_long_ago_counts_no_more(box, row):
    Contact.objects.update(bounces=MOST_LOST - 1, bounced_at=NOON.replace(year=2025))
    assert what_became_of(a_report(headers(box), "4.2.2", diagnosis="")) == {"counted": 1}
    assert Contact.objects.get().bounces == 1


def test_a_mail_comes_back_whole_or_to_an_address_of_its_own(box, row, settings):
    settings.BOUNCE_ADDRESS = "bounces@buka.example"
    dearer(a_project("WP2"), 900)
    tell(Clock().later(days=1))
    sender, mail = box.senders[-1], box.mails[-1]
    assert sender == f"bounces+{mail[TAG_HEADER]}@buka.example"
    assert (mail["From"], sender.islower()) == (settings.DEFAULT_FROM_EMAIL, True)
    late = {"action": "delayed"}
    for report in (
        a_report("", to=sender, **late),
        a_report("", to=sender.upper(), **late),
        a_report(mail.as_string(), kind="message/rfc822", **late),
    ):
        assert what_became_of(report) == {"late": 1}


def test_whoever_has_the_link_that_is_handed_on_can_feign_nothing(box, row):
    """The key is in the Message-ID and in the public link: it ends nobody's alert."""
    message = OutboxMessage.objects.get(subscription=row)
    tag = box.mails[0][TAG_HEADER]
    code = tag.partition("-")[2]
    feigned = [
        f"Message-ID: {box.mails[0]['Message-ID']}\n", f"{TAG_HEADER}: {message.key}\n",
        f"{TAG_HEADER}: {message.pk}-{'0' * 20}\n", f"{TAG_HEADER}: {message.pk + 1}-{code}\n",
        f"{TAG_HEADER}: {tag[:-1]}\n", f"{TAG_HEADER}: {tag}0\n", f"{TAG_HEADER}: {10**17}-{code}\n",
    ]  # fmt: skip
    for each in feigned:
        assert set(what_became_of(a_report(each))) <= {"unknown", "others"}, each
    assert ending_of(row) == ""


def test_what_is_no_report_is_left_alone(box, row):
    whole = a_report(headers(box))
    plain = box.mails[0].as_bytes()
    bodies = [
        b"", b"\xff" * 999, plain, whole.replace(b"multipart/report", b"multipart/mixed"),
        whole.replace(b"message/delivery-status", b"text/plain"), whole.replace(b"Action: failed\n", b""),
        b"Content-Type: multipart/report; boundary=a\n\n--a\n" * 3000,
        b"".join(b'Content-Type: multipart/report; boundary="%d"\n\n--%d\n' % (n, n) for n in range(4000)),
    ]  # fmt: skip
    assert what_became_of(*bodies) == {"others": len(bodies)}
    assert ending_of(row) == ""


@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 40))
def test_no_bytes_make_the_reader_stumble(bytes_, at, gone):
    whole = a_report(f"{TAG_HEADER}: 1-{'0' * 20}\n")
    read(whole[:at] + bytes_ + whole[at + gone :])


def test_the_command_reads_a_pipe_a_maildir_an_mbox_and_a_file(box, row, tmp_path, monkeypatch):
    body = a_report(headers(box), "4.2.2", diagnosis="full", action="delayed")
    maildir, box_file, file = Maildir(tmp_path / "maildir"), tmp_path / "mbox", tmp_path / "one.eml"
    maildir.add(body)
    maildir.close()
    in_one = mbox(box_file)
    in_one.add(message_from_bytes(body))
    in_one.add(b"Subject: hello\n\nhello\n")
    in_one.close()
    file.write_bytes(body)
    said = io.StringIO()
    call_command("bounces", str(tmp_path / "maildir"), str(box_file), str(file), stdout=said)
    assert said.getvalue() == "4 mails read: 3 still tried by the other side, 1 no report.\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(body + b"x" * 900_000)))
    said = io.StringIO()
    call_command("bounces", stdout=said)
    assert said.getvalue() == "1 mail read: 1 still tried by the other side.\n"
    with pytest.raises(CommandError, match="no Maildir and no file"):
        call_command("bounces", str(Path(tmp_path, "nothing")))
