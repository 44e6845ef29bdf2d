"""The environment read once, with errors that name the variable."""

from __future__ import annotations

import logging
import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Requests that a web process works on at once, by lane (`buka/lanes.py`): each lane has its own, so that none
# takes another's connections.
PLACES = {"page": 6, "costly": 2, "login": 2, "admin": 3, "probe": 1}
_FOR_SOCKETS = 3  # connections beside those: the live feed reads the log
_POOL = {
    "min_size": 2,
    "max_size": sum(PLACES.values()) + _FOR_SOCKETS,
    # There is one for each who has a place: who waits for long waits for a server that is away.
    "timeout": 5,
    # It would try ever more rarely for five minutes; so it begins anew with the next request.
    "reconnect_timeout": 5,
}
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

# Of a number, unless it says otherwise: what is added to a moment or counted by the database stays within
# what either can hold.
_MOST = 1_000_000
MOST_DAYS = 36500
LEVELS = ("NOTSET", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL")
_MOST_SHOWN = 60  # characters of a value in an error


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def refused(name: str, why: str, value: str | None = None) -> ImproperlyConfigured:
    """The error that names a variable; without its value where that may hold a secret."""
    given = "" if value is None else f"={value if len(value) <= _MOST_SHOWN else value[:_MOST_SHOWN] + '…'!r}"
    return ImproperlyConfigured(f"{name}{given}: {why}")


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if value in ("", "1", "0", "true", "false", "yes", "no", "on", "off"):
        return default if value == "" else value in ("1", "true", "yes", "on")
    raise refused(name, "write 1 or 0.", value)


def number(name: str, default: float, least: float = 0, most: float = _MOST) -> float:
    value = text(name, str(default))
    # float() also reads 1_0, NaN and the digits of every script, which nobody means.
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|[+-]?\.[0-9]+", value):
        raise refused(name, "it is not a number.", value)
    if not least <= float(value) <= most:
        raise refused(name, f"it must be from {_plain(least)} to {_plain(most)}.", value)
    return float(value)


def whole(name: str, default: int, least: int = 0, most: int = _MOST) -> int:
    """What is counted: 0.5 of it is not taken for 0, which often means that there is no limit."""
    parsed = number(name, default, least, most)
    if parsed != int(parsed):
        raise refused(name, "it must be a whole number.", text(name))
    return int(parsed)


def _plain(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = text(name, default).upper()
    if value not in choices:
        raise refused(name, f"it must be one of {', '.join(choices)}.", value)
    return value


def rate(name: str, default: str) -> str:
    """So many in so long, as the framework of our API has it: `30/minute`."""
    value = text(name, default)
    if not re.fullmatch(r"[0-9]{1,9}/[smhd][a-z]{0,6}", value):
        raise refused(name, "it is a number and a time, such as 30/minute.", value)
    return value


def hosts(name: str, default: str) -> list[str]:
    """Names, addresses and networks of hosts, without scheme or path: nothing else is ever equal to one."""
    for word in (found := words(name, default)):
        if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]+(/[0-9]{1,3})?", word, re.ASCII):
            raise refused(name, "each is a host’s name or address alone, such as water.example.org.", word)
    return found


def origins(name: str) -> list[str]:
    for word in (found := words(name)):
        if not re.fullmatch(
            r"https?://[\w.*-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?", word, re.ASCII
        ):
            raise refused(name, "each is an origin without a path, such as https://water.example.org.", word)
    return found


def mailboxes(name: str, default: str = "") -> list[str]:
    """Addresses of mail, with or without a name before them."""
    for word in (found := words(name, default)):
        if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+|[^@<>\r\n]*<[^\s@<>]+@[^\s@<>]+>", word):
            raise refused(name, "it is no address of mail.", word)
    return found


def mailbox(name: str, default: str = "") -> str:
    found = mailboxes(name, default)
    if len(found) > 1:
        raise refused(name, "it is one address of mail.", text(name))
    return found[0] if found else ""


def redis(name: str) -> str:
    """An address of Redis, or nothing. It may hold a password, and is not repeated in the error."""
    url = text(name)
    parts = _split(name, url)
    fits = parts.scheme in ("redis", "rediss") or (parts.scheme == "unix" and parts.path.startswith("/"))
    if url and not fits:
        raise ImproperlyConfigured(f"{name} must begin with redis://, rediss:// or unix:///.")
    if url and parts.scheme != "unix" and not re.fullmatch(r"/?[0-9]{0,3}", parts.path):
        raise refused(
            name, "after the host comes the number of the database, such as redis://localhost:6379/0."
        )
    return url


def _split(name: str, url: str) -> SplitResult:
    """The parts of an address whose port, too, can be read."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be an address that can be read.") from None
    return parts


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def words_if_set(name: str) -> list[str] | None:
    """None where there is no such variable: one that is empty names none."""
    return words(name) if name in os.environ else None


def oc4ids_prefix(name: str, default: str) -> str:
    """`oc4ids-` and the six letters and digits that a publisher was given."""
    value = text(name, default)
    if not re.fullmatch(r"oc4ids-[a-z0-9]{6}", value):
        raise refused(name, "it is “oc4ids-” and six small letters or digits.", value)
    return value


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks: `10.0.0.0/8,192.0.2.7,::1`."""
    try:
        return [ip_network(word, strict=False) for word in words(name, default)]
    except ValueError as error:
        raise refused(name, f"it is a list of addresses and networks: {str(error)[:120]}.") from None


def database(url: str, pool: bool, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's `DATABASES` entry for `postgres://user:pw@host:port/db` or `sqlite:///path`.

    A `host` in the query (`postgres:///db?host=/run/postgresql`) names a unix socket's folder.
    `name`: the variable that has it. `pool` is for the web process alone: a pool that a forking worker
    inherits hangs its children.
    """
    parts = _split(name, url.replace("sqlite://:memory:", "sqlite:///:memory:", 1))
    if parts.scheme == "sqlite" and not parts.netloc:
        path = unquote(parts.path)[1:] or ":memory:"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": dict(_SQLITE_OPTIONS)}
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"{name} must start with postgres:// or sqlite:///.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    options.setdefault("connect_timeout", _CONNECT_SECONDS)
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if pool:
        options["pool"] = dict(_POOL)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path)[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": pool,  # none that the server has closed meanwhile is handed out
        "OPTIONS": options,
    }


def folder(name: str, default: Path) -> Path:
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(name, f"there can be no such folder ({error.strerror}).", str(path)) from None
    return path


def archive(url: str, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Of ARCHIVE_URL the folder of pages, and Django's `STORAGES` entry; `folder`: where there is no such
    variable.

    `file:///folder`, or `s3://bucket/prefix?endpoint=https://…&region=…`.
    """
    parts, in_folder = _split("ARCHIVE_URL", url), {"BACKEND": "projects.archive.folder.Folder"}
    if not url:
        return folder, in_folder
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Path(unquote(parts.path)), in_folder
    told = dict(parse_qsl(parts.query))
    fits = parts.scheme == "s3" and parts.hostname and "@" not in parts.netloc
    if not fits or told.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(
            "ARCHIVE_URL must be file:///folder or s3://bucket/prefix?endpoint=https://…&region=…;"
            " who may enter is said by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    options = {"bucket": parts.netloc, "prefix": unquote(parts.path).strip("/")}
    options |= {name: told.get(name, "") for name in ("endpoint", "region")}
    return folder, {"BACKEND": "projects.archive.bucket.Bucket", "OPTIONS": options}


def web_address(name: str, default: str = "") -> str:
    """An http(s) address, or nothing. It may hold a secret, and is not repeated in the error."""
    value = text(name, default)
    parts = _split(name, value)
    fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    if value and (not fits or re.search(r"[\s\x00-\x1f\x7f]", value)):
        raise ImproperlyConfigured(f"{name} must be an address that begins with http:// or https://.")
    return value


def site(origins: list[str]) -> str:
    """SITE_URL without a slash at its end; else the first https:// origin that is trusted; else this
    machine."""
    secure = [origin for origin in origins if origin.startswith("https://") and "*" not in origin]
    local = f"http://127.0.0.1:{text('PORT', '8000')}"
    return (web_address("SITE_URL") or (secure or [local])[0]).rstrip("/")


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


_EACH_MINUTE = ("[heartbeat]", "scheduler.beat'", "[alerts]", "worker.tell'")


class WithoutHeartbeat(logging.Filter):
    """Three of the lines that the queue writes of each heartbeat, every minute of every day; likewise of
    alerts, which say themselves what they failed to send."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        return record.levelno > logging.INFO or not any(mark in text for mark in _EACH_MINUTE)
