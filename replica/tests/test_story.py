"""The demo's world is one that a person believes: it fits together at the start, and after many edits."""

from __future__ import annotations

import pytest

from replica.money.plan import TODAY
from replica.rounds import Rounds
from replica.site import Site
from replica.vocabulary import AWKWARD, STATUSES
from replica.world import Project, World


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(300, 7, story=True)


@pytest.fixture(scope="module")
def edited() -> Site:
    site = Site(300, 7, story=True)
    for _ in range(150):
        site.mutate(3)
    return site


@pytest.fixture(params=["site", "edited"])
def world(request: pytest.FixtureRequest) -> World:
    return request.getfixturevalue(request.param).world


def _stage(project: Project) -> str:
    return STATUSES[project.status or ""]


def test_progress_fits_the_status(world: World) -> None:
    for project in world:
        progress = (project.progress or 0) / 100
        match _stage(project):
            case "identification" | "planning" | "design" | "tender":
                assert progress == 0, project
            case "completed":
                assert progress == 100, project
            case _:
                assert 0 <= progress < 100, project
        for low, high in ((1, 25), (26, 50), (76, 99)):
            if f"{low}% - {high}%" in (project.status or ""):
                assert low <= progress <= high, project


def test_what_is_done_was_due_before_today_and_what_is_planned_is_due_later(site: Site) -> None:
    for project in site.world:
        if project.completion_date and _stage(project) == "completed":
            assert project.completion_date < TODAY, project
        if project.completion_date and _stage(project) in ("design", "tender"):
            assert project.completion_date > TODAY, project
        if project.start_date and project.completion_date:
            assert project.start_date < project.completion_date, project


def test_few_spend_more_than_their_budget(world: World) -> None:
    both = [p for p in world if p.budget and p.expenditure is not None]
    over = [p for p in both if p.expenditure > p.budget]
    assert len(over) < len(both) / 20


def test_some_are_late_and_most_are_not(site: Site) -> None:
    going = [p for p in site.world if _stage(p) == "construction" and p.completion_date]
    late = [p for p in going if p.completion_date < TODAY]
    assert len(going) / 20 < len(late) < len(going) / 2


def test_no_text_is_awkward_and_all_say_that_they_are_made_up(world: World) -> None:
    for project in world:
        texts = [project.name, project.description or "", project.remarks or ""]
        assert not any(awkward in text for awkward in AWKWARD for text in texts)
        assert project.name.startswith("Replica scheme")
        assert "<" not in "".join(texts)


def test_it_is_the_same_again_and_remembers_its_edits(tmp_path) -> None:
    first, again = (Rounds(Site(40, 7, story=True), tmp_path / "kept.json") for _ in range(2))
    for _ in range(6):
        first.go_on()
    again.repeat()
    assert again.site.facts() == first.site.facts()
    other = Rounds(Site(40, 7), tmp_path / "kept.json")
    assert other.repeat() == 0  # those were the edits of another site


def test_where_all_is_done_it_is_edited_all_the_same() -> None:
    site = Site(3, 7, story=True)
    for project in site.world:
        site.set_value(project.external_id, "status", "Final Completion")
    assert site.mutate(2)
