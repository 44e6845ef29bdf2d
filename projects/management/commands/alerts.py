"""`manage.py alerts`: hold the log against the subscriptions, and send what is due, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from projects.subscriptions.worker import tell


class Command(BaseCommand):
    help = "Tell whoever subscribed what the log has grown by; safe while workers do the same."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(tell())
