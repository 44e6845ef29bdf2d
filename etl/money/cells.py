"""One row of an answer → whose figure it is, of when, and how much. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from etl.exceptions import InvalidRecord
from etl.money.queries import (
    AGE_COLUMNS,
    AMOUNT,
    AMOUNT_TYPE,
    LENGTH,
    MUNICIPALITY,
    PERIOD,
    TOTAL_OWED,
    YEAR,
    Query,
)
from etl.normalise.records import canonical
from projects.charset import storable
from projects.facts import finance

Key = tuple[str, int, str, str, str]  # municipality, financial year, measure, code, amount type

_CENT = Decimal("0.01")
# Rand; no municipality has that. SQLite keeps fifteen digits of a number, cents included.
_LARGEST = Decimal(10**12)
_LONGEST_OPINION = 60  # characters; the codes have thirty at most


@dataclass(frozen=True, slots=True)
class FigureCell:
    """`month` of the financial year (1 July … 12 June), None for a whole year. `amount` in rand or None;
    `ages`: what it is made of, of a debt (see `finance.ages_text`)."""

    month: int | None
    amount: Decimal | None
    opinion: str = ""
    report_url: str = ""
    ages: str = ""


def key_of(query: Query, row: Mapping[str, Any]) -> Key:
    """Whose figure the row is. Raises InvalidRecord where it does not say."""
    year, municipality = row.get(YEAR), row.get(MUNICIPALITY)
    column = finance.CODE_COLUMNS.get(query.measure)
    code = row.get(column) if column else finance.AUDIT_OPINION
    amount_type = row.get(AMOUNT_TYPE, "")
    if not municipality or not isinstance(year, int) or not code or amount_type is None:
        raise InvalidRecord(f"{query.key}: a row does not say whose figure it is: {str(dict(row))[:200]}.")
    if query.years and year not in query.years:
        raise InvalidRecord(f"{query.key}: a row of {municipality} is of {year}, which was not asked for.")
    group = row.get(finance.GROUP_COLUMNS.get(query.measure, ""))
    code = f"{code}:{group}" if group else code
    return municipality, year, query.measure, storable(code), storable(amount_type)


def cell_of(row: Mapping[str, Any], key: Key) -> FigureCell:
    """What the row says of the figure. Raises InvalidRecord with a sentence for a person."""
    if key[2] == "opinion":
        return _opinion(row, key)
    if key[2] in finance.BALANCES:
        ages = [canonical(_amount(row.get(column), key)) for column in AGE_COLUMNS]
        total = _amount(row.get(TOTAL_OWED), key)
        return FigureCell(_month(row, key), total, ages=finance.ages_text(ages))
    return FigureCell(_month(row, key), _amount(row.get(AMOUNT), key))


def _useless(key: Key, why: str) -> InvalidRecord:
    return InvalidRecord(f"{finance.figure_key(*key)}: {why}")


def _month(row: Mapping[str, Any], key: Key) -> int | None:
    length, period = row.get(LENGTH, "year"), row.get(PERIOD)
    if length == "year":
        return None
    if length != "month":
        raise _useless(key, f"a period of “{length}” is neither a year nor a month.")
    if not isinstance(period, int) or not 1 <= period <= 12:
        raise _useless(key, f"month {period} is none of the twelve of a financial year.")
    return period


def _amount(value: Any, key: Key) -> Decimal | None:
    """Rand with two decimals. Null stays None: it is what the source says, and no zero."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _useless(key, f"“{str(value)[:60]}” is no amount.")
    try:
        # str(): a float's shortest text is what was published, its binary value is not
        amount = Decimal(str(value))
    except InvalidOperation:
        raise _useless(key, f"“{str(value)[:60]}” is no amount.") from None
    if not amount.is_finite() or abs(amount) > _LARGEST:
        raise _useless(key, f"{str(value)[:60]} is too large to be an amount in rand.")
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP) + 0  # + 0 turns -0.00 into 0.00


def _opinion(row: Mapping[str, Any], key: Key) -> FigureCell:
    opinion = row.get("opinion.code") or ""
    if not isinstance(opinion, str) or len(opinion) > _LONGEST_OPINION:
        raise _useless(key, f"“{str(opinion)[:60]}…” is no audit opinion.")
    return FigureCell(None, None, storable(opinion.strip()), web_address(row.get("opinion.report_url")))


def web_address(value: object) -> str:
    """The address, "" where there is none or it is none of the web's (it becomes a link on a page)."""
    text = value.strip() if isinstance(value, str) else ""
    if text != storable(text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""
