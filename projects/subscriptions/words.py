"""What a message says: short enough to be handed on, with one link; as text, as HTML and for programs.

Below the line `-- ` stands what is for its owner alone: the page where alerts are changed and ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.template.loader import render_to_string

from projects.api.changes import change_json
from projects.charset import storable, visible
from projects.languages import Words, current, gettext, override, prefixed
from projects.models import ChangeTopic, DataChangeLog, OutboxMessage, Severity, Subscription
from projects.subscriptions import tokens
from projects.subscriptions.searches import Search
from projects.wording import causes
from projects.wording.codes import WORDS
from projects.wording.figures import HERE, long_date
from projects.wording.phrases import plural
from projects.wording.topics import TOPICS

SHOWN = 5  # changes that a mail tells one by one
IN_PAYLOAD = 200  # … that a webhook is sent; it finds the others behind the link
_NAME, _SENTENCE, _SUBJECT = 80, 240, 120  # characters
_BATCH = 500
# What holds the parts of an address together, unlike the point of an amount.
_OF_LINKS = re.compile(r"(?<=\S)(?:[/:@\\。．｡]|\.(?!\d))(?=\S)")
_WHY = Words({
    "parser": "we had misread the page",
    "correction": "the source took it back",
    "steward": "a steward corrected it",
    "rejected": "the reading that showed it was rejected",
})  # fmt: skip
_KIND = OutboxMessage.Kind


def composed(message: OutboxMessage, subscription: Subscription) -> dict[str, Any]:
    """`subject text html payload` of a message that is to go out, in the language of the subscription."""
    with override(subscription.language):
        return _composed(message, subscription)


def _composed(message: OutboxMessage, subscription: Subscription) -> dict[str, Any]:
    if message.kind == _KIND.CONFIRM:
        return _confirmation(message, subscription)
    search = Search(subscription.scope, subscription.query)
    ids = message.ids
    rows = _foremost(ids) if message.kind == _KIND.NEWS else _first(ids)
    is_demo = any(row.demo for row in rows)
    told = {
        "is_retraction": message.kind == _KIND.RETRACTION,
        "search": search.title(),
        "lines": [_line(row, message.reasons) for row in rows],
        "rest": len(ids) - len(rows),
        "sums": _sums(ids) if len(ids) > SHOWN and message.kind == _KIND.NEWS else [],
        "count": plural(len(ids), "change"),
        "link": _link(message.get_absolute_url()),
        "demo": is_demo,
    }
    subject = _subject(told, rows)
    payload = _payload(message, subscription, ids, told) if subscription.url else {}
    return _content(subject, "news", told, payload)


def addressed(content: dict[str, Any], subscription: Subscription) -> dict[str, str]:
    """`subject text html` with the part below the line, which is its owner's; a first mail has none."""
    with override(subscription.language):
        yours = _link(tokens.yours_address(subscription)) if subscription.confirmed_at else ""
        text = content["text"]
        if yours:
            text += render_to_string("subscriptions/mail_footer.txt", {"yours": yours})
        html = render_to_string("subscriptions/mail.html", {**content, "yours": yours, "tag": current().tag})
    said = {"subject": content["subject"], "text": text, "html": html}
    # What a source published is in them, and nothing of ours looks through a mail on its way.
    return {name: visible(part) for name, part in said.items()}


def _link(path: str) -> str:
    """To the page of the language in which this is said."""
    return settings.SITE_URL + prefixed(path)


def _content(subject: str, name: str, told: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "subject": subject,
        "text": render_to_string(f"subscriptions/mail_{name}.txt", told),
        "body": render_to_string(f"subscriptions/_mail_{name}.html", told),
        "payload": payload,
    }


def _confirmation(message: OutboxMessage, subscription: Subscription) -> dict[str, Any]:
    search = Search(subscription.scope, subscription.query)
    told = {
        "search": _harmless(search.title()),
        "rhythm": WORDS["rhythm"][subscription.rhythm],
        "link": _link(tokens.confirm_address(subscription)),
        "days": tokens.CONFIRM_DAYS,
    }
    payload = {
        "type": "subscription.confirm",
        "id": message.key,
        "subscription": _about(subscription),
        "challenge": tokens.challenge(subscription),
    }
    return _content(gettext("Confirm your alert"), "confirm", told, payload)


def _subject(told: dict[str, Any], rows: list[DataChangeLog]) -> str:
    one = told["lines"][0]["name"] if len(rows) == 1 and not told["rest"] else ""
    what = one or told["count"]
    taken_back = gettext("Taken back: {what}").format(what=what)
    said = taken_back if told["is_retraction"] else f"{what} – {told['search']}"
    mark = f"{gettext('[Demo data]')} " if told["demo"] else ""
    # A header is one line, whatever a source published.
    return " ".join(f"{mark}{said}".split())[:_SUBJECT]


def _line(row: DataChangeLog, reasons: dict[str, Any]) -> dict[str, str]:
    why = reasons.get(str(row.pk))
    return {
        "name": _cut(row.name or row.external_id, _NAME),
        "sentence": _cut(causes.assess(row, stored=row.rules).sentence, _SENTENCE),
        "why": why_of(why[0]) if why else "",
        "day": long_date(row.at.astimezone(HERE).date()),
    }


def why_of(reason: str) -> str:
    return _WHY.get(reason, reason)


def _cut(text: str, most: int) -> str:
    line = " ".join(storable(text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _harmless(title: str) -> str:
    """Whoever gets a first mail may not have asked for it: nothing that a stranger typed becomes a link, or
    more than a line."""
    return _cut(_OF_LINKS.sub(" ", title), _SUBJECT)


def _foremost(ids: list[int]) -> list[DataChangeLog]:
    """The few that are told one by one: major ones first, then the newest, said in the order of the log."""
    chosen: list[int] = []
    for severity in (Severity.MAJOR, Severity.MINOR, Severity.INFO):
        for at in range(len(ids), 0, -_BATCH):
            if len(chosen) >= SHOWN:
                break
            some = ids[max(0, at - _BATCH) : at]
            rows = DataChangeLog.objects.filter(pk__in=some, severity=severity).order_by("-pk")
            chosen += rows.values_list("pk", flat=True)[: SHOWN - len(chosen)]
    return list(DataChangeLog.objects.filter(pk__in=chosen).order_by("pk"))


def _first(ids: list[int]) -> list[DataChangeLog]:
    return list(DataChangeLog.objects.filter(pk__in=ids[:SHOWN]).order_by("pk"))


def _sums(ids: list[int]) -> list[str]:
    """`Budget rose: 30`, most first."""
    counts: dict[str, int] = {}
    for at in range(0, len(ids), _BATCH):
        some = ids[at : at + _BATCH]
        rows = ChangeTopic.objects.filter(change__in=some).order_by().values_list("topic")
        for topic, number in rows.annotate(Count("pk")):
            counts[topic] = counts.get(topic, 0) + number
        created = DataChangeLog.objects.filter(pk__in=some, change_type="created").count()
        counts["new"] = counts.get("new", 0) + created
    most = sorted(counts.items(), key=lambda pair: -pair[1])
    return [f"{TOPICS[topic]}: {number}" for topic, number in most if number and topic in TOPICS]


def _payload(
    message: OutboxMessage, subscription: Subscription, ids: Iterable[int], told: dict[str, Any]
) -> dict[str, Any]:
    """What a program is sent; `changes` are those of the API."""
    every = list(ids)
    rows = DataChangeLog.objects.filter(pk__in=every[:IN_PAYLOAD]).order_by("pk")
    reasons = {"reasons": message.reasons} if told["is_retraction"] else {}
    return {
        "type": "changes.retracted" if told["is_retraction"] else "changes",
        "id": message.key,
        "subscription": _about(subscription),
        "count": len(every),
        "first": message.first,
        "last": message.last,
        "changes": [change_json(row) for row in rows],
        **reasons,
        "url": told["link"],
        "demo": told["demo"],
    }


def _about(subscription: Subscription) -> dict[str, str]:
    search = Search(subscription.scope, subscription.query)
    return {"id": subscription.key, "of": subscription.scope, "query": search.query, "title": search.title()}


__all__ = ["IN_PAYLOAD", "SHOWN", "addressed", "composed", "why_of"]
