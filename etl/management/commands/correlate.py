"""`manage.py correlate`: DWS projects beside municipal finance, here and now."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef

from etl.correlating.wording import many
from etl.management.sync import SyncCommand
from projects.api.runs import run_json
from projects.facts.finance import DWS, TREASURY
from projects.models import Discrepancy, MunicipalFigure, Municipality, Presence, SyncRun


class Command(SyncCommand):
    help = "Set DWS projects beside municipal finance now. Exit: 0 done or unchanged, 1 failed, 3 going on."
    source = "correlation"
    can_hold = False

    def read(self, run: SyncRun) -> str:
        notes = "".join(f"\n  {note}" for note in run.notes)
        still = many(Discrepancy.objects.open().count(), "question")
        if run.unchanged and not run.complete:
            return f"Nothing was compared.{notes}"
        looked = f"{many(run.seen, 'project')} in {run.listings} of the municipalities"
        if run.unchanged:
            why = "nothing that is compared" if run.unchanged_by == "inputs" else "no question"
            return f"Unchanged: {looked}, {why} has changed; open: {still}.{notes}"
        return (
            f"{looked}: {run.created} questions opened, {run.returned} opened again, {run.updated} changed,"
            f" {run.withdrawn} closed; open: {still}, {run.change_count} changes logged.{notes}"
        )

    def _say(self, options: dict[str, Any], run: SyncRun, sentence: str) -> None:
        if not options["json"]:
            return super()._say(options, run, sentence)
        names = run.profile.get("unrecognised", [])
        outcome = run_json(run) | {"open": open_questions(), "beside": beside_counts(), "unrecognised": names}
        self._answer.say(outcome)


def open_questions() -> dict[str, Any]:
    """{"count", "by_rule": {rule: number}, "by_severity": {severity: number}} of the open questions."""
    still = Discrepancy.objects.open().order_by()
    return {
        "count": still.count(),
        "by_rule": dict(still.values_list("rule").annotate(Count("pk")).order_by("rule")),
        "by_severity": dict(still.values_list("severity").annotate(Count("pk")).order_by("severity")),
    }


def beside_counts() -> dict[str, int]:
    """How many municipalities have DWS projects, figures, and both: those can be set beside one another."""
    figures = MunicipalFigure.objects.filter(
        municipality=OuterRef("pk"), source=TREASURY, presence=Presence.PRESENT
    )
    listed = Municipality.projects.through.objects.filter(
        municipality_id=OuterRef("pk"), project__source=DWS, project__presence=Presence.PRESENT
    )
    places = Municipality.objects.order_by()
    return {
        "with_projects": places.filter(Exists(listed)).count(),
        "with_figures": places.filter(Exists(figures)).count(),
        "with_both": places.filter(Exists(listed), Exists(figures)).count(),
    }


__all__ = ["Command", "beside_counts", "open_questions"]
