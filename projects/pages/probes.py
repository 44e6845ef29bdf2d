"""Is the process up, is everything there that it needs, and all of it for Prometheus."""

from __future__ import annotations

from django.db import Error as DatabaseFailure
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from projects.health import metrics as readings
from projects.health import probe
from projects.health.worker import run_at_work, worker

Part = dict[str, object]
_LOOK_AGAIN_SECONDS = 10


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """`{"ready", "database", "redis", "worker"}`, each part with `ok` and a `reason`; 200 or 503."""
    parts = {"database": _part(probe.database()), "redis": _part(probe.redis_server())}
    parts["worker"] = _worker() if parts["database"]["ok"] else _bad("not known without the database")
    ready = all(part["ok"] for part in parts.values())
    answer = JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)
    if not ready:
        answer["Retry-After"] = str(_LOOK_AGAIN_SECONDS)
    return answer


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Always 200: what is down is said in it."""
    return HttpResponse(readings.text(), content_type=readings.CONTENT_TYPE)


def _bad(reason: str) -> Part:
    return {"ok": False, "reason": reason}


def _part(answer: probe.Answer) -> Part:
    return {"ok": True} if answer.ok else _bad(answer.problem)


def _worker() -> Part:
    """A heartbeat or a cluster that has just begun; else a run whose lease is renewed shows life."""
    now = timezone.now()
    try:
        alive = worker(now).alive or run_at_work(now)
    except DatabaseFailure as error:
        return _bad(f"not known: {type(error).__name__}")
    return {"ok": True} if alive else _bad("no sign of life")


__all__ = ["healthz", "metrics", "readyz"]
