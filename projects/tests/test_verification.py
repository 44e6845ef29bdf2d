"""The log cannot be edited quietly: whatever is done to it behind our back, `verify_log` names the row."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from projects.log import heads
from projects.log.verification import verify
from projects.log.writer import CLAIMED, Entry, append, digest
from projects.models import ChainHead, DataChangeLog
from projects.tests.factories import a_run, a_snapshot

pytestmark = pytest.mark.django_db

TABLE = "projects_datachangelog"


@pytest.fixture(autouse=True)
def _heads(settings, tmp_path):
    settings.HEADS_DIR = tmp_path / "heads"


def written(count: int = 6) -> None:
    run = a_run()
    snapshot = a_snapshot(run, keep=False)
    rows = (
        Entry(
            "project", number, f"WP{number}", "Weir – “Ébène”", "dws", "updated",
            {"budget": [None, f"{number}.00"], "latitude": [-23.3058, 30.0]},
            {"Budget": ["", "R 5 €"]}, run_id=run.pk, snapshot_id=snapshot.pk,
        )
        for number in range(1, count + 1)
    )  # fmt: skip
    with transaction.atomic():
        append(rows)


@pytest.fixture
def log(db):
    written()


def sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=TABLE), values)


def told(*options: str) -> tuple[int, dict]:
    """Exit code and JSON of `verify_log`."""
    out, code = StringIO(), 0
    try:
        call_command("verify_log", "--json", *options, stdout=out)
    except SystemExit as end:
        code = int(end.code)
    return code, json.loads(out.getvalue())


def fault() -> tuple[int, str]:
    code, report = told()
    assert code == 1
    assert report["intact"] is False
    return report["fault"]["id"], report["fault"]["kind"]


def test_an_empty_log_is_intact():
    code, report = told()
    assert (code, report["intact"], report["rows"]) == (0, True, 0)


def test_an_intact_log_says_so_with_its_head(log):
    code, report = told()
    head = ChainHead.objects.get()
    assert code == 0
    assert (report["intact"], report["rows"], report["fault"]) == (True, 6, None)
    assert (report["last_id"], report["digest"]) == (6, head.digest)


def test_for_people_it_says_one_sentence(log):
    out = StringIO()
    call_command("verify_log", stdout=out)
    assert out.getvalue().startswith("Intact: 6 changes")
    sql("UPDATE {table} SET cause = 'steward' WHERE id = 4")
    with pytest.raises(SystemExit):
        call_command("verify_log", stdout=out)
    assert "BROKEN after 3 changes that fit: Change 4 does not fit its digest" in out.getvalue()


TAMPERED = {
    "at": "2026-01-01 00:00:00.000001+00:00",
    "entity_type": "discrepancy",
    "entity_id": 99,
    "change_type": "created",
    "cause": "correction",
    "field_changes": '{"budget": [null, "7.00"]}',
    "evidence": "{}",
    "run_id": None,
    "snapshot_id": None,
}


def test_every_column_of_the_digest_is_tampered_with_here():
    assert set(CLAIMED) == {"id", *TAMPERED}


@pytest.mark.parametrize("column", TAMPERED)
def test_a_column_that_was_edited_by_hand_is_found_at_its_row(log, column):
    sql(f"UPDATE {{table}} SET {column} = %s WHERE id = 3", TAMPERED[column])
    assert fault() == (3, "digest")


def test_an_edited_row_with_a_fitting_digest_is_found_at_the_next(log):
    rows = list(DataChangeLog.objects.order_by("pk")[:3])
    rows[2].entity_id = 77
    sql("UPDATE {table} SET entity_id = 77, digest = %s WHERE id = 3", digest(rows[2], rows[1].digest))
    assert fault() == (4, "digest")


def test_an_edited_last_row_with_a_fitting_digest_does_not_fit_the_head(log):
    rows = list(DataChangeLog.objects.order_by("pk")[4:])
    rows[1].entity_id = 77
    sql("UPDATE {table} SET entity_id = 77, digest = %s WHERE id = 6", digest(rows[1], rows[0].digest))
    assert fault() == (6, "head")


def test_a_removed_row_is_a_gap(log):
    sql("DELETE FROM {table} WHERE id = 4")
    assert fault() == (4, "gap")


def test_a_log_that_lost_its_beginning_says_so(log):
    sql("DELETE FROM {table} WHERE id < 3")
    assert fault() == (3, "previous")


def test_a_cut_tail_is_found_by_the_head(log):
    sql("DELETE FROM {table} WHERE id > 4")
    assert fault() == (5, "head")


def test_rows_put_behind_the_head_are_found(log):
    row = DataChangeLog.objects.get(pk=6)
    row.pk, row.digest = 9, "f" * 64
    DataChangeLog.objects.bulk_create([row])
    assert fault() == (9, "head")


def test_a_row_put_in_before_the_first_is_found(log):
    row = DataChangeLog.objects.get(pk=6)
    row.pk, row.digest = 0, "f" * 64
    DataChangeLog.objects.bulk_create([row])
    assert fault() == (0, "gap")


def test_a_missing_head_is_a_broken_log(log):
    ChainHead.objects.all().delete()
    assert fault() == (0, "head")


def test_what_no_digest_covers_may_be_said_anew(log):
    DataChangeLog.objects.update(severity="major", rules=["a rule of tomorrow"])
    assert told()[0] == 0


def published(line: str) -> None:
    folder = Path(heads.settings.HEADS_DIR)
    folder.mkdir(exist_ok=True)
    (folder / "2026.txt").write_text(f"{line}\n")


def test_a_log_cut_together_with_its_head_is_found_by_the_published_heads(log):
    published(f"2026-05-01 5 {DataChangeLog.objects.get(pk=5).digest}")
    assert told()[1]["heads"] == 1
    sql("DELETE FROM {table} WHERE id > 4")
    ChainHead.objects.update(last_id=4, digest=DataChangeLog.objects.get(pk=4).digest)
    assert fault() == (5, "published_head")


def test_a_log_that_was_written_anew_is_found_by_the_published_heads(log):
    published(f"2026-05-01 4 {DataChangeLog.objects.get(pk=4).digest}")
    before = "0" * 64
    for row in DataChangeLog.objects.order_by("pk"):
        row.cause = "steward"
        before = digest(row, before)
        sql("UPDATE {table} SET cause = 'steward', digest = %s WHERE id = %s", before, row.pk)
    ChainHead.objects.update(digest=before)
    assert fault() == (4, "published_head")
    heads_gone = verify()
    assert heads_gone.fault is None  # without a copy elsewhere nobody could tell


def test_it_asks_a_fixed_number_of_queries_however_long_the_log(django_assert_max_num_queries):
    written(5000)
    with django_assert_max_num_queries(6):
        assert verify().rows == 5000


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite stores what is no date")
def test_a_date_that_is_none_is_an_altered_row(log):
    sql("UPDATE {table} SET at = 'long ago' WHERE id = 2")
    assert fault()[0] == 2
    sql("UPDATE {table} SET at = '2026-13-45 00:00:00' WHERE id = 2")
    assert fault()[0] == 2
