"""The map and the charts in a real browser: on a phone, by the keys, without a script."""

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
from datetime import timedelta
from projects.models import Flag
from projects.tests.factories import FIRST_SEEN, a_project, a_run, change
run = a_run()
place = dict(latitude=-23.31, longitude=30.71)
project = a_project("WP-MAP", run=run, name="Weir at the bend", **place)
a_project("WP-SEA", run=run, municipality="CPT", latitude=-36.0, longitude=18.0)
late = {"completion_date": "2026-01-31", "status": "construction"}
Flag.objects.create(project=project, flag="overdue", raised_at=FIRST_SEEN, figures=late)
for day, progress in enumerate((10, 20, 5), start=1):
    change(project, "progress_percentage", progress, at=FIRST_SEEN + timedelta(days=day))
change(project, "budget", 10 ** 9, at=FIRST_SEEN + timedelta(days=5))
print(project.pk)
"""
_FOCUSED = "document.activeElement.querySelector?.('title')?.textContent ?? ''"


def tab(browser: Browser) -> str:
    """One press of the key; what the focused place of the map is called."""
    for kind in ("rawKeyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    return str(browser.evaluate(_FOCUSED))


def enter(browser: Browser) -> None:
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    browser.call("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
    browser.call("Input.dispatchKeyEvent", type="keyUp", **key)


def test_a_resident_walks_the_map_by_the_keys_and_reads_the_charts(
    nursery: Nursery, env: dict[str, str], var: Path
) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", _PUBLISH]
    pk = int(subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout)
    site = Web(nursery, env, var / "map.log")
    with Browser(nursery) as browser:
        phone = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}
        browser.call("Emulation.setDeviceMetricsOverride", **phone)
        browser.call("Emulation.setScriptExecutionDisabled", value=True)  # of the page's own scripts
        pages = ("/", "/map/?measure=overdue", f"/projects/{pk}/", "/municipalities/LIM331/", "/finances/")
        for path in pages:
            browser.open(f"{site.origin}{path}")
            assert browser.evaluate("document.documentElement.scrollWidth") == 360, path
        browser.open(f"{site.origin}/map/?measure=overdue")
        assert "1 project is not drawn" in browser.evaluate("document.body.innerText")
        names = [tab(browser) for _ in range(40)]
        assert "Greater Giyani: 1 of 1 project overdue" in names
        browser.evaluate("document.querySelector('.signs a').focus()")
        assert browser.evaluate(_FOCUSED) == "Weir at the bend"
        enter(browser)
        wait_for(lambda: browser.evaluate("location.pathname") == f"/projects/{pk}/", "the project's page")
        drawn = "[...document.querySelectorAll('svg.chart[role=img]')].map(chart => chart.ariaLabel)"
        progress, money = browser.evaluate(drawn)
        assert progress.endswith("5% now.")
        assert money.startswith("Budget: R353")
        assert browser.evaluate("document.querySelector('.chart .line').getBBox().width") > 200
    site.stop()
