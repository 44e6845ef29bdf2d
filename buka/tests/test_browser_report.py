"""A reader reports a mistake from a phone; its answer stands on the page that was wrong. Skipped without
Chromium.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from buka.dev.processes import Nursery
from realtime.tests.browser import CHROMIUM, Browser
from realtime.tests.conftest import database_url, env, nursery, var
from realtime.tests.processes import ROOT, Web, wait_for

__all__ = ["database_url", "env", "nursery", "var"]

pytestmark = [
    pytest.mark.soak,
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
_PUBLISH = """
from django.contrib.auth.models import User
from projects.tests.factories import a_project
User.objects.create_superuser("steward", password="steward-password")
print(a_project("WP-PHONE", name="Weir at the ford").pk)
"""
WORDS = "The council’s minutes of 3 March have R5 million."
ANSWER = {
    "id_who": "Greater Giyani Local Municipality",
    "id_role": "municipal manager",
    "id_said_on": "2026-05-06",
    "id_source": "A letter to the stewards",
    "id_text": "Council adjusted the budget on 28 February 2026.",
}
IN_LIST = "a[href*='/projects/report/'][href*='/change/']"
MAIN = "document.querySelector('main').innerText"
OVERFLOW = "document.documentElement.scrollWidth > innerWidth"


def follow(browser: Browser, link: str, to: str) -> None:
    """Press the link or the button, and wait for the page behind it, which alone has an element `to`."""
    browser.evaluate(f"document.querySelector({link!r}).click()")
    there = f"!!document.querySelector({to!r}) && document.readyState === 'complete'"
    wait_for(lambda: browser.evaluate(there), f"{to} behind {link}")


def fill(browser: Browser, name: str, text: str) -> None:
    browser.evaluate(f"document.getElementById({name!r}).value = ''")
    browser.evaluate(f"document.getElementById({name!r}).focus()")
    browser.call("Input.insertText", text=text)


def test_from_a_phones_form_to_the_page_that_shows_the_report_and_its_answer(
    nursery: Nursery, env: dict[str, str], var: Path
) -> None:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", _PUBLISH]
    pk = int(subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout)
    site = Web(nursery, env, var / "report.log")
    with Browser(nursery) as browser:
        phone = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}
        browser.call("Emulation.setDeviceMetricsOverride", **phone)
        browser.call(
            "Emulation.setScriptExecutionDisabled", value=True
        )  # of the pages: ours runs all the same
        browser.open(f"{site.origin}/projects/{pk}/")
        follow(browser, ".cards a[href$='field=budget']", "form.report")
        assert "R353 000 000" in browser.evaluate(MAIN).replace("\u00a0", " ").replace("\u202f", " ")
        assert not browser.evaluate(OVERFLOW)
        fill(browser, "id_text", WORDS)
        fill(browser, "id_contact", "072 555 0134")
        time.sleep(2.5)  # as long as a reader takes at least
        follow(browser, "form.report button", ".receipt")
        receipt = str(browser.evaluate("location.pathname"))
        assert re.fullmatch(r"/report/(\w{4}-){3}\w{4}/", receipt)
        assert not browser.evaluate(OVERFLOW)
        assert "No steward has looked at it yet." in browser.evaluate(MAIN)
        assert browser.evaluate("document.cookie") == ""

        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
        browser.open(f"{site.origin}/admin/login/?next=/admin/projects/report/")
        fill(browser, "id_username", "steward")
        fill(browser, "id_password", "steward-password")
        follow(browser, "[type=submit]", IN_LIST)
        follow(browser, IN_LIST, "[name=public_reason]")
        assert "072 555 0134" in browser.evaluate("document.body.innerText")
        follow(browser, "a[href*='reply/add/?report=']", "[name=said_on]")
        for name, text in ANSWER.items():
            fill(browser, name, text)
        follow(browser, "[name=_save]", "a[href*='/projects/reply/'][href*='/change/']")

        browser.call("Network.clearBrowserCookies")
        browser.call("Emulation.setDeviceMetricsOverride", **phone)
        browser.open(f"{site.origin}/projects/{pk}/")
        shown = browser.evaluate(MAIN)
        assert ANSWER["id_text"] in shown
        assert "answered about “Budget” on 6 May 2026" in shown
        assert WORDS not in shown
        assert not browser.evaluate(OVERFLOW)
        follow_to = browser.evaluate("document.querySelector('.cards .answered a').getAttribute('href')")
        assert browser.evaluate(f"!!document.querySelector('{follow_to}.reply')")
        browser.open(f"{site.origin}{receipt}")
        assert ANSWER["id_text"] in browser.evaluate(MAIN)
        assert WORDS in browser.evaluate(MAIN)
