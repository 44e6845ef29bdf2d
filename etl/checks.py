"""Is this reading complete and believable? Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from etl.exceptions import DemoMismatch, PageChanged
from etl.survey import Survey

# Fewer projects than this share of the last count: not believed to be a complete reading.
_LEAST_SHARE = 0.8


@dataclass(slots=True)
class Verdict:
    """`complete`: everything that the site says it has was read. `problems`: why not, in sentences."""

    complete: bool
    problems: list[str] = field(default_factory=list)


def check(survey: Survey, known_projects: int, known_listings: int, partial: bool) -> Verdict:
    """Raises PageChanged when nothing can be read any more. `partial`: saved pages, never the whole site."""
    if not survey.lines and not survey.pages and not survey.listings:
        raise PageChanged(
            f"No project and no municipality line was found on the {len(survey.sightings)} page(s) that were"
            " read: the site has changed, or this is not the page that it was. What was known is kept."
        )
    if not partial and known_projects and not survey.lines:
        raise PageChanged(
            f"The site listed {known_projects} projects before and lists none now."
            " What was known is kept until somebody has looked."
        )
    problems = list(survey.notes) + _shrinking(survey, known_projects, known_listings, partial)
    return Verdict(survey.whole and not partial and not problems[len(survey.notes) :], problems)


def _shrinking(survey: Survey, known_projects: int, known_listings: int, partial: bool) -> list[str]:
    if partial:
        return []
    counts = (
        ("projects", len(survey.lines), known_projects),
        ("listings", len(survey.listings), known_listings),
    )
    return [
        f"Only {now} {what} were found where there were {before}; none is called missing for that."
        for what, now, before in counts
        if now < before * _LEAST_SHARE
    ]


def check_demo(survey: Survey, source_is_demo: bool | None) -> bool:
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
