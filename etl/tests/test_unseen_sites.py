"""Sites that nobody had in view when the crawl was written: nothing wrong, silent, or told for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from etl.tests import (
    unseen_bureaus,
    unseen_last,
    unseen_later,
    unseen_registers,
    unseen_services,
    unseen_systems,
)
from etl.tests.conftest import Sync
from etl.tests.site_trial import trial
from etl.tests.unseen_sites import SYSTEMS

pytestmark = pytest.mark.django_db
assert all(
    (unseen_systems, unseen_later, unseen_last, unseen_bureaus, unseen_services, unseen_registers)
)  # their sites are registered where they are imported
NEVER = ("wrong", "invented", "silent", "false", "replay", "chain")


def cases() -> list[Any]:
    known = {name: [pytest.mark.xfail(reason=made.unread)] for name, made in SYSTEMS.items() if made.unread}
    first, *others = SYSTEMS
    soak = pytest.mark.soak  # half a second each, and more
    return [first, *(pytest.param(name, marks=[soak, *known.get(name, ())]) for name in others)]


@pytest.mark.parametrize("name", cases())
def test_nothing_is_wrong_invented_silent_or_told_though_it_did_not_happen(
    name: str, sync: Sync, here: Any
) -> None:
    verdict = trial(SYSTEMS[name], sync, here)
    assert {kind: verdict.counts[kind] for kind in NEVER} == dict.fromkeys(NEVER, 0), "\n".join(verdict.told)
