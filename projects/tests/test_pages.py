"""The pages: with nothing, with little and with much in the database."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.test import AsyncClient
from django.utils import timezone

from projects.api.changes import change_json
from projects.log.writer import Entry
from projects.models import DataChangeLog, Project, SyncRun
from projects.pages.render import change_html
from projects.tests.factories import (
    a_crowd,
    a_listing,
    a_project,
    a_run,
    a_snapshot,
    a_source,
    append,
    change,
    log,
    newcomers,
    some_runs,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

EVIL = '<script>alert("x")</script> & O\'Brien'


@pytest.fixture(autouse=True)
def _archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path


def html(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


PAGES = ["/", "/projects/", "/map/", "/municipalities/", "/municipalities/LIM331/", "/municipalities/DC33/",
         "/changes/", "/discrepancies/", "/sources/", "/sources/dws/", "/?fragment=totals",
         "/changes/feed.atom"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_works_with_an_empty_database(client, path):
    assert "R0" not in html(client, path).replace("R0_", "")


def test_an_empty_dashboard_says_what_is_going_on_and_what_to_do(client):
    page = html(client, "/")
    assert "Nothing has been read yet" in page
    assert "Never read yet" in page
    assert "manage.py sync_dws" in page
    a_run(state="running", finished_at=None, complete=None)
    assert "The first reading is going on now" in html(client, "/")


def test_totals_that_nobody_published_are_said_so_and_are_no_attribute(client):
    a_run("treasury")
    a_project("WP1", budget=None, expenditure=None)
    page = html(client, "/")
    assert "0 of 1 publish one" in page
    assert '="<' not in page  # the words for the unknown are markup


def test_the_dashboard_shows_totals_changes_and_the_age_of_the_last_reading(client):
    a_project("WP1", budget=Decimal("353000000"))
    change(a_project("WP2", budget=None), "progress_percentage", Decimal("20.00"))
    page = html(client, "/")
    assert "Progress fell from 62% to 20%." in page
    assert 'data-last-id="3"' in page
    assert page.index('data-change-id="3"') < page.index('data-change-id="1"')
    assert "1 of 2 publish one" in page
    assert "12 minutes ago" not in page  # this run is of January
    a_run(state="unchanged")
    assert "12 minutes ago" in html(client, "/")


def test_the_last_failure_is_said_beside_the_last_good_reading(client):
    a_run(state="succeeded")
    a_run(state="failed", complete=None, error="The site did not answer, five times.")
    page = html(client, "/")
    assert "did not succeed: The site did not answer, five times." in page
    assert "What you see is the last good reading." in page


def test_the_fragment_of_totals_is_the_same_partial_as_in_the_page(client):
    a_project()
    fragment = html(client, "/?fragment=totals").strip()
    assert fragment.startswith("<section")
    assert 'data-live-total="totals"' in fragment
    assert fragment in html(client, "/")


def test_the_dashboard_works_without_javascript_and_says_so(client):
    page = html(client, "/")
    assert "<noscript>" in page
    assert "reload" in page


@pytest.mark.parametrize("path", [*PAGES[:-2], "/projects/1/", "/changes/1/", "/runs/{run}/", "/nope/"])
def test_replica_data_are_called_demo_data_on_every_page(client, path):
    a_source(demo=True)
    project = a_project()
    path = path.format(run=project.last_changed_run_id).replace("/projects/1/", f"/projects/{project.pk}/")
    assert "<strong>Demo data:</strong>" in client.get(path).content.decode()


def test_real_data_are_not_called_demo_data(client):
    a_source(demo=False)
    a_project()
    assert "emo data" not in html(client, "/")


def test_names_from_a_source_are_escaped_everywhere(client):
    run = a_run()
    project = a_project(
        name=EVIL,
        run=run,
        contractor=EVIL,
        status_as_published=EVIL,
        published={EVIL: EVIL},
        issues=[{"field": "budget", "label": EVIL, "text": EVIL, "problem": EVIL}],
    )
    log(project, "updated", {f"published.{EVIL}": [EVIL, None]}, evidence={EVIL: [EVIL, None]})
    a_listing("LIM331", name=EVIL, issues=[{"label": EVIL, "text": EVIL, "problem": EVIL}])
    a_run(state="failed", error=EVIL, notes=[EVIL], complete=None)
    paths = [f"/projects/{project.pk}/", "/changes/2/", f"/runs/{run.pk + 1}/", *PAGES]
    for path in [*paths, f"/projects/?q={EVIL}", f"/changes/?field={EVIL}", f"/projects/?status={EVIL}"]:
        page = client.get(path).content.decode()
        assert "<script>alert" not in page, path


def test_a_dangerous_address_of_a_source_is_no_link(client):
    project = a_project(url="javascript:alert(1)")
    assert 'href="javascript:' not in html(client, f"/projects/{project.pk}/")


def test_unknown_values_are_not_published_and_unreadable_ones_are_said_to_be(client):
    issue = {"field": "budget", "label": "Budget", "text": "R12,3.4", "problem": "this is no amount"}
    project = a_project(budget=None, expenditure=None, issues=[issue], published={"Budget": "R12,3.4"})
    page = html(client, f"/projects/{project.pk}/")
    assert "not published" in page
    assert "published, not readable" in page
    assert "this is no amount" in page


def test_what_was_read_for_the_first_time_has_no_before_that_could_be_called_not_published(client):
    a_project(budget=None, published={"Contractor": "Amanzi Civils"})
    row = DataChangeLog.objects.get(change_type="created")
    for path in (f"/changes/{row.pk}/", "/changes/?each=1"):
        page = html(client, path)
        assert "What was read" in page, path
        assert "Before" not in page, path
        assert '<td class="old"' not in page, path


def test_downloads_are_said_once_and_their_full_stop_stands_close(client):
    project = a_project(published={"Project No": "WP1"})
    page = html(client, f"/projects/{project.pk}/")
    assert re.search(r"This project: <a [^>]+>CSV</a>.*?>JSON</a>\. These texts alone: <a ", page)
    assert ": Download:" not in page


def test_the_line_of_a_municipality_does_not_name_it_twice():
    listing = a_listing("LIM331")
    row = append(
        Entry(
            entity_type="municipality_listing",
            entity_id=listing.pk,
            external_id="LIM331",
            name="Greater Giyani",
            municipality="LIM331",
            province="LIM",
            source_id="dws",
            change_type="updated",
            field_changes={"projects": [54, 55]},
            run_id=listing.last_changed_run_id,
        )
    )
    said = change_html(row, change_json(row))
    assert "Greater Giyani</a>" in said
    assert '<span class="place">[LIM331]</span>' in said


def test_the_project_page_shows_every_published_string_and_the_history(client):
    project = a_project(published={"Project No": "WP1", "Nobody knows": "this column", "Blank": ""})
    change(project, "completion_date", project.completion_date + timedelta(days=400))
    page = html(client, f"/projects/{project.pk}/")
    assert "Nobody knows" in page
    assert "this column" in page
    assert "Completion date moved from 28 February 2027 to 3 April 2028, 13 months later." in page


def test_a_missing_and_a_withdrawn_project_say_so(client):
    project = a_project(presence="missing", last_listed_at=timezone.now())
    assert "no longer had this project" in html(client, f"/projects/{project.pk}/")
    Project.objects.update(presence="withdrawn")
    assert "Withdrawn: complete readings no longer list" in html(client, f"/projects/{project.pk}/")


@pytest.mark.parametrize("path", ["/projects/99/", "/projects/99999999999999999999999/", "/municipalities/X/",
                                  "/changes/99/", "/sources/gossip/", "/runs/99/", f"/snapshots/{'0' * 64}/",
                                  "/snapshots/0/", "/nope/"])  # fmt: skip
def test_what_is_not_there_is_a_plain_404(client, path):
    assert "There is nothing here" in html(client, path, 404)


@pytest.mark.django_db(transaction=True)
async def test_a_page_that_is_not_there_keeps_no_connection_to_the_database():
    if connection.vendor != "postgresql":
        pytest.skip("only a server can be asked who is connected")
    before = await sync_to_async(_sessions)()
    for _ in range(3):
        assert (await AsyncClient().get("/nope/")).status_code == 404
    for _ in range(100):  # a server counts a session for a moment after its client left it
        if (after := await sync_to_async(_sessions)()) == before:
            break
        await asyncio.sleep(0.1)
    assert after == before
    await sync_to_async(connections.close_all)()  # those of the thread that answered


def _sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(  # the server's own workers come and go
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def test_the_list_filters_sorts_and_keeps_the_filter_over_pages(client):
    more = list(newcomers(some_runs(60)))
    for number, project in enumerate(more):
        project.budget = Decimal(number)
    Project.objects.bulk_update(more, ["budget"])
    a_project("OTHER", municipality="CPT")
    page = html(client, "/projects/?province=LIM&ordering=-budget")
    assert "60 projects found" in page
    assert page.index("WP59") < page.index("WP58")
    assert "OTHER" not in page
    assert "?province=LIM&amp;ordering=-budget&amp;page=2" in page
    assert "format=csv" in page
    assert re.search(r"\bWP9\b", html(client, "/projects/?province=LIM&ordering=-budget&page=2"))


def test_a_filter_that_cannot_be_understood_is_explained_and_lists_nothing(client):
    a_project()
    page = html(client, "/projects/?status=demolished", 400)
    assert "known are: identification" in page
    assert "WP10234" not in page
    assert "after" in html(client, "/changes/?after=x", 400)


def test_a_page_beyond_the_end_is_the_last_page(client):
    a_project()
    assert "WP10234" in html(client, "/projects/?page=999")
    assert "WP10234" in html(client, "/projects/?page=x")


def test_an_empty_answer_offers_the_way_back(client):
    a_project()
    assert "No project fits these filters" in html(client, "/projects/?q=zzz")


def test_the_municipality_page_sets_the_published_line_beside_our_sums(client):
    a_listing("LIM331")
    a_project(budget=Decimal("1234567"))
    a_project("WP2", municipality="CPT", shared=["LIM331"], budget=None)
    page = html(client, "/municipalities/LIM331/").replace("\u202f", " ")
    assert "R395 360 000" in page
    assert "R1 234 567" in page
    assert "1 of 2 publish one" in page
    assert "WP2" in page
    assert 'data-municipality="LIM331"' in page


def test_a_district_lists_its_locals(client):
    page = html(client, "/municipalities/DC33/")
    assert "Local municipalities of this district" in page
    assert "/municipalities/LIM331/" in page


def test_the_change_page_is_a_receipt(client):
    run = a_run()
    snapshot = a_snapshot(run)
    project = a_project(run=run)
    texts = {"Budget (R'000)": ["353 000", "395 360"]}
    row = log(project, "updated", {"budget": ["353000000.00", "395360000.00"]}, evidence=texts,
              snapshot_id=snapshot.pk)  # fmt: skip
    page = html(client, f"/changes/{row.pk}/")
    for proof in ("395 360", f"/snapshots/{snapshot.pk}/", f"/runs/{run.pk}/", row.digest):
        assert proof in page


def test_the_list_of_changes_shows_the_head_of_the_chain(client):
    a_project()
    row = change(Project.objects.get(), "budget", Decimal(1))
    assert row.digest in html(client, "/changes/")


def test_a_snapshot_is_shown_escaped_and_may_do_nothing(client):
    snapshot = a_snapshot(
        a_run(), b"<script>alert(1)</script>\xe9 R\xa0353", content_type="text/html; charset=latin-1"
    )
    answer = client.get(f"/snapshots/{snapshot.pk}/")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'self'"
    page = answer.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;é R" in page
    assert "<script" not in page


@pytest.mark.parametrize("content_type", ["text/html; charset=klingon", "", "text/html; charset=utf-8"])
def test_a_snapshot_in_a_strange_charset_is_still_shown(client, content_type):
    snapshot = a_snapshot(a_run(), b"caf\xe9 <b>", content_type=content_type)
    assert "&lt;b&gt;" in html(client, f"/snapshots/{snapshot.pk}/")


def test_a_snapshot_whose_file_is_gone_says_what_is_known_of_it(client):
    snapshot = a_snapshot(a_run(), keep=False)
    assert snapshot.pk in html(client, f"/snapshots/{snapshot.pk}/", 410)


def test_the_feed_is_atom_with_the_newest_first_and_takes_filters(client):
    change(a_project(name="Weir & <dam>"), "progress_percentage", Decimal("20.00"))
    a_project("WP2", municipality="CPT")
    answer = client.get("/changes/feed.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    space = {"a": "http://www.w3.org/2005/Atom"}
    titles = [node.text for node in ElementTree.fromstring(answer.content).findall("a:entry/a:title", space)]
    assert titles == ["Bulk scheme WP2", "Weir & <dam>", "Weir & <dam>"]
    only = client.get("/changes/feed.atom?severity=major").content.decode()
    assert only.count("<entry>") == 1
    assert "Progress fell from 62% to 20%." in only


_MOST = (
    ("/", 23),
    ("/projects/", 15),  # one for each facet
    ("/projects/?province=LIM", 17),
    ("/projects/?q=nothing", 13),
    ("/map/", 9),
    ("/map/?measure=overdue&municipality=LIM331", 11),
    ("/map/municipalities.csv", 3),
    ("/projects/by-status.csv", 2),
    ("/projects/{pk}/course.csv", 3),
    ("/finances/by-year.csv", 3),
    ("/search/?q=bulk", 9),
    ("/search/?q=giyani&fragment=proposals", 6),
    ("/projects/{pk}/", 23),  # one asks for the head of a long log
    ("/municipalities/", 7),
    ("/municipalities/LIM331/", 27),
    ("/municipalities/DC33/", 22),
    ("/finances/", 7),
    ("/changes/", 19),
    ("/sources/", 7),
    ("/sources/dws/", 18),
    ("/runs/{run}/", 6),
    ("/changes/feed.atom", 3),
    ("/projects/{pk}/sheet/", 12),
    ("/changes/{change}/", 8),
    ("/municipalities/?q=bulk", 7),
    ("/sitemaps/projects.xml", 4),
)


@pytest.mark.parametrize("some", [_MOST[at::4] for at in range(4)], ids=lambda some: some[0][0])
def test_fifty_rows_cost_as_many_queries_as_one(client, django_assert_max_num_queries, some):
    for more in (1, 49):
        run = a_crowd(more)[-1].last_changed_run
        for path, most in some:
            with django_assert_max_num_queries(most, info=path):
                answer = client.get(known(path, run))
                assert answer.status_code == 200
                assert answer.getvalue()


@pytest.mark.soak
def test_ten_thousand_projects_cost_no_more_queries_than_one(client, django_assert_max_num_queries):
    newcomers(some_runs(9_950))
    run = a_crowd(50)[-1].last_changed_run
    for path, most in _MOST:
        with django_assert_max_num_queries(most, info=path):
            answer = client.get(known(path, run))
            assert answer.status_code == 200
            assert answer.getvalue()


def known(path: str, run: SyncRun) -> str:
    """With what there is: the first project, the newest change."""
    change = DataChangeLog.objects.newest() if "{change}" in path else None
    return path.format(pk=Project.objects.first().pk, run=run.pk, change=change)
