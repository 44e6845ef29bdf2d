"""`POST /api/v1/sync/trigger`: have the worker poll a source now."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from etl.scheduler import DataScheduler
from etl.sources import UnknownSource
from projects.models import SyncRun


class HelpfulThrottle(ScopedRateThrottle):
    """A throttle is only a help: with its store down, requests go through."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            return True


class TriggerRequest(serializers.Serializer):
    source = serializers.CharField(help_text="the name of a source, or all")  # type: ignore[assignment]
    force = serializers.BooleanField(default=False, help_text="compare every record, unchanged or not")


class SyncTriggerView(APIView):
    """Queue a poll. A run that is queued or going on already is answered instead of a second one."""

    permission_classes = (IsAdminUser,)
    throttle_classes = (HelpfulThrottle,)
    throttle_scope = "sync"

    @extend_schema(
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
                            "state": serializers.CharField(),
                            "url": serializers.CharField(),
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
        try:
            runs = DataScheduler().request(
                asked.validated_data["source"],
                SyncRun.Trigger.API,
                force=asked.validated_data["force"],
                requested_by=request.user.get_username(),
            )
        except UnknownSource as unknown:
            raise serializers.ValidationError({"source": [str(unknown)]}) from unknown
        return Response({"runs": [_brief(request, run) for run in runs]}, status=202)


def _brief(request: Request, run: SyncRun) -> dict[str, Any]:
    url = request.build_absolute_uri(f"/api/v1/runs/{run.pk}/")
    return {"id": run.pk, "source": run.source_id, "state": run.state, "url": url}
