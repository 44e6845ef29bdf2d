"""What is compared: a municipality, the projects that it implements itself, and its own books. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from projects.facts import finance
from projects.finances import families

# The municipal books in the cubes begin here; nothing before it can be set beside anything.
FIRST_DAY = finance.year_span(finance.FIRST_YEAR)[0]


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """`category`: A metropolitan, B local, C district. `district`: the code of a local one's district."""

    code: str
    name: str
    category: str
    province: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class ProjectFact:
    """A project as it is shown, a steward's corrections included (`corrected`: of which fields).

    `reported_on`: the day on which DWS was first read to say the expenditure that it says now.
    """

    pk: int
    external_id: str
    name: str
    municipalities: tuple[str, ...]
    programme: str | None = None
    status: str | None = None
    progress: Decimal | None = None
    budget: Decimal | None = None
    expenditure: Decimal | None = None
    start_date: date | None = None
    completion_date: date | None = None
    agent: str | None = None
    published: dict[str, str] = field(default_factory=dict)
    snapshot: str | None = None
    reported_on: date | None = None
    corrected: tuple[str, ...] = ()

    @property
    def family(self) -> str | None:
        """The family of its programme's grant; None where municipal books know no such grant."""
        return families.family_of(self.programme)

    def evidence(self, value: Decimal | None) -> dict[str, Any]:
        """What the question's page shows of it."""
        described = {
            "id": self.pk,
            "external_id": self.external_id,
            "name": self.name,
            "value": None if value is None else f"{value:.2f}",
            "snapshot": self.snapshot,
        }
        return described | ({"corrected": list(self.corrected)} if self.corrected else {})


@dataclass(frozen=True, slots=True)
class FigureFact:
    """One present figure of the municipality's books; `amount` None: the source itself says null.

    `months`: of a monthly figure, the month of the financial year (1 is July) → rand. `part`: in words, where
    only some of the months are meant.
    """

    pk: int
    financial_year: int
    measure: str
    code: str
    amount_type: str
    amount: Decimal | None
    snapshot: str | None = None
    through_month: int | None = None
    months: Mapping[int, Decimal | None] = field(default_factory=dict, hash=False)
    part: str = ""

    @property
    def whole_year(self) -> bool:
        """Whether it is of twelve months, as far as can be told."""
        return self.through_month in (None, 12)

    @property
    def null_month(self) -> bool:
        """Whether a month before the newest is given as null, so that the amount is of the others alone."""
        newest = self.through_month or 0
        return any(amount is None for month, amount in self.months.items() if month < newest)

    def of_months(self, first: int, last: int) -> FigureFact:
        """The same of some of its months; null where one of them is null."""
        found = [self.months[month] for month in range(first, last + 1) if month in self.months]
        known = [amount for amount in found if amount is not None]
        amount = sum(known, Decimal(0)) if known and len(known) == len(found) else None
        words = f"{finance.month_name(first)} to {finance.month_name(last)} alone"
        through = last if self.through_month is None else min(last, self.through_month)
        return replace(self, amount=amount, through_month=through, months={}, part=words)

    @property
    def last_day(self) -> date:
        """The last day that the figure covers: of a monthly one, the end of its newest month."""
        first, last = finance.year_span(self.financial_year)
        if self.through_month is None:
            return last
        month = (self.through_month + 5) % 12 + 1  # 1 is July, 12 is June
        year = first.year if month >= 7 else last.year
        return date(year, month, monthrange(year, month)[1])

    def evidence(self) -> dict[str, Any]:
        """What the question's page shows of it."""
        described = {
            "id": self.pk,
            "financial_year": self.financial_year,
            "measure": self.measure,
            "code": self.code,
            "amount_type": self.amount_type,
            "amount": None if self.amount is None else f"{self.amount:.2f}",
            "snapshot": self.snapshot,
        }
        return described | ({"part": self.part} if self.part else {})


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over years. `amount` is None where a year has no figure (`missing`), a figure or one of its
    months is null (`nulls`, years), or a year before the last ends early (`short`): none of these is a zero,
    and a sum that lacks a part is no sum."""

    amount: Decimal | None
    figures: tuple[FigureFact, ...]
    missing: tuple[int, ...] = ()
    nulls: tuple[int, ...] = ()
    short: tuple[int, ...] = ()

    @property
    def last_day(self) -> date | None:
        return max((figure.last_day for figure in self.figures), default=None)

    @property
    def largest(self) -> FigureFact | None:
        """The figure that contributes most, the newest of equals."""
        known = [figure for figure in self.figures if figure.amount is not None]
        return max(known, key=lambda f: (abs(f.amount or 0), f.financial_year), default=None)


class Books:
    """The figures of one municipality."""

    def __init__(self, figures: Iterable[FigureFact] = ()) -> None:
        self._by_kind: dict[tuple[str, str, str], dict[int, FigureFact]] = {}
        for figure in figures:
            kind = (figure.measure, figure.code, figure.amount_type)
            self._by_kind.setdefault(kind, {})[figure.financial_year] = figure

    def __bool__(self) -> bool:
        return bool(self._by_kind)

    def of(self, measure: str, code: str, amount_type: str, year: int) -> FigureFact | None:
        return self._by_kind.get((measure, code, amount_type), {}).get(year)

    def years(self, measure: str, codes: Iterable[str], amount_type: str) -> list[int]:
        """The years that have a figure of at least one of the codes, oldest first."""
        kinds = (self._by_kind.get((measure, code, amount_type), {}) for code in codes)
        return sorted({year for kind in kinds for year in kind})

    def total(self, measure: str, codes: Iterable[str], amount_type: str, years: Iterable[int]) -> Total:
        """The sum of the codes over the years; each year needs a figure of at least one of the codes."""
        wanted = list(codes)
        found: list[FigureFact] = []
        missing: list[int] = []
        for year in years:
            of_year = [f for code in wanted if (f := self.of(measure, code, amount_type, year))]
            found += of_year
            if not of_year:
                missing.append(year)
        return total_of(found, missing)

    def in_kind(self, family: str, years: Iterable[int]) -> list[FigureFact]:
        """Money of the family that others spent for the municipality, so that it is not in its books: of
        each code and year the largest figure. A null counts as there: nobody knows how much it is."""
        codes = families.codes_of(family, in_kind=True)
        found = []
        for year in years:
            for code in codes:
                types = (self.of("grant", code, kind, year) for kind in ("SCHD", "TRFR", "ACT"))
                given = [figure for figure in types if figure and figure.amount != 0]
                found += sorted(given, key=_size, reverse=True)[:1]
        return found


def total_of(figures: Sequence[FigureFact], missing: Iterable[int] = ()) -> Total:
    """Their sum, oldest year first; only the newest year may still be running."""
    gaps = tuple(missing)
    nulls = tuple(dict.fromkeys(f.financial_year for f in figures if f.amount is None or f.null_month))
    newest = max((f.financial_year for f in figures), default=0)
    ended = (f for f in figures if f.financial_year < newest and not f.whole_year)
    short = tuple(dict.fromkeys(f.financial_year for f in ended))
    whole = bool(figures) and not (gaps or nulls or short)
    amount = sum((f.amount for f in figures if f.amount is not None), Decimal(0)) if whole else None
    return Total(amount, tuple(figures), gaps, nulls, short)


def _size(figure: FigureFact) -> Decimal:
    return Decimal("Infinity") if figure.amount is None else abs(figure.amount)


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: one municipality, the projects that it implements itself, its books."""

    place: PlaceFact
    projects: tuple[ProjectFact, ...]
    books: Books
