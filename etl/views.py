"""`POST /api/v1/sync/trigger`: have the worker poll a source now."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.utils import html
from rest_framework.views import APIView

from etl.scheduler import ALL, DataScheduler
from etl.sources import UnknownSource, sources
from projects.api.marks import DemoMarked
from projects.models import RunState, SyncRun
from projects.stewards.roles import may_ask


class HelpfulThrottle(ScopedRateThrottle):
    """A throttle is only a help: with its store down, requests go through."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            return True


class MayAsk(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_ask(request.user)


class SourceField(serializers.ChoiceField):
    """One of the sources that are watched by now, or all."""

    def __init__(self) -> None:
        super().__init__(
            choices=[*(source.name for source in sources()), ALL], help_text="the name of a source, or all"
        )

    def to_internal_value(self, data: Any) -> str:
        name: str = serializers.CharField().run_validation(data)
        if name not in self.choices:
            raise serializers.ValidationError(str(UnknownSource(name)))
        return name


class StrictBooleanField(serializers.BooleanField):
    """JSON's true and false, or these words of a form; nothing that only sounds like them."""

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)
        return (
            _WORDS.get(value, value) if html.is_html_input(dictionary) and isinstance(value, str) else value
        )

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError("This has to be true or false.")
        return data


_WORDS = {"true": True, "false": False}


class TriggerRequest(serializers.Serializer):
    force = StrictBooleanField(default=False, help_text="compare every record, unchanged or not")

    def get_fields(self) -> dict[str, Any]:
        return {"source": SourceField()} | super().get_fields()


class SyncTriggerView(DemoMarked, APIView):
    """Queue a poll. A run that is queued or going on already is answered instead of a second one."""

    permission_classes = (MayAsk,)
    throttle_classes = (HelpfulThrottle,)
    throttle_scope = "sync"

    @extend_schema(
        summary="Have a source read now",
        request=TriggerRequest,
        responses={
            202: inline_serializer(
                "TriggeredRuns",
                {
                    "runs": inline_serializer(
                        "TriggeredRun",
                        {
                            "id": serializers.IntegerField(),
                            "source": serializers.CharField(),
                            "state": serializers.ChoiceField(RunState.choices),
                            "url": serializers.URLField(),
                        },
                        many=True,
                    )
                },
            )
        },
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = TriggerRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        runs = DataScheduler().request(
            asked.validated_data["source"],
            SyncRun.Trigger.API,
            force=asked.validated_data["force"],
            requested_by=request.user.get_username(),
        )
        return Response({"runs": [_brief(request, run) for run in runs]}, status=202)


def _brief(request: Request, run: SyncRun) -> dict[str, Any]:
    url = request.build_absolute_uri(f"/api/v1/runs/{run.pk}/")
    return {"id": run.pk, "source": run.source_id, "state": run.state, "url": url}
