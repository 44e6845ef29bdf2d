"""Pages of the menu that hold nothing to read here."""

from __future__ import annotations

from replica.pages.frame import callback_panel
from replica.pages.landing import pager_panel
from replica.view import View, text


def content(view: View) -> str:
    return callback_panel(inner(view))


def inner(view: View) -> str:
    label = view.target.key or "This page"
    return f"{pager_panel('')}<h2>{text(label)}</h2><p>The replica has nothing on this page.</p>"
