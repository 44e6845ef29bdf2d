"""What a steward's words for headings do to who is who among projects: asked before they are taken or taken
away, on whichever screen."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from etl.compare.known import known_words
from etl.compare.rewording import Moves
from etl.exceptions import CannotDecide, NeedsConfirmation, PageChanged
from etl.runs import lease
from etl.values.identifiers import NAMED, folded, number_of
from etl.values.vocabulary import DEFAULT, Vocabulary, taught
from projects.models import Presence, Project, ReadingPlan, RunState
from projects.models import Vocabulary as VocabularyRow

# What a project is known by: its number, else its name (which may be its description) and its place.
_IDENTIFYING = frozenset({"external_id", "name", "description", "municipality", "district", "province"})
_SHOWN = 3  # projects that are named
Rehearse = Callable[[str, Vocabulary], Moves]


@dataclass(frozen=True, slots=True)
class Rewording:
    """What a decision does to the vocabulary: the rows that it takes out (their ids), and those that it puts
    in (kind, text, meaning)."""

    without: frozenset[int] = frozenset()
    more: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(cls, row: VocabularyRow) -> Rewording:
        """That a row, new or known, says from now on what it says now in memory."""
        without = frozenset({row.pk} if row.pk else ())
        return cls(without, ((row.kind, row.text, row.meaning),))

    @classmethod
    def removing(cls, rows: Iterable[VocabularyRow]) -> Rewording:
        return cls(frozenset(row.pk for row in rows))


@dataclass(frozen=True, slots=True)
class _Touched:
    """A source whose projects may be known by something else then. `labels`: its headings of which something
    else is said; `numbers`: those of them that would say which project is which."""

    source: str
    labels: list[str]
    numbers: list[str]

    @property
    def called(self) -> str:
        some = " and ".join(f"“{label[:80]}”" for label in self.labels[:_SHOWN])
        more = len(self.labels) - _SHOWN
        return f"{some} and {more} more" if more > 0 else some

    @property
    def projects(self) -> QuerySet[Project]:
        return Project.everything.filter(source=self.source)

    def refused(self, why: str) -> CannotDecide:
        were = "was" if len(self.labels) == 1 else "were"
        return CannotDecide(f"{self.called} {were} not decided on: {why}")


def ask(rewording: Rewording, rehearse: Rehearse, confirmed: str = "") -> None:
    """Raises CannotDecide where projects of a source could not stay the same ones, or that cannot be told;
    NeedsConfirmation where what they are known by moves and its `token` is not what was `confirmed`.

    `rehearse`: what other words make of a source's projects; asked where a heading is touched that says, or
    would say, what identifies them."""
    before, after = known_words(), known_words(rewording.without, rewording.more)
    effects = {}
    for touched in _touched(before, after):
        if effect := _effect_on(touched, after, rehearse):
            effects[touched.source] = effect
    if known_words().digest() != before.digest():  # a rehearsal takes its time
        raise CannotDecide("Another word was said meanwhile: look at this one again.")
    told = [
        sentence if len(effects) == 1 else f"{source}: {sentence}"
        for source, effect in effects.items()
        for sentence in effect
    ]
    token = hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
    if told and confirmed != token:
        raise NeedsConfirmation([*told, *_COMFORT], token)


_COMFORT = (
    "Each keeps its id, its address and its history, and who follows it goes on following it: it is"
    " recognised by its texts of the last reading.",
    "Nothing of this is announced as news; what changes in a field is logged as our own doing.",
    "It goes back the same way when the word is taken back.",
)


def _touched(before: Vocabulary, after: Vocabulary) -> Iterator[_Touched]:
    """The sources with projects of which a heading is touched that identifies them, or may."""
    moved = _moved(before, after)
    newest = ReadingPlan.objects.filter(source=OuterRef("source")).order_by("-version").values("pk")[:1]
    plans = {plan.source_id: plan for plan in ReadingPlan.objects.filter(pk=Subquery(newest))}
    known = Project.everything.order_by("source_id").values_list("source_id", flat=True).distinct()
    for source in known if moved else ():
        labels, fields = list[str](), set[str]()
        is_less = False  # of headings that we know: with too few a table is no list of projects
        for label, is_read, means in _columns(plans.get(source)):
            if taught(label, moved) is None:
                continue
            labels.append(label)
            # also what it may mean: whether another heading is read for it may hang on this one
            was, will = (_told(label, words) for words in (before, after))
            fields |= {*means, was, will, DEFAULT.field_of(label) or ""}
            is_less = is_less or bool(is_read and is_read != will)
        if is_less or fields & _IDENTIFYING:
            labels = list(dict.fromkeys(labels))
            numbers = [label for label in labels if _told(label, after) == "external_id"]
            yield _Touched(
                source, labels, [label for label in numbers if _told(label, before) != "external_id"]
            )


def _moved(before: Vocabulary, after: Vocabulary) -> dict[str, str]:
    """The headings, as they are looked up, of which something else is said; which comes first may count."""
    was, will = before.fields, after.fields
    moved = {spelling for spelling, _ in was.items() ^ will.items()}
    if not moved and list(was) != list(will):
        moved = set(will)
    return dict.fromkeys(moved, "")


def _told(label: str, words: Vocabulary) -> str:
    found = taught(label, words.fields)
    return found[1] if found else ""


def _columns(plan: ReadingPlan | None) -> Iterator[tuple[str, str, set[str]]]:
    """The headings of a plan, with the field that each is read into, and with that and what is proposed."""
    for shape in plan.shapes if plan else ():
        for column in shape["columns"]:
            is_read = column["field"] or ""
            yield column["label"], is_read, {is_read, column["proposal"] or ""}


def _effect_on(touched: _Touched, words: Vocabulary, rehearse: Rehearse) -> list[str]:
    """What those words do to the projects of one source, in sentences; [] where nothing of it moves. Raises
    CannotDecide."""
    _wait_for_run(touched)
    numbers = _numbers(touched)
    shared = sorted(number for number, times in numbers.items() if number and times > 1)
    if shared:
        raise touched.refused(
            "it is no project's own number, as several projects have the same there:"
            f" {', '.join(shared[:_SHOWN])}."
        )
    try:
        moves = rehearse(touched.source, words)
    except PageChanged as problem:
        raise touched.refused(
            "what that does to the projects cannot be told, as the kept pages cannot be read again."
            f" {problem}"
        ) from problem
    _wait_for_run(touched)  # one that began meanwhile goes on by the words of before
    _refuse(touched, moves)
    return _effect(touched, moves, numbers[""])


def _wait_for_run(touched: _Touched) -> None:
    """Raises CannotDecide where a run is reading the source."""
    running = lease.active_run(touched.source)
    if running and running.state == RunState.RUNNING:
        raise touched.refused(
            f"run {running.pk} is reading {touched.source}; what that does to the projects can be told when"
            " it has ended."
        )


def _refuse(touched: _Touched, moves: Moves) -> None:
    """Raises CannotDecide where projects would not stay themselves."""
    why = []
    if moves.unshown and not moves.projects:
        why.append(
            f"no page that is kept shows any of the {moves.unshown} projects, so what it does cannot be told"
        )
    if moves.together:
        pairs = [" and ".join(f"“{name[:80]}”" for name in names[:_SHOWN]) for names in moves.together]
        why.append(f"projects would fall together as one: {_some(pairs)}")
    if moves.apart:
        why.append(f"a project would fall apart, as lists differ there: {_some(_quoted(moves.apart))}")
    if moves.taken:
        pairs = [f"“{name[:80]}” for {other[:80]}" for name, other in moves.taken]
        why.append(f"projects would be taken for others: {_some(pairs)}")
    if moves.lost:
        why.append(f"projects would not be read any more: {_some(_quoted(moves.lost))}")
    if why:
        raise touched.refused(f"{'; '.join(why)}.")


def _quoted(names: Sequence[str]) -> list[str]:
    return [f"“{name[:80]}”" for name in names]


def _some(texts: Sequence[str]) -> str:
    more = f", and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more


def _effect(touched: _Touched, moves: Moves, without: int) -> list[str]:
    """`without`: how many projects have no number where those words look for it."""
    told = [
        f"{len(pairs)} of {moves.projects + moves.unshown} projects {verb}:"
        f" {_some([_arrow(*pair) for pair in pairs])}."
        for pairs, verb in (
            (moves.numbered, "get another number, or none"),
            (moves.renamed, "get another name"),
            (moves.placed, "lie elsewhere"),
        )
        if pairs
    ]
    if moves.gained:
        told.append(f"{moves.gained} rows that are no projects now become projects.")
    if touched.numbers:
        told = [*_known_by(touched, without), *told]
    if not told:
        return []
    if moves.unshown:
        told.append(
            f"{moves.unshown} of the projects stand on no page that is kept: they are judged by what they"
            " said last."
        )
    return [
        *told,
        f"{moves.keyed} projects are known by something else from the next reading on; none falls together"
        " with another, and none falls apart.",
    ]


def _arrow(was: str, will: str) -> str:
    return (
        f"“{was[:80]}” → “{will[:80]}”"
        if was and will
        else f"“{was[:80]}” → none"
        if was
        else f"“{will[:80]}”"
    )


def _known_by(touched: _Touched, without: int) -> list[str]:
    known = touched.projects
    count, named = known.count(), known.filter(external_id__startswith=NAMED).count()
    return [
        f"{count} projects are known so far, {named} of them by name and place and {count - named} by another"
        f" number. From the next reading on “{touched.numbers[0]}” says which project is which.",
        "A project that is new is known by that number, and one that is renamed is recognised by it."
        + (f" {without} have none there, and stay known as they are." if without else ""),
    ]


def _numbers(touched: _Touched) -> Counter[str]:
    """What the source's present projects say where their number would stand, folded; "" for those that give
    none."""
    found = Counter[str]()
    if not touched.numbers:
        return found
    rows = touched.projects.filter(presence=Presence.PRESENT).values_list("published", flat=True)
    for published in rows.iterator():
        texts = (number_of(str(published.get(label) or "")) for label in touched.numbers)
        found[folded(next(filter(None, texts), ""))] += 1
    return found
