"""Sites of offices: grids, menus and lists that say one thing twice, and what their makers change without a word."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, P, System, World, after, world
from etl.tests.unseen_sites import PLACES, PROVINCES, grid, html, place, province, rand, system

Column = tuple[str, Callable[[P], str]]
NUMBER: Column = ("Project No", lambda one: one.number)
NAME: Column = ("Project Name", lambda one: one.name)
PLACE: Column = ("Municipality", place)
STATUS: Column = ("Status", lambda one: one.status)
BUDGET: Column = ("Budget", lambda one: rand(one.budget))
SPENT: Column = ("Expenditure", lambda one: rand(one.spent))
END: Column = ("Completion Date", lambda one: f"{one.end:%d/%m/%Y}")
FIRM: Column = ("Contractor", lambda one: one.firm)
ALL = (NUMBER, NAME, PLACE, STATUS, BUDGET, SPENT, END, FIRM)
THOUSANDS: Column = ("Budget (R'000)", lambda one: f"{one.budget // 1000:,}".replace(",", " "))
MILLIONS: Column = ("Budget (R million)", lambda one: f"{one.budget / 1e6:.3f}")


def listed(some: Sequence[P], columns: Sequence[Column] = ALL, attributes: str = "") -> str:
    return grid(
        [head for head, _ in columns], [[show(one) for _, show in columns] for one in some], attributes
    )


def later(last: World, n: int, more: int, drop: Sequence[int] = (), new: World = ()) -> World:
    """The first `n` projects came to cost and spend more."""
    moves = {at: {"budget": last[at].budget + more, "spent": last[at].spent + more} for at in range(n)}
    return after(last, moves, drop, new)


def slug(text: str) -> str:
    return text.lower().replace(" ", "-")


@system
class PagerBlocks(System):
    """A GridView behind a menu, its pager in blocks of ten numbers and dots. In maintenance once, with 200; its pages
    grow from five rows to eight."""

    first = world(63, ("EC124", "NW373"), 201, "PB{}")
    two = after(first, {58: {"budget": 7_654_000}, 2: {"status": "Cancelled"}})
    three = two
    four = after(two, {61: {"spent": 123_000}}, drop=(30,))
    five = after(four, {0: {"end": date(2029, 9, 30)}}, new=world(1, ("EC124",), 1, "PC{}"))
    worlds: ClassVar = [first, two, three, four, five]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        menu = "<ul class=nav><li><a href='level.aspx'>Home</a><li><a href='Projects.aspx'>Projects</a><li><a href='About.aspx'>About</a></ul>"
        if self.poll == 2:
            return html(
                "<h1>Scheduled maintenance</h1><p>The dashboard is being upgraded. We will be back on Monday.</p>"
            )
        if ask.path == ENTRY:
            return html(menu + "<h1>Project monitoring</h1><p>Welcome.</p>")
        if ask.path == "/pmd/About.aspx":
            return html(menu + "<p>This dashboard is updated monthly.</p>")
        if ask.path != "/pmd/Projects.aspx":
            return 404, {}, html("no")
        argument = ask.form.get("__EVENTARGUMENT", "")
        at, size = int(argument[5:] or 1), 5 if self.poll < 3 else 8
        pages = -(-len(self.now) // size)
        begin = (at - 1) // 10 * 10 + 1
        shown = [n for n in range(begin - 1, begin + 11) if 1 <= n <= pages]
        cells = "".join(
            f"<td><span>{n}</span></td>" if n == at
            else f"<td><a href=\"javascript:__doPostBack(&#39;gvProjects&#39;,&#39;Page${n}&#39;)\">{n if begin <= n < begin + 10 else '...'}</a></td>"
            for n in shown
        )  # fmt: skip
        table = listed(self.now[(at - 1) * size : at * size], attributes="id=gvProjects")
        pager = f"<tr><td colspan=8><table><tr>{cells}</tr></table></td></tr></table>"
        hidden = f"<input type=hidden name=__EVENTTARGET><input type=hidden name=__EVENTARGUMENT><input type=hidden name=__VIEWSTATE value='v{at}'>"
        return html(
            menu
            + f"<form method=post action='Projects.aspx'>{hidden}{table.replace('</table>', pager)}</form>"
        )


@system
class UnitsByList(System):
    """The same projects by province, in rand, and by programme, in R'000; then in R million; then, by mistake, R'000
    under the heading of millions."""

    fields = ("name", "place", "status", "budget")
    programmes = ("Bulk Infrastructure", "Water Services")
    first = world(32, ("LIM331", "EC121", "LIM332"), 202, "UL-{}")
    two = after(first, {4: {"budget": first[4].budget + 5_000_000}})
    three = after(two, {5: {"status": "On hold"}})
    four = three
    five = after(three, {7: {"budget": 91_000_000}}, drop=(10,))
    worlds: ClassVar = [first, two, three, four, five]
    bad = (3,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            provinces = "".join(
                f"<li><a href='province.aspx?p={code}'>{PROVINCES[code]}</a>" for code in ("LIM", "EC")
            )
            others = "".join(
                f"<li><a href='programme.aspx?g={at}'>{name}</a>" for at, name in enumerate(self.programmes)
            )
            return html(f"<h2>By province</h2><ul>{provinces}</ul><h2>By programme</h2><ul>{others}</ul>")
        if ask.path == "/pmd/province.aspx":
            some = [one for one in self.now if province(one) == ask.query.get("p")]
            return html(
                f"<h1>{PROVINCES[ask.query['p']]}</h1>" + listed(some, (NUMBER, NAME, PLACE, STATUS, BUDGET))
            )
        if ask.path == "/pmd/programme.aspx":
            at = int(ask.query["g"])
            some = [one for one in self.now if int(one.number[3:]) % 2 == at]
            money = THOUSANDS if self.poll < 2 else MILLIONS
            if self.poll == 3:
                money = ("Budget (R million)", THOUSANDS[1])
            return html(
                f"<h1>{self.programmes[at]}</h1>" + listed(some, (NUMBER, NAME, PLACE, money, STATUS))
            )
        return 404, {}, html("no")


@system
class Tiles(System):
    """A tile for each municipality, with a count and a sum, leads to its list. A project moves; a tile's number is of
    yesterday, once; a tile is not drawn, once."""

    fields = ("name", "place", "status", "budget", "spent")
    places = ("KZN272", "KZN238", "MP324")
    first = world(29, places, 203, "TL/{}")
    two = after(first, {3: {"place": "KZN238"}, 7: {"budget": 44_444_000}})
    three = after(two, {5: {"spent": 1_000_000}}, new=world(1, ("MP324",), 3, "TM/{}"))
    four = three
    five = after(three, {8: {"status": "Completed", "spent": three[8].budget}}, drop=(11,))
    worlds: ClassVar = [first, two, three, four, five]
    bad = (3,)

    def answer(self, ask: Ask) -> Answer:
        counted = self.worlds[1] if self.poll == 2 else self.now
        if ask.path == ENTRY:
            tiles = ""
            for code in self.places:
                some = [one for one in counted if one.place == code]
                if not (self.poll == 3 and code == "MP324"):
                    tiles += f"<div class='col-md-4'><a class=tile href='m/{code}'><h3>{PLACES[code]} ({code})</h3><p><b>{len(some)}</b> projects</p><p>R {sum(one.budget for one in some) / 1e6:.1f} million</p></a></div>"
            return html(f"<div class=row>{tiles}</div>")
        code = ask.path.removeprefix("/pmd/m/")
        if code not in self.places:
            return 404, {}, html("no")
        some = [one for one in self.now if one.place == code]
        return html(f"<h1>{PLACES[code]} ({code})</h1>" + listed(some, (NUMBER, NAME, STATUS, BUDGET, SPENT)))


@system
class CountedQuery(System):
    """A list paged by its query, with headings that sort, a page to print and a file for Excel that is HTML, in
    R'000. Columns change places, one is called otherwise, one is gone."""

    first = world(33, ("WC048", "FS184"), 204, "CQ{}")
    two = after(first, {30: {"budget": 5_432_000}})
    three = after(two, {1: {"firm": "Stefanutti"}})
    four = after(
        three, {12: {"end": date(2027, 12, 15)}, 13: {"name": "Gamtoos Reservoir Phase 2"}}, drop=(20,)
    )
    worlds: ClassVar = [first, two, three, four]

    def columns(self) -> Sequence[Column]:
        if self.poll == 0:
            return ALL
        if self.poll == 1:
            return (NUMBER, NAME, FIRM, END, SPENT, BUDGET, STATUS, PLACE)
        return (NUMBER, NAME, PLACE, STATUS, ("Approved Budget", BUDGET[1]), ("Expenditure to Date", SPENT[1]),
                ("Planned Completion", END[1]), ("Appointed Contractor", FIRM[1]))  # fmt: skip

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html("<a href='projects.php'>View all projects</a>")
        if ask.path == "/pmd/export.php":
            return (
                200,
                {
                    "Content-Type": "application/vnd.ms-excel",
                    "Content-Disposition": "attachment; filename=projects.xls",
                },
                html(listed(self.now, (NUMBER, NAME, THOUSANDS))),
            )
        if ask.path != "/pmd/projects.php":
            return 404, {}, html("no")
        columns = self.columns()
        at, key = int(ask.query.get("page") or 1), int(ask.query.get("sort") or 0) % len(columns)
        some = sorted(self.now, key=columns[key][1], reverse=ask.query.get("dir") == "desc")
        if "print" not in ask.query:
            some = some[(at - 1) * 10 : at * 10]
        head = [
            (f"<a href='?sort={n}&amp;dir=desc'>{text}</a>", show) for n, (text, show) in enumerate(columns)
        ]
        pages = " ".join(f"<a href='?page={n}'>{n}</a>" for n in range(1, -(-len(self.now) // 10) + 1))
        return html(f"<p>{len(self.now)} projects found</p><a href='?print=1'>Printer friendly</a> <a href='export.php'>Export to Excel</a>"
                    + listed(some, head) + f"<div class=pagination>{pages}</div>")  # fmt: skip


@system
class TabCounts(System):
    """All provinces in one page, a tab each with its count. A tab's table is empty once; the page is cut off once."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(30, ("LIM331", "NC062", "NW373"), 205, "TC{}")
    two = after(first, {1: {"budget": 8_888_000}})
    three = after(two, {2: {"status": "Cancelled"}})
    four = three
    five = after(three, {4: {"end": date(2028, 2, 29)}}, drop=(3,), new=world(1, ("NC062",), 5, "TD{}"))
    worlds: ClassVar = [first, two, three, four, five]
    bad = (2, 3)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        tabs = panels = ""
        for code in ("LIM", "NC", "NW"):
            some = [one for one in self.now if province(one) == code]
            tabs += f"<li><a data-toggle=tab href='#{code}'>{PROVINCES[code]} ({len(some)})</a>"
            shown = [] if self.poll == 2 and code == "NW" else some
            panels += f"<div class=tab-pane id={code}>{listed(shown, (NUMBER, NAME, PLACE, STATUS, BUDGET, END))}</div>"
        page = html(f"<ul class='nav nav-tabs'>{tabs}</ul><div class=tab-content>{panels}</div>")
        return page[: len(page) * 2 // 3] if self.poll == 3 else page


@system
class YearSelect(System):
    """A form of years: the newest is shown, the others are what was said then, of the same projects and of some that
    are finished. A year is added."""

    fields = ("name", "place", "status", "budget", "spent")
    before = world(24, ("EC124", "EC121"), 206, "YS{}")
    first = later(before, 24, 2_000_000, drop=(20, 21))
    two = after(first, {3: {"status": "Completed"}})
    three = later(two, 4, 1_500_000, new=world(2, ("EC121",), 6, "YT{}"))
    worlds: ClassVar = [first, two, three]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html("<a href='list.aspx'>Project list</a>")
        if ask.path != "/pmd/list.aspx":
            return 404, {}, html("no")
        years = (
            {"2023/24": self.before, "2024/25": self.now}
            if self.poll < 2
            else {"2023/24": self.before, "2024/25": self.two, "2025/26": self.now}
        )
        year = ask.query.get("fy") or list(years)[-1]
        options = "".join(
            f"<option{' selected' * (each == year)}>{each}</option>" for each in reversed(years)
        )
        return html(f"<form method=get action='list.aspx'><label>Financial year <select name=fy onchange='this.form.submit()'>{options}</select></label></form>"
                    f"<h2>Projects {year}</h2>" + listed(years.get(year, ()), (NUMBER, NAME, PLACE, STATUS, BUDGET, SPENT)))  # fmt: skip


@system
class LoginWall(System):
    """Lists by municipality; at one poll a page asks for a login in the place of one list, at the next every page is
    sent on to it."""

    fields = ("name", "place", "status", "budget")
    places = ("FS184", "WC048", "MP324")
    first = world(27, places, 207, "LW{}")
    two = after(first, {0: {"budget": 3_210_000}})
    three = two
    four = after(two, {1: {"status": "Completed"}}, drop=(6,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)
    login = html("<h1>Sign in</h1><form method=post action='/pmd/login'><input name=user><input type=password name=pass><input type=submit value='Log in'></form>", "Login")  # fmt: skip

    def answer(self, ask: Ask) -> Answer:
        if ask.path == "/pmd/login":
            return self.login
        if self.poll == 2:
            return 302, {"Location": "/pmd/login?ReturnUrl=" + ask.path}, ""
        if ask.path == ENTRY:
            return html(
                "<ul>"
                + "".join(f"<li><a href='list?m={code}'>{PLACES[code]}</a>" for code in self.places)
                + "</ul>"
            )
        if ask.path != "/pmd/list":
            return 404, {}, html("no")
        code = ask.query["m"]
        if self.poll == 1 and code == "WC048":
            return self.login
        return html(
            f"<h1>Projects in {PLACES[code]}</h1>"
            + listed([one for one in self.now if one.place == code], (NUMBER, NAME, PLACE, STATUS, BUDGET))
        )


@system
class Redesigned(System):
    """Tables by municipality; then cards at other addresses, and amounts in millions."""

    fields = ("name", "place", "status", "budget")
    places = ("NW373", "KZN238")
    first = world(26, places, 208, "RD{}")
    two = after(first, {1: {"status": "Completed"}})
    three = two
    four = after(three, {2: {"budget": 12_345_000}}, drop=(9,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if self.poll < 2:
            if ask.path == ENTRY:
                return html(
                    "".join(f"<a href='list.aspx?m={code}'>{PLACES[code]}</a><br>" for code in self.places)
                )
            some = [one for one in self.now if one.place == ask.query.get("m")]
            return (
                html(listed(some, (NUMBER, NAME, PLACE, STATUS, BUDGET))) if some else (404, {}, html("no"))
            )
        if ask.path == ENTRY:
            return html(
                "<nav>"
                + "".join(
                    f"<a href='municipality/{slug(PLACES[code])}'>{PLACES[code]}</a>" for code in self.places
                )
                + "</nav>"
            )
        for code in self.places:
            if ask.path == f"/pmd/municipality/{slug(PLACES[code])}":
                return html(f"<h1>{PLACES[code]}</h1>" + "".join(
                    f"<article class=card><h3>{one.name}</h3><dl><dt>Project number</dt><dd>{one.number}</dd><dt>Municipality</dt><dd>{place(one)}</dd><dt>Status</dt><dd>{one.status}</dd><dt>Budget</dt><dd>R {one.budget / 1e6:.3f} million</dd></dl></article>"
                    for one in self.now if one.place == code))  # fmt: skip
        return 404, {}, html("no")


@system
class TokenDetails(System):
    """Names in a list; the rest behind a link whose token is another each time, in sections that open. One project's
    page shows another project, once; one says that it is not available, once."""

    fields = ("name", "place", "status", "budget", "spent", "end")
    settings: ClassVar = {"ROTATION_RUNS": 1}
    first = world(14, ("LIM333", "NC062"), 209, "TK{}")
    two = after(first, {2: {"budget": 2_345_000}})
    three = after(two, {4: {"status": "On hold"}})
    four = after(three, {5: {"end": date(2027, 7, 7)}, 6: {"name": "Qumbu Reservoir Upgrade"}})
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            rows = [
                [
                    one.number,
                    f"<a href='project.aspx?enc={hex(int(one.number[2:]) * 65537 + self.poll * 31 + 7)}'>{one.name}</a>",
                    place(one),
                ]
                for one in self.now
            ]
            return html(grid(["Project No", "Project Name", "Municipality"], rows))
        if ask.path != "/pmd/project.aspx":
            return 404, {}, html("no")
        number = (int(ask.query["enc"], 16) - 7) // 65537
        at = next(n for n, one in enumerate(self.now) if int(one.number[2:]) == number)
        if self.poll == 1 and at == 7:
            at = 8
        if self.poll == 2 and at == 3:
            return html(
                "<h2>Project details</h2><p>The details of this project are not available at the moment.</p>"
            )
        one = self.now[at]

        def part(title: str, rows: list[tuple[str, str]]) -> str:
            lines = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in rows)
            return f"<div class=panel><h4><a data-toggle=collapse href='#{title[:3]}'>{title}</a></h4><div class='collapse' id='{title[:3]}'><table>{lines}</table></div></div>"

        return html(f"<h2>{one.name}</h2>" + part("General", [("Project No", one.number), ("Municipality", place(one)), ("Status", one.status)])
                    + part("Financial", [("Total Budget", rand(one.budget)), ("Expenditure to Date", rand(one.spent))])
                    + part("Timeline", [("Completion Date", f"{one.end:%d %B %Y}")]))  # fmt: skip


@system
class OtherWords(System):
    """States get other words, and dates other forms; a state changes beside that."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(40, ("EC121", "WC048"), 210, "OW{}")
    two = after(first, {0: {"budget": 9_990_000}})
    three = after(two, {1: {"status": "Completed"}, 2: {"status": "Tender"}})
    four = after(three, {3: {"end": date(2028, 5, 6)}})
    worlds: ClassVar = [first, two, three, four]
    words: ClassVar = {
        "Design": "In design",
        "Tender": "Out on tender",
        "Construction": "Under construction",
        "Completed": "Complete",
    }

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        status = STATUS if self.poll < 1 else ("Status", lambda one: self.words.get(one.status, one.status))
        end = (
            END
            if self.poll < 2
            else (
                "Completion Date",
                lambda one: f"{one.end:%m/%d/%Y}" if self.poll == 2 else f"{one.end:%Y-%m-%d}",
            )
        )
        return html(listed(self.now, (NUMBER, NAME, PLACE, status, BUDGET, end)))


@system
class SwappedHeads(System):
    """Headings of two columns change places by mistake, and back; then the columns do, with their headings."""

    first = world(31, ("MP324", "FS184"), 211, "SH{}")
    two = first
    three = after(first, {0: {"budget": 9_990_000}})
    four = after(three, {1: {"spent": 10_000}}, drop=(4,))
    worlds: ClassVar = [first, two, three, four]
    bad = (1,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html("<a href='projects?a=one'>North</a> <a href='projects?a=two'>South</a>")
        if ask.path != "/pmd/projects":
            return 404, {}, html("no")
        some = [one for one in self.now if (one.place == "MP324") == (ask.query["a"] == "one")]
        columns: Sequence[Column] = ALL
        if self.poll == 1 and ask.query["a"] == "two":
            columns = (*ALL[:4], ("Expenditure", BUDGET[1]), ("Budget", SPENT[1]), END, FIRM)
        if self.poll == 3:
            columns = (*ALL[:4], SPENT, BUDGET, FIRM, END)
        return html(listed(some, columns))


@system
class Languages(System):
    """Each list in English and in Afrikaans, by a link; amounts and states in the manner of each."""

    fields = ("name", "status", "budget", "end")
    words: ClassVar = {
        "Design": "Ontwerp",
        "Tender": "Tender",
        "Construction": "Konstruksie",
        "Completed": "Voltooi",
    }
    months = (
        "Januarie",
        "Februarie",
        "Maart",
        "April",
        "Mei",
        "Junie",
        "Julie",
        "Augustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    )
    first = world(26, ("WC048", "NC062"), 212, "LG{}")
    two = after(first, {3: {"budget": 6_543_000}})
    three = after(two, {4: {"status": "Completed"}, 5: {"end": date(2027, 5, 31)}}, drop=(8,))
    worlds: ClassVar = [first, two, three]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "".join(f"<a href='list?m={code}'>{PLACES[code]}</a> " for code in ("WC048", "NC062"))
            )
        if ask.path != "/pmd/list":
            return 404, {}, html("no")
        code, is_other = ask.query["m"], ask.query.get("lang") == "af"
        some = [one for one in self.now if one.place == code]
        link = f"<a href='list?m={code}&amp;lang={'en' if is_other else 'af'}'>{'English' if is_other else 'Afrikaans'}</a><h1>{PLACES[code]} ({code})</h1>"
        if not is_other:
            return html(link + listed(some, (NUMBER, NAME, STATUS, BUDGET, END)))
        columns: Sequence[Column] = (
            ("Projeknommer", NUMBER[1]), ("Projeknaam", NAME[1]), ("Status", lambda one: self.words[one.status]),
            ("Begroting", lambda one: f"R{one.budget:,}".replace(",", ".") + ",00"), ("Voltooiingsdatum", lambda one: f"{one.end.day} {self.months[one.end.month - 1]} {one.end.year}"),
        )  # fmt: skip
        return html(link + listed(some, columns))
