"""`manage.py understand [PAGE.html …]`: what each column means, in which unit and format, and why."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from etl.compare.known import last_plan
from etl.management.saved import add_page_arguments, project_sources, read_saved, saved_labels
from etl.understand.lookup import NOTHING
from etl.understand.plan import Choice, ReadingPlan
from etl.understand.shapes import Shapes
from projects.models import Source


class Command(BaseCommand):
    help = "Show the reading plan: of saved pages, or of the source's last reading."
    requires_system_checks: list[str] = []  # of saved pages it is a pure reader

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_page_arguments(parser, nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """One plan of all the pages; files that cannot be opened are named at the end."""
        missing: list[str] = []
        if options["pages"]:
            plan, missing = _of_pages(options)
        else:
            plan = _of_last_reading(options["source"] or project_sources()[0])
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_as_text(plan)))
        if missing:
            raise CommandError(" ".join(missing))


def _of_pages(options: dict[str, Any]) -> tuple[ReadingPlan, list[str]]:
    shown, missing = read_saved(options["pages"], options["source"], options["url"])
    shapes = Shapes()
    for name, _, content, notes in shown:
        if content is None:
            missing.append(f"{name}: {' '.join(notes)}")
        else:
            shapes.add(content.projects, content.tables)
    return shapes.plan(saved_labels(), NOTHING), missing


def _of_last_reading(source: str) -> ReadingPlan:
    """Raises CommandError where nothing was read yet."""
    try:
        plan = last_plan(Source.objects.get(pk=source))
    except (DatabaseError, Source.DoesNotExist) as error:
        raise CommandError(f"The plan of {source} is in the database, which says: {error}") from error
    if not plan.shapes:
        raise CommandError(
            f"{source} has not been read since plans are kept: run `manage.py sync {source}` first."
        )
    return plan


_PARTS = {"line": "Lists", "page": "Pages of projects", "table": "Tables that were not used"}


def _as_text(plan: ReadingPlan) -> list[str]:
    lines: list[str] = []
    for shape in plan.shapes:
        lines.append(f"{_PARTS[shape.part]} with {len(shape.columns)} columns, {shape.rows} rows")
        for choice in shape.columns:
            lines += _column(choice)
    return lines or ["No page shows a table of data or a project."]


def _column(choice: Choice) -> list[str]:
    means = choice.field or (
        f"not understood; perhaps {choice.proposal}" if choice.proposal else "not understood"
    )
    how = ", ".join(filter(None, (choice.unit, choice.format, f"{choice.certainty:.0%} certain")))
    return [f"  {choice.label!r}: {means} ({how})", *(f"      {sentence}" for sentence in choice.evidence)]
