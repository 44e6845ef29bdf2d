"""What a socket may ask for, and which changes match it."""

from __future__ import annotations

import pytest

from projects.models import DataChangeLog
from projects.pages.boards import Board
from realtime.filters import BadQuery, Facets, Filters, Query, parse


def facets(**fields) -> Facets:
    row = {"entity_type": "project", "entity_id": 17, "municipality": "LIM331", "severity": "major"}
    return Facets.of(
        DataChangeLog(**{**row, "municipalities": ["LIM331", "LIM332"], "province": "LIM", **fields})
    )


def test_an_empty_query_asks_for_all_that_comes() -> None:
    assert parse(b"") == parse(b"after=&project=&municipality=&x=1") == Query(None, Filters())


def test_codes_are_read_in_any_case() -> None:
    filters = parse(b"after=12&project=17&municipality=lim331&province=lim&severity=MAJOR").filters
    assert filters == Filters(17, "LIM331", "LIM", "major")


def test_a_source_narrows_and_names_the_board_of_its_page() -> None:
    query = parse(b"source=DWS&board=source&board_at=7")
    assert (query.filters, query.board, query.board_at) == (Filters(source="dws"), Board("source", "dws"), 7)
    assert parse(b"board=sources").board == Board("sources")
    assert query.filters.match(facets(source_id="dws"))
    assert not query.filters.match(facets(source_id="treasury"))


@pytest.mark.parametrize(
    "query",
    [
        b"board=source",
        b"source=gossip",
        b"after=-1",
        b"after=1.5",
        b"after=" + b"9" * 19,
        b"after=%EF%BC%91",
        b"project=WP10234",
        b"municipality=Greater+Giyani",
        b"province=ZZ",
        b"severity=huge",
        b"municipality=LIM331\xff",
        b"province=%ff",
        b"after=%ff",
        b"severity=\xff",
        b"&".join([b"a=1"] * 60),
    ],
)
def test_what_cannot_be_read_is_refused(query: bytes) -> None:
    with pytest.raises(BadQuery):
        parse(query)


@pytest.mark.parametrize("noise", [b"name=\xff", b"name=%ff", b"%ff=1", b"\xff", b"utm=caf\xc3\xa9"])
def test_a_bad_byte_in_an_unknown_parameter_is_ignored_like_the_parameter(noise: bytes) -> None:
    assert parse(noise + b"&after=7&municipality=lim331") == Query(7, Filters(municipality="LIM331"))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(project=17),
        Filters(municipality="LIM332"),
        Filters(province="LIM", severity="major"),
    ],
)
def test_a_change_matches_what_is_true_of_it(filters: Filters) -> None:
    assert filters.match(facets())


@pytest.mark.parametrize(
    "filters",
    [
        Filters(project=18),
        Filters(municipality="CPT"),
        Filters(province="WC"),
        Filters(severity="minor"),
        Filters(project=17, province="WC"),
    ],
)
def test_one_filter_that_does_not_match_is_enough(filters: Filters) -> None:
    assert not filters.match(facets())


def test_the_id_of_a_listing_is_not_taken_for_a_project() -> None:
    assert not Filters(project=17).match(facets(entity_type="municipality_listing"))


def test_a_change_without_a_place_matches_no_place() -> None:
    nowhere = facets(municipality=None, municipalities=[], province=None)
    assert not Filters(municipality="LIM331").match(nowhere)
    assert not Filters(province="LIM").match(nowhere)
    assert Filters(severity="major").match(nowhere)
