"""What is compared: a municipality, the projects that it implements itself, and its own books. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
class Reading:
    """What DWS was read to say of a project from a day on, until the next; rand, and percent done."""

    day: date
    expenditure: Decimal | None = None
    progress_percentage: Decimal | None = None
    budget: Decimal | None = None
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectFact:
    """A project as it is shown, a steward's corrections included (`corrected`: of which fields).

    `history`: what DWS was read to say of it, oldest first; where it is not known, what it says now counts
    as read first on `reported_on`.
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
    history: tuple[Reading, ...] = ()
    corrected: tuple[str, ...] = ()

    @property
    def family(self) -> str | None:
        """The family of its programme's grant; None where municipal books know no such grant."""
        return families.family_of(self.programme)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What it was read to say, oldest first; never empty."""
        first = self.reported_on or date.min
        now = Reading(first, self.expenditure, self.progress, self.budget, self.snapshot)
        return self.history or (now,)

    def evidence(self, value: Decimal, snapshot: str | None) -> dict[str, Any]:
        """What the question's page shows of it; `value`: what is compared, in rand."""
        described = {
            "id": self.pk,
            "external_id": self.external_id,
            "name": self.name,
            "value": f"{value:.2f}",
            "snapshot": snapshot,
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
        """Whether a month before the newest is null or not given: the amount is of the others alone."""
        newest = self.through_month or 0
        return bool(self.months) and any(self.months.get(month) is None for month in range(1, newest))

    def until(self, end: date) -> FigureFact:
        """The same up to a day: as it stands where it ends by then, else of the months that end by then."""
        if self.last_day <= end:
            return self
        return self.of_months(1, finance.municipal_month(end))

    def of_months(self, first: int, last: int, *, at_least: bool = False) -> FigureFact:
        """The same of some of its months; null where one of them is null or not given, unless a lower bound
        will do."""
        newest = last if self.through_month is None else min(last, self.through_month)
        found = [self.months.get(month) for month in range(first, newest + 1)]
        known = [amount for amount in found if amount is not None]
        amount = sum(known, Decimal(0)) if known and (at_least or len(known) == len(found)) else None
        words = f"{finance.month_name(first)} to {finance.month_name(last)} alone"
        return replace(self, amount=amount, through_month=newest, months={}, part=words)

    @property
    def last_day(self) -> date:
        """The last day that the figure covers: of a monthly one, the end of its newest month."""
        return finance.month_end(self.financial_year, self.through_month or 12)

    def ends(self) -> Iterator[date]:
        """The ends of its months with something in them; of a figure by the year the year's end."""
        if not self.months:
            yield self.last_day
        for month, amount in self.months.items():
            if amount:
                yield finance.month_end(self.financial_year, month)

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

    def spent_until(self, codes: Iterable[str], until: date) -> date | None:
        """Where the books of some grants end, by a day at the latest: with the last month in which something
        was spent. Noughts after it may be months that were not reported yet. None where nothing ever was,
        so that they do not tell."""
        ends = [
            end
            for code in codes
            for figure in self._by_kind.get(("grant", code, "ACT"), {}).values()
            for end in figure.ends()
            if end <= until
        ]
        return max(ends, default=None)

    def total(
        self,
        measure: str,
        codes: Iterable[str],
        amount_type: str,
        years: Iterable[int],
        until: date = date.max,
    ) -> Total:
        """The sum of the codes over the years, up to a day in the last of them; each year needs a figure of
        at least one of the codes."""
        wanted = list(codes)
        found: list[FigureFact] = []
        missing: list[int] = []
        for year in years:
            of_year = [f.until(until) for code in wanted if (f := self.of(measure, code, amount_type, year))]
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

    def given(self, family: str, years: Iterable[int]) -> list[FigureFact]:
        """The same without what is below nought: it corrects another year, and may be added to no gap."""
        return [each for each in self.in_kind(family, years) if each.amount is None or each.amount > 0]


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
    return Decimal("Infinity") if figure.amount is None else figure.amount


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at: one municipality, the projects that it implements itself, its books.

    `until`: the end of the last month that was over when DWS was read last. What the books hold of later
    months is not compared.
    """

    place: PlaceFact
    projects: tuple[ProjectFact, ...]
    books: Books
    until: date = date.max
