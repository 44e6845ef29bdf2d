"""The rows of an archived answer of Municipal Money that a figure was read from. Pure."""

from __future__ import annotations

import json
from typing import Any

from projects.finance import CODE_COLUMNS


def rows_of(
    text: str, municipality: str, financial_year: int, measure: str, code: str, amount_type: str
) -> list[str]:
    """Each of the figure's rows as JSON, in the answer's order; none where the text is no such answer."""
    wanted: dict[str, Any] = {"demarcation.code": municipality, "financial_year_end.year": financial_year}
    if measure in CODE_COLUMNS:
        wanted[CODE_COLUMNS[measure]] = code
    if amount_type:
        wanted["amount_type.code"] = amount_type
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return []
    rows = (answer.get("cells") or answer.get("data") or []) if isinstance(answer, dict) else []
    return [json.dumps(row, ensure_ascii=False) for row in rows if _fits(row, wanted)]


def _fits(row: Any, wanted: dict[str, Any]) -> bool:
    return isinstance(row, dict) and all(row.get(name) == value for name, value in wanted.items())
