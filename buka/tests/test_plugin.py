"""What the tests stand on: no network, seeded tables, three named municipalities."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import requests
from django.db import connection

from buka.dev import testing
from buka.dev.testing import ROOT, SocketBlocked, same_on_both


def test_a_connection_beyond_loopback_is_refused():
    with socket.socket() as outward, pytest.raises(SocketBlocked, match="192.0.2.1:80"):
        outward.connect(("192.0.2.1", 80))


def test_a_lookup_beyond_loopback_is_refused_also_through_a_library():
    with pytest.raises(SocketBlocked, match="ws.dws.gov.za"):
        requests.get("https://ws.dws.gov.za/pmd/level.aspx", timeout=5)


def test_a_host_that_never_resolves_fails_as_the_resolver_says_it():
    with pytest.raises(requests.ConnectionError):
        requests.get("http://site.invalid/", timeout=5)


def test_loopback_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()


def test_the_three_municipalities_are_a_metro_a_local_and_a_district(cape_town, greater_giyani, amathole):
    assert [each.category for each in (cape_town, greater_giyani, amathole)] == ["A", "B", "C"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_committing_test_finds_what_the_migrations_seeded(turn):
    from projects.models import ChainHead, Municipality, Source

    assert ChainHead.objects.count() == 1
    assert Municipality.objects.count() == 257
    assert Source.objects.filter(name="dws").exists()
    Municipality.objects.filter(district__isnull=False).delete()


@pytest.mark.django_db
def test_the_database_is_the_one_that_the_options_chose(pytestconfig):
    assert connection.vendor == ("postgresql" if pytestconfig.getoption("--pg") else "sqlite")


def test_what_shows_the_same_on_both_databases_is_there():
    assert [path.name for path in same_on_both() if not path.is_file()] == []


def test_pg_without_a_server_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--pg", "--collect-only", "-q", "buka"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "buka.dev.supervisor exec" in done.stdout + done.stderr


def test_each_file_that_the_soak_has_a_place_for_is_there():
    named = [*testing._SOAK_BEGINS, *testing._SOAK_ENDS]
    there = {path.stem.removeprefix("test_") for path in ROOT.glob("*/tests/test_*.py")}
    assert set(named) <= there
    assert len(named) == len(set(named))


@pytest.mark.parametrize(("marked", "full", "is_played"), [(1, "", False), (1, "1", True), (0, "", True)])
def test_what_has_not_begun_in_time_is_skipped_of_the_soak_alone(
    request, monkeypatch, marked, full, is_played
):
    monkeypatch.setattr(testing, "_SOAK_SECONDS", 0.0)
    monkeypatch.setenv("FULL", full)
    if marked:
        request.node.add_marker("soak")
    if is_played:
        testing.pytest_runtest_setup(request.node)
    else:
        with pytest.raises(pytest.skip.Exception, match="FULL=1 plays this"):
            testing.pytest_runtest_setup(request.node)
