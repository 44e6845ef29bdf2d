"""A steward's decision on a column that is not understood: what it means, or that it is no field of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from etl.compare.known import known_words
from etl.compare.rewording import Moves
from etl.exceptions import CannotDecide, NeedsConfirmation, PageChanged
from etl.values.identifiers import NAMED, folded, number_of
from etl.values.vocabulary import Vocabulary, normal_label, taught
from projects.models import Presence, Project, ReadingPlan
from projects.models import Vocabulary as VocabularyRow
from projects.models.vocabulary import MEANINGS

_KIND = VocabularyRow.Kind.FIELD
# What a project is known by: its number, else its name (which may be its description) and its place.
_IDENTIFYING = frozenset({"external_id", "name", "description", "municipality", "district", "province"})
_SHOWN = 3  # projects that are named
Rehearse = Callable[[str, Vocabulary], Moves]


class How(TypedDict):
    rehearse: Rehearse
    confirmed: bool


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
    source: str, label: str, proposal: str, *, rehearse: Rehearse, confirmed: bool = False
) -> VocabularyRow:
    """Teach that the column means what is proposed, `proposal` as the steward saw it. `rehearse`: what other
    words make of a source's projects. Raises CannotDecide, also where that makes two projects one or one
    several; NeedsConfirmation where it moves what projects are known by and this is not `confirmed`."""
    column = _waiting(source, label)
    if not proposal or column.proposal != proposal:
        raise CannotDecide(f"What is proposed for “{label}” has changed meanwhile: look at it again.")
    if column.is_in_doubt:
        raise CannotDecide(f"The heading “{label}” is known; it is its texts that are in doubt.")
    return _teach(column, proposal, "Accepted as proposed.", rehearse, confirmed)


def change(
    source: str, label: str, meaning: str, *, rehearse: Rehearse, confirmed: bool = False
) -> VocabularyRow:
    """Teach that the column means another field than the proposed one. Raises as `accept` does."""
    column = _waiting(source, label)
    if meaning not in MEANINGS[_KIND]:
        raise CannotDecide(f"“{label}” was not decided on: choose one of the fields for it.")
    return _teach(column, meaning, "Chosen by a steward.", rehearse, confirmed)


def forbid(source: str, label: str, *, rehearse: Rehearse, confirmed: bool = False) -> VocabularyRow:
    """Teach that the column is no field of ours, also one that a steward gave a field. Raises as `accept`."""
    found = columns()
    read = (column for column in found.read if (column.source, column.label) == (source, label))
    column = next((one for one in read if one.decided and one.decided.meaning), None)
    return _teach(
        column or _waiting(source, label), "", "No field of ours, says a steward.", rehearse, confirmed
    )


def take_back(source: str, label: str, *, rehearse: Rehearse, confirmed: bool = False) -> VocabularyRow:
    """Forget what a steward said of a column: it is judged as it was before. Raises as `accept` does."""
    found = columns()
    given = (column for column in [*found.read, *found.told] if column.label == label)
    column = next((column for column in given if column.source == source), None)
    if column is None or column.decided is None:
        raise CannotDecide(f"Nothing that is read by a steward's word is called “{label[:80]}” there.")
    _ask(column, None, rehearse, confirmed)
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


def _ask(column: Column, meaning: str | None, rehearse: Rehearse, confirmed: bool) -> None:
    """Raises CannotDecide where the projects could not stay the same ones with that meaning (None: without a
    steward's word), NeedsConfirmation where what they are known by moves and that is not confirmed."""
    before = column.decided.meaning if column.decided else ""
    known = Project.everything.filter(source=column.source)
    if not _IDENTIFYING & {before, meaning or ""} or not known.exists():
        return
    if meaning == "external_id":
        _refuse_shared(column)
    try:
        moves = rehearse(column.source, known_words({column.label: meaning}))
    except PageChanged as problem:
        raise CannotDecide(
            f"“{column.label[:80]}” was not decided on: what that does to the projects cannot be told, as the"
            f" kept pages cannot be read again. {problem}"
        ) from problem
    _refuse(column, moves)
    effect = _effect(column, moves, known, meaning)
    if effect and not confirmed:
        raise NeedsConfirmation(effect)


def _refuse_shared(column: Column) -> None:
    numbers = _numbers(column.source, column.label)
    shared = sorted(number for number, times in numbers.items() if number and times > 1)
    if shared:
        raise CannotDecide(
            f"“{column.label[:80]}” was not decided on: it is no project's own number, as several projects"
            f" have the same there: {', '.join(shared[:_SHOWN])}."
        )


def _refuse(column: Column, moves: Moves) -> None:
    """Raises CannotDecide where projects would not stay themselves."""
    why = []
    if moves.together:
        pairs = [" and ".join(f"“{name[:80]}”" for name in names[:_SHOWN]) for names in moves.together]
        why.append(f"projects would fall together as one: {_some(pairs)}")
    if moves.apart:
        why.append(f"a project would fall apart, as lists differ there: {_some(_quoted(moves.apart))}")
    if moves.lost:
        why.append(f"projects would have neither a number nor a name: {_some(_quoted(moves.lost))}")
    if why:
        raise CannotDecide(f"“{column.label[:80]}” was not decided on: {'; '.join(why)}.")


def _quoted(names: Sequence[str]) -> list[str]:
    return [f"“{name[:80]}”" for name in names]


def _some(texts: Sequence[str]) -> str:
    more = f", and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more


def _effect(column: Column, moves: Moves, known: QuerySet[Project], meaning: str | None) -> list[str]:
    """What was rehearsed, in sentences; [] where nothing moves that projects are known by or called."""
    told = [
        f"{len(pairs)} of {moves.projects} projects {verb}: {_some([_arrow(*pair) for pair in pairs])}."
        for pairs, verb in (
            (moves.numbered, "get another number, or none"),
            (moves.renamed, "get another name"),
            (moves.placed, "lie elsewhere"),
        )
        if pairs
    ]
    if moves.gained:
        told.append(f"{moves.gained} rows that are no projects now become projects.")
    if not told and meaning != "external_id":
        return []
    if meaning == "external_id":
        told = [*_known_by(column, known), *told]
    return [
        *told,
        f"{moves.keyed} projects are known by something else from the next reading on; none falls together"
        " with another, and none falls apart.",
        "Each keeps its id, its address and its history, and who follows it goes on following it: it is"
        " recognised by its texts of the last reading.",
        "Nothing of this is announced as news; what changes in a field is logged as our own doing.",
        "It goes back the same way when the word is taken back.",
    ]


def _arrow(was: str, will: str) -> str:
    return (
        f"“{was[:80]}” → “{will[:80]}”"
        if was and will
        else f"“{was[:80]}” → none"
        if was
        else f"“{will[:80]}”"
    )


def _known_by(column: Column, known: QuerySet[Project]) -> list[str]:
    count, named = known.count(), known.filter(external_id__startswith=NAMED).count()
    without = _numbers(column.source, column.label)[""]
    told = (
        f"{count} projects are known so far, {named} of them by name and place and {count - named} by another"
        f" number. From the next reading on “{column.label}” says which project is which.",
        "A project that is new is known by that number, and one that is renamed is recognised by it."
        + (f" {without} have none there, and stay known as they are." if without else ""),
    )
    return list(told)


def _numbers(source: str, label: str) -> Counter[str]:
    """What the source's present projects say in that column, folded; "" for those that give no number."""
    rows = Project.everything.filter(source=source, presence=Presence.PRESENT)
    texts = rows.values_list("published", flat=True)
    return Counter(folded(number_of(str(published.get(label) or ""))) for published in texts.iterator())


def _teach(column: Column, meaning: str, how: str, rehearse: Rehearse, confirmed: bool) -> VocabularyRow:
    label = column.label
    if meaning and taught(label, {normal_label(label): meaning}) is None:
        raise CannotDecide(
            f"“{label[:80]}” cannot be taught as that: its unit is that of another kind of field, or it is"
            " too long for a heading."
        )
    _ask(column, meaning, rehearse, confirmed)
    row = column.decided or VocabularyRow(kind=_KIND, text=label)
    row.meaning, row.reason = meaning, " ".join([how, f"On {column.source}:", *column.evidence])
    try:
        with transaction.atomic():
            row.full_clean()
            row.save()
    except (ValidationError, IntegrityError) as problem:
        said = "; ".join(problem.messages) if isinstance(problem, ValidationError) else "it is being decided"
        raise CannotDecide(f"“{label[:80]}” cannot be decided on here: {said}") from problem
    return row
