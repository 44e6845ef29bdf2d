"""What the Municipal Money API is asked, and how a question is spelled as a URL. Pure.

The API's own rules (https://municipaldata.treasury.gov.za/docs) and their traps:

* a dimension that cannot be summed over (year, period length, amount type, capital type) is always cut or
  drilled, or the sum is meaningless;
* texts in a cut are quoted, whole numbers bare; the values of one column are alternatives;
* labels are never drilled: one code can have a label per version of the chart of accounts, and each would
  be a cell of its own;
* 257 municipalities in one cut would make the URL too long: they are drilled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from projects.facts import finance

Value = str | int
MODEL, AGGREGATE, FACTS = "model", "aggregate", "facts"
AS_OF = "last_updated"  # a parameter that is ours alone
PAGE_SIZES = {MODEL: 0, AGGREGATE: 20_000, FACTS: 10_000}  # rows; more is silently clamped to these

MUNICIPALITY, YEAR, AMOUNT = "demarcation.code", "financial_year_end.year", "amount.sum"
AMOUNT_TYPE, LENGTH, PERIOD = "amount_type.code", "period_length.length", "financial_period.period"
FUNCTION, ITEM, GRANT, CAPITAL_TYPE = "function.code", "item.code", "grant.code", "capital_type.code"
TOTAL_OWED = "total_amount.sum"
AGE_COLUMNS = tuple(f"{age}_amount.sum" for age in finance.AGES)

# The cubes that are polled, in the order in which they are read: first what questions are asked of, then what
# leads a page, then what stands further down. `demarcation_changes` never says that it moved: it is read with
# `municipalities`.
CUBES = (
    "capital_v2",
    "grants_v2",
    "aged_creditor_v2",
    "audit_opinions",
    "uifwexp",
    "aged_debtor_v2",
    "municipalities",
    "cflow_v2",
    "incexp_v2",
)
# Of no question and no comparison: without a word that it moved, so many times longer is a reading believed.
SELDOM = {"incexp_v2": 4, "cflow_v2": 4}
# By customer group this is the largest answer of all, and only its newest balances are shown.
_NEWEST_YEARS = {"aged_debtor_v2": 3}

_BUILDING = ("NEW", "RENEWAL", "UPGRADING")  # repairs, depreciation and "" are no capital expenditure
_YEARLY = ("ORGB", "ADJB", "AUDA")
_OPERATING = (*_YEARLY, "ACT")  # ACT comes by the month
_INCOME = (
    "0200", "0300", "0400", "0500", "0600", "0800", "0900", "1000", "1100", "1200", "1300", "1400", "1500",
    "1600", "1700",
)  # fmt: skip
_SPENDING = tuple(str(item) for item in range(2000, 3001, 100))


@dataclass(frozen=True, slots=True)
class Query:
    """One question, of as many pages as its rows need.

    `what`: "model", "aggregate" or "facts". `measure`: a `Measure` value, "" for models and reference
    tables. `years`: the financial years that it asks for, () where it has none. `key`: its lasting name, the
    same in each poll. `params`: as the API spells them, not yet encoded, without page and page size (rows).
    """

    cube: str
    what: str
    measure: str
    years: tuple[int, ...]
    key: str
    params: tuple[tuple[str, str], ...] = ()
    page_size: int = 0

    def param(self, name: str) -> str:
        """The parameter as it is sent; "" where it is not."""
        return dict(self.params).get(name, "")

    @property
    def sums(self) -> tuple[str, ...]:
        """The aggregates that are asked for: `("amount.sum",)`."""
        return _split(self.param("aggregates"), "|")

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys that each row of the answer must have; () where the API chooses them."""
        return (*_split(self.param("drilldown"), "|"), *_split(self.param("fields"), ","), *self.sums)

    @property
    def cuts(self) -> dict[str, tuple[Value, ...]]:
        """Column → the values that it is cut to."""
        pairs = (part.partition(":") for part in _split(self.param("cut"), "|"))
        return {ref: tuple(_value(text) for text in values.split(";")) for ref, _, values in pairs}

    @property
    def refs(self) -> frozenset[str]:
        """All columns of the cube that the question names."""
        return frozenset(self.columns) | frozenset(self.cuts)


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(text.split(mark)) if text else ()


def _value(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:  # one bare word is the API's other spelling of a text
        return text
    return value if isinstance(value, str | int) else text


def url(base: str, query: Query, page: int = 1, as_of: str = "") -> str:
    """Where the page (from 1) of the question's answer is. `base` is TREASURY_URL, slash or not.

    No slash behind the path (the API answers that with 404), and everything encoded: a bare ";" is split on
    by some servers. `as_of`: when the cube says that it was last updated. The service keeps each answer for
    five minutes by its whole URL, and does not read a parameter that it does not know: with this one no
    answer is older than the date beside which it is stored.
    """
    path = f"{base.rstrip('/')}/cubes/{query.cube}/{query.what}"
    params = [*query.params]
    params += [] if query.what == MODEL else [("page", str(page)), ("pagesize", str(query.page_size))]
    params += [(AS_OF, as_of)] if as_of else []
    return f"{path}?{urlencode(params, quote_via=quote, safe='')}" if params else path


def cube_of(key: str) -> str:
    """The polled cube that a page belongs to, by the key of its sighting."""
    cube = key.split("#")[0].split(" ")[0]
    return "municipalities" if cube == "demarcation_changes" else cube


def measures_of(cube: str) -> set[str]:
    """What the figures of a cube are of."""
    return {query.measure for query in queries_of(cube, (finance.FIRST_YEAR,)) if query.measure}


def params_of(address: str) -> tuple[tuple[str, str], ...]:
    """What a question's URL asks, as it was asked then; () where it asks nothing."""
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    return tuple((name, value) for name, value in pairs if name not in ("page", "pagesize", AS_OF))


def model_query(cube: str) -> Query:
    """What the cube is made of and when it was last updated."""
    return Query(cube, MODEL, "", (), f"{cube} model")


@dataclass(frozen=True, slots=True)
class _Sum:
    """How the figures of one measure are summed. `is_timed`: the cube has amount types and periods."""

    cube: str
    measure: str
    cuts: Mapping[str, Iterable[Value]]
    is_timed: bool = True

    def query(self, years: tuple[int, ...], key: str) -> Query:
        drilled = [MUNICIPALITY, YEAR, finance.CODE_COLUMNS[self.measure]]
        # a group is never summed over: rows without one can be the sum of the others
        drilled += [finance.GROUP_COLUMNS[self.measure]] if self.measure in finance.GROUP_COLUMNS else []
        drilled += [AMOUNT_TYPE, LENGTH, PERIOD] if self.is_timed else []
        amounts = (*AGE_COLUMNS, TOTAL_OWED) if self.measure in finance.BALANCES else (AMOUNT,)
        params = (
            ("drilldown", "|".join(drilled)),
            ("aggregates", "|".join(amounts)),
            ("cut", _cut({**self.cuts, YEAR: years})),
            ("order", _order(drilled)),
        )
        return Query(self.cube, AGGREGATE, self.measure, years, key, params, PAGE_SIZES[AGGREGATE])


_OPERATED = {FUNCTION: finance.FUNCTIONS, AMOUNT_TYPE: _OPERATING, LENGTH: ("year", "month")}
_BUILT = {CAPITAL_TYPE: _BUILDING, AMOUNT_TYPE: _OPERATING, LENGTH: ("year", "month")}
_GRANTED = {AMOUNT_TYPE: ("SCHD", "TRFR", "ACT"), LENGTH: ("year", "month")}
_SUMS = (
    _Sum("capital_v2", "capital", {FUNCTION: finance.FUNCTIONS, **_BUILT}),
    _Sum("capital_v2", "asset", {ITEM: finance.ASSETS, **_BUILT}),
    _Sum("incexp_v2", "income", {ITEM: _INCOME, **_OPERATED}),
    _Sum("incexp_v2", "expenditure", {ITEM: _SPENDING, **_OPERATED}),
    _Sum("grants_v2", "grant", {GRANT: finance.GRANTS, **_GRANTED}),
    # Months are not asked for: a balance cannot be summed.
    _Sum("cflow_v2", "cash", {ITEM: finance.CASH, AMOUNT_TYPE: _YEARLY, LENGTH: ("year",)}),
)
# Balances, at the end of each month (ACT) and, audited, of the year: each month is drilled, none is summed.
_OWED = {AMOUNT_TYPE: ("AUDA", "ACT"), LENGTH: ("year", "month")}
_DEBTORS = _Sum("aged_debtor_v2", finance.DEBTORS, {ITEM: finance.DEBTOR_ITEMS, **_OWED})
_BULK_DEBT = _Sum("aged_creditor_v2", finance.BULK_DEBT, {ITEM: finance.BULK_ITEMS, **_OWED})
_UIFW = _Sum("uifwexp", "uifw", {ITEM: finance.UIFW}, is_timed=False)

OPINION_FIELDS = (MUNICIPALITY, YEAR, "opinion.code", "opinion.label", "opinion.report_url")
# Never the addresses and telephone numbers; nor `area`, which is the population of 2011 under a wrong name.
MUNICIPALITY_FIELDS = (
    "municipality.demarcation_code",
    "municipality.name",
    "municipality.province_code",
    "municipality.category",
    "municipality.parent_code",
)
CHANGE_FIELDS = (
    "old_demarcation.code",
    "new_demarcation.code",
    "old_code_transition.code",
    "new_code_transition.code",
    "date.date",
)


def queries_of(cube: str, years: Sequence[int]) -> list[Query]:
    """What to ask when the cube moved, for the financial years (by their end). Raises KeyError.

    The large cubes are asked a year at a time; what is owed for bulk water, spending against the rules and
    audit opinions all years at once, and without years everything that there is.
    """
    span = tuple(sorted(set(years)))
    for one in (_UIFW, _BULK_DEBT):
        if cube == one.cube:
            return [one.query(span, _spanned(f"{cube} {one.measure}", span))]
    if cube == "audit_opinions":
        key = _spanned("audit_opinions opinion", span)
        return [_facts("audit_opinions", OPINION_FIELDS, key, "opinion", span)]
    if cube == "municipalities":
        return [
            _facts("municipalities", MUNICIPALITY_FIELDS, "municipalities"),
            _facts("demarcation_changes", CHANGE_FIELDS, "demarcation_changes"),
        ]
    sums = [each for each in (*_SUMS, _DEBTORS) if each.cube == cube]
    if not sums:
        raise KeyError(cube)
    span = span[-_NEWEST_YEARS.get(cube, len(span)) :]
    return [each.query((year,), f"{cube} {each.measure} {year}") for each in sums for year in span]


def _facts(
    cube: str, fields: Sequence[str], key: str, measure: str = "", years: tuple[int, ...] = ()
) -> Query:
    cut = (("cut", _cut({YEAR: years})),) if years else ()
    params = (("fields", ",".join(fields)), *cut, ("order", _order(fields)))
    return Query(cube, FACTS, measure, years, key, params, PAGE_SIZES[FACTS])


def _spanned(name: str, years: tuple[int, ...]) -> str:
    """The name with its years, `2020-2023` or `2020+2022`: another span is another question."""
    if not years:
        return name
    whole = len(years) > 1 and years == tuple(range(years[0], years[-1] + 1))
    return f"{name} {years[0]}-{years[-1]}" if whole else f"{name} {'+'.join(map(str, years))}"


def _cut(cuts: Mapping[str, Iterable[Value]]) -> str:
    parts = ((ref, ";".join(json.dumps(value) for value in values)) for ref, values in cuts.items())
    return "|".join(f"{ref}:{values}" for ref, values in parts if values)


def _order(refs: Iterable[str]) -> str:
    """Over all columns, so that no row can move from one page to the next between two requests."""
    return ",".join(f"{ref}:asc" for ref in refs)
