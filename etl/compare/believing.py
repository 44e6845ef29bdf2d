"""Is what a reading changes believed: all of it, all but some areas, or nothing until somebody has looked?"""

from __future__ import annotations

from collections.abc import Set

from etl.compare import breaker, patterns, shares
from etl.compare.breaker import Belief, Past, Reason
from etl.compare.changes import Changes
from etl.compare.drift import continuity
from etl.compare.known import Known, limits
from etl.compare.profile import FieldOf, Profile, believed, profile_of, tally
from etl.compare.survey import Survey
from etl.understand.lookup import Lookup


def believe(
    reading: Survey, changes: Changes, known: Known, field_of: FieldOf, lookup: Lookup
) -> tuple[Belief, list[str]]:
    """What is believed, and notes for the run. Areas that are not are held in the reading too.

    `field_of`: a heading's field by its words alone: one that nobody has seen is held, whatever it holds.
    `lookup`: by the reading's plan.
    """
    profile = profile_of(reading, field_of)
    belief = Belief(reading.content_digest(), profile.as_json())
    if reading.is_first:  # there is no past, but what it loaded itself on the way
        return belief, []
    proven = continuity(reading, changes, known.keys, lookup)
    if not changes or reading.is_partial:
        return belief, proven.notes
    belief.rejected = known.was_rejected(belief.content_digest)
    if belief.rejected:
        return belief, proven.notes
    past = known.past()
    if past:
        past.profile = past.profile.called(field_of)
    local = _shares(reading, changes, known, profile, past, field_of)
    why = patterns.found(reading, changes, known)
    for code, reasons in local.areas.items():
        why[code] = [*why.get(code, []), *reasons]
    belief.reasons = breaker.reasons(profile, past, changes, limits(), reading.whole, local.told)
    belief.reasons += proven.reasons
    if past and why:
        belief.reasons = _without_held(belief.reasons, why.keys(), changes, known, past)
    if belief.reasons:
        return belief, proven.notes
    notes = _hold_areas(belief, why, reading, changes, known)
    if belief.areas and past:
        rest = tally((part for i, part in reading.lines.items() if i not in reading.held_ids), field_of)
        belief.profile = believed(profile, rest, past.profile).as_json()
    return belief, [*proven.notes, *notes]


def _without_held(
    reasons: list[Reason], codes: Set[str], changes: Changes, known: Known, past: Past
) -> list[Reason]:
    """The reasons, as they are without areas that are held alone, where these have no more than half of the
    projects: what changes there is no part of a mass edit."""
    held = sum(key.is_present and bool(known.places_of(key.pk) & codes) for key in known.keys.values())
    if 2 * held > past.present or not any(reason.rule == breaker.MANY_CHANGED for reason in reasons):
        return reasons
    moved = changes.outside(codes, known.places_of).moved
    rest = list(breaker.many_changed(moved, past.present - held, limits()))
    return [*(reason for reason in reasons if reason.rule != breaker.MANY_CHANGED), *rest]


def _named(reason: Reason, code: str, name: str) -> Reason:
    """The reason, saying of which area it is by its name."""
    return Reason(reason.rule, reason.sentence.replace(f"[{code}]", f"[{name}]", 1))


def _shares(
    reading: Survey, changes: Changes, known: Known, now: Profile, past: Past | None, field_of: FieldOf
) -> shares.Shares:
    if past is None:
        return shares.Shares()

    def pk_of(external_id: str) -> int | None:
        key = known.keys.get(external_id)
        return key.pk if key else None

    places_of = known.places_of
    return shares.found(
        reading, changes, now, past, limits(), field_of=field_of, places_of=places_of, pk_of=pk_of
    )


def _hold_areas(
    belief: Belief, why: dict[str, list[Reason]], reading: Survey, changes: Changes, known: Known
) -> list[str]:
    """Areas whose changes no world makes, or that alone are out of line, are held, and the others go on;
    where nothing else changed, the reading is held as a whole. Returns notes."""
    if not why:
        return []
    why = {code: [_named(reason, code, reading.name_of(code)) for reason in why[code]] for code in why}
    belief.areas, is_new = patterns.held(changes, why, known.decisions(), known.places_of)
    held = [reason for area in belief.areas.values() if not area.is_rejected for reason in area.reasons]
    if is_new and held and not changes.outside(belief.areas, known.places_of):
        belief.reasons, belief.areas = held, {}
        return []
    reading.hold(belief.areas.keys(), known.keys_in(belief.areas.keys()))
    return [f"{reason.sentence} The area is held, the others are loaded." for reason in held]
