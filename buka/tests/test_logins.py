"""Who guesses passwords has to wait; whoever knows theirs, and everybody else, does not."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import aauthenticate, authenticate, get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from rest_framework.authtoken.models import Token

from buka import logins

pytestmark = pytest.mark.usefixtures("nothing_counted")
HERE, ELSEWHERE, PROXY = "203.0.113.7", "203.0.113.8", "127.0.0.1"
LOCKED = "Too many attempts from here for this name; try again in 15 minutes."


@pytest.fixture
def steward(db: None) -> Any:
    return _a_steward("steward")


def _a_steward(name: str) -> Any:
    return get_user_model().objects.create_superuser(name, password=f"{name}'s own")


def attempt(name: str, password: str, address: str = HERE, **headers: Any) -> Any:
    """The answer to this name and password, typed into the admin's login page."""
    form = {"username": name, "password": password}
    return Client().post("/admin/login/?next=/admin/", form, REMOTE_ADDR=address, **headers)


def is_in(answer: Any) -> bool:
    return answer.status_code == 302 and "sessionid" in answer.cookies


def test_after_some_wrong_passwords_the_right_one_is_refused_too_and_the_page_says_for_how_long(steward):
    before = [attempt("steward", f"guess {n}").status_code for n in range(4)]
    locked = [attempt("steward", f"guess {n}").status_code for n in range(16)]
    answer = attempt("steward", "steward's own")
    assert (set(before), set(locked)) == ({200}, {429})
    assert (answer.status_code, answer["Retry-After"], is_in(answer)) == (429, "900", False)
    assert LOCKED in answer.content.decode()


def test_nobody_is_locked_out_at_another_address_or_by_another_name(steward):
    _a_steward("second")
    for n in range(16):
        attempt("steward", f"guess {n}")
    assert is_in(attempt("steward", "steward's own", ELSEWHERE))
    assert is_in(attempt("second", "second's own"))


def test_whoever_gets_it_right_in_time_begins_anew(steward):
    for _ in range(3):
        for n in range(3):
            assert attempt("steward", f"guess {n}", f"203.0.113.{n}").status_code == 200
            assert is_in(attempt("steward", "steward's own", f"203.0.113.{n}"))


def test_a_lock_can_be_ended_by_whoever_runs_the_site(steward):
    for address in (HERE, ELSEWHERE):
        for n in range(6):
            attempt("steward", f"guess {n}", address)
    call_command("axes_reset_ip_username", HERE, "steward")
    assert is_in(attempt("steward", "steward's own", HERE))
    assert attempt("steward", "steward's own", ELSEWHERE).status_code == 429


def test_a_lock_ends_by_itself(steward, settings, monkeypatch):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(AxesProxyHandler.get_implementation(), "cache", caches["default"])
    now = time.time()  # that cache keeps time by it
    for n in range(6):
        attempt("steward", f"guess {n}")
    for later, status in ((14 * 60, 429), (28 * 60, 429), (44 * 60, 302)):  # each attempt begins it anew
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert attempt("steward", "steward's own").status_code == status, later


@pytest.mark.parametrize("name", ["steward", "nobody", "", "x" * 5000, "é%00", "'; --"])
def test_a_name_that_there_is_and_one_that_there_is_not_are_answered_alike(steward, name):
    first, *_, last = (attempt(name, "guess") for _ in range(8))
    assert first.status_code == 200
    assert (last.status_code, LOCKED in last.content.decode()) == ((429, True) if name else (200, False))


def test_behind_our_proxy_the_address_is_the_one_that_it_saw(steward):
    for n in range(6):
        attempt("steward", f"guess {n}", PROXY, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, {HERE}")
    locked = attempt("steward", "steward's own", PROXY, HTTP_X_FORWARDED_FOR=HERE)
    assert locked.status_code == 429
    assert is_in(attempt("steward", "steward's own", PROXY, HTTP_X_FORWARDED_FOR=ELSEWHERE))


def test_without_a_proxy_of_ours_nobody_chooses_the_address_they_are_counted_by(steward):
    for n in range(6):
        attempt("steward", f"guess {n}", HERE, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}")
    assert attempt("steward", "steward's own", HERE).status_code == 429


class _Counting(MD5PasswordHasher):
    """Counts the passwords that are hashed at a moment, and sees whether a connection is held meanwhile."""

    algorithm = "md5"
    entered, inside, most, held = 0, 0, 0, False
    lock = threading.Lock()

    def encode(self, password: str, salt: str) -> str:
        cls = type(self)
        with cls.lock:
            cls.entered, cls.inside = cls.entered + 1, cls.inside + 1
            cls.most = max(cls.most, cls.inside)
            cls.held = cls.held or connection.connection is not None
        try:
            return super().encode(password, salt)
        finally:
            with cls.lock:
                cls.inside -= 1


@pytest.fixture
def hashes(settings: Any) -> type[_Counting]:
    settings.PASSWORD_HASHERS = [f"{__name__}._Counting"]
    _Counting.entered = _Counting.inside = _Counting.most = 0
    _Counting.held = False
    return _Counting


@pytest.mark.django_db(transaction=True)
def test_thirty_names_guessed_at_once_cost_ten_hashes_one_after_another(hashes, settings):
    def guess(n: int) -> Any:
        answer = attempt(f"name {n}", "guess")
        connection.close()
        return answer

    with ThreadPoolExecutor(30) as crowd:
        answers = list(crowd.map(guess, range(30)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert [len(answers) - len(refused), hashes.entered, hashes.most] == [10, 10, 1]
    assert {answer["Retry-After"] for answer in refused} == {"60"}
    assert "Too many attempts from here; try again in a minute." in refused[0].content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["steward", "nobody"])
def test_no_connection_is_held_while_a_password_is_hashed(hashes, name):
    _a_steward("steward")
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory has one connection, which nobody gives back")
    hashes.held = False
    attempt(name, "guess")
    assert (hashes.entered, hashes.held) == (2, False)  # one of them made the steward


def test_right_passwords_are_no_guesses(steward, settings):
    settings.LOGIN_GUESSES_PER_MINUTE = 2
    assert all(is_in(attempt("steward", "steward's own")) for _ in range(6))


def test_who_waits_too_long_for_a_turn_is_told_so(steward, monkeypatch):
    monkeypatch.setattr(logins, "_PATIENCE", 0.01)
    with logins._turn():
        answer = attempt("steward", "steward's own")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert is_in(attempt("steward", "steward's own"))


def test_a_program_asks_without_a_request_and_a_test_logs_in(steward):
    assert authenticate(username="steward", password="steward's own") == steward
    assert authenticate(username="steward", password="guess") is None
    assert Client().login(username="steward", password="steward's own")


@pytest.mark.django_db(transaction=True)
async def test_the_same_holds_for_views_that_are_asynchronous():
    assert await aauthenticate(None, username="nobody", password="guess") is None


def test_tokens_know_no_lock(steward):
    for n in range(16):
        attempt("steward", f"guess {n}")
    token = Token.objects.create(user=steward)
    header = {"HTTP_AUTHORIZATION": f"Token {token.key}", "REMOTE_ADDR": HERE}
    answer = Client().post("/api/v1/sync/trigger", {"source": "no such"}, "application/json", **header)
    assert answer.status_code == 400


def test_someone_who_is_inactive_stays_out(steward):
    steward.is_active = False
    steward.save()
    assert not is_in(attempt("steward", "steward's own"))


def test_with_redis_away_nobody_is_kept_out_and_nothing_fails(steward, monkeypatch, settings):
    away = {"BACKEND": "buka.cache.HelpfulRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    monkeypatch.setattr(AxesProxyHandler.get_implementation(), "cache", caches["default"])
    assert {attempt("steward", f"guess {n}").status_code for n in range(12)} == {200}
    assert is_in(attempt("steward", "steward's own"))
