"""Who may ask how we are: `/healthz`, `/readyz` and `/metrics` are for whoever watches over the site.

A load balancer or a Prometheus asks by address (`Host: 10.0.0.7`), which is in no ALLOWED_HOSTS: those are
the names of the public site. What these three answer does not depend on the name that they are asked by.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from buka.middleware import before
from realtime.doors import client_of, ip_of

PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_NO_HOST = "This site is not known by that name (ALLOWED_HOSTS).\n"
_REFUSED = "Who may ask this is set by HEALTH_HOSTS; this host is not among them.\n"


@before
def for_whoever_may_ask(request: HttpRequest) -> HttpResponse | None:
    """By HEALTH_HOSTS, in place of ALLOWED_HOSTS."""
    if request.path not in PATHS:
        return None
    if not _may_ask(request):
        return HttpResponse(_REFUSED, status=403, content_type="text/plain; charset=utf-8")
    request.get_host = lambda: "health"  # type: ignore[method-assign]
    return None


@before
def known_host(request: HttpRequest) -> HttpResponse | None:
    """A name that is not ours is refused with a sentence, where Django would show a traceback with DEBUG."""
    try:
        request.get_host()
    except DisallowedHost as error:
        logging.getLogger("django.security.DisallowedHost").error("%s", error)
        return HttpResponse(_NO_HOST, status=400, content_type="text/plain; charset=utf-8")
    return None


def _may_ask(request: HttpRequest) -> bool:
    """Whether the name that is asked by, or the address that asks, is one of HEALTH_HOSTS."""
    names = settings.HEALTH_HOSTS
    if not names or "*" in names:
        return True
    domain = split_domain_port(request.META.get("HTTP_HOST", ""))[0]
    if domain and validate_host(domain, names):
        return True
    addresses = list(_addresses(domain, _asking(request)))
    return any(address in network for network in _networks(names) for address in addresses)


def _asking(request: HttpRequest) -> str:
    """The address that asks; behind a proxy of ours the one that it saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").encode("latin-1", "replace")
    peer = (request.META.get("REMOTE_ADDR", ""), request.META.get("REMOTE_PORT", 1))
    return client_of({"client": peer, "headers": [(b"x-forwarded-for", forwarded)]})


def _addresses(*names: str) -> Iterator[IPv4Address | IPv6Address]:
    yield from (address for address in map(ip_of, names) if address)


def _networks(names: list[str]) -> Iterator[Any]:
    for name in names:
        try:
            yield ip_network(name.strip("[]"), strict=False)
        except ValueError:
            continue  # the name of a host


__all__ = ["PATHS", "for_whoever_may_ask", "known_host"]
