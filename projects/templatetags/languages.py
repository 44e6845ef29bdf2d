"""The language of a page: what it calls itself, and where the same page is in the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects.languages import ENGLISH, LANGUAGES, Language, current, is_page, prefixed

register = template.Library()


@register.simple_tag
def language() -> Language:
    """The one that this page is said in."""
    return current()


@register.simple_tag(takes_context=True)
def alternates(context: template.Context) -> SafeString | str:
    """For search engines: the page's own address, and the same page in the languages that all of it is
    said in."""
    request: HttpRequest | None = context.get("request")
    if request is None or request.resolver_match is None or not is_page(request.path):
        return ""
    path, here = request.path, current()
    whole = request.build_absolute_uri
    own = whole(prefixed(path, here if here.has(path) else ENGLISH))
    lines = [("canonical", "", own)]
    lines += [("alternate", one.tag, whole(prefixed(path, one))) for one in _having(path)]
    lines.append(("alternate", "x-default", whole(path)))
    return format_html_join(
        "\n  ",
        '<link rel="{}"{} href="{}">',
        ((rel, format_html(' hreflang="{}"', tag) if tag else "", address) for rel, tag, address in lines),
    )


def _having(path: str) -> Iterator[Language]:
    return (one for one in LANGUAGES.values() if one.has(path))


@register.inclusion_tag("projects/_languages.html", takes_context=True)
def language_switch(context: template.Context) -> dict[str, Any]:
    """Links to this page, as it was asked for, in each language; of what was refused nothing is repeated.
    `/en/…` is the way out of one."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request and is_page(request.path) else "/"
    query = request.GET.copy() if request and request.method in ("GET", "HEAD") else QueryDict(mutable=True)
    query.pop("fragment", None)
    asked = f"?{query.urlencode()}" if query and not context.get("errors") else ""
    here = current()
    links = [
        {"language": one, "address": f"/{one.code}{path}{asked}", "here": one is here}
        for one in LANGUAGES.values()
    ]
    return {"languages": links, "language": here, "whole": here.has(path)}
