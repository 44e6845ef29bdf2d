"""Forms that come back: callbacks of panels and lists, postbacks of pagers."""

from __future__ import annotations

from typing import Any

from replica.callbacks import (
    BadCallback,
    CallbackParam,
    answer,
    error_answer,
    read_arguments,
    read_grid_argument,
    read_param,
    read_state,
)
from replica.dataview import clicked, state_of_view
from replica.exchange import Answer, Request, html
from replica.faults import Fault
from replica.grid import state_object
from replica.gridview import allowed_arguments
from replica.pages import errors, frame, lists, municipality
from replica.site import Site
from replica.view import PageState, View, js_string
from replica.webforms import Refused, Session, Target, json_content
from replica.writing import PAGES, written

LISTING = ("municipality", "projects")
_BAD_VIEW_STATE = "Validation of viewstate MAC failed. The state information is invalid for this page."
_BAD_VALIDATION = "Invalid postback or callback argument. Event validation is enabled."
_NO_TARGET = "The target '{}' for the callback could not be found or did not implement ICallbackEventHandler."


class PageLost(Exception):
    """A page of a list that the site fails to show (the fault `drop_pages`)."""


def posted(site: Site, session: Session, target: Target, request: Request, fault: Fault) -> Answer:
    """The answer to a form that came back: a callback's or a whole page."""
    try:
        state = _view_state(site, session, target, request.form)
    except Refused as error:
        return html(errors.server_error(str(error)), 500)
    view = View(site, session, target, state, fault=fault)
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
    except (BadCallback, PageLost) as error:
        return html(error_answer(str(error), number))
    if result is None:
        return html(errors.server_error(_NO_TARGET.format(uid)), 500)
    return html(answer(result, number, view.event_validation()))


def _callback_result(view: View, uid: str, param: CallbackParam, form: dict[str, str]) -> str | None:
    """The `result` literal, or None where no such control takes callbacks on this page."""
    if uid == frame.KEEP_ALIVE:
        return "''"
    page = PAGES[view.target.kind]
    if uid == frame.PANEL and hasattr(page, "inner") and view.target.kind != "projects":
        letter = param.argument if param.argument in lists.ALPHABET else "All"
        return js_string(view.finish(page.inner(view.with_state(letter=letter))))
    if uid != municipality.grid_uid(view.target) or not _has_grid(view):
        return None
    if view.layout.projects == "dataview":
        return _view_result(view, param)
    return _grid_result(view, param, form.get(uid))


def _has_grid(view: View) -> bool:
    return view.target.kind in LISTING and view.layout.projects in municipality.BY_CALLBACK


def _grid_result(view: View, param: CallbackParam, state_field: str | None) -> str:
    """Without its state field the server answers 200 and an empty grid, as the real control does."""
    asked = read_grid_argument(param.argument)
    kept = _kept(view, state_field)
    if kept is not None:
        view.with_state(page=kept["page"])
        command = asked.arguments[0] if asked.command == "PAGERONCLICK" and asked.arguments else asked.command
        _go_to(view, municipality.paging_of(view).moved(_SHORT.get(command, command)).page)
    empty = kept is None or view.lies.empties_page(view.state.page)
    grid = municipality.project_grid(view, empty=empty)
    inner = js_string(view.finish(municipality.table_inner(view, grid)))
    return f"{{'stateObject':{state_object(grid)},'html':{inner}}}"


def _kept(view: View, state_field: str | None) -> dict[str, Any] | None:
    """What the grid's state remembers, or None where it is missing, broken or another page's."""
    state = str(read_state(state_field).get("callbackState"))
    try:
        kept = json_content(view.site.seal, "callbackState", state)
    except Refused:
        return None
    known = kept["session"] == view.session.id and kept["target"] == str(view.target)
    return kept if known else None


def _view_result(view: View, param: CallbackParam) -> str:
    """A data view needs no state: where the client was is part of the argument."""
    _go_to(view, clicked(municipality.paging_of(view), param.argument))
    grid = municipality.project_grid(view, empty=view.lies.empties_page(view.state.page))
    inner = js_string(view.finish(municipality.table_inner(view, grid)))
    return f"{{'stateObject':{state_of_view(grid)},'html':{inner}}}"


def _go_to(view: View, page: int) -> None:
    """Raises PageLost where the site fails to show that page."""
    if view.lies.loses_page(page):
        raise PageLost("Object reference not set to an instance of an object.")
    view.with_state(page=page)


_SHORT = {"NEXTPAGE": "PBN", "PREVPAGE": "PBP"}


def _postback(view: View, request: Request) -> Answer:
    uid = request.form.get("__EVENTTARGET", "")
    argument = request.form.get("__EVENTARGUMENT", "")
    if uid == municipality.grid_uid(view.target) and view.target.kind in LISTING:
        try:
            _go_to(view, _moved_by_postback(view, argument))
        except (Refused, BadCallback):
            return html(errors.server_error(_BAD_VALIDATION), 500)
        except PageLost as error:
            return html(errors.server_error(str(error)), 500)
    return written(view, request)


def _moved_by_postback(view: View, argument: str) -> int:
    """The 0-based page that a postback asks for. Raises Refused, BadCallback."""
    paging = municipality.paging_of(view)
    if view.layout.projects == "gridview":
        if argument not in allowed_arguments(paging):
            raise Refused(argument)
        return paging.moved(f"PN{int(argument.removeprefix('Page$')) - 1}").page
    if view.layout.projects == "dataview_postback":
        return clicked(paging, argument)
    command, *arguments = read_arguments(argument)
    wanted = arguments[0] if command == "PAGERONCLICK" and arguments else command
    return paging.moved(_SHORT.get(wanted, wanted)).page
