"""Messages to programs: JSON, signed as https://www.standardwebhooks.com/ says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from django.conf import settings
from django.utils import timezone

from projects.models import DeliveryAttempt, OutboxMessage, Subscription
from projects.subscriptions import posting, tokens
from projects.subscriptions.delivery import Outcome

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_GONE = 410
_PAUSES = (429, 503)  # answers whose Retry-After is obeyed


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64 of HMAC-SHA256 over id.timestamp.body>`."""
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix(_PREFIX)), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def send(message: OutboxMessage, subscription: Subscription, content: dict[str, Any]) -> Outcome:
    """One attempt, and its line in the delivery log."""
    # Sorted: what a database gives back of JSON is in an order of its own, and each attempt sends the same.
    body = json.dumps(content["payload"], ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    began, at = time.monotonic(), timezone.now()
    outcome, status = _posted(message, subscription, body, int(at.timestamp()))
    DeliveryAttempt.objects.create(
        message=message,
        at=at,
        status=status,
        problem=outcome.problem,
        milliseconds=round((time.monotonic() - began) * 1000),
    )
    return outcome


def _posted(
    message: OutboxMessage, subscription: Subscription, body: bytes, timestamp: int
) -> tuple[Outcome, int | None]:
    """What became of it, and the status of the answer."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Buka Amanzi (+{settings.CONTACT_URL})",
        "Idempotency-Key": message.key,
        "webhook-id": message.key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(subscription.secret, message.key, timestamp, body),
    }
    try:
        answer = posting.post(subscription.url, body, headers)
    except posting.Refused as refusal:
        is_new = subscription.confirmed_at is None  # of one that was taken once the name may be put right
        return Outcome(problem=str(refusal), reached=False, is_final=is_new), None
    except posting.Failed as failure:
        return Outcome(problem=str(failure), reached=failure.reached, is_of_host=True), None
    if answer.status == _GONE:
        return Outcome(problem="The webhook is gone (410).", is_final=True, reached=False), answer.status
    if not 200 <= answer.status < 300:
        is_of_host = answer.status in _PAUSES or answer.status >= 500
        wait = answer.retry_after if answer.status in _PAUSES else None
        problem = f"It answered {answer.status}."
        return Outcome(problem, is_of_host=is_of_host, wait=wait), answer.status
    if message.kind == OutboxMessage.Kind.CONFIRM and not _wants(answer.body, subscription):
        return Outcome(problem="It did not give the challenge back.", is_final=True), answer.status
    return Outcome(), answer.status


def _wants(body: bytes, subscription: Subscription) -> bool:
    """Whether whoever runs the receiver says that it is to be told: nobody can have us write to others."""
    return tokens.challenge(subscription).encode() in body


__all__ = ["new_secret", "send", "signature"]
