"""Is a reading out of line with the source's own past? Then it is held for a person. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass, field
from typing import Any

from etl.compare.changes import Changes
from etl.compare.profile import Profile
from etl.values.vocabulary import normal_label

MANY_CHANGED = "many_changed"


@dataclass(frozen=True, slots=True)
class Limits:
    """Shares in percent; no share is taken of fewer than `least` records."""

    count_drop: float = 20
    blanked: float = 10
    changed: float = 30
    never_seen: float = 10
    least: int = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a run is held: the rule's id, and a sentence with the figures."""

    rule: str
    sentence: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HeldArea:
    """Why an area is held. `digest`: of what it would change; `is_rejected`: a steward said no to that."""

    reasons: list[Reason]
    digest: str
    is_rejected: bool = False


@dataclass(slots=True)
class Belief:
    """Whether a reading is believed, and what is kept of it for the next one.

    `reasons`: why a steward has to look first; `rejected`: one has looked at the same reading before, and
    said no. `content_digest` and `profile` are those of the run's row.
    """

    content_digest: str
    profile: dict[str, Any]
    reasons: list[Reason] = field(default_factory=list)
    rejected: bool = False
    areas: dict[str, HeldArea] = field(default_factory=dict)  # code → those that are not loaded


@dataclass(slots=True)
class Past:
    """What the source was like: its last complete reading, and how many records have each field."""

    profile: Profile
    had: dict[str, int] = field(default_factory=dict)  # field → projects that have a value
    statuses: Set[str] = frozenset()  # every status word that was ever published
    present: int = 0
    had_in: dict[str, dict[str, int]] = field(default_factory=dict)  # the same as `had`, area by area

    def had_before(self, name: str) -> int:
        """In how many records a field or a `published.<Label>` had something."""
        return self.had.get(name) or self.profile.filled.get(normal_label(name.removeprefix("published.")), 0)


def reasons(
    now: Profile,
    past: Past | None,
    changes: Changes,
    limits: Limits,
    whole: bool = True,
    told: Set[tuple[str, str]] = frozenset(),
) -> list[Reason]:
    """Why the reading is to be held; empty where it is not. A source without a past is never held.

    `whole`: all that should have been read was; a reading with gaps has fewer of everything anyway. `told`:
    (rule, field or column) for which a few areas account, which are held alone.
    """
    if past is None:
        return []
    return [
        *(_count(now, past, limits) if whole else ()),
        *_blanked(past, changes, limits, told),
        *many_changed(changes.moved, past.present, limits),
        *_never_seen(now, past, limits, told),
        *(_layout(now, past) if whole else ()),
    ]


def _count(now: Profile, past: Past, limits: Limits) -> Iterator[Reason]:
    yield from fewer("projects", past.profile.count, now.count, limits)
    yield from fewer("municipality lines", past.profile.listings, now.listings, limits)


def fewer(what: str, before: int, after: int, limits: Limits) -> Iterator[Reason]:
    """The reason where much less is published than before; nothing where there was too little to tell."""
    drop = share(before - after, before)
    if before >= limits.least and drop > limits.count_drop:
        called = f"{what[:1].upper()}{what[1:]}"
        yield Reason("count_down", f"{called}: {after} instead of {before}, {drop:.0f}% fewer.")


def _blanked(past: Past, changes: Changes, limits: Limits, told: Set[tuple[str, str]]) -> Iterator[Reason]:
    for name, gone in sorted(changes.blanked.items()):
        had = past.had_before(name)
        if ("blanked", name) not in told and had >= limits.least and share(gone, had) > limits.blanked:
            yield Reason("blanked", f"“{name}” went blank in {gone} of the {had} records that had it.")


def many_changed(moved: int, had: int, limits: Limits) -> Iterator[Reason]:
    """The reason where so many of the projects say something else."""
    if had >= limits.least and share(moved, had) > limits.changed:
        percent = f"{share(moved, had):.0f}%"
        yield Reason(MANY_CHANGED, f"{moved} of {had} projects ({percent}) changed at once.")


def _never_seen(now: Profile, past: Past, limits: Limits, told: Set[tuple[str, str]]) -> Iterator[Reason]:
    if now.count < limits.least:
        return
    words = {text: n for text, n in now.statuses.items() if text not in past.statuses}
    columns = {
        label: n
        for label, n in now.columns.items()
        if not past.profile.has_seen(label) and ("never_seen", label) not in told
    }
    if ("never_seen", "") not in told and share(sum(words.values()), now.count) > limits.never_seen:
        shown = ", ".join(f"“{word}”" for word in sorted(words)[:3])
        yield Reason("never_seen", f"{sum(words.values())} projects have a status never seen: {shown}.")
    if columns and share(max(columns.values()), now.count) > limits.never_seen:
        shown = ", ".join(f"“{label}”" for label in sorted(columns)[:3])
        yield Reason("never_seen", f"{max(columns.values())} projects have a column never seen: {shown}.")


def _layout(now: Profile, past: Past) -> Iterator[Reason]:
    if now.layouts == past.profile.layouts or not past.profile.layouts:
        return
    before, after = ", ".join(past.profile.layouts), ", ".join(now.layouts) or "nothing"
    changed = f"The page shows its projects as {after} instead of {before}"
    lost = sorted(set(past.profile.columns) - set(now.columns) - set(now.page_columns))
    if now.certainty < past.profile.certainty:
        yield Reason("layout", f"{changed}, which is less certain to read.")
    elif lost:
        yield Reason("layout", f"{changed}, without the columns {', '.join(f'“{c}”' for c in lost[:5])}.")
    elif now.count < past.profile.count:
        yield Reason("layout", f"{changed}, and {past.profile.count - now.count} projects fewer.")


def share(part: int, whole: int) -> float:
    """Percent."""
    return 100 * part / whole if whole else 0.0
