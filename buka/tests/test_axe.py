"""axe finds nothing on any page, public or admin, light or dark. Skipped where there is no Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from buka.tests.conftest import Site
from buka.tests.readers import CROWDED, STEWARD
from projects.languages import is_page

pytestmark = pytest.mark.live

# These are looked at with each change; all of them by `make soak`: each takes a second.
FIRST = ("/", "/projects/{project}/")
NOWHERE = "/nowhere/"
PUBLIC = (
    "/", "/projects/", "/projects/?flag=overdue&q=nothing+fits", "/projects/{project}/",
    "/projects/{project}/sheet/",
    "/municipalities/", "/municipalities/LIM331/", "/municipalities/DC12/", "/finances/?province=LIM",
    "/changes/", "/changes/?each=1", "/changes/{change}/", "/digest/{week}/", "/digest/{week}/LIM/",
    "/compare/", "/discrepancies/", "/discrepancies/{question}/", "/sources/", "/sources/dws/",
    "/sources/treasury/", "/runs/{run}/",
    "/snapshots/{snapshot}/?cited={change}", "/search/?q=giyani", "/search/?q=zzzz", "/glossary/", "/about/",
    "/map/", "/map/?measure=overdue&province=LIM", f"/municipalities/{CROWDED}/", "/data/",
    "/data/dictionary/", "/report/?about=project:{project}",
    "/subscribe/?of=changes", "/api/v1/docs/", NOWHERE, "/admin/login/",
)  # fmt: skip
ADMIN = (
    "/admin/", "/admin/projects/source/", "/admin/projects/syncrun/", "/admin/projects/syncrun/{run}/change/",
    "/admin/projects/project/", "/admin/projects/project/{project}/change/", "/admin/projects/override/",
    "/admin/projects/override/add/", "/admin/password_change/",
)  # fmt: skip
# In other languages: the first page of each, and by `make soak` one of each kind.
TRANSLATED = ("/af/", "/zu/")
_PAGES = [path for path in PUBLIC if is_page(path.partition("?")[0])]
# In one language more, which is as good as two: their tables are the same.
_LONG = ("/municipalities/", "/municipalities/DC12/", f"/municipalities/{CROWDED}/", "/changes/?each=1")
IN_LANGUAGES = [
    f"/{code}{path}"
    for code in ("af", "zu")
    for path in _PAGES
    if path != "/" and (code == "af" or path not in _LONG)
]
_UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"


@pytest.fixture(scope="module")
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(
        bypass_csp=True, base_url=site.origin, viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def steward(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(
        bypass_csp=True, base_url=site.origin, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.goto("/admin/login/")
    for name, value in STEWARD.items():
        page.fill(f"[name={name}]", value)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    yield page
    context.close()


def violations(page: Page, path: str) -> str:
    """What axe reports of a page with all unfolded: by all rules in light, of its colours in the dark."""
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    assert answer is not None
    assert answer.ok or path.endswith(NOWHERE), f"{path} is no page"
    page.evaluate(_UNFOLD)
    page.add_style_tag(
        content="* { transition: none !important; }"
    )  # half of a change of colour is no colour
    axe = Axe()
    found = [axe.run(page)]
    page.emulate_media(color_scheme="dark")
    found.append(axe.run(page, options={"runOnly": ["color-contrast"]}))
    return "\n".join(result.generate_report() for result in found if result.violations_count)


@pytest.mark.parametrize("path", [*FIRST, *TRANSLATED])
def test_axe_finds_nothing_on_a_page_of_each_kind(page: Page, site: Site, path: str) -> None:
    assert violations(page, site.path(path)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("path", [path for path in PUBLIC if path not in FIRST])
def test_axe_finds_nothing_on_a_public_page(page: Page, site: Site, path: str) -> None:
    assert violations(page, site.path(path)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("path", IN_LANGUAGES)
def test_axe_finds_nothing_on_a_page_in_another_language(page: Page, site: Site, path: str) -> None:
    assert violations(page, site.path(path)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("path", ADMIN)
def test_axe_finds_nothing_on_a_page_of_the_stewards(steward: Page, site: Site, path: str) -> None:
    assert violations(steward, site.path(path)) == ""
