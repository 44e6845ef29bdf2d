"""Eight sites more: pages of projects, downloads, pagers without an end, grids, feeds and lists without numbers."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date
from typing import ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, P, System, after, world
from etl.tests.unseen_sites import PLACES, PROVINCES, grid, html, place, province, rand, system


@system
class PagesDisagree(System):
    """A list of few columns; each project's page has the rest, under links with fragments. Its page says an old
    budget where the list moved; then two pages are exchanged, as a cache does."""

    fields = ("name", "place", "status", "budget", "spent", "end", "firm")
    settings: ClassVar = {"ROTATION_RUNS": 1}
    first = world(14, ("NW373", "FS184"), 21, "DWS/{}/24")
    two = after(first, {1: {"firm": "Basil Read", "spent": 55_000}})
    three = after(two, {2: {"budget": first[2].budget + 8_000_000}})
    four = after(three, {8: {"status": "Cancelled"}})
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            rows = [[f"<a href='project.aspx?key={at}#summary'>{one.number}</a>", one.name, place(one), one.status, rand(one.budget), f"<a href='project.aspx?key={at}#map'>Map</a>"]
                    for at, one in enumerate(self.now)]  # fmt: skip
            return html(
                f"<h2>All projects</h2><p>{len(rows)} projects</p>"
                + grid(["Project number", "Name of project", "Municipality", "Status", "Budget", ""], rows)
            )
        if (
            ask.path == "/pmd/project.aspx"
            and ask.query.get("key", "").isdigit()
            and int(ask.query["key"]) < len(self.now)
        ):
            at = int(ask.query["key"])
            at = {4: 5, 5: 4}.get(at, at) if self.poll == 3 else at
            return self.page(self.now[at], self.first[at].budget)
        return 404, {}, html("no")

    def page(self, one: P, budget: int) -> str:
        facts = {
            "Project number": one.number,
            "Project name": one.name,
            "Budget": rand(budget),
            "Expenditure to date": rand(one.spent),
            "Completion date": f"{one.end:%d-%b-%Y}",
            "Main contractor": one.firm,
        }
        return html(
            "<a href='level.aspx'>Back to the list</a><h1>Project details</h1><a name=summary></a><table>"
            + "".join(f"<tr><td><b>{label}:</b></td><td>{text}</td></tr>" for label, text in facts.items())
            + "</table><a name=map></a><div id=map></div>"
        )


@system
class Downloads(System):
    """A paged list with a CSV and a PDF beside it; the file is yesterday's once."""

    first = world(36, ("KZN238", "EC121", "WC048"), 22, "C{}")
    two = after(first, {0: {"budget": first[0].budget + 250_000}, 31: {"end": date(2028, 8, 1)}})
    three = after(two, {12: {"spent": two[12].spent + 10_000}}, new=world(1, ("EC121",), 6, "D{}"))
    four = after(three, {15: {"firm": "Sanyati"}}, drop=(30,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return self.show(int(ask.query.get("page") or 1))
        if ask.path == "/pmd/export/projects.csv":
            return (
                200,
                {"Content-Type": "text/csv", "Content-Disposition": "attachment; filename=projects.csv"},
                self.csv(),
            )
        if ask.path == "/pmd/export/projects.pdf":
            return (
                200,
                {"Content-Type": "application/pdf"},
                b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
            )
        return 404, {}, html("no")

    def cells(self, one: P) -> list[str]:
        return [
            one.number,
            one.name,
            one.status,
            f"{one.budget:,}".replace(",", " ") + ",00",
            f"{one.spent:,}".replace(",", " ") + ",00",
            f"{one.end}",
            one.firm,
        ]

    HEADS: ClassVar = [
        "Project No",
        "Project Name",
        "Municipality",
        "Status",
        "Budget (ZAR)",
        "Actual expenditure (ZAR)",
        "Completion date",
        "Contractor",
    ]

    def show(self, at: int) -> str:
        some = self.now[(at - 1) * 15 : at * 15]
        pages = -(-len(self.now) // 15)
        rows = [[*self.cells(one)[:2], place(one), *self.cells(one)[2:]] for one in some]
        nav = "".join(
            f"<li class='page-item{' active' * (n == at)}'><a class='page-link' href='/pmd/level.aspx?page={n}'>{n}</a></li>"
            for n in range(1, pages + 1)
        )
        buttons = "<a class='btn' href='export/projects.csv'>Export to CSV</a> <a class='btn' href='export/projects.pdf'>PDF</a>"
        return html(
            f"<h1>Projects</h1>{buttons}<p>Page {at} of {pages} ({len(self.now)} items)</p>{grid(self.HEADS, rows)}<ul class='pagination'>{nav}</ul>"
        )

    def csv(self) -> bytes:
        shown = self.worlds[self.poll - 1] if self.poll == 2 else self.now
        lines = [
            ";".join(self.HEADS),
            *(";".join([*self.cells(one)[:2], place(one), *self.cells(one)[2:]]) for one in shown),
        ]
        return "\r\n".join(lines).encode("cp1252")


@system
class EndlessNext(System):
    """A "Next" that never ends: past the last page the last is shown again. Page size, order, no counts."""

    fields = ("name", "place", "status", "budget", "spent")
    first = after(
        world(31, ("EC124", "FS184"), 23, "{}-EN"),
        {6: {"name": "Malmesbury Réservoir – Phase 2"}, 7: {"name": "Môreson “Noord” Pump Station"}},
    )
    two = after(first, {18: {"budget": 4_400_000}})
    three = after(two, {6: {"status": "On hold"}})
    four = after(three, {7: {"spent": 123_000}}, drop=(29,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        at, size = int(ask.query.get("p") or 0), 9 if self.poll < 1 else 12
        some = sorted(self.now, key=lambda one: one.name if self.poll >= 2 else one.number)
        last = (len(some) - 1) // size
        first = min(at, last) * size
        rows = [
            [one.number, one.name, place(one), one.status, f"R {one.budget:,}.-", f"R {one.spent:,}.-"]
            for one in some[first : first + size]
        ]
        page = html(grid(["Nr", "Project", "Municipality", "Project status", "Budget", "Spent to date"], rows) + f"<p><a href='?p={max(at - 1, 0)}'>&laquo; Previous</a> <a href='?p={at + 1}'>Next &raquo;</a></p>",
                    head="<meta http-equiv='Content-Type' content='text/html; charset=windows-1252'>")  # fmt: skip
        return 200, {"Content-Type": "text/html"}, page.encode("cp1252")


@system
class Spellings(System):
    """One page under many addresses, gzip, validators; a server that is busy once and an odd robots.txt."""

    places = ("WC048", "NC062", "KZN272")
    first = world(29, places, 24, "SP{}")
    two = after(first, {4: {"budget": 31_000_000}})
    three = after(two, {5: {"end": date(2027, 5, 31)}})
    four = after(three, {5: {"firm": "Trencon Group"}}, new=world(1, ("NC062",), 66, "SQ{}"))
    worlds: ClassVar = [first, two, three, four]

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[tuple[int, str]] = set()

    def answer(self, ask: Ask) -> Answer:
        if ask.path == "/robots.txt":
            return (
                200,
                {"Content-Type": "text/plain"},
                "\ufeffUser-agent: *\r\nCrawl-delay: 0\r\nDisallow: /PMD/admin\r\nDisallow:\r\nSitemap: nowhere\r\n\r\nnonsense here",
            )
        path = ask.path.lower().rstrip("/").replace("/./", "/")
        if self.poll == 2 and (2, path) not in self.refused:
            self.refused.add((2, path))
            return 503, {"Retry-After": "0"}, html("Busy")
        if path == ENTRY:
            ways = {"WC048": "list/wc048", "NC062": "./List/NC062/", "KZN272": "LIST/kzn272?"}
            home = "".join(
                f"<a href='{way}'>Home</a> "
                for way in (
                    "/PMD/Level.aspx",
                    "level.aspx/",
                    "level.aspx?",
                    "./level.aspx#top",
                    "/pmd/../pmd/level.aspx",
                )
            )
            return self.packed(
                ask,
                html(
                    home
                    + "".join(
                        f"<p><a href='/pmd/{ways[code]}'>Projects in {PLACES[code]}</a></p>"
                        for code in self.places
                    )
                    + "<a href='/pmd/list/WC048'>Projects in the Garden Route</a>"
                ),
            )
        code = path.rpartition("/")[2].upper()
        if path.startswith("/pmd/list/") and code in self.places:
            rows = [
                [
                    one.number,
                    one.name,
                    one.status,
                    rand(one.budget),
                    rand(one.spent),
                    f"{one.end:%d %B %Y}",
                    one.firm,
                ]
                for one in self.now
                if one.place == code
            ]
            heads = ["Project No", "Project", "Status", "Budget", "Spent", "End date", "Contractor"]
            return self.packed(
                ask,
                html(
                    f"<a href='/PMD/level.aspx'>Home</a> <a href='/pmd/List/{code.lower()}/'>Refresh this list</a><h1>{PLACES[code]} ({code})</h1>{grid(heads, rows)}"
                ),
            )
        return 404, {}, html("no")

    def packed(self, ask: Ask, page: str) -> Answer:
        tag = f'W/"{hashlib.md5(page.encode()).hexdigest()}"'  # noqa: S324
        if ask.headers.get("If-None-Match") == tag:
            return 304, {"ETag": tag}, b""
        return (
            200,
            {"Content-Encoding": "gzip", "ETag": tag, "Vary": "Accept-Encoding"},
            gzip.compress(page.encode()),
        )


@system
class CalendarBeside(System):
    """Lists of two programmes that share projects, beside a calendar without an end. Columns change places, and
    one is renamed."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(28, ("KZN238", "MP324"), 25, "RB{:04}")
    two = after(first, {1: {"budget": 8_000_000}, 20: {"end": date(2028, 1, 15)}})
    three = after(two, {2: {"status": "Cancelled"}})
    four = after(three, {3: {"budget": 9_000_000}})
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        month = int(ask.query.get("month") or 202601)
        if ask.path == ENTRY:
            return html(
                "<h1>Programmes</h1><a href='rbig.aspx'>RBIG projects</a> <a href='wsig.aspx'>WSIG projects</a>"
                + self.calendar(month)
            )
        if ask.path == "/pmd/day.aspx":
            return html(f"<h1>Events of {ask.query.get('d')}</h1><p>No events.</p>" + self.calendar(month))
        if ask.path == "/pmd/rbig.aspx":
            return html(
                "<h1>Regional Bulk Infrastructure Grant</h1>"
                + self.table(self.now[:18])
                + self.calendar(month)
            )
        if ask.path == "/pmd/wsig.aspx":
            return html(
                "<h1>Water Services Infrastructure Grant</h1>"
                + self.table(self.now[12:])
                + self.calendar(month)
            )
        return 404, {}, html("no")

    def calendar(self, month: int) -> str:
        days = "".join(
            f"<td><a href='day.aspx?d={month}{day:02}&month={month}'>{day}</a></td>" for day in range(1, 29)
        )
        return f"<table class=cal><caption><a href='?month={month - 1}'>&lt;</a> {month} <a href='?month={month + 1}'>&gt;</a></caption><tr>{days}</tr></table>"

    def table(self, some: tuple[P, ...]) -> str:
        money = "Approved project budget (R)" if self.poll == 3 else "Budget (R)"
        order = (0, 1, 2, 3, 4, 5) if self.poll < 2 else (1, 0, 4, 5, 2, 3)
        heads = ["Project No", "Project Name", "Municipality", "Status", money, "Completion"]
        rows = [
            [one.number, one.name, place(one), one.status, f"{one.budget:,}.00", f"{one.end:%d/%m/%Y}"]
            for one in some
        ]
        return grid([heads[at] for at in order], [[cells[at] for at in order] for cells in rows])


@system
class CallbackGrid(System):
    """A DevExpress grid: pages by callback. Its page size changes; a callback fails once, with 200."""

    fields = ("name", "place", "status", "budget", "firm")
    first = world(33, ("FS184", "LIM332"), 26, "DX-{}")
    two = after(first, {30: {"budget": 2_345_000}, 3: {"firm": "Murray Dickson"}})
    three = two
    four = after(two, {14: {"status": "Cancelled"}}, new=world(1, ("FS184",), 9, "DY-{}"))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        asked = ask.form.get("__CALLBACKPARAM", "")
        size = 10 if self.poll < 1 else 8
        pages = -(-len(self.now) // size)
        if asked:
            at = int(asked.rstrip(";").rpartition("PN")[2]) if "PN" in asked else 0
            if self.poll == 2 and at == 2:
                return 200, {"Content-Type": "text/plain"}, "0|/*DX*/({'generalError':'Timeout expired.'})"
            body = self.body(at, size, pages).replace("'", "\\'")
            return 200, {"Content-Type": "text/plain"}, f"0|/*DX*/({{'result':{{'html':'{body}'}},'id':0}})"
        control = f"{{'uniqueID':'ctl00$grid','callBack':function(arg){{WebForm_DoCallback('ctl00$grid',arg);}},'pageCount':{pages}}}"
        script = f"<script>ASPx.createControl(ASPxClientGridView,'ctl00_grid','',{control});</script>"
        return html(
            f"<form method=post action='./level.aspx'><input type=hidden name=__VIEWSTATE value='s{self.poll}'><table id='ctl00_grid'><tr><td>{self.body(0, size, pages)}</td></tr></table></form>{script}"
        )

    def body(self, at: int, size: int, pages: int) -> str:
        heads = ("Project No", "Project Name", "Municipality", "Status", "Budget (R'000)", "Contractor")
        head = "".join(f"<td class='dxgvHeader'>{text}</td>" for text in heads)
        rows = "".join(
            f"<tr class='dxgvDataRow' id='ctl00_grid_DXDataRow{n}'>"
            + "".join(
                f"<td class='dxgv'>{cell}</td>"
                for cell in (
                    one.number,
                    one.name,
                    place(one),
                    one.status,
                    f"{one.budget // 1000:,}",
                    one.firm,
                )
            )
            + "</tr>"
            for n, one in enumerate(self.now[at * size : (at + 1) * size], at * size)
        )
        pager = f"<div id='ctl00_grid_DXPagerBottom'><b class='dxp-summary'>Page {at + 1} of {pages} ({len(self.now)} items)</b></div>"
        return f"<table id='ctl00_grid_DXMainTable'><tr id='ctl00_grid_DXHeadersRow0'>{head}</tr>{rows}</table>{pager}"


@system
class Feed(System):
    """An OData feed whose address a script puts together; `@odata.nextLink` leads on. Sorted otherwise later."""

    first = world(45, ("EC121", "MP324", "NW373"), 27, "{}")
    two = after(first, {22: {"budget": 70_000_000}, 44: {"status": "On hold"}})
    three = after(two, {40: {"end": date(2026, 11, 30)}})
    four = after(three, {0: {"name": "Yzerfontein Desalination Phase II"}}, drop=(33,))
    worlds: ClassVar = [first, two, three, four]
    SCRIPT = "var root = '/pmd/odata/'; var set = root + 'Projects'; function go(u){ $.getJSON(u, function(d){ show(d.value); if (d['@odata.nextLink']) go(d['@odata.nextLink']); }); } go(set + '?$count=true');"

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                f"<div id='list' data-bind='foreach: projects'></div><script src='app.js'></script><script>{self.SCRIPT}</script>"
            )
        if ask.path == "/pmd/app.js":
            return 200, {"Content-Type": "text/javascript"}, "function show(rows){}"
        if ask.path != "/pmd/odata/Projects":
            return 404, {"Content-Type": "application/json"}, "{}"
        skip = int(ask.query.get("$skip") or 0)
        some = sorted(self.now, key=lambda one: one.budget) if self.poll >= 2 else self.now
        value = [{"ProjectCode": one.number, "Title": one.name, "Municipality": place(one), "Stage": one.status, "BudgetRand": one.budget, "SpentRand": one.spent, "EndDate": f"{one.end}", "Contractor": one.firm}
                 for one in some[skip : skip + 20]]  # fmt: skip
        answer = {"@odata.context": "$metadata#Projects", "@odata.count": len(some), "value": value}
        if skip + 20 < len(some):
            answer["@odata.nextLink"] = f"/pmd/odata/Projects?$count=true&$skip={skip + 20}"
        return 200, {"Content-Type": "application/json;odata.metadata=minimal"}, json.dumps(answer)


@system
class NoNumbers(System):
    """Province, municipality, list: no numbers anywhere. One is renamed; one is renamed and moved at once; then
    two municipalities have a project of one name."""

    fields = ("name", "place", "status", "budget", "spent", "end")
    is_numbered = False
    first = world(32, ("LIM331", "LIM333", "KZN238", "KZN272"), 28)
    two = after(first, {0: {"budget": first[0].budget + 600_000}, 5: {"name": first[5].name + " (Phase 1)"}})
    three = after(two, {9: {"name": "Kokstad Regional Transfer", "place": "KZN272"}})
    four = after(three, {2: {"status": "On hold"}}, drop=(12,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        codes = sorted({one.place for one in self.now})
        if ask.path == ENTRY:
            return html(
                "".join(
                    f"<div class=panel><a href='/pmd/prov/{code}'>{PROVINCES[code]}</a> <span class=badge>{sum(province(one) == code for one in self.now)}</span></div>"
                    for code in ("KZN", "LIM")
                )
            )
        folder, _, code = ask.path.rpartition("/")
        if folder == "/pmd/prov" and code in PROVINCES:
            return html(
                f"<h1>{PROVINCES[code]}</h1>"
                + "".join(
                    f"<li><a href='../mun/{each}'>{PLACES[each]} - [{each}]</a> {sum(one.place == each for one in self.now)} Projects</li>"
                    for each in codes
                    if each.startswith(code)
                )
            )
        if folder == "/pmd/mun" and code in codes:
            rows = [
                [
                    one.name,
                    one.status,
                    f"{one.budget / 1e6:,.3f}".replace(".", ","),
                    f"{one.spent / 1e6:,.3f}".replace(".", ","),
                    f"{one.end:%d.%m.%Y}",
                ]
                for one in self.now
                if one.place == code
            ]
            return html(
                f"<h1>{PLACES[code]} - [{code}]</h1><p>Amounts in R million</p>"
                + grid(["Project", "Stage", "Budget", "Expenditure", "Completion"], rows)
            )
        return 404, {}, html("no")
