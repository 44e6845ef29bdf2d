"""The first reading of a source: it says how far it is, fills as it goes, and goes on where it was killed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from etl.load import midway
from etl.tests.conftest import Sync
from etl.tests.test_areas import site
from etl.tests.tinysite import serving
from projects.models import SyncRun

pytestmark = pytest.mark.django_db
CODES = ("LIM331", "LIM332", "LIM333", "LIM334")


def entry(here: Any) -> str:
    return f"{here.root}/pmd/level.aspx"


def four_lists() -> dict[str, Any]:
    """Four municipalities of three projects each; what their lines claim comes out."""
    return site(dict.fromkeys(CODES, ("3", "R60")), {code: [10, 20, 30] for code in CODES})


def test_a_reading_says_how_far_it_is(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(midway, "_PAUSE", 0.0)
    shown: list[str] = []

    def look(_: Any) -> None:
        shown.append(" ".join(Client().get("/").content.decode().split()))

    with serving(four_lists()) as here:
        run = sync(entry(here), on_progress=look)
        assert "1 of 4 lists" in "".join(shown)
        assert "2 of 4 lists" in shown[-1]
        page = Client().get(f"/runs/{run.pk}/").content.decode()
    assert "lists" not in page  # a reading that ended has nothing left to read
    assert SyncRun.objects.get(pk=run.pk).progress == {}
