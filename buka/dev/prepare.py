"""`python -m buka.dev.prepare [--steward]`: what the database needs before the parts start."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from buka.command_line import sentences
from buka.dev.local import write_private


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    with sentences():
        _prepare("--steward" in arguments)


def _prepare(steward: bool) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("schedules")
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    if steward:
        ensure_steward(Path(settings.VAR_DIR) / "steward_password")


def ensure_steward(password_file: Path) -> None:
    """A superuser `steward` whose password lies in `password_file`: for demo data on this machine only."""
    from django.contrib.auth import get_user_model

    steward, created = get_user_model().objects.get_or_create(
        username="steward", defaults={"is_staff": True, "is_superuser": True}
    )
    if not created and password_file.exists():
        return
    password = secrets.token_hex(6)
    steward.set_password(password)
    steward.save()
    write_private(password_file, password)


if __name__ == "__main__":
    main(sys.argv[1:])
