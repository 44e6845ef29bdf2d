"""No text is a formula where a spreadsheet divides the file, and each is read back as it was."""

from __future__ import annotations

import pytest

from projects.api.exports import cell
from projects.spreadsheets import defused, plain

PLAIN = ["", "Dam", "17", "a; b", "Phase 1; 2; 3", "it's; so", "“x” – y", "a=b", "1-2", "שלום; é"]
EVIL = {
    "=1": "'=1",
    "\ufeff=1": "'\ufeff=1",
    "＝1": "'＝1",
    "\t=1": "'\t'=1",
    "a;=1": "a;'=1",
    "a; \u202e＠x": "a;' \u202e＠x",
    "a\t+1": "a\t'+1",
    "a\n=1\nb": "a\n'=1\nb",
    "a\r-1": "a\r'-1",
    "=1;=2": "'=1;'=2",
}


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert defused(text) == plain(text) == text


@pytest.mark.parametrize(("text", "shown"), EVIL.items())
def test_none_is_a_formula_and_each_is_read_back(text: str, shown: str) -> None:
    assert cell(text) == defused(text) == shown
    assert plain(shown) == text


def test_numbers_and_lists() -> None:
    assert cell("-5.00", is_number=True) == "-5.00"
    assert cell(["a b", "=c"]) == "a b;' =c"
