"""One change as HTML: the same `<li>` on the pages, in their refresh and in the socket's frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from projects.charset import visible
from projects.declared import declaration
from projects.facts import finance, municipalities
from projects.languages import ENGLISH, current, gettext
from projects.log.events import Event
from projects.models import DataChangeLog
from projects.wording import figure_rules, figures, flag_rules, phrases, reply_rules, unknown
from projects.wording.flags import FLAGS

_AMOUNT = re.compile(rf"-?\bR\d+(?:{figures.THIN}\d{{3}})*(?:[.,]\d+)?\b")
PARTIAL = "projects/_change.html"
_KINDS = {
    "created": "new",
    "missing": "missing",
    "withdrawn": "withdrawn",
    "returned": "returned",
    "merged": "merged",
    "split": "split",
    "opened": "opened",
    "closed": "closed",
    "replied": "answer",
}


def change_html(row: DataChangeLog, change: dict[str, Any], details: bool = False, here: str = "") -> str:
    """`<li data-change-id=…>` of a change and its `change_json`. No query; `details` adds old → new. `here`:
    the page it stands on, which does not name itself again."""
    name = name_of(row)
    return _html(
        PARTIAL,
        {
            "change": change,
            "when": figures.moment(row.at),
            "name": name,
            "about": about(change),
            "here": here,
            "source": declaration(row.source_id).called,
            "cause": phrases.WORDS["cause"].get(change["cause"], change["cause"]),
            "kind": _KINDS.get(row.change_type, ""),
            # A municipality's own line, or a question about its grant, does not name it twice.
            "place": place(change["municipality"]).removeprefix(f"{name.partition(', ')[0]} "),
            "sentence": figures.unbroken(change["sentence"]),
            "fields": of_change(row, change["field_changes"]) if details else None,
        },
    )


def event_html(event: Event) -> str:
    """`<li data-change-id=…>` of a mass edit; the id is that of its newest change."""
    assessment = event.assessment
    return _html(
        "projects/_event.html",
        {
            "event": event,
            "row": event.row,
            "place": place(event.place),
            "source": declaration(event.row.source_id).called,
            "severity": assessment.severity,
            "sentence": figures.unbroken(assessment.sentence),
            "at": figures.instant(event.row.at),
            "when": figures.moment(event.row.at),
        },
    )


def _html(template: str, context: dict[str, Any]) -> str:
    """A row goes out in frames too, which no middleware looks through."""
    return mark_safe(visible(get_template(template).render(context)))


def about(change: dict[str, Any]) -> str | None:
    """The address of the page of what changed, None where it has none."""
    if change["entity_type"] == "project":
        return f"/projects/{change['entity_id']}/"
    if change["entity_type"] == "discrepancy":
        return f"/discrepancies/{change['entity_id']}/"
    if change["entity_type"] == "municipal_year" and change["municipality"]:
        _, part = change["field_changes"].get(reply_rules.key("answers"), (None, None))
        anchor = finance.page_part(change["entity_id"], part == reply_rules.DEBT)
        return f"/municipalities/{change['municipality']}/#{anchor}"
    if not change["municipality"]:
        return None
    page = f"/municipalities/{change['municipality']}/"
    if change["entity_type"] != "municipal_figure":
        return page
    figure = figure_rules.read_key(change["external_id"])
    if figure.is_balance:
        return f"{page}#debt"
    year = figure.year
    return f"{page}#finances-{year}" if year else f"{page}#finances"


def name_of(row: DataChangeLog) -> str:
    """What a change is of. The log has the names of municipal figures in English; they are made anew."""
    if row.entity_type == "municipal_figure" and current() is not ENGLISH:
        figure = figure_rules.read_key(row.external_id)
        if figure.year:
            return finance.figure_name(figure.measure, figure.code, figure.amount_type, figure.year)
    return row.name or row.external_id


@cache
def _names() -> dict[str, str]:
    return {fact.code: fact.name for fact in municipalities()}


def place(code: str | None) -> str:
    """`Greater Giyani [LIM331]`, without asking the database; blank where there is no code."""
    if not code:
        return ""
    return f"{_names()[code]} [{code}]" if code in _names() else code


def kept_together(text: str) -> SafeString:
    """The text as HTML, with amounts that do not break over two lines, however narrow the place is."""
    return mark_safe(_AMOUNT.sub(r'<span class="amount">\g<0></span>', escape(figures.unbroken(text))))


def of_change(row: DataChangeLog, changes: dict[str, Any]) -> list[dict[str, Any]]:
    """What a change altered, as `before_and_after` has it."""

    def said(name: str, side: int) -> str:
        return unknown.WORDS[unknown.why(name, side, row.cause, changes, row.evidence)]

    return before_and_after(changes, row.change_type, said)


def before_and_after(
    changes: dict[str, Any],
    change_type: str = "updated",
    said: Callable[[str, int], str] = lambda name, side: unknown.WORDS[unknown.UNPUBLISHED],
) -> list[dict[str, Any]]:
    """Rows `label old new no_old no_new first` for people. Where nothing is known `old` or `new` is None, and
    what is `said` of it stands beside it; before what was seen for the `first` time nothing had been read.
    The figures of flags are in their sentence."""
    return [
        {
            "label": phrases.label(name),
            "column": name.startswith(phrases.PUBLISHED),
            "old": _told(name, old, nothing_yet=change_type == "created"),
            "new": _told(name, new),
            "no_old": said(name, unknown.BEFORE) if old is None else "",
            "no_new": said(name, unknown.AFTER) if new is None else "",
            "first": change_type == "created",
        }
        for name, (old, new) in changes.items()
        if not name.startswith(flag_rules.FIGURES)
    ]


def _told(name: str, value: Any, nothing_yet: bool = False) -> str | None:
    """Treasury itself publishes a null for a figure that it has no amount of: that is not "not published"."""
    if name == flag_rules.FIELD and isinstance(value, list):
        return phrases.listed([FLAGS.get(flag, str(flag)) for flag in value]) or gettext("none")
    if name.startswith(reply_rules.NUMBER):
        return _of_reply(name, value)
    if value is None:
        return gettext("given as null") if name == "amount" and not nothing_yet else None
    return figures.unbroken(phrases.shown(name, value))


def _of_reply(name: str, value: Any) -> str:
    if value is None:
        return "–"
    return reply_rules.named(value) if name == reply_rules.key("answers") else phrases.shown(name, value)
