"""What the record knows of a source, as far as a poll needs it: keys for all, details for what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from etl.compare.breaker import Limits, Past
from etl.compare.patterns import ACCEPTED
from etl.compare.profile import Profile
from etl.crawl import archive_reader
from etl.normalise.merge import Before
from etl.understand.lookup import NOTHING
from etl.understand.plan import ReadingPlan
from etl.values.places import Places
from etl.values.vocabulary import DEFAULT, Vocabulary
from projects.fields import FIELDS
from projects.models import (
    GOOD,
    READ,
    AreaReading,
    Cause,
    Identity,
    Merge,
    Municipality,
    MunicipalityListing,
    Override,
    Presence,
    Project,
    RunState,
    Source,
    SyncRun,
)
from projects.models import ReadingPlan as PlanRow
from projects.models import Vocabulary as VocabularyRow
from projects.models.vocabulary import MEANINGS
from projects.stewards.values import typed

if TYPE_CHECKING:
    from etl.compare.survey import Survey


@dataclass(slots=True)
class Key:
    """Enough of a known project to see whether a reading says anything new."""

    pk: int
    line_digest: str
    page_digest: str
    is_present: bool
    missing_run: int | None = None  # the run since which it is missing; None when present or withdrawn
    lists: tuple[str, ...] = ()  # areas that are lists of no municipality


@dataclass(slots=True)
class KnownProject:
    """A known project in full. `values`: the typed fields, as `ProjectRecord.values` has them."""

    pk: int
    published: dict[str, str]
    page_labels: list[str]
    values: dict[str, Any]
    presence: str
    line_digest: str
    page_digest: str
    url: str
    other: dict[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()

    @property
    def is_present(self) -> bool:
        return self.presence == Presence.PRESENT

    def before(self) -> Before:
        """What line and page said."""
        return Before(self.published, self.page_labels, self.other)

    def line(self) -> dict[str, str]:
        return self.before().line()

    def listed(self, is_listed: Callable[[str], bool]) -> dict[str, str]:
        """What its line said, also where its page says the same, word for word, in columns that lists have;
        what its page says where no list is known to have shown it."""
        line = self.line()
        shared = {label: text for label, text in self.published.items() if is_listed(label)}
        return {**shared, **line} or self.published

    def page(self) -> dict[str, str] | None:
        return self.before().page() or None


@dataclass
class Known:
    """`keys` by external id; `turn`: which slice of the rotation of project pages is due."""

    source: Source
    keys: dict[str, Key]
    turn: int
    parser: str
    plan: ReadingPlan = NOTHING  # how the last reading understood the columns
    is_first: bool = False  # no reading came to its end yet: what is known is of readings that were cut off
    last: SyncRun | None = None  # the last run that was believed
    ever: frozenset[str] = frozenset()  # in a replay: the ids by which the record knows its projects
    plan_digest: str | None = None  # of the plan's row
    has_due: bool = True  # there may be corrections whose time is up
    leaves_open: bool = False  # the last run that was believed says of an area that it does not conclude
    has_cut_off: bool = True  # readings that came to no end may have looked at pages, not long ago
    # beside the keys: the ids of the municipality lines that are listed, by code; the projects' areas
    _lines: dict[str, int] = field(default_factory=dict)
    _places: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source) -> Known:
        good = SyncRun.objects.good().filter(source=source)
        beside = _beside(source, good)
        asked = good.annotate(
            turn=beside["turn"],
            shapes=beside["shapes"],
            plan_digest=beside["plan_digest"],
            leaves_open=beside["leaves_open"],
            has_due=beside["has_due"],
            has_cut_off=beside["has_cut_off"],
        )
        last = asked.order_by("-id").first()
        found = cls(source, {}, 0, "")
        found.keys, found._places, found._lines = _keys(source)
        if last is None:
            found.plan = last_plan(source)
            found.is_first = not SyncRun.objects.filter(source=source, state__in=READ).exists()
            return found
        found.last, found.turn, found.parser = last, last.turn, last.parser_digest
        found.plan = ReadingPlan.of_json(last.shapes) if last.shapes else NOTHING
        found.plan_digest, found.has_due, found.leaves_open = last.plan_digest, last.has_due, last.leaves_open
        found.has_cut_off = last.has_cut_off
        return found

    def renew(self) -> None:
        """Take in what was loaded since."""
        self.keys, self._places, _ = _keys(self.source)

    @cached_property
    def listings(self) -> dict[str, MunicipalityListing]:
        """The municipality lines in full, by code."""
        return {listing.code: listing for listing in MunicipalityListing.objects.filter(source=self.source)}

    def listed_lines(self) -> dict[str, int]:
        """The ids of the municipality lines that are listed, by code."""
        return self._lines

    @property
    def present(self) -> int:
        return sum(key.is_present for key in self.keys.values())

    def has_learnt(self, reading: Survey) -> bool:
        """Whether texts that were known, and could not be told, are understood now."""
        return reading.cause == Cause.SOURCE and not self.is_first and reading.plan.has_learnt(self.plan)

    def unread(self, listed: Container[str]) -> list[int]:
        """The projects that stood in a list and are there, but in none of these, by their ids here."""
        return [
            key.pk for i, key in self.keys.items() if key.is_present and key.line_digest and i not in listed
        ]

    def places_of(self, pk: int) -> set[str]:
        """The areas of a known project: its municipalities, and the lists of none that show it."""
        return set(self._places.get(pk, ()))

    def is_one(self, one: str, other: str) -> bool:
        """Whether two ids are of one project, as far as stewards say."""
        pks = {self._survivors.get(self.keys[i].pk, self.keys[i].pk) for i in (one, other)}
        return len(pks) == 1

    @cached_property
    def _survivors(self) -> dict[int, int]:
        """A project that was merged into another one → that one."""
        merges = Merge.objects.in_force().filter(merged__source=self.source)
        return dict(merges.values_list("merged_id", "survivor_id"))

    def was_rejected(self, content_digest: str) -> bool:
        """Whether the same reading was the last that a steward decided on, and was rejected."""
        decided = SyncRun.objects.filter(source=self.source, decided_at__isnull=False).order_by("-decided_at")
        last = decided.first()
        return bool(last and last.state == RunState.REJECTED and last.content_digest == content_digest)

    def in_full(self, external_ids: Iterable[str]) -> dict[str, KnownProject]:
        """Details of those of the projects that are known."""
        pks = {self.keys[i].pk: i for i in external_ids if i in self.keys}
        if not pks:
            return {}
        from_source = source_values(pks)  # a steward's correction is not what the source says
        rows = Project.everything.filter(pk__in=pks).prefetch_related("municipalities")
        return {pks[project.pk]: _known(project, from_source.get(project.pk, {})) for project in rows}

    def last_sightings(self) -> dict[str, archive_reader.BelievedLook]:
        """The last believed look at each page, by key."""
        return archive_reader.newest(self.source)

    def past(self) -> Past | None:
        """What the source was like, for the breaker; None before the first reading that concludes."""
        concluded = SyncRun.objects.good().filter(source=self.source, concludes=True).exclude(profile={})
        last = concluded.order_by("-id").first()
        profile = Profile.of_json(last.profile) if last else None
        if profile is None:
            return None
        rejoined = Merge.objects.filter(undoes__isnull=False).values("merged")  # nothing is read into them
        projects = Project.everything.filter(source=self.source).exclude(pk__in=rejoined)
        had = projects.filter(presence=Presence.PRESENT).aggregate(**{name: Count(name) for name in _COLUMNS})
        words = projects.order_by().values_list("status_as_published", flat=True).distinct()
        statuses = {word for word in words if word} | profile.statuses.keys()
        return Past(profile, had, statuses, self.present, self._had_in(projects))

    @staticmethod
    def _had_in(projects: QuerySet[Project]) -> dict[str, dict[str, int]]:
        """Municipality → field → its projects that have a value."""
        counts = {f"had_{name}": Count(name) for name in _COLUMNS}
        present = projects.filter(presence=Presence.PRESENT).order_by()
        found = present.values("municipalities").annotate(**counts).values_list("municipalities", *counts)
        return {code or "": dict(zip(_COLUMNS, numbers, strict=True)) for code, *numbers in found}

    def disagreements(self) -> list[dict[str, Any]]:
        """Where the site disagreed with itself in the last reading."""
        read = SyncRun.objects.filter(source=self.source, state__in=[*GOOD, RunState.QUARANTINED])
        return read.order_by("-id").values_list("disagreements", flat=True).first() or []

    def claims(self) -> dict[str, list[dict[str, Any]]]:
        """What the site said of each area when that was last read, beside what was read then."""
        newest = AreaReading.objects.filter(source=self.source).newest()
        return dict(newest.values_list("area", "claims"))

    def is_waiting(self) -> bool:
        """Whether projects are gone from areas that were read whole, and may have been elsewhere. An area
        that has no projects any more (a list's former address) waits for nothing."""
        newest = AreaReading.objects.filter(source=self.source).newest()
        waiting = set(newest.filter(is_whole=True, concludes=False).values_list("area", flat=True))
        present = (key.pk for key in self.keys.values() if key.is_present) if waiting else ()
        return any(waiting & self.places_of(pk) for pk in present)

    def is_in_doubt(self, listed: Iterable[str]) -> bool:
        """Whether the last reading left open what is gone, from where, or some of what is `listed` is not
        present, or was not read again when the parser moved: what it kept is to be looked at again though
        nothing changed since."""
        if any(key and not (key.is_present and key.line_digest) for key in map(self.keys.get, listed)):
            return True
        if self.last and self.last.proof:
            return not self.last.concludes or self.leaves_open
        good = SyncRun.objects.good().filter(source=self.source)
        last = good.exclude(proof={}).order_by("-id").first()
        return last is not None and (
            not last.concludes or AreaReading.objects.of_run(last).filter(concludes=False).exists()
        )

    def keys_in(self, codes: Set[str]) -> list[str]:
        """The projects of some areas."""
        return [i for i, key in self.keys.items() if self.places_of(key.pk) & codes]

    def decisions(self) -> dict[str, tuple[str, str]]:
        """Area → what its held reading would change (a digest), and what became of it: HELD, REJECTED or
        ACCEPTED."""
        rows = AreaReading.objects.filter(source=self.source).newest().not_loaded()
        return {row.area: (row.digest, ACCEPTED if row.accepted else row.state) for row in rows}

    def settled_empty(self) -> set[str]:
        """Areas whose lists show nothing any more, of which a steward said that it is so."""
        rows = AreaReading.objects.filter(source=self.source).newest().filter(accepted=True)
        return {row.area for row in rows if row.is_emptied}

    def overdue(self, now: datetime) -> list[tuple[str, Key]]:
        """Missing projects that this reading would make withdrawn, if it concludes and lists them no more."""
        missing = {run for key in self.keys.values() if (run := key.missing_run)}
        if not missing:
            return []
        runs = self.concluding_runs(min(missing))
        since = dict(runs)
        late = {
            run
            for run in missing
            if sum(other >= run for other, _ in runs) + 1 >= settings.WITHDRAWN_AFTER_RUNS
            and now - (since.get(run) or now) >= timedelta(hours=settings.WITHDRAWN_AFTER_HOURS)
        }
        return [(i, key) for i, key in self.keys.items() if key.missing_run in late]

    def concluding_runs(self, first: int) -> list[tuple[int, datetime | None]]:
        """(id, end) of the runs from `first` on that conclude what is gone, oldest first."""
        concluded = SyncRun.objects.good().filter(source=self.source, concludes=True, id__gte=first)
        seen = concluded.annotate(by=Coalesce("read_at", "finished_at"))
        return list(seen.order_by("id").values_list("id", "by"))


def _known(project: Project, from_source: dict[str, Any]) -> KnownProject:
    values = {name: getattr(project, column) for name, column in _COLUMNS.items()}
    values["municipalities"] = tuple(sorted(place.code for place in project.municipalities.all()))
    return KnownProject(
        pk=project.pk,
        published=project.published,
        page_labels=project.page_labels,
        values=values | from_source,
        presence=project.presence,
        line_digest=project.line_digest,
        page_digest=project.page_digest,
        url=project.url,
        other=project.other_texts,
        lists=tuple(project.lists.split()),
    )


def _beside(source: Source, good: QuerySet[SyncRun]) -> dict[str, Any]:
    """What a poll asks beside the last run that was believed: how many there are, how it understood the
    columns, whether it left an area open, whether corrections are due, and whether readings were cut off."""
    plans = PlanRow.objects.filter(source=source).order_by("-version")
    areas = AreaReading.objects.filter(source=source, run__lte=OuterRef("pk"), last_run__gte=OuterRef("pk"))
    counted = good.order_by().values("source").annotate(number=Count("*")).values("number")
    return {
        "turn": Subquery(counted),
        "shapes": Subquery(plans.values("shapes")[:1]),
        "plan_digest": Subquery(plans.values("digest")[:1]),
        "leaves_open": Exists(areas.filter(concludes=False)),
        "has_due": Exists(Override.objects.due(timezone.now())),
        "has_cut_off": Exists(archive_reader.looks_cut_off(source, timezone.now())),
    }


_A_LINE = 0  # in the place of a merge's id, which begin at 1


def _keys(source: Source) -> tuple[dict[str, Key], dict[int, tuple[str, ...]], dict[str, int]]:
    """The keys of all projects by external id, their areas by id, and the ids of the municipality lines that
    are listed by code. One query, with a row for each municipality of a project.

    With the keys of what stewards merged into others: its source goes on to speak of it, and its own row has
    what it says. Of a number that moved twice the first merge tells whose it is.
    """
    keys, merged, lines = dict[str, Key](), list[tuple[int, str, Key]](), dict[str, int]()
    places, alone = dict[int, tuple[str, ...]](), dict[str, tuple[str, ...]]()
    for merge, external_id, pk, line, page, presence, run, lists, code in _key_rows(source).iterator():
        if merge == _A_LINE:
            lines[external_id] = pk
            continue
        before = places.get(pk, ())
        if code is not None and code not in before:
            # most are in one: they share it
            places[pk] = (*before, code) if before else alone.setdefault(code, (code,))
        is_missing = presence == Presence.MISSING
        key = Key(pk, line, page, presence == Presence.PRESENT, run if is_missing else None)
        if merge is None:
            key.lists = tuple(lists.split())
            keys[external_id] = key
        else:
            merged.append((merge, external_id, key))
    for _, numbers, key in sorted(merged, key=itemgetter(0), reverse=True):
        keys |= {number: replace(key) for number in json.loads(numbers)}
    for key in keys.values():
        if key.lists:
            places[key.pk] = (*places.get(key.pk, ()), *key.lists)
    return keys, places, lines


def _key_rows(source: Source) -> QuerySet[Any, Any]:
    """Of identities, merges and lines: merge, number, id, the digests of line and page, presence, the run
    since which it is missing, lists, municipality."""
    columns = "line_digest", "page_digest", "presence", "missing_run_id", "lists", "municipalities"
    none = Value(None, output_field=BigIntegerField())
    own = Identity.objects.filter(source=source).order_by().annotate(merge=none)
    own = own.values_list("merge", "external_id", "project_id", *(f"project__{name}" for name in columns))
    merges = Merge.objects.in_force().filter(merged__source=source).order_by()
    merges = merges.annotate(merge=F("pk"), numbers=Cast("identities", TextField()))
    moved = merges.values_list("merge", "numbers", "merged_id", *(f"merged__{name}" for name in columns))
    listed = MunicipalityListing.objects.filter(source=source, is_listed=True).order_by()
    a_line = Value(_A_LINE, output_field=BigIntegerField())
    blank, nowhere = Value("", output_field=TextField()), Value(None, output_field=TextField())
    listed = listed.annotate(merge=a_line, blank=blank, none=none, nowhere=nowhere)
    lines = listed.values_list(
        "merge", "code", "pk", "blank", "blank", "blank", "none", "blank", "nowhere"
    )  # fmt: skip
    return own.union(moved, lines, all=True)


_COLUMNS = {field.name: field.column for field in FIELDS if field.is_column}


def details(
    known: Known, external_ids: Iterable[str], batch: int = 1000
) -> Iterator[tuple[str, KnownProject | None]]:
    """(external id, details or None) for each, read in batches."""
    waiting = sorted(external_ids)
    for start in range(0, len(waiting), batch):
        some = waiting[start : start + batch]
        found = known.in_full(some)
        for external_id in some:
            yield external_id, found.get(external_id)


def source_values(pks: Collection[int]) -> dict[int, dict[str, Any]]:
    """{project: {field: what its source says, typed}} of the fields that are corrected now. One query."""
    from_source: dict[int, dict[str, Any]] = {}
    rows = Override.objects.active().filter(project_id__in=pks)
    for pk, name, value in rows.values_list("project_id", "field", "source_value"):
        from_source.setdefault(pk, {})[name] = typed(name, value)
    return from_source


def known_words(without: Collection[int] = (), more: Iterable[tuple[str, str, str]] = ()) -> Vocabulary:
    """The built-in words with the stewards' rows over them; a row that cannot be used stops no poll.

    For a rehearsal: `without` these rows, by id, and with these `more` (kind, text, meaning).
    """
    rows = VocabularyRow.objects.exclude(pk__in=without).values_list("kind", "text", "meaning")
    return _words([*rows, *more])


def words_and_places() -> tuple[Vocabulary, Places]:
    """`known_words` and `known_places`, in one query, each in its order."""

    def told(text: str) -> Value:
        return Value(text, output_field=TextField())

    words = VocabularyRow.objects.order_by().annotate(of=told("word"), more=told(""), most=told(""))
    district = Coalesce("district_id", told(""), output_field=TextField())
    places = Municipality.objects.order_by().annotate(of=told("place"), in_district=district)
    both = words.values_list("of", "kind", "text", "meaning", "more", "most").union(
        places.values_list("of", "name", "code", "province", "in_district", "category"), all=True
    )
    found: dict[str, list[Any]] = {"word": [], "place": []}
    for of, *row in both.order_by("of", "kind", "text"):
        found[of].append(tuple(row))
    places_ = ((code, name, *rest) for name, code, *rest in found["place"])
    return _words((kind, text, meaning) for kind, text, meaning, *_ in found["word"]), Places(places_)


def _words(rows: Iterable[tuple[str, str, str]]) -> Vocabulary:
    return DEFAULT.extended(row for row in rows if _is_usable(row[0], row[2]))


def _is_usable(kind: str, meaning: str) -> bool:
    known = MEANINGS.get(kind)
    return len(meaning) <= 40 and (not meaning or known is None or meaning in known)


def known_places() -> Places:
    return Places(Municipality.objects.values_list("code", "name", "province", "district_id", "category"))


def last_plan(source: Source) -> ReadingPlan:
    """How the last reading of a source understood its columns."""
    kept = PlanRow.objects.filter(source=source).order_by("-version").first()
    return ReadingPlan.of_json(kept.shapes) if kept else NOTHING


def limits() -> Limits:
    return Limits(
        count_drop=settings.HOLD_COUNT_DROP,
        blanked=settings.HOLD_BLANKED,
        changed=settings.HOLD_CHANGED,
        never_seen=settings.HOLD_NEVER_SEEN,
        least=settings.HOLD_LEAST_RECORDS,
    )
