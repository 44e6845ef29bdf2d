"""Which requests may be read from a standby at all; what one does is in `test_hosts.py`, with a real one."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.test import RequestFactory

from buka import standby
from projects.models import Project

ASK = RequestFactory()


@pytest.mark.parametrize(
    "request_",
    [
        ASK.post("/projects/"),
        ASK.get("/admin/projects/project/"),
        ASK.get("/api/v1/runs/7/"),
        ASK.get("/readyz"),
        ASK.get("/report/BCDF-BCDF-BCDF-BCDF/"),
        ASK.get("/projects/", headers={"authorization": "Token abc"}),
        ASK.get("/projects/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}=abc"}),
    ],
    ids=["a post", "the admin", "a run", "a probe", "a report", "a token", "a session"],
)
def test_what_is_written_watched_or_of_somebody_who_is_known_asks_the_primary(request_) -> None:
    assert standby._choose(request_) == DEFAULT_DB_ALIAS  # and no database was asked to find that out


def test_what_is_written_and_migrated_is_the_primary_alone() -> None:
    router = standby.Router()
    assert router.db_for_write(Project) == DEFAULT_DB_ALIAS
    assert router.db_for_read(Project) == DEFAULT_DB_ALIAS, "outside of a request"
    assert not router.allow_migrate(standby.STANDBY, "projects")
