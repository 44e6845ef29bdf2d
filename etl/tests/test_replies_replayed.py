"""Answers of those who are concerned under the pipeline: in the chain, and no part of what a source said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.scheduler import DataScheduler
from etl.tests.test_correlation import correlate, own_project, spent
from projects.log.verification import verify
from projects.models import DataChangeLog, Discrepancy, MunicipalFigure, Project, SyncRun
from projects.stewards import replies
from projects.tests.factories import an_answer

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
HEAD = ("Project No", "Project Name", "Municipality", "Status", "Completion date", "Budget (R)")


def a_page(folder: Path, budget: str) -> Path:
    """A saved page of one project and three quiet ones."""
    rows = [("P-1", "Weir", "[LIM331]", "Design", "2031-06-30", budget)]
    rows += [(f"Q-{n}", f"Quiet {n}", "[CPT]", "Design", "2032-06-30", "700000") for n in range(3)]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f"<th>{cell}</th>" for cell in HEAD)
    page = folder / "saved.html"
    page.write_text(f"<html><body><table><tr>{head}</tr>{cells}</table></body></html>", encoding="utf-8")
    return page


@pytest.fixture
def read(sync: Any, here: Any, tmp_path: Path) -> Callable[..., SyncRun]:
    here.HOLD_CHANGED = here.HOLD_BLANKED = 100
    return lambda budget: sync(files=[a_page(tmp_path, budget)])


def test_answers_leave_the_chain_the_replay_and_the_next_reading_as_they_were(read):
    read("5000000")
    project = Project.objects.get(external_id="P-1")
    old = an_answer(project, "budget")
    read("6000000")
    new = an_answer(project, "budget", text="It was adjusted in February.", replaces=old)
    replies.take_back(new, "It was about another scheme.", None)
    assert read("6000000").state == "unchanged"
    assert DataChangeLog.objects.filter(change_type="replied").count() == 3
    assert verify().fault is None
    assert DataScheduler().replay("dws").is_identical


@pytest.mark.soak
def test_an_answer_about_a_figure_is_no_reading_of_it(first_figures, poll, site):
    figure = MunicipalFigure.objects.exclude(amount=None).latest("pk")
    an_answer(f"figure:{figure.pk}")
    an_answer(f"municipality:{figure.municipality_id}", str(figure.financial_year))
    site.site.mutate_finances(25)
    poll()
    assert poll().state == "unchanged"
    assert verify().fault is None
    assert DataScheduler().replay("treasury").is_identical


def test_an_answer_to_a_question_leaves_the_question_as_it_is():
    own_project()
    for year in (2021, 2022, 2023):
        spent(year, "1000000.00")
    correlate()
    question = Discrepancy.objects.open().first()
    assert question
    an_answer(f"discrepancy:{question.pk}")
    assert correlate().change_count == 0
    question.refresh_from_db()
    assert question.state == "open"
