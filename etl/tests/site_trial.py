"""Whole sites that nobody had in view: a world, a server that renders it in its own way, and a judge.

A `System` has a truth a poll (`worlds`) and answers whatever it is asked. `trial` polls it once a world and
counts what the record says beside the truth: `right`, `said` (not read, and the run says so), `silent` (not read,
and nothing says so), `wrong`, `invented`, `false` (news of what did not happen).
"""

# Names in long lists
# ruff: noqa: E501

from __future__ import annotations

import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.management import call_command

from etl.exceptions import EtlError
from projects.models import DataChangeLog, Project, SyncRun

Answer = str | bytes | tuple[int, dict[str, str], str | bytes]
ENTRY = "/pmd/level.aspx"
STAGES = ("Design", "Tender", "Construction", "Completed")
KINDS = ("Bulk Water Supply", "Reservoir", "Waste Water Treatment Works", "Sewer Outfall", "Borehole Development",
         "Pump Station", "Rising Main", "Water Reticulation", "Desalination Plant", "Dam Safety Rehabilitation")  # fmt: skip
PLACES_OF = ("Mokolo", "Vaalbank", "Tsolo", "Kranskop", "Boskuil", "Ezinqoleni", "Gamtoos", "Harrismith", "Ikageng",
             "Jagersdrift", "Lusikisiki", "Nondweni", "Olifants", "Pongola", "Qumbu", "Riemvasmaak", "Sterkspruit",
             "Umtata", "Wakkerstroom", "Xonxa", "Yzerfontein", "Zaaihoek", "Dullstroom", "Floriskraal")  # fmt: skip
FIRMS = ("Khato Civils", "Zutari", "Esor Construction", "Raubex", "Trencon", "Sedtrade", "WBHO")


@dataclass(frozen=True)
class P:
    """A project as it is in truth. `place`: a municipality's code; money in rand."""

    number: str
    name: str
    place: str
    status: str
    budget: int
    spent: int
    end: date
    firm: str


World = tuple[P, ...]


def world(n: int, places: Sequence[str], seed: int, number: str = "WP{:05}") -> World:
    chance = random.Random(seed)
    names = [f"{where} {kind}" for where in PLACES_OF for kind in KINDS]
    chance.shuffle(names)
    start = chance.randrange(100, 9000)
    return tuple(
        P(
            number.format(start + 7 * at),
            names[at],
            places[at % len(places)],
            chance.choice(STAGES),
            budget := chance.randrange(2_000, 400_000) * 1000,
            budget * chance.randrange(5, 95) // 100 // 1000 * 1000,
            date(2026, 1, 13) + timedelta(days=chance.randrange(1100)),
            chance.choice(FIRMS),
        )
        for at in range(n)
    )


def after(
    last: World, moves: Mapping[int, dict[str, Any]], drop: Sequence[int] = (), new: World = ()
) -> World:
    """The world a poll later. `moves`: what differs, by the place in `last`."""
    kept = [replace(one, **moves.get(at, {})) for at, one in enumerate(last) if at not in drop]
    return (*kept, *new)


@dataclass(frozen=True)
class Ask:
    """A request as a server sees it. `query` and `form` hold the last value of each name."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    cookies: dict[str, str]
    headers: Mapping[str, str]
    body: str


class System:
    """A site. `fields`: what it publishes of a project. `bad`: polls at which what it shows is a mistake, which no
    steward would release. `worlds`: what is true, a poll at a time; `answer` shows it."""

    fields: ClassVar[tuple[str, ...]] = ("name", "place", "status", "budget", "spent", "end", "firm")
    is_numbered = True
    bad: ClassVar[tuple[int, ...]] = ()
    settings: ClassVar[dict[str, Any]] = {}
    unread: ClassVar[str] = ""  # why not all of it is read or said, where that is known
    worlds: list[World]

    def __init__(self) -> None:
        self.poll = 0
        self.asked: list[str] = []

    @property
    def now(self) -> World:
        return self.worlds[self.poll]

    def answer(self, ask: Ask) -> Answer:
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urlsplit(self.path)
        cookies = dict(pair.strip().partition("=")[::2] for pair in self.headers.get("Cookie", "").split(";"))
        ask = Ask(
            self.command, unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True)),
            dict(parse_qsl(body, keep_blank_values=True)), cookies, self.headers, body,
        )  # fmt: skip
        self.server.system.asked.append(f"{self.command} {self.path}")
        with self.server.lock:
            given = self.server.system.answer(ask)
        status, headers, text = given if isinstance(given, tuple) else (200, {}, given)
        sent = text.encode() if isinstance(text, str) else text
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(sent)
        self.close_connection = self.close_connection or "Content-Length" in headers

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running(system: System) -> Iterator[str]:
    """The address of the entry of a site that is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.system, server.lock = system, threading.Lock()  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{ENTRY}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- the judge -------------------------------------------------------------------------------------------------
NAMES = {"name": "name", "place": "municipality", "status": "status", "budget": "budget", "spent": "expenditure",
         "end": "completion_date", "firm": "contractor"}  # fmt: skip
TAKEN = {ours: theirs for theirs, ours in NAMES.items()}


def plain(field: str, value: Any) -> str | None:
    """A value of the truth, of the record or of the log in one form."""
    if value in (None, ""):
        return None
    if field in ("budget", "spent"):
        return str(Decimal(str(value)).quantize(Decimal(1)))
    return str(value).lower().replace("_", " ") if field == "status" else str(value)


def truth(system: System, at: int) -> dict[str, dict[str, str | None]]:
    return {
        (one.number if system.is_numbered else one.name): {
            field: plain(field, getattr(one, field)) for field in system.fields
        }
        for one in system.worlds[at]
    }


def key_of(system: System, external_id: str, name: str) -> str:
    """By what the truth knows a project: its number, which the reading may not have understood."""
    if not system.is_numbered:
        return name
    if not external_id.startswith("name:"):
        return external_id
    numbers = [one.number for then in system.worlds[: system.poll + 1] for one in then if one.name == name]
    return numbers[-1] if numbers else external_id


def record(system: System) -> dict[str, dict[str, Any]]:
    found = {}
    for one in Project.objects.filter(presence="present"):
        key = key_of(system, one.external_id, one.name)
        values = {
            field: plain(field, one.municipality_id if field == "place" else getattr(one, NAMES[field]))
            for field in system.fields
        }
        found[key] = values | {"_": one}
    return found


@dataclass
class Verdict:
    """What the polls of a system came to. `told`: sentences about what is not right."""

    counts: Counter[str]
    told: list[str]

    def say(self, kind: str, poll: int, what: str) -> None:
        self.counts[kind] += 1
        if kind != "right":
            self.told.append(f"poll {poll + 1}: {kind}: {what}")


def is_said(run: SyncRun | None, project: Project | None, field: str, text: str | None) -> bool:
    """Whether the run, or the record of the project, says that something was not read."""
    if run is None or not run.complete or run.state not in ("succeeded", "unchanged") or run.held:
        return True
    if (run.proof or {}).get("areas", {}).get("held"):
        return True
    if project is None:
        return False
    name = NAMES[field]
    if any(issue.get("field") == name for issue in project.issues):
        return True
    is_blank = getattr(project, name if field != "place" else "municipality_id") in (None, "")
    kept = [re.sub(r"\W", "", str(shown)) for shown in project.published.values()]  # for a steward to tell
    if is_blank and field == "end" and text:
        return any(
            each.startswith(str(int(datetime.fromisoformat(f"{text}T00:00+00:00").timestamp())))
            for each in kept
        )
    return is_blank and any(len(each) > 2 and re.sub(r"\W", "", text or "").startswith(each) for each in kept)


def poll(system: System, url: str, sync: Callable[..., SyncRun], at: int) -> SyncRun | None:
    """One poll, which a steward releases where it is held and the site is right. None where it failed."""
    system.poll = at
    try:
        run = sync(url)
    except EtlError as problem:
        system.asked.append(f"FAILED {problem}")
        return None
    if run.state == "quarantined" and at not in system.bad:
        system.asked.append("HELD " + " ".join(str(why) for why in run.held))
        with suppress(SystemExit):
            call_command("sync_dws", "--approve", str(run.pk), stdout=StringIO(), stderr=StringIO())
        run = SyncRun.objects.latest("pk")
    return run


def judge_state(system: System, verdict: Verdict, run: SyncRun | None, at: int) -> None:
    known, true = record(system), truth(system, at)
    former = [truth(system, before) for before in range(at)]
    for key, fields in true.items():
        have = known.get(key)
        if have is None:
            kind = "said" if is_said(run, None, "", None) else "silent"
            verdict.say(kind, at, f"{key} is not read")
            continue
        for field, value in fields.items():
            if have[field] == value:
                verdict.say("right", at, "")
                continue
            is_old = have[field] is None or any(
                have[field] == then.get(key, {}).get(field) for then in former
            )
            said = (
                "said" if is_said(run, have["_"], field, None if value is None else str(value)) else "silent"
            )
            verdict.say(said if is_old else "wrong", at, f"{key} {field}: {have[field]!r}, is {value!r}")
    for key in set(known) - set(true):
        was = any(key in then for then in former)
        kind = ("said" if is_said(run, None, "", None) else "silent") if was else "invented"
        verdict.say(kind, at, f"{key} is no more" if was else f"{key} {known[key]['_'].published}")


def judge_news(system: System, verdict: Verdict, rows: Sequence[DataChangeLog], at: int) -> None:
    """Each row tells what is so now, was otherwise before, and was not told yet."""
    true, told = truth(system, at), Counter[tuple[str, str]]()
    former = [truth(system, before) for before in range(at)]
    for row in rows:
        key = key_of(system, row.external_id, row.name)
        if row.change_type in ("created", "missing", "withdrawn", "returned"):
            is_there = row.change_type in ("created", "returned")
            was = [key in then for then in former]
            fits = (key in true) == is_there and (not any(was) if row.change_type == "created" else bool(was))
            if not fits:
                verdict.say("false", at, f"{row.change_type} {key}")
            continue
        for name, (old, new) in row.field_changes.items():
            field = TAKEN.get(name, "")
            if field not in system.fields:
                continue
            told[(row.external_id, field)] += 1
            olds = {
                then[k].get(field) for then in former for k in then if system.is_numbered is False or k == key
            }
            now = true.get(key, {}).get(field)
            right = plain(field, new) == now and plain(field, old) in olds and old != new
            if not right or told[(row.external_id, field)] > 1:
                verdict.say("false", at, f"{key} {field}: {old!r} -> {new!r}, is {now!r}")


def agree(verdict: Verdict, at: int) -> None:
    out = StringIO()
    with suppress(SystemExit):
        call_command("replay", "--json", stdout=out)
    if not json.loads(out.getvalue() or '{"identical": false}')["identical"]:
        verdict.say("replay", at, out.getvalue()[:600])
    with suppress(SystemExit):
        call_command("verify_log", "--json", stdout=(out := StringIO()))
    if not json.loads(out.getvalue())["intact"]:
        verdict.say("chain", at, out.getvalue()[:300])


def trial(make: Callable[[], System], sync: Callable[..., SyncRun], settings: Any) -> Verdict:
    """Poll the system once for each of its worlds, and judge what came of it."""
    system, verdict = make(), Verdict(Counter(), [])
    for name, value in system.settings.items():
        setattr(settings, name, value)
    with running(system) as url:
        for at in range(len(system.worlds)):
            last = DataChangeLog.objects.order_by("-id").values_list("id", flat=True).first() or 0
            run = poll(system, url, sync, at)
            rows = DataChangeLog.objects.filter(id__gt=last, entity_type="project", cause="source")
            judge_state(system, verdict, run, at)
            judge_news(system, verdict, list(rows.order_by("id")), at)
            if run is not None:
                about = f"{run.state} complete={run.complete} asked={run.requests} {run.notes} {run.held}"
                verdict.told.append(f"poll {at + 1}: {about}")
            else:
                verdict.told.append(f"poll {at + 1}: {system.asked[-1]}")
    if SyncRun.objects.good().exists():
        agree(verdict, len(system.worlds) - 1)
    return verdict
