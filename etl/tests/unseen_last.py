"""Six sites more, of kinds that none before them has: jump menus, cascades, views that open, headers that lead on."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json
from datetime import date
from typing import ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, P, System, after, world
from etl.tests.unseen_sites import PLACES, PROVINCES, grid, html, place, province, rand, system


@system
class JumpMenu(System):
    """A menu whose options are addresses: choosing one goes there."""

    places = ("FS184", "WC048", "KZN272")
    fields = ("name", "place", "status", "budget", "end")
    first = world(27, places, 41, "JM{}")
    two = after(first, {3: {"budget": 4_321_000}})
    three = after(two, {5: {"name": "Tsolo Rising Main Phase 3", "status": "On hold"}})
    four = after(three, {8: {"end": date(2028, 10, 31)}}, drop=(9,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        options = "".join(
            f"<option value='muni_{code.lower()}.html'>{PLACES[code]}</option>" for code in self.places
        )
        menu = f"<select id='jump' onchange='if (this.value) window.location = this.value'><option value=''>-- Go to --</option>{options}</select>"
        if ask.path == ENTRY:
            return html(f"<h1>Projects per municipality</h1>{menu}")
        for code in self.places:
            if ask.path == f"/pmd/muni_{code.lower()}.html":
                rows = [
                    [one.number, one.name, place(one), one.status, rand(one.budget), f"{one.end:%d/%m/%Y}"]
                    for one in self.now
                    if one.place == code
                ]
                return html(
                    menu
                    + grid(
                        ["Project No", "Project Name", "Municipality", "Status", "Budget", "Completion Date"],
                        rows,
                    )
                )
        return 404, {}, html("no")


@system
class Cascade(System):
    """WebForms: a province first, then a municipality of it, then a button; nothing is shown before."""

    fields = ("name", "place", "status", "budget", "spent")
    first = world(30, ("EC124", "EC121", "NC062"), 42, "CS-{}")
    two = after(first, {4: {"spent": 321_000}})
    three = two
    four = after(two, {6: {"status": "Cancelled"}}, new=world(1, ("NC062",), 4, "CT-{}"))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        chosen, code = ask.form.get("ddlProvince", ""), ask.form.get("ddlMunicipality", "")
        is_asked = "btnShow" in ask.form and code.startswith(chosen or "?")
        codes = sorted({one.place for one in self.now if chosen and province(one) == chosen})
        code = code if code in codes else ""
        provinces = "".join(
            f"<option value='{each}'{' selected' * (each == chosen)}>{PROVINCES.get(each, 'Select a province')}</option>"
            for each in ("", "EC", "NC")
        )
        municipalities = "".join(
            f"<option value='{each}'{' selected' * (each == code)}>{PLACES.get(each, 'Select a municipality')}</option>"
            for each in ("", *codes)
        )
        form = (f"<input type=hidden name=__VIEWSTATE value='{chosen}.{code}'><select name=ddlProvince onchange=\"__doPostBack('ddlProvince','')\">{provinces}</select>"
                f"<select name=ddlMunicipality>{municipalities}</select><input type=submit name=btnShow value='Show projects'>")  # fmt: skip
        table = ""
        if is_asked and code:
            rows = [
                [one.number, one.name, place(one), one.status, rand(one.budget), rand(one.spent)]
                for one in self.now
                if one.place == code
            ]
            table = (
                "<p>The database is busy, please try again.</p>"
                if self.poll == 2 and code == "EC121"
                else grid(
                    ["Project No", "Project Name", "Municipality", "Stage", "Budget", "Expenditure"], rows
                )
            )
        return html(f"<form method=post action='level.aspx'>{form}{table}</form>")


@system
class OpenedViews(System):
    """Lotus Domino: a categorised view whose categories are closed, each opened by `Expand=n`."""

    places = ("LIM331", "LIM332", "NW373")
    fields = ("name", "status", "budget")
    first = world(25, places, 43, "DM{}")
    two = after(first, {0: {"budget": 1_111_000}})
    three = after(two, {2: {"status": "Completed"}})
    four = after(three, {1: {"budget": 2_222_000}}, drop=(11,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html("<a href='pmd.nsf/ByMunicipality?OpenView'>Projects by municipality</a>")
        if ask.path != "/pmd/pmd.nsf/ByMunicipality":
            return 404, {}, html("no")
        opened = int(ask.query.get("Expand") or 0)
        rows = ""
        for at, code in enumerate(self.places, 1):
            way = f"Collapse={at}" if at == opened else f"Expand={at}"
            rows += f"<tr><td colspan=4><a href='/pmd/pmd.nsf/ByMunicipality?OpenView&amp;Start=1&amp;Count=100&amp;{way}#{at}'><img src='/icons/{way[:2].lower()}.gif' alt='{'Hide' if at == opened else 'Show'} details for {PLACES[code]} [{code}]'></a> <b>{PLACES[code]} [{code}]</b></td></tr>"
            if at == opened:
                rows += "".join(
                    f"<tr><td>{one.number}</td><td>{one.name}</td><td>{one.status}</td><td>{rand(one.budget)}</td></tr>"
                    for one in self.now
                    if one.place == code
                )
        return html(
            f"<table><tr><th>Project No</th><th>Project Name</th><th>Status</th><th>Budget</th></tr>{rows}</table>"
        )


@system
class LinkHeader(System):
    """A REST answer that is a bare array; the next part stands in the `Link` header."""

    first = world(38, ("MP324", "EC121"), 44, "LH{}")
    two = after(first, {30: {"budget": 15_000_000}})
    three = after(two, {31: {"firm": "Stefanutti"}})
    four = after(three, {2: {"end": date(2026, 12, 1)}}, drop=(35,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<main id=root></main><script>fetch('/pmd/api/projects?per_page=20').then(draw)</script>"
            )
        if ask.path != "/pmd/api/projects":
            return 404, {}, "{}"
        at = int(ask.query.get("page") or 1)
        rows = [{"project_no": one.number, "project_name": one.name, "municipality": place(one), "status": one.status, "budget": one.budget, "expenditure": one.spent, "completion_date": f"{one.end}", "contractor": one.firm}
                for one in self.now[(at - 1) * 20 : at * 20]]  # fmt: skip
        more = (
            {
                "Link": f'</pmd/api/projects?per_page=20&page={at + 1}>; rel="next", </pmd/api/projects?per_page=20&page=2>; rel="last"'
            }
            if at * 20 < len(self.now)
            else {}
        )
        return 200, {"Content-Type": "application/json", **more}, json.dumps(rows)


@system
class NumberedApi(System):
    """JSON:API: `links.next` within, attributes one level down, and a script that joins its address by a template."""

    first = world(33, ("NC062", "KZN238"), 45, "JA{}")
    two = after(first, {25: {"spent": 9_000}})
    three = after(two, {26: {"status": "Cancelled"}})
    four = after(three, {0: {"budget": 3_000_000}})
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<div id=app></div><script>const API = '/pmd/jsonapi'; const list = `${API}/projects`; fetch(list).then(r => r.json()).then(show);</script>"
            )
        if ask.path != "/pmd/jsonapi/projects":
            return 404, {}, "{}"
        at = int(ask.query.get("page[number]") or 1)
        data = [{"type": "project", "id": str(n), "attributes": {"projectNo": one.number, "projectName": one.name, "municipality": place(one), "status": one.status, "budget": one.budget, "expenditure": one.spent, "completionDate": f"{one.end}", "contractor": one.firm}}
                for n, one in enumerate(self.now[(at - 1) * 15 : at * 15], (at - 1) * 15)]  # fmt: skip
        links = {"self": f"/pmd/jsonapi/projects?page[number]={at}"}
        if at * 15 < len(self.now):
            links["next"] = f"/pmd/jsonapi/projects?page%5Bnumber%5D={at + 1}"
        return 200, {"Content-Type": "application/vnd.api+json"}, json.dumps({"links": links, "data": data})


@system
class WordSearch(System):
    """A search by words alone: empty, it lists everything, twelve a page by a form's own numbered buttons."""

    fields = ("name", "place", "status", "budget")
    first = world(29, ("LIM333", "FS184"), 46, "WS{}")
    two = after(first, {20: {"budget": 8_080_000}})
    three = after(two, {21: {"status": "Completed"}})
    four = after(three, {22: {"name": "Zaaihoek Pump Station Upgrade"}}, drop=(28,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        form = "<form method=get action='find.aspx'><label>Project name <input type=text name=name></label><input type=submit value='Find projects'></form>"
        if ask.path == ENTRY:
            return html(f"<h1>Find a project</h1>{form}<p>Leave the box empty to list all projects.</p>")
        if ask.path != "/pmd/find.aspx":
            return 404, {}, html("no")
        at = int(ask.query.get("pg") or 1)
        some = [one for one in self.now if ask.query.get("name", "").lower() in one.name.lower()]
        rows = [
            [one.number, one.name, place(one), one.status, rand(one.budget)]
            for one in some[(at - 1) * 12 : at * 12]
        ]
        buttons = "".join(
            f"<button name=pg value={n}>{n}</button>" for n in range(1, -(-len(some) // 12) + 1)
        )
        return html(
            form
            + grid(["Project No", "Project Name", "Municipality", "Status", "Budget"], rows)
            + f"<form method=get action='find.aspx'><input type=hidden name=name value='{ask.query.get('name', '')}'>{buttons}</form>"
        )


@system
class ChoiceStays(System):
    """A stage that is chosen on one page stays chosen on all others, for as long as the session lasts."""

    places = ("LIM331", "MP324")
    fields = ("name", "place", "status", "budget")
    first = world(28, places, 47, "ST{}")
    two = after(first, {2: {"budget": 6_060_000}})
    three = after(two, {3: {"budget": 7_070_000}})
    four = after(three, {5: {"budget": 8_080_000}}, drop=(6,))
    worlds: ClassVar = [first, two, three, four]
    STAGES: ClassVar = ("Construction", "Completed", "Design", "Tender")

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, str] = {}

    def answer(self, ask: Ask) -> Answer:
        name = ask.cookies.get("sid") or f"s{len(self.sessions)}"
        if "stage" in ask.form:
            self.sessions[name] = ask.form["stage"]
        stage = self.sessions.setdefault(name, "")
        page = ask.path.rpartition("/")[2]
        if page == "level.aspx":
            chosen = stage or self.STAGES[0]
            options = "".join(
                f"<option{' selected' * (each == chosen)}>{each}</option>" for each in self.STAGES
            )
            form = f"<form method=post action='level.aspx'><input type=hidden name=__VIEWSTATE value=v><select name=stage onchange=\"__doPostBack('stage','')\">{options}</select></form>"
            links = "".join(
                f"<a href='list.aspx?m={code}'>Projects in {PLACES[code]}</a> " for code in self.places
            )
            body = form + links + self.table([one for one in self.now if one.status == chosen][:6])
        elif page == "list.aspx" and ask.query.get("m") in self.places:
            body = self.table(
                [one for one in self.now if one.place == ask.query["m"] and stage in ("", one.status)]
            )
        else:
            return 404, {}, html("no")
        return 200, {"Set-Cookie": f"sid={name}; path=/"}, html(body)

    def table(self, some: list[P]) -> str:
        heads = ["Project No", "Project Name", "Municipality", "Stage", "Budget"]
        return grid(heads, [[one.number, one.name, place(one), one.status, rand(one.budget)] for one in some])


@system
class OldLayout(System):
    """A site of 1999: tables for layout, cells that are clicked, bracketed numbers of pages, capital tags."""

    places = ("EC124", "KZN238", "NW373")
    fields = ("name", "place", "status", "budget", "spent")
    first = world(39, places, 48, "OL{}")
    two = after(first, {30: {"budget": 4_040_000}})
    three = after(two, {31: {"status": "On hold"}})
    four = after(three, {32: {"spent": 77_000}}, drop=(33,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        cells = "".join(
            f"<TR><TD onclick=\"window.location='list.pl?area={code}'\"><FONT SIZE=2><A HREF='list.pl?area={code}'>{PLACES[code]}</A></FONT></TD></TR>"
            for code in self.places
        )
        body = "<FONT>Choose an area.</FONT>"
        code = ask.query.get("area", "")
        if ask.path == "/pmd/list.pl" and code in self.places:
            body = self.list(code, int(ask.query.get("start") or 0))
        elif ask.path != ENTRY:
            return 404, {}, html("no")
        return f"<HTML><BODY BGCOLOR=#FFFFFF><TABLE WIDTH=100%><TR><TD COLSPAN=2><B>Water Projects</B></TD></TR><TR><TD VALIGN=top><TABLE>{cells}</TABLE></TD><TD>{body}</TD></TR></TABLE></BODY></HTML>"

    def list(self, code: str, start: int) -> str:
        some = [one for one in self.now if one.place == code]
        heads = "".join(
            f"<TD><B>{text}</B></TD>"
            for text in ("Number", "Project Name", "Municipality", "Phase", "Budget", "Spent")
        )
        rows = "".join(
            f"<TR><TD>{one.number}<TD>{one.name}<TD>{place(one)}<TD>{one.status}<TD ALIGN=right>{rand(one.budget)}<TD ALIGN=right>{rand(one.spent)}"
            for one in some[start : start + 5]
        )
        pages = " ".join(
            f"[<A HREF='list.pl?area={code}&start={at}'>{at // 5 + 1}</A>]"
            if at != start
            else f"[{at // 5 + 1}]"
            for at in range(0, len(some), 5)
        )
        return f"<TABLE BORDER=1><TR BGCOLOR=#CCCCCC>{heads}</TR>{rows}</TABLE><P ALIGN=center>{pages}</P>"
