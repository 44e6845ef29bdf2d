"""A case: a world and a rendering that one number gives; the sites of its looks, and their truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

from replica.renderings.layouts import FAMILIES
from replica.renderings.layouts.family import ENTRY, Family
from replica.renderings.sheet import Sheet, Values, make_sheet
from replica.renderings.style import Style, draw_style
from replica.renderings.world import Event, World, draw_world, mutate

__all__ = ["ENTRY", "FAMILIES", "Case", "Look", "Site"]

_HTML = "text/html; charset=utf-8"
_LARGE = frozenset({"transposed", "own pages", "dx cards"})  # for many projects, no sensible layout


@dataclass(frozen=True, slots=True)
class Site:
    """`pages`: path with query → (bytes, content type). `posts`: event argument → the same."""

    pages: dict[str, tuple[bytes, str]]
    posts: dict[str, tuple[bytes, str]]
    entry: str = ENTRY


@dataclass(frozen=True, slots=True)
class Look:
    """A site as it is at one time. `truth`: project's key → field → value as published, None for a blank.

    `events`: what happened to the world since the look before; whether it shows is for the truth to say.
    """

    world: World
    site: Site
    truth: dict[int, Values]
    events: list[Event]


@dataclass(frozen=True)
class Case:
    seed: int

    @cached_property
    def family(self) -> Family:
        names = sorted(FAMILIES)
        return FAMILIES[names[self.seed % len(names)]]

    @cached_property
    def style(self) -> Style:
        return draw_style(self.seed, self.family.name, self.family.wants)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the page leaves it open what its columns are: unread is right, and so is what is true."""
        return self.family.wants.ambiguous

    def looks(self, polls: int = 3, mutations: int = 10) -> list[Look]:
        """The site at first, and after each of some rounds of mutations."""
        rng = Random(f"world {self.seed}")
        world = draw_world(rng, most=14 if self.family.name in _LARGE else 60)
        looks = [self._look(world, [])]
        for _ in range(polls):
            world, events = mutate(world, rng, mutations)
            looks.append(self._look(world, events))
        return looks

    def _look(self, world: World, events: list[Event]) -> Look:
        sheet = make_sheet(world, self.style, grouped=self.family.grouped)
        return Look(world, render(sheet, self.family), sheet.truth, events)


def render(sheet: Sheet, family: Family) -> Site:
    """The pages of a sheet in a family's layout."""
    drawn = family.draw(sheet)
    pages = {path: (html.encode(), _HTML) for path, html in drawn.pages.items()}
    return Site(pages, {argument: (html.encode(), _HTML) for argument, html in drawn.posts.items()})


def cases(number: int, seed: int = 0, family: str = "") -> list[Case]:
    """So many cases from a seed on, each family in its turn; of one family alone, where it is named."""
    found: list[Case] = []
    while len(found) < number:
        case = Case(seed)
        seed += 1
        if family in ("", case.family.name):
            found.append(case)
    return found
