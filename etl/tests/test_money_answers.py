"""Answers that are not what was asked for: each is one sentence, and none is a figure."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.exceptions import PageChanged
from etl.fetch.page import Page
from etl.money.answers import clean, digest, is_last, read
from etl.money.errors import message, passing, refusal
from etl.money.model import read_model
from etl.money.queries import queries_of

(QUERY,) = queries_of("grants_v2", [2021])
ROW = {
    "demarcation.code": "DC12",
    "financial_year_end.year": 2021,
    "grant.code": "WSIG",
    "amount_type.code": "ACT",
    "period_length.length": "month",
    "financial_period.period": 3,
    "amount.sum": 12.5,
}
CELL = [{"ref": ref, "operator": ":", "value": list(values)} for ref, values in QUERY.cuts.items()]
JSON = "application/json"


def answer(*rows: dict[str, Any], **other: Any) -> bytes:
    whole = {"cells": list(rows), "cell": CELL, "page": 1, "page_size": 20000, "status": "ok", **other}
    return json.dumps(whole).encode()


def test_a_row_is_read_with_fractions_that_lose_no_digit() -> None:
    (row,) = read(answer(ROW).replace(b"12.5", b"123456789012.07"), JSON, QUERY).rows
    assert row["amount.sum"] == Decimal("123456789012.07")
    assert row["financial_period.period"] == 3


@pytest.mark.parametrize("rows", [0, 1, 2])
@pytest.mark.parametrize("count", [0, 1, 2, 292, None])
def test_the_last_page_is_the_short_one_whatever_the_count_says(rows: int, count: int | None) -> None:
    found = read(answer(*[ROW] * rows, page_size=2, total_cell_count=count), JSON, QUERY)
    assert is_last(found) is (rows < 2)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<html><title>Maintenance</title>", "a web page came instead of data"),
        (b"", "the answer is empty"),
        (b'{"cells": [', "not whole JSON"),
        (b"[]", "no object"),
        (b"NaN", "not whole JSON"),
        (b"\xff\xfe\xfa", "not whole JSON"),
        (b"[" * 100_000, "not whole JSON"),
        (b'{"status": "error", "message": "No such cube: x"}', "“error” instead of ok, and says “No such"),
        (b'{"cells": []}', "status is None instead of ok"),
        (b'{"status": "ok", "data": []}', "no list of rows under “cells”"),
        (b'{"status": "ok", "cells": [1]}', "no list of rows"),
        (answer(page_size=0), "“page_size” is 0"),
        (answer(page=None), "“page” is None"),
        (answer(page_size=True), "“page_size” is True"),
        (answer(ROW, ROW, page_size=1), "2 rows, more than its own page size of 1"),
    ],
)
def test_what_is_no_answer_is_told_in_one_sentence(body: bytes, told: str) -> None:
    with pytest.raises(PageChanged) as caught:
        read(body, JSON, QUERY)
    assert told in str(caught.value)
    assert str(caught.value).startswith("Municipal Money, grants_v2 grant 2021: ")
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("amount.sum", "12.50", "“amount.sum” is not an amount but “12.50” (str)"),
        ("amount.sum", True, "not an amount but True"),
        ("amount.sum", [1], "not an amount"),
        ("financial_period.period", "3", "not a whole number but “3”"),
        ("financial_period.period", 3.5, "not a whole number"),
        ("demarcation.code", 12, "not a text but 12 (int)"),
        ("financial_year_end.year", 2020, "is 2020, which was not asked for"),
        ("grant.code", "ESG", "is “ESG”, which was not asked for"),
        ("amount_type.code", None, "is None, which was not asked for"),
    ],
)
def test_a_column_that_is_not_what_was_asked_for_is_named(column: str, value: object, told: str) -> None:
    with pytest.raises(PageChanged) as caught:
        read(answer(ROW, {**ROW, column: value}), JSON, QUERY)
    assert told in str(caught.value)


@pytest.mark.parametrize("column", sorted(ROW))
def test_a_column_that_is_gone_is_named(column: str) -> None:
    row = {name: value for name, value in ROW.items() if name != column}
    with pytest.raises(PageChanged, match=f"a row has no “{column}”"):
        read(answer(row), JSON, QUERY)


def test_infinity_is_no_amount() -> None:
    with pytest.raises(PageChanged, match="not whole JSON"):
        read(answer(ROW).replace(b"12.5", b"Infinity"), JSON, QUERY)


def test_null_amounts_are_read() -> None:
    assert read(answer({**ROW, "amount.sum": None}), JSON, QUERY).rows[0]["amount.sum"] is None


def test_a_sum_that_is_not_cut_as_asked_is_refused() -> None:
    (capital, *_) = queries_of("capital_v2", [2021])
    cell = [{"ref": ref, "operator": ":", "value": list(values)} for ref, values in capital.cuts.items()]
    assert read(answer(cell=cell), JSON, capital).rows == []
    wider = [each for each in cell if each["ref"] != "capital_type.code"]
    with pytest.raises(PageChanged, match="not cut by “capital_type.code” as asked"):
        read(answer(cell=wider), JSON, capital)


def test_a_models_null_update_is_no_movement() -> None:
    dimension = {"attributes": {name: {"ref": f"x.{name}"} for name in ("code",)}}
    model = {"dimensions": {"x": dimension}, "measures": {}, "aggregates": {}, "updates_table": "u"}
    body = {"status": "ok", "name": "officials", "model": {**model, "last_updated": None}}
    found = read_model(json.dumps(body).encode(), JSON, "officials")
    assert (found.last_updated, found.moves) == ("", False)
    body["model"] = {**model, "last_updated": 2020}
    with pytest.raises(PageChanged, match="last updated"):
        read_model(json.dumps(body).encode(), JSON, "officials")


def test_a_model_without_dimensions_is_changed() -> None:
    body = {"status": "ok", "name": "officials", "model": {"last_updated": "2020-10"}}
    with pytest.raises(PageChanged, match="has no “dimensions”"):
        read_model(json.dumps(body).encode(), JSON, "officials")


def test_a_number_that_becomes_a_text_or_loses_a_cent_is_a_change() -> None:
    bodies = [answer({**ROW, "amount.sum": value}) for value in (12.5, "12.5", 12.51, 12, None, "12")]
    assert len({digest(body) for body in bodies}) == len(bodies)
    assert digest(answer(ROW).replace(b"12.5", b"12.50")) == digest(answer(ROW))
    assert digest(answer({**ROW, "amount.sum": 12.0})) == digest(answer({**ROW, "amount.sum": 12}))


def test_a_page_of_an_error_is_not_the_page_without_rows() -> None:
    assert digest(answer()) != digest(answer(status="error"))


@given(st.binary(max_size=60) | st.sampled_from([b"[1e999999999999999999999]", b"[" * 99_999, b'"\\ud800"']))
@settings(max_examples=60, deadline=None)
def test_no_bytes_can_bring_the_cleaning_the_reading_or_the_errors_down(body: bytes) -> None:
    clean(body, "")
    assert isinstance(passing(Page("https://x/api", body, 500)), bool)
    assert refusal(Page("https://x/api", body, 500)).endswith(".")
    with pytest.raises(PageChanged):
        read(body, "", QUERY)


@pytest.mark.parametrize(
    ("status", "body", "passes"),
    [
        (429, b"", True),
        (408, b"", True),
        (522, b"<html>", True),
        (502, b"<html>", True),
        (503, b'{"status": "error", "message": "No such cube"}', True),
        (504, b"", True),
        (500, b"<html>Bad gateway", True),
        (500, b"", True),
        (500, b'{"detail": "x"}', True),
        (500, b'{"status": "error", "message": ""}', False),
        (500, b'{"status": "error", "message": "\'nope\'"}', False),
        (500, b'{"status": "error", "message": "No such cube: nope"}', False),
        (500, b'{"message": "invalid literal for int() with base 10: \'abc\'"}', False),
        (500, b'{"message": "(psycopg2.OperationalError) server closed the connection unexpectedly"}', True),
        (500, b'{"message": "SSL SYSCALL error: EOF detected\\n"}', True),
        (500, b'{"message": "Can\'t reconnect until invalid transaction is rolled back."}', True),
        (500, b'{"message": "QueuePool limit of size 5 overflow 10 reached, connection timed out"}', True),
        (400, b"", False),
        (404, b"<html>", False),
        (403, b"", False),
    ],
)
def test_only_what_can_pass_is_asked_again(status: int, body: bytes, passes: bool) -> None:
    assert passing(Page("https://x/api", body, status)) is passes


def test_a_statement_that_took_too_long_is_an_overloaded_service() -> None:
    said = (
        "(psycopg2.extensions.QueryCanceledError) canceling statement due to statement timeout\n [SQL: SELECT"
    )
    body = json.dumps({"status": "error", "message": said}).encode()
    answer = Page("https://x/api/cubes/capital_v2/aggregate?" + "a" * 900, body, 500)
    assert passing(answer)
    told = refusal(answer)
    assert "the service is overloaded" in told
    assert len(told) < 600
    assert "\n" not in told


def test_the_message_is_the_apis_own_or_none() -> None:
    assert message(b'{"message": "expecting \':\'"}') == "expecting ':'"
    assert message(b'{"message": 7}') is None
    assert message(b"<html>") is None
