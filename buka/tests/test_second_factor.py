"""Whoever may write shows a second factor; readers, viewers and API tokens are asked for none."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.authtoken.models import Token

from projects.models import Source, SyncRun

pytestmark = pytest.mark.django_db
PAGE = "/admin/second-factor/"
WHO = {"username": "thandi", "password": "a long password"}


@pytest.fixture(autouse=True)
def on(settings: Any, nothing_counted: None) -> None:
    settings.TWO_FACTOR = True


def somebody(role: str) -> User:
    user = User.objects.create_user(**WHO, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def code_of(device: TOTPDevice, ahead: int = 0) -> str:
    return f"{totp(device.bin_key, t0=-30 * ahead):06d}"


def set_up(client: Client, user: User) -> list[str]:
    """The recovery codes of somebody who has set up a phone."""
    client.get(PAGE)
    page = client.post(PAGE, {"code": code_of(TOTPDevice.objects.get(user=user))}).content.decode()
    return re.findall(r"<li><code>(\w+)</code>", page)


def test_a_steward_sets_up_a_phone_at_the_first_login_and_goes_on(client: Client) -> None:
    user = somebody("steward")
    answer = client.post("/admin/login/?next=/admin/projects/project/", WHO)
    assert answer["Location"] == "/admin/projects/project/"
    answer = client.get("/admin/projects/project/")
    assert answer["Location"] == f"{PAGE}?next=%2Fadmin%2Fprojects%2Fproject%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "<svg" in page
    device = TOTPDevice.objects.get(user=user)
    assert client.get(PAGE).status_code == 200
    assert TOTPDevice.objects.get(user=user).key == device.key, "the key stays while it is set up"
    assert "not right" in client.post(PAGE, {"code": "000000"}).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    page = client.post(PAGE, {"code": code_of(device), "next": "/admin/projects/project/"}).content.decode()
    assert len(set(re.findall(r"<li><code>(\w+)</code>", page))) == 10
    assert 'href="/admin/projects/project/"' in page
    assert client.get("/admin/projects/project/").status_code == 200


def test_the_next_login_asks_for_the_code_and_a_recovery_code_does_once(client: Client) -> None:
    user = somebody("steward")
    client.force_login(user)
    codes = set_up(client, user)
    client.logout()
    client.force_login(user)
    assert client.get("/admin/").status_code == 302
    page = client.get(PAGE).content.decode()
    assert "<svg" not in page, "the key is not shown again"
    answer = client.post(PAGE, {"code": codes[0], "next": "https://evil.example/"})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert StaticToken.objects.count() == 9
    client.logout()
    client.force_login(user)
    assert client.post(PAGE, {"code": codes[0]}).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_a_code_counts_once_and_wrong_ones_have_to_wait(client: Client) -> None:
    user = somebody("steward")
    client.force_login(user)
    set_up(client, user)
    client.logout()
    client.force_login(user)
    device = TOTPDevice.objects.get(user=user)
    client.post(PAGE, {"code": code_of(device)})
    assert client.get("/admin/").status_code == 302, "it was used already"
    for _ in range(3):
        client.post(PAGE, {"code": "123456"})
    client.post(PAGE, {"code": code_of(device, ahead=1)})
    assert client.get("/admin/").status_code == 302, "right, and too soon"


def test_nothing_is_written_before_it(client: Client) -> None:
    client.force_login(somebody("steward"))
    assert client.post("/admin/projects/source/sync/dws/")["Location"].startswith(PAGE)
    answer = client.post("/api/v1/sync/trigger", {"source": "dws"})
    assert (answer.status_code, "second factor" in answer.json()["detail"]) == (403, True)
    answer = client.post("/api/v1/sync/trigger", {"source": "dws"}, headers={"authorization": "Basic eDp5"})
    assert answer.status_code == 403
    client.post("/admin/second-factor/codes/")
    assert not StaticToken.objects.exists()


def test_a_token_of_the_api_is_asked_for_none(client: Client, settings: Any) -> None:
    settings.REDIS_URL = ""
    token = Token.objects.create(user=somebody("admin"))
    answer = client.post(
        "/api/v1/sync/trigger", {"source": "dws"}, headers={"authorization": f"Token {token.key}"}
    )
    assert answer.status_code == 202


def test_whoever_only_looks_is_asked_for_none_and_a_reader_costs_no_query(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(somebody("viewer"))
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/projects/project/").status_code == 200
    assert client.get("/admin/projects/override/add/").status_code == 403
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_it_can_be_turned_off(client: Client, settings: Any) -> None:
    settings.TWO_FACTOR = False
    client.force_login(somebody("steward"))
    assert client.get("/admin/").status_code == 200


def test_a_removed_device_lets_nobody_in(client: Client) -> None:
    user = somebody("steward")
    client.force_login(user)
    set_up(client, user)
    assert client.get("/admin/").status_code == 200
    TOTPDevice.objects.filter(user=user).delete()
    assert client.get("/admin/").status_code == 302
    assert "<svg" in client.get(PAGE).content.decode()


def test_the_pages_are_for_staff(client: Client) -> None:
    assert client.get(PAGE)["Location"].startswith("/admin/login/")


# --- roles ----------------------------------------------------------------------------------------


def rights(role: str) -> set[str]:
    found = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in found}


def test_the_roles_have_what_they_are_for() -> None:
    viewer, steward, admin = rights("viewer"), rights("steward"), rights("admin")
    assert viewer < steward < admin
    assert all(right.startswith("projects.view_") for right in viewer)
    assert {"projects.add_override", "projects.change_syncrun", "projects.add_merge"} <= steward
    assert not any(right.startswith(("auth.", "otp_totp.")) for right in steward)
    assert {"auth.change_user", "otp_totp.delete_totpdevice"} <= admin


def test_a_viewer_asks_for_no_reading(client: Client, settings: Any) -> None:
    user = somebody("viewer")
    client.force_login(user)
    assert "Sync dws now" not in client.get("/admin/projects/source/").content.decode()
    assert client.post("/admin/projects/source/sync/dws/").status_code == 403
    Source.objects.get_or_create(name="dws")
    client.post("/admin/projects/source/", {"action": "sync_now", "_selected_action": ["dws"]})
    token = {"authorization": f"Token {Token.objects.create(user=user).key}"}
    for headers in ({}, token):
        assert client.post("/api/v1/sync/trigger", {"source": "dws"}, headers=headers).status_code == 403
    assert not SyncRun.objects.exists()


def test_a_steward_decides_and_manages_no_accounts(client: Client, settings: Any) -> None:
    settings.TWO_FACTOR = False
    client.force_login(somebody("steward"))
    assert client.get("/admin/projects/override/add/").status_code == 200
    assert client.get("/admin/projects/areareading/decide/").status_code == 200
    assert client.get("/admin/auth/user/").status_code == 403
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 403
