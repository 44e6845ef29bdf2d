"""Which records may be one project: by name, place and continuity; proposed, never done. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from projects.stewards.proposals import Candidate, proposals

DAY = datetime(2026, 3, 1, 8, tzinfo=UTC)


def a_candidate(pk: int, name: str = "Giyani bulk water supply", **terms: Any) -> Candidate:
    given = {"places": frozenset({"LIM331"}), "first_seen_at": DAY, "gone_at": None, **terms}
    return Candidate(pk, name, **given)


def pairs(*candidates: Candidate, **terms: Any) -> list[tuple[int, int]]:
    return [(each.merged, each.survivor) for each in proposals(candidates, **terms)]


def test_two_of_one_name_in_one_place_are_proposed_and_the_first_seen_stays() -> None:
    later = a_candidate(1, "GIYANI  Bulk Water-Supply", first_seen_at=DAY + timedelta(days=3))
    assert pairs(later, a_candidate(2)) == [(1, 2)]
    assert proposals([later, a_candidate(2)])[0].why[1] == "Both are listed now."


def test_another_place_number_or_name_is_another_project() -> None:
    first = a_candidate(1)
    assert not pairs(first, a_candidate(2, places=frozenset({"CPT"})))
    assert not pairs(first, a_candidate(2, places=frozenset()))
    assert not pairs(first, a_candidate(2, "Giyani bulk sewer supply"))
    for other in ("phase 2", "ii", "b", "2024"):
        assert not pairs(
            a_candidate(1, f"Giyani bulk water {'phase 1' if 'phase' in other else 'i'}"),
            a_candidate(2, f"Giyani bulk water {other}"),
        )


def test_a_short_name_says_too_little() -> None:
    assert not pairs(a_candidate(1, "Boreholes"), a_candidate(2, "Boreholes"))


def test_what_came_when_another_went_is_proposed_for_much_the_same_name_too() -> None:
    gone = a_candidate(1, "Giyani bulk water supply scheme", gone_at=DAY + timedelta(days=30))
    came = a_candidate(2, "Giyani bulk water supply schemes", first_seen_at=DAY + timedelta(days=31))
    (found,) = proposals([gone, came])
    assert (found.merged, found.survivor) == (1, 2)
    assert "last listed on 31 March 2026; the other was first seen on 1 April 2026" in found.why[1]
    assert not pairs(gone, a_candidate(2, came.name, first_seen_at=DAY + timedelta(days=200)))
    assert not pairs(a_candidate(1, gone.name), a_candidate(2, came.name))


def test_those_that_a_steward_keeps_apart_are_not_proposed_again() -> None:
    assert not pairs(a_candidate(2), a_candidate(1), apart={(1, 2)})


def test_a_pair_that_shares_two_places_is_proposed_once() -> None:
    both = frozenset({"LIM331", "LIM332"})
    assert pairs(a_candidate(1, places=both), a_candidate(2, places=both)) == [(2, 1)]


def test_a_place_with_very_many_is_looked_at_by_equal_names_alone() -> None:
    many = [
        a_candidate(at, f"Giyani bulk water supply {chr(97 + at % 26)}x{'y' * at}") for at in range(3, 460)
    ]
    assert pairs(a_candidate(1), a_candidate(2), *many) == [(2, 1)]
