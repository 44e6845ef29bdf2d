"""Whatever somebody of the staff writes into an address of the admin, he gets an answer, and no fault."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db import connection, models, transaction
from django.test import Client, RequestFactory

from projects.tests.factories import a_figure, a_listing, a_plan, a_project, a_run, a_snapshot, change

pytestmark = pytest.mark.django_db

_ODD = (
    "\0",
    "99999999999",
    str(10**30),
    "9" * 5000,
    "[",
    "nan",
    "1e400",
    "-1",
    "",
    "𝟏",
    "2026-02-30",
    "\udcff",
)
_PAGES = (
    {"q": "\0"}, {"q": "9" * 5000}, {"q": "a" * 3000}, {"q": '"\0" x'}, {"q": "%"}, {"o": "\0"},
    {"o": "x.99.-"}, {"o": str(10**30)}, {"p": "\0"}, {"p": str(10**30)}, {"p": "-1"}, {"all": "\0"},
    {"e": "\0"},
    {"_popup": "\0"}, {"_to_field": "\0"}, {"_facets": "\0"}, {"_changelist_filters": "\0"}, {"\0": "x"},
    {"nothing__year": "1"}, {"pk__in": "\0"}, {"pk": "\0"}, {"pk__in": "1,x," + "9" * 400},
)  # fmt: skip
_SHARE = 50  # of the addresses one in so many
_TOGETHER = 4  # models, with each change: what they are told about is written once for all of them
_ROWS = ("\0", str(10**30), "x", "", "-1")
_LOOKUPS = ("", "__exact", "__in", "__gte", "__isnull", "__year", "__month", "__iregex", "__range", "__date")


def addresses_of(model: type[models.Model], registered: Any) -> Iterator[str]:
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for query in _PAGES:
        yield base + asked(query)
    named = [each[0] if isinstance(each, tuple) else each for each in registered.list_filter]
    names = {name for name in named if isinstance(name, str)} | {registered.date_hierarchy, "pk"} - {None}
    shown = {name for name in registered.list_display if isinstance(name, str)}
    fields = {field.name: field for field in model._meta.concrete_fields}
    names |= {name for name in shown if name in fields and fields[name].get_internal_type() in _OF_TIME}
    for at, name in enumerate(sorted(names)):
        for by, lookup in enumerate(_LOOKUPS):
            for value in _ODD[(at + by) % 6 :: 6]:
                yield base + asked({name + lookup: value})
    for each in named:
        if not isinstance(each, str):
            yield from (base + asked({each.parameter_name: value}) for value in _ODD[:6])
    for pk in ("_00", str(10**30), "9" * 5000, "x", "-1", "_FF", "%ED%A0%80", "%00", "1_0A"):
        yield from (f"{base}{pk}/{page}" for page in ("change/", "delete/", "history/"))
    yield base + "add/" + asked({name: value for name in fields for value in _ODD[:3]})


_OF_TIME = {"DateTimeField", "DateField", "PositiveIntegerField", "IntegerField", "BigIntegerField"}


def asked(query: dict[str, str]) -> str:
    pairs = (f"{quote(name)}={quote(value, errors='surrogateescape')}" for name, value in query.items())
    return "?" + "&".join(pairs)


def undone(ask: Any, *args: Any) -> Any:
    """The answer, and the database as before: what PostgreSQL refuses would end the test's transaction."""
    with transaction.atomic():
        answer = ask(*args)
        transaction.set_rollback(True)
    return answer


@pytest.fixture
def staff(admin_client: Client) -> Client:
    admin_client.raise_request_exception = False
    a_plan()
    run = a_run()
    a_figure(snapshot=a_snapshot(run))
    a_listing()
    change(a_project(run=run), "budget", 5)
    return admin_client


ALL = list(admin.site._registry)
each_model = pytest.mark.parametrize("model", ALL, ids=lambda model: model._meta.label)
some_models = pytest.mark.parametrize(
    "some",
    [ALL[at : at + _TOGETHER] for at in range(0, len(ALL), _TOGETHER)],
    ids=lambda some: " ".join(model._meta.model_name for model in some),
)


def is_answered(staff: Client, addresses: list[str]) -> None:
    faults = [each[:140] for each in addresses if undone(staff.get, each).status_code >= 500]
    assert not faults, "\n".join(faults)


def chance(model: type[models.Model]) -> Random:
    """Another one for each model, and on each database."""
    return Random(f"{connection.vendor} {model._meta.label}")


@some_models
def test_no_query_and_no_number_in_an_address_is_a_fault(
    staff: Client, some: list[type[models.Model]]
) -> None:
    """A part of them, another one for each model; the soak tests have them all."""
    asked_for: list[str] = []
    for model in some:
        every = list(addresses_of(model, admin.site._registry[model]))
        asked_for += chance(model).sample(every, len(every) // _SHARE + 1)
    is_answered(staff, asked_for)


@pytest.mark.soak
@each_model
def test_no_address_at_all_is_a_fault(staff: Client, model: type[models.Model]) -> None:
    is_answered(staff, list(addresses_of(model, admin.site._registry[model])))


def choices_of(user: Any, model: type[models.Model]) -> list[tuple[str, str, str]]:
    """What can be posted to the list of a model: its address, an action, a row."""
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    request = RequestFactory().get(base)
    request.user = user
    actions = admin.site._registry[model].get_actions(request)
    return [(base, action, row) for action in (*actions, "\0", "nothing") for row in _ROWS]


def is_taken(staff: Client, choices: list[tuple[str, str, str]]) -> None:
    faults = []
    for base, action, row in choices:
        form = {"action": action, "_selected_action": row, "index": "\0", "select_across": "0"}
        if undone(staff.post, base, form).status_code >= 500:
            faults.append(f"{base}: {action!r} of {row[:20]!r}")
    assert not faults, "\n".join(faults)


@some_models
def test_no_choice_of_rows_is_a_fault(staff: Client, admin_user: Any, some: list[type[models.Model]]) -> None:
    """A few of them for each model; the soak tests have them all."""
    choices: list[tuple[str, str, str]] = []
    for model in some:
        choices += chance(model).sample(choices_of(admin_user, model), 2)
    is_taken(staff, choices)


@pytest.mark.soak
@each_model
def test_no_choice_at_all_is_a_fault(staff: Client, admin_user: Any, model: type[models.Model]) -> None:
    is_taken(staff, choices_of(admin_user, model))


def test_no_word_that_rows_are_looked_up_by_is_a_fault(staff: Client) -> None:
    for term in ("\0", "9" * 5000, "%"):
        for page in ("\0", "x", str(10**30), "1"):
            for terms in (
                {"app_label": "projects", "model_name": "override", "field_name": "project"},
                {"app_label": "\0", "model_name": "\0", "field_name": "\0"},
            ):
                address = "/admin/autocomplete/" + asked(terms | {"term": term, "page": page})
                assert undone(staff.get, address).status_code < 500, address[:120]
