"""The map: what is drawn of which projects, in which size, and what is said of the rest."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest

from projects.models import Flag, Project
from projects.pages.standings import MOST_SIGNS
from projects.tests.factories import FIRST_SEEN, a_crowd, a_project, a_run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]
GIYANI = {"latitude": -23.31, "longitude": 30.71}


def html(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def circles(page: str) -> dict[str, float]:
    """{what is written at a circle that is a link: its radius}."""
    found = re.findall(
        r'<a href="/municipalities/\w+/"><title>([^<]+)</title><circle[^>]* r="([\d.]+)"', page
    )
    return {label: float(radius) for label, radius in found}


def signs(page: str) -> dict[str, bool]:
    """{name of a project that is drawn: whether it stands out}."""
    found = re.findall(r'<a href="/projects/\d+/"><title>([^<]+)</title><path( class="out")?', page)
    return {name: bool(out) for name, out in found}


def test_a_circle_is_as_large_as_its_municipality_has_projects(client):
    for number in range(4):
        a_project(f"L{number}")
    a_project("C1", municipality="CPT", shared=["LIM331"])
    drawn = circles(html(client, "/map/"))
    assert drawn.keys() == {"Greater Giyani: 5 projects", "City of Cape Town: 1 project"}
    ratio = drawn["Greater Giyani: 5 projects"] / drawn["City of Cape Town: 1 project"]
    assert ratio == pytest.approx(5**0.5, rel=0.02)  # the area is what goes with the number


def test_the_circles_can_show_budgets_and_what_is_flagged(client):
    a_project("L1", budget=Decimal("2500000.00"))
    a_project("L2", budget=None)
    late = a_project("C1", municipality="CPT", budget=None)
    Flag.objects.create(project=late, flag="overdue", raised_at=FIRST_SEEN)
    assert circles(html(client, "/map/?measure=budget")).keys() == {
        "Greater Giyani: 2 projects, R2.5 million in 1 published budget"
    }
    page = html(client, "/map/?measure=overdue")
    assert circles(page).keys() == {"City of Cape Town: 1 of 1 project overdue"}
    assert "the more projects overdue" in page
    assert "/projects/?flag=overdue" in page


def test_the_filters_of_the_list_narrow_the_map_and_a_wrong_one_is_said(client):
    a_project("L1", status="design")
    a_project("C1", municipality="CPT")
    assert circles(html(client, "/map/?status=design")).keys() == {"Greater Giyani: 1 project"}
    assert circles(html(client, "/map/?province=WC")).keys() == {"City of Cape Town: 1 project"}
    assert "No project fits these filters" in html(client, "/map/?q=zzz")
    assert "known are: projects, budget" in html(client, "/map/?measure=beauty", 400)
    assert "known are: identification" in html(client, "/map/?status=demolished", 400)


def test_a_province_or_a_municipality_is_drawn_larger(client):
    a_project("L1")
    whole, province, municipality = (
        re.search(r'class="map" viewBox="([^"]+)" role="group"', html(client, f"/map/{query}"))[1].split()
        for query in ("", "?province=LIM", "?municipality=LIM331")
    )
    assert int(province[2]) < int(whole[2]) / 1.5
    assert municipality == province


def test_projects_stand_where_they_are_published_and_what_is_abroad_is_counted(client):
    late = a_project("NEAR", **GIYANI)
    Flag.objects.create(project=late, flag="overdue", raised_at=FIRST_SEEN)
    a_project("OTHER", **GIYANI)
    a_project("SEA", latitude=-36.0, longitude=20.0)
    a_project("NOWHERE", latitude=0.0, longitude=0.0)
    page = html(client, "/map/?measure=overdue")
    assert signs(page) == {"Bulk scheme NEAR": True, "Bulk scheme OTHER": False}
    assert "2 projects are not drawn" in page
    assert "outside South Africa" in page


def test_too_many_projects_are_drawn_as_municipalities_alone_and_the_page_says_so(client):
    a_crowd(MOST_SIGNS + 1)
    Project.objects.update(**GIYANI)
    page = html(client, "/map/")
    assert signs(page) == {}
    assert f"no more than {MOST_SIGNS} are chosen" in page
    assert len(page) < 100_000


def test_what_has_no_place_is_counted_in_words_and_is_in_the_table(client):
    a_project("LOST", municipality=None)
    a_project("BUSH", municipality="MP325")
    page = html(client, "/map/")
    assert "1 project is in no circle" in page
    assert "No town is known, and so no circle drawn, for" in page
    assert page.count("Bushbuckridge") >= 2  # in the sentence, and in the table


def test_withdrawn_projects_are_not_on_the_map_unless_they_are_asked_for(client):
    a_project("GONE", presence="withdrawn", last_listed_at=FIRST_SEEN)
    assert circles(html(client, "/map/")) == {}
    assert circles(html(client, "/map/?presence=withdrawn")).keys() == {"Greater Giyani: 1 project"}


def test_the_file_has_every_measure_of_every_municipality(client):
    late = a_project("L1", budget=Decimal("2500000.00"))
    Flag.objects.create(project=late, flag="overdue", raised_at=FIRST_SEEN)
    a_project("C1", municipality="CPT", budget=None)
    answer = client.get("/map/municipalities.csv?province=LIM")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert (row["municipality"], row["town"], row["projects"]) == ("LIM331", "Giyani", "1")
    assert (row["budget"], row["budgets_published"], row["overdue"], row["stalled"]) == (
        "2500000.00", "1", "1", "0",
    )  # fmt: skip
    answer = client.get("/map/municipalities.csv?measure=beauty")
    assert answer.status_code == 400
    assert answer.content.decode().startswith("measure: “beauty” is no measure; known are: projects, ")


def test_every_measure_can_be_chosen(client):
    a_project()
    page = html(client, "/map/")
    for measure in re.findall(
        r'<option value="(\w+)"', page.partition('name="measure"')[2].partition("</s")[0]
    ):
        assert f'value="{measure}" selected' in html(client, f"/map/?measure={measure}")


def test_small_maps_are_where_they_help(client):
    a_run("treasury")
    a_project(**GIYANI)
    assert 'href="/map/"><' not in html(client, "/projects/")
    for path, link in (
        ("/", "/map/"),
        ("/projects/?province=LIM", "/map/?province=LIM"),
        ("/municipalities/LIM331/", "/map/?municipality=LIM331"),
    ):
        page = html(client, path)
        assert f'<a class="small-map" href="{link}">' in page, path
        assert "css/drawings.css" in page, path


def test_an_empty_first_page_has_no_map(client):
    assert "small-map" not in html(client, "/")


def test_names_on_the_map_are_escaped(client):
    a_project(name='<script>alert("x")</script>', **GIYANI)
    assert "<script>alert" not in html(client, "/map/")
