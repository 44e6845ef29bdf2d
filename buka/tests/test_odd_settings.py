"""Whatever a variable of the environment is set to: it is read as it was meant, or refused by its name."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client

from buka import command_line, environment

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = ROOT / "buka" / "settings.py"
READ = sorted(set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', SETTINGS.read_text())))
ODD = [
    "-1",
    "0.5",
    "1e300",
    "9" * 30,
    "nan",
    "inf",
    "²",
    "٣",
    "1_0",
    "ten",
    "\u202e5",
    "a,b",
    "http://",
    "http://[",
    "://x",
    "x" * 5000,
    "10.0.0.0/99",
    "http://x:99999/",
    "http://a b/",
    "postgres://h:port/db",
    "sqlite://x",
    "redis://h:x",
    "s3://",
    "/dev/null",
    "/dev/null/x",
    "two\nlines",
]


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", READ)
def test_no_value_is_a_traceback_and_each_that_is_refused_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ODD:
        monkeypatch.setenv(name, value)
        said = refusal()
        assert said == "" or said.startswith(name), value[:60]
        assert len(said) < 400
        assert "\n" not in said


def refusal() -> str:
    """What the settings say of this environment; nothing where they can be read."""
    try:
        runpy.run_path(str(SETTINGS))
    except ImproperlyConfigured as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOCKETS_TOTAL", "0.5"),  # not 0, which is no limit
        ("PRUNE_AFTER_DAYS", "0.9"),  # not 0, which is never
        ("LOGIN_LOCK_MINUTES", "1e300"),
        ("PRUNE_AFTER_DAYS", "999999"),  # a moment before all calendars
        ("FETCH_DELAY_SECONDS", "٣"),
        ("EMAIL_PORT", "65536"),
        ("DISK_LEAST_FREE_PERCENT", "101"),
        ("LOG_LEVEL", "loud"),
        ("SYNC_RATE", "often"),
        ("SYNC_RATE", "10/fortnight"),
        ("DWS_URL", "ws.dws.gov.za/pmd"),
        ("TREASURY_URL", "ftp://x/"),
        ("CONTACT_URL", "http://x/\r\nX: y"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://h:port/0"),
        ("REDIS_URL", "redis://h/zero"),
        ("ALLOWED_HOSTS", "https://water.example.org"),
        ("HEALTH_HOSTS", "10.0.0.7/"),
        ("CSRF_TRUSTED_ORIGINS", "water.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://water.example.org/path"),
        ("ALERT_EMAILS", "nobody"),
        ("BOUNCE_ADDRESS", "a@b, c@d"),
        ("DATABASE_URL", "sqlite://relative/path"),
        ("DATABASE_REPLICA_URL", "mysql://h/x"),
        ("VAR_DIR", "/dev/null"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{name}"):
        runpy.run_path(str(SETTINGS))


def test_what_is_meant_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "SOCKETS_TOTAL": "6000.0",
        "FETCH_DELAY_SECONDS": ".5",
        "LOG_LEVEL": "debug",
        "REDIS_URL": "unix:///run/redis.sock",
        "ALLOWED_HOSTS": ".example.org, [::1],127.0.0.1, my_host-2",
        "HEALTH_HOSTS": "10.0.0.0/8,2001:db8::/32,.probes.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://*.example.org:8443,http://[::1]:8000",
        "ALERT_EMAILS": "a@example.org, B <b@example.org>",
        "DATABASE_URL": "postgres://u:p%40@[::1]:5433/x",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    read = runpy.run_path(str(SETTINGS))
    assert (read["SOCKETS_TOTAL"], read["FETCH_DELAY_SECONDS"]) == (6000, 0.5)
    assert read["LOGGING"]["root"]["level"] == "DEBUG"
    assert read["ALERT_EMAILS"] == ["a@example.org", "B <b@example.org>"]
    assert len(read["ALLOWED_HOSTS"]) == 4
    assert read["DATABASES"]["default"]["PASSWORD"] == "p@"


@pytest.mark.parametrize("url", ["sqlite://:memory:", "sqlite:///:memory:", "sqlite://"])
def test_a_database_in_memory_has_several_spellings(url: str) -> None:
    assert environment.database(url, pool=False)["NAME"] == ":memory:"


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"LOG_LEVEL": "loud"}, "LOG_LEVEL"), ({"OPEN_DATA_SOURCES": "dwss"}, "there is no “dwss”")],
)
@pytest.mark.parametrize("program", [["manage.py", "check"], ["-c", "import buka.asgi"]])
def test_a_program_that_cannot_start_says_why_in_one_line(
    program: list[str], environment: dict[str, str], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("no such\ntable: x"), "The database could not be used: no such table: x"),
        (
            PermissionError(13, "Permission denied", "/x"),
            "This machine refused: [Errno 13] Permission denied: '/x'",
        ),
        (ImproperlyConfigured("X=1: no."), "A setting cannot be used: X=1: no."),
    ],
)
def test_what_a_command_meets_is_a_sentence_unless_its_place_is_asked_for(
    error: Exception, said: str
) -> None:
    def execute(_: list[str]) -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        command_line.run(["manage.py", "x"], execute)
    assert ended.value.code == said
    with pytest.raises(type(error)):
        command_line.run(["manage.py", "x", "--traceback"], execute)


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("host", ["evil.example", "a b", "a@b", "[::1", "127.0.0.1:x", ""])
def test_a_name_that_is_not_ours_is_refused_in_a_sentence(host: str, debug: bool, settings: object) -> None:
    settings.DEBUG = debug  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["water.example.org"]  # type: ignore[attr-defined]
    answer = Client(raise_request_exception=False).get("/about/", headers={"host": host})
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert b"not known by that name" in answer.content
