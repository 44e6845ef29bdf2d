"""A resident on a phone goes from a misspelt town to her project by the keys alone; the sheet is one page."""

from __future__ import annotations

import base64
import re
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
_LONG = "Upgrade of the bulk water supply from the dam to the villages below it. " * 30
_PUBLISH = """
from projects.tests.factories import a_project, a_run, change
run = a_run()
texts = dict(name={long!r}, description={long!r}, contractor={long!r}[:300], implementing_agent={long!r})
project = a_project("WP-LONG", run=run, shared=["DC33", "LIM332", "LIM333", "LIM334"], **texts)
for number in range(9):
    change(project, "budget", 10 ** 9 + number)
print(project.pk)
"""
_OPTIONS = "[...document.querySelectorAll('[role=option]')].map(line => line.textContent.trim())"


def press(browser: Browser, key: str) -> None:
    for kind in ("rawKeyDown", "keyUp"):
        code = {"ArrowDown": 40, "Enter": 13, "Escape": 27}[key]
        browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)


def type_in(browser: Browser, text: str) -> None:
    browser.evaluate("document.querySelector('form.find input').focus()")
    browser.call("Input.insertText", text=text)
    wait_for(lambda: browser.evaluate(f"{_OPTIONS}.length"), "proposals")


def test_from_a_misspelt_town_to_its_project_by_the_keys_and_to_a_sheet_of_one_page(
    nursery: Nursery, env: dict[str, str], var: Path
) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", _PUBLISH.format(long=_LONG)]
    pk = int(subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout)
    site = Web(nursery, env, var / "search.log")
    with Browser(nursery) as browser:
        phone = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}
        browser.call("Emulation.setDeviceMetricsOverride", **phone)
        browser.open(f"{site.origin}/")
        type_in(browser, "giyanie")
        assert "Greater Giyani" in browser.evaluate(f"{_OPTIONS}[0]")
        press(browser, "Escape")
        wait_for(lambda: not browser.evaluate(f"{_OPTIONS}.length"), "no proposals")
        assert browser.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
        press(browser, "ArrowDown")
        wait_for(lambda: browser.evaluate(f"{_OPTIONS}.length"), "proposals again")
        press(browser, "ArrowDown")
        chosen = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        assert "Greater Giyani" in browser.evaluate(f"{chosen}.textContent")
        press(browser, "Enter")
        wait_for(lambda: browser.evaluate("location.pathname") == "/municipalities/LIM331/", "her place")
        wait_for(lambda: browser.evaluate(f"!!document.querySelector('a[href=\"/projects/{pk}/\"]')"), "it")
        browser.open(f"{site.origin}/projects/{pk}/sheet/")
        assert browser.evaluate("document.documentElement.scrollWidth") == 360
        paper = browser.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        pdf = base64.b64decode(paper["data"])
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    site.stop()
