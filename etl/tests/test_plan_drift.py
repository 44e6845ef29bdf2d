"""A reading that understands a column otherwise is believed where the values prove it, and held where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from etl.decide.release import reject
from etl.scheduler import DataScheduler
from etl.tests.tinysite import serving
from projects.log.verification import verify
from projects.models import DataChangeLog, Project, SyncRun

pytestmark = pytest.mark.django_db
PLACES = ["LIM331 Greater Giyani", "CPT City of Cape Town", "DC12 Amathole"]
BUDGETS = [12_345, 8_300, 1_450, 99_000, 4_321, 650_000]  # thousand rand
DAYS = [(3, 4), (5, 6), (2, 11), (9, 1), (12, 10), (7, 8)]  # (day, month)
Poll = Callable[..., SyncRun]


@pytest.fixture
def poll(here: Any, sync: Any) -> Iterator[Poll]:
    """Reads a list with a column more: its heading, and its texts in the order of the projects. `on_page`:
    the column stands on the projects' own pages."""
    here.ROTATION_RUNS = 1  # these are read each time
    with serving({}) as site:

        def read(heading: str, texts: list[str], on_page: bool = False, **how: Any) -> SyncRun:
            head = ["Project No", "Project Name", "Municipality", *([] if on_page else [heading])]
            lines = [f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"]
            for number, text in enumerate(texts):
                name = f"Scheme number {number} of the bulk line"
                if on_page:
                    site.pages[f"/p/{number}"] = (
                        f"<html><body><h1>Project</h1><table><tr><th>Project No</th><td>P{number}</td></tr>"
                        f"<tr><th>Project Name</th><td>{name}</td></tr>"
                        f"<tr><th>{heading}</th><td>{text}</td></tr></table></body></html>"
                    )
                    name = f'<a href="/p/{number}">{name}</a>'
                cells = [f"P{number}", name, PLACES[number % 3], *([] if on_page else [text])]
                lines.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
            site.pages["/projects"] = (
                f"<html><body><h1>Projects</h1><table>{''.join(lines)}</table></body></html>"
            )
            return sync(f"{site.root}/projects", **how)

        yield read


def values(name: str) -> list[Any]:
    return list(Project.objects.order_by("external_id").values_list(name, flat=True))


def reasons(run: SyncRun) -> list[str]:
    return [reason["sentence"] for reason in run.held if reason["rule"] == "plan"]


def thousands(figures: list[int]) -> list[str]:
    return [f"{figure:,}".replace(",", " ") for figure in figures]


def agree() -> bool:
    outcome = DataScheduler().replay("dws")
    return outcome.is_identical and verify().fault is None


IN_RAND = [figure * 1000 for figure in BUDGETS]


@pytest.mark.parametrize("on_page", [False, True])
@pytest.mark.parametrize(
    ("before", "after", "factor"),
    [
        (("Budget (R'000)", BUDGETS), ("Budget", BUDGETS), "1\u00a0000"),
        (("Budget", IN_RAND), ("Budget (R'000)", IN_RAND), "was read as “Budget”"),
        (("Budget", IN_RAND), ("Budget", BUDGETS), "1\u00a0000"),
        (("Budget", [figure * 1000 + 499 for figure in BUDGETS]), ("Budget", BUDGETS), "1\u00a0000"),
        (("Total Project Cost", IN_RAND), ("Budget", BUDGETS), "1\u00a0000"),
    ],
)  # fmt: skip
def test_figures_of_another_unit_that_nothing_names_are_held(poll, before, after, factor, on_page):
    first = poll(before[0], [str(figure) for figure in before[1]], on_page)
    known = values("budget")
    assert (first.state, None in known) == ("succeeded", False), (first.error, first.notes)
    run = poll(after[0], [str(figure) for figure in after[1]], on_page, force=True)
    assert (run.state, values("budget")) == ("quarantined", known)
    assert factor in " ".join(reasons(run))
    assert DataChangeLog.objects.latest("id").pk == first.last_change
    assert agree()


@pytest.mark.parametrize(("on_page", "state"), [(False, "succeeded"), (True, "quarantined")])
def test_a_unit_that_drops_out_beside_figures_that_are_too_small_changes_no_value(poll, on_page, state):
    """Lists show that nothing but the heading changed; of pages only some are read."""
    millions = ["12.5", "8.3", "1.45", "99", "4.3", "650"]
    poll("Budget (R million)", millions, on_page)
    known = values("budget")
    run = poll("Budget", millions, on_page)
    assert (run.state, values("budget")) == (state, known)
    assert known[0] == Decimal(12_500_000)
    assert agree()


def test_the_reason_is_a_plain_sentence_and_a_release_loads_it(poll):
    poll("Budget (R'000)", thousands(BUDGETS))
    run = poll("Budget", thousands(BUDGETS))
    assert reasons(run) == [
        "The column “Budget” was read as “Budget (R'000)” as the budget, R'000, and is now read as the"
        " budget. With that 6 of the 6 projects that show it would have another value.",
        "The budget is what it was divided by 1\u00a0000 in 6 of the 6 projects that show it:"
        " its unit or its decimal mark may have changed.",
    ]
    DataScheduler().release(run.pk, "steward", "The figures are in rand now.")
    assert values("budget") == [Decimal(figure) for figure in BUDGETS]
    assert poll("Budget", thousands(BUDGETS)).change_count == 0
    assert agree()


def test_a_unit_that_the_figures_follow_is_taken_over_and_noted(poll):
    poll("Budget (R'000)", thousands(BUDGETS))
    run = poll("Budget", thousands(IN_RAND))
    assert (run.state, run.held) == ("succeeded", [])
    assert values("budget") == IN_RAND
    assert "was read as “Budget (R'000)” as the budget, R'000, and is now read" in " ".join(run.notes)
    assert poll("Budget", thousands(IN_RAND)).notes == []
    assert agree()


@pytest.mark.parametrize("heading", ["Budget (R'000)", "Total Project Cost (R'000)"])
def test_a_column_that_is_only_called_otherwise_keeps_its_unit(poll, heading):
    """The new heading says nothing: what it says of the same projects is what the old one said."""
    poll(heading, thousands(BUDGETS))
    run = poll("Xyzzy", thousands(BUDGETS))
    assert (run.state, run.held, values("budget")) == ("succeeded", [], IN_RAND)
    assert f"The column “{heading}” is called “Xyzzy” now: it says the same." in run.notes
    assert agree()
    run = poll("Xyzzy", thousands([*BUDGETS[:-1], 7]))
    assert (run.state, values("budget")[-1]) == ("succeeded", Decimal(7000))
    assert agree()


@pytest.mark.parametrize(
    ("heading", "column"),
    [("Completion Date", "completion_date"), ("Status", "status"), ("Progress (%)", "progress_percentage")],
)
def test_a_renamed_column_is_understood_for_as_long_as_its_values_are_of_its_kind(poll, heading, column):
    """Also in the next reading under the new name, when the old one is not there to be compared with."""
    shown = {
        "Completion Date": [f"{day}/03/2027" for day in range(13, 19)],
        "Status": ["Design", "Tender", "Construction", "Completed", "Planning", "Tender"],
        "Progress (%)": ["11", "23", "35", "47", "59", "61"],
    }[heading]
    poll(heading, shown)
    known = values(column)
    assert poll("Xyzzy", shown).state == "succeeded"
    again = poll("Xyzzy", shown)
    assert (again.state, again.notes) == ("unchanged", [])
    run = poll("Xyzzy", [*shown[:-1], shown[0]])
    assert (run.state, run.held, values(column)) == ("succeeded", [], [*known[:-1], known[0]])
    assert agree()
    run = poll("Xyzzy", ["Mr Nkuna", "Ms Baloyi", "Mr Chauke", "Ms Maluleke", "Mr Mathebula", "Ms Khosa"])
    assert run.state == "quarantined"
    assert values(column) == [*known[:-1], known[0]]


def slashed(days: list[tuple[int, int]], *, month_first: bool = False, mark: str = "/") -> list[str]:
    pairs = [(month, day) if month_first else (day, month) for day, month in days]
    return [f"{one:02d}{mark}{two:02d}{mark}2027" for one, two in pairs]


LATE = [*DAYS, (25, 3), (31, 12)]  # two days that are no months tell the order


def test_an_order_of_dates_that_turns_unseen_is_held(poll):
    poll("Completion Date", slashed(LATE))
    known = values("completion_date")
    run = poll("Completion Date", slashed([*DAYS, (8, 2), (7, 3)], month_first=True))
    assert (run.state, values("completion_date")) == ("quarantined", known)
    assert reasons(run) == [
        "Day and month of the completion date have changed places in 6 of the 8 projects that show it."
    ]
    assert agree()


def test_an_order_of_dates_that_turns_for_all_to_see_is_taken_over_and_noted(poll):
    poll("Completion Date", slashed(LATE))
    known = values("completion_date")
    run = poll("Completion Date", slashed(LATE, month_first=True))
    assert (run.state, values("completion_date"), run.held) == ("succeeded", known, [])
    assert "the completion date, day first, and is now read as the completion date, month first" in " ".join(
        run.notes
    )
    assert agree()


def test_one_text_that_turns_the_column_s_order_does_not_turn_what_stays_the_same(poll):
    """Six days stay as they are written, and the two that told the order are written the other way round:
    read month first, all six would be other days."""
    poll("Completion Date", slashed(LATE))
    known = values("completion_date")
    run = poll("Completion Date", [*slashed(DAYS), "03/25/2027", "12/31/2027"])
    assert (run.state, values("completion_date")) == ("quarantined", known)
    assert "With that 6 of the 8 projects that show it would have another value." in reasons(run)[0]
    assert agree()


POINTS = ["R 1,234.50", "R 2,500.75", "R 33,100.25", "R 7,100.10", "R 8,000.55"]
COMMAS = [text.replace(",", "_").replace(".", ",").replace("_", ".") for text in POINTS]


def test_a_decimal_mark_that_turns_is_taken_over_where_the_figures_stay(poll):
    poll("Budget", POINTS)
    known = values("budget")
    assert known[0] == Decimal("1234.50")
    run = poll("Budget", COMMAS)
    assert (run.state, values("budget"), run.held) == ("succeeded", known, [])
    assert "decimal point, and is now read as the budget, decimal comma" in " ".join(run.notes)
    assert agree()


def test_a_decimal_mark_that_turns_unseen_is_held(poll):
    poll("Budget", ["R 1,234.00", "R 2,500.00", "R 33,100.00", "R 7,100.00", "R 8,000.00"])
    known = values("budget")
    run = poll("Budget", ["R 1.234", "R 2.500", "R 33.100", "R 7.100", "R 8.000"])
    assert (run.state, values("budget")) == ("quarantined", known)
    assert reasons(run) == ["The budget cannot be read any more in 5 of the 5 projects that show it."]
    assert agree()


def test_percentages_that_become_shares_are_read_as_shares(poll):
    shares = ["0.62", "0.15", "0.4", "0.88", "0.31"]
    poll("Progress (%)", ["62", "15", "40", "88", "31"])
    known = values("progress_percentage")
    assert known[0] == Decimal(62)
    run = poll("Progress (%)", shares)
    assert (run.state, values("progress_percentage")) == ("succeeded", known), run.held
    assert agree()


@pytest.mark.parametrize(
    ("heading", "before", "after"),
    [
        ("Budget", IN_RAND, [*IN_RAND[:4], 4_321, 650_000]),  # two of six put right
        ("Budget", IN_RAND, [int(figure * 1.15) for figure in IN_RAND]),
        ("Budget", IN_RAND, [*IN_RAND[3:], *IN_RAND[:3]]),
        ("Progress (%)", [1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60]),
        ("Completion Date", slashed(DAYS), slashed([(day + 10, month) for day, month in DAYS])),
        ("Completion Date", slashed(DAYS), [*slashed(DAYS[:4]), *slashed(DAYS[4:], month_first=True)]),
    ],
)
def test_what_really_changes_is_loaded(poll, heading, before, after):
    poll(heading, [str(text) for text in before])
    run = poll(heading, [str(text) for text in after])
    assert (run.state, run.held) == ("succeeded", [])
    assert run.updated >= 2
    assert agree()


def test_figures_of_nothing_do_not_hide_that_all_others_changed(poll):
    poll("Expenditure to date", [str(figure) for figure in [*IN_RAND, *[0] * 12]])
    run = poll("Expenditure to date", [str(figure) for figure in [*BUDGETS, *[0] * 12]])
    assert run.state == "quarantined"
    assert "in 6 of the 6 projects that show it" in reasons(run)[0]


def test_a_rejected_reading_stays_rejected_and_is_not_held_again(poll):
    poll("Budget", thousands(IN_RAND))
    held = poll("Budget", thousands(BUDGETS))
    reject(held.pk, "steward", "The site lost its unit.")
    assert poll("Budget", thousands(BUDGETS)).state == "rejected"
    assert values("budget") == IN_RAND
    assert poll("Budget", thousands(IN_RAND)).state == "unchanged"
    assert agree()
