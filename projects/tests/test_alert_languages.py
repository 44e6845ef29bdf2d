"""An alert that was asked for in a language is written to in it; forms call their fields by their names."""

from __future__ import annotations

from decimal import Decimal

import pytest

from projects.languages import override
from projects.models import OutboxMessage, Subscription
from projects.subscriptions import subscribing
from projects.subscriptions.mailing import mail
from projects.subscriptions.searches import CHANGES, Search
from projects.subscriptions.words import composed
from projects.tests.factories import a_project, change

pytestmark = pytest.mark.django_db


def asked(code: str) -> tuple[OutboxMessage, Subscription]:
    with override(code):
        subscribing.subscribe_email("reader@example.org", Search.of(CHANGES, {}), "daily")
    message = OutboxMessage.objects.latest("pk")
    assert message.subscription is not None
    return message, message.subscription


@pytest.mark.parametrize(
    ("code", "subject", "prefix", "tag"),
    [("en", "Confirm your alert", "", "en-ZA"), ("af", "Bevestig jou waarskuwing", "/af", "af-ZA")],
)
def test_the_first_mail_is_in_the_language_of_the_page_on_which_it_was_asked_for(code, subject, prefix, tag):
    message, subscription = asked(code)
    letter = mail(message, subscription, composed(message, subscription))
    assert letter.subject == subject
    assert f"{prefix}/subscribe/confirm/" in letter.body
    assert f'<html lang="{tag}">' in str(letter.alternatives[0][0])


def test_so_are_news_and_their_links():
    _, subscription = asked("af")
    subscribing.confirm(subscription)
    subscription.refresh_from_db()
    row = change(a_project("WP1", budget=Decimal("100.00")), "budget", Decimal("150.50"))
    message = OutboxMessage(subscription=subscription, kind=OutboxMessage.Kind.NEWS, due_at=row.at)
    message.set_ids([row.pk])
    message.save()
    letter = mail(message, subscription, composed(message, subscription))
    assert "150,50" in letter.body
    assert "/af/told/" in letter.body
    assert "/af/subscribe/stop/" in letter.extra_headers["List-Unsubscribe"]


@pytest.mark.parametrize(
    ("address", "called"),
    [
        ("/changes/?min_months=x", "Completion moved by months, at least"),
        ("/af/changes/?min_months=x", "Voltooiing met maande geskuif, minstens"),
        ("/af/projects/?source=x", "Bron"),
    ],
)
def test_an_error_of_a_form_names_the_field_as_the_form_does(client, address, called):
    page = client.get(address)
    assert page.status_code == 400
    assert f"<strong>{called}</strong>: " in page.content.decode()


def test_an_error_of_a_form_as_a_whole_names_none(client):
    page = client.post(
        "/subscribe/?of=projects", {"email": "a@example.org", "rhythm": "daily", "form": "old"}
    )
    assert "<li>This form was sent at once" in page.content.decode()
