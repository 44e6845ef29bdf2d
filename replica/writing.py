"""A whole page, and its ETag where the server gives one."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from replica.exchange import Answer, Request, html
from replica.pages import frame, landing, lists, municipality, plain, project
from replica.view import View
from replica.webforms import Session

PAGES = {
    "landing": landing,
    "level": lists,
    "province": municipality,
    "municipality": municipality,
    "projects": municipality,
    "project": project,
    "plain": plain,
}


def written(view: View, request: Request) -> Answer:
    """The page of a view."""
    return html(_page(view, request))


def tagged(view: View, request: Request, answer: Answer) -> Answer:
    """The answer with the page's ETag; 304 without a body where the client has just this page.

    The tag is weak and of the page without its noise: hidden fields, links and script numbers differ on each
    answer, so a strong one would never match.
    """
    still = View(view.site, Session("", 0), view.target, view.state, fault=view.fault, still=True)
    digest = hashlib.sha256(_page(still, request).encode()).hexdigest()[:32]
    tag = ("ETag", f'W/"{digest}"')
    known = {part.strip().removeprefix("W/") for part in request.none_match.split(",")}
    if "*" in known or f'"{digest}"' in known:
        view.site.kinds["not_modified"] += 1
        return Answer(status=304, headers=(*answer.headers, tag))
    return replace(answer, headers=(*answer.headers, tag))


def _page(view: View, request: Request) -> str:
    name = request.path.rpartition("/")[2]
    action = f"./{name}?{request.query}" if request.query else f"./{name}"
    title = "Project" if view.target.kind == "project" else "DWS Project Dashboard"
    return frame.page(view, action, PAGES[view.target.kind].content(view), title)
