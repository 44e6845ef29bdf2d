"""A site of a list or two that is edited between polls, and what its polls tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from etl.tests.tinysite import Site
from projects.models import DataChangeLog, Project, SyncRun

HEAD = ("Project No", "Project Name", "Municipality", "Budget", "Completion Date", "Contractor", "Status")
Row = tuple[str, ...]
Event = tuple[str, str, list[str]]


def row(number: str, name: str, **more: str) -> Row:
    usual = {
        "place": "Cape Town [CPT]",
        "budget": "R 5 000 000",
        "date": "2027-03-31",
        "contractor": "Replica Works",
        "status": "Design",
    }
    return (number, name, *(usual | more).values())


def table(rows: Sequence[Row], head: Row = HEAD) -> str:
    lines = ["<tr>" + "".join(f"<th>{column}</th>" for column in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows]
    return f"<html><body><table>{''.join(lines)}</table></body></html>"


class Watched:
    """A site of one list (and others that it links), and what its polls told."""

    def __init__(self, site: Site, sync: Callable[..., SyncRun]) -> None:
        self.site, self.sync = site, sync
        self.is_of_today = True  # and all that is known of it was read

    def shows(self, *rows: Row, head: Row = HEAD) -> list[Event]:
        """Poll the list as it is now: the log's new events, in the order of their ids."""
        return self.reads({"/projects": table(rows, head)})

    def reads(self, pages: dict[str, str]) -> list[Event]:
        self.site.pages.update(pages)
        last = DataChangeLog.objects.order_by("-id").values_list("id", flat=True).first() or 0
        self.run = self.sync(f"{self.site.root}/projects")
        assert not self.run.error, self.run.error
        told = DataChangeLog.objects.filter(id__gt=last, entity_type="project")
        return sorted((e.external_id, e.change_type, sorted(e.field_changes)) for e in told)

    def names(self) -> dict[str, str]:
        return {p.external_id: p.name for p in Project.objects.filter(presence="present")}
