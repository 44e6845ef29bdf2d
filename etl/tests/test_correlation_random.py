"""Random projects beside random books: whatever is asked is one amount, from the gate to the feed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.correlating.discrepancies import FoundDiscrepancy, Tally
from etl.correlating.facts import FigureFact, ProjectFact, Reading
from etl.correlating.inquiry import Inquiry
from etl.correlating.questions import changes_of
from etl.scheduler import DataScheduler
from etl.tests.test_correlation import correlate, own_project, sources
from etl.tests.test_correlation_gap import amounts, as_added_up, ask, says_what_decides
from etl.tests.test_correlation_rules import figure, project
from projects.models import DataChangeLog, Discrepancy, MunicipalFigure
from projects.tests.factories import a_figure
from projects.wording.discrepancy_rules import RULES, assess_question
from projects.wording.figures import rand
from replica.money.plan import OWN_AGENTS

__all__ = ["sources"]  # a fixture

MILLION = 1_000_000
YEARS = range(2020, 2025)
ACTUAL, MONTHLY = ("ACT", "AUDA"), "ACT"
LINES = [("grant", code) for code in ("WSIG", "WSIG", "RBIG", "MIG", "WS6G", "RB7G")]
LINES += [("capital", "4202"), ("capital", "4303"), ("asset", "0360")]
KINDS = {"grant": ("SCHD", "TRFR", "ACT", "ACT"), "capital": ("ORGB", "ADJB", *ACTUAL), "asset": ACTUAL}


def an_amount(rng: random.Random) -> int | None:
    """Odd as the source has them: nulls, noughts, negative ones, rand and thousands of rand."""
    dice = rng.random()
    if dice < 0.3:
        return 0 if dice < 0.24 else None
    return int(rng.choice((1, 40_000, MILLION, 9 * MILLION)) * rng.uniform(-0.2, 3))


def a_line(rng: random.Random) -> list[FigureFact]:
    """A figure of each of some years; spending by the month mostly, some of the months not given."""
    measure, code = rng.choice(LINES)
    kind = rng.choice(KINDS[measure])
    years = YEARS if rng.random() < 0.8 else rng.sample(YEARS, 3)
    if rng.random() < 0.3:
        return [figure(year, 0, code, kind, measure=measure) for year in years]
    return [_of_year(rng, measure, code, kind, year) for year in years]


def _of_year(rng: random.Random, measure: str, code: str, kind: str, year: int) -> FigureFact:
    if kind != MONTHLY or rng.random() < 0.2:
        return figure(year, an_amount(rng), code, kind, measure=measure)
    last = 12 if year < YEARS[-1] else rng.randint(1, 12)
    share = rng.choice((0, 1))
    months = {
        month: None if rng.random() < 0.01 else Decimal(share * (an_amount(rng) or 0))
        for month in range(1, last + 1)
        if rng.random() > 0.01
    }
    given = {month: amount for month, amount in months.items() if amount is not None}
    amount = sum(given.values()) if given else None
    newest = max(given, default=None)
    return figure(year, amount, code, kind, measure=measure, through_month=newest, months=months)


def a_project(rng: random.Random, pk: int) -> ProjectFact:
    start = date(2019, 7, 1) + timedelta(days=rng.randint(0, 1200))
    first = start + timedelta(days=rng.randint(-200, 900))
    spent = an_amount(rng) if rng.random() < 0.8 else None
    readings = []
    for step in range(rng.randint(0, 4)):
        spent = None if spent is None else max(0, spent + (an_amount(rng) or 0))
        readings.append(_reading(rng, first + timedelta(days=step * rng.randint(1, 300)), spent))
    readings.sort(key=lambda reading: reading.day)
    last = readings[-1] if readings else _reading(rng, first, spent)
    years = [f"20{year}/{year + 1}" for year in (20, 21, 22)]
    columns = {f"{rng.choice(('Allocation', 'Expenditure'))} {rng.choice(years)}": f"R{an_amount(rng) or 0}"}
    return project(
        pk,
        programme=rng.choice(("WSIG", "WSIG", "RBIG", "MIG")),
        status=rng.choice(("construction", "completed", "design")),
        progress=last.progress_percentage,
        budget=last.budget,
        expenditure=last.expenditure,
        start_date=start if rng.random() < 0.95 else None,
        completion_date=start + timedelta(days=rng.randint(-50, 900)),
        reported_on=first,
        history=tuple(readings),
        published=columns if rng.random() < 0.4 else {},
    )


def _reading(rng: random.Random, day: date, spent: int | None) -> Reading:
    progress, budget = rng.choice((0, 20, 60, 100)), rng.choice((None, 5 * MILLION, 90 * MILLION))
    paid = None if spent is None else Decimal(spent)
    return Reading(day, paid, Decimal(progress), None if budget is None else Decimal(budget), "c" * 64)


def a_world(seed: int) -> Inquiry:
    rng = random.Random(seed)
    books = [each for _ in range(rng.randint(1, 9)) for each in a_line(rng)]
    listed = [a_project(rng, pk) for pk in range(1, rng.randint(2, 5))]
    until = date(2024, 6, 30) if rng.random() < 0.5 else date(2023, rng.randint(1, 12), 28)
    return ask(listed, books, until)


def says_one_amount(found: FoundDiscrepancy) -> None:
    says_what_decides(found)
    assert as_added_up(found) == found.gap.amount <= found.gap.dws
    assert sum(Decimal(each["value"]) for each in found.evidence["projects"]) == found.gap.dws


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_whatever_is_asked_of_random_projects_and_books_is_one_amount(seed: int) -> None:
    for found in a_world(seed).discrepancies.values():
        says_one_amount(found)
        (change,) = changes_of({found.key: found}, {}, Tally()).questions
        told = assess_question(
            "opened", change.field_changes, {"rule": found.rule, "severity": found.severity}
        )
        assert (told.severity, told.rules) == (found.gap.severity, [found.rule])
        assert change.field_changes["contested"] == [None, f"{found.gap.amount:.2f}"]
        assert rand(found.gap.amount) in amounts(told.sentence)


def test_the_random_worlds_ask_questions_of_every_rule_and_leave_most_unasked() -> None:
    inquiries = [a_world(seed) for seed in range(200)]
    asked = Counter(found.rule for inquiry in inquiries for found in inquiry.discrepancies.values())
    gaps = [found.gap for inquiry in inquiries for found in inquiry.discrepancies.values()]
    assert asked.keys() == RULES.keys()
    assert any(gap.books < 0 for gap in gaps)
    assert any(gap.of_all_purses for gap in gaps)
    assert any(gap.given for gap in gaps)
    assert 0 < sum(bool(inquiry.discrepancies) for inquiry in inquiries) < len(inquiries)


def test_books_below_nought_make_no_gap_larger_than_what_dws_reports() -> None:
    own = project(expenditure=Decimal(3 * MILLION), reported_on=date(2021, 6, 30))
    corrected = ask([own], [figure(2021, -50 * MILLION)])
    (found,) = corrected.discrepancies.values()
    assert (found.gap.amount, found.severity) == (3 * MILLION, "minor")
    assert (
        "show -R50 000 000 of WSIG money spent, which is less than nought and counts as nought, in 2020-21."
        " What explains the R3 000 000 beyond that?"
    ) in found.question.replace("\u202f", " ").replace("−", "-")
    assert found.treasury.label.endswith(", less than nought")
    says_one_amount(found)


# --- as it is stored, listed, fed and shown ----------------------------------------------------------------


@pytest.fixture
def asked(sources: None) -> Iterator[Discrepancy]:
    """Questions of random amounts, of two municipalities that build themselves."""
    rng = random.Random(11)
    places = {"LIM331": "Greater Giyani LM", "DC12": "Amathole DM"}
    for code, agent in places.items():
        for grant in ("WSIG", "RBIG"):
            number, spent = f"{code}-{grant}", Decimal(rng.randint(2 * MILLION, 90 * MILLION))
            own_project(
                number, municipality=code, programme=grant, implementing_agent=agent, expenditure=spent
            )
            for year in (2021, 2022, 2023):
                amount = str(rng.randint(-MILLION, 4 * MILLION))
                a_figure("grant", grant, "ACT", amount, municipality=code, year=year)
        a_figure("grant", "WS6G", "SCHD", "700000", municipality=code, year=2022)
        a_figure("capital", "4202", "AUDA", str(9 * MILLION), municipality=code, year=2022)
    correlate()
    yield from [Discrepancy.objects.order_by("pk")]


@pytest.mark.django_db
def test_page_list_api_log_and_feed_say_the_amount_that_was_compared(asked: Any, client: Any) -> None:
    assert asked.count() >= 3

    def text_of(address: str) -> str:
        return client.get(address).content.decode().replace("\u202f", " ")

    shown, feed = text_of("/discrepancies/"), text_of("/changes/feed.atom")
    of_api = {each["id"]: each for each in client.get("/api/v1/discrepancies/").json()["results"]}
    for row in asked:
        lines = {line["kind"]: line["amount"] for line in row.evidence["arithmetic"]}
        amount, figures = rand(row.contested), MunicipalFigure.objects.in_bulk()
        assert lines["asked"] == of_api[row.pk]["contested"] == f"{row.contested:.2f}"
        assert row.contested > Decimal(lines["gate"])
        assert of_api[row.pk]["severity"] == row.severity
        told = DataChangeLog.objects.get(entity_type="discrepancy", entity_id=row.pk)
        assert (told.severity, told.field_changes["contested"]) == (
            row.severity,
            [None, f"{row.contested:.2f}"],
        )
        page = text_of(f"/discrepancies/{row.pk}/")
        assert f"Asked about</dt><dd>{amount}</dd>" in page
        assert f'<td data-head="Asked about" class="num">{amount}</td>' in shown
        for text in (row.question, page, shown, feed):
            assert amount in text
        for each in row.evidence["figures"]:
            assert Decimal(each["amount"]) == figures[each["id"]].amount


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_no_question_of_the_demo_states_an_amount_that_was_not_compared(replicas: Any, here: Any) -> None:
    site = replicas.new(projects=100, seed=7, provinces=("EC",), short_menu=True)
    # the most build themselves, and most of their books hold less than the dashboard
    for each in site.site.world:
        each.implementing_agent = OWN_AGENTS[0]
    for fact in site.site.books.rows("grants_v2"):
        if "ACT" in fact and fact[-1]:
            fact[-1] //= 20
    here.DWS_URL, here.TREASURY_URL = site.url, f"{site.root}/api"
    runs = [DataScheduler().run_now(source, "command") for source in ("dws", "treasury", "correlation")]
    assert [run.state for run in runs] == ["succeeded"] * 3, runs[-1].notes
    rows = Discrepancy.objects.filter(state="open")
    assert rows.count() > 1, runs[-1].notes
    for row in rows:
        parts: dict[str, list[dict[str, Any]]] = {}
        for line in row.evidence["arithmetic"]:
            parts.setdefault(line["kind"], []).append(line)
        (asked_about,), (gate,) = parts["asked"], parts["gate"]
        assert Decimal(asked_about["amount"]) == row.contested > Decimal(gate["amount"])
        assert rand(row.contested) in amounts(row.question)
        in_kind = sum(
            Decimal(line["amount"]) for line in parts["sum"][2:] if line["what"].startswith("In kind")
        )
        assert row.contested == row.dws_value - row.treasury_value - in_kind
        sums = {rand(Decimal(line["amount"])) for line in parts["sum"]}
        assert amounts(row.question) <= {rand(row.contested), *sums}
