"""Messages to people: one e-mail to one address, with what mail programs need to end it at one click."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from projects.languages import LANGUAGES, prefixed
from projects.models import OutboxMessage, Subscription
from projects.subscriptions import tokens
from projects.subscriptions.bounces import TAG_HEADER, sender_of, tag_of
from projects.subscriptions.delivery import Outcome, is_of_address
from projects.subscriptions.words import addressed

HOST = "mail"  # what the mail server is called among the hosts that are left alone for a while
_PERMANENT = 500


class Mailer:
    """Sends over one connection, which is opened when it is needed."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def send(self, message: OutboxMessage, subscription: Subscription, content: dict[str, Any]) -> Outcome:
        """One attempt. What it says of a failure has no address in it: servers repeat them."""
        try:
            if self._connection is None:
                connection = get_connection()
                connection.open()
                self._connection = connection
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(_problem(error), reached=False, is_of_host=True)
        try:
            mail(message, subscription, content, self._connection).send()
        except smtplib.SMTPRecipientsRefused as refusal:
            self._close()
            return _refused(refusal)
        except smtplib.SMTPSenderRefused as error:
            self._close()
            return Outcome(_problem(error), reached=False, is_of_host=True)
        except (smtplib.SMTPResponseException, ValueError) as error:  # of this one mail: the server is there
            self._close()
            return Outcome(_problem(error), reached=False)
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            return Outcome(_problem(error), reached=True, is_of_host=True)
        return Outcome()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except (smtplib.SMTPException, OSError):
            pass  # it was gone already


def mail(
    message: OutboxMessage, subscription: Subscription, content: dict[str, Any], connection: Any = None
) -> EmailMultiAlternatives:
    assert subscription.contact is not None
    headers = {"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"}
    headers |= {TAG_HEADER: tag_of(message), "From": settings.DEFAULT_FROM_EMAIL}
    said = addressed(content, subscription)
    if message.kind != OutboxMessage.Kind.CONFIRM:
        headers["List-Unsubscribe"] = f"<{settings.SITE_URL}{_stop(subscription)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        headers["List-Id"] = f"Buka Amanzi alert <{subscription.key}.{_domain()}>"
    letter = EmailMultiAlternatives(
        said["subject"],
        said["text"],
        sender_of(message) or None,  # of the envelope: what comes back goes there
        to=[subscription.contact.email],
        headers=headers,
        connection=connection,
    )
    letter.attach_alternative(said["html"], "text/html")
    return letter


def _stop(subscription: Subscription) -> str:
    return prefixed(tokens.stop_address(subscription), LANGUAGES[subscription.language])


def message_id(message: OutboxMessage) -> str:
    """The same whenever it is sent, so that mail programs know a second copy."""
    return f"<{message.key}@{_domain()}>"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _refused(refusal: smtplib.SMTPRecipientsRefused) -> Outcome:
    code, text = next(iter(refusal.recipients.values()))
    if code < _PERMANENT:
        return Outcome(f"The address is not taken just now ({code}).", reached=False)
    words = (text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)).split()
    enhanced = words[0] if words and words[0].startswith("5.") else ""
    if is_of_address(code, enhanced):
        return Outcome(f"The address is refused for good ({code}).", reached=False, is_final=True)
    # Nor of the server: anybody can name an address that it takes nothing for.
    return Outcome(f"The server takes no mail from us ({code}).", reached=False, is_of_us=True)


def _problem(error: Exception) -> str:
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


__all__ = ["HOST", "Mailer", "mail", "message_id"]
