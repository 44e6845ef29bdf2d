"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from projects.models import Source


def site(request: HttpRequest) -> dict[str, Any]:
    """`demo`: whether any source's data come from the replica (the pages then say so)."""
    if request.path.startswith("/admin/"):
        return {}
    return {"demo": Source.objects.filter(demo=True).exists()}
