"""A site with something on every page, to be looked at in a browser: `python -m buka.tests.readers`.

Written as the loader writes it, by a process of its own, which prints where things are as one JSON object. A
municipality has as many figures as most have that publish any, and as many projects; CROWDED has of all more.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

STEWARD = {"username": "steward", "password": "steward-password"}
SLIPPED = "Giyani bulk water supply: pipeline to the villages"
_PLACES = ("LIM331", "LIM332", "CPT", "DC12", "LIM332", "KZN225", "LIM331", "GT421", "EC157", "NW372")
CROWDED = "KZN225"
_HELD = "all of its 40 projects are gone, and 12 others have come."
_STATUSES = ("construction", "planning", "completed", "design", "tender", None)
_PAGE = """<!doctype html><html><head><title>Projects</title></head><body><table>
<tr><th>Project No</th><th>Project Name</th><th>Completion Date</th><th>Budget</th></tr>
{rows}</table></body></html>"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    django.setup()
    sys.stdout.write(json.dumps(written()))


def written() -> dict[str, Any]:
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from projects.tests.factories import a_column, a_listing, a_plan, a_run, a_snapshot, change
    from projects.wording.figures import HERE

    now = timezone.now()
    get_user_model().objects.create_superuser(**STEWARD)
    run = a_run(pages=61, requests=63, seen=40, change_count=4)
    a_run(
        state="failed",
        complete=False,
        error="The site did not answer.",
        finished_at=now - timedelta(minutes=5),
    )
    a_plan(a_column("Project Name", "name"), a_column("Remarks"))
    projects = _projects(run, now)
    rows = "".join(
        f"<tr><td>{one.external_id}</td><td>{one.name}</td><td>{one.completion_date}</td><td>R{one.budget}</td></tr>"
        for one in projects
    )
    proof = a_snapshot(run, _PAGE.format(rows=rows).encode())
    slipped = projects[0]
    moved = change(slipped, "completion_date", date(2030, 2, 28), run=run, snapshot_id=proof.pk)
    change(projects[4], "completion_date", date(2027, 6, 30), run=run, snapshot_id=proof.pk)
    change(projects[6], "budget", Decimal("450000000.00"), run=run, snapshot_id=proof.pk)
    for code in dict.fromkeys(_PLACES):
        a_listing(code, run=run)
    _figures("LIM331")
    _figures("DC12")
    question = _question(slipped, proof)
    _crowd(run, now)
    return {
        "project": slipped.pk,
        "change": moved.pk,
        "run": run.pk,
        "question": question.pk,
        "snapshot": proof.pk,
        "week": f"{now.astimezone(HERE):%G-W%V}",
    }


def _projects(run: Any, now: Any) -> list[Any]:
    from projects.tests.factories import a_project

    return [
        a_project(
            f"WP{10000 + number}",
            at=now - timedelta(days=200 - number),
            run=run,
            name=SLIPPED
            if number == 0
            else f"Bulk water scheme {number}: reservoir and rising main, phase 2",
            municipality=_PLACES[number % len(_PLACES)],
            status="construction" if number in (0, 4, 6) else _STATUSES[number % len(_STATUSES)],
            programme=("RBIG", "WSIG", "MIG")[number % 3],
            contractor=None if number % 4 else f"Contractor {number} (Pty) Ltd",
            published={f"Column {place}": f"Text {place} of {number}" for place in range(16)},
            page_digest="0" * 64,
            latitude=-23.3 - number / 10,
            longitude=30.7 - number / 10,
        )
        for number in range(40)
    ]


def _question(project: Any, proof: Any) -> Any:
    """About Greater Giyani, with a project and a figure behind it."""
    from projects.models import MunicipalFigure
    from projects.tests.discrepancy_factories import a_question

    figure = MunicipalFigure.objects.filter(municipality_id="LIM331", measure="grant").latest("pk")
    told = {"id": project.pk, "external_id": project.external_id, "name": project.name}
    read = {"id": figure.pk, "financial_year": 2023, "measure": "grant", "code": "WSIG", "amount_type": "ACT"}
    evidence = {
        "projects": [{**told, "value": "30000000.00", "snapshot": proof.pk}],
        "figures": [{**read, "amount": "12000000.50", "snapshot": figure.snapshot_id}],
    }
    return a_question(evidence=evidence)


def _crowd(run: Any, now: Any) -> None:
    """One municipality of forty projects, with figures, debts, questions, and a list that is held."""
    from projects.models import AreaReading
    from projects.tests.discrepancy_factories import a_question
    from projects.tests.factories import a_project

    for number in range(36):
        a_project(
            f"KZ{number}",
            at=now - timedelta(days=100 - number),
            run=run,
            name=f"Msunduzi water supply scheme {number}: refurbishment of the works and of the main",
            municipality=CROWDED,
            completion_date=date(2025, 1, 1 + number % 28) if number % 3 else None,
        )
    _figures(CROWDED)
    for grant in ("MIG", "WSIG", "RBIG"):
        a_question(f"dws_spent_more_than_books:{CROWDED}:{grant}", municipality=CROWDED, programme=grant)
    AreaReading.objects.create(
        source_id="dws", area=CROWDED, run=run, last_run=run, state="held", is_whole=True, is_loaded=False,
        concludes=False, claims=[{"what": "projects", "claimed": "40", "found": "12", "met": False}],
        reasons=[{"rule": "emptied", "sentence": f"[{CROWDED}]: {_HELD}"}],
    )  # fmt: skip


def _figures(code: str) -> None:
    """Some three hundred, of seven years, and what it owes."""
    from projects.facts import finance
    from projects.tests.factories import FIRST_SEEN, a_figure, a_run, a_snapshot

    run = a_run("treasury")
    proof = a_snapshot(run, f"answer about {code}".encode())
    ages = finance.ages_text([f"{1000 * place}.00" for place in range(1, 9)])
    a_figure(
        "bulk_debt", "0200", "ACT", "36000.00", municipality=code, year=2027, through_month=3, run=run,
        months={"2": "36000.00", "3": "36000.00"}, ages={"2": ages, "3": ages}, snapshot=proof,
    )  # fmt: skip
    given = {
        "municipality_id": code, "source_id": run.source_id, "first_seen_at": FIRST_SEEN,
        "last_changed_at": FIRST_SEEN, "last_changed_run": run, "snapshot": proof,
    }  # fmt: skip
    kinds = [("capital", one, ("ORGB", "ADJB", "AUDA")) for one in finance.FUNCTIONS]
    kinds += [("grant", one, ("SCHD", "TRFR", "ACT")) for one in list(finance.GRANTS)[:4]]
    type(a_figure("grant", "MIG", "AUDA", "5.00", municipality=code, year=2019, run=run)).objects.bulk_create(
        _figure(measure, line, kind, year, given)
        for year in range(2020, 2027)
        for measure, line, types in kinds
        for kind in types
    )


def _figure(measure: str, code: str, kind: str, year: int, given: dict[str, Any]) -> Any:
    from projects.models import MunicipalFigure

    amount = Decimal(hash_of(measure, code, kind, year))
    months = {"through_month": 12} if kind == "ACT" else {}
    return MunicipalFigure(
        measure=measure, code=code, amount_type=kind, financial_year=year, amount=amount, **months, **given
    )


def hash_of(*words: Any) -> int:
    """An amount that looks like one, the same each time."""
    return sum(ord(letter) * 7919 * place for place, letter in enumerate(repr(words), start=1)) * 137


if __name__ == "__main__":
    main()
