"""Pytest plugin of the project (`-p buka.dev.testing` in pytest.ini).

* Without `--pg` the tests run on SQLite, whatever `DATABASE_URL` says. With `--pg` they run on the server
  of `TEST_DATABASE_URL`, and of all tests only those that use a database or are marked `live`, without the
  files of `_SAME_ON_BOTH`.
* Each worker has a numbered database of the Redis server and a `VAR_DIR` to itself: one clears its cache,
  another counts; one keeps a reading, another would find it.
* Sockets go to loopback only.
* The migrations are gone through once a run: each test database is a copy, and so is what `migrated_copy`
  makes, which several processes share.
* Hypothesis draws the same examples each time; `--hypothesis-profile default` draws new ones.
* Thousands of tests that are collected are not gone through again by each garbage collection, of which there
  are fewer than a server would have.
* What pytest-django does around each test for marks and fixtures that no test of ours has is left out.
* What the migrations seed is there in every test, also after one that commits (`transaction=True`).
* The soak ends: what has not begun within a quarter of an hour is skipped and counted, but for FULL=1.
* `s3`: a server that speaks S3; `bucket`: the archive is in a new bucket of it.
* `cape_town`, `greater_giyani`, `amathole`: three named municipalities (metropolitan, local, district).
"""

from __future__ import annotations

import gc
import importlib
import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from _pytest.unittest import TestCaseFunction
from django.db.models.signals import post_migrate

from buka.dev.template import Template

ROOT = Path(__file__).resolve().parents[2]
_RUN = "BUKA_TEST_RUN"  # names what the processes of one run share
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}
# On SQLite alone, though they use a database: what these files show is decided before a row is written (pages
# are read and compared in memory) or after rows were read (words, heads of answers, what a browser shows).
# All that writes, locks, searches, filters or pages through rows, or has SQL or migrations of its own, runs
# on PostgreSQL too; and so does each new file.
_SAME_ON_BOTH = {
    "buka": """a_source_on_the_wire axe bidirectional browser_areas browser_desk browser_languages
        browser_report catalogues document policy probes readers transfer weights""",
    "etl": """adding_a_source agents areas_dressed areas_emptied areas_lists areas_mixed_up areas_within
        bad_input bounds_crawl bounds_ends capture characters charset circuit clocks closing_looks
        crawl_opened debt_for_water extract_command extract_saved first_reading_posted flapping handed_in
        identity money_faults odd_histories odd_sites one_source_more parser_version plan_drift polite_polls
        progress_bar sessions stated_counts steward_plan story truth""",
    "projects": """alert_webhooks api_addresses api_guide archive characters charts citing first_page
        heartbeat_url importing languages live_pages oc4ids plan_page processes texts verification_recipe
        words words_in_languages""",
    "realtime": "browser browser_finances browser_first_reading browser_map browser_search delay doors",
}

# `make soak` has a quarter of an hour. First come kills, faults, restarts and histories; last the many cases
# of one kind, of which a slow machine leaves some out.
_SOAK_SECONDS = 900.0
_SOAK_BEGINS = """soak kills clusters hosts crashes first_reading_killed upgrades outages health_loop crowds
    long_history finance_ledger alerts_soak deploy first_reading_whole overrides ledger replay backup demo
    own_servers disks load_at_scale correlation_random trust adding_a_source one_field_more readers""".split()
_SOAK_ENDS = """files downloads document strange_requests axe odd_admin bounds_linear deploy_image""".split()
_NOT_PLAYED = "a quarter of an hour is over: make soak FULL=1 plays this, too"
_BEGAN = time.monotonic()

# Fixtures of pytest-django that go before and after thousands of tests, for marks, a fixture and classes that
# no test of ours has (one that has is refused), and for `django.contrib.sites`, which we do not have.
_LEFT_OUT = (
    *("_django_set_urlconf", "_django_isolate_apps", "_template_string_if_invalid_marker"),
    *("_django_clear_site_cache", "_live_server_helper", "_django_setup_unittest"),
)
_MARKS_OF_THEIRS = {"urls", "django_isolate_apps", "ignore_template_errors"}
# Seconds of the processor that a small known piece of work takes on the machine that limits were measured on.
_REFERENCE_SECONDS = 0.05


@contextmanager
def soon_done(seconds: float) -> Iterator[None]:
    """What a quiet reference machine does in `seconds` of the processor takes no more than four times as long
    here, or longer by as much as this machine is slower at this moment.

    For tests that a piece of work does not grow with the square of its input, where it would take minutes.
    """
    began = time.process_time()
    yield
    spent = time.process_time() - began
    assert spent < 4 * seconds or spent < 4 * seconds * _slowness()


def _slowness() -> float:
    began = time.process_time()
    sum(len(str(number)) for number in range(500_000))
    return (time.process_time() - began) / _REFERENCE_SECONDS


class SocketBlocked(RuntimeError):
    """A test reached for the network. Not an OSError: no fetcher may mistake it for a site that is down."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pg", action="store_true", help="database and live tests only, on TEST_DATABASE_URL")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Choose the database before pytest-django imports the settings, which it does in this same hook."""
    if not early_config.known_args_namespace.pg:
        os.environ.pop("DATABASE_URL", None)
    elif url := os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = url
    else:
        raise pytest.UsageError(
            "--pg needs TEST_DATABASE_URL: python -m buka.dev.supervisor exec -- pytest --pg"
        )
    os.environ["TWO_FACTOR"] = "0"  # its own tests turn it on
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) % 15 + 1  # a server has 16, as it comes
        for name in {"REDIS_URL", "TEST_REDIS_URL"} & os.environ.keys():
            os.environ[name] = _numbered(os.environ[name], number)
        if folder := os.environ.get("VAR_DIR"):
            os.environ["VAR_DIR"] = str(Path(folder, worker))
    return (yield)


def _numbered(redis_url: str, number: int) -> str:
    """Of a server's address that of its database `number`; one that is not set stays so."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return f"{parts.scheme}://{parts.netloc}/{number}" if parts.scheme else redis_url


@pytest.hookimpl(tryfirst=True)  # a profile that is asked for is loaded after ours
def pytest_configure(config: pytest.Config) -> None:
    """Guard the sockets of this process (and, with xdist, of each worker's)."""
    gc.disable()  # until all is collected: nothing of that goes away
    socket.socket.connect = _guarded(socket.socket.connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(socket.socket.connect_ex)  # type: ignore[method-assign]
    socket.getaddrinfo = _guarded_lookup(socket.getaddrinfo)
    post_migrate.connect(_seed_again)
    config.pluginmanager.register(_left_out())
    hypothesis.settings.register_profile("same", derandomize=True)
    hypothesis.settings.load_profile("same")
    os.environ.setdefault(_RUN, str(os.getpid()))  # xdist's workers have it from us


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    is_late = time.monotonic() - _BEGAN > _SOAK_SECONDS and not os.environ.get("FULL")
    if is_late and item.get_closest_marker("soak"):
        pytest.skip(_NOT_PLAYED)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    if number := sum(_NOT_PLAYED in why for why in skipped):
        terminalreporter.write_line(f"{number} cases were not played: {_NOT_PLAYED}", yellow=True)


def _left_out() -> ModuleType:
    """A plugin with nothing in place of what `_LEFT_OUT` names."""
    plugin = ModuleType("left_out")
    for name in _LEFT_OUT:
        setattr(plugin, name, pytest.fixture(lambda: None, scope="session", autouse=True, name=name))
    return plugin


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--pg") and os.environ[_RUN] == str(os.getpid()):
        _template(session.config, Path()).drop()


def _seed_again(app_config: Any, **_named: Any) -> None:
    """A transactional test empties every table when it ends; what the migrations seed comes back here."""
    if app_config.name != "projects":
        return
    from django.apps import apps

    if not apps.get_model("projects", "ChainHead").objects.exists():
        importlib.import_module("projects.migrations.0002_municipalities").seed(apps, None)
        importlib.import_module("projects.flags.keeping").catch_up()


@pytest.hookimpl(trylast=True)  # pytest-django has an order of its own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _refuse_what_is_left_out(items)
    if not any(item.get_closest_marker("soak") is None for item in items):
        items.sort(key=_place_in_soak)
    if not config.getoption("--pg"):
        return
    same = same_on_both()
    chosen = [item for item in items if _uses_database(item) and item.path not in same]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _place_in_soak(item: pytest.Item) -> int:
    name = item.path.stem.removeprefix("test_")
    middle = len(_SOAK_BEGINS)
    if name in _SOAK_BEGINS:
        return _SOAK_BEGINS.index(name)
    return middle + 1 + _SOAK_ENDS.index(name) if name in _SOAK_ENDS else middle


def _refuse_what_is_left_out(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = _MARKS_OF_THEIRS.intersection(mark.name for mark in item.iter_markers())
        wanted |= {"live_server"}.intersection(getattr(item, "fixturenames", ()))
        if wanted or isinstance(item, TestCaseFunction):
            what = ", ".join(wanted) or "a unittest class"
            raise pytest.UsageError(f"{item.nodeid}: {what} does nothing here (_LEFT_OUT in {__file__})")


def same_on_both() -> set[Path]:
    """The files that show the same on each database."""
    tests = {ROOT / app / "tests": names.split() for app, names in _SAME_ON_BOTH.items()}
    return {folder / f"test_{name}.py" for folder, names in tests.items() for name in names}


def _uses_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or item.get_closest_marker("live"):
        return True
    return bool(_DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())))


def _allowed(host: Any) -> bool:
    if host in (None, "", "localhost", b"localhost", urlsplit(os.environ.get("TEST_REDIS_URL", "")).hostname):
        return True
    try:
        return ipaddress.ip_address(host if isinstance(host, str) else host.decode()).is_loopback
    except ValueError:
        return False


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _allowed(address[0]):
            raise SocketBlocked(f"Tests reach loopback only; this one tried {address[0]}:{address[1]}.")
        return connect(self, address)

    return guarded


def _guarded_lookup(lookup: Any) -> Any:
    def guarded(host: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(host, str) and host.endswith(".invalid"):
            # RFC 6761: never resolves. Said here, so that no resolver is asked.
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not _allowed(host):
            raise SocketBlocked(f"Tests reach loopback only; this one looked up {host!r}.")
        return lookup(host, *rest, **named)

    return guarded


@pytest.fixture(autouse=True, scope="session")
def _heads_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests commit must not be published as heads of the real log."""
    from django.conf import settings

    settings.HEADS_DIR = tmp_path_factory.mktemp("heads")


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """A password's hash is made to take a third of a second, which proves nothing here."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _template_of_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Of all processes of a run, one goes through the migrations for its test database."""
    from django.db import connection

    template = _template(request.config, tmp_path_factory.getbasetemp())
    creation: Any = connection.creation
    migrate = creation.create_test_db

    def create_test_db(**options: Any) -> str:
        template.fill(connection, lambda: migrate(**options))
        return str(connection.settings_dict["NAME"])

    creation.create_test_db = create_test_db
    return template


@pytest.fixture(scope="session")
def migrated_copy(_template_of_run: Template, django_db_setup: None) -> Iterator[Callable[[], str]]:
    """Makes a migrated database that several processes share, at each call a new one; returns its URL."""
    yield _template_of_run.copy
    _template_of_run.drop_copies()


def _template(config: pytest.Config, own: Path) -> Template:
    """`own`: the temporary folder of this process; with xdist the run's is the one above."""
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    server = os.environ["TEST_DATABASE_URL"] if config.getoption("--pg") else ""
    return Template(folder, os.environ[_RUN], server)


@pytest.fixture(scope="session")
def s3() -> Iterator[Any]:
    from buka.dev.processes import Nursery
    from projects.tests.s3 import S3

    with Nursery() as nursery:
        yield S3(nursery)


@pytest.fixture
def bucket(s3: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The archive's address, as ARCHIVE_URL has it."""
    from buka import environment
    from projects.tests.s3 import WHO

    for name, value in WHO.items():
        monkeypatch.setenv(name, value)
    url: str = s3.url(s3.bucket())
    _, storage = environment.archive(url, Path())
    settings.STORAGES = {**settings.STORAGES, "archive": storage}
    return url


@pytest.fixture
def open_data(settings: Any) -> None:
    """Whatever is read may be downloaded as lists."""
    from projects.declared import REGISTRY

    settings.OPEN_DATA_SOURCES = list(REGISTRY)


@pytest.fixture
def cape_town(db: None) -> Any:
    return _municipality("CPT")


@pytest.fixture
def greater_giyani(db: None) -> Any:
    return _municipality("LIM331")


@pytest.fixture
def amathole(db: None) -> Any:
    return _municipality("DC12")


def _municipality(code: str) -> Any:
    from projects.models import Municipality

    return Municipality.objects.get(pk=code)
