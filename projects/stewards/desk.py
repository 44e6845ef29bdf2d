"""The stewards' desk as a whole: its sidebar, its style sheet, and other people's lists dressed as ours.

A part adds a list by registering its admin, as everywhere: the sidebar has what somebody may see.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from projects.stewards.odd import CarefulAdmin

_ICONS = {
    "areareading": "map",
    "discrepancy": "help",
    "override": "edit_note",
    "project": "water_drop",
    "readingplan": "schema",
    "source": "cloud_download",
    "syncrun": "sync",
    "vocabulary": "dictionary",
}


class ByWhatIsShown:
    """A list whose page leaves out some fields is not narrowed by them: `?secret__startswith=` would tell
    them letter by letter."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        fields = self.opts.concrete_fields  # type: ignore[attr-defined]
        asked = lookup.partition("__")[0]
        field = next((each for each in fields if asked in (each.name, each.attname)), None)
        if field and not field.primary_key and not {field.name, field.attname} & self._shown(request):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def _shown(self, request: HttpRequest) -> set[str]:
        page: Any = self
        filters = (each[0] if isinstance(each, tuple) else each for each in page.get_list_filter(request))
        names = [*page.get_list_display(request), *filters, *page.get_fields(request)]
        return {name for name in names if isinstance(name, str)}


def style(request: HttpRequest) -> str:
    """The address of the sheet that the desk's own pages have beside the theme's."""
    return static("css/desk.css")


# What other apps call by the names of their packages.
_CALLED = {"otp_static": "Recovery codes", "otp_totp": "Second factors"}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar: what is to be done, then the lists of each app. No query but permissions."""
    desk = {"title": "To do", "icon": "checklist", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [desk]}]
    apps = admin.site.get_app_list(request)
    for app in sorted(apps, key=lambda app: app["app_label"] != "projects"):
        items = [_item(model) for model in app["models"] if model["admin_url"]]
        is_ours = app["app_label"] == "projects"
        title = _CALLED.get(app["app_label"], app["name"])
        groups.append({"title": title, "collapsible": not is_ours, "items": items})
    return groups


def _item(model: dict[str, Any]) -> dict[str, Any]:
    icon = _ICONS.get(model["object_name"].lower(), "list")
    return {"title": str(model["name"]), "icon": icon, "link": model["admin_url"]}


def dress() -> None:
    """Give the lists that other apps registered the look of ours, and make all of them careful; accounts have
    forms of their own."""
    for model, registered in list(admin.site._registry.items()):
        kind = type(registered)
        if not isinstance(registered, ModelAdmin):
            kind = _DRESSED.get(model) or type(kind.__name__, (kind, ModelAdmin), {})
        admin.site.unregister(model)
        admin.site.register(model, type(kind.__name__, (CarefulAdmin, kind), {"__module__": kind.__module__}))


class StewardAdmin(UserAdmin, ModelAdmin):
    """Accounts; what somebody may do is said by the groups."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_staff", "is_superuser", "is_active", "last_login")


class RoleAdmin(GroupAdmin, ModelAdmin):
    """The roles, each with what it may do."""


_DRESSED: dict[Any, Any] = {User: StewardAdmin, Group: RoleAdmin}

__all__ = ["ByWhatIsShown", "dress", "navigation", "style"]
