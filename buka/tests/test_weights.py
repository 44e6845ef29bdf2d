"""What a first visit costs over the wire, of real transfers. Skipped where there is no Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Request, expect

from buka.tests.conftest import Site
from buka.tests.readers import CROWDED
from etl.tests.conftest import first_of

pytestmark = pytest.mark.live

KB = 1000
PAGES = {
    "/": 60 * KB,
    "/municipalities/LIM331/": 40 * KB,
    f"/municipalities/{CROWDED}/": 40 * KB,
    "/municipalities/": 60 * KB,
    "/projects/": 60 * KB,
    "/api/v1/docs/": 200 * KB,
}
PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize("path", first_of(PAGES))
def test_a_first_visit_is_light(chromium: Browser, site: Site, path: str) -> None:
    context = chromium.new_context(base_url=site.origin, viewport=PHONE)
    page, finished = context.new_page(), list[Request]()
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(path, wait_until="networkidle")
    sizes = {each.url: each.sizes() for each in finished}
    context.close()
    weights = {url: of["responseBodySize"] + of["responseHeadersSize"] for url, of in sizes.items()}
    assert len(weights) > 2, "style and scripts are counted, too"
    assert sum(weights.values()) < PAGES[path], weights


def test_a_page_that_did_not_change_costs_a_few_headers_the_second_time(
    chromium: Browser, site: Site
) -> None:
    context = chromium.new_context(base_url=site.origin)
    page = context.new_page()
    page.goto("/projects/{project}/".format(**site.known))
    again = page.reload()
    assert again
    assert again.request.sizes()["responseBodySize"] == 0, "the browser asked, and was told 304"
    context.close()


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/municipalities/LIM331/", 4000),
        (f"/municipalities/{CROWDED}/", 4000),  # however many projects and questions there are
        ("/municipalities/", 2000),
        ("/data/dictionary/", 2500),
    ],
)
def test_a_page_is_a_few_screens_long_on_a_phone(chromium: Browser, site: Site, path: str, most: int) -> None:
    context = chromium.new_context(base_url=site.origin, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    width, height = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert width == PHONE["width"]
    assert height < most
    context.close()


def test_what_is_folded_on_a_phone_is_on_a_wide_screen_and_on_paper(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.origin, viewport=PHONE)
    page = context.new_page()
    page.goto("/municipalities/")
    link = page.get_by_role("link", name="Greater Giyani")
    expect(link).to_be_hidden()
    page.locator("summary", has_text="Limpopo").click()
    expect(link).to_be_visible()
    page.locator("summary", has_text="Limpopo").click()
    page.emulate_media(media="print")
    expect(link).to_be_visible()
    expect(page.get_by_role("heading", name="Limpopo 27 municipalities")).to_be_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(link).to_be_visible()
    page.goto("/municipalities/?q=giyani")
    page.set_viewport_size(PHONE)
    expect(link).to_be_visible()  # of a few that were searched for none is folded
    context.close()


@pytest.mark.parametrize(
    "form",
    first_of(("/municipalities/DC12/", "/", "/projects/", "/projects/{project}/", "/changes/{change}/")),
)
def test_no_amount_breaks_within_its_digits_on_a_phone(chromium: Browser, site: Site, form: str) -> None:
    context = chromium.new_context(base_url=site.origin, viewport=PHONE)
    page = context.new_page()
    page.goto(site.path(form))
    assert page.evaluate(_BROKEN) == []
    context.close()


# The texts of the amounts that stand in more than one line.
_BROKEN = """() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  const found = [], walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    for (const amount of node.data.matchAll(/R\\d{1,3}([ \\u202f]?\\d{3})*(\\.\\d+)?/g)) {
      const range = document.createRange();
      range.setStart(node, amount.index);
      range.setEnd(node, amount.index + amount[0].length);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width).map((box) => box.top));
      if (lines.size > 1) found.push(amount[0]);
    }
  }
  return found;
}"""
