"""Changes of projects and municipality lines → rows, and what the log says of them."""

from __future__ import annotations

from collections.abc import Iterator

from etl import entries, rows
from etl.changes import Changes
from projects.changelog import Entry
from projects.models import SyncRun

_BATCH = 2000  # rows a statement


class ProjectWriter:
    """How the load writes the changes of a source that publishes projects."""

    def entries(self, run: SyncRun, changes: Changes) -> Iterator[Entry]:
        """Write the rows, and say of each what the log says."""
        # listings first: what they sum up then stands above them, the newest of the log
        yield from entries.of_listings(run, changes.listings, rows.write_listings(run, changes.listings))
        for batch in changes.projects.batches(_BATCH):
            yield from entries.of_projects(run, batch, rows.write_projects(run, batch))
        yield from entries.of_unlisted(run, changes.unlisted, rows.mark_unlisted(run, changes.unlisted))
        yield from entries.of_absences(run, changes.absences, rows.mark_absent(run, changes.absences))

    def quiet(self, changes: Changes) -> None:
        """Remember what was read where it says nothing new."""
        rows.write_quiet(changes.quiet)
