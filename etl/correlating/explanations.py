"""What may lawfully explain a question, the likeliest first: what the figures speak for leads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from etl.correlating import wording
from etl.correlating.calculation import Against, Listed
from etl.correlating.gap import Gap
from projects.facts import finance
from projects.finances.families import codes_of, is_water_only
from projects.wording.figures import long_date, percent, rand

_EXACTLY = Decimal("0.001")  # of a figure: amounts are whole rand, sums of rounded ones are a little off
_THOUSANDFOLD = (500, 2000)
_QUARTER = 92  # days

BEFORE_THE_START = (
    "What was spent before the start date that DWS gives, on planning and design, or by an earlier"
    " implementer, is in none of these years of these books."
)
UNAUDITED = "The municipality’s spending is its monthly, unaudited report; the audited figure may differ."
_ROLLED = "what is not spent in its year may, with approval, be spent in the next, and stands in its books."

# How far the figures speak for it, and the sentence.
LIKELY, POSSIBLE, TOO_LITTLE = range(3)
Reason = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a question beside its gap. `since` and `until`: the first and last day compared;
    `unspent`: rand of the grant that was allocated and not spent in the compared years that are over, or in
    the year before, None: not known; `spending`: else allocations; `own`: what the rule adds."""

    family: str
    since: date
    until: date
    listed: Sequence[Listed]
    against: Against
    unspent: Decimal | None = None
    spending: bool = True
    own: Sequence[str] = field(default=())


def explained(gap: Gap, known: Circumstances) -> tuple[str, ...]:
    """One sentence each. Those that the figures speak for, those that are possible, and those that are too
    little; each of these in the order: VAT, a factor of a thousand, a quarter's lag, several purses,
    rollover, in kind; then what the rule adds."""
    reasons = [*_of_money(gap, known), *_of_time(gap, known), *_of_purses(gap, known)]
    reasons += [*_of_rollover(gap, known), *_of_kind(gap, known), *_of_books(known)]
    ordered = sorted(reasons, key=lambda reason: reason[0])
    return (*(said for _, said in ordered), *wording.corrections(each.project for each in known.listed))


def _of_money(gap: Gap, known: Circumstances) -> Iterator[Reason]:
    rate = finance.vat_rate(known.since)
    net = gap.dws - gap.given
    with_vat = [books * (1 + rate / 100) for books in (gap.books, gap.held) if books > 0]
    if any(abs(net - amount) <= _EXACTLY * amount for amount in with_vat):
        since, before = finance.VAT[0][0], finance.VAT[1][1]
        yield (
            LIKELY,
            f"DWS’s figure is that of the books with VAT of {percent(rate)} added: one of the two may be with"
            f" VAT and the other without. (The rate has been {percent(finance.VAT[0][1])} since"
            f" {long_date(since)}; before, it was {percent(before)}.)",
        )
    elif gap.amount <= gap.held * rate / 100:
        yield POSSIBLE, "One figure may be with VAT and the other without."
    else:
        yield TOO_LITTLE, "One figure may be with VAT and the other without, which alone explains less."
    least, most = _THOUSANDFOLD
    if any(least * books <= net <= most * books for books in (gap.books, gap.held) if books > 0):
        yield (
            LIKELY,
            "One of the two may have been supplied in thousands of rand: they are about a thousandfold"
            " apart.",
        )


def _of_time(gap: Gap, known: Circumstances) -> Iterator[Reason]:
    if not known.spending:
        yield (
            POSSIBLE,
            "An allocation can be changed during the year, by an adjustment or by stopping and re-allocating"
            " it.",
        )
        return
    days = (known.until - known.since).days + 1
    if days > 2 * _QUARTER and gap.amount <= gap.dws * _QUARTER / days:
        yield (
            LIKELY,
            "The difference is no more than what DWS’s figure grows in a quarter: one of the two may be"
            " reported a quarter later than the other.",
        )
    else:
        yield POSSIBLE, "One of the two may be reported later than the other, or be corrected later."


def _of_purses(gap: Gap, known: Circumstances) -> Iterator[Reason]:
    several = "A project can be paid from several purses: the municipality’s own money, a loan, another grant"
    what = "all its capital on" if known.spending else "its whole capital budget for"
    more = f"{what} water and sanitation"
    if gap.of_all_purses:
        yield (
            LIKELY,
            f"{several}. Here {more} is more than this grant, and stands in its place: what is asked about is"
            " beyond that too. Operating money is not in it.",
        )
    elif gap.capital is None:
        yield POSSIBLE, f"{several}. These are in no figure here, and {more} is not known."
    else:
        unknown = known.against.purses.unknown
        but = f" (not known: {wording.years(unknown)})" if unknown else ""
        yield (
            POSSIBLE,
            f"{several}. Here {more} is no more than this grant{but}; operating money is not in it.",
        )


def _of_rollover(gap: Gap, known: Circumstances) -> Iterator[Reason]:
    if known.unspent is not None and known.unspent >= gap.amount:
        yield (
            LIKELY,
            f"More of the grant was allocated in a year before than the books show as spent: {_ROLLED}",
        )
    else:
        yield POSSIBLE, f"Grant money can be rolled over: {_ROLLED}"


def _of_kind(gap: Gap, known: Circumstances) -> Iterator[Reason]:
    given = known.against.in_kind
    if not given:
        return
    when = wording.years(sorted({figure.financial_year for figure in given}))
    codes = ", ".join(sorted({figure.code for figure in given}))
    direct = ", ".join(codes_of(known.family))
    yield (
        LIKELY,
        f"In {when} also {rand(gap.given)} of {known.family} was allocated in kind ({codes}): others spend it"
        " for the municipality, so that it is not in its books. DWS may count it, and it is taken off here;"
        f" one grant’s allocation and spending can stand under two codes ({direct} and {codes}).",
    )


def _of_books(known: Circumstances) -> Iterator[Reason]:
    for said in known.own:
        yield POSSIBLE, said
    if known.spending:
        yield POSSIBLE, UNAUDITED
    if any(figure.amount is not None and figure.amount < 0 for figure in known.against.figures):
        yield LIKELY, "The books hold a negative figure: a correction of an earlier year."
    if not is_water_only(known.family):
        yield (
            POSSIBLE,
            f"{known.family} pays for more than water: the books hold all of it, so that DWS’s part should be"
            " less.",
        )
