"""Reading a full page of Municipal Money (20,000 cells: a year of capital by function) beside `json.loads`.

Run: `python -m benchmarks.bench_money [cells]`. Prints medians and the ratio of the same run: what it costs
to check every cell, to find out whether anything changed, and to fold the months into figures.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable

from etl.money import answers, figures
from etl.money.queries import Query, queries_of
from projects.facts import municipalities
from projects.facts.finance import FUNCTIONS

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


def median_seconds(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_ROUNDS):
        gc.collect()
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def main() -> None:
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 19_999
    body = page(cells)
    plain, ours = median_seconds(lambda: json.loads(body)), median_seconds(lambda: read(body))
    sys.stdout.write(f"{cells} cells, {len(body) / 1e6:.1f} MB\n")
    sys.stdout.write(f"json.loads {plain * 1000:.0f} ms, ours {ours * 1000:.0f} ms\n")
    sys.stdout.write(f"read, compared and folded: {ours / plain:.1f} x json.loads\n")


if __name__ == "__main__":
    main()
