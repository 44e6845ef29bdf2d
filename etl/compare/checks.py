"""Is this reading complete and believable? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from etl.compare import claims
from etl.compare.claims import Area, Budget
from etl.compare.survey import Survey
from etl.crawl.observations import ObservationSet
from etl.crawl.reading import Count
from etl.exceptions import DemoMismatch, PageChanged


@dataclass(slots=True)
class Disagreement:
    """A total of the site that is not what the site lists. `counts`: the reading is incomplete by it, for as
    long as it is so."""

    what: str
    claimed: int
    found: int
    counts: bool
    sentence: str

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Disagreement:
        """As a run keeps it; one that was read before this was known is not held against a reading."""
        counts = bool(told.get("counts"))
        return cls(told["what"], told["claimed"], told["found"], counts, told["sentence"])

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Completeness:
    """`complete`: everything that the site says it has was read. `concludes`: what was not seen is gone, but
    in the areas that do not conclude. `problems`: what was odd, in sentences."""

    complete: bool
    problems: list[str] = field(default_factory=list)
    shortfall: str = ""  # what is missing, in one sentence
    disagreements: list[Disagreement] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)  # what was read of each municipality
    site: Area | None = None  # the totals of no one municipality
    concludes: bool | None = None  # what `complete` says, where nothing else is said

    def __post_init__(self) -> None:
        if self.concludes is None:
            self.concludes = self.complete


def check(survey: Survey, known: int, budget: Budget) -> Completeness:
    """Raises PageChanged when nothing can be read any more.

    `known`: projects listed so far; `budget`: of a project's texts.
    """
    if not survey.lines and not survey.pages and not survey.listings:
        raise PageChanged(
            f"No project and no municipality line was found on the {len(survey.observations)} page(s) that"
            " were read: the site has changed, or this is not the page that it was. What was known is kept."
        )
    if not survey.is_partial and known and not survey.lines and not survey.pages:
        raise PageChanged(
            f"The site listed {known} projects before and lists none now."
            " What was known is kept until somebody has looked."
        )
    counts = list(dict.fromkeys([*survey.counts, *own_counts(survey), *of_whole_site(survey)]))
    areas = [] if survey.is_partial else claims.areas(survey, counts, budget)
    sentence = "" if survey.is_partial else claims.unread(survey)
    if sentence:
        survey.incomplete(sentence)
    found = disagreements(counts)
    concludes = survey.whole and not survey.is_partial
    emptied = claims.emptied(survey, areas)
    complete = concludes and not found and not emptied
    missing = [] if complete else [sentence, emptied, *survey.shortfalls, *(d.sentence for d in found)]
    return Completeness(
        complete,
        [*survey.notes, *filter(None, [emptied]), *(d.sentence for d in found)],
        next(filter(None, missing), ""),
        found,
        areas,
        claims.of_the_site(counts, areas),
        concludes,
    )


_OVERLAP = "{what}: {claimed} rows show only {found} different ones, so that others may be hidden."
_EDITED = "{what}: {found} different ones in one reading: the site was edited while it was read."


def own_counts(survey: Survey) -> Iterable[Count]:
    """The municipality lines' numbers beside the rows of those municipalities' lists, and rows beside
    different projects: pages that overlap repeat some and hide others."""
    for key, (rows, ids) in survey.rows.items():
        area = survey.area_of_list.get(key, "")
        what = f"{key}: different projects"
        yield Count(what, rows, len(ids), _OVERLAP, area, claims.REPEATED, is_of_site=False)
    for code, lines in survey.variants.items():
        yield Count(f"[{code}]: {claims.LINES}", 1, len(lines), _EDITED, code, claims.LINES, is_of_site=False)
    for code, listed in survey.listings.items():
        claimed, is_least = claims.claimed_by(listed.line.projects)
        if claimed is None or (found := claims.found_under(survey, code, claimed)) is None:
            continue
        if not (is_least and found >= claimed):
            area = code if survey.is_municipality(code) else ""
            yield Count(f"[{code}]: projects", claimed, found, area=area, kind=claims.PROJECTS)


def of_whole_site(survey: Survey) -> Iterable[Count]:
    """What the entry page says of all projects beside all that were read: one in two municipalities counts
    once or twice. It is of the lists: without any, or of saved pages, there is nothing to hold against it."""
    if survey.in_all is None or survey.is_partial or not survey.seen:
        return
    twice = sum(map(len, survey.listed.values()))
    found = twice if survey.in_all == twice else survey.seen
    yield Count("projects in all", survey.in_all, found)


def disagreements(counts: Iterable[Count]) -> list[Disagreement]:
    """Totals that are off."""
    return [
        Disagreement(count.what, count.claimed, count.found, True, count.sentence)
        for count in counts
        if count.claimed != count.found
    ]


def check_demo(survey: ObservationSet, source_is_demo: bool | None) -> bool:
    """Whether the reading is of replica data. Raises DemoMismatch: it is never mixed with real data."""
    if len(survey.demo) > 1:
        raise DemoMismatch("Replica pages and other pages came in one reading; nothing of it was used.")
    demo = True in survey.demo
    if source_is_demo is not None and source_is_demo != demo:
        ours, theirs = ("demo", "real") if source_is_demo else ("real", "replica")
        raise DemoMismatch(
            f"This database holds {ours} data, and these pages are {theirs} data: the two are never mixed."
            " Use another VAR_DIR or DATABASE_URL."
        )
    return demo
