"""Municipal Money, from the API's answers to rows and log, over a replica of the API."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from etl.exceptions import FetchFailed
from etl.money.queries import CUBES
from etl.scheduler import DataScheduler
from projects.models import DataChangeLog, MunicipalFigure, Sighting, Snapshot, Source, SyncRun
from projects.models.finance import Measure
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
Poll = Callable[..., SyncRun]


def test_the_first_reading_loads_every_measure_with_a_log_row_for_each_figure(first_figures: SyncRun) -> None:
    assert (first_figures.state, first_figures.complete, first_figures.error) == ("succeeded", True, "")
    measures = set(MunicipalFigure.objects.values_list("measure", flat=True))
    assert measures == set(Measure.values)
    assert (
        MunicipalFigure.objects.count()
        == first_figures.created
        == first_figures.seen
        == first_figures.change_count
    )
    assert DataChangeLog.objects.filter(entity_type="municipal_figure", change_type="created").count() == (
        first_figures.created
    )


def test_a_second_identical_run_changes_nothing_and_asks_for_the_models_alone(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    rows, before = DataChangeLog.objects.count(), len(site.site.recent)
    run = poll()
    assert (run.seen, run.same, run.listings) == (
        first_figures.seen,
        first_figures.seen,
        first_figures.listings,
    )
    assert (run.state, run.unchanged_by, run.requests) == ("unchanged", "model", len(CUBES) + 1)
    assert all("/model" in line or "robots" in line for line in list(site.site.recent)[before:])
    assert DataChangeLog.objects.count() == rows


def test_a_forced_run_reads_all_cubes_and_still_changes_nothing(first_figures: SyncRun, poll: Poll) -> None:
    rows, snapshots = DataChangeLog.objects.count(), Snapshot.objects.count()
    run = poll(force=True)
    assert run.state == "unchanged"
    assert (DataChangeLog.objects.count(), Snapshot.objects.count()) == (rows, snapshots)


def test_each_figure_is_traced_to_the_bytes_of_the_answer_that_has_it(
    first_figures: SyncRun, here: Any
) -> None:
    from etl.fetch.archive import Archive

    for figure in MunicipalFigure.objects.filter(measure="capital").select_related("snapshot")[:20]:
        answer = json.loads(Archive(here.ARCHIVE_DIR).read(figure.snapshot.sha256))
        cells = [
            cell["amount.sum"]
            for cell in answer["cells"]
            if (cell["demarcation.code"], cell["financial_year_end.year"], cell["function.code"])
            == (figure.municipality_id, figure.financial_year, figure.code)
            and cell["amount_type.code"] == figure.amount_type
        ]
        known = [Decimal(str(cell)) for cell in cells if cell is not None]
        assert figure.amount == (sum(known) if known else None)


def test_a_restated_budget_is_one_log_row_with_both_amounts(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    figure = MunicipalFigure.objects.filter(measure="capital", amount_type="ORGB").first()
    assert figure is not None
    head = DataChangeLog.objects.newest()
    site.site.set_figure(
        "capital_v2", figure.municipality_id, figure.financial_year, figure.code, "ORGB", 123_456_789
    )
    run = poll()
    rows = DataChangeLog.objects.after(head).filter(external_id__contains=" capital ")
    assert (run.state, len(rows)) == ("succeeded", 1)
    assert rows[0].entity_id == figure.pk
    assert rows[0].field_changes == {"amount": [f"{figure.amount:.2f}", "123456789.00"]}
    assert rows[0].snapshot_id != figure.snapshot_id
    figure.refresh_from_db()
    assert (figure.amount, figure.snapshot_id) == (Decimal("123456789.00"), rows[0].snapshot_id)


def test_only_the_cube_that_was_updated_is_read_again(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    figure = MunicipalFigure.objects.filter(measure="grant", amount_type="SCHD").first()
    assert figure is not None
    before = len(site.site.recent)
    site.site.set_figure(
        "grants_v2", figure.municipality_id, figure.financial_year, figure.code, "SCHD", 9_000_000
    )
    poll()
    asked = [line for line in list(site.site.recent)[before:] if "/aggregate" in line or "/facts" in line]
    assert asked
    assert all("/grants_v2/" in line for line in asked)


def test_a_figure_that_is_no_longer_published_is_missing_and_can_return(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    figure = MunicipalFigure.objects.filter(measure="grant", amount_type="SCHD").first()
    assert figure is not None
    where = ("grants_v2", figure.municipality_id, figure.financial_year, figure.code, "SCHD")
    site.site.remove_figure(*where)
    assert poll().missing == 1
    figure.refresh_from_db()
    assert (figure.presence, figure.amount) == ("missing", figure.amount)
    site.site.set_figure(*where, 77)
    assert poll().returned == 1
    steps = DataChangeLog.objects.filter(entity_type="municipal_figure", entity_id=figure.pk).order_by("id")
    assert list(steps.values_list("change_type", flat=True)) == ["created", "missing", "returned"]
    gone = steps[1]
    assert gone.evidence == {"amount": [f"{figure.amount:.2f}", None]}
    assert gone.snapshot is not None  # the answer that has it no more
    assert gone.snapshot_id != steps[0].snapshot_id


def test_null_is_not_missing_and_not_zero(first_figures: SyncRun, poll: Poll, site: ReplicaServer) -> None:
    figure = MunicipalFigure.objects.filter(measure="capital", amount_type="ORGB").first()
    assert figure is not None
    where = ("capital_v2", figure.municipality_id, figure.financial_year, figure.code, "ORGB")
    site.site.set_figure(*where, None)
    poll()
    figure.refresh_from_db()
    assert (figure.presence, figure.amount) == ("present", None)


def test_the_35_disestablished_municipalities_stay_outside_and_the_table_is_compared(
    first_figures: SyncRun,
) -> None:
    said = [found["sentence"] for found in first_figures.disagreements]
    assert said
    assert all("name of" in sentence for sentence in said)  # 292 - 35 = 257: the codes agree
    assert first_figures.complete


def test_one_cube_that_cannot_be_read_costs_only_its_own_figures(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    site.site.mutate_finances(40)
    site.site.mutate_finances(1, "incexp_v2")
    asked = [line for line in _rehearsed(site) if "/api/cubes/" in line]
    first = next(number for number, line in enumerate(asked) if "/incexp_v2/aggregate" in line)
    site.site.set_fault("money_timeout", after=first, times=2, where="api")
    run = poll()
    assert (run.state, run.complete) == ("succeeded", False)
    assert any("incexp_v2 was not read" in note and "overloaded" in note for note in run.notes)
    assert not DataChangeLog.objects.filter(run=run, external_id__contains=" income ").exists()
    assert poll().complete


def _rehearsed(site: ReplicaServer) -> list[str]:
    """What a poll asks for now."""
    before = len(site.site.recent)
    DataScheduler().rehearse("treasury")
    return list(site.site.recent)[before:]


def test_an_api_that_is_down_fails_the_run_and_touches_nothing(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    figures = list(MunicipalFigure.objects.order_by("pk").values_list("pk", "amount"))
    site.site.set_fault("status500", where="api")
    with pytest.raises(FetchFailed):
        poll()
    assert SyncRun.objects.first().state == "failed"
    assert list(MunicipalFigure.objects.order_by("pk").values_list("pk", "amount")) == figures


def test_a_reading_that_is_out_of_line_is_held_and_not_asked_for_again(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, here: Any
) -> None:
    rows = DataChangeLog.objects.count()
    site.site.set_fault("money_drop_cells", where="api")
    site.site.mutate_finances(1, "capital_v2")
    run = poll()
    assert (run.state, DataChangeLog.objects.count()) == ("quarantined", rows)
    assert "fewer" in run.held[0]["sentence"]
    before = len(site.site.recent)
    again = poll()
    asked = [line for line in list(site.site.recent)[before:] if "/aggregate" in line]
    assert (again.state, asked) == ("quarantined", [])
    released = DataScheduler().release(again.pk, "steward", "checked")
    assert released.state == "succeeded"
    assert released.missing > 0
    assert poll().state == "unchanged"


def test_the_years_option_reads_those_years_and_is_never_complete(poll: Poll) -> None:
    run = poll(years=[2025])
    assert (run.state, run.complete) == ("succeeded", False)
    assert set(MunicipalFigure.objects.values_list("financial_year", flat=True)) == {2025}


@pytest.mark.soak
def test_the_replay_of_the_archive_finds_the_same_figures(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    site.site.mutate_finances(25)
    poll()
    outcome = DataScheduler().replay("treasury")
    assert outcome.replayed == 2
    assert outcome.is_identical, (outcome.runs, outcome.records)


def test_the_parser_that_moved_reads_what_is_known_again(
    first_figures: SyncRun, poll: Poll, monkeypatch: Any
) -> None:
    from etl import treasury

    figure = MunicipalFigure.objects.filter(measure="capital").exclude(amount=None).first()
    assert figure is not None
    MunicipalFigure.objects.filter(pk=figure.pk).update(amount=1)  # as an older parser read it
    monkeypatch.setattr(treasury, "money_digest", lambda: "f" * 64)
    poll()
    row = DataChangeLog.objects.get(entity_type="municipal_figure", entity_id=figure.pk, cause="parser")
    assert row.field_changes["amount"] == ["1.00", f"{figure.amount:.2f}"]


@pytest.mark.soak
def test_the_command_says_what_it_did_in_one_json_object(poll: Poll, capsys: Any) -> None:
    call_command("sync_treasury", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["source"], told["state"], told["complete"]) == ("treasury", "succeeded", True)
    call_command("sync_treasury", "--dry-run", "--force")
    assert "nothing was written" in capsys.readouterr().out


def test_replica_figures_are_demo_data_and_never_meet_real_ones(first_figures: SyncRun) -> None:
    assert Source.objects.get(pk="treasury").demo is True
    assert not DataChangeLog.objects.filter(source_id="treasury", demo=False).exists()


def test_every_page_that_was_read_is_a_sighting(first_figures: SyncRun) -> None:
    assert Sighting.objects.filter(run=first_figures).count() == first_figures.pages
    assert not Sighting.objects.filter(run=first_figures, loaded=False).exists()


@pytest.mark.soak
def test_a_stop_in_the_middle_of_a_reading_loads_nothing_and_the_next_poll_reads_it_all(
    poll: Poll, site: ReplicaServer, monkeypatch: Any
) -> None:
    from etl.exceptions import Stopped
    from etl.money.reader import CubeReader
    from etl.runs import stop

    tell = CubeReader._tell

    def ask_to_stop(reader: CubeReader, what: str, waiting: int) -> None:
        tell(reader, what, waiting)
        if what.startswith("grants_v2"):  # as a signal that comes while this cube is read
            stop._ask(signal.SIGTERM, None)

    monkeypatch.setattr(CubeReader, "_tell", ask_to_stop)
    with pytest.raises(Stopped):
        poll()
    stopped = SyncRun.objects.get(source_id="treasury")
    assert (stopped.state, stopped.change_count) == ("abandoned", 0)
    assert not MunicipalFigure.objects.exists()
    monkeypatch.undo()
    stop._Asked.signals.clear()
    assert poll().created > 0


@pytest.mark.soak
def test_treasury_can_be_down_while_dws_works_and_the_reverse(
    poll: Poll, site: ReplicaServer, here: Any
) -> None:
    here.DWS_URL = site.url
    scheduler = DataScheduler()
    site.site.set_fault("status500", where="api")
    with pytest.raises(FetchFailed):
        poll()
    assert scheduler.run_now("dws", "command").state == "succeeded"
    site.site.set_fault("status500")
    with pytest.raises(FetchFailed):
        scheduler.run_now("dws", "command")
    assert poll().state == "succeeded"
    assert MunicipalFigure.objects.exists()


@pytest.mark.soak
def test_the_pause_that_robots_txt_asks_for_is_kept_and_the_lease_renewed(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, here: Any
) -> None:
    here.FETCH_DELAY_SECONDS, here.LEASE_SECONDS, site.site.crawl_delay = 0.001, 2, 1
    begun = time.monotonic()
    run = poll()
    assert run.state == "unchanged"
    assert time.monotonic() - begun > 0.95 * (run.requests - 1)


def test_a_cube_that_never_says_it_moved_is_read_again_after_a_week(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    for cube in first_figures.profile["cubes"].values():
        cube["read_at"] = "2026-01-01T00:00:00+00:00"
    first_figures.save()
    again = poll()
    assert (again.state, again.unchanged_by) == ("unchanged", "records")
    assert again.requests > len(CUBES) + 1


def test_a_count_that_lies_and_full_pages_do_not_end_a_reading_early(
    poll: Poll, site: ReplicaServer, monkeypatch: Any
) -> None:
    from etl.money import queries

    whole = poll().seen
    monkeypatch.setitem(queries.PAGE_SIZES, "aggregate", 100)
    site.site.set_fault("money_lie_count", where="api")
    run = poll(force=True)
    assert (run.state, run.seen) == ("unchanged", whole)
    assert Sighting.objects.filter(run=run, key__contains="#2").exists()


@pytest.mark.soak
def test_a_service_that_makes_its_pages_smaller_and_larger_again_is_no_news(
    first_figures: SyncRun, poll: Poll, site: ReplicaServer, monkeypatch: Any
) -> None:
    from replica.money import query

    whole, paged = MunicipalFigure.objects.count(), query._paging
    for most in (70, 20_000):
        monkeypatch.setattr(query, "_paging", lambda asked, limit, most=most: paged(asked, min(most, limit)))
        run = poll(force=True)
        assert (run.state, run.complete, run.seen) == ("unchanged", True, whole)
        assert Sighting.objects.filter(run=run, key__contains="#2").exists() is (most == 70)
        site.site.mutate_finances(5)
        assert poll().state == "succeeded"
        whole = MunicipalFigure.objects.filter(presence="present").count()
    assert DataScheduler().replay("treasury").is_identical


def test_a_cube_that_is_updated_while_it_is_read_is_not_used(poll: Poll, site: ReplicaServer) -> None:
    site.site.set_fault("money_torn", where="api")
    run = poll()
    assert not run.complete
    assert any("was updated while it was read" in note for note in run.notes)
    assert not MunicipalFigure.objects.filter(measure="capital").exists()


@pytest.mark.parametrize("fault", ["money_html", "money_strings", "truncate", "empty"])
def test_an_answer_that_is_no_data_is_kept_as_evidence_and_changes_nothing(
    fault: str, first_figures: SyncRun, poll: Poll, site: ReplicaServer
) -> None:
    from etl.exceptions import EtlError

    before = DataChangeLog.objects.count()
    site.site.mutate_finances(1, "capital_v2")
    site.site.set_fault(fault, where="api", after=2)
    try:
        run = poll()
    except EtlError:
        run = SyncRun.objects.filter(source_id="treasury").latest("pk")
    assert not run.complete
    assert DataChangeLog.objects.count() == before
    site.site.set_fault("none")
    assert poll().updated >= 1


def test_a_figure_on_the_municipality_s_page_leads_to_the_answer_it_was_read_from(
    first_figures: SyncRun, client: Any
) -> None:
    figure = MunicipalFigure.objects.filter(measure="capital", amount_type="ORGB").exclude(amount=None)[0]
    page = client.get(f"/municipalities/{figure.municipality_id}/").content.decode()
    address = f"/snapshots/{figure.snapshot_id}/?figure={figure.pk}"
    assert address in page
    shown = client.get(address)
    assert shown.status_code == 200
    rows = [json.loads(row) for row in shown.context["rows"]]
    said = [(row["function.code"], row["amount.sum"]) for row in rows]
    assert said == [(figure.code, float(figure.amount))]
    # in the card, and in the whole text
    assert shown.content.decode().count(f"&quot;amount.sum&quot;: {figure.amount:.1f}") >= 2


def test_an_address_that_names_no_figure_of_the_answer_shows_the_answer_alone(
    first_figures: SyncRun, client: Any
) -> None:
    figure, other = (MunicipalFigure.objects.filter(measure=name)[0] for name in ("capital", "grant"))
    for asked in ("", "x", "-1", "9" * 40, "٣", str(other.pk)):
        shown = client.get(f"/snapshots/{figure.snapshot_id}/", {"figure": asked})
        assert (shown.status_code, "rows" in shown.context) == (200, False)


@pytest.mark.soak
def test_a_replay_that_is_applied_mends_amounts_and_presence(
    first_figures: SyncRun, site: ReplicaServer
) -> None:
    wrong, gone = MunicipalFigure.objects.filter(measure="capital").exclude(amount=None)[:2]
    MunicipalFigure.objects.filter(pk=wrong.pk).update(amount=1)  # as something broken left them
    MunicipalFigure.objects.filter(pk=gone.pk).update(presence="missing")
    assert not DataScheduler().replay("treasury").is_identical
    assert DataScheduler().apply_replay("treasury") == 2
    assert DataScheduler().replay("treasury").is_identical
    rows = DataChangeLog.objects.filter(cause="parser").order_by("id")
    assert {row.change_type for row in rows} == {"updated", "returned"}
    gone.refresh_from_db()
    assert gone.presence == "present"
