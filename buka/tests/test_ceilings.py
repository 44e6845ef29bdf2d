"""The ceilings measure what they say."""

from __future__ import annotations

import ast

import pytest

from buka.dev.ceilings import ROOT, SMALL, Measures, _measure_code, high_lines, measure, verdict


def measured(source: str, name: str = "etl/load/rows.py") -> Measures:
    measures = Measures()
    _measure_code(ast.parse(source), name, measures)
    return measures


def nested(*heads: str) -> str:
    lines = ["def f(x):", *(f"{'    ' * (level + 1)}{head}:" for level, head in enumerate(heads))]
    return "\n".join([*lines, "    " * (len(heads) + 1) + "pass"])


def test_three_levels_are_allowed_and_four_are_not():
    assert verdict(measured(nested("for y in x", "if y", "while y"))) == []
    assert "nesting 4" in verdict(measured(nested("for y in x", "if y", "while y", "with y")))[0]


@pytest.mark.parametrize("count", [1, 2])
def test_an_elif_is_no_deeper_than_its_if(count):
    chain = "".join(f"    elif x == {n}:\n        pass\n" for n in range(count))
    source = f"def f(x):\n    if x:\n        pass\n{chain}    else:\n        pass\n"
    assert verdict(measured(source)) == []


def test_what_is_inside_an_else_is_deeper():
    source = "def f(x):\n if x:\n  pass\n else:\n  if x:\n   if x:\n    if x:\n     pass\n  pass\n"
    assert "nesting 4" in verdict(measured(source))[0]


def test_a_function_inside_a_function_starts_anew():
    inner = nested("for y in x", "if y", "while y").replace("\n", "\n        ")
    assert verdict(measured(f"def outer():\n    if True:\n        {inner}\n")) == []


def test_one_broad_except_is_allowed_in_the_monitor_and_nowhere_else():
    source = "try:\n    pass\nexcept Exception:\n    pass\n"
    assert verdict(measured(source, "etl/monitor.py")) == []
    assert len(verdict(measured(source * 2, "etl/monitor.py"))) == 1
    assert len(verdict(measured(source))) == 1
    assert len(verdict(measured("try:\n    pass\nexcept (ValueError, BaseException):\n    pass\n"))) == 1
    assert len(verdict(measured("try:\n    pass\nexcept:\n    pass\n"))) == 1


def test_a_print_is_noticed():
    assert "print" in verdict(measured("print(1)"))[0]


def test_the_95th_percentile_is_that_of_the_lines():
    source = "\n".join(f"def f{n}():\n" + "    pass\n" * n for n in range(1, 101))
    assert high_lines(measured(source)) == 97
    assert any("95th percentile" in offence for offence in verdict(measured(source)))


@pytest.mark.parametrize(
    ("lines", "offence"), [(39, "only 39 lines"), (40, ""), (500, ""), (501, "501 lines")]
)
def test_a_file_is_neither_long_nor_too_small_for_a_name_of_its_own(tmp_path, lines, offence):
    path = tmp_path / "amounts.py"
    path.write_text("x = 1\n" * lines)
    measures = Measures()
    measure(path, "etl/values/amounts.py", measures)
    assert [offence in found for found in measures.offences] == ([True] if offence else [])


def test_what_may_be_small_is_small_and_there():
    for name in SMALL:
        assert (ROOT / name).read_text(encoding="utf-8").count("\n") < 40, name
