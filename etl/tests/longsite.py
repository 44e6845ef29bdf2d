"""A small dashboard that the long history edits: its schemes, how its pages are dressed, and what ails it.

A world is what is true: a tuple of schemes. The site shows one, or two where it is edited while it is read or
where one of its two servers is stale; `worlds` are those that it may have shown since the last poll.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

PLACES = {
    "LIM331": "Greater Giyani",
    "LIM332": "Greater Letaba",
    "LIM333": "Greater Tzaneen",
    "LIM334": "Ba-Phalaborwa",
    "LIM343": "Thulamela",
    "NW372": "Madibeng",
    "CPT": "City of Cape Town",
}
SIZE = 4  # rows a page of those lists that have several
LINKED, POSTED = ("LIM332", "NW372"), ("LIM333",)
PAGED = LINKED + POSTED
COUNTED = "LIM332"  # its pager says how many rows there are; the others' say pages alone
UNNUMBERED, OWN_PAGES = "LIM334", "LIM343"
STATUSES = {"Design": "Ontwerp", "Tender": "Tender", "Construction": "Konstruksie", "Completed": "Voltooi"}
COLUMNS = ("number", "name", "status", "progress", "budget", "day", "contractor")
HEADINGS = {
    "en": ("Project No", "Project Name", "Status", "Progress (%)", "Budget", "Completion Date", "Contractor"),
    "af": ("Projeknommer", "Projeknaam", "Status", "Vordering (%)", "Begroting", "Voltooiingsdatum",
           "Kontrakteur"),
    "other": ("Reference No", "Scheme Name", "Project Stage", "Physical Progress (%)", "Approved Budget",
              "End Date", "Service Provider"),
}  # fmt: skip
PLACED = "Municipality"
UNITS = {1: "", 1000: " (R'000)", 1_000_000: " (R million)"}
ERRORS = (
    "Object reference not set to an instance of an object.",
    "An error has occurred while loading this list. Please contact the administrator.",
    "The list is not available at the moment.",
)


@dataclass(frozen=True)
class Scheme:
    """`budget` in rand, in whole ten thousands, so that each unit can say it."""

    number: str
    name: str
    place: str
    status: str
    progress: int
    budget: int
    day: date
    contractor: str

    @property
    def key(self) -> str:
        return self.number or f"name:{self.name}"

    def values(self) -> dict[str, Any]:
        """What the record and its log are to say of it, in the log's spelling."""
        return {
            "name": self.name,
            "municipality": self.place,
            "municipalities": [self.place],
            "status": self.status.lower(),
            "progress_percentage": f"{self.progress}.00",
            "budget": f"{self.budget}.00",
            "completion_date": self.day.isoformat(),
            "contractor": self.contractor,
        }


World = tuple[Scheme, ...]


@dataclass(frozen=True)
class Dress:
    """How a municipality's list is written. `is_named`: its heading names the unit. `dates`: `iso`, or
    slashed and day or month first."""

    words: str = "en"
    language: str = "en"
    unit: int = 1
    is_named: bool = True
    dates: str = "dmy"
    columns: tuple[str, ...] = COLUMNS
    more: tuple[str, ...] = ()  # headings of columns that are no field
    called: tuple[tuple[str, str], ...] = ()  # column → a heading of its own
    plain: bool = True  # "R 5 000 000", not "R5,000,000.00"

    def heading(self, column: str) -> str:
        own = dict(self.called).get(column)
        text = own or HEADINGS[self.words][COLUMNS.index(column)]
        return text + UNITS[self.unit] if column == "budget" and self.is_named else text

    def cell(self, column: str, scheme: Scheme) -> str:
        if column == "budget":
            return self._money(scheme.budget)
        if column == "day":
            ways = {"iso": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
            return scheme.day.strftime(ways[self.dates])
        if column == "status":
            return STATUSES[scheme.status] if self.language == "af" else scheme.status
        return str(getattr(scheme, column))

    def _money(self, rand: int) -> str:
        if self.unit == 1_000_000:
            return f"{rand / self.unit:.2f}"
        figure = f"{rand // self.unit:,}"
        return f"R {figure.replace(',', ' ')}" if self.plain else f"R{figure}.00"


def frame(body: str) -> str:
    return (
        "<html><head><title>Project Monitoring Dashboard</title></head><body>"
        '<div id="header"><h1>Department of Water and Sanitation</h1></div>'
        f'<div id="content">{body}</div><div id="footer">Copyright reserved</div></body></html>'
    )


def row(cells: list[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


@dataclass
class LongSite:
    """The pages by path, for a `tinysite`. What ails it is set by the history, and cleared by `heal`."""

    world: World
    dress: dict[str, Dress] = field(default_factory=lambda: dict.fromkeys(PLACES, Dress()))
    stale: World | None = None
    turns: str = ""  # of the two servers: "polls" or "requests"
    failing: dict[str, str] = field(default_factory=dict)  # code → the sentence in place of its list
    repeats: set[str] = field(default_factory=set)  # lists that show their last page but one at its end too
    remembers: bool = False
    in_path: bool = False  # sessions
    then: World | None = None  # what is true once the second list's first page was sent
    at: dict[str, int] = field(default_factory=dict)
    worlds: list[World] = field(default_factory=list)
    _asked: int = 0
    _polls: int = 0
    _session: str = ""

    def begin(self) -> None:
        """A poll is about to begin."""
        self._polls += 1
        self._session = f"s{self._polls}"
        self.worlds = []
        self._show()

    def heal(self) -> None:
        self.stale, self.turns, self.then = None, "", None
        self.failing, self.repeats = {}, set()
        self.remembers = self.in_path = False

    def _show(self) -> World:
        is_stale = {"polls": self._polls % 2, "requests": self._asked % 2}.get(self.turns, 0)
        shown = self.stale if self.stale is not None and is_stale else self.world
        if shown not in self.worlds:
            self.worlds.append(shown)
        return shown

    def get(self, path: str, default: Any = None) -> Any:
        if path == "/robots.txt":
            return default
        return lambda form: self._answer(path, form)

    def _answer(self, path: str, form: dict[str, str]) -> Any:
        if self.in_path and not path.startswith("/(S("):
            return 302, {"Location": f"/(S({self._session})){path}"}, ""
        self._asked += 1
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        name = parts.path.rsplit("/", 1)[-1]
        world = self._show()
        if name == "level.aspx":
            return frame("".join(self._lines(world)))
        if name == "project.aspx":
            return self._own_page(world, query["id"])
        if name == "list.aspx" and query.get("m") in PLACES:
            return self._list(world, query["m"], query.get("page"), form)
        return 404, {}, frame("404")

    def _lines(self, world: World) -> Iterator[str]:
        for code, name in PLACES.items():
            here = [scheme for scheme in world if scheme.place == code]
            value = f"R{sum(scheme.budget for scheme in here):,}.00"
            yield (
                f'<p><a href="list.aspx?m={code}">{name} - [{code}]</a> {len(here)} Projects'
                f" with a Total value: {value}</p>"
            )

    def _own_page(self, world: World, number: str) -> Any:
        for scheme in world:
            if scheme.number == number:
                told = {"Project No": number, "Project Name": scheme.name, "Implementing Agent": "Lepelle"}
                return frame(f"<table>{''.join(row([label, text]) for label, text in told.items())}</table>")
        return 404, {}, frame("404")

    def _list(self, world: World, code: str, page: str | None, form: dict[str, str]) -> Any:
        if code in self.failing:
            return frame(f"<p>{self.failing[code]}</p>")
        here = [scheme for scheme in world if scheme.place == code]
        if code not in PAGED:
            return frame(self._table(code, here))
        pages = max(1, -(-len(here) // SIZE))
        asked = int(page or form.get("__EVENTARGUMENT", "Page$0").removeprefix("Page$") or 0)
        at = asked or (self.at.get(code, 1) if self.remembers else 1)
        self.at[code] = at = min(at, pages)
        shown = at - 1 if code in self.repeats and at == pages > 1 else at
        body = self._table(code, here[(shown - 1) * SIZE : shown * SIZE], self._pager(code, at, pages))
        if code in LINKED:
            body += self._links(code, at, pages, len(here))
        else:
            hidden = f'<input type="hidden" name="__VIEWSTATE" value="{at}">'
            body = f'<form action="list.aspx?m={code}" method="post">{hidden}{body}</form>'
        if code == COUNTED and self.then is not None:
            self.world, self.then = self.then, None
            self._show()
        return frame(body)

    def _table(self, code: str, schemes: list[Scheme], pager: str = "") -> str:
        dress = self.dress[code]
        columns = [column for column in dress.columns if column != "number" or code != UNNUMBERED]
        last = [*self._placed(None), *dress.more]
        head = row([dress.heading(column) for column in columns] + last, "th")
        rows = [
            [self._cell(code, column, scheme) for column in columns]
            + [*self._placed(scheme), *[f"note {code}"] * len(dress.more)]
            for scheme in schemes
        ]
        return f'<table id="grid">{head}{"".join(map(row, rows))}{pager}</table>'

    def _cell(self, code: str, column: str, scheme: Scheme) -> str:
        text = self.dress[code].cell(column, scheme)
        is_linked = column == "name" and code == OWN_PAGES
        return f'<a href="project.aspx?id={scheme.number}">{text}</a>' if is_linked else text

    def _placed(self, scheme: Scheme | None) -> list[str]:
        """The heading, or a scheme's cell, of a column that names the municipality, where there is one."""
        return []

    def _links(self, code: str, at: int, pages: int, items: int) -> str:
        counted = f" ({items} items)" if code == COUNTED else ""
        links = "".join(
            f'<a href="list.aspx?m={code}&amp;page={n}">{n}</a> ' for n in range(1, pages + 1) if n != at
        )
        return f'<div class="pagination">Page {at} of {pages}{counted} <b>{at}</b> {links}</div>'

    def _pager(self, code: str, at: int, pages: int) -> str:
        if code not in POSTED or pages == 1:
            return ""
        cells = "".join(
            f"<td><span>{n}</span></td>"
            if n == at
            else f"<td><a href=\"javascript:__doPostBack('grid','Page${n}')\">{n}</a></td>"
            for n in range(1, pages + 1)
        )
        return f'<tr><td colspan="{len(COLUMNS)}"><table><tr>{cells}</tr></table></td></tr>'


class UnplacedSite(LongSite):
    """The same behind a menu that names no municipality and no number: a column alone says where each is."""

    def _lines(self, world: World) -> Iterator[str]:
        for at, code in enumerate(PLACES, 1):
            yield f'<p><a href="list.aspx?m={code}">Projects, part {at}</a></p>'

    def _placed(self, scheme: Scheme | None) -> list[str]:
        return [f"{PLACES[scheme.place]} - [{scheme.place}]" if scheme else PLACED]


def drawn(rng: random.Random, number: int, place: str) -> Scheme:
    """A scheme that nobody has seen."""
    word = "".join(rng.choices(string.ascii_lowercase, k=5)).capitalize()
    return Scheme(
        "" if place == UNNUMBERED else f"WP{number:04}",
        f"{word} {rng.choice(['bulk line', 'reservoir', 'treatment works', 'pump station'])} {number}",
        place,
        rng.choice(list(STATUSES)),
        rng.randint(1, 99),
        rng.randint(200, 9000) * 10_000,
        date(2026, 1, 1) + timedelta(days=rng.randint(0, 1500)),
        f"{rng.choice(['Replica', 'Letaba', 'Vhembe', 'Karoo'])} Works {rng.randint(1, 9)}",
    )


def drawn_world(rng: random.Random, least: int = 5, most: int = 8) -> World:
    schemes: list[Scheme] = []
    for place in PLACES:
        rows = 9 if place in PAGED else rng.randint(least, most)
        schemes += [drawn(rng, len(schemes) + 1 + at, place) for at in range(rows)]
    return tuple(schemes)


def changed(world: World, scheme: Scheme, **fields: Any) -> World:
    """The world with other values of one scheme, in its place."""
    return tuple(replace(one, **fields) if one == scheme else one for one in world)


def moved(world: World, scheme: Scheme, at: int, **fields: Any) -> World:
    """The world with a scheme elsewhere in its order, and perhaps in another municipality."""
    rest = [one for one in world if one != scheme]
    return (*rest[:at], replace(scheme, **fields), *rest[at:])
