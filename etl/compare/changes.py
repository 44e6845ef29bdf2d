"""What differs between what was known and what is published now: changes, ready to be loaded. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from etl.compare.survey import Listed
from etl.exceptions import InvalidRecord
from etl.normalise.projects import listing_record
from etl.normalise.records import Issue, ListingRecord, ProjectRecord, canonical
from etl.understand.plan import ReadingPlan
from etl.values.disklist import DiskList
from etl.values.identifiers import folded
from etl.values.places import Places
from etl.values.vocabulary import is_volatile

_THEIRS, _OURS = "source", "parser"  # causes, as the log has them
_LINE = "municipality_listing"


@dataclass(slots=True)
class ChangeSummary:
    """One change, whatever it is of, as a person is shown it. `what`: `WP10234`, `[LIM331]` for a
    municipality's line, `CPT 2021 capital 4202 ORGB` for a figure. `name`, `places` (codes) and
    `context` (what the rules of what is grave look at): as far as the change itself says them."""

    what: str
    change_type: str
    field_changes: dict[str, list[Any]]
    cause: str = _THEIRS
    name: str = ""
    places: tuple[str, ...] = ()
    context: dict[str, Any] = field(default_factory=dict)
    entity: str = "project"  # as the log calls its kind


@dataclass(slots=True)
class ProjectChange:
    """A project to create (`pk` None) or to update. Both dicts are {name: [old, new]}. `learnt`: the fields
    of which the source says what it said before, and which are understood only now."""

    record: ProjectRecord
    pk: int | None
    change_type: str
    cause: str
    field_changes: dict[str, list[Any]]
    evidence: dict[str, list[str | None]]
    snapshot: str | None
    # labels whose new spelling says the same value: no reason to doubt a reading
    respelled: frozenset[str] = frozenset()
    kept: dict[str, Any] = field(default_factory=dict)  # corrected by a steward: {field: value shown}
    learnt: frozenset[str] = frozenset()
    completes: bool = False  # says more of a project than at its creation, and nothing that changed since

    def restated(self) -> dict[str, list[Any]]:
        """What says something else, not only spells it otherwise."""
        return {name: pair for name, pair in self.field_changes.items() if name not in self.respelled}

    def blanked(self) -> list[str]:
        """What of a known project went blank."""
        if self.pk is None:
            return []
        return [name for name, (old, new) in self.restated().items() if old and not new]

    def by_cause(self) -> Iterator[tuple[str, dict[str, list[Any]]]]:
        """(cause, field changes): what we understand of it since is ours to tell, and no news."""
        ours = {name: pair for name, pair in self.field_changes.items() if name in self.learnt}
        if ours:
            yield _OURS, ours
        theirs = {name: pair for name, pair in self.field_changes.items() if name not in self.learnt}
        if theirs or not ours:
            yield self.cause, theirs


@dataclass(slots=True)
class ListingChange:
    record: ListingRecord
    pk: int | None
    change_type: str
    field_changes: dict[str, list[Any]]
    evidence: dict[str, list[str | None]]
    snapshot: str | None
    digest: str


@dataclass(slots=True)
class Absence:
    """A project (or municipality line, by its code) that a complete reading no longer lists."""

    external_id: str
    pk: int
    step: str  # "missing" or "withdrawn"


@dataclass(slots=True)
class QuietChange:
    """Bytes moved and nothing that they say: a row's digests follow, without a word in the log."""

    pk: int
    line_digest: str
    page_digest: str
    other: dict[str, str]
    issues: list[Issue]
    lists: tuple[str, ...]

    @classmethod
    def of(cls, pk: int, record: ProjectRecord) -> QuietChange:
        page = record.page_digest or ""
        return cls(pk, record.line_digest, page, record.other, record.issues, record.lists)


_STEPS = {"missing": ("present", "missing"), "withdrawn": ("missing", "withdrawn")}


@dataclass
class Changes:
    """All that one reading changes. The projects are on a spool: there may be many."""

    projects: DiskList[ProjectChange] = field(default_factory=DiskList)
    listings: list[ListingChange] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    unlisted: list[Absence] = field(default_factory=list)  # municipality lines
    quiet: list[QuietChange] = field(default_factory=list)
    # known projects (their ids here) of which no page was there to be read again when the parser moved
    unread: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # by change type
    blanked: Counter[str] = field(default_factory=Counter)  # by field: records in which it went blank
    moved: int = 0  # known projects that say something else, not only more, or spelt otherwise
    invalid: int = 0
    problems: list[str] = field(default_factory=list)  # what could not be compared, in sentences
    plan: ReadingPlan | None = None  # how the columns were understood, where that is to be remembered

    def add(self, change: ProjectChange) -> None:
        self.projects.append(change)
        self.counts["completed" if change.completes else change.change_type] += 1
        if change.pk is not None:
            self.moved += bool(change.restated()) and not change.completes
            self.blanked.update(change.blanked())

    def within(self, codes: Collection[str], places_of: Callable[[int], set[str]]) -> Changes:
        """Those of the changes that concern some municipalities; `places_of`: a known project's codes."""
        wanted = set(codes)
        some = Changes(invalid=self.invalid, problems=self.problems, plan=self.plan)
        for change in self.projects:
            if places(change, places_of) & wanted:
                some.add(change)
        some.listings = [listing for listing in self.listings if listing.record.code in wanted]
        some.unlisted = [absence for absence in self.unlisted if absence.external_id in wanted]
        some.absences = [absence for absence in self.absences if places_of(absence.pk) & wanted]
        return some

    def outside(self, codes: Collection[str], places_of: Callable[[int], set[str]]) -> Changes:
        """Those that concern no project of some municipalities; of these the lines change alone."""
        held = set(codes)
        if not held:
            return self
        some = replace(self, projects=DiskList(), counts=Counter(), blanked=Counter(), moved=0)
        for change in self.projects:
            if not places(change, places_of) & held:
                some.add(change)
        some.absences = [absence for absence in self.absences if not places_of(absence.pk) & held]
        some.quiet = [quiet for quiet in self.quiet if not places_of(quiet.pk) & held]
        return some

    def summaries(self) -> Iterator[ChangeSummary]:
        """All of them, one by one."""
        for change in self.projects:
            for cause, differing in change.by_cause():
                yield _summary(change, cause, differing)
        for listing in self.listings:
            code = listing.record.code
            yield ChangeSummary(f"[{code}]", listing.change_type, listing.field_changes, entity=_LINE)
        for gone in self.unlisted:
            differing = {"presence": ["present", "missing"]}
            yield ChangeSummary(f"[{gone.external_id}]", "missing", differing, entity=_LINE)
        for absence in self.absences:
            yield ChangeSummary(absence.external_id, absence.step, {"presence": list(_STEPS[absence.step])})

    def tally(self) -> dict[str, int]:
        """The columns of the run's row that count changes; `differing`: records that are not the same."""
        missing = sum(absence.step == "missing" for absence in self.absences)
        return {
            **{name: self.counts[name] for name in ("created", "updated", "returned")},
            "missing": missing,
            "withdrawn": len(self.absences) - missing,
            "invalid": self.invalid,
            "differing": len(self.projects) - self.counts["completed"],
        }

    def __bool__(self) -> bool:
        return bool(len(self.projects) or self.listings or self.absences or self.unlisted or self.unread)


def _summary(change: ProjectChange, cause: str, differing: dict[str, list[Any]]) -> ChangeSummary:
    record, values = change.record, change.record.values
    return ChangeSummary(
        record.external_id,
        change.change_type,
        differing,
        cause,
        name=values.get("name") or "",
        places=tuple(values.get("municipalities") or ()),
        context={name: canonical(values.get(name)) for name in ("budget", "expenditure")},
    )


def places(change: ProjectChange, places_of: Callable[[int], set[str]]) -> set[str]:
    """A project's areas, those that it was in and those that it is in."""
    now = {*change.record.values["municipalities"], *change.record.lists}
    return now | (places_of(change.pk) if change.pk else set())


def value_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """{field: [old, new]} in canonical strings, for the fields whose values differ."""
    pairs = {name: [canonical(old.get(name)), canonical(value)] for name, value in new.items()}
    return {name: pair for name, pair in pairs.items() if _known(pair[0]) != _known(pair[1])}


def _known(value: Any) -> Any:
    """No places and an empty text are as unknown as None; 0 is a figure."""
    return None if value in ("", []) else value


def text_changes(
    old: Mapping[str, str],
    new: Mapping[str, str],
    field_of: Callable[[str], str | None] = lambda label: None,
    is_volatile: Callable[[str], bool] = is_volatile,
) -> dict[str, list[str | None]]:
    """{label: [old, new]} for published strings that differ; a label that is gone ends in None.

    `field_of`: label → its field: a number that is spelled otherwise is the same number. `is_volatile`:
    whether a column shows a position or the clock.
    """
    labels = [*new, *(label for label in old if label not in new)]
    return {
        label: [old.get(label), new.get(label)]
        for label in labels
        if old.get(label) != new.get(label)
        and not is_volatile(label)
        and not (field_of(label) == "external_id" and _is_one(old.get(label), new.get(label)))
    }


def _is_one(number: str | None, other: str | None) -> bool:
    return folded(number or "") == folded(other or "")


def field_changes(
    values: dict[str, list[Any]],
    texts: dict[str, list[str | None]],
    field_of: Mapping[str, str | None],
    is_new: bool = False,
) -> dict[str, list[Any]]:
    """The values' changes, and as `published.<Label>` those strings that no changed value stands for.

    `field_of`: label → the field that reads it, or None. A string that cannot be read any more (its value
    went to None while the text did not go blank) is told too: null alone would hide what is published.
    """
    differing = dict(values)
    for label, (before, after) in texts.items():
        name = field_of.get(label)
        pair = values.get(name) if name else None
        if (name == "external_id" and is_new) or f"{name}_as_published" in values:
            continue  # told by columns of their own
        if (before or "") == (after or ""):  # a blank column came or went: nothing is published either way
            continue
        if pair is None or (pair[1] is None and after):
            differing[f"published.{label}"] = [before or None, after or None]
    return differing


_LISTED = ("name", "projects", "value")
_LISTING_LABELS = {"Projects": "projects", "Total value": "value", "Municipality": "name", "Code": "name"}


def listing_changes(
    listed: Iterable[Listed], known: Mapping[str, Any], places: Places
) -> tuple[list[ListingChange], list[str]]:
    """The municipality lines that differ from what is known, and what was wrong with the others."""
    changes: list[ListingChange] = []
    problems: list[str] = []
    for one in listed:
        try:
            record = listing_record(one.line, places)
        except InvalidRecord as problem:
            problems.append(str(problem))
            continue
        before = known.get(record.code) if record else None
        if record and not (before and before.digest == record.digest and before.is_listed):
            changes += _listing_change(record, before, one.snapshot)
    return changes, problems


def _listing_change(record: ListingRecord, known: Any, snapshot: str | None) -> list[ListingChange]:
    values = value_changes(
        {name: getattr(known, name) for name in _LISTED} if known else {},
        {name: getattr(record, name) for name in _LISTED},
    )
    texts = text_changes(known.published if known else {}, record.published)
    differing = field_changes(values, texts, _LISTING_LABELS)
    change_type = "created" if known is None else "updated" if known.is_listed else "returned"
    if change_type == "returned":
        differing = {"presence": ["missing", "present"], **differing}
    if not differing:
        return []
    pk = known.pk if known else None
    return [ListingChange(record, pk, change_type, differing, texts, snapshot, record.digest)]


def difference(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, list[Any]]:
    """{name: [ours, theirs]} where two mappings differ."""
    return {
        name: [ours.get(name), theirs.get(name)]
        for name in ours.keys() | theirs.keys()
        if ours.get(name) != theirs.get(name)
    }
