"""Pages in Afrikaans, in a browser: they fit a phone, scripts say its words, and links keep the language.
Skipped where there is no Chromium.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from buka.tests.conftest import Site
from buka.tests.test_axe import PUBLIC
from projects.languages import ISIZULU
from realtime.tests.processes import ROOT, SOON

pytestmark = pytest.mark.live

PHONE = {"width": 360, "height": 740}
# These are looked at with each change; all of them by `make soak`.
FIRST = ("/", "/municipalities/LIM331/")
MORE = [
    path for path in PUBLIC if path not in FIRST and not path.startswith(("/api/", "/admin/", "/nowhere/"))
]
# What is wider than its box, and does not scroll by itself.
_CUT = """() => [...document.querySelectorAll("button, .tag, summary, label, h1, h2, h3, dt, dd, p, li, td")]
  .filter((one) => !one.closest(".scroll, pre, .visually-hidden, .skip, .skip-drawing, [aria-hidden]"))
  .filter((one) => one.clientWidth && getComputedStyle(one).display !== "inline")
  .filter((one) => one.scrollWidth > one.clientWidth + 2)
  .map((one) => `${one.tagName}: ${one.textContent.trim().slice(0, 60)}`)"""


_LONG = "R75.75\u00a0bhiliyoni"


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.origin, viewport=PHONE)
    context.set_default_timeout(SOON * 1000)
    yield context.new_page()
    context.close()


def fits(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate(_CUT) == []


@pytest.mark.parametrize("path", ISIZULU.covers or ())
def test_a_page_in_isizulu_fits_a_phone_and_no_amount_its_card(page: Page, path: str) -> None:
    fits(page, f"/zu{path}")
    page.eval_on_selector_all(
        ".home .cards dd:not(.note)", "(all, text) => all.forEach((one) => (one.textContent = text))", _LONG
    )
    assert page.evaluate(_CUT) == []


@pytest.mark.parametrize("path", FIRST)
def test_a_page_in_afrikaans_fits_a_phone(page: Page, site: Site, path: str) -> None:
    fits(page, f"/af{site.path(path)}")


@pytest.mark.soak
@pytest.mark.parametrize("path", MORE)
def test_any_page_in_afrikaans_fits_a_phone(page: Page, site: Site, path: str) -> None:
    fits(page, f"/af{site.path(path)}")


def test_the_badge_and_the_pause_speak_the_language_of_the_page(page: Page) -> None:
    page.goto("/af/changes/")
    badge = page.locator("#live")
    expect(badge).to_have_attribute("data-state", "live")
    expect(badge.locator("[data-live-text]")).to_have_text("Regstreeks")
    page.get_by_role("button", name="Onderbreek bywerkings").click()
    expect(badge.locator("[data-live-text]")).to_have_text(re.compile(r"^Onderbreek om \d\d:\d\d$"))
    expect(page.get_by_role("button", name="Gaan voort met bywerkings")).to_have_text("Gaan voort")


def test_a_reader_stays_in_her_language_from_the_search_box_to_the_municipality(page: Page) -> None:
    page.goto("/af/")
    page.locator("form.find input").press_sequentially("giyan")
    option = page.get_by_role("option", name=re.compile("Munisipaliteit Greater Giyani"))
    option.first.click()
    expect(page).to_have_url(re.compile("/af/municipalities/LIM331/"))
    expect(page.locator("html")).to_have_attribute("lang", "af-ZA")


def test_scripts_of_the_public_pages_have_no_words_of_their_own() -> None:
    found: Callable[[str], list[str]] = re.compile(r"[\"'`]([A-Z][a-z]+(?: [a-z$].*?|…))[\"'`]").findall
    scripts = [path for path in (ROOT / "static" / "js").glob("*.js") if path.name != "admin.js"]
    assert scripts
    assert {path.name: found(path.read_text(encoding="utf-8")) for path in scripts} == {
        path.name: [] for path in scripts
    }
