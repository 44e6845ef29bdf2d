"""A change that proves false is taken back, from exactly those who were told of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from projects.log.writer import Entry
from projects.models import DataChangeLog, OutboxMessage, Rhythm, RunState
from projects.models.subscriptions import unpacked
from projects.subscriptions import subscribing
from projects.subscriptions.falsehoods import Row, false_by
from projects.tests.alerts import NOON, Clock, by_mail, tell, told
from projects.tests.factories import a_project, a_run, append, change, log
from projects.tests.mailbox import Mailbox


@pytest.fixture
def box(db: None, settings: Any) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    for name, value in mailbox.settings().items():
        setattr(settings, name, value)
    yield mailbox
    mailbox.stop()


def dearer(project: Any, million: int, **fields: Any) -> DataChangeLog:
    return change(project, "budget", Decimal(million * 1_000_000), at=NOON, **fields)


def subjects(box: Mailbox, address: str) -> list[str]:
    return [str(mail["Subject"]).split(":")[0].split(" –")[0] for mail in box.to(address)]


@pytest.mark.parametrize(
    ("cause", "kind", "why"),
    [
        ("parser", "", "we had misread the page"),
        ("correction", "", "the source took it back"),
        ("steward", "corrected", "a steward corrected it"),
    ],
)
def test_what_proves_false_is_taken_back_from_those_who_were_told_and_nobody_else(box, cause, kind, why):
    project = a_project(name="Nandoni")
    told_of_it, elsewhere = (
        by_mail("a@example.org", query="province=LIM"),
        by_mail("b@example.org", query="province=WC"),
    )
    false = dearer(project, 5000)
    clock = Clock()
    tell(clock)
    later = by_mail("c@example.org", query="province=LIM")
    dearer(project, 500, cause=cause, **({"step": kind} if kind else {}))
    tell(clock.later(minutes=1))
    assert (told(told_of_it, "retraction"), told(elsewhere, "retraction"), told(later, "retraction")) == (
        [false.pk], [], [],
    )  # fmt: skip
    assert [mail["To"] for mail in box.mails] == ["a@example.org"] * 2
    assert box.mails[1]["Subject"] == "Taken back: Nandoni"
    assert why in box.mails[1].get_body(("plain",)).get_content()


def test_what_is_not_told_yet_is_left_out_and_nothing_is_taken_back(box):
    project, other = a_project("WP1"), a_project("WP2")
    daily, weekly = (
        by_mail("a@example.org", rhythm=Rhythm.DAILY),
        by_mail("b@example.org", rhythm=Rhythm.WEEKLY),
    )
    false, sound = dearer(project, 5000), dearer(other, 400)
    clock = Clock()
    tell(clock)
    dearer(project, 500, cause="parser")
    tell(clock.later(hours=1))
    assert (told(daily), told(weekly)) == ([sound.pk], [sound.pk])
    tell(clock.later(days=7))
    assert not OutboxMessage.objects.filter(kind="retraction").exists()
    assert false.pk not in told(daily)


def test_a_change_that_is_taken_back_before_anybody_looks_is_never_told(box):
    project = a_project()
    row = by_mail()
    dearer(project, 5000)
    dearer(project, 500, cause="correction")
    tell(Clock())
    assert (box.mails, told(row)) == ([], [])


def test_news_that_the_mail_server_never_took_is_corrected_rather_than_told_and_taken_back(box):
    project, other = a_project("WP1"), a_project("WP2")
    row = by_mail()
    clock = Clock()
    box.stop()
    dearer(project, 5000)
    sound = dearer(other, 400)
    tell(clock)
    dearer(project, 500, cause="parser")
    tell(clock.later(minutes=1))
    box.start()
    tell(clock.later(hours=1))
    assert (told(row), len(box.mails)) == ([sound.pk], 1)
    assert "5 000" not in box.mails[0].get_body(("plain",)).get_content()


def test_who_ended_an_alert_is_not_written_to_again_and_its_page_says_it_all_the_same(box, client):
    project = a_project()
    row = by_mail()
    false = dearer(project, 5000)
    clock = Clock()
    tell(clock)
    subscribing.stop(row)
    dearer(project, 500, cause="parser")
    tell(clock.later(hours=1))
    message = row.messages.get()
    assert (len(box.mails), unpacked(message.retracted)) == (1, [false.pk])
    assert "proved false" in client.get(message.get_absolute_url()).content.decode()


def test_the_same_is_taken_back_once_whoever_says_so_again(box):
    project = a_project()
    row = by_mail()
    false = dearer(project, 5000)
    clock = Clock()
    tell(clock)
    for million in (500, 400):
        dearer(project, million, cause="parser")
        tell(clock.later(minutes=1))
    assert told(row, "retraction") == [false.pk]


def test_what_a_run_loaded_is_taken_back_when_a_steward_rejects_it(box):
    run = a_run(change_count=1)
    row = by_mail()
    project = a_project(run=run)
    first = DataChangeLog.objects.of_project(project.pk).get()
    clock = Clock(timezone.now())
    tell(clock)
    run.state, run.decided_at = RunState.REJECTED, clock.now
    run.save()
    tell(clock.later(minutes=1))
    tell(clock.later(minutes=1))
    assert told(row, "retraction") == [first.pk]
    assert "rejected" in box.mails[-1].get_body(("plain",)).get_content()


def test_a_question_that_our_rules_take_back_is_taken_back(box):
    project, row, clock = a_project(), by_mail(), Clock()
    clock.later(minutes=20)

    def question(change_type: str, cause: str) -> DataChangeLog:
        moved = {"state": [None, "open"] if change_type == "opened" else ["open", "closed"]}
        return append(
            Entry(
                "discrepancy",
                7,
                "spending:1",
                "Spent more?",
                project.source_id,
                change_type,
                moved,
                cause=cause,
            )
        )

    tell(clock)
    opened = question("opened", "source")
    tell(clock.later(minutes=20))
    question("closed", "parser")
    tell(clock.later(minutes=20))
    assert told(row, "retraction") == [opened.pk]


def test_a_retraction_is_not_held_up_by_a_digest_that_gathers(box):
    project, other = a_project("WP1"), a_project("WP2")
    row = by_mail(rhythm=Rhythm.DAILY)
    clock = Clock()
    dearer(project, 5000)
    tell(clock)
    tell(clock.later(days=1))
    dearer(other, 400)
    dearer(project, 500, cause="parser")
    tell(clock.later(minutes=1))
    assert subjects(box, "thandi@example.org")[-1] == "Taken back"
    assert row.messages.gathering().count() == 1


def row(pk: int, change_type: str = "updated", cause: str = "source", **pairs: Any) -> Row:
    return Row(pk, ("project", 1), change_type, pairs, cause)


@pytest.mark.parametrize(
    ("earlier", "now", "false"),
    [
        ([row(1, budget=["5", "50"])], row(2, cause="parser", budget=["50", "5"]), {1}),
        ([row(1, budget=["5", "50"])], row(2, cause="parser", budget=["50", "55"]), {1}),
        # another field, and a value that has moved on since
        ([row(1, budget=["5", "50"])], row(2, cause="parser", status=["design", "tender"]), set()),
        ([row(1, budget=["5", "50"]), row(2, budget=["50", "60"])], row(3, budget=["60", "6"]), {2}),
        # that a project is new stays true, whatever we had read of it
        ([row(1, "created", budget=[None, "50"])], row(2, budget=["50", "5"]), set()),
        ([row(1, "missing")], row(2, "returned"), {1}),
        ([row(1, "created")], row(2, "withdrawn"), {1}),
        ([row(1, "created"), row(2, "missing"), row(3, "returned")], row(4, "missing"), {3}),
        # a flag more takes none back
        ([row(1, flags=[[], ["overdue"]])], row(2, flags=[["overdue"], ["overdue", "dearer"]]), set()),
        (
            [row(1, flags=[[], ["overdue"]]), row(2, flags=[["overdue"], ["overdue", "dearer"]])],
            row(3, flags=[["overdue", "dearer"], ["dearer"]]),
            {1},
        ),
    ],
)
def test_a_row_takes_back_what_said_the_same_thing_last(earlier, now, false):
    assert set(false_by(now, earlier)) == false


def test_a_parser_that_learns_what_was_never_told_takes_nothing_back(box):
    project = a_project()
    row_ = by_mail()
    clock = Clock()
    tell(clock)
    log(project, "updated", {"contractor": [None, "Ikhwezi"]}, cause="parser")
    tell(clock.later(minutes=1))
    assert (told(row_), told(row_, "retraction")) == ([], [])


def test_nor_is_who_kept_another_alert_or_whose_address_is_gone_by_then(box, client):
    project = a_project()
    ended, kept = by_mail(query="province=LIM"), by_mail(query="province=WC")
    gone = by_mail("b@example.org")
    false = dearer(project, 5000)
    clock = Clock()
    tell(clock)
    subscribing.stop(ended)
    pages = [row.messages.get().get_absolute_url() for row in (ended, gone)]
    subscribing.delete(gone.contact, [gone])
    wrong = dearer(project, 500, cause="parser")
    tell(clock.later(hours=1))
    assert len(box.mails) == 2
    assert not kept.messages.exists()
    for page in pages:
        html = client.get(page).content.decode()
        assert "nobody is written to about it: it is said here" in html
        assert "we had misread the page" in html
        assert f"/changes/{wrong.pk}/" in html
    assert unpacked(OutboxMessage.objects.filter(first=false.pk).first().retracted) == [false.pk]
