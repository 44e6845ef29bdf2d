"""One area held while the others go on, and released: as a reader sees it. Skipped without Chromium."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buka.dev.processes import Nursery
from etl.tests.test_areas import GIYANI, LETABA, two_lists
from etl.tests.tinysite import serving
from realtime.tests.browser import CHROMIUM, Browser
from realtime.tests.processes import ROOT, Redis, Web, environment, wait_for

pytestmark = [
    pytest.mark.soak,
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
STATES = "[...document.querySelectorAll('[data-head=State] .tag')].map(tag => tag.textContent).join()"
TEXT = "document.querySelector('main').innerText"


def test_a_held_area_is_seen_with_its_reason_and_then_released(
    tmp_path: Path, migrated_copy: Callable[[], str]
) -> None:
    with Nursery() as nursery, serving(two_lists(GIYANI, LETABA)) as pages, Browser(nursery) as browser:
        env = environment(migrated_copy(), Redis(nursery).url, tmp_path)
        site = Web(nursery, env, tmp_path / "web.log")

        def sync(*words: str) -> dict[str, Any]:
            command = [sys.executable, "manage.py", "sync_dws", "--json", *words]
            ours = {**env, "DWS_URL": f"{pages.root}/pmd/level.aspx", "FETCH_DELAY_SECONDS": "0"}
            done = subprocess.run(command, cwd=ROOT, env=ours, capture_output=True, text=True, check=True)
            answer: dict[str, Any] = json.loads(done.stdout)
            return answer

        def shows(path: str, expression: str, text: str) -> None:
            browser.open(f"{site.origin}{path}")
            wait_for(lambda: text in str(browser.evaluate(expression)), f"{text} on {path}", seconds=60)

        sync()
        pages.pages |= two_lists([budget // 1000 for budget in GIYANI], [21_000, *LETABA[1:]])
        run = sync()
        assert (run["state"], run["areas"]["held"]) == ("succeeded", 1)
        shows("/sources/dws/", STATES, "Held,Loaded")
        shows("/sources/dws/", TEXT, "The budget is what it was divided by 1")
        shows("/municipalities/LIM331/", TEXT, "what you see is the last good reading")
        shows("/municipalities/LIM332/", TEXT, "R201")  # the sum of the others' budgets, as just read
        sync("--approve", str(run["run"]), "--area", "LIM331", "--reason", "They wrote to us.")
        shows("/sources/dws/", STATES, "Loaded,Loaded")
        browser.open(f"{site.origin}/municipalities/LIM331/")
        assert "last good reading" not in browser.evaluate(TEXT)
