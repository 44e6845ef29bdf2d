"""Years that can be asked for: all others are a 400 with a sentence, in the API and on the pages."""

from __future__ import annotations

import pytest

from projects.tests.factories import a_project

pytestmark = pytest.mark.django_db

OUTSIDE = ("0001-01-01", "0001-01-01T00:00:00%2B14:00", "1899-12-31", "2201-01-01", "9999-12-31",
           "9999-12-31T23:59:59-14:00")  # fmt: skip


@pytest.mark.parametrize("day", OUTSIDE)
@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/projects/?changed_since=",
        "/api/v1/projects/?format=csv&changed_since=",
        "/api/v1/projects/?as_of=2026-05-01&changed_since=",
        "/api/v1/changes/?since=",
        "/api/v1/changes/?until=",
        "/projects/?changed_since=",
        "/changes/?since=",
        "/changes/?until=",
        "/changes/feed.atom?since=",
    ],
)
def test_a_moment_outside_the_years_of_the_record_is_a_400_that_says_so(client, address, day):
    a_project()
    answer = client.get(f"{address}{day}")
    assert answer.status_code == 400
    assert "is outside the years 1900 to 2200." in answer.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/projects/", "/api/v1/projects/{pk}/"])
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_past_day_outside_those_years_is_a_400(client, path, day):
    answer = client.get(f"{path.format(pk=a_project().pk)}?as_of={day}")
    assert answer.status_code == 400
    assert answer.json() == {"as_of": [f"“{day}” is outside the years 1900 to 2200."]}


@pytest.mark.parametrize("day", ["1900-01-01", "1900-01-01T00:00:00%2B14:00", "2200-12-31T23:59:59-14:00"])
def test_the_first_and_the_last_of_those_years_can_be_asked_for(client, day):
    a_project()
    for address in ("/api/v1/projects/?changed_since=", "/api/v1/changes/?until=", "/changes/?since="):
        assert client.get(f"{address}{day}").status_code == 200
