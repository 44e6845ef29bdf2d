"""A steward's decision on a column that is not understood: what it means, or that it is no field of ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from etl.compare.known import known_words
from etl.exceptions import CannotDecide, NeedsConfirmation
from etl.values.identifiers import NAMED, folded, number_of
from etl.values.vocabulary import Vocabulary, normal_label, taught
from projects.models import Presence, Project, ReadingPlan
from projects.models import Vocabulary as VocabularyRow
from projects.models.vocabulary import MEANINGS

_KIND = VocabularyRow.Kind.FIELD
# Without numbers of their own projects are known by these (`etl.normalise.projects`).
_MAKE_A_NAME = frozenset({"name", "municipality", "district", "province"})
_SHOWN = 3  # numbers that several projects have


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source's last reading that is read into no field. `proposal`: the field that it most
    likely is, or ""; `certainty`: percent. `is_in_doubt`: its words mean that for certain, and what
    is in doubt are its figures, so that no word helps. `decided`: what a steward has said since."""

    source: str
    label: str
    proposal: str
    certainty: int
    evidence: list[str]
    samples: list[str]
    is_in_doubt: bool
    decided: VocabularyRow | None


@dataclass(slots=True)
class Columns:
    """`waiting` for a decision; `told`: a steward gave them a field, and they are not read into it yet."""

    waiting: list[Column] = field(default_factory=list)
    told: list[Column] = field(default_factory=list)


def columns() -> Columns:
    """All columns that are not understood, source by source, in the order of the pages. Two queries."""
    newest = ReadingPlan.objects.filter(source=OuterRef("source")).order_by("-version").values("pk")[:1]
    plans = ReadingPlan.objects.filter(pk=Subquery(newest)).order_by("source")
    decided = _decided()
    words = known_words()
    found = Columns()
    for plan in plans:
        waiting = plan.waiting()
        meant = Counter(words.field_of(column["label"]) for column in waiting)
        for column in waiting:
            is_alone = meant[column["proposal"]] == 1
            one = _column(plan.source_id, column, words, decided, is_alone)
            if one.decided is None:
                found.waiting.append(one)
            elif one.decided.meaning:
                found.told.append(one)
    return found


def _decided() -> dict[str, VocabularyRow]:
    return {normal_label(row.text): row for row in VocabularyRow.objects.filter(kind=_KIND)}


def _column(
    source: str,
    column: dict[str, Any],
    words: Vocabulary,
    decided: dict[str, VocabularyRow],
    is_alone: bool,
) -> Column:
    """`is_alone`: no other heading that waits means the same for certain; where one does, a word helps."""
    label, proposal = column["label"], column["proposal"] or ""
    return Column(
        source=source,
        label=label,
        proposal=proposal,
        certainty=round(100 * column["certainty"]),
        evidence=column["evidence"],
        samples=column["samples"],
        is_in_doubt=bool(proposal) and is_alone and words.field_of(label) == proposal,
        decided=decided.get(normal_label(label)),
    )


def accept(source: str, label: str, proposal: str, *, confirmed: bool = False) -> VocabularyRow:
    """Teach that the column means what is proposed, `proposal` as the steward saw it. Raises CannotDecide;
    NeedsConfirmation where projects are known by other columns so far and this is not `confirmed`."""
    column = _waiting(source, label)
    if not proposal or column.proposal != proposal:
        raise CannotDecide(f"What is proposed for “{label}” has changed meanwhile: look at it again.")
    if column.is_in_doubt:
        raise CannotDecide(f"The heading “{label}” is known; it is its texts that are in doubt.")
    return _teach(column, proposal, "Accepted as proposed.", confirmed)


def change(source: str, label: str, meaning: str, *, confirmed: bool = False) -> VocabularyRow:
    """Teach that the column means another field than the proposed one. Raises as `accept` does."""
    column = _waiting(source, label)
    if meaning not in MEANINGS[_KIND]:
        raise CannotDecide(f"“{label}” was not decided on: choose one of the fields for it.")
    return _teach(column, meaning, "Chosen by a steward.", confirmed)


def forbid(source: str, label: str) -> VocabularyRow:
    """Teach that the column is no field of ours. Raises CannotDecide."""
    return _teach(_waiting(source, label), "", "No field of ours, says a steward.")


def _waiting(source: str, label: str) -> Column:
    found = columns()
    for column in found.waiting:
        if (column.source, column.label) == (source, label):
            return column
    known = _decided().get(normal_label(label))
    if known:
        said = f"it means “{known.meaning}”" if known.meaning else "it is no field of ours"
        raise CannotDecide(f"“{label[:80]}” is decided already: {said}. The vocabulary has the decision.")
    raise CannotDecide(
        f"“{label[:80]}” does not wait for a decision: the last reading of {source[:20] or 'the source'}"
        " understood it, or shows no such column."
    )


def _effect(source: str, label: str, meaning: str) -> list[str]:
    """What a column of that meaning does to how the source's projects are known, in sentences; [] where it
    does nothing. Raises CannotDecide where each would be another project, or several have one number."""
    known = Project.everything.filter(source=source)
    named, count = known.filter(external_id__startswith=NAMED).count(), known.count()
    if meaning in _MAKE_A_NAME and named:
        raise CannotDecide(
            f"“{label[:80]}” was not decided on: its projects are known by other columns so far, and with"
            " this one each would be another project. Add it to the vocabulary where that is what you want."
        )
    if meaning != "external_id" or not count:
        return []
    numbers = _numbers(source, label)
    shared = sorted(number for number, times in numbers.items() if number and times > 1)
    if shared:
        raise CannotDecide(
            f"“{label[:80]}” was not decided on: it is no project's own number, as several projects have the"
            f" same there: {', '.join(shared[:_SHOWN])}."
        )
    without = f" {numbers['']} have none there, and stay known as they are." if numbers[""] else ""
    return [
        f"{count} projects are known so far, {named} of them by name and place and {count - named} by another"
        f" number. From the next reading on “{label}” says which project is which.",
        "Each keeps its id, its address and its history: it is recognised by its texts of the last reading.",
        "A project that is new is known by that number, and one that is renamed is recognised by it."
        + without,
        "Nothing of this is announced as news; what changes in a field is logged as our own doing.",
    ]


def _numbers(source: str, label: str) -> Counter[str]:
    """What the source's present projects say in that column, folded; "" for those that give no number."""
    rows = Project.everything.filter(source=source, presence=Presence.PRESENT)
    texts = rows.values_list("published", flat=True)
    return Counter(folded(number_of(str(published.get(label) or ""))) for published in texts.iterator())


def _teach(column: Column, meaning: str, how: str, confirmed: bool = False) -> VocabularyRow:
    label = column.label
    if meaning and taught(label, {normal_label(label): meaning}) is None:
        raise CannotDecide(
            f"“{label[:80]}” cannot be taught as that: its unit is that of another kind of field, or it is"
            " too long for a heading."
        )
    effect = _effect(column.source, label, meaning)
    if effect and not confirmed:
        raise NeedsConfirmation(effect)
    reason = " ".join([how, f"On {column.source}:", *column.evidence])
    row = VocabularyRow(kind=_KIND, text=label, meaning=meaning, reason=reason)
    try:
        with transaction.atomic():
            row.full_clean()
            row.save()
    except (ValidationError, IntegrityError) as problem:
        said = "; ".join(problem.messages) if isinstance(problem, ValidationError) else "it is being decided"
        raise CannotDecide(f"“{label[:80]}” cannot be decided on here: {said}") from problem
    return row
