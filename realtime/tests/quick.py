"""The application with a short time between two pings, for a test that cannot wait for 25 seconds."""

from buka.asgi import application
from realtime import hub

hub.PING_SECONDS = 0.2

__all__ = ["application"]
