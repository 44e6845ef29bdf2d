"""One module more (`waterboard_csv`), and every command, page, endpoint and screen knows its source.

The site is a real server on loopback that serves one CSV; the source is read, shown, held, released, replayed
and watched as any other, by the ways that people and programs use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from buka import environment
from buka.dev.local import DEMO_SOURCES
from etl import scheduler
from etl.fetch import errors
from etl.runs.parser_version import parser_digest
from etl.scheduler import DataScheduler
from etl.sources import SOURCES, watched
from etl.tests.tinysite import Site, serving
from etl.tests.waterboard_csv import SOURCE
from etl.values.vocabulary import DEFAULT
from projects.declared import REGISTRY, Declaration, declaration, declare
from projects.health.alerts import update
from projects.health.checks import checks
from projects.models import (
    AlertMessage,
    DataChangeLog,
    Discrepancy,
    Identity,
    MunicipalityListing,
    Project,
    Snapshot,
    Source,
    SyncRun,
)
from projects.tests.factories import a_figure, a_run

pytestmark = pytest.mark.django_db
NAME = SOURCE.name
ROOT = Path(__file__).resolve().parents[2]
CSV = {"Content-Type": "text/csv; charset=utf-8"}
HEAD = (
    "Project No;Project Name;Municipality;Programme;Status;Progress (%);Budget;Expenditure to date"
    ";Completion Date;Remarks"
)
CAPE_TOWN = 'A1;"Faure; phase ""2""";Cape Town [CPT];RBIG;Construction;62;"R 1 234,50";n/a;2027-02-28;'
GIYANI = "A2;Nandoni to Giyani;Greater Giyani [LIM331];;Half way;n/a;R 2 000 000;R 500 000,00;;–"
AMATHOLE = 'A3;"Sandile\nextension";Amathole [DC12];MIG;Design;0;R2.505;;next winter;"on track; so far"'
TOTALS = ["Total;1;Cape Town [CPT];;;;R 1 234,50;;;", "Total;1;Greater Giyani [LIM331];;;;R 2 000 000;;;"]


class Board:
    """The water board's site: it serves the lines that it is given, with a byte order mark."""

    def __init__(self, site: Site) -> None:
        self.site, self.lines = site, [CAPE_TOWN, GIYANI, AMATHOLE]
        self.publish()

    @property
    def url(self) -> str:
        return f"{self.site.root}/projects.csv"

    def publish(self, *lines: str, totals: list[str] | None = None) -> None:
        self.lines = list(lines) or self.lines
        body = "\r\n".join([HEAD, *self.lines, *(TOTALS if totals is None else totals), ""])
        self.answer(200, CSV, b"\xef\xbb\xbf" + body.encode())

    def edit(self, old: str, new: str) -> None:
        assert old in "".join(self.lines)
        self.publish(*(line.replace(old, new) for line in self.lines))

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.site.pages["/projects.csv"] = (status, headers, body)


@pytest.fixture
def board(here: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    """The registry with the module's declaration, and a site to read."""
    monkeypatch.setitem(REGISTRY, NAME, SOURCE)
    here.REDIS_URL = ""
    here.OPEN_DATA_SOURCES = list(REGISTRY)
    cache.clear()
    with serving({}) as site:
        board = Board(site)
        here.WATERBOARD_URL = board.url
        yield board


@pytest.fixture
def steward(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("steward", password="steward-password"))
    return client


Told = Callable[..., str]


@pytest.fixture
def manage(capsys: pytest.CaptureFixture[str]) -> Told:
    """What a command says; `code` is the exit code that it is to have."""

    def run(*words: str, code: int = 0) -> str:
        left = 0
        try:
            call_command(*words)
        except SystemExit as exit_:
            left = int(exit_.code or 0)
        told = capsys.readouterr()
        assert left == code, told
        return told.out + told.err

    return run


def read(**options: Any) -> SyncRun:
    return DataScheduler().run_now(NAME, "command", **options)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("\u2009", " ")


def api(client: Client, path: str) -> Any:
    return json.loads(page(client, f"/api/v1/{path}"))


def project(number: str, source: str = NAME) -> Project:
    return Project.objects.get(source=source, external_id=number)


def public_addresses() -> list[str]:
    """Every page and endpoint; of those that are of one thing, one for each kind of thing of the source."""
    things = [
        *(f"/projects/{pk}/" for pk in _one_of_each(Project, "presence", "external_id")),
        *(f"/changes/{pk}/" for pk in _one_of_each(DataChangeLog, "entity_type", "change_type")),
        *(f"/runs/{pk}/" for pk in _one_of_each(SyncRun, "state")),
        *(
            f"/snapshots/{pk}/"
            for pk in Snapshot.objects.filter(source=NAME).values_list("pk", flat=True)[:2]
        ),
        *(f"/municipalities/{code}/" for code in ("CPT", "LIM331", "DC12")),
    ]
    lists = ["/", "/?fragment=totals", "/projects/", "/municipalities/", "/changes/", "/changes/?each=1"]
    lists += ["/changes/feed.atom", "/discrepancies/", "/sources/", f"/sources/{NAME}/", "/metrics"]
    narrowed = [f"{path}?source={NAME}" for path in ("/projects/", "/changes/", "/changes/feed.atom")]
    below = [f"/api/v1{path}" for path in things if not path.startswith("/snapshots")]
    below += [f"/api/v1/{name}/" for name in ("projects", "municipalities", "changes", "changes/events")]
    below += [f"/api/v1/{name}/?source={NAME}" for name in ("projects", "changes", "runs")]
    below += [f"/api/v1/projects/?source={NAME}&format={format}" for format in ("csv", "geojson")]
    below += ["/api/v1/sources/", f"/api/v1/sources/{NAME}/", "/api/v1/"]
    return [*lists, *narrowed, *things, *below]


def _one_of_each(model: Any, *kind: str) -> list[int]:
    """The newest row of the source of each kind."""
    rows = model.objects.filter(source=NAME).order_by().values_list(*kind)
    return list(rows.annotate(newest=Max("pk")).values_list("newest", flat=True))


def admin_addresses() -> Iterator[str]:
    """Every list of the admin and, of each kind of row, the form of the newest."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if newest := model._default_manager.order_by("-pk").first():
            yield reverse(f"{name}_change", args=[newest.pk])


def walk(steward: Client) -> dict[str, str]:
    """Every address → what it shows; all of them answer."""
    return {path: page(steward, path) for path in (*public_addresses(), *admin_addresses())}


# --- first reading ----------------------------------------------------------------------------------


def test_its_first_reading_is_told_as_that_of_any_source(board, manage):
    told = json.loads(manage("sync", NAME, "--json"))
    assert (told["source"], told["state"], told["complete"], told["pages"]) == (NAME, "succeeded", True, 1)
    assert (told["seen"], told["created"], told["listings"], told["invalid"]) == (3, 3, 2, 0)
    assert told["changes"]["count"] == 5
    assert (told["notes"], told["disagreements"], told["layouts"]) == ([], [], ["table"])
    assert board.site.asked == ["GET /robots.txt", "GET /projects.csv"]


def test_awkward_cells_are_read_or_said_to_be_unread(board, cape_town, greater_giyani, amathole):
    read()
    faure, giyani, sandile = project("A1"), project("A2"), project("A3")
    assert (faure.name, faure.municipality, faure.programme) == ('Faure; phase "2"', cape_town, "RBIG")
    assert (str(faure.budget), faure.expenditure, str(faure.progress_percentage)) == (
        "1234.50",
        None,
        "62.00",
    )
    assert faure.issues == []
    assert (giyani.municipality, giyani.progress_percentage, giyani.programme) == (greater_giyani, None, None)
    assert (giyani.status, giyani.status_as_published) == (None, "Half way")
    assert [issue["problem"] for issue in giyani.issues] == ["not in the vocabulary"]
    assert (sandile.name, sandile.municipality) == ("Sandile extension", amathole)
    assert (str(sandile.progress_percentage), sandile.budget) == ("0.00", None)
    assert {issue["label"] for issue in sandile.issues} == {"Budget", "Completion Date"}
    assert sandile.published["Remarks"] == "on track; so far"


@pytest.mark.soak
def test_after_the_first_reading_every_page_endpoint_and_screen_answers(board, steward, manage):
    manage("schedules")
    manage("sync", NAME)
    walk(steward)
    page(steward, "/api/v1/schema/")


class Shown(dict[str, str]):
    """What a page shows, asked for once."""

    def __init__(self, steward: Client) -> None:
        self._steward = steward

    def __missing__(self, path: str) -> str:
        return self.setdefault(path, page(self._steward, path))


def test_after_the_first_reading_the_pages_and_screens_show_it(board, steward, manage):
    manage("schedules")
    manage("sync", NAME)
    shown = Shown(steward)
    for path in ("/", "/sources/", f"/sources/{NAME}/", f"/projects/{project('A1').pk}/"):
        assert SOURCE.title in shown[path], path
    assert ">Schemes</th>" in shown[f"/sources/{NAME}/"]
    assert board.url in shown[f"/sources/{NAME}/"]
    assert "What is published, field by field" in shown[f"/sources/{NAME}/"]
    assert "Nandoni to Giyani" in shown["/projects/"]
    assert "Nandoni to Giyani" in shown["/municipalities/LIM331/"]
    assert "no longer listed" not in shown["/municipalities/LIM331/"]
    assert "The water board states" in shown["/municipalities/LIM331/"]
    assert "R2 000 000" in shown["/municipalities/"]
    assert "DWS" not in re.sub(
        r"(?s)<section id=\"finances\".*?</section>", "", shown["/municipalities/LIM331/"]
    )
    assert f"Sync {NAME} now" in shown["/admin/projects/source/"]
    (proof,) = Snapshot.objects.filter(source=NAME).values_list("pk", flat=True)
    assert "A1;&quot;Faure; phase &quot;&quot;2&quot;&quot;&quot;" in shown[f"/snapshots/{proof}/"]
    assert {row.snapshot_id for row in DataChangeLog.objects.filter(source=NAME)} == {proof}


def test_the_api_has_its_rows_under_its_name(board, client):
    DataScheduler().ensure_schedules()
    run = read()
    (one,) = api(client, f"projects/?source={NAME}&municipality=CPT")["results"]
    assert (one["source"], one["external_id"], one["budget"]) == (NAME, "A1", "1234.50")
    assert api(client, "projects/?source=dws")["count"] == 0
    assert {row["source"] for row in api(client, f"changes/?source={NAME}")["results"]} == {NAME}
    assert [row["run"] for row in api(client, f"runs/?source={NAME}")["results"]] == [run.pk]
    told = api(client, f"sources/{NAME}/")
    assert (told["title"], told["interval_minutes"], told["url"]) == (SOURCE.title, 45, board.url)
    place = api(client, "municipalities/LIM331/")
    assert place["listing"] is None, "DWS has published no line"
    (side,) = place["sources"]
    assert (side["source"], side["listing"]["projects"], side["listing"]["value"]) == (NAME, 1, "2000000.00")
    assert side["own"] == place["own"]
    assert (side["own"]["projects"], side["own"]["expenditure"]) == (1, "500000.00")
    assert [name["source"] for name in api(client, "municipalities/DC12/")["sources"]] == [NAME]


# --- a life ---------------------------------------------------------------------------------------


def test_what_did_not_change_writes_nothing_but_its_run(board, manage):
    read()
    rows = DataChangeLog.objects.count()
    again = read()
    assert (again.state, again.unchanged_by, again.pages) == ("unchanged", "bytes", 1)
    assert manage("sync", NAME) == "Unchanged: 1 pages read, 3 schemes seen, the same bytes.\n"
    board.publish(*reversed(board.lines))
    assert (read().unchanged_by, DataChangeLog.objects.count()) == ("records", rows)


def test_a_change_is_told_with_its_source_and_its_proof(board, client):
    read()
    board.edit(";Construction;62;", ";Construction;58;")
    run = read()
    row = DataChangeLog.objects.get(pk=run.last_change)
    assert (run.change_count, row.severity, row.source_id) == (1, "major", NAME)
    for path in ("/", "/changes/", "/municipalities/CPT/", f"/runs/{run.pk}/"):
        shown = page(client, path)
        assert "Progress fell from 62% to 58%." in shown, path
        assert "· the water board ·" in shown, path
    assert "Progress fell from 62% to 58%." in page(client, f"/changes/feed.atom?source={NAME}")
    proof = page(client, f"/snapshots/{row.snapshot_id}/")
    assert ";Construction;58;" in proof
    assert SOURCE.title in proof


def test_what_goes_missing_is_kept_and_may_return(board, client):
    read()
    board.publish(CAPE_TOWN, GIYANI, totals=TOTALS[1:])
    gone = read()
    assert (gone.missing, gone.complete, project("A3").presence) == (1, True, "missing")
    assert "no longer had this project" in page(client, f"/projects/{project('A3').pk}/")
    assert "The water board has no longer listed this municipality" in page(client, "/municipalities/CPT/")
    assert "no longer listed" in page(client, "/municipalities/?q=cape+town")
    board.publish(CAPE_TOWN, GIYANI, AMATHOLE)
    assert (read().returned, project("A3").presence) == (1, "present")
    assert MunicipalityListing.objects.filter(source=NAME, is_listed=True).count() == 2


def test_one_list_for_all_municipalities_is_the_list_of_each(board):
    board.publish()
    read()
    board.publish(GIYANI, AMATHOLE, totals=["Total;0;Cape Town [CPT];;;;;;;", TOTALS[1]])
    gone = read()
    assert (gone.missing, gone.complete, project("A1").presence) == (1, True, "missing")


@pytest.mark.soak
def test_after_a_whole_life_all_is_shown_and_history_replays_to_the_same(board, steward, manage, here):
    here.WITHDRAWN_AFTER_HOURS = 0
    here.FETCH_MAX_ATTEMPTS = 1
    states = [read().state]
    board.edit(";Construction;62;", ";Construction;58;")
    states.append(read().state)
    board.publish(*board.lines[:2], totals=TOTALS[1:])
    states += [read().state for _ in range(4)]  # missing, and at last withdrawn
    board.publish(*board.lines, AMATHOLE, totals=[*TOTALS, "Total;7;Amathole [DC12];;;;;;;"])
    states.append(read().state)  # returned, and a total is off
    board.publish()
    states.append(read().state)  # all of it once more, and complete
    here.HOLD_LEAST_RECORDS = 3
    board.publish(CAPE_TOWN.replace(";62;", ";70;"), totals=TOTALS[:1])
    for decision in ({"reject": "1"}, {"release_some": "1", "places": ["CPT"]}, {"release": "1"}):
        held = read()
        states.append(held.state)
        steward.post(
            f"/admin/projects/syncrun/{held.pk}/decide/",
            {**decision, "reason": "The board was asked.", "confirmed": "yes"},
        )
        held.refresh_from_db()
        states.append(held.state)
        if "reject" in decision:
            states.append(read().state)
            board.edit(";70;", ";71;")
            board.publish(*board.lines, totals=TOTALS[:1])
    here.HOLD_LEAST_RECORDS = 20
    board.answer(503, {}, b"down")
    manage("sync", NAME, code=1)
    board.publish(CAPE_TOWN, GIYANI, AMATHOLE)
    states.append(read().state)
    assert states == [
        *("succeeded", "succeeded"),
        *("succeeded", "unchanged", "succeeded", "unchanged", "succeeded", "succeeded"),
        *("quarantined", "rejected", "rejected"),
        *("quarantined", "succeeded", "quarantined", "succeeded"),
        "succeeded",
    ]
    assert project("A3").presence == "present"
    assert "loaded runs replayed: identical." in manage("replay")
    manage("verify_log")
    walk(steward)


def test_a_total_that_is_off_takes_nothing_away(board, client):
    read()
    board.publish(GIYANI, AMATHOLE, totals=["Total;2;Greater Giyani [LIM331];;;;;;;"])
    run = read()
    assert (run.state, run.complete, project("A1").presence) == ("succeeded", False, "present")
    assert "Where the site disagrees with itself" in page(client, f"/runs/{run.pk}/")
    assert "Where the site disagrees with itself" in page(client, f"/sources/{NAME}/")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([CAPE_TOWN, GIYANI, "A3;cut off"], "A line has 2 cells instead of 10: A3."),
        ([CAPE_TOWN, GIYANI, f"{AMATHOLE};one more"], "A line has 11 cells instead of 10: A3."),
    ],
)
def test_a_broken_line_makes_a_reading_incomplete_and_takes_nothing_away(board, lines, told):
    read()
    board.publish(*lines)
    run = read()
    assert (run.complete, project("A3").presence) == (False, "present")
    assert f"list: not all of the page could be read. {told}" in run.notes


# --- held, released, rejected ---------------------------------------------------------------------


@pytest.fixture
def held(board: Board, here: Any) -> SyncRun:
    """A reading with two of three projects gone, which a steward has to look at."""
    here.HOLD_LEAST_RECORDS = 3
    read()
    board.publish(CAPE_TOWN.replace(";62;", ";70;"), totals=TOTALS[:1])
    return read()


def test_a_held_reading_is_said_everywhere_and_rehearsed(held, board, steward, manage):
    assert held.state == "quarantined"
    assert "Projects: 1 instead of 3, 67% fewer." in page(steward, "/")
    assert f"{SOURCE.title}</a> are held for a steward" in page(steward, "/projects/")
    assert "Held for a steward" in page(steward, f"/sources/{NAME}/")
    assert f"manage.py sync {NAME} --approve {held.pk + 1}` releases all of it" in manage(
        "sync", NAME, code=4
    )
    (newest,) = SyncRun.objects.filter(state="quarantined")
    decide = f"/admin/projects/syncrun/{newest.pk}/decide/"
    shown = page(steward, decide)
    assert f"Run {newest.pk} of {NAME} is held" in shown
    assert "3 not listed any more and 1 changed" in shown, "two projects and a line of totals"
    assert "A1,updated,progress_percentage,62.00,70.00" in page(steward, f"{decide}?format=csv")
    assert project("A2").presence == "present"


def test_the_admin_releases_it_and_the_log_says_what_changed(held, steward, manage):
    form = {"release": "1", "reason": "The board closed two schemes.", "confirmed": "yes"}
    steward.post(f"/admin/projects/syncrun/{held.pk}/decide/", form)
    held.refresh_from_db()
    assert (held.state, held.decided_by, held.missing) == ("succeeded", "steward", 2)
    assert project("A2").presence == "missing"
    assert "The board closed two schemes." in page(steward, f"/sources/{NAME}/")
    assert "identical" in manage("replay")
    assert read().state == "unchanged"


def test_some_municipalities_of_it_can_be_released(held, steward):
    form = {"release_some": "1", "places": ["CPT"], "reason": "Only Cape Town is clear.", "confirmed": "yes"}
    steward.post(f"/admin/projects/syncrun/{held.pk}/decide/", form)
    assert str(project("A1").progress_percentage) == "70.00"
    assert project("A2").presence == "present"
    again = read()
    assert (again.state, again.held[0]["rule"]) == ("quarantined", "count_down"), (
        "what was not released waits"
    )


def test_the_command_releases_it_and_only_its_own(held, manage):
    refused = manage("sync_dws", "--approve", str(held.pk), code=1)
    assert refused == f"Nothing was released: run {held.pk} is one of {NAME}.\n"
    told = manage("sync", NAME, "--approve", str(held.pk))
    assert told.startswith("Released. 1 pages read (complete), 1 schemes seen: 0 created, 1 updated")


def test_a_rejected_reading_comes_back_as_rejected_until_the_source_changes(held, board, steward):
    form = {"reject": "1", "reason": "A broken export.", "confirmed": "yes"}
    steward.post(f"/admin/projects/syncrun/{held.pk}/decide/", form)
    assert read().state == "rejected"
    board.publish(CAPE_TOWN, GIYANI, AMATHOLE)
    assert read().state == "unchanged"


def test_a_steward_s_correction_stays_over_what_it_says_next(board, steward):
    read()
    form = {"project": project("A1").pk, "field": "budget", "text": "9000", "reason": "Its annual report."}
    assert steward.post("/admin/projects/override/add/", form).status_code == 302
    board.edit("R 1 234,50", "R 1 300,00")
    board.publish(*board.lines, totals=[])
    run = read()
    assert str(project("A1").budget) == "9000.00"
    shown = page(steward, f"/projects/{project('A1').pk}/")
    assert "the source says: R1 300" in shown
    assert DataChangeLog.objects.filter(run=run, overridden=["budget"]).exists()


# --- the parser -----------------------------------------------------------------------------------


def test_a_word_that_a_steward_teaches_is_read_into_what_is_known_and_is_no_news(board, steward):
    read()
    before = DataChangeLog.objects.count()
    word = {"kind": "status", "text": "Half way", "meaning": "construction", "reason": "The board's word."}
    steward.post("/admin/projects/vocabulary/add/", word)
    run = read()
    assert (run.state, run.change_count, project("A2").status) == ("unchanged", 1, "construction")
    (row,) = DataChangeLog.objects.filter(pk__gt=before)
    assert (row.cause, row.source_id, row.severity) == ("parser", NAME, "info")
    assert row.get_absolute_url() not in page(steward, "/changes/")
    assert row.get_absolute_url() not in page(steward, "/changes/feed.atom")
    assert row.get_absolute_url() in page(steward, "/changes/?cause=parser")


def test_the_module_that_reads_its_bytes_is_part_of_its_parser(board):
    assert (
        read().parser_digest == parser_digest(DEFAULT, "etl.tests.waterboard_csv") != parser_digest(DEFAULT)
    )


def test_what_an_older_parser_read_is_read_again_and_announces_nothing(board):
    read()
    SyncRun.objects.update(parser_digest="f" * 64)
    assert (read().notes, DataChangeLog.objects.count()) == ([], 5)


# --- failure --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, CSV, b"Name;Town\nFaure;Cape Town\n"), "it has no column “Budget”"),
        ((200, CSV, b"\xef\xbb\xbf;;\n"), "it has no column “Budget”"),
        ((200, CSV, b'Project No;"Project'), "is no list of projects: unexpected end of data"),
        ((200, CSV, f"{HEAD}\nA1;Stra\xdfe".encode("latin-1")), "its names cannot be trusted"),
        ((200, CSV, f"{HEAD}\n".encode()), "No project and no municipality line was found"),
        ((200, {}, b"<title>Log in</title><input type=password>"), "is a login page now"),
    ],
)
def test_what_is_no_list_fails_with_a_sentence_and_its_bytes_are_kept(board, client, manage, answer, told):
    read()
    board.answer(*answer)
    assert told in manage("sync", NAME, code=1)
    run = SyncRun.objects.latest("pk")
    assert run.state == "failed"
    kept = run.sightings.get().snapshot
    assert f"/snapshots/{kept.pk}/" in page(client, f"/runs/{run.pk}/")
    assert SOURCE.title in page(client, f"/snapshots/{kept.pk}/")
    assert told in page(client, f"/sources/{NAME}/").replace("&#x27;", "'")
    assert Project.objects.filter(presence="present").count() == 3


def test_a_site_that_is_down_opens_its_circuit_and_the_alerts_name_its_own_command(
    board, steward, here, manage
):
    here.FETCH_MAX_ATTEMPTS = 1
    DataScheduler().ensure_schedules()
    read()
    board.answer(503, {}, b"down")
    for _ in range(5):
        assert "answered 503" in manage("sync", NAME, code=1)
    assert scheduler.poll(NAME).startswith(f"{NAME} failed 5 times in a row")
    assert "Held back" in page(steward, f"/sources/{NAME}/")
    assert api(steward, f"sources/{NAME}/")["circuit"]["open"] is True
    assert f'buka_source_circuit_open{{source="{NAME}"}} 1' in page(steward, "/metrics")
    told = json.loads(manage("health", "--json", code=1))
    assert not {one["name"]: one["ok"] for one in told["checks"]}[NAME]
    update(checks(), timezone.now())
    body = AlertMessage.objects.get(alert__key=f"broken:{NAME}").body
    assert f"manage.py sync {NAME}` tries now" in body
    assert f"/sources/{NAME}/" in body


def test_a_held_reading_s_alert_names_its_own_page(held):
    DataScheduler().ensure_schedules()
    update(checks(), timezone.now())
    assert f"Compare the two at /sources/{NAME}/" in AlertMessage.objects.get(alert__key=f"held:{NAME}").body


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (NAME, "no connection (the water board’s host answers on working days)"),
        ("dws", "no connection (the DWS host answers only to South African addresses)"),
        ("treasury", "no connection"),
    ],
)
def test_only_the_source_whose_host_is_particular_is_said_to_be(board, source, told):
    access = declaration(source).access
    assert errors.sentence("https://a.example/x", requests.ConnectTimeout(), access).endswith(f": {told}")


# --- the other commands -----------------------------------------------------------------------------


def test_the_clock_the_button_and_the_trigger_ask_for_it(board, steward, manage):
    assert f"{NAME}: every 45 minutes" in manage("schedules")
    assert Schedule.objects.filter(name=NAME).count() == 1
    (queued,) = SyncRun.objects.filter(source=NAME)
    assert scheduler.work_off(queued.pk) == f"run {queued.pk}: succeeded, 5 changes"
    steward.post(f"/admin/projects/source/sync/{NAME}/")
    (asked,) = SyncRun.objects.filter(source=NAME, trigger="admin")
    assert (asked.state, asked.requested_by) == ("queued", "steward")
    answer = steward.post("/api/v1/sync/trigger", {"source": NAME}, content_type="application/json")
    assert [run["id"] for run in answer.json()["runs"]] == [asked.pk]
    answer = steward.post("/api/v1/sync/trigger", {"source": "all"}, content_type="application/json")
    assert [run["source"] for run in answer.json()["runs"]] == ["dws", "treasury", NAME, "correlation"]
    answer = steward.post("/api/v1/sync/trigger", {"source": "waterbord"}, content_type="application/json")
    assert f"dws, treasury, {NAME}, correlation, all" in answer.content.decode()


def test_a_rehearsal_writes_nothing_and_says_what_would_change(board, manage):
    told = manage("sync", NAME, "--dry-run")
    assert "created A1" in told
    assert "Dry run, nothing was written. 1 pages read (complete), 3 schemes seen" in told
    assert not SyncRun.objects.exists()
    assert not Source.objects.filter(pk=NAME).exists()


def test_a_forced_reading_compares_every_record_and_finds_the_same(board, manage):
    read()
    assert "the same records" in manage("sync", NAME, "--force")


def test_a_source_that_was_never_read_is_no_hindrance_to_a_replay(board, manage):
    answer = json.loads(manage("replay", "--json"))
    assert (answer["identical"], answer["replayed"]) == (True, 0)


def test_the_extractor_reads_its_pages_as_it_does(board, manage, tmp_path):
    saved = tmp_path / "projects.csv"
    saved.write_bytes(board.site.pages["/projects.csv"][2])
    (told,) = json.loads(manage("extract", str(saved), "--source", NAME, "--json"))
    assert [one["external_id"] for one in told["projects"]] == ["A1", "A2", "A3"]
    assert [one["code"] for one in told["municipalities"]] == ["CPT", "LIM331"]
    assert told["tables"][0]["headers"] == HEAD.split(";")
    assert "project A1: Project No: A1; Project Name: Faure" in manage(
        "extract", str(saved), "--source", NAME
    )
    saved.write_text("Name\nFaure\n")
    (told,) = json.loads(manage("extract", str(saved), "--source", NAME, "--json"))
    assert "no column “Budget”" in told["notes"][0]
    with pytest.raises(CommandError, match="invalid choice: 'treasury'"):
        call_command("extract", str(saved), "--source", "treasury")


def test_its_old_pages_are_pruned_as_any_others_and_what_proves_something_stays(board, manage):
    read()
    board.publish(GIYANI, CAPE_TOWN, AMATHOLE)  # the same in another order: its bytes say nothing new
    read()
    SyncRun.objects.update(started_at="2026-01-01T10:00Z", requested_at="2026-01-01T10:00Z")
    Snapshot.objects.update(fetched_at="2026-01-01T10:00Z")
    assert manage("prune_snapshots", "--older-than", "1").startswith("Removed 0 snapshots")
    assert "identical" in manage("replay")
    manage("verify_log")


# --- beside the others ------------------------------------------------------------------------------


@pytest.fixture
def same_numbers(board: Board, tmp_path: Path) -> Board:
    """DWS lists a project of the same number in the same place, and a line of that place."""
    saved = tmp_path / "dws.html"
    saved.write_text(
        "<p>Cape Town - [CPT] 1 Projects with a Total value: R9,000.00</p>"
        "<table><tr><th>Project No<th>Project Name<th>Municipality<th>Status<th>Budget"
        "<tr><td>A1<td>Berg River scheme<td>Cape Town [CPT]<td>Tender<td>R9,000.00</table>"
    )
    assert DataScheduler().run_now("dws", "command", files=[saved]).created == 1
    read()
    return board


def test_two_sources_with_one_number_are_two_projects(same_numbers):
    ours, theirs = project("A1"), project("A1", "dws")
    assert ours.pk != theirs.pk
    assert set(Identity.objects.filter(external_id="A1").values_list("source", "project")) == {
        (NAME, ours.pk), ("dws", theirs.pk)
    }  # fmt: skip
    same_numbers.edit(";Construction;62;", ";Construction;70;")
    same_numbers.publish(*same_numbers.lines, totals=[])
    (row,) = DataChangeLog.objects.filter(run=read(), entity_type="project")
    assert (row.entity_id, row.source_id) == (ours.pk, NAME)
    theirs.refresh_from_db()
    assert (str(theirs.budget), theirs.status, theirs.presence) == ("9000.00", "tender", "present")


def test_nothing_of_one_is_shown_as_the_other_s(same_numbers, client):
    for shown in (page(client, "/municipalities/CPT/"), page(client, "/municipalities/?q=CPT")):
        assert shown.index("DWS states") < shown.index("The water board states")
        assert "Its projects add up to: DWS" in shown
        assert "Its projects add up to: the water board" in shown
        assert "R9 000" in shown
        assert "R1 234.50" in shown
        assert "R10 234.50" not in shown, "a sum of both may count one project twice"
    listed = page(client, "/projects/")
    assert "DWS A1" in listed
    assert "the water board A1" in listed
    assert "Berg River" not in page(client, f"/projects/?source={NAME}")
    assert "Sums over what 2 sources list" in page(client, "/")
    place = api(client, "municipalities/CPT/")
    assert place["listing"]["source"] == "dws"
    assert [(side["source"], side["own"]["budget"]) for side in place["sources"]] == [
        ("dws", "9000.00"), (NAME, "1234.50")
    ]  # fmt: skip
    assert place["own"]["budget"] == "10234.50"


def test_the_municipal_books_stand_beside_the_projects_of_dws_alone(same_numbers, client, manage):
    a_figure("capital", "4202", "ORGB", "5000000.00", municipality="CPT")
    shown = page(client, "/municipalities/CPT/")
    beside = shown[shown.index("Beside the projects of DWS") :]
    assert "R9 000" in beside[: beside.index("</table>")]
    assert "R10 234.50" not in beside
    a_run("treasury")
    a_run("dws")
    told = json.loads(manage("correlate", "--json"))
    assert (told["complete"], told["seen"]) == (True, 1)
    assert told["beside"] == {"with_projects": 1, "with_figures": 1, "with_both": 1}
    same_numbers.edit(";Construction;62;", ";Construction;70;")
    read()
    assert json.loads(manage("correlate", "--json"))["unchanged_by"] == "inputs", (
        "no source of a question moved"
    )
    assert not Discrepancy.objects.exists()


def test_a_replay_tells_two_projects_of_one_number_apart(same_numbers, manage):
    Project.objects.filter(external_id="A1").update(budget=1)
    told = json.loads(manage("replay", "--json", code=1))["sources"]
    assert told["dws"]["projects"]["A1"]["budget"] == ["1.00", "9000.00"]
    assert told[NAME]["projects"]["A1"]["budget"] == ["1.00", "1234.50"]
    text = manage("replay", code=1)
    assert "dws: A1 budget: known '1.00', replayed '9000.00'" in text
    assert f"{NAME}: A1 budget: known '1.00', replayed '1234.50'" in text


def test_a_source_that_nobody_declares_any_more_keeps_its_pages(board, steward, monkeypatch):
    run = read()
    monkeypatch.delitem(REGISTRY, NAME)
    shown = [f"/sources/{NAME}/", "/sources/", f"/runs/{run.pk}/", f"/projects/{project('A1').pk}/"]
    assert all(SOURCE.title in page(steward, path) for path in shown)
    for path in ("/", "/projects/", "/changes/", "/municipalities/CPT/", "/admin/projects/source/"):
        page(steward, path)
    assert f"Sync {NAME} now" not in page(steward, "/admin/projects/source/")
    assert api(steward, f"projects/?source={NAME}")["count"] == 3


# --- the declaration ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["all", "heartbeat", "downloads", "pruning", "", "a", "Board", "water-board", "wasserträger", "a" * 21],
)
def test_a_name_that_would_not_fit_is_refused(name, monkeypatch):
    with pytest.raises(ValueError, match="no name for a source"):
        declare(Declaration(name, "A source"))
    assert name not in REGISTRY


def test_its_address_is_the_declared_one_until_something_else_is_configured(monkeypatch, settings):
    assert SOURCE.entry == "https://waterboard.example/projects.csv"
    monkeypatch.setenv("WATERBOARD_URL", "http://127.0.0.1:1/list.csv")
    settings.ADDRESSES = environment.addresses()
    assert SOURCE.entry == "http://127.0.0.1:1/list.csv"
    settings.WATERBOARD_URL = "http://127.0.0.1:2/list.csv"
    assert SOURCE.entry == "http://127.0.0.1:2/list.csv"
    assert Declaration("ours", "Our own work").entry == ""


def test_no_address_with_a_password_is_taken_for_a_source_s(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://user:secret@db/buka")
    assert "DATABASE_URL" not in environment.addresses()


def test_the_demo_watches_what_the_replica_stands_in_for_and_nothing_else():
    every = (*SOURCES, SOURCE)
    assert [one.name for one in watched(every, [])] == ["dws", "treasury", "correlation", NAME]
    assert [one.name for one in watched(every, DEMO_SOURCES)] == ["dws", "treasury", "correlation"]
    with pytest.raises(ImproperlyConfigured, match="SOURCES: there is no “dsw”, only dws, treasury"):
        watched(SOURCES, ["dsw"])


# Code that is about one source: the declarations, their own commands, and the questions, which set the
# projects of DWS beside the figures of Municipal Money.
_ABOUT_ONE = {
    "benchmarks/bench_capacity.py", "benchmarks/bench_poll.py", "benchmarks/big_log.py",
    "benchmarks/fanout_servers.py", "benchmarks/load_once.py", "buka/dev/local.py",
    "etl/correlation.py", "etl/dws.py", "etl/management/commands/correlate.py",
    "etl/management/commands/sync_dws.py", "etl/management/commands/sync_treasury.py", "etl/treasury.py",
    "projects/api/discrepancies.py", "projects/facts/finance.py",
}  # fmt: skip


def test_no_other_code_knows_a_source_by_its_name():
    named = re.compile(r'"(dws|treasury|correlation)"')
    folders = ("benchmarks", "buka", "etl", "projects", "realtime", "templates")
    files = [path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.*")]
    code = [p for p in files if p.suffix in (".py", ".html") and not {"tests", "migrations"} & set(p.parts)]
    found = {path.as_posix() for path in code if named.search((ROOT / path).read_text())}
    assert found == _ABOUT_ONE
