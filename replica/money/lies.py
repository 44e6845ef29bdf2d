"""Faults of the Municipal Money API, by name, and the lies among them. They touch neither facts nor ledger.

Only `money_torn` does: there a cube really is updated while it is read, and the ledger has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from replica.money.cells import Row

MONEY_FAULTS = {
    "money_timeout": "500 with the database's message that the statement took too long",
    "money_broken": "500 with the message of a database connection that broke",
    "money_lie_count": "each total_…_count is far too large",
    "money_torn": "the cube is updated while it is read: figures and last_updated move before each answer",
    "money_missing_municipality": "all rows of one municipality are absent from each cube",
    "money_html": "a page of maintenance in HTML, status 200",
    "money_strings": "amounts come as texts instead of numbers",
    "money_drop_cells": "every fourth cell or fact is absent; pages are full all the same",
}
DROPPED_EVERY = 4
TIMEOUT = "(psycopg2.extensions.QueryCanceledError) canceling statement due to statement timeout\n"
BROKEN = (
    "(psycopg2.OperationalError) server closed the connection unexpectedly\n\tThis probably means the server"
    " terminated abnormally\n\tbefore or while processing the request.\n"
)
MESSAGES = {"money_timeout": TIMEOUT, "money_broken": BROKEN}
MAINTENANCE = (
    "<!DOCTYPE html>\n<html><head><title>Maintenance (replica)</title></head>"
    "<body><h1>We will be back soon</h1></body></html>\n"
)


class MoneyLies:
    """What one answer says under the fault that strikes it; under any other fault, the truth."""

    def __init__(self, fault: str = "none") -> None:
        self._fault = fault

    def facts(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The facts that the answer is made from."""
        if self._fault != "money_missing_municipality":
            return rows
        codes = sorted({row[0] for row in rows})
        return [row for row in rows if row[0] != codes[len(codes) // 2]]

    def listed(self, things: list[Any]) -> list[Any]:
        """The cells or facts that there are, before they are paged."""
        if self._fault != "money_drop_cells":
            return things
        return [thing for number, thing in enumerate(things, 1) if number % DROPPED_EVERY]

    def answer(self, content: dict[str, Any]) -> dict[str, Any]:
        """The finished answer."""
        if self._fault == "money_lie_count":
            counts = {name: value * 7 + 13 for name, value in content.items() if name.startswith("total_")}
            return content | counts
        if self._fault == "money_strings":
            rows = "cells" if "cells" in content else "data"
            return content | {rows: [_with_texts(row) for row in content[rows]]}
        return content


def _with_texts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        ref: str(value) if value is not None and ref.split(".")[0].endswith("amount") else value
        for ref, value in row.items()
    }
