"""Two hundred subscriptions over fifty polls, while mail server, receiver, Redis and worker fail in turn.

Each is told each matching change at least once and, counted by Message-ID, once, in order; what proves false
reaches those who were told it, and those only. With `make soak FULL=1` at full size.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from buka.dev.processes import Nursery
from projects.tests.mailbox import Mailbox, Receiver
from realtime.tests.processes import ROOT, Redis, environment, wait_for

pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(1800)]

FULL = bool(os.environ.get("FULL"))
SUBSCRIPTIONS, POLLS = (200, 50) if FULL else (60, 16)
PROJECTS, MOVED, LIES = 100, 12, 3
DRAINED = 300.0 if FULL else 120.0  # seconds
_KEY = re.compile(r"<(.+)@")


class Writer:
    """Does what it is asked for, in a process of its own."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "buka.tests.alerts_process", "write"],
            cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, do: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


class Worker:
    """Sends what is due, again and again, until it is killed."""

    def __init__(self, nursery: Nursery, env: dict[str, str], log: Path) -> None:
        self._nursery, self._env, self._began, self.log = nursery, env, time.time(), log
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "buka.tests.alerts_process", "work", str(self._began)]
        """Returns when it works: a busy machine takes its time, and would see it killed before that."""
        before = self._starts()
        with self.log.open("a") as log:
            self.process = self._nursery.spawn(command, cwd=ROOT, env=self._env, stdout=log)

        wait_for(lambda: self._starts() > before, "the worker to start")

    def _starts(self) -> int:
        return self.log.read_text().count("ready") if self.log.exists() else 0

    def kill(self) -> None:
        assert self.process.poll() is None, self.log.read_text()
        self.process.kill()
        self.process.wait()
        self._nursery.forget(self.process)


class World:
    """All parts, and what each subscription asks for, in words of the test's own."""

    def __init__(self, nursery: Nursery, database_url: str, folder: Path) -> None:
        self.box, self.hook, self.redis = Mailbox(), Receiver(), Redis(nursery)
        self.port = self.hook.server_address[1]
        env = environment(database_url, self.redis.url, folder) | {
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.box.port),
            "EMAIL_TIMEOUT": "2",
            "WEBHOOK_LOOPBACK": "1",
            "ALERT_PAUSE_MINUTES": "2",  # two seconds of the worker's clock
            "LOG_LEVEL": "ERROR",
        }
        self.write = Writer(env)
        self.known = self.write("projects", number=PROJECTS)
        self.asks: dict[int, tuple[str, Callable[[Any], bool]]] = {}
        self._subscribe()
        self.worker = Worker(nursery, env, folder / "worker.log")
        self.changes: list[dict[str, Any]] = []
        self._hooks = [self.hook]  # each that there was: what was under way when it stopped counts, too

    def _subscribe(self) -> None:
        draw = random.Random(7)
        for number in range(SUBSCRIPTIONS):
            query, wants = _asked(draw, self.known)
            is_mail = number % 5 != 0
            to = f"reader{number}@example.org" if is_mail else self.hook.url(f"/hook{number}")
            pk = self.write("subscribe", kind="email" if is_mail else "webhook", to=to, query=query)
            self.asks[pk] = (to, wants)

    def poll(self, seed: int) -> None:
        self.changes += self.write("poll", seed=seed, number=MOVED, lies=LIES)

    def fail(self, what: str) -> None:
        if what == "mail":
            self.box.stop()
        elif what == "receiver":
            self.hook.stop()
        elif what == "redis":
            self.redis.kill()
        else:
            self.worker.kill()

    def mend(self, what: str) -> None:
        if what == "mail":
            self.box.start()
        elif what == "receiver":
            self.hook = Receiver(self.port)
            self._hooks.append(self.hook)
        elif what == "redis":
            self.redis.start()
        else:
            self.worker.start()

    def catch_up(self) -> None:
        """Until the worker has looked at all of it and sent something: a busy machine takes its time."""
        sent = self.write("sent")
        wait_for(lambda: self.write("behind") == 0, "the worker to look at the log", 60)
        wait_for(lambda: self.write("sent") > sent or self.write("depth") == 0, "something to be sent", 60)

    def close(self) -> None:
        self.worker.kill()
        self.write.close()
        self.hook.stop()
        self.box.stop()

    def keys_told(self, to: str) -> list[str]:
        """Keys of the messages that came to a subscription, in the order in which they first came."""
        if "@" in to:
            keys = [str(_KEY.match(str(mail["Message-ID"]).strip())[1]) for mail in self.box.to(to)]  # type: ignore[index]
        else:
            path = "/" + to.rpartition("/")[2]
            keys = [each["body"]["id"] for hook in self._hooks for each in hook.got[path]]
        return list(dict.fromkeys(keys))


def _asked(draw: random.Random, known: list[dict[str, Any]]) -> tuple[str, Callable[[Any], bool]]:
    """A query, and the same without our filters."""
    project = draw.choice(known)
    kind = draw.choice(["province", "municipality", "project", "topic", "min_rand"])
    if kind == "province":
        return f"province={project['province']}", lambda c: c["province"] == project["province"]
    if kind == "municipality":
        return f"municipality={project['place']}", lambda c: c["place"] == project["place"]
    if kind == "project":  # whoever names a project hears of all that is done to it, by whom ever
        return f"project={project['id']}&cause=source", lambda c: c["project"] == project["id"]
    if kind == "topic":
        place = project["place"]
        return f"municipality={place}&topic=dearer", lambda c: c["place"] == place and _moved(c) > 0
    return "min_rand=600000000", lambda c: abs(_moved(c)) >= 600_000_000


def _moved(change: dict[str, Any]) -> float:
    old, new = change["pair"]
    return float(new) - float(old)


def _false(changes: list[dict[str, Any]]) -> set[int]:
    """Ids of what sources said that the next row about the same project takes back."""
    last: dict[int, dict[str, Any]] = {}
    found = set()
    for change in changes:
        before = last.get(change["project"])
        if change["cause"] == "parser" and before and before["cause"] == "source":
            found.add(before["id"])
        last[change["project"]] = change
    return found


@pytest.fixture
def world(migrated_copy: Callable[[], str], tmp_path: Path) -> Iterator[World]:
    with Nursery() as nursery:
        yield World(nursery, migrated_copy(), tmp_path)


def test_each_is_told_each_change_once_and_what_is_false_is_taken_back_from_those_who_were_told(world):
    faults = itertools.cycle(["worker", "mail", "receiver", "redis"])
    draw = random.Random(1)
    for number in range(POLLS):
        fault = next(faults)
        world.poll(number)
        time.sleep(draw.uniform(0.0, 0.4))  # in the midst of what it is doing
        world.fail(fault)
        world.poll(1000 + number)
        time.sleep(draw.uniform(0.1, 0.4))
        world.mend(fault)
        world.catch_up()
    wait_for(lambda: world.write("depth") == 0, "the outbox to be empty", DRAINED)
    outbox = world.write("outbox")
    world.close()
    false = _false(world.changes)
    assert false
    assert sorted(outbox["live"]) == sorted(world.asks), "what failed in between ended no alert"
    taken_back = 0
    for pk, (to, wants) in world.asks.items():
        messages = [outbox["messages"][key] for key in world.keys_told(to)]
        assert {message["subscription"] for message in messages} <= {pk}, to
        news = [each for message in messages if message["kind"] == "news" for each in message["ids"]]
        wanted = [c["id"] for c in world.changes if c["cause"] == "source" and wants(c)]
        assert len(news) == len(set(news)), f"{to}: a change came under two Message-IDs"
        assert news == sorted(news), f"{to}: out of order"
        assert set(news) <= set(wanted), f"{to}: told what it did not ask for"
        assert set(wanted) - set(news) <= false, f"{to}: not told"
        back = [each for message in messages if message["kind"] == "retraction" for each in message["ids"]]
        assert sorted(back) == sorted(set(news) & false), f"{to}: taken back"
        taken_back += len(back)
    assert taken_back > 10
