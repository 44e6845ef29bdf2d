"""The API holds what its OpenAPI document says. Each address answers in its shape; and in `make soak`
schemathesis asks for what the document allows and for what it does not: no fault of ours, no status, header,
type or shape that is not in the document, nothing refused that it allows, nothing taken that it forbids.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from rest_framework.authtoken.models import Token

from buka.tests.test_strange_requests import Address, Stranger, addresses, content, stranger
from etl.views import HelpfulThrottle
from projects.api.document import EXAMPLES_FILE

__all__ = ["addresses", "stranger"]

pytestmark = pytest.mark.django_db
SHARES = 4  # of the operations, so that several workers can take them
# Of each operation: cases that are drawn, beside those that schemathesis derives from the document.
DRAWN = 40


@cache
def document() -> Any:
    """The document as schemathesis reads it. It is imported here: that takes its time."""
    import schemathesis

    # Days of the record: none is before its time, and none still to come.
    days = st.dates(date(1900, 1, 2), date(2026, 1, 31))
    moments = st.datetimes(datetime(1900, 1, 2), datetime(2026, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001
    schemathesis.openapi.format("date", days.map(str))
    schemathesis.openapi.format("date-time", moments.map(datetime.isoformat))
    read = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    read.app = get_wsgi_application()
    return read


def derived_test(operation: Any, check: Callable[[Any], None]) -> Callable[[], None]:
    """A Hypothesis test of the operation, always of the same cases."""
    from schemathesis.generation.feedback import FeedbackSources
    from schemathesis.pytest._test_builder import build_operation_test

    config = document().config
    config.generation.deterministic = True
    config.generation.max_examples = DRAWN
    made = build_operation_test(
        config=config, operation=operation, test_func=check, given_kwargs={}, feedback=FeedbackSources()
    )
    patient = settings(  # a busy machine takes its time to draw and to answer
        made._hypothesis_internal_use_settings, deadline=None, suppress_health_check=list(HealthCheck)
    )
    made._hypothesis_internal_use_settings = patient
    return made


@pytest.fixture
def token(addresses: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of somebody who may trigger, as often as it takes; and something to find at every address."""
    monkeypatch.setattr(HelpfulThrottle, "THROTTLE_RATES", {"sync": "1000000/minute"})
    logging.disable()  # thousands of lines of what is refused
    # As Django's own test client does: the connection is in the test's transaction, and stays.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield str(
        Token.objects.create(user=User.objects.create_superuser("steward", password="steward-password"))
    )
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


@pytest.mark.soak
@pytest.mark.parametrize("share", range(SHARES))
def test_the_api_holds_what_its_document_says(share, token):
    told: Counter[int] = Counter()

    def check(case: Any) -> None:
        from schemathesis.generation import GenerationMode

        if case.meta.generation.mode is GenerationMode.POSITIVE:
            _as_words_say(case)
        headers = {"Accept-Encoding": "identity"}  # nothing between us and the application unpacks an answer
        if case.operation.method == "post":
            headers["Authorization"] = f"Token {token}"
        answer = case.call(headers=headers)
        told[answer.status_code] += 1
        case.validate_response(answer, headers=headers)

    operations = [found.ok() for found in document().get_all_operations()]
    for operation in operations[share::SHARES]:
        derived_test(operation, check)()
    assert {200, 400} <= told.keys()


def _as_words_say(case: Any) -> None:
    """What JSON Schema has no words for, and the document says in a sentence."""
    query = case.query
    for name in {"municipality", "district"} & {name for name in query if query[name]}:
        query[name] = "LIM331"  # there has to be one of this code
    if query.get("format", "json") != "json":
        query.pop("fields", None)
    if query.get("as_of") or query.get("to"):
        query.pop("flag", None)  # of today alone
    if str(query.get("week")).endswith("W53"):
        query["week"] = "2026-W53"  # not each year has one
    if query.get("from") and query.get("to"):
        query["from"], query["to"] = "2025-12-31", "2026-01-31"


@pytest.mark.parametrize("share", range(SHARES))
def test_each_read_answers_in_the_shape_of_its_document(
    share: int, addresses: list[Address], stranger: Stranger
) -> None:
    there = {re.sub(r"%\(\w+\)s", "*", one.route): one.path for one in addresses}
    components = _in_json_schema(written()["components"])
    reads = [
        (path, every["get"]["responses"]) for path, every in written()["paths"].items() if "get" in every
    ]
    for path, responses in reads[share::SHARES]:
        answer = stranger.ask(there[re.sub(r"\{\w+\}", "*", path)])
        assert str(answer.status_code) in responses, path
        shapes = responses[str(answer.status_code)]["content"]
        assert answer["Content-Type"] in shapes, path
        if answer["Content-Type"] == "application/json":
            schema = _in_json_schema(shapes["application/json"]["schema"]) | {"components": components}
            jsonschema.validate(json.loads(content(answer)), schema, jsonschema.Draft202012Validator)


# --- what a reader of the document is told --------------------------------------------------------


@cache
def written() -> dict[str, Any]:
    return SchemaGenerator().get_schema(public=True)


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, every in written()["paths"].items():
        for method, operation in every.items():
            yield f"{method} {path}", operation


def test_each_operation_says_in_a_line_what_it_is_for():
    summaries = [operation.get("summary") for _, operation in operations()]
    assert all(summaries)
    assert len(set(summaries)) == len(summaries)


def test_a_padlock_is_only_on_what_needs_a_key():
    assert [name for name, operation in operations() if operation.get("security")] == [
        "post /api/v1/sync/trigger/"
    ]
    assert "security" not in written()


def test_each_read_says_how_it_is_asked_for_again():
    for name, operation in operations():
        if name.startswith("get "):
            assert {"200", "304", "400", "404", "406", "503"} <= operation["responses"].keys(), name
            assert "ETag" in operation["responses"]["200"]["headers"], name


def test_each_example_is_what_its_schema_says():
    components = _in_json_schema(written()["components"])
    shown = {name: one["example"] for name, one in components["schemas"].items() if "example" in one}
    assert shown == json.loads(EXAMPLES_FILE.read_text())
    for name, example in shown.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema.validate(example, schema, jsonschema.Draft202012Validator)
        known = components["schemas"][name].get("properties")
        assert known is None or known.keys() == example.keys(), name


def _in_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 has a word of its own for null."""
    if isinstance(node, list):
        return [_in_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: _in_json_schema(one) for name, one in node.items() if name != "nullable"}
    return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") is True else found
