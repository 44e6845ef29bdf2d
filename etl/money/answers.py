"""The Municipal Money API's answers: bytes → rows, checked to be what was asked for. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from etl.exceptions import PageChanged
from etl.money.queries import AGGREGATE, PERIOD, YEAR, Query, Value
from projects.charset import decoded

_ROWS = {"aggregate": "cells", "facts": "data"}
_AMOUNTS = frozenset({"amount", "area"})  # measures that facts can have
_WHOLE = frozenset({YEAR, PERIOD})
_LARGEST_WHOLE = Decimal(10**30)


@dataclass(frozen=True, slots=True)
class Answer:
    """One page. `rows`: column → text, whole number, Decimal (an amount in rand) or None.

    `page_size` is the service's, which can be smaller than the one that was asked for.
    """

    rows: list[dict[str, Any]]
    page: int
    page_size: int


def is_last(answer: Answer) -> bool:
    """Whether no page follows. By a short page: the count in an answer counts other things at times.

    A last page that is exactly full is followed by an empty one.
    """
    return len(answer.rows) < answer.page_size


def read(body: bytes, content_type: str, query: Query) -> Answer:
    """The rows of one page of facts or sums. Raises PageChanged with one sentence for a person."""
    answer = parse(body, content_type, query.key)
    rows = answer.get(_ROWS[query.what])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        _changed(query.key, f"the answer has no list of rows under “{_ROWS[query.what]}”")
    page, size = (_count(answer, name, query.key) for name in ("page", "page_size"))
    if len(rows) > size:
        _changed(query.key, f"the page has {len(rows)} rows, more than its own page size of {size}")
    _check_cuts(answer, query)
    for column in query.columns:
        _check_column(column, rows, query)
    return Answer(rows, page, size)


def parse(body: bytes, content_type: str, name: str) -> dict[str, Any]:
    """The answer as JSON whose status is ok; fractions as Decimal. Raises PageChanged."""
    try:
        answer = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError):
        _changed(name, _not_json(body, content_type))
    if not isinstance(answer, dict):
        _changed(name, "the answer is JSON, but no object")
    status = answer.get("status")
    if status != "ok":
        message = f", and says “{str(answer['message'])[:200]}”" if answer.get("message") else ""
        _changed(name, f"the answer's status is {_quoted(status)} instead of ok{message}")
    return answer


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


def _not_json(body: bytes, content_type: str) -> str:
    start = " ".join(decoded(body[:200], content_type).text.split())[:60]
    if "html" in content_type.lower() or start.startswith("<"):
        return f"a web page came instead of data (it begins “{start}”)"
    if not start:
        return "the answer is empty"
    return f"the answer is not whole JSON (it begins “{start}”)"


def _changed(name: str, what: str) -> NoReturn:
    raise PageChanged(f"Municipal Money, {name}: {what}.")


def _quoted(value: object) -> str:
    return f"“{str(value)[:60]}”" if isinstance(value, str) else str(value)[:60]


def _count(answer: dict[str, Any], name: str, key: str) -> int:
    value = answer.get(name)
    if type(value) is not int or value < 1:  # a page size of 0 would never come to an end
        _changed(key, f"“{name}” is {_quoted(value)}, which is no count")
    return value


def _check_cuts(answer: dict[str, Any], query: Query) -> None:
    """A sum says what it was cut to. Where that is not what we asked, it is the sum of something else."""
    echo = answer.get("cell")
    if query.what != AGGREGATE or not isinstance(echo, list) or not echo:
        return  # an answer that does not say is judged by its rows
    cuts = {cut.get("ref"): cut.get("value") for cut in echo if isinstance(cut, dict)}
    for ref, values in query.cuts.items():
        echoed = cuts.get(ref)
        if not isinstance(echoed, list) or sorted(map(str, echoed)) != sorted(map(str, values)):
            _changed(query.key, f"the sums are not cut by “{ref}” as asked, but to {_quoted(echoed)}")


def _check_column(column: str, rows: list[dict[str, Any]], query: Query) -> None:
    """Each row has the column, with values of its kind and within its cut."""
    is_amount = column in query.sums or column in _AMOUNTS
    kinds: tuple[type, ...] = (int, Decimal) if is_amount else (int,) if column in _WHOLE else (str,)
    asked: frozenset[Value] | None = frozenset(query.cuts[column]) if column in query.cuts else None
    for row in rows:
        if column not in row:
            _changed(query.key, f"a row has no “{column}”")
        value = row[column]
        if value is not None and type(value) not in kinds:  # type(): True is an int to isinstance
            word = "an amount" if is_amount else "a whole number" if column in _WHOLE else "a text"
            _changed(query.key, f"“{column}” is not {word} but {_quoted(value)} ({type(value).__name__})")
        if asked is not None and value not in asked:
            _changed(query.key, f"“{column}” is {_quoted(value)}, which was not asked for")


def clean(body: bytes, content_type: str = "") -> bytes:
    """The page without its noise, for telling whether anything changed. Never raises.

    Of rows the rows alone, in a canonical order, since the counts, the summary and the echo of the question
    are no data; of other JSON all of it. Bytes that are no JSON are returned as they are.
    """
    try:
        answer = json.loads(body, parse_float=_plain, parse_constant=_refuse)
        rows = _rows(answer)
        if rows is None:
            return _canonical(answer).encode("utf-8", "surrogatepass")
        return "\n".join(sorted(map(_canonical, rows))).encode("utf-8", "surrogatepass")
    except (ValueError, ArithmeticError, RecursionError):
        return body


def digest(body: bytes, content_type: str = "") -> str:
    """SHA-256 (hex) of the page without its noise."""
    return hashlib.sha256(clean(body, content_type)).hexdigest()


def digest_of_answer(body: bytes, content_type: str, name: str) -> str:
    """The same of an answer that is well. Raises PageChanged where it is not."""
    parse(body, content_type, name)
    return digest(body, content_type)


def _rows(answer: Any) -> list[Any] | None:
    """The rows of an answer that is well; None for anything else."""
    if not isinstance(answer, dict) or answer.get("status") != "ok":
        return None
    found = [answer[name] for name in _ROWS.values() if isinstance(answer.get(name), list)]
    return found[0] if found else None


# One for all rows: `json.dumps` makes an encoder for each call.
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _plain(text: str) -> int | list[str]:
    """A fraction as JSON that loses no digit: 5.0 is 5; others are a list, which no text of the API is."""
    if text.endswith(".0") and len(text) <= 30:  # most amounts
        return int(text[:-2])
    number = Decimal(text)
    if abs(number) < _LARGEST_WHOLE and number == number.to_integral_value():
        return int(number)
    return [str(number.normalize())]
