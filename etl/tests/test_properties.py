"""What holds for any table that a source may publish, in any order of runs."""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.compare.changes import text_changes, value_changes
from etl.exceptions import EtlError
from etl.normalise.projects import project_record
from etl.normalise.records import canonical
from etl.values.places import Places
from projects.models import DataChangeLog, Project

# Polls of one example after another: a few of them in `make test`.
EXAMPLES = pytest.mark.parametrize("examples", [3, pytest.param(15, marks=pytest.mark.soak)])
some = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
COLUMNS = ("Project Name", "Budget", "Progress %", "Status", "Completion Date", "Remarks")
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=12)
row = st.fixed_dictionaries(
    {
        "Project Name": words.map(lambda text: f"Scheme {text}".strip()),
        "Budget": st.one_of(st.just(""), st.integers(0, 10**11).map(lambda n: f"R{n:,}.00"), words),
        "Progress %": st.one_of(st.just(""), st.integers(0, 100).map(lambda n: f"{n}%")),
        "Status": st.sampled_from(["", "Design", "Construction", "Completed", "Stage nine"]),
        "Completion Date": st.sampled_from(["", "2027/03/31", "31 March 2027", "March 2027", "soon"]),
        "Remarks": words,
    }
)
numbers = st.sampled_from([f"WP{n}" for n in range(6)])
table = st.dictionaries(numbers, row, min_size=1, max_size=6)


def page(rows: dict[str, dict[str, str]], shuffle: int | None = None) -> bytes:
    """The table as HTML; `shuffle` gives rows and columns another order and the markup other noise."""
    order, columns, pad = list(rows), ["Project No", *COLUMNS], ""
    if shuffle is not None:
        chance = random.Random(shuffle)
        chance.shuffle(order)
        chance.shuffle(columns)
        pad = "\n" + " " * chance.randint(0, 9)
    head = "".join(f"<th>{pad}{column}{pad}</th>" for column in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td>{pad}{html.escape(number if c == 'Project No' else rows[number][c])}{pad}</td>"
            for c in columns
        )
        + "</tr>"
        for number in order
    )
    return f"<html><body><table><tr>{head}</tr>{body}</table>{pad}</body></html>".encode()


@contextmanager
def forgotten() -> Iterator[None]:
    """One example, and nothing left of it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def read(sync, tmp_path) -> Callable[..., Any]:
    def poll(body: bytes, **options: Any) -> Any:
        path = tmp_path / "page.html"
        path.write_bytes(body)
        return sync(files=[path], **options)

    return poll


def columns_of(project: Project) -> dict[str, Any]:
    names = ("name", "budget", "progress_percentage", "status", "status_as_published", "completion_date")
    return {name: canonical(getattr(project, name)) for name in names}


# --- pure -----------------------------------------------------------------------------------------

values = st.dictionaries(
    st.sampled_from(["name", "budget", "status"]),
    st.one_of(st.none(), st.text(min_size=1), st.decimals(0, 9)),
)


@given(values, values)
def test_a_difference_applied_gives_the_new_record(old, new):
    new = {**dict.fromkeys(old), **new}
    changed = value_changes(old, new)
    applied = {name: canonical(old.get(name)) for name in new} | {n: pair[1] for n, pair in changed.items()}
    assert applied == {name: canonical(value) for name, value in new.items()}


@given(st.dictionaries(words, words), st.dictionaries(words, words))
def test_published_strings_are_rebuilt_from_their_differences(old, new):
    changed = text_changes(old, new)
    applied = {**old, **{label: pair[1] for label, pair in changed.items()}}
    from etl.values.vocabulary import is_volatile

    told = {label: text for label, text in applied.items() if text is not None and not is_volatile(label)}
    assert told == {label: text for label, text in new.items() if not is_volatile(label)}


@given(words.filter(str.strip), words.filter(str.strip))
def test_two_numbers_are_two_projects(one, other):
    def identity(number: str) -> str:
        return project_record(number, {"Project Name": "x"}, None, places=Places([])).external_id

    same = " ".join(one.split()) == " ".join(other.split())
    assert (identity(one) == identity(other)) == same


# --- through the database -------------------------------------------------------------------------


@EXAMPLES
@pytest.mark.django_db
def test_a_second_run_and_any_noise_write_nothing(read, examples):
    @settings(some, max_examples=examples)
    @given(table, st.integers())
    def holds(rows, shuffle):
        with forgotten():
            read(page(rows))
            before = DataChangeLog.objects.count(), list(Project.objects.order_by("id").values())
            assert read(page(rows)).state == "unchanged"
            assert read(page(rows, shuffle)).state == "unchanged"
            assert (DataChangeLog.objects.count(), list(Project.objects.order_by("id").values())) == before

    holds()


@EXAMPLES
@pytest.mark.django_db
def test_the_log_replayed_from_empty_gives_the_table(read, examples):
    @settings(some, max_examples=examples)
    @given(st.lists(table, min_size=1, max_size=4))
    def holds(tables):
        with forgotten():
            for rows in tables:
                read(page(rows))
            rebuilt: dict[str, dict[str, Any]] = {}
            published: dict[str, dict[str, Any]] = {}
            for change in DataChangeLog.objects.order_by("id"):
                known = rebuilt.setdefault(change.external_id, {})
                known |= {name: pair[1] for name, pair in change.field_changes.items()}
                texts = published.setdefault(change.external_id, {})
                texts |= {label: pair[1] for label, pair in change.evidence.items()}
            for project in Project.objects.all():
                ours = columns_of(project)
                assert {name: rebuilt[project.external_id].get(name) for name in ours} == ours
                assert published[project.external_id] == project.published

    holds()


@EXAMPLES
@pytest.mark.django_db
def test_an_incomplete_run_never_marks_absence(read, examples):
    @settings(some, max_examples=examples)
    @given(st.lists(table, min_size=2, max_size=4))
    def holds(tables):
        with forgotten():
            for rows in tables:
                assert read(page(rows)).complete is False
            assert set(Project.objects.values_list("presence", flat=True)) == {"present"}
            assert Project.objects.count() == len({number for rows in tables for number in rows})

    holds()


@EXAMPLES
@pytest.mark.django_db
def test_any_bytes_at_all_end_in_a_named_error_and_change_nothing(read, examples):
    known = {"WP1": dict.fromkeys(COLUMNS, "") | {"Project Name": "Scheme", "Budget": "R1"}}
    read(page(known))
    before = DataChangeLog.objects.count(), list(Project.objects.order_by("id").values())
    good = page(known)

    @settings(some, max_examples=4 * examples)
    @given(st.one_of(st.binary(max_size=300), st.integers(0, len(good)).map(lambda n: good[:n] + b"<" * 9)))
    def holds(body):
        with forgotten():
            try:
                read(body)
            except EtlError as problem:
                assert str(problem)  # noqa: PT017 - most examples raise nothing
                after = DataChangeLog.objects.count(), list(Project.objects.order_by("id").values())
                assert after == before

    holds()


def test_a_zero_is_never_a_blank():
    assert value_changes({"budget": None}, {"budget": Decimal(0)}) == {"budget": [None, "0.00"]}
