"""The e-mails of alerts: each message once, in order, tried again at each look until it is delivered."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from projects.models import AlertMessage

logger = logging.getLogger("buka").getChild("alerts")


class NotDelivered(Exception):
    """The mail server could not be reached, or said no."""


def send(subject: str, body: str) -> None:
    """One e-mail to all that alerts go to; nothing where that is nobody. Raises NotDelivered."""
    if not settings.ALERT_EMAILS:
        return
    try:
        EmailMessage(subject, body, to=settings.ALERT_EMAILS).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}"[:500]) from error


def deliver(now: datetime) -> None:
    """Send what has not been delivered, oldest first; the first failure ends it for this time.

    The row is held while its mail is sent, so that two watchers never send one message twice. (On SQLite that
    holds up other writers, for `EMAIL_TIMEOUT` at most.)
    """
    waiting = AlertMessage.objects.filter(delivered_at=None).order_by("pk").values_list("pk", flat=True)
    for pk in list(waiting):
        if not _deliver(pk, now):
            return


def _deliver(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        message = AlertMessage.objects.select_for_update().filter(pk=pk, delivered_at=None).first()
        if message is None:
            return True  # another watcher has delivered it
        message.attempts += 1
        try:
            send(message.subject, message.body)
        except NotDelivered as problem:
            message.last_error = str(problem)
        else:
            message.delivered_at, message.last_error = now, ""
        message.save(update_fields=["attempts", "last_error", "delivered_at"])
    if message.delivered_at is None:
        logger.error("An alert could not be mailed, the next look tries again: %s", message.last_error)
    return message.delivered_at is not None


__all__ = ["NotDelivered", "deliver", "send"]
