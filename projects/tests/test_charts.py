"""Charts that the server draws: the steps of a project's figures, projects by status, money by year."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from projects.drawing import columns, steps
from projects.log import course as log_course
from projects.log.course import course
from projects.models import Project
from projects.pages.charts import charts_of
from projects.tests.factories import FIRST_SEEN, a_figure, a_project, change, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]
DAY = timedelta(days=1)
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 11, tzinfo=UTC)


def html(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def table(client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_a_value_holds_until_the_next_and_what_is_unknown_is_a_gap():
    line = [
        (BEGIN, Decimal(0)),
        (BEGIN + 4 * DAY, Decimal(50)),
        (BEGIN + 6 * DAY, None),
        (BEGIN + 8 * DAY, Decimal(100)),
    ]
    (drawn,) = steps.chart([("Progress", line)], steps.percents(), END).lines
    assert drawn.d == "M62 124H169.2V68H222.8M276.4 12H330"
    assert drawn.dots.count("M") == 3


def test_an_axis_of_amounts_ends_at_a_round_one():
    assert [label for _, label in steps.amounts(Decimal("353000000")).ticks] == ["R200 m", "R0", "R400 m"]
    assert [label for _, label in steps.amounts(Decimal("999")).ticks] == ["R500", "R0", "R1 000"]
    assert steps.amounts(Decimal("0")).high == 1
    assert steps.amounts(Decimal("2.75e9")).high == 4e9


def test_an_axis_goes_below_nought_where_an_amount_does():
    scale = steps.amounts(Decimal("10"), Decimal("-3500000"))
    assert [label for _, label in scale.ticks] == ["-R4 m", "R0", "R10"]
    assert scale.y(-9e9) == steps.BOTTOM  # what is beyond it stands at its end


def test_a_day_at_the_calendar_s_end_is_drawn():
    assert steps.years([date(9999, 12, 31)]).high == date.max.replace(month=1, day=1).toordinal()


def test_an_axis_of_days_has_whole_years_and_no_more_than_five_of_them():
    scale = steps.years([date(2027, 2, 28), date(2027, 6, 30)])
    assert [label for _, label in scale.ticks] == ["2027", "2028"]
    assert len(steps.years([date(2001, 1, 1), date(2090, 1, 1)]).ticks) <= 5


@pytest.mark.parametrize(
    ("scale", "labels"),
    [
        (steps.amounts(Decimal(0)), ["R0", "R1"]),
        (steps.amounts(Decimal(10), Decimal(-3500000)), ["-R4 m", "R0"]),  # R10 would stand on R0
        (steps.amounts(Decimal(353000000)), ["R0", "R200 m", "R400 m"]),
        (steps.years([date(9999, 12, 31)]), ["9999"]),
        (steps.percents(), ["0%", "50%", "100%"]),
    ],
)
def test_no_label_of_an_axis_is_there_twice_or_over_another(scale, labels):
    assert [tick.label for tick in steps.told_apart(scale)] == labels


@pytest.mark.parametrize(
    ("later", "ends"),
    [
        (timedelta(days=2), ["{day}", "{then}"]),
        (timedelta(minutes=9), ["{day}, 08:00", "08:09"]),
        (timedelta(seconds=9), ["{day}, 08:00"]),
    ],
)
def test_the_ends_of_a_chart_are_told_apart_however_short_it_is(later, ends):
    begin = datetime(2026, 5, 3, 6, 0, tzinfo=UTC)
    project = a_project(at=begin, progress_percentage=Decimal("10.00"))
    change(project, "progress_percentage", Decimal("62.00"), at=begin + later)
    (drawn,) = charts_of(project, begin + later)["charts"]
    days = {"day": "3 May 2026", "then": "5 May 2026"}
    assert [*filter(None, (drawn.begin, drawn.until))] == [end.format(**days) for end in ends]
    assert f"on {drawn.begin}, 62% now" in drawn.sentence


def test_what_was_read_better_than_before_was_not_unpublished_before():
    project = a_project(budget=None, progress_percentage=Decimal("10.00"))
    change(project, "budget", Decimal("5.00"), at=FIRST_SEEN + DAY, cause="parser")
    drawn = charts_of(project, FIRST_SEEN + 2 * DAY)
    said = next(figure.sentence for figure in drawn["charts"] if "Budget" in figure.sentence)
    assert "Budget: not read on 10 January 2026, R5 now." in said
    assert "not read" in drawn["course"][-1]["cells"]


def test_a_negative_amount_and_one_that_is_not_known_have_no_column():
    drawn = columns.columns([("19-20", Decimal(10), None), ("20-21", Decimal(5), Decimal(-3))])
    assert [bool(column) for pair in drawn.pairs for column in (pair.first, pair.second)] == [
        True,
        False,
        True,
        False,
    ]


def test_the_course_is_what_the_record_said_at_each_time():
    project = a_project(progress_percentage=Decimal("10.00"), budget=None)
    change(project, "progress_percentage", Decimal("62.00"), at=FIRST_SEEN + DAY)
    change(project, "contractor", "Nobody", at=FIRST_SEEN + 2 * DAY)
    change(project, "budget", Decimal("5.00"), at=FIRST_SEEN + 3 * DAY)
    moments = course(project)
    said = [
        (moment.at - FIRST_SEEN, moment.values["progress_percentage"], moment.values["budget"])
        for moment in moments
    ]
    assert said == [
        (timedelta(0), Decimal("10.00"), None),
        (DAY, Decimal("62.00"), None),
        (3 * DAY, Decimal("62.00"), Decimal("5.00")),
    ]


def test_what_the_source_moved_under_a_correction_is_no_step():
    project = a_project()
    pair = {"budget": ["353000000.00", "1.00"]}
    log(project, "updated", pair, at=FIRST_SEEN + DAY, overridden=["budget"])
    assert len(course(project)) == 1


def test_a_long_course_begins_with_its_oldest_drawn_change(monkeypatch):
    monkeypatch.setattr(log_course, "MOST", 3)
    project = a_project(progress_percentage=Decimal("0.00"))
    for number in range(1, 6):
        change(project, "progress_percentage", Decimal(number), at=FIRST_SEEN + number * DAY)
    moments = course(project)
    assert [int(moment.values["progress_percentage"] or 0) for moment in moments] == [2, 3, 4, 5]


def test_what_was_never_known_is_in_no_chart(client):
    project = a_project(budget=None, expenditure=None)
    log(project, "updated", {"budget": ["much", None]}, at=FIRST_SEEN + DAY)
    assert "Over time" not in html(client, f"/projects/{project.pk}/")


def test_a_project_that_never_moved_has_no_chart(client):
    assert "Over time" not in html(client, f"/projects/{a_project().pk}/")


def test_a_project_that_moved_has_charts_of_it_with_sentence_table_and_file(client):
    project = a_project(progress_percentage=Decimal("10.00"))
    change(project, "progress_percentage", Decimal("62.00"), at=FIRST_SEEN + DAY)
    change(project, "expenditure", Decimal("210000000.00"), at=FIRST_SEEN + 2 * DAY)
    page = html(client, f"/projects/{project.pk}/")
    section = page.partition('id="course-head"')[2].partition("</section>")[0]
    said = " ".join(strip_tags(section).replace("\u202f", " ").split())
    assert "Progress: 10% on 10 January 2026, 62% now." in said
    assert "Budget: R353 000 000, unchanged since 10 January 2026." in said
    assert "Unchanged since 10 January 2026: completion date." in said
    assert section.count('role="img"') == 2
    assert section.count("<tr>") == 4  # the head, when first seen, two changes
    assert "style=" not in section
    rows = table(client, f"/projects/{project.pk}/course.csv")
    assert [row["progress_percentage"] for row in rows] == ["10.00", "62.00", "62.00"]
    assert rows[2]["expenditure"] == "210000000.00"
    assert client.get("/projects/999/course.csv").status_code == 404


def test_the_two_lines_of_a_chart_differ_in_more_than_their_colour(client):
    project = a_project()
    change(project, "budget", Decimal("1.00"))
    page = html(client, f"/projects/{project.pk}/")
    lines = re.findall(r'<path class="dot dot-(\d)" d="([^"]+)"', page)
    assert {"1", "2"} == {number for number, _ in lines}
    assert all("h" in d for number, d in lines if number == "1")  # squares
    assert all("l" in d for number, d in lines if number == "2")  # diamonds


def test_the_projects_of_a_municipality_by_status_with_their_file(client):
    a_project("A", status="design")
    a_project("B", status="design")
    a_project("C", status=None)
    a_project("D", municipality="CPT")
    page = html(client, "/municipalities/LIM331/")
    assert re.findall(r"/projects/\?municipality=LIM331&amp;status=(\w+)", page) == ["design", "null"]
    rows = table(client, "/projects/by-status.csv?municipality=LIM331")
    assert [(row["status"], row["projects"]) for row in rows] == [("design", "2"), ("", "1")]
    assert client.get("/projects/by-status.csv?status=x").status_code == 400


def two_years(code: str, audited: str | None = "60.00") -> None:
    a_figure(municipality=code, year=2020, amount_type="ORGB", amount="100.00")
    a_figure(municipality=code, year=2020, amount_type="ADJB", amount="80.00")
    if audited:
        a_figure(municipality=code, year=2020, amount_type="AUDA", amount=audited)
    a_figure(municipality=code, year=2020, amount_type="ACT", amount="61.00")
    a_figure(municipality=code, year=2021, amount_type="ORGB", amount="200.00")
    a_figure(municipality=code, year=2020, code="4303", amount="7777.00")  # storm water is in no sum


def test_water_capital_by_year_of_one_municipality(client):
    two_years("CPT")
    page = html(client, "/municipalities/CPT/")
    assert "Water capital by year" in page
    assert "/municipalities/CPT/by-year.csv" in page
    first, second = table(client, "/municipalities/CPT/by-year.csv")
    assert (first["financial_year"], first["budget"], first["spent"]) == ("2019-20", "80.00", "60.00")
    assert (second["financial_year"], second["budget"], second["spent"]) == ("2020-21", "200.00", "")
    assert "Water capital by year" not in html(client, "/municipalities/LIM331/")


def test_water_capital_by_year_of_the_country_says_over_how_many_it_is(client):
    two_years("CPT")
    two_years("LIM331", audited=None)
    page = html(client, "/finances/")
    assert "2 municipalities, 1 of them audited" in page
    first, _ = table(client, "/finances/by-year.csv")
    assert (first["budget"], first["budgets_published"]) == ("160.00", "2")
    assert (first["spent"], first["spending_published"], first["spending_audited"]) == ("121.00", "2", "1")
    (only, _) = table(client, "/finances/by-year.csv?province=LIM")
    assert (only["budget"], only["spent"]) == ("80.00", "61.00")
    assert client.get("/finances/by-year.csv?province=XX").status_code == 400


def test_money_that_may_not_be_downloaded_is_refused_with_the_reason(client, settings):
    settings.OPEN_DATA_SOURCES = []
    two_years("CPT")
    assert client.get("/finances/by-year.csv").status_code == 403
    assert "by-year.csv" not in html(client, "/municipalities/CPT/")


def test_a_course_that_may_not_be_downloaded_is_refused_as_the_history_is(client, settings):
    settings.OPEN_DATA_SOURCES = ["treasury"]
    project = a_project()
    change(project, "budget", Decimal("1.00"), at=FIRST_SEEN + DAY)
    assert client.get(f"/api/v1/projects/{project.pk}/history/?format=csv").status_code == 403
    answer = client.get(f"/projects/{project.pk}/course.csv")
    assert (answer.status_code, "licence" in answer.content.decode()) == (403, True)
    assert "course.csv" not in html(client, f"/projects/{project.pk}/")


def test_a_project_that_is_gone_is_drawn_until_it_was_last_seen(client):
    project = a_project()
    change(project, "budget", Decimal("1.00"), at=FIRST_SEEN + DAY)
    Project.objects.update(presence="withdrawn", last_listed_at=FIRST_SEEN + 9 * DAY)
    assert "19 January 2026</text>" in html(client, f"/projects/{project.pk}/")
