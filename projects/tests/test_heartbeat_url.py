"""HEARTBEAT_URL: asked after each look at which all is well, and never in the way of the loop."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from projects.health import outside
from projects.health.checks import Check
from projects.health.watch import Watch
from projects.models import Heartbeat

pytestmark = pytest.mark.django_db


class Service(ThreadingHTTPServer):
    """What watches from outside: it notes what it is asked, and answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ping/secret"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def service(settings) -> Iterator[Service]:
    with Service() as service:
        thread = threading.Thread(target=lambda: service.serve_forever(0.02), daemon=True)
        thread.start()
        settings.HEARTBEAT_URL = service.url
        yield service
        service.shutdown()
        thread.join()


class Rounds(threading.Event):
    """Lets a loop look so many times, and then stop."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._left = number

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if self._left <= 0:
            self.set()
        return self.is_set()


WELL = Check("disk", "900 MB free", ("disk",))
BAD = Check("disk", "is full", ("disk",), {"disk": "disk is full"})
UNKNOWN = Check("hubs", "Redis does not answer", ("hubs",), known=False)


@pytest.fixture
def found(monkeypatch) -> list[list[Check]]:
    """What the looks to come find, one after the other."""
    looks: list[list[Check]] = []
    monkeypatch.setattr("projects.health.watch.checks", lambda: looks.pop(0))
    return looks


def loop(rounds: int) -> None:
    Watch().run(Rounds(rounds))


@pytest.fixture(autouse=True)
def _connections_stay(monkeypatch):
    """The loop closes them between two looks; a test's transaction has one."""
    monkeypatch.setattr("projects.health.watch.connections.close_all", lambda: None)


def test_it_is_asked_after_each_look_at_which_all_is_well(service, found):
    found += [[WELL], [WELL, BAD], [WELL, UNKNOWN], [WELL]]
    loop(4)
    assert service.asked == ["GET /ping/secret"] * 2


def test_nobody_is_asked_without_an_address(service, found, settings):
    settings.HEARTBEAT_URL = ""
    found += [[WELL]]
    loop(1)
    assert service.asked == []


def test_a_look_that_could_not_be_written_down_is_none(service, found, monkeypatch):
    monkeypatch.setattr("projects.health.watch.Watch.look", lambda self: [])
    loop(1)
    assert service.asked == []


def test_a_refusal_is_logged_without_the_secret_and_the_loop_goes_on(service, found, caplog):
    service.status = 404
    found += [[WELL], [WELL]]
    loop(2)
    assert len(service.asked) == 2
    said = [record for record in caplog.records if record.name == "buka.heartbeat"]
    assert [record.getMessage() for record in said] == ["127.0.0.1 refused the heartbeat: 404."] * 2
    assert {record.levelno for record in said} == {logging.WARNING}
    assert Heartbeat.objects.filter(pk="health").exists()


def test_a_service_that_is_not_there_is_logged_and_the_loop_goes_on(settings, found, caplog):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{port}/ping/secret"
    found += [[WELL], [WELL]]
    loop(2)
    assert found == []
    assert caplog.text.count("127.0.0.1 was not reached by the heartbeat: ConnectionError.") == 2
    assert "secret" not in caplog.text


def test_a_service_that_never_comes_to_an_end_is_left_alone_when_its_time_is_up(
    settings, found, caplog, monkeypatch
):
    """It sends a byte of its headers whenever the other side might give up."""
    monkeypatch.setattr(outside, "SECONDS", 0.2)
    done, connections = threading.Event(), []

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        connections.append(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not done.wait(0.05):
            connection.sendall(b"x")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.getsockname()[1]}/"
        found += [[WELL], [WELL], [WELL]]
        loop(3)
        assert found == []
        assert caplog.text.count("did not take the heartbeat in 0.2 s") == 3
        assert len(connections) == 1, "nobody asks again while that one waits"
        done.set()
        thread.join()
    for asking in outside._going_on:
        asking.join(10)
