"""A second factor for whoever may write: a code of an app on a phone (TOTP), or a recovery code on paper.

A password alone may be read over a shoulder. With `TWO_FACTOR` on, somebody who has a right beyond looking is
led to these pages first; the API's tokens are asked for no code, nor is whoever only looks. Wrong codes have
to wait longer and longer (django-otp).
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import sync_and_async_middleware
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import DEVICE_ID_SESSION_KEY, login, match_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from projects.pages.sheet import qr_code
from projects.stewards.roles import may_write

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OPEN = ("/admin/login", "/admin/logout", "/admin/second-factor", "/admin/jsi18n")
_CODES = 10  # on the sheet of recovery codes
_WRONG = "That code is not right, or it comes too soon after wrong ones. Try the next one."
_NEEDED = "This account needs its second factor first: open /admin/ in a browser."


@sync_and_async_middleware
def required(get_response: Any) -> Any:
    """Leads whoever may write, and has not shown a second factor in this session, to where it is asked for. A
    reader's request is not looked at."""

    async def answer_async(request: HttpRequest) -> Any:
        if not _concerns(request):
            return await get_response(request)
        return await sync_to_async(_led_away)(request) or await get_response(request)

    def answer(request: HttpRequest) -> Any:
        return (_led_away(request) if _concerns(request) else None) or get_response(request)

    return answer_async if iscoroutinefunction(get_response) else answer


def _concerns(request: HttpRequest) -> bool:
    """Whether it comes with a session, to the admin or to change something."""
    if not settings.TWO_FACTOR or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    is_admin = request.path.startswith("/admin/") and not request.path.startswith(_OPEN)
    return is_admin or (request.method not in _SAFE and not request.path.startswith("/admin/"))


def _led_away(request: HttpRequest) -> HttpResponse | None:
    user = request.user
    if not user.is_authenticated or not may_write(user) or is_verified(request):
        return None
    if request.path.startswith("/api/"):
        scheme = request.headers.get("Authorization", "").partition(" ")[0]
        if scheme.lower() == "token":  # that says who it is, and not the session
            return None
        return JsonResponse({"detail": _NEEDED}, status=403)
    wanted = request.get_full_path() if request.method in _SAFE else "/admin/"
    return HttpResponseRedirect(f"{reverse('second_factor')}?{urlencode({'next': wanted})}")


def is_verified(request: HttpRequest) -> bool:
    """Whether a device of the user was shown in this session, and is still his."""
    known = request.session.get(DEVICE_ID_SESSION_KEY)
    device = Device.from_persistent_id(known) if known else None
    return device is not None and device.user_id == request.user.pk and device.confirmed


@never_cache
@sensitive_post_parameters("code")
def ask(request: HttpRequest) -> HttpResponse:
    """GET asks for a code, or shows how to set up a phone; POST with `code` goes on to `next`."""
    is_new = not TOTPDevice.objects.filter(user=request.user, confirmed=True).exists()
    if request.method == "POST":
        code = request.POST.get("code", "").replace(" ", "")[:32]
        device = _confirmed(request, code) if is_new else match_token(request.user, code)
        if device is not None:
            login(request, device)
            return _codes(request) if is_new else HttpResponseRedirect(_next(request))
        messages.error(request, _WRONG)
    device = _pending(request) if is_new else None
    context = {
        **admin.site.each_context(request),
        "title": "Set up your second factor" if is_new else "Your second factor",
        "qr": qr_code(device.config_url) if device else "",
        "secret": b32encode(device.bin_key).decode() if device else "",
        "next": _next(request),
    }
    return render(request, "admin/second_factor/ask.html", context)


@never_cache
def renew(request: HttpRequest) -> HttpResponse:
    """POST makes new recovery codes, and the old ones void; for whoever has just shown his second factor."""
    if request.method == "POST" and is_verified(request):
        return _codes(request)
    return HttpResponseRedirect(reverse("second_factor"))


def _pending(request: HttpRequest) -> TOTPDevice:
    """The phone that is being set up: the same, however often the page is loaded."""
    found = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
    return found or TOTPDevice.objects.create(user=request.user, name="phone", confirmed=False)


def _confirmed(request: HttpRequest, code: str) -> TOTPDevice | None:
    with transaction.atomic():
        pending = TOTPDevice.objects.select_for_update().filter(user=request.user, confirmed=False).first()
        if pending is None or not pending.verify_is_allowed()[0] or not pending.verify_token(code):
            return None
        pending.confirmed = True
        pending.save(update_fields=["confirmed"])
    return pending


def _codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes: shown once."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=request.user).delete()
        device = StaticDevice.objects.create(user=request.user, name="recovery codes")
        codes = [secrets.token_hex(5) for _ in range(_CODES)]
        for code in codes:
            device.token_set.create(token=code)
    context = {
        **admin.site.each_context(request),
        "title": "Your recovery codes",
        "codes": codes,
        "next": _next(request),
    }
    return render(request, "admin/second_factor/codes.html", context)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if is_ours else reverse("admin:index")


def urls() -> list[URLPattern]:
    """Under /admin/, before the admin's own."""
    return [
        path("second-factor/", admin.site.admin_view(ask), name="second_factor"),
        path("second-factor/codes/", admin.site.admin_view(renew), name="second_factor_codes"),
    ]


__all__ = ["is_verified", "required", "urls"]
