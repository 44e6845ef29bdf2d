"""How often the replica has edited itself, kept in a file: after a restart it goes on where it was.

The edits are drawn from the seed, so that the same number of rounds gives the same site again.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
from pathlib import Path

from replica.money.cells import DEBT_CUBES
from replica.site import Site
from replica.world import World

FINANCES_EVERY = 3  # rounds of edits of projects for one of municipal figures
_MOST = 100_000  # rounds that are repeated at a start; a site that is older begins anew


class Rounds:
    """The rounds of one site. `file` None: nothing is kept."""

    def __init__(self, site: Site, file: Path | None = None) -> None:
        self.site, self.file, self.done = site, file, 0
        self._rng = random.Random(site.seed)
        kind = "" if type(site.world) is World else f", {type(site.world).__name__}"
        self._name = f"{len(site.world)} projects, seed {site.seed}{kind}"

    def repeat(self) -> int:
        """Edit the site as often as it had been edited; returns how often."""
        for _ in range(self._kept()):
            self._edit()
        return self.done

    def go_on(self) -> None:
        """One more round, and its number in the file."""
        self._edit()
        if self.file:
            scratch = self.file.with_suffix(".tmp")
            scratch.write_text(json.dumps({"site": self._name, "rounds": self.done}))
            os.replace(scratch, self.file)  # whole or not at all

    def _edit(self) -> None:
        self.done += 1
        self.site.mutate(self._rng.randint(1, 3))
        if self.done % FINANCES_EVERY == 0:
            self.site.mutate_finances(self._rng.randint(1, 2))
            # after the draw, so that a site that was kept is as it was but for what is owed
            self.site.mutate_finances(1, DEBT_CUBES[self.done // FINANCES_EVERY % 2])

    def _kept(self) -> int:
        """0 for another site, and where the file cannot be read."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self.file.read_text()) if self.file else {}
            rounds = int(kept["rounds"]) if kept.get("site") == self._name else 0
            return rounds if 0 <= rounds <= _MOST else 0
        return 0
