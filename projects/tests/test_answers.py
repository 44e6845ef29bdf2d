"""What an object of the API declares is what it answers: read by `source`, written by type, in order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework import serializers as s

from projects.api.answers import Answer, rand, text
from projects.models import RunState


class Part(Answer):
    length = s.DecimalField(5, 1, source="metres", allow_null=True)


class Pipe(Answer):
    number = s.IntegerField(source="pk")
    doubled = s.IntegerField(source="*")
    name = text()
    cost = rand()
    at = s.DateTimeField(allow_null=True)
    day = s.DateField(allow_null=True)
    state = s.ChoiceField(RunState.choices)
    demo = s.BooleanField(source="place.demo")
    part = Part(allow_null=True)
    itself = Part(source="*")
    parts = Part(many=True)
    named = s.DictField(child=s.DictField(child=Part()))
    published = s.DictField(child=s.DecimalField(5, 1))

    def derive(self, row: Any) -> dict[str, Any]:
        return {"doubled": row.pk * 2}


def a_pipe(**given: Any) -> SimpleNamespace:
    known = dict.fromkeys(("name", "cost", "at", "day", "part", "metres", "published"))
    place = SimpleNamespace(demo=None)
    return SimpleNamespace(
        **known | {"pk": 7, "state": RunState.QUEUED, "place": place, "parts": [], "named": {}} | given
    )


def test_values_are_written_by_the_type_of_their_field_in_the_order_of_the_declaration():
    part = SimpleNamespace(metres=Decimal("2.5"))
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    parts = {"part": part, "parts": [part], "named": {"a": {"b": part}, "c": {}}}
    pipe = a_pipe(name="A", cost=Decimal(3), at=moment, day=date(2026, 5, 1), published={"d": "2"}, **parts)
    answer = Pipe().to_representation(pipe)
    assert list(answer) == list(Pipe().fields)
    assert answer == {
        "number": 7,
        "doubled": 14,
        "name": "A",
        "cost": "3.00",
        "at": "2026-05-01T12:00:00.000000Z",
        "day": "2026-05-01",
        "state": "queued",
        "demo": False,
        "part": {"length": "2.5"},
        "itself": {"length": None},
        "parts": [{"length": "2.5"}],
        "named": {"a": {"b": {"length": "2.5"}}, "c": {}},
        "published": {"d": "2"},
    }
    assert type(answer["state"]) is str


def test_what_is_unknown_is_null_and_so_is_a_blank_text():
    answer = Pipe().to_representation(a_pipe(name=""))
    assert {answer[name] for name in ("name", "cost", "at", "day", "part")} == {None}


def test_a_declared_field_that_nothing_gives_is_an_error_and_no_null(monkeypatch):
    monkeypatch.setattr(Pipe, "derive", lambda self, row: {})
    with pytest.raises(KeyError, match="doubled"):
        Pipe().to_representation(a_pipe())
