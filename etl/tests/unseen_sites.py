"""Seven sites in the manner of as many makers, and what changes on them from poll to poll."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import base64
import json
from datetime import date
from html import escape
from typing import ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, P, System, World, after, world

SYSTEMS: dict[str, type[System]] = {}
PLACES = {
    "LIM331": "Greater Giyani", "LIM332": "Greater Letaba", "LIM333": "Greater Tzaneen", "EC124": "Amahlathi",
    "EC121": "Mbhashe", "KZN238": "Alfred Duma", "KZN272": "Jozini", "NW373": "Rustenburg", "WC048": "Knysna",
    "MP324": "Nkomazi", "NC062": "Nama Khoi", "FS184": "Matjhabeng",
}  # fmt: skip
PROVINCES = {"LIM": "Limpopo", "EC": "Eastern Cape", "KZN": "KwaZulu-Natal", "NW": "North West", "WC": "Western Cape",
             "MP": "Mpumalanga", "NC": "Northern Cape", "FS": "Free State"}  # fmt: skip


def system(cls: type[System]) -> type[System]:
    SYSTEMS[cls.__name__] = cls
    return cls


def province(one: P) -> str:
    return one.place.rstrip("0123456789")


def place(one: P) -> str:
    return f"{PLACES[one.place]} [{one.place}]"


def rand(amount: int, gap: str = " ") -> str:
    return f"R{gap if gap == ' ' else ''}{amount:,}".replace(",", gap)


def grid(heads: list[str], rows: list[list[str]], attributes: str = "") -> str:
    head = "".join(f"<th>{text}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>" for cells in rows)
    return f"<table {attributes}><tr>{head}</tr>{body}</table>"


def html(body: str, title: str = "Water projects", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


@system
class PostedProvinces(System):
    """WebForms: a province is chosen by a postback, ten rows a page by `Page$n`; the view state holds both.

    Page size ten, then fifteen; the last list is sorted by budget."""

    places = ("EC124", "EC121", "LIM331", "KZN272")
    first = world(34, places, 11)
    two = after(
        first,
        {3: {"budget": first[3].budget + 1_500_000}, 9: {"status": "Cancelled"}},
        new=world(1, ("LIM331",), 77, "WP9{:04}"),
    )
    three = after(two, {20: {"end": date(2029, 3, 31)}})
    four = after(three, {0: {"spent": three[0].spent + 20_000}}, drop=(12,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("Not here")
        state = base64.b64decode(ask.form.get("__VIEWSTATE", "")).decode() or "EC|1"
        chosen, at = state.split("|")
        target, argument = ask.form.get("__EVENTTARGET", ""), ask.form.get("__EVENTARGUMENT", "")
        if ask.method == "POST" and not ask.form.get("__EVENTVALIDATION", "").endswith(state):
            return (
                500,
                {},
                html(
                    "<h1>Server Error in '/pmd' Application.</h1><h2><i>Invalid postback or callback argument.</i></h2>"
                ),
            )
        if target == "ctl00$Main$ddlProvince":
            chosen, at = ask.form["ctl00$Main$ddlProvince"], "1"
        elif argument.startswith("Page$"):
            at = argument[5:]
        return self.show(chosen, int(at))

    def show(self, chosen: str, at: int) -> str:
        size = 10 if self.poll < 2 else 15
        some = [one for one in self.now if province(one) == chosen]
        if self.poll == 3:
            some.sort(key=lambda one: -one.budget)
        pages = -(-len(some) // size)
        rows = [[one.number, one.name, place(one), one.status, rand(one.budget), rand(one.spent), f"{one.end:%d %b %Y}", one.firm]
                for one in some[(at - 1) * size : at * size]]  # fmt: skip
        cells = "".join(
            f"<td><span>{n}</span></td>"
            if n == at
            else f"<td><a href=\"javascript:__doPostBack('ctl00$Main$gv','Page${n}')\">{n}</a></td>"
            for n in range(1, pages + 1)
        )
        table = grid(
            [
                "Project No",
                "Project Name",
                "Municipality",
                "Stage",
                "Approved Budget",
                "Expenditure to date",
                "Completion Date",
                "Contractor",
            ],
            rows,
            "id='ctl00_Main_gv'",
        )
        pager = (
            f'<tr class="pgr"><td colspan="8"><table><tr>{cells}</tr></table></td></tr></table>'
            if pages > 1
            else "</table>"
        )
        options = "".join(
            f"<option value='{code}'{' selected' * (code == chosen)}>{PROVINCES[code]}</option>"
            for code in ("EC", "KZN", "LIM")
        )
        state = f"{chosen}|{at}"
        hidden = {
            "__EVENTTARGET": "",
            "__EVENTARGUMENT": "",
            "__LASTFOCUS": "",
            "__VIEWSTATE": base64.b64encode(state.encode()).decode(),
            "__EVENTVALIDATION": f"v/{state}",
        }
        fields = "".join(
            f"<input type='hidden' name='{name}' value='{value}'>" for name, value in hidden.items()
        )
        select = f"<select name='ctl00$Main$ddlProvince' onchange=\"javascript:setTimeout('__doPostBack(\\'ctl00$Main$ddlProvince\\',\\'\\')', 0)\">{options}</select>"
        return html(
            f"<form method='post' action='./level.aspx' id='aspnetForm'>{fields}<p>Province: {select}</p>{table[:-8]}{pager}</form>"
        )


@system
class TokenApi(System):
    """A page without data; its script fetches JSON with a token a page. Once a page is an error, with 200."""

    first = world(41, ("NW373", "MP324", "WC048"), 12, "RB-{}")
    two = after(
        first,
        {
            5: {"budget": first[5].budget + 9_000_000, "spent": first[5].spent + 1},
            6: {"name": "Xonxa Bulk Pipeline Phase 2"},
        },
    )
    three = two
    four = after(two, {30: {"status": "On hold"}}, drop=(8,), new=world(2, ("NW373",), 5, "RC-{}"))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)
    SCRIPT = """async function load(token){const r = await fetch('/pmd/api/v2/projects?size=15' + (token ? '&pageToken=' + token : ''));
      const page = await r.json(); draw(page.items); if(page.nextPageToken) load(page.nextPageToken);} load('');"""

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                f"<div id='app'><div class='spinner'>Loading…</div></div><script>{self.SCRIPT}</script>"
            )
        if ask.path != "/pmd/api/v2/projects":
            return 404, {}, html("no")
        at = int(base64.b64decode(ask.query.get("pageToken", "")).decode() or 0)
        kind = {"Content-Type": "application/json"}
        if self.poll == 2 and at == 15:
            return 200, kind, json.dumps({"error": {"code": "E1402", "message": "Object reference not set"}})
        size = int(ask.query.get("size", 15))
        items = [
            {"projectNumber": one.number, "projectName": one.name, "municipality": {"code": one.place, "name": PLACES[one.place]}, "status": one.status,
             "budget": one.budget, "expenditure": one.spent, "completionDate": f"{one.end}T00:00:00", "contractor": one.firm}
            for one in self.now[at : at + size]
        ]  # fmt: skip
        token = base64.b64encode(str(at + size).encode()).decode() if at + size < len(self.now) else None
        return 200, kind, json.dumps({"totalCount": len(self.now), "items": items, "nextPageToken": token})


@system
class Letters(System):
    """An index A–Z by GET; a rename takes a project to another letter. Half a page, once; no counts at all."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(30, ("KZN238", "KZN272", "FS184"), 13, "{}/KN")
    two = after(first, {4: {"name": "Berg River Outfall Upgrade"}, 11: {"budget": 777_000_000}})
    three = two
    four = after(
        two, {2: {"end": date(2030, 1, 31)}, 7: {"status": "Completed"}}, new=world(1, ("FS184",), 3, "{}/FS")
    )
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        letter = ask.query.get("init", "")
        letters = sorted({one.name[0] for one in self.now})
        index = " | ".join(
            f"<a href='?init={chr(n)}#list'>{chr(n)}</a>"
            if chr(n) in letters
            else f"<span class=off>{chr(n)}</span>"
            for n in range(65, 91)
        )
        rows = [[one.name, one.number, place(one), one.status.upper(), f"{one.budget / 1e6:.3f}", f"{one.end:%Y/%m/%d}"]
                for one in sorted(self.now, key=lambda one: one.name) if letter and one.name.startswith(letter)]  # fmt: skip
        table = (
            grid(
                [
                    "Project",
                    "Project number",
                    "Municipality",
                    "Status",
                    "Total cost (R million)",
                    "Planned completion",
                ],
                rows,
                "class=list",
            )
            if letter
            else "<p>Choose a letter.</p>"
        )
        page = html(
            f"<h1>Register of projects</h1><div class=az>{index}</div><a name=list></a>{table}<div id=foot>Department of Water and Sanitation</div>"
        )
        busiest = max(letters, key=lambda each: sum(one.name[0] == each for one in two_of(self)))
        if self.poll == 2 and letter == busiest:
            return 200, {}, page[: page.index("class=list") + len(table) // 2]
        return page


def two_of(system: System) -> World:
    return system.worlds[1]


@system
class Frames(System):
    """A frameset behind a meta refresh; the menu's links open in the other frame, from a base of their own.

    One frame is under maintenance once; a column is inserted and two are exchanged."""

    places = ("MP324", "LIM333", "NC062")
    fields = ("name", "place", "status", "budget", "firm")
    first = world(27, places, 14, "P{}")
    two = after(first, {1: {"firm": "Group Five Civil"}, 2: {"budget": first[2].budget - 400_000}})
    three = two
    four = after(two, {10: {"status": "Completed"}, 13: {"budget": 5_000_000}})
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return "<html><head><meta http-equiv='Refresh' content='0; URL=main/default.htm'></head><body></body></html>"
        if ask.path == "/pmd/main/default.htm":
            return "<html><head><title>PMD</title></head><frameset cols='200,*'><frame name=nav src='nav.asp'><frame name=body src='welcome.asp'><noframes>Your browser has no frames.</noframes></frameset></html>"
        if ask.path == "/pmd/main/nav.asp":
            links = "".join(
                f"<li><a target=body href='show.asp?mun={code}'>{PLACES[code]}</a>" for code in self.places
            )
            return f"<html><head><base href='../lists/'></head><body><ul>{links}</ul></body></html>"
        if ask.path == "/pmd/main/welcome.asp":
            return html("<h1>Welcome</h1><p>Choose a municipality on the left.</p>")
        if ask.path == "/pmd/lists/show.asp" and ask.query.get("mun") in self.places:
            return self.show(ask.query["mun"])
        return 404, {}, html("no")

    def show(self, code: str) -> str:
        if self.poll == 2 and code == "LIM333":
            return html(
                "<h2>We will be back soon</h2><table><tr><td>The database is being backed up between 20:00 and 22:00.</td></tr></table>",
                "PMD",
            )
        heads = ["Proj No.", "Description of project", "Current stage", "Budget", "Appointed contractor"]
        rows = [
            [one.number, one.name, one.status, f"R {one.budget:,}.00", one.firm]
            for one in self.now
            if one.place == code
        ]
        if self.poll == 3:
            heads = [*heads[:2], "Ward", *heads[2:]]
            rows = [[*cells[:2], str(at + 3), *cells[2:]] for at, cells in enumerate(rows)]
        return f"<html><head><title>{PLACES[code]}</title></head><body><h3>Municipality: {PLACES[code]} ({code})</h3>{grid(heads, rows, 'border=1')}</body></html>"


@system
class SessionInPath(System):
    """Cookieless ASP.NET: each visit gets another `(S(…))` in its path. Lines with counts and sums, lists of
    each municipality; the heading goes from R'000 to R million with the same rand."""

    places = ("EC124", "EC121", "KZN238", "NC062")
    fields = ("name", "place", "status", "budget", "spent", "end")
    first = world(38, places, 15, "WSIG-{}")
    two = after(first, {6: {"budget": first[6].budget + 3_000_000}, 7: {"end": date(2028, 2, 29)}})
    three = after(two, {14: {"status": "Construction"}})
    four = after(three, {21: {"place": "EC124", "name": "Nama Khoi Transfer Scheme"}}, drop=(3,))
    worlds: ClassVar = [first, two, three, four]

    def __init__(self) -> None:
        super().__init__()
        self.sessions = 0

    def answer(self, ask: Ask) -> Answer:
        head, found, rest = ask.path.partition("/(S(")
        if not found:
            if ask.path != ENTRY:
                return 404, {}, html("no")
            self.sessions += 1
            return 302, {"Location": f"/pmd/(S(z{self.sessions:04}qk{self.poll}))/level.aspx"}, "moved"
        session, _, page = rest.partition("))/")
        base = f"{head}/(S({session}))"
        if page == "level.aspx":
            return html("<ul>" + "".join(self.line(code, base) for code in self.places) + "</ul>")
        if page == "projects.aspx" and ask.query.get("id") in self.places:
            return self.show(ask.query["id"], base)
        return 404, {}, html("no")

    def line(self, code: str, base: str) -> str:
        some = [one for one in self.now if one.place == code]
        return f"<li><a href='{base}/projects.aspx?id={code}'>{PLACES[code]} - [{code}]</a> {len(some)} Projects with a Total value: R{sum(one.budget for one in some):,}.00</li>"

    def show(self, code: str, base: str) -> str:
        unit, scale = ("R'000", 1000) if self.poll < 2 else ("R million", 1_000_000)

        def money(amount: int) -> str:
            return f"{amount // scale:,}" if scale == 1000 else f"{amount / scale:.3f}"

        rows = [
            [one.number, one.name, one.status, money(one.budget), money(one.spent), f"{one.end:%d/%m/%Y}"]
            for one in self.now
            if one.place == code
        ]
        heads = [
            "Project ID",
            "Project Title",
            "Project Status",
            f"Budget ({unit})",
            f"Spent ({unit})",
            "Expected Completion",
        ]
        return html(
            f"<a href='{base}/level.aspx'>Back</a><h2>{PLACES[code]} - [{code}]</h2>{grid(heads, rows)}"
        )


@system
class SearchForm(System):
    """Nothing is listed until an empty search is submitted; the server remembers the last visitor's stage."""

    fields = ("name", "place", "status", "budget", "spent")
    first = world(26, ("WC048", "NC062"), 16, "PRJ{}")
    two = after(first, {0: {"budget": 12_345_000}}, new=world(1, ("WC048",), 8, "PRK{}"))
    three = two
    four = after(two, {4: {"spent": 9_999_000}, 5: {"name": "Riemvasmaak Solar Boreholes"}}, drop=(9,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        remembered = "Construction" if self.poll == 2 else ""
        if ask.path == ENTRY:
            return html(self.form("", remembered) + "<p>Enter your search criteria and press Search.</p>")
        if ask.path == "/pmd/results.php":
            stage = ask.query.get("stage") or remembered
            return self.results(ask.query.get("q", ""), stage, int(ask.query.get("start") or 0))
        return 404, {}, html("no")

    def form(self, words: str, stage: str) -> str:
        options = "".join(
            f"<option{' selected' * (each == stage)} value='{each}'>{each or 'All stages'}</option>"
            for each in ("", "Design", "Tender", "Construction", "Completed")
        )
        return f"<form action='results.php' method='get'><input type='text' name='q' value='{escape(words)}'><select name='stage'>{options}</select><input type='submit' value='Search'></form>"

    def results(self, words: str, stage: str, start: int) -> str:
        some = [one for one in self.now if words.lower() in one.name.lower() and stage in ("", one.status)]
        rows = [
            [
                str(start + at + 1),
                one.number,
                one.name,
                place(one),
                one.status,
                rand(one.budget, ","),
                rand(one.spent, ","),
            ]
            for at, one in enumerate(some[start : start + 8])
        ]
        links = "".join(
            f"<a href='results.php?q={words}&amp;stage={stage}&amp;start={n}'>{n // 8 + 1}</a> "
            if n != start
            else f"<b>{n // 8 + 1}</b> "
            for n in range(0, len(some), 8)
        )
        said = f"<p>Results {start + 1} - {min(start + 8, len(some))} of {len(some)}</p>"
        return html(
            self.form(words, stage)
            + said
            + grid(["#", "Ref", "Project name", "Local municipality", "Phase", "Budget", "Expenditure"], rows)
            + f"<div class=nav>{links}</div>"
        )


@system
class ServerSideTable(System):
    """DataTables with `serverSide`: draw, start, length. An order that is not stable gives rows twice, once."""

    first = world(50, ("FS184", "NW373", "KZN238"), 17, "{:06}")
    two = after(first, {9: {"end": date(2027, 12, 15)}, 33: {"budget": 1_000_000, "spent": 0}})
    three = after(two, {2: {"firm": "Sanyati"}})
    four = after(three, {41: {"status": "Cancelled"}}, drop=(17,))
    worlds: ClassVar = [first, two, three, four]
    SCRIPT = (
        "$(function(){ $('#projects').DataTable({processing: true, serverSide: true, pageLength: 20, ajax: {url: 'Grid.ashx', type: 'GET'}, columns: ["
        + ", ".join(
            f"{{data: '{name}'}}"
            for name in (
                "No",
                "Name",
                "Municipality",
                "Status",
                "Budget",
                "Expenditure",
                "CompletionDate",
                "Contractor",
            )
        )
        + "]}); });"
    )

    def answer(self, ask: Ask) -> Answer:
        heads = [
            "No",
            "Name",
            "Municipality",
            "Status",
            "Budget (R)",
            "Expenditure (R)",
            "Completion date",
            "Contractor",
        ]
        if ask.path == ENTRY:
            return html(
                f"<table id='projects'><thead><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr></thead><tbody></tbody></table><script>{self.SCRIPT}</script>"
            )
        if ask.path != "/pmd/Grid.ashx":
            return 404, {}, html("no")
        start, length = int(ask.query.get("start", 0)), int(ask.query.get("length", 10))
        some = list(self.now)
        if self.poll == 2 and start:
            some[19], some[20] = some[20], some[19]  # the second page begins with the first page's last row
        some = some[start : start + length] if length > 0 else some
        data = [{"No": one.number, "Name": one.name, "Municipality": place(one), "Status": one.status, "Budget": f"{one.budget:,}", "Expenditure": f"{one.spent:,}",
                 "CompletionDate": f"{one.end}", "Contractor": one.firm} for one in some]  # fmt: skip
        return (
            200,
            {"Content-Type": "application/json"},
            json.dumps(
                {
                    "draw": int(ask.query.get("draw", 0)),
                    "recordsTotal": len(self.now),
                    "recordsFiltered": len(self.now),
                    "data": data,
                }
            ),
        )
