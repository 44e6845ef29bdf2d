"""`manage.py extract PAGE.html …`: what the extractor sees on saved pages, for people and tests."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from etl.extract import PageContent
from etl.extract.types import Table
from etl.management.saved import add_page_arguments, read_saved

_SHOWN_ROWS = 5


class Command(BaseCommand):
    help = "Show the tables, municipality lines and projects that the extractor finds on saved pages."
    requires_system_checks: list[
        str
    ] = []  # a pure reader: it needs neither database nor settings to be right

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_page_arguments(parser, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read every page; files that cannot be opened are named at the end, the others are shown."""
        shown, missing = read_saved(options["pages"], options["source"], options["url"])
        if options["json"]:
            entries = [_as_json(*each) for each in shown]
            self.stdout.write(json.dumps(entries, ensure_ascii=False, indent=2))
        else:
            for each in shown:
                self.stdout.write("\n".join(_as_text(*each)))
        if missing:
            raise CommandError(" ".join(missing))


def _as_json(name: str, url: str, content: PageContent | None, notes: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "file": name, "url": url, "tables": [], "not_data": [], "municipalities": [], "projects": [],
        "notes": notes,
    }  # fmt: skip
    if content is None:
        return entry
    entry["tables"] = [
        {
            "kind": table.kind,
            "id": table.id,
            "headers": table.headers,
            "rows": table.rows,
            "left_out": [asdict(row) for row in table.left_out],
        }
        for table in content.tables
    ]
    entry["not_data"] = [asdict(table) for table in content.not_data]
    entry["municipalities"] = [
        {"code": line.code, "name": line.name, "projects": line.projects, "value": line.value}
        for line in content.listings
    ]
    entry["projects"] = [
        {"external_id": project.external_id, "published": project.published} for project in content.projects
    ]
    return entry


def _as_text(name: str, url: str, content: PageContent | None, notes: list[str]) -> list[str]:
    name += f" ({url})" if url else ""
    if content is None:
        return [f"{name}: {' '.join(notes)}", ""]
    counts = (
        f"{len(content.tables)} data tables, {len(content.listings)} municipality lines, "
        f"{len(content.projects)} projects, {len(content.links)} links"
    )
    lines = [f"{name}: {content.title or 'no title'}", f"  {counts}"]
    for table in content.tables:
        lines.extend(_table_lines(table))
    for other in content.not_data:
        lines.append(f"  no data: {other.id or '(no id)'}, {_rows(other.rows)}: {other.reason}")
    for listing in content.listings[:_SHOWN_ROWS]:
        lines.append(
            f"  {listing.name} [{listing.code}]: {listing.projects} projects, {listing.value or 'no value'}"
        )
    for project in content.projects[:_SHOWN_ROWS]:
        fields = "; ".join(f"{label}: {value}" for label, value in project.published.items() if value)
        lines.append(f"  project {project.external_id or '(no id)'}: {fields}")
    return [*lines, *(f"  {note}" for note in notes), ""]


def _table_lines(table: Table) -> list[str]:
    pager = table.pager
    paging = f", page {pager.page} of {pager.pages or '?'} ({pager.how})" if pager else ""
    lines = [f"  {table.kind} {table.id or '(no id)'}: {len(table.rows)} rows{paging}"]
    lines.append("    " + " | ".join(table.headers))
    lines.extend("    " + " | ".join(row) for row in table.rows[:_SHOWN_ROWS])
    for left_out in table.left_out[:_SHOWN_ROWS]:
        shown = " | ".join(filter(None, left_out.row))
        lines.append(f"    left out ({left_out.kind}): {shown}: {left_out.reason}")
    if len(table.left_out) > _SHOWN_ROWS:
        lines.append(f"    … {_rows(len(table.left_out))} left out in all")
    return lines


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
