"""What the pages say in words: long spans, short amounts, what was not read yet, causes, and what to type."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.core.management import get_commands
from django.test import Client
from django.utils import timezone

from projects.log.writer import Entry
from projects.models import RunState, SyncRun
from projects.pages.render import kept_together
from projects.processes import command_line
from projects.tests.factories import a_project, a_run, change, log
from projects.wording import causes, figures, phrases, unknown


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (1, "1 month"),
        (35, "35 months"),
        (36, "3 years"),
        (37, "3 years and 1 month"),
        (1200, "100 years"),
        (85, "7 years and 1 month"),
    ],
)
def test_three_years_and_more_are_said_in_years(months: int, said: str) -> None:
    assert figures.in_years(months) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("4360000000", "R4.36 billion"),
        ("-2500000000", "-R2.5 billion"),
        ("12000000", "R12 million"),
        ("999999.99", "R999 999.99"),
    ],
)
def test_a_long_amount_has_a_short_form(amount: str, said: str) -> None:
    assert figures.short_rand(Decimal(amount)) == said


def test_an_amount_in_a_text_is_kept_together_and_the_text_is_escaped() -> None:
    html = kept_together("Budget <b>rose</b> from R353 000 000 to -R1 200.50. R2D2")
    amounts = re.findall(r'<span class="amount">([^<]*)</span>', html)
    assert amounts == ["R353\u202f000\u202f000", "-R1\u202f200.50"]
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("field", ["published.Remarks", "budget"])
def test_what_comes_and_goes_is_said_alike_of_one_and_of_many(field: str) -> None:
    said = phrases.phrase(field, None, "1.00"), phrases.phrase(field, "1.00", None)
    assert all(" is " not in phrase for phrase in said)


def test_every_cause_state_and_trigger_has_its_words() -> None:
    assert phrases.WORDS["state"].keys() == set(RunState.values)
    assert phrases.WORDS["trigger"].keys() == set(SyncRun.Trigger.values)


def words(client: Client, path: str) -> str:
    html = re.sub(r"<[^>]*>", " ", client.get(path).content.decode())
    return " ".join(html.split())


@pytest.mark.django_db
def test_before_a_projects_own_page_was_read_nothing_of_it_is_called_not_published(client: Client) -> None:
    waiting = a_project("WP1", url="https://ws.dws.gov.za/pmd/1", contractor=None)
    read = a_project("WP2", url="https://ws.dws.gov.za/pmd/2", contractor=None, page_digest="0" * 64)
    for project, said in ((waiting, "not read yet"), (read, "not published")):
        assert f"Contractor {said}" in words(client, f"/projects/{project.pk}/")


@pytest.mark.django_db
def test_a_first_reading_says_how_far_it_is_and_one_that_failed_says_so(client: Client) -> None:
    run = a_run(
        state="running", complete=None, finished_at=None, started_at=timezone.now(),
        progress={"read": 120, "of": 207, "kind": "lists"},
    )  # fmt: skip
    assert re.search(r"First reading, since today \d\d:\d\d : 120 of 207 lists", words(client, "/"))
    SyncRun.objects.filter(pk=run.pk).update(
        state="failed", error="The site is down.", finished_at=timezone.now()
    )
    assert "The first reading did not succeed: The site is down." in words(client, "/")


@pytest.mark.django_db
def test_the_demo_is_marked_before_anything_was_read(client: Client, settings: Any) -> None:
    assert "Demo data:" not in words(client, "/projects/")
    settings.DEMO = True
    assert "Demo data:" in words(client, "/projects/")
    assert "Demo data:" in words(client, "/admin/login/")


@pytest.mark.django_db
def test_the_command_that_an_empty_page_prints_is_there_to_be_typed(client: Client) -> None:
    found = re.search(r"by hand: <code>([^<]+)</code>", client.get("/").content.decode())
    assert found
    *_, python, manage, name = shlex.split(found[1])
    assert python == "python" or Path(project_settings.BASE_DIR, python).exists()
    assert Path(project_settings.BASE_DIR, manage).is_file()
    assert name in get_commands()


def test_a_command_names_where_its_data_are_unless_they_are_in_the_usual_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VAR_DIR", str(project_settings.BASE_DIR / "var" / "demo"))
    assert command_line("sync_dws").startswith("VAR_DIR=var/demo ")
    for usual in ("", str(project_settings.BASE_DIR / "var" / "run"), "/srv/secret/place"):
        monkeypatch.setenv("VAR_DIR", usual)
        assert "VAR_DIR" not in command_line("sync_dws")


BUDGET, BOTH = {"budget": [None, "5.00"]}, {"budget": [None, "5.00"], "contractor": [None, "Ikhwezi"]}


@pytest.mark.parametrize(
    ("cause", "changes", "texts", "said"),
    [
        ("source", BUDGET, {"Budget": [None, "R5"]}, "not published"),
        ("source", BUDGET, {"Budget": ["", "R5"]}, "not published"),
        ("source", BUDGET, {"Budget": ["R?", "R5"]}, "published, not readable"),
        ("source", BOTH, {"Budget": ["R?", "R5"], "Contractor": ["", "Ikhwezi"]}, "not known"),
        ("source", BOTH, {"Budget": [None, "R5"], "Contractor": ["", "Ikhwezi"]}, "not published"),
        ("source", {"published.Remarks": [None, "late"]}, {"Remarks": [None, "late"]}, "not published"),
        ("parser", BUDGET, {}, "not read"),
        ("parser", {"published.Remarks": [None, "late"]}, {}, "not read"),
        ("steward", BUDGET, {}, "not known"),
    ],
)
def test_not_published_is_only_said_of_what_was_read_and_was_not_there(
    cause: str, changes: dict[str, Any], texts: dict[str, Any], said: str
) -> None:
    name = next(iter(changes))
    assert unknown.WORDS[unknown.why(name, unknown.BEFORE, cause, changes, texts)] == said
    back = {name: [new, old] for name, (old, new) in changes.items()}
    back_texts = {label: [new, old] for label, (old, new) in texts.items()}
    assert unknown.WORDS[unknown.why(name, unknown.AFTER, cause, back, back_texts)] == said


@pytest.mark.django_db
def test_a_value_that_was_read_late_is_said_to_be_so_wherever_it_is_told(client: Client) -> None:
    project = a_project("WP1", budget=None, at=timezone.now() - timedelta(days=9))
    row = change(project, "budget", Decimal("5.00"), cause="parser")
    for path in (f"/changes/{row.pk}/", f"/projects/{project.pk}/", "/changes/?cause=parser"):
        page = words(client, path)
        assert "Budget read for the first time: R5." in page, path
        assert "added" not in page, path
        before = page[page.index("Before") :] if "Before" in page else ""
        assert "not published" not in before.split("Receipt")[0].split("Figures are shown")[0], path
    compared = words(client, f"/compare/?from={(timezone.now() - timedelta(days=5)).date()}")
    assert re.search(r"Budget before: not read → after: R5", compared)
    assert "not published" not in compared.split("Figures are shown")[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"progress_percentage": ["78.00", "62.00"]}, "Progress read anew as 62%, before as 78%."),
        ({"budget": ["5.00", None]}, "Budget no longer read (was R5)."),
        (BOTH, "Budget read for the first time: R5, and 1 more field with it."),
    ],
)
def test_a_better_reading_is_told_as_no_doing_of_the_source(changes: dict[str, Any], said: str) -> None:
    entry = Entry("project", 1, "WP1", "", "dws", "updated", field_changes=changes, cause="parser")
    assert (causes.assess(entry).sentence, causes.assess(entry).severity) == (said, "info")


@pytest.mark.django_db
def test_a_change_of_our_own_says_in_words_whose_doing_it_was(client: Client) -> None:
    project = a_project("WP1")
    log(project, "updated", {"budget": ["1.00", "2.00"]}, cause="parser")
    page = words(client, f"/projects/{project.pk}/")
    assert "read better than before" in page
    assert "parser" not in page
