"""One page about a project, to be printed and put up where people wait, with a code that a phone reads."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from projects.api.changes import change_json
from projects.api.records import last_whole
from projects.languages import gettext, prefixed
from projects.models import DataChangeLog, Project
from projects.pages.missing import elsewhere
from projects.pages.projects import fields_shown

_CHANGES = 3  # as many as leave the sheet one page


@require_safe
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A4, with the newest changes that its source published."""
    project = Project.objects.for_project_page().filter(pk=pk).first()
    if project is None:
        return elsewhere(pk, "sheet/")
    permalink = request.build_absolute_uri(prefixed(project.get_absolute_url()))
    news = DataChangeLog.objects.of_project(pk).by_source().exclude(change_type="created")
    context = {
        "project": project,
        "places": sorted(project.municipalities.all(), key=lambda place: place.name),
        "cards": fields_shown(project, "card"),
        "changes": [_told(row) for row in news.order_by("-pk")[:_CHANGES]],
        "checked": last_whole().of(project),
        "permalink": permalink,
        "qr": qr_code(permalink),
    }
    return render(request, "projects/sheet.html", context)


def _told(row: DataChangeLog) -> dict[str, Any]:
    return {"at": row.at, "sentence": change_json(row)["sentence"]}


def qr_code(address: str) -> SafeString:
    """An `<svg>`; black on white whatever the page's colours are, or no phone reads it."""
    code = segno.make(address, error="m", micro=False)
    title = gettext("QR code of {address}").format(address=address)
    drawn = code.svg_inline(
        scale=4,
        dark="#000",
        light="#fff",
        title=title,
        omitsize=True,
    )
    return mark_safe(drawn)


__all__ = ["qr_code", "sheet_page"]
