"""The recipe of docs/verification.md, run as it stands on what the API gives."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import transaction

from projects.log import heads
from projects.log.writer import Entry, append
from projects.models import ChainHead, DataChangeLog
from projects.tests.factories import a_run, a_snapshot

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
ODD = "Weir – “Ébène” \\ \"quoted\" \n\t\x01 \u2028 😀 'R 5'"


@pytest.fixture
def recipe(client, monkeypatch) -> dict:
    """The script's functions; its requests are answered by the site itself."""
    source = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
    names: dict = {"__name__": "recipe"}
    exec(compile(source, str(DOCUMENT), "exec"), names)

    def urlopen(address: str) -> io.BytesIO:
        parts = urlsplit(address)
        return io.BytesIO(client.get(f"{parts.path}?{parts.query}").content)

    monkeypatch.setattr(names["urllib"].request, "urlopen", urlopen)
    return names


@pytest.fixture
def log(db):
    run = a_run()
    snapshot = a_snapshot(run, keep=False)
    values = {
        "budget": [None, "5.00"],
        "latitude": [-23.3058, 30.0],
        "longitude": [1e-7, 12],
        f"published.{ODD}": ["", ODD],
        "municipalities": [[], ["LIM331", "CPT"]],
    }
    rows = [
        Entry("project", 1, "WP1", ODD, "dws", "updated", values, {ODD: [ODD, None]}, run_id=run.pk,
              snapshot_id=snapshot.pk),
        Entry("project", 2, "WP2", "", "dws", "missing", {"presence": ["present", "missing"]}),
        *(Entry("project", n, "WP", "", "dws", "created", {"name": [None, str(n)]}) for n in range(3, 600)),
    ]  # fmt: skip
    with transaction.atomic():
        append(rows)


def test_every_digest_can_be_recomputed_from_the_api_alone(recipe, log):
    told = recipe["check"](recipe["changes"]("https://site"), {})
    assert told == f"intact up to change 599: {ChainHead.objects.get().digest}"


def test_the_heads_that_a_reader_kept_are_compared(recipe, log, client, settings, tmp_path):
    settings.HEADS_DIR = tmp_path
    (tmp_path / "2026.txt").write_text(f"2026-05-01 500 {DataChangeLog.objects.get(pk=500).digest}\n")
    assert [head.last_id for head in heads.published()] == [500]
    kept = [line.split() for line in client.get("/changes/heads.txt").content.decode().splitlines()]
    rows = list(recipe["changes"]("https://site"))
    check, known = recipe["check"], {int(pk): digest for _, pk, digest in kept}
    assert check(rows, dict(known)).startswith("intact")
    assert check(rows, {500: "f" * 64}) == "change 500 is not the one that was published"
    assert check(rows[:400], dict(known)) == "published change 500 is gone"


@pytest.mark.parametrize("name", ["at", "entity_id", "cause", "field_changes", "evidence", "run", "snapshot"])
def test_an_answer_that_was_tampered_with_is_noticed(recipe, log, name):
    rows = list(recipe["changes"]("https://site"))[:5]
    rows[1] = json.loads(json.dumps(rows[1]))
    rows[1][name] = {"at": "2026-01-01T00:00:00.000000Z"}.get(name, "x")
    assert recipe["check"](rows, {}) == "change 2 does not follow from change 1"


def test_the_script_needs_no_more_than_forty_lines(recipe):
    source = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
    assert len(source.splitlines()) <= 40
