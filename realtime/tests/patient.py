"""The application with so long a time between two looks at the log that what comes soon came by the bell."""

from buka.asgi import application
from realtime import hub

hub.TICK_SECONDS = 30.0

__all__ = ["application"]
