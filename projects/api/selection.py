"""`?fields=id,name`: of each object only what somebody asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from projects.filters import listed

PARAMETER = "fields"
_MARK = "demo"
_SHOWN = 40  # characters of what was asked for


class Selected:
    """A view whose objects can be asked for in part.

    `shapes`: {action: what its objects are}, where they are not what `serializer_class` says.
    """

    in_part: ClassVar[bool] = True  # false: its objects are only given whole
    shapes: ClassVar[Mapping[str, type[s.BaseSerializer[Any]]]] = {}
    asked: frozenset[str] = frozenset()

    def get_serializer_class(self) -> Any:
        action = getattr(self, "action", None) or ""
        return self.shapes.get(action) or super().get_serializer_class()  # type: ignore[misc]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError (400) for a name that the objects do not have."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        names = listed(request.query_params.getlist(PARAMETER))
        is_read = request.method in ("GET", "HEAD") and hasattr(self, "serializer_class")
        if names and is_read and self.in_part:
            is_file = request.accepted_renderer.format != "json"
            self.asked = _known(names, field_names(self.get_serializer_class()), is_file)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.asked and isinstance(response, Response) and response.status_code == 200:
            response.data = self._narrowed(response.data)
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]

    def _narrowed(self, data: Any) -> Any:
        """Of a page, of a list that has no pages, or of one object."""
        if isinstance(data, list):
            return [self._part(row) for row in data]
        return self._page(data) if "results" in data else self._part(data)

    def _page(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {**data, "results": [self._part(row) for row in data["results"]]}

    def _part(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What comes from the replica keeps its mark, whatever is asked for."""
        return {name: value for name, value in row.items() if name in self.asked or (name == _MARK and value)}


@cache
def field_names(shape: type[s.BaseSerializer[Any]]) -> tuple[str, ...]:
    """Those of an object, in their order."""
    return tuple(shape().fields)  # type: ignore[attr-defined]


def _known(names: Sequence[str], fields: Sequence[str], is_file: bool) -> frozenset[str]:
    if is_file:
        raise ValidationError({PARAMETER: ["A file has all its columns; this is for JSON."]})
    if unknown := [name for name in names if name not in fields]:
        problem = f"“{unknown[0][:_SHOWN]}” is no field here; known are: {', '.join(fields)}."
        raise ValidationError({PARAMETER: [problem]})
    return frozenset(names)


__all__ = ["PARAMETER", "Selected", "field_names"]
