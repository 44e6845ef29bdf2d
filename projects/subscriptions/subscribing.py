"""How a subscription begins and ends, and what its owner may do with what is kept of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from projects.languages import current
from projects.models import (
    ChainHead,
    Contact,
    Ending,
    OutboxCursor,
    OutboxMessage,
    Rhythm,
    Subscription,
)
from projects.subscriptions import posting, tokens, webhooks
from projects.subscriptions.mailing import HOST
from projects.subscriptions.matching import tell_missed
from projects.subscriptions.searches import Search

FORGOTTEN_AFTER = timedelta(days=30)  # of the end of the last alert of an address
_UNCONFIRMED_FOR = timedelta(days=tokens.CONFIRM_DAYS)
_MESSAGES_KEPT = timedelta(days=365)
# Nobody can have us fill another's mailbox with mails that ask to be confirmed.
MOST_ASKED_A_DAY = 3
_READ_THERE: dict[str, Any] = {"refused_at": None, "bounces": 0, "bounced_at": None}
# Nor one address, or one host, be told more than a person can want.
MOST_OF_CONTACT, MOST_OF_HOST = 50, 50
_KIND = OutboxMessage.Kind


class TooMany(Exception):
    """There are as many alerts of this host as it may have."""


def subscribe_email(email: str, search: Search, rhythm: str) -> None:
    """Have the address asked whether it wants this. The same answer for all: whether an address is known
    here, or refused a mail, is nobody's business."""
    now = timezone.now()
    with transaction.atomic():
        contact, _ = Contact.objects.get_or_create(email=email.lower(), defaults={"created_at": now})
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
        asked = contact.subscriptions.filter(created_at__gt=now - timedelta(days=1))
        wanted = {"scope": search.scope, "query": search.query, "rhythm": rhythm, "language": current().code}
        same = contact.subscriptions.live().filter(**wanted)
        is_full = contact.subscriptions.filter(ended_at=None).count() >= MOST_OF_CONTACT
        if asked.filter(confirmed_at=None).count() >= MOST_ASKED_A_DAY or same.exists() or is_full:
            return
        subscription = contact.subscriptions.create(**wanted, created_at=now, host=HOST)
        _ask(subscription, now)


def subscribe_webhook(url: str, search: Search) -> Subscription:
    """Have the receiver asked whether it wants this. Raises posting.Refused, TooMany."""
    host = str(posting.checked(url).hostname)
    now = timezone.now()
    with transaction.atomic():
        if Subscription.objects.filter(host=host, ended_at=None).count() >= MOST_OF_HOST:
            raise TooMany
        subscription = Subscription.objects.create(
            url=url,
            host=host,
            secret=webhooks.new_secret(),
            scope=search.scope,
            query=search.query,
            rhythm=Rhythm.AT_ONCE,
            language=current().code,
            created_at=now,
        )
        _ask(subscription, now)
    return subscription


def _ask(subscription: Subscription, now: datetime) -> None:
    OutboxMessage.objects.create(subscription=subscription, kind=_KIND.CONFIRM, created_at=now, due_at=now)


def confirm(subscription: Subscription) -> bool:
    """Begin to tell, of what comes from now on; whether it goes on now. What was ended stays so."""
    with transaction.atomic():
        row = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if row.confirmed_at is None and row.ended_at is None:
            # Whoever appends to the log has its head locked: what is not committed yet is newer.
            head = ChainHead.objects.values_list("last_id", flat=True).get(pk=1)
            OutboxCursor.objects.get_or_create(pk=1, defaults={"last_id": head})
            row.confirmed_at, row.after = timezone.now(), head
            row.save(update_fields=["confirmed_at", "after"])
            Contact.objects.filter(subscriptions=row).update(**_READ_THERE)
    return row.is_live


def stop(subscription: Subscription) -> None:
    """Nothing more is sent; what waits is dropped."""
    now = timezone.now()
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).end(Ending.STOPPED, now)
        subscription.messages.waiting().update(state=OutboxMessage.State.DROPPED)


def revive(chosen: QuerySet[Subscription]) -> int:
    """Tell the webhooks among them that were given up again, first what proved false meanwhile; how many."""
    with transaction.atomic():
        OutboxCursor.objects.select_for_update().filter(pk=1).first()  # before the rows, as who matches does
        head = ChainHead.objects.values_list("last_id", flat=True).get(pk=1)
        dead = list(chosen.filter(ending=Ending.DEAD).select_for_update(of=("self",)).order_by("pk"))
        for row in dead:
            row.ending, row.ended_at, row.failing_since, row.after = "", None, None, head
            row.save(update_fields=["ending", "ended_at", "failing_since", "after"])
            tell_missed(row, timezone.now())
    return len(dead)


def exported(contact: Contact | None, subscriptions: list[Subscription]) -> dict[str, Any]:
    """All that is kept of somebody, as they may ask for (POPIA, section 23)."""
    person: dict[str, Any] = {}
    if contact:
        person = {"email": contact.email, "since": _moment(contact.created_at)}
    if contact and contact.refused_at:
        person["refused_at"] = _moment(contact.refused_at)
    if contact and contact.bounces:
        person["mails_that_came_back"] = contact.bounces
    return person | {"alerts": [_exported(each) for each in subscriptions]}


def _exported(subscription: Subscription) -> dict[str, Any]:
    search = Search(subscription.scope, subscription.query)
    messages = subscription.messages.order_by("pk")
    return {
        "search": search.title(),
        "address": search.address,
        "webhook": subscription.url or None,
        "rhythm": subscription.rhythm,
        "language": subscription.language,
        "asked_at": _moment(subscription.created_at),
        "confirmed_at": _moment(subscription.confirmed_at),
        "ended_at": _moment(subscription.ended_at),
        "ending": subscription.ending or None,
        "messages": [
            {
                "kind": each.kind,
                "state": each.state,
                "at": _moment(each.created_at),
                "sent_at": _moment(each.sent_at),
            }
            for each in messages.only("kind", "state", "created_at", "sent_at", "subscription")
        ],
    }


def delete(contact: Contact | None, subscriptions: list[Subscription]) -> None:
    """At once, for good. What was told stays under its key, and says not whom."""
    with transaction.atomic():
        ids = [each.pk for each in subscriptions]
        OutboxMessage.objects.waiting().filter(subscription__in=ids).update(state=OutboxMessage.State.DROPPED)
        Subscription.objects.filter(pk__in=ids).delete()
        if contact:
            contact.delete()


def forget(now: datetime) -> int:
    """Delete what nobody needs: what was not confirmed, what ended 30 days ago, addresses without an alert,
    messages of a year ago. How many subscriptions and addresses went."""
    old = Subscription.objects.filter(ended_at__lt=now - FORGOTTEN_AFTER)
    unconfirmed = Subscription.objects.filter(confirmed_at=None, created_at__lt=now - _UNCONFIRMED_FOR)
    with transaction.atomic():
        going = [*old.values_list("pk", flat=True), *unconfirmed.values_list("pk", flat=True)]
        waiting = OutboxMessage.objects.waiting().filter(subscription__in=going)
        waiting.update(state=OutboxMessage.State.DROPPED)
        Subscription.objects.filter(pk__in=going).delete()
        without = Contact.objects.filter(subscriptions=None)
        addresses = without.count()
        without.delete()
        sent = OutboxMessage.objects.filter(created_at__lt=now - _MESSAGES_KEPT)
        sent.exclude(state=OutboxMessage.State.WAITING).delete()
        OutboxMessage.objects.filter(kind=_KIND.CONFIRM, subscription=None).delete()
    return len(set(going)) + addresses


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


__all__ = [
    "FORGOTTEN_AFTER",
    "TooMany",
    "confirm",
    "delete",
    "exported",
    "forget",
    "revive",
    "stop",
    "subscribe_email",
    "subscribe_webhook",
]
