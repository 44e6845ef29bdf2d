"""Flags under the pipeline: worked out with the load, told once a day, and no part of what a reading says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.runs.code_digest import code_digest
from etl.scheduler import DataScheduler
from projects.flags import telling
from projects.log.verification import verify
from projects.models import ChangeTopic, DataChangeLog, Flag, Project, SyncRun
from projects.wording.flags import RULES

pytestmark = pytest.mark.django_db
HEAD = ("Project No", "Project Name", "Municipality", "Status", "Progress %", "Completion date", "Budget (R)")
Read = Callable[..., SyncRun]


@pytest.fixture
def read(sync, here, tmp_path) -> Read:
    """A reading of a saved page of one project and three quiet ones."""
    here.HOLD_CHANGED = here.HOLD_BLANKED = 100

    def read(
        due: str = "2031-06-30", budget: str = "5000000", status: str = "Design", **given: Any
    ) -> SyncRun:
        rows = [("P-1", "Weir", "[LIM331]", status, "10", due, budget)]
        rows += [(f"Q-{n}", f"Quiet {n}", "[CPT]", "Design", "20", "2032-06-30", "700000") for n in range(3)]
        cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        head = "".join(f"<th>{cell}</th>" for cell in HEAD)
        page = tmp_path / "saved.html"
        page.write_text(f"<html><body><table><tr>{head}</tr>{cells}</table></body></html>", encoding="utf-8")
        return sync(files=[page], **given)

    return read


def up() -> set[str]:
    return set(Flag.objects.up().filter(project__external_id="P-1").values_list("flag", flat=True))


def test_a_load_works_out_the_flags_of_what_it_changed_and_logs_no_more_than_it_read(read):
    assert read().change_count == 4
    assert up() == set()
    assert read(due="2032-06-30").change_count == 1
    run = read(due="2033-06-30", budget="6000000")
    assert (run.change_count, up()) == (1, {"slipping", "dearer"})
    row = DataChangeLog.objects.latest("pk")
    assert set(row.field_changes) == {"completion_date", "budget"}
    topics = dict(ChangeTopic.objects.filter(change=row).values_list("topic", "size"))
    assert (topics["slipped"], topics["dearer"]) == (365, 1000000)


def test_what_is_told_leaves_replay_chain_and_the_next_reading_as_they_were(read):
    read()
    read(due="2032-06-30")
    read(due="2033-06-30")
    assert telling.tell() == 1
    told = DataChangeLog.objects.latest("pk")
    assert (told.field_changes["flags"], told.run) == ([[], ["slipping"]], None)
    assert read(due="2033-06-30").state == "unchanged"
    assert verify().fault is None
    assert DataScheduler().replay("dws").is_identical
    assert Project.objects.get(external_id="P-1").last_changed_at < told.at


def test_what_a_first_reading_finds_is_no_news(read):
    read(due="2019-06-30")
    assert up() == {"overdue"}
    assert telling.tell() == 0


def test_a_status_that_is_not_understood_takes_the_flag_away(read):
    read(due="2019-06-30")
    read(due="2019-06-30", status="Something new")
    assert (Project.objects.get(external_id="P-1").status, up()) == (None, set())


def test_a_rule_that_moves_counts_the_rules_up():
    """Else the first day after an upgrade tells of flags that no source and no day has moved."""
    code = code_digest("projects.wording.flags", "projects.wording.contradictions")
    assert (RULES, code[:16]) == (1, "ed5fdd8f62d21700")
