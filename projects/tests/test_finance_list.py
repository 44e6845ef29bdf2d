"""All municipalities in one table, and each beside those that are like it on its own page."""

from __future__ import annotations

import re

import pytest

from projects.models import Municipality
from projects.tests.factories import a_figure, a_run, a_snapshot, a_source
from projects.tests.test_comparison_api import debts, many

pytestmark = pytest.mark.django_db

PAGE = "/finances/"
PEERS = ("FS184", "GT421", "MP326")  # locals of some 400 000 to 700 000 people


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def page(client, query: str = "") -> str:
    return client.get(f"{PAGE}{query}").content.decode().replace("\u202f", " ")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def rows(html: str) -> dict[str, str]:
    """Code → the words of its row, in the order of the table."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    found = re.findall(r'<tr><th scope="row"><a href="/municipalities/(\w+)/#debt">(.*?)</tr>', body, re.S)
    return {code: words(f"<a>{cells}") for code, cells in found}


def test_all_municipalities_stand_in_one_table_and_lead_to_their_pages(client):
    cubes = ("capital_v2", "grants_v2", "audit_opinions", "aged_creditor_v2")
    a_run("treasury", profile={"cubes": {cube: {} for cube in cubes}})
    debts(CPT="5000000.00")
    found = rows(page(client))
    assert set(found) == set(Municipality.objects.values_list("pk", flat=True))
    assert "R5 000 000" in found["CPT"]
    assert found["LIM331"] == "Greater Giyani LIM331 LIM not published"


def test_a_resident_gets_from_the_dashboard_to_the_debt_of_the_municipality_in_two_steps(client):
    debts(CPT="5000000.00")
    home = client.get("/").content.decode()
    assert '<a href="/finances/">How much does my municipality owe for water?</a>' in home
    assert '<a href="/municipalities/CPT/#debt">City of Cape Town</a>' in page(client, "?q=cape town")
    said = words(client.get("/municipalities/CPT/").content.decode().replace("\u202f", " "))
    assert "R5 million owed for bulk water at the end of December 2021" in said


def test_an_amount_leads_to_the_answer_it_was_read_from(client):
    run = a_run("treasury")
    proof, other = a_snapshot(run, keep=False), a_snapshot(run, b"another", keep=False)
    figure = a_figure(amount="1000.00", snapshot=proof)
    assert f'<a class="proof" href="/snapshots/{proof.pk}/?figure={figure.pk}">R1 000</a>' in page(client)
    a_figure(code="4201", amount="500.00", snapshot=proof)
    assert f'<a class="proof" href="/snapshots/{proof.pk}/">R1 500</a>' in page(client)
    a_figure(code="4203", amount="7.00", snapshot=other)
    assert '<td class="num">R1 507</td>' in page(client)


def test_the_year_of_each_group_of_columns_stands_above_it(client):
    a_figure()
    a_figure("opinion", "opinion", "", None, opinion="qualified", year=2020)
    debts(CPT="5.00")
    head = words(page(client).split("<thead>")[1].split("</thead>")[0])
    assert "Owed for bulk water newest of each Audit 2019-20 Water capital 2020-21" in head
    assert "31 December 2021" in head
    chosen = words(page(client, "?financial_year=2020").split("<thead>")[1].split("</thead>")[0])
    assert "Owed for bulk water 2019-20 Audit 2019-20 Water capital 2019-20" in chosen


def test_it_sorts_by_links_that_work_without_scripts_and_keep_the_filters(client):
    debts(CPT="5.00", TSH="100.00", JHB="20.00", DC12="7.00")
    listed = page(client, "?category=A&ordering=-owed_for_bulk_water")
    assert list(rows(listed))[:3] == ["TSH", "JHB", "CPT"]
    assert "DC12" not in rows(listed)
    assert (
        'aria-sort="descending"><a href="?category=A&amp;ordering=owed_for_bulk_water">Amount ▼</a>' in listed
    )
    assert '<a href="?category=A&amp;ordering=-capital_budget">Budgeted</a>' in listed
    assert '<option value="-owed_for_bulk_water" selected>Owed for bulk water, most first</option>' in listed
    assert '<option value="A" selected>' in listed
    first = page(client, "?category=A&ordering=owed_for_bulk_water")
    assert list(rows(first))[:3] == ["CPT", "JHB", "TSH"]


def test_the_downloads_have_what_the_table_has(client):
    a_figure()
    found = page(client, "?province=WC&ordering=-capital_rate")
    for format in ("csv", "xlsx"):
        address = f"/api/v1/finances/?province=WC&amp;ordering=-capital_rate&amp;format={format}"
        assert f'href="{address}"' in found
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_no_download_is_offered_that_would_be_refused(client, settings):
    for named in (["dws"], []):
        settings.OPEN_DATA_SOURCES = named
        assert "format=csv" not in page(client)
    assert client.get(PAGE).status_code == 200


def test_an_order_over_unlike_figures_says_so(client):
    debts(CPT="5.00", TSH="100.00")
    a_figure("bulk_debt", "0200", "ACT", "9.00", municipality="JHB", year=2021, through_month=12)
    assert "are not all alike" not in page(client)
    listed = page(client, "?ordering=-owed_for_bulk_water")
    assert (
        "Owed for bulk water: the figures are not all alike (31 December 2021: 2; 30 June 2021: 1)"
        in words(listed)
    )
    assert "30 June 2021" in rows(listed)["JHB"]
    assert "31 December 2021" not in rows(listed)["CPT"]
    assert "31 December 2021, unless it says otherwise" in listed


def test_not_read_not_published_and_null_are_three_things_and_none_is_nought(client):
    assert "Municipal finances have not been read yet." in page(client)
    a_run("treasury", profile={"cubes": {"capital_v2": {"last_updated": "2026-11"}}})
    a_figure(amount=None)
    after = rows(page(client))
    assert (
        after["CPT"]
        .split("City of Cape Town CPT WC ")[1]
        .startswith("not read not read not read given as null")
    )
    assert "not read not read not read not published" in after["JHB"]
    assert "R0" not in page(client)


def test_what_a_reader_has_to_know_stands_below_the_table(client):
    a_run("treasury", profile={"cubes": {"capital_v2": {"last_updated": "2026-11"}}})
    said = words(page(client))
    assert "Source: National Treasury, Municipal Money; data published November 2026" in said
    assert "by the population of 2016, Statistics South Africa, Community Survey 2016" in said


@pytest.mark.parametrize("query", ["?ordering=beauty", "?financial_year=x", "?province=XX"])
def test_what_cannot_be_understood_is_said_and_nothing_is_listed(client, query):
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 400
    assert "<tbody>" not in answer.content.decode()


def test_municipalities_of_one_name_are_told_apart_by_code(client):
    Municipality.objects.filter(pk__in=["GT421", "FS184"]).update(name="City of Cape Town")
    debts(CPT="5.00", GT421="6.00", FS184="7.00")
    found = rows(page(client, "?q=city of cape town&ordering=-owed_for_bulk_water"))
    assert [text.split(" R")[0] for text in found.values()] == [
        "City of Cape Town FS184 FS", "City of Cape Town GT421 GT", "City of Cape Town CPT WC",
    ]  # fmt: skip
    assert list(rows(page(client, "?q=city of cape town"))) == ["CPT", "FS184", "GT421"]


def test_nobody_fits(client):
    a_figure()
    assert "No municipality fits" in page(client, "?q=nowhere")


def test_texts_of_the_source_are_escaped(client):
    a_figure("opinion", "opinion", "", None, opinion="<script>alert(1)</script>", report_url="javascript:x")
    assert "<script>alert" not in page(client)
    assert "javascript:x" not in page(client)


def test_replica_figures_are_called_demo_data(client):
    a_source("treasury", demo=True)
    assert "<strong>Demo data:</strong>" in page(client)


@pytest.mark.parametrize("ordering", ["", "-capital_rate"])
def test_all_municipalities_cost_as_many_queries_as_one(client, django_assert_max_num_queries, ordering):
    many(list(Municipality.objects.values_list("pk", flat=True))[:20], range(2021, 2022))
    with django_assert_max_num_queries(7):
        client.get(f"{PAGE}?ordering={ordering}")


def beside(client, code: str = "GT421") -> str:
    html = client.get(f"/municipalities/{code}/").content.decode().replace("\u202f", " ")
    start = html.find('<h3 id="peers">')
    return "" if start < 0 else html[start : html.index("All municipalities beside each other")]


def bars(html: str, column: str) -> list[tuple[str, str, str]]:
    """(name, width of the bar, what is said) of one chart."""
    chart = html[html.index(f'id="peers-{column}"') :]
    found = re.findall(
        r'bar-label">(.*?)</span>(.*?)<span class="bar-number[^"]*">(.*?)</span>',
        chart[: chart.index("</ul>")],
        re.S,
    )
    widths = [(re.search(r'width="([\d.]+)%"', bar), name, said) for name, bar, said in found]
    return [(name, width[1] if width else "", said) for width, name, said in widths]


def test_a_municipality_stands_beside_those_of_its_kind_that_are_nearest_in_population(client):
    """Metros are of another kind, and municipalities that publish nothing are left out."""
    for number, code in enumerate((*PEERS, "JHB", "LIM331"), start=1):
        a_figure(amount=f"{number}000000.00", municipality=code)
    found = beside(client)
    names = [name for name, _, _ in bars(found, "capital_budget_per_person")]
    assert set(names) == {"Emfuleni", "Matjhabeng", "City of Mbombela", "Greater Giyani"}
    assert "The 3 municipalities of the same kind" in found
    for number in range(12):
        place = Municipality.objects.filter(category="B").order_by("-population_2016")[number + 20]
        a_figure(amount="1.00", municipality=place.pk)
    names = [name for name, _, _ in bars(beside(client), "capital_budget_per_person")]
    assert len(names) == 9
    assert "Greater Giyani" not in names


def test_bars_go_from_the_most_to_what_is_not_known_and_a_negative_one_has_none(client):
    people = dict(Municipality.objects.values_list("pk", "population_2016"))
    for code, each in (("GT421", 10), ("FS184", 40), ("MP326", -5)):
        a_figure("bulk_debt", "0200", "ACT", f"{people[code] * each}.00", municipality=code, through_month=6)
    a_figure(municipality="GT421", amount=None)
    a_figure(municipality="LIM343", amount="1.00")
    assert bars(beside(client), "owed_per_person") == [
        ("Matjhabeng", "100.0", "R40"),
        ("Emfuleni", "25.0", "R10"),
        ("City of Mbombela", "", "-R5"),
        (Municipality.objects.get(pk="LIM343").name, "", "not published"),
    ]
    found = beside(client)
    assert '<li class="own"><a href="/municipalities/GT421/#finances">' in found
    assert "31 December 2020" in words(found)


def test_the_figures_behind_the_bars_stand_in_a_table(client):
    run = a_run("treasury")
    proof = a_snapshot(run, keep=False)
    for code in PEERS:
        a_figure(amount="4000.00", municipality=code, snapshot=proof)
        a_figure("grant", "WSIG", "SCHD", "100.00", municipality=code)
    a_figure("grant", "WSIG", "ACT", "50.00", municipality="GT421", through_month=12)
    found = beside(client)
    table = found[found.index('<details id="peers-table">') :]
    assert set(rows(table)) == set(PEERS)
    assert f'href="/snapshots/{proof.pk}/?figure=' in table
    assert bars(found, "wsig_rate")[0] == ("Emfuleni", "100.0", "50%")
    assert "2020-21" in found


def test_who_publishes_nothing_or_has_no_like_has_no_comparison(client):
    a_figure(municipality="GT421")
    assert beside(client) == ""
    a_figure(municipality="FS184")
    assert beside(client) != ""
    assert beside(client, "MP326") == ""
    Municipality.objects.filter(pk="GT421").update(population_2016=None)
    assert beside(client) == ""
