"""How often one address may do what costs somebody something. Only a help: with Redis away nobody is refused.

Counted in the shared cache, so by all web processes together, by the address that a socket of the same client
is counted by (`TRUSTED_PROXIES`), of which only a digest is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Allowance:
    """`most` times in so many `seconds`, from the first of them on; `name`: of what."""

    name: str
    most: int
    seconds: int

    def is_spent(self, request: HttpRequest) -> bool:
        """Counts this one, too."""
        address = import_string(settings.ADDRESS_OF)(request)
        key = f"{self.name}:{hashlib.sha256(address.encode()).hexdigest()}"
        cache.add(key, 0, self.seconds)
        try:
            return bool(cache.incr(key) > self.most)
        except ValueError:  # its time has just ended
            return False


__all__ = ["Allowance"]
