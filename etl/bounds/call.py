"""A call inside bounds: `bounded(function, …)` is `function(…)`, made by a helper process.

A helper is used again for the next call: starting one takes longer than reading a page.
"""

from __future__ import annotations

import atexit
import os
import pickle
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from etl.bounds.process import Gone, Helper
from etl.runs import stop

_MOST_CALLS = 5000  # then a fresh one: what libraries keep for ever is let go
_MOST_IDLE = 2
_idle: deque[Helper] = deque()  # its two ends are safe to use from several threads


@dataclass(frozen=True)
class Bounded:
    """The function, called inside bounds. `alive` is asked while it is waited for, and may raise; where none
    is given: whether the run is to stop."""

    function: Callable[..., Any]
    alive: Callable[[], None] = stop.check

    def __call__(self, *args: Any, **named: Any) -> Any:
        return bounded(self.function, *args, alive=self.alive, **named)


def bounded(
    function: Callable[..., Any], *args: Any, alive: Callable[[], None] = stop.check, **named: Any
) -> Any:
    """What the function returns or raises, called inside `READ_SECONDS` and `READ_MEGABYTES`.

    The function is one of a module (or an object of one that can be called), its result is of our own classes
    and plain values. Raises PageTooCostly beyond the bounds, and what `alive` raises meanwhile.
    """
    request = pickle.dumps((function, args, named), pickle.HIGHEST_PROTOCOL)
    while True:
        helper = _taken(settings.READ_MEGABYTES)
        try:
            return helper.ask(request, settings.READ_SECONDS, alive)
        except Gone:  # ended while nobody asked it: not by this call
            if helper.calls == 1:
                raise RuntimeError("The process that is to read pages does not start.") from None
        finally:
            _done(helper)


def _taken(megabytes: int) -> Helper:
    """A helper that nobody else uses."""
    while _idle:
        try:
            helper = _idle.pop()
        except IndexError:  # another thread was quicker
            break
        if helper.megabytes == megabytes and helper.is_alive:
            return helper
        helper.end()
    return Helper(megabytes)


def _done(helper: Helper) -> None:
    """Keep the helper for the next call, if it is fit for one."""
    is_full = helper.used > helper.megabytes * 1_000_000 / 4  # a process does not give back what it took
    if not helper.is_idle or is_full or helper.calls >= _MOST_CALLS or len(_idle) >= _MOST_IDLE:
        helper.end()
    else:
        _idle.append(helper)


def _end_all() -> None:
    while _idle:
        _idle.pop().end()


def _disown_all() -> None:
    while _idle:
        _idle.pop().disown()


atexit.register(_end_all)
os.register_at_fork(after_in_child=_disown_all)
