"""What a page of ours may load and do (Content-Security-Policy), whatever stands in the data that it shows.

Public pages run the scripts of `static/js/` alone, and style sheets, pictures and requests of this site. The
admin is other people's pages: they write `style` attributes, and its scripts (Alpine) make functions of
texts; no script that stands in a page runs there either.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from buka.middleware import after

_HEADER = "Content-Security-Policy"
_ALL = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_STYLED = "style-src 'self' 'unsafe-inline'; img-src 'self' data:"
PUBLIC = f"{_ALL}; style-src 'self'; img-src 'self'"
ADMIN = _ALL.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'") + f"; {_STYLED}"


@after
def content_policy(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Each answer has a policy; a view that sets one of its own keeps it."""
    response.headers.setdefault(_HEADER, ADMIN if request.path.startswith("/admin/") else PUBLIC)
    return response


__all__ = ["ADMIN", "PUBLIC", "content_policy"]
