"""Alerts: what is wrong is told once when it starts, once a day while it lasts, and once when it ends.

Each telling is a row that is kept until its e-mail is delivered (`projects/health/mail.py`). Several watchers
may look at once: one alert a key can be going on, and whoever tells of it holds its row.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from projects.health.checks import Check
from projects.health.words import words
from projects.models import Alert, AlertMessage

logger = logging.getLogger("buka").getChild("alerts")

REMINDED_EVERY = timedelta(days=1)


def update(checks: Iterable[Check], now: datetime) -> None:
    """Start, remind of and end alerts as the checks have it. What could not be judged stays as it is.

    An alert of a key that no check answers for any more (a source that is not read any more) ends.
    """
    looked = list(checks)
    problems = {key: sentence for check in looked for key, sentence in check.problems.items()}
    unknown = {key for check in looked if not check.known for key in check.keys}
    for alert in Alert.objects.filter(ended_at=None).order_by("pk"):
        if alert.key in problems:
            _go_on(alert.pk, problems.pop(alert.key), now)
        elif alert.key not in unknown:
            _end(alert.pk, now)
    for key, sentence in problems.items():
        _start(key, sentence, now)


def _start(key: str, sentence: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            alert = Alert.objects.create(key=key, sentence=_sentence(sentence), started_at=now)
            announce(alert, AlertMessage.Step.STARTED, now)
    except IntegrityError:
        pass  # another watcher saw it in the same moment, and tells of it


def _go_on(pk: int, sentence: str, now: datetime) -> None:
    with transaction.atomic():
        alert = Alert.objects.select_for_update().filter(pk=pk, ended_at=None).first()
        if alert is None:
            return
        due = (alert.reminded_at or alert.started_at) + REMINDED_EVERY <= now
        if due:
            alert.reminded_at = now
        if due or alert.sentence != _sentence(sentence):
            alert.sentence = _sentence(sentence)
            alert.save(update_fields=["sentence", "reminded_at"])
        if due:
            announce(alert, AlertMessage.Step.REMINDER, now)


def _end(pk: int, now: datetime) -> None:
    with transaction.atomic():
        alert = Alert.objects.select_for_update().filter(pk=pk, ended_at=None).first()
        if alert is None:
            return
        alert.ended_at = now
        alert.save(update_fields=["ended_at"])
        announce(alert, AlertMessage.Step.ENDED, now)


def announce(alert: Alert, step: str, now: datetime) -> None:
    """Keep the message of one step, and say it to the log once it is committed."""
    message = keep(alert, step, now)
    transaction.on_commit(lambda: say(step, message.subject))


def keep(alert: Alert, step: str, now: datetime, delivered: datetime | None = None) -> AlertMessage:
    subject, body = words(alert, step)
    return AlertMessage.objects.create(
        alert=alert, step=step, subject=subject, body=body, created_at=now, delivered_at=delivered
    )


def say(step: str, subject: str) -> None:
    logger.log(logging.INFO if step == AlertMessage.Step.ENDED else logging.WARNING, "%s", subject)


def _sentence(problem: str) -> str:
    """`worker shows no sign of life` → `Worker shows no sign of life.`"""
    text = problem[:1].upper() + problem[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


__all__ = ["REMINDED_EVERY", "keep", "say", "announce", "update"]
