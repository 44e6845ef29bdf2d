"""Columns that nobody understands: proposed in the admin, decided with a click, read again, and no news."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from etl.scheduler import DataScheduler
from etl.tests.conftest import first_of
from etl.tests.tinysite import serving
from projects.log.verification import verify
from projects.models import DataChangeLog, Project, ReadingPlan, Vocabulary
from projects.tests.factories import a_column, a_plan

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("x")</script>'
HEADINGS = ["Project Name", "Municipality", "Vote", "Ref", "Stage", "Perc", "Bucket", "Meter", "Wanneer"]
ROWS = [
    ["Upgrade of Giyani bulk supply", "LIM331 Greater Giyani", "R 12 500 000.00", "GY/21/01", "Construction",
     "62%", "RBIG", "R 11 000.00", "2027-02-28"],
    ["Refurbishment of Xikundu works", "LIM331 Greater Giyani", "R 8 300 000.00", "GY/21/02", "Design", "15%",
     "WSIG", "R 2 500.50", "2026-11-30"],
    ["New reservoir at Faure", "CPT City of Cape Town", "R 1 450 000.00", "FA/22/01", "Tender", "0%", "RBIG",
     "R 0.00", "2028-01-15"],
    ["Amathole regional pipeline", "DC12 Amathole", "R 99 000 000.00", "AM/20/07", "Construction", "88%",
     "MIG", "R 47 000.00", "2026-06-30"],
]  # fmt: skip


class Site:
    """A list on loopback."""

    def __init__(self, pages: dict[str, Any], root: str) -> None:
        self.pages, self.url = pages, f"{root}/projects"
        self.publish()

    def publish(self, headings: list[str] = HEADINGS, rows: list[list[str]] = ROWS) -> None:
        lines = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
        head = f"<tr>{''.join(f'<th>{heading}</th>' for heading in headings)}</tr>"
        table = f"<table>{head}{''.join(lines)}</table>"
        self.pages["/projects"] = f"<html><body><h1>Projects</h1>{table}</body></html>"


@pytest.fixture
def site(here: Any) -> Iterator[Site]:
    with serving({}) as served:
        yield Site(served.pages, served.root)


@pytest.fixture
def steward(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("steward", password="steward-password"))
    return client


def screen(steward: Client) -> str:
    answer = steward.get(reverse("admin:etl_columns"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def decide(client: Client, decision: str, label: str, status: int = 200, **given: str) -> str:
    """What the screen says after a click."""
    form = {"decision": decision, "source": "dws", "label": label, "proposal": "", **given}
    answer = client.post(reverse("admin:etl_decide_column"), form, follow=True)
    assert answer.status_code == status
    return "" if status != 200 else "\n".join(str(message) for message in answer.context["messages"])


def waiting() -> dict[str, str | None]:
    """{label: proposal} of the source's last plan."""
    plan = ReadingPlan.objects.filter(source="dws").first()
    return {column["label"]: column["proposal"] for column in plan.waiting()} if plan else {}


def values(name: str) -> dict[str, Any]:
    """{project's number: value}."""
    return dict(Project.objects.values_list("external_id", name))


def newer(last: int) -> list[DataChangeLog]:
    return list(DataChangeLog.objects.filter(pk__gt=last).order_by("pk"))


def is_no_news(client: Client, rows: list[DataChangeLog]) -> bool:
    shown = client.get("/changes/").content.decode() + client.get("/changes/feed.atom").content.decode()
    return (
        {(row.cause, row.severity) for row in rows} == {("parser", "info")}
        and not DataChangeLog.objects.by_source().filter(pk__in=[row.pk for row in rows]).exists()
        and not any(f'"{row.get_absolute_url()}"' in shown for row in rows)
    )


def agree() -> bool:
    """Whether a replay finds the record as it is, and the log is whole."""
    return not any(DataScheduler().replay("dws").records.values()) and verify().fault is None


def test_what_is_proposed_is_accepted_with_one_click_each_and_read_again(site, sync, steward):
    first = sync(site.url)
    assert (first.state, first.created) == ("succeeded", 4)
    # “Ref”, “Stage” and “Perc” are understood by their words; “Vote” waits, and so do two more
    assert waiting() == {"Vote": "budget", "Meter": "budget", "Wanneer": "completion_date"}
    assert values("status")["GY/21/01"] == "construction"
    assert values("progress_percentage")["AM/20/07"] == Decimal(88)
    assert set(values("budget").values()) == {None}
    shown = screen(steward)
    assert "Accept: Budget" in shown
    assert "“Vote” may be words for the budget. Its 4 different texts are those of the budget" in shown
    assert "R 12 500 000.00" in shown
    assert "61% certain" in shown
    assert "Not understood: <strong>3 columns" in steward.get("/sources/dws/").content.decode()

    assert "“Vote” means Budget" in decide(steward, "accept", "Vote", proposal="budget")
    assert "“Wanneer” means Completion date" in decide(
        steward, "accept", "Wanneer", proposal="completion_date"
    )
    assert "“Meter” means Expenditure" in decide(steward, "change", "Meter", meaning="expenditure")
    assert "No column waits." in screen(steward)
    assert "Sync dws now" in screen(steward)
    word = Vocabulary.objects.get(text="Vote")
    assert (word.kind, word.meaning) == ("field", "budget")
    assert "Accepted as proposed. On dws: “Vote” may be words for the budget." in word.reason
    assert {entry.object_id for entry in LogEntry.objects.all()} == {
        str(pk) for pk in Vocabulary.objects.values_list("pk", flat=True)
    }

    run = sync()
    assert (run.state, run.unchanged_by, run.change_count) == ("unchanged", "bytes", 4)
    rows = newer(first.last_change)
    assert is_no_news(steward, rows)
    assert {name for row in rows for name in row.field_changes} == {
        "budget", "expenditure", "completion_date",
    }  # fmt: skip
    assert values("budget")["AM/20/07"] == Decimal("99000000.00")
    assert values("expenditure")["GY/21/02"] == Decimal("2500.50")
    assert str(values("completion_date")["FA/22/01"]) == "2028-01-15"
    assert waiting() == {}
    assert "Sync dws now" not in screen(steward)
    assert agree()
    assert sync().change_count == 0


HIDDEN = ["Project Name", "Municipality", "Skatting", "Tag", "Kant", "Ring", "Bucket", "Meter", "Wanneer"]


@pytest.mark.soak
def test_numbers_words_and_shares_under_headings_that_say_nothing_wait_too(site, sync, steward):
    site.publish(HIDDEN)
    first = sync(site.url)
    found = waiting()
    assert found == {
        "Skatting": "budget", "Tag": "external_id", "Kant": "status", "Ring": "progress_percentage",
        "Meter": "budget", "Wanneer": "completion_date",
    }  # fmt: skip
    for label in ("Skatting", "Kant", "Ring"):
        decide(steward, "accept", label, proposal=found[label])
    sync()
    rows = newer(first.last_change)
    assert is_no_news(steward, rows)
    by_name = {project.name: project for project in Project.objects.all()}
    pipeline = by_name["Amathole regional pipeline"]
    assert (pipeline.budget, pipeline.status) == (Decimal("99000000.00"), "construction")
    assert pipeline.progress_percentage == Decimal(88)
    assert agree()


@pytest.mark.soak
def test_the_column_of_the_numbers_that_is_taught_later_makes_no_project_another(site, sync, steward):
    site.publish(HIDDEN)
    first = sync(site.url)
    known = dict(Project.objects.values_list("name", "pk"))
    assert all(name.startswith("name:") for name in values("name"))
    Vocabulary.objects.create(kind="field", text="Tag", meaning="external_id")
    run = sync()
    assert (run.state, run.change_count) == ("unchanged", 0)
    assert newer(first.last_change) == []
    assert agree()
    # from now on the number says who is who, whatever a project is called
    renamed = [["Amathole pipeline", *ROWS[3][1:]], *ROWS[2::-1]]
    site.publish(
        HIDDEN, [*renamed, ["A new scheme", "CPT City of Cape Town", "R 1.00", "FA/23/01", *ROWS[2][4:]]]
    )
    later = sync()
    changed = newer(run.last_change or first.last_change)
    assert (later.state, [row.change_type for row in changed]) == ("succeeded", ["created", "updated"])
    assert {row.cause for row in changed} == {"source"}
    assert (
        dict(Project.objects.values_list("name", "pk")).items()
        >= {"Amathole pipeline": known[ROWS[3][0]]}.items()
    )
    assert Project.objects.get(name="A new scheme").external_id == "FA/23/01"
    assert set(Project.objects.values_list("presence", flat=True)) == {"present"}
    assert agree()
    Vocabulary.objects.all().delete()  # taken back
    last = DataChangeLog.objects.latest("pk").pk
    assert sync().change_count == 0
    assert newer(last) == []
    assert sync().change_count == 0


def asked(client: Client, decision: str, label: str, **given: str) -> str:
    """The page that asks for a yes."""
    form = {"decision": decision, "source": "dws", "label": label, "proposal": "", **given}
    return " ".join(client.post(reverse("admin:etl_decide_column"), form).content.decode().split())


def yes(question: str) -> dict[str, str]:
    """What the button of the page says."""
    (token,) = re.findall('name="confirmed" value="([0-9a-f]{16})"', question)
    return {"confirmed": token}


def test_the_column_of_the_numbers_is_accepted_once_it_is_said_what_that_does(site, sync, steward):
    site.publish(HIDDEN)
    first = sync(site.url)
    known = dict(Project.objects.values_list("name", "external_id"))
    question = asked(steward, "accept", "Tag", proposal="external_id")
    assert "4 projects are known so far, 4 of them by name and place and 0 by another number" in question
    assert "Each keeps its id, its address and its history" in question
    assert not Vocabulary.objects.exists()
    assert "“Tag” means" in decide(steward, "accept", "Tag", proposal="external_id", **yes(question))
    assert (sync().change_count, newer(first.last_change)) == (0, [])
    assert dict(Project.objects.values_list("name", "external_id")) == known
    site.publish(HIDDEN, [["Giyani bulk supply, renamed", *ROWS[0][1:]], *ROWS[1:]])
    run = sync()
    (row,) = newer(first.last_change)
    assert (run.state, row.change_type, row.cause) == ("succeeded", "updated", "source")
    assert row.field_changes["name"] == ["Upgrade of Giyani bulk supply", "Giyani bulk supply, renamed"]
    assert agree()
    assert sync().change_count == 0


def test_a_number_that_several_projects_have_or_some_have_not_is_said_first(site, sync, steward):
    shared = [[*row[:3], f"GY/{number // 2}", *row[4:]] for number, row in enumerate(ROWS)]
    site.publish(HIDDEN, shared)
    sync(site.url)
    said = decide(steward, "change", "Tag", meaning="external_id", confirmed="yes")
    assert "several projects have the same there: gy/0, gy/1" in said
    assert not Vocabulary.objects.exists()
    site.publish(HIDDEN, [[*ROWS[0][:3], "n/a", *ROWS[0][4:]], *ROWS[1:]])
    sync()
    assert "1 have none there" in asked(steward, "change", "Tag", meaning="external_id")


def test_other_numbers_that_are_taught_make_no_project_another(site, sync, steward):
    headings = [{"Kant": "Project No", "Stage": "Kant"}.get(heading, heading) for heading in HEADINGS]
    rows = [[*row[:6], f"WP{number}", *row[7:]] for number, row in enumerate(ROWS)]
    site.publish(headings := [*headings[:3], "Tag", *headings[4:6], "Project No", *headings[7:]], rows)
    first = sync(site.url)
    assert set(values("name")) == {"WP0", "WP1", "WP2", "WP3"}
    Vocabulary.objects.create(kind="field", text="Tag", meaning="external_id")
    for _ in range(2):
        assert sync().change_count == 0
        assert newer(first.last_change) == []
        assert agree()
    site.publish(headings, [*rows[:3], ["A new scheme", *rows[2][1:3], "FA/23/01", *rows[2][4:]]])
    for _ in range(3):
        sync()
        assert [row.change_type for row in newer(first.last_change)] == ["created", "missing"]
        assert agree()


def test_what_is_understood_only_later_is_no_news_of_the_projects_that_were_there(
    site, sync, steward, client
):
    """Two shares of one are too few to tell them from percentages below one; four are not."""
    shares = [
        [*row[:5], share, *row[6:]] for row, share in zip(ROWS, ("0.62", "0.15", "0.4", "0.88"), strict=True)
    ]
    site.publish(rows=shares[:2])
    first = sync(site.url)
    assert set(values("progress_percentage").values()) == {None}
    moved = [*shares[1][:4], "Tender", *shares[1][5:]]
    site.publish(rows=[shares[0], moved, *shares[2:]])
    assert sync().state == "succeeded"
    assert set(values("progress_percentage").values()) == {Decimal(n) for n in (62, 15, 40, 88)}
    rows = newer(first.last_change)
    told = {(row.external_id, row.cause, row.change_type): set(row.field_changes) for row in rows}
    created = {(row.external_id, row.cause) for row in rows if row.change_type == "created"}
    assert created == {("FA/22/01", "source"), ("AM/20/07", "source")}
    assert told["GY/21/01", "parser", "updated"] == {"progress_percentage"}
    assert told["GY/21/02", "parser", "updated"] == {"progress_percentage"}
    assert told["GY/21/02", "source", "updated"] == {"status", "status_as_published"}
    assert len(told) == 5
    assert is_no_news(client, [row for row in rows if row.cause == "parser"])
    assert agree()
    assert DataScheduler().replay("dws").is_identical
    assert sync().change_count == 0


def test_a_meaning_that_is_taken_away_blanks_the_field_and_is_no_news(site, sync, steward):
    first = sync(site.url)
    Vocabulary.objects.create(kind="field", text="Perc", meaning="")
    run = sync()
    assert (run.state, run.change_count) == ("unchanged", 4)
    rows = newer(first.last_change)
    assert is_no_news(steward, rows)
    assert set(values("progress_percentage").values()) == {None}
    page = steward.get("/sources/dws/").content.decode()
    assert "No field of ours" in page
    assert "A steward says that “Perc” is no field of ours." in page
    assert "Perc" not in waiting()
    assert agree()
    assert sync().change_count == 0

    Vocabulary.objects.all().delete()  # taken back
    sync()
    assert values("progress_percentage")["AM/20/07"] == Decimal(88)
    assert agree()


@pytest.mark.parametrize("rows", first_of([1, 2, 4]))
def test_a_decision_holds_and_can_be_taken_back_however_few_texts_a_column_has(site, sync, steward, rows):
    site.publish(rows=ROWS[:rows])
    sync(site.url)
    assert waiting()["Vote"] == "budget"
    decide(steward, "accept", "Vote", proposal="budget")
    sync()
    assert values("budget")["GY/21/01"] == Decimal("12500000.00")
    Vocabulary.objects.update(meaning="expenditure")
    sync()
    assert (values("budget")["GY/21/01"], values("expenditure")["GY/21/01"]) == (None, Decimal("12500000.00"))
    Vocabulary.objects.update(meaning="")
    sync()
    assert (values("budget")["GY/21/01"], values("expenditure")["GY/21/01"]) == (None, None)
    Vocabulary.objects.update(meaning="budget")
    sync()
    Vocabulary.objects.all().delete()
    sync()
    assert (values("budget")["GY/21/01"], waiting()["Vote"]) == (None, "budget")
    assert {row.cause for row in DataChangeLog.objects.exclude(change_type="created")} == {"parser"}
    assert agree()


@pytest.mark.parametrize("meaning", first_of(["", None]))
def test_a_decision_holds_whatever_the_site_s_lists_once_looked_like(site, sync, steward, meaning):
    """The list had a column less when the word was taught: its shape of then is still in the plan."""
    site.publish(HEADINGS[:-1], [row[:-1] for row in ROWS])
    sync(site.url)
    decide(steward, "accept", "Vote", proposal="budget")
    sync()
    site.publish()
    sync()
    assert values("budget")["GY/21/01"] == Decimal("12500000.00")
    if meaning is None:
        Vocabulary.objects.all().delete()
    else:
        Vocabulary.objects.update(meaning=meaning)
    sync()
    assert set(values("budget").values()) == {None}
    assert ("Vote" in waiting()) is (meaning is None)
    assert agree()


def test_a_column_that_is_forbidden_leaves_the_list_and_changes_nothing(site, sync, steward):
    first = sync(site.url)
    assert "“Vote” is no field of ours" in decide(steward, "forbid", "Vote")
    assert "Vote" not in [column["label"] for column in screen_rows(steward)]
    assert sync().change_count == 0
    assert newer(first.last_change) == []
    assert "Vote" not in waiting()
    assert Vocabulary.objects.get().meaning == ""


def screen_rows(steward: Client) -> list[dict[str, Any]]:
    found = steward.get(reverse("admin:etl_columns")).context
    return [{"label": column.label} for column in found["waiting"]]


# --- the screen -----------------------------------------------------------------------------------


def test_a_second_click_and_a_column_decided_meanwhile_are_told_kindly(steward):
    a_plan(a_column("Vote", proposal="budget"))
    decide(steward, "accept", "Vote", proposal="budget")
    again = decide(steward, "accept", "Vote", proposal="budget")
    assert again == "“Vote” is decided already: it means “budget”. The vocabulary has the decision."
    assert "is decided already" in decide(steward, "forbid", "Vote")
    assert Vocabulary.objects.count() == LogEntry.objects.count() == 1


def test_of_two_columns_of_the_same_words_a_steward_says_which_it_is(steward):
    a_plan(*(a_column(name, proposal="budget") for name in ("Project Cost", "Proj. Cost")))
    assert "“Project Cost” means Budget" in decide(steward, "accept", "Project Cost", proposal="budget")


@pytest.mark.parametrize(
    ("decision", "label", "given", "said"),
    [
        ("accept", "Nowhere", {}, "“Nowhere” does not wait for a decision"),
        ("accept", "", {}, "does not wait for a decision"),
        ("accept", "Vote", {"source": "no such"}, "does not wait for a decision"),
        ("accept", "Vote", {"source": ""}, "the last reading of the source"),
        ("accept", "Vote", {"proposal": "expenditure"}, "has changed meanwhile"),
        ("accept", "Vote", {"proposal": ""}, "has changed meanwhile"),
        ("accept", "Odd", {"proposal": ""}, "has changed meanwhile"),
        ("accept", "Budget", {"proposal": "budget"}, "it is its texts that are in doubt"),
        ("accept", "Weir (%)", {"proposal": "budget"}, "its unit is that of another kind of field"),
        ("accept", "Vote " * 30, {"proposal": "budget"}, "too long for a heading"),
        ("forbid", "x" * 300, {}, "cannot be decided on here"),
        ("change", "Vote", {}, "choose one of the fields"),
        ("change", "Vote", {"meaning": "presence"}, "choose one of the fields"),
        ("dance", "Vote", {}, "choose one of the fields"),
        ("", "Vote\x00", {}, "does not wait for a decision"),
    ],
)
def test_what_cannot_be_decided_is_told_kindly(steward, decision, label, given, said):
    proposals = {"Vote": "budget", "Weir (%)": "budget", "Vote " * 30: "budget", "Budget": "budget"}
    columns = [a_column(name, proposal=proposals.get(name)) for name in [*proposals, "Odd", "x" * 300]]
    a_plan(*columns)
    screen(steward)
    assert said in decide(steward, decision, label, **given)
    assert not Vocabulary.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_heading_with_a_unit_in_brackets_is_taught_as_it_is_looked_up(site, sync, steward):
    headings = [
        {"Vote": "Vote (R'000):", "Perc": "  Skatting "}.get(heading, heading) for heading in HEADINGS
    ]
    site.publish(headings, [[*row[:2], row[2][2:-10].replace(" ", ""), *row[3:]] for row in ROWS])
    sync(site.url)
    label = next(label for label in waiting() if label.startswith("Vote"))
    decide(steward, "accept", label, proposal="budget")
    sync()
    assert values("budget") == {
        "GY/21/01": Decimal("12000.00"), "GY/21/02": Decimal("8000.00"), "FA/22/01": Decimal("1000.00"),
        "AM/20/07": Decimal("99000.00"),
    }  # fmt: skip


def test_a_plan_is_read_only_and_the_screen_says_what_the_site_wrote_without_running_it(steward):
    plan = a_plan(a_column(EVIL, None, proposal="budget", evidence=[EVIL], samples=[EVIL]))
    assert "<script>alert(" not in screen(steward)
    assert "&lt;script&gt;alert(" in screen(steward)
    change = reverse("admin:projects_readingplan_change", args=[plan.pk])
    for address in (change, reverse("admin:projects_readingplan_changelist")):
        page = steward.get(address)
        assert page.status_code == 200
        assert "<script>alert(" not in page.content.decode()
    assert steward.post(change, {"version": 7}).status_code == 403
    assert steward.post(reverse("admin:projects_readingplan_delete", args=[plan.pk])).status_code == 403
    assert steward.get(reverse("admin:projects_readingplan_add")).status_code == 403


def test_only_who_may_teach_words_decides_and_only_with_a_form_of_ours(client):
    a_plan(a_column("Vote", proposal="budget"))
    reader = User.objects.create_user("reader", password="reader-password", is_staff=True)
    client.force_login(reader)
    address = reverse("admin:etl_columns")
    assert client.get(address).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_readingplan"))
    assert "Accept: Budget" not in client.get(address).content.decode()
    decide(client, "accept", "Vote", 403, proposal="budget")
    reader.user_permissions.add(Permission.objects.get(codename="add_vocabulary"))
    assert "Accept: Budget" in client.get(address).content.decode()
    assert client.get(reverse("admin:etl_decide_column")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(reader)
    decide(strict, "accept", "Vote", 403, proposal="budget")
    assert not Vocabulary.objects.exists()
    assert "means Budget" in decide(client, "accept", "Vote", proposal="budget")
    client.logout()
    assert client.get(address).status_code == 302


def test_many_columns_cost_as_many_queries_as_one(steward, django_assert_max_num_queries):
    for columns in (1, 600):
        a_plan(*(a_column(f"Column {number}", proposal="budget") for number in range(columns)))
        with django_assert_max_num_queries(10):
            page = screen(steward)
    assert "And 100 more." in page
