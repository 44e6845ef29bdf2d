"""The page that takes a file of corrections: what each row will change or why it is refused, and a button."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from projects.models import Override
from projects.stewards import importing
from projects.stewards.importing import Checked, FileRefused, Given
from projects.stewards.values import CORRECTABLE
from projects.wording.phrases import label

_SALT, _GOOD_FOR = "corrections of a file", 3600  # seconds between the look and the button
_SAID = 20  # refused rows that are named after the button


def import_corrections(request: HttpRequest) -> HttpResponse:
    """GET asks for a file; POST with `file` shows what it will do; POST with `rows`, which that page holds,
    does it."""
    if not request.user.has_perm("projects.add_override"):
        raise PermissionDenied
    if request.method == "POST" and "rows" in request.POST:
        return _carried_out(request)
    context: dict[str, Any] = {}
    if request.method == "POST":
        context = _looked_at(request)
    context |= {
        **admin.site.each_context(request),
        "title": "Corrections from a file",
        "fields": [(name, label(name)) for name in CORRECTABLE],
        "most": importing.MOST_ROWS,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "admin/projects/override/import.html", context)


def _looked_at(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, "Choose a file.")
        return {}
    name = file.name or "file"
    if (file.size or 0) > importing.MOST_BYTES:
        messages.error(request, f"The file is larger than {importing.MOST_BYTES // 1_000_000} MB.")
        return {}
    try:
        given = importing.rows_of(name, file.read(), request.POST.get("reason", ""))
    except FileRefused as problem:
        messages.error(request, str(problem))
        return {}
    rows = importing.checked(given)
    good = [row.given for row in rows if not row.problem]
    return {
        "rows": rows,
        "good": len(good),
        "refused": len(rows) - len(good),
        "name": name,
        "signed": _signed(name, good),
    }


def _signed(name: str, rows: list[Given]) -> str:
    """What was looked at, so that it and nothing else is done."""
    return signing.dumps({"name": name[:80], "rows": importing.as_json(rows)}, salt=_SALT, compress=True)


def _carried_out(request: HttpRequest) -> HttpResponse:
    try:
        held = signing.loads(request.POST["rows"], salt=_SALT, max_age=_GOOD_FOR)
    except signing.BadSignature:  # also one of long ago
        messages.error(request, "Nothing was done: look at the file again first.")
        return HttpResponseRedirect(reverse("admin:projects_override_import"))
    made, refused = importing.carry_out(importing.of_json(held["rows"]), request.user)
    _note(request, made, held["name"])
    messages.success(request, f"{len(made)} correction{'s were' if len(made) != 1 else ' was'} made.")
    for row in refused[:_SAID]:
        messages.warning(request, f"Row {row.given.row} was refused: {row.problem}")
    return HttpResponseRedirect(reverse("admin:projects_override_changelist"))


def _note(request: HttpRequest, made: list[Override], name: str) -> None:
    if made:
        LogEntry.objects.log_actions(request.user.pk or 0, made, ADDITION, f"Imported from “{name}”.")


__all__ = ["Checked", "import_corrections"]
