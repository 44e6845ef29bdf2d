"""What the OpenAPI document says of each operation beside its parameters and its answer: a summary, examples,
who may ask, every way in which it says no, and the headers that come with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import SAFE_METHODS, IsAuthenticatedOrReadOnly

from projects.api.exports import BOM
from projects.api.objects import TABLE
from projects.api.parameters import EXAMPLES
from projects.api.selection import PARAMETER, Selected, field_names
from projects.languages import LANGUAGES

Schema = dict[str, Any]

JSON = "application/json"
# {what the document calls it: an object, as its schema has it}; of nobody's project.
EXAMPLES_FILE = Path(__file__).with_name("examples.json")
_SENTENCE: Schema = {"type": "string", "minLength": 1}
_DETAIL: Schema = {"type": "object", "properties": {"detail": _SENTENCE}, "required": ["detail"]}
_BY_NAME: Schema = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": _SENTENCE, "minItems": 1},
}
_HEADERS: dict[str, Schema] = {
    "X-Demo-Data": {
        "description": "The data come from the replica, and are not real.",
        "schema": {"type": "string", "enum": ["1"]},
    },
    "ETag": {"description": "To be sent back as `If-None-Match`.", "schema": {"type": "string"}},
    "Retry-After": {"description": "seconds", "schema": {"type": "integer", "minimum": 0}, "required": True},
}
# {status: (what the document calls it, when it comes)}
_REFUSALS = {
    "304": ("NotModified", "`If-None-Match` names the ETag of the answer: it has not changed."),
    "400": (
        "Unreadable",
        "It cannot be read: a sentence for each parameter, or for the whole.",
    ),
    "401": ("Unknown", "The token that was sent is none, or one is needed."),
    "403": ("Forbidden", "No right to it, or no licence is known that allows to hand it on as a list."),
    "404": ("Nothing", "There is no such thing, page or format."),
    "406": ("NotMade", "No type that the Accept header names can be made here."),
    "413": ("TooBig", "The body is larger than anything that can be asked for here."),
    "415": ("NotRead", "The body is of a type that is not read here."),
    "429": ("TooOften", "`Retry-After` says when to ask again."),
    "503": ("NotNow", "The database is away, or very many are asking. `Retry-After` says when to ask again."),
}
_FILES: dict[str, Schema] = {
    "text/csv": {"type": "string"},
    "application/jsonl": {"type": "string"},
    "application/geo+json": {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["type", "features"],
    },
}


class Document(AutoSchema):
    """The schema class of all views; one that is added later is documented likewise."""

    def get_summary(self) -> str | None:
        """A list and a single of it by what they are called; what is neither says it itself."""
        given = super().get_summary()
        action = getattr(self.view, "action", None)
        if given or action not in ("list", "retrieve"):
            return given
        many = self._tokenize_path()[0]
        one = str(getattr(self.view, "basename", "") or many)
        return f"List {many}" if action == "list" else f"Show one {one}"

    def get_auth(self) -> list[Schema]:
        """Nothing where reading is public: a padlock would keep people out."""
        return [] if self._is_public() else super().get_auth()

    def _is_public(self) -> bool:
        kinds = self.view.get_permissions()
        public = all(isinstance(kind, IsAuthenticatedOrReadOnly) for kind in kinds)
        return not kinds or (public and self.method in SAFE_METHODS)

    def _get_parameters(self) -> list[Schema]:
        parameters = super()._get_parameters()
        offered = [*self._of_formats(), *self._of_fields(), *self._of_languages()]
        names = {one["name"] for one in offered}
        found = [*(one for one in parameters if one["name"] not in names), *offered]
        for one in found:
            if one["in"] == "query":
                one["allowEmptyValue"] = True  # as of a form left blank: it asks for nothing
            if one["name"] in EXAMPLES and one["in"] == "query":
                one.setdefault("example", EXAMPLES[one["name"]])
        return sorted(found, key=lambda one: one["name"])

    def _of_formats(self) -> Iterator[Schema]:
        formats = self.map_renderers("format")
        if len(formats) > 1:
            schema = {"type": "string", "enum": formats}
            yield _asked("format", schema, "JSON, unless it is said; “jsonl” is one object a line")
        if "csv" in formats and getattr(self.view, "action", None) == "retrieve":
            told = "of a file: one table of the object alone, such as a list in it by its name"
            yield _asked(TABLE, {"type": "string"}, told)
        if "csv" in formats:
            yield _asked(
                BOM,
                {"type": "string", "enum": ["0", "1"]},
                "1: a CSV with a byte order mark, as Excel likes it",
            )

    def _of_languages(self) -> Iterator[Schema]:
        if self.method == "GET":
            told = "the language of sentences and other words for people; codes, names and numbers stay"
            yield _asked("lang", {"type": "string", "enum": list(LANGUAGES)}, told)

    def _of_fields(self) -> Iterator[Schema]:
        view: Any = self.view
        if (
            self.method == "GET"
            and isinstance(view, Selected)
            and view.in_part
            and hasattr(view, "serializer_class")
        ):
            names = list(field_names(view.get_serializer_class()))
            yield {
                "in": "query",
                "name": PARAMETER,
                "schema": {"type": "array", "items": {"type": "string", "enum": [*names, ""]}},
                "style": "form",
                "explode": False,
                "description": "of each object only these; of JSON alone",
                "example": [name for name in ("id", "code", "name") if name in names][:2] or names[:2],
            }

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        answers: Schema = super()._get_response_bodies(direction)
        for answer in answers.values():
            answer["description"] = answer.get("description") or "As asked for."
            answer["headers"] = _headers("X-Demo-Data", *(["ETag"] if self.method == "GET" else []))
            for kind, content in answer.get("content", {}).items():
                if kind != JSON:
                    content["schema"] = _FILES.get(kind, {"type": "string", "format": "binary"})
        return answers | {status: _ref("responses", _REFUSALS[status][0]) for status in self._refusals()}

    def _refusals(self) -> list[str]:
        """The statuses with which it can say no."""
        found = {"400", "401", "404", "406", "503"}
        if self.method == "GET":
            found.add("304")
        view = self.view
        may_be_closed = getattr(view, "exports", None) or getattr(view, "is_licensed", False)
        if may_be_closed or not self._is_public():
            found.add("403")
        if self.method not in SAFE_METHODS:
            found |= {"413", "415"}
        if self.view.get_throttles():
            found.add("429")
        return sorted(found)


def _asked(name: str, schema: Schema, told: str) -> Schema:
    return {"in": "query", "name": name, "schema": schema, "description": told}


def _ref(part: str, name: str) -> Schema:
    return {"$ref": f"#/components/{part}/{name}"}


def _headers(*names: str) -> Schema:
    return {name: _ref("headers", name) for name in names}


def _refused(status: str, told: str) -> Schema:
    more = {"304": ["ETag"], "429": ["Retry-After"], "503": ["Retry-After"]}.get(status, [])
    answer = {"description": told, "headers": _headers("X-Demo-Data", *more)}
    if status == "304":
        return answer
    problem = _ref("schemas", "Problem")
    schema = {"anyOf": [problem, _ref("schemas", "Problems")]} if status == "400" else problem
    return answer | {"content": {JSON: {"schema": schema}}}


def completed(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """The last hook: what can be asked for in part has no property that is always there, and examples stand
    with what they are of."""
    components = result["components"]
    schemas = components["schemas"]
    schemas |= {"Problem": _DETAIL, "Problems": _BY_NAME}
    components["headers"] = _HEADERS
    components["responses"] = {name: _refused(status, told) for status, (name, told) in _REFUSALS.items()}
    for operation in (one for path in result["paths"].values() for one in path.values()):
        if any(one["name"] == PARAMETER for one in operation.get("parameters", ())):
            told = operation["responses"]["200"]["content"][JSON]["schema"]
            _object_of(told, schemas).pop("required", None)
    for name, example in json.loads(EXAMPLES_FILE.read_text()).items():
        if name in schemas:
            schemas[name]["example"] = example
    return result


def _object_of(schema: Schema, schemas: Schema) -> Schema:
    """What a list lists, or the single itself."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    listed = schema.get("properties", {}).get("results", schema)
    return _object_of(listed["items"], schemas) if "items" in listed else schema


__all__ = ["EXAMPLES_FILE", "Document", "completed"]
