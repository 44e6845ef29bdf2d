"""Correlation runs: questions open, move, close and open again by themselves; quiet runs write nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from etl.correlating import writing
from etl.exceptions import DemoMismatch
from etl.scheduler import DataScheduler
from projects.api.changes import change_json
from projects.models import DataChangeLog, Discrepancy, MunicipalFigure, Project, Source, SyncRun
from projects.stewards import merging
from projects.stewards.overrides import correct
from projects.tests.factories import (
    a_figure,
    a_project,
    a_run,
    a_snapshot,
    change,
    log,
    log_figure,
)

pytestmark = pytest.mark.django_db

OWN = "Greater Giyani Local Municipality"
KEY = "dws_spent_more_than_books:LIM331:WSIG"
READ = datetime(2023, 6, 30, 6, tzinfo=UTC)


def correlate(**options: Any) -> SyncRun:
    return DataScheduler().run_now("correlation", "command", **options)


def own_project(external_id: str = "WP1", **fields: Any) -> Project:
    """A WSIG project that Greater Giyani itself implements, R30 million spent as DWS has it."""
    given = {
        "programme": "WSIG",
        "implementing_agent": OWN,
        "start_date": date(2020, 8, 1),
        "completion_date": date(2024, 3, 1),
        "progress_percentage": Decimal(20),
        "expenditure": Decimal(30_000_000),
        "at": READ,
        **fields,
    }
    return a_project(external_id, **given)


def spent(year: int, amount: str | None, **fields: Any) -> MunicipalFigure:
    return a_figure("grant", "WSIG", "ACT", amount, municipality="LIM331", year=year, **fields)


@pytest.fixture
def sources(settings: Any, tmp_path: Any) -> None:
    """Both sources read completely, of real data."""
    settings.ARCHIVE_DIR = tmp_path
    Source.objects.exclude(pk="correlation").update(demo=False)
    a_run("dws")
    a_run("treasury")


@pytest.fixture
def gap(sources: None) -> Project:
    """One project with R30 million beside books of R12 million: one question."""
    for year, amount in ((2021, "4000000.00"), (2022, "5000000.00"), (2023, "3000000.00")):
        spent(year, amount)
    return own_project()


def move(figure: MunicipalFigure, amount: str) -> None:
    """The municipality's figure is restated, as the load of Treasury writes it."""
    MunicipalFigure.objects.filter(pk=figure.pk).update(amount=amount)
    log_figure(figure, "updated", {"amount": [f"{figure.amount:.2f}", amount]})


def ours() -> Any:
    return DataChangeLog.objects.filter(source="correlation").order_by("pk")


def test_a_question_opens_with_its_row_of_the_log(gap):
    run = correlate()
    row, told = Discrepancy.objects.get(), ours().get()
    assert (run.state, run.complete, run.seen, run.listings) == ("succeeded", True, 1, 1)
    assert (run.created, run.change_count, run.first_change) == (1, 1, told.pk)
    assert (row.key, row.state, row.severity) == (KEY, "open", "major")
    assert row.contested == row.dws_value - row.treasury_value == Decimal("18000000.00")
    assert (row.dws_value, row.treasury_value) == (Decimal("30000000.00"), Decimal("12000000.00"))
    assert (told.entity_type, told.entity_id, told.change_type) == ("discrepancy", row.pk, "opened")
    assert (told.municipality, told.province, told.severity) == ("LIM331", "LIM", "major")
    assert told.rules == ["dws_spent_more_than_books"]
    assert change_json(told)["sentence"] == f"A question: {row.question}"
    assert (row.opened_at, row.last_changed_run_id) == (row.last_changed_at, run.pk)
    assert Source.objects.get(pk="correlation").demo is False


def test_a_second_run_writes_nothing_but_itself(gap):
    correlate()
    before = list(Discrepancy.objects.values())
    run = correlate()
    assert (run.state, run.unchanged_by, run.complete) == ("unchanged", "inputs", True)
    assert (run.seen, run.listings, run.change_count) == (1, 1, 0)
    forced = correlate(force=True)
    assert (forced.state, forced.unchanged_by, forced.seen) == ("unchanged", "records", 1)
    assert list(Discrepancy.objects.values()) == before
    assert ours().count() == 1


def test_a_question_moves_closes_and_opens_again_by_itself(gap):
    correlate()
    change(gap, "expenditure", Decimal("33000000.00"))
    Project.objects.filter(pk=gap.pk).update(expenditure=Decimal("33000000.00"))
    DataChangeLog.objects.filter(entity_type="project").update(at=READ)
    assert correlate().updated == 1
    newest = MunicipalFigure.objects.get(financial_year=2023)
    move(newest, "23500000.00")
    closed = correlate()
    assert (closed.state, closed.withdrawn) == ("succeeded", 1)
    row = Discrepancy.objects.get()
    assert (row.state, row.closed_at is not None) == ("closed", True)
    assert correlate().state == "unchanged"
    newest.refresh_from_db()
    move(newest, "1000000.00")
    assert correlate().returned == 1
    again = Discrepancy.objects.get()
    assert (again.pk, again.state, again.closed_at) == (row.pk, "open", None)
    assert again.opened_at > row.opened_at
    told = [(entry.change_type, change_json(entry)["sentence"]) for entry in ours()]
    assert [change_type for change_type, _ in told] == ["opened", "updated", "closed", "opened"]
    assert told[1][1].startswith(
        "The amount asked about rose by 17% from R18 000 000 to R21 000 000;"
        " DWS’s figure rose by 10% from R30 000 000 to R33 000 000. DWS has R33 000 000 spent on 1 WSIG"
    )
    assert told[2][1] == "The question is closed. The figures fit together now."
    assert told[3][1].startswith("Asked again: DWS has R33 000 000 spent")
    assert ours()[1].field_changes["dws_value"] == ["30000000.00", "33000000.00"]
    assert ours()[2].field_changes == {
        "state": ["open", "closed"],
        "reason": [None, "The figures fit together now."],
    }


def test_a_question_that_cannot_be_compared_any_more_closes_and_says_why(gap):
    correlate()
    change(gap, "implementing_agent", "Magalies Water")
    correlate()
    told = ours().last()
    assert told.change_type == "closed"
    assert "cannot be compared any more: somebody else" in told.field_changes["reason"][1]


@pytest.mark.parametrize("presence", ["missing", "withdrawn"])
def test_a_project_that_is_not_listed_is_left_out(gap, presence):
    correlate()
    Project.objects.update(presence=presence)
    log(gap, presence, {"presence": ["present", presence]})
    run = correlate()
    assert (run.seen, Discrepancy.objects.get().state) == (0, "closed")
    assert (
        "cannot be compared any more: DWS no longer lists its project."
        in change_json(ours().last())["sentence"]
    )


def test_a_question_about_a_project_that_was_merged_is_asked_of_the_one_that_it_is(gap):
    correlate()
    other = own_project("WP2", expenditure=None)
    merging.merge(other, gap, reason="One scheme.", user=None)
    correlate()
    told = ours().last()
    assert told.change_type == "closed"
    assert "a steward merged a project of it into another one" in told.field_changes["reason"][1]
    assert "no longer lists" not in told.field_changes["reason"][1]


def test_a_figure_that_the_source_no_longer_has_is_no_nought(gap):
    correlate()
    figure = MunicipalFigure.objects.get(financial_year=2022)
    MunicipalFigure.objects.filter(pk=figure.pk).update(presence="missing")
    log_figure(figure, "missing", {"presence": ["present", "missing"]})
    correlate()
    assert Discrepancy.objects.get().state == "closed"
    assert "no spending of WSIG for 2021-22" in ours().last().field_changes["reason"][1]


def test_both_snapshots_are_those_of_what_contributes_most(sources):
    first, second = a_snapshot(a_run(), b"<p>1</p>"), a_snapshot(a_run(), b"<p>2</p>")
    small, large = (a_snapshot(a_run("treasury"), body) for body in (b'{"a": 1}', b'{"a": 2}'))
    spent(2021, "100.00", snapshot=small)
    spent(2022, "900.00", snapshot=large)
    spent(2023, "0.00", snapshot=small)
    less, more = own_project("WP1", expenditure=Decimal(9_000_000)), own_project("WP2")
    log(less, "updated", {"name": ["a", "b"]}, snapshot_id=first.pk)
    log(more, "updated", {"name": ["a", "b"]}, snapshot_id=second.pk)
    correlate()
    row = Discrepancy.objects.get()
    assert (row.dws_snapshot_id, row.treasury_snapshot_id) == (second.pk, large.pk)
    assert [project["snapshot"] for project in row.evidence["projects"]] == [second.pk, first.pk]
    assert len(row.evidence["figures"]) == 3
    assert row.project is None


def test_new_evidence_that_says_the_same_is_kept_without_a_word(gap):
    correlate()
    snapshot = a_snapshot(a_run(), b"<p>the same figures, another page</p>")
    log(gap, "updated", {"name": ["a", "b"]}, snapshot_id=snapshot.pk)
    run = correlate()
    row = Discrepancy.objects.get()
    assert (run.state, run.unchanged_by) == ("unchanged", "records")
    assert row.dws_snapshot_id == snapshot.pk
    assert row.last_changed_run_id != run.pk
    assert ours().count() == 1


def test_a_stewards_correction_is_what_is_compared_and_is_said(gap):
    correct(gap, "expenditure", "40000000", reason="The payment certificate says so.", user=None)
    DataChangeLog.objects.update(at=READ)
    correlate()
    row = Discrepancy.objects.get()
    assert row.dws_value == Decimal("40000000.00")
    assert row.evidence["projects"][0]["corrected"] == ["expenditure"]
    assert any("A steward corrected" in said for said in row.explanations)


@pytest.mark.parametrize("name", ["dws", "treasury"])
def test_before_both_sources_were_read_nothing_is_compared_and_nothing_closes(gap, name):
    correlate()
    SyncRun.objects.filter(source=name).update(state="failed")
    run = correlate(force=True)
    assert (run.state, run.complete) == ("unchanged", False)
    assert "has not been read completely yet" in run.notes[0]
    assert Discrepancy.objects.get().state == "open"


@pytest.mark.parametrize("state", ["failed", "quarantined", "abandoned"])
def test_a_source_that_is_down_or_held_closes_nothing(gap, state):
    correlate()
    a_run("treasury", state=state, complete=False)
    a_run("dws", state=state, complete=False)
    assert correlate(force=True).state == "unchanged"
    assert Discrepancy.objects.get().state == "open"


def test_demo_data_and_real_data_are_never_set_beside_one_another(gap):
    Source.objects.filter(pk="treasury").update(demo=True)
    with pytest.raises(DemoMismatch, match="Municipal Money is demo data and what is known of DWS is real"):
        correlate()
    assert SyncRun.objects.filter(source="correlation").get().state == "failed"
    assert not Discrepancy.objects.exists()


def test_questions_about_demo_data_are_demo_data(gap):
    Source.objects.exclude(pk="correlation").update(demo=True)
    correlate()
    assert Source.objects.get(pk="correlation").demo is True
    assert ours().get().demo is True


def test_the_row_and_its_log_row_are_one_transaction(gap, monkeypatch):
    def break_down(*args: Any) -> Any:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(writing, "_entry", break_down)
    with pytest.raises(DatabaseError):
        correlate()
    assert not Discrepancy.objects.exists()
    assert not ours().exists()


def test_the_run_counts_what_could_not_be_compared(gap):
    own_project("WP2", implementing_agent=None)
    own_project("WP3", implementing_agent="MISA")
    own_project("WP4", start_date=date(2017, 1, 1))
    run = correlate()
    assert run.seen == 4
    assert "Not compared, 1 project: DWS does not say who implements them." in run.notes
    assert "Not compared, 1 project: somebody else than the municipality implements them." in run.notes
    assert any("before 1 July 2019" in note for note in run.notes)
    assert correlate().notes == run.notes


def test_other_municipalities_books_do_not_count(gap):
    a_figure("grant", "WSIG", "ACT", "90000000.00", municipality="CPT", year=2023)
    correlate()
    assert Discrepancy.objects.get().treasury_value == Decimal("12000000.00")


def test_the_cost_of_a_run_does_not_grow_with_the_projects(gap, django_assert_max_num_queries):
    for number in range(2, 40):
        own_project(f"WP{number}", implementing_agent=OWN)
    with django_assert_max_num_queries(45):
        correlate()


def test_the_command_prints_the_run_and_what_is_open(gap):
    out = StringIO()
    call_command("correlate", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["source"], told["state"], told["created"]) == ("correlation", "succeeded", 1)
    assert told["open"] == {
        "count": 1,
        "by_rule": {"dws_spent_more_than_books": 1},
        "by_severity": {"major": 1},
    }
    assert told["beside"] == {"with_projects": 1, "with_figures": 1, "with_both": 1}
    plain = StringIO()
    call_command("correlate", stdout=plain)
    assert "Unchanged: 1 project in 1 of the municipalities" in plain.getvalue()
    assert "open: 1 question." in plain.getvalue()


def test_a_rehearsal_shows_the_questions_and_writes_nothing(gap):
    out = StringIO()
    call_command("correlate", "--dry-run", "--json", stdout=out)
    diff = json.loads(out.getvalue())["diff"]
    assert [(row["external_id"], row["change_type"]) for row in diff] == [(KEY, "opened")]
    assert not Discrepancy.objects.exists()
    assert not SyncRun.objects.filter(source="correlation").exists()


def test_a_failed_run_ends_the_command_with_1(gap):
    Source.objects.filter(pk="treasury").update(demo=True)
    with pytest.raises(SystemExit) as ended:
        call_command("correlate", "--json", stdout=StringIO())
    assert ended.value.code == 1


# --- DWS as it was read by the end of the books -------------------------------------------------------

HALF_YEAR = {"months": {str(month): "500000.00" for month in range(1, 7)}, "through_month": 6}


def of_this_year(first: str, at: datetime, **fields: Any) -> Project:
    """A project of 2022-23 that DWS was first read to have spent so much on, in rand, at that moment."""
    return own_project(expenditure=Decimal(first), at=at, start_date=date(2022, 7, 1), **fields)


def test_two_sources_that_agree_at_half_year_are_not_asked_about_when_one_goes_on(sources):
    project = of_this_year("3000000", datetime(2022, 12, 20, tzinfo=UTC))
    change(project, "expenditure", Decimal(12_000_000), at=datetime(2023, 6, 20, tzinfo=UTC))
    spent(2023, "3000000.00", **HALF_YEAR)
    assert correlate().state == "unchanged"
    assert not Discrepancy.objects.exists()


def test_the_log_tells_what_was_read_by_the_end_of_the_books_and_where_it_is_archived(sources):
    project = of_this_year("2000000", datetime(2022, 9, 1, tzinfo=UTC))
    page = a_snapshot(a_run(), b"<p>R5 million</p>")
    change(project, "expenditure", Decimal(5_000_000), datetime(2022, 12, 1, tzinfo=UTC), snapshot_id=page.pk)
    change(project, "name", "Another name", at=datetime(2022, 12, 2, tzinfo=UTC))
    change(project, "expenditure", Decimal(9_000_000), at=datetime(2023, 3, 1, tzinfo=UTC))
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    row = Discrepancy.objects.get()
    assert (row.dws_value, row.contested) == (Decimal("5000000.00"), Decimal("2000000.00"))
    assert "as it was read up to 31 December 2022" in row.question
    assert row.evidence["arithmetic"][0]["url"] == f"/snapshots/{page.pk}/"


def test_a_capture_that_is_loaded_later_counts_from_when_it_was_made(sources):
    made = a_run(read_at=datetime(2022, 12, 1, tzinfo=UTC), finished_at=datetime(2023, 6, 1, tzinfo=UTC))
    of_this_year("5000000", datetime(2023, 6, 1, tzinfo=UTC), run=made)
    a_run("dws")
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    assert Discrepancy.objects.get().dws_value == Decimal("5000000.00")


@pytest.mark.parametrize("cause", ["parser", "steward"])
def test_what_was_not_the_sources_doing_is_taken_as_said_since_it_last_moved(sources, cause):
    """R2 million was a misreading of what DWS had said since 1 December."""
    project = of_this_year("1000000", datetime(2022, 9, 1, tzinfo=UTC))
    change(project, "expenditure", Decimal(2_000_000), at=datetime(2022, 12, 1, tzinfo=UTC))
    change(project, "expenditure", Decimal(7_000_000), at=datetime(2023, 3, 1, tzinfo=UTC), cause=cause)
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    assert Discrepancy.objects.get().dws_value == Decimal("7000000.00")


def test_a_correction_that_is_taken_back_does_not_put_what_dws_said_under_it_into_the_past(sources):
    """DWS said R3 million at half-year, which was corrected to R2 million, and R12 million in June."""
    project = of_this_year("3000000", datetime(2022, 12, 20, tzinfo=UTC))
    change(project, "expenditure", Decimal(2_000_000), datetime(2023, 1, 9, tzinfo=UTC), cause="steward")
    late, hidden = datetime(2023, 6, 20, tzinfo=UTC), {"expenditure": ["3000000.00", "12000000.00"]}
    log(project, "updated", hidden, at=late, overridden=["expenditure"])
    change(project, "expenditure", Decimal(12_000_000), datetime(2023, 6, 25, tzinfo=UTC), cause="steward")
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    assert not Discrepancy.objects.exists()


def test_a_correction_of_one_amount_takes_nothing_from_the_history_of_another(sources):
    project = of_this_year("3000000", datetime(2022, 12, 20, tzinfo=UTC), budget=Decimal(50_000_000))
    change(project, "budget", Decimal(60_000_000), at=datetime(2023, 3, 1, tzinfo=UTC))
    change(project, "expenditure", Decimal(12_000_000), at=datetime(2023, 6, 20, tzinfo=UTC))
    change(project, "budget", Decimal(55_000_000), datetime(2023, 6, 21, tzinfo=UTC), cause="steward")
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    assert not Discrepancy.objects.exists()


def test_a_capture_that_is_older_than_what_is_known_says_nothing_of_later_days(sources):
    project = of_this_year("5000000", datetime(2022, 12, 1, tzinfo=UTC))
    older = a_run(read_at=datetime(2022, 8, 1, tzinfo=UTC), finished_at=datetime(2023, 6, 1, tzinfo=UTC))
    change(project, "expenditure", Decimal(1_000_000), datetime(2023, 6, 1, tzinfo=UTC), run=older)
    change(project, "expenditure", Decimal(5_000_000), at=datetime(2023, 6, 2, tzinfo=UTC))
    a_run("dws")
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    assert Discrepancy.objects.get().dws_value == Decimal("5000000.00")


def test_books_of_months_that_were_not_over_when_dws_was_read_are_left_out(sources):
    SyncRun.objects.filter(source="dws").update(finished_at=datetime(2022, 10, 15, tzinfo=UTC))
    of_this_year("5000000", datetime(2022, 9, 1, tzinfo=UTC))
    spent(2023, "3000000.00", **HALF_YEAR)
    correlate()
    row = Discrepancy.objects.get()
    assert (row.treasury_value, row.contested) == (Decimal("1500000.00"), Decimal("3500000.00"))
    assert correlate().unchanged_by == "inputs"
    SyncRun.objects.filter(source="dws").update(finished_at=datetime(2022, 11, 15, tzinfo=UTC))
    assert correlate().updated == 1
    assert Discrepancy.objects.get().treasury_value == Decimal("2000000.00")


# --- our rules move -----------------------------------------------------------------------------------


def as_of_an_earlier_rule(**said: Any) -> None:
    """What is known was asked by another rule."""
    SyncRun.objects.filter(source="correlation").update(parser_digest="earlier", content_digest="earlier")
    Discrepancy.objects.update(**said)


def test_what_our_rules_put_otherwise_is_logged_as_our_doing_and_is_no_news(gap):
    correlate()
    as_of_an_earlier_rule(contested=None, dws_value=Decimal(31_000_000), question="What of R31 million?")
    run = correlate()
    told = ours().last()
    assert (run.updated, told.change_type, told.cause, told.severity) == (1, "updated", "parser", "info")
    assert change_json(told)["sentence"].startswith("Not the figures have changed; the question is put anew")
    assert not ours().by_source().filter(pk=told.pk).exists()
    assert Discrepancy.objects.get().severity == "major"
    assert correlate().state == "unchanged"


def test_a_question_that_our_rules_do_not_ask_any_more_is_closed_and_says_so(gap):
    correlate()
    Discrepancy.objects.update(key="dws_spent_more_than_books:LIM331:RBIG")
    as_of_an_earlier_rule()
    correlate()
    closed, opened = ours().get(change_type="closed"), ours().filter(change_type="opened").last()
    assert (closed.cause, opened.change_type, opened.cause) == ("parser", "opened", "parser")
    assert closed.field_changes["reason"][1].startswith(
        "Not the figures but our rules have changed. By them: it cannot be compared any more"
    )


def test_what_a_source_moved_beside_our_rules_is_the_sources_doing(gap):
    correlate()
    as_of_an_earlier_rule()
    move(MunicipalFigure.objects.get(financial_year=2023), "1000000.00")
    correlate()
    told = ours().last()
    assert (told.change_type, told.cause, told.severity) == ("updated", "source", "major")
