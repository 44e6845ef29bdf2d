"""The week as a page that a newsroom can print."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.api.digest import SHOWN, address, last_week
from projects.api.refusals import closed
from projects.flags.facts import here
from projects.languages import Words, gettext
from projects.log.week import Digest, Section, Week
from projects.models import DataChangeLog, Province, Source
from projects.wording import figures
from projects.wording.flags import ARE
from projects.wording.phrases import PROVINCES, listed, plural
from projects.wording.topics import DEARER, FINISHED, FLAGGED, SLIPPED, VANISHED

_HEADS = Words({
    SLIPPED: "Moved to a later completion date",
    DEARER: "Got dearer",
    FINISHED: "Completed",
    VANISHED: "Vanished from the source’s list",
    FLAGGED: "Flags raised",
})  # fmt: skip
_NOTHING = Words({
    SLIPPED: "No completion date moved later.",
    DEARER: "No published budget rose.",
    FINISHED: "No project’s status became completed.",
    VANISHED: "No project left the list.",
    FLAGGED: "No flag was raised.",
})  # fmt: skip


@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    """On to the last week that is over; to the one that goes on where the record begins in it."""
    week, begun = last_week(), _begun()
    return HttpResponseRedirect(address(week.by(1) if begun and begun > week.until else week))


@require_safe
def digest_page(request: HttpRequest, week: str, province: str = "") -> HttpResponse:
    """A week that has not begun is a 404 in plain words."""
    asked, code = Week.of(week), province.upper()
    if asked is None or (code and code not in Province.values):
        raise Http404
    if code != province:
        return HttpResponseRedirect(address(asked, code))
    newest = DataChangeLog.objects.newest()  # before the week: what comes between is shown twice, not lost
    today = here(timezone.now())
    digest = Digest(asked, code)
    context = {
        "week": asked,
        "named": re.sub(r"(?<=\d) (?=[^\W\d])", "\u00a0", asked.named),  # a heading that breaks between days
        "province": code,
        "place": PROVINCES[code] if code else gettext("South Africa"),
        "newest": newest,
        "is_live": asked.monday <= today <= asked.sunday,
        "is_over": asked.sunday < today,
        "is_to_come": asked.monday > today,
        "sections": [_shown(section, asked, code) for section in digest.sections],
        "is_empty": digest.is_empty,
        "begun": _begun(),
        "closed": _closed(digest),
        "earlier": address(asked.by(-1), code),
        "later": address(asked.by(1), code) if asked.by(1).monday <= today else "",
        "places": [(gettext("South Africa"), address(asked))]
        + [(label, address(asked, each)) for each, label in PROVINCES.items()],
        "api_query": urlencode({"week": str(asked), **({"province": code} if code else {})}),
    }
    return render(request, "projects/digest.html", context, status=404 if context["is_to_come"] else 200)


def _begun() -> datetime | None:
    """When the first change was logged."""
    return DataChangeLog.objects.order_by("pk").values_list("at", flat=True).first()


def _closed(digest: Digest) -> list[Source]:
    """The sources in it whose data are not to be downloaded as a list."""
    return closed(Source.objects.filter(pk__in=digest.sources())) if not digest.is_empty else []


def _shown(section: Section, week: Week, province: str) -> dict[str, Any]:
    place = {"province": province} if province else {}
    span = {"since": week.monday.isoformat(), "until": week.sunday.isoformat()}
    order = {"ordering": "size"} if section.is_measured else {}
    return {
        "kind": section.kind,
        "head": _HEADS[section.kind],
        "nothing": _NOTHING[section.kind],
        "count": len(section.rows),
        "total": _total(section),
        "rows": section.rows[:SHOWN],
        "rest": max(0, len(section.rows) - SHOWN),
        "query": urlencode({"topic": section.kind, **span, **place, **order}),
    }


def _total(section: Section) -> str:
    """`12 projects, 140 months together`; blank where there is none."""
    if not section.rows:
        return ""
    projects = plural(len(section.rows), "project")
    if section.kind == FLAGGED:
        flags = [f"{figures.grouped(number)} {ARE[flag]}" for flag, number in section.by_flag.items()]
        return f"{projects}: {listed(flags)}."
    if section.total is None:
        return f"{projects}."
    if section.kind == SLIPPED:
        told = gettext("{projects}, {months} together.")
        return told.format(projects=projects, months=figures.in_years(figures.months_of(int(section.total))))
    told = (
        gettext("{projects}, {rand} more.")
        if section.kind == DEARER
        else gettext("{projects}; their published budgets: {rand}.")
    )
    return told.format(projects=projects, rand=figures.unbroken(figures.rand(section.total)))
