"""The dashboard in a real browser keeps itself up to date. Skipped where there is no Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis as redis_client

from buka.dev.processes import Nursery
from realtime.tests.browser import CHROMIUM, Browser
from realtime.tests.processes import Web, Writer, wait_for

pytestmark = [
    pytest.mark.soak,
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

STATE = "document.getElementById('live').dataset.state"
FIRST = "document.querySelector('ol[data-live] > li')?.dataset.changeId"
NEWS = "document.querySelector('[data-live-news]').textContent"
SHOWN = "[...document.querySelectorAll('ol[data-live] > li')].map(row => Number(row.dataset.changeId))"


@pytest.fixture(scope="module")
def site(nursery: Nursery, env: dict[str, str], var: Path) -> Web:
    return Web(nursery, env, var / "site.log")


@pytest.fixture(scope="module")
def browser(nursery: Nursery) -> Iterator[Browser]:
    with Browser(nursery) as browser:
        yield browser


def shown_soon(browser: Browser, last: int, seconds: float = 10) -> None:
    """It waits behind the button; who presses that sees it."""
    wait_for(
        lambda: not browser.evaluate("document.querySelector('[data-live-news]').hidden"), "news", seconds
    )
    browser.evaluate("document.querySelector('[data-live-news]').click()")
    shows(browser, FIRST, str(last))


def shows(browser: Browser, expression: str, value: Any, seconds: float = 10) -> None:
    wait_for(lambda: browser.evaluate(expression) == value, f"{expression} = {value}", seconds)


def test_the_dashboard_shows_a_change_within_a_second(browser: Browser, site: Web, writer: Writer) -> None:
    browser.open(site.origin)
    shows(browser, STATE, "live")
    is_empty = browser.evaluate(FIRST) is None
    first = writer.append("an empty list takes it at once: nothing is there to be moved")["last"]
    shows(browser, FIRST, str(first), seconds=1.5) if is_empty else shown_soon(browser, first)
    last = writer.append("Scheme <i>with</i> “quotes” & accents é")["last"]
    shown_soon(browser, last, seconds=1.5)
    assert "Scheme <i>with</i> “quotes” & accents é" in browser.evaluate(
        "document.querySelector('ol[data-live] > li').textContent"
    )
    assert "is-new" in browser.evaluate("document.querySelector('ol[data-live] > li').className")


def test_the_page_tells_the_server_what_it_has_painted(
    browser: Browser, site: Web, writer: Writer, env: dict[str, str]
) -> None:
    browser.open(site.origin)
    shows(browser, STATE, "live")
    writer.append("to be painted")

    def measured() -> dict[str, Any] | None:
        with redis_client.from_url(env["REDIS_URL"]) as client:
            records = {k.decode(): json.loads(v) for k, v in client.hgetall("buka:hubs").items()}
        own = [said for name, said in records.items() if name.endswith(f":{site.process.pid}")]
        return own[0]["delays"] if own else None

    wait_for(measured, "the page's word", seconds=15)
    delays = measured()
    assert delays
    assert 0 < delays["median"] < 2


def test_a_burst_keeps_the_newest_rows_in_order(browser: Browser, site: Web, writer: Writer) -> None:
    browser.open(site.origin)
    shows(browser, STATE, "live")
    last = writer.append(*(f"scheme {n}" for n in range(300)))["last"]
    shows(browser, NEWS, "300 new changes: show")
    shown_soon(browser, last)
    shown = browser.evaluate(SHOWN)
    assert shown == list(range(last, last - len(shown), -1))


def test_it_comes_back_after_a_restart_and_shows_what_it_missed(
    browser: Browser, site: Web, writer: Writer
) -> None:
    browser.open(site.origin)
    shows(browser, STATE, "live")
    site.stop()
    shows(browser, STATE, "reconnecting")
    last = writer.append("while nobody was there", "and another")["last"]
    site.start()
    shows(browser, STATE, "live", seconds=15)
    shown_soon(browser, last)
    assert browser.evaluate(SHOWN)[:2] == [last, last - 1]


def test_a_page_that_was_offline_for_long_is_fetched_again(
    browser: Browser, site: Web, writer: Writer
) -> None:
    browser.open(site.origin)
    shows(browser, STATE, "live")
    network(browser, offline=True)
    shows(browser, STATE, "offline")
    assert "Offline since" in browser.evaluate("document.getElementById('live').textContent")
    last = writer.append(*(f"many {n}" for n in range(2001)))["last"]
    network(browser, offline=False)
    shown_soon(browser, last)
    after = writer.append("and live again")["last"]
    shown_soon(browser, after)


def network(browser: Browser, offline: bool) -> None:
    limits = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.call("Network.enable")
    browser.call("Network.emulateNetworkConditions", offline=offline, **limits)


def test_without_sockets_the_page_polls(browser: Browser, site: Web, writer: Writer) -> None:
    browser.call("Page.enable")
    script = browser.call(
        "Page.addScriptToEvaluateOnNewDocument",
        source="window.WebSocket = class { constructor() {"
        " setTimeout(() => this.onclose({code: 4400}), 0); } close() {} };"
        "window.setInterval = ((real) => (work, pause) => real(work, pause / 20))(window.setInterval);",
    )
    browser.open(site.origin)
    shows(browser, STATE, "polling")
    last = writer.append("polled")["last"]
    shown_soon(browser, last)
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])
