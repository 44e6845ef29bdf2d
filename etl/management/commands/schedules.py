from typing import Any

from django.core.management.base import BaseCommand

from etl.scheduler import DataScheduler


class Command(BaseCommand):
    help = "Create or update the schedules of all sources, and queue what is overdue. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        scheduler = DataScheduler()
        for source, minutes in scheduler.ensure_schedules():
            self.stdout.write(f"{source}: every {'minute' if minutes == 1 else f'{minutes} minutes'}")
        for run in scheduler.request_overdue():
            self.stdout.write(f"{run.source_id}: run {run.pk} is {run.state}")
