"""Who asked to be told of what, and what they are to be told; the addresses are in a table of their own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from projects.languages import ENGLISH

LONGEST_EMAIL = 254


def new_key() -> str:
    """What an outsider cannot guess; fit for an address and for a Message-ID."""
    return secrets.token_urlsafe(15)


class Channel(models.TextChoices):
    EMAIL = "email", "e-mail"
    WEBHOOK = "webhook"


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", "at once"
    DAILY = "daily", "once a day"
    WEEKLY = "weekly", "once a week"


class Ending(models.TextChoices):
    STOPPED = "stopped", "stopped by whoever asked for it"
    REFUSED = "refused", "the mail server refuses the address for good"
    DEAD = "dead", "the webhook failed for days"
    UNCONFIRMED = "unconfirmed", "the webhook did not confirm that it wants this"


class Contact(models.Model):
    """An e-mail address: personal data, shown to nobody but its owner, and gone when it is no more needed."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    email = models.EmailField(max_length=LONGEST_EMAIL, unique=True, help_text="in small letters")
    created_at = models.DateTimeField(default=timezone.now)
    refused_at = models.DateTimeField(null=True, blank=True, help_text="by the mail server, for good")
    bounces = models.PositiveSmallIntegerField(default=0, help_text="mails that came back of late, one a day")
    bounced_at = models.DateTimeField(null=True, blank=True, help_text="the last of them")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """`t•••@e•••.org`: enough for its owner to know it by."""
        local, _, domain = self.email.partition("@")
        name, dot, rest = domain.partition(".")
        return f"{local[:1]}•••@{name[:1]}•••{dot}{rest.rpartition('.')[2]}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self) -> SubscriptionQuerySet:
        """Those that are told of changes."""
        return self.filter(ended_at=None).exclude(confirmed_at=None)

    def dead(self) -> SubscriptionQuerySet:
        """Webhooks that were given up."""
        return self.filter(ending=Ending.DEAD)

    def counts(self) -> dict[str, int]:
        """`email webhook`: how many live ones; `dead`: webhooks that were given up."""
        is_live = Q(ended_at=None, confirmed_at__isnull=False)
        return self.aggregate(
            email=models.Count("pk", filter=is_live & Q(contact__isnull=False)),
            webhook=models.Count("pk", filter=is_live & Q(contact=None)),
            dead=models.Count("pk", filter=Q(ending=Ending.DEAD)),
        )

    def end(self, ending: str, at: datetime) -> int:
        return self.filter(ended_at=None).update(ended_at=at, ending=ending)


class Subscription(models.Model):
    """One search whose changes somebody is told of: by e-mail where there is a contact, else by a webhook."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="subscriptions")
    url = models.TextField(blank=True, help_text="of the webhook")
    host = models.CharField(max_length=260, default="mail", help_text="that has to take its messages")
    secret = models.CharField(max_length=80, blank=True, help_text="that its messages are signed with")
    scope = models.CharField(max_length=10, help_text="whose filters the query has: changes, projects")
    query = models.TextField(blank=True, help_text="of the filters, in one spelling")
    rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    language = models.CharField(
        max_length=2, default=ENGLISH.code, db_default=ENGLISH.code, help_text="that it is written to in"
    )
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(
        default=0, help_text="the newest change when it was confirmed: none older is told"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["ended_at", "confirmed_at"])]

    def __str__(self) -> str:
        return f"subscription {self.pk}: {self.scope} {self.query or '(all)'}"

    @property
    def channel(self) -> Channel:
        return Channel.EMAIL if self.contact_id else Channel.WEBHOOK

    @property
    def is_live(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None


class OutboxCursor(models.Model):
    """Up to which change the log was held against the subscriptions."""

    last_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_outbox_cursor")]

    def __str__(self) -> str:
        return f"told up to change {self.last_id}"


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting(self) -> OutboxMessageQuerySet:
        return self.filter(state=OutboxMessage.State.WAITING)

    def gathering(self) -> OutboxMessageQuerySet:
        """Those that more changes may still be put into: they reached nobody, and nobody is sending them."""
        return self.waiting().filter(kind=OutboxMessage.Kind.NEWS, reached=False)

    def due(self, now: datetime) -> OutboxMessageQuerySet:
        return self.waiting().filter(due_at__lte=now)

    def depth(self, now: datetime) -> dict[str, Any]:
        """`waiting`: how many are due; `oldest`: since when the oldest of them is (None without any); `ours`:
        of those that do not wait for a receiver that fails."""
        ours = Q(subscription__failing_since=None)
        return self.due(now).aggregate(
            waiting=models.Count("pk"),
            oldest=models.Min("due_at"),
            ours=models.Min("due_at", filter=ours),
        )


class OutboxMessage(models.Model):
    """What one subscription is to be told, kept from the moment when it is known until long after it was.

    It says nothing of whom it is for, but through its subscription: it outlives that, so that a link that was
    handed on goes on showing what was told, and what of it proved false. `changes` and `retracted` are ids as
    ranges, `[[first, last], …]`.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm"
        NEWS = "news"
        RETRACTION = "retraction"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped"

    key = models.CharField(
        max_length=32,
        unique=True,
        default=new_key,
        editable=False,
        help_text="of Message-ID and Idempotency-Key",
    )
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    changes = models.JSONField(default=list, blank=True)
    retracted = models.JSONField(default=list, blank=True, help_text="of its changes those that proved false")
    reasons = models.JSONField(default=dict, blank=True, help_text="of what proved false: {change: why}")
    first = models.BigIntegerField(null=True, blank=True)
    last = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True, blank=True)
    content = models.JSONField(
        default=dict, blank=True, help_text="as it is being sent, the same at each attempt"
    )
    reached = models.BooleanField(default=False, help_text="somebody has it, or may have")
    reached_before = models.BooleanField(default=False, help_text="… by an attempt before this one")
    attempts = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True, help_text="of the worker that is sending it")
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, help_text="of the last attempt; never an address")

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="waiting_messages"),
            models.Index(fields=["subscription", "state"]),
            models.Index(fields=["kind", "last"]),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}: {self.kind} ({self.state})"

    def get_absolute_url(self) -> str:
        return f"/told/{self.key}/"

    @property
    def ids(self) -> list[int]:
        return unpacked(self.changes)

    def set_ids(self, ids: Iterable[int]) -> None:
        every = sorted(set(ids))
        self.changes = packed(every)
        self.first, self.last = (every[0], every[-1]) if every else (None, None)


def packed(ids: Iterable[int]) -> list[list[int]]:
    """`[1, 2, 3, 7]` → `[[1, 3], [7, 7]]`."""
    ranges: list[list[int]] = []
    for each in sorted(set(ids)):
        if ranges and ranges[-1][1] == each - 1:
            ranges[-1][1] = each
        else:
            ranges.append([each, each])
    return ranges


def unpacked(ranges: Iterable[Iterable[int]]) -> list[int]:
    return list(chain.from_iterable(range(first, last + 1) for first, last in ranges))


class DeliveryAttempt(models.Model):
    """The log of what was tried with a webhook."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True, help_text="of the answer")
    problem = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.problem}"


class DeliveryHost(models.Model):
    """A host that did not take what was sent: it is left alone until `not_before`."""

    name = models.CharField(max_length=260, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField()
    not_before = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.failures} failures"
