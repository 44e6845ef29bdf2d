"""Whoever may ask how we are is answered by whatever name it asks: HEALTH_HOSTS, not ALLOWED_HOSTS."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, Client

from buka import environment
from buka.probes import PATHS, for_whoever_may_ask

STRANGE = ["10.0.0.7", "10.0.0.7:8000", "[2001:db8::7]:8000", "web-3.internal", "a b", "<script>", ""]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _public(settings):
    settings.ALLOWED_HOSTS, settings.REDIS_URL = ["water.example.org"], ""


def code(client: Client, path: str = "/healthz", host: str = "10.0.0.7", **meta: str) -> int:
    return client.get(path, headers={"host": host}, **meta).status_code


@pytest.mark.parametrize("path", sorted(PATHS))
@pytest.mark.parametrize("host", STRANGE)
def test_by_default_anybody_may_ask_by_any_name(client, path, host):
    assert code(client, path, host) in (200, 503)
    assert client.get(path, headers={"host": host}).status_code == (503 if path == "/readyz" else 200)


@pytest.mark.parametrize("path", ["/", "/sources/", "/api/v1/sources/", "/healthz/x", "/admin/login/"])
def test_other_pages_keep_to_the_names_of_the_site(client, path):
    assert code(client, path) == 400
    assert client.get(path, headers={"host": "water.example.org"}).status_code != 400


@pytest.mark.parametrize(
    "named",
    ["10.0.0.7", "10.0.0.0/8", "web-3.internal,10.0.0.7", "*"],
)
def test_who_is_named_may_ask_by_its_address_and_from_it(client, settings, named):
    settings.HEALTH_HOSTS = named.split(",")
    assert code(client, host="10.0.0.7:9000") == 200
    assert code(client, host="elsewhere", REMOTE_ADDR="10.0.0.7") == 200


@pytest.mark.parametrize("host", ["WEB-3.internal", "web-3.internal:80", "x.probes.example.org"])
def test_a_name_is_compared_as_in_allowed_hosts(client, settings, host):
    settings.HEALTH_HOSTS = ["web-3.internal", ".probes.example.org"]
    assert code(client, host=host) == 200


def test_who_is_not_named_may_not_ask_though_the_name_is_that_of_the_site(client, settings):
    settings.HEALTH_HOSTS = ["10.0.0.7", "2001:db8::/32", "web-3.internal"]
    for host in ("water.example.org", "10.0.0.8", "web-3.internal.evil.example", "[2001:db9::7]", "a b"):
        answer = client.get("/metrics", headers={"host": host}, REMOTE_ADDR="203.0.113.9")
        assert answer.status_code == 403
        assert "HEALTH_HOSTS" in answer.content.decode()
    assert code(client, host="[2001:db8::7]:80") == 200
    assert code(client, host="x", REMOTE_ADDR="2001:db8::7") == 200
    assert code(client, host="x", REMOTE_ADDR="::ffff:10.0.0.7") == 200


def test_behind_a_proxy_of_ours_the_address_is_the_one_that_the_proxy_saw(client, settings):
    settings.HEALTH_HOSTS = ["127.0.0.1", "10.0.0.7"]
    assert code(client, host="x", REMOTE_ADDR="127.0.0.1") == 200
    forwarded = {"HTTP_X_FORWARDED_FOR": "10.0.0.7, 203.0.113.9"}
    assert code(client, host="x", REMOTE_ADDR="127.0.0.1", **forwarded) == 403, "it claims to be another"
    assert code(client, host="x", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.0.0.7") == 200


def test_the_same_holds_for_requests_as_daphne_hands_them_on(settings):
    settings.HEALTH_HOSTS = ["10.0.0.7"]

    async def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.get_host())

    ask = async_to_sync(for_whoever_may_ask(page))
    for host, code in (("10.0.0.7:80", 200), ("10.0.0.8:80", 403)):
        request = AsyncRequestFactory().get("/healthz")
        request.META["HTTP_HOST"] = host
        assert ask(request).status_code == code


@pytest.mark.parametrize("url", ["ping.example.org/x", "ftp://ping.example.org", "http://", "https://[::1"])
def test_an_address_for_heartbeats_that_is_none_stops_the_start_and_is_not_repeated(monkeypatch, url):
    monkeypatch.setenv("HEARTBEAT_URL", url)
    with pytest.raises(ImproperlyConfigured, match="HEARTBEAT_URL must be") as refusal:
        environment.web_address("HEARTBEAT_URL")
    assert "ping.example.org" not in str(refusal.value)


def test_an_address_for_heartbeats_is_optional(monkeypatch):
    monkeypatch.delenv("HEARTBEAT_URL", raising=False)
    assert environment.web_address("HEARTBEAT_URL") == ""
    monkeypatch.setenv("HEARTBEAT_URL", "https://ping.example.org/secret")
    assert environment.web_address("HEARTBEAT_URL") == "https://ping.example.org/secret"
