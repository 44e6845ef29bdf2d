"""The arithmetic behind a question, line by line, each with a link to where its figure is from. Pure.

Whoever adds up the lines comes to the amount that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from etl.correlating.due import Due
from etl.correlating.facts import FigureFact, PlaceFact, ProjectFact
from etl.correlating.gap import Gap
from etl.correlating.purses import NOT_KNOWN, Purses
from projects.facts import finance
from projects.wording.figures import percent, rand

# Of a line: a figure; a sum of those above it; what is asked about; from which amount on it is asked.
PART, SUM, ASKED, GATE = "part", "sum", "asked", "gate"

ALL_CAPITAL = "All capital on water and sanitation, from whatever purse"

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """What DWS says of one project; `note`: when it was read, and which share of it counts."""

    project: ProjectFact
    amount: Decimal
    snapshot: str | None
    note: str = ""

    @classmethod
    def of(cls, due: Due) -> Listed:
        return cls(due.project, due.amount, due.reading.snapshot or due.project.snapshot, due.how)


@dataclass(frozen=True, slots=True)
class Against:
    """What stands against DWS's figure: `of`: `WSIG spent`, `figures` of it; in kind; from all purses."""

    of: str
    figures: Sequence[FigureFact]
    in_kind: Sequence[FigureFact] = ()
    purses: Purses = NOT_KNOWN
    whole: str = ALL_CAPITAL


def in_order(listed: Iterable[Listed]) -> list[Listed]:
    """The largest first."""
    return sorted(listed, key=lambda each: (-each.amount, each.project.pk))


def calculation(
    place: PlaceFact, gap: Gap, listed: Iterable[Listed], against: Against, until: str
) -> list[Line]:
    """The lines, as JSON: `what`, `note`, `amount` (rand as text, or None), `kind`, `url`. `until`: `up to
    31 December 2025`, as both sides are."""
    return [
        *(_project(each) for each in listed),
        _line(SUM, f"DWS, {until}", gap.dws),
        *(_figure(place, figure) for figure in against.figures),
        _line(SUM, f"The municipality’s books: {against.of}, {until}", gap.books),
        *_whole(place, gap, against),
        *_given(place, gap, against),
        _line(ASKED, "Asked about", gap.amount, _how(gap)),
        _line(GATE, "It is asked from here on", gap.threshold, _gate(gap)),
    ]


def _line(kind: str, what: str, amount: Decimal | None, note: str = "", url: str = "") -> Line:
    text = None if amount is None else f"{amount:.2f}"
    return {"kind": kind, "what": what, "amount": text, "note": note, "url": url}


def _project(listed: Listed) -> Line:
    project = listed.project
    url = f"/snapshots/{listed.snapshot}/" if listed.snapshot else f"/projects/{project.pk}/"
    return _line(PART, f"{project.external_id} {project.name}", listed.amount, listed.note, url)


def _figure(place: PlaceFact, figure: FigureFact) -> Line:
    what = finance.figure_name(figure.measure, figure.code, figure.amount_type, figure.financial_year)
    url = f"/municipalities/{place.code}/#finances-{figure.financial_year}"
    if figure.snapshot:
        url = f"/snapshots/{figure.snapshot}/?figure={figure.pk}"
    return _line(PART, what, figure.amount, ", ".join(filter(None, (figure.code, figure.part))), url)


def _whole(place: PlaceFact, gap: Gap, against: Against) -> Iterator[Line]:
    if gap.capital is None:
        return
    for year, of_year in groupby(against.purses.figures, key=lambda figure: figure.financial_year):
        yield _purses(place, year, list(of_year))
    years = ", ".join(finance.year_label(year) for year in against.purses.unknown)
    yield _line(SUM, against.whole, gap.capital, f"not known: {years}" if years else "")


def _purses(place: PlaceFact, year: int, figures: Sequence[FigureFact]) -> Line:
    """A year in one line: there are a dozen functions; the page lists their figures one by one."""
    kinds = {finance.type_label(figure.measure, figure.amount_type): None for figure in figures}
    part = "".join(dict.fromkeys(f", {figure.part}" for figure in figures if figure.part))
    number = f"{len(figures)} figure{'' if len(figures) == 1 else 's'}"
    return _line(
        PART,
        f"Capital on water and sanitation {finance.year_label(year)}",
        sum((figure.amount or Decimal(0) for figure in figures), Decimal(0)),
        f"{number}: {', '.join(kinds)}{part}",
        f"/municipalities/{place.code}/#finances-{year}",
    )


def _given(place: PlaceFact, gap: Gap, against: Against) -> Iterator[Line]:
    if not against.in_kind:
        return
    yield from (_figure(place, figure) for figure in against.in_kind)
    yield _line(SUM, "In kind, which DWS may count and the books do not hold", gap.given)


def _how(gap: Gap) -> str:
    """`DWS, less the books, less in kind`."""
    held = "all capital on water and sanitation" if gap.of_all_purses else "the municipality’s books"
    below = gap.books < 0 and not gap.of_all_purses
    nought = " (less than nought counts as nought)" if below else ""
    return f"DWS, less {held}{nought}{', less in kind' if gap.given else ''}"


def _gate(gap: Gap) -> str:
    share = f", and more than {percent(gap.allowed * 100)} of {rand(gap.held)}," if gap.held else ""
    return f"more than {rand(gap.least)}{share} may not be a difference of reporting alone"
