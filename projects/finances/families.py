"""Which grant family pays for a programme's projects, and under which codes its money is booked. Pure."""

from __future__ import annotations

from datetime import date

from projects.facts import finance
from projects.languages import gettext


def family_of(programme: str | None) -> str | None:
    """The grant family of a programme ("WSIG", and "WSOG" → "WSOS"); None where Treasury has none."""
    if programme in finance.FAMILIES:
        return programme
    grant = finance.GRANTS.get(programme or "")
    return grant.family if grant else None


def codes_of(family: str, in_kind: bool = False) -> tuple[str, ...]:
    """The grant's codes: of the money in municipal books, or of that which others spend in kind."""
    grants = finance.GRANTS.items()
    return tuple(code for code, grant in grants if grant.family == family and grant.in_kind == in_kind)


def is_water_only(family: str) -> bool:
    """MIG, USDG and IUDG pay for roads and more: the books hold more than water projects."""
    return all(grant.water_only for grant in finance.GRANTS.values() if grant.family == family)


def national_year(day: date) -> int:
    """The national (DWS) financial year, April to March, by its END year, in which a day lies."""
    return day.year + (day.month >= 4)


def national_label(financial_year: int) -> str:
    """`2025/26`, as national departments write it: told apart from the municipal `2025-26`."""
    return f"{financial_year - 1}/{financial_year % 100:02d}"


def national_span(first: int, last: int) -> str:
    """`2020/21` or `2020/21 to 2023/24`."""
    return _span(national_label(first), national_label(last))


def municipal_span(first: int, last: int) -> str:
    """`2020-21` or `2020-21 to 2023-24`."""
    return _span(finance.year_label(first), finance.year_label(last))


def _span(first: str, last: str) -> str:
    return first if first == last else gettext("{first} to {last}").format(first=first, last=last)
