"""A steward's correction under the pipeline: it stays shown, the source goes on being tracked beneath it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.compare.changes import value_changes
from etl.compare.known import source_values
from etl.load import overrides as under_load
from etl.load import rows
from etl.normalise import records
from etl.scheduler import DataScheduler
from projects.fields import NAMES
from projects.models import DataChangeLog, Override, Project, SyncRun
from projects.stewards import overrides, values
from projects.stewards.values import CORRECTABLE, canonical, typed

pytestmark = pytest.mark.django_db

PROJECT = "P-1"
Read = Callable[..., SyncRun]
HEAD = "<table><tr><th>Project No</th><th>Project Name</th><th>Municipality</th><th>Budget (R)</th></tr>"
_numbers = count(1)


@pytest.fixture
def read(sync, here, tmp_path) -> Read:
    """A reading of a saved page of one project and three quiet ones; the columns by keyword."""
    here.HOLD_CHANGED = here.HOLD_BLANKED = 100

    def read(budget: str = "5000", name: str = "Weir", place: str = "[LIM331]", **given: Any) -> SyncRun:
        rows = [(given.pop("id", PROJECT), name, place, budget)]
        rows += [(f"Q-{n}", f"Quiet {n}", "[CPT]", "100") for n in range(3)]
        cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        page = tmp_path / "saved.html"
        page.write_text(f"<html><body>{HEAD}{cells}</table></body></html>", encoding="utf-8")
        return sync(files=[page], **given)

    return read


def project(external_id: str = PROJECT) -> Project:
    return Project.objects.get(external_id=external_id)


def correct(text: str = "6000", field: str = "budget", **terms: Any) -> Override:
    return overrides.correct(project(), field, text, **{"reason": "A slip.", "user": None, **terms})


def newest() -> DataChangeLog:
    return DataChangeLog.objects.latest("id")


def test_a_change_of_the_source_is_logged_and_flagged_and_not_shown(read):
    read()
    override = correct()
    run = read("7000")
    assert (run.updated, run.change_count, project().budget) == (1, 1, 6000)
    row = newest()
    assert (row.cause, row.overridden) == ("source", ["budget"])
    assert row.field_changes == {"budget": ["5000.00", "7000.00"]}
    assert row.evidence == {"Budget (R)": ["5000", "7000"]}
    override.refresh_from_db()
    assert (override.state, override.value, override.source_value) == ("active", "6000.00", "7000.00")
    assert override.source_value_then == "5000.00"
    assert override.notice == "The source moved under the correction: from R5 000 to R7 000."


def test_a_second_reading_of_the_same_writes_nothing(read):
    read()
    correct()
    for _ in range(2):
        for options in ({}, {"force": True}):
            run = read(**options)
            assert (run.state, run.change_count) == ("unchanged", 0)
    read("7000")
    before = DataChangeLog.objects.count()
    assert read("7000", force=True).change_count == 0
    assert (DataChangeLog.objects.count(), project().budget) == (before, 6000)


def test_the_source_that_catches_up_ends_the_correction_without_a_row_of_its_own(read):
    read()
    override = correct()
    before = DataChangeLog.objects.count()
    read("6000")
    override.refresh_from_db()
    assert (override.state, override.source_value, project().budget) == ("caught_up", "6000.00", 6000)
    assert override.notice.startswith("The source caught up: it says R6 000 too")
    assert (newest().field_changes, newest().overridden) == ({"budget": ["5000.00", "6000.00"]}, ["budget"])
    assert DataChangeLog.objects.count() == before + 1
    read("8000")
    assert (project().budget, newest().overridden) == (8000, [])
    assert newest().field_changes == {"budget": ["6000.00", "8000.00"]}


def test_each_move_tells_the_steward_again(read):
    read()
    override = correct()
    read("7000")
    Override.objects.update(notice="")
    read("8000")
    override.refresh_from_db()
    assert override.notice == "The source moved under the correction: from R7 000 to R8 000."
    assert list(Override.objects.to_look_at()) == [override]


def test_another_field_s_change_leaves_the_correction_alone(read):
    read()
    override = correct()
    read(name="Great weir")
    override.refresh_from_db()
    assert (project().budget, project().name, override.notice) == (6000, "Great weir", "")
    assert newest().field_changes == {"name": ["Weir", "Great weir"]}
    assert newest().overridden == []


def test_undo_returns_to_the_source_s_latest(read):
    read()
    override = correct()
    read("7000")
    overrides.undo(override, None)
    assert project().budget == 7000
    assert read("7000", force=True).change_count == 0
    read("9000")
    assert (project().budget, newest().overridden) == (9000, [])


def test_one_that_ran_out_returns_to_the_source_s_latest(read):
    read()
    later = timezone.now() + timedelta(days=1)
    correct(expires_at=later)
    read("7000")
    assert overrides.expire_due(later) == 1
    assert project().budget == 7000
    assert read("7000", force=True).change_count == 0


def test_a_replay_of_history_is_of_what_the_source_said_corrections_or_not(read):
    read()
    correct()
    correct("CPT", "municipality")
    read("7000", name="Great weir")
    outcome = DataScheduler().replay("dws")
    assert (outcome.replayed, outcome.records["projects"], outcome.runs) == (2, {}, {})


def test_a_value_that_the_source_erases_or_gives_at_last_is_tracked_too(read):
    read("")
    override = correct()
    assert newest().field_changes == {"budget": [None, "6000.00"]}
    read("7000")
    read("")
    override.refresh_from_db()
    assert (override.source_value, project().budget) == (None, 6000)
    assert "from R7 000 to not published" in override.notice


def test_a_corrected_place_stays_while_the_source_moves_the_project(read):
    read()
    override = correct("CPT", "municipality")
    read(place="[LIM332]")
    row, moved = newest(), project()
    assert (moved.municipality_id, moved.province) == ("CPT", "WC")
    assert [place.pk for place in moved.municipalities.all()] == ["CPT"]
    assert {"municipality", "municipalities"} == set(row.overridden)
    assert (row.municipality, row.municipalities) == ("CPT", ["CPT"])
    assert row.field_changes["municipalities"] == [["LIM331"], ["LIM332"]]
    assert read(place="[LIM332]", force=True).change_count == 0
    overrides.undo(override, None)
    assert (project().municipality_id, project().province) == ("LIM332", "LIM")
    assert [place.pk for place in project().municipalities.all()] == ["LIM332"]
    assert read(place="[LIM332]", force=True).change_count == 0


def test_a_correction_made_while_the_source_is_read_is_not_lost(read, monkeypatch):
    read()

    def correct_first(run: SyncRun, batch: Any) -> list[Project]:
        correct()  # the steward commits after the comparison and before the write
        return write(run, batch)

    write = rows.write_projects
    monkeypatch.setattr(rows, "write_projects", correct_first)
    read("7000", name="Great weir")
    assert (project().budget, Override.objects.get().source_value) == (6000, "7000.00")
    assert newest().overridden == ["budget"]


def test_a_load_without_corrections_pays_one_query_and_one_with_them_a_fixed_number(read):
    read()
    known = list(Project.objects.order_by("id"))

    def statements() -> int:
        from etl.compare.changes import ProjectChange

        record = type("Record", (), {"values": {"budget": Decimal(1), "status": None}})
        changes = [ProjectChange(record, row.pk, "updated", "source", {}, {}, None) for row in known]
        with CaptureQueriesContext(connection) as seen:
            under_load.keep(known, changes)
        return len([query for query in seen if "SAVEPOINT" not in query["sql"]])

    assert statements() == 1
    with CaptureQueriesContext(connection) as seen:
        assert source_values([row.pk for row in known]) == {}
    assert len(seen) == 1
    for row in known:
        overrides.correct(row, "budget", "77", reason="x", user=None)
        overrides.correct(row, "status", "design", reason="x", user=None)
    assert statements() == 3
    assert source_values([known[0].pk])[known[0].pk]["budget"] == 1


@pytest.mark.soak
@pytest.mark.parametrize("replica", [{"projects": 25, "provinces": ("NW",)}], indirect=True)
def test_a_correction_survives_ten_runs_of_any_kind(replica, first, sync, here):
    here.HOLD_CHANGED = here.HOLD_BLANKED = here.HOLD_COUNT_DROP = here.HOLD_NEVER_SEEN = 100
    here.ROTATION_RUNS = 2
    victims = list(Project.objects.order_by("external_id")[:3])
    for row in victims:
        overrides.correct(row, "budget", "123456789.01", reason="x", user=None)
        overrides.correct(row, "municipality", "CPT", reason="x", user=None)
        overrides.correct(row, "name", f"Corrected {row.pk}", reason="x", user=None)
    gone = victims[0].external_id
    steps: list[Callable[[], Any]] = [
        lambda: replica.site.mutate(20),
        lambda: None,
        lambda: replica.site.noise("all"),
        lambda: replica.site.set_layout("table"),
        lambda: replica.site.remove(gone),
        lambda: replica.site.mutate(15),
        lambda: replica.site.restore(gone),
        lambda: replica.site.set_layout("tree"),
        lambda: replica.site.mutate(10, part="page"),
        lambda: replica.site.set_layout("grid"),
    ]
    for number, step in enumerate(steps):
        step()
        assert sync(force=bool(number % 2)).state in ("succeeded", "unchanged")
        for row in victims:
            row.refresh_from_db()
            shown = (row.budget, row.municipality_id, row.province, row.name)
            assert shown == (Decimal("123456789.01"), "CPT", "WC", f"Corrected {row.pk}")
            assert {place.pk for place in row.municipalities.all()} & {"CPT"}
    facts = replica.site.facts()
    for override in Override.objects.active().select_related("project").exclude(field="municipalities"):
        told = facts[override.project.external_id]
        assert value_changes({"x": told[override.field]}, {"x": override.source_value}) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("budget", Decimal("5.10")),
        ("start_date", date(2027, 2, 28)),
        ("latitude", -23.3),
        ("name", "weir"),
        ("name", None),
        ("municipalities", ("CPT", "DC12")),
    ],
)
def test_canonical_values_are_those_of_the_loader_and_come_back_typed(field, value):
    assert canonical(value) == records.canonical(value)
    assert typed(field, canonical(value)) == value


def test_every_correctable_field_is_a_field_of_the_records():
    assert set(CORRECTABLE) < set(NAMES)
    assert values.DEGREES.keys() < CORRECTABLE.keys()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.sampled_from(["", "5000", "6000", "7000", "n/a"])),
        st.tuples(st.just("rename"), st.sampled_from(["Weir", "Great weir"])),
        st.tuples(st.just("correct"), st.sampled_from(["6000", "9000", ""])),
        st.tuples(st.just("undo"), st.just("")),
        st.tuples(st.just("force"), st.just("")),
    ),
    max_size=8,
)


@pytest.mark.soak
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_the_sequence_a_correction_in_force_is_shown_and_the_log_tells_both_tracks(read, steps):
    external_id, said = f"H-{next(_numbers)}", {"budget": "5000", "name": "Weir"}
    read(**said, id=external_id)
    for step, value in steps:
        active = Override.objects.active().filter(project__external_id=external_id).first()
        if step == "correct":
            try:
                overrides.correct(project(external_id), "budget", value, reason="x", user=None)
            except overrides.CorrectionRefused:
                pass
        elif step == "undo" and active:
            overrides.undo(active, None)
        else:
            said |= {"read": {"budget": value}, "rename": {"name": value}}.get(step, {})
            read(**said, id=external_id, force=step == "force")
        check(external_id, said["budget"])


def check(external_id: str, published: str) -> None:
    """The column, the override and both tracks of the log agree with what is published."""
    row = project(external_id)
    said = f"{published}.00" if published.isdigit() else None
    shown = None if row.budget is None else f"{row.budget:.2f}"
    active = Override.objects.active().filter(project=row).first()
    assert shown == (active.value if active else said)
    assert not active or active.source_value == said
    log = DataChangeLog.objects.of_project(row.pk).filter(field_changes__has_key="budget").order_by("id")
    tracks: dict[str, Any] = {"source": None, "shown": None}
    for entry in log:
        before, after = entry.field_changes["budget"]
        if entry.cause != "steward":
            assert before == tracks["source"]
            tracks["source"] = after
        if "budget" not in entry.overridden:
            assert before == tracks["shown"]
            tracks["shown"] = after
    assert tracks == {"source": said, "shown": shown}
