"""What was counted over the log, kept by this process until the log has another head: one computation for all
who read the same list, however long the log is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from projects.models import ChainHead

Counted = TypeVar("Counted")
SHORT = 10_000  # changes: a log of no more is counted anew each time
_MOST = 1_000  # numbers that are kept, and short lists of them
_kept: OrderedDict[Hashable, tuple[str, Any]] = OrderedDict()
_lock = Lock()


def head_of_log() -> tuple[int, str | None]:
    """The id of the newest change, and its digest: of two logs that differ anywhere it differs, too. None for
    a short log."""
    newest, digest = ChainHead.objects.values_list("last_id", "digest").first() or (0, None)
    return newest, digest if newest > SHORT else None


def once(of: Hashable, head: str | None, count: Callable[[], Counted]) -> Counted:
    """What `count` gives, or gave for the same `of` under this head; nothing is kept without a head.

    `head`: the log's before it is counted: what grows meanwhile is counted too soon, and never kept too long.
    For what follows from the log and from records, none of which changes without a change in the log.
    """
    if head is None:
        return count()
    with _lock:
        kept = _kept.get(of)
        if kept is not None and kept[0] == head:
            _kept.move_to_end(of)
            return kept[1]
    counted = count()
    with _lock:
        _kept[of] = (head, counted)
        _kept.move_to_end(of)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return counted


__all__ = ["SHORT", "head_of_log", "once"]
