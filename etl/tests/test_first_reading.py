"""The first reading of a source: it says how far it is, fills as it goes, and goes on where it was killed."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from etl import first_reading
from etl.crawl import progress, session
from etl.crawl.progress import Progress
from etl.exceptions import Stopped
from etl.tests.conftest import Sync, first_of
from etl.tests.test_areas import page, site
from etl.tests.tinysite import serving
from projects.models import AreaReading, DataChangeLog, Project, SyncRun
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
CODES = ("LIM331", "LIM332", "LIM333", "LIM334")


def entry(here: Any) -> str:
    return f"{here.root}/pmd/level.aspx"


def four_lists(codes: Sequence[str] = CODES) -> dict[str, Any]:
    """Four municipalities of three projects each; what their lines claim comes out."""
    return site(dict.fromkeys(codes, ("3", "R60")), {code: [10, 20, 30] for code in codes})


def test_a_reading_says_how_far_it_is(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PAUSE", 0.0)
    shown: list[str] = []
    told: list[dict[str, Any] | None] = []

    def look(_: Any) -> None:
        shown.append(" ".join(Client().get("/").content.decode().split()))
        told.append(Client().get(f"/api/v1/runs/{SyncRun.objects.latest('id').pk}/").json()["progress"])

    with serving(four_lists()) as here:
        run = sync(entry(here), on_progress=look)
        assert {"read": 1, "of": 4, "kind": "lists"} in told
        assert "1 of 4 lists" in "".join(shown)
        assert "2 of 4 lists" in shown[-1]
        page = Client().get(f"/runs/{run.pk}/").content.decode()
    assert "lists" not in page  # a reading that ended has nothing left to read
    assert SyncRun.objects.get(pk=run.pk).progress == {}
    assert Client().get(f"/api/v1/runs/{run.pk}/").json()["progress"] is None


def own_pages(pages: dict[str, Any], codes: Sequence[str] = CODES) -> dict[str, Any]:
    """The same site, each project with a page of its own that says more of it."""
    shown = {}
    for path, answer in pages.items():
        status, headers, body = answer
        for code in codes:
            for at in range(3):
                number = f"{code}{at}"
                link = f"<a href='project.aspx?id=WP{number}'>Scheme {number}</a>"
                body = body.replace(f"Scheme {number}", link)
        shown[path] = status, headers, body
    for code in codes:
        for at in range(3):
            number = f"{code}{at}"
            facts = {
                "Project No": f"WP{number}",
                "Project Name": f"Scheme {number}",
                "Contractor": f"Builders {at}",
            }
            rows = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in facts.items())
            shown[f"/pmd/project.aspx?id=WP{number}"] = page(f"<h1>Project</h1><table>{rows}</table>")
    return shown


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first reading that fills from its first list on."""
    monkeypatch.setattr(first_reading, "FILL_AFTER", 0.0)
    monkeypatch.setattr(first_reading, "_PAUSE", 0.0)
    monkeypatch.setattr(first_reading, "_COST", 0)


def told() -> list[tuple[str, str, str]]:
    """What the log says of projects, with its cause."""
    rows = DataChangeLog.objects.filter(entity_type="project").order_by("id")
    return list(rows.values_list("external_id", "change_type", "cause"))


def adds_up() -> None:
    """The log is whole, and history comes out the same from the archive."""
    call_command("verify_log", stdout=StringIO())
    out = StringIO()
    with contextlib.suppress(SystemExit):
        call_command("replay", "--json", stdout=out)
    assert json.loads(out.getvalue())["identical"], out.getvalue()


def test_a_first_reading_fills_as_it_goes(sync: Sync, at_once: None) -> None:
    loaded: list[int] = []
    with serving(own_pages(four_lists())) as here:
        run = sync(entry(here), on_progress=lambda _: loaded.append(Project.objects.count()))
        # before the entry, the four lists, and the first project's own page
        assert loaded[:6] == [0, 0, 0, 3, 6, 12]
        assert (run.state, run.complete, run.created, run.updated, run.same) == ("succeeded", True, 12, 0, 0)
        numbers = sorted(f"WP{code}{at}" for code in CODES for at in range(3))
        assert sorted(i for i, kind, cause in told() if (kind, cause) == ("created", "source")) == numbers
        assert sorted(i for i, kind, cause in told() if (kind, cause) == ("updated", "parser")) == numbers
        assert len(told()) == 24
        assert set(Project.objects.values_list("contractor", flat=True)) == {
            f"Builders {at}" for at in (0, 1, 2)
        }
        assert AreaReading.objects.filter(state="loaded", is_loaded=True).count() == len(CODES)
        adds_up()
        again = sync(entry(here))
    assert (again.state, again.change_count) == ("unchanged", 0)


def test_lists_that_are_read_sooner_fill_while_the_projects_pages_are_read(
    sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, loaded = [0.0], []

    def asked(_: object) -> None:
        loaded.append(Project.objects.count())
        clock[0] += 0 if len(loaded) < 8 else first_reading.FILL_AFTER  # two of the projects' pages were read

    monkeypatch.setattr(first_reading, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    with serving(own_pages(four_lists())) as here:
        run = sync(entry(here), on_progress=asked)
    assert (loaded[7], loaded[9], run.created, run.updated) == (0, 12, 12, 0)
    assert [kind for _, kind, cause in told() if cause == "source"] == ["created"] * 12
    adds_up()


def test_what_is_filled_can_be_looked_at(sync: Sync, at_once: None) -> None:
    answers: dict[str, int] = {}

    def look(_: Any) -> None:
        for one in Project.objects.all()[:1]:
            run = SyncRun.objects.get()
            pages = "/ /projects/ /municipalities/LIM331/ /sources/dws/ /metrics".split()
            pages += [f"/projects/{one.pk}/", f"/runs/{run.pk}/"]
            answers.update({path: Client().get(path).status_code for path in pages})

    with serving(four_lists()) as here:
        sync(entry(here), on_progress=look)
    assert set(answers.values()) == {200}, answers


def test_an_area_whose_count_is_not_met_waits_for_the_end(sync: Sync, at_once: None) -> None:
    pages = four_lists() | {}
    status, headers, lines = pages["/pmd/level.aspx"]
    pages["/pmd/level.aspx"] = status, headers, lines.replace("[LIM332]</a> 3", "[LIM332]</a> 4")
    seen: set[str] = set()

    def look(_: Any) -> None:
        seen.update(Project.objects.values_list("external_id", flat=True))

    with serving(own_pages(pages)) as here:
        run = sync(entry(here), on_progress=look)
    assert {number[2:8] for number in seen} == {"LIM331", "LIM333", "LIM334"}
    assert (run.created, run.complete) == (12, False)
    assert ("WPLIM3320", "updated", "parser") not in told()  # it came whole
    adds_up()


def test_figures_that_do_not_come_out_wait_for_the_end(sync: Sync, at_once: None) -> None:
    pages = site(dict.fromkeys(CODES, ("3", "R61")), {code: [10, 20, 30] for code in CODES})
    loaded: list[int] = []
    with serving(pages) as here:
        sync(entry(here), on_progress=lambda _: loaded.append(Project.objects.count()))
    assert set(loaded) == {0}
    assert Project.objects.count() == 12


def test_a_project_of_two_municipalities_is_created_once(sync: Sync, at_once: None) -> None:
    pages = four_lists()
    status, headers, body = pages["/pmd/list.aspx?m=LIM334"]
    pages["/pmd/list.aspx?m=LIM334"] = status, headers, body.replace("LIM3340", "LIM3310")
    with serving(pages) as here:
        run = sync(entry(here))
        assert (run.created, run.updated) == (11, 0)
        one = Project.objects.get(external_id="WPLIM3310")
        assert sorted(one.municipalities.values_list("code", flat=True)) == ["LIM331", "LIM334"]
        adds_up()


def test_what_the_whole_shows_otherwise_than_its_beginning_is_no_news(sync: Sync, at_once: None) -> None:
    """Budgets in thousands, which only the sums of several municipalities tell."""
    pages = site(dict.fromkeys(CODES, ("3", "")), {code: [10, 20, 30] for code in CODES})
    status, headers, lines = pages["/pmd/level.aspx"]
    last = f"[{CODES[-1]}]</a> 3 Projects with a Total value: "
    totals = site(dict.fromkeys(CODES[1:], ("3", "R60 000")), {})["/pmd/level.aspx"][2]
    first = lines.split("</p>")[0].removeprefix("<html><body>") + "</p>"
    assert last in totals
    pages["/pmd/level.aspx"] = status, headers, totals.replace("<html><body>", f"<html><body>{first}")
    with serving(pages) as here:
        run = sync(entry(here))
    assert (run.created, run.updated, run.held) == (12, 0, [])
    assert {int(budget) for budget in Project.objects.values_list("budget", flat=True) if budget} == {
        10_000,
        20_000,
        30_000,
    }
    assert {cause for _, kind, cause in told() if kind == "updated"} == {"parser"}
    adds_up()


@pytest.mark.parametrize("at", first_of([9, 2, 4, 5, 6, 17]))
def test_a_first_reading_that_was_cut_off_goes_on_where_it_was(sync: Sync, at_once: None, at: int) -> None:
    with serving(own_pages(four_lists())) as here:

        def cut(_: Progress) -> None:
            if len([path for path in here.asked if "robots" not in path]) >= at:
                raise Stopped("Stopped on request between two pages; nothing was loaded.")

        with pytest.raises(Stopped):
            sync(entry(here), on_progress=cut)
        cut_off = SyncRun.objects.get()
        assert cut_off.state == "abandoned"
        assert ("stays" in cut_off.error) == (cut_off.created > 0) == (at > 2)
        before = Project.objects.count()
        run = sync(entry(here))
        asked = Counter(path for path in here.asked if "robots" not in path)
        looked_again = {
            "GET /pmd/level.aspx",
            "GET /pmd/list.aspx?m=LIM331",
        }  # the entry; the first list's close
        assert {path for path, times in asked.items() if times > 1} <= looked_again
        assert asked["GET /pmd/list.aspx?m=LIM331"] == (3 if at > 4 else 2)
        assert (run.state, run.complete, run.created) == ("succeeded", True, 12 - before)
        had = cut_off.sightings.count() - 1  # the entry page is always asked for
        assert had == (at - 1 if at < 5 else max(at, 7) - 3)
        assert any(note.startswith(f"{had} page") for note in run.notes)
        assert sum(kind == "created" for _, kind, _ in told()) == 12
        assert {cause for _, kind, cause in told() if kind == "updated"} <= {"parser"}
        adds_up()
        assert sync(entry(here)).state == "unchanged"


@pytest.mark.parametrize("replica", first_of([{"layout": "grid"}, {"layout": "table"}]), indirect=True)
@pytest.mark.parametrize("at", first_of([13, 5, 21]))
def test_a_site_that_pages_in_a_session_is_taken_up_too(
    replica: ReplicaServer, sync: Sync, at_once: None, at: int
) -> None:
    def cut(progress: Progress) -> None:
        if progress.done >= at:
            raise Stopped("Stopped on request between two pages; nothing was loaded.")

    with pytest.raises(Stopped):
        sync(replica.url, on_progress=cut)
    run = sync()
    assert (run.state, run.complete) == ("succeeded", True)
    assert sorted(i for i, kind, _ in told() if kind == "created") == sorted(replica.site.facts())
    assert {(kind, cause) for _, kind, cause in told()} <= {("created", "source"), ("updated", "parser")}
    adds_up()
    assert sync().state == "unchanged"


# --- What was left of it when its time was over ----------------------------------------------------

MORE = (*CODES, "LIM335", "LIM341", "LIM343", "LIM344")  # enough projects for a share of them to count


def is_own(path: str) -> bool:
    return "project.aspx" in path


@contextlib.contextmanager
def left_off(sync: Sync, monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[tuple[Any, SyncRun]]:
    """A site of 24 projects, and its first reading, whose time was over after so many of their own pages."""
    with serving(own_pages(four_lists(MORE), MORE)) as here:

        def now() -> float:
            return 1e9 * (sum(map(is_own, here.asked)) >= at)

        with monkeypatch.context() as patch:
            patch.setattr(session, "time", SimpleNamespace(monotonic=now))
            run = sync(entry(here))
        assert (run.state, run.created, run.proof["unasked"]) == ("succeeded", 24, 1)
        assert Project.objects.exclude(page_digest="").count() == at
        yield here, run


def test_pages_that_were_left_for_later_are_no_news_and_no_reason_to_doubt(
    sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    with left_off(sync, monkeypatch, 10) as (here, _):
        run = sync(entry(here))
        assert (run.state, run.held, run.updated, run.change_count) == ("succeeded", [], 0, 14)
        assert Project.objects.exclude(contractor="").exclude(contractor=None).count() == 24
        assert Counter((kind, cause) for _, kind, cause in told()) == {
            ("created", "source"): 24,
            ("updated", "parser"): 14,
        }
        assert max(Counter(filter(is_own, here.asked)).values()) == 1
        adds_up()
        assert sync(entry(here)).state == "unchanged"


def test_what_changed_meanwhile_is_news_though_the_page_was_left_for_later(
    sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    with left_off(sync, monkeypatch, 23) as (here, _):
        last = Project.objects.get(page_digest="")
        path = f"/pmd/list.aspx?m={last.external_id[2:8]}"
        status, headers, body = here.pages[path]
        here.pages[path] = status, headers, body.replace("R10<", "R11<").replace("R30<", "R29<")
        run = sync(entry(here))
        assert (run.state, run.held, run.updated) == ("succeeded", [], 2)
        assert (last.external_id, "updated", "source") in told()


def test_a_later_reading_that_was_cut_off_asks_for_none_of_these_pages_again(
    sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    with left_off(sync, monkeypatch, 10) as (here, _):

        def cut(_: Progress) -> None:
            if sum(map(is_own, here.asked)) >= 17:
                raise Stopped("Stopped on request between two pages; nothing was loaded.")

        with pytest.raises(Stopped):
            sync(entry(here), on_progress=cut)
        assert SyncRun.objects.latest("id").created == 0
        run = sync(entry(here))
        assert (run.state, run.held, run.change_count) == ("succeeded", [], 14)
        assert any(note.startswith("7 pages had been read") for note in run.notes)
        assert Counter(filter(is_own, here.asked)) == dict.fromkeys(filter(is_own, here.asked), 1)
        # of the lists, which are as they were, there are no rows but those of the first reading
        assert run.sightings.exclude(external_id="").count() == run.sightings.count() == 14
        adds_up()
        assert sync(entry(here)).state == "unchanged"
