"""The search page, what it proposes while somebody types, and the municipalities near a position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from projects.api.search import closed_to_files
from projects.charset import storable
from projects.facts.towns import Near, nearest_seats
from projects.languages import gettext, gettext_noop
from projects.models import Project
from projects.search.finding import Found, NotAQuery, find

_PROPOSED_OF_EACH = 4
_NO_POSITION = gettext_noop("“%s” is no position such as -23.30,30.71: degrees of latitude and longitude.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line below the box in which somebody types. `kind` and `note` say what it is."""

    kind: str
    name: str
    note: str
    address: str


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """`?q=` what fits, `?near=` the nearest seats; with `fragment=proposals` the lines below the box."""
    answer = _answer(request)
    if request.GET.get("near"):
        add_never_cache_headers(answer)  # a position is nobody else's
    return answer


def _answer(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {"q": request.GET.get("q", ""), "near": None, "found": None}
    position = request.GET.get("near", "")
    try:
        if position:
            context["near"] = seats_near(position)
        else:
            context["found"] = find(request.GET.get("q", ""))
    except NotAQuery as problem:
        context |= {"errors": [("near" if position else "q", str(problem))], "q": ""}
    status = 400 if "errors" in context else 200
    found = context["found"]
    if isinstance(found, Found) and not found.projects:
        context["nothing_read"] = not Project.objects.exists()
    if isinstance(found, Found) and not found.is_empty:
        context |= {"closed": closed_to_files(found), "query": urlencode({"q": found.q})}
    if request.GET.get("fragment") == "proposals":
        lines = list(proposals(found)) if isinstance(found, Found) else []
        return render(request, "projects/_proposals.html", {**context, "proposals": lines}, status=status)
    return render(request, "projects/search.html", context, status=status)


def seats_near(position: str) -> list[Near]:
    """The three municipalities with the nearest seats to `latitude,longitude`. Raises NotAQuery."""
    try:
        latitude, longitude = (float(part) for part in position.split(","))
    except ValueError:
        raise NotAQuery(gettext(_NO_POSITION) % storable(position[:40])) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise NotAQuery(gettext(_NO_POSITION) % storable(position[:40]))
    return nearest_seats(latitude, longitude)


def proposals(found: Found) -> Iterator[Proposal]:
    """A few of each kind, places first."""
    for place in found.municipalities[:_PROPOSED_OF_EACH]:
        note = f"{place.fact.province} · {place.also}" if place.also else place.fact.province
        yield Proposal(gettext("Municipality"), place.fact.name, note, address_of(place.fact.code))
    for each in found.towns[:_PROPOSED_OF_EACH]:
        note = f"{each.town.province} · {each.also}" if each.also else each.town.province
        address = address_of(each.code) if each.code else f"/search/?{urlencode({'q': each.town.name})}"
        yield Proposal(gettext("Town"), each.town.name, note, address)
    for name in found.contractors[: _PROPOSED_OF_EACH // 2]:
        yield Proposal(gettext("Contractor"), name, "", f"/projects/?{urlencode({'q': name})}")
    for project in found.projects[:_PROPOSED_OF_EACH]:
        place_name = project.municipality.name if project.municipality else ""
        yield Proposal(gettext("Project"), str(project), place_name, project.get_absolute_url())


def address_of(code: str) -> str:
    """The address of a municipality's page."""
    return f"/municipalities/{code}/"


__all__ = ["Proposal", "proposals", "search_page", "seats_near"]
