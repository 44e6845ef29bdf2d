"""Whatever rendering the site turns to, all of it is read: the same projects, the same facts, the ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from etl.tests.test_ledger import differences
from projects.models import DataChangeLog, Project

pytestmark = [pytest.mark.django_db, pytest.mark.soak]

LAYOUTS = ["dataview", "dataview_postback", "cards", "json", "figures_on_page", "mixed"]
# Twelve rows a page: every list but those in scripts has several pages
SITE = {"projects": 40, "provinces": ("NC",), "rows_of_all": 12}
each_layout = pytest.mark.parametrize(
    "replica", [SITE | {"layout": name} for name in LAYOUTS], indirect=True, ids=LAYOUTS
)
NAMED_APART = {"municipality", "municipalities", "external_id"}


def canonical(value: Any) -> Any:
    """A stored value in the terms of the replica's facts."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def wrong_facts(site: Any) -> dict[str, dict[str, tuple[Any, Any]]]:
    """{external id: {field: (ours, the site's)}} of all that is not as the site has it."""
    wrong = {}
    projects = {project.external_id: project for project in Project.objects.all()}
    facts = site.facts()
    assert projects.keys() == facts.keys()
    for external_id, values in facts.items():
        project = projects[external_id]
        pairs = {
            name: (ours(project, name), value or None)
            for name, value in values.items()
            if name not in NAMED_APART
        }
        pairs["municipalities"] = (places(project), sorted(values["municipalities"]))
        differing = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if differing:
            wrong[external_id] = differing
    return wrong


def ours(project: Project, name: str) -> Any:
    if name.startswith("published."):
        return project.published.get(name.removeprefix("published.")) or None
    return canonical(getattr(project, name))


def places(project: Project) -> list[str]:
    return sorted(place.code for place in project.municipalities.all())


@each_layout
def test_the_first_sync_reads_every_project_and_every_fact(replica, first, sync):
    assert (first.state, first.complete, first.created) == ("succeeded", True, 40), (first.error, first.notes)
    assert wrong_facts(replica.site) == {}
    again = sync()
    assert (again.state, again.unchanged_by, again.change_count) == ("unchanged", "page", 0)


@each_layout
def test_the_log_equals_the_ledger(replica, first, sync, here):
    here.HOLD_CHANGED = 100
    here.ROTATION_RUNS = 1  # what only a project's own page shows is read each time
    replica.site.mutate(8)
    run = sync()
    assert run.state == "succeeded", run.error
    assert differences(first.last_change, replica.site.ledger.since(0)) == {}


def test_a_site_that_turns_to_data_in_scripts_is_read_on(replica, first, sync):
    replica.site.set_layout("json")
    run = sync()
    assert (run.state, run.complete) == ("succeeded", True), (run.error, run.held, run.notes)
    typed = {
        name
        for row in DataChangeLog.objects.filter(id__gt=first.last_change)
        for name in row.field_changes
        if not name.startswith("published.")
    }
    assert typed == set()


@pytest.mark.parametrize("layout", ["cards", "dataview"])
def test_a_site_that_turns_to_a_less_certain_rendering_is_held(replica, first, sync, layout):
    replica.site.set_layout(layout)
    run = sync()
    assert run.state == "quarantined"
    assert "layout" in {reason["rule"] for reason in run.held}
    assert DataChangeLog.objects.latest("id").id == first.last_change


@pytest.mark.parametrize(
    "replica", [SITE | {"layout": name} for name in LAYOUTS[:4]], indirect=True, ids=LAYOUTS[:4]
)
@pytest.mark.parametrize("fault", ["drop_rows_few", "lie_pager"])
def test_a_list_that_is_not_what_its_total_says_is_incomplete(replica, sync, fault):
    replica.site.set_fault(fault)
    run = sync(replica.url)
    assert not run.complete
    assert "the site says" in " ".join(run.notes)
