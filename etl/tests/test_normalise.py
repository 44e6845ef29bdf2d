"""From published strings to a typed record: identity, place, choice of labels, issues, digests."""

from __future__ import annotations

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.exceptions import InvalidRecord
from etl.extract.types import ListingLine
from etl.normalise.projects import listing_record, project_record, stable_digest
from etl.normalise.records import ProjectRecord, canonical, digest_of
from etl.values.places import Places
from etl.values.vocabulary import DEFAULT
from projects.facts import municipalities
from projects.fields import NAMES

PLACES = Places(
    (fact.code, fact.name, fact.province, fact.district, fact.category) for fact in municipalities()
)
REFERENCE = Path(os.environ.get("REFERENCE_DATA", "../shared/data"))

LINE = {
    "#": "1",
    "Project No": "WP10234",
    "Project Name": "Giyani “bulk” water – phase 2",
    "Municipality": "Greater Giyani - [LIM331]",
    "Programme": "RBIG (5B)",
    "Status": "Construction 76% - 99%",
    "Progress %": "62,00 %",
    "Budget": "R 2 754 644 000,00",
    "Expenditure to date": "R1,950,000,000.00",
    "Remarks": "Site meeting held",
}
PAGE = {
    "Project Name": "Giyani “bulk” water – phase 2",
    "Project Description": "New bulk water scheme",
    "Project Type": "Bulk Water Supply",
    "Province": "Limpopo",
    "Start Date": "2018/03/01",
    "Completion Date": "28 FEBRUARY 2027",
    "Main Contractor": "N/A",
    "Implementing Agent": "Lepelle Northern Water",
    "GPS Coordinates": "-23.305826,30.726936",
}


def record(
    line: dict[str, str], page: dict[str, str] | None = None, external_id: str = "", **named: Any
) -> ProjectRecord:
    return project_record(external_id, line, page, places=PLACES, **named)


def problems(found: ProjectRecord) -> list[tuple[str, str]]:
    return [(issue["field"], issue["problem"]) for issue in found.issues]


def test_a_line_and_its_page_give_one_typed_record() -> None:
    found = record(LINE, PAGE, "WP10234", url="https://example.org/pmd/p")
    assert found.values == {
        "name": "Giyani “bulk” water – phase 2",
        "description": "New bulk water scheme",
        "municipality": "LIM331",
        "municipalities": ("LIM331",),
        "municipality_as_published": "Greater Giyani - [LIM331]",
        "province": "LIM",
        "programme": "RBIG",
        "project_type": "bulk_water_supply",
        "status": "construction",
        "status_as_published": "Construction 76% - 99%",
        "progress_percentage": Decimal("62.00"),
        "budget": Decimal("2754644000.00"),
        "expenditure": Decimal("1950000000.00"),
        "start_date": date(2018, 3, 1),
        "completion_date": date(2027, 2, 28),
        "contractor": None,
        "implementing_agent": "Lepelle Northern Water",
        "latitude": -23.305826,
        "longitude": 30.726936,
    }
    assert found.published == LINE | PAGE
    assert found.page_labels == tuple(sorted(PAGE))
    assert found.sources["budget"] == "Budget"
    assert found.issues == []


def test_what_is_not_published_is_none_in_every_field() -> None:
    found = record({"Project No": "WP1"})
    assert found.values == dict.fromkeys(NAMES) | {"municipalities": ()}
    assert (found.page_digest, found.page_labels, found.issues) == (None, (), [])


def test_a_blank_is_none_and_a_zero_is_zero() -> None:
    found = record(
        {"Project No": "WP1", "Budget": "-", "Expenditure": "0", "Progress": "0%", "Start Date": "TBC"}
    )
    assert found.values["budget"] is None
    assert found.values["expenditure"] == Decimal("0.00")
    assert found.values["progress_percentage"] == Decimal("0.00")
    assert found.issues == []


def test_a_text_that_cannot_be_read_is_an_issue_on_the_record() -> None:
    found = record(
        {"Project No": "WP1", "Budget": "various", "Start Date": "March 2021", "Status": "Ongoing"}
    )
    assert found.values["budget"] is None
    assert found.values["start_date"] is None
    assert found.values["status"] is None
    assert found.values["status_as_published"] == "Ongoing"
    assert found.published["Start Date"] == "March 2021"
    assert problems(found) == [
        ("budget", "cannot be read as an amount of money"),
        ("start_date", "month only"),
        ("status", "not in the vocabulary"),
    ]
    assert found.issues[1] == {
        "field": "start_date",
        "label": "Start Date",
        "text": "March 2021",
        "problem": "month only",
    }


def test_the_page_wins_over_the_line_on_the_same_label() -> None:
    found = record({"Project No": "WP1", "Status": "Design"}, {"Status": "Tender"})
    assert found.values["status"] == "tender"
    assert found.published["Status"] == "Tender"


def test_a_label_without_a_scale_wins_over_a_rounded_one() -> None:
    found = record(
        {"Project No": "WP1", "Total Project Cost (R'000)": "2 754 644", "Budget": "R2 754 643 999,50"}
    )
    assert found.values["budget"] == Decimal("2754643999.50")
    assert found.sources["budget"] == "Budget"
    assert found.issues == []


def test_a_blank_label_gives_way_to_the_next_of_its_field() -> None:
    found = record({"Project No": "WP1", "Total Project Cost": "", "Budget": "R5 million"})
    assert found.values["budget"] == Decimal("5000000.00")


def test_two_labels_of_a_field_that_disagree_are_an_issue() -> None:
    found = record({"Project No": "WP1", "Total Project Cost": "R5 000 000,00", "Budget": "R6 000 000,00"})
    assert found.values["budget"] == Decimal("5000000.00")
    assert problems(found) == [("budget", "differs from 'Total Project Cost': 'R5 000 000,00'")]


def test_a_planned_date_beside_the_plain_one_is_no_contradiction() -> None:
    found = record(
        {
            "Project No": "WP1",
            "Completion Date": "2027/02/28",
            "Estimated Construction End Date": "2026/12/31",
        }
    )
    assert found.values["completion_date"] == date(2027, 2, 28)
    assert found.issues == []


def test_a_description_names_a_project_where_no_name_is_published() -> None:
    found = record({"Project No": "WP1", "Project Description": "Upgrade of boreholes"})
    assert found.values["name"] == found.values["description"] == "Upgrade of boreholes"


@pytest.mark.parametrize(
    ("published", "codes"),
    [
        ({"Municipality": "Greater Giyani - [LIM331]"}, ("LIM331",)),
        ({"Municipality": "Greater Giyani (LIM331)"}, ("LIM331",)),
        ({"Municipality": "LIM331"}, ("LIM331",)),
        ({"Municipality": "LIM332; LIM331"}, ("LIM331", "LIM332")),
        ({"Municipality": "City of Cape Town [CPT]"}, ("CPT",)),
        ({"Municipality": "Emalahleni", "Province": "Mpumalanga"}, ("MP312",)),
        ({"Municipality": "Emalahleni", "District": "Chris Hani (DC13)"}, ("EC136",)),
        ({"Municipality": "Greater Giyani", "Municipality Code": "LIM331"}, ("LIM331",)),
        ({"Municipality": "Greater Giyani Local Municipality", "Province": "Limpopo"}, ("LIM331",)),
        ({"District Municipality": "Amathole [DC12]"}, ("DC12",)),
        ({"Municipality": "Khai-Ma LM", "Province": "Northern Cape"}, ("NC067",)),
    ],
)
def test_a_municipality_is_found_by_code_or_by_name_and_place(
    published: dict[str, str], codes: tuple[str, ...]
) -> None:
    found = record({"Project No": "WP1", **published})
    assert found.values["municipalities"] == codes
    assert problems(found) == []


def test_the_first_published_municipality_is_the_main_one() -> None:
    found = record({"Project No": "WP1", "Municipality": "Ba-Phalaborwa [LIM334]; Greater Giyani [LIM331]"})
    assert found.values["municipality"] == "LIM334"
    assert found.values["municipalities"] == ("LIM331", "LIM334")


def test_a_name_alone_finds_no_municipality_and_names_the_candidates() -> None:
    found = record({"Project No": "WP1", "Municipality": "Emalahleni"})
    assert found.values["municipality"] is None
    assert found.values["municipality_as_published"] == "Emalahleni"
    assert "EC136 (EC), MP312 (MP)" in found.issues[0]["problem"]
    assert record({"Project No": "WP1", "Municipality": "Greater Giyani"}).values["municipality"] is None


def test_an_unknown_code_is_an_issue() -> None:
    found = record({"Project No": "WP1", "Municipality": "Mutale - [LIM342]"})
    assert found.values["municipality"] is None
    assert problems(found) == [("municipality", "unknown municipality code LIM342")]


def test_the_list_a_line_stood_in_places_a_project_that_does_not_say() -> None:
    assert record({"Project No": "WP1"}, listed_under=["LIM331"]).values["municipality"] == "LIM331"
    assert record({"Project No": "WP1"}, listed_under=["DC33", "LIM331"]).values["municipalities"] == (
        "LIM331",
    )
    assert record({"Project No": "WP1"}, listed_under=["LIM"]).values["province"] == "LIM"
    said = record({"Project No": "WP1", "Municipality": "[LIM332]"}, listed_under=["LIM331"])
    assert (said.values["municipality"], said.values["municipalities"]) == ("LIM332", ("LIM331", "LIM332"))


def test_a_province_that_the_municipality_is_not_in_is_an_issue() -> None:
    found = record({"Project No": "WP1", "Municipality": "[LIM331]", "Province": "Gauteng"})
    assert found.values["province"] == "GT"
    assert problems(found) == [("province", "the municipality lies in LIM")]


def test_the_sources_own_id_is_the_identity() -> None:
    assert record({"Project No": " WP10234 "}).external_id == "WP10234"
    assert record({"Ref": "x", "Project Name": "Dam"}, external_id="42").external_id == "42"


def test_without_an_id_name_and_place_are_the_identity() -> None:
    one = record({"Project Name": "Dam  wall", "Municipality": "[LIM331]", "Budget": "R1"})
    assert one.external_id.startswith("name:")
    assert len(one.external_id) == len("name:") + 16
    assert one.external_id == record({"Project Name": "DAM WALL"}, listed_under=["LIM331"]).external_id
    assert one.external_id != record({"Project Name": "Dam wall", "Municipality": "[LIM332]"}).external_id


def test_two_schemes_of_one_name_at_unrecognised_places_stay_apart() -> None:
    one, other = ({"Project Name": "Dam", "Municipality": place} for place in ("Old Naledi", "Mier"))
    assert record(one).external_id != record(other).external_id


@pytest.mark.parametrize("line", [{}, {"Budget": "R5"}, {"Project No": "-", "Project Name": "n/a"}])
def test_a_record_without_id_and_name_is_invalid(line: dict[str, str]) -> None:
    with pytest.raises(InvalidRecord):
        record(line)


def test_an_endless_id_is_invalid() -> None:
    with pytest.raises(InvalidRecord):
        record({"Project No": "9" * 201})


def test_the_order_of_columns_and_the_number_of_a_row_are_no_change() -> None:
    turned = dict(reversed(LINE.items())) | {"#": "17"}
    one, other = record(LINE, PAGE), record(turned, dict(reversed(PAGE.items())))
    assert (one.line_digest, one.page_digest) == (other.line_digest, other.page_digest)
    assert one.values == other.values
    assert one.line_digest != record(LINE | {"Remarks": "Delayed"}, PAGE).line_digest


def test_issues_come_in_one_order_whatever_the_columns() -> None:
    line = {"Project No": "WP1", "Status": "Ongoing", "Budget": "various", "Progress": "11 / 11"}
    assert record(line).issues == record(dict(reversed(line.items()))).issues


def test_a_digest_is_the_same_for_the_same_letters_however_they_are_composed() -> None:
    assert digest_of({"Name": "Naud\u00e9"}) == digest_of({"Name": "Naude\u0301"})
    assert stable_digest({"#": "1", "Name": "x"}) == digest_of({"Name": "x"})


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        (Decimal("62"), "62.00"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("2754644000.00"), "2754644000.00"),
        (date(2018, 3, 1), "2018-03-01"),
        (("LIM331", "LIM332"), ["LIM331", "LIM332"]),
        (-23.305826, -23.305826),
        (53, 53),
        (None, None),
        ("x", "x"),
    ],
)
def test_a_value_has_one_spelling(value: Any, spelling: Any) -> None:
    assert canonical(value) == spelling


def test_a_listing_line_is_read() -> None:
    found = listing_record(ListingLine("KZN263", "Abaqulusi", "6", "R353,000,000.00", "u"), PLACES)
    assert found is not None
    assert (found.code, found.name, found.projects, found.value) == (
        "KZN263",
        "Abaqulusi",
        6,
        Decimal("353000000.00"),
    )
    assert (found.issues, found.url) == ([], "u")


def test_a_province_is_no_municipality() -> None:
    assert listing_record(ListingLine("LIM", "Limpopo", "53", "R5"), PLACES) is None
    assert listing_record(ListingLine("", "Eastern Cape", "53", "R5"), PLACES) is None


def test_a_listing_of_an_unknown_code_is_kept_with_an_issue() -> None:
    found = listing_record(ListingLine("LIM342", "Mutale", "many", "R24+ billion"), PLACES)
    assert found is not None
    assert (found.projects, found.value) == (None, Decimal("24000000000.00"))
    assert [issue["field"] for issue in found.issues] == ["code", "projects", "value"]


def test_a_listing_without_a_code_is_invalid() -> None:
    with pytest.raises(InvalidRecord):
        listing_record(ListingLine("", "Somewhere", "6", "R1"), PLACES)


def test_the_table_of_facts_is_whole() -> None:
    facts = municipalities()
    codes = [fact.code for fact in facts]
    assert codes == sorted(set(codes))
    assert {kind: sum(fact.category == kind for fact in facts) for kind in "ABC"} == {
        "A": 8,
        "B": 205,
        "C": 44,
    }
    districts = {fact.code for fact in facts if fact.category == "C"}
    assert all((fact.district in districts) == (fact.category == "B") for fact in facts)
    assert all((fact.latitude is None) == (fact.longitude is None) for fact in facts)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="no reference data beside the project")
def test_the_nine_real_projects_of_the_budget_review_are_read() -> None:
    with (REFERENCE / "dws_projects_2019-20.csv").open(encoding="utf-8", newline="") as table:
        found = {row["project_slug"]: record(row) for row in csv.DictReader(table)}
    assert len(found) == 9
    giyani = found["water-and-sanitation-giyani-water-services-phase-2"].values
    assert (giyani["status"], giyani["budget"]) == ("construction", Decimal("2754644000.00"))
    assert (giyani["latitude"], giyani["project_type"]) == (-23.305826, "bulk_water_supply")
    region = found["water-and-sanitation-limpopo-region"]
    assert (region.values["latitude"], region.values["budget"]) == (None, Decimal("0.00"))
    assert problems(region) == [("coordinates", "cannot be read as one point")]


LABELS = (
    st.sampled_from([*LINE, *PAGE, "District", "Latitude", "Budget (R'000)", "Municipality Code"]) | st.text()
)


@given(st.dictionaries(LABELS, st.text()), st.dictionaries(LABELS, st.text()) | st.none(), st.text())
def test_any_strings_give_a_record_or_an_invalid_one(
    line: dict[str, str], page: dict[str, str] | None, external_id: str
) -> None:
    try:
        found = project_record(external_id, line, page, listed_under=[external_id], places=PLACES)
    except InvalidRecord:
        return
    assert tuple(found.values) == NAMES
    assert set(found.published) >= set(line)
    assert DEFAULT.digest()


@given(st.text(), st.text(), st.text(), st.text())
def test_any_listing_gives_a_record_or_none_or_an_invalid_one(
    code: str, name: str, count: str, value: str
) -> None:
    try:
        found = listing_record(ListingLine(code, name, count, value), PLACES)
    except InvalidRecord:
        return
    assert found is None or found.digest
