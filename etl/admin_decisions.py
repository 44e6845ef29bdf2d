"""The admin's page of a held run: what it would change, why it is held, and the steward's decision."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from etl.compare.profile import Profile
from etl.decide.release import held_run, rehearsal, reject, release
from etl.exceptions import EtlError
from etl.load.run import ChangeSet
from projects.models import Municipality, SyncRun

_SHOWN = 500  # changes on the page; all of them are in the CSV


class Decision(forms.Form):
    """What a steward says: the reason is kept with the run."""

    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))
    places = forms.ModelMultipleChoiceField(
        Municipality.objects.all(), required=False, label="Only these municipalities"
    )


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def decide(model_admin: ModelAdmin[SyncRun], request: HttpRequest, run_id: int) -> HttpResponseBase:
    """GET shows the held run; POST with `release`, `release_some` or `reject` decides on it.

    A run that cannot be released (its bytes are lost, its source has no release) can still be rejected.
    """
    form = Decision(request.POST or None)
    back = HttpResponseRedirect(reverse("admin:projects_syncrun_change", args=[run_id]))
    if request.method == "POST" and form.is_valid():
        _carry_out(request, run_id, form)
        return back
    try:
        run = held_run(run_id)
    except EtlError as problem:
        messages.error(request, str(problem))
        return back
    changes = _rehearsed(request, run)
    if changes is not None and request.GET.get("format") == "csv":
        return _as_csv(run, changes)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Run {run.pk} of {run.source_id} is held",
        "run": run,
        "form": form,
        **_differences(changes),
        "columns": _columns(run),
    }
    return render(request, "admin/etl/syncrun/decide.html", context)


def _rehearsed(request: HttpRequest, run: SyncRun) -> ChangeSet | None:
    """What a release would change; None, and a message, where there can be none."""
    try:
        return rehearsal(run)
    except EtlError as problem:
        messages.error(request, str(problem))
        return None


def _differences(changes: ChangeSet | None) -> dict[str, Any]:
    if changes is None:
        return {"can_release": False}
    counts = dict(Counter(told.change_type for told in changes.summaries()))
    return {
        "can_release": True,
        "changes": list(islice(changes.summaries(), _SHOWN)),
        "more": max(0, sum(counts.values()) - _SHOWN),
        "counts": counts,
    }


def _carry_out(request: HttpRequest, run_id: int, form: Decision) -> None:
    by, reason = request.user.get_username(), form.cleaned_data["reason"]
    codes = [place.code for place in form.cleaned_data["places"]]
    try:
        if "reject" in request.POST:
            reject(run_id, by, reason)
            messages.success(request, f"Run {run_id} is rejected; the last good data stay.")
            return
        run = release(run_id, by, reason, codes if "release_some" in request.POST else None)
    except EtlError as problem:
        messages.error(request, f"Nothing was decided: {problem}")
        return
    messages.success(request, f"Run {run.pk} is released: {run.change_count} changes were logged.")


def _columns(run: SyncRun) -> dict[str, list[str]]:
    """Columns that the last complete reading had and this one has not, and the reverse."""
    good = SyncRun.objects.good().filter(source=run.source, complete=True, pk__lt=run.pk).exclude(profile={})
    last = good.order_by("-pk").first()
    if run.source_id != "dws" or last is None or not run.profile:
        return {}
    before, now = Profile(**last.profile), Profile(**run.profile)
    return {
        "lost": sorted(set(before.columns) - set(now.columns)),
        "new": sorted(set(now.columns) - set(before.columns)),
        "layouts": [", ".join(before.layouts), ", ".join(now.layouts)],
    }


def _as_csv(run: SyncRun, changes: ChangeSet) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    rows = (writer.writerow([_harmless(cell) for cell in row]) for row in _csv_rows(changes))
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="run-{run.pk}-held.csv"'
    return answer


def _csv_rows(changes: ChangeSet) -> Iterator[list[Any]]:
    yield ["external_id", "change", "field", "old", "new"]
    for told in changes.summaries():
        for name, (old, new) in told.field_changes.items():
            yield [told.what, told.change_type, name, old, new]


def _harmless(cell: Any) -> Any:
    """A spreadsheet must not take a published text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
