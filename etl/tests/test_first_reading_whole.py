"""A first reading of 50,000 project pages that is killed, has its time run out, is killed again, and ends.

The whole of it with `make soak FULL=1`, else a fiftieth.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.tests.crashing import Database, Machine
from etl.tests.test_areas import page
from etl.tests.test_crashes import kill
from etl.tests.tinysite import Site, serving

IS_WHOLE = bool(os.environ.get("FULL"))
LISTS, EACH, ROWS = (200, 250, 50) if IS_WHOLE else (20, 50, 25)  # municipalities, their projects, of a page
PROJECTS = LISTS * EACH
MOST_MEGABYTES = 220 + PROJECTS / 80
pytestmark = [pytest.mark.live, pytest.mark.soak, pytest.mark.timeout(3 * 3600 if IS_WHOLE else 900)]
STATUSES = ("Planning", "Design", "Construction", "Completed", "On hold")
# The command, with a first reading that fills from its first second on, and a crawl whose time is over once a
# file says so.
SYNC = """
from django.core.management import execute_from_command_line
import os, sys, time, types
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
import django
django.setup()
from etl import first_reading
from etl.crawl import session
first_reading.FILL_AFTER = first_reading._PAUSE = 0.5
over = sys.argv.pop()
late = lambda: 1e6 if os.path.exists(over) else 0
session.time = types.SimpleNamespace(monotonic=lambda: time.monotonic() + late())
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


class Country(dict[str, Any]):
    """The pages of a site, each made when it is asked for: there are too many to have them all."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes

    def get(self, path: str, default: Any = None) -> Any:
        parts = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/pmd/level.aspx":
            return page("".join(map(self._line, self.codes)))
        if parts.path == "/pmd/list.aspx":
            return page(self._list(asked["m"], int(asked.get("page", 1))))
        return page(_own_page(asked["id"])) if parts.path == "/pmd/project.aspx" else default

    def _line(self, code: str) -> str:
        total = sum(map(_budget, range(EACH)))
        return (
            f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a> {EACH} Projects"
            f" with a Total value: R{total}</p>"
        )

    def _list(self, code: str, at: int) -> str:
        rows = "".join(
            f"<tr><td>WP{code}{n:03}</td><td>R{_budget(n)}</td>"
            f"<td><a href='project.aspx?id=WP{code}{n:03}'>Scheme {code} {n}</a></td></tr>"
            for n in range((at - 1) * ROWS, at * ROWS)
        )
        pages = range(1, EACH // ROWS + 1)
        links = "".join(
            f"<b>{n}</b> " if n == at else f"<a href='list.aspx?m={code}&page={n}'>{n}</a> " for n in pages
        )
        head = "<tr><th>Project No</th><th>Budget</th><th>Project Name</th></tr>"
        return f"<table>{head}{rows}</table><div class='pagination'>{links}</div>"


def _budget(n: int) -> int:
    return 1000 * (1 + n % 900)


def _own_page(number: str) -> str:
    n = int(number[-3:])
    facts = {
        "Project No": number,
        "Project Name": f"Scheme {number[2:-3]} {n}",
        "Project Status": STATUSES[n % len(STATUSES)],
        "Contractor": f"Firm {n % 70}",
        "Implementing Agent": f"Water Board {n % 9}",
        "Percentage Complete": f"{n % 101}%",
        "Start Date": f"2024-{1 + n % 12:02}-01",
        "Budget": f"R{_budget(n)}",
    }
    rows = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in facts.items())
    return f"<h1>Project</h1><table>{rows}</table>"


class Watched:
    """A reading that is looked at now and then: what it asked for, and what it costs."""

    def __init__(self, machine: Machine, site: Site, over: Path) -> None:
        self.process = machine.start("-c", SYNC, "sync_dws", "--json", str(over))
        self._machine, self._site, self._began = machine, site, time.monotonic()
        self.projects: set[int] = set()  # how many there were at some moment
        self.peak = 0  # megabytes
        self.memory: dict[int, int] = {}  # thousands of pages asked for so far → megabytes
        self.seconds = self.cpu = 0.0  # of processor time

    def until(self, pages: int) -> Watched:
        """Watch until the site was asked for so many of the projects' own pages in all."""
        while self.process.poll() is None and len(own_pages_of(self._site)) < pages:
            self._look()
            time.sleep(0.2)
        assert self.process.poll() is None, self.process.communicate()[1][-3000:]
        return self

    def ended(self) -> dict[str, Any]:
        """Watch to the end; what it says of itself."""
        looking = threading.Thread(target=self._look_on)
        looking.start()
        out, err = self.process.communicate()
        looking.join()
        assert out, err[-3000:]
        return dict(json.loads(out))

    def figures(self) -> dict[str, Any]:
        cpu = round(self.cpu, 1)
        seconds = round(self.seconds)
        return {"seconds": seconds, "cpu": cpu, "peak_mb": self.peak, "mb_by_1000_pages": self.memory}

    def _look_on(self) -> None:
        while self.process.returncode is None:
            self._look()
            time.sleep(0.2)

    def _look(self) -> None:
        folder = Path(f"/proc/{self.process.pid}")
        try:
            told = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
            ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:15]
        except (FileNotFoundError, ProcessLookupError):
            return
        if "VmHWM" not in told:
            return
        self.peak = int(told["VmHWM"].split()[0]) // 1000
        self.memory[len(self._site.asked) // 1000] = int(told["VmRSS"].split()[0]) // 1000
        self.cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        self.seconds = time.monotonic() - self._began
        ((count,),) = self._machine.database.rows("SELECT count(*) FROM projects_project")
        self.projects.add(count)


class _Served:
    """What a machine wants to know of a replica: its address."""

    def __init__(self, url: str) -> None:
        self.url = url


def own_pages_of(here: Site) -> list[str]:
    """What was asked for of them, in order."""
    return [path for path in list(here.asked) if "project.aspx" in path]


def say(**figures: Any) -> None:
    sys.stderr.write(f"{json.dumps(figures)}\n")


def test_a_first_reading_of_50000_pages_comes_to_its_end_whatever_ends_its_parts(
    migrated_copy: Callable[[], str], tmp_path: Path
) -> None:
    database, over = Database(migrated_copy()), tmp_path / "over"
    local = "SELECT code FROM projects_municipality WHERE category <> 'C' ORDER BY code"
    codes = [code for (code,) in database.rows(local)][:LISTS]
    read = "SELECT count(*) FROM projects_project WHERE page_digest <> ''"
    with serving(Country(codes)) as here:
        machine = Machine(database, tmp_path, _Served(f"{here.root}/pmd/level.aspx"))  # type: ignore[arg-type]

        killed = Watched(machine, here, over).until(PROJECTS * 3 // 10)
        kill(killed.process)
        say(killed=killed.figures(), projects=sorted(killed.projects))
        ((filled,),) = database.rows("SELECT count(*) FROM projects_project")
        assert 0 < filled <= PROJECTS, "from the lists, as far as it had come"
        assert not IS_WHOLE or len(killed.projects) > 3, "area by area"

        timed = Watched(machine, here, over).until(PROJECTS * 6 // 10)
        over.touch()
        told = timed.ended()
        over.unlink()
        ((pages,),) = database.rows(read)
        say(timed=timed.figures(), pages=pages)
        assert (told["state"], told["complete"], told["created"]) == ("succeeded", True, PROJECTS - filled)
        assert PROJECTS * 0.55 < pages < PROJECTS * 0.8
        assert any("CRAWL_MINUTES" in note for note in told["notes"])

        killed_later = Watched(machine, here, over).until(pages + PROJECTS // 10)
        kill(killed_later.process)
        say(killed_later=killed_later.figures())

        last = Watched(machine, here, over)
        told = last.ended()
        say(last=last.figures(), asked=len(here.asked))
        assert (told["state"], told["complete"], told["updated"], told["held"]) == ("succeeded", True, 0, [])
        assert database.rows(read) == [(PROJECTS,)]
        times = Counter(own_pages_of(here))
        assert len(times) == PROJECTS
        again = {path: number for path, number in times.items() if number > 1}
        # Once each, but for what a killed process had not written down yet, and the few that each part looks
        # at anew.
        assert len(again) <= PROJECTS // 50, (len(again), sorted(again)[:20])
        assert machine.states() == ["abandoned", "succeeded", "abandoned", "succeeded"]
        causes = (
            "SELECT DISTINCT change_type, cause FROM projects_datachangelog WHERE entity_type = 'project'"
        )
        assert set(database.rows(causes)) == {("created", "source"), ("updated", "parser")}
        peaks = [each.peak for each in (killed, timed, killed_later, last)]
        assert max(peaks) < MOST_MEGABYTES, peaks

        for command in ("verify_log", "replay"):
            began = time.monotonic()
            process = machine.start("manage.py", command)
            out, err = process.communicate()
            say(command=command, seconds=round(time.monotonic() - began), said=out)
            assert process.returncode == 0, out + err
        assert machine.sync()["state"] == "unchanged"
    machine.clean_up()
