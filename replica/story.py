"""A world for people to look at: progress fits status and dates, spending the budget, remarks are plain.

What tests read is drawn in `world` and `mutate`, to be awkward; here each project has a life: it is planned,
tendered for, built slower than planned, slips, gets dearer, and is done.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from replica.bulk import BulkMutator
from replica.ledger import Entry
from replica.money.plan import TODAY
from replica.mutate import Draw
from replica.places import Place
from replica.vocabulary import AGENTS, PROGRAMMES, RISKS
from replica.world import Project, World

Values = dict[str, Any]
_STAGES = {
    "Project Initiation": 4, "Feasibility": 8, "Design": 9, "Tender": 7, "Construction": 44,
    "Final Completion": 20, "On Hold": 5, "Terminated": 3,
}  # fmt: skip
_BEFORE = ("Project Initiation", "Feasibility", "Design", "Tender")
_DONE = ("Practical Completion (100%)", "Final Completion")
_OVER = (*_DONE, "Terminated")
_BUSY = 25  # projects that half of all edits are of: who looks for some minutes is to see something go on
# Works, and which type of project they are of.
_WORKS = {
    "bulk water pipeline": "Bulk Water Supply",
    "reservoir": "Bulk Water Supply",
    "water treatment works": "Water Treatment Works",
    "wastewater treatment works": "Wastewater Treatment Works",
    "borehole scheme": "Groundwater Development",
    "village reticulation": "Water Reticulation",
    "sewer reticulation": "Sanitation",
    "pump station refurbishment": "Refurbishment",
}
_REMARKS = {
    "before": ("Awaiting environmental authorisation", "Designs with the department", "Funding approved"),
    "at work": (
        "Contractor on site", "Pipe laying under way", "Civil works on schedule", "Rain delays",
        "Waiting for pumps to be delivered", "Electricity connection outstanding",
    ),
    "On Hold": ("Dispute with the contractor", "Budget under review"),
    "Terminated": ("Contract ended",),
    "done": ("Handed over to the municipality", "In use"),
}  # fmt: skip


class StoryWorld(World):
    """Drawn from the seed and the day on which the demo began."""

    def _draw(self, place: Place) -> Project:
        rng, number = self._rng, self._next
        self._next += 1
        stage = rng.choices(list(_STAGES), list(_STAGES.values()))[0]
        works = rng.choice(list(_WORKS))
        start, completion, progress = _life(rng, stage)
        budget = round(10 ** rng.triangular(6.3, 9.3, 7.6), -4)
        villages = rng.randint(2, 40)
        return Project(
            number=number,
            external_id=f"WP{10000 + number}",
            name=f"Replica scheme {number:05d}: {place.name} {works}, phase {rng.randint(1, 3)}",
            description=f"Made-up scheme: {works} for {villages} villages in {place.name}.",
            municipalities=self._shared(place),
            programme=rng.choice(PROGRAMMES[:4]),
            project_type=_WORKS[works],
            status=_status(rng, stage, progress),
            progress=progress,
            budget=_sometimes(rng, int(budget) * 100, 0.97),
            expenditure=_spent(rng, int(budget) * 100, progress),
            start_date=start,
            completion_date=_sometimes(rng, completion, 0.97),
            contractor=None if stage in _BEFORE else f"Replica Contractor {rng.randint(1, 60)}",
            implementing_agent=rng.choice(AGENTS),
            latitude=_near(rng, place.latitude),
            longitude=_near(rng, place.longitude),
            remarks=_sometimes(rng, _remark(rng, stage), 0.8),
            risk_rating=rng.choice(RISKS),
            households=str(villages * rng.randint(60, 400)),
        )


def _life(rng: random.Random, stage: str) -> tuple[date | None, date, int]:
    """(start, completion, progress in hundredths of a percent) of a project that is where its stage says."""
    months = rng.randint(18, 60)
    if stage in _BEFORE:
        start = _by(TODAY, rng.randint(1, 18))
        return (start if stage in ("Design", "Tender") else None), _by(start, months), 0
    if stage == "Final Completion":
        completion = _by(TODAY, -rng.randint(1, 60))
        return _by(completion, -months), completion, 10000
    share = rng.uniform(0.1, 1.15)  # of the planned time that is over
    start = _by(TODAY, -max(2, round(months * share)))
    progress = min(99, max(1, round(100 * share * rng.triangular(0.5, 1.0, 0.9))))
    return start, _by(start, months), progress * 100


def _status(rng: random.Random, stage: str, progress: int) -> str:
    """As the dashboard words it: of the construction's bands it has three, and the word alone."""
    if stage == "Final Completion":
        return rng.choice(_DONE)
    if stage != "Construction" or rng.random() < 0.4:
        return stage
    if progress <= 2500:
        return "Construction 1% - 25%"
    if progress <= 5000:
        return "Construction 26% - 50%"
    return "Construction 76% - 99%" if progress >= 7600 else stage


def _spent(rng: random.Random, budget: int, progress: int) -> int:
    """Some way behind or before the work; in one of forty more than the budget."""
    share = progress / 10000 * rng.uniform(0.88, 1.0)
    if progress > 5000 and rng.random() < 0.025:
        share = rng.uniform(1.02, 1.1)
    return int(budget * share) // 100_000 * 100_000


def _remark(rng: random.Random, stage: str) -> str:
    of = {"Final Completion": "done", "Construction": "at work"} | dict.fromkeys(_BEFORE, "before")
    return rng.choice(_REMARKS[of.get(stage, stage)])


def _by(day: date, months: int) -> date:
    """So many months on, the last day of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months + 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _sometimes(rng: random.Random, value: Any, share: float) -> Any:
    return value if rng.random() < share else None


def _near(rng: random.Random, degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees + rng.uniform(-0.1, 0.1), 4)


# --- what becomes of a project ------------------------------------------------------------------------


def _works(rng: random.Random, project: Project) -> Values:
    """The work goes on, and money is spent; at its end the project is done."""
    progress = min(10000, (project.progress or 0) + rng.choice((100, 200, 200, 300, 500, 800)))
    values: Values = {"progress": progress}
    if project.budget and project.expenditure is not None:
        step = project.budget * (progress - (project.progress or 0)) // 10000
        values["expenditure"] = max(project.expenditure, min(project.expenditure + step, project.budget))
    if progress == 10000:
        return values | {"status": "Practical Completion (100%)", "remarks": _remark(rng, "Final Completion")}
    banded = (project.status or "").startswith("Construction ")
    return values | ({"status": _status(rng, "Construction", progress)} if banded else {})


def _slips(rng: random.Random, project: Project) -> Values:
    day = project.completion_date or TODAY
    return {"completion_date": _by(max(day, TODAY), rng.choice((2, 3, 3, 6, 6, 9, 12, 18)))}


def _rises(rng: random.Random, project: Project) -> Values:
    budget = project.budget or 100_000_000
    return {"budget": int(budget * rng.choice((1.02, 1.04, 1.06, 1.09, 1.15, 1.22))) // 100_000 * 100_000}


def _saves(rng: random.Random, project: Project) -> Values:
    budget = project.budget or 100_000_000
    least = max(project.expenditure or 0, int(budget * rng.uniform(0.93, 0.99)))
    return {"budget": -(-least // 100_000) * 100_000}


def _is_remarked(rng: random.Random, project: Project) -> Values:
    return {"remarks": _remark(rng, "Construction")}


def _begins(rng: random.Random, project: Project) -> Values:
    """From one stage to the next; from the tender to the site."""
    order = (*_BEFORE, "Construction")
    following = order[order.index(project.status or _BEFORE[0]) + 1]
    if following != "Construction":
        return {"status": following}
    contractor = f"Replica Contractor {rng.randint(1, 60)}"
    return {
        "status": following,
        "contractor": contractor,
        "start_date": TODAY,
        "remarks": "Contractor on site",
    }


def _halts(rng: random.Random, project: Project) -> Values:
    return {"status": "On Hold", "remarks": _remark(rng, "On Hold")}


def _resumes(rng: random.Random, project: Project) -> Values:
    return {"status": "Construction", "remarks": "Contractor on site"}


Step = Callable[[random.Random, Project], Values]
_AT_WORK: dict[Step, int] = {_works: 50, _slips: 18, _rises: 10, _saves: 2, _is_remarked: 14, _halts: 2}
_PLANNED: dict[Step, int] = {_begins: 5, _slips: 3, _rises: 2}
_HALTED: dict[Step, int] = {_resumes: 2, _slips: 2, _rises: 1}


def _steps(project: Project) -> dict[Step, int]:
    if project.status in _BEFORE:
        return _PLANNED
    return _HALTED if project.status == "On Hold" else _AT_WORK


class StoryMutator(BulkMutator):
    """What happens to a project in a night, as one entry of the ledger; what is done or over stays so."""

    def _change(self, project: Project, draws: dict[str, Draw]) -> Entry:
        going = [each for each in self.world.order if each.status not in _OVER]
        if not going:
            return super()._change(project, draws)
        changes: dict[str, list[Any]] = {}
        while not changes:
            if project.status in _OVER or self._rng.random() < 0.5:
                project = self._rng.choice(going[:_BUSY])
            steps = _steps(project)
            step = self._rng.choices(list(steps), list(steps.values()))[0]
            for attribute, value in step(self._rng, project).items():
                changes |= self._apply(project, attribute, value)
        return self.ledger.append("updated", project.external_id, changes)
