"""Sites that show what a service, a file or a map gives; lists in two dresses; rows that open."""

# Markup is long, and is no easier to read in pieces
# ruff: noqa: E501

from __future__ import annotations

import json
from datetime import date
from html import escape
from typing import ClassVar

from etl.tests.site_trial import ENTRY, Answer, Ask, P, System, World, after, world
from etl.tests.unseen_bureaus import BUDGET, END, NAME, NUMBER, PLACE, SPENT, STATUS, listed
from etl.tests.unseen_sites import PLACES, grid, html, place, rand, system


def as_json(some: World) -> str:
    """Projects as a service gives them."""
    return json.dumps(
        [
            {
                "ProjectNo": one.number,
                "ProjectName": one.name,
                "Municipality": place(one),
                "Status": one.status,
                "Budget": one.budget,
                "Expenditure": one.spent,
                "CompletionDate": f"{one.end:%Y-%m-%dT00:00:00}",
                "Contractor": one.firm,
            }
            for one in some
        ]
    )


@system
class MapFile(System):
    """A map whose script loads a KML; placemarks describe themselves in a table. The file is cut off once."""

    fields = ("name", "place", "status", "budget")
    first = world(24, ("NC062", "EC124"), 221, "KM{}")
    two = after(first, {3: {"budget": 1_234_000}})
    three = two
    four = after(two, {6: {"status": "Completed"}}, drop=(2,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<div id=map></div><script>var map = new google.maps.Map(document.getElementById('map')); var layer = new google.maps.KmlLayer({url: 'map/projects.kml', map: map});</script>"
            )
        if ask.path != "/pmd/map/projects.kml":
            return 404, {}, html("no")
        marks = "".join(
            f"<Placemark><name>{one.name}</name><description><![CDATA[<table><tr><td>Project No</td><td>{one.number}</td></tr><tr><td>Municipality</td><td>{place(one)}</td></tr><tr><td>Status</td><td>{one.status}</td></tr><tr><td>Budget</td><td>{rand(one.budget)}</td></tr></table>]]></description><Point><coordinates>{24 + at / 10:.3f},{-30 + at / 20:.3f},0</coordinates></Point></Placemark>"
            for at, one in enumerate(self.now)
        )
        text = f"<?xml version='1.0' encoding='UTF-8'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document><name>Projects</name>{marks}</Document></kml>"
        return (
            200,
            {"Content-Type": "application/vnd.google-earth.kml+xml"},
            text[: len(text) // 2] if self.poll == 2 else text,
        )


@system
class MapPopups(System):
    """GeoJSON: each feature has the markup of its popup, and no other property. Empty once, with 200."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(25, ("KZN272", "LIM332"), 222, "GP{}")
    two = after(first, {0: {"budget": 2_222_000}})
    three = two
    four = after(two, {9: {"end": date(2027, 1, 31)}}, drop=(5,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<div id=map></div><script>$.getJSON('data/projects.geojson', function (d) { L.geoJSON(d, {onEachFeature: popup}).addTo(map); });</script>"
            )
        if ask.path != "/pmd/data/projects.geojson":
            return 404, {}, "{}"
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [25 + at / 10, -29 + at / 20]},
                "properties": {
                    "popup": f"<h4>{one.name}</h4><b>Project No:</b> {one.number}<br><b>Municipality:</b> {place(one)}<br><b>Status:</b> {one.status}<br><b>Budget:</b> {rand(one.budget)}<br><b>Completion date:</b> {one.end:%d %b %Y}"
                },
            }
            for at, one in enumerate(self.now)
        ]
        return (
            200,
            {"Content-Type": "application/geo+json"},
            json.dumps({"type": "FeatureCollection", "features": [] if self.poll == 2 else features}),
        )


@system
class ReportFrame(System):
    """A report server in an iframe: page 1 of 3 is shown, the whole is in a CSV. The export fails once, with 200."""

    first = world(36, ("FS184", "NW373"), 223, "RF{}")
    two = after(first, {30: {"budget": 5_555_000}})
    three = two
    four = after(two, {1: {"status": "Completed"}}, drop=(33,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html("<h1>Reports</h1><iframe src='ReportViewer.aspx?/PMD/Projects' width=900></iframe>")
        if not ask.path.startswith("/pmd/Report"):
            return 404, {}, html("no")
        if ask.query.get("rs:Format") == "CSV":
            if self.poll == 2:
                return (
                    200,
                    {"Content-Type": "text/html"},
                    html(
                        "<h1>Reporting Services Error</h1><p>An error has occurred during report processing. (rsProcessingAborted)</p>"
                    ),
                )
            lines = [
                "Project No,Project Name,Municipality,Status,Budget,Expenditure,Completion Date,Contractor"
            ]
            lines += [
                f"{one.number},{one.name},{place(one)},{one.status},{one.budget},{one.spent},{one.end:%Y-%m-%d},{one.firm}"
                for one in self.now
            ]
            return (
                200,
                {"Content-Type": "text/csv", "Content-Disposition": "attachment; filename=Projects.csv"},
                "\ufeff" + "\r\n".join(lines) + "\r\n",
            )
        return html(
            "<div><input value=1 size=3> of 3 <a href='ReportServer?/PMD/Projects&amp;rs:Format=CSV'>CSV (comma delimited)</a></div>"
            + listed(self.now[:14]),
            "Report Viewer",
        )


@system
class FileOfLines(System):
    """A file with semicolons and decimal commas; then with commas and points; then its figures are thousands, without
    a word; then another column is added."""

    fields = ("name", "place", "status", "budget", "spent", "end")
    first = world(30, ("LIM331", "MP324"), 224, "FL{}")
    two = after(first, {1: {"budget": 31_000_000}})
    three = two
    four = after(two, {2: {"spent": 11_000}, 3: {"end": date(2026, 11, 30)}}, drop=(7,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<p>Download the <a href='files/project_list.csv'>project list (CSV)</a>. Updated monthly.</p>"
            )
        if ask.path != "/pmd/files/project_list.csv":
            return 404, {}, html("no")
        gap, point = (";", ",") if self.poll == 0 else (",", ".")
        by = 1000 if self.poll == 2 else 1
        heads = [
            "Project No",
            "Project Name",
            "Municipality",
            "Status",
            "Budget",
            "Expenditure",
            "Completion Date",
        ]
        rows = [
            [
                one.number,
                one.name,
                place(one),
                one.status,
                f"{one.budget / by:.2f}".replace(".", point),
                f"{one.spent / by:.2f}".replace(".", point),
                f"{one.end:%Y/%m/%d}",
            ]
            for one in self.now
        ]
        if self.poll == 3:
            heads, rows = [*heads, "Ward"], [[*row, str(at % 9 + 1)] for at, row in enumerate(rows)]
        return 200, {"Content-Type": "text/csv"}, "\r\n".join(gap.join(row) for row in [heads, *rows])


@system
class PageMethods(System):
    """ASP.NET page methods: a script posts JSON and gets `{"d": "…"}`, a text of JSON."""

    first = world(22, ("WC048",), 225, "PM{}")
    two = after(first, {1: {"budget": 1_000_000}})
    worlds: ClassVar = [first, two]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<table id=grid></table><script>$.ajax({type: 'POST', url: 'level.aspx/GetProjects', data: '{}', contentType: 'application/json; charset=utf-8', dataType: 'json', success: function (r) { draw(JSON.parse(r.d)); }});</script>"
            )
        if (
            ask.path == "/pmd/level.aspx/GetProjects"
            and ask.method == "POST"
            and "json" in ask.headers.get("Content-Type", "")
        ):
            return 200, {"Content-Type": "application/json"}, json.dumps({"d": as_json(self.now)})
        return 404, {}, "no"


@system
class WrappedService(System):
    """A handler that gives its list as a text of JSON within JSON, and old Microsoft dates."""

    first = world(22, ("KZN238", "EC121"), 226, "WS{}")
    two = after(first, {1: {"budget": 1_000_000}})
    three = after(two, {2: {"end": date(2028, 1, 1)}}, drop=(4,))
    worlds: ClassVar = [first, two, three]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<table id=grid></table><script>$.getJSON('Handlers/Projects.ashx?op=list', function (r) { draw(JSON.parse(r.d)); });</script>"
            )
        if ask.path == "/pmd/Handlers/Projects.ashx":
            rows = json.loads(as_json(self.now))
            for row, one in zip(rows, self.now, strict=True):
                row["CompletionDate"] = (
                    f"/Date({(one.end - date(1970, 1, 1)).days * 86_400_000 - 7_200_000})/"
                )
            return 200, {"Content-Type": "application/json"}, json.dumps({"d": json.dumps(rows)})
        return 404, {}, "no"


@system
class CountOff(System):
    """Cards with figures and a chart above a paged list; the list lacks a row, once: one project fewer than they
    say."""

    fields = ("name", "place", "status", "budget")
    first = world(28, ("LIM333", "FS184"), 227, "CO{}")
    two = after(first, {2: {"budget": 7_000_000}}, new=world(1, ("FS184",), 7, "CP{}"))
    three = after(two, {3: {"status": "Completed"}})
    four = after(three, {4: {"status": "Completed"}}, drop=(5,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        shown = (*self.now[:8], *self.now[9:]) if self.poll == 1 else self.now
        at = int(ask.query.get("p") or 1)
        states = sorted({one.status for one in self.now})
        chart = json.dumps(
            {"labels": states, "data": [sum(one.status == each for one in self.now) for each in states]}
        )
        cards = f"<div class=card><h5>Total Projects</h5><p>{len(self.now)}</p></div><div class=card><h5>Total Budget</h5><p>R {sum(one.budget for one in self.now) / 1e9:.2f} bn</p></div><div class=card><h5>Completed</h5><p>{sum(one.status == 'Completed' for one in self.now)}</p></div>"
        pages = " ".join(f"<a href='level.aspx?p={n}'>{n}</a>" for n in (1, 2))
        return html(
            cards
            + f"<canvas id=c></canvas><script>new Chart(c, {chart});</script>"
            + listed(shown[(at - 1) * 15 : at * 15], (NUMBER, NAME, PLACE, STATUS, BUDGET))
            + pages
        )


@system
class NumberedFiles(System):
    """A page whose script loads an index, then a file a page; routes stand behind a hash."""

    first = world(26, ("NW373", "MP324"), 228, "NF{}")
    two = after(first, {20: {"budget": 6_000_000}})
    three = after(two, {21: {"firm": "Stefanutti"}}, drop=(22,))
    worlds: ClassVar = [first, two, three]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "<a href='#/projects'>Projects</a><div id=app></div><script>fetch('data/index.json').then(r => r.json()).then(x => x.files.forEach(f => fetch('data/' + f).then(show)))</script>"
            )
        if ask.path == "/pmd/data/index.json":
            return (
                200,
                {"Content-Type": "application/json"},
                json.dumps(
                    {
                        "total": len(self.now),
                        "files": ["projects-1.json", "projects-2.json", "projects-3.json"],
                    }
                ),
            )
        for n in (1, 2, 3):
            if ask.path == f"/pmd/data/projects-{n}.json":
                return 200, {"Content-Type": "application/json"}, as_json(self.now[(n - 1) * 10 : n * 10])
        return 404, {}, "no"


@system
class SelectRows(System):
    """A GridView with a "Select" in each row: the details of a project are shown below by a postback."""

    fields = ("name", "place", "status", "budget", "spent")
    settings: ClassVar = {"ROTATION_RUNS": 1}
    first = world(9, ("EC124",), 229, "SR{}")
    two = after(first, {3: {"spent": 77_000}})
    three = after(two, {4: {"status": "Completed"}}, drop=(8,))
    worlds: ClassVar = [first, two, three]

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        argument = ask.form.get("__EVENTARGUMENT", "")
        rows = [
            [
                f"<a href=\"javascript:__doPostBack('gv','Select${at}')\">Select</a>",
                one.number,
                one.name,
                place(one),
            ]
            for at, one in enumerate(self.now)
        ]
        below = ""
        if argument.startswith("Select$"):
            one = self.now[int(argument[7:])]
            below = (
                "<h3>Project details</h3><table id=dv>"
                + "".join(
                    f"<tr><td>{label}</td><td>{value}</td></tr>"
                    for label, value in (
                        ("Project No", one.number),
                        ("Project Name", one.name),
                        ("Status", one.status),
                        ("Budget", rand(one.budget)),
                        ("Expenditure", rand(one.spent)),
                    )
                )
                + "</table>"
            )
        hidden = f"<input type=hidden name=__EVENTTARGET><input type=hidden name=__EVENTARGUMENT><input type=hidden name=__VIEWSTATE value='{escape(argument)}'>"
        return html(
            f"<form method=post action='level.aspx'>{hidden}{grid(['', 'Project No', 'Project Name', 'Municipality'], rows, 'id=gv')}{below}</form>"
        )


@system
class Modals(System):
    """Each row has a dialogue in the page, with the rest of its facts. The dialogues are missing once."""

    fields = ("name", "place", "status", "budget", "spent", "end")
    first = world(18, ("LIM331", "LIM332"), 230, "MD{}")
    two = after(first, {3: {"budget": 8_765_000}})
    three = after(two, {5: {"name": "Tsolo Borehole Development Phase 2"}})
    four = after(three, {6: {"status": "Completed"}}, drop=(7,))
    worlds: ClassVar = [first, two, three, four]
    bad = (2,)

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")
        rows = [
            [
                one.number,
                one.name,
                place(one),
                f"<button data-toggle=modal data-target='#m{one.number}'>View</button>",
            ]
            for one in self.now
        ]
        dialogues = "".join(
            f"<div class='modal fade' id='m{one.number}'><h4 class=modal-title>{one.name}</h4><div class=modal-body><dl><dt>Project No</dt><dd>{one.number}</dd><dt>Status</dt><dd>{one.status}</dd><dt>Budget</dt><dd>{rand(one.budget)}</dd><dt>Expenditure</dt><dd>{rand(one.spent)}</dd><dt>Completion date</dt><dd>{one.end:%d %B %Y}</dd></dl></div><button data-dismiss=modal>Close</button></div>"
            for one in self.now
        )
        return html(
            grid(["Project No", "Project Name", "Municipality", ""], rows) + dialogues * (self.poll != 2)
        )


@system
class TwoDresses(System):
    """A table for a wide screen and cards for a narrow one, in one page; the cards round amounts to R0.1m."""

    fields = ("name", "place", "status", "budget", "end")
    first = world(21, ("WC048", "NC062"), 231, "TD-{}")
    two = after(first, {3: {"budget": 8_765_000}})
    three = after(two, {5: {"status": "Completed"}, 6: {"end": date(2029, 2, 3)}}, drop=(9,))
    worlds: ClassVar = [first, two, three]

    def answer(self, ask: Ask) -> Answer:
        if ask.path != ENTRY:
            return 404, {}, html("no")

        def card(one: P) -> str:
            return f"<div class=card><h5>{one.name}</h5><p><b>Project No:</b> {one.number}</p><p><b>Municipality:</b> {place(one)}</p><p><b>Status:</b> {one.status}</p><p><b>Budget:</b> R{one.budget / 1e6:.1f}m</p></div>"

        table = listed(self.now, (NUMBER, NAME, PLACE, STATUS, BUDGET, END))
        return html(
            f"<div class=d-none d-md-block>{table}</div><div class=d-md-none>{''.join(map(card, self.now))}</div>"
        )


@system
class ListsOfStates(System):
    """Lists by stage: a project that moves on is on another list, once on both, once on none of the two."""

    fields = ("name", "place", "status", "budget", "spent")
    first = world(32, ("KZN272", "KZN238"), 232, "LS{}")
    second = next(at for at, one in enumerate(first) if one.status == "Construction")
    two = after(first, {second: {"status": "Completed"}})
    three = after(two, {0: {"spent": 50_000}})
    four = after(three, {1: {"budget": 60_000_000}})
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        stages = ("Design", "Tender", "Construction", "Completed")
        if ask.path == ENTRY:
            return html(
                "".join(
                    f"<h3><a href='stage.aspx?s={each}'>{each}: {sum(one.status == each for one in self.now)} projects</a></h3>"
                    for each in stages
                )
            )
        if ask.path != "/pmd/stage.aspx":
            return 404, {}, html("no")
        stage = ask.query["s"]
        some = [one for one in self.now if one.status == stage]
        moved = self.now[self.second]
        if self.poll == 2:
            some = [one for one in some if one is not moved]
        return html(f"<h1>{stage}</h1>" + listed(some, (NUMBER, NAME, PLACE, STATUS, BUDGET, SPENT)))


@system
class FramesOfMunicipalities(System):
    """An iframe for each municipality below one another, sent on to an address with a session, with a base of its own;
    one frame shows a server's error, with 200, once."""

    fields = ("name", "place", "budget", "status")
    places = ("LIM331", "LIM333", "MP324")
    first = world(30, places, 233, "FM{}")
    two = after(first, {0: {"budget": 1_500_000}})
    three = after(two, {2: {"status": "Completed"}})
    four = after(three, {4: {"place": "LIM331"}}, drop=(5,))
    worlds: ClassVar = [first, two, three, four]

    def answer(self, ask: Ask) -> Answer:
        if ask.path == ENTRY:
            return html(
                "".join(
                    f"<h3>{PLACES[code]} ({code})</h3><iframe src='frame.jsp?code={code}'></iframe>"
                    for code in self.places
                )
            )
        if ask.path == "/pmd/frame.jsp":
            return (
                302,
                {"Location": f"/app/show.jsp;jsessionid=A{len(self.asked)}F?code={ask.query['code']}"},
                "",
            )
        if not ask.path.startswith("/app/show.jsp"):
            return 404, {}, html("no")
        code = ask.query["code"]
        if self.poll == 2 and code == "LIM333":
            return html("<h2>Runtime error</h2><p>java.lang.NullPointerException at ListBean.getRows</p>")
        some = [one for one in self.now if one.place == code]
        return html(
            listed(some, (NUMBER, NAME, PLACE, STATUS, BUDGET)) + "<a href='top.jsp'>Top</a>",
            head="<base href='/app/x/'>",
        )
