"""What went wrong on the way to a page, in one sentence for a person. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ReadTimeoutError

_FINAL = (
    requests.exceptions.SSLError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidProxyURL,
)


def is_final(error: requests.RequestException) -> bool:
    """Whether asking again cannot help."""
    return isinstance(error, _FINAL)


def sentence(url: str, error: requests.RequestException, access: str = "") -> str:
    """What happened, without a full stop. Never the error's own text: a proxy's password may be in it.

    `access`: what to know of who may connect.
    """
    host = urlsplit(url).netloc
    if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidProxyURL):
        return f"The proxy on the way to {host} (see HTTPS_PROXY) cannot be used"
    if isinstance(error, requests.exceptions.SSLError):
        return f"The certificate of {host} cannot be trusted"
    if isinstance(error, requests.ConnectTimeout):
        return f"{host} did not answer in time: no connection{f' ({access})' if access else ''}"
    if isinstance(error, requests.Timeout) or _timed_out(error):
        return f"{host} did not answer in time: it accepted the connection, then took too long"
    if "NameResolution" in repr(error) or "getaddrinfo" in repr(error):
        return f"The name {host} cannot be found (DNS)"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return f"The answer of {url} broke off in the middle"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return f"The answer of {url} is packed, and cannot be unpacked"
    if isinstance(error, requests.ConnectionError):
        return f"{host} cannot be reached: {type(error).__name__}"
    return f"{url} could not be fetched: {type(error).__name__}"


def _timed_out(error: requests.RequestException) -> bool:
    """A time-out in mid-body comes as a plain ConnectionError."""
    return bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
