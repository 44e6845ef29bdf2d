"""Published labels and words, and what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.tests.labels import KNOWN_LABELS
from etl.values.vocabulary import (
    CLOCK_LABELS,
    DEFAULT,
    FIELDS,
    PART_LABELS,
    POSITION_LABELS,
    PROGRAMMES,
    PROJECT_TYPES,
    PROVINCES,
    STATUS_WORDS,
    STATUSES,
    field_of,
    is_volatile,
    normal_label,
    normal_word,
    province_of,
)


@pytest.mark.parametrize(
    ("published", "label"),
    [
        ("Project Name", "project name"),
        ("  Project\u00a0 Name : ", "project name"),
        ("Contractor*", "contractor"),
        ("Project No.", "project no"),
        ("Total Project Cost (R'000)", "total project cost"),
        ("Total Project Cost (R‘000):", "total project cost"),
        ("Budget (R million)", "budget"),
        ("Budget (R) excl. VAT", "budget"),
        ("Progress (%)", "progress"),
        ("Municipality / WSA", "municipality/wsa"),
        ("#", "#"),
        ("%", "%"),
        ("Price (R/kWh)", "price (r/kwh)"),
    ],
)
def test_a_label_has_one_spelling(published: str, label: str) -> None:
    assert normal_label(published) == label


@pytest.mark.parametrize(
    ("published", "field"),
    [
        ("Project ID", "external_id"),
        ("Project No", "external_id"),
        ("ProjectNo", "external_id"),
        ("Project Name", "name"),
        ("ProjectName", "name"),
        ("project_name", "name"),
        ("Scheme", "name"),
        ("Province", "province"),
        ("Local Municipality", "municipality"),
        ("WSA", "municipality"),
        ("District Municipality", "district"),
        ("Latitude", "latitude"),
        ("GPSLatitude", "latitude"),
        ("Longitude", "longitude"),
        ("gps_code", "coordinates"),
        ("Project Status", "status"),
        ("current_project_stage", "status"),
        ("Project Start Date", "start_date"),
        ("Estimated Construction Start Date", "start_date"),
        ("Estimated Project Completion Date", "completion_date"),
        ("Contracted Construction End Date", "completion_date"),
        ("Expected completion date", "completion_date"),
        ("Projected completion", "completion_date"),
        ("Total Project Cost", "budget"),
        ("Project Cost", "budget"),
        ("Total budget", "budget"),
        ("Approved Budget (R'000)", "budget"),
        ("Expenditure to date", "expenditure"),
        ("Total Expenditure to date", "expenditure"),
        ("Actual Expenditure", "expenditure"),
        ("% COMPL", "progress_percentage"),
        ("% Complete", "progress_percentage"),
        ("Completion %", "progress_percentage"),
        ("Physical Progress", "progress_percentage"),
        ("Primary Funding Source", "programme"),
        ("Program Implementing Agent", "implementing_agent"),
        ("Main Contractor", "contractor"),
        ("infrastructure_type", "project_type"),
    ],
)
def test_a_documented_label_means_its_field(published: str, field: str) -> None:
    assert field_of(published) == field


@pytest.mark.parametrize(
    "published",
    [
        "Funding Status",
        "Nature of Investment",
        "Budget Allocation 2013/14",
        "2019/20 FY Budget allocation (R'000)",
        "Expenditure (%)",
        "Progress (R'000)",
        "Variation Orders",
        "Delays and recovery plan",
        "Remarks",
        "LOCATION",
        "",
    ],
)
def test_a_label_that_says_another_thing_means_no_field(published: str) -> None:
    assert field_of(published) is None


def test_every_built_in_word_is_spelt_as_it_is_looked_up() -> None:
    labels = POSITION_LABELS | CLOCK_LABELS | PART_LABELS
    assert [label for label in labels if normal_label(label) != label] == []
    for words in (STATUS_WORDS, PROGRAMMES, PROJECT_TYPES, PROVINCES):
        assert [word for word in words if normal_word(word) != word] == []


def test_every_built_in_meaning_is_one_of_ours() -> None:
    assert set(KNOWN_LABELS.values()) == set(FIELDS)
    assert set(STATUS_WORDS.values()) == set(STATUSES)
    assert set(PROVINCES.values()) == {"EC", "FS", "GT", "KZN", "LIM", "MP", "NC", "NW", "WC"}


@pytest.mark.parametrize(
    ("published", "status"),
    [
        ("Project Initiation", "identification"),
        ("Site identification", "identification"),
        ("Pre - Feasibility", "identification"),
        ("Pre-feasibility", "identification"),
        ("Feasibility", "planning"),
        ("Implementation Readiness", "planning"),
        ("Tender", "tender"),
        ("DESIGN", "design"),
        ("Site Handed - Over to Contractor", "construction"),
        ("Construction", "construction"),
        ("Construction 1% - 25%", "construction"),
        ("Construction 76% - 99%", "construction"),
        ("Construction 10%", "construction"),
        ("Practical Completion (100%)", "completed"),
        ("Final Completion", "completed"),
        ("Handed over", "completed"),
        ("Complete", "completed"),
        ("On Hold", "on_hold"),
        ("Terminated", "cancelled"),
        ("4. Construction", "construction"),
    ],
)
def test_a_documented_status_word_has_its_status(published: str, status: str) -> None:
    assert DEFAULT.status_of(published) == status


@pytest.mark.parametrize(
    "published", ["Various", "Ongoing", "Other - Packaged Ongoing Project", "Not construction", "12%", ""]
)
def test_a_word_that_nobody_explained_has_no_status(published: str) -> None:
    assert DEFAULT.status_of(published) is None


@pytest.mark.parametrize(
    ("published", "programme"),
    [
        ("RBIG", "RBIG"),
        ("RBIG 5B", "RBIG"),
        ("RBIG (6B)", "RBIG"),
        ("RB7G", "RBIG"),
        ("Regional Bulk Infrastructure Grant (RBIG)", "RBIG"),
        ("WSIG - 6B", "WSIG"),
        ("Water Services Infrastructure Grant (Sched 6)", "WSIG"),
        ("Municipal Water Infrastructure Grant (Schedule 5B)", "MWIG"),
        ("Municipal Infrastructure Grant (Indirect)", "MIG"),
        ("ACIP", "ACIP"),
        ("NTP", "NTP"),
        ("IUDG", "IUDG"),
        ("Urban Settlements Development Grant", "USDG"),
        ("RBIG/WSIG", None),
        ("Own funding", None),
    ],
)
def test_a_programme_is_known_by_its_names(published: str, programme: str | None) -> None:
    assert DEFAULT.programme_of(published) == programme


def test_a_project_type_is_known_only_by_its_whole_published_name() -> None:
    assert DEFAULT.project_type_of("Bulk Water Supply") == "bulk_water_supply"
    assert DEFAULT.project_type_of("Waste Water Services") == "wastewater"
    assert DEFAULT.project_type_of("Giyani bulk water supply phase 2") is None


@pytest.mark.parametrize(
    ("published", "code"),
    [
        ("Limpopo", "LIM"),
        ("KwaZulu-Natal", "KZN"),
        ("KwaZulu Natal", "KZN"),
        ("Gauteng Province", "GT"),
        ("LP", "LIM"),
    ],
)
def test_a_province_has_the_code_of_the_demarcation_board(published: str, code: str) -> None:
    assert province_of(published) == code
    assert province_of("Gauteng/Free State") is None


def test_a_stewards_words_lie_over_the_built_in_ones() -> None:
    taught = DEFAULT.extended(
        [
            ("field", "Scheme Ref (PMD)", "external_id"),
            ("field", "Scheme", ""),
            ("status", "In Uitvoering", "construction"),
            ("programme", "Own funding", "OWN"),
            ("project_type", "Fontein", "borehole"),
        ]
    )
    assert taught.field_of("Scheme Ref (PMD):") == "external_id"
    assert taught.field_of("Scheme") is None
    assert taught.field_of("Scheme Name") == "name"  # what is taught is a heading, not its words
    assert taught.status_of("in uitvoering 10%") == "construction"
    assert taught.programme_of("OWN FUNDING") == "OWN"
    assert taught.project_type_of("Fontein") == "borehole"
    assert list(taught.fields.items())[:2] == [("scheme", ""), ("scheme ref (pmd)", "external_id")]
    assert DEFAULT.field_of("Scheme") == "name"


def test_an_unknown_kind_of_word_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        DEFAULT.extended([("colour", "red", "blue")])


def test_the_digest_changes_with_a_word_and_with_nothing_else() -> None:
    assert DEFAULT.digest() == DEFAULT.extended([]).digest()
    assert DEFAULT.digest() != DEFAULT.extended([("status", "Ongoing", "construction")]).digest()
    assert DEFAULT.digest() != DEFAULT.extended([("field", "Scheme", "")]).digest()


def test_positions_and_clocks_are_volatile() -> None:
    assert is_volatile("#")
    assert is_volatile("Days Remaining")
    assert not is_volatile("Remarks")


@given(st.text() | st.text(alphabet="aR'0m% ()[]:*.,/-E", max_size=20))
def test_a_normal_label_is_normal(text: str) -> None:
    label = normal_label(text)
    assert normal_label(label) == label


@given(st.text())
def test_any_word_has_a_meaning_or_none_without_an_error(text: str) -> None:
    for read in (field_of, province_of, DEFAULT.status_of, DEFAULT.programme_of, DEFAULT.project_type_of):
        assert read(text) is None or isinstance(read(text), str)
