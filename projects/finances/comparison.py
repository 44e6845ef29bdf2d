"""One row for each municipality, to be set beside others: water capital, grants, debt, audit opinion. Pure.

All flows that stand in one column are of one financial year; a debt is a balance and says of which day. A
figure that there is not has a reason in its place and is never zero; what is of another kind than its
neighbours (audited, to another month, a sum over fewer lines) says so, so that nobody ranks unlike figures
without knowing it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from projects.facts import finance
from projects.finances import debt, sums
from projects.finances.sums import Line, Rate
from projects.languages import MARKED, Words, gettext
from projects.wording.figures import long_date

# Why there is no figure.
UNREAD, NOTHING, NULL, GONE = "not read", "not published", "given as null", "no longer published"
NO_BUDGET = "no budget to compare with"
IN_KIND = "allocated in kind alone"
NO_POPULATION = "population not known"
_REASONS = Words({words: words for words in (UNREAD, NOTHING, NULL, GONE, NO_BUDGET, IN_KIND, NO_POPULATION)})

POPULATION = "Statistics South Africa, Community Survey 2016"


@dataclass(frozen=True, slots=True)
class Part:
    """Figures that are read together. `measure`: of `MunicipalFigure`; `cube`: where they are from. Which
    year they are of where none is asked for: the newest, of those that are `over`; or of `each` municipality
    its own newest."""

    name: str
    named: str
    measure: str
    cube: str
    over: bool = False
    each: bool = False

    @property
    def title(self) -> str:
        return gettext(self.named)


PARTS = {
    part.name: part
    for part in (
        Part("owed", "Owed for bulk water", finance.BULK_DEBT, "aged_creditor_v2", each=True),
        Part("opinion", "Audit", "opinion", "audit_opinions"),
        Part("capital", "Water capital", "capital", "capital_v2", over=True),
        Part("grants", "Grants: spent of what was allocated", "grant", "grants_v2", over=True),
    )
}
MARKED.update(part.named for part in PARTS.values())
# Of each part the financial year, by its end; None where no year has a figure, or each has its own.
Years = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure. `value`: rand, percent with one decimal, or an opinion as published; None: `said` is the
    reason, else it is what the figure is of ("audited"). `over`: where it is of some of the lines alone.
    `proofs`: (SHA-256 of the archived answer, id of the figure) of what it is made of."""

    value: Decimal | str | None = None
    said: str = NOTHING
    over: str = ""
    proofs: tuple[tuple[str, int], ...] = ()
    report_url: str = ""

    @property
    def note(self) -> str:
        return ", ".join(filter(None, (self.said, self.over)))

    @property
    def snapshots(self) -> list[str]:
        return list(dict.fromkeys(sha256 for sha256, _ in self.proofs))


@dataclass(frozen=True, slots=True)
class Capital:
    """Of water and sanitation by function, without storm water."""

    budget: Entry
    spent: Entry
    rate: Entry
    budget_per_person: Entry
    spent_per_person: Entry


@dataclass(frozen=True, slots=True)
class Grant:
    """One family. `in_kind` is spent by others and is in none of the others; `rate` is spent of allocated."""

    allocated: Entry
    spent: Entry
    in_kind: Entry
    rate: Entry


@dataclass(frozen=True, slots=True)
class Owed:
    """A balance at the end of the day `at`, the last of a month."""

    amount: Entry
    per_person: Entry
    at: date | None = None

    @property
    def financial_year(self) -> int | None:
        return finance.municipal_year(self.at) if self.at else None


@dataclass(frozen=True, slots=True)
class Row:
    """`grants`: by family, those of which a figure is known. `published`: whether any figure is known."""

    municipality: Any
    years: Years
    capital: Capital
    grants: dict[str, Grant]
    owed: Owed
    opinion: Entry
    published: bool
    unread: str = NOTHING

    def grant(self, family: str) -> Grant:
        nothing = Entry(said=self.unread)
        return self.grants.get(family) or Grant(nothing, nothing, nothing, nothing)


def compare(municipality: Any, figures: Iterable[Any], years: Years, unread: frozenset[str]) -> Row:
    """`municipality`: anything with `population_2016`; `figures`: its own, with the columns of
    `MunicipalFigure`; those of other years than `years` are left out. `unread`: parts that were not read."""
    of: dict[str, list[Any]] = {name: [] for name in PARTS}
    names = {part.measure: part.name for part in PARTS.values()}
    for figure in figures:
        name = names.get(figure.measure)
        if name and years[name] in (figure.financial_year, None):
            of[name].append(figure)
    nothing = {name: UNREAD if name in unread else NOTHING for name in PARTS}
    people = municipality.population_2016
    return Row(
        municipality,
        years,
        _capital(of["capital"], people, nothing["capital"]),
        {family: _grant(lines) for family, lines in sums.by_family(sums.by_line(of["grants"])).items()},
        _owed(municipality, of["owed"], nothing["owed"]),
        _opinion(of["opinion"], nothing["opinion"]),
        any(of.values()),
        nothing["grants"],
    )


def _capital(figures: Sequence[Any], people: int | None, nothing: str) -> Capital:
    groups = sums.by_line(figures)
    lines = [line for code, line in groups.items() if sums.group_of("capital", code) in sums.GROUPS]
    budget = _sum(lines, sums.BUDGETS, sums.budgeted(lines), sums.budget(lines), nothing)
    spent = _sum(lines, sums.SPENT, sums.spending(lines), sums.spent(lines), nothing)
    rate = _rate(sums.rate(lines), budget, spent, NO_BUDGET)
    return Capital(budget, spent, rate, _per_person(budget, people), _per_person(spent, people))


def _sum(
    lines: Sequence[Line],
    kinds: Sequence[str],
    figures: Sequence[Any],
    found: tuple[str, sums.Sum] | None,
    nothing: str,
) -> Entry:
    if found is None:
        return _reason(lines, kinds, nothing)
    word, whole = found
    said = ", ".join(filter(None, (word, _through(whole.months))))
    return Entry(whole.amount, said, _over(whole), _proofs(figures))


def _reason(lines: Iterable[Line], kinds: Sequence[str], nothing: str = NOTHING) -> Entry:
    """Why none of the lines has a usable figure of these amount types."""
    known = [line[kind] for line in lines for kind in kinds if line.get(kind) is not None]
    return Entry(said=_why(known, nothing), proofs=_proofs(known))


def reason(said: str) -> str:
    """Why there is no figure, in the language of the page; what is no reason stands as it is."""
    return _REASONS.get(said, said)


def _why(figures: Sequence[Any], nothing: str) -> str:
    if any(figure.presence == "present" for figure in figures):
        return NULL
    return GONE if figures else nothing


def _through(months: Sequence[int]) -> str:
    """`to June`, `to May or June` of a sum of figures that go differently far; blank of whole years."""
    if not months:
        return ""
    names = gettext(" or ").join(map(finance.month_name, months))
    return gettext("to {months}").format(months=names)


def _over(found: sums.Sum) -> str:
    if found.count == found.lines:
        return ""
    return gettext("sum of {count} of {lines} lines").format(count=found.count, lines=found.lines)


def _proofs(figures: Iterable[Any]) -> tuple[tuple[str, int], ...]:
    return tuple((figure.snapshot_id, figure.pk) for figure in figures if figure.snapshot_id)


def _rate(rate: Rate | None, budget: Entry, spent: Entry, otherwise: str) -> Entry:
    if rate is not None:
        return Entry(rate.percent, rate.basis.removesuffix(f", {rate.over}"), rate.over)
    missing = next((side for side in (budget, spent) if side.value is None), None)
    return Entry(said=missing.said if missing else otherwise)


def _per_person(entry: Entry, people: int | None) -> Entry:
    if entry.value is None:
        return Entry(said=entry.said)
    if not people:
        return Entry(said=NO_POPULATION)
    each = (Decimal(entry.value) / people).quantize(Decimal("0.01"))
    return Entry(each or abs(each), entry.said, entry.over)  # nobody owes minus nought


def _grant(lines: dict[str, Line]) -> Grant:
    """Of one family; in-kind money is spent by others and stands apart."""
    direct, apart = sums.parted(lines)
    in_kind = _total(apart, sums.ALLOCATED)
    allocated, spent = _total(direct, sums.ALLOCATED), _total(direct, sums.GRANT_SPENT)
    otherwise = IN_KIND if allocated.said == NOTHING and in_kind.value is not None else NO_BUDGET
    rate = _rate(sums.grant_rate(direct), allocated, spent, otherwise)
    if rate.value is not None:
        rate = Entry(rate.value, spent.said, _besides(in_kind))
    elif otherwise == IN_KIND:
        rate = Entry(said=IN_KIND)
    return Grant(allocated, spent, in_kind, rate)


def _besides(in_kind: Entry) -> str:
    return gettext("more in kind") if in_kind.value else ""


def _total(lines: Sequence[Line], kind: str) -> Entry:
    found = sums.total(lines, kind)
    if found is None:
        return _reason(lines, [kind])
    known = [line[kind] for line in lines if sums.usable(line.get(kind))]
    some = len(known) < sum(line.get(kind) is not None for line in lines)
    return Entry(found.amount, _through(found.months), _over(found) if some else "", _proofs(known))


def _owed(place: Any, figures: Sequence[Any], nothing: str) -> Owed:
    debts = [figure for figure in figures if figure.code == finance.BULK_WATER]
    found = debt.newest_of(debts).get(place.pk)
    if found is None:
        reason = Entry(said=_why(debts, nothing), proofs=_proofs(debts))
        return Owed(reason, reason)
    said = gettext("{day}, audited") if found.audited else "{day}"
    said = said.format(day=long_date(found.at))
    proofs = ((found.snapshot, found.figure),) if found.snapshot else ()
    amount = Entry(found.amount, said, "", proofs)
    return Owed(amount, _per_person(amount, place.population_2016), found.at)


def _opinion(figures: Sequence[Any], nothing: str) -> Entry:
    for figure in figures:
        if figure.opinion and figure.presence == "present":
            return Entry(figure.opinion, "", "", _proofs([figure]), figure.report_url)
    return Entry(said=_why(figures, nothing), proofs=_proofs(figures))


@dataclass(frozen=True, slots=True)
class Column:
    """`named`: where it stands alone; `headed`: below that of its part, both in English. `part`: which of
    `PARTS` it is of, and so of which year. `kind`: rand, percent or opinion. `ours`: made by us of what
    stands beside it."""

    name: str
    named: str
    headed: str
    part: str
    kind: str
    entry: Callable[[Row], Entry]
    ours: bool = False

    @property
    def title(self) -> str:
        family, _, what = self.named.partition(": ")
        return f"{family}: {gettext(what)}" if family == self.headed else gettext(self.named)

    @property
    def heading(self) -> str:
        return gettext(self.headed)

    @property
    def is_number(self) -> bool:
        return self.kind != "opinion"


def _grant_column(family: str) -> Column:
    name, title = grant_name(family, "rate"), f"{family}: spent of what was allocated"
    return Column(name, title, family, "grants", "percent", lambda row: row.grant(family).rate)


def grant_name(family: str, what: str) -> str:
    """`rbig_rate`: what a column of the tables, the files and the orderings is called."""
    return f"{family.lower()}_{what}"


def _columns() -> Iterator[Column]:
    owed = "Owed for bulk water"
    yield Column("owed_for_bulk_water", owed, "Amount", "owed", "rand", attrgetter("owed.amount"))
    each = attrgetter("owed.per_person")
    yield Column("owed_per_person", f"{owed} per person", "Per person", "owed", "rand", each, ours=True)
    yield Column("audit_opinion", "Audit opinion", "Opinion", "opinion", "opinion", attrgetter("opinion"))
    for name, words in (("budget", "budgeted"), ("spent", "spent")):
        entry = attrgetter(f"capital.{name}")
        title = f"Water capital {words}"
        yield Column(f"capital_{name}", title, words.capitalize(), "capital", "rand", entry)
    rate, title = attrgetter("capital.rate"), "Water capital: spent of the budget"
    yield Column("capital_rate", title, "Spent of budget", "capital", "percent", rate, ours=True)
    for name, words in (("budget", "budgeted"), ("spent", "spent")):
        entry = attrgetter(f"capital.{name}_per_person")
        title, head = f"Water capital {words} per person", f"{words.capitalize()} per person"
        yield Column(f"capital_{name}_per_person", title, head, "capital", "rand", entry, ours=True)
    for family in finance.FAMILIES:
        yield _grant_column(family)


COLUMNS = {column.name: column for column in _columns()}
MARKED.update(column.named for column in COLUMNS.values() if column.part != "grants")
MARKED.update(column.headed for column in COLUMNS.values() if column.part != "grants")
MARKED.add("spent of what was allocated")


def sort_key(column: Column) -> Callable[[Row], Any]:
    """Opinions from the best to the worst, an outstanding one behind them; what is not known has no place."""
    places = {opinion: place for place, opinion in enumerate(finance.OPINIONS)}

    def key(row: Row) -> Any:
        value = column.entry(row).value
        if value is None or column.is_number:
            return value
        return places.get(str(value), len(places)), str(value)

    return key


def notes(column: Column, rows: Iterable[Row]) -> dict[str, int]:
    """What the known figures of a column are of: {note: how many}, the most frequent first. Figures with
    different notes are not alike."""
    entries = (column.entry(row) for row in rows)
    found = Counter(entry.note for entry in entries if entry.value is not None)
    return dict(found.most_common())
