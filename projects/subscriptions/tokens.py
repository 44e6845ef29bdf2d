"""The links that stand for their owner: whoever has one may do what it is for. Signed, so that none can be
guessed; they say keys, never addresses."""

from __future__ import annotations

import time
from datetime import timedelta

from django.core import signing

from projects.models import Contact, Subscription

CONFIRM_DAYS = 2
FORM_SECONDS = 24 * 3600
LEAST_SECONDS = 1.0  # nobody fills in a form in less
_CONFIRM, _STOP, _YOURS = "subscription.confirm", "subscription.stop", "subscription.yours"
_FORM, _CHALLENGE = "subscription.form", "subscription.challenge"


class Invalid(Exception):
    """A link or a form that is not ours, was altered, or is too old."""


def confirm_address(subscription: Subscription) -> str:
    return f"/subscribe/confirm/{signing.dumps(subscription.key, salt=_CONFIRM)}/"


def to_confirm(token: str) -> Subscription:
    """Raises Invalid."""
    try:
        key = signing.loads(token, salt=_CONFIRM, max_age=CONFIRM_DAYS * 24 * 3600)
    except signing.BadSignature:
        raise Invalid from None
    return _subscription(key)


def stop_address(subscription: Subscription) -> str:
    """Good for as long as there is a mail with it."""
    return f"/subscribe/stop/{signing.Signer(salt=_STOP).sign(subscription.key)}/"


def to_stop(token: str) -> Subscription:
    """Raises Invalid."""
    return _subscription(_unsigned(token, _STOP))


def yours_address(subscription: Subscription) -> str:
    """The page of all that one address, or one webhook, is told."""
    contact = subscription.contact
    owner = f"c.{contact.key}" if contact else f"s.{subscription.key}"
    return f"/subscribe/yours/{signing.Signer(salt=_YOURS).sign(owner)}/"


def whose(token: str) -> tuple[Contact | None, list[Subscription]]:
    """The address, None of a webhook, and what it subscribed to. Raises Invalid."""
    kind, _, key = _unsigned(token, _YOURS).partition(".")
    if kind != "c":
        return None, [_subscription(key)]
    contact = Contact.objects.filter(key=key).first()
    if contact is None:
        raise Invalid
    return contact, list(contact.subscriptions.order_by("pk"))


def form_token() -> str:
    """What a form carries in place of a cookie: that it was ours, and when it was made."""
    return signing.dumps(int(time.time() * 10) / 10, salt=_FORM)


def check_form(token: str) -> None:
    """Raises Invalid where the form was not made by us, within the last day and a moment ago at the
    latest."""
    try:
        made = float(signing.loads(token, salt=_FORM, max_age=timedelta(seconds=FORM_SECONDS)))
    except (signing.BadSignature, TypeError, ValueError):
        raise Invalid from None
    if time.time() - made < LEAST_SECONDS:
        raise Invalid


def challenge(subscription: Subscription) -> str:
    """What a webhook gives back to say that it wants to be told."""
    return signing.Signer(salt=_CHALLENGE).signature(subscription.key)


def _unsigned(token: str, salt: str) -> str:
    try:
        return signing.Signer(salt=salt).unsign(token)
    except signing.BadSignature:
        raise Invalid from None


def _subscription(key: str) -> Subscription:
    found = Subscription.objects.select_related("contact").filter(key=key).first()
    if found is None:
        raise Invalid
    return found


__all__ = [
    "CONFIRM_DAYS",
    "Invalid",
    "challenge",
    "check_form",
    "confirm_address",
    "form_token",
    "stop_address",
    "to_confirm",
    "to_stop",
    "whose",
    "yours_address",
]
