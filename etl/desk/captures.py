"""The page where a recorded visit (WARC, HAR) is handed in: checked, kept, and queued as a run."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from etl.decide import handing_in
from etl.exceptions import EtlError
from etl.project_source import ProjectSource
from etl.sources import sources
from projects.charset import storable
from projects.declared import declaration

MOST_BYTES = 50_000_000
_LONGEST_NAME = 200  # bytes


def hand_in(request: HttpRequest) -> HttpResponse:
    """GET asks for a file; POST with `file`, `source` and `reason` queues the run that reads it."""
    readable = [source.name for source in sources() if issubclass(source.monitor, ProjectSource)]
    if request.method == "POST" and (run := _queued(request, readable)):
        return HttpResponseRedirect(reverse("admin:projects_syncrun_change", args=[run]))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Hand in a recorded visit",
        "sources": [(name, declaration(name).called) for name in readable],
        "reason": request.POST.get("reason", ""),
        "most": MOST_BYTES // 1_000_000,
    }
    return render(request, "admin/etl/source/hand_in.html", context)


def _queued(request: HttpRequest, readable: list[str]) -> int | None:
    """The id of the run; None, and a message, where there is none."""
    file, reason = request.FILES.get("file"), storable(request.POST.get("reason", "")).strip()
    source = request.POST.get("source", "")
    if source not in readable:
        messages.error(request, "Choose the source that was visited.")
    elif file is None:
        messages.error(request, "Choose a file.")
    elif not reason:
        messages.error(request, "Say who recorded it, where and how: that is kept with the run.")
    elif (file.size or 0) > MOST_BYTES:
        messages.error(request, f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    else:
        return _kept(request, source, file, reason)
    return None


def _kept(request: HttpRequest, source: str, file: UploadedFile, reason: str) -> int | None:
    name, body = _name(file), file.read()
    try:
        answers, since, until = handing_in.span(name, body)
        run = handing_in.hand_in(source, name, body, request.user, reason, "force" in request.POST)
    except EtlError as problem:
        messages.error(request, f"Nothing was queued: {problem}")
        return None
    of = f"{answers} answers, {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC"
    messages.success(request, f"{name} ({of}) is read by run {run.pk}.")
    return run.pk


def _name(file: UploadedFile) -> str:
    """Its end, as many bytes of it as a file's name may have."""
    name = storable(PurePath(file.name or "visit").name).encode()[-_LONGEST_NAME:]
    return name.decode("utf-8", "ignore")


__all__ = ["hand_in"]
