"""Characters that turn the text around them are shown as what they are, and kept as they were published."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from projects.charset import visible
from projects.health.mail import send
from projects.models import DataChangeLog, OutboxMessage, Snapshot
from projects.subscriptions.mailing import mail
from projects.subscriptions.words import composed
from projects.tests.alerts import by_mail
from projects.tests.factories import a_project, a_run, a_snapshot, change
from realtime.frames import frame

pytestmark = pytest.mark.django_db
TURNS = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
NAME = f"Dam {''.join(map(chr, TURNS))}5 of 2 & “more” – é"
SHOWN = f"Dam {''.join(f'[U+{number:04X}]' for number in TURNS)}5 of 2 &amp; “more” – é"
PAGES = ["/projects/", "/municipalities/LIM331/", "/changes/", "/changes/1/", "/changes/feed.atom", "/"]


@pytest.fixture
def evil(settings, tmp_path) -> DataChangeLog:
    settings.ARCHIVE_DIR = tmp_path
    run = a_run()
    a_snapshot(run, html=f"<h1>{NAME}</h1>".encode())
    project = a_project(name=NAME, contractor=NAME, run=run)
    change(project, "contractor", f"{NAME} Ltd")
    return DataChangeLog.objects.latest("pk")


def hidden(text: str) -> list[str]:
    return [char for char in text if ord(char) in TURNS]


def test_no_page_and_no_feed_holds_one(client: Client, evil: DataChangeLog) -> None:
    pages = [
        *PAGES,
        f"/projects/{evil.entity_id}/",
        Snapshot.objects.get().get_absolute_url(),
        f"/projects/?q={NAME}",
    ]
    for address in pages:
        answer = client.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert not hidden(text), address
        assert "[U+202E]" in text, address
        if "Content-Length" in answer:
            assert int(answer["Content-Length"]) == len(answer.content)
    assert SHOWN in client.get("/projects/").content.decode()


def test_no_live_row_holds_one_and_the_data_beside_it_are_as_published(evil: DataChangeLog) -> None:
    told = json.loads(frame(evil, ["en"]).texts["en"])
    assert not hidden(told["html"])
    assert "[U+202E]" in told["html"]
    assert told["name"] == NAME


def test_the_api_has_what_was_published(client: Client, evil: DataChangeLog) -> None:
    assert client.get(f"/api/v1/projects/{evil.entity_id}/").json()["name"] == NAME


def test_a_form_shows_what_it_saves(admin_client: Client, evil: DataChangeLog) -> None:
    listed = admin_client.get("/admin/projects/project/").content.decode()
    assert not hidden(listed)
    assert "[U+202E]" in listed


def test_other_text_stays_as_it_is() -> None:
    for text in ("", "plain", "“quoted” – … é ’ Ω שלום", "\u200b\u2060\ufeff"):
        assert visible(text) == text


def test_no_mail_holds_one(evil: DataChangeLog) -> None:
    subscription = by_mail()
    message = OutboxMessage(subscription=subscription, kind=OutboxMessage.Kind.NEWS, due_at=evil.at)
    message.set_ids([evil.pk])
    message.save()
    letter = mail(message, subscription, composed(message, subscription))
    for text in (letter.subject, letter.body, str(letter.alternatives[0][0])):
        assert not hidden(text)
        assert "[U+202E]" in text


def test_no_alert_holds_one(settings, mailoutbox) -> None:
    settings.ALERT_EMAILS = ["steward@example.org"]
    send(f"Of {NAME}", NAME)
    assert not hidden(mailoutbox[0].subject + mailoutbox[0].body)
