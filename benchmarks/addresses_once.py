"""What each address costs over the database of `DATABASE_URL`: one JSON object on standard output.

`{"addresses": {address: {"ms": median of the whole request, "cpu_ms": least CPU of this process and its
database's}}, "megabytes": how far this process grew}`. Through all of Django, without a socket.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")
API = "/api/v1/changes/"


def addresses() -> list[str]:
    """Those whose answer could cost what the log has: of this database, whose log may have any size."""
    from django.utils import timezone

    from projects.models import DataChangeLog

    newest = DataChangeLog.objects.newest()
    today = timezone.now().date()
    year, month = today - timedelta(days=365), today - timedelta(days=30)
    long_ago = today - timedelta(days=1000)
    deep = newest // 50 - 2
    filters = (
        "municipality=LIM331", "province=LIM", "field=budget", "field=contractor", "field=nothing",
        "rule=progress_backwards", "severity=major", f"since={month}", f"until={year}", f"until={long_ago}",
        "change_type=withdrawn", "ordering=size", "province=LIM&field=budget&severity=major",
        f"municipality=LIM331&since={year}&until={month}", "cause=parser&rule=progress_backwards",
    )  # fmt: skip
    return [
        "/", "/?fragment=totals", "/changes/", "/changes/?each=1", f"/changes/?each=1&page={deep}",
        *(f"/changes/?{given}" for given in filters if "ordering" not in given),
        *(f"{API}?{given}" for given in filters),
        API, f"{API}?page={deep}", f"{API}?page=last", f"{API}?province=LIM&page={deep // 12}",
        f"{API}?field=expenditure&page={deep // 4}", f"{API}?after={newest // 2}",
        f"{API}?after=0&page={deep}", f"{API}?past={newest // 3}&page=7",
        f"{API}events/", f"{API}events/?page=2", f"{API}events/?province=LIM",
        f"{API}events/?until={year}",
        "/changes/feed.atom", "/changes/feed.atom?municipality=LIM331", "/municipalities/LIM331/",
        "/projects/?silent=1", f"/api/v1/projects/?as_of={year}", f"/api/v1/projects/?as_of={long_ago}",
        f"/api/v1/projects/?as_of={year}&ordering=-budget&status=design",
        f"/api/v1/projects/17/?as_of={year}",
        f"/api/v1/projects/?as_of={year}&municipality=LIM331", f"/api/v1/projects/?as_of={year}&q=villages",
        "/admin/projects/datachangelog/", "/admin/projects/datachangelog/?q=WP1234",
        "/admin/projects/datachangelog/?q=nowhere", "/admin/projects/datachangelog/?severity__exact=major",
    ]  # fmt: skip


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)[0])
    backend = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
    client.get("/")
    before, found = _megabytes(), {}
    for address in addresses():
        found[_plain(address)] = _measured(client, address, backend)
    sys.stdout.write(json.dumps({"megabytes": _megabytes() - before, "addresses": found}))


def _measured(client: Any, address: str, backend: int | None) -> dict[str, float]:
    whole, cpu = [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), _cpu(backend)
        answer = client.get(address)
        whole.append((time.perf_counter() - began) * 1000)
        cpu.append((_cpu(backend) - spent) * 1000)
        assert answer.status_code == 200, (address, answer.status_code, answer.content[:300])
    return {"ms": statistics.median(whole), "cpu_ms": min(cpu)}


def _cpu(backend: int | None) -> float:
    """Seconds: of this process and, where it has one of its own, of the database's process for it."""
    if backend is None or not Path("/proc/self/schedstat").exists():
        return time.process_time()
    return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def _plain(address: str) -> str:
    """The address without what differs between a short and a long log."""
    return re.sub(r"\b(page|after|past)=\d+", r"\1=…", re.sub(r"\d{4}-\d\d-\d\d", "…", address))


def _megabytes() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    main()
