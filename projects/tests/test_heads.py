"""The head of each day: one line for each day on which the log grew, never twice, never rewritten."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from projects.log import heads
from projects.log.heads import DailyPublisher, daily_publisher
from projects.log.writer import log_grew
from projects.models import DataChangeLog
from projects.tests.factories import a_project, change

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 12, 30, 10, tzinfo=UTC)  # noon in South Africa


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.HEADS_DIR = tmp_path / "heads"
    return tmp_path / "heads"


@pytest.fixture
def log(db):
    """Two changes on 30 December, one on 1 January (at 00:30 in South Africa), one today."""
    project = a_project(at=NOON)
    change(project, "budget", 1, at=NOON + timedelta(hours=11))
    change(project, "budget", 2, at=datetime(2025, 12, 31, 22, 30, tzinfo=UTC))
    change(project, "budget", 3, at=timezone.now())
    return project


def lines(folder: Path, year: int) -> list[str]:
    return (folder / f"{year}.txt").read_text().splitlines()


def digest_of(pk: int) -> str:
    return DataChangeLog.objects.get(pk=pk).digest


def test_each_day_that_is_over_gets_the_digest_of_its_last_change(log, folder):
    heads.publish()
    assert lines(folder, 2025) == [f"2025-12-30 2 {digest_of(2)}"]
    assert lines(folder, 2026) == [f"2026-01-01 3 {digest_of(3)}"]  # of South Africa's day; today is not over


def test_twice_is_once(log, folder):
    heads.publish()
    before = (folder / "2026.txt").read_bytes()
    assert heads.publish() == []
    assert (folder / "2026.txt").read_bytes() == before


def test_a_later_day_is_appended_and_what_stands_stays(log, folder):
    heads.publish()
    change(log, "budget", 9, at=datetime(2026, 3, 5, 12, tzinfo=UTC))
    heads.publish()
    assert lines(folder, 2026) == [f"2026-01-01 3 {digest_of(3)}", f"2026-03-05 5 {digest_of(5)}"]


def test_an_empty_log_publishes_nothing(folder):
    assert heads.publish() == []
    assert heads.published() == []


def test_a_line_that_a_crash_cut_short_is_left_as_it_is_and_written_again(log, folder):
    folder.mkdir()
    (folder / "2026.txt").write_text("2026-01-01 3 abcd")
    heads.publish()
    assert lines(folder, 2026) == ["2026-01-01 3 abcd", f"2026-01-01 3 {digest_of(3)}"]
    assert [head.last_id for head in heads.published()] == [2, 3]


def test_a_clock_that_was_set_back_makes_no_day_come_twice(log, folder):
    heads.publish()
    change(log, "budget", 9, at=datetime(2025, 12, 30, 12, tzinfo=UTC))
    assert heads.publish() == []


def test_the_first_change_of_a_day_publishes_and_the_next_ones_do_not_ask(log, django_assert_num_queries):
    publisher = DailyPublisher()
    publisher.on_log_grew(None, last_id=4)
    assert len(heads.published()) == 2
    with django_assert_num_queries(0):
        publisher.on_log_grew(None, last_id=5)


def test_a_folder_that_cannot_be_written_breaks_no_load(log, folder, caplog):
    folder.write_text("a file is in the way")
    publisher = DailyPublisher()
    with caplog.at_level(logging.WARNING):
        publisher.on_log_grew(None, last_id=4)
    assert "could not be published" in caplog.text
    folder.unlink()
    publisher.on_log_grew(None, last_id=5)  # the next change tries again
    assert len(heads.published()) == 2


def test_it_hears_of_every_append():
    assert any(receiver() == daily_publisher.on_log_grew for _, receiver, *_ in log_grew.receivers)


def test_the_heads_are_plain_text_on_the_site(client, log):
    heads.publish()
    answer = client.get("/changes/heads.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        f"2025-12-30 2 {digest_of(2)}",
        f"2026-01-01 3 {digest_of(3)}",
    ]
    assert b"/changes/heads.txt" in client.get("/changes/").content


def test_without_a_published_day_the_text_is_empty(client):
    assert client.get("/changes/heads.txt").content == b""
