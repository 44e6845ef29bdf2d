"""A headless Chromium, driven through its own debugging protocol."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from buka.dev.processes import Nursery
from realtime.tests.processes import wait_for

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
_QUIET = ("--disable-background-networking", "--disable-component-update", "--no-proxy-server")


class Browser:
    """One tab. `evaluate` runs an expression in the page."""

    def __init__(self, nursery: Nursery) -> None:
        assert CHROMIUM
        self._nursery, folder = nursery, nursery.folder()
        flags = [*_FLAGS, *_QUIET, f"--user-data-dir={folder}", "--remote-debugging-port=0"]
        with (folder / "log").open("w") as log:
            self._process = nursery.spawn([CHROMIUM, *flags, "about:blank"], stdout=log)
        port_file = folder / "DevToolsActivePort"
        wait_for(lambda: port_file.exists() and port_file.read_text().count("\n"), "Chromium", seconds=30)
        self._numbers = itertools.count(1)
        self._stack = connect(_address(port_file), max_size=None, proxy=None)
        self._session: str | None = None

    def __enter__(self) -> Browser:
        self._ws = self._stack.__enter__()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)
        self._nursery.stop(self._process)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        session = {"sessionId": self._session} if self._session else {}
        self._ws.send(json.dumps({"id": number, "method": method, "params": params, **session}))
        while (answer := json.loads(self._ws.recv(timeout=60))).get("id") != number:
            pass
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        wait_for(lambda: self.evaluate("document.readyState") == "complete", url)

    def evaluate(self, expression: str) -> Any:
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")


def _address(port_file: Path) -> str:
    port, path = port_file.read_text().split("\n")[:2]
    return f"ws://127.0.0.1:{port}{path}"
