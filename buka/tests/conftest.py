"""What tests of logins share; and a site with something on every page, and a browser to look at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axes.handlers.proxy import AxesProxyHandler
from django.core.cache import caches
from playwright.sync_api import Browser, sync_playwright

from buka.dev.processes import Nursery
from realtime.tests.browser import CHROMIUM
from realtime.tests.processes import ROOT, Redis, Web, environment


@pytest.fixture
def nothing_counted(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No login was tried yet: the cache, which the tests of a run share, under a prefix of its own."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}}
    monkeypatch.setattr(AxesProxyHandler.get_implementation(), "cache", caches["default"])


@dataclass(frozen=True)
class Site:
    """A web process over what `readers.py` wrote. `known`: where things are."""

    origin: str
    env: dict[str, str]
    known: dict[str, Any]

    def path(self, form: str) -> str:
        """`/projects/{project}/` with what there is."""
        return form.format(**self.known)


@pytest.fixture(scope="session")
def site(migrated_copy: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: what a reader sees in a browser is not tested")
    var = tmp_path_factory.mktemp("readers")
    with Nursery() as nursery:
        redis_url = os.environ.get("TEST_REDIS_URL") or Redis(nursery).url
        env = {**environment(migrated_copy(), redis_url, var), "DEMO": "1"}  # its banner is on each page
        command = [sys.executable, "-m", "buka.tests.readers"]
        told = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout
        web = Web(nursery, env, var / "web.log")
        yield Site(web.origin, env, json.loads(told))
        web.stop()


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    """Of one module: its loop must not run while tests that have one of their own do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()
