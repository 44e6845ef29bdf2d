"""Answers of those who are concerned: entered by a steward, put right by a new row, taken back with a reason.

Each step is a row of the log, of what is answered; nothing of it is ever edited there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.utils import timezone

from projects.facts import finance
from projects.log import writer as log
from projects.log.writer import Entry
from projects.models import Cause, ChangeType, EntityType, Reply, Report, ReportState
from projects.stewards.subjects import Subject, of_row
from projects.wording.reply_rules import DEBT, NUMBER, key

_GONE = "That answer does not stand any more: it was put right, or taken back."
User = AbstractBaseUser | AnonymousUser | None


class ReplyRefused(ValueError):
    """The answer cannot be entered, put right or taken back; the message is a sentence for the steward."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: by whom, in which role, on which day; `source`: how it came, `link`: where it can be
    read, or blank."""

    who: str
    role: str
    said_on: date
    source: str
    text: str
    link: str = ""


def enter(
    subject: Subject,
    words: Words,
    user: User,
    report: Report | None = None,
    replaces: Reply | None = None,
) -> Reply:
    """Show an answer beside what it answers, and write it to the log. A report that it answers is answered.

    With `replaces` it takes the place of an earlier one, which stays to be seen. Raises ReplyRefused.
    """
    now = timezone.now()
    with transaction.atomic():
        old = _standing(replaces.pk) if replaces else None
        changes = check(subject, words, old)
        made = Reply.objects.create(
            entity_type=subject.entity_type,
            entity_id=subject.entity_id,
            municipality=subject.municipality,
            field=_part(subject),
            part=subject.part,
            report=report or (old.report if old else None),
            replaces=old,
            entered_at=now,
            entered_by_id=user.pk if user else None,
            **{name: getattr(words, name) for name in words.__dataclass_fields__},
        )
        if made.report_id:
            answered = Report.objects.waiting().filter(pk=made.report_id)
            answered.update(state=ReportState.ANSWERED, ended_at=now, decided_by=user and user.pk)
        _tell(made, subject, [_number(old), _number(made)], changes)
    return made


def check(subject: Subject, words: Words, replaces: Reply | None) -> dict[str, list[Any]]:
    """What an answer would change, as the log has it. Raises ReplyRefused."""
    if replaces and not Reply.objects.current().filter(pk=replaces.pk).exists():
        raise ReplyRefused(_GONE)
    if replaces and (replaces.entity_type, replaces.entity_id) != (subject.entity_type, subject.entity_id):
        raise ReplyRefused("It is about something else than the answer that it puts right.")
    changes = _moved(replaces, subject, words)
    if not changes:
        raise ReplyRefused("That is what the answer says already.")
    return changes


def take_back(reply: Reply, reason: str, user: User) -> None:
    """Have an answer no longer stand: it was entered where it does not belong. Raises ReplyRefused."""
    if not reason.strip():
        raise ReplyRefused("That an answer is taken back needs a reason, which everybody can read.")
    with transaction.atomic():
        row = _standing(reply.pk)
        row.taken_back_at, row.taken_back_reason = timezone.now(), reason.strip()
        row.save(update_fields=["taken_back_at", "taken_back_reason"])
        said = {key("reason"): [None, row.taken_back_reason]}
        _tell(row, of_row(row), [_number(row), None], said)
    reply.refresh_from_db()


def _standing(pk: int) -> Reply:
    """Locked first, then looked at: whoever waited for another sees what that one did."""
    row = Reply.objects.select_for_update().get(pk=pk)
    if not Reply.objects.current().filter(pk=pk).exists():
        raise ReplyRefused(_GONE)
    return row


def _number(reply: Reply | None) -> str | None:
    return str(reply.pk) if reply else None


def _part(subject: Subject) -> str:
    """Of a financial year the id says which."""
    return "" if subject.entity_type == EntityType.YEAR and subject.entity_id else subject.field


def _said(words: Words | Reply, part: str) -> dict[str, str | None]:
    """As the log spells it."""
    return {
        "who": words.who,
        "role": words.role,
        "date": words.said_on.isoformat(),
        "source": words.source,
        "link": words.link or None,
        "text": words.text,
        "answers": part or None,
    }


def _moved(old: Reply | None, subject: Subject, words: Words) -> dict[str, list[Any]]:
    before = _said(old, old.field) if old else {}
    after = _said(words, _part(subject))
    return {key(word): [before.get(word), said] for word, said in after.items() if said != before.get(word)}


def _tell(reply: Reply, subject: Subject, numbers: list[str | None], changes: dict[str, list[Any]]) -> None:
    entry = Entry(
        entity_type=subject.entity_type,
        entity_id=subject.entity_id,
        external_id=subject.external_id,
        name=subject.called,
        source_id=subject.source,
        change_type=ChangeType.REPLIED,
        cause=Cause.STEWARD,
        field_changes={NUMBER: numbers, **changes},
        municipality=subject.municipality,
        municipalities=list(subject.municipalities),
        province=subject.province,
    )
    reply.change_id = log.append([entry]).first
    reply.save(update_fields=["change_id"])


# --- what is shown --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside some things of one kind: `replies`, the newest first, each with those before it as
    `earlier`; `gone`, those that were taken back; `reports`: decided ones that have a word for everybody."""

    replies: list[Any]
    gone: list[Any]
    reports: list[Report]

    def __bool__(self) -> bool:
        return bool(self.replies or self.gone or self.reports)

    def of(self, field: str) -> list[Any]:
        """The answers about a field or a flag."""
        return [reply for reply in self.replies if reply.field == field]

    @property
    def fields(self) -> dict[str, list[Any]]:
        """{field or flag: the answers about it}."""
        return {reply.field: self.of(reply.field) for reply in self.replies if reply.field}


def beside(entity_type: str, *ids: int) -> Beside:
    """Of one thing, and of what became one with it; two queries."""
    return _sorted(Reply.objects.about(entity_type, ids), Report.objects.about(entity_type, ids))


def beside_books(municipality: str) -> Beside:
    """Of all figures and financial years of a municipality; two queries."""
    return _sorted(Reply.objects.of_books(municipality), Report.objects.of_books(municipality))


def parts_of_page(answers: Beside, figures: Iterable[Any]) -> dict[str, Beside]:
    """{part of a municipality's page, as `finance.page_part` names it: what stands beside it}; of each figure
    its own as `answers`."""
    parts: dict[str, Beside] = {}
    if not answers:
        return parts
    known = {figure.pk: figure for figure in figures}
    for kind in ("replies", "gone", "reports"):
        for row in getattr(answers, kind):
            getattr(parts.setdefault(_part_of_page(row, known), Beside([], [], [])), kind).append(row)
    for figure in known.values():
        own = [
            row
            for row in answers.replies
            if (row.entity_type, row.entity_id) == (EntityType.FIGURE, figure.pk)
        ]
        figure.answers = own
    return parts


def _part_of_page(row: Any, figures: dict[int, Any]) -> str:
    if row.entity_type == EntityType.YEAR:
        return finance.page_part(row.entity_id, row.field == DEBT)
    figure = figures.get(row.entity_id)
    return finance.page_part(
        *((figure.financial_year, figure.measure in finance.BALANCES) if figure else (0, False))
    )


def _sorted(replies: Any, reports: Any) -> Beside:
    rows = list(replies.order_by("-said_on", "-pk"))
    by_number = {row.pk: row for row in rows}
    replaced = {row.replaces_id for row in rows}
    for row in rows:
        row.earlier = list(_before(row, by_number))
    newest = [row for row in rows if row.pk not in replaced]
    return Beside(
        [row for row in newest if row.taken_back_at is None],
        [row for row in newest if row.taken_back_at is not None],
        list(reports.with_reason()),
    )


def _before(row: Any, by_number: dict[int, Any]) -> Iterator[Any]:
    while row := by_number.get(row.replaces_id):
        yield row


def standing(entity_type: str, ids: Collection[int], at: datetime | None = None) -> dict[int, list[Reply]]:
    """{id: the answers that stand, or stood at a moment}, the newest first; one query."""
    rows = Reply.objects.about(entity_type, ids)
    rows = rows.standing_at(at) if at else rows.current()
    return _by_id(rows.order_by("-said_on", "-pk"))


def standing_of_books(municipality: str) -> dict[str, dict[int, list[Reply]]]:
    """{entity type: {id: the answers that stand}} of the books of a municipality; one query."""
    rows = list(Reply.objects.of_books(municipality).current().order_by("-said_on", "-pk"))
    kinds = (EntityType.FIGURE, EntityType.YEAR)
    return {kind: _by_id(row for row in rows if row.entity_type == kind) for kind in kinds}


def _by_id(rows: Iterable[Reply]) -> dict[int, list[Reply]]:
    found: dict[int, list[Reply]] = {}
    for row in rows:
        found.setdefault(row.entity_id, []).append(row)
    return found


__all__ = [
    "Beside",
    "ReplyRefused",
    "Words",
    "beside",
    "beside_books",
    "check",
    "enter",
    "parts_of_page",
    "standing",
    "standing_of_books",
    "take_back",
]
