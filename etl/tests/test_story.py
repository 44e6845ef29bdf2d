"""One poll, traced: which rooms it enters, in which order, and that no step calls back into the story."""

from __future__ import annotations

import gc
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import CO_GENERATOR
from pathlib import Path
from types import FrameType

import pytest

from etl.scheduler import DataScheduler
from projects.models import RunState

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ETL = str(ROOT / "etl") + "/"
RoomOf = Callable[[FrameType | None], str]


def floors() -> dict[str, int]:
    """Room → its floor, from the contract that import-linter holds: 0 is the lowest."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == ["etl"])
    rooms = [[name.strip() for name in layer.replace("|", ":").split(":")] for layer in reversed(layers)]
    found = {name: number for number, names in enumerate(rooms) for name in names}
    return {name: min(number, found["monitor"]) for name, number in found.items()}  # the story is one floor


@dataclass
class Trace:
    """`steps`: what the story called, in order, and the rooms that each entered; `upward`: calls from a room
    into a higher one."""

    steps: dict[str, list[str]] = field(default_factory=dict)
    upward: set[str] = field(default_factory=set)

    def called(
        self, frame: FrameType, room_of: Callable[[FrameType | None], str], floor: dict[str, int]
    ) -> None:
        room, name = room_of(frame), frame.f_code.co_name
        if not room:
            return
        caller = frame.f_back
        while caller is not None and not room_of(caller):  # through Django, lxml, a generator of somebody's
            caller = caller.f_back
        if caller is None:
            return
        if caller.f_code.co_name == "poll_with_change_detection" and caller is frame.f_back:
            self.steps[name] = []
        elif self.steps and room not in (entered := self.steps[next(reversed(self.steps))]):
            entered.append(room)
        is_value = frame.f_code.co_flags & CO_GENERATOR  # handed on lazily; going on with it is no call
        if floor[room] > floor[room_of(caller)] and not is_value:
            self.upward.add(f"{room_of(caller)}: {caller.f_code.co_name} → {room}: {name}")


@contextmanager
def traced() -> Iterator[Trace]:
    trace, floor = Trace(), floors()
    known: dict[str, str] = {}

    def room_of(frame: FrameType | None) -> str:
        path = frame.f_code.co_filename if frame else ""
        if path not in known:
            room = path.removeprefix(ETL).split("/")[0].removesuffix(".py") if path.startswith(ETL) else ""
            known[path] = room if room in floor else ""
        return known[path]

    def profile(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call":
            trace.called(frame, room_of, floor)

    gc.collect()  # a crawl that an earlier test left would be closed inside the trace
    sys.setprofile(profile)
    try:
        yield trace
    finally:
        sys.setprofile(None)


STEPS = ["what_is_known", "read", "check", "compare", "hold", "load"]


def test_a_poll_goes_through_the_rooms_from_one_step_to_the_next(replica, here):
    here.DWS_URL = replica.url
    DataScheduler().run_now("dws", "command")
    replica.site.mutate(2)
    with traced() as trace:
        run = DataScheduler().run_now("dws", "command")
    assert run.state == RunState.SUCCEEDED
    assert list(trace.steps) == STEPS
    reading = [room for room in trace.steps["read"] if room in ("crawl", "fetch", "extract", "load")]
    assert reading == ["crawl", "fetch", "extract"]
    for step in ("check", "compare", "hold"):
        assert not {"dws", "fetch", "extract", "load"} & set(trace.steps[step]), step
    assert "normalise" in trace.steps["compare"]
    assert not {"extract", "dws"} & set(trace.steps["load"])
    assert trace.upward == set()


def test_so_does_a_first_one_which_loads_as_it_reads(replica, here, monkeypatch):
    monkeypatch.setattr("etl.first_reading.FILL_AFTER", 0.0)
    here.DWS_URL = replica.url
    with traced() as trace:
        DataScheduler().run_now("dws", "command")
    assert list(trace.steps) == STEPS
    assert {"first_reading", "load"} <= set(trace.steps["read"])
    assert trace.upward == set()


@pytest.mark.soak
def test_so_does_one_of_municipal_money(poll):
    with traced() as trace:
        poll()
    assert list(trace.steps) == STEPS
    # what is particular to the service: which of its errors pass, what is noise in its answers, its rows
    assert {call.partition(" → ")[2] for call in trace.upward} <= {
        "money: passing", "money: clean", "money: entries", "money: quiet", "money: summaries",
        "money: tally", "money: uses", "money: seen", "money: municipality_lines", "money: __bool__",
    }  # fmt: skip


@pytest.mark.soak
def test_a_release_is_the_same_story_over_the_archive(replica, here):
    here.DWS_URL, here.HOLD_LEAST_RECORDS = replica.url, 1
    DataScheduler().run_now("dws", "command")
    for number, external_id in enumerate(sorted(replica.site.facts())):
        replica.site.set_value(external_id, "budget", 100_000 + number)
    held = DataScheduler().run_now("dws", "command")
    assert held.state == RunState.QUARANTINED
    with traced() as trace:
        DataScheduler().release(held.pk, "steward", "confirmed")
    assert list(trace.steps) == STEPS
    assert "dws" not in trace.steps["read"]  # the archive is asked, the site is not
    assert trace.upward == set()
