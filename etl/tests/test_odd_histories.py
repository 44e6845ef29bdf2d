"""What sites do that is no news: a list dressed anew, cut off or mistaken tells nothing of its projects."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from etl.exceptions import PageChanged
from etl.tests.conftest import Sync
from etl.tests.test_areas import page
from etl.tests.tinysite import serving
from projects.fields import NAMES
from projects.models import DataChangeLog, Project

pytestmark = pytest.mark.django_db
PLACES = {"LIM331": "Greater Giyani", "LIM332": "Greater Letaba", "LIM333": "Greater Tzaneen"}
A, B, C = PLACES
HEADS = ("Project No", "Project Name", "Status", "Budget", "Expenditure", "Completion Date", "Contractor")
STATUSES = ("Design", "Tender", "Construction", "Completed")
FIRMS = ("Khato Civils", "Zutari", "Esor", "Raubex")


@dataclass(frozen=True)
class Scheme:
    number: str
    name: str
    status: str
    budget: int
    spent: int
    end: date
    firm: str

    def cells(self) -> list[str]:
        return [self.number, self.name, self.status, rand(self.budget), rand(self.spent),
                self.end.strftime("%d/%m/%Y"), self.firm]  # fmt: skip


def rand(amount: int) -> str:
    return f"R{amount:,}".replace(",", " ")


NAMED = ("Reservoir", "Pipeline", "Boreholes", "Sewer", "Treatment works", "Pump station", "Rising main")
WORLD = {
    code: [
        Scheme(f"{code[-1]}W{n}", f"{name} {NAMED[n]}", STATUSES[n % 4], 10_000_000 + 1_370_000 * n * (at + 1),
               1_000_000 + 210_000 * n, date(2026, 1, 5) + timedelta(days=29 * n + at), FIRMS[(n + at) % 4])
        for n in range(5 + at)
    ]
    for at, (code, name) in enumerate(PLACES.items())
}  # fmt: skip
World = Mapping[str, list[Scheme]]
Pages = dict[str, Any]


def table(schemes: list[Scheme], heads: tuple[str, ...] = HEADS, more: str = "") -> str:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one.cells()) + "</tr>" for one in schemes)
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{rows}{more}</table>"


def at(code: str) -> str:
    return f"/pmd/list.aspx?m={code}"


def frame(body: str) -> Any:
    return page(f"<div id=top><a href=level.aspx>Home</a></div>{body}<div id=foot>Department of Water</div>")


def entry(world: World, value: Callable[[int], str] = rand) -> Any:
    return frame(
        "".join(
            f"<p><a href='list.aspx?m={code}'>{PLACES[code]} - [{code}]</a> {len(schemes)} Projects with a"
            f" Total value: {value(sum(one.budget for one in schemes))}</p>"
            for code, schemes in world.items()
        )
    )


def site(world: World = WORLD) -> Pages:
    lists = {at(code): frame(table(schemes)) for code, schemes in world.items()}
    return {"/pmd/level.aspx": entry(world), **lists}


def told() -> list[tuple[str, str, tuple[str, ...]]]:
    """(project, what happened, fields that have another value) of all but the first reading's entries."""
    rows = DataChangeLog.objects.filter(entity_type="project").order_by("id")
    found = []
    for row in list(rows)[sum(map(len, WORLD.values())) :]:
        typed = tuple(sorted(set(row.field_changes) & set(NAMES)))
        if typed or row.change_type != "updated":
            found.append((row.external_id, row.change_type, typed))
    return found


# -- what another page in the place of one list tells, which is nothing ----------------------------------------
def cards(schemes: list[Scheme]) -> str:
    return "".join(
        f"<div class=card><h4>{one.name}</h4>"
        + "".join(f"<p><b>{head}:</b> {text}</p>" for head, text in zip(HEADS, one.cells(), strict=True))
        + "</div>"
        for one in schemes
    )


def in_thousands(schemes: list[Scheme]) -> list[Scheme]:
    return [replace(one, budget=one.budget // 1000, spent=one.spent // 1000) for one in schemes]


def month_first(markup: str) -> str:
    for one in WORLD[A]:
        markup = markup.replace(one.end.strftime("%d/%m/%Y"), one.end.strftime("%m/%d/%Y"))
    return markup


SOME = WORLD[A]
TOTAL = (
    f"<tr><td></td><td>{{}}</td><td></td><td>{rand(sum(one.budget for one in SOME))}</td>"
    f"<td>{rand(sum(one.spent for one in SOME))}</td><td></td><td></td></tr>"
)
LOGIN = "<h1>Sign in</h1><form method=post><p>User name <input name=u></p><p>Password <input type=password></p><input type=submit value='Log in'></form>"
CHOSEN = "<form>Status <select name=s><option>All</option><option selected>Construction</option></select> <input type=submit value=Search></form>"
NUMBERED = {"<td>1W0</td>": "<td></td>", "<td>1W3</td>": "<td></td>"}
WIDE = table(SOME).replace("<th>Budget</th>", "<th>2025/26 Budget</th><th>Budget</th>").replace(
    f"<td>{rand(SOME[0].budget)}</td>", f"<td>R1 000 000</td><td>{rand(SOME[0].budget)}</td>"
)  # fmt: skip
for _one in SOME[1:]:
    _text = f"<td>{rand(_one.budget)}</td>"
    WIDE = WIDE.replace(_text, f"<td>R2 000 000</td>{_text}")

INSTEAD: dict[str, str] = {
    "a session that expired": "<h2>Session expired</h2><p>Your session has expired. Please log in again.</p>",
    "a page to log in": LOGIN,
    "maintenance": "<h2>Scheduled maintenance</h2><p>The system is being upgraded and will be back at 18:00.</p>",
    "maintenance in a table": "<table><tr><th>System</th><th>Status</th></tr><tr><td>Dashboard</td><td>Down</td></tr></table>",
    "no records": f"<table><tr>{''.join(f'<th>{head}</th>' for head in HEADS)}</tr><tr><td colspan=7>No records to display.</td></tr></table>",
    "a heading and nothing below": table([]),
    "a filter that was left on": CHOSEN + table([one for one in SOME if one.status == "Construction"]),
    "a list that breaks off": table(SOME)[: len(table(SOME)) // 2],
    "another unit that is said": table(in_thousands(SOME), (*HEADS[:3], "Budget (R'000)", "Expenditure (R'000)", *HEADS[5:])),
    "another unit that nobody says": table(in_thousands(SOME)),
    "the month first": month_first(table(SOME)),
    "a total below": table(SOME, more=TOTAL.format("Total")),
    "a total of another name": table(SOME, more=TOTAL.format("Programme provision")),
    "what is carried forward": table(SOME, more=TOTAL.format("Carried forward")),
    "a total and tax": table(SOME, more=TOTAL.format("Sub-total") + "<tr><td></td><td>VAT (15%)</td><td></td><td>R9 990 000</td><td></td><td></td><td></td></tr>"),
    "cards": cards(SOME),
    "a list twice": table(SOME) + "<h3>Recently updated</h3>" + table(SOME[:2]),
    "all lists in one": table([one for schemes in WORLD.values() for one in schemes]),
    "a budget a year beside": WIDE,
    "a mark of a note": table([replace(SOME[0], name=SOME[0].name + "*"), *SOME[1:]]) + "<p>* Under review</p>",
    "a name over two rows": table(SOME).replace(f"<td>{SOME[4].name}</td>", "<td>Greater Giyani Treatment</td>").replace("</table>", "<tr><td></td><td>works</td><td></td><td></td><td></td><td></td><td></td></tr></table>"),
    "headings in Afrikaans": table(SOME, ("Projeknommer", "Projeknaam", "Status", "Begroting", "Uitgawes", "Voltooiingsdatum", "Kontrakteur")),
    "other marks in amounts": re.sub(r"R[\d ]+", lambda match: match[0].replace(" ", ",") + ".00", table(SOME)),
    "budget and expenditure changed about": table(SOME, (*HEADS[:3], HEADS[4], HEADS[3], *HEADS[5:])),
    "an error in the frame": "<p>Server Error in '/pmd' Application.</p><p>Runtime Error</p>",
    "a page of another kind": "<h1>Vacancies</h1>" + "<table><tr><th>Ref No</th><th>Title</th><th>Closing Date</th></tr><tr><td>V1</td><td>Engineer</td><td>01/02/2026</td></tr></table>",
}  # fmt: skip


@pytest.mark.parametrize("instead", INSTEAD)
def test_what_stands_in_the_place_of_one_list_is_no_news(instead: str, sync: Sync) -> None:
    with serving(site()) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages[at(A)] = frame(INSTEAD[instead])
        for _ in range(2):
            run = sync(url)
            assert told() == [], (run.state, run.held, run.notes)
        here.pages |= site()
        run = sync(url)
        assert told() == [], (run.state, run.held, run.notes)
    assert Project.objects.filter(presence="present").count() == sum(map(len, WORLD.values()))
    call_command("replay")


# -- what the whole site does ---------------------------------------------------------------------------------
def without(code: str) -> World:
    return {other: schemes for other, schemes in WORLD.items() if other != code}


def renumbered() -> World:
    return {**WORLD, A: [replace(one, number=f"X{n:03}") for n, one in enumerate(WORLD[A])]}


SITES: dict[str, Pages] = {
    "all its projects have other numbers": site(renumbered()),
    "sums that are rounded": {**site(), "/pmd/level.aspx": entry(WORLD, lambda rands: f"R{rands / 1e6:.1f} million")},
    "the entry page asks to log in": {**site(), "/pmd/level.aspx": frame(LOGIN)},
    "the entry page is under maintenance": {**site(), "/pmd/level.aspx": frame(INSTEAD["maintenance"])},
    "each list shows all": {**site(), **{at(code): frame(INSTEAD["all lists in one"]) for code in PLACES}},
    "each list has no records": {**site(), **{at(code): frame(INSTEAD["no records"]) for code in PLACES}},
    "each list is in thousands": {**site(), **{at(code): frame(table(in_thousands(WORLD[code]))) for code in PLACES}},
    "each list has a total": {**site(), **{at(code): frame(table(WORLD[code], more=TOTAL.format("Total"))) for code in PLACES}},
}  # fmt: skip


@pytest.mark.parametrize("shown", SITES)
def test_what_the_whole_site_shows_once_is_no_news(shown: str, sync: Sync) -> None:
    with serving(site()) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages |= SITES[shown]
        for _ in range(2):
            with contextlib.suppress(PageChanged):  # the run says so, and fails
                sync(url)
            assert told() == []
        here.pages |= site()
        run = sync(url)
        assert told() == [], (run.state, run.held, run.notes)
    call_command("replay")


def test_a_municipality_that_is_not_shown_once_has_lost_no_projects(sync: Sync) -> None:
    """Where it is not shown again, it has."""
    with serving(site()) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        for times in (1, 2):
            here.pages["/pmd/level.aspx"] = entry(without(A))
            sync(url)
            assert told() == []
            assert DataChangeLog.objects.filter(change_type="missing", external_id=A).count() == times
            here.pages |= site()
            assert sync(url).complete
        here.pages["/pmd/level.aspx"] = entry(without(A))
        runs = [sync(url) for _ in range(3)]
    assert [run.missing for run in runs] == [0, len(WORLD[A]), 0]
    assert sorted(told()) == [(one.number, "missing", ()) for one in WORLD[A]]
    call_command("replay")


def test_a_second_table_that_says_more_of_the_same_projects_repeats_none(sync: Sync) -> None:
    parts = (0, 1, 2), (0, 3, 4)
    tables = [
        "".join(
            "<tr>" + "".join(f"<td>{one.cells()[at]}</td>" for at in places) + "</tr>" for one in WORLD[A]
        )
        for places in parts
    ]
    heads = ["".join(f"<th>{HEADS[at]}</th>" for at in places) for places in parts]
    shown = "".join(f"<table><tr>{head}</tr>{rows}</table>" for head, rows in zip(heads, tables, strict=True))
    with serving({**site(), at(A): frame(shown)}) as here:
        run = sync(f"{here.root}/pmd/level.aspx")
    assert run.complete, run.notes
    found = Project.objects.filter(external_id__startswith="1")
    assert {one.external_id: (one.name, one.budget) for one in found} == {
        one.number: (one.name, one.budget) for one in WORLD[A]
    }


SOME_ROWS = table(SOME[:3])
HIDDEN = "".join(
    "<tr style='display:none'>" + "".join(f"<td>{cell}</td>" for cell in one.cells()) + "</tr>"
    for one in SOME[3:]
)
BY_SCRIPT = {
    "pages that a script shows": SOME_ROWS + "<ul class=pagination><li class=active><a href='#'>1</a></li><li><a href='#'>2</a></li></ul>",
    "buttons of pages": SOME_ROWS + "<div class=dataTables_paginate><a class=paginate_button>1</a><a class=paginate_button>2</a></div>",
    "rows that a script hides": SOME_ROWS.replace("</table>", HIDDEN + "</table>"),
}  # fmt: skip


@pytest.mark.parametrize("shown", BY_SCRIPT)
def test_what_only_a_script_would_show_is_not_gone(shown: str, sync: Sync) -> None:
    """Where nothing counts the list, either."""
    menu = "".join(f"<p><a href='list.aspx?m={code}'>{PLACES[code]} - [{code}]</a></p>" for code in PLACES)
    with serving({**site(), "/pmd/level.aspx": frame(menu)}) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages[at(A)] = frame(BY_SCRIPT[shown])
        for _ in range(2):
            run = sync(url)
            assert (told(), run.complete) == ([], False), run.notes


def test_a_line_a_year_is_no_news_whatever_its_order(sync: Sync) -> None:
    def listed(lines: list[tuple[str, str]]) -> Any:
        rows = "".join(f"<tr><td>Y1</td><td>Link</td><td>{y}</td><td>{b}</td></tr>" for y, b in lines)
        rows += "".join(
            f"<tr><td>Y{n}</td><td>Main {n}</td><td>2024/25</td><td>R{n}</td></tr>" for n in (2, 3)
        )
        head = "<tr><th>Project No</th><th>Project Name</th><th>Year</th><th>Budget</th></tr>"
        return frame(f"<table>{head}{rows}</table>")

    lines = [("2023/24", "R7 000 000"), ("2024/25", "R1 000 000"), ("2025/26", "R4 000 000")]
    with serving({"/pmd/level.aspx": listed(lines)}) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        assert Project.objects.get(external_id="Y1").budget is None
        here.pages["/pmd/level.aspx"] = listed(lines[::-1])
        sync(url)
        here.pages["/pmd/level.aspx"] = listed([lines[1], lines[2], lines[0]])
        sync(url)
    assert not DataChangeLog.objects.exclude(change_type="created").exists()


def test_what_did_happen_is_told(sync: Sync) -> None:
    """A project that went with its count, one that moved, and one that costs more."""
    moved, dearer = WORLD[B][5], replace(WORLD[C][0], budget=77_000_000)
    now = {A: WORLD[A][:4], B: WORLD[B][:5], C: [dearer, *WORLD[C][1:], moved]}
    with serving(site()) as here:
        url = f"{here.root}/pmd/level.aspx"
        assert sync(url).complete
        here.pages |= site(now)
        run = sync(url)
    assert run.complete, run.notes
    assert sorted(told()) == [
        ("1W4", "missing", ()),
        ("2W5", "updated", ("municipalities", "municipality")),
        ("3W0", "updated", ("budget",)),
    ]
