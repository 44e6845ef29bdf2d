"""A long history: some seventy events over as many polls, each logged right or held, and none wrong."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from etl.decide.release import decide_areas, reject
from etl.exceptions import EtlError
from etl.scheduler import DataScheduler
from etl.tests.conftest import Sync
from etl.tests.longledger import Ledger, Rebuilt, not_sure, table
from etl.tests.longsite import (
    COUNTED,
    ERRORS,
    PAGED,
    PLACES,
    UNNUMBERED,
    Dress,
    LongSite,
    Scheme,
    UnplacedSite,
    changed,
    drawn,
    drawn_world,
    moved,
)
from etl.tests.tinysite import serving
from projects.models import AreaReading, DataChangeLog, SyncRun

pytestmark = [pytest.mark.django_db, pytest.mark.soak]
FULL = bool(os.environ.get("FULL"))
EVENTS = 72


class History:
    """One history of one site, event by event; `told` is what came of each."""

    def __init__(self, seed: int, sync: Sync, kind: type[LongSite] = LongSite) -> None:
        self.rng, self.sync = random.Random(seed), sync
        self.site = kind(drawn_world(self.rng))
        self.ledger, self.rebuilt = Ledger(self.site), Rebuilt()
        self.numbers = iter(range(500, 10_000))
        self.flips: dict[str, tuple[int, int]] = {}
        self.taken: list[Scheme] = []
        self.told: list[str] = []
        self.last = 0

    # --- what happens ---------------------------------------------------------------------------

    def one(self, *places: str) -> Scheme:
        """A scheme of one of the places, those of a list that is not the last one there first."""
        return self.rng.choice([s for s in self.site.world if s.place in (places or PLACES)])

    def change(self, scheme: Scheme, **fields: Any) -> None:
        self.site.world = changed(self.site.world, scheme, **fields)

    def background(self) -> None:
        """A value or two are news whatever else happens."""
        for _ in range(self.rng.choice([0, 1, 1, 2])):
            scheme = self.one()
            what = self.rng.choice(["budget", "status", "progress", "day", "contractor"])
            self.change(scheme, **{what: getattr(drawn(self.rng, 0, scheme.place), what)})

    def dressed(self, codes: list[str], **how: Any) -> None:
        for code in codes:
            self.site.dress[code] = replace(self.site.dress[code], **how)

    def some(self) -> list[str]:
        """One municipality, whose page is dressed otherwise; or all."""
        return [self.rng.choice(list(PLACES))]

    def flip(self) -> str:
        scheme = self.one()
        other = scheme.budget + 10_000 * self.rng.randint(1, 300)
        was, now = self.flips.pop(scheme.key, (scheme.budget, other))
        self.flips[scheme.key] = (now, was)
        self.change(scheme, budget=now)
        return f"{scheme.key}: {was} → {now}"

    def flip_again(self) -> str:
        known = [s for s in self.site.world if s.key in self.flips]
        if not known:
            return self.flip()
        scheme = self.rng.choice(known)
        now, was = self.flips[scheme.key]
        self.flips[scheme.key] = (was, now)
        self.change(scheme, budget=was)
        return f"{scheme.key}: back to {was}"

    def unit(self, codes: list[str], *, named: bool) -> str:
        unit = self.rng.choice([1000, 1_000_000])
        self.dressed(codes, unit=unit, is_named=named)
        return f"{codes} in {unit}, {'named' if named else 'silent'}"

    def dates(self, codes: list[str]) -> str:
        way = self.rng.choice(["mdy", "iso"])
        self.dressed(codes, dates=way)
        return f"{codes} {way}"

    def words(self, codes: list[str]) -> str:
        words = self.rng.choice(["af", "other"])
        self.dressed(codes, words=words, language="af" if words == "af" else "en")
        return f"{codes} {words}"

    def unheard(self, codes: list[str]) -> str:
        column = self.rng.choice(["contractor", "budget", "day"])
        self.dressed(codes, called=((column, "Xyzzy"),))
        return f"{codes} {column} is called Xyzzy"

    def columns(self, codes: list[str]) -> str:
        first = self.site.dress[codes[0]].columns
        order = tuple(self.rng.sample(first, len(first)))
        self.dressed(codes, columns=order)
        return f"{codes} {order}"

    def more_columns(self, codes: list[str]) -> str:
        self.dressed(codes, more=(self.rng.choice(["Remarks", "Ward", "Risk"]),))
        return f"{codes}"

    def spelling(self, codes: list[str]) -> str:
        self.dressed(codes, plain=False)
        return f"{codes}"

    def renumbered(self) -> str:
        scheme = self.one(*(set(PLACES) - {UNNUMBERED}))
        self.change(scheme, number=f"WP{next(self.numbers):04}")
        return f"{scheme.key}"

    def all_renumbered(self) -> str:
        code = self.rng.choice(sorted(set(PLACES) - {UNNUMBERED}))
        for scheme in [s for s in self.site.world if s.place == code]:
            self.change(scheme, number=f"WP{next(self.numbers):04}")
        return code

    def renamed(self) -> str:
        scheme = self.one()
        self.change(scheme, name=f"{scheme.name} phase {self.rng.randint(2, 9)}")
        return f"{scheme.key}"

    def twin(self) -> str:
        scheme = self.one(*(set(PLACES) - {UNNUMBERED}))
        new = replace(drawn(self.rng, next(self.numbers), scheme.place), name=scheme.name)
        self.site.world = (*self.site.world, new)
        return f"{scheme.key} and {new.key} in {scheme.place}"

    def unnumbered_twin(self) -> str:
        scheme = self.one(UNNUMBERED)
        new = replace(drawn(self.rng, 0, UNNUMBERED), name=scheme.name)
        self.site.world = (*self.site.world, new)
        self.undo_with(lambda: self.drop_twin_of(scheme))
        return f"{scheme.key}"

    def drop_twin_of(self, scheme: Scheme) -> None:
        """Its values may have changed since, and which of two of one name changed cannot be told."""
        twins = [one for one in self.site.world if one.key == scheme.key]
        if len(twins) > 1:
            self.drop(twins[-1])

    def drop(self, scheme: Scheme) -> None:
        self.site.world = tuple(one for one in self.site.world if one != scheme)

    def move(self) -> str:
        scheme = self.one(*(set(PLACES) - {UNNUMBERED}))
        to = self.rng.choice(sorted(set(PLACES) - {UNNUMBERED, scheme.place}))
        self.change(scheme, place=to)
        return f"{scheme.key}: {scheme.place} → {to}"

    def come(self) -> str:
        if self.taken and self.rng.random() < 0.5:
            new = self.taken.pop()
        else:
            new = drawn(self.rng, next(self.numbers), self.rng.choice(list(PLACES)))
        at = self.rng.randint(0, len(self.site.world))
        self.site.world = (*self.site.world[:at], new, *self.site.world[at:])
        return f"{new.key} in {new.place}"

    def go(self) -> str:
        scheme = self.one(*[c for c in PLACES if sum(s.place == c for s in self.site.world) > 3])
        self.drop(scheme)
        self.taken.append(scheme)
        return f"{scheme.key} of {scheme.place}"

    def fail(self) -> str:
        code = self.rng.choice(list(PLACES))
        self.site.failing = {code: self.rng.choice(ERRORS)}
        return code

    def move_into_failing(self) -> str:
        code = self.rng.choice(sorted(set(PLACES) - {UNNUMBERED}))
        scheme = self.one(*(set(PLACES) - {UNNUMBERED, code}))
        self.change(scheme, place=code)
        self.site.failing = {code: self.rng.choice(ERRORS)}
        return f"{scheme.key}: {scheme.place} → {code}"

    def repeat(self) -> str:
        self.site.repeats = {self.rng.choice(PAGED)}
        return f"{self.site.repeats}"

    def shift(self) -> str:
        """While the second list is read: its rows come to stand elsewhere, and one comes or goes, or both."""
        world = self.site.world
        here = [s for s in world if s.place == COUNTED]
        first = world.index(here[0])
        kind = self.rng.choice(["up", "down", "swap", "come", "go"])
        if kind == "up":
            world = moved(world, here[-1], first)
        elif kind == "down":
            world = moved(world, here[1], first + len(here) - 1)
        elif kind == "come":
            world = (*world[:first], drawn(self.rng, next(self.numbers), COUNTED), *world[first:])
        else:
            self.taken.append(here[1])
            world = tuple(one for one in world if one != here[1])
            if kind == "swap":
                end = first + len(here) - 1
                world = (*world[:end], drawn(self.rng, next(self.numbers), COUNTED), *world[end:])
        self.site.then = world
        return kind

    def remember(self) -> str:
        self.site.remembers = True
        return ""

    def sessions(self) -> str:
        self.site.in_path = True
        return ""

    def two_servers(self, turns: str) -> str:
        self.site.stale, self.site.turns = self.site.world, turns
        changes = [self.move, self.go, self.come, self.flip, self.flip]
        if turns == "requests" and isinstance(self.site, UnplacedSite):
            changes = changes[1:]  # what is in neither of two lists: nothing there tells that it is hidden
        for change in self.rng.sample(changes, 3):
            change()
        return turns

    def undo_with(self, undo: Callable[[], None]) -> None:
        self.undoing.append(undo)

    def heal(self) -> None:
        """What was dressed otherwise or ailed is as it was."""
        self.site.heal()
        self.site.dress = dict.fromkeys(PLACES, Dress())
        for undo in self.undoing:
            undo()
        self.undoing = []

    undoing: list[Callable[[], None]] = []

    # --- polls ----------------------------------------------------------------------------------

    def play(self, url: str, events: int) -> None:
        self.undoing = []
        self.poll("first", url)
        for number, (name, event, lasts) in enumerate(self.kinds(events)):
            self.background()
            what = f"{name} {event()}"
            for again in range(lasts):
                self.poll(what if not again else f"{name}, again", url)
                self.background()
            if lasts > 1 or name in PASSING:
                self.heal()
            if number % 5 == 4:
                self.settled(f"after {name}", url)
        self.heal()
        self.settled("the end", url)

    def kinds(self, events: int) -> Iterator[tuple[str, Callable[[], str], int]]:
        everywhere = list(PLACES)
        plain = [
            ("flip", self.flip),
            ("flip again", self.flip_again),
            ("renumbered", self.renumbered),
            ("renamed", self.renamed),
            ("twin", self.twin),
            ("move", self.move),
            ("come", self.come),
            ("go", self.go),
            ("flip again", self.flip_again),
            ("move", self.move),
        ]
        passing = [
            ("unit, one", lambda: self.unit(self.some(), named=True)),
            ("silent unit, one", lambda: self.unit(self.some(), named=False)),
            ("unit, all", lambda: self.unit(everywhere, named=True)),
            ("silent unit, all", lambda: self.unit(everywhere, named=False)),
            ("dates, one", lambda: self.dates(self.some())),
            ("dates, all", lambda: self.dates(everywhere)),
            ("words, one", lambda: self.words(self.some())),
            ("words, all", lambda: self.words(everywhere)),
            ("unheard, one", lambda: self.unheard(self.some())),
            ("unheard, all", lambda: self.unheard(everywhere)),
            ("columns, one", lambda: self.columns(self.some())),
            ("columns, all", lambda: self.columns(everywhere)),
            ("more columns, one", lambda: self.more_columns(self.some())),
            ("more columns, all", lambda: self.more_columns(everywhere)),
            ("spelling, one", lambda: self.spelling(self.some())),
            ("spelling, all", lambda: self.spelling(everywhere)),
            ("all renumbered", self.all_renumbered),
            ("twin without number", self.unnumbered_twin),
            ("fail", self.fail),
            ("move into a list that fails", self.move_into_failing),
            ("repeat", self.repeat),
            ("shift", self.shift),
            ("shift", self.shift),
            ("remember", self.remember),
            ("sessions", self.sessions),
            ("two servers by polls", lambda: self.two_servers("polls")),
            ("two servers by requests", lambda: self.two_servers("requests")),
        ]
        done = 0
        while done < events:
            for name, event in self.rng.sample(passing, len(passing)):
                lasts = 4 if "servers" in name else self.rng.choice([1, 2])
                PASSING.add(name)
                yield name, event, lasts
                other, more = self.rng.choice(plain)
                yield other, more, 1
                done += lasts + 1
                if done >= events:
                    return

    def poll(self, what: str, url: str) -> SyncRun | None:
        self.site.begin()
        before = table()
        try:
            run = self.sync(url)
        except EtlError as problem:
            self.told.append(f"{what}: failed, {problem}")
            self._logged(before, None, what)
            return None
        self.told.append(f"{what}: {run.state} {run.held} {sorted(self.held())} {run.notes[:3]}")
        is_loaded = run.state in ("succeeded", "unchanged")
        self._logged(before, not_sure() if is_loaded else None, what)
        self.decide(run, what, url)
        if len(self.told) % 5 == 0:
            assert not self.rebuilt.faults(), self.said(what)
        return run

    def held(self) -> set[str]:
        return set(AreaReading.objects.newest().filter(state="held").values_list("area", flat=True))

    def _logged(self, before: Any, excused: set[str] | None, what: str) -> None:
        rows = list(DataChangeLog.objects.filter(id__gt=self.last).order_by("id"))
        self.last = rows[-1].pk if rows else self.last
        self.rebuilt.take(rows)
        self.told[-1] += f" {[(r.external_id, r.change_type, r.field_changes) for r in rows][:12]}"
        faults = self.ledger.faults_of_log(rows, before) + self.ledger.faults_of_table(before, excused)
        assert not faults, self.said(what, faults)

    def decide(self, run: SyncRun, what: str, url: str) -> None:
        """As a steward who knows the projects: what is right is released, what is not is rejected."""
        if run.state == "quarantined":
            changes = DataScheduler().rehearse_release(run)
            if self.is_right(changes):
                before = table()
                DataScheduler().release(run.pk, "steward", "checked")
                self.told.append(f"{what}: released")
                self._logged(before, not_sure(), what)
            else:
                reject(run.pk, "steward", "it is not so")
                self.told.append(f"{what}: rejected")
            return
        for code in sorted(self.held()):
            self.decide_area(run, code, what, url)

    def decide_area(self, run: SyncRun, code: str, what: str, url: str) -> None:
        self.site.begin()
        with transaction.atomic():
            decide_areas(run.pk, [code], "steward", "checked", accept=True)
            _, changes = DataScheduler().rehearse("dws")
            is_right = self.is_right(changes)
            transaction.set_rollback(True)
        if is_right:
            decide_areas(run.pk, [code], "steward", "checked", accept=True)
            self.told.append(f"{what}: {code} accepted")
            self.poll(f"{what}, {code} accepted", url)
        else:
            decide_areas(run.pk, [code], "steward", "it is not so", accept=False)
            self.told.append(f"{what}: {code} rejected")

    def is_right(self, changes: Any) -> bool:
        """Whether what would be loaded is what the site shows."""
        before = table()
        rows = [
            DataChangeLog(
                entity_type="project",
                external_id=each.what,
                change_type=each.change_type,
                field_changes=each.field_changes,
            )
            for each in changes.summaries()
            if not each.what.startswith("[")
        ]
        return not self.ledger.faults_of_log(rows, before)

    def settled(self, what: str, url: str) -> None:
        """Nothing ails the site: what is true is loaded, after a steward's word at most."""
        self.heal()
        for _ in range(3):
            run = self.poll(what, url)
            assert run, self.said(what)
            if run.state in ("succeeded", "unchanged") and not not_sure():
                return
        raise AssertionError(self.said(what, ["it does not come to rest"]))

    def said(self, what: str, faults: list[str] | None = None) -> str:
        return "\n".join([*self.told[-6:], f"AFTER {len(self.told)} POLLS, {what}:", *(faults or [])])


PASSING: set[str] = set()


@pytest.mark.parametrize("seed", [1, 2, 5, 6, 7] if FULL else [1])
def test_a_long_history_is_logged_right_or_held_and_never_wrong(seed: int, sync: Sync, settings: Any) -> None:
    settings.WITHDRAWN_AFTER_HOURS = 0
    played(History(seed, sync), EVENTS * (3 if FULL else 1))


@pytest.mark.parametrize("seed", [1, 2, 3] if FULL else [1])
def test_so_is_that_of_lists_of_no_municipality(seed: int, sync: Sync, settings: Any) -> None:
    settings.WITHDRAWN_AFTER_HOURS = 0
    played(History(seed, sync, UnplacedSite), EVENTS if FULL else EVENTS // 3)


def played(history: History, events: int) -> None:
    with serving(history.site) as here:  # type: ignore[arg-type]
        history.play(f"{here.root}/pmd/level.aspx", events)
    assert not history.rebuilt.faults()
    call_command("verify_log")
    out = StringIO()
    call_command("replay", "--json", stdout=out)
    assert json.loads(out.getvalue())["identical"], out.getvalue()[:2000]
