"""A steward says which column has the numbers, names or places: each project stays the same one, there and
back, and where it could not, the word is refused."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from etl.tests.test_steward_plan import (
    agree,
    asked,
    decide,
    is_no_news,
    newer,
    site,
    steward,
    waiting,
    yes,
)
from projects.models import DataChangeLog, Project, Vocabulary

__all__ = ["site", "steward"]
pytestmark = pytest.mark.django_db
HEADINGS = ["Project Name", "Tag", "Kant", "Contractor", "Vote"]
ROWS = [
    [
        "Upgrade of Giyani bulk supply",
        "GY/21/01",
        "Giyani, beneath the dam",
        "Tshiamo Civils",
        "R 12 500 000.00",
    ],
    ["Refurbishment of Xikundu works", "GY/21/02", "LIM331 Greater Giyani", "Vhembe Water", "R 8 300 000.00"],
    ["New reservoir at Faure", "FA/22/01", "beside the old works", "Khulani Pipelines", "R 1 450 000.00"],
    [
        "Amathole regional pipeline",
        "AM/20/07",
        "three villages in the hills",
        "Nkosi Bros",
        "R 99 000 000.00",
    ],
]


def known() -> dict[int, tuple[str, str, str]]:
    """{project: its id, address and presence}."""
    return {
        project.pk: (project.external_id, project.get_absolute_url(), project.presence)
        for project in Project.everything.all()
    }


def say(client: Client, decision: str, label: str, **given: str) -> tuple[str, str]:
    """What the confirm page says, and what is said after the yes."""
    question = asked(client, decision, label, **given)
    return question, decide(client, decision, label, **yes(question), **given)


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        ("name", "4 of 4 projects get another name: “Amathole regional pipeline” → “AM/20/07”;"),
        ("municipality", "4 of 4 projects lie elsewhere: “GY/21/01”;"),
        ("district", "4 of 4 projects lie elsewhere"),
        ("external_id", "4 of 4 projects get another number, or none: “GY/21/01”;"),
    ],
)
def test_each_stays_the_same_project_there_and_back(site, sync, steward, client, meaning, said):
    site.publish(HEADINGS, ROWS)
    first = sync(site.url)
    before, values = known(), list(Project.objects.order_by("pk").values("name", "municipality_as_published"))
    assert "Tag" in waiting()
    question, _ = say(steward, "change", "Tag", meaning=meaning)
    assert said.split(":")[0] in question
    assert "4 projects are known by something else from the next reading on" in question

    run = sync()
    rows = newer(first.last_change)
    expected = {"name": 4, "municipality": 4, "district": 4, "external_id": 0}[meaning]
    assert (run.state, run.change_count, len(rows)) == ("unchanged", expected, expected)
    assert not rows or is_no_news(client, rows)
    assert known() == before
    assert agree()
    assert sync().change_count == 0

    moved = [[*ROWS[3][:4], "R 99 000 001.00"], *ROWS[:3]]  # the site goes on, and speaks of the same ones
    site.publish(HEADINGS, moved)
    sync()
    (row,) = newer(DataChangeLog.objects.order_by("-pk")[1].pk)
    assert (row.change_type, row.cause, row.external_id) == ("updated", "source", before[row.entity_id][0])
    assert known() == before
    assert agree()

    last = row.pk
    assert "Read by a steward's word" in steward.get(reverse("admin:etl_columns")).content.decode()
    say(steward, "take back", "Tag")
    assert not Vocabulary.objects.exists()
    assert sync().change_count == expected
    assert not newer(last) or is_no_news(client, newer(last))
    assert known() == before
    assert list(Project.objects.order_by("pk").values("name", "municipality_as_published")) == values
    assert agree()
    assert sync().change_count == 0
    for pk in before:  # and as of today each says what its record does
        then = client.get(f"/api/v1/projects/{pk}/?as_of={timezone.localdate()}").json()
        assert then["name"] == Project.objects.get(pk=pk).name


def test_what_was_accepted_is_forbidden_again(site, sync, steward, client):
    site.publish(HEADINGS, ROWS)
    first = sync(site.url)
    before = known()
    say(steward, "change", "Kant", meaning="municipality")
    sync()
    assert Project.objects.get(name=ROWS[1][0]).municipality_id == "LIM331"
    say(steward, "forbid", "Kant")
    assert Vocabulary.objects.get().meaning == ""
    sync()
    assert Project.objects.get(name=ROWS[1][0]).municipality_id is None
    assert is_no_news(client, newer(first.last_change))
    assert known() == before
    assert agree()
    assert sync().change_count == 0


def test_several_words_one_after_the_other_and_a_new_project_between(site, sync, steward):
    """A replay, which knows today's words alone, finds each by the id of the day when it was first read."""
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    say(steward, "change", "Kant", meaning="municipality")
    sync()
    site.publish(HEADINGS, [*ROWS, ["Dam at Zaaihoek", "ZH/1", "Zaaihoek", "Vhembe Water", "R 2 000 000.00"]])
    sync()
    say(steward, "change", "Tag", meaning="name")
    sync()
    before = known()
    assert len(before) == 5
    assert agree()
    say(steward, "forbid", "Tag")
    sync()
    say(steward, "take back", "Kant")
    sync()
    assert known() == before
    assert agree()
    decide(steward, "take back", "Tag")  # that it is none
    sync()
    say(steward, "change", "Tag", meaning="external_id")
    sync()
    assert known() == before
    assert agree()
    assert sync().change_count == 0


def refused(client: Client, label: str, meaning: str) -> str:
    said = decide(client, "change", label, meaning=meaning, confirmed="yes")
    assert not Vocabulary.objects.exists()
    assert "was not decided on" in said
    return said


def test_two_that_would_be_one_are_named_and_the_word_is_refused(site, sync, steward):
    site.publish(HEADINGS, [*ROWS, ["Amathole weir", "AM/20/07", *ROWS[3][2:4], "R 5 000 000.00"]])
    sync(site.url)
    said = refused(steward, "Tag", "name")
    assert "would fall together as one: “Amathole regional pipeline” and “Amathole weir”" in said


def test_two_of_one_name_do_not_lose_the_place_that_tells_them_apart(site, sync, steward):
    """“Kant” says where they are; without it, taken back, they would be one."""
    twin = [ROWS[0][0], "XX/1", "Malamulele", "Sedibeng Works", "R 700 000.00"]
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    say(steward, "change", "Kant", meaning="municipality")
    site.publish(HEADINGS, [*ROWS, twin])
    sync()
    before = known()
    assert len(before) == 5
    for decision in ("take back", "forbid"):
        said = decide(steward, decision, "Kant", confirmed="yes")
        assert f"would fall together as one: “{twin[0]}” and “{twin[0]}”" in said
    assert Vocabulary.objects.get().meaning == "municipality"
    assert sync().change_count == 0
    assert known() == before


def test_one_that_lists_tell_differently_is_not_torn_apart(site, sync, steward):
    site.publish(HEADINGS, ROWS)
    site.pages["/projects/a"] = site.pages["/projects"]
    site.publish(HEADINGS, [[*ROWS[0][:2], "Malamulele", *ROWS[0][3:]], *ROWS[1:]])
    site.pages["/projects/b"] = site.pages["/projects"]
    links = '<a href="/projects/a">Projects A</a> <a href="/projects/b">Projects B</a>'
    site.pages["/projects"] = f"<html><body>{links}</body></html>"
    assert sync(site.url).requests > 3
    assert Project.objects.count() == 4
    said = refused(steward, "Kant", "municipality")
    assert f"a project would fall apart, as lists differ there: “{ROWS[0][0]}”" in said


def test_pages_that_are_gone_allow_no_rehearsal(site, sync, steward, here):
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    for file in here.ARCHIVE_DIR.rglob("*"):
        if file.is_file():
            file.unlink()
    assert "the kept pages cannot be read again" in refused(steward, "Tag", "name")
