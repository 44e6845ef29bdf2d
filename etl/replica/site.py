"""The site behind the pages: facts, ledger, looks, noise, fault. One lock for all of it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

from etl.replica.faults import FAULTS, Fault
from etl.replica.layouts import LAYOUTS, NOISE, NOISE_AT_START, THEMES, Layout
from etl.replica.ledger import Entry, Ledger
from etl.replica.mutate import Mutator
from etl.replica.webforms import Seal, Sessions
from etl.replica.world import World

ROBOTS = "User-agent: *\nDisallow: /pmd/admin/\n"


class Site:
    """What tests and the control URLs talk to. All methods may be called from any thread."""

    def __init__(
        self,
        projects: int = 200,
        seed: int = 7,
        layout: str = "grid",
        theme: str = "Moderno",
        fault: str = "none",
        provinces: Sequence[str] = (),
        rows_of_all: int = 100,
    ) -> None:
        self.lock = threading.RLock()
        self.seed = seed
        self.world = World(projects, seed, provinces)
        self.rows_of_all = rows_of_all  # rows a page of the list of all projects
        self.ledger = Ledger()
        self.seal = Seal(seed)
        self.sessions = Sessions()
        self.robots = ROBOTS
        self.noise_epoch = 0
        self.requests: Counter[str] = Counter()  # by path
        self.kinds: Counter[str] = Counter()  # GET, POST, callback, postback
        self.recent: deque[str] = deque(maxlen=2000)  # "GET /pmd/level.aspx?…", newest last
        self._noise = set(NOISE_AT_START)
        self._mutator = Mutator(self.world, self.ledger, seed)
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
        """Raises ValueError for an unknown layout."""
        self.layout: Layout = LAYOUTS[_known(name, LAYOUTS, "layout")]

    def set_theme(self, name: str) -> None:
        """Raises ValueError for an unknown theme."""
        self.theme = _known(name, THEMES, "theme")

    def set_fault(self, name: str, after: int = 0, times: int = 0, seconds: float = 30.0) -> None:
        """From the next answer but `after` on, `times` answers (0: all) go wrong. Raises ValueError."""
        self.fault = Fault(_known(name, FAULTS, "fault"), after, times, seconds)

    def facts(self) -> dict[str, dict[str, Any]]:
        """All that is published now: external id → contract name → canonical value."""
        with self.lock:
            return {project.external_id: project.facts() for project in self.world}

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
                "layout": self.layout.name,
                "theme": self.theme,
                "fault": self.fault.name,
                "noise": sorted(self._noise),
                "sessions": len(self.sessions),
                "requests": dict(self.requests),
                "kinds": dict(self.kinds),
            }


def _known(name: str, names: Any, what: str) -> str:
    if name not in names:
        raise ValueError(f"Unknown {what} {name!r}; known: {', '.join(names)}")
    return name
