"""Who may do what at the desk: three groups, made by `migrate` and kept to what is declared here.

Whoever is in none may log in and see nothing. A part that adds a table says here, or with `may`, who changes
it; to be looked at it needs nothing. A right beyond these goes into a group of one's own.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

VIEWER, STEWARD, ADMIN = "viewer", "steward", "admin"
# Where readers can be reached is not for everybody who may look.
_PERSONAL = ("view_reportcontact", "view_contact")
# Permissions by app and codename; `view_…` of all else that the record has is everybody's.
_MAY: dict[str, set[str]] = {
    VIEWER: set(),
    STEWARD: {
        "projects.change_syncrun",  # decide on held runs and areas
        "projects.add_override", "projects.change_override",
        "projects.add_merge", "projects.change_merge",
        "projects.add_split", "projects.change_split",
        "projects.add_vocabulary", "projects.change_vocabulary", "projects.delete_vocabulary",
        "projects.add_agentname", "projects.delete_agentname",
        "projects.change_municipality",
        "projects.change_report", "projects.view_reportcontact",
        "projects.add_reply", "projects.change_reply",
        "projects.change_subscription",  # try again a webhook that was given up
        "projects.add_handedin",
        "projects.change_snapshot",  # accept that a damaged page is lost
    },
    ADMIN: set(),
}  # fmt: skip
_OF_ADMINS = ("auth", "authtoken", "otp_totp", "otp_static")  # apps of which they may do everything


def may(role: str, *permissions: str) -> None:
    """Give a role more rights, from the next `migrate` on: what a part says of its own tables."""
    _MAY[role].update(permissions)


def may_write(user: Any) -> bool:
    """Whether somebody has a right beyond looking."""
    rights = user.get_all_permissions()
    return user.is_superuser or any(not right.split(".")[-1].startswith("view_") for right in rights)


def may_ask(user: Any) -> bool:
    """Whether somebody may have a source read: staff, but not whoever was given rights and may only look.
    A program's account needs no right beside that."""
    return bool(user.is_staff and (may_write(user) or not user.get_all_permissions()))


def keep(sender: Any = None, **_: Any) -> None:
    """Make the groups and give them what is declared, after each `migrate`; nothing is taken away."""
    from django.contrib.auth.models import Group, Permission

    seen = Q(content_type__app_label="projects", codename__startswith="view_")
    seen &= ~Q(codename__in=_PERSONAL)
    steward = seen | _named(_MAY[STEWARD])
    wanted = {
        VIEWER: seen | _named(_MAY[VIEWER]),
        STEWARD: steward,
        ADMIN: steward | _named(_MAY[ADMIN]) | Q(content_type__app_label__in=_OF_ADMINS),
    }
    for role, query in wanted.items():
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.add(*Permission.objects.filter(query))


def _named(permissions: set[str]) -> Q:
    found = Q(pk=None)
    for permission in sorted(permissions):
        app, codename = permission.split(".")
        found |= Q(content_type__app_label=app, codename=codename)
    return found


__all__ = ["ADMIN", "STEWARD", "VIEWER", "keep", "may", "may_ask", "may_write"]
