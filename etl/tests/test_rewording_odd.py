"""Words for headings at a bad moment, or of odd lists: each project stays itself, or the word is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from etl.tests.conftest import first_of, going_on
from etl.tests.test_adding_a_source import AMATHOLE, CAPE_TOWN, GIYANI, Board, board, read
from etl.tests.test_rewording_whole import NUMBERS, called
from etl.tests.test_steward_identity import HEADINGS, ROWS, known, say
from etl.tests.test_steward_plan import agree, asked, decide, is_no_news, newer, site, steward
from etl.tests.test_vocabulary_edited import bulk, confirmed, sent, word
from projects.models import Project, RunState, Sighting, Snapshot, SyncRun, Vocabulary
from projects.stewards import merging

__all__ = ["board", "called", "site", "steward"]
pytestmark = pytest.mark.django_db
NUMBERED = ["Project No", *HEADINGS]
NUMBERED_ROWS = [[f"WP{number}", *row] for number, row in enumerate(ROWS)]
TWO_NUMBERS = ["Project No", "Old No", "Project Name", "Budget"]


def rows_of(old: str) -> list[list[str]]:
    """Four projects with the old numbers that are given."""
    pairs = zip(old.split(), ROWS, strict=True)
    return [
        [f"WP{number}", number_before, row[0], row[4]] for number, (number_before, row) in enumerate(pairs)
    ]


def take_away(steward: Any) -> dict[str, Any]:
    return bulk(*Vocabulary.objects.all())


# --- numbers and names -----------------------------------------------------------------------------


@pytest.mark.soak
def test_without_a_column_of_numbers_the_names_say_which_is_which(site, sync, steward, client):
    site.publish(NUMBERED, NUMBERED_ROWS)
    sync(site.url)
    before = known()
    said = confirmed(steward, "add/", word("Project No", ""))
    assert "4 of 4 projects get another number, or none: “WP0” → none" in said
    assert sync().change_count == 0
    moved = [*NUMBERED_ROWS[2][:5], "R 5.00"]
    new = ["WP9", "A new dam", "ZZ/1", "at the river", "Vhembe Water", "R 7.00"]
    site.publish(NUMBERED, [*NUMBERED_ROWS[:2], moved, new])
    run = sync()
    told = {(row.change_type, row.cause) for row in newer(len(ROWS))}
    assert (run.change_count, told) == (
        3, {("updated", "source"), ("created", "source"), ("missing", "source")},
    )  # fmt: skip
    assert agree()
    confirmed(steward, "", take_away(steward))
    last = newer(0)[-1].pk
    assert sync().change_count == 0
    assert newer(last) == []
    assert before.keys() < known().keys()
    assert len(known()) == len(before) + 1
    assert agree()
    site.publish(NUMBERED, [*NUMBERED_ROWS[:2], moved, new, NUMBERED_ROWS[3]])  # it is back, by its number
    sync()
    (row,) = newer(last)
    assert (row.change_type, row.external_id) == ("returned", "WP3")
    assert agree()


def test_neither_numbers_nor_names_are_refused(site, sync, steward):
    site.publish(NUMBERED, NUMBERED_ROWS)
    sync(site.url)
    confirmed(steward, "add/", word("Project No", ""))
    said = sent(steward, "add/", word("Project Name", ""))
    assert "projects would not be read any more: “Upgrade of Giyani bulk supply”" in said
    assert Vocabulary.objects.count() == 1


@pytest.mark.soak
def test_two_headings_change_places(site, sync, steward, client):
    site.publish(HEADINGS, ROWS)
    first = sync(site.url)
    before = known()
    rows = {}
    for text, meaning in (("Tag", "name"), ("Project Name", "municipality")):
        confirmed(steward, "add/", word(text, meaning))
        rows[text] = Vocabulary.objects.get(text=text).pk
    for now in (
        {"Tag": "name", "Project Name": "municipality"},
        {"Project Name": "name", "Tag": "municipality"},
    ):
        for text, meaning in now.items():
            if Vocabulary.objects.get(text=text).meaning != meaning:
                confirmed(steward, f"{rows[text]}/change/", word(text, meaning))
        sync()
        assert known() == before
        assert agree()
        assert sync().change_count == 0
    assert "would not be read any more" in sent(
        steward, f"{rows['Project Name']}/change/", word("Project Name", "")
    )
    confirmed(steward, "", take_away(steward))
    sync()
    assert known() == before
    assert agree()
    assert is_no_news(client, newer(first.last_change))


@pytest.mark.soak
def test_a_word_that_two_columns_answer_to(site, sync, steward, client):
    """“Tag” and “TAG (R)” are looked up alike; what both could be is read of one of them."""
    site.publish(["Project Name", "Tag", "TAG (R)", "Contractor", "Vote"], ROWS)
    first = sync(site.url)
    before = known()
    for meaning in ("name", "municipality", "external_id"):
        assert "4 of 4 projects" in confirmed(steward, "add/", word("Tag", meaning))
        for _ in range(2):
            sync()
            assert known() == before
            assert agree()
        confirmed(steward, "", take_away(steward))
        sync()
        assert known() == before
    assert is_no_news(client, newer(first.last_change))
    assert agree()


def test_numbers_by_which_others_are_known_are_refused(site, sync, steward):
    site.publish(TWO_NUMBERS, rows_of("WP3 WP2 WP1 WP0"))
    sync(site.url)
    said = sent(steward, "add/", word("Old No", "external_id"))
    assert "would be taken for others: “Upgrade of Giyani bulk supply” for WP3" in said
    assert not Vocabulary.objects.exists()


@pytest.mark.soak
def test_a_new_project_with_a_number_by_which_another_is_known_takes_nothing_of_it(site, sync, steward):
    """“WP1” is the second one's number of before, and the new one's old number."""
    site.publish(TWO_NUMBERS, rows_of("A3 A2 A1 A0"))
    sync(site.url)
    before = known()
    confirmed(steward, "add/", word("Project No", ""))
    confirmed(steward, "add/", word("Old No", "external_id"))
    sync()
    assert known() == before
    new = ["WP9", "WP1", "A new one", "R 6.00"]
    for rows in (
        [*rows_of("A3 A2 A1 A0"), new],
        [*rows_of("A3 A2 A1 A0")[::-1], [*new[:2], "Renamed", new[3]]],
    ):
        site.publish(TWO_NUMBERS, rows)
        sync()
        assert known().items() >= before.items()
        assert {project.name for project in Project.objects.all()} == {row[2] for row in rows}
        assert agree()
        assert sync().change_count == 0
    assert "would be taken for others" in sent(steward, "", take_away(steward))


def renamed_without_a_number(site: Any, sync: Any, steward: Any) -> None:
    """While no column is the numbers', WP3 gets another name: it goes missing, and a new one comes."""
    site.publish(NUMBERED, NUMBERED_ROWS)
    sync(site.url)
    confirmed(steward, "add/", word("Project No", ""))
    sync()
    site.publish(NUMBERED, [*NUMBERED_ROWS[:3], ["WP3", "Another name altogether", *NUMBERED_ROWS[3][2:]]])
    sync()
    assert Project.objects.get(external_id="WP3").presence == "missing"


def test_one_that_became_two_is_refused_until_they_are_merged(site, sync, steward):
    renamed_without_a_number(site, sync, steward)
    said = sent(steward, "", take_away(steward))
    assert "would be taken for others: “Another name altogether” for WP3" in said
    old, new = Project.objects.get(external_id="WP3"), Project.objects.get(name="Another name altogether")
    merging.merge(old, new, reason="One scheme.", user=None)
    confirmed(steward, "", take_away(steward))
    sync()
    old.refresh_from_db()
    assert (old.presence, old.name) == ("present", "Another name altogether")
    assert sync().change_count == 0


def test_a_word_that_was_taken_away_behind_the_screens_leaves_nothing_missing_that_is_listed(
    site, sync, steward
):
    renamed_without_a_number(site, sync, steward)
    Vocabulary.objects.all().delete()
    sync()
    listed = Project.objects.filter(presence="present")
    assert {project.name for project in listed} == {*(row[0] for row in ROWS[:3]), "Another name altogether"}
    assert listed.filter(external_id="WP3").exists()
    assert sync().change_count == 0


@pytest.mark.parametrize("replica", [{"projects": 6}], indirect=True)
@pytest.mark.parametrize("called", [NUMBERS], indirect=True)
def test_a_list_without_numbers_is_known_by_what_its_projects_own_pages_say_too(replica, called, sync):
    """The name stands on both, word for word: it is the line's all the same."""
    sync(replica.url)
    before = known()
    assert all(external_id.startswith("name:") for external_id, _, _ in before.values())
    replica.site.mutate(6)
    run = sync()
    assert (run.created, run.missing, known()) == (0, 0, before)
    assert run.updated


# --- the moment, and what is kept ------------------------------------------------------------------


def test_while_a_run_is_reading_nothing_is_decided(site, sync, steward):
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    run = going_on()
    for said in (
        decide(steward, "change", "Tag", meaning="name"),
        sent(steward, "add/", word("Tag", "name")),
    ):
        assert (
            f"run {run.pk} is reading dws; what that does to the projects can be told when it has ended"
            in said
        )
    assert not Vocabulary.objects.exists()
    SyncRun.objects.filter(pk=run.pk).update(
        state=RunState.FAILED, finished_at=timezone.now(), lease_until=None
    )
    say(steward, "change", "Tag", meaning="name")
    assert Vocabulary.objects.exists()


def test_one_page_that_came_to_harm_allows_no_rehearsal(site, sync, steward, here):
    links = '<a href="/projects/a">Projects A</a> <a href="/projects/b">Projects B</a>'
    of_two_lists(site, links)
    sync(site.url)
    digest = Sighting.objects.get(url__endswith="/projects/b").snapshot_id
    (file,) = (file for file in here.ARCHIVE_DIR.rglob("*") if file.is_file() and digest in file.name)
    file.write_bytes(b"harm")
    for said in (
        decide(steward, "change", "Tag", meaning="name"),
        sent(steward, "add/", word("Tag", "name")),
    ):
        assert "the kept pages cannot be read again" in said
    assert not Vocabulary.objects.exists()


def test_no_kept_page_at_all_allows_no_rehearsal(site, sync, steward):
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    Sighting.objects.update(snapshot=None)
    assert "no page that is kept shows any of the 4 projects" in decide(
        steward, "change", "Tag", meaning="name"
    )
    assert "no page that is kept shows any of the 4 projects" in sent(steward, "add/", word("Tag", "name"))
    assert not Vocabulary.objects.exists()


def of_two_lists(site: Any, links: str, tag: str = "") -> None:
    """The first two projects in one list, the others in another, the last one with that tag."""
    last = [*ROWS[3][:1], tag or ROWS[3][1], *ROWS[3][2:]]
    for name, rows in (("a", ROWS[:2]), ("b", [ROWS[2], last])):
        site.publish(HEADINGS, rows)
        site.pages[f"/projects/{name}"] = site.pages["/projects"]
    site.pages["/projects"] = f"<html><body>{links}</body></html>"


@pytest.mark.parametrize("tag", ["", ROWS[0][1]])
def test_projects_of_a_list_that_could_not_be_read_last_are_judged_by_what_they_said(
    site, sync, steward, tag
):
    links = '<a href="/projects/a">Projects A</a> <a href="/projects/b">Projects B</a>'
    of_two_lists(site, links, tag)
    sync(site.url)
    before = known()
    assert len(before) == 4
    site.pages["/projects/b"] = (500, {}, b"away")
    site.pages["/projects"] = f"<html><body>{links} anew</body></html>"
    sync()
    assert known() == before
    if tag:
        said = decide(steward, "change", "Tag", meaning="name", confirmed="yes")
        assert (
            "would fall together as one: “Amathole regional pipeline” and “Upgrade of Giyani bulk supply”"
            in said
        )
        return
    question, _ = say(steward, "change", "Tag", meaning="name")
    assert "4 of 4 projects get another name" in question
    assert (
        "2 of the projects stand on no page that is kept: they are judged by what they said last." in question
    )
    of_two_lists(site, links)
    sync()  # byte by byte as it was read before the word
    assert known() == before
    assert {project.name for project in Project.objects.all()} == {row[1] for row in ROWS}
    assert {row.cause for row in newer(len(ROWS))} == {"parser"}
    assert agree()
    assert sync().change_count == 0


# --- other sources ---------------------------------------------------------------------------------


@pytest.mark.soak
def test_another_source_is_rehearsed_the_same_way(board: Board, steward):
    board.publish(CAPE_TOWN + "Tender", GIYANI, AMATHOLE)
    read()
    before = known()
    question = asked(steward, "change", "Remarks", source="waterboard", meaning="name")
    assert "2 of 3 projects get another name: “Faure; phase " in question
    confirmed(steward, "add/", word("Remarks", "name"))
    for _ in range(2):
        read()
        assert known() == before
    assert Project.objects.get(external_id="A1").name == "Tender"
    board.edit("Tender", "Awarded")
    assert read().change_count == 1
    assert known() == before


@pytest.mark.soak
def test_a_word_is_rehearsed_for_each_source_that_shows_its_heading(board: Board, site, sync, steward):
    site.publish(["Project No", "Project Name", "Municipality", "Remarks", "Budget"], [
        ["WP1", "Dam", "LIM331 Greater Giyani", "begun", "R 1 000.00"],
        ["WP2", "Weir", "DC12 Amathole", "done", "R 2 000.00"],
    ])  # fmt: skip
    sync(site.url)
    board.publish(CAPE_TOWN + "Tender", GIYANI, AMATHOLE)
    read()
    before = known()
    question, _ = say(steward, "change", "Remarks", meaning="name")
    assert "dws: 2 of 2 projects get another name" in question
    assert "waterboard: 2 of 3 projects get another name" in question
    sync()
    read()
    assert known() == before
    Vocabulary.objects.all().delete()
    sync()
    read()
    board.publish(CAPE_TOWN + "Tender", f"{GIYANI[:-1]}Tender", AMATHOLE)
    read()
    said = decide(steward, "change", "Remarks", meaning="external_id", confirmed="yes")
    assert "several projects have the same there: tender" in said
    assert not Vocabulary.objects.exists()
    assert Snapshot.objects.exists()


@pytest.mark.parametrize("meaning", first_of(["name", "external_id", "municipality"]))
def test_after_a_first_reading_that_was_cut_off(site, sync, steward, client, meaning):
    """What it loaded is known, and no reading was believed to its end."""
    site.publish(HEADINGS, ROWS)
    first = sync(site.url)
    before = known()
    SyncRun.objects.update(state=RunState.ABANDONED, proof={}, profile={}, complete=False, concludes=False)
    assert "of 4 projects" in confirmed(steward, "add/", word("Tag", meaning))
    for _ in range(2):
        sync()
        assert known() == before
        assert agree()
    rows = newer(first.last_change)
    assert not rows or is_no_news(client, rows)
