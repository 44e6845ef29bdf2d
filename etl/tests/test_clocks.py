"""Columns that show a row's position or the clock: kept, shown, and never news; by what they do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from etl.tests.watching import HEAD, Row, Watched, row
from etl.understand.clocks import Positions, with_clocks
from etl.understand.plan import COUNTER, Choice, ReadingPlan, ShapePlan
from projects.models import Project, Snapshot
from projects.models import ReadingPlan as PlanRow

pytestmark = pytest.mark.django_db

ROWS = [
    row("WP10", "Northern Pipeline"),
    row("WP20", "Giyani Reservoir", budget="R 7 000 000"),
    row("WP30", "Orée Weir", budget="R 9 000 000"),
    row("WP40", "Amathole Boreholes", place="Amathole [DC12]"),
    row("WP50", "Ward 7 Standpipes"),
]
DAYS = [[str(n) for n in (365, 120, 87, 400, 12)], [str(n) for n in (364, 119, 86, 399, 11)]]
CLOCKS = {
    "days down": DAYS,
    "days up": DAYS[::-1],
    "days down by three": [DAYS[0], [str(int(text) - 3) for text in DAYS[0]]],
    "days in words": [
        [f"{n} days to go" for n in (9, 8, 30, 44, 2)],
        [*(f"{n} days to go" for n in (8, 7, 29, 43)), "1 day to go"],
    ],
    "a time stamp": [["2027-01-05 10:15"] * 5, ["2027-01-05 10:45"] * 5],
    "another time stamp": [["5 Jan 2027 22:15:01"] * 5, ["6 Jan 2027 22:15:09"] * 5],
    "stamps some seconds apart": [
        ["05/01/2027 10:15:22"] * 5,
        [f"05/01/2027 10:45:{seconds}" for seconds in (22, 23, 25, 40, 59)],
    ],
    "the day": [["2027-01-05"] * 5, ["2027-01-06"] * 5],
    "a count of readings": [[str(n) for n in (17, 40, 41, 42, 99)], [str(n) for n in (18, 41, 42, 43, 100)]],
    "one count for all": [["17"] * 5, ["18"] * 5],
    "one that ran out": [["365", "120", "87", "400", "0"], ["364", "119", "86", "399", "0"]],
}  # fmt: skip
NO_CLOCKS = {
    "one of them edited": [DAYS[0], ["365", "120", "87", "400", "13"]],
    "all of them edited": [DAYS[0], ["3", "500", "90", "1", "12"]],
    "half of them moved": [DAYS[0], ["364", "119", "87", "400", "12"]],
    "another financial year for all": [["2026"] * 5, ["2027"] * 5],
    "words": [["Open"] * 5, ["Shut"] * 5],
    "another unit": [DAYS[0], [f"{text} weeks" for text in DAYS[1]]],
}


def with_column(label: str, texts: Sequence[str], rows: Sequence[Row] = ROWS) -> tuple[list[Row], Row]:
    return [(*cells, text) for cells, text in zip(rows, texts, strict=True)], (*HEAD, label)


def show(watched: Watched, label: str, texts: Sequence[str], rows: Sequence[Row] = ROWS):
    shown, head = with_column(label, texts, rows)
    return watched.shows(*shown, head=head)


@pytest.mark.parametrize("texts", CLOCKS.values(), ids=CLOCKS)
def test_a_column_that_moves_with_the_clock_is_no_news(watched: Watched, texts: list[list[str]]) -> None:
    show(watched, "Termyn", texts[0])
    assert show(watched, "Termyn", texts[1]) == []
    assert watched.run.state == "unchanged"
    plan = PlanRow.objects.order_by("-version").first()
    assert COUNTER in [column["format"] for column in plan.shapes[0]["columns"]]
    assert Project.objects.get(external_id="WP10").published["Termyn"] == texts[0][0]


@pytest.mark.parametrize("texts", NO_CLOCKS.values(), ids=NO_CLOCKS)
@pytest.mark.parametrize("label", ["Termyn", "Days Remaining"])
def test_a_column_that_is_edited_is_news_whatever_it_is_called(
    watched: Watched, label: str, texts: list[list[str]]
) -> None:
    show(watched, label, texts[0])
    edited = [f"WP{n}0" for n, (old, new) in enumerate(zip(*texts, strict=True), 1) if old != new]
    assert show(watched, label, texts[1]) == [(i, "updated", [f"published.{label}"]) for i in edited]


def test_a_clock_goes_on_while_other_columns_change(watched: Watched) -> None:
    rows = list(ROWS)
    show(watched, "Termyn", DAYS[0])
    for day in range(1, 6):
        rows[day - 1] = (*rows[day - 1][:-1], f"Construction {day}")
        texts = [str(int(text) - day) for text in DAYS[0]]
        told = show(watched, "Termyn", texts, rows)
        assert [(i, "published.Termyn" in fields) for i, _, fields in told] == [(f"WP{day}0", False)]
    assert show(watched, "Termyn", [str(int(text) - 9) for text in DAYS[0]], rows) == []
    kept = Snapshot.objects.count()
    assert show(watched, "Termyn", [str(int(text) - 10) for text in DAYS[0]], rows) == []
    assert Snapshot.objects.count() == kept, "a passing day keeps no page"


def test_a_clock_that_no_longer_moves_as_one_is_news_again(watched: Watched) -> None:
    show(watched, "Termyn", DAYS[0])
    assert show(watched, "Termyn", DAYS[1]) == []
    told = show(watched, "Termyn", ["900", "3", "500", "20", "70"])
    assert {fields[0] for _, _, fields in told} == {"published.Termyn"}
    assert len(told) == 5


@pytest.mark.parametrize("label", ["Volgorde", "#", "Ranking", "Item", "No."])
def test_a_column_that_counts_the_rows_is_no_news(watched: Watched, label: str) -> None:
    count = ["1", "2", "3", "4", "5"]
    show(watched, label, count)
    assert show(watched, label, count, ROWS[::-1]) == []
    assert show(watched, label, count[:4], ROWS[1:]) == [("WP10", "missing", ["presence"])]


@pytest.mark.parametrize("label", ["Volgorde", "Ranking", "No.", "#", "Row"])
@pytest.mark.parametrize(
    "texts", [["2", "1", "3", "4", "5"], ["7", "3", "3", "9", "1"], ["A-1", "A-2", "A-3", "A-4", "B-1"]]
)
def test_a_column_of_other_figures_is_news(watched: Watched, label: str, texts: list[str]) -> None:
    show(watched, label, texts)
    changed = [*texts[:4], "B-7" if "-" in texts[0] else "2"]
    assert show(watched, label, changed) == [("WP50", "updated", [f"published.{label}"])]


def test_a_position_that_turns_into_something_else_is_news(watched: Watched) -> None:
    show(watched, "Volgorde", ["1", "2", "3", "4", "5"])
    told = show(watched, "Volgorde", ["1", "2", "4", "3", "5"])
    assert [i for i, _, _ in told] == ["WP30", "WP40"]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([["1", "2", "3"], ["4", "5"]], True),
        ([["1", "2", "3"], ["1", "2"]], True),
        ([["1.", "2.", "3."]], True),
        ([["1"]], None),
        ([["1", "1", "1"]], False),
        ([["10001", "10002", "10003"]], False),
        ([["1", "2", "4"]], False),
        ([["3", "2", "1"]], False),
        ([["1", "", "3"]], False),
    ],
)
def test_positions(pages: list[list[str]], expected: bool | None) -> None:
    positions = Positions()
    for texts in pages:
        positions.add(texts)
    assert positions.is_position is expected


def test_two_projects_are_too_few_to_see_a_clock() -> None:
    plan = ReadingPlan((ShapePlan("line", (Choice("Termyn", None, samples=("1",)),), 2),))
    assert with_clocks(plan, {"Termyn": [("9", "8"), ("5", "4")]}) is plan
