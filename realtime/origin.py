"""Only pages of this very site may open the socket: same host and port, or an origin that is trusted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier
from django.conf import settings

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_same_site(origin: str, host: str) -> bool:
    """Whether the `Origin` is the site that the request was sent to (`Host`), port included."""
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        theirs, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
        ours = urlsplit(f"//{host}")
        # behind a TLS proxy the Host has no port and the Origin is https: both mean the default one
        return theirs == ours.hostname and port == (ours.port or _PORTS.get(parts.scheme))
    except ValueError:
        return False


class SameSiteOrigin:
    """Refuses (403) a foreign or missing Origin, before the hosts that are allowed are looked at."""

    def __init__(self, application: Any) -> None:
        self._refuse = WebsocketDenier.as_asgi()
        self._allowed = AllowedHostsOriginValidator(application)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
        same = is_same_site(headers.get(b"origin", ""), headers.get(b"host", ""))
        return await (self._allowed if same else self._refuse)(scope, receive, send)
