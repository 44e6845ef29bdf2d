"""One message at a time: who sends it, what became of it, and when it is tried again.

A worker claims a message in one short statement, sends it outside of any transaction, and says what became of
it. The claim of a worker that died runs out; then it goes out once more under the same key. Of one
subscription nothing goes out while something older waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from projects.models import Contact, DeliveryHost, Ending, OutboxMessage, Subscription
from projects.models.subscriptions import Channel, OutboxMessageQuerySet, new_key

# Minutes until a message is tried again, after one failure, two, and so on.
_PAUSES = (1, 5, 15, 60, 180)
_HOST_PAUSE, _LONGEST_HOST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_LONGEST_WAIT = 24 * 3600.0  # seconds that a Retry-After is obeyed for
# Failing for so long, with its host well or not, a webhook or an address is given up.
GIVEN_UP_AFTER = {Channel.WEBHOOK: timedelta(days=3), Channel.EMAIL: timedelta(days=7)}
_EXCHANGES = 13  # of one mail with its server; EMAIL_TIMEOUT is for each of them
_SLACK_SECONDS = 60.0
_MOST_PROBLEM = 200
_TRIED = 20  # messages that other workers may be claiming in this moment
_CONFIRM = OutboxMessage.Kind.CONFIRM
# Classes of RFC 3463 that say something of the address: 5.1 addressing, 5.2 mailbox. Others are about us:
# 5.7 is policy, and a server that takes no mail from us must not end every alert there is.
_OF_ADDRESS = ("5.1.", "5.2.")
_NO_MAILBOX = (550, 551, 553)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt; without a `problem` it was taken.

    `reached`: the other side may have it all the same. `is_final`: it never will take one. `is_of_host`: it
    is not about this subscription alone. `is_of_us`: it is about this message, and not for the address's
    sake: others go on, and no address is given up for it. `wait`: seconds that the other side asks for.
    """

    problem: str = ""
    reached: bool = True
    is_final: bool = False
    is_of_host: bool = False
    is_of_us: bool = False
    wait: float | None = None


def claim(now: datetime, channel: Channel = Channel.EMAIL) -> OutboxMessage | None:
    """The oldest message that may go out now, for the caller alone; None when there is none."""
    closed = list(DeliveryHost.objects.filter(not_before__gt=now).values_list("pk", flat=True))
    by_mail = Q(subscription__contact__isnull=channel != Channel.EMAIL)
    open_ones = _sendable(now).filter(by_mail).exclude(subscription__host__in=closed)
    for pk in open_ones.values_list("pk", flat=True)[:_TRIED]:
        token = new_key()
        taken = OutboxMessage.objects.waiting().filter(_unclaimed(now), pk=pk)
        # The database looks at the condition again when it has the row: one of two workers finds it claimed.
        claimed = {"claim": token, "claimed_until": now + term(), "attempts": F("attempts") + 1}
        if taken.update(**claimed, reached=True, reached_before=F("reached")):
            return OutboxMessage.objects.select_related("subscription__contact").get(pk=pk)
    return None


def _sendable(now: datetime) -> OutboxMessageQuerySet:
    """Those that are due, whose subscription goes on, and behind which nothing older of it waits."""
    older = OutboxMessage.objects.due(now).filter(
        subscription=OuterRef("subscription"), pk__lt=OuterRef("pk")
    )
    goes_on = Q(subscription__ended_at=None) & (
        Q(subscription__confirmed_at__isnull=False) | Q(kind=_CONFIRM)
    )
    due = OutboxMessage.objects.due(now).filter(_unclaimed(now), goes_on, subscription__isnull=False)
    ready = due.filter(Q(retry_at=None) | Q(retry_at__lte=now))
    # What failed comes behind what did not: a mail that a server hangs up at would be the first each time.
    return ready.exclude(Exists(older)).order_by("attempts", "due_at", "pk")


def _unclaimed(now: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lte=now)


def term() -> timedelta:
    """How long a claim is good for: longer than any attempt takes."""
    return timedelta(seconds=_EXCHANGES * settings.EMAIL_TIMEOUT + _SLACK_SECONDS)


def settle(message: OutboxMessage, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a claimed message. False where the claim was another's by then."""
    subscription = message.subscription
    assert subscription is not None
    mine = OutboxMessage.objects.filter(pk=message.pk, claim=message.claim)
    done: dict[str, Any] = {"claim": "", "claimed_until": None, "problem": outcome.problem[:_MOST_PROBLEM]}
    if not outcome.problem:
        sent = {"state": OutboxMessage.State.SENT, "sent_at": now, "retry_at": None}
        taken = mine.update(**done, **sent, content={})  # its ids say all that is asked for later
        DeliveryHost.objects.filter(pk=subscription.host).delete()
        Subscription.objects.filter(pk=subscription.pk).update(failing_since=None)
        return bool(taken)
    # Nobody has it: it may still change, by more news or by what proves false. A worker that died may have
    # sent it all the same.
    if not outcome.reached and not message.reached_before:
        done |= {"reached": False, "content": {}}
    if outcome.is_of_host:
        _leave_alone(subscription.host, outcome.wait, now)
    taken = mine.update(**done, retry_at=_next_try(message.attempts, outcome, now))
    _fails(subscription, outcome, now)
    return bool(taken)


def _next_try(attempts: int, outcome: Outcome, now: datetime) -> datetime | None:
    """None where it waits for its host alone."""
    if outcome.wait is not None:
        return now + timedelta(seconds=min(outcome.wait, _LONGEST_WAIT))
    if outcome.is_of_host:
        return None
    return now + timedelta(minutes=_PAUSES[min(attempts, len(_PAUSES)) - 1])


def _leave_alone(host: str, wait: float | None, now: datetime) -> None:
    row, _ = DeliveryHost.objects.get_or_create(pk=host, defaults={"failing_since": now, "not_before": now})
    pause = min(_HOST_PAUSE * 2 ** min(row.failures, 10), _LONGEST_HOST_PAUSE)
    if wait is not None:
        pause = max(pause, timedelta(seconds=min(wait, _LONGEST_WAIT)))
    DeliveryHost.objects.filter(pk=host).update(failures=F("failures") + 1, not_before=now + pause)


def _fails(subscription: Subscription, outcome: Outcome, now: datetime) -> None:
    """End what fails for good, or for days. That our own mail server is away ends nobody's alert."""
    is_mail = subscription.channel == Channel.EMAIL
    since = subscription.failing_since
    is_ours = outcome.is_of_host or outcome.is_of_us
    lasts = since is not None and now - since >= GIVEN_UP_AFTER[subscription.channel]
    if outcome.is_final and subscription.confirmed_at is None and not is_mail:
        Subscription.objects.filter(pk=subscription.pk).end(Ending.UNCONFIRMED, now)
    elif is_mail and (outcome.is_final or (lasts and not is_ours)):
        assert subscription.contact is not None
        refuse(subscription.contact, now)
    elif not is_mail and (outcome.is_final or lasts):
        Subscription.objects.filter(pk=subscription.pk).end(Ending.DEAD, now)
    elif since is None and not (is_mail and is_ours):
        Subscription.objects.filter(pk=subscription.pk).update(failing_since=now)


def is_of_address(code: int, enhanced: str) -> bool:
    """Whether a refusal for good is about the address. `code` is SMTP's, 0 where it is not known; `enhanced`
    begins with that of RFC 3463, or is blank."""
    named = enhanced.startswith("5.") and not enhanced.startswith("5.0.")
    return enhanced.startswith(_OF_ADDRESS) or (not named and code in _NO_MAILBOX)


def refuse(contact: Contact, now: datetime) -> None:
    """All that goes to an address ends with it."""
    contact.refused_at = now
    contact.save(update_fields=["refused_at"])
    contact.subscriptions.all().end(Ending.REFUSED, now)


__all__ = ["GIVEN_UP_AFTER", "Outcome", "claim", "is_of_address", "refuse", "settle", "term"]
