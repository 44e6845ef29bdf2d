"""What auditors said, and what was spent without right: only of audited years."""

from __future__ import annotations

from collections.abc import Iterator

from replica.money.cells import Row
from replica.money.drawing import around, people
from replica.money.plan import LAST_AUDITED, Plan
from replica.money.reference import lines, long_name, municipalities

OPINIONS = {
    "unqualified": "Unqualified - No findings",
    "unqualified_emphasis_of_matter": "Unqualified - Emphasis of Matter items",
    "qualified": "Qualified",
    "adverse": "Adverse opinion",
    "disclaimer": "Disclaimer of opinion",
    "outstanding": "Outstanding",
}
KINDS = ("fruitless", "irregular", "unauthorised")


def opinions(plan: Plan) -> Iterator[Row]:
    """Facts of audit_opinions; the address of the report is an address, blank or null."""
    for place, years in plan.of("audit_opinions"):
        rng = plan.rng("audit", place.code)
        for year in (year for year in years if year <= LAST_AUDITED):
            code = rng.choice(tuple(OPINIONS))
            dice = rng.random()
            if dice < 0.04:
                continue
            recorded = year < min(plan.years, default=LAST_AUDITED)
            url = report_url(place.code, year) if recorded or dice < 0.7 else ("" if dice < 0.85 else None)
            yield [place.code, year, code, OPINIONS[code], url]


def report_url(code: str, year: int) -> str:
    return f"http://reports.replica.invalid/{year - 1}-{year % 100:02d}/{code}.pdf"


def irregular(plan: Plan) -> Iterator[Row]:
    """Facts of uifwexp, nulls among them."""
    for place, years in plan.of("uifwexp"):
        rng = plan.rng("irregular", place.code)
        for year in (year for year in years if year <= LAST_AUDITED):
            for kind in KINDS:
                amount = around(rng, people(place) * 40) + rng.randint(0, 999)
                yield [place.code, kind, year, None if rng.random() < 0.15 else amount]


def places() -> Iterator[Row]:
    """Facts of municipalities: no addresses, no telephones."""
    for place in municipalities().values():
        names = [place.code, place.name, long_name(place), place.parent]
        kinds = [long_name(place).rpartition(", ")[2], place.province, place.category, place.miif]
        yield [*names, *kinds, place.population]


def changes() -> Iterator[Row]:
    """Facts of demarcation_changes."""
    for row in lines("demarcation_changes"):
        yield [row["old"], row["new"], row["old_transition"], row["new_transition"], row["date"]]
