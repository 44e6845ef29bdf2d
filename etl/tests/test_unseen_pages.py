"""Pages that nobody had in view when the rules were written: nothing wrong, nothing invented, nothing silent."""

from __future__ import annotations

from collections import Counter

import pytest

from etl.tests import unseen_cards, unseen_tables
from etl.tests.unseen import UNSEEN, judged

assert (unseen_cards, unseen_tables)  # their pages are registered where they are imported
RIGHT = 0.9  # of what a person reads on all of them


@pytest.mark.parametrize("name", UNSEEN)
def test_nothing_is_wrong_invented_or_left_out_in_silence(name: str) -> None:
    counts, told = judged(name)
    assert (counts["wrong"], counts["invented"], counts["silent"]) == (0, 0, 0), told[:5]


def test_how_much_of_them_is_read() -> None:
    counts = sum((judged(name)[0] for name in UNSEEN), Counter[str]())
    exact = sum(set(judged(name)[0]) <= {"right", ""} for name in UNSEEN)
    assert counts["right"] >= RIGHT * counts.total(), counts
    assert exact >= RIGHT * len(UNSEEN), exact
