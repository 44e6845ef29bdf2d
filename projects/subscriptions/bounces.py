"""Mails that come back (RFC 3464): what a report says of one of ours, and what becomes of the address.

Anybody can write such a report. It counts only with the tag that the mail alone had: the number of the
message with a code that we alone can make of it. (The key in a Message-ID proves nothing: it is in the link
that readers hand on.) The tag stands in a header of the mail, which comes back with it, and, where
`BOUNCE_ADDRESS` is set, in the address that reports are sent to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from projects.models import Contact, OutboxMessage
from projects.subscriptions.delivery import is_of_address, refuse

TAG_HEADER = "X-Bounce-Tag"
Letter = Any  # an email.message.Message, whose stubs know no part of a part
MOST_BYTES = 256_000  # of a report that are read: what was sent is short
_MOST_PARTS = 20
_TAG = re.compile(r"\b([1-9][0-9]{0,17})-([0-9a-f]{20})\b")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY = re.compile(r"\b([245]\d\d)\b")
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
# Lost one by one on so many days, none of them for the address's own sake, an address is given up.
MOST_LOST = 5
_ANEW = timedelta(days=30)
_CAME_BACK = "Came back"


@dataclass(frozen=True, slots=True)
class Report:
    """`status`: such as 5.1.1; `reply`: the server's, where one is quoted, such as 550; `is_lost`: nobody
    tries any more."""

    tags: tuple[tuple[int, str], ...]
    status: str
    reply: int
    is_lost: bool


def tag_of(message: OutboxMessage) -> str:
    return f"{message.pk}-{_code(message.pk)}"


def sender_of(message: OutboxMessage) -> str:
    """The address that reports on this mail are sent to; blank where none is set (`BOUNCE_ADDRESS`)."""
    local, at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{tag_of(message)}@{domain}" if at else ""


def _code(pk: int) -> str:
    return salted_hmac("mails that come back", str(pk), algorithm="sha256").hexdigest()[
        :20
    ]  # the part before an @ has 64 letters at most


def read(body: bytes) -> Report | None:
    """None of what is no report on a delivery, or names no mail of ours."""
    try:
        letter = message_from_bytes(body[:MOST_BYTES])
        return _report(letter)
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError):
        return None  # no mail server writes such a thing: Python's reader stumbles over what is made to


def _report(letter: Letter) -> Report | None:
    if letter.get_content_type() != "multipart/report" or not letter.is_multipart():
        return None
    parts = letter.get_payload()[:_MOST_PARTS]
    told = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    texts = [str(text) for name in _TO for text in letter.get_all(name, [])]
    texts += [str(text) for part in parts for text in _headers(part).get_all(TAG_HEADER, [])]
    tags = tuple((int(pk), code) for text in texts for pk, code in _TAG.findall(text.lower()))
    fields = next((found for part in told if (found := _of_recipient(part))), None)
    if fields is None or not tags:
        return None
    diagnosis = str(fields.get("Diagnostic-Code", ""))
    status = _status(str(fields.get("Status", "")), diagnosis)
    reply = _REPLY.search(diagnosis)
    action = str(fields.get("Action", "")).strip().lower()
    return Report(tags, status, int(reply[1]) if reply else 0, is_lost=action == "failed")


def _of_recipient(part: Letter) -> Letter | None:
    """What is said of the recipient: ours have one. The first group of fields is about the report."""
    groups = part.get_payload()
    return next((each for each in groups if "Action" in each), None) if isinstance(groups, list) else None


def _headers(part: Letter) -> Letter:
    """Those of the mail that came back, where the part has it."""
    payload: Any = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
        return payload[0]
    if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
        return message_from_string(payload if isinstance(payload, str) else "")
    return Message()


def _status(told: str, diagnosis: str) -> str:
    """Some servers say 5.0.0 of everything, and mean what they quote."""
    found = _STATUS.search(told)
    if found and (found[2], found[3]) == ("0", "0"):
        found = _STATUS.search(diagnosis) or found
    return found[0] if found else ""


def settle(report: Report, now: datetime) -> str:
    """What became of it: `ended counted late ours known unknown`. Twice the same report is `known`."""
    genuine = [pk for pk, code in report.tags if constant_time_compare(code, _code(pk))]
    if not genuine:
        return "unknown"
    if not report.is_lost:
        return "late"  # the other side tries on
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(pk=genuine[0], subscription__contact__isnull=False)
        message = rows.select_for_update(of=("self",)).select_related("subscription__contact").first()
        if message is None or message.subscription is None or message.subscription.contact_id is None:
            return "unknown"  # it was forgotten meanwhile
        if message.problem.startswith(_CAME_BACK):
            return "known"
        message.problem = f"{_CAME_BACK}: {report.status or 'no status'}"
        message.save(update_fields=["problem"])
        contact = Contact.objects.select_for_update().get(pk=message.subscription.contact_id)
        return _judged(contact, report, now)


def _judged(contact: Contact, report: Report, now: datetime) -> str:
    if is_of_address(report.reply, report.status):
        refuse(contact, now)
        return "ended"
    if report.status.startswith("5.7."):
        return "ours"  # they take no mail from us: that must not end every alert there is
    if contact.bounced_at is None or now - contact.bounced_at > _ANEW:
        contact.bounces = 0
    if contact.bounced_at is None or contact.bounces == 0 or contact.bounced_at.date() != now.date():
        contact.bounces += 1
    contact.bounced_at = now
    contact.save(update_fields=["bounces", "bounced_at"])
    if contact.bounces < MOST_LOST:
        return "counted"
    refuse(contact, now)
    return "ended"


def settled(bodies: Iterator[bytes], now: datetime) -> dict[str, int]:
    """{what became of it: how many}; `others`: what is no report."""
    counts = dict.fromkeys(("ended", "counted", "late", "ours", "known", "unknown", "others"), 0)
    for body in bodies:
        report = read(body)
        counts[settle(report, now) if report else "others"] += 1
    return counts


__all__ = [
    "MOST_BYTES",
    "MOST_LOST",
    "TAG_HEADER",
    "Report",
    "read",
    "sender_of",
    "settle",
    "settled",
    "tag_of",
]
