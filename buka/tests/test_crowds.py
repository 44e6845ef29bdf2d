"""A real Daphne, whose database goes away and comes back, or whom a crowd asks for all that is costly."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from buka.dev.processes import Nursery
from buka.tests.crowd import Sockets
from buka.tests.test_database_away import SENTENCE
from realtime.tests.processes import ROOT, SOON, Redis, Web, environment, wait_for

pytestmark = [pytest.mark.live, pytest.mark.soak]
PROJECTS = 1200
READERS_PAGES = ["/", "/projects/", "/municipalities/", "/changes/", "/api/v1/changes/?page_size=20"]
_FILL = f"""
import django; django.setup()
from django.contrib.auth import get_user_model
from projects.tests.factories import a_crowd, a_project
a_project(); a_crowd({PROJECTS} - 1)
get_user_model().objects.create_superuser("steward", password="steward's own")
"""


class Relay:
    """Stands before a PostgreSQL, and can go away: its doors closed, whoever was inside put out."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._folder = parse_qs(parts.query).get("host", [""])[0]
        self._there = (parts.hostname or "", parts.port or 5432)
        self._listener: socket.socket | None = None
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self.trap = b""  # the database goes away when a question has these bytes
        self.port = 0
        self.come()

    def url(self, server: str) -> str:
        parts = urlsplit(server)
        account = parts.netloc.rpartition("@")[0]
        return f"postgres://{account}@127.0.0.1:{self.port}{parts.path}"

    def come(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=200)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def go(self) -> None:
        with self._lock:
            if self._listener:
                self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
            self._listener = None
            for ends in self._pairs:
                for end in ends:
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX if self._folder else socket.AF_INET)
        server.connect(f"{self._folder}/.s.PGSQL.5432" if self._folder else self._there)
        pair = (client, server)
        with self._lock:
            self._pairs.add(pair)
        try:
            self._carry(client, server)
        except OSError:
            pass
        finally:
            with self._lock:
                self._pairs.discard(pair)
                client.close()
                server.close()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        others = {client: server, server: client}
        while True:
            for ready in select.select(list(others), [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return
                if ready is client and self.trap and self.trap in data:
                    self.trap = b""
                    self.go()
                    return
                others[ready].sendall(data)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="module")
def database(migrated_copy: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with projects and a steward."""
    url = migrated_copy()
    env = environment(url, "", tmp_path_factory.mktemp("fill")) | {"DJANGO_SETTINGS_MODULE": "buka.settings"}
    subprocess.run([sys.executable, "-c", _FILL], cwd=ROOT, env=env, check=True, stderr=subprocess.DEVNULL)
    return url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crowds")


@pytest.fixture(scope="module")
def relay(database: str) -> Relay:
    if not database.startswith("postgres"):
        pytest.skip("a file does not go away")
    return Relay(database)


@pytest.fixture(scope="module", params=["1", "0"], ids=["DEBUG", "production"])
def fragile(
    request: pytest.FixtureRequest, nursery: Nursery, relay: Relay, database: str, folder: Path
) -> Iterator[Web]:
    """A web process whose database is behind the relay."""
    redis = os.environ.get("TEST_REDIS_URL") or Redis(nursery).url
    env = environment(relay.url(database), redis, folder / request.param)
    if request.param == "0":
        env |= {"DEBUG": "0", "SECRET_KEY": "x" * 50}
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=env, check=True
        )
    web = Web(nursery, env, folder / f"fragile-{request.param}.log")
    yield web
    assert web.stop()


def get(web: Web, path: str, **options: Any) -> requests.Response:
    return requests.get(f"{web.origin}{path}", timeout=SOON * 2, **options)


def says_so(answer: requests.Response) -> bool:
    if answer.status_code != 503 or answer.headers.get("Retry-After") != "30":
        return False
    if answer.headers["Content-Type"].startswith("application/json"):
        return bool(answer.json()["detail"] == SENTENCE)
    return SENTENCE in answer.text


def test_while_the_database_is_away_all_say_so_and_when_it_is_back_all_answer(fragile, relay):
    session = logged_in(fragile)
    everywhere = [
        *READERS_PAGES, "/nothing/", "/projects/1/", "/api/v1/projects/?format=csv", "/api/v1/nothing/",
        "/changes/feed.atom", "/admin/", "/admin/projects/project/", "/api/v1/projects/?as_of=2026-05-01",
    ]  # fmt: skip
    well = {path: session.get(f"{fragile.origin}{path}", timeout=SOON).status_code for path in everywhere}
    assert set(well.values()) <= {200, 404}, well
    relay.go()
    try:
        for path in everywhere:
            answer = session.get(f"{fragile.origin}{path}", timeout=SOON)
            # What asks the database nothing is not found as ever.
            assert says_so(answer) or (well[path] == answer.status_code == 404), (path, answer.text[:500])
        token = {"Authorization": "Token 0123456789"}
        assert says_so(get(fragile, "/api/v1/projects/", headers=token))
        assert get(fragile, "/healthz").status_code == 200
        assert get(fragile, "/readyz").json()["database"]["ok"] is False
    finally:
        relay.come()
    for path in everywhere:
        wait_for(
            lambda path=path: session.get(f"{fragile.origin}{path}", timeout=SOON).status_code == well[path],
            f"{path}, the database being back",
        )
    assert "Traceback" not in fragile.log.read_text()


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("/admin/projects/project/", "django_session"),
        ("/admin/projects/project/", "auth_user"),
        ("/admin/projects/project/", "projects_project"),
        ("/", "projects_source"),
        ("/api/v1/projects/", "projects_project"),
        ("/api/v1/projects/?format=csv", "projects_project"),
        ("/api/v1/projects/", "projects_source"),  # after the view
    ],
)
def test_a_database_that_goes_away_in_the_middle_of_a_request_is_no_fault(fragile, relay, path, table):
    session = logged_in(fragile)
    relay.trap = f'"{table}"'.encode()
    answer = session.get(f"{fragile.origin}{path}", timeout=SOON)
    assert not relay.trap, "it did not go away"
    relay.come()
    assert says_so(answer), (answer.status_code, answer.text[:500])
    wait_for(lambda: session.get(f"{fragile.origin}{path}", timeout=SOON).status_code == 200, path)


_logged_in: dict[int, dict[str, str]] = {}


def logged_in(web: Web) -> requests.Session:
    """The steward's session, one for each web process."""
    session = requests.Session()
    if web.port not in _logged_in:
        wait_for(lambda: session.get(f"{web.origin}/admin/login/", timeout=SOON).status_code == 200, "login")
        assert type_in(web, session, "steward", "steward's own").url.endswith("/admin/")
        _logged_in[web.port] = session.cookies.get_dict()
    session.cookies.update(_logged_in[web.port])
    return session


def type_in(web: Web, session: requests.Session, name: str, password: str) -> requests.Response:
    form = {"username": name, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    return session.post(f"{web.origin}/admin/login/?next=/admin/", form, timeout=SOON * 3)


@pytest.fixture(scope="module")
def web(nursery: Nursery, database: str, folder: Path) -> Iterator[Web]:
    redis = Redis(nursery)  # its own: what others counted is no part of this
    web = Web(nursery, environment(database, redis.url, folder), folder / "web.log")
    yield web
    assert web.stop()


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


class Crowd:
    """What many ask at once, until they are sent home."""

    def __init__(self, web: Web) -> None:
        self.web, self.over = web, threading.Event()
        self.told: Counter[str] = Counter()

    @contextmanager
    def sent_home(self) -> Iterator[None]:
        """At the end, however it comes: nobody waits for those who ask for ever."""
        try:
            yield
        finally:
            self.over.set()

    def refused_guesses(self) -> int:
        """Too many of this address, or too many at once: a slow machine hashes no ten a minute."""
        return self.told["guess 429"] + self.told["guess 503"]

    def guess(self, who: int) -> None:
        session, n = requests.Session(), 0
        while "csrftoken" not in session.cookies and not self.over.is_set():
            session.get(f"{self.web.origin}/admin/login/", timeout=SOON * 3)  # or 503: come again
        while not self.over.is_set():
            n += 1
            answer = type_in(self.web, session, f"name {who} {n}", "guess")
            self.told[f"guess {answer.status_code}"] += 1
            assert answer.status_code == 200 or "Retry-After" in answer.headers

    def take_all(self, who: int) -> None:
        ways = ["format=csv", "format=geojson", "page_size=500", "as_of=2026-05-01&page_size=500", "q=water"]
        while not self.over.is_set():
            path = f"/api/v1/projects/?{ways[who % len(ways)]}"
            answer = get(self.web, path)
            self.told[f"take {answer.status_code}"] += 1
            if answer.status_code == 200:
                assert len(re.findall(r"WP\d+", answer.text)) >= (0 if "q=" in path else 500), path

    def read(self, count: int) -> list[float]:
        took = []
        for n in range(count):
            started = time.monotonic()
            answer = get(self.web, READERS_PAGES[n % len(READERS_PAGES)])
            took.append(time.monotonic() - started)
            self.told[f"read {answer.status_code}"] += 1
        return took


def read_by_five(crowd: Crowd) -> list[float]:
    with ThreadPoolExecutor(5) as readers:
        return [*chain.from_iterable(readers.map(crowd.read, [20] * 5))]


def test_readers_are_served_while_thirty_guess_thirty_take_all_and_one_opens_2000_sockets(web):
    crowd = Crowd(web)
    crowd.read(10)
    idle = read_by_five(crowd)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "buka.settings"}
    with Sockets(2000, [web], env) as sockets, ThreadPoolExecutor(60) as people, crowd.sent_home():
        began = time.monotonic()
        others = [people.submit(crowd.guess, n) for n in range(30)]
        others += [people.submit(crowd.take_all, n) for n in range(30)]
        busy = read_by_five(crowd)  # while the sockets come
        wait_for(lambda: sockets.ask()["refused"] >= 1500, "2,000 sockets of one address", 120)
        wait_for(lambda: crowd.refused_guesses() > 30 and crowd.told["take 200"] > 5, "the crowd", 300)
        busy += read_by_five(crowd)
        kept = sockets.ask()["open"]
        crowd.over.set()
        [one.result() for one in others]
    minutes = (time.monotonic() - began) / 60
    told = dict(crowd.told)
    figures = json.dumps({"idle": round(p95(idle), 2), "busy": round(p95(busy), 2), **told})
    assert kept == 500, figures
    assert {name for name in told if name.startswith("read")} == {"read 200"}, figures
    assert {name for name in told if name[-3:] not in ("200", "429", "503")} == set(), figures
    assert told["guess 200"] <= 10 * (minutes + 2), figures  # ten a minute
    # Two seconds on a machine that has nothing else to do; one that is busy is slow for readers alone too.
    assert p95(busy) < max(2.0, 12 * p95(idle)), figures
    assert "Traceback" not in web.log.read_text()
    sys.stderr.write(f"{figures}\n")


def test_who_hangs_up_takes_no_place_along_and_holds_up_nobody(web):
    paths = ["/", "/projects/?q=water", "/api/v1/projects/?format=csv", "/api/v1/projects/?page_size=500"]
    for n in range(80):
        with socket.create_connection(("127.0.0.1", web.port)) as hasty:
            request = f"GET {paths[n % len(paths)]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            hasty.sendall(request.encode())
    started = time.monotonic()
    assert get(web, "/healthz").status_code == 200
    assert time.monotonic() - started < SOON / 2
    for path in paths:
        wait_for(lambda path=path: get(web, path).status_code == 200, f"a place for {path}", 2 * SOON)
    for _ in range(20):
        assert {get(web, path).status_code for path in paths} == {200}
