"""Whatever a stranger asks for: an answer or a sentence, never a fault of ours.

Addresses come from the URL conf, parameters from the filters, the OpenAPI document and the source of the
views: what is added later is walked too.
"""

from __future__ import annotations

import ast
import asyncio
import html
import json
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import django_filters
import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.cache import cache as django_cache
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connections, transaction
from django.http import HttpResponseBase
from django.test import AsyncRequestFactory, RequestFactory
from django.urls import URLPattern, get_resolver
from django.utils.regex_helper import normalize
from drf_spectacular.generators import SchemaGenerator
from rest_framework.authtoken.models import Token

from buka.asgi import http
from etl.views import HelpfulThrottle
from projects import datasets
from projects.api.exports import BOM
from projects.api.objects import TABLE
from projects.api.oc4ids.views import NO_PACKAGE
from projects.api.selection import PARAMETER
from projects.declared import REGISTRY
from projects.models import Municipality, Project
from projects.subscriptions import tokens
from projects.templatetags.buka import asked
from projects.tests.alerts import by_mail
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import FIRST_SEEN, a_figure, a_project, a_report, a_run, a_snapshot, change
from realtime.filters import BadQuery, Filters, Query, parse

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
API = "/api/v1/"
LONG = "9" * 5000

# As they stand in a query string. `READS_AS` has those that are a value of a kind all the same.
BLANK = ["", "%20", "%09%0a"]
VALUES = [
    *BLANK, ",", "a,,b", "name,", ",-id,", "2021,", "design%20,%20tender,", "name," * 1000, "-", "--name",
    "%00", "dws%00", "%ff", "%ED%A0%80", "%25", "%25s%25(x)d", "'", "%22%5C", "$.a__b", "%E2%80%AE%01",
    "x" * 5000, "a+" * 99, "%F0%9F%92%A7", "null",
    "0", "-1", "1.5", "1_000", "%2B1", "%EF%BC%91%EF%BC%92", str(10**30), LONG, str(2**63 - 1), str(2**63),
    "nan", "-inf", "1e400", "1e-400", "1e999999999",
    "0000-00-00", "9999-99-99", "9999-12-31", "10000-01-01", "0001-01-01", "2026-02-30T25:00",
    "1900-01-01T00:00%2B23:59", "2200-12-31T23:59-23:59", "2026-05-01", "LIM331", "dws", "any",
]  # fmt: skip
# Enough for what has no filters, and for the pages, which have the same filters and take longer.
FEW = ["%00", LONG, "x%ff"]
SOME = [*FEW, "name,", "%25", "0", "-1", "1e400", "2026-05-01", "1900-01-01T00:00%2B23:59"]
READS_AS = {
    "integer": {"0", "%2B1", "1_000", "%EF%BC%91%EF%BC%92", str(2**63 - 1)},
    "number": {"0", "-1", "1.5", "%2B1", "1_000", "%EF%BC%91%EF%BC%92"},
    "moment": {"1900-01-01T00:00%2B23:59", "2200-12-31T23:59-23:59", "2026-05-01"},
}
IN_PATHS = [
    str(10**30), LONG, "-1", "%00", "1%00", "%ff", "%ED%A0%80", "%EF%BC%91", "%D9%A1", "x" * 3000, ".", "..",
    "%20", "dws%20", "dws%0a", "1%0a", "x%2Fy", "nan", "1e3", "%C3%A9", "%F0%9F%92%A7", "'", "*", "%25",
    "A" * 64, "a" * 64,
]  # fmt: skip
# All questions in `make soak`; in `make test` every so many of them, by a number that no list's length is a
# multiple of: each value is among them.
EVERY = pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.soak, id="all"), 19])
# Names that the parts of others read (OpenAPI document), and what is walked apart.
OTHERS_READ, APART = {"lang", "version"}, {"format"}
# These lead to another way through a view: it is walked with them and without.
TURNS = {"as_of", "after", "before", "each", "kind", "page", "fragment", "figure", "cited", "near"}


# --- what there is to walk ------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """`route`: with `%(name)s` for what changes; `path`: with values that there are."""

    route: str
    path: str

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)


@pytest.fixture
def addresses(settings, tmp_path) -> list[Address]:
    """Every address but the admin's and the API's catch-all, each with something to find there."""
    settings.ARCHIVE_DIR, settings.DOWNLOADS_DIR = tmp_path, tmp_path / "downloads"
    settings.OPEN_DATA_SOURCES = list(REGISTRY)  # whatever can be made of them can be had
    others = Municipality.objects.exclude(pk__in=["CPT", "LIM331", "DC33"])  # lists of 257 take their time
    others._raw_delete(using="default")  # nothing refers to them yet, which is asked table by table otherwise
    run = a_run()
    snapshot, project = a_snapshot(run), a_project(run=run)
    change(project, "budget", Decimal(5))
    a_figure(snapshot=snapshot)
    there = {
        "projects": project.pk,
        "oc4ids": project.pk,
        "municipalities": "CPT",
        "changes": 1,
        "digest": "2026-W19",
        "section": "pages",
        "province": "LIM",
        "discrepancies": a_question().pk,
        "sources": "dws",
        "runs": run.pk,
        "snapshots": snapshot.pk,
        "sitemaps": "projects",
        "report": a_report(project).receipt,
        **_of_alerts(),
        "made": a_making(),
        "wanted": "sources.csv.gz",
        "kind": "csv",
        "table": "coverage",
    }
    return [Address(f"/{route}", f"/{_filled(route, there)}") for route in ROUTES]


def _of_alerts() -> dict[str, str]:
    """What the links of mails lead to, by route."""
    row = by_mail()
    message = row.messages.create(kind="news", due_at=row.confirmed_at, reached=True, state="sent")
    message.set_ids([1])
    message.save()
    links = (tokens.confirm_address(row), tokens.stop_address(row), tokens.yours_address(row))
    found = {f"subscribe/{link.split('/')[2]}/%(token)s/": link.split("/")[3] for link in links}
    return {**found, "told": message.key}


def a_making() -> str:
    """Files to download, as few as there can be."""
    with datasets.making(FIRST_SEEN) as folder:
        one = {
            "path": "sources.csv.gz",
            "bytes": 3,
            "hash": "sha256:" + "0" * 64,
            "x_sources": [],
            "x_rows": 0,
        }
        (folder / one["path"]).write_bytes(b"abc")
        chain = {"last_id": 0, "digest": "0" * 64}
        (folder / datasets.MANIFEST).write_text(json.dumps({"resources": [one], "x_chain": chain}))
    return "20260110T063000Z"


def _filled(route: str, there: dict[str, Any]) -> str:
    kind = route.removeprefix("api/v1/").split("/")[0]
    names = re.findall(r"%\((\w+)\)s", route)
    is_there = kind in there or route in there or {*names} <= there.keys()
    assert is_there, f"Say in `addresses` what there is to find at /{route}"
    return re.sub(
        r"%\((\w+)\)s", lambda found: str(there.get(route, there.get(found[1], there.get(kind)))), route
    )


def _routes(resolver: Any, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        text, names = normalize(entry.pattern.regex.pattern)[0]
        if "rest" in names or text == "admin/":
            continue
        if isinstance(entry, URLPattern):
            yield before + text
        else:
            yield from _routes(entry, before + text)


ROUTES = list(_routes(get_resolver()))
DEALT = 20  # tests that the addresses are dealt out to: what there is to find is written once for each


@cache
def parameters() -> frozenset[str]:
    """All names that a query may have: of every filter, and whatever word a view that reads queries uses."""
    views = [*(ROOT / "projects/pages").glob("*.py"), *(ROOT / "projects/api").glob("*.py")]
    sources = [text for text in map(Path.read_text, views) if ".GET" in text or "query_params" in text]
    words = {word for source in sources for word in _words(ast.parse(source))}
    filters = {name for kind in _filtersets() for name in kind.base_filters}
    read = filters | {word for word in words if re.fullmatch(r"[a-z_]{1,20}", word)}
    return frozenset(read | {"page", "page_size", PARAMETER, BOM, TABLE} | OTHERS_READ) - APART


def _words(tree: ast.AST) -> Iterator[str]:
    """Texts that are handed to a function, looked up, compared or listed: not keys, messages or formats."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call | ast.Tuple | ast.List | ast.Compare | ast.Subscript):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def _filtersets(kind: type = django_filters.FilterSet) -> Iterator[type]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _filtersets(sub)


@cache
def declared() -> dict[str, dict[str, dict[str, Any]]]:
    """{route: {query parameter: its schema}} as the OpenAPI document has them."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return {
        re.sub(r"\{\w+\}", "*", path): {
            one["name"]: one["schema"] for one in operation.get("parameters", []) if one["in"] == "query"
        }
        for path, operations in paths.items()
        for operation in operations.values()
    }


def _must_be_refused(name: str, schema: dict[str, Any], value: str) -> bool:
    """Whether the declared kind of a parameter has no such value."""
    if value in BLANK:
        return False
    if name == "page_size" and value.strip("0").isdigit():
        return False  # more than the most is the most
    first = schema.get("anyOf", [schema])[0]
    kind = "moment" if first.get("format", "").startswith("date") else first["type"]
    if kind == "array":
        words = [word.strip() for word in value.replace("%20", " ").split(",")]
        known = {str(word).lower() for word in schema["items"].get("enum", words)}
        return any(word and word.lower() not in known for word in words)
    return value not in READS_AS.get(kind, {value})


# --- asking ---------------------------------------------------------------------------------------


class Stranger:
    """Asks without the instruments of Django's test client, which cost more than the answers; keeps what went
    wrong, to tell all of it at once."""

    def __init__(self) -> None:
        self.handler, self.make = BaseHandler(), RequestFactory()
        self.handler.load_middleware()
        self.faults: list[str] = []
        self._error = ""
        got_request_exception.connect(self._note)

    def _note(self, **_named: Any) -> None:
        self._error = repr(sys.exc_info()[1])[:200]

    def ask(self, path: str, method: str = "GET", body: bytes = b"", kind: str = "", **headers: str) -> Any:
        """The answer; one of 500 and more is kept as a fault, but /readyz may say that a part is down."""
        save = transaction.savepoint()
        self._error = ""
        request = self.make.generic(method, path, body, content_type=kind, headers=headers)
        answer = self.handler.get_response(request)
        transaction.savepoint_rollback(save) if self._error else transaction.savepoint_commit(save)
        if self._error or (answer.status_code >= 500 and not path.startswith("/readyz")):
            self.fault(f"{answer.status_code} {self._error}", f"{method} {path} {headers} {kind}")
        return answer

    def fault(self, told: str, request: str) -> None:
        self.faults.append(f"{told}: {request[:200]}")

    def expect(self, good: bool, request: str, told: object) -> None:
        if not good:
            self.fault(str(told)[:300], request)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    stranger = Stranger()
    logging.disable()  # thousands of lines of what is not found
    yield stranger
    logging.disable(logging.NOTSET)
    assert not stranger.faults, f"{len(stranger.faults)} faults\n" + "\n".join(stranger.faults[:40])


def content(answer: HttpResponseBase) -> str:
    return b"".join(answer).decode()


def is_sentence(text: str) -> bool:
    return bool(re.match(r"[A-Z“]", text)) and text.endswith((".", "!", "?")) and len(text) > 10


def refused(answer: HttpResponseBase, is_api: bool) -> dict[str, str]:
    """{parameter: sentence} of an answer that says no."""
    text = content(answer)
    if not is_api:
        labels: dict[str, list[str]] = {}  # one label may be that of several
        for name in parameters():
            labels.setdefault(asked(name), []).append(name)
        listed = re.findall(r"<li><strong>(.*?)</strong>: (.*?)</li>", text, re.DOTALL)
        of_page = {
            name: html.unescape(said) for called, said in listed for name in labels[html.unescape(called)]
        }
        return of_page or dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)  # the feed
    told = json.loads(text)
    return {"page": told["detail"]} if "detail" in told else {name: said[0] for name, said in told.items()}


def walk(stranger: Stranger, address: Address, value: str, ways: Iterable[Any]) -> dict[str, str]:
    """Ask for all names at once, then for those that were not refused, until there is an answer; and so for
    each way, which says what it goes without. What was refused, with the sentences."""
    told: dict[str, str] = {}
    for without in ways:
        left = parameters().difference(without, told)
        while (answer := _asked(stranger, address, left, value)).status_code in (400, 404):
            said = refused(answer, address.is_api)
            if said == {"page": NO_PACKAGE}:  # all was read, and nothing fits
                break
            if not said.keys() & left:
                stranger.fault(f"nothing is named: {said}", f"{address.path} {value[:30]}")
                return told
            left, told = left - said.keys(), told | said
    return told


def _asked(stranger: Stranger, address: Address, names: Iterable[str], value: str) -> Any:
    return stranger.ask(f"{address.path}?{'&'.join(f'{name}={value}' for name in sorted(names))}")


# --- the walks ------------------------------------------------------------------------------------


def test_all_that_can_be_asked_for_is_found(addresses):
    assert {"ordering", "page", "before", "figure", "as_of", "fragment", "each", "state"} <= parameters()
    assert len(addresses) > 30
    routes = {re.sub(r"%\(\w+\)s", "*", address.route) for address in addresses}
    assert declared().keys() <= routes | {f"{route}/" for route in routes}
    for told in declared().values():
        assert told.keys() - APART <= parameters()


@pytest.mark.soak
@pytest.mark.parametrize("number", range(len(ROUTES)), ids=[f"/{route}" for route in ROUTES])
def test_no_value_of_any_parameter_is_a_fault(addresses, stranger, number):
    """Each address is asked for half of them, in turn; with FULL=1 for all."""
    many = VALUES if os.environ.get("FULL") else [*FEW, *VALUES[number % 2 :: 2]]
    ask_values(addresses, stranger, f"/{ROUTES[number]}", many, SOME)


@pytest.mark.parametrize("turn", range(DEALT))
def test_no_value_of_a_few_is_a_fault_at_any_address(addresses, stranger, turn):
    """Each address is asked for a few, the one in one way, the other in the other; and each value of some
    addresses."""
    for number in range(turn, len(ROUTES), DEALT):
        values = [FEW[number % len(FEW)], VALUES[number % len(VALUES)]]
        ask_values(addresses, stranger, f"/{ROUTES[number]}", values, values, in_turn=True)


def ask_values(
    addresses: list[Address],
    stranger: Stranger,
    route: str,
    many: list[str],
    some: list[str],
    in_turn: bool = False,
) -> None:
    """`many`: what an address of the API with filters is asked for; `some`: a page. `in_turn`: each value in
    one of the ways alone."""
    address = next(one for one in addresses if one.route == route)
    schemas = declared().get(re.sub(r"%\(\w+\)s", "*", route), {})
    values = many if len(schemas) > 2 else [*FEW, "x%0ay: z"] if address.is_api else some
    ways = [(), TURNS] if not address.is_api or "as_of" in schemas else [()]
    all_told: set[str] = set()
    for number, value in enumerate(values):
        if number == len(FEW) and not (all_told or schemas):
            break  # a page without filters
        taken = [ways[number % len(ways)]] if in_turn else ways
        told = walk(stranger, address, value, taken)
        unasked = set.intersection(*map(set, taken))
        all_told |= told.keys()
        for name, said in told.items():
            stranger.expect(is_sentence(said), f"{name}={value[:30]}", said)
        for name, schema in schemas.items():
            if name not in {*told, *APART, *unasked} and _must_be_refused(name, schema, value):
                stranger.fault("was taken", f"{name}={value[:30]}")


@EVERY
def test_no_value_in_a_path_is_a_fault(addresses, stranger, every):
    routes = [address.route for address in addresses if "%(" in address.route]
    for route, value in list(product(routes, IN_PATHS))[::every]:
        path = re.sub(r"%\(\w+\)s", lambda _, value=value: value, route)
        answer = stranger.ask(path)
        told = f"{answer.status_code} {answer.headers}"
        stranger.expect(answer.status_code in (200, 301, 404), path, told)
        if answer.status_code == 404 and path.startswith(API):
            stranger.expect(is_sentence(json.loads(content(answer))["detail"]), path, told)


def test_numbers_in_a_path_are_written_in_one_way(addresses, stranger):
    """`/projects/１/` is no second address of `/projects/1/`."""
    for address in addresses:
        if address.is_api and "%(" in address.route:
            for one in ("%EF%BC%91", "%D9%A1"):
                path = re.sub(r"%\(\w+\)s", one, address.route)
                stranger.expect(stranger.ask(path).status_code == 404, path, "is an address")


METHODS = ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "NONSENSE"]


@EVERY
def test_no_method_is_a_fault(addresses, stranger, every):
    formats = ("", "?format=csv", "?format=xlsx", "?format=geojson")
    asked = [(one, query) for one in addresses for query in (formats if one.is_api else formats[:1])]
    for (address, query), method in list(product(asked, METHODS))[::every]:
        answer = stranger.ask(address.path + query, method)
        good = answer.status_code < 400 or answer.status_code in (401, 403, 404, 405, 406, 503)
        good |= (method, address.path, answer.status_code) == ("POST", "/subscribe/", 400)  # an empty form
        stranger.expect(good, f"{method} {address.path}{query}", answer.status_code)
        if address.is_api and answer.status_code >= 400 and method != "HEAD":
            told = json.loads(content(answer))
            stranger.expect("detail" in told, f"{method} {address.path}", told)


FILES = ["json", "csv", "xlsx", "jsonl"]
MADE, NOT_MADE = (
    "json csv xlsx jsonl geojson yaml html".split(),
    ["api", "xls", "%00", "%ff", "CSV", "csv,", "x" * 5000],
)
LISTS = "finances changes digest compare municipalities discrepancies areas claims runs sources".split()
MADE_AT = {
    **{f"{API}{name}/": FILES for name in (*LISTS, "projects/flags", "changes/events", "search")},
    f"{API}oc4ids/%(pk)s/": ["json"],
    f"{API}projects/": [*FILES, "geojson"],
    f"{API}schema/": ["json", "yaml"],
    f"{API}docs/": ["html"],
}


def made_at(route: str) -> list[str]:
    is_single = route.startswith(API) and ")s/" in route
    return MADE_AT.get(route, FILES if is_single else ["json"])


@EVERY
def test_a_format_is_offered_where_it_can_be_made_and_nowhere_else(addresses, stranger, every):
    offered: dict[str, list[str]] = {}
    promised: set[tuple[str, str]] = set()
    asked = [one for one in addresses if one.is_api and not one.route.endswith("trigger")]
    lists = [one.route for one in asked if made_at(one.route) != ["json"]]
    assert len(lists) > len(MADE_AT)
    for address in asked[::every]:
        for format in [*MADE, *NOT_MADE]:
            answer = stranger.ask(f"{address.path}?format={format}")
            if answer.status_code == 200:
                offered.setdefault(address.route, []).append(format)
                is_there = bool(b"".join(answer)) or format == "jsonl"  # no line of no object
                stranger.expect(is_there, f"{address.path} {format}", "nothing")
                continue
            told = json.loads(content(answer))["detail"]
            said = re.fullmatch(r"“.{1,40}” is no format of this address; known are: (.+)\.", told)
            stranger.expect(bool(said) and answer.status_code == 404, f"{address.path} {format[:9]}", told)
            promised.update((address.route, known) for known in (said[1].split(", ") if said else ()))
    for route, known in promised:
        stranger.expect(known in offered.get(route, ()), f"{route} {known}", "is promised")
    assert {one.route for one in asked[::every] if one.route in lists} <= offered.keys()
    assert offered == {route: made_at(route) for route in offered}


ACCEPTS = [
    "text/csv", "application/geo+json", "text/html", "application/xml", "text/csv;q=0", ";;;", "/", ",",
    "a/b;q=x", "\u00ff/\u00ff", "text/csv, text/html;q=0.5", "x" * 9000, "application/json; indent=x",
    "application/json; indent=99999999999", ", ,application/*",
]  # fmt: skip


@EVERY
def test_an_accept_header_gets_what_it_names_or_a_406_that_says_what_there_is(addresses, stranger, every):
    promised: set[tuple[str, str]] = set()
    asked = [(one, accept) for one in addresses for accept in (ACCEPTS if one.is_api else ACCEPTS[:3])]
    for address, accept in asked[::every]:
        answer = stranger.ask(address.path, accept=accept)
        if answer.status_code in (200, 302, 401, 405, 503):
            continue
        told = json.loads(content(answer))["detail"]
        kinds = re.search(r"only: (.+)\.$", told)
        good = answer.status_code == 406 and address.is_api and bool(kinds)
        stranger.expect(good, f"{address.path} {accept[:30]}", told)
        promised.update((address.path, kind) for kind in (kinds[1].split(", ") if kinds else ()))
    for path, kind in sorted(promised)[::every]:
        answer = stranger.ask(path, accept=kind)
        stranger.expect(answer.status_code in (200, 401), f"{path} {kind}", "is promised")


DEEP, TOO_BIG = 100_000, b"x" * 10_000_000
BODIES = [
    b"", b"null", b"5", b'"dws"', b"[]", b"[1]", b"{}", b'{"source": null}', b'{"source": 5}',
    b'{"source": []}', b'{"source": {"a": 1}}', b'{"source": true}', b'{"source": " "}', b'{"source": "DWS"}',
    b'{"source": NaN}', b'{"source": 1e400}', b'{"source": ' + LONG.encode() + b"}",
    b'{"source": "' + b"x" * 9000 + b'"}', b'{"source": "\\ud800"}', b'{"source": "\\u0000"}',
    b'{"source": "\xff"}', b"\xff\xfe", "{}".encode("utf-16"), b'{"source": "dws"} and more',
    b'{"source": "dws", "force": "maybe"}', b'{"source": "dws", "force": []}',
    b'{"source": "dws", "force": {}}', b'{"source": "dws", "force": null}', b'{"source": "dws", "force": 5}',
    b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP,
    b'{"source": ' + b"[" * DEEP + b"]" * DEEP + b"}", b'{"source": "' + TOO_BIG + b'"}',
    b'{"source": "dws"}' + TOO_BIG.replace(b"x", b" "), b"source=" + TOO_BIG, b"source=eskom", b"source=%ff",
    b"source=%00", b"&" * 3000, b"a=1&" * 3000, b"--x\r\n\r\n",
    b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n",
]  # fmt: skip
FORM = "application/x-www-form-urlencoded"
KINDS = [
    "application/json", "application/json; charset=utf-16", "application/json; charset=rot13", "text/plain",
    "", "x", FORM, f"{FORM}; charset=rot13", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/xml",
]  # fmt: skip


@EVERY
def test_no_body_of_a_trigger_is_a_fault(stranger, monkeypatch, every):
    monkeypatch.setattr(HelpfulThrottle, "THROTTLE_RATES", {"sync": "100000/minute"})
    django_cache.clear()
    token = Token.objects.create(user=User.objects.create_superuser("steward", password="steward-password"))
    for kind, body in list(product(KINDS, BODIES))[::every]:
        answer = stranger.ask(f"{API}sync/trigger", "POST", body, kind, authorization=f"Token {token}")
        request, told = f"{kind} {body[:40]!r} ({len(body)})", content(answer)
        stranger.expect(answer.status_code in (400, 413, 415), request, answer.status_code)
        stranger.expect(answer["Content-Type"] == "application/json", request, answer["Content-Type"])
        said = list(json.loads(told).values()) if told.startswith("{") else [told]
        stranger.expect(all(said) and len(told) < 1000, request, told[:200])
    django_cache.clear()


REPORTS = [
    b"", b"form=", b"form=%ff&text=%00", b"text=" + b"x" * 3000, b"text=x&text=y&form=a&form=b", b"\xff\xfe",
    b"form=" + b"a:" * 5000, b"text=" + TOO_BIG, b"&" * 3000, b"--x\r\n\r\n", b"website=x", b"erase=%ff",
]  # fmt: skip


@EVERY
def test_no_body_of_a_report_is_a_fault(addresses, stranger, every):
    forms = [address.path for address in addresses if address.path.startswith("/report/")]
    forms += [f"/report/?about=project:{Project.objects.get().pk}"]
    kinds = (FORM, f"{FORM}; charset=utf-16", "multipart/form-data; boundary=x", "text/plain")
    for path, kind, body in list(product(forms, kinds, REPORTS))[::every]:
        answer = stranger.ask(path, "POST", body, kind)
        good = answer.status_code in (200, 302, 400, 403, 405)
        stranger.expect(good, f"{path} {kind} {body[:30]!r}", answer.status_code)


@pytest.mark.parametrize("debug", [False, True])
def test_more_parameters_than_can_be_read_are_refused_in_a_sentence(addresses, stranger, settings, debug):
    settings.DEBUG = debug
    for address in addresses:
        answer = stranger.ask(f"{address.path}?{'page_size=1&' * 1500}")
        told = "more than 1000 parameters" if address.is_api else "This request cannot be read"
        stranger.expect(answer.status_code == 400 and told in content(answer), address.path, answer)


CHARSETS = ["rot13", "base64", "idna", "undefined", "punycode", "utf-16", "utf-7", "klingon", "\u00ff"]
COOKIES = ['sessionid="\\000aaaaaaaaaa"', "sessionid=\u00ff" * 9, "a" * 9000]
TOKENS = ["Token", "Token a b", "Token \u00ff", "Basic x", "x" * 9000]
IN_HEADERS = ["authorization", "cookie", "accept", "user-agent", "referer", "origin", "x-forwarded-for", "x"]


@EVERY
def test_no_charset_no_cookie_and_no_token_is_a_fault(stranger, every):
    given = [{"kind": f"text/plain; charset={name}"} for name in CHARSETS]
    given += [{"cookie": cookie} for cookie in COOKIES] + [{"authorization": token} for token in TOKENS]
    paths = "/projects/?q=%41%ff", "/changes/feed.atom?kind=%ff", "/api/v1/projects/?q=%ff", "/admin/?a=%ff"
    for path, headers in list(product(paths, given))[::every]:
        answer = stranger.ask(path, **headers)
        stranger.expect(answer.status_code in (200, 302, 401), f"{path} {headers}", answer.status_code)


def test_a_header_with_a_nul_is_refused(stranger):
    for name in IN_HEADERS:
        for value in ("\0", "Token \0", "Token abc\0", "sessionid=\0"):
            for path in ("/projects/", "/api/v1/projects/", "/admin/", "/healthz", "/nowhere/"):
                answer = stranger.ask(path, **{name: value})
                stranger.expect(answer.status_code == 400, f"{path} {name}", answer.status_code)
            answer = stranger.ask(f"{API}sync/trigger", "POST", **{name: value})
            stranger.expect(answer.status_code == 400, f"trigger {name}", answer.status_code)


# --- as Daphne hands it on, and the socket --------------------------------------------------------


@pytest.mark.django_db(transaction=True)
async def test_bytes_that_daphne_lets_through_are_no_fault():
    async with ThreadSensitiveContext():  # one thread answers all, so that its connections can be closed
        for path in ("/projects/", "/api/v1/projects/", "/projects/\ufffd/", "/api/v1/runs/\x00/"):
            for raw in (b"q=\xff", b"q=%ff&page=%00", b"\xff=\xfe", b"changed_since=%25", b"ordering=name,"):
                assert await _status(path, raw) in (200, 400, 404), (path, raw)
        await sync_to_async(connections.close_all)()


async def _status(path: str, raw: bytes) -> int:
    scope = AsyncRequestFactory()._base_scope(path=path, query_string=raw)
    scope["headers"] = [(b"host", b"localhost"), (b"accept", b"\xff/\xff, */*"), (b"cookie", b"\xff=\xff")]
    sent: list[dict[str, Any]] = []
    asked: list[bool] = []

    async def receive() -> dict[str, Any]:
        if asked:
            await asyncio.sleep(60)  # nobody leaves
        asked.append(True)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await http(scope, receive, send)
    return sent[0]["status"]


def test_no_query_of_a_socket_is_a_fault():
    refused: set[str] = set()
    names = ["after", *(one.name for one in fields(Filters))]
    for name in [*names, "noise"]:
        for value in VALUES:
            for query in (f"{name}={value}", f"{name}={value}&{name}={value}", f"{name}={value}&after=7"):
                try:
                    assert isinstance(parse(query.encode()), Query)
                except BadQuery as problem:
                    said = str(problem)
                    refused.add(name)
                    assert said.startswith(f"{name} must be "), query
                    assert said.endswith("."), query
    assert refused == set(names)


# --- the admin ------------------------------------------------------------------------------------

IN_FORMS = ["[" * DEEP, LONG, "a\0b"]


@pytest.mark.parametrize("turn", range(6))
def test_no_text_in_a_form_of_the_admin_is_a_fault(admin_client, rf, admin_user, turn):
    """Where JSON can be typed in, too; of models whose rows can be added by hand."""
    request = rf.get("/")
    request.user = admin_user
    admin_client.raise_request_exception = False
    added_to = [model for model, of_it in admin.site._registry.items() if of_it.has_add_permission(request)]
    assert len(added_to) > 6
    for model in added_to[turn::6]:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/"
        fields = admin_client.get(address).context["adminform"].form.fields
        assert fields
        for text in IN_FORMS:
            answer = admin_client.post(address, dict.fromkeys(fields, text))
            assert answer.status_code in (200, 302), (address, text[:20])
