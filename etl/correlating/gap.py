"""The one amount that a question is about: computed once, weighed, asked and told as it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

MINOR, MAJOR = "minor", "major"
_NOUGHT = Decimal(0)

# Two reports of one thing are allowed to differ by so much: rounding, and payments on their way.
TOLERANCE = Decimal("0.05")
LEAST_GAP = Decimal(100_000)
# A gap is major beyond both: in rand, and as a share of what is held against DWS's figure.
MAJOR_GAP = Decimal(10_000_000)
MAJOR_SHARE = Decimal("0.5")

IN_KIND = "in-kind money of the same grant may be the whole difference"
PURSES = "the municipality’s other capital on water and sanitation may be the whole difference"


@dataclass(frozen=True, slots=True)
class Gap:
    """What DWS reports beyond all that may stand against it, in rand, both up to the same day.

    `books`: what the municipality's books show of the grant. `given`: in-kind money, which DWS may count and
    the books do not hold. `capital`: all that the municipality spent on water works, from whatever purse;
    None: not known. `allowed` (a share of what is held against DWS) and `least` (rand): what may differ.
    A sum below nought corrects another year and counts as nought: no more is asked about than DWS reports.
    """

    dws: Decimal
    books: Decimal
    given: Decimal = _NOUGHT
    capital: Decimal | None = None
    allowed: Decimal = TOLERANCE
    least: Decimal = LEAST_GAP

    @property
    def of_all_purses(self) -> bool:
        """Whether all purses together hold more than the books of the grant, so that they are compared."""
        return self.capital is not None and self.capital > max(self.books, _NOUGHT)

    @property
    def held(self) -> Decimal:
        """What the municipality has to show: of the grant, or from all purses, whichever is more."""
        return max(self.books, self.capital if self.capital is not None else _NOUGHT, _NOUGHT)

    @property
    def amount(self) -> Decimal:
        """What is asked about."""
        return self.dws - self.given - self.held

    @property
    def threshold(self) -> Decimal:
        return max(self.least, self.allowed * self.held)

    @property
    def is_asked(self) -> bool:
        return self.amount > self.threshold

    @property
    def severity(self) -> str:
        """Major when the amount is more than R10 million and more than half of what the books show."""
        is_major = self.amount > MAJOR_GAP and self.amount > MAJOR_SHARE * self.held
        return MAJOR if is_major else MINOR

    @property
    def silence(self) -> str:
        """Why it is not asked where the grant's books alone do not answer it; blank where they do."""
        if self.is_asked or not replace(self, given=_NOUGHT, capital=None).is_asked:
            return ""
        return PURSES if replace(self, capital=None).is_asked else IN_KIND
