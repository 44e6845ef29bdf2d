"""What the change log holds is what the site published, no more and no less, in each rendering."""

from __future__ import annotations

from typing import Any

import pytest

from etl.tests.conftest import first_of
from projects.models import DataChangeLog, Project, Sighting, Snapshot

pytestmark = pytest.mark.django_db

LAYOUTS = ["grid", "postback", "table", "tree"]
# The first with the dashboard's whole menu, in which four lists lead to one municipality
each_layout = pytest.mark.parametrize(
    "replica",
    first_of({"layout": name, "projects": 24, "short_menu": name != LAYOUTS[0]} for name in LAYOUTS),
    indirect=True,
    ids=LAYOUTS,
)


def one_layout(fast: str) -> pytest.MarkDecorator:
    """Each layout, all but one of them among the long tests."""
    layouts = [fast, *(name for name in LAYOUTS if name != fast)]
    options = first_of({"layout": name} for name in layouts)
    return pytest.mark.parametrize("replica", options, indirect=True, ids=layouts)


def logged(after: int) -> dict[tuple[str, str], dict[str, Any]]:
    """{(kind, id or code): {field: [old, new]}} of the log past an id, in the ledger's terms."""
    rows = {}
    for row in DataChangeLog.objects.filter(id__gt=after).order_by("id"):
        kind = "listing" if row.entity_type == "municipality_listing" else row.change_type
        assert (kind, row.external_id) not in rows, "one row a thing and run"
        rows[kind, row.external_id] = row.field_changes
    return rows


def told(entries: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The ledger's entries; the number itself is a column of the log, not one of its changes."""
    return {
        (entry["kind"], entry.get("code") or entry["external_id"]): {
            name: pair for name, pair in entry["changes"].items() if name != "external_id"
        }
        for entry in entries
    }


def differences(after: int, entries: list[dict[str, Any]]) -> dict[Any, Any]:
    """Where log and ledger do not say the same: (kind, id) → field → (log, ledger)."""
    log, ledger = normal(logged(after)), normal(told(entries))
    return {
        key: {
            name: (log.get(key, {}).get(name, "–"), ledger.get(key, {}).get(name, "–"))
            for name in log.get(key, {}).keys() | ledger.get(key, {}).keys()
            if log.get(key, {}).get(name) != ledger.get(key, {}).get(name)
        }
        for key in log.keys() | ledger.keys()
        if log.get(key) != ledger.get(key)
    }


def normal(rows: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Numbers as their strings, so that a JSON integer and its text compare."""

    def text(value: Any) -> Any:
        if isinstance(value, list):
            return [text(part) for part in value]
        if isinstance(value, float):
            return f"{value:.6f}"
        return str(value) if isinstance(value, int) else value

    return {key: {field: text(pair) for field, pair in fields.items()} for key, fields in rows.items()}


@each_layout
def test_the_log_equals_the_ledger(replica, first, sync, here):
    here.HOLD_CHANGED = 100  # most of the projects change at once
    assert (first.state, first.complete, first.created) == ("succeeded", True, 24), first.notes
    replica.site.mutate(16)
    second = sync(replica.url)
    assert second.state == "succeeded", second.error
    assert differences(first.last_change, replica.site.ledger.since(0)) == {}


@pytest.mark.parametrize(
    "replica", first_of({"layout": name} for name in LAYOUTS), indirect=True, ids=LAYOUTS
)
def test_a_second_identical_sync_changes_nothing(replica, first, sync):
    rows = Project.objects.count(), DataChangeLog.objects.count(), Snapshot.objects.count()
    touched = Project.objects.order_by("-last_changed_at").first()
    second = sync(replica.url)
    assert (second.state, second.unchanged_by, second.change_count) == ("unchanged", "page", 0)
    assert (second.seen, second.listings) == (first.seen, first.listings)
    assert (Project.objects.count(), DataChangeLog.objects.count(), Snapshot.objects.count()) == rows
    assert Project.objects.order_by("-last_changed_at").first().last_changed_at == touched.last_changed_at


@pytest.mark.soak
@one_layout("table")
def test_ten_polls_of_noise_write_nothing_but_runs_and_sightings(replica, first, sync):
    before = DataChangeLog.objects.count(), Snapshot.objects.count(), snapshot_of_projects()
    kinds = sorted(replica.site.noise("all"))
    looks = Sighting.objects.count()
    # ten in one rendering; in the others each kind of noise comes on once
    for number in range(10 if replica.site.layout.name == "grid" else 5):
        replica.site.noise(kinds[number % len(kinds)], on=bool(number % 3))
        run = sync()
        assert run.state == "unchanged", logged(before[0])
    assert (DataChangeLog.objects.count(), Snapshot.objects.count(), snapshot_of_projects()) == before
    assert Sighting.objects.count() > looks


def snapshot_of_projects() -> list[dict[str, Any]]:
    return list(Project.objects.order_by("id").values())


@pytest.mark.soak
def test_what_only_a_project_s_own_page_shows_is_found_when_its_turn_comes(replica, first, sync, here):
    here.ROTATION_RUNS = 3
    replica.site.mutate(12, part="page")
    for _ in range(3):
        sync()
    assert differences(first.last_change, replica.site.ledger.since(0)) == {}


def test_a_quiet_poll_reads_lists_and_the_turn_s_pages_only(replica, first, sync):
    before = sum(replica.requests.values())
    run = sync()
    own_pages = Sighting.objects.filter(run=run, key__startswith="project:").count()
    assert own_pages <= 6
    assert sum(replica.requests.values()) - before == run.requests


def test_a_project_that_is_gone_is_missing_and_can_return(replica, first, sync):
    external_id = Project.objects.order_by("id").first().external_id
    replica.site.remove(external_id)
    assert sync().missing == 1
    gone = Project.objects.get(external_id=external_id)
    assert (gone.presence, gone.last_listed_at) == ("missing", first.finished_at)
    assert sync().state == "unchanged"
    replica.site.restore(external_id)
    assert sync().returned == 1
    assert Project.objects.get(external_id=external_id).presence == "present"
    steps = DataChangeLog.objects.filter(external_id=external_id).order_by("id")
    assert [row.change_type for row in steps] == ["created", "missing", "returned"]


def test_each_change_points_at_bytes_that_say_it(replica, first, sync):
    replica.site.mutate(10)
    sync()
    for row in DataChangeLog.objects.filter(id__gt=first.last_change).select_related("snapshot"):
        assert row.snapshot.run_id == row.run_id


def test_a_change_of_layout_on_the_way_leaves_the_facts_alone(replica, first, sync):
    replica.site.set_layout("table")
    run = sync()
    assert run.state in ("succeeded", "unchanged")
    typed = {
        name
        for row in DataChangeLog.objects.filter(id__gt=first.last_change)
        for name in row.field_changes
        if not name.startswith("published.")
    }
    assert typed == set()
