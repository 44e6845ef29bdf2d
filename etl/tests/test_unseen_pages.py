"""Pages that nobody had in view when the rules were written: nothing wrong, invented or silently left out."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import pytest

from etl.tests.unseen import UNSEEN, judged

# Pages are registered where they are imported.
FILES = """abroad beside cards guards late offices offices_late offices_last public public_end public_last
    public_late public_traps returns saved single tables temptations traps""".split()
for name in FILES:
    import_module(f"etl.tests.unseen_{name}")
RIGHT = 0.9  # of what a person reads on all of them, and of the pages that are read without a fault


@pytest.mark.parametrize("name", UNSEEN)
def test_nothing_is_wrong_invented_or_left_out_in_silence(name: str) -> None:
    counts, told = judged(name)
    assert (counts["wrong"], counts["invented"], counts["silent"]) == (0, 0, 0), told[:5]


def test_how_much_of_them_is_read() -> None:
    counts = sum((judged(name)[0] for name in UNSEEN), Counter[str]())
    exact = sum(judged(name)[0]["said"] == 0 for name in UNSEEN)
    assert counts["right"] >= RIGHT * counts.total(), counts
    assert exact >= RIGHT * len(UNSEEN), exact
