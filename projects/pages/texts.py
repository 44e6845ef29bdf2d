"""Pages of words: the glossary, what this is and how it knows, and what robots are told."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.declared import declared
from projects.models import Source
from projects.wording.glossary import terms

# Searches and lists with filters have no end, and say nothing that the pages that they lead to do not.
_NOT_FOR_ROBOTS = (
    "/admin/",
    "/api/",
    "/search/",
    "/report/",
    "/*/search/",
    "/*/report/",
    "/*?*q=",
    "/*?*page=",
    "/*?*ordering=",
    "/*?*format=",
    "/*.gz$",
)


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """What the words mean."""
    return render(request, "projects/glossary.html", {"terms": terms()})


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, how it knows what it says, and what it does not know."""
    context = {"sources": list(declared()), "contact": settings.CONTACT_URL}
    return render(request, "projects/about.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where robots may go: nowhere while the data are demo data, which no search engine should know."""
    if Source.objects.filter(demo=True).exists():
        lines = ["User-agent: *", "Disallow: /"]
    else:
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
        lines += ["", f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


__all__ = ["about", "glossary", "robots"]
