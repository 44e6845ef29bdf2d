"""What is owed for water, from the aged cubes to rows and log: balances by month and age, never summed."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from etl.exceptions import EtlError
from etl.money import debts
from etl.money.figures import fold
from etl.money.queries import CUBES, SELDOM, Query, queries_of
from etl.scheduler import DataScheduler
from etl.tests.test_finance_ledger import logged, published, recorded, told
from projects.facts import finance
from projects.models import DataChangeLog, MunicipalFigure, SyncRun
from projects.wording import causes
from replica.server import ReplicaServer

Poll = Callable[..., SyncRun]
NOTHING = dict.fromkeys(("g1", "l1", "l120", "l150", "l180", "l30", "l60", "l90"))
DEBTS = ("aged_creditor_v2", "aged_debtor_v2")
BULK = queries_of("aged_creditor_v2", (2026, 2027))[0]
DEBTORS = queries_of("aged_debtor_v2", (2027,))[0]


def row(query: Query, month: int | None, total: int | None, group: str = "", **ages: Any) -> dict[str, Any]:
    period = {
        "amount_type.code": "ACT" if month else "AUDA",
        "period_length.length": "month" if month else "year",
        "financial_period.period": month or 2027,
    }
    item = "0200" if query is BULK else "1200"
    amounts = {f"{age}_amount.sum": ages.get(age, 0) for age in finance.AGES} | {"total_amount.sum": total}
    said = {
        "demarcation.code": "CPT",
        "financial_year_end.year": 2027,
        "item.code": item,
        **period,
        **amounts,
    }
    return said | ({"customer_group.code": group} if query is DEBTORS else {})


def test_a_balance_is_never_summed_over_months_nor_over_customer_groups() -> None:
    for query in (BULK, DEBTORS):
        assert {"financial_period.period", "amount_type.code", "period_length.length"} <= set(query.columns)
        assert query.cuts["amount_type.code"] == ("AUDA", "ACT")
        assert query.sums == (*(f"{age}_amount.sum" for age in finance.AGES), "total_amount.sum")
    assert "customer_group.code" in DEBTORS.columns
    assert "customer_group.code" not in DEBTORS.cuts
    assert (BULK.cuts["item.code"], DEBTORS.cuts["item.code"]) == (("0200",), ("1200", "1500"))


def test_the_amount_is_that_of_the_last_month_that_is_given() -> None:
    rows = [row(BULK, 1, 50, g1=50), row(BULK, 2, 70, g1=60, l30=10), row(BULK, 3, None, g1=None)]
    found = fold(BULK, rows, {"CPT"})
    (figure,) = found.figures
    assert (figure.key, figure.amount, figure.through_month) == (
        ("CPT", 2027, "bulk_debt", "0200", "ACT"),
        Decimal(70),
        2,
    )
    assert figure.months == {"1": "50.00", "2": "70.00", "3": None}
    assert finance.ages_of(figure.ages["2"])["g1"] == 60
    assert finance.ages_of(figure.ages["3"])["g1"] is None


def test_rows_without_a_customer_group_stand_apart_from_those_with_one_and_signs_stay() -> None:
    rows = [
        row(DEBTORS, None, -30, g1=-30),
        row(DEBTORS, None, 10, "2401"),
        row(DEBTORS, None, 20, "2227"),
    ]
    found = fold(DEBTORS, rows, {"CPT"}).figures
    assert {(one.code, one.amount) for one in found} == {
        ("1200", Decimal(-30)),
        ("1200:2401", Decimal(10)),
        ("1200:2227", Decimal(20)),
    }
    assert finance.ages_of(found[0].ages["year"])["g1"] == -30


def test_a_month_that_is_listed_twice_is_not_used() -> None:
    found = fold(BULK, [row(BULK, 1, 50), row(BULK, 1, 60)], {"CPT"})
    assert (found.figures, len(found.refused)) == ([], 1)
    assert "listed more than once" in found.problems[0]


def test_what_stands_further_down_is_read_last_and_what_moves_no_question_less_often() -> None:
    assert CUBES[:3] == ("capital_v2", "grants_v2", "aged_creditor_v2")
    assert set(CUBES[-2:]) == set(SELDOM) == {"cflow_v2", "incexp_v2"}


def test_customers_are_asked_about_for_the_newest_years_alone() -> None:
    assert [query.years for query in queries_of("aged_debtor_v2", range(2020, 2029))] == [
        (2026,),
        (2027,),
        (2028,),
    ]
    assert queries_of("aged_creditor_v2", (2020, 2021))[0].key == "aged_creditor_v2 bulk_debt 2020-2021"


@pytest.mark.django_db
class TestPolls:
    def test_every_balance_is_recorded_and_traced_to_the_answer(
        self, first_figures: SyncRun, here: Any
    ) -> None:
        from etl.fetch.archive import Archive

        figures = MunicipalFigure.objects.filter(measure__in=finance.BALANCES).select_related("snapshot")
        assert {figure.measure for figure in figures} == {"bulk_debt", "debtors"}
        for figure in figures:
            answer = json.loads(Archive(here.ARCHIVE_DIR).read(figure.snapshot.sha256))
            item, _, group = figure.code.partition(":")
            cells = {
                cell["financial_period.period"]: cell
                for cell in answer["cells"]
                if (cell["demarcation.code"], cell["financial_year_end.year"], cell["item.code"])
                == (figure.municipality_id, figure.financial_year, item)
                and cell["amount_type.code"] == figure.amount_type
                and cell.get("customer_group.code", "") == group
            }
            for when, text in figure.ages.items():
                cell = cells[figure.financial_year if when == "year" else int(when)]
                assert {f"{age}_amount.sum": amount for age, amount in finance.ages_of(text).items()} == {
                    name: None if value is None else Decimal(value)
                    for name, value in cell.items()
                    if name.endswith("amount.sum") and not name.startswith("total")
                }

    @pytest.mark.soak
    def test_the_record_and_the_log_follow_the_replica_s_edits(
        self, first_figures: SyncRun, poll: Poll, site: ReplicaServer
    ) -> None:
        since, head = site.site.finance_ledger.head, DataChangeLog.objects.newest()
        for _ in range(3):
            for cube in DEBTS:
                site.site.mutate_finances(3, cube)
            poll()
        assert recorded() == published(site)
        assert logged(head) == told(site, since)
        assert DataScheduler().replay("treasury").is_identical

    def test_one_edit_of_several_ages_is_one_row_that_says_what_grew(
        self, poll: Poll, site: ReplicaServer
    ) -> None:
        code = _owing(site)
        site.site.set_owed("aged_creditor_v2", code, 2027, "0200", 4, g1=1000, l120=100, l30=7, l60=0, l90=0)
        site.site.set_owed("aged_creditor_v2", code, 2027, "0200", 4, l1=0, l150=0, l180=0)
        poll()
        head = DataChangeLog.objects.newest()
        site.site.set_owed("aged_creditor_v2", code, 2027, "0200", 4, g1=1200, l120=110)
        poll()
        (change,) = DataChangeLog.objects.after(head)
        assert change.field_changes == {
            "amount": ["1107.00", "1317.00"],
            "month_04": ["1107.00", "1317.00"],
            "month_04_g1": ["1000.00", "1200.00"],
            "month_04_l120": ["100.00", "110.00"],
            "over_90": ["1100.00", "1310.00"],
        }
        assert (change.severity, change.rules) == ("major", ["water_debt_grows", "month_restated"])
        assert change.change_type == "updated"

    def test_a_tenth_more_is_no_news_and_a_month_more_than_a_tenth_is(
        self, poll: Poll, site: ReplicaServer
    ) -> None:
        code = _owing(site)
        _owe(site, code, 2027, 12, 1000)
        poll()
        for month, old in ((1, 1000), (2, 1100), (3, 1211)):
            _owe(site, code, 2028, month, old)
            run = poll()
            change = DataChangeLog.objects.get(run=run)
            grows = month == 3
            assert ("water_debt_grows" in change.rules) is grows
            assert (change.severity == "major") is grows

    def test_the_first_month_of_a_year_is_compared_with_the_last_of_the_year_before(
        self, poll: Poll, site: ReplicaServer
    ) -> None:
        code = _owing(site)
        _owe(site, code, 2027, 12, 1000)
        poll()
        _owe(site, code, 2028, 1, 1500)
        change = DataChangeLog.objects.get(run=poll())
        assert (change.change_type, change.rules, change.severity) == (
            "created",
            ["water_debt_grows"],
            "major",
        )
        assert change.evidence == {
            "over_90": ["1000.00", "1500.00"],
            "over_90_of": ["l120 l150 l180 l1 g1"] * 2,
            "through_month": [12, 1],
        }

    @pytest.mark.soak
    @pytest.mark.parametrize("how", ["withdrawn", "null", "corrected"])
    def test_a_growth_that_was_told_is_not_told_again_when_its_month_comes_back(
        self, poll: Poll, site: ReplicaServer, how: str
    ) -> None:
        code = _owing(site)
        _owe(site, code, 2028, 1, 1000)
        poll()
        _owe(site, code, 2028, 2, 1500)
        assert _news(poll()) == ["rose from R1 000 to R1 500, up 50%"]
        for _ in range(2):
            if how == "withdrawn":
                rows = site.site.books.rows("aged_creditor_v2")
                site.site.books.remove(
                    "aged_creditor_v2", next(r for r in rows if r[:5] == [code, "0200", 2028, "month", 2])
                )
                site.site.books.tick(["aged_creditor_v2"])
            elif how == "null":
                site.site.set_owed("aged_creditor_v2", code, 2028, "0200", 2, **NOTHING)
            else:
                _owe(site, code, 2028, 2, 1050)
            assert _news(poll()) == []
            _owe(site, code, 2028, 2, 1500)
            assert _news(poll()) == []
        _owe(site, code, 2028, 3, 1700)
        assert _news(poll()) == ["rose from R1 500 to R1 700, up 13%"]
        assert DataScheduler().replay("treasury").is_identical

    @pytest.mark.soak
    def test_what_goes_beyond_a_month_that_was_withdrawn_is_told_against_what_had_been_said(
        self, poll: Poll, site: ReplicaServer
    ) -> None:
        code = _owing(site)
        _owe(site, code, 2028, 1, 1000)
        _owe(site, code, 2028, 2, 1500)
        poll()
        site.site.set_owed("aged_creditor_v2", code, 2028, "0200", 2, **NOTHING)
        poll()
        _owe(site, code, 2028, 3, 1640)
        assert _news(poll()) == []
        _owe(site, code, 2028, 3, 2000)
        assert _news(poll()) == ["rose from R1 640 to R2 000, up 22%"]
        site.site.set_owed("aged_creditor_v2", code, 2028, "0200", 3, **NOTHING)
        poll()
        _owe(site, code, 2028, 4, 2400)
        assert _news(poll()) == ["rose from R2 000, as had been said before, to R2 400, up 20%"]

    @pytest.mark.soak
    def test_a_year_whose_first_month_is_null_follows_on_the_year_before_all_the_same(
        self, poll: Poll, site: ReplicaServer
    ) -> None:
        code = _owing(site)
        _owe(site, code, 2027, 12, 1000)
        site.site.set_owed("aged_creditor_v2", code, 2028, "0200", 1, **NOTHING)
        poll()
        _owe(site, code, 2028, 2, 1500)
        assert _news(poll()) == ["rose from R1 000 to R1 500, up 50%"]
        site.site.set_owed("aged_creditor_v2", code, 2028, "0200", 2, **NOTHING)
        assert _news(poll()) == []
        _owe(site, code, 2028, 2, 1500)
        assert _news(poll()) == []

    def test_what_was_our_own_misreading_had_not_been_said(self) -> None:
        steps = [
            (False, {"over_90": [None, "9000.00"], "over_90_of": [None, "g1"], "through_month": [None, 2]}),
            (True, {"over_90": ["9000.00", "900.00"]}),
            (False, {"over_90": ["900.00", "800.00"], "through_month": [2, 1]}),
        ]
        said = debts.said_by(steps)
        assert [each.over_90 for each in said] == ["900.00", "800.00"]
        before = {"over_90": "800.00", "over_90_of": "g1", "through_month": 1}
        after = before | {"over_90": "1000.00", "through_month": 2}
        assert debts.told_before(said, before, after) == {"over_90_said": ["900.00", "1000.00"]}
        assert debts.told_before(said, before, after | {"over_90_of": "g1 l1"}) == {}

    @pytest.mark.soak
    def test_a_reading_of_one_year_alone_knows_what_was_owed_in_the_year_before(
        self, poll: Poll, site: ReplicaServer
    ) -> None:
        code = _owing(site)
        _owe(site, code, 2027, 12, 1000)
        poll()
        _owe(site, code, 2028, 1, 1500)
        assert _news(poll(years=(2028,))) == ["rose from R1 000 to R1 500, up 50%"]

    def test_a_first_reading_of_the_cubes_is_no_news_in_a_database_that_never_had_them(
        self, poll: Poll, monkeypatch: Any
    ) -> None:
        old = tuple(cube for cube in CUBES if cube not in DEBTS)
        with monkeypatch.context() as before:
            before.setattr("etl.treasury.CUBES", old)
            before.setattr("etl.treasury.money_digest", lambda: "e" * 64)
            poll()
        assert not MunicipalFigure.objects.filter(measure__in=finance.BALANCES).exists()
        head = DataChangeLog.objects.newest()
        run = poll()
        news = DataChangeLog.objects.after(head)
        assert (run.state, run.complete) == ("succeeded", True)
        assert {(row.change_type, row.severity) for row in news} == {("created", "info")}
        assert {row.external_id.split()[2] for row in news} == set(finance.BALANCES)
        assert DataScheduler().replay("treasury").is_identical
        assert poll().state == "unchanged"

    @pytest.mark.soak
    def test_null_missing_and_back_are_three_things(self, poll: Poll, site: ReplicaServer) -> None:
        code = _owing(site)
        _owe(site, code, 2028, 1, 1000)
        poll()
        figure = MunicipalFigure.objects.get(measure="bulk_debt", municipality=code, financial_year=2028)
        site.site.set_owed("aged_creditor_v2", code, 2028, "0200", 1, **NOTHING)
        change = DataChangeLog.objects.get(run=poll())
        figure.refresh_from_db()
        assert (figure.amount, figure.presence, figure.ages["1"]) == (None, "present", "- - - - - - - -")
        assert (change.rules, change.severity) == (["value_erased"], "minor")
        rows = site.site.books.rows("aged_creditor_v2")
        gone = next(row for row in rows if row[:3] == [code, "0200", 2028])
        site.site.books.remove("aged_creditor_v2", gone)
        site.site.books.tick(["aged_creditor_v2"])
        assert poll().missing == 1
        site.site.books.add("aged_creditor_v2", gone)
        site.site.books.tick(["aged_creditor_v2"])
        assert poll().returned == 1

    def test_what_moves_no_question_is_believed_four_times_as_long(self, first_figures: SyncRun) -> None:
        days = {"read_at": "2026-11-01T00:00:00+00:00"}
        for cube in first_figures.profile["cubes"].values():
            cube |= days
        first_figures.save()
        from datetime import UTC, datetime

        from etl.money.known import KnownFinances

        known = KnownFinances.of(first_figures.source)
        with pytest.MonkeyPatch.context() as patch:
            for day, moved in ((7, set()), (10, set(CUBES) - set(SELDOM)), (30, set(CUBES))):
                patch.setattr(
                    "etl.money.known.timezone.now",
                    lambda day=day: datetime(2026, 11, day, tzinfo=UTC),
                )
                asked = {
                    cube: known.has_moved(cube, one["last_updated"], one["asked"])
                    for cube, one in known.cubes.items()
                }
                assert {cube for cube, has in asked.items() if has} == moved

    def test_a_cube_of_debts_that_cannot_be_read_leaves_what_was_known(
        self, first_figures: SyncRun, poll: Poll, site: ReplicaServer
    ) -> None:
        before = recorded()
        site.site.mutate_finances(1, "aged_creditor_v2")
        site.site.set_fault("money_strings", where="api")
        try:
            assert not poll().complete
        except EtlError:
            pass
        assert recorded() == before
        site.site.set_fault("none")
        assert poll().updated == 1


def _owing(site: ReplicaServer) -> str:
    return str(site.site.books.rows("aged_creditor_v2")[0][0])


def _news(run: SyncRun) -> list[str]:
    """What a poll told of old debt that grows: from what to what."""
    told = [row for row in DataChangeLog.objects.filter(run=run) if "water_debt_grows" in row.rules]
    sentences = (causes.assess(row).sentence.split("; ")[0] for row in told)
    return [sentence.partition(") ")[2].removesuffix(".") for sentence in sentences]


def _owe(site: ReplicaServer, code: str, year: int, month: int, old: int) -> None:
    """Owe so much for over a year, and nothing else."""
    nothing = dict.fromkeys(("l1", "l120", "l150", "l180", "l30", "l60", "l90"), 0)
    site.site.set_owed("aged_creditor_v2", code, year, "0200", month, g1=old, **nothing)
