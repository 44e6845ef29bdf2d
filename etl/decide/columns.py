"""A steward's decision on a column that is not understood: what it means, or that it is no field of ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from etl.compare.known import known_words
from etl.decide.wording import Rehearse, Rewording, ask
from etl.exceptions import CannotDecide
from etl.values.vocabulary import Vocabulary, normal_label, taught
from projects.models import ReadingPlan
from projects.models import Vocabulary as VocabularyRow
from projects.models.vocabulary import MEANINGS

_KIND = VocabularyRow.Kind.FIELD


class How(TypedDict):
    rehearse: Rehearse
    confirmed: str


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
    """`waiting` for a decision; `told`: a steward gave them a field, and they are not read into it yet;
    `read`: they are, or are left out since a steward said that they are none."""

    waiting: list[Column] = field(default_factory=list)
    told: list[Column] = field(default_factory=list)
    read: list[Column] = field(default_factory=list)


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
        found.read += _read(plan, decided, {column["label"] for column in waiting})
    return found


def _read(plan: ReadingPlan, decided: dict[str, VocabularyRow], waiting: set[str]) -> list[Column]:
    """The columns of a plan that are read, or not, by a steward's word."""
    found: dict[str, Column] = {}
    for column in (column for shape in plan.shapes for column in shape["columns"]):
        label = column["label"]
        word = decided.get(normal_label(label))
        if word and label not in waiting and (column["field"] or "") == word.meaning:
            found[label] = Column(
                plan.source_id, label, "", 100, column["evidence"], column["samples"], False, word
            )
    return list(found.values())


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


def accept(
    source: str, label: str, proposal: str, *, rehearse: Rehearse, confirmed: str = ""
) -> VocabularyRow:
    """Teach that the column means what is proposed, `proposal` as the steward saw it. `rehearse`: what other
    words make of a source's projects. Raises CannotDecide, also where that makes two projects one or one
    several; NeedsConfirmation where it moves what projects are known by and just this is not `confirmed`."""
    column = _waiting(source, label)
    if not proposal or column.proposal != proposal:
        raise CannotDecide(f"What is proposed for “{label}” has changed meanwhile: look at it again.")
    if column.is_in_doubt:
        raise CannotDecide(f"The heading “{label}” is known; it is its texts that are in doubt.")
    return _teach(column, proposal, "Accepted as proposed.", rehearse, confirmed)


def change(
    source: str, label: str, meaning: str, *, rehearse: Rehearse, confirmed: str = ""
) -> VocabularyRow:
    """Teach that the column means another field than the proposed one. Raises as `accept` does."""
    column = _waiting(source, label)
    if meaning not in MEANINGS[_KIND]:
        raise CannotDecide(f"“{label}” was not decided on: choose one of the fields for it.")
    return _teach(column, meaning, "Chosen by a steward.", rehearse, confirmed)


def forbid(source: str, label: str, *, rehearse: Rehearse, confirmed: str = "") -> VocabularyRow:
    """Teach that the column is no field of ours, also one that a steward gave a field. Raises as `accept`."""
    found = columns()
    read = (column for column in found.read if (column.source, column.label) == (source, label))
    column = next((one for one in read if one.decided and one.decided.meaning), None)
    return _teach(
        column or _waiting(source, label), "", "No field of ours, says a steward.", rehearse, confirmed
    )


def take_back(source: str, label: str, *, rehearse: Rehearse, confirmed: str = "") -> VocabularyRow:
    """Forget what a steward said of a column: it is judged as it was before. Raises as `accept` does."""
    found = columns()
    given = (column for column in [*found.read, *found.told] if column.label == label)
    column = next((column for column in given if column.source == source), None)
    if column is None or column.decided is None:
        raise CannotDecide(f"Nothing that is read by a steward's word is called “{label[:80]}” there.")
    ask(Rewording.removing([column.decided]), rehearse, confirmed)
    column.decided.delete()
    return column.decided


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


def _teach(column: Column, meaning: str, how: str, rehearse: Rehearse, confirmed: str) -> VocabularyRow:
    label = column.label
    if meaning and taught(label, {normal_label(label): meaning}) is None:
        raise CannotDecide(
            f"“{label[:80]}” cannot be taught as that: its unit is that of another kind of field, or it is"
            " too long for a heading."
        )
    row = column.decided or VocabularyRow(kind=_KIND, text=label)
    row.meaning, row.reason = meaning, " ".join([how, f"On {column.source}:", *column.evidence])
    ask(Rewording.of(row), rehearse, confirmed)
    try:
        with transaction.atomic():
            row.full_clean()
            row.save()
    except (ValidationError, IntegrityError) as problem:
        said = "; ".join(problem.messages) if isinstance(problem, ValidationError) else "it is being decided"
        raise CannotDecide(f"“{label[:80]}” cannot be decided on here: {said}") from problem
    return row
