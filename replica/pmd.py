"""The dashboard's web application: from a request under /pmd/ to an answer."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote

from replica import wire
from replica.callbacks import redirect_answer
from replica.exchange import Answer, Request, html
from replica.faults import Fault
from replica.pages import errors, lists
from replica.pages.menu import LABELS, PLAIN_PAGES
from replica.posting import posted
from replica.site import Site
from replica.view import View
from replica.webforms import Refused, Session, Target, enc_target
from replica.writing import tagged, written

COOKIE = "ASP.NET_SessionId"
TIMEOUT_PAGE = "/pmd/TimeOutPage.aspx?index=3"
_STATIC = ("dxr.axd", "webresource.axd", "lg_content/", "scripts/", "leaflet/", "images/")
# Where redirects lead; no fault strikes them, or a redirect would lead to itself.
_APART = {
    "timeoutpage.aspx": errors.timed_out,
    "genericerror.aspx": errors.custom_error,
    "login.aspx": errors.login,
}


class NoSuchPage(LookupError):
    """No page has this path."""


def respond(site: Site, request: Request) -> Answer:
    """The answer to a request, faults included. Holds the site's lock while it writes."""
    path = request.path.lower()
    if path in _APART:
        return html(_APART[path]())
    fault = site.strike()
    if path.startswith(_STATIC):
        return wire.applied(site, fault, Answer(b"", content_type="text/plain"))
    with site.lock:
        return wire.applied(site, fault, _answered(site, request, fault))


def _answered(site: Site, request: Request, fault: Fault) -> Answer:
    try:
        return _page(site, request, fault)
    except NoSuchPage:
        return html(errors.not_found(), 404)
    except Refused:
        return html(errors.server_error("Invalid or missing link parameter."), 400)


def _page(site: Site, request: Request, fault: Fault) -> Answer:
    session = site.sessions.get(request.cookie)
    if request.method == "POST":
        if session is None:
            return _timed_out(request)
        return posted(site, session, _target(site, session, request), request, fault)
    known = session or site.sessions.start()
    view = View(site, known, _target(site, known, request), fault=fault)
    answered = written(view, request)
    if session is None:
        cookie = f"{COOKIE}={known.id}; path=/; HttpOnly; SameSite=Lax"
        answered = replace(answered, headers=(("Set-Cookie", cookie),))
    return tagged(view, request, answered) if site.etags else answered


def _timed_out(request: Request) -> Answer:
    """No session: a callback is told to go elsewhere in its own way, a postback by a redirect."""
    if "__CALLBACKID" in request.form:
        return html(redirect_answer(TIMEOUT_PAGE))
    return html("", 302, ("Location", TIMEOUT_PAGE))


def _target(site: Site, session: Session, request: Request) -> Target:
    """Which page a path and query name. Raises NoSuchPage, Refused."""
    path = request.path.lower()
    enc = enc_parameter(request.query)
    if path == "level.aspx":
        return _level(site, request.query, enc)
    if path == "projects/default.aspx":
        return Target("projects")
    if path == "project/proj_detail.aspx":
        return _project(site, session, enc)
    if path in PLAIN_PAGES:
        return Target("plain", PLAIN_PAGES[path])
    raise NoSuchPage(path)


def enc_parameter(query: str) -> str:
    """The value of `enc=` with its `+` left alone ("" where there is none)."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name.lower() == "enc":
            return unquote(value)
    return ""


def _level(site: Site, query: str, enc: str) -> Target:
    if enc:
        target = enc_target(site.seal, enc)
        if target.kind == "project":
            raise Refused("enc")
        return target
    level = parse_qs(query).get("id", [""])[0]
    if not level:
        return Target("landing")
    if level in lists.LEVELS:
        return Target("level", level)
    return Target("plain", LABELS.get(level, ""))


def _project(site: Site, session: Session, enc: str) -> Target:
    """The project of a link, or the last visited one. Raises NoSuchPage where it is no longer there."""
    external_id = enc_target(site.seal, enc).key if enc else session.last_project
    if not external_id:
        return Target("plain", "Last Visited Project")
    if external_id not in site.world.by_id:
        raise NoSuchPage(external_id)
    session.last_project = external_id
    return Target("project", external_id)
