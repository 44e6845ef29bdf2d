"""Reading a full page of Municipal Money (20,000 cells: a year of capital by function) beside `json.loads`.

Run: `python -m benchmarks.bench_money [cells]`. Prints the median CPU time of each, taking turns, and their
ratio: what it costs to check every cell, to find out whether anything changed (parsed once more, so that the
check stands alone), and to fold the months into figures. Goal: at most 12 x one `json.loads`, which makes no
Decimal and looks at no cell.
"""

from __future__ import annotations

import json
import sys

from benchmarks.bench_extract import medians
from etl.money import answers, figures
from etl.money.queries import Query, queries_of
from projects.facts import municipalities
from projects.facts.finance import FUNCTIONS

MOST_RATIO = 12.0
_ROUNDS = 7
_TYPES = [("ORGB", "year", 2026), ("ADJB", "year", 2026), ("AUDA", "year", 2026)]
_TYPES += [("ACT", "month", month) for month in range(1, 13)]


def question() -> Query:
    return next(query for query in queries_of("capital_v2", [2026]) if query.measure == "capital")


def page(cells: int) -> bytes:
    """An answer with so many cells, as the service words it."""
    keys = (
        (place.code, function, *kind)
        for place in municipalities()
        for function in FUNCTIONS
        for kind in _TYPES
    )
    rows = [
        {
            "demarcation.code": code,
            "financial_year_end.year": 2026,
            "function.code": function,
            "amount_type.code": amount_type,
            "period_length.length": length,
            "financial_period.period": period,
            "amount.sum": float(1_000_000 + number),
        }
        for number, (code, function, amount_type, length, period) in zip(range(cells), keys, strict=False)
    ]
    cuts = [{"ref": ref, "operator": ":", "value": list(values)} for ref, values in question().cuts.items()]
    answer = {"total_cell_count": len(rows), "cells": rows, "cell": cuts, "page": 1, "page_size": 20_000}
    return json.dumps({**answer, "summary": {"amount.sum": 1.0}, "status": "ok"}).encode()


def read(body: bytes) -> None:
    rows = answers.read(body, "application/json", question()).rows
    answers.digest(body)
    figures.fold(question(), rows, {place.code for place in municipalities()})


def main(cells: int = 19_999) -> int:
    body = page(cells)
    ours, plain = medians(body, _ROUNDS, read, json.loads)
    ratio = ours / plain
    sys.stdout.write(
        f"money, {cells} cells ({len(body) / 1e6:.1f} MB): read, compared, folded in {ours:.0f} ms CPU beside"
        f" {plain:.0f} of json.loads: {ratio:.1f} x (goal <= {MOST_RATIO:g})\n"
    )
    return int(ratio > MOST_RATIO)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
