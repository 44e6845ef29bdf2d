"""Sites of other kinds, written when those before them were read: servers of maps, views, reports and months."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from html import escape
from typing import Any, ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, System, World, after, world
from etl.tests.unseen_sites import PLACES, grid, html, place, rand, system


@system
class ViewOfLists(System):
    """SharePoint: the next thirty by `Paged=TRUE&p_ID=…`, behind a picture; its address is only in a script's call."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(40, ("LIM331", "WC048"), 31, "SPL-{}")
    two = after(first, {3: {"budget": 9_100_000}, 35: {"status": "Cancelled"}})
    three = after(two, {36: {"end": date(2029, 9, 30)}})
    four = after(three, {1: {"name": "Boskuil Interceptor"}}, new=world(1, ("WC048",), 7, "SPM-{}"))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<div class='ms-nav'><a href='/pmd/Lists/Projects/AllItems.aspx'>Projects</a> <a href='/pmd/_layouts/viewlsts.aspx'>All Site Content</a></div>"
            )
        if ask.path != "/pmd/Lists/Projects/AllItems.aspx":
            return 404, {}, html("no")
        size, start = (15 if self.poll < 2 else 20), int(ask.query.get("PageFirstRow") or 1) - 1
        some = self.now[start : start + size]
        rows = [
            [
                one.number,
                f"<a href='DispForm.aspx?ID={one.number}' onclick='return false'>{one.name}</a>",
                place(one),
                one.status,
                rand(one.budget),
                f"{one.end:%Y/%m/%d}",
            ]
            for one in some
        ]
        url = f"/pmd/Lists/Projects/AllItems.aspx?Paged=TRUE&p_ID={start + size}&PageFirstRow={start + size + 1}&View={{A1-B2}}"
        more = f"<td class='ms-paging'>{start + 1} - {start + len(some)}</td><td><a onclick='javascript:SubmitFormPost(&quot;{escape(url)}&quot;);javascript:return false;' href='javascript:'><img src='/_layouts/images/next.gif' alt='Next'></a></td>"
        pager = f"<table><tr>{more if start + size < len(self.now) else more[: more.index('<td><a')]}</tr></table>"
        return html(
            grid(
                ["Project Number", "Title", "Municipality", "Project Stage", "Budget", "Completion Date"],
                rows,
                "class='ms-listviewtable'",
            )
            + pager,
            "Projects - All Items",
        )


@system
class Districts(System):
    """Oracle APEX: `f?p=app:page:session`, a session that is another at each visit, in every link."""

    places = ("KZN238", "EC124", "MP324")
    first = world(33, places, 32, "AX{}")
    two = after(first, {2: {"spent": 1_234_000}})
    three = after(two, {4: {"budget": 2_000_000}, 5: {"firm": "Khato & Sons"}})
    four = after(three, {7: {"end": date(2027, 7, 7)}}, drop=(10,))
    worlds: ClassVar = [first, two, three, four]

    def __init__(self) -> None:
        super().__init__()
        self.sessions = 4711

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            self.sessions += 13
            return 302, {"Location": f"/pmd/f?p=100:1:{self.sessions}"}, ""
        if ask.path != "/pmd/f":
            return 404, {}, html("no")
        _, page, session, *rest = [*ask.query.get("p", "").split(":"), "", "", ""]
        if page == "1":
            return html(
                "".join(
                    f"<li><a href='f?p=100:2:{session}::NO:RP:P2_MUN:{code}'>Projects in {PLACES[code]}</a></li>"
                    for code in self.places
                )
            )
        code = (rest + [""] * 5)[4]
        if page != "2" or code not in self.places:
            return html("<h1>Application Error</h1>")
        some = [one for one in self.now if one.place == code]
        start = int(ask.query.get("pg_min_row") or 1) - 1
        rows = [
            [
                one.number,
                one.name,
                one.status,
                f"{one.budget:,}",
                f"{one.spent:,}",
                f"{one.end:%d-%b-%Y}".upper(),
                escape(one.firm),
            ]
            for one in some[start : start + 8]
        ]
        more = f"<a href='f?p=100:2:{session}:pg_R_77:NO&pg_min_row={start + 9}&pg_max_rows=8&pg_rows_fetched=8'>Next</a>"
        # the link of APEX loses the item: the server remembers it by the session
        more = more.replace(":NO&", f":NO:RP:P2_MUN:{code}&")
        return html(
            f"<h2>{PLACES[code]} ({code})</h2>"
            + grid(
                [
                    "Project No",
                    "Project Name",
                    "Status",
                    "Budget (R)",
                    "Expenditure (R)",
                    "Completion",
                    "Contractor",
                ],
                rows,
                "summary='projects'",
            )
            + f"<span>{start + 1} - {start + len(rows)} of {len(some)}</span> {more if start + 8 < len(some) else ''}"
        )


@system
class MapServer(System):
    """An ArcGIS layer: the script joins its address, a limit cuts the answer, dates are milliseconds."""

    first = world(42, ("NC062", "FS184", "LIM332"), 33, "G{}")
    two = after(first, {20: {"budget": 3_300_000}})
    three = after(two, {41: {"status": "On hold"}})
    four = after(three, {0: {"spent": 10_000}}, drop=(39,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<div id='map' style='height:600px'></div><script>const layer = '/pmd/rest/services/Projects/MapServer/0';\nfetch(layer + '/query?where=1%3D1&outFields=*&returnGeometry=false&f=json').then(r => r.json()).then(draw);</script>"
            )
        if ask.path != "/pmd/rest/services/Projects/MapServer/0/query":
            return 404, {}, "{}"
        at = int(ask.query.get("resultOffset") or 0)
        features = [
            {"attributes": {"OBJECTID": n, "Project_No": one.number, "Project_Name": one.name, "Municipality": place(one), "Status": one.status, "Budget": one.budget, "Expenditure": one.spent,
                            "Completion_Date": int(datetime(one.end.year, one.end.month, one.end.day, tzinfo=UTC).timestamp() * 1000), "Contractor": one.firm}}
            for n, one in enumerate(self.now[at : at + 25], at)
        ]  # fmt: skip
        answer = {
            "objectIdFieldName": "OBJECTID",
            "fields": [
                {"name": "Project_No", "type": "esriFieldTypeString"},
                {"name": "Completion_Date", "type": "esriFieldTypeDate"},
            ],
            "features": features,
        }
        if at + 25 < len(self.now):
            answer["exceededTransferLimit"] = True
        return 200, {"Content-Type": "application/json"}, json.dumps(answer)


@system
class TornPages(System):
    """Two servers behind one name: the second page comes from one that is behind, and a row is on neither."""

    fields = ("name", "place", "status", "budget")
    first = world(30, ("EC121", "NW373"), 34, "TP{}")
    two = after(first, {3: {"budget": 1_230_000}})
    three = after(two, {22: {"status": "Cancelled"}})
    four = after(three, {22: {"status": "Completed"}})
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        at = int(ask.query.get("page") or 1)
        some: World = self.now
        if (
            self.poll == 2 and at == 1
        ):  # one row more at the top of the newer server's list: it is not on page 1 of the other
            some = (*some[:5], *some[6:])
        rows = [
            [one.number, one.name, place(one), one.status, rand(one.budget, ",")]
            for one in some[(at - 1) * 10 : at * 10]
        ]
        pages = "".join(
            f" <a href='level.aspx?page={n}'>{n}</a>" if n != at else f" <b>{n}</b>" for n in (1, 2, 3)
        )
        return html(
            grid(["Project No", "Project", "Municipality", "Stage", "Budget"], rows) + f"<p>Pages:{pages}</p>"
        )


@system
class Months(System):
    """A report a month, all still linked: the same projects with what was so then. A month is added."""

    fields = ("name", "place", "status", "budget", "spent")
    first = world(18, ("WC048", "MP324"), 35, "MR{}")
    two = after(first, {at: {"spent": one.spent + 111_000} for at, one in enumerate(first[:5])})
    three = after(two, {at: {"spent": one.spent + 222_000} for at, one in enumerate(two[:4])})
    four = after(three, {6: {"status": "Completed"}})
    worlds: ClassVar = [first, two, three, four]
    MONTHS: ClassVar = ("April 2026", "May 2026", "June 2026", "July 2026")

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<h1>Monthly project reports</h1><ul>"
                + "".join(
                    f"<li><a href='report.aspx?m={at}'>Project list, {month}</a></li>"
                    for at, month in list(enumerate(self.MONTHS))[: self.poll + 1][::-1]
                )
                + "</ul>"
            )
        at = int(ask.query.get("m") or -1) if ask.path == "/pmd/report.aspx" else -1
        if not 0 <= at <= self.poll:
            return 404, {}, html("no")
        rows = [
            [one.number, one.name, place(one), one.status, rand(one.budget), rand(one.spent)]
            for one in self.worlds[at]
        ]
        return html(
            f"<h1>Projects at the end of {self.MONTHS[at]}</h1>"
            + grid(
                ["Project No", "Project Name", "Municipality", "Status", "Budget", "Expenditure to date"],
                rows,
            )
        )


@system
class PostedOffsets(System):
    """A plain form posts where the list goes on: a hidden offset and a button."""

    fields = ("name", "place", "status", "budget", "firm")
    first = world(28, ("FS184", "KZN272"), 36, "PO-{}")
    two = after(first, {25: {"budget": 5_500_000}})
    three = after(two, {26: {"firm": "Aurecon"}})
    four = after(three, {2: {"status": "On hold"}}, drop=(20,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        at = int(ask.form.get("offset") or 0) if ask.method == "POST" else 0
        rows = [
            [one.number, one.name, place(one), one.status, rand(one.budget), one.firm]
            for one in self.now[at : at + 10]
        ]
        form = f"<form method='post' action='level.aspx'><input type='hidden' name='offset' value='{at + 10}'><input type='submit' name='go' value='Next 10'></form>"
        return html(
            grid(["Project No", "Project Name", "Municipality", "Status", "Budget", "Contractor"], rows)
            + (form if at + 10 < len(self.now) else "")
        )


@system
class OpenedByScript(System):
    """An accordion: each heading's `onclick` loads its list from an address of its own."""

    places = ("LIM331", "LIM332", "LIM333")
    fields = ("name", "place", "status", "budget", "end")
    first = world(24, places, 37, "AC{}")
    two = after(first, {1: {"budget": 6_600_000}})
    three = two
    four = after(two, {4: {"status": "Cancelled"}})
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "".join(
                    f"<h3 onclick=\"loadInto('#p{at}', 'ajax/list.php?mun={code}')\">{PLACES[code]}</h3><div id='p{at}'></div>"
                    for at, code in enumerate(self.places)
                )
                + "<script>function loadInto(where, url){ $(where).load(url); }</script>"
            )
        code = ask.query.get("mun", "")
        if ask.path != "/pmd/ajax/list.php" or code not in self.places:
            return 404, {}, html("no")
        if self.poll == 2 and code == "LIM332":
            return "<div class='alert'>Your session has timed out. Please sign in again.</div>"
        rows = [
            [one.number, one.name, place(one), one.status, rand(one.budget), f"{one.end:%d/%m/%Y}"]
            for one in self.now
            if one.place == code
        ]
        return grid(
            ["Project No", "Project Name", "Municipality", "Status", "Budget", "Completion Date"], rows
        )


@system
class LatestTen(System):
    """The page shows the ten that moved last; all of them are only in a file beside it."""

    unread = "files beside a list are not read, and that a list is cut to what moved last is said nowhere"
    bad = (1, 2, 3)
    fields = ("name", "place", "status", "budget")
    first = world(25, ("NC062", "EC124"), 38, "LT{}")
    two = after(first, {15: {"budget": 7_700_000}})
    three = after(two, {20: {"status": "Completed"}})
    four = after(three, {21: {"budget": 8_800_000}})
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        heads = ["Project No", "Project Name", "Municipality", "Status", "Budget"]
        some = (
            self.now if self.poll == 0 else (*self.now[5 + self.poll * 5 :], *self.now[: 5 + self.poll * 5])
        )
        rows = [[one.number, one.name, place(one), one.status, rand(one.budget)] for one in some]
        if ask.path == ENTRY:
            return html(
                "<h2>Latest updates</h2>"
                + grid(heads, rows[:10])
                + "<a href='all.csv'>Download all projects (CSV)</a>"
            )
        if ask.path == "/pmd/all.csv":
            return (
                200,
                {"Content-Type": "text/csv"},
                "\n".join(",".join(f'"{cell}"' for cell in cells) for cells in [heads, *rows]),
            )
        return 404, {}, html("no")


@system
class StageTabs(System):
    """Tabs whose panels come from addresses of their own, one a stage. One panel is an old copy once: a project
    that moved on stands in two."""

    fields = ("name", "place", "budget", "end")
    first = world(24, ("LIM331", "MP324"), 18, "TW{}")
    two = after(
        first,
        {
            at: {"status": "Construction", "budget": one.budget + 2_000}
            for at, one in enumerate(first)
            if one.status == "Tender" and at < 9
        },
    )
    three = two
    four = after(two, {1: {"end": date(2031, 6, 30)}})
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)
    STAGES: ClassVar = {"Design": "design", "Tender": "tender", "Construction": "constr", "Completed": "done"}

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            tabs = "".join(
                f"<li class='nav-item'><a class='nav-link' data-toggle='tab' href='#{key}' data-url='panels/{key}'>{name}</a></li>"
                for name, key in self.STAGES.items()
            )
            panes = "".join(f"<div class='tab-pane' id='{key}'></div>" for key in self.STAGES.values())
            return html(
                f"<ul class='nav nav-tabs'>{tabs}</ul><div class='tab-content'>{panes}</div><script>$('a[data-toggle]').on('shown.bs.tab', function(e){{ $($(e.target).attr('href')).load($(e.target).data('url')); }});</script>"
            )
        for name, key in self.STAGES.items():
            if ask.path == f"/pmd/panels/{key}":
                return self.panel(name)
        return 404, {}, html("no")

    def panel(self, stage: str) -> str:
        shown: Any = self.worlds[0] if self.poll == 2 and stage == "Tender" else self.now
        rows = [
            [one.number, one.name, place(one), f"R{one.budget / 1e6:,.3f} m", f"{one.end:%B %d, %Y}"]
            for one in shown
            if one.status == stage
        ]
        return f"<h4>{stage} ({len(rows)})</h4>" + grid(
            ["Number", "Project name", "Municipality", "Budget", "Completion"], rows
        )
