"""One answer of a capture, and the form that it answers. Pure data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from etl.fetch.page import Page

# What the control is asked for …
_ASKED = ("__EVENTTARGET", "__EVENTARGUMENT", "__CALLBACKID", "__CALLBACKPARAM")
# … and what changes from one look at a page to the next, or says where a reader's eyes were
_STATE = re.compile(
    r"^__(VIEWSTATE|EVENTVALIDATION|PREVIOUSPAGE|REQUESTDIGEST|VSTATE)|VerificationToken", re.IGNORECASE
)
_IDLE = re.compile(r"^__(SCROLLPOSITION|LASTFOCUS)|^DX(Script|Css)$", re.IGNORECASE)
_CONTROL_STATE = re.compile(r"\s*\{")  # DevExpress keeps a control's state as JSON, packed in HTML
_COUNTER = re.compile(r"^c\d+:")  # how many callbacks the page had made
_LONGEST = 100  # characters of a value that are kept as they are


@dataclass(frozen=True, slots=True)
class Form:
    """A posted form: what it asks for, its other fields, and the state of page and session that it brings."""

    asked: tuple[str, ...]
    fields: frozenset[tuple[str, str]]
    state: str

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Form:
        sent = dict(pairs)
        asked = tuple(_COUNTER.sub("", sent.pop(name, "")) for name in _ASKED)
        state = {name: value for name, value in sent.items() if _is_state(name, value)}
        fields = ((n, _short(v)) for n, v in sent.items() if n not in state and not _IDLE.match(n))
        return cls(asked, frozenset(fields), _short(repr(sorted(state.items())), 0))

    @classmethod
    def of_call(cls, posted: str) -> Form | None:
        """A web method's call without arguments, which is a form without fields; None of any other."""
        return cls.of(()) if posted.strip() in ("", "{}") else None

    def fits(self, other: Form) -> bool:
        """Whether no field that both have says something else: a browser's scripts add fields."""
        theirs = dict(other.fields)
        return all(theirs.get(name, value) == value for name, value in self.fields)

    def __str__(self) -> str:
        target, argument, callback, parameter = self.asked
        return f"callback {callback} {parameter}" if callback else f"postback {target} {argument}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """`form`: None of a GET. `read` has the page. It raises FetchFailed, BadCapture."""

    url: str
    status: int
    at: datetime
    content_type: str
    read: Callable[[], Page]
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds, in its order; `cut`: it breaks off in the middle, what stands before is whole."""

    answers: list[Recorded]
    cut: bool = False


def _is_state(name: str, value: str) -> bool:
    return bool(_STATE.search(name) or _CONTROL_STATE.match(value.replace("&quot;", '"')))


def _short(value: str, longest: int = _LONGEST) -> str:
    return value if len(value) <= longest else hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
