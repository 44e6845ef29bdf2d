"""One list of very many rows is read, loaded and compared in time and memory that grow with its length alone.

100,000 rows with `make soak FULL=1`, else six thousand.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import Any

import pytest
from django.db import transaction

from etl.tests.conftest import Sync
from etl.tests.tinysite import serving
from projects.models import DataChangeLog, Project

pytestmark = [pytest.mark.django_db, pytest.mark.soak, pytest.mark.timeout(7200)]
MANY = 100_000 if os.environ.get("FULL") else 6_000
FEW = MANY // 10
_KILOBYTES = 30  # of memory a row, at most
_HEADS = ("Project No", "Project Name", "Budget", "Status", "Completion Date", "Contractor")


def a_list(code: str, rows: int, dearer: int = 0) -> str:
    """`dearer`: how many of the projects cost a rand more than they did."""
    cells = (
        (f"WP{n:06}", f"Scheme {n}", f"R{1000 + n + (n < dearer)}", "Design", "2027-03-31", f"Firm {n % 9}")
        for n in range(rows)
    )
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    head = "".join(f"<th>{name}</th>" for name in _HEADS)
    return f"<html><body><table><tr>{head}</tr>{body}</table></body></html>"


def dashboard(code: str, rows: int, dearer: int = 0) -> dict[str, Any]:
    line = f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a> {rows} Projects</p>"
    return {
        "/pmd/level.aspx": f"<html><body>{line}</body></html>",
        f"/pmd/list.aspx?m={code}": a_list(code, rows, dearer),
    }


def _peak() -> int:
    """The most memory that this process had so far, in kilobytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most


def read_three_times(sync: Sync, rows: int) -> list[float]:
    """A first reading, one of five changes, one of none: seconds of processor time a row."""
    took = []
    with serving(dashboard("LIM331", rows)) as here:
        for state, dearer, changes in (("succeeded", 0, rows), ("succeeded", 5, 5), ("unchanged", 5, 0)):
            here.pages.update(dashboard("LIM331", rows, dearer))
            began = time.process_time()
            run = sync(f"{here.root}/pmd/level.aspx")
            took.append((time.process_time() - began) / rows)
            assert (run.state, run.complete, run.seen) == (state, True, rows), run.notes
            assert DataChangeLog.objects.filter(run=run, entity_type="project").count() == changes
    assert Project.objects.count() == rows
    return took


def test_a_list_of_very_many_rows_is_read_and_loaded(sync: Sync) -> None:
    with transaction.atomic():
        few = read_three_times(sync, FEW)
        transaction.set_rollback(True)
    memory = _peak()
    many = read_three_times(sync, MANY)
    for short, long in zip(few, many, strict=True):
        assert long < 3 * short, (few, many)  # a row costs what a row costs
    assert _peak() - memory < _KILOBYTES * MANY, _peak() - memory
