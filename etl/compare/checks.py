"""Is this reading complete and believable? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from etl.compare import claims
from etl.compare.claims import Area, Budget
from etl.compare.survey import Survey
from etl.crawl.observations import ObservationSet
from etl.crawl.reading import Count
from etl.exceptions import DemoMismatch, PageChanged

# A total that was off by the same amount in so many readings is how the site is.
_SETTLED_AFTER = 3


@dataclass(slots=True)
class Disagreement:
    """A total of the site that is not what the site lists. `settled`: the same in three readings; None for
    what makes no reading incomplete, however often it is so."""

    what: str
    claimed: int
    found: int
    settled: bool | None
    sentence: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Completeness:
    """`complete`: everything that the site says it has was read. `problems`: what was odd, in sentences."""

    complete: bool
    problems: list[str] = field(default_factory=list)
    shortfall: str = ""  # what is missing, in one sentence
    disagreements: list[Disagreement] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)  # what was read of each municipality


def check(
    survey: Survey, past: Sequence[Sequence[dict[str, Any]]], known: int, budget: Budget
) -> Completeness:
    """Raises PageChanged when nothing can be read any more.

    `past`: the disagreements of the last readings, newest first; `known`: projects listed so far; `budget`:
    of a project's texts.
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
    counts = [*survey.counts, *own_counts(survey)]
    areas = [] if survey.is_partial else claims.areas(survey, counts, budget)
    sentence = "" if survey.is_partial else claims.unread(survey)
    if sentence:
        survey.incomplete(sentence)
    found = disagreements(counts, past)
    open_ones = [d for d in found if not d.settled]
    complete = survey.whole and not survey.is_partial and not open_ones
    missing = [] if complete else [sentence, *survey.shortfalls, *(d.sentence for d in open_ones)]
    return Completeness(
        complete,
        [*survey.notes, *(d.sentence for d in open_ones)],
        next(filter(None, missing), ""),
        found,
        areas,
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
        yield Count(f"[{code}]: lines", 1, len(lines), _EDITED, code, "lines", is_of_site=False)
    for code, listed in survey.listings.items():
        claimed = listed.line.projects.replace(" ", "").replace(",", "").replace("\u00a0", "")
        if code in survey.listed and claimed.isdigit():
            what = f"[{code}]: projects"
            yield Count(what, int(claimed), len(survey.listed[code]))


def disagreements(counts: Iterable[Count], past: Sequence[Sequence[dict[str, Any]]]) -> list[Disagreement]:
    """Totals that are off, each with whether it was off by the same amount in the last readings too."""
    before = [{d["what"]: d["found"] - d["claimed"] for d in reading} for reading in past]
    recent = before[: _SETTLED_AFTER - 1]

    def is_settled(count: Count) -> bool:
        off = count.found - count.claimed
        return len(recent) == _SETTLED_AFTER - 1 and all(r.get(count.what) == off for r in recent)

    return [
        Disagreement(count.what, count.claimed, count.found, is_settled(count), count.sentence)
        for count in dict.fromkeys(counts)
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
