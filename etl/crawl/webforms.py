"""How a WebForms page with DevExpress controls is asked for more: the fields of a callback or postback.

Pure. The protocol is told by the public client scripts and by recorded answers: a callback posts every form
field, the control's state and `c0:` plus arguments; a pager's page numbers are 0-based (`PN1` is page 2).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from etl.exceptions import PageChanged, SessionExpired
from etl.extract.types import CallbackAnswer, Control, Form, Pager
from etl.fetch.answers import is_login, lost_session

BACKWARDS = ("Page$First", "Page$Prev")  # the shortest way first
_VALIDATION = "__EVENTVALIDATION"
_PAGE = re.compile(r"Page\$(\d{1,7})")
_VIEW_CLICK = re.compile(r"(p\d{1,7}:\d{1,7}:)\w")


class Conversation:
    """One page's form, kept up to date by the answers of the server."""

    def __init__(self, form: Form, controls: list[Control]) -> None:
        self.action = form.action
        self.fields = dict(form.fields)
        self.states = {c.unique_id: c.props["stateObject"] for c in controls if _has_state(c)}

    def callback(self, target: str, argument: str) -> dict[str, str]:
        """Fields of a client callback to the control `target` (its unique id) with a raw argument."""
        fields = {**self.fields, "__EVENTTARGET": "", "__EVENTARGUMENT": ""}
        validation = fields.pop(_VALIDATION, None)
        if target in self.states:
            # the client keeps the state HTML-encoded in a field that it makes itself
            fields[target] = html.escape(_json(self.states[target]))
        fields |= {"__CALLBACKID": target, "__CALLBACKPARAM": f"c0:{argument}"}
        if validation is not None:
            fields[_VALIDATION] = validation
        return fields

    def grid_callback(self, target: str, *items: str) -> dict[str, str]:
        """Fields of a grid's callback, for example `("PAGERONCLICK", "PN1")`: page 2."""
        keys = self.states.get(target, {}).get("keys") or []
        known = f"KV|{len(_json(keys))};{_json(keys)};" if keys else ""
        arguments = grid_arguments(*items)
        return self.callback(target, f"{known}GB|{len(arguments)};{arguments};")

    def postback(self, target: str, argument: str) -> dict[str, str]:
        """Fields of a full postback (`__doPostBack(target, argument)`)."""
        return {**self.fields, "__EVENTTARGET": target, "__EVENTARGUMENT": argument}

    def pressed(self, button: str, value: str) -> dict[str, str]:
        """Fields of the form as its button posts it."""
        return {**self.fields, button: value}

    def take(self, target: str, answer: CallbackAnswer) -> None:
        """Go on with what the answer brought: a new validation value, the grid's new state."""
        if answer.event_validation is not None:
            self.fields[_VALIDATION] = answer.event_validation
        if answer.state:
            self.states[target] = answer.state


def refusal(key: str, answer: str) -> PageChanged:
    """What a callback's `error` or `redirect` means."""
    if lost_session(answer, answer) or is_login(answer):
        return SessionExpired(f"{key}: the session ended (“{answer[:200]}”).")
    return PageChanged(f"{key}: the site answered “{answer[:200]}”.")


def grid_arguments(*items: str) -> str:
    """`12|PAGERONCLICK3|PN1`: each item after its length."""
    return "".join(f"{len(item)}|{item}" for item in items)


def page_fields(conversation: Conversation, pager: Pager, page: int) -> dict[str, str] | None:
    """Fields that ask for page number `page` (1-based); None where the pager offers no way to it."""
    own = own_argument(pager.arguments, page) if pager.how in ("callback", "postback") else None
    if own and pager.how == "callback":
        return conversation.callback(pager.target, own)
    if own:
        return conversation.postback(pager.target, own)
    if pager.how == "callback":
        return conversation.grid_callback(pager.target, "PAGERONCLICK", f"PN{page - 1}")
    if pager.how == "postback":
        arguments = grid_arguments("PAGERONCLICK", f"PN{page - 1}")
        return conversation.postback(pager.target, arguments)
    hop = gridview_hop(pager.arguments, page - 1, page)
    return conversation.postback(pager.target, hop[0]) if hop and hop[1] == page else None


def is_astray(pager: Pager) -> bool:
    """Whether the list came at another page than its first (a session remembers), and does not say which."""
    is_numbered = any(label.isdigit() for label in pager.arguments)
    ways = set(pager.arguments.values())
    return pager.how == "gridview" and not is_numbered and not ways.isdisjoint(BACKWARDS)


def own_argument(arguments: Mapping[str, str], page: int) -> str | None:
    """A data view's argument for a page: the one that its button has, else one made like the others
    (`p0:12:PN1`: the page that is shown, rows a page, the page wanted, both 0-based)."""
    starts = (found[1] for text in arguments.values() if (found := _VIEW_CLICK.match(text)))
    start = next(starts, None)
    return arguments.get(str(page)) or (f"{start}PN{page - 1}" if start else None)


def gridview_hop(arguments: Mapping[str, str], at: int, wanted: int) -> tuple[str, int] | None:
    """From page `at`, the event argument that leads to the wanted page or nearer to it, and where it leads.

    Beyond the numbers that are shown there is only "…", which names the next block's first page, and some
    pagers show nothing but "Next". None where no way leads nearer.
    """
    numbered = {int(found[1]): found[0] for text in arguments.values() if (found := _PAGE.fullmatch(text))}
    nearer = [number for number in numbered if abs(wanted - number) < abs(wanted - at)]
    if nearer:
        number = min(nearer, key=lambda number: abs(wanted - number))
        return numbered[number], number
    if wanted > at and "Page$Next" in arguments.values():
        return "Page$Next", at + 1
    return None


def _has_state(control: Control) -> bool:
    return bool(control.unique_id) and isinstance(control.props.get("stateObject"), dict)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
