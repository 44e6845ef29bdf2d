"""What each address costs over the database of `DATABASE_URL`: one JSON object on standard output.

`{"addresses": {address: {"ms": median of the whole request, "cpu_ms": least CPU of this process and its
database's, "first_ms": CPU of the first request}}, "megabytes": how far this process grew}`. Through all of
Django, without a socket. What is counted over the log is kept until the log grows: of the first request alone
all of it is counted.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

ROUNDS = 3
TICKS = os.sysconf("SC_CLK_TCK")
API = "/api/v1/changes/"


def addresses() -> list[str]:
    """Those whose answer could cost what the log has: of this database, whose log may have any size."""
    return [*of_the_log(), *of_other_pages()]


def of_the_log() -> list[str]:
    """The log itself, filtered, paged and as it was."""
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
        "topic=slipped", "topic=finished&province=LIM", "topic=vanished", "topic=new", "min_months=24",
        "min_rand=4000000", "topic=dearer&min_rand=4000000&province=LIM", "programme=RBIG",
        "contractor=Contractor+7", "project=17", "source=dws&entity_type=project",
        "topic=slipped&topic=dearer",
    )  # fmt: skip
    sized = (
        "topic=slipped", "topic=dearer&province=LIM", "page=3", "province=LIM", f"since={month}",
        "field=budget",
    )  # fmt: skip
    return [
        "/", "/?fragment=totals", "/changes/", "/changes/?each=1", f"/changes/?each=1&page={deep}",
        *(f"/changes/?{given}" for given in filters if "ordering" not in given),
        *(f"{API}?{given}" for given in filters),
        *(f"{API}?ordering=size&{given}" for given in sized),
        "/changes/?ordering=size&topic=slipped", API,
        f"{API}?page={deep}", f"{API}?page=last", f"{API}?province=LIM&page={deep // 12}",
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


def of_other_pages() -> list[str]:
    """What is made of the log beside its lists: digests, comparisons, courses, sums, other formats."""
    from django.utils import timezone

    from projects.models import DataChangeLog

    today, newest = timezone.now().date(), DataChangeLog.objects.newest()
    year, month, week = (today - timedelta(days=days) for days in (365, 30, 7))
    weeks = ("{0.year}-W{0.week:02d}".format(day.isocalendar()) for day in (week, year))
    whens = (
        f"from={year}&to={month}",
        f"from={today - timedelta(days=1000)}&to={today}",
        f"from={week}&to={today}",
    )
    return [
        *(f"/digest/{week}/{province}" for week in weeks for province in ("", "LIM/")),
        *(f"{page}?{when}" for when in whens for page in ("/compare/", "/api/v1/compare/")),
        f"/api/v1/compare/?{whens[0]}&province=LIM", f"/api/v1/compare/?{whens[0]}&page=last",
        "/map/", "/map/municipalities.csv", "/projects/",
        "/projects/?province=LIM&status=design&flag=slipping",
        "/projects/by-status.csv", "/projects/17/", "/projects/17/course.csv", "/projects/17/sheet/",
        "/api/v1/projects/17/history/", "/api/v1/projects/", f"/api/v1/projects/?changed_since={month}",
        "/api/v1/projects/?flag=slipping", "/municipalities/", "/municipalities/LIM331/by-year.csv",
        "/changes/heads.txt", f"/changes/{newest // 2}/", f"{API}{newest // 2}/", "/changes/?ordering=size",
        "/data/", "/sources/", "/sources/dws/", "/api/v1/sources/", "/api/v1/runs/",
        "/api/v1/runs/?page=last", "/discrepancies/", "/search/?q=villages", "/api/v1/search/?q=Scheme",
        "/finances/", "/sitemap.xml",
        "/sitemaps/projects.xml", "/api/v1/oc4ids/", "/api/v1/oc4ids/?page=2",
        told(newest).get_absolute_url(),
    ]  # fmt: skip


def told(newest: int) -> Any:
    """A message that told of fifty changes, the older half of which proved false."""
    from django.utils import timezone

    from projects.models import OutboxMessage

    message = OutboxMessage(kind="news", state="sent", reached=True, due_at=timezone.now(), last=newest)
    message.changes, message.retracted = [[newest - 99, newest - 50]], [[newest - 99, newest - 75]]
    message.save()
    return message


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS, settings.TWO_FACTOR = ["*"], False
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
    return {"ms": statistics.median(whole), "cpu_ms": min(cpu), "first_ms": cpu[0]}


def _cpu(backend: int | None) -> float:
    """Seconds: of this process and, where it has one of its own, of the database's process for it."""
    if backend is None or not Path("/proc/self/schedstat").exists():
        return time.process_time()
    return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def _plain(address: str) -> str:
    """The address without what differs between a short and a long log, and between days."""
    from django.utils import timezone

    today = timezone.now().date()
    plain = re.sub(r"\b(page=|after=|past=|changes/)\d+|(told/)[\w-]+", r"\1\2…", address)
    return re.sub(r"\d{4}-\d\d-\d\d", lambda day: f"-{(today - date.fromisoformat(day[0])).days}d", plain)


def _megabytes() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    main()
