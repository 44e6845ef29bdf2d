"""The e-mails of alerts: each message once, in order, tried again at each look until it is delivered."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from projects.charset import visible
from projects.models import AlertMessage

logger = logging.getLogger("buka").getChild("alerts")

_EXCHANGES = 12  # of one mail with its server, beside one a recipient; EMAIL_TIMEOUT is for each of them
_SLACK_SECONDS = 60.0


class NotDelivered(Exception):
    """The mail server could not be reached, or said no."""


def send(subject: str, body: str, message_id: str = "") -> None:
    """One e-mail to all that alerts go to; nothing where that is nobody. Raises NotDelivered."""
    if not settings.ALERT_EMAILS:
        return
    headers = {"Message-ID": message_id} if message_id else {}
    try:
        EmailMessage(visible(subject), visible(body), to=settings.ALERT_EMAILS, headers=headers).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}"[:500]) from error


def deliver() -> None:
    """Send what has not been delivered, oldest first; the first failure ends it for this time.

    A message is claimed in one short transaction, sent outside of any, then marked: a slow mail server holds
    up no other writer. Whoever finds the oldest claimed leaves the rest to the watcher who claimed it, or a
    later message would overtake it. The claim of a watcher that died runs out; its message may then go out a
    second time, under the same Message-ID.
    """
    while (message := _claim()) and _deliver(message):
        pass


def _claim() -> AlertMessage | None:
    """The oldest message that waits; None when there is none, or another watcher is just sending it."""
    now = timezone.now()
    with transaction.atomic():
        waiting = AlertMessage.objects.select_for_update().filter(delivered_at=None).order_by("pk")
        message = waiting.first()
        if message is None or (message.claimed_until and message.claimed_until > now):
            return None
        message.claimed_until = now + _term()
        message.attempts += 1
        message.save(update_fields=["claimed_until", "attempts"])
    return message


def _deliver(message: AlertMessage) -> bool:
    problem = ""
    try:
        send(message.subject, message.body, _message_id(message))
    except NotDelivered as refusal:
        problem = str(refusal)
        logger.error("An alert could not be mailed, the next look tries again: %s", problem)
    delivered = None if problem else timezone.now()
    sent = AlertMessage.objects.filter(pk=message.pk, delivered_at=None)
    sent.update(delivered_at=delivered, last_error=problem, claimed_until=None)
    return not problem


def _term() -> timedelta:
    exchanges = _EXCHANGES + len(settings.ALERT_EMAILS)
    return timedelta(seconds=exchanges * settings.EMAIL_TIMEOUT + _SLACK_SECONDS)


def _message_id(message: AlertMessage) -> str:
    """The same whenever it is sent, so that mail programs know a second copy."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<alert-{message.pk}-{message.created_at.timestamp():.0f}@{domain}>"


__all__ = ["NotDelivered", "deliver", "send"]
