"""How long tests wait: for what comes at once on a quiet machine and in its time on a busy one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SOON = 60.0  # seconds until a test gives up on what happens at once


def wait_for(condition: Callable[[], Any], what: str, seconds: float = SOON) -> Any:
    """The condition's value once it is true."""
    limit = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < limit, f"waited {seconds:g} s for {what}"
        time.sleep(0.02)
    return value
