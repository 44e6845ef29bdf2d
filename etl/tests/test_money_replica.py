"""The replica of the Municipal Money API against the recorded answers of the real code, and its traps."""

from __future__ import annotations

import csv
import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from etl.replica.money.lies import MONEY_FAULTS, TIMEOUT
from etl.replica.server import ReplicaServer
from etl.replica.site import Site

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = (ROOT / os.environ.get("REFERENCE_DATA", "../shared/data") / "treasury_examples").resolve()
HOST = "https://municipaldata.treasury.gov.za"
INDEX = json.loads((EXAMPLES / "INDEX.json").read_text()) if (EXAMPLES / "INDEX.json").exists() else []
# Tables of codes, which the replica has in full.
SAME_ROWS = {
    "ex3_municipalities_facts.json",
    "ex3b_demarcation_changes.json",
    "members_amount_type.json",
    "members_function.json",
    "members_grant.json",
    "members_item_capital_v2.json",
}
WATER = 'function.code:"4201";"4202";"4203";"4301";"4302";"4303";"4304"'
BUILT = 'capital_type.code:"NEW";"RENEWAL";"UPGRADING"'


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(projects=80, seed=7, provinces=("NW",)) as server:
        yield server


@pytest.fixture
def fresh() -> Iterator[ReplicaServer]:
    """One to change or to break."""
    with ReplicaServer(projects=20, seed=7, provinces=("NW",), finance_years=2) as server:
        yield server


def get(replica: ReplicaServer, path: str, **parameters: Any) -> requests.Response:
    return requests.get(replica.api_url + path, parameters, timeout=10)


def aggregate(replica: ReplicaServer, cube: str, **parameters: Any) -> dict[str, Any]:
    answer = get(replica, f"/cubes/{cube}/aggregate", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def facts(replica: ReplicaServer, cube: str, **parameters: Any) -> dict[str, Any]:
    answer = get(replica, f"/cubes/{cube}/facts", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(replica: ReplicaServer, path: str, **parameters: Any) -> tuple[int, str]:
    answer = get(replica, path, **parameters)
    assert answer.headers["Content-Type"] == "application/json"
    assert "max-age" not in answer.headers["Cache-Control"]
    body = answer.json()
    assert body["status"] == "error"
    assert set(body) == {"status", "message"}
    return answer.status_code, body["message"]


# The recorded answers


def rows_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    return content["cells"] if "cells" in content else content["data"]


def kinds(rows: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Ref → the JSON types that were seen, null apart."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for ref, value in row.items():
            found.setdefault(ref, set()).update({type(value).__name__} if value is not None else set())
    return found


def shape(value: Any) -> Any:
    """Keys and types all the way down, lists by what their first thing is; texts are all alike."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def in_order(rows: list[dict[str, Any]], order: list[list[str]]) -> bool:
    """Are the rows sorted by this, nulls last whichever way?"""
    by = order or [[ref, "asc"] for ref in (rows[0] if rows else ())]
    expected = rows
    for ref, direction in reversed(by):
        filled = sorted(
            (row for row in expected if row[ref] is not None),
            key=lambda row, ref=ref: row[ref],
            reverse=direction == "desc",
        )
        expected = filled + [row for row in expected if row[ref] is None]
    return [[row[ref] for ref, _ in by] for row in rows] == [[row[ref] for ref, _ in by] for row in expected]


@pytest.mark.skipif(not INDEX, reason="no reference data here")
@pytest.mark.parametrize("entry", INDEX, ids=[entry["file"] for entry in INDEX])
def test_a_recorded_request_is_answered_in_the_recorded_shape(
    replica: ReplicaServer, entry: dict[str, Any]
) -> None:
    answer = requests.get(entry["url"].replace(HOST, replica.root), timeout=10)
    assert answer.status_code == entry["status"]
    assert answer.headers["Content-Type"].partition(";")[0] == entry["content_type"]
    recorded = (EXAMPLES / entry["file"]).read_text()
    if entry["file"].endswith(".csv"):
        same_csv(answer, recorded)
        return
    expected, found = json.loads(recorded), answer.json()
    assert list(found) == list(expected)
    if entry["status"] != 200:
        assert found == expected
    elif "model" in found:
        same_model(found["model"], expected["model"])
    elif entry["file"] == "cubes.json":
        assert {cube["name"] for cube in found["data"]} == {cube["name"] for cube in expected["data"]}
        assert shape(found) == shape(expected)
    else:
        same_answer(found, expected, same_rows=entry["file"] in SAME_ROWS)


def same_csv(answer: requests.Response, recorded: str) -> None:
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.content.split(b"\r\n")
    assert lines[0].decode() == recorded.splitlines()[0]
    assert lines[-1] == b""
    assert all(line.rpartition(b",")[2].isdigit() or line.endswith(b",") for line in lines[1:-1])


def same_model(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert set(found) == set(expected)
    assert shape(found) == shape(expected)
    for name, dimension in expected["dimensions"].items():
        mine = found["dimensions"][name]
        told = ("key_attribute", "label_attribute", "join_column", "label", "ref", "key_ref", "label_ref")
        assert {key: mine.get(key) for key in told} == {key: dimension.get(key) for key in told}
        attributes = {n: (a["column"], a["type"], a["ref"]) for n, a in dimension["attributes"].items()}
        assert {n: (a["column"], a["type"], a["ref"]) for n, a in mine["attributes"].items()} == attributes
    assert list(found["dimensions"]) == list(expected["dimensions"])
    assert found["measures"] == expected["measures"]
    assert found["aggregates"] == expected["aggregates"]


def same_answer(found: dict[str, Any], expected: dict[str, Any], *, same_rows: bool) -> None:
    rows, told = rows_of(found), rows_of(expected)
    echoes = set(expected) - {"cells", "data", "summary", "total_cell_count", "total_fact_count"}
    assert {key: found[key] for key in echoes} == {key: expected[key] for key in echoes}
    assert shape(found) == shape(expected)
    if same_rows:
        assert rows == told
        return
    assert bool(rows) == bool(told)
    assert {tuple(row) for row in rows} <= {tuple(row) for row in told}
    types = kinds(told)
    assert all(seen <= types[ref] or not types[ref] for ref, seen in kinds(rows).items())
    assert in_order(rows, found["order"])
