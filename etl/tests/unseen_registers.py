"""Six sites that were written after the others were mended: a matrix of counts, registers, figures of a year."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, System, World, after, world
from etl.tests.unseen_bureaus import (
    ALL,
    BUDGET,
    END,
    FIRM,
    NAME,
    NUMBER,
    PLACE,
    SPENT,
    STATUS,
    THOUSANDS,
    Column,
    listed,
)
from etl.tests.unseen_sites import PLACES, PROVINCES, html, province, rand, system


@system
class Matrix(System):
    """Provinces by stages: each cell is a count that leads to its list. A project changes province; a list lacks a
    row, once; a stage gets another name."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(37, ("LIM331", "EC121", "NW373"), 241, "MX{}")
    two = after(first, {0: {"status": "Tender"}, 4: {"place": "LIM331"}})
    three = after(two, {7: {"budget": 3_333_000}})
    four = after(three, {9: {"end": date(2028, 8, 8)}}, drop=(11,))
    worlds: ClassVar = [first, two, three, four]
    stages = ("Design", "Tender", "Construction", "Completed")

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            head = "".join(
                f"<th>{'Practical completion' if self.poll == 3 and s == 'Completed' else s}</th>"
                for s in self.stages
            )
            rows = ""
            for code in ("LIM", "EC", "NW"):
                counts = [
                    sum(province(one) == code and one.status == s for one in self.now) for s in self.stages
                ]
                cells = "".join(
                    f"<td><a href='list.aspx?prov={code}&amp;stage={s}'>{n}</a></td>"
                    for s, n in zip(self.stages, counts, strict=True)
                )
                rows += f"<tr><th>{PROVINCES[code]}</th>{cells}<td>{sum(counts)}</td></tr>"
            return html(
                f"<h1>Projects by province and stage</h1><table><tr><th>Province</th>{head}<th>Total</th></tr>{rows}</table>"
            )
        if ask.path != "/pmd/list.aspx":
            return 404, {}, html("no")
        some = [
            one for one in self.now if province(one) == ask.query["prov"] and one.status == ask.query["stage"]
        ]
        if self.poll == 2 and ask.query["prov"] == "EC" and ask.query["stage"] == "Construction":
            some = some[1:]
        return html(
            f"<h2>{PROVINCES[ask.query['prov']]}: {ask.query['stage']}</h2>"
            + listed(some, (NUMBER, NAME, PLACE, STATUS, BUDGET, END))
        )


@system
class HalfCached(System):
    """A list of three pages changes from rand to R'000, in its heading too; a cache gives the second page as it was,
    once, and under the new heading once."""

    fields = ("name", "place", "status", "budget")
    first = world(30, ("KZN238", "MP324"), 242, "HC-{}")
    two = after(first, {1: {"budget": first[1].budget + 2_000_000}})
    three = two
    four = after(two, {12: {"budget": 23_000_000}, 25: {"status": "Completed"}})
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html("<a href='projects.aspx?page=1'>All projects</a>")
        if ask.path != "/pmd/projects.aspx":
            return 404, {}, html("no")
        at = int(ask.query["page"])
        money = BUDGET if self.poll == 0 or (self.poll == 1 and at == 2) else THOUSANDS
        if self.poll == 2 and at == 2:
            money = ("Budget (R'000)", lambda one: f"{one.budget:,}".replace(",", " "))
        pages = " ".join(f"<a href='projects.aspx?page={n}'>{n}</a>" for n in (1, 2, 3))
        return html(
            listed(self.now[(at - 1) * 10 : at * 10], (NUMBER, NAME, PLACE, STATUS, money))
            + f"<p>{pages}</p>"
        )


@system
class ActiveAndDone(System):
    """A register of what goes on and one of what is done, with other columns; a project goes from the one to the
    other, and one that is done comes back."""

    fields = ("name", "place", "spent", "firm")
    first = world(33, ("FS184", "WC048"), 243, "AD/{}")
    here = next(at for at, one in enumerate(first) if one.status == "Construction")
    done = next(at for at, one in enumerate(first) if one.status == "Completed")
    two = after(first, {here: {"status": "Completed", "spent": first[here].budget}})
    three = after(two, {done: {"status": "Construction"}})
    four = after(
        three, {here: {"spent": first[here].budget + 1_000_000}}, new=world(1, ("FS184",), 9, "AE/{}")
    )
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<a href='projects-active'>Active projects</a> | <a href='projects-completed'>Completed projects</a>"
            )
        if ask.path == "/pmd/projects-active":
            return html(
                "<h1>Active projects</h1>"
                + listed([one for one in self.now if one.status != "Completed"], ALL)
            )
        if ask.path == "/pmd/projects-completed":
            columns: tuple[Column, ...] = (
                NUMBER,
                NAME,
                PLACE,
                ("Final Expenditure", SPENT[1]),
                ("Date Completed", END[1]),
                FIRM,
            )
            return html(
                "<h1>Completed projects</h1>"
                + listed([one for one in self.now if one.status == "Completed"], columns)
            )
        return 404, {}, html("no")


@system
class Renumbered(System):
    """Two projects get other numbers; then all of one programme do, by a rule."""

    fields = ("name", "place", "status", "budget")
    first = world(28, ("LIM332", "NC062"), 244, "RN{}")
    two = after(first, {1: {"number": "RN-77001"}, 2: {"number": "RN-77002"}})
    three = after(two, {5: {"budget": 5_050_000}})
    four = tuple(
        replace(one, number=one.number.replace("RN", "RBIG/")) if one.place == "NC062" else one
        for one in three
    )
    five = after(four, {6: {"status": "Cancelled"}})
    worlds: ClassVar = [first, two, three, four, five]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<a href='projects?m=LIM332'>Greater Letaba</a> <a href='projects?m=NC062'>Nama Khoi</a>"
            )
        if ask.path != "/pmd/projects":
            return 404, {}, html("no")
        some = [one for one in self.now if one.place == ask.query["m"]]
        return html(
            f"<h1>{PLACES[ask.query['m']]}</h1>" + listed(some, (NUMBER, NAME, PLACE, STATUS, BUDGET))
        )


def unspent(world_of: World) -> World:
    """The projects, of which nobody says any more what was spent in all."""
    return after(world_of, {at: {"spent": None} for at in range(len(world_of))})


@system
class YearToDate(System):
    """The column of what was spent begins anew with the year: first it says so, later it has the heading of before,
    by mistake."""

    fields = ("name", "place", "status", "budget", "spent")
    first = world(26, ("EC124", "KZN272"), 245, "YD{}")
    two = unspent(after(first, {3: {"budget": 4_040_000}}))
    three = two
    four = after(two, {4: {"status": "Completed"}}, drop=(5,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        year: Column = ("Expenditure 2026/27 to date", lambda one: rand(one.budget // 50_000 * 1000))
        spent = {0: SPENT, 1: year, 2: ("Expenditure", year[1]), 3: year}[self.poll]
        return html(
            f"<p>{len(self.now)} projects</p>"
            + listed(self.now, (NUMBER, NAME, PLACE, STATUS, BUDGET, spent, END))
        )


@system
class SessionGone(System):
    """Lists by municipality that want a session: once all of them say that it has ended, with 200; once one says that
    nothing was found, as its projects went to its neighbour."""

    fields = ("name", "place", "status", "budget")
    places = ("NW373", "FS184", "MP324", "NC062")
    first = world(31, places, 246, "SG{}")
    moved = [at for at, one in enumerate(first) if one.place == "NC062"][:2]
    before = after(first, {}, drop=[at for at, one in enumerate(first) if one.place == "NC062"][2:])
    two = before
    three = tuple(replace(one, place="FS184") if one.place == "NC062" else one for one in two)
    four = after(three, {1: {"budget": 9_000_000}})
    worlds: ClassVar = [before, two, three, four]
    bad = (1,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            lines = "".join(
                f"<tr><td><a href='list.jsp?id={code}'>{PLACES[code]} ({code})</a></td><td>{sum(one.place == code for one in self.now)}</td></tr>"
                for code in self.places
            )
            return (
                200,
                {"Set-Cookie": "JSESSIONID=a1; Path=/"},
                html(f"<table><tr><th>Municipality</th><th>Number of projects</th></tr>{lines}</table>"),
            )
        if ask.path != "/pmd/list.jsp":
            return 404, {}, html("no")
        code = ask.query["id"]
        if self.poll == 1 or "JSESSIONID" not in ask.cookies:
            return html(
                "<p>Your session has expired. Please return to the <a href='level.aspx'>home page</a>.</p>"
            )
        some = [one for one in self.now if one.place == code]
        table = listed(some, (NUMBER, NAME, STATUS, BUDGET)) if some else "<p>No projects found.</p>"
        return html(f"<h1>{PLACES[code]} ({code})</h1>" + table)
