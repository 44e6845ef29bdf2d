"""ETags: who asks again for what has not changed is told so (304), most often without it being made again.

An answer that is made of the record alone has a weak tag of what the record is made of: the newest change,
the runs, the corrections in force, when flags were last worked out, the day. Whatever a sync writes it writes
with its run, which then leaves the open ones; log rows come with a new head of the chain. Any other answer
(of a run that goes on, of a source's clock) is made, and has a tag of its bytes. A file that is streamed has
none: it may break off.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response

from projects.declared import REGISTRY
from projects.wording.figures import HERE

# A run that ends, and a held one that is decided, leaves the open ones. All is found by an index: the runs
# and the log grow for years. In one, as to make each query of its own costs more than what it asks for.
_STATE = """
    SELECT 'head', last_id, digest FROM projects_chainhead
    UNION ALL SELECT 'run', max(id), '' FROM projects_syncrun
    UNION ALL SELECT 'open', run.id, run.state FROM projects_source source
        JOIN projects_syncrun run ON run.source_id = source.name
        AND run.state IN ('queued', 'running', 'quarantined')
    UNION ALL SELECT 'source', CASE WHEN demo THEN 1 ELSE 0 END, name || ' ' || title FROM projects_source
    UNION ALL SELECT 'overrides', count(id), CAST(max(id) AS text) FROM projects_override
        WHERE state = 'active'
    UNION ALL SELECT 'admin', max(id), '' FROM django_admin_log
    UNION ALL SELECT 'flags', version, CAST(at AS text) FROM projects_flagrules
    ORDER BY 1, 2, 3
"""
State = list[tuple[str, int | None, str | None]]
_KEPT = {"X-Demo-Data"}  # by a 304, beside what HTTP has it keep
_SAID = ("OPEN_DATA_SOURCES", "PUBLISHER_NAME", "OC4IDS_PREFIX")  # settings that answers depend on
_DIGITS = 32  # of a digest in a tag


class NotModified(Exception):
    """The asker has the answer already; `response` is the 304 that says so."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__("not modified")
        self.response = response


class Tagged:
    """A view whose answers have an ETag. `of_record`: they are made of the record alone, and of the day."""

    of_record: ClassVar[bool] = False
    tag = ""
    is_demo: bool | None = None  # of any source, where the record was looked at

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises NotModified, where it can be told before the answer is made."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method not in ("GET", "HEAD") or not self.is_of_record(request):
            return
        state = state_of_the_record()
        self.is_demo = any(number for kind, number, _ in state if kind == "source")
        self.tag = _weak(request, state)
        asked = request.META.get("HTTP_IF_NONE_MATCH", "").strip()
        # “*” is whatever there is, if anything: that is only known when the answer is made.
        if asked and asked != "*" and (known := get_conditional_response(request._request, etag=self.tag)):
            known["ETag"] = self.tag
            raise NotModified(known)

    def is_of_record(self, request: Request) -> bool:
        return self.of_record and request.accepted_renderer.format == "json"

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, NotModified):
            return exc.response
        return super().handle_exception(exc)  # type: ignore[misc]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if request.method in ("GET", "HEAD") and response.status_code in (200, 304):
            response.setdefault("Cache-Control", "no-cache")  # may be kept, and is asked for again
            if isinstance(response, Response):
                response.add_post_render_callback(lambda made: _conditional(request, made, self.tag))
        return response


def _conditional(request: Request, made: Response, tag: str) -> Any:
    made["ETag"] = tag or f'"{hashlib.sha256(made.content).hexdigest()[:_DIGITS]}"'
    answer: Any = get_conditional_response(request._request, etag=made["ETag"], response=made)
    for name in _KEPT & made.headers.keys():
        answer[name] = made[name]
    return answer


def _weak(request: Request, state: State) -> str:
    """Of a request and of all that an answer made of the record can depend on."""
    asked = (request.build_absolute_uri(), request.accepted_media_type)
    told = repr((asked, _code(), [getattr(settings, name) for name in _SAID], state, _today()))
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]}"'


def state_of_the_record() -> State:
    """Equal while nothing has changed that pages and lists of the record are made of; one short query."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return cursor.fetchall()


def _today() -> date:
    """Of what is overdue, and of what is still to come."""
    return timezone.now().astimezone(HERE).date()


@cache
def _code() -> str:
    """Of what says things: the same rows read otherwise after an upgrade."""
    digest = hashlib.sha256()
    for file in sorted(Path(settings.BASE_DIR, "projects").rglob("*.py")):
        if "tests" not in file.parts:
            digest.update(file.read_bytes())
    return digest.hexdigest() + repr(sorted(REGISTRY.items()))


__all__ = ["NotModified", "Tagged", "state_of_the_record"]
