"""What it means that somebody who is concerned has answered: rules and sentence. Pure.

The log has an answer as a change of what it is about, `change_type` `replied`, one text a field:
`{"reply": [null, "5"], "reply.who": [null, "…"], "reply.role": …, "reply.date": [null, "2026-11-03"],
"reply.source": …, "reply.link": …, "reply.text": …, "reply.answers": [null, "budget"]}`. One that is put
right is `{"reply": ["5", "6"], …what differs}`, one that is taken back
`{"reply": ["6", null], "reply.reason": …}`.
"""

from __future__ import annotations

from typing import Any

from projects.languages import Words, gettext
from projects.wording import figures, phrases
from projects.wording.flags import IS as FLAGS_ARE_CALLED
from projects.wording.rules import INFO, Assessment

CHANGE = "replied"  # the change type
NUMBER = "reply"
# {what an answer says: how a sentence names it}
WORDS = Words({
    "who": "who answers",
    "role": "in which role",
    "date": "its date",
    "source": "how it came",
    "link": "its document",
    "text": "its text",
    "answers": "what it answers",
})  # fmt: skip
FLAG, DEBT = "flag.", "debt"  # what an answer, or a report, can be about beside the fields
# The rules.
REPLIED, PUT_RIGHT, TAKEN_BACK = "replied", "reply_put_right", "reply_taken_back"


def key(word: str) -> str:
    """The field of the log: `reply.who`."""
    return f"{NUMBER}.{word}"


def assess_reply(changes: Any) -> Assessment:
    """`Greater Giyani (municipal manager) answers about the budget, 3 November 2026.`; never raises."""
    pairs = figures.pairs(changes)
    old, new = pairs.get(NUMBER, (None, None))
    if new is None:
        reason = _new(pairs, "reason")
        told = gettext("An answer was taken back")
        told = f"{told}: {phrases.shortened(reason)}" if reason else told
        return Assessment(INFO, [TAKEN_BACK], _ended(told))
    if old is not None:
        moved = [called for word, called in WORDS.items() if key(word) in pairs]
        told = gettext("An answer was put right: {fields}").format(fields=phrases.listed(moved))
        return Assessment(INFO, [PUT_RIGHT], _ended(told))
    who, role = _new(pairs, "who") or gettext("Somebody who is concerned"), _new(pairs, "role")
    about, day = named(_new(pairs, "answers")), figures.day(_new(pairs, "date"))
    pattern = gettext("{who} answers about {about}") if about else gettext("{who} answers")
    told = pattern.format(who=f"{who} ({role})" if role else who, about=about)
    return Assessment(INFO, [REPLIED], _ended(f"{told}, {figures.long_date(day)}" if day else told))


def named(field: str) -> str:
    """What of a record it is about: `budget`, `the flag “overdue”`; blank for all of it."""
    if field.startswith(FLAG):
        flag = field.removeprefix(FLAG)
        return gettext("the flag “{flag}”").format(flag=FLAGS_ARE_CALLED.get(flag, flag))
    if field == DEBT:
        return gettext("what is owed for water")
    return phrases.in_sentence(field) if field else ""


def _new(pairs: dict[str, tuple[Any, Any]], word: str) -> str:
    _, new = pairs.get(key(word), (None, None))
    return new if isinstance(new, str) else ""


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
