"""A first reading that is killed three times at random asks for no page twice.

2,000 projects on 200 lists with `make soak FULL=1`, else a fifth of them.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from buka.tests.patience import wait_for
from etl.tests.crashing import Database, Machine
from etl.tests.test_areas import page, site
from etl.tests.test_crashes import kill
from etl.tests.tinysite import Site, serving

pytestmark = [pytest.mark.live, pytest.mark.soak]
LISTS, EACH, KILLS = 200 if os.environ.get("FULL") else 40, 10, 3
# The command, with a first reading that fills from its first second on.
SYNC = """
from django.core.management import execute_from_command_line
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
import django
django.setup()
from etl import first_reading
first_reading.FILL_AFTER = first_reading._PAUSE = 0.5
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


class _Served:
    """What a machine wants to know of a replica: its address."""

    def __init__(self, url: str) -> None:
        self.url = url


def pages_of(codes: list[str]) -> dict[str, Any]:
    """A list of ten projects for each municipality, and a page of its own for each project."""
    budgets = [1000 * (1 + at) for at in range(EACH)]
    found = site(dict.fromkeys(codes, (str(EACH), f"R{sum(budgets)}")), dict.fromkeys(codes, budgets))
    for code in codes:
        status, headers, body = found[f"/pmd/list.aspx?m={code}"]
        for at in range(EACH):
            number = f"{code}{at}"
            link = f"<td><a href='project.aspx?id=WP{number}'>Scheme {number}</a></td>"
            body = body.replace(f"<td>Scheme {number}</td>", link)
            facts = {"Project No": f"WP{number}", "Contractor": f"Firm {at}"}
            rows = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in facts.items())
            found[f"/pmd/project.aspx?id=WP{number}"] = page(f"<h1>Project</h1><table>{rows}</table>")
        found[f"/pmd/list.aspx?m={code}"] = status, headers, body
    return found


def in_two_pages(pages: dict[str, Any], codes: list[str]) -> dict[str, Any]:
    """The same, some lists in two pages behind links."""
    for code in codes:
        path = f"/pmd/list.aspx?m={code}"
        status, headers, body = pages[path]
        start, *rows = body.split("<tr><td>")
        half = len(rows) // 2
        link = f"<a href='list.aspx?m={code}&page=2'>2</a>"
        first = [start, *rows[:half]], f"</table><div class='pagination'><b>1</b> {link}</div></body></html>"
        second = [start, *rows[half:]], ""
        for name, (parts, end) in {path: first, f"{path}&page=2": second}.items():
            pages[name] = (status, headers, "<tr><td>".join(parts) + end)
    return pages


def asked(here: Site) -> list[str]:
    return [path for path in list(here.asked) if "robots" not in path]


@pytest.mark.parametrize("seed", [5])
def test_a_first_reading_that_is_killed_three_times_asks_for_no_page_twice(
    migrated_copy: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    database = Database(migrated_copy())
    local = "SELECT code FROM projects_municipality WHERE category <> 'C' ORDER BY code"
    codes = [code for (code,) in database.rows(local)][:LISTS]
    assert len(codes) == LISTS
    whole = LISTS + LISTS * EACH + LISTS // 3
    moments = sorted(random.Random(seed).sample(range(20, whole - 20), KILLS))
    several = codes[::3]
    with serving(in_two_pages(pages_of(codes), several)) as here:
        machine = Machine(database, tmp_path, _Served(f"{here.root}/pmd/level.aspx"))  # type: ignore[arg-type]
        under_way = []
        for moment in moments:
            process = machine.start("-c", SYNC, "sync_dws", "--json")
            wait_for(lambda moment=moment: len(asked(here)) >= moment, f"page {moment}", 300)
            kill(process)
            under_way += asked(here)[-2:]  # one that is being read, one that was asked for meanwhile
        process = machine.start("-c", SYNC, "sync_dws", "--json")
        out, err = process.communicate(timeout=500)
        paths, again = asked(here), machine.sync()["state"]
    answer = json.loads(out)
    created = [row[2] for row in machine.log() if row[1] == "created" and row[2].startswith("WP")]
    assert (len(created), len(set(created))) == (LISTS * EACH, LISTS * EACH), err
    assert (answer["state"], answer["complete"], answer["seen"]) == ("succeeded", True, LISTS * EACH)
    assert machine.states() == ["abandoned"] * KILLS + ["succeeded", "unchanged"]
    filled = [number for (number,) in database.rows("SELECT created FROM projects_syncrun ORDER BY id")]
    assert sum(filled) == LISTS * EACH
    assert sum(filled[:KILLS]) > 0, "it was filled before it was killed"
    # the entry, and the closing looks: at the first list, and at those of several pages
    looked_again = {f"GET /pmd/list.aspx?m={code}" for code in (codes[0], *several)} | {"GET /pmd/level.aspx"}
    twice = {path for path, times in Counter(paths).items() if times > 1}
    assert twice <= looked_again | set(under_way)
    causes = "SELECT DISTINCT change_type, cause FROM projects_datachangelog WHERE entity_type = 'project'"
    assert set(database.rows(causes)) <= {("created", "source"), ("updated", "parser")}
    for command in ("verify_log", "replay"):
        done = machine.run("manage.py", command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert again == "unchanged"
    machine.clean_up()
