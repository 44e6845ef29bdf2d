"""Which project a row is: numbers as the eye sees them, placeholders, shared numbers, renames and moves."""

from __future__ import annotations

import pytest

from etl.tests.watching import HEAD, Watched, row, table
from etl.values.identifiers import folded, is_unnumbered, number_of
from projects.models import Project

OTHERS = (
    row("WP20", "Giyani Reservoir", budget="R 7 000 000"),
    row("WP30", "Orée Weir", budget="R 9 000 000"),
)
SPELLINGS = [
    "wp10", "\u200bWP10", "W\u00adP10", "ＷＰ１０", "WP10.", "WP10:", "\u00a0WP10\u2009", "WP\u206010",
    "'WP10",
]  # fmt: skip
PLACEHOLDERS = [
    "N/A", "TBC", "–", "none", "0", "000", "-", "To be confirmed", "Nuwe", "(tbc)", "T.B.C.", "XXX", "00-00",
    "#REF!", "Not yet allocated", "nog nie toegeken nie", "To be issued",
]  # fmt: skip
NUMBERS = ["1", "10", "WP0", "0A", "NEW-1", "N10", "A/1", "W/KZN/19/20", "10.0"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_is_one_however_it_is_spelled(spelling: str) -> None:
    assert folded(spelling) == folded("WP10")


@pytest.mark.parametrize("other", ["WP100", "WP1O", "WP-10", "WP²10", "W P10", "P10", "WP10A"])
def test_what_can_be_seen_tells_numbers_apart(other: str) -> None:
    assert folded(other) != folded("WP10")


def test_all_dashes_and_spaces_are_one() -> None:
    assert {folded(f"WP{dash}10") for dash in "-‐‑‒–—−－"} == {"wp-10"}
    assert {folded(f"WP{space}10") for space in " \u00a0\u2009\u202f\u3000"} == {"wp 10"}


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_no_number(text: str) -> None:
    assert number_of(text) == ""
    assert is_unnumbered(text)


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_stays_as_it_is_published(text: str) -> None:
    assert number_of(f" {text}\n") == text
    assert not is_unnumbered(text)


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_a_number_is_no_news(watched: Watched, spelling: str) -> None:
    watched.shows(row("WP10", "Northern Pipeline"), *OTHERS)
    assert watched.shows(row(spelling, "Northern Pipeline"), *OTHERS) == []
    assert watched.names().keys() == {"WP10", "WP20", "WP30"}
    told = watched.shows(row(spelling, "Northern Pipeline", status="Construction"), *OTHERS)
    assert told == [("WP10", "updated", ["status", "status_as_published"])]


@pytest.mark.django_db
def test_the_spelling_that_came_first_is_kept(watched: Watched) -> None:
    watched.shows(row("Wp\u2013010", "Northern Pipeline"), *OTHERS)
    assert watched.shows(row("WP-010", "Northern Pipeline"), *OTHERS) == []
    assert "Wp\u2013010" in watched.names()
    assert Project.objects.get(external_id="Wp\u2013010").published["Project No"] == "Wp\u2013010"


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["N/A", "TBC", "000", "–", "Nuwe"])
def test_rows_with_a_placeholder_are_projects_of_their_own(watched: Watched, text: str) -> None:
    one, two = row(text, "Northern Pipeline"), row(text, "Southern Pipeline", budget="R 6 000 000")
    watched.shows(one, two, *OTHERS)
    assert sorted(watched.names().values()) == [
        "Giyani Reservoir", "Northern Pipeline", "Orée Weir", "Southern Pipeline"
    ]  # fmt: skip
    assert watched.shows(two, *OTHERS, one) == []
    assert watched.run.complete


A, B = row("WP10", "Northern Pipeline"), row("WP10", "Southern Pipeline", budget="R 6 000 000")


def second(watched: Watched) -> str:
    """The id of the one that has a digest behind its number."""
    (found,) = [i for i in watched.names() if i.startswith("WP10~")]
    return found


@pytest.mark.django_db
def test_one_number_on_two_rows_of_a_list_is_two_projects_with_an_issue_each(watched: Watched) -> None:
    watched.shows(A, B, *OTHERS)
    assert watched.run.complete
    assert watched.names()["WP10"] == "Northern Pipeline"
    assert watched.names()[second(watched)] == "Southern Pipeline"
    issues = {p.name: p.issues for p in Project.objects.filter(external_id__startswith="WP10")}
    assert [issue["problem"] for issue in issues["Northern Pipeline"]] == [
        "the same number as “Southern Pipeline” in the same list"
    ]
    assert [issue["text"] for issue in issues["Southern Pipeline"]] == ["WP10"]


@pytest.mark.django_db
def test_they_stay_who_they_are_when_rows_move_and_other_columns_change(watched: Watched) -> None:
    watched.shows(A, B, *OTHERS)
    assert watched.shows(*OTHERS, B, A) == []
    changed = row("WP10", "Southern Pipeline", budget="R 8 000 000", status="Construction")
    told = watched.shows(changed, *OTHERS, A)
    assert [(i, kind) for i, kind, _ in told] == [(second(watched), "updated")]


@pytest.mark.django_db
def test_identical_rows_are_one_project(watched: Watched) -> None:
    watched.shows(A, A, *OTHERS)
    assert watched.names().keys() == {"WP10", "WP20", "WP30"}


@pytest.mark.django_db
def test_a_second_row_that_comes_later_takes_nobodys_place(watched: Watched) -> None:
    watched.shows(B, *OTHERS)
    told = watched.shows(A, B, *OTHERS)
    assert [kind for _, kind, _ in told] == ["created"]
    assert watched.names()["WP10"] == "Southern Pipeline"
    assert watched.names()[second(watched)] == "Northern Pipeline"
    assert Project.objects.get(external_id="WP10").issues, "the first one's issue is written too"
    assert watched.shows(B, A, *OTHERS) == []


@pytest.mark.django_db
def test_the_one_that_goes_is_missing_and_the_other_stays(watched: Watched) -> None:
    watched.shows(A, B, *OTHERS)
    other = second(watched)
    assert watched.shows(B, *OTHERS) == [("WP10", "missing", ["presence"])]
    assert Project.objects.get(external_id=other).issues == []
    assert watched.shows(B, A, *OTHERS) == [("WP10", "returned", ["presence"])]
    assert watched.shows(A, *OTHERS) == [(other, "missing", ["presence"])]


@pytest.mark.django_db
def test_one_of_two_that_is_renamed_is_told_as_renamed(watched: Watched) -> None:
    watched.shows(A, B, *OTHERS)
    other = second(watched)
    renamed = row("WP10", "Eastern Pipeline", budget="R 6 000 000")
    assert watched.shows(renamed, A, *OTHERS) == [(other, "updated", ["name"])]
    # a third that takes the old name is somebody else
    assert [kind for _, kind, _ in watched.shows(renamed, A, B, *OTHERS)] == ["created"]
    assert watched.names()[other] == "Eastern Pipeline"


@pytest.mark.django_db
def test_two_new_names_beside_one_known_are_no_rename(watched: Watched) -> None:
    watched.shows(A, *OTHERS)
    told = watched.shows(row("WP10", "Upper Weir"), row("WP10", "Lower Weir"), *OTHERS)
    assert sorted(kind for _, kind, _ in told) == ["created", "created", "missing"]


@pytest.mark.django_db
@pytest.mark.parametrize("label", ["Phase", "Fase", "Lot", "Component", "Sub-project"])
def test_phases_of_one_number_and_name_are_projects_of_their_own(watched: Watched, label: str) -> None:
    head = (*HEAD, label)
    one, two = (*A, "1: dam"), (*row("WP10", "Northern Pipeline", budget="R 6 000 000"), "2: pipes")
    others = [(*other, "1: all") for other in OTHERS]
    watched.shows(one, two, *others, head=head)
    assert len(watched.names()) == 4
    assert watched.shows(*others, two, one, head=head) == []


@pytest.mark.django_db
def test_across_lists_one_number_is_one_project(watched: Watched) -> None:
    entry = (
        '<html><body><a href="/projects/a">Projects A</a> <a href="/projects/b">Projects B</a></body></html>'
    )
    watched.reads(
        {"/projects": entry, "/projects/a": table([A, *OTHERS]), "/projects/b": table([B, *OTHERS])}
    )
    assert watched.names().keys() == {"WP10", "WP20", "WP30"}


BARE = HEAD[1:]
C = row("", "Northern Pipeline", date="2027-06-30")[1:]
MANY = [
    row("", "Giyani Reservoir", budget="R 7 000 000")[1:],
    row("", "Orée Weir", budget="R 9 000 000")[1:],
    row("", "Amathole Boreholes", budget="R 3 000 000", place="Amathole [DC12]")[1:],
]


@pytest.mark.django_db
def test_a_rename_without_numbers_is_a_change_of_name(watched: Watched) -> None:
    watched.shows(C, *MANY, head=BARE)
    before = {p.name: p.external_id for p in Project.objects.all()}
    renamed = ("Northern Pipeline (Phase 2)", *C[1:])
    assert watched.shows(*MANY, renamed, head=BARE) == [(before["Northern Pipeline"], "updated", ["name"])]
    assert watched.shows(renamed, *MANY, head=BARE) == []
    # somebody else of the old name is somebody else; the way back is a rename too
    other = row("", "Northern Pipeline", budget="R 1 000 000")[1:]
    assert [kind for _, kind, _ in watched.shows(renamed, other, *MANY, head=BARE)] == ["created"]
    assert watched.shows(other, renamed, *MANY, head=BARE) == []


@pytest.mark.django_db
def test_a_move_without_numbers_is_a_change_of_municipality(watched: Watched) -> None:
    watched.shows(C, *MANY, head=BARE)
    moved = row("", "Northern Pipeline", date="2027-06-30", place="Greater Giyani [LIM331]")[1:]
    ((_, kind, fields),) = watched.shows(moved, *MANY, head=BARE)
    assert kind == "updated"
    assert {"municipality", "province"} <= set(fields)
    assert watched.shows(*MANY, moved, head=BARE) == []


@pytest.mark.django_db
def test_what_could_be_two_is_neither(watched: Watched) -> None:
    twin = ("Southern Pipeline", *C[1:])
    watched.shows(C, twin, *MANY, head=BARE)
    told = watched.shows(("Eastern Pipeline", *C[1:]), twin, *MANY, head=BARE)
    assert sorted(kind for _, kind, _ in told) == ["created", "missing"]


@pytest.mark.django_db
def test_rows_with_numbers_are_never_matched_by_what_stays(watched: Watched) -> None:
    watched.shows(A, *OTHERS)
    told = watched.shows(row("WP11", "Northern Pipeline"), *OTHERS)
    assert sorted(kind for _, kind, _ in told) == ["created", "missing"]


@pytest.mark.django_db
def test_too_little_stays_where_next_to_nothing_is_published(watched: Watched) -> None:
    head = ("Project Name", "Municipality", "Status", "Budget")
    rows = [
        (name, "Cape Town [CPT]", "Design", f"R {n} 000 000") for n, name in enumerate(["One dam", "Two"], 5)
    ]
    watched.shows(*rows, head=head)
    told = watched.shows(("Another dam", *rows[0][1:]), rows[1], head=head)
    assert sorted(kind for _, kind, _ in told) == ["created", "missing"]


@pytest.mark.django_db
def test_a_record_that_an_earlier_version_kept_under_a_placeholder_is_still_that_project(
    watched: Watched,
) -> None:
    watched.shows(row("WP10", "Northern Pipeline"), *OTHERS)
    known = Project.objects.get(external_id="WP10")
    known.external_id = "000"
    known.published = {**known.published, "Project No": "000"}
    known.save()
    known.identities.update(external_id="000")
    told = watched.shows(row("000", "Northern Pipeline", status="Construction"), *OTHERS)
    assert [(i, kind) for i, kind, _ in told] == [("000", "updated")]
    watched.is_of_today = False
