"""Alerts without an account: the form, the links of the mails, and what a message told.

No cookie and no session stands behind any of it. A form carries a signed moment in place of a cookie; what a
mail's link may do is said by the link alone, and done by a POST: mail scanners open every link.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from projects.languages import gettext, gettext_lazy
from projects.models import DataChangeLog, OutboxMessage, Rhythm, Subscription
from projects.models.subscriptions import LONGEST_EMAIL, unpacked
from projects.pages.listings import paged
from projects.pages.throttle import Allowance
from projects.subscriptions import posting, subscribing, tokens, worker
from projects.subscriptions.searches import CHANGES, NotUnderstood, Search
from projects.subscriptions.words import why_of
from projects.wording.codes import WORDS
from projects.wording.phrases import choices

_HOUR = 3600
_SHOWN = 3  # changes that the form shows as an example
_SENT = "projects/subscribe_asked.html"
_FORM_IS_OLD = gettext_lazy("This form was sent at once, or has grown old. Please send it again.")
_TOO_OFTEN = gettext_lazy("That was often. Please try again in an hour.")
_NO_EMAIL = gettext_lazy("This is no e-mail address such as name@example.org.")
form_or_link = require_http_methods(["GET", "HEAD", "POST"])


@csrf_exempt
@never_cache
@form_or_link
def subscribe_page(request: HttpRequest) -> HttpResponse:
    """`?of=projects&province=LIM`: what is asked for, and the forms to be told of it."""
    try:
        search = Search.of(request.GET.get("of", CHANGES), request.GET)
    except NotUnderstood as problem:
        return render(request, "projects/subscribe.html", {"errors": problem.problems}, status=400)
    if request.method != "POST":
        return _form(request, search)
    if request.POST.get("website"):  # which people do not see: a program filled in all that there is
        return render(request, _SENT, {"search": search})
    try:
        tokens.check_form(request.POST.get("form", ""))
    except tokens.Invalid:
        return _form(request, search, ("form", _FORM_IS_OLD))
    if Allowance("subscribe", settings.SUBSCRIBE_PER_HOUR, _HOUR).is_spent(request):
        answer = _form(request, search, ("form", _TOO_OFTEN), 429)
        answer["Retry-After"] = str(_HOUR)
        return answer
    by_webhook = request.POST.get("channel") == "webhook"
    return _webhook(request, search) if by_webhook else _email(request, search)


def _form(
    request: HttpRequest, search: Search, problem: tuple[str, Any] | None = None, status: int = 400
) -> HttpResponse:
    context = {
        "search": search,
        "words": search.words(),
        "form": tokens.form_token(),
        "rhythms": choices(Rhythm.choices),
        "email": request.POST.get("email", ""),
        "rhythm": request.POST.get("rhythm") or request.GET.get("rhythm") or Rhythm.AT_ONCE,
        "url": request.POST.get("url", ""),
        "errors": [problem] if problem else [],
        "latest": search.latest(_SHOWN),
        "feed": search.feed_address,
        "socket": search.socket_query,
        **_mail(),
    }
    return render(request, "projects/subscribe.html", context, status=status if problem else 200)


def _mail() -> dict[str, Any]:
    """Whether mails go out from here, or into a folder."""
    folder = settings.EMAIL_FILE_PATH
    return {"by_mail": settings.MAIL_IS_SENT or bool(folder), "folder": folder}


def _email(request: HttpRequest, search: Search) -> HttpResponse:
    email, rhythm = request.POST.get("email", "").strip().lower(), request.POST.get("rhythm", "")
    if not _is_email(email):
        return _form(request, search, ("email", _NO_EMAIL))
    if rhythm not in Rhythm.values:
        return _form(request, search, ("rhythm", gettext("Choose how often you want to hear of it.")))
    if not _mail()["by_mail"]:
        return _form(request, search, ("email", gettext("This site sends no e-mails.")))
    subscribing.subscribe_email(email, search, rhythm)
    worker.ring()
    return render(request, _SENT, {"search": search, **_mail()})


def _is_email(text: str) -> bool:
    """Of somebody elsewhere. What the standard allows in quotes or brackets nobody has, but can do harm with:
    letters that end a line, and hosts of our mail server's own network."""
    try:
        EmailValidator(allowlist=[])(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_EMAIL and not set(text).intersection('"[')


def _webhook(request: HttpRequest, search: Search) -> HttpResponse:
    try:
        subscription = subscribing.subscribe_webhook(request.POST.get("url", "").strip(), search)
    except posting.Refused as refusal:
        return _form(request, search, ("webhook", str(refusal)))
    except subscribing.TooMany:
        return _form(request, search, ("webhook", gettext("This host has as many alerts as one may have.")))
    worker.ring()
    yours = tokens.yours_address(subscription)
    return render(request, _SENT, {"search": search, "subscription": subscription, "yours": yours})


@csrf_exempt
@never_cache
@form_or_link
def confirm_page(request: HttpRequest, token: str) -> HttpResponse:
    try:
        subscription = tokens.to_confirm(token)
    except tokens.Invalid:
        return render(request, "projects/subscribe_link.html", {"is_invalid": True}, status=404)
    is_live = subscribing.confirm(subscription) if request.method == "POST" else subscription.is_live
    return _linked(request, "confirm", subscription, is_live)


@csrf_exempt
@never_cache
@form_or_link
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """Also asked by mail programs, with `List-Unsubscribe=One-Click` (RFC 8058)."""
    try:
        subscription = tokens.to_stop(token)
    except tokens.Invalid:  # deleted, so nothing is sent: what was wanted
        status = 200 if request.method == "POST" else 404
        return render(request, "projects/subscribe_link.html", {"is_invalid": True}, status=status)
    if request.method == "POST":
        subscribing.stop(subscription)
        subscription.refresh_from_db()
    return _linked(request, "stop", subscription, subscription.is_live)


def _linked(request: HttpRequest, to: str, subscription: Subscription, is_live: bool) -> HttpResponse:
    context = {
        "to": to,
        "search": Search(subscription.scope, subscription.query),
        "rhythm": WORDS["rhythm"][subscription.rhythm],
        "is_live": is_live,
        "has_ended": subscription.ended_at is not None,
        "yours": tokens.yours_address(subscription),
    }
    return render(request, "projects/subscribe_link.html", context)


@csrf_exempt
@never_cache
@form_or_link
def yours_page(request: HttpRequest, token: str) -> HttpResponse:
    """What an address, or a webhook, is told: to be ended, exported, deleted."""
    try:
        contact, subscriptions = tokens.whose(token)
    except tokens.Invalid:
        return render(request, "projects/subscribe_link.html", {"is_invalid": True}, status=404)
    wish = request.POST.get("do", "") if request.method == "POST" else ""
    if wish == "export":
        text = json.dumps(subscribing.exported(contact, subscriptions), ensure_ascii=False, indent=2)
        answer = HttpResponse(text, content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="buka-amanzi-alerts.json"'
        return answer
    if wish == "delete" and request.POST.get("sure"):
        subscribing.delete(contact, subscriptions)
        return render(request, "projects/subscribe_yours.html", {"is_deleted": True})
    for each in subscriptions:
        if wish == "stop" and request.POST.get("alert") == each.key:
            subscribing.stop(each)
            each.refresh_from_db()
    rows = [{"alert": each, "search": Search(each.scope, each.query)} for each in subscriptions]
    unsure = wish == "delete"
    context = {"contact": contact, "rows": rows, "unsure": unsure, "days": subscribing.FORGOTTEN_AFTER.days}
    return render(request, "projects/subscribe_yours.html", context)


@require_safe
def told_page(request: HttpRequest, key: str) -> HttpResponse:
    """What a message told, and what of it was taken back since: what its link leads to, for whoever has
    it."""
    messages = OutboxMessage.objects.filter(reached=True).exclude(kind=OutboxMessage.Kind.CONFIRM)
    message = get_object_or_404(messages.select_related("subscription"), key=key)
    page = paged(request, message.ids)
    rows = DataChangeLog.objects.filter(pk__in=list(page)).order_by("pk")
    if not rows:
        raise Http404
    false = set(unpacked(message.retracted))
    subscription = message.subscription
    search = Search(subscription.scope, subscription.query) if subscription else None
    context = {
        "message": message,
        "search": search,
        "page": page,
        "rows": [{"row": row, "is_false": row.pk in false, **_reason(message, row.pk)} for row in rows],
        "false": len(false),
        "has_ended": subscription is None or subscription.ended_at is not None,
        "is_retraction": message.kind == OutboxMessage.Kind.RETRACTION,
    }
    return render(request, "projects/told.html", context)


def _reason(message: OutboxMessage, change: int) -> dict[str, Any]:
    """Of a change that a retraction names: why it is false, and the page that shows it."""
    why, shown_by = message.reasons.get(str(change), ("", None))
    if not why:
        return {}
    page = f"/runs/{shown_by}/" if why == "rejected" else f"/changes/{shown_by}/"
    return {"why": why_of(why), "shown_by": page}


__all__ = ["confirm_page", "stop_page", "subscribe_page", "told_page", "yours_page"]
