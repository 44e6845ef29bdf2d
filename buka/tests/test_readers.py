"""Each reader's task, walked in a browser: a resident, a journalist, an engineer, a developer; and what
changes while they read. Skipped where there is no Chromium.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from buka.tests.conftest import Site
from buka.tests.readers import SLIPPED
from buka.tests.test_axe import PUBLIC
from realtime.tests.browser import CHROMIUM
from realtime.tests.processes import ROOT, SOON

pytestmark = pytest.mark.live

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
_CHANGE = """
from projects.models import Project
from projects.tests.factories import change
project = Project.objects.get(pk={pk})
for value in {values}:
    change(project, "budget", __import__("decimal").Decimal(value))
"""


# Without one by `make soak`: each walk takes a second.
with_and_without_a_script = pytest.mark.parametrize(
    "script",
    [
        pytest.param(True, id="with JavaScript"),
        pytest.param(False, id="without", marks=pytest.mark.soak),
    ],
)


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    contexts = []

    def open_one(viewport: dict[str, int], script: bool = True) -> Page:
        contexts.append(
            chromium.new_context(
                base_url=site.origin, viewport=viewport, java_script_enabled=script, accept_downloads=True
            )
        )
        contexts[-1].set_default_timeout(SOON * 1000)
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


@with_and_without_a_script
def test_a_resident_comes_from_a_misspelt_town_to_her_project_in_two_steps(
    opened: Callable[..., Page], script: bool
) -> None:
    page = opened(PHONE, script)
    page.goto("/")
    page.locator("form.find input").fill("giyanie")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Greater Giyani", exact=True).first.click()
    expect(page).to_have_url(re.compile("/municipalities/LIM331/"))
    expect(page.get_by_role("link", name=SLIPPED).first).to_be_visible()
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@with_and_without_a_script
def test_a_journalist_gets_the_weeks_slips_in_limpopo_as_a_file_and_a_citation(
    opened: Callable[..., Page], script: bool
) -> None:
    page = opened(DESK, script)
    page.goto("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Changes").click()
    page.select_option("[name=province]", "LIM")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Moved later this week in Limpopo").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    assert {row["name"] for row in rows} >= {SLIPPED}
    assert {row["province"] for row in rows} == {"LIM"}
    entry = page.locator("li.change").filter(has_text=SLIPPED)
    expect(entry).to_contain_text("3 years later")
    entry.get_by_role("link", name=re.compile("^Change ")).click()
    cited = page.locator("#cite-text").inner_text()
    assert SLIPPED in cited
    assert re.search(r"SHA-256 [0-9a-f]{64}", cited)


def test_an_engineer_prints_the_sheet_of_a_project(opened: Callable[..., Page], site: Site) -> None:
    page = opened(DESK, False)
    page.goto(site.path("/projects/{project}/"))
    page.get_by_role("link", name="sheet to print").click()
    page.emulate_media(media="print")
    expect(page.locator(".sheet h1")).to_have_text(SLIPPED)
    expect(page.locator(".sheet svg")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))
    assert len(pages) == 1


def test_a_developer_comes_from_the_documentation_to_a_first_answer(opened: Callable[..., Page]) -> None:
    page = opened(DESK, False)
    page.goto("/api/v1/docs/")
    page.locator("#projects_list > summary").click()
    form = page.get_by_role("form", name="List projects")
    form.locator("[name=province]").select_option("LIM")
    form.get_by_role("button", name="Ask").click()
    answer = json.loads(page.locator("body").inner_text())
    assert answer["count"] > 5
    assert {project["province"] for project in answer["results"]} == {"LIM"}


# --- what changes while somebody reads ------------------------------------------------------------------


def changed(site: Site, *values: int) -> None:
    """The project's budget, by a process of its own."""
    code = _CHANGE.format(pk=site.known["project"], values=values)
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=site.env, check=True, stdout=subprocess.DEVNULL)


LIVE = ("/", "/projects/", "/projects/{project}/", "/changes/", "/municipalities/LIM331/", "/sources/dws/")
# From the first paint on: every shift of a page, with what moved.
_SHIFTS = """window.shifts = []; new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.shifts.push(entry.sources.map(({ node }) => `${node?.nodeName} ${node?.textContent}`));
  }
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.soak
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_whatever_the_badge_says(
    opened: Callable[..., Page], site: Site, viewport: dict[str, int]
) -> None:
    for form in LIVE:
        page = opened(viewport)
        page.add_init_script(_SHIFTS)
        page.goto(site.path(form))
        badge = page.locator("#live")
        expect(badge).to_have_attribute("data-state", "live")
        page.context.set_offline(True)
        page.evaluate("dispatchEvent(new Event('offline'))")
        expect(badge).to_have_attribute("data-state", re.compile("offline|reconnecting"))
        page.context.set_offline(False)
        expect(badge).to_have_attribute("data-state", "live")
        assert page.evaluate("window.shifts") == [], form


@pytest.mark.soak
def test_changes_wait_behind_a_button_and_nothing_moves_when_they_come(
    opened: Callable[..., Page], site: Site
) -> None:
    pages = [opened(PHONE) for _ in LIVE]
    for page, form in zip(pages, LIVE, strict=True):
        page.add_init_script(_SHIFTS)
        page.goto(site.path(form))
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
    changed(site, 401_000_000, 402_000_000, 403_000_000)
    for page, form in zip(pages, LIVE, strict=True):
        expect(page.locator("[data-live-news]"), form).to_have_text("3 new changes: show")
        assert page.evaluate("window.shifts") == [], form
        assert "R403\u202f000\u202f000" not in page.locator("main").inner_text(), form
    for page, form in zip(pages[1:5], LIVE[1:5], strict=True):
        page.locator("[data-live-news]").click()
        expect(page.locator("main"), form).to_contain_text("R403\u202f000\u202f000")
        expect(page.locator("[data-live-news]"), form).to_be_hidden()


@pytest.mark.soak
def test_a_reader_pauses_the_updates_and_the_next_page_is_paused_too(
    opened: Callable[..., Page], site: Site
) -> None:
    page = opened(DESK)
    page.goto("/changes/")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.get_by_role("button", name="Pause updates").click()
    expect(page.locator("#live")).to_have_text(re.compile(r"^Paused at \d\d:\d\d"))
    changed(site, 404_000_000)
    page.goto(site.path("/projects/{project}/"))
    expect(page.locator("#live")).to_have_attribute("data-state", "paused")
    page.get_by_role("button", name="Go on with updates").click()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


@pytest.mark.soak
def test_offline_is_said_with_its_time_and_what_was_missed_is_there_afterwards(
    opened: Callable[..., Page], site: Site
) -> None:
    page = opened(PHONE)
    page.goto(site.path("/projects/{project}/"))
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.context.set_offline(True)
    expect(page.locator("#live")).to_have_text(re.compile(r"^Offline since \d\d:\d\d"))
    changed(site, 405_000_000)
    page.context.set_offline(False)
    expect(page.locator("[data-live-news]")).to_have_text("1 new change: show")


# --- the back button ------------------------------------------------------------------------------------


@pytest.fixture
def remembering(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page of a browser that keeps pages for the back button: of one that it drives Playwright switches
    that off."""
    kept = chromium.browser_type.launch(
        executable_path=CHROMIUM, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = kept.new_page(base_url=site.origin, viewport=PHONE)
    page.set_default_timeout(SOON * 1000)
    yield page
    kept.close()


def come_back(page: Page, path: str, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Away from a page and back by the button; what kept it from being remembered is said."""
    page.goto(path, wait_until="load")
    if page.locator("#live").count():
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
    page.evaluate("window.isRemembered = true")  # a page that is loaded anew knows nothing of it
    page.goto("/about/", wait_until="load")
    meanwhile()
    page.go_back(wait_until="commit")
    page.wait_for_function("document.readyState === 'complete'")
    reasons = "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"
    assert page.evaluate("window.isRemembered"), (path, page.evaluate(reasons))


def test_the_back_button_brings_a_page_back_from_memory_and_live(remembering: Page, site: Site) -> None:
    come_back(remembering, "/changes/", lambda: changed(site, 406_000_000))
    expect(remembering.locator("#live")).to_have_attribute("data-state", "live")
    expect(remembering.locator("[data-live-news]")).to_have_text("1 new change: show")


@pytest.mark.soak
def test_each_public_page_comes_back_from_memory(remembering: Page, site: Site) -> None:
    for form in PUBLIC:
        # An error is kept by no browser, a form with a token not by us.
        if form.startswith(("/admin", "/about", "/nowhere", "/report", "/subscribe")):
            continue
        come_back(remembering, site.path(form))
        if remembering.locator("#live").count():
            expect(remembering.locator("#live"), form).to_have_attribute("data-state", "live")
