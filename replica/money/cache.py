"""The service keeps each answer for a while, by the whole URL that it was asked under.

Django's `cache_page(300)` on every address of a cube: an answer can be five minutes older than what is
published by then, a model's as well as that of sums, each on its own. Errors are not kept. The replica keeps
nothing until it is told to: what is edited here is asked for in the next moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate

from replica.exchange import Answer


class AnswerCache:
    """`seconds`: how long an answer is kept, 0 for not at all. Not thread-safe: the site locks."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self._answers: dict[str, tuple[float, Answer]] = {}
        self._passed = 0.0

    def keep_for(self, seconds: float) -> None:
        """Keep answers for so long from now on; those that were kept are gone."""
        self.seconds = seconds
        self._answers.clear()

    def pass_time(self, seconds: float) -> None:
        """Let the answers grow older by so much."""
        self._passed += seconds

    def answer(self, url: str, fresh: Callable[[], Answer]) -> Answer:
        """What was kept under the URL, else a fresh answer."""
        if not self.seconds:
            return fresh()
        now = time.monotonic() + self._passed
        born, kept = self._answers.get(url, (0.0, None))
        if kept is not None and now - born < self.seconds:
            return kept
        answer = fresh()
        if answer.status == 200:
            age = f"max-age={self.seconds:.0f}"
            until = formatdate(time.time() + self.seconds, usegmt=True)
            answer = answer.with_headers(("Cache-Control", age), ("Expires", until))
            self._answers[url] = now, answer
        return answer
