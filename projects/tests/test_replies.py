"""What those who are concerned answer: shown beside what they answer, in the log, never silently edited."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from projects.api.changes import change_json
from projects.flags import keeping
from projects.log import writer
from projects.models import DataChangeLog, Reply, Report
from projects.pages.render import change_html
from projects.stewards import replies
from projects.stewards.replies import ReplyRefused, Words
from projects.stewards.subjects import find
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import a_figure, a_project, a_report, a_run, a_snapshot, an_answer
from projects.wording.reply_rules import assess_reply

pytestmark = pytest.mark.django_db
WHO = "Greater Giyani Local Municipality"


def newest() -> DataChangeLog:
    return DataChangeLog.objects.latest("pk")


def is_chained() -> bool:
    """The newest row fits its digest; `etl/tests/test_replies_replayed.py` walks a whole log."""
    row = newest()
    return writer.digest(row, DataChangeLog.objects.get(pk=row.pk - 1).digest) == row.digest


def told(client: Any, path: str) -> str:
    html = client.get(path).content.decode().replace("\u00a0", " ")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


# --- in the log -----------------------------------------------------------------------------------


def test_an_answer_is_a_row_of_the_log_with_all_that_it_says_and_the_chain_holds():
    project = a_project()
    before = project.last_changed_at
    reply = an_answer(project, "completion_date")
    row = newest()
    assert (row.pk, row.cause, row.change_type) == (reply.change_id, "steward", "replied")
    assert (row.entity_type, row.entity_id, row.municipality, row.province) == (
        "project", project.pk, "LIM331", "LIM"
    )  # fmt: skip
    assert (row.run, row.snapshot, row.severity, row.rules) == (None, None, "info", ["replied"])
    assert row.field_changes == {
        "reply": [None, str(reply.pk)],
        "reply.who": [None, WHO],
        "reply.role": [None, "municipal manager"],
        "reply.date": [None, "2026-05-06"],
        "reply.source": [None, "A letter to the stewards"],
        "reply.link": [None, "https://giyani.example/letter.pdf"],
        "reply.text": [None, "The pipes were delivered on 2 May."],
        "reply.answers": [None, "completion_date"],
    }
    project.refresh_from_db()
    assert project.last_changed_at == before
    assert is_chained()


def test_what_is_put_right_is_a_new_row_and_the_old_one_remains_to_be_seen(client):
    project = a_project()
    old = an_answer(project, "budget")
    new = an_answer(project, "budget", text="They were delivered on 12 May.", replaces=old)
    assert newest().field_changes == {
        "reply": [str(old.pk), str(new.pk)],
        "reply.text": ["The pipes were delivered on 2 May.", "They were delivered on 12 May."],
    }
    assert is_chained()
    assert [*Reply.objects.current()] == [new]
    html = told(client, f"/projects/{project.pk}/")
    assert html.index("delivered on 12 May") < html.index("As it was shown before (1)")
    assert html.index("As it was shown before (1)") < html.index("delivered on 2 May")
    found = client.get(f"/api/v1/projects/{project.pk}/").json()["replies"]
    assert [(row["id"], row["replaces"], row["text"]) for row in found] == [
        (new.pk, old.pk, "They were delivered on 12 May.")
    ]


def test_an_answer_that_is_taken_back_leaves_its_reason(client):
    project = a_project()
    reply = an_answer(project)
    replies.take_back(reply, "It was about another scheme.", None)
    assert newest().field_changes == {
        "reply": [str(reply.pk), None], "reply.reason": [None, "It was about another scheme."]
    }  # fmt: skip
    html = told(client, f"/projects/{project.pk}/")
    assert f"An answer of {WHO} was taken back" in html
    assert "It was about another scheme." in html
    assert client.get(f"/api/v1/projects/{project.pk}/").json()["replies"] == []
    assert is_chained()


def test_what_does_not_stand_any_more_is_neither_put_right_nor_taken_back():
    one, other = a_project("WP1"), a_project("WP2")
    reply = an_answer(one)
    with pytest.raises(ReplyRefused, match="says already"):
        an_answer(one, replaces=reply)
    with pytest.raises(ReplyRefused, match="something else"):
        an_answer(other, text="Another.", replaces=reply)
    with pytest.raises(ReplyRefused, match="needs a reason"):
        replies.take_back(reply, " ", None)
    an_answer(one, text="Another.", replaces=reply)
    with pytest.raises(ReplyRefused, match="does not stand"):
        an_answer(one, text="A third.", replaces=reply)
    with pytest.raises(ReplyRefused, match="does not stand"):
        replies.take_back(reply, "Because.", None)
    assert DataChangeLog.objects.filter(change_type="replied").count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"reply": [None, "5"], "reply.who": [None, "DWS"], "reply.role": [None, "spokesperson"],
             "reply.date": [None, "2026-05-06"], "reply.answers": [None, "flag.overdue"]},
            "DWS (spokesperson) answers about the flag “overdue”, 6 May 2026.",
        ),
        (
            {"reply": [None, "5"], "reply.who": [None, "Amathole"], "reply.answers": [None, "debt"]},
            "Amathole answers about what is owed for water.",
        ),
        (
            {"reply": ["5", "6"], "reply.date": ["2026-05-06", "2026-05-07"], "reply.text": ["a", "b"]},
            "An answer was put right: its date and its text.",
        ),
        ({"reply": ["6", None], "reply.reason": [None, "It is of others."]},
         "An answer was taken back: It is of others."),
        ({"reply": ["6", None]}, "An answer was taken back."),
        ({"reply": [None, "5"], "reply.date": [None, 7]}, "Somebody who is concerned answers."),
    ],
)  # fmt: skip
def test_the_sentence_of_an_answer_says_who_and_about_what(changes, sentence):
    assert assess_reply(changes).sentence == sentence


def test_an_answer_is_in_the_feeds_and_lists_where_it_is_asked_for(client):
    project, question = a_project(), a_question()
    an_answer(project)
    an_answer(f"discrepancy:{question.pk}", who="Department of Water and Sanitation")
    for query, who in (
        (f"project={project.pk}", WHO),
        (f"entity_type=discrepancy&entity_id={question.pk}", "Department"),
        ("change_type=replied", "Department"),
        ("topic=answered", "Department"),
        ("cause=any", WHO),
    ):
        for path in ("/changes/", "/changes/feed.atom"):
            assert who in client.get(f"{path}?{query}").content.decode(), (path, query)
        assert client.get(f"/api/v1/changes/?{query.replace('cause=any', '')}").json()["count"]
    assert client.get("/api/v1/changes/?topic=corrected").json()["count"] == 0
    assert client.get("/api/v1/changes/?field=reply&entity_type=project").json()["count"] == 1
    page = told(client, f"/changes/{newest().pk}/")
    assert "Who answers – Department of Water and Sanitation" in page


# --- beside what it answers -----------------------------------------------------------------------


def test_an_answer_stands_beside_the_field_or_the_flag_that_it_is_about(client):
    project = a_project(completion_date=(timezone.now() - timedelta(days=30)).date())
    keeping.renew({project.pk: None})
    for field in ("budget", "contractor", "flag.overdue", ""):
        an_answer(project, field, text=f"About {field or 'all of it'}.")
    html = client.get(f"/projects/{project.pk}/").content.decode()
    links = re.findall(r'<a href="#answer-(\d+)">Greater Giyani Local Municipality answered', html)
    by_field = {reply.field: str(reply.pk) for reply in Reply.objects.all()}
    assert links == [by_field["flag.overdue"], by_field["budget"], by_field["contractor"]]
    card = re.search(r"<dt>Budget</dt>.*?</div>", html, re.DOTALL)
    assert card
    assert f"#answer-{by_field['budget']}" in card[0]
    assert all(f'id="answer-{pk}"' in html for pk in by_field.values())
    shown = told(client, f"/projects/{project.pk}/")
    assert f"{WHO} (municipal manager) answered about “Flag: Overdue” on 6 May 2026" in shown
    assert "A letter to the stewards · the document" in shown


def test_an_answer_stands_beside_the_figure_its_row_its_year_and_what_is_owed(client):
    snapshot = a_snapshot(a_run("treasury"))
    figure = a_figure(snapshot=snapshot)
    year = figure.financial_year
    about = {f"figure:{figure.pk}": "", "municipality:CPT": str(year)}
    of_figure, of_year = (an_answer(*each, text=f"About {each[0]}.") for each in about.items())
    of_debt = an_answer("municipality:CPT", "debt", text="About the debt.")
    assert (of_year.entity_type, of_year.entity_id, of_year.field) == ("municipal_year", year, "")
    html = client.get("/municipalities/CPT/").content.decode()
    part = re.search(rf'id="finances-{year}".*?</details>', html, re.DOTALL)
    debt = re.search(r'<section id="debt".*?<section id="finances"', html, re.DOTALL)
    assert part
    assert debt
    assert f'<a href="#answer-{of_figure.pk}">' in part[0]
    assert all(f'id="answer-{reply.pk}"' in part[0] for reply in (of_figure, of_year))
    assert f'id="answer-{of_debt.pk}"' in debt[0]
    assert f"About figure:{figure.pk}." in told(client, f"/snapshots/{snapshot.pk}/?figure={figure.pk}")
    found = client.get("/api/v1/municipalities/CPT/finances/").json()
    [of] = found["financial_years"]
    assert [row["id"] for row in of["replies"]] == [of_year.pk]
    assert [row["id"] for row in of["figures"][0]["replies"]] == [of_figure.pk]
    assert [(row["id"], row["field"]) for row in found["replies"]] == [(of_debt.pk, "debt")]


def test_the_log_leads_from_an_answer_to_the_part_of_the_page_that_it_is_about(client):
    figure = a_figure()
    year = figure.financial_year
    for about, field, anchor in (
        (f"figure:{figure.pk}", "", f"finances-{year}"),
        ("municipality:CPT", str(year), f"finances-{year}"),
        ("municipality:CPT", "debt", "debt"),
    ):
        reply = an_answer(about, field)
        html = client.get(f"/changes/{reply.change_id}/").content.decode()
        assert f'href="/municipalities/CPT/#{anchor}"' in html


def test_an_answer_stands_on_the_page_of_a_question_and_in_its_object(client):
    question = a_question()
    reply = an_answer(f"discrepancy:{question.pk}")
    assert "The pipes were delivered" in told(client, f"/discrepancies/{question.pk}/")
    for path in ("", f"{question.pk}/"):
        found = client.get(f"/api/v1/discrepancies/{path}").json()
        [row] = (found["results"][0] if "results" in found else found)["replies"]
        assert row == {
            "id": reply.pk, "field": None, "who": WHO, "role": "municipal manager", "date": "2026-05-06",
            "source": "A letter to the stewards", "link": "https://giyani.example/letter.pdf",
            "text": "The pipes were delivered on 2 May.", "entered_at": row["entered_at"], "replaces": None,
            "change": reply.change_id,
        }  # fmt: skip


def test_words_and_links_of_others_are_shown_as_words(client):
    project = a_project()
    evil = "<script>alert(1)</script>\u202e"
    words = Words(evil, evil, date(2026, 5, 6), evil, evil, "javascript:alert(1)")
    replies.enter(find(f"project:{project.pk}"), words, None)
    html = client.get(f"/projects/{project.pk}/").content.decode()
    assert "<script>alert" not in html
    assert "javascript:alert" not in html.split("<ol")[0]
    assert "\u202e" not in html


def test_a_report_that_is_answered_has_ended_and_its_receipt_shows_the_answer(client):
    project = a_project()
    report = a_report(project, "budget")
    an_answer(project, "budget", report=report)
    report = Report.objects.get()
    assert (report.state, bool(report.ended_at)) == ("answered", True)
    assert "The pipes were delivered" in told(client, report.get_absolute_url())


# --- what an answer is not: a change of the record ------------------------------------------------


def test_as_of_a_past_day_a_project_has_the_answers_of_then_and_nothing_else_moved(client):
    project = a_project()
    old = an_answer(project, "budget")
    an_answer(project, "budget", text="Put right.", replaces=old)
    may = datetime(2026, 5, 10, 12, tzinfo=UTC)
    Reply.objects.filter(pk=old.pk).update(entered_at=may)
    DataChangeLog.objects.filter(pk=old.change_id).update(at=may)
    address = f"/api/v1/projects/{project.pk}/"
    then, earlier = (client.get(f"{address}?as_of={day}").json() for day in ("2026-05-10", "2026-05-09"))
    today = client.get(address).json()
    assert [row["text"] for row in then["replies"]] == [old.text]
    assert earlier["replies"] == []
    assert [row["text"] for row in today["replies"]] == ["Put right."]
    moves = {"replies", "last_seen_at", "other_texts", "flag_details"}
    assert {name for name in today if today[name] != then[name]} <= moves
    assert then["last_changed_at"] == today["last_changed_at"]
    two_days = client.get("/api/v1/compare/?from=2026-05-09").json()
    assert two_days["count"] == 0


def test_an_etag_moves_with_an_answer(client):
    project = a_project()
    address = f"/api/v1/projects/{project.pk}/"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    an_answer(project)
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_a_row_of_an_answer_says_so_wherever_rows_are_shown():
    an_answer(a_project())
    html = change_html(newest(), change_json(newest())).replace("\u00a0", " ")
    assert '<span class="tag answer">answer</span>' in html
    assert f"{WHO} (municipal manager) answers, 6 May 2026." in html


def test_answers_cost_no_query_each(client, django_assert_max_num_queries):
    project, figure = a_project(), a_figure()
    an_answer(project, "budget")
    an_answer(f"figure:{figure.pk}")
    for number in range(9):
        an_answer(project, "budget", text=f"{number}")
        an_answer(f"figure:{figure.pk}", text=f"{number}")
    for path, most in ((f"/projects/{project.pk}/", 21), ("/municipalities/CPT/", 27)):
        with django_assert_max_num_queries(most):
            client.get(path)
