"""The week's changes by kind over the API: what slipped, got dearer, was finished, vanished, was flagged."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.api.answers import Answer, text
from projects.api.exports import FILES, Content, streamed
from projects.api.marks import DemoMarked
from projects.api.refusals import require_open
from projects.flags.facts import here
from projects.log.week import KINDS, WEEK, Digest, Row, Section, Week
from projects.models import Province
from projects.wording.topics import DEARER, SLIPPED, TOPICS

SHOWN = 50  # rows of each kind on the page and in the JSON; the file has all
_FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv", "xlsx", "jsonl"])
_WEEK = OpenApiParameter(
    "week", OpenApiTypes.STR, pattern=f"^{WEEK}$", description="2026-W48; without it the last that is over"
)
_PROVINCE = OpenApiParameter("province", OpenApiTypes.STR, enum=Province.values)
_UNITS = {SLIPPED: "days", DEARER: "rand"}


class DigestRow(Answer):
    project = s.IntegerField()
    external_id = s.CharField()
    name = s.CharField()
    municipality = text()
    province = text()
    before = s.JSONField(help_text="at the week's beginning, spelt as in the log")
    after = s.JSONField(help_text="at its end; of flags those that were raised")
    size = s.DecimalField(24, 2, allow_null=True, help_text="days or rand, null of other kinds")
    budget = s.DecimalField(20, 2, allow_null=True, help_text="rand, as it is published now")
    sentence = s.CharField()
    change = s.IntegerField(help_text="the last change that made it so")
    source = s.CharField()  # type: ignore[assignment]
    demo = s.BooleanField()


class DigestSection(Answer):
    count = s.IntegerField(source="*")
    total = s.DecimalField(24, 2, allow_null=True, help_text="days, rand, or the budgets of these projects")
    unit = s.CharField(source="*")
    by_flag = s.DictField(child=s.IntegerField(), help_text="how many of each flag")
    rows = DigestRow(many=True, source="*", help_text=f"the {SHOWN} biggest; the CSV has all")

    def derive(self, section: Section) -> dict[str, Any]:
        rows = section.rows[:SHOWN]
        return {
            "count": len(section.rows),
            "unit": _UNITS.get(section.kind, "rand of budgets"),
            "rows": [DigestRow().to_representation(row) for row in rows],
        }


_DIGEST = type(
    "DigestShape",
    (s.Serializer,),
    {
        "week": s.CharField(),
        "province": s.ChoiceField(Province.choices, allow_null=True),
        "since": s.DateField(help_text="Monday"),
        "until": s.DateField(help_text="Sunday"),
        "is_over": s.BooleanField(),
        **{kind: DigestSection(help_text=TOPICS[kind]) for kind in KINDS},
        "url": s.CharField(),
        "demo": s.BooleanField(),
    },
)
COLUMNS = ("kind", *DigestRow().fields)
_NUMBERS = frozenset({"project", "change", "size", "budget"})


def last_week() -> Week:
    """The last that is over."""
    return Week.around(here(timezone.now())).by(-1)


def address(week: Week, province: str = "") -> str:
    return f"/digest/{week}/{province}/" if province else f"/digest/{week}/"


class DigestView(DemoMarked, APIView):
    """What the sources changed in an ISO week, one row a project and kind, the biggest first."""

    action = "get"
    exports: ClassVar = {"get": FILES}

    @extend_schema(
        summary="Show what the sources changed in a week",
        parameters=[_WEEK, _PROVINCE, _FORMAT],
        responses=_DIGEST,
        operation_id="digest",
    )
    def get(self, request: Request) -> HttpResponseBase:
        digest = _asked(request)
        format = request.accepted_renderer.format
        if format != "json":
            for source in sorted(digest.sources()):
                require_open(source)
            rows = [_record(row) for section in digest.sections for row in section.rows]
            name = "-".join(filter(None, ("digest", str(digest.week), digest.province)))
            return streamed(request._request, Content(name, COLUMNS, _NUMBERS, iter([rows])), format)
        return Response(_answer(digest))


def _asked(request: Request) -> Digest:
    """Raises ValidationError (400) for what is no week or no province."""
    asked, province = (request.query_params.get(name, "").strip() for name in ("week", "province"))
    week = Week.of(asked) if asked else last_week()
    if week is None:
        raise ValidationError({"week": [f"“{asked[:40]}” is no week such as 2026-W48."]})
    if province and province.upper() not in Province.values:
        known = ", ".join(Province.values)
        raise ValidationError({"province": [f"“{province[:40]}” is not known here; known are: {known}."]})
    return Digest(week, province.upper())


def _record(row: Row) -> dict[str, Any]:
    said = DigestRow().to_representation(row)
    return {"kind": row.kind} | said


def _answer(digest: Digest) -> dict[str, Any]:
    week = digest.week
    return {
        "week": str(week),
        "province": digest.province or None,
        "since": week.monday.isoformat(),
        "until": week.sunday.isoformat(),
        "is_over": week.sunday < here(timezone.now()),
        **{section.kind: DigestSection().to_representation(section) for section in digest.sections},
        "url": address(week, digest.province),
        "demo": any(row.demo for section in digest.sections for row in section.rows),
    }
