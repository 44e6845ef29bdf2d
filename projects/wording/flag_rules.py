"""What it means that flags of a project were raised or lowered: severity, rules and sentence. Pure.

The log has it as a change of the project's `flags`, with the figures of each that moved:
`{"flags": [["dearer"], ["overdue"]], "flag.overdue": [None, {…}], "flag.dearer": [{…}, None]}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from projects.languages import gettext
from projects.wording import figures, flags
from projects.wording.phrases import listed, plural
from projects.wording.rules import INFO, MINOR, Assessment

FIELD, FIGURES = "flags", "flag."  # the keys of a row
LOWERED = "flag_lowered"  # the rule; that of a raised one is its name behind this
_RAISED = "flag_"
# Of rows of one day that say the same one event is made; a run they have none.
STEP = "flagged"


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What the log says of flags that moved; both are {flag: figures}."""
    moved = [flag for flag in flags.FLAGS if (flag in before) != (flag in after)]
    names = [[flag for flag in flags.FLAGS if flag in side] for side in (before, after)]
    return {FIELD: names, **{f"{FIGURES}{flag}": [before.get(flag), after.get(flag)] for flag in moved}}


def kind(changes: Mapping[str, Any], day: str) -> str:
    """`project:flagged:+overdue,-dearer:2026-11-29`: the same of all that is told in one entry."""
    came, went = _moved(changes)
    signs = [*(f"+{flag}" for flag in came), *(f"-{flag}" for flag in went)]
    return f"project:{STEP}:{','.join(signs)}:{day}"


def is_kind(text: str) -> bool:
    return text.startswith(f"project:{STEP}:")


def assess_flags(changes: Any) -> Assessment:
    """`Now overdue: completion was due on …`, `No longer dearer.`; never raises."""
    pairs = figures.pairs(changes)
    came, went = _moved(pairs)
    said = [_raised(flag, pairs.get(f"{FIGURES}{flag}", (None, None))[1]) for flag in came]
    if went:
        said.append(gettext("No longer flagged: {flags}.").format(flags=_names(went)))
    rules = [*(f"{_RAISED}{flag}" for flag in came), *([LOWERED] if went else [])]
    return Assessment(MINOR if came else INFO, rules, " ".join(said) or gettext("Its flags changed."))


def assess_event(kind: str, count: int, severity: str) -> Assessment:
    """What many of one kind and one day say: `Now overdue: 214 projects.`"""
    signs = kind.split(":")[2].split(",")
    came, went = ([sign[1:] for sign in signs if sign.startswith(mark)] for mark in "+-")
    parts = [gettext("Now {flags}").format(flags=_names(came, flags.ARE))] if came else []
    if went:
        parts.append(gettext("no longer flagged as {flags}").format(flags=_names(went, flags.ARE)))
    told = "; ".join(parts) or gettext("Flags changed")
    return Assessment(severity, ["mass_edit"], f"{told[0].upper()}{told[1:]}: {plural(count, 'project')}.")


def _moved(changes: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The flags that were raised, and those that were lowered."""
    before, after = changes.get(FIELD, ((), ()))
    before, after = (side if isinstance(side, list | tuple) else () for side in (before, after))
    return [f for f in after if f not in before], [f for f in before if f not in after]


def _names(some: Iterable[str], words: Mapping[str, str] = flags.IS) -> str:
    return listed([words.get(flag, str(flag)) for flag in some])


def _raised(flag: str, said: Any) -> str:
    name = gettext("Now {flags}").format(flags=_names([flag]))
    if not isinstance(said, dict):
        return f"{name}."
    told = flags.sentence(flag, said)
    return f"{name}: {told[0].lower()}{told[1:]}" if flag in flags.FLAGS else f"{name}."
