"""Is the process up, and is everything there that it needs."""

from __future__ import annotations

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.status import Stat

from projects.models import SyncRun

Part = dict[str, object]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """`{"ready", "database", "redis", "worker"}`, each part with `ok` and a `reason`; 200 or 503."""
    parts = {"database": _database(), "redis": _redis()}
    parts["worker"] = _worker() if parts["database"]["ok"] else _bad("not known without the database")
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _bad(reason: str) -> Part:
    return {"ok": False, "reason": reason}


def _database() -> Part:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return _bad(f"does not answer: {type(error).__name__}")
    return {"ok": True}


def _redis() -> Part:
    if not settings.REDIS_URL:
        return _bad("REDIS_URL is not set: the web and the worker processes need a Redis-protocol server")
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return _bad(f"does not answer: {type(error).__name__}")
    return {"ok": True}


def _worker() -> Part:
    """A cluster reports to the cache every few seconds; failing that, a run shows that one is at work."""
    try:
        if any(stat.workers for stat in Stat.get_all()):
            return {"ok": True}
    except (redis.RedisError, OSError):
        pass  # the cache is down: the runs tell
    now = timezone.now()
    recent = now - timedelta(minutes=2 * min(settings.INTERVAL_MINUTES.values()))
    at_work = Q(lease_until__gt=now, state="running") | Q(finished_at__gt=recent, trigger="schedule")
    return {"ok": True} if SyncRun.objects.filter(at_work).exists() else _bad("no sign of life")


__all__ = ["healthz", "readyz"]
