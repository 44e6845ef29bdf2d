"""Areas that are held while the others of their run were loaded: what each would change, and the decision.

What is accepted is loaded by the next reading that says the same, which is asked for at once. Where a newer
reading came in meanwhile that says something else, nothing is decided: the draft is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from etl.decide.release import decide_areas
from etl.decide.waiting import held_areas
from etl.desk.differences import Differences, Line, differences, named, plural
from etl.exceptions import EtlError
from etl.scheduler import DataScheduler
from projects.models import AreaReading, Municipality, SyncRun

_SHOWN = 2000  # changes on the page


@dataclass(slots=True)
class Held:
    """A held area as it is shown. `newer_than`: the run whose reading the steward was looking at."""

    row: AreaReading
    name: str
    lines: list[Line] = field(default_factory=list)
    major: int = 0
    is_chosen: bool = False
    newer_than: int | None = None


def decide(request: HttpRequest) -> HttpResponse:
    """GET shows all held areas; POST with `accept` or `reject` says what it will do to the chosen ones, and
    with `confirmed` does it."""
    if request.method != "POST":
        return _page(request, list(held_areas()), {})
    waiting = list(held_areas())
    chosen = list(AreaReading.objects.filter(pk__in=_numbers(request.POST.getlist("area"))))
    reason = request.POST.get("reason", "").strip()
    held = {row.pk for row in waiting}
    overtaken = {(row.source_id, row.area): row for row in chosen if row.pk not in held}
    wanted = {(row.source_id, row.area): row for row in chosen}
    if overtaken:
        _say_overtaken(request, overtaken.values(), waiting)
        return _page(request, waiting, wanted, reason, overtaken)
    if not chosen or not reason:
        missing = "choose an area" if not chosen else "say why; the reason is kept"
        messages.error(request, f"Nothing was decided: {missing}.")
        return _page(request, waiting, wanted, reason)
    accept = "accept" in request.POST
    if request.POST.get("confirmed") != "yes":
        return _question(request, chosen, len(waiting), reason, accept)
    carry_out(request, chosen, reason, accept=accept)
    return HttpResponseRedirect(reverse("admin:etl_decide_areas"))


def carry_out(request: HttpRequest, rows: Iterable[AreaReading], reason: str, *, accept: bool) -> None:
    """Decide on the areas, ask for a reading of the sources whose areas were accepted, and say so."""
    if not reason.strip():
        messages.error(request, "Nothing was decided: say why, beside the action. The reason is kept.")
        return
    by, done = request.user.get_username(), set()
    codes: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        codes.setdefault((row.source_id, row.last_run_id), []).append(row.area)
    for (source, run_id), some in codes.items():
        try:
            decided = decide_areas(run_id, some, by, reason.strip(), accept=accept)
        except EtlError as problem:
            messages.error(request, f"Nothing was decided: {problem}")
            continue
        done.add(source)
        what = "accepted" if accept else "rejected; the last good data stay"
        messages.success(request, f"{', '.join(decided)}: {what}.")
    for source in done if accept else ():
        for run in DataScheduler().request(source, SyncRun.Trigger.ADMIN, requested_by=by):
            messages.success(request, f"They are loaded by run {run.pk}, if they still say the same.")


def _numbers(given: Iterable[str]) -> list[int]:
    return [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 19]


def _say_overtaken(
    request: HttpRequest, overtaken: Iterable[AreaReading], waiting: list[AreaReading]
) -> None:
    names, still = _names(), {(row.source_id, row.area) for row in waiting}
    gone = [row.area for row in overtaken if (row.source_id, row.area) not in still]
    newer = [row.area for row in overtaken if (row.source_id, row.area) in still]
    said = ["Nothing was decided: a newer reading came in while you were at it."]
    if newer:
        said.append(f"{named(newer, names)}: it says something else, and is shown below.")
    if gone:
        said.append(f"{named(gone, names)}: not held any more, there is nothing to decide.")
    messages.warning(request, " ".join([*said, "What you chose and wrote is kept."]))


def _page(
    request: HttpRequest,
    waiting: list[AreaReading],
    wanted: dict[tuple[str, str], AreaReading],
    reason: str = "",
    overtaken: dict[tuple[str, str], AreaReading] | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Held areas",
        "areas": _shown(request, waiting, wanted, overtaken or {}),
        "reason": reason,
    }
    return render(request, "admin/etl/areareading/decide.html", context)


def _shown(
    request: HttpRequest,
    waiting: list[AreaReading],
    wanted: dict[tuple[str, str], AreaReading],
    overtaken: dict[tuple[str, str], AreaReading],
) -> list[Held]:
    """Each area with the changes that concern it."""
    names, found = _names(), []
    by_run: dict[tuple[str, int], list[AreaReading]] = {}
    for row in waiting:
        by_run.setdefault((row.source_id, row.last_run_id), []).append(row)
    for rows in by_run.values():
        changes = _changes(request, rows)
        for row in rows:
            key = (row.source_id, row.area)
            lines = [line for line in changes.lines if row.area in line.places] if changes else []
            before = overtaken.get(key)
            found.append(Held(
                row, names.get(row.area, row.area), lines, sum(line.severity == "major" for line in lines),
                key in wanted, before.last_run_id if before else None,
            ))  # fmt: skip
    return sorted(found, key=lambda held: (held.name, held.row.source_id))


def _changes(request: HttpRequest, rows: list[AreaReading]) -> Differences | None:
    """What the areas of one run would change; None, and a message, where that cannot be read any more."""
    run, codes = rows[0].last_run, [row.area for row in rows]
    try:
        changes = DataScheduler().rehearse_release(run, codes)
    except EtlError as problem:
        messages.error(request, f"What {', '.join(codes)} would change cannot be shown: {problem}")
        return None
    return differences(run.source_id, changes.summaries(), _SHOWN)


def _question(
    request: HttpRequest, chosen: list[AreaReading], held: int, reason: str, accept: bool
) -> HttpResponse:
    """What the decision will do, before it does it."""
    names, shown = _names(), _shown(request, chosen, {}, {})
    major = sum(each.major for each in shown)
    number = sum(len(each.lines) for each in shown)
    areas = f"{plural(len(chosen), 'area')}, {named([row.area for row in chosen], names)},"
    what = f"{areas} with {plural(number, 'change')}, {major} of them major"
    rest = held - len(chosen)
    others = (
        "1 other held area stays as it is." if rest == 1 else f"{rest} other held areas stay as they are."
    )
    effect = [
        f"This {'loads' if accept else 'rejects'} {what}.",
        "A reading of the source is asked for at once, and loads them if they still say the same."
        if accept
        else "The last good data of these areas stay, until the source says something else of them.",
    ]
    if rest:
        effect.append(others)
    context = {
        **admin.site.each_context(request),
        "title": "Is this what you mean?",
        "chosen": chosen,
        "effect": effect,
        "reason": reason,
        "action": "accept" if accept else "reject",
    }
    return render(request, "admin/etl/areareading/confirm.html", context)


def _names() -> dict[str, str]:
    names = dict(Municipality.objects.values_list("code", "name"))
    lists = AreaReading.objects.exclude(address="").values_list("area", "address")
    return names | {area: f"the list at {address}" for area, address in lists}


__all__ = ["carry_out", "decide"]
