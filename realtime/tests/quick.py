"""The application with a short time between two looks, pings and reports, for tests that cannot wait."""

from buka.asgi import application
from realtime import hub, report

hub.PING_SECONDS = 0.2
hub.TICK_SECONDS = 0.2
report.REPORT_SECONDS = 0.1

__all__ = ["application"]
