"""Whatever a database that is away interrupts, the answer is 503 with a sentence, and never a 500."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import InterfaceError, InternalError, OperationalError, connection, connections
from django.http import HttpResponseBase
from django.test import Client
from psycopg.errors import ReadOnlySqlTransaction

from buka.refusals import Refusals, away
from buka.tests.test_strange_requests import addresses  # noqa: F401  a fixture
from projects.api.exports import BROKEN_OFF, Content, in_parts, streamed
from projects.models import Project
from projects.tests.factories import a_crowd, a_project

pytestmark = pytest.mark.django_db
SENTENCE = "The database does not answer just now. Nothing is lost; please try again in a minute."
AWAY = [OperationalError("the server closed the connection unexpectedly"), InterfaceError("it is closed")]


class Line:
    """A database that stops answering at the n-th question, counted from 0, and then stays away."""

    def __init__(self, after: int, error: Exception = AWAY[0]) -> None:
        self.left, self.error, self.cut = after, error, False

    def __call__(self, execute: Any, *question: Any) -> Any:
        if self.left == 0:
            self.cut = True
            # Each time another: one that is raised again keeps the frames of all times before, and Django's
            # technical page, which asks for whatever it shows, would never come to their end.
            raise type(self.error)(*self.error.args)
        self.left -= 1
        return execute(*question)


@contextmanager
def cut(after: int, error: Exception = AWAY[0]) -> Iterator[Line]:
    with connection.execute_wrapper(line := Line(after, error)):
        yield line


@pytest.fixture
def reader(nothing_counted: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def steward(reader: Client) -> Client:
    reader.force_login(get_user_model().objects.create_superuser("steward", password="steward's own"))
    return reader


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def problem(answer: HttpResponseBase, path: str) -> str | None:
    """What is wrong with an answer while the database is away."""
    if answer.status_code != 503:
        return f"{path}: {answer.status_code}"
    text = b"".join(answer).decode()  # type: ignore[call-overload]
    if path.startswith("/api/"):
        said = json.loads(text).get("detail")
    else:
        said = SENTENCE if SENTENCE in text else text[:200]
    right = (said, answer["Retry-After"], answer["Cache-Control"]) == (SENTENCE, "30", "no-store")
    return None if right else f"{path}: {said}, {answer.headers}"


def interrupted(client: Client, path: str, error: Exception = AWAY[0]) -> list[str]:
    """The problems when the database goes at each question of this request in turn, also at the first."""
    problems = []
    for after in range(200):
        with cut(after, error) as line:
            answer = client.get(path)
            found = problem(answer, path) if line.cut else None
        if not line.cut:
            return problems
        problems += [f"after {after}: {found}"] if found else []
    raise AssertionError(f"{path} asks without end")


@pytest.mark.parametrize("error", AWAY, ids=["operational", "interface"])
@pytest.mark.parametrize("path", ["/sources/", "/nothing/", "/api/v1/projects/", "/api/v1/nothing/"])
def test_a_page_says_so_whichever_of_its_questions_is_not_answered(reader, path, error):
    a_project()
    assert interrupted(reader, path, error) == []


@pytest.mark.soak
@pytest.mark.parametrize(("error", "debug"), [(AWAY[0], True), (AWAY[1], False)])
def test_every_address_says_so(addresses, reader, settings, error, debug):  # noqa: F811
    settings.DEBUG = debug
    probes = ("/readyz", "/metrics")  # these say what is down, which is their answer
    paths = [one.path for one in addresses if one.path not in probes]
    paths += ["/nothing/here/", "/projects/999999/", "/api/v1/nothing/", "/api/v1/projects/999999/"]
    paths += ["/api/v1/projects/?format=csv", "/api/v1/projects/?as_of=2026-05-01", "/api/v1/projects/?q=a"]
    assert [found for path in paths for found in interrupted(reader, path, error)] == []


@pytest.mark.soak
@pytest.mark.parametrize("debug", [True, False])
def test_so_does_the_admin(steward, settings, debug):
    settings.DEBUG = debug
    project = a_project()
    paths = ["/admin/", "/admin/projects/project/", f"/admin/projects/project/{project.pk}/change/"]
    paths += ["/admin/nothing/", "/admin/projects/syncrun/", "/nothing/"]
    assert [found for path in paths for found in interrupted(steward, path)] == []


@pytest.mark.django_db(transaction=True)
def test_so_does_a_login_from_the_name_to_the_session(steward):
    """Also where Django's own middleware keeps the session, after the view has answered."""
    client, form = Client(raise_request_exception=False), {"username": "steward", "password": "steward's own"}
    for after in range(50):
        with cut(after) as line:
            answer = client.post("/admin/login/?next=/admin/", form, REMOTE_ADDR=f"192.0.2.{after}")
        if not line.cut:
            break
        assert problem(answer, "/admin/login/") is None, after
    assert (after > 3, answer.status_code) == (True, 302)


@pytest.mark.django_db(transaction=True)
def test_a_session_that_cannot_be_kept_is_no_fault(steward):
    session = steward.session
    session["kept"] = 1
    session.save()
    for after in range(20):
        with cut(after) as line:
            answer = steward.post("/admin/logout/")
        if not line.cut:
            break
        assert problem(answer, "/admin/logout/") is None, after
    assert after > 1


def test_a_mistake_of_ours_is_still_a_fault(reader, monkeypatch):
    with connection.execute_wrapper(lambda *question: 1 / 0):
        assert reader.get("/").status_code == 500


def test_the_log_says_it_once_in_a_while_and_without_a_traceback(reader, caplog, monkeypatch):
    logging.disable(logging.NOTSET)
    monkeypatch.setattr("buka.refusals._said_at", -100.0)
    with cut(0):
        for _ in range(5):
            reader.get("/projects/")
    said = [record for record in caplog.records if record.name == "buka.refusals"]
    assert [record.getMessage() for record in said] == [
        f"The database did not answer /projects/: OperationalError: {AWAY[0]}"
    ]
    assert not any(record.exc_info for record in caplog.records)


def test_a_pool_that_is_empty_is_a_database_that_is_away(rf, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("has no pool")
    monkeypatch.setattr("buka.refusals._away_until", 0.0)
    pool = {"min_size": 1, "max_size": 1, "timeout": 0.05}
    options = {**connection.settings_dict, "OPTIONS": {**connection.settings_dict["OPTIONS"], "pool": pool}}
    first, second = (type(connections["default"])(options, alias="of_one") for _ in range(2))
    try:
        first.pool.open(wait=True, timeout=40)
        first.ensure_connection()
        with pytest.raises(OperationalError) as none_left:
            second.ensure_connection()
    finally:
        first.close()
        first.close_pool()
    assert away("/") is None
    answer = Refusals(lambda request: None).process_exception(rf.get("/projects/"), none_left.value)
    assert problem(answer, "/projects/") is None
    assert problem(away("/api/v1/projects/"), "/api/v1/projects/") is None, (
        "the next ones are spared the wait"
    )


class Two:
    """A list of two readings, the second of which finds the database away."""

    def __init__(self) -> None:
        self.pks = list(Project.objects.order_by("pk").values_list("pk", flat=True))

    def ids(self) -> list[int]:
        return [*self.pks, *self.pks]

    def records(self, ids: Any) -> list[dict[str, Any]]:
        from projects.api.asof import Present

        return Present(Project.objects.all()).records(ids)


def twice() -> Content:
    return Content("projects", ["id", "external_id"], frozenset({"id"}), in_parts(Two()))


@pytest.mark.parametrize("format", ["csv", "geojson"])
def test_a_list_that_breaks_off_says_so_at_its_end(rf, monkeypatch, format):
    monkeypatch.setattr("projects.api.exports._CHUNK", 3)
    a_crowd(3)
    answer = streamed(rf.get("/"), twice(), format)
    with cut(0):
        text = b"".join(answer).decode()
    assert text.endswith(BROKEN_OFF)
    assert len(re.findall(r"WP\d+", text)) >= 3
    if format == "geojson":
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)


def test_a_list_without_projects_is_whole(client):
    assert len(client.get("/api/v1/projects/?format=csv").getvalue().decode().splitlines()) == 1
    empty = {"type": "FeatureCollection", "features": []}
    assert json.loads(client.get("/api/v1/projects/?format=geojson").getvalue()) == empty


@pytest.mark.django_db(transaction=True)
def test_nobody_holds_a_connection_between_two_parts_of_a_list(rf, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory has one connection, which nobody gives back")
    monkeypatch.setattr("projects.api.exports._CHUNK", 2)
    a_crowd(5)
    parts = iter(streamed(rf.get("/"), twice(), "csv"))
    Project.objects.count()  # as the view does after it has made the answer
    held = [connection.connection is not None for _ in parts]
    assert held == [False] * 5


def read_only(execute: Any, sql: str, *question: Any) -> Any:
    """A server that another has taken over from: it shows what there is, and takes nothing."""
    if sql.startswith(("INSERT", "UPDATE", "DELETE")):
        error = InternalError("cannot execute INSERT in a read-only transaction")
        raise error from ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction")
    return execute(sql, *question)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_nothing_shows_what_there_is_and_says_so_of_what_is_sent(
    steward: Client,
) -> None:
    project = a_project()
    with connection.execute_wrapper(read_only):
        for path in ("/", "/projects/", "/api/v1/projects/", f"/projects/{project.pk}/"):
            assert steward.get(path).status_code == 200, path
        for path in ("/admin/logout/", "/admin/auth/group/add/"):
            assert problem(steward.post(path, {"name": "a"}), path) is None
