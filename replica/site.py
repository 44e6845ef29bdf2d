"""The site behind the pages: facts, ledger, looks, noise, fault. One lock for all of it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

from replica.bulk import BulkMutator
from replica.faults import FAULTS, NO_FAULT, WIRE_FAULTS, Fault
from replica.fields import BY_ATTRIBUTE
from replica.layouts import LAYOUTS, NOISE, NOISE_AT_START, THEMES, Layout, named
from replica.ledger import Entry, Ledger
from replica.money.desk import FinanceDesk
from replica.money.lies import MONEY_FAULTS
from replica.mutate import DRAWS
from replica.story import StoryMutator, StoryWorld
from replica.webforms import Seal, Sessions, Target
from replica.world import World

ROBOTS = "User-agent: *\nDisallow: /pmd/admin/\n"


class Site(FinanceDesk):
    """What tests and the control URLs talk to. All methods may be called from any thread.

    `story`: its projects and what becomes of them are plausible, for people to look at; else they are drawn
    for readers to break on.
    """

    def __init__(
        self,
        projects: int = 200,
        seed: int = 7,
        layout: str = "grid",
        theme: str = "Moderno",
        fault: str = "none",
        provinces: Sequence[str] = (),
        rows_of_all: int = 100,
        finance_years: int = 8,
        story: bool = False,
    ) -> None:
        self.lock = threading.RLock()
        self.seed = seed
        self.world = (StoryWorld if story else World)(projects, seed, provinces)
        self.rows_of_all = rows_of_all  # rows a page of the list of all projects
        self.ledger = Ledger()
        self.seal = Seal(seed)
        self.sessions = Sessions()
        self.robots = ROBOTS
        self.short_menu = False  # without the menu's other lists of the same, and pages with nothing to read
        self.etags = False  # answer pages with an ETag and honour If-None-Match
        self.noise_epoch = 0
        self.requests: Counter[str] = Counter()  # by path
        self.kinds: Counter[str] = Counter()  # GET, POST, callback, postback, not_modified
        self.recent: deque[str] = deque(maxlen=2000)  # "GET /pmd/level.aspx?…", newest last
        self._noise = set(NOISE_AT_START)
        self.open_books(self.world, seed, finance_years)
        self._mutator = (StoryMutator if story else BulkMutator)(self.world, self.ledger, seed)
        self.set_layout(layout)
        self.set_theme(theme)
        self.set_fault(fault)

    def mutate(self, n: int, *, part: str = "line") -> list[Entry]:
        """`n` mutations on `n` distinct projects, in the ledger; see `Mutator.mutate`."""
        with self.lock:
            return self._mutator.mutate(n, part=part)

    def remove(self, external_id: str) -> list[Entry]:
        """Stop listing a project. Raises KeyError."""
        with self.lock:
            return self._mutator.remove(external_id)

    def restore(self, external_id: str) -> list[Entry]:
        """List a removed project again. Raises KeyError."""
        with self.lock:
            return self._mutator.restore(external_id)

    def set_value(self, external_id: str, attribute: str, value: Any) -> list[Entry]:
        """Change one column of one project to a typed value (see `world.Project`). Raises KeyError."""
        with self.lock:
            return self._mutator.set_value(external_id, attribute, value)

    def mutate_many(self, share: float, attribute: str = "budget") -> list[Entry]:
        """Change one column of a share (0 to 1) of the projects, all to another value. Raises ValueError."""
        with self.lock:
            _known(attribute, DRAWS, "column")
            return self._mutator.mutate_many(_share(share), attribute)

    def new_status(self, share: float, word: str = "") -> list[Entry]:
        """Give a share of the projects a status word that nobody has seen yet (by default a new one)."""
        with self.lock:
            return self._mutator.new_status(_share(share), word)

    def remove_many(self, share: float) -> list[Entry]:
        """Stop listing a share of the projects."""
        with self.lock:
            return self._mutator.remove_many(_share(share))

    def restore_all(self) -> list[Entry]:
        """List all removed projects again."""
        with self.lock:
            return self._mutator.restore_all()

    def noise(self, kind: str | None = None, on: bool = True) -> set[str]:
        """Switch one kind of noise (or `"all"`) and return what is on. Raises ValueError. No fact changes.

        Switching anything gives rows and columns a new order where those are noisy.
        """
        with self.lock:
            if kind is not None:
                kinds = set(NOISE) if kind == "all" else {_known(kind, NOISE, "noise")}
                self._noise = self._noise | kinds if on else self._noise - kinds
                self.noise_epoch += 1
            return set(self._noise)

    def has(self, kind: str) -> bool:
        return kind in self._noise

    def set_layout(self, name: str) -> None:
        """A layout by name, or two of them as `grid/cards`. Raises ValueError."""
        self.layout: Layout = named(name)

    def layout_of(self, target: Target, fault: Fault = NO_FAULT) -> Layout:
        """The layout of one page: its municipality's where two are mixed."""
        layout = self.layout
        if fault.name == "switch_layout":
            layout = named(fault.layout) if fault.layout else _another(layout)
        if target.kind == "project":
            return layout.of(self.world.by_id[target.key].municipalities[0])
        return layout.of(target.key if target.kind == "municipality" else "")

    def set_theme(self, name: str) -> None:
        """Raises ValueError for an unknown theme."""
        self.theme = _known(name, THEMES, "theme")

    def set_fault(
        self,
        name: str,
        after: int = 0,
        times: int = 0,
        seconds: float = 30.0,
        *,
        retry_after: int = 2,
        attribute: str = "budget",
        layout: str = "",
        where: str = "",
    ) -> None:
        """From the next answer but `after` on, `times` answers (0: all) go wrong; what goes wrong is said in
        `faults.FAULTS`, what the other arguments are for in `faults.Fault`. `where`: pmd (the default) or
        api, which the faults of the wire can strike too and those of the figures (`money/lies.py`) always do.

        Raises ValueError."""
        where = fault_place(name, where)
        _known(attribute, BY_ATTRIBUTE, "column")
        if layout:
            named(layout)
        self.fault = Fault(name, after, times, seconds, retry_after, attribute, layout, where)

    def strike(self, where: str = "pmd") -> Fault:
        """Count one answer: the fault that hits it. The edit of `self_edit` is made before it."""
        with self.lock:
            fault = self.fault
            if fault.where != where or not fault.strikes():
                return NO_FAULT
            if fault.name == "self_edit" and fault.struck <= max(1, fault.times):
                self._mutator.move_first()
            return fault

    def facts(self) -> dict[str, dict[str, Any]]:
        """All that is published now: external id → contract name → canonical value."""
        with self.lock:
            return {project.external_id: project.facts() for project in self.world}

    def published(self) -> dict[str, dict[str, Any]]:
        """The same, by the name that the soak test uses; removed projects are not in it."""
        return self.facts()

    def lines(self) -> dict[str, tuple[int, int]]:
        """What the municipality lines say now: code → (projects, value in cents)."""
        with self.lock:
            return {code: (tally.projects, tally.value) for code, tally in self.world.tallies.items()}

    def state(self) -> dict[str, Any]:
        """A summary for the control URL."""
        with self.lock:
            return {
                "projects": len(self.world),
                "seq": self.ledger.head,
                "finance_seq": self.finance_ledger.head,
                "layout": self.layout.name,
                "theme": self.theme,
                "fault": self.fault.name,
                "struck": self.fault.struck,
                "etags": self.etags,
                "noise": sorted(self._noise),
                "sessions": len(self.sessions),
                "requests": dict(self.requests),
                "kinds": dict(self.kinds),
            }


def fault_place(name: str, where: str = "") -> str:
    """Whose answers a fault strikes: `where`, or what it is made for. Raises ValueError."""
    _known(name, FAULTS | MONEY_FAULTS, "fault")
    where = where or ("api" if name in MONEY_FAULTS else "pmd")
    _known(name, _FAULTS_OF[_known(where, _FAULTS_OF, "place")], f"fault of {where}")
    return where


_FAULTS_OF = {"pmd": FAULTS, "api": WIRE_FAULTS | MONEY_FAULTS}


def _another(layout: Layout) -> Layout:
    return LAYOUTS["grid" if layout.name == "table" else "table"]


def _share(share: float) -> float:
    if not 0 <= share <= 1:
        raise ValueError(f"A share is a number from 0 to 1, not {share}.")
    return share


def _known(name: str, names: Any, what: str) -> str:
    if name not in names:
        raise ValueError(f"Unknown {what} {name!r}; known: {', '.join(names)}")
    return name
