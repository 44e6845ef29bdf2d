"""One municipality's page in another dress is held alone, the others are loaded; all of them hold the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.core.management import call_command

from etl.decide.release import decide_areas
from etl.tests.conftest import Sync, first_of
from etl.tests.kept import Keeper
from etl.tests.test_areas import page, states
from etl.tests.tinysite import Site, serving
from projects.models import AreaReading, DataChangeLog, Project, SyncRun

pytestmark = pytest.mark.django_db
CODES = ("LIM331", "LIM332", "LIM333", "LIM334")


@dataclass(frozen=True)
class Dress:
    """A list's headings and cells."""

    budget: str = "Budget"
    more: tuple[str, ...] = ()
    remark: str = "as planned"
    status: str = "Design"


@dataclass
class Country:
    """`sizes`: municipality → its number of projects."""

    sizes: dict[str, int]
    server: Site
    dress: dict[str, Dress] = field(default_factory=dict)
    dearer: set[str] = field(default_factory=set)

    def pages(self) -> dict[str, Any]:
        lines = "".join(
            f"<p><a href='list.aspx?m={code}'>Place - [{code}]</a> {number} Projects</p>"
            for code, number in self.sizes.items()
        )
        lists = {f"/pmd/list.aspx?m={code}": page(self._list(code)) for code in self.sizes}
        return {"/pmd/level.aspx": page(lines), **lists}

    def _list(self, code: str) -> str:
        dress = self.dress.get(code, Dress())
        heads = ["Project No", "Project Name", dress.budget, "Status", "Remarks", *dress.more]
        rows = [
            [
                f"WP{code}{n}",
                f"Scheme {code} {n}",
                f"R{1000 + n + (code + str(n) in self.dearer)}",
                dress.status,
                dress.remark,
                *["x"] * len(dress.more),
            ]
            for n in range(self.sizes[code])
        ]
        body = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
        head = "".join(f"<th>{name}</th>" for name in heads)
        return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"

    def show(self) -> None:
        self.server.pages.clear()
        self.server.pages.update(self.pages())


DRESSES: dict[str, Callable[[Dress], Dress]] = {
    "a heading that nobody knows": lambda dress: replace(dress, budget="Xyzzy"),
    "another column": lambda dress: replace(dress, more=("Ward",)),
    "two": lambda dress: replace(dress, more=("Ward", "Risk {0}")),
    "a column gone blank": lambda dress: replace(dress, remark=""),
    "a status never seen": lambda dress: replace(dress, status="Zugwang"),
}


Opened = Callable[..., Country]


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with serving({}) as server:
        yield server


@pytest.fixture
def opened(server: Site, here: Any, sync: Sync, keeper: Keeper) -> Opened:
    """Opens a country of so many projects a municipality, which was polled once."""

    def known(*sizes: int) -> Country:
        country = Country(dict(zip(CODES, sizes, strict=True)), server)
        country.show()
        here.DWS_URL = f"{server.root}/pmd/level.aspx"
        keeper.begin((here.DWS_URL, sizes), here.ARCHIVE_DIR, sync)
        return country

    return known


def loaded() -> list[str]:
    rows = DataChangeLog.objects.filter(entity_type="project", change_type="updated").order_by("id")
    return list(rows.values_list("external_id", flat=True))


@pytest.mark.parametrize("kind", first_of(DRESSES))
def test_one_page_is_held_while_the_rest_is_loaded_and_its_decision_is_one(
    kind: str, opened: Opened, sync: Sync
) -> None:
    country = opened(10, 10, 10, 10)
    country.dress["LIM332"] = DRESSES[kind](Dress())
    country.dearer = {"LIM3331", "LIM3321"}
    country.show()
    run = sync()
    assert (run.state, run.held) == ("succeeded", []), run.notes
    assert states() == dict.fromkeys(CODES, "loaded") | {"LIM332": "held"}
    assert loaded() == ["WPLIM3331"]
    reasons = AreaReading.objects.get(area="LIM332", state="held").reasons
    assert all("[LIM332]" in reason["sentence"] for reason in reasons)
    for _ in range(2):  # it is not believed by being shown again
        country.dearer ^= {"LIM3342"}
        country.show()
        assert sync().state == "succeeded"
        assert states()["LIM332"] == "held"
    assert set(loaded()) == {"WPLIM3331", "WPLIM3342"}
    decide_areas(SyncRun.objects.latest("id").pk, ["LIM332"], "steward", "checked", accept=True)
    run = sync()
    assert (run.state, states()["LIM332"]) == ("succeeded", "loaded"), run.notes
    assert sum(i.startswith("WPLIM332") for i in loaded()) == 10
    assert sync().state == "unchanged"
    call_command("verify_log")
    call_command("replay")


@pytest.mark.parametrize("kind", DRESSES)
def test_what_is_rejected_stays_so(kind: str, opened: Opened, sync: Sync) -> None:
    country = opened(10, 10, 10, 10)
    country.dress["LIM332"] = DRESSES[kind](Dress())
    country.dearer = {"LIM3331"}
    country.show()
    run = sync()
    decide_areas(run.pk, ["LIM332"], "steward", "it is not so", accept=False)
    for _ in range(2):
        sync()
        assert states()["LIM332"] == "rejected"
    country.dress = {}
    country.show()
    sync()
    assert set(states().values()) == {"loaded"}
    assert loaded() == ["WPLIM3331"]


@pytest.mark.parametrize("kind", DRESSES)
@pytest.mark.parametrize("where", [CODES, CODES[:3]])
def test_what_shows_nearly_everywhere_holds_the_run(
    kind: str, where: tuple[str, ...], opened: Opened, sync: Sync
) -> None:
    country = opened(10, 10, 10, 10)
    country.dress = dict.fromkeys(where, DRESSES[kind](Dress()))
    country.dearer = {"LIM3341"}
    country.show()
    run = sync()
    assert run.state == "quarantined"
    assert loaded() == []
    assert Project.objects.count() == 40


@pytest.mark.parametrize("kind", ["another column", "a column gone blank"])
@pytest.mark.parametrize(
    ("sizes", "where", "held"),
    [
        ((250, 20, 12, 9), ("LIM332",), True),  # a twelfth of all, and yet all of its own
        ((250, 20, 12, 9), ("LIM333",), False),  # shares are not taken of a handful
        ((250, 20, 12, 9), ("LIM333", "LIM334"), True),  # which changed alike: they are pooled
    ],
)
def test_shares_need_twenty_records_of_the_areas_that_changed_alike(
    kind: str, sizes: tuple[int, ...], where: tuple[str, ...], held: bool, opened: Opened, sync: Sync
) -> None:
    country = opened(*sizes)
    country.dress = dict.fromkeys(where, DRESSES[kind](Dress()))
    country.dearer = {"LIM3311"}
    country.show()
    assert sync().state == "succeeded"
    assert {code for code, state in states().items() if state == "held"} == (set(where) if held else set())
