"""Subscriptions for tests, and the outbox at a moment of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import QueryDict

from projects.models import Contact, OutboxMessage, Subscription
from projects.subscriptions import subscribing, webhooks, worker
from projects.subscriptions.searches import Search

NOON = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday, 12:00 in South Africa


class Clock:
    """Says the moment that it was set to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> Clock:
        self.now += timedelta(**span)
        return self


def search(scope: str = "changes", query: str = "") -> Search:
    return Search.of(scope, QueryDict(query))


def by_mail(
    email: str = "thandi@example.org", scope: str = "changes", query: str = "", **fields: Any
) -> Subscription:
    """A live one."""
    contact, _ = Contact.objects.get_or_create(email=email)
    found = search(scope, query)
    row = Subscription.objects.create(contact=contact, scope=scope, query=found.query, **fields)
    subscribing.confirm(row)
    row.refresh_from_db()
    return row


def by_webhook(url: str, query: str = "", scope: str = "changes") -> Subscription:
    found = search(scope, query)
    row = Subscription.objects.create(
        url=url, host="127.0.0.1", secret=webhooks.new_secret(), scope=scope, query=found.query
    )
    subscribing.confirm(row)
    row.refresh_from_db()
    return row


def told(row: Subscription, kind: str = "news") -> list[int]:
    """Ids of changes that it was or is to be told of, in the order of the messages."""
    messages = row.messages.filter(kind=kind).exclude(state=OutboxMessage.State.DROPPED).order_by("pk")
    return [pk for message in messages for pk in message.ids]


def tell(clock: Clock) -> str:
    return worker.tell(clock)
