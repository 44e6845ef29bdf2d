"""Treasury's table of municipalities beside ours: each difference a sentence, none a correction."""

from __future__ import annotations

from typing import Any

from etl.money.places import OurPlace, disestablished_codes, table_differences

OURS = {
    "CPT": OurPlace("City of Cape Town", "WC", "A"),
    "DC33": OurPlace("Mopani", "LIM", "C"),
    "LIM331": OurPlace("Greater Giyani", "LIM", "B", "DC33"),
}


def place(code: str, name: str, province: str, category: str, parent: str | None) -> dict[str, Any]:
    fields = {"demarcation_code": code, "name": name, "province_code": province, "category": category}
    return {f"municipality.{key}": value for key, value in {**fields, "parent_code": parent}.items()}


def change(old: str, new: str, old_code: str, new_code: str) -> dict[str, Any]:
    return {
        "old_demarcation.code": old,
        "new_demarcation.code": new,
        "old_code_transition.code": old_code,
        "new_code_transition.code": new_code,
        "date.date": "2016-08-03",
    }


THEIRS = [
    place("CPT", "City of Cape Town", "WC", "A", "WC"),
    place("DC33", "Mopani", "LIM", "C", "LIM"),
    place("LIM331", "Greater Giyani", "LIM", "B", "DC33"),
]
CHANGES = [
    change("EC103", "EC101", "disestablished", "continue"),
    change("LIM343", "LIM345", "continue", "established"),
]


def said(*rows: dict[str, Any]) -> list[str]:
    return [each.sentence for each in table_differences(rows, CHANGES, OURS)]


def test_equal_tables_have_no_difference_and_the_disestablished_are_none() -> None:
    assert said(*THEIRS) == []
    assert said(*THEIRS, place("EC103", "Ikwezi", "EC", "B", "DC10")) == []


def test_a_municipality_that_gave_land_away_and_goes_on_is_current() -> None:
    assert disestablished_codes(CHANGES) == {"EC103"}


def test_each_field_that_differs_is_told_by_itself() -> None:
    other = place("LIM331", "Giyani", "MP", "C", "MP")
    found = table_differences([*THEIRS[:2], other], CHANGES, OURS)
    assert [(each.what, each.ours, each.theirs) for each in found] == [
        ("LIM331 category", "B", "C"),
        ("LIM331 name", "Greater Giyani", "Giyani"),
        ("LIM331 parent", "DC33", "MP"),
        ("LIM331 province", "LIM", "MP"),
    ]
    assert found[2].sentence == "The parent of LIM331 is “MP” in Municipal Money and “DC33” in our table."


def test_a_parent_that_is_null_is_blank() -> None:
    (found,) = table_differences([*THEIRS[:2], {**THEIRS[2], "municipality.parent_code": None}], [], OURS)
    assert (found.what, found.theirs) == ("LIM331 parent", "")


def test_codes_that_one_table_alone_has_are_told() -> None:
    assert said(*THEIRS[:2], place("LIM999", "New", "LIM", "B", "DC33")) == [
        "Our table has LIM331; Municipal Money does not list it.",
        "Municipal Money lists “LIM999”, which our table has not.",
    ]


def test_a_code_of_ours_that_they_call_disestablished_is_told() -> None:
    changes = [change("LIM331", "LIM332", "disestablished", "established")]
    (found,) = table_differences(THEIRS, changes, OURS)
    assert found.sentence == "Our table has LIM331; Municipal Money says that it is disestablished."


def test_a_code_that_is_listed_twice_is_told_once_with_its_first_row() -> None:
    assert said(*THEIRS, place("CPT", "Kaapstad", "WC", "A", "WC")) == ["Municipal Money lists CPT twice."]


def test_white_space_is_no_difference() -> None:
    assert said(*THEIRS[:2], place("LIM331", " Greater  Giyani ", "LIM", "B", "DC33")) == []
