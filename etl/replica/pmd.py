"""The dashboard's web application: from a request under /pmd/ to an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from etl.replica.callbacks import (
    BadCallback,
    CallbackParam,
    answer,
    error_answer,
    read_arguments,
    read_grid_argument,
    read_param,
    read_state,
    redirect_answer,
)
from etl.replica.faults import Answer, html
from etl.replica.grid import grid_inner, state_object
from etl.replica.gridview import allowed_arguments
from etl.replica.pages import errors, frame, landing, lists, municipality, plain, project
from etl.replica.pages.menu import LABELS, PLAIN_PAGES
from etl.replica.site import Site
from etl.replica.view import PageState, View, js_string
from etl.replica.webforms import Refused, Session, Target, enc_target, json_content

COOKIE = "ASP.NET_SessionId"
TIMEOUT_PAGE = "/pmd/TimeOutPage.aspx?index=3"
_STATIC = ("dxr.axd", "webresource.axd", "lg_content/", "scripts/", "leaflet/", "images/")
_PAGES = {
    "landing": landing,
    "level": lists,
    "province": municipality,
    "municipality": municipality,
    "projects": municipality,
    "project": project,
    "plain": plain,
}
_BAD_VIEW_STATE = "Validation of viewstate MAC failed. The state information is invalid for this page."
_BAD_VALIDATION = "Invalid postback or callback argument. Event validation is enabled."
_NO_TARGET = "The target '{}' for the callback could not be found or did not implement ICallbackEventHandler."


@dataclass
class Request:
    """One request below /pmd/; `query` is raw, because a `+` in `enc=` must stay one."""

    method: str
    path: str  # below /pmd/
    query: str = ""
    form: dict[str, str] = field(default_factory=dict)
    cookie: str | None = None


class NoSuchPage(LookupError):
    """No page has this path."""


def respond(site: Site, request: Request) -> Answer:
    """The answer to a request, before any fault. Holds the site's lock while it writes."""
    path = request.path.lower()
    if path.startswith(_STATIC):
        return Answer(b"", content_type="text/plain")
    if path == "timeoutpage.aspx":
        return html(errors.timed_out())
    with site.lock:
        try:
            return _page(site, request)
        except NoSuchPage:
            return html(errors.not_found(), 404)
        except Refused:
            return html(errors.server_error("Invalid or missing link parameter."), 400)


def _page(site: Site, request: Request) -> Answer:
    session = site.sessions.get(request.cookie)
    if request.method == "POST":
        return _timed_out(request) if session is None else _post(site, session, request)
    known = session or site.sessions.start()
    target = _target(site, known, request)
    answered = _write(View(site, known, target), request)
    if session is None:
        cookie = f"{COOKIE}={known.id}; path=/; HttpOnly; SameSite=Lax"
        answered = Answer(answered.body, answered.status, headers=(("Set-Cookie", cookie),))
    return answered


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


def _write(view: View, request: Request) -> Answer:
    name = request.path.rpartition("/")[2]
    action = f"./{name}?{request.query}" if request.query else f"./{name}"
    title = "Project" if view.target.kind == "project" else "DWS Project Dashboard"
    return html(frame.page(view, action, _PAGES[view.target.kind].content(view), title))


def _post(site: Site, session: Session, request: Request) -> Answer:
    target = _target(site, session, request)
    try:
        state = _view_state(site, session, target, request.form)
    except Refused as error:
        return html(errors.server_error(str(error)), 500)
    view = View(site, session, target, state)
    if "__CALLBACKID" in request.form:
        site.kinds["callback"] += 1
        return _callback(view, request)
    site.kinds["postback"] += 1
    return _postback(view, request)


def _view_state(site: Site, session: Session, target: Target, form: dict[str, str]) -> PageState:
    """What the page remembered. Raises Refused where a field is missing, broken or another page's."""
    state = _checked(site, session, target, form, "__VIEWSTATE", _BAD_VIEW_STATE)
    _checked(site, session, target, form, "__EVENTVALIDATION", _BAD_VALIDATION)
    return PageState(state["page"], state["letter"])


def _checked(
    site: Site, session: Session, target: Target, form: dict[str, str], name: str, message: str
) -> dict[str, Any]:
    try:
        content = json_content(site.seal, name, form.get(name, ""))
    except Refused as error:
        raise Refused(message) from error
    if content["session"] != session.id or content["target"] != str(target):
        raise Refused(message)
    return content


def _callback(view: View, request: Request) -> Answer:
    uid = request.form["__CALLBACKID"]
    number = 0
    try:
        param = read_param(request.form.get("__CALLBACKPARAM", ""))
        number = param.number
        result = _callback_result(view, uid, param, request.form)
    except BadCallback as error:
        return html(error_answer(str(error), number))
    if result is None:
        return html(errors.server_error(_NO_TARGET.format(uid)), 500)
    return html(answer(result, number, view.event_validation()))


def _callback_result(view: View, uid: str, param: CallbackParam, form: dict[str, str]) -> str | None:
    """The `result` literal, or None where no such control takes callbacks on this page."""
    if uid == frame.KEEP_ALIVE:
        return "''"
    page = _PAGES[view.target.kind]
    if uid == frame.PANEL and hasattr(page, "inner") and view.target.kind != "projects":
        letter = param.argument if param.argument in lists.ALPHABET else "All"
        return js_string(view.finish(page.inner(view.with_state(letter=letter))))
    if uid != municipality.grid_uid(view.target) or not _has_grid(view):
        return None
    return _grid_result(view, param, form.get(uid))


def _has_grid(view: View) -> bool:
    return view.target.kind in ("municipality", "projects") and view.layout.projects == "callback"


def _grid_result(view: View, param: CallbackParam, state_field: str | None) -> str:
    """Without its state field the server answers 200 and an empty grid, as the real control does."""
    asked = read_grid_argument(param.argument)
    try:
        kept = json_content(
            view.site.seal, "callbackState", str(read_state(state_field).get("callbackState"))
        )
        known = kept["session"] == view.session.id and kept["target"] == str(view.target)
    except Refused:
        known = False
    if known:
        view.with_state(page=kept["page"])
        command = asked.arguments[0] if asked.command == "PAGERONCLICK" and asked.arguments else asked.command
        view.with_state(page=municipality.paging_of(view).moved(_SHORT.get(command, command)).page)
    grid = municipality.project_grid(view, empty=not known)
    return f"{{'stateObject':{state_object(grid)},'html':{js_string(view.finish(grid_inner(grid)))}}}"


_SHORT = {"NEXTPAGE": "PBN", "PREVPAGE": "PBP"}


def _postback(view: View, request: Request) -> Answer:
    uid = request.form.get("__EVENTTARGET", "")
    argument = request.form.get("__EVENTARGUMENT", "")
    if uid == municipality.grid_uid(view.target) and view.target.kind in ("municipality", "projects"):
        try:
            view.with_state(page=_moved_by_postback(view, argument))
        except (Refused, BadCallback):
            return html(errors.server_error(_BAD_VALIDATION), 500)
    return _write(view, request)


def _moved_by_postback(view: View, argument: str) -> int:
    """The 0-based page that a postback asks for. Raises Refused, BadCallback."""
    paging = municipality.paging_of(view)
    if view.layout.projects == "gridview":
        if argument not in allowed_arguments(paging):
            raise Refused(argument)
        return int(argument.removeprefix("Page$")) - 1
    command, *arguments = read_arguments(argument)
    wanted = arguments[0] if command == "PAGERONCLICK" and arguments else command
    return paging.moved(_SHORT.get(wanted, wanted)).page
