"""Every way in which the site can go wrong, against a loaded record: what the run says, what was written,
what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from etl.exceptions import EtlError
from projects.log.writer import log_grew
from projects.models import DataChangeLog, MunicipalityListing, Project, SyncRun
from replica.faults import FAULTS

pytestmark = [pytest.mark.django_db, pytest.mark.soak]


@dataclass
class Expected:
    """`state` of the run; `complete`; the breaker's `rules`; a piece of what is `said` (error or notes).

    `writes`: whether the record may change at all; it never does through a lie.
    """

    state: str
    complete: bool | None = None
    rules: set[str] = field(default_factory=set)
    said: str = ""
    writes: bool = False
    options: dict[str, Any] = field(default_factory=dict)


FAILED = "failed"
TABLE = {
    "none": Expected("unchanged", True),
    "shuffle": Expected("unchanged", True),
    # the wire
    "status404": Expected(FAILED, said="answered 404"),
    "status429": Expected(FAILED, said="answered 429", options={"retry_after": 0}),
    "status429_date": Expected(FAILED, said="answered 429", options={"retry_after": 0}),
    "status500": Expected(FAILED, said="500"),
    "status503": Expected(FAILED, said="503", options={"retry_after": 0}),
    "retry_date": Expected(FAILED, said="503", options={"retry_after": 0}),
    "soft_error": Expected(FAILED, said="error page"),
    "aspxerrorpath": Expected(FAILED, said="error page"),
    "waf200": Expected(FAILED, said="firewall"),
    "waf403": Expected(FAILED, said="refuses us"),
    "login": Expected(FAILED, said="login page"),
    "login_redirect": Expected(FAILED, said="login page"),
    "empty": Expected(FAILED, said="empty page"),
    "truncate": Expected(FAILED, said="ends in the middle"),
    "cut": Expected(FAILED, said="broke off"),
    "wrong_charset": Expected(FAILED, said="says that it is in"),
    "redirect_off": Expected(FAILED, said="off the host"),
    "huge": Expected(FAILED, said="larger than 2 MB"),
    "slow": Expected(FAILED, said="did not answer", options={"seconds": 3}),
    "session_expire": Expected("unchanged", True, options={"after": 8, "times": 1}),
    # lies of the pages
    "drop_rows": Expected("quarantined", rules={"count_down"}),
    "drop_rows_counted": Expected("unchanged", False, said="could be read"),
    "drop_rows_few": Expected("unchanged", False, said="the site says"),
    "drop_pages": Expected("unchanged", False),
    "drop_pages_empty": Expected("unchanged", False, said="the site says"),
    "lie_pager": Expected("unchanged", False, said="the site says"),
    "lie_pager_less": Expected("unchanged", False),
    "totals_off": Expected("succeeded", False, said="the site says", writes=True),
    "blank_column": Expected("quarantined", rules={"blanked"}),
    "rename_column": Expected("quarantined", rules={"never_seen"}),
    "rename_caption": Expected("quarantined", rules={"never_seen"}),
    "shuffle_pages": Expected("unchanged", None),
    "switch_layout": Expected("succeeded", None, writes=True, options={"layout": "table", "after": 12}),
    "self_edit": Expected("succeeded", False, writes=True, options={"after": 6}),
}


@pytest.fixture
def rings() -> Any:
    """The ids that were announced after a commit."""
    heard: list[int] = []

    def hear(last_id: int, **_: Any) -> None:
        heard.append(last_id)

    log_grew.connect(hear)
    yield heard
    log_grew.disconnect(hear)


def record() -> tuple[list[Any], list[Any], int]:
    projects, listings = Project.objects.order_by("id").values(), MunicipalityListing.objects.order_by("id")
    return list(projects), list(listings.values()), DataChangeLog.objects.count()


def test_every_fault_of_the_replica_is_in_the_table():
    assert set(FAULTS) <= set(TABLE), set(FAULTS) - set(TABLE)


@pytest.mark.parametrize(
    "replica", [{"projects": 30, "provinces": ("NC",), "rows_of_all": 12}], indirect=True, ids=["30"]
)
@pytest.mark.parametrize("fault", TABLE)
def test_a_fault(replica, sync, here, rings, django_capture_on_commit_callbacks, fault):
    expected = TABLE[fault]
    here.HOLD_LEAST_RECORDS = 10
    sync(replica.url)
    before, known = record(), DataChangeLog.objects.latest("id").pk
    here.FETCH_MAX_BYTES = 2_000_000
    here.FETCH_TIMEOUT_SECONDS = 0.3 if fault.startswith("slow") else 60
    here.FETCH_MAX_ATTEMPTS = 1 if fault.startswith("slow") else 2
    replica.site.set_fault(fault, **expected.options)
    with django_capture_on_commit_callbacks(execute=True):
        try:
            sync()
        except EtlError as problem:
            assert expected.state == FAILED, problem  # noqa: PT017 - most faults raise nothing
    run = SyncRun.objects.latest("id")
    told = " ".join([run.error, *run.notes])
    assert run.state == expected.state, told
    assert expected.complete in (None, run.complete), told
    assert expected.said in told
    assert expected.rules <= {reason["rule"] for reason in run.held}, run.held
    if not expected.writes:
        assert record() == before
    written = DataChangeLog.objects.filter(id__gt=known)
    assert not written.filter(change_type__in=["missing", "withdrawn"]).exists()
    assert rings == ([written.order_by("-id").first().pk] if written.exists() else [])
    facts = replica.site.facts()
    for project in Project.objects.exclude(budget=None):
        assert str(project.budget) == facts[project.external_id]["budget"], "a lie was loaded"
