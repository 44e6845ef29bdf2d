"""The log is about readings, not about the heartbeat."""

from __future__ import annotations

import logging

import pytest

from buka.environment import WithoutHeartbeat


@pytest.mark.parametrize(
    ("level", "text", "shown"),
    [
        (logging.INFO, "Process-1 created task a-b from schedule [heartbeat]", False),
        (logging.INFO, "Process-1 processing a-b 'etl.scheduler.beat' [heartbeat]", False),
        (logging.INFO, "Processed 'etl.scheduler.beat' (a-b)", False),
        (logging.ERROR, "Failed 'etl.scheduler.beat' (a-b) - no such table", True),
        (logging.INFO, "Processed 'etl.scheduler.poll' (a-b)", True),
    ],
)
def test_a_heartbeat_that_beats_is_not_logged(level, text, shown):
    record = logging.LogRecord("django-q", level, __file__, 1, text, None, None)
    assert WithoutHeartbeat().filter(record) is shown
