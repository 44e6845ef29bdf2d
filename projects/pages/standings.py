"""What each municipality has of some projects, and the maps that are drawn of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from projects.drawing import country, marks
from projects.facts import MunicipalityFact, municipalities
from projects.languages import gettext
from projects.models import Project
from projects.models.querysets import ProjectQuerySet
from projects.wording import figures
from projects.wording.flags import ARE, FLAGS
from projects.wording.phrases import plural

MOST_SIGNS = 400  # projects that are drawn one by one


@dataclass(frozen=True, slots=True)
class Standing:
    """One municipality: its projects as they are asked for, and their sums as published."""

    fact: MunicipalityFact
    projects: int
    budget: Decimal | None
    budgets: int
    spending: Decimal | None
    spendings: int
    flags: dict[str, int]

    def figure(self, measure: str) -> Decimal | int | None:
        return self.flags.get(measure, 0) if measure in FLAGS else getattr(self, measure)

    def said(self, measure: str) -> str:
        """`3 of 12 projects overdue`, `R4.36 billion in 11 published budgets`."""
        number = plural(self.projects, "project")
        if measure in FLAGS:
            return gettext("{number} of {projects} {flagged}").format(
                number=self.flags.get(measure, 0), projects=number, flagged=ARE[measure]
            )
        if measure == "projects":
            return number
        amount, over = (self.budget, self.budgets) if measure == "budget" else (self.spending, self.spendings)
        what = "published budget" if measure == "budget" else "published figure"
        if amount is None:
            return number
        return gettext("{projects}, {amount} in {counted}").format(
            projects=number, amount=figures.short_rand(amount), counted=plural(over, what)
        )


@cache
def _facts() -> dict[str, MunicipalityFact]:
    return {fact.code: fact for fact in municipalities()}


def standings(projects: ProjectQuerySet, flags: bool) -> list[Standing]:
    """Of each municipality that has one of the projects, by name. One query, with `flags` two."""
    raised: dict[str, dict[str, int]] = {}
    for (code, flag), number in (projects.flags_by_municipality() if flags else {}).items():
        raised.setdefault(code, {})[flag] = number
    found = projects.by_municipality()
    known = [Standing(_facts()[code], **sums, flags=raised.get(code, {})) for code, sums in found.items()]
    return sorted(known, key=lambda each: (each.fact.name, each.fact.code))


def circles(
    rows: Iterable[Standing], measure: str, province: str = "", box: country.Box = country.WHOLE
) -> list[marks.Circle]:
    """Of all municipalities, or of one province's."""
    known = {row.fact.code: row for row in rows}
    labels = {code: f"{row.fact.name}: {row.said(measure)}" for code, row in known.items()}
    values = {code: row.figure(measure) for code, row in known.items()}
    return marks.circles(facts_of(province), values, labels, box)


def facts_of(province: str) -> list[MunicipalityFact]:
    return [fact for fact in _facts().values() if province in ("", fact.province)]


def map_of_country() -> dict[str, Any]:
    """The small one of the first page: all listed projects, in one query."""
    rows = standings(Project.objects.listed(), flags=False)
    return {**shape(), "box": country.WHOLE, "circles": circles(rows, "projects"), "number": len(rows)}


def map_of_province(projects: ProjectQuerySet, province: str) -> dict[str, Any]:
    """The small one beside a list of projects of one province. Two queries."""
    box = marks.box_of(facts_of(province))
    rows = standings(projects, flags=False)
    found = {**shape(), "box": box, "circles": circles(rows, "projects", province, box), "number": len(rows)}
    return found | signs(projects, None, box)


def map_of_municipality(code: str, projects: ProjectQuerySet) -> dict[str, Any] | None:
    """The small one of its page: where it is in the country, and where its projects are. One query; None
    where neither is known."""
    fact = _facts().get(code)
    rows = projects.for_map(None, MOST_SIGNS)[:MOST_SIGNS]
    points = [country.place(row[3], row[4]) for row in rows if country.is_in(row[3], row[4])]
    if fact and fact.latitude is not None:
        points.append(country.place(fact.latitude, fact.longitude or 0))
    if not points:
        return None
    box = country.around(points, least=200)
    found, abroad = marks.signs(rows, box)
    its_own = marks.circles([fact] if fact else [], {code: 1}, {}, box)
    return {**shape(), "box": box, "circles": its_own, "signs": found, "abroad": abroad}


def shape() -> dict[str, str]:
    return {"outline": country.outline(), "borders": country.borders()}


def signs(projects: ProjectQuerySet, flag: str | None, box: country.Box) -> dict[str, Any]:
    """`signs`: None where they are too many to be told apart; `abroad`: how many are published elsewhere."""
    rows = projects.for_map(flag, MOST_SIGNS)
    if len(rows) > MOST_SIGNS:
        return {"signs": None, "abroad": 0}
    found, abroad = marks.signs(rows, box)
    return {"signs": found, "abroad": abroad}
