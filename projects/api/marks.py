"""What every answer of the API has: the mark of demo data, a format that it can be made in, and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import MethodNotAllowed, NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from projects.api.exports import require_known_mark
from projects.api.selection import PARAMETER, Selected
from projects.api.tags import Tagged
from projects.filters import ChoicesField, ListField
from projects.log.paging import LogPage, LogPaginator
from projects.models import Source

_DIGITS_OF_A_PAGE = 18


class DemoMarked(Tagged, Selected):
    """`X-Demo-Data: 1` on every answer while the data come from the replica.

    A format is offered by the action that can make it and by no other: `exports` are those of each action
    beside JSON. What is not the data (an error, what OPTIONS tells) is JSON, whatever was asked for.
    """

    exports: ClassVar[Mapping[str, tuple[type[BaseRenderer], ...]]] = {}
    is_licensed: ClassVar[bool] = False  # its JSON, too, is refused of data that may not be handed on

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *(renderer() for renderer in self._files())]  # type: ignore[misc]

    def _files(self) -> tuple[type[BaseRenderer], ...]:
        return self.exports.get(getattr(self, "action", None) or "", ())

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What cannot be done here at all is said first, to whoever asks (405)."""
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):  # type: ignore[attr-defined]
            raise MethodNotAllowed(method.upper())
        super().initial(request, *args, **kwargs)
        self._refuse_two_values(request)
        if any(kind.format == "csv" for kind in self._files()):
            require_known_mark(request._request)
        paginator = getattr(self, "paginator", None)
        if isinstance(paginator, Pages) and request.accepted_renderer.format != "json":
            paginator.refuse_unreadable(
                request
            )  # a file has no pages; what cannot be read is said all the same

    def _refuse_two_values(self, request: Request) -> None:
        """Raises ValidationError (400) where one value is asked for, and then another one."""
        filters = getattr(getattr(self, "filterset_class", None), "base_filters", {})
        lists = {name for name, one in filters.items() if isinstance(one.field, ListField | ChoicesField)}
        for name, values in request.query_params.lists():
            if len(set(values)) > 1 and name not in {*lists, PARAMETER}:
                raise ValidationError({name: [f"It is given {len(values)} times, and not with one value."]})

    def filter_queryset(self, queryset: Any) -> Any:
        """A single is what its address names, whatever filters of the list a query has."""
        return queryset if self.detail else super().filter_queryset(queryset)  # type: ignore[misc, attr-defined]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if request.method == "OPTIONS":
            in_json(request)
        response = super().finalize_response(request, response, *args, **kwargs)
        if Source.objects.filter(demo=True).exists() if self.is_demo is None else self.is_demo:
            response["X-Demo-Data"] = "1"
        return response

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        in_json(self.request)  # type: ignore[attr-defined]
        return response


def in_json(request: Request) -> None:
    """The answer is no data, or no file of them."""
    request.accepted_renderer = JSONRenderer()
    request.accepted_media_type = JSONRenderer.media_type


class Pages(PageNumberPagination):
    """Lists come as {"count", "next", "previous", "results"}."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    invalid_page_message = "{message}. Pages count from 1; “last” is the last one."

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 1}
        page = {"anyOf": [number, {"type": "string", "enum": ["last"]}]}
        size = (
            f"rows on a page, {self.page_size} unless it is said; more than {self.max_page_size} is the most"
        )
        return [
            _query("page", page, "from 1; “last” is the last one; 404 beyond it"),
            _query(self.page_size_query_param, number, size),
        ]

    def refuse_unreadable(self, request: Request) -> None:
        """Raises ValidationError (400) or NotFound (404) for what is no page at all."""
        self.get_page_size(request)
        text = request.query_params.get(self.page_query_param, "").strip()
        if text and text not in self.last_page_strings and not (text.isascii() and text.strip("0").isdigit()):
            raise NotFound(self.invalid_page_message.format(message=f"“{text[:40]}” is no page"))

    def get_page_size(self, request: Request) -> int:
        """More than the most is the most. Raises ValidationError (400) for what is no number of rows."""
        text = request.query_params.get(self.page_size_query_param, "").strip()
        if not text:
            return self.page_size
        digits = text.lstrip("0")
        if not (text.isascii() and text.isdigit() and digits):
            problem = f"“{text[:40]}” is no number of rows; it can be 1 to {self.max_page_size}."
            raise ValidationError({self.page_size_query_param: [problem]})
        # no longer ones: Python refuses to read a number of thousands of digits
        return min(int(digits[:9]), self.max_page_size)


class LogPages(Pages):
    """Pages of the log. The link to the next one says behind which id it begins, so that whoever follows the
    links reads each row once, however many there are. Where `count` is not of all, `count_capped` says so.
    """

    django_paginator_class = LogPaginator
    page: LogPage

    @property
    def _pages(self) -> LogPaginator:
        return self.page.paginator

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        text, number = (request.query_params.get(name, "").strip() for name in ("past", "page"))
        paginator = LogPaginator(queryset, self.get_page_size(request))
        if text and not (text.isascii() and text.isdigit() and len(text) < 19):
            raise ValidationError({"past": [f"“{text[:40]}” is no change’s id."]})
        if not text or not paginator.key or number in self.last_page_strings:
            return super().paginate_queryset(queryset, request, view)
        self.request = request
        self.refuse_unreadable(request)
        if len(number) > _DIGITS_OF_A_PAGE:
            raise NotFound(self.invalid_page_message.format(message=f"“{number[:40]}” is no page"))
        self.page = paginator.page_past(int(number or 1), int(text))
        return list(self.page)

    def get_page_number(self, request: Request, paginator: Any) -> Any:
        if request.query_params.get(self.page_query_param) in self.last_page_strings:
            paginator.count_all()
        return super().get_page_number(request, paginator)

    def get_next_link(self) -> str | None:
        link = super().get_next_link()
        if link is None or not self._pages.key:
            return link
        return replace_query_param(link, "past", self._pages.key_of(self.page.object_list[-1]))

    def get_previous_link(self) -> str | None:
        link = super().get_previous_link()
        return link and remove_query_param(link, "past")

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        if not self._pages.is_exact:
            response.data["count_capped"] = True
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        answer = super().get_paginated_response_schema(schema)
        about = "true where there are more than `count`: follow `next`"
        answer["properties"]["count_capped"] = {"type": "boolean", "description": about}
        return answer

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        about = "an id: what comes behind it in the list; part of the link to the next page"
        past = _query("past", {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}, about)
        return [*super().get_schema_operation_parameters(view), past]


def _query(name: str, schema: dict[str, Any], told: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": told, "schema": schema}
