"""Whose pages may open the socket."""

from __future__ import annotations

import pytest

from realtime.origin import is_same_site


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("https://water.example.org", "water.example.org", True),
        ("https://water.example.org", "water.example.org:443", True),
        ("http://127.0.0.1:9999", "127.0.0.1:8000", False),
        ("https://evil.example.org", "water.example.org", False),
        ("null", "water.example.org", False),
        ("", "water.example.org", False),
        ("http://[::1", "water.example.org", False),
        ("http://water.example.org:99999", "water.example.org", False),
    ],
)
def test_an_origin_is_the_site_s_own_host_and_port(origin, host, same):
    assert is_same_site(origin, host) is same


def test_a_trusted_origin_may_too(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.org"]
    assert is_same_site("https://app.example.org", "water.example.org")
