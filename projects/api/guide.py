"""The OpenAPI document as a page for people: what can be asked for, with a form and an example of each.

Written by a template from the document itself, so that it says what the document says, and weighs what a page
weighs; the forms are plain ones, which need no script.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.marks import DemoMarked
from projects.declared import declared
from projects.models import DataChangeLog, Discrepancy, Project, SyncRun

Schema = dict[str, Any]
Row = dict[str, Any]

_MOST_CHOICES = 30  # of a select; what has more is typed
_NAMES = {"oc4ids": "OC4IDS"}
_TYPES = {"integer": "number", "number": "number"}


class Docs(DemoMarked, APIView):
    """The document for people to try."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (TemplateHTMLRenderer,)
    template_name = "projects/api_docs.html"

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        schema = SchemaGenerator().get_schema(request=None, public=True)
        return Response({"groups": groups(schema, _one_of_each()), "info": schema["info"]})


def _one_of_each() -> dict[str, Any]:
    """{basename of a path: the id of one that there is}; what there is none of is left out."""
    newest = {
        "projects": (project := Project.objects.order_by("pk").values_list("pk", flat=True).first()),
        "oc4ids": project,
        "changes": DataChangeLog.objects.newest() or None,
        "runs": SyncRun.objects.order_by("-pk").values_list("pk", flat=True).first(),
        "discrepancies": Discrepancy.objects.order_by("pk").values_list("pk", flat=True).first(),
        "municipalities": "LIM331",
        "sources": next((source.name for source in declared()), None),
    }
    return {name: pk for name, pk in newest.items() if pk is not None}


def groups(schema: Schema, known: dict[str, Any]) -> list[Row]:
    """Rows `tag operations`, as the document orders them."""
    found: dict[str, list[Row]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            row = _operation(path, method.upper(), operation, schema, known)
            found.setdefault(operation["tags"][0], []).append(row)
    return [
        {"tag": tag, "name": _NAMES.get(tag) or tag.capitalize(), "operations": rows}
        for tag, rows in found.items()
    ]


def _operation(path: str, method: str, operation: Schema, schema: Schema, known: dict[str, Any]) -> Row:
    parameters = operation.get("parameters", [])
    named = [one["name"] for one in parameters if one["in"] == "path"]
    address = _address(path, named, known)
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": operation.get("summary") or operation["operationId"],
        "description": operation.get("description", ""),
        "address": address,
        "parameters": [_parameter(one) for one in parameters if one["in"] == "query"],
        "is_form": method == "GET" and address is not None,
        "body": _body(operation, schema),
        "example": _example(operation, schema),
    }


def _address(path: str, named: list[str], known: dict[str, Any]) -> str | None:
    """The path with something that there is in it."""
    if not named:
        return path
    kind = path.removeprefix("/api/v1/").partition("/")[0]
    if kind not in known or len(named) > 1:
        return None
    return path.replace(f"{{{named[0]}}}", quote(str(known[kind])))


def _parameter(one: Schema) -> Row:
    """`name` and what a form asks for it by: `choices`, or a `type` of input and an example."""
    kind = one["schema"]
    listed = kind.get("items", kind)
    choices = [value for value in listed.get("enum", []) if value not in ("", None)]
    told, *meanings = one.get("description", "").split("\n* ")
    if told.startswith("* "):
        told, meanings = "", [told.removeprefix("* "), *meanings]
    said = dict(_meaning(meaning) for meaning in meanings)
    example = one.get("example", "")
    return {
        "name": one["name"],
        "told": told,
        "choices": [(value, said.get(str(value), value)) for value in choices]
        if len(choices) <= _MOST_CHOICES
        else [],
        "type": _TYPES.get(kind.get("type", ""), "text"),
        "example": ",".join(map(str, example)) if isinstance(example, list) else example,
    }


def _meaning(line: str) -> tuple[str, str]:
    """Of "`EC` Eastern Cape": EC, and what it means."""
    code, _, words = line.strip().removeprefix("`").partition("`")
    return code, words.strip() or code


def _body(operation: Schema, schema: Schema) -> str:
    """An example of what is sent, as JSON; blank where nothing is."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return ""
    properties = _resolved(content["schema"], schema).get("properties", {})
    return json.dumps({name: _sample(one, schema) for name, one in properties.items()})


def _sample(one: Schema, schema: Schema) -> Any:
    found = _resolved(one, schema)
    return found.get("default", next(iter(found.get("enum", [])), found.get("type") != "boolean" and ""))


def _example(operation: Schema, schema: Schema) -> str:
    """One object of the answer, as the document has it; blank where it has none."""
    for answer in operation["responses"].values():
        content = answer.get("content", {}).get("application/json", {})
        for found in _within(content.get("schema", {}), schema):
            if "example" in found:
                return json.dumps(found["example"], indent=2, ensure_ascii=False)
    return ""


def _within(one: Schema, schema: Schema) -> Iterator[Schema]:
    """A schema, and that of what it lists."""
    found = _resolved(one, schema)
    yield found
    listed = found.get("properties", {}).get("results") or found
    if "items" in listed:
        yield from _within(listed["items"], schema)


def _resolved(one: Schema, schema: Schema) -> Schema:
    for part in one.get("allOf", []):
        one = {**part, **{name: value for name, value in one.items() if name != "allOf"}}
    while "$ref" in one:
        one = schema["components"]["schemas"][one["$ref"].rpartition("/")[2]]
    return one


__all__ = ["Docs"]
