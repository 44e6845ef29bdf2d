"""Alerts and their messages in the admin: to be read."""

from __future__ import annotations

from django.contrib import admin

from projects.admin import Recorded, RecordedInline
from projects.models import Alert, AlertMessage


class MessageInline(RecordedInline):
    model = AlertMessage
    fields = ("step", "subject", "created_at", "delivered_at", "attempts", "last_error")


@admin.register(Alert)
class AlertAdmin(Recorded):
    list_display = ("sentence", "key", "started_at", "reminded_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "started_at")
    search_fields = ("key", "sentence")
    inlines = (MessageInline,)


@admin.register(AlertMessage)
class AlertMessageAdmin(Recorded):
    list_display = ("subject", "step", "created_at", "delivered_at", "attempts", "last_error")
    list_filter = (("delivered_at", admin.EmptyFieldListFilter), "step")
    search_fields = ("subject", "last_error")
    list_select_related = ("alert",)


__all__ = ["AlertAdmin", "AlertMessageAdmin"]
