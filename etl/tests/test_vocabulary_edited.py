"""A word that says what identifies projects is taught, changed or taken away in the vocabulary's own admin:
it is rehearsed as on the columns' screen, and each project stays the same one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from etl.desk import words
from etl.tests.conftest import going_on
from etl.tests.test_steward_identity import HEADINGS, ROWS, known
from etl.tests.test_steward_plan import agree, is_no_news, newer, site, steward, yes
from projects.models import Project, Vocabulary

__all__ = ["site", "steward"]
pytestmark = pytest.mark.django_db
LIST = "/admin/projects/vocabulary/"


def sent(client: Client, where: str, form: dict[str, Any]) -> str:
    """What the page says, in one line."""
    answer = client.post(f"{LIST}{where}", form, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def confirmed(client: Client, where: str, form: dict[str, Any]) -> str:
    """The question; its own form is sent with a yes."""
    question = sent(client, where, form)
    hidden = re.findall('<input type="hidden" name="([^"]+)" value="([^"]*)">', question)
    given: dict[str, Any] = {name: [value for other, value in hidden if other == name] for name, _ in hidden}
    (address,) = re.findall(f'action="{LIST}([^"]*)"', question)
    assert address == where
    sent(client, address, given | yes(question))
    return question


def word(text: str, meaning: str, kind: str = "field") -> dict[str, str]:
    return {"kind": kind, "text": text, "meaning": meaning, "reason": "We asked."}


def bulk(*rows: Vocabulary) -> dict[str, Any]:
    return {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}


@pytest.fixture
def read(site, sync):
    """The site was read; the last row of the log then."""
    site.publish(HEADINGS, ROWS)
    return sync(site.url).last_change


def test_a_word_is_taught_changed_and_taken_away_there_and_each_project_stays_itself(
    read, sync, steward, client
):
    before, called = known(), list(Project.objects.order_by("pk").values_list("name", flat=True))

    def holds(changes: int) -> None:
        assert sync().change_count == changes
        assert known() == before
        assert agree()
        assert sync().change_count == 0

    said = confirmed(steward, "add/", word("Tag", "name"))
    assert "4 of 4 projects get another name" in said
    assert "Each keeps its id, its address and its history" in said
    holds(4)
    row = Vocabulary.objects.get()
    assert (row.text, row.meaning, row.reason) == ("Tag", "name", "We asked.")
    said = confirmed(steward, f"{row.pk}/change/", word("Tag", "external_id"))
    assert "“Tag” says which project is which" in said
    holds(4)
    said = confirmed(steward, f"{row.pk}/change/", word("Kant", "municipality"))
    assert "4 of 4 projects lie elsewhere" in said
    holds(4)
    assert Vocabulary.objects.get().text == "Kant"
    confirmed(steward, f"{row.pk}/change/", word("Kant", "construction", "status"))
    holds(4)
    confirmed(steward, f"{row.pk}/change/", word("Tag", "name"))
    holds(4)
    confirmed(steward, f"{row.pk}/delete/", {"post": "yes"})
    holds(4)
    assert not Vocabulary.objects.exists()
    assert list(Project.objects.order_by("pk").values_list("name", flat=True)) == called
    assert is_no_news(client, newer(read))


def test_several_words_that_are_deleted_at_once_are_rehearsed_as_one(read, sync, steward, client):
    confirmed(steward, "add/", word("Kant", "municipality"))
    confirmed(steward, "add/", word("Tag", "name"))
    sync()
    before, last = known(), newer(0)[-1].pk
    rows = list(Vocabulary.objects.all())
    said = sent(steward, "", bulk(*rows))
    assert "4 of 4 projects get another name" in said
    assert "4 of 4 projects lie elsewhere" in said
    assert Vocabulary.objects.count() == 2
    logged = LogEntry.objects.count()
    confirmed(steward, "", bulk(*rows))
    assert not Vocabulary.objects.exists()
    assert LogEntry.objects.count() == logged + 2
    sync()
    assert known() == before
    assert agree()
    assert is_no_news(client, newer(last))


def test_what_would_make_two_one_is_refused_however_it_is_done(site, sync, steward):
    twin = [ROWS[0][0], "XX/1", "Malamulele", "Sedibeng Works", "R 700 000.00"]
    site.publish(HEADINGS, ROWS)
    sync(site.url)
    confirmed(steward, "add/", word("Kant", "municipality"))
    site.publish(HEADINGS, [*ROWS, twin])
    sync()
    row, logged = Vocabulary.objects.get(), LogEntry.objects.count()
    why = f"would fall together as one: “{twin[0]}” and “{twin[0]}”"
    change = f"{row.pk}/change/"
    for where, form in (
        (f"{row.pk}/delete/", {"post": "yes"}),
        ("", bulk(row)),
        (change, word("Kant", "")),
        (change, word("Kant", "contractor")),
        (change, word("Elsewhere", "municipality")),
        (change, word("Kant", "construction", "status")),
    ):
        assert why in sent(steward, where, {**form, "confirmed": "yes"}), form
    assert list(Vocabulary.objects.values_list("text", "meaning")) == [("Kant", "municipality")]
    assert LogEntry.objects.count() == logged
    assert sync().change_count == 0


def test_what_identifies_nothing_is_asked_of_nobody(read, sync, steward):
    sent(steward, "add/", word("Vote", "budget"))
    sent(steward, "add/", word("Nowhere", "name"))
    sent(steward, "add/", word("Op pad", "construction", "status"))
    assert Vocabulary.objects.count() == 3
    row = Vocabulary.objects.get(text="Vote")
    sent(steward, f"{row.pk}/change/", {**word("Vote", "budget"), "reason": "Asked again."})
    assert Vocabulary.objects.get(pk=row.pk).reason == "Asked again."
    sent(steward, "", bulk(*Vocabulary.objects.all()))
    assert not Vocabulary.objects.exists()


def test_a_yes_is_to_what_was_said_and_no_more(site, sync, steward):
    site.publish(HEADINGS, ROWS[1:])
    sync(site.url)
    question = sent(steward, "add/", word("Tag", "name"))
    assert "3 of 3 projects get another name" in question
    site.publish(HEADINGS, ROWS)
    sync()
    again = sent(steward, "add/", word("Tag", "name") | yes(question))
    assert "4 of 4 projects get another name" in again
    assert not Vocabulary.objects.exists()
    sent(steward, "add/", word("Tag", "name") | yes(again))
    assert Vocabulary.objects.exists()


def test_two_words_that_are_looked_up_alike_are_one_too_many(read, steward):
    confirmed(steward, "add/", word("Tag", "name"))
    assert "It is looked up as “Tag”" in sent(steward, "add/", word("TAG (R'000)", "budget"))
    assert Vocabulary.objects.count() == 1


def test_a_word_that_is_said_during_a_rehearsal_ends_it(read, sync, steward, monkeypatch):
    rehearse = words.rehearse

    def slowly(*given: Any) -> Any:
        Vocabulary.objects.get_or_create(kind="field", text="Kant", meaning="municipality")
        return rehearse(*given)

    question = sent(steward, "add/", word("Tag", "name"))
    monkeypatch.setattr(words, "rehearse", slowly)
    said = sent(steward, "add/", word("Tag", "name") | yes(question))
    assert "Another word was said meanwhile" in said
    assert [row.text for row in Vocabulary.objects.all()] == ["Kant"]


def test_a_run_that_begins_during_a_rehearsal_ends_it(read, steward, monkeypatch):
    rehearse = words.rehearse

    def slowly(*given: Any) -> Any:
        going_on()
        return rehearse(*given)

    question = sent(steward, "add/", word("Tag", "name"))
    monkeypatch.setattr(words, "rehearse", slowly)
    assert "is reading dws" in sent(steward, "add/", word("Tag", "name") | yes(question))
    assert not Vocabulary.objects.exists()


def test_who_may_not_teach_is_asked_and_told_nothing(read, steward, client, monkeypatch):
    confirmed(steward, "add/", word("Tag", "name"))
    row = Vocabulary.objects.get()
    monkeypatch.setattr(words, "rehearse", None)  # nothing is rehearsed for him
    reader = User.objects.create_user("reader", password="reader-password", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_vocabulary"))
    client.force_login(reader)
    for where, form in (
        ("add/", word("Kant", "name")),
        (f"{row.pk}/change/", word("Tag", "budget")),
        (f"{row.pk}/delete/", {"post": "yes"}),
    ):
        assert client.post(f"{LIST}{where}", form).status_code == 403
    client.post(LIST, bulk(row))
    assert Vocabulary.objects.get().meaning == "name"
    client.force_login(User.objects.get(username="steward"))
    assert client.post(f"{LIST}77/change/", word("Tag", "budget")).status_code == 302
    assert client.post(f"{LIST}77/delete/", {"post": "yes"}).status_code == 302
