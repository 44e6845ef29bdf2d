"""The environment read once, with errors that name the variable."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A server that hangs takes connections and never answers: the health loop has to notice, not to hang with it.
_CONNECT_SECONDS = 10
_SQLITE_OPTIONS = {
    # The first reading of Municipal Money writes a hundred thousand rows in one transaction: some 45 seconds
    # in which every other writer waits, rather than fails. Readers are not held up.
    "timeout": 120,
    # A write transaction that starts as a read fails at once under a second writer; IMMEDIATE waits.
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"
        " PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=27103364;"
    ),
}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if value in ("", "1", "0", "true", "false", "yes", "no", "on", "off"):
        return default if value == "" else value in ("1", "true", "yes", "on")
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0.")


def number(name: str, default: float, least: float = 0) -> float:
    value = text(name, str(default))
    try:
        parsed = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number.") from None
    if not least <= parsed < float("inf"):
        raise ImproperlyConfigured(f"{name}={value!r}: it must be {least:g} or more.")
    return parsed


def whole(name: str, default: int, least: int = 0) -> int:
    return int(number(name, default, least))


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str, pool: bool) -> dict[str, Any]:
    """Django's `DATABASES` entry for `postgres://user:pw@host:port/db` or `sqlite:///path`.

    A `host` in the query (`postgres:///db?host=/run/postgresql`) names a unix socket's folder.
    `pool` is for the web process alone: a pool that a forking worker inherits hangs its children.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:] or ":memory:"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": dict(_SQLITE_OPTIONS)}
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    options.setdefault("connect_timeout", _CONNECT_SECONDS)
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if pool:
        options["pool"] = {"min_size": 2, "max_size": 10, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path)[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def folder(name: str, default: Path) -> Path:
    path = Path(text(name, str(default))).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def intervals() -> dict[str, str]:
    """Source → what is given as its minutes from poll to poll, of each `<NAME>_INTERVAL_MINUTES`.

    Whether that is a number is asked by the source that is declared: the variable may be another program's.
    """
    suffix = "_INTERVAL_MINUTES"
    given = {name.removesuffix(suffix).lower(): text(name) for name in os.environ if name.endswith(suffix)}
    return {name: minutes for name, minutes in given.items() if minutes}


def addresses() -> dict[str, str]:
    """Variable → web address, of each `<NAME>_URL`."""
    given = {name: text(name) for name in os.environ if name.endswith("_URL")}
    return {name: url for name, url in given.items() if url.startswith(("http://", "https://"))}


class WithoutHeartbeat(logging.Filter):
    """Three of the lines that the queue writes of each heartbeat, every minute of every day."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        return record.levelno > logging.INFO or not ("[heartbeat]" in text or "scheduler.beat'" in text)
