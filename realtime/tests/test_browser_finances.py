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

NEWS_HIDDEN = "document.querySelector('[data-live-news]').hidden"
_PUBLISH = """
from projects.models import SyncRun
from projects.tests.factories import a_figure, a_run
run = SyncRun.objects.filter(source_id="treasury").first() or a_run("treasury")
a_figure({figure}, year={year}, municipality="DC12", run=run)
"""
_DEBT = "'bulk_debt', '0200', 'ACT', '64000000.00', through_month=6, months={'6': '64000000.00'}"
PHONE = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}


def publish(env: dict[str, str], year: int, figure: str = "") -> None:
    """A figure of Amathole and its row of the log, by another process."""
    said = _PUBLISH.format(year=year, figure=figure).replace("(, ", "(")
    command = [sys.executable, "manage.py", "shell", "-c", said]
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)


def test_a_new_figure_is_shown_without_a_reload(nursery: Nursery, env: dict[str, str], var: Path) -> None:
    years = (
        "[...document.querySelectorAll('#finances details.year[id^=finances-2]')]"
        ".map(year => year.id + ' ' + year.open)"
    )
    publish(env, 2021)
    site = Web(nursery, env, var / "finances.log")
    with Browser(nursery) as browser:
        browser.open(f"{site.origin}/municipalities/DC12/#finances-2021")
        browser.evaluate("document.getElementById('finances-2021').open = false; window.same = 1")
        publish(env, 2022)
        wait_for(lambda: not browser.evaluate(NEWS_HIDDEN), "that something is new")
        browser.evaluate("document.querySelector('[data-live-news]').click()")
        shown = ["finances-2022 false", "finances-2021 false"]
        wait_for(lambda: browser.evaluate(years) == shown, "the new year, and the folded one folded")
        assert browser.evaluate("window.same") == 1
        assert "R1\u202f297\u202f441\u202f790" in browser.evaluate(
            "document.getElementById('finances').textContent"
        )
    site.stop()


def test_a_resident_with_a_phone_finds_what_the_municipality_owes_for_water_in_two_steps(
    nursery: Nursery, env: dict[str, str], var: Path
) -> None:
    publish(env, 2026, _DEBT)
    site = Web(nursery, env, var / "owed.log")
    with Browser(nursery) as browser:
        browser.call("Emulation.setDeviceMetricsOverride", **PHONE)

        def step(link: str, to: str) -> None:
            """Tap a link that is in sight, or scrolled to, without a scroll sideways."""
            assert browser.evaluate("document.documentElement.scrollWidth") == 360
            found = f"[...document.querySelectorAll('main a')].find(a => a.textContent.trim() === {link!r})"
            browser.evaluate(f"{found}.scrollIntoView({{block: 'center'}})")
            box = browser.evaluate(f"(box => [box.left, box.right])({found}.getBoundingClientRect())")
            assert 0 <= box[0] < box[1] <= 360, box
            browser.evaluate(f"{found}.click()")
            wait_for(lambda: browser.evaluate("location.pathname + location.hash") == to, to)
            wait_for(lambda: browser.evaluate("document.readyState") == "complete", to)

        browser.open(f"{site.origin}/")
        step("How much does my municipality owe for water?", "/finances/")
        step("Amathole", "/municipalities/DC12/#debt")
        assert browser.evaluate("document.documentElement.scrollWidth") == 360
        answer = "R64 million owed for bulk water at the end of December 2025"
        seen = "[...document.querySelectorAll('#debt ~ *, #debt, #debt *')].filter(part => {"
        seen += (
            " const box = part.getBoundingClientRect(); return box.top >= 0 && box.bottom < innerHeight })"
        )
        wait_for(
            lambda: answer in browser.evaluate(f"{seen}.map(part => part.textContent).join(' ')"), answer
        )
    site.stop()
