"""One change as HTML: the same `<li>` on the pages, in their refresh and in the socket's frames."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.template.loader import get_template

from projects.declared import declaration
from projects.facts import municipalities
from projects.log.events import Event
from projects.models import DataChangeLog
from projects.wording import figure_rules, figures, phrases

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
}


def change_html(row: DataChangeLog, change: dict[str, Any], details: bool = False) -> str:
    """`<li data-change-id=…>` of a change and its `change_json`. No query; `details` adds old → new."""
    return get_template(PARTIAL).render(
        {
            "change": change,
            "when": figures.moment(row.at),
            "name": row.name or row.external_id,
            "about": about(change),
            "source": declaration(row.source_id).called,
            "kind": _KINDS.get(row.change_type, ""),
            "place": place(change["municipality"]),
            "sentence": figures.unbroken(change["sentence"]),
            "fields": before_and_after(change["field_changes"], row.change_type) if details else None,
        }
    )


def event_html(event: Event) -> str:
    """`<li data-change-id=…>` of a mass edit; the id is that of its newest change."""
    assessment = event.assessment
    return get_template("projects/_event.html").render(
        {
            "event": event,
            "row": event.row,
            "source": declaration(event.row.source_id).called,
            "severity": assessment.severity,
            "sentence": figures.unbroken(assessment.sentence),
            "at": figures.instant(event.row.at),
            "when": figures.moment(event.row.at),
        }
    )


def about(change: dict[str, Any]) -> str | None:
    """The address of the page of what changed, None where it has none."""
    if change["entity_type"] == "project":
        return f"/projects/{change['entity_id']}/"
    if change["entity_type"] == "discrepancy":
        return f"/discrepancies/{change['entity_id']}/"
    if not change["municipality"]:
        return None
    page = f"/municipalities/{change['municipality']}/"
    if change["entity_type"] != "municipal_figure":
        return page
    year = figure_rules.read_key(change["external_id"]).year
    return f"{page}#finances-{year}" if year else f"{page}#finances"


@cache
def _names() -> dict[str, str]:
    return {fact.code: fact.name for fact in municipalities()}


def place(code: str | None) -> str:
    """`Greater Giyani [LIM331]`, without asking the database; blank where there is no code."""
    if not code:
        return ""
    return f"{_names()[code]} [{code}]" if code in _names() else code


def before_and_after(changes: dict[str, Any], change_type: str = "updated") -> list[dict[str, Any]]:
    """Rows `label old new` for people; None stands for what is not published."""
    return [
        {
            "label": phrases.label(name),
            "column": name.startswith(phrases.PUBLISHED),
            "old": _told(name, old, nothing_yet=change_type == "created"),
            "new": _told(name, new),
        }
        for name, (old, new) in changes.items()
    ]


def _told(name: str, value: Any, nothing_yet: bool = False) -> str | None:
    """Treasury itself publishes a null for a figure that it has no amount of: that is not "not published"."""
    if value is None:
        return "given as null" if name == "amount" and not nothing_yet else None
    return figures.unbroken(phrases.shown(name, value))
