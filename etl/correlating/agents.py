"""Who implements a project: the municipality itself, or somebody else? Pure.

Only what the agent's name says in full counts. "Sedibeng Water", "Overberg Water" and "Mhlathuze Water" are
water boards that bear the names of municipalities: whatever is left of a name beside the municipality's own
and the words below makes it somebody else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from etl.correlating.facts import PlaceFact, ProjectFact

BLANK = "DWS does not say who implements them"
OTHER = "somebody else than the municipality implements them"
SHARED = "several municipalities share them, and it is not said which one implements"
NO_PLACE = "their municipality is not known"

_AUTHORITY = ("water", "services", "authority")
# What a municipality of each category may be called beside its name.
_KINDS = {
    "A": {"metropolitan", "metro", "mm"},
    "B": {"local", "lm"},
    "C": {"district", "dm"},
}
_ALONE = {"municipality", "metro", "lm", "dm", "wsa"}  # these mean a municipality without its name
_OF_A_DISTRICT = {"district", "dm"}
# "replica": the demo site marks what it made up
_FILLERS = {"municipality", "municipal", "city", "of", "the", "as", "wsa", "council", "replica"}


def implementer(project: ProjectFact, places: Mapping[str, PlaceFact]) -> tuple[PlaceFact | None, str]:
    """The municipality that implements the project, its own or the district of its own, or None and why
    none of these does."""
    if not project.agent or not project.agent.strip():
        return None, BLANK
    own = [places[code] for code in project.municipalities if code in places]
    if not own:
        return None, NO_PLACE
    around = _districts(own, project.agent, places)
    matches = {place.code: implements(project.agent, place) for place in [*own, *around]}
    for how in ("named", "meant"):
        found = [place for place in [*own, *around] if matches[place.code] == how]
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, SHARED
    return None, OTHER


def _districts(own: list[PlaceFact], agent: str, places: Mapping[str, PlaceFact]) -> list[PlaceFact]:
    """The districts around local municipalities, which build in them where they are the water services
    authority; of one that is not named only where the words are a district's or an authority's."""
    codes = {place.code for place in own}
    around = sorted({place.district for place in own} & places.keys() - codes)
    words = _words(agent)
    by_kind = bool(_OF_A_DISTRICT.intersection(words)) or "wsa" in words or _without(words, _AUTHORITY)[1]
    return [places[code] for code in around if by_kind or implements(agent, places[code]) == "named"]


def implements(agent: str, place: PlaceFact) -> str:
    """`named`: the agent is the municipality by name or code; `meant`: by its kind alone ("Local
    Municipality" of a local one); `` : somebody else."""
    words = _words(agent)
    rest, is_authority = _without(words, _AUTHORITY)
    named = False
    for name in ((place.code.casefold(),), _core(place.name)):
        rest, found = _without(rest, name)
        named = named or found
    left = set(rest)
    if left - _FILLERS - _KINDS[place.category]:
        return ""
    if named:
        return "named"
    return "meant" if is_authority or left & _ALONE else ""


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return tuple(re.findall(r"[a-z0-9]+", bare))


def _core(name: str) -> tuple[str, ...]:
    """`City of Cape Town` is `Cape Town` too."""
    words = _words(name)
    core = tuple(word for word in words if word not in ("city", "of"))
    return core or words


def _without(words: tuple[str, ...], phrase: Iterable[str]) -> tuple[tuple[str, ...], bool]:
    """The words without the first occurrence of the phrase, and whether it was there."""
    wanted = tuple(phrase)
    size = len(wanted)
    for start in range(len(words) - size + 1):
        if words[start : start + size] == wanted:
            return words[:start] + words[start + size :], True
    return words, False
