"""What the log leaves out."""

from __future__ import annotations

import logging


class WithoutHeartbeat(logging.Filter):
    """Three of the lines that the queue writes of each heartbeat, every minute of every day."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        return record.levelno > logging.INFO or not ("[heartbeat]" in text or "scheduler.beat'" in text)
