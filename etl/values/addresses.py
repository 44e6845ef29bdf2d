"""Sessions in addresses: which parts of a URL name a visit and not a page. Pure.

ASP.NET without cookies puts its ids into the path, `/(S(abc…))/page.aspx`, several in one segment where there
is more than a session, `/(X(1)A(…)F(…)S(…))/`:
https://learn.microsoft.com/en-us/previous-versions/dotnet/articles/aa479314(v=msdn.10)
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SESSION_PATH = re.compile(
    r"/\((?:[a-z]\([^()/?#]*\))+\)(?=[/?#]|$)|;(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE
)
# Names of a query that carry a session and nothing else
SESSION_NAMES = frozenset("sid session sessionid jsessionid phpsessid sessid asp.net_sessionid".split())
_PORTS = {"http": 80, "https": 443}


def without_session(url: str) -> str:
    """The URL without the sessions of its path; every other byte stays. Its query is left alone."""
    path, mark, query = url.partition("?")
    return SESSION_PATH.sub("", path) + mark + query


def has_session_path(url: str) -> bool:
    return bool(SESSION_PATH.search(url.partition("?")[0]))


def page_name(url: str) -> str:
    """One spelling for all addresses of one page on the Web: host and path in one case, no default port, no
    fragment, no session, query in one order and escaped in one way. What is no address stays as it is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "") + (f":{port}" if port and port != _PORTS.get(parts.scheme) else "")
    path = quote(unquote(SESSION_PATH.sub("", parts.path))).casefold() or "/"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = sorted(pair for pair in pairs if pair[0].lower() not in SESSION_NAMES)
    return f"{parts.scheme}://{host}{path}" + (f"?{urlencode(query)}" if query else "")
