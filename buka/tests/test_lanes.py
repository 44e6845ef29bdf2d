"""Who waits for a place holds nothing, and no lane can use up another's places."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler

from buka import environment, lanes
from buka.environment import PLACES
from buka.lanes import Lanes, lane_of
from buka.tests.patience import SOON


def scope(address: str, accept: str = "*/*") -> dict[str, Any]:
    path, _, query = address.partition("?")
    headers = [(b"accept", accept.encode())]
    return {"type": "http", "path": path, "query_string": query.encode("latin-1"), "headers": headers}


@pytest.mark.parametrize(
    ("lane", "addresses"),
    {
        None: ["/healthz", "/static/css/site.css"],
        "probe": ["/readyz", "/metrics"],
        "login": ["/admin/login/", "/admin/login/?next=/admin/"],
        "admin": ["/admin/", "/admin/projects/project/?q=x"],
        "page": [
            "/", "/projects/", "/projects/?page=3", "/projects/17/", "/changes/?municipality=LIM331",
            "/api/v1/changes/?after=17", "/api/v1/projects/?page_size=100", "/api/v1/projects/?format=json",
            "/api/v1/projects/?page_size=", "/api/v1/projects/?q=", "/nothing/", "/healthz/", "/administer",
        ],
        "costly": [
            "/api/v1/projects/?format=csv", "/api/v1/projects/?format=geojson", "/changes/feed.atom",
            "/api/v1/projects/?page_size=500", "/api/v1/projects/?page_size=101", "/projects/?q=dam",
            "/api/v1/projects/?page_size=%31000", "/api/v1/projects/?page_size=0000000000500",
            "/api/v1/projects/?page_size=%EF%BC%95%EF%BC%90%EF%BC%90", "/api/v1/projects/?as_of=2026-05-01",
            "/api/v1/projects/?p=1&%61s_of=2026-05-01", "/search/?x=1", "/api/v1/schema/",
            "/data/20260501T000000Z/changes.csv.gz", "/api/v1/oc4ids/",
        ],
    }.items(),
)  # fmt: skip
def test_an_address_has_the_lane_of_what_it_costs(lane, addresses):
    assert {address: lane_of(scope(address)) for address in addresses} == dict.fromkeys(addresses, lane)


@pytest.mark.parametrize(
    "accept",
    ["text/csv", "text/html, Application/GEO+json;q=0.9", "text/*", "Text/*;q=0.1, */*", "application/geo*"],
)
def test_a_whole_list_may_also_be_asked_for_in_a_header(accept):
    assert lane_of(scope("/api/v1/projects/", accept)) == "costly"


@pytest.mark.parametrize(
    "accept",
    ["", "application/json", "text/html,application/xhtml+xml,application/xml;q=0.9,image/*,*/*;q=0.8"],
)
def test_what_browsers_and_programs_accept_costs_nothing(accept):
    assert lane_of(scope("/api/v1/projects/", accept)) == "page"


def test_a_site_below_a_path_has_the_same_lanes():
    below = {**scope("/water/search/?q=dam"), "root_path": "/water"}
    assert lane_of(below) == "costly"
    assert lane_of({**scope("/water/admin/login/"), "root_path": "/water"}) == "login"


def test_there_is_a_connection_for_each_place_and_some_for_the_sockets():
    pool = environment.database("postgres://host/name", pool=True)["OPTIONS"]["pool"]
    assert pool["max_size"] > sum(PLACES.values())


class Slow(ASGIHandler):
    """Answers in two parts, each when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.begin, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside.append(scope["path"])
        try:
            await self.begin.wait()
            if "fails" in scope["path"]:
                raise ValueError
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"a part", "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            self.inside.remove(scope["path"])


async def until(condition: Any) -> None:
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0)


def ask(application: Lanes, address: str, heard: list[Any] | None = None, slowly: Any = None) -> asyncio.Task:
    async def send(message: Mapping[str, Any]) -> None:
        if heard is not None:
            heard.append(message)
        if slowly and message.get("more_body"):
            await slowly.wait()

    return asyncio.ensure_future(application(scope(address), None, send))


async def test_a_lane_has_its_places_and_the_others_theirs():
    slow = Slow()
    application = Lanes(slow)
    crowd = [ask(application, "/search/") for _ in range(30)]
    await until(lambda: len(slow.inside) == PLACES["costly"])
    others = [ask(application, "/projects/"), ask(application, "/admin/"), ask(application, "/healthz")]
    await until(lambda: {"/projects/", "/admin/", "/healthz"} <= set(slow.inside))
    assert slow.inside.count("/search/") == PLACES["costly"]
    slow.begin.set()
    await asyncio.gather(*crowd, *others)


async def test_whoever_takes_a_long_answer_slowly_has_no_place_meanwhile():
    slow, taken = Slow(), asyncio.Event()
    application = Lanes(slow)
    slow.begin.set()
    crowd = [ask(application, "/search/", slowly=taken) for _ in range(30)]
    await until(lambda: len(slow.inside) == 30)
    taken.set()
    await asyncio.gather(*crowd)


async def test_whoever_waits_too_long_is_told_when_to_come_again(monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    slow = Slow()
    application = Lanes(slow)
    first = [ask(application, "/api/v1/search/") for _ in range(PLACES["costly"])]
    await until(lambda: len(slow.inside) == PLACES["costly"])
    heard: list[Any] = []
    await ask(application, "/api/v1/search/", heard)
    headers = dict(heard[0]["headers"])
    assert (heard[0]["status"], headers[b"Retry-After"]) == (503, b"30")
    assert b"Very many people are asking just now" in heard[1]["body"]
    slow.begin.set()
    await asyncio.gather(*first)


async def test_a_place_is_given_up_however_a_request_ends():
    slow = Slow()
    application = Lanes(slow)
    crowd = [ask(application, "/fails/search/") for _ in range(6)]
    crowd += [ask(application, "/search/") for _ in range(6)]
    await until(lambda: len(slow.inside) == PLACES["costly"])
    crowd[0].cancel()  # has a place
    crowd[7].cancel()  # waits for one
    slow.begin.set()
    ended = await asyncio.gather(*crowd, return_exceptions=True)
    assert [type(one) for one in ended].count(ValueError) == 5
    places = [ask(application, "/search/") for _ in range(PLACES["costly"])]
    await asyncio.gather(*places)
    assert application._lanes["costly"]._value == PLACES["costly"]


# --- Readers go first ------------------------------------------------------------------------------


class Watched(ASGIHandler):
    """Answers a page when it is told to, a list in three parts; `done` has what was done, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.answer = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.done.append(f"begin {scope['path']}")
        if scope["path"] == "/projects/":
            await self.answer.wait()
            self.done.append("answered")
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            self.done.append(f"part {number}")
            await send({"type": "http.response.body", "more_body": number < 2})


async def five_behind_a_page(
    application: Lanes, watched: Watched
) -> tuple[asyncio.Task[Any], list[asyncio.Task[Any]]]:
    page = ask(application, "/projects/")
    await until(lambda: watched.done)
    crowd = [ask(application, "/search/") for _ in range(5)]
    for _ in range(100):
        await asyncio.sleep(0)
    return page, crowd


async def test_what_is_costly_begins_when_readers_are_answered(monkeypatch):
    monkeypatch.setattr(lanes, "_GIVE_WAY", SOON)
    watched = Watched()
    application = Lanes(watched)
    page, crowd = await five_behind_a_page(application, watched)
    assert watched.done == ["begin /projects/"]
    watched.answer.set()
    await asyncio.gather(page, *crowd)
    assert watched.done[1] == "answered"
    assert watched.done.count("part 2") == 5


async def test_each_part_of_a_list_lets_readers_go_first(monkeypatch):
    monkeypatch.setattr(lanes, "_GIVE_WAY", SOON)
    watched, taken = Watched(), asyncio.Event()
    application = Lanes(watched)
    whole = ask(application, "/search/", slowly=taken)
    await until(lambda: "part 0" in watched.done)
    page = ask(application, "/projects/")
    await until(lambda: "begin /projects/" in watched.done)
    taken.set()
    for _ in range(100):
        await asyncio.sleep(0)
    assert "part 1" not in watched.done
    watched.answer.set()
    await asyncio.gather(page, whole)
    assert watched.done[-3:] == ["answered", "part 1", "part 2"]


async def test_what_is_costly_has_its_turn_however_many_read(monkeypatch):
    monkeypatch.setattr(lanes, "_GIVE_WAY", 0.01)
    watched = Watched()
    application = Lanes(watched)
    page = ask(application, "/projects/")
    await asyncio.gather(*(ask(application, "/search/") for _ in range(5)))
    assert (watched.done.count("part 2"), "answered" in watched.done) == (5, False)
    watched.answer.set()
    await page


async def test_who_hangs_up_while_readers_go_first_leaves_no_place_taken(monkeypatch):
    monkeypatch.setattr(lanes, "_GIVE_WAY", SOON)
    watched = Watched()
    application = Lanes(watched)
    page, hasty = await five_behind_a_page(application, watched)
    for one in hasty:
        one.cancel()
    await asyncio.gather(*hasty, return_exceptions=True)
    watched.answer.set()
    await asyncio.gather(page, *(ask(application, "/search/") for _ in range(PLACES["costly"])))
    assert watched.done.count("part 2") == PLACES["costly"]
