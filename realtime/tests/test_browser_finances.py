"""A municipality's finances in a real browser show a new figure without a reload."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from buka.dev.processes import Nursery
from realtime.tests.browser import CHROMIUM, Browser
from realtime.tests.processes import ROOT, Web, wait_for

pytestmark = [
    pytest.mark.soak,
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

_PUBLISH = """
from projects.models import SyncRun
from projects.tests.factories import a_figure, a_run
run = SyncRun.objects.filter(source_id="treasury").first() or a_run("treasury")
a_figure(year={year}, municipality="DC12", run=run)
"""


def publish(env: dict[str, str], year: int) -> None:
    """A figure of Amathole and its row of the log, by another process."""
    command = [sys.executable, "manage.py", "shell", "-c", _PUBLISH.format(year=year)]
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def test_a_new_figure_is_shown_without_a_reload(
    nursery: Nursery, env: dict[str, str], var: Path, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--pg", default=False):
        pytest.skip("a browser sees the same whatever the database is")
    years = "[...document.querySelectorAll('#finances details.year')].map(year => year.id + ' ' + year.open)"
    publish(env, 2021)
    site = Web(nursery, env, var / "finances.log")
    with Browser(nursery) as browser:
        browser.open(f"{site.origin}/municipalities/DC12/#finances-2021")
        browser.evaluate("document.getElementById('finances-2021').open = false; window.same = 1")
        publish(env, 2022)
        shown = ["finances-2022 true", "finances-2021 false"]
        wait_for(lambda: browser.evaluate(years) == shown, "the new year, and the folded one folded")
        assert browser.evaluate("window.same") == 1
        assert "R1\u202f297\u202f441\u202f790" in browser.evaluate(
            "document.getElementById('finances').innerText"
        )
    site.stop()
