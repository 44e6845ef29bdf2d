"""A steward's hour at the desk, in a browser. Skipped without Chromium."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b32decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django_otp.oath import totp

from buka.dev.processes import Nursery
from etl.tests.test_areas import page, site
from etl.tests.tinysite import serving
from realtime.tests.browser import CHROMIUM, Browser
from realtime.tests.processes import ROOT, Redis, Web, environment, wait_for

pytestmark = [
    pytest.mark.soak,
    pytest.mark.live,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
PASSWORD = "a long password of hers"
HEAD = "<tr><th>Project No</th><th>Project Name</th><th>Budget</th><th>Zqx Wvu</th></tr>"
ROW = (
    "<tr><td>WP{0}</td><td>{2} bulk water supply scheme</td><td>R{1}</td><td>Builders {0} (Pty) Ltd</td></tr>"
)
NAMES = ("Nkowankowa", "Lulekani", "Modjadji", "Thapane", "Thapane")  # the last two are one, says a steward
GIYANI, LETABA = [1000, 2000, 3000, 4000, 5000], [20_000, 30_000, 40_000, 50_000, 60_000]
TZANEEN = list(range(7000, 20_000, 1000))


def three_lists(giyani: list[int], letaba: list[int], tzaneen: list[int]) -> dict[str, Any]:
    lists = {"LIM331": giyani, "LIM332": letaba, "LIM333": tzaneen}
    pages = site(dict.fromkeys(lists, ("5", "")), {})
    for code, budgets in lists.items():
        rows = "".join(ROW.format(f"{code}{at}", b, _name(at)) for at, b in enumerate(budgets))
        pages[f"/pmd/list.aspx?m={code}"] = page(f"<table>{HEAD}{rows}</table>")
    return pages


_WORK_OFF = (
    "from etl.scheduler import work_off; from projects.models import SyncRun;"
    " work_off(SyncRun.objects.get(state='queued').pk)"
)


def _name(at: int) -> str:
    return NAMES[at] if at < len(NAMES) else f"Village {chr(ord('a') + at) * 4}"


def in_thousands(budgets: list[int]) -> list[int]:
    return [budget // 1000 for budget in budgets]


class Desk:
    """A steward's hands: a browser on the site."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser, self.origin = browser, origin

    def open(self, path: str) -> None:
        self.browser.open(f"{self.origin}{path}")

    def fill(self, selector: str, text: str) -> None:
        self.browser.evaluate(f"document.querySelector({selector!r}).value = {json.dumps(text)}; 0")

    def press(self, selector: str) -> None:
        """Click, and wait for the page that it leads to."""
        self.browser.evaluate(f"window.isOld = true; document.querySelector({selector!r}).click(); 0")
        is_new = "window.isOld === undefined && document.readyState === 'complete'"
        wait_for(lambda: self.browser.evaluate(is_new), f"the page behind {selector}", seconds=60)

    def choose_file(self, selector: str, path: Path) -> None:
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def value(self, expression: str) -> Any:
        return self.browser.evaluate(expression)

    def shows(self, text: str) -> bool:
        said = " ".join(str(self.value("document.body.innerText")).replace("\xa0", " ").split())
        assert text in said, said
        return True


def test_a_stewards_hour(tmp_path: Path, migrated_copy: Callable[[], str]) -> None:
    pages = three_lists(GIYANI, LETABA, TZANEEN)
    with Nursery() as nursery, serving(pages) as source, Browser(nursery) as browser:
        env = environment(migrated_copy(), Redis(nursery).url, tmp_path) | {
            "TWO_FACTOR": "1",
            "DWS_URL": f"{source.root}/pmd/level.aspx",
            "FETCH_DELAY_SECONDS": "0",
            "HOLD_LEAST_RECORDS": "1000",  # what is held is held area by area
        }

        def manage(*words: str) -> str:
            command = [sys.executable, "manage.py", *words]
            more = env | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
            done = subprocess.run(command, cwd=ROOT, env=more, capture_output=True, text=True, check=False)
            assert done.returncode in (0, 4), done.stderr[-2000:]
            return done.stdout

        manage("createsuperuser", "--noinput", "--username", "thandi", "--email", "t@example.org")
        manage("sync_dws", "--json")
        source.pages |= three_lists([b // 1000 for b in GIYANI], in_thousands(LETABA), [7100, *TZANEEN[1:]])
        run = json.loads(manage("sync_dws", "--json"))
        assert run["areas"]["held"] == 2, run
        desk = Desk(browser, Web(nursery, env, tmp_path / "web.log").origin)
        logs_in_with_a_second_factor(desk)
        desk.shows("Held areas")
        decides_one_of_two_areas_while_a_newer_reading_comes_in(desk, source, manage)
        maps_a_column(desk)
        merges_two_projects_and_undoes_it(desk)
        imports_a_file_of_corrections(desk, tmp_path)


def logs_in_with_a_second_factor(desk: Desk) -> None:
    desk.open("/admin/")
    desk.fill("#id_username", "thandi")
    desk.fill("#id_password", PASSWORD)
    desk.press("#login-form button[type=submit]")
    desk.shows("Set up your second factor")
    key = b32decode(desk.value("document.querySelector('.note code').textContent"))
    desk.fill("#id_code", f"{totp(key):06d}")
    desk.press("#content-main form button")
    desk.shows("Your recovery codes")
    desk.press("#content-main a.button")
    assert desk.value("typeof Alpine") == "object", "the policy lets the admin's own scripts run"


def decides_one_of_two_areas_while_a_newer_reading_comes_in(
    desk: Desk, source: Any, manage: Callable[..., str]
) -> None:
    desk.press("a[href*='areareading/?waits=yes']")
    desk.press("a[href$='/areareading/decide/']")
    desk.shows("Greater Giyani [LIM331]")
    desk.shows("Greater Letaba [LIM332]")
    giyani = "[...document.querySelectorAll('section')].find(s => s.innerText.includes('LIM331'))"
    desk.value(f"{giyani}.querySelector('input').click()")
    desk.fill("#id_reason", "They wrote to us.")
    source.pages |= three_lists([b // 100 for b in GIYANI], in_thousands(LETABA), [7200, *TZANEEN[1:]])
    manage("sync_dws", "--json")
    desk.press("button[name=accept]")
    desk.shows("Nothing was decided: a newer reading came in while you were at it.")
    assert desk.value("document.querySelector('#id_reason').value") == "They wrote to us."
    assert desk.value(f"{giyani}.querySelector('input').checked") is True
    desk.press("button[name=accept]")
    desk.shows("This loads 1 area, Greater Giyani, with 5 changes, 5 of them major.")
    desk.shows("1 other held area stays as it is.")
    desk.press("button[name=confirmed]")
    desk.shows("LIM331: accepted.")
    manage("shell", "-v", "0", "-c", _WORK_OFF)
    desk.open("/admin/projects/areareading/decide/")
    desk.shows("Greater Letaba [LIM332]")
    assert "LIM331" not in desk.value("document.querySelector('#content-main').innerText")
    desk.open("/projects/?municipality=LIM331")
    desk.shows("R50")


def maps_a_column(desk: Desk) -> None:
    desk.open("/admin/")
    desk.press("a[href$='/readingplan/columns/']")
    desk.shows("Zqx Wvu")
    desk.fill("select[name=meaning]", "contractor")
    desk.press("button[name=decision][value=change]")
    desk.shows("“Zqx Wvu” means Contractor, from the next reading on.")


def merges_two_projects_and_undoes_it(desk: Desk) -> None:
    desk.open("/admin/projects/merge/proposals/")
    desk.shows("They have one name, and lie in one municipality (LIM331).")
    desk.press("a[href*='merge/add/']")
    merged = desk.value("document.querySelector('#id_merged').value")
    survivor = desk.value("document.querySelector('#id_survivor').value")
    desk.fill("#id_reason", "One scheme under two numbers.")
    desk.press("button[name=_continue]")
    desk.open(f"/projects/{merged}/")
    assert desk.value("location.pathname") == f"/projects/{survivor}/"
    desk.shows("One scheme under two numbers.")
    desk.open("/admin/projects/merge/?state=yes")
    desk.press("#result_list tbody a")
    desk.fill("input[name=reason]", "Two phases after all.")
    desk.press("form[action$='/undo/'] button")
    desk.shows("is a project of its own again")
    desk.open(f"/projects/{merged}/")
    assert desk.value("location.pathname") == f"/projects/{merged}/"
    desk.shows("Split off again from")


def imports_a_file_of_corrections(desk: Desk, folder: Path) -> None:
    file = folder / "corrections.csv"
    file.write_text(
        "project,field,value,reason\n"
        "WPLIM3310,status,design,Their letter of 3 May\n"
        "WPLIM3311,budget,many,Their letter of 3 May\n"
    )
    desk.open("/admin/projects/override/")
    desk.press("a[href$='/override/import/']")
    desk.choose_file("input[name=import_file]", file)
    desk.press("form[enctype] button")
    desk.shows("1 correction can be made, 1 row is refused.")
    desk.shows("value: “many” is not an amount in rand")
    desk.press("#content-main form button")
    desk.shows("1 correction was made.")
    desk.open("/projects/?q=WPLIM3310")
    desk.shows("Design")
