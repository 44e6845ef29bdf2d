"""A world as rows and columns of text, with what a careful reader takes from them: the truth of a site."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from random import Random
from typing import Any

from replica.renderings import formats, thesaurus
from replica.renderings.places import PROVINCES, PROVINCES_AFRIKAANS, Place
from replica.renderings.style import Style, is_money
from replica.renderings.world import Project, World

Values = dict[str, Any]  # field → value as published; None: published as blank
_DAY, _FIRST = date(2026, 3, 2), date(2013, 1, 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what a person reads in it, and its markup where that is more than the text."""

    text: str
    markup: str = ""

    @property
    def html(self) -> str:
        return self.markup or escape(self.text, quote=False)


@dataclass(slots=True)
class Column:
    """`unit`: what a row of units says under its label."""

    key: str
    label: str
    cells: list[Cell]
    band: str = ""
    unit: str = ""

    @property
    def head(self) -> str:
        return escape(self.label, quote=False)

    @property
    def is_number(self) -> bool:
        return is_money(self.key)


@dataclass(slots=True)
class Sheet:
    """`truth`: project's key → field → value. `look`: for clocks."""

    style: Style
    columns: list[Column]
    projects: list[Project]
    truth: dict[int, Values]
    amounts: dict[str, list[Decimal]] = field(default_factory=dict)  # money column → rand of each row
    look: int = 0

    def __len__(self) -> int:
        return len(self.projects)

    def row(self, number: int) -> list[Cell]:
        return [column.cells[number] for column in self.columns]

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    def without(self, *keys: str) -> Sheet:
        """The sheet without some columns: the layout shows them elsewhere."""
        return replace(self, columns=[column for column in self.columns if column.key not in keys])

    def only(self, keys: list[str]) -> Sheet:
        return replace(self, columns=[column for column in self.columns if column.key in keys])

    def rows(self, numbers: list[int]) -> Sheet:
        """The sheet of some of its rows."""
        columns = [replace(column, cells=[column.cells[n] for n in numbers]) for column in self.columns]
        amounts = {key: [amounts[n] for n in numbers] for key, amounts in self.amounts.items()}
        return replace(self, columns=columns, projects=[self.projects[n] for n in numbers], amounts=amounts)

    def by(self, *keys: str) -> list[tuple[tuple[str, ...], Sheet]]:
        """Runs of rows with the same texts in some columns, and the sheet of each."""
        runs: list[tuple[tuple[str, ...], list[int]]] = []
        columns = [column for key in keys if (column := self.column(key))]
        for number in range(len(self)):
            texts = tuple(column.cells[number].text for column in columns)
            if not runs or runs[-1][0] != texts:
                runs.append((texts, []))
            runs[-1][1].append(number)
        return [(texts, self.rows(numbers)) for texts, numbers in runs]

    def total(self, key: str) -> str:
        return self.style.money.write(sum(self.amounts.get(key, []), Decimal(0)))[0]


def place_text(place: Place, form: str) -> str:
    return {
        "name [code]": f"{place.name} [{place.code}]",
        "name (code)": f"{place.name} ({place.code})",
        "code": place.code,
        "name": place.name,
        "name kind": f"{place.name} {place.kind}",
    }[form]


def province_text(code: str, style: Style) -> str:
    if style.province_form == "code":
        return code
    return PROVINCES_AFRIKAANS.get(code, PROVINCES[code]) if style.afrikaans else PROVINCES[code]


def make_sheet(world: World, style: Style, *, grouped: bool = False) -> Sheet:
    """The world under a style. `grouped`: projects of one municipality stand together."""
    projects = sorted(world.projects, key=lambda p: _order(p, style.order))
    if grouped:
        projects.sort(key=lambda p: (PROVINCES[p.place.province], p.place.district, p.place.name))
    writer = _Writer(projects, style, world.look)
    sheet = Sheet(style, [], projects, {project.key: {} for project in projects}, look=world.look)
    for key in style.keys:
        column = Column(key, style.labels[key], [], style.bands.get(key, ""))
        column.unit = style.unit_word if is_money(key) else "%" if key == "progress_percentage" else ""
        for project in projects:
            cell, values = writer.cell(project, key)
            column.cells.append(cell)
            sheet.truth[project.key] |= values
        if is_money(key):
            sheet.amounts[key] = [writer.amount(project, key) or Decimal(0) for project in projects]
        sheet.columns.append(column)
    return sheet


def _order(project: Project, order: str) -> tuple[Any, ...]:
    if order == "made":
        return (project.key,)
    return getattr(project, order).casefold(), project.key


class _Writer:
    """Writes the cells of one look; what can only be told from a column is decided for the column."""

    def __init__(self, projects: list[Project], style: Style, look: int) -> None:
        self.style, self.look = style, look
        self.numbers = {project.key: number for number, project in enumerate(projects, start=1)}
        names = [name for name in ("start_date", "completion_date") if name in style.keys]
        days = [[day for p in projects if (day := getattr(p, name))] for name in names]
        self.date = formats.date_style(style.date, days)
        shares = [p.progress_percentage for p in projects if p.progress_percentage is not None]
        self.percent = formats.percent_style(style.percent, shares)

    def cell(self, project: Project, key: str) -> tuple[Cell, Values]:
        if ":" in key:
            return self._other(project, key), {}
        if key == "coordinates":
            return self._point(project)
        value = self._value(project, key)
        if key == "status":
            return self._status(value)
        if value is None:
            return Cell(self.style.blank), {key: None} if key != "district" else {}
        if key in ("latitude", "longitude"):
            text, said = formats.write_degrees(value, self.style.coordinates, is_latitude=key == "latitude")
            return Cell(text), {key: said}
        if key == "progress_percentage":
            text = formats.PERCENTS[self.percent](value)
            return Cell(text, formats.percent_markup(self.percent, value) or ""), {key: value}
        return self._plain(key, value)

    def _value(self, project: Project, key: str) -> Any:
        if key in ("latitude", "longitude"):
            return project.point[key == "longitude"] if project.point else None
        if key == "municipality":
            return project.place
        if key == "district":
            return project.place.district or None
        return project.place.province if key == "province" else getattr(project, key)

    def _plain(self, key: str, value: Any) -> tuple[Cell, Values]:
        style = self.style
        if key in ("budget", "expenditure"):
            text, value = style.money.write(value)
        elif key in ("start_date", "completion_date"):
            text, value = formats.write_date(value, self.date)
        elif key == "municipality":
            text, value = place_text(value, style.place_form), value.code
        elif key == "district":
            return Cell(f"{value} District Municipality" if style.place_form != "name" else value), {}
        elif key == "province":
            text = province_text(value, style)
        elif key == "programme":
            text = value if style.programme_form == "code" else thesaurus.PROGRAMME_WORDS[value]
        elif key == "project_type":
            text = thesaurus.TYPE_WORDS["afrikaans" if style.afrikaans else "known"][value]
        else:
            text = value
        return Cell(text), {key: value}

    def _status(self, value: str | None) -> tuple[Cell, Values]:
        if value is None:
            return Cell(self.style.blank), {"status": None}
        text = thesaurus.STATUS_WORDS[self.style.status_words][value]
        return Cell(text), {"status": value}

    def _point(self, project: Project) -> tuple[Cell, Values]:
        if project.point is None:
            return Cell(self.style.blank), {"latitude": None, "longitude": None}
        latitude, longitude = project.point
        first, y = formats.write_degrees(latitude, self.style.coordinates, is_latitude=True)
        second, x = formats.write_degrees(longitude, self.style.coordinates, is_latitude=False)
        mark = "; " if self.style.coordinates == "comma" else ", "
        return Cell(f"{first}{mark}{second}"), {"latitude": y, "longitude": x}

    def amount(self, project: Project, key: str) -> Decimal | None:
        """Rand as published in a column of money."""
        value = getattr(project, key) if ":" not in key else self._trap_amount(project, key)
        return None if value is None else self.style.money.write(value)[1]

    def _trap_amount(self, project: Project, key: str) -> Decimal:
        return Decimal(Random(f"{key} {project.key}").randint(10**5, 9 * 10**7))

    def _other(self, project: Project, key: str) -> Cell:
        kind_of, label = key.split(":", 1)
        if kind_of == "noise":
            return self._noise(project, thesaurus.NOISE[label])
        kind = thesaurus.ALL_TRAPS[label]
        rng = Random(f"{key} {project.key}")
        texts = {
            "ward": lambda: f"{rng.randint(1, 30)}",
            "phase": lambda: f"Phase {rng.randint(1, 4)}",
            "count": lambda: f"{rng.randint(2, 900)}",
            "vote": lambda: f"{rng.randint(100, 999)}/{rng.randint(1000, 9999)}",
            "date": lambda: formats.write_date(date(2013, 1, 1) + timedelta(rng.randint(0, 4000)), self.date)[
                0
            ],
            "money": lambda: self.style.money.write(self._trap_amount(project, key))[0],
            "small": lambda: f"{rng.randint(900, 60000)}",
            "firm": lambda: rng.choice(("Aurecon", "Royal HaskoningDHV", "Bigen", "Naidu Consulting")),
            "remark": lambda: rng.choice(
                ("", "On track", "Delayed by floods; see report 3.", "95% of pipes laid")
            ),
            "percent": lambda: formats.PERCENTS[self.percent](rng.randint(1, 99)) or f"{rng.randint(1, 99)}%",
        }
        return Cell(texts[kind]())

    def _noise(self, project: Project, kind: str) -> Cell:
        number = self.numbers[project.key]
        if kind == "row":
            return Cell(str(number))
        if kind == "view":
            return Cell("View", f'<a href="javascript:void(0)" onclick="show({number})">View</a>')
        return Cell(str((project.key * 37) % 400 + 9 - self.look))


def clock(look: int) -> str:
    """What the page's clock says at a look."""
    day = _DAY + timedelta(days=look)
    return f"{day:%Y/%m/%d} {8 + look:02d}:1{look}:27"
