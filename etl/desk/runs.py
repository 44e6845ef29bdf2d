"""A run that is held as a whole: what it would change, and the steward's decision, which is confirmed first.

A newer reading may come in meanwhile: then nothing is decided, what the steward chose and wrote is kept, and
the newer reading is offered with it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from etl.compare.profile import Profile
from etl.decide.release import held_run, reject
from etl.desk.differences import Differences, differences, named, plural
from etl.exceptions import EtlError
from etl.load.stores import ChangeSet
from etl.scheduler import DataScheduler
from projects.api.exports import cell
from projects.models import AreaReading, AreaState, Municipality, RunState, SyncRun

_SHOWN = 500  # changes on the page; all of them are in the CSV
ACTIONS = ("release", "release_some", "reject")


class Decision(forms.Form):
    """What a steward says: the reason is kept with the run."""

    reason = forms.CharField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))

    def __init__(self, run: SyncRun, *given: Any) -> None:
        super().__init__(*given)
        self.areas = areas_of(run)
        names = dict(Municipality.objects.filter(pk__in=self.areas).values_list("pk", "name"))
        lists = AreaReading.objects.of_run(run).exclude(address="").values_list("area", "address")
        names |= {area: f"the list at {address}" for area, address in lists}
        called = sorted((names.get(code, code), code) for code in self.areas)
        self.fields["places"] = forms.MultipleChoiceField(
            choices=[(code, name) for name, code in called],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


def areas_of(run: SyncRun) -> list[str]:
    """The codes of the areas that the run read and that are held with it."""
    held = AreaReading.objects.of_run(run).filter(state=AreaState.HELD)
    return sorted(set(held.values_list("area", flat=True)))


def decide(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """GET shows the held run; POST with one of ACTIONS says what it will do, and with `confirmed` does it.

    A run that cannot be released (its bytes are lost, its readings are not kept) can still be rejected.
    """
    try:
        run = held_run(run_id)
    except EtlError as problem:
        return _overtaken(request, run_id, str(problem))
    form = Decision(run, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, run, form)
    if request.POST.get("confirmed") == "yes":
        return _carried_out(request, run, form)
    return _question(request, run, form)


def _overtaken(request: HttpRequest, run_id: int, problem: str) -> HttpResponseBase:
    """Nothing can be decided on the run any more: whoever was deciding keeps the draft."""
    back = HttpResponseRedirect(reverse("admin:projects_syncrun_change", args=[run_id]))
    run = SyncRun.objects.filter(pk=run_id).first()
    if run is None or request.method != "POST":
        messages.error(request, problem)
        return back if run else HttpResponseRedirect(reverse("admin:projects_syncrun_changelist"))
    later = SyncRun.objects.filter(source=run.source, pk__gt=run.pk)
    newer = later.filter(state=RunState.QUARANTINED).order_by("-pk").first()
    messages.warning(request, f"Nothing was decided: {problem} What you chose and wrote is kept below.")
    if newer is None:
        context = _context(request, f"Run {run.pk} is not held any more") | {
            "run": run,
            "draft": request.POST.get("reason", ""),
            "chosen": request.POST.getlist("places"),
            "newest": later.order_by("-pk").first(),
        }
        return render(request, "admin/etl/syncrun/overtaken.html", context)
    given = request.POST.copy()
    held = set(areas_of(newer))
    given.setlist("places", [code for code in given.getlist("places") if code in held])
    return _page(request, newer, Decision(newer, given), overtook=run)


def _page(
    request: HttpRequest, run: SyncRun, form: Decision, overtook: SyncRun | None = None
) -> HttpResponseBase:
    changes = _rehearsed(request, run)
    if changes is not None and request.GET.get("format") == "csv":
        return _as_csv(run, changes)
    found = None if changes is None else differences(run.source_id, changes.summaries(), _SHOWN)
    context = _context(request, f"Run {run.pk} of {run.source_id} is held") | {
        "run": run,
        "form": form,
        "can_release": found is not None,
        "found": found,
        "columns": _columns(run),
        "overtook": overtook,
    }
    return render(request, "admin/etl/syncrun/decide.html", context)


def _question(request: HttpRequest, run: SyncRun, form: Decision) -> HttpResponseBase:
    """What the decision will do, before it does it."""
    action = next((name for name in ACTIONS if name in request.POST), "release")
    codes = form.cleaned_data["places"] if action == "release_some" else None
    if codes == []:
        messages.error(request, "Nothing was decided: choose the municipalities that are to be loaded.")
        return _page(request, run, form)
    changes = _rehearsed(request, run, codes)
    if changes is None and action != "reject":
        return _page(request, run, form)
    found = differences(run.source_id, changes.summaries(), 0) if changes is not None else None
    context = _context(request, f"Run {run.pk}: is this what you mean?") | {
        "run": run,
        "action": action,
        "effect": _effect(run, form.areas, action, codes, found),
        "reason": form.cleaned_data["reason"],
        "places": form.cleaned_data["places"],
    }
    return render(request, "admin/etl/syncrun/confirm.html", context)


def _effect(
    run: SyncRun, held: list[str], action: str, codes: list[str] | None, found: Differences | None
) -> list[str]:
    """What happens, in sentences."""
    if action == "reject":
        lost = f" None of it is loaded: {found.sentence}." if found else ""
        return [
            f"This rejects run {run.pk}; the last good data stay.{lost}",
            "The same reading is rejected again by itself, until the source says something else.",
        ]
    assert found is not None
    chosen = held if codes is None else codes
    what = f"{plural(len(chosen), 'area')} with " if chosen else ""
    said = [f"This loads {what}{found.sentence}."]
    if codes:
        said.append(f"These are {named(codes, found.places)}; the other areas stay as they were last loaded.")
    return [*said, "What is loaded goes into the log as news of the source, and cannot be unloaded."]


def _carried_out(request: HttpRequest, run: SyncRun, form: Decision) -> HttpResponseBase:
    by, reason = request.user.get_username(), form.cleaned_data["reason"]
    codes = form.cleaned_data["places"] if "release_some" in request.POST else None
    try:
        if "reject" in request.POST:
            reject(run.pk, by, reason)
            messages.success(request, f"Run {run.pk} is rejected; the last good data stay.")
        else:
            done = DataScheduler().release(run.pk, by, reason, codes)
            messages.success(request, f"Run {done.pk} is released: {done.change_count} changes were logged.")
    except EtlError as problem:
        return _overtaken(request, run.pk, str(problem))
    return HttpResponseRedirect(reverse("admin:projects_syncrun_change", args=[run.pk]))


def _context(request: HttpRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title}


def _rehearsed(request: HttpRequest, run: SyncRun, places: list[str] | None = None) -> ChangeSet | None:
    """What a release would change; None, and a message, where there can be none."""
    try:
        return DataScheduler().rehearse_release(run, places)
    except EtlError as problem:
        messages.error(request, str(problem))
        return None


def _columns(run: SyncRun) -> dict[str, list[str]]:
    """Columns that the last whole reading had and this one has not, and the reverse."""
    good = SyncRun.objects.good().filter(source=run.source, concludes=True, pk__lt=run.pk).exclude(profile={})
    last = good.order_by("-pk").first()
    before = Profile.of_json(last.profile) if last else None
    now = Profile.of_json(run.profile)
    if before is None or now is None:
        return {}
    return {
        "lost": sorted(set(before.columns) - set(now.columns)),
        "new": sorted(set(now.columns) - set(before.columns)),
        "layouts": [", ".join(before.layouts), ", ".join(now.layouts)],
    }


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _as_csv(run: SyncRun, changes: ChangeSet) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    rows = (writer.writerow([cell(value) for value in row]) for row in _csv_rows(changes))
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="run-{run.pk}-held.csv"'
    return answer


def _csv_rows(changes: ChangeSet) -> Iterator[list[Any]]:
    yield ["external_id", "change", "field", "old", "new"]
    for change in changes.summaries():
        for name, (old, new) in change.field_changes.items():
            yield [change.what, change.change_type, name, old, new]


__all__ = ["decide"]
