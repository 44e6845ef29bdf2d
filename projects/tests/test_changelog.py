"""The log's writer: ids in commit order, a digest chain from the first row, nothing half written."""

from __future__ import annotations

import pytest
from django.db import transaction

from projects.log import writer as log
from projects.log.writer import Entry, append, digest, log_grew
from projects.models import ChainHead, DataChangeLog, LogIsAppendOnly
from projects.tests.factories import a_source

pytestmark = pytest.mark.django_db


def an_entry(number: int = 1, **fields) -> Entry:
    given = {
        "entity_type": "project",
        "entity_id": number,
        "external_id": f"WP{number}",
        "name": "Weir – “Ébène” & Söhne",
        "source_id": "dws",
        "change_type": "updated",
        "field_changes": {"progress_percentage": ["78.00", "62.00"]},
        "evidence": {"% complete": ["78 %", "62 %"]},
    }
    return Entry(**{**given, **fields})


def write(*entries: Entry) -> log.Span:
    with transaction.atomic():
        return append(entries)


def test_ids_are_allotted_in_the_order_of_appending():
    assert write(an_entry(1), an_entry(2)) == log.Span(1, 2, 2)
    assert write(an_entry(3)) == log.Span(3, 3, 1)
    rows = DataChangeLog.objects.order_by("pk")
    assert list(rows.values_list("pk", "entity_id")) == [(1, 1), (2, 2), (3, 3)]


def test_every_digest_can_be_recomputed_from_the_rows_alone():
    write(*(an_entry(number) for number in range(5)))
    write(an_entry(9, field_changes={"budget": [None, "5.00"]}, evidence={}))
    before = "0" * 64
    for row in DataChangeLog.objects.order_by("pk"):
        before = digest(row, before)
        assert row.digest == before
    assert ChainHead.objects.get().digest == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("field_changes", {"progress_percentage": ["78.00", "63.00"]}),
        ("evidence", {}),
        ("change_type", "created"),
        ("cause", "steward"),
        ("entity_id", 7),
    ],
)
def test_an_edited_row_no_longer_fits_its_digest(field, value):
    write(an_entry(1), an_entry(2))
    DataChangeLog.objects.filter(pk=1).update(**{field: value})
    row = DataChangeLog.objects.get(pk=1)
    assert digest(row, "0" * 64) != row.digest


def test_what_the_rules_say_is_not_part_of_the_digest():
    write(an_entry())
    DataChangeLog.objects.update(severity="info", rules=[])
    row = DataChangeLog.objects.get()
    assert digest(row, "0" * 64) == row.digest


def test_a_rollback_leaves_neither_row_nor_gap():
    write(an_entry(1))
    head = ChainHead.objects.get()

    def write_and_fail():
        with transaction.atomic():
            append([an_entry(2)])
            raise RuntimeError("the load broke after the log was written")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert ChainHead.objects.get().last_id == head.last_id
    assert write(an_entry(3)).first == head.last_id + 1


def test_nothing_to_say_writes_nothing():
    assert write() == log.Span(None, None, 0)
    assert ChainHead.objects.get().last_id == 0


def test_the_bell_rings_once_after_the_commit_with_the_last_id(django_capture_on_commit_callbacks):
    heard = []

    def listener(sender, last_id, **kwargs):
        heard.append(last_id)

    log_grew.connect(listener)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            write(an_entry(1), an_entry(2), an_entry(3))
            assert heard == []
        assert heard == [3]
    finally:
        log_grew.disconnect(listener)


def test_a_row_says_severity_and_rules_and_whether_it_is_demo_data():
    a_source(demo=True)
    write(an_entry())
    row = DataChangeLog.objects.get()
    assert (row.severity, row.rules, row.demo) == ("major", ["progress_backwards"], True)


def test_a_row_is_never_saved_or_deleted():
    write(an_entry())
    row = DataChangeLog.objects.get()
    with pytest.raises(LogIsAppendOnly):
        row.save()
    with pytest.raises(LogIsAppendOnly):
        row.delete()


@pytest.mark.django_db(transaction=True)
def test_appending_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        append([an_entry()])


def test_a_thousand_rows_cost_a_fixed_number_of_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(35):  # SQLite takes few parameters at once; PostgreSQL needs five
        write(*(an_entry(number) for number in range(1000)))
