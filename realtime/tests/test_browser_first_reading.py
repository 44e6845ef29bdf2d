"""A first reading in a browser: the dashboard fills, and says how far it is. Skipped without Chromium."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from buka.dev.processes import Nursery
from realtime.tests.browser import CHROMIUM, Browser
from realtime.tests.processes import ROOT, Redis, Web, environment, wait_for
from replica.server import ReplicaServer

pytestmark = [
    pytest.mark.soak,
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
ALL = 200
PAUSE = 1  # seconds between two pages, as with the real site
TEXT = "document.getElementById('totals').innerText"
PROJECTS = "document.querySelector('#totals dl.cards dd')?.textContent ?? ''"


@pytest.fixture
def env(nursery: Nursery, tmp_path: Path, migrated_copy: Callable[[], str]) -> dict[str, str]:
    return environment(migrated_copy(), Redis(nursery).url, tmp_path)


@pytest.fixture
def browser(nursery: Nursery) -> Iterator[Browser]:
    with Browser(nursery) as browser:
        yield browser


def test_the_dashboard_fills_within_the_first_minute_of_a_first_reading(
    nursery: Nursery, env: dict[str, str], tmp_path: Path, browser: Browser
) -> None:
    site = Web(nursery, env, tmp_path / "web.log")
    with ReplicaServer(projects=ALL, seed=7, short_menu=True) as replica:
        ours = {**env, "DWS_URL": replica.url, "FETCH_DELAY_SECONDS": str(PAUSE)}
        began = time.monotonic()
        command = [sys.executable, "manage.py", "sync_dws", "--json"]
        with (tmp_path / "sync.log").open("w") as log:
            reading = nursery.spawn(command, env=ours, cwd=ROOT, stdout=log)
        browser.open(site.origin)
        wait_for(lambda: shown(browser, PROJECTS), "the first projects", seconds=60)
        assert time.monotonic() - began < 60
        assert reading.poll() is None, "it is still being read"
        wait_for(lambda: " lists" in shown(browser, TEXT), "how far it is", seconds=15)
        first, text = int(shown(browser, PROJECTS)), shown(browser, TEXT)
        # A list of all of them fills the page at once; the lists of municipalities go on.
        wait_for(lambda: int(shown(browser, PROJECTS)) >= min(first + 1, ALL), "more projects", seconds=60)
        wait_for(lambda: shown(browser, TEXT) != text, "how far it is now", seconds=15)
        nursery.stop(reading)


def shown(browser: Browser, expression: str) -> Any:
    return browser.evaluate(expression).strip()
