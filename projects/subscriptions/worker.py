"""The work of the outbox, a task of the queue: each minute, and as soon as the log has grown."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import Error as DatabaseFailure
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from projects.models import OutboxMessage, Subscription
from projects.models.subscriptions import Channel
from projects.subscriptions import delivery, webhooks
from projects.subscriptions.delivery import Outcome
from projects.subscriptions.mailing import Mailer
from projects.subscriptions.matching import match, not_to_be_told
from projects.subscriptions.subscribing import confirm, forget
from projects.subscriptions.words import composed

logger = logging.getLogger("buka").getChild("subscriptions")

TASK, _FUNCTION = "alerts", "projects.subscriptions.worker.tell"
# The worker that does this has the heartbeat to write, too: what is left is for the next minute.
_LOOKED_AT = 50  # tasks of the queue
SECONDS = 40.0
_MAILS_SHARE = 0.6  # of that time
Clock = Callable[[], datetime]


def tell(clock: Clock = timezone.now, seconds: float = SECONDS) -> str:
    """The scheduled task: hold the log against the subscriptions, and send what is due."""
    began = time.monotonic()
    looked = match(clock())
    dropped = not_to_be_told(clock())
    outcomes: list[Outcome] = []
    with Mailer() as mailer:
        # Receivers that are slow do not keep mails waiting, nor many mails the receivers.
        for channel, share in ((Channel.EMAIL, _MAILS_SHARE), (Channel.WEBHOOK, 1.0)):
            outcomes += _work_off(channel, mailer, clock, began + share * seconds)
    failed = sum(bool(outcome.problem) for outcome in outcomes)
    sent = len(outcomes) - failed
    return f"{looked} changes looked at, {sent} messages sent, {failed} failed, {dropped} dropped"


def _work_off(channel: Channel, mailer: Mailer, clock: Clock, until: float) -> Iterator[Outcome]:
    while time.monotonic() < until and (message := delivery.claim(clock(), channel)):
        outcome = _sent(message, mailer)
        delivery.settle(message, outcome, clock())
        if outcome.problem:
            logger.warning("Message %s (attempt %s): %s", message.pk, message.attempts, outcome.problem)
        yield outcome


def _sent(message: OutboxMessage, mailer: Mailer) -> Outcome:
    subscription = message.subscription
    assert subscription is not None
    if not message.content:
        message.content = composed(message, subscription)
        kept = OutboxMessage.objects.filter(pk=message.pk, claim=message.claim)
        kept.update(content=message.content)
    if subscription.channel == Channel.EMAIL:
        return mailer.send(message, subscription, message.content)
    outcome = webhooks.send(message, subscription, message.content)
    if not outcome.problem and message.kind == OutboxMessage.Kind.CONFIRM:
        confirm(subscription)
    return outcome


def forget_old() -> str:
    """The scheduled task, once a day: what is kept of people goes when it is not needed any more."""
    return f"{forget(timezone.now())} alerts and addresses were deleted"


def on_log_grew(sender: object, **_: object) -> None:
    """After a commit of the log: have a worker look, unless one is about to or nobody is told of anything."""
    try:
        if Subscription.objects.live().exists():
            ring()
    except DatabaseFailure as error:  # it is only sooner: the clock has a worker look each minute
        logger.warning("No worker was rung for: %s", type(error).__name__)


def ring() -> None:
    """Queue the task, unless it waits already: a load of many parts rings for each."""
    waiting = OrmQ.objects.filter(lock__lte=timezone.now()).order_by("-pk")[:_LOOKED_AT]
    if not any(task.name() == TASK for task in waiting):
        async_task(_FUNCTION, task_name=TASK, save=False)


__all__ = ["TASK", "forget_old", "on_log_grew", "ring", "tell"]
