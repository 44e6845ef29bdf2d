"""The bar on a terminal: how far a reading is, and whether it is a source's first."""

from __future__ import annotations

from typing import Any

import pytest

from etl.crawl.progress import Progress
from etl.management.sync import Bar
from projects.tests.factories import a_run

pytestmark = pytest.mark.django_db


def shown(capsys: Any, source: str) -> str:
    bar = Bar(source, shown=True)
    bar.show(Progress(done=130, waiting=90, what="list of LIM331", read=120, of=207, kind="lists"))
    bar._bar.refresh()
    bar.close()
    return str(capsys.readouterr().err)


def test_a_first_reading_says_so_and_how_many_lists_are_read(capsys: Any) -> None:
    assert "first reading: 120 of 207 lists" in shown(capsys, "dws")


def test_a_later_one_says_how_many(capsys: Any) -> None:
    a_run("dws")
    said = shown(capsys, "dws")
    assert "120 of 207 lists" in said
    assert "first" not in said


def test_a_bar_that_nobody_sees_asks_nothing(django_assert_num_queries: Any, capsys: Any) -> None:
    with django_assert_num_queries(0):
        Bar("dws", shown=False).close()
    assert capsys.readouterr().err == ""
