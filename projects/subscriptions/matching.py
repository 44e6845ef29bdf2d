"""From the log into the outbox: what each subscription is to be told of what the log has grown by.

The log is the truth and a cursor says up to where it was looked at. What is found, what of it proved false
and the new place of the cursor are one short transaction; the searching is done before it, so that no
writer of the log waits for it. Whoever finds the cursor elsewhere then leaves it to the worker who moved it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from projects.models import ChainHead, OutboxCursor, OutboxMessage, Rhythm, Subscription
from projects.models.subscriptions import Channel, packed, unpacked
from projects.subscriptions import falsehoods
from projects.subscriptions.falsehoods import Reasons
from projects.subscriptions.searches import NotUnderstood, Search, Window
from projects.wording.figures import HERE

logger = logging.getLogger("buka").getChild("subscriptions")

MOST_CHANGES = 20_000  # of one step; the rest is for the next
_MORNING = 7  # the hour of South Africa at which digests go out
_News = OutboxMessage.Kind.NEWS
Found = dict[int, list[int]]  # {subscription: ids of changes}


def match(now: datetime) -> int:
    """Put what is new in the log into the outbox; how many changes were looked at."""
    looked = 0
    while step := _step(now):
        looked += step
    if reasons := falsehoods.proved_by_stewards(now):
        with transaction.atomic():
            _cursor()
            _retract(reasons, now)
    return looked


def _step(now: datetime) -> int:
    head = ChainHead.objects.values_list("last_id", flat=True).get(pk=1)
    # Whoever reads the head before the subscriptions leaves none out that was confirmed before the head.
    row, _ = OutboxCursor.objects.get_or_create(pk=1, defaults={"last_id": head})
    if row.last_id >= head:
        return 0
    window = Window(row.last_id, min(head, row.last_id + MOST_CHANGES))
    subscriptions = list(Subscription.objects.live().filter(after__lt=window.end))
    found = _found(subscriptions, window)
    reasons = falsehoods.proved_by_log(window) if _is_somebody_told(subscriptions) else {}
    with transaction.atomic():
        cursor = _cursor()
        if cursor.last_id != window.start:
            return 0  # another worker was quicker
        _retract(reasons, now)
        _gather(subscriptions, found, reasons.keys(), now)
        cursor.last_id = window.end
        cursor.save(update_fields=["last_id"])
    return window.end - window.start


def _cursor() -> OutboxCursor:
    return OutboxCursor.objects.select_for_update().get(pk=1)


def _is_somebody_told(subscriptions: list[Subscription]) -> bool:
    return bool(subscriptions) or OutboxMessage.objects.exclude(first=None).exists()


def _found(subscriptions: Iterable[Subscription], window: Window) -> Found:
    """Each search is made once, however many subscribed to it."""
    by_search: dict[Search, list[Subscription]] = defaultdict(list)
    for each in subscriptions:
        by_search[Search(each.scope, each.query)].append(each)
    found: Found = {}
    for search, those in by_search.items():
        try:
            ids = search.found(window)
        except NotUnderstood as problem:  # a filter of long ago; it may come back, and harms no other
            logger.error("%s cannot be asked: %s", search, problem)
            continue
        found |= {each.pk: [pk for pk in ids if pk > each.after] for each in those}
    return found


def _gather(subscriptions: Iterable[Subscription], found: Found, false: Iterable[int], now: datetime) -> None:
    """Put the changes into the messages that nobody has begun to send, or into new ones."""
    left_out = frozenset(false)
    news = {pk: [each for each in ids if each not in left_out] for pk, ids in found.items()}
    wanted = [each for each in subscriptions if news.get(each.pk)]
    if not wanted:
        return
    open_ones = {message.subscription_id: message for message in _locked_gathering([s.pk for s in wanted])}
    last = _last_due([each.pk for each in wanted])
    fresh, grown = [], []
    for each in wanted:
        if message := open_ones.get(each.pk):
            message.set_ids([*message.ids, *news[each.pk]])
            grown.append(message)
        else:
            due = due_at(each, last.get(each.pk), now)
            message = OutboxMessage(subscription=each, kind=_News, created_at=now, due_at=due)
            message.set_ids(news[each.pk])
            fresh.append(message)
    OutboxMessage.objects.bulk_create(fresh)
    OutboxMessage.objects.bulk_update(grown, ["changes", "first", "last"], batch_size=500)


def _locked_gathering(subscriptions: list[int]) -> Any:
    rows = OutboxMessage.objects.gathering().filter(subscription__in=subscriptions)
    return rows.select_for_update().order_by("pk")


def _last_due(subscriptions: list[int]) -> dict[int, datetime]:
    rows = OutboxMessage.objects.filter(subscription__in=subscriptions, kind=_News).order_by()
    return dict(rows.values_list("subscription").annotate(Max("due_at")))


def due_at(subscription: Subscription, last: datetime | None, now: datetime) -> datetime:
    """When what is found now is to be told; `last`: when the message before was due.

    E-mails "at once" keep a pause, in which what follows is put into one: a first reading tells of thousands
    of projects within an hour.
    """
    if subscription.rhythm == Rhythm.AT_ONCE:
        if last is None or subscription.channel == Channel.WEBHOOK:
            return now
        return max(now, last + timedelta(minutes=settings.ALERT_PAUSE_MINUTES))
    local = now.astimezone(HERE)
    day = local.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    if day <= local:
        day += timedelta(days=1)
    if subscription.rhythm == Rhythm.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    return day.astimezone(now.tzinfo)


def _retract(reasons: Reasons, now: datetime) -> None:
    """Take what proved false out of what is not told yet, and tell those who were told, whom else nobody."""
    if not reasons:
        return
    low, high = min(reasons), max(reasons)
    rows = OutboxMessage.objects.filter(kind=_News, first__lte=high, last__gte=low)
    messages = rows.exclude(state=OutboxMessage.State.DROPPED).select_for_update().order_by("pk")
    false: dict[int, set[int]] = defaultdict(set)
    for message in messages:
        ids = message.ids
        hit = set(ids).intersection(reasons) - set(unpacked(message.retracted))
        if not hit:
            continue
        if not message.reached:
            _take_out(message, set(ids) - hit)
        else:
            message.retracted = packed([*unpacked(message.retracted), *hit])
            message.reasons |= {
                str(pk): reasons[pk] for pk in sorted(hit)
            }  # its page says why, to whoever has it
            message.save(update_fields=["retracted", "reasons"])
            if message.subscription_id:
                false[message.subscription_id] |= hit
    for subscription in Subscription.objects.live().filter(pk__in=false).order_by("pk"):
        _tell_false(subscription, {pk: reasons[pk] for pk in sorted(false[subscription.pk])}, now)


def tell_missed(subscription: Subscription, now: datetime) -> None:
    """Of what it was told, what proved false while nothing was sent to it: once."""
    messages = subscription.messages.exclude(state=OutboxMessage.State.DROPPED)
    missed: Reasons = {}
    for message in messages.filter(kind=_News, reached=True).exclude(retracted=[]):
        missed |= {int(pk): why for pk, why in message.reasons.items()}
    for message in messages.filter(kind=OutboxMessage.Kind.RETRACTION):
        for pk in message.ids:
            missed.pop(pk, None)
    if missed:
        _tell_false(subscription, {pk: missed[pk] for pk in sorted(missed)}, now)


def _take_out(message: OutboxMessage, left: set[int]) -> None:
    message.set_ids(left)
    if not left:
        message.state = OutboxMessage.State.DROPPED
    message.save(update_fields=["changes", "first", "last", "state"])


def _tell_false(subscription: Subscription, reasons: Reasons, now: datetime) -> None:
    told = OutboxMessage(
        subscription=subscription,
        kind=OutboxMessage.Kind.RETRACTION,
        reasons={str(pk): why for pk, why in reasons.items()},
        created_at=now,
        due_at=now,
    )
    told.set_ids(reasons)
    told.save(force_insert=True)


def not_to_be_told(now: datetime) -> int:
    """Drop what waits for subscriptions that have ended; how many messages."""
    waiting = OutboxMessage.objects.waiting()
    ended = Q(subscription=None) | Q(subscription__ended_at__lte=now)
    return waiting.filter(ended).update(state=OutboxMessage.State.DROPPED)


__all__ = ["MOST_CHANGES", "due_at", "match", "not_to_be_told", "tell_missed"]
