"""Figures and sentences as South Africans write them in each language; and nothing that is said is stored."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from projects.languages import override
from projects.models import DataChangeLog, Report
from projects.tests.factories import a_project, a_run, change
from projects.wording import figures, phrases, rules


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["R4.36 billion", "62.5%", "R15 561 925.50", "30 November 2026", "7 years and 1 month"]),
        ("af", ["R4,36\u00a0miljard", "62,5%", "R15 561 925,50", "30 November 2026", "7 jaar en 1 maand"]),
        (
            "zu",
            [
                "R4.36\u00a0bhiliyoni",
                "62.5%",
                "R15 561 925.50",
                "30 Novemba 2026",
                "iminyaka engu-7 inyanga e-1",
            ],
        ),
    ],
)
def test_figures_are_written_as_in_the_language(code, said):
    with override(code):
        assert said == [
            figures.short_rand(Decimal("4360000000")),
            figures.percent(Decimal("62.50")),
            figures.rand(Decimal("15561925.50")),
            figures.long_date(date(2026, 11, 30)),
            figures.in_years(85),
        ]


def test_a_comma_before_decimals_does_not_break_an_amount_in_two():
    from projects.pages.render import kept_together

    with override("af"):
        html = kept_together(f"{phrases.label('budget')} {figures.rand(Decimal('1234567.50'))}, x")
    assert '<span class="amount">R1\u202f234\u202f567,50</span>, x' in html


def test_a_change_is_said_in_each_language_and_weighs_the_same():
    pair = {"progress_percentage": ["78.00", "62.50"]}
    found = {}
    for code in ("en", "af"):
        with override(code):
            found[code] = rules.assess_project("project", "updated", pair)
    assert found["en"].sentence == "Progress fell from 78% to 62.5%."
    assert "78%" in found["af"].sentence
    assert "62,5%" in found["af"].sentence
    assert found["af"].sentence != found["en"].sentence
    assert (found["af"].rules, found["af"].severity) == (found["en"].rules, found["en"].severity)


_TOLD = (
    {"published.Remarks": ["Tender", "Civil works"]},
    {"published.Remarks": [None, "Civil works"]},
    {"published.Remarks": ["Tender", None]},
    {"status": ["design", "tender"], "budget": ["900.00", "1000.00"], "contractor": [None, "X"]},
    {"status": ["design", "tender"], "contractor": [None, "X"]},
    {"name": ["Old", "New"]},
    {"completion_date": ["2027-01-31", "2028-03-31"]},
    {"completion_date": ["2028-01-31", "2027-03-31"]},
    {"progress_percentage": ["78.00", "62.00"]},
    {"budget": ["100.00", "50.00"], "expenditure": ["20.00", "60.00"]},
)
_FRAME = re.compile(
    r"(changed|moved|went|removed|added|rose|fell|renamed) |more fields?|over the|months? (later|earlier)"
)


@pytest.mark.parametrize("code", ["af", "zu"])
@pytest.mark.parametrize("changes", _TOLD, ids=str)
def test_what_the_first_page_tells_of_a_project_is_in_no_mixture_of_languages(code, changes):
    with override(code):
        sentence = rules.assess_project("project", "updated", changes).sentence
    assert not _FRAME.search(sentence), sentence


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["af", "zu"])
def test_the_first_page_of_each_language_heads_its_flags_in_it(client, code):
    a_run()
    a_project()
    page = client.get(f"/{code}/").content.decode()
    assert "What stands out" not in page


@pytest.mark.django_db
def test_the_log_is_the_same_in_whichever_language_it_is_written():
    rows = []
    for code in ("en", "af"):
        with override(code):
            project = a_project(f"WP-{code}")
            change(project, "budget", Decimal("999.00"))
        row = DataChangeLog.objects.latest("pk")
        rows.append((row.field_changes, row.rules, row.severity, row.kind, row.change_type))
    assert rows[0] == rows[1]


@pytest.mark.django_db
def test_a_report_that_is_sent_in_another_language_is_kept_in_english(client, monkeypatch):
    project = a_project(status="construction")
    monkeypatch.setattr("projects.pages.reports._LEAST_SECONDS", 0)
    address = f"/af/report/?about=project:{project.pk}&field=status"
    page = client.get(address).content.decode()
    form = page.split('name="form" value="')[1].split('"')[0]
    sent = client.post(address, {"text": "Dit staan stil.", "form": form})
    assert sent.status_code == 302
    assert sent["Location"].startswith("/af/report/")
    report = Report.objects.get()
    assert report.part == "Status"
    assert report.shown["text"] == "Construction"
