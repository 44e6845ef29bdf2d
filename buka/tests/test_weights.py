"""What a first visit costs over the wire, of real transfers. Skipped where there is no Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Request

from buka.tests.conftest import Site
from etl.tests.conftest import first_of

pytestmark = pytest.mark.live

KB = 1000
PAGES = {"/": 60 * KB, "/municipalities/LIM331/": 40 * KB, "/api/v1/docs/": 200 * KB, "/projects/": 60 * KB}
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


def test_a_typical_municipality_is_a_few_screens_long_on_a_phone(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.origin, viewport=PHONE)
    page = context.new_page()
    page.goto("/municipalities/LIM331/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.documentElement.scrollHeight") < 4000
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
