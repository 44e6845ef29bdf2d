"""Readers' reports of mistakes: taken, looked at, decided, withdrawn; and what becomes of personal data.

A contact is kept apart and goes when its report has ended for `REPORT_CONTACT_DAYS`, at once when whoever
sent it wants it gone, and after a year in any case. Words of a report go with its withdrawal.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.models import EntityType, Override, Project, Report, ReportContact, ReportState
from projects.stewards import overrides
from projects.stewards.subjects import Subject, asked_as
from projects.stewards.values import CORRECTABLE
from projects.wording.phrases import plural

CONTACT_DAYS_AT_MOST = 365
# Without letters that are read as digits, and without vowels: no receipt spells a word.
_LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
_GROUPS, _IN_GROUP = 4, 4
RECEIPT = rf"(?:[{_LETTERS}]{{{_IN_GROUP}}}-){{{_GROUPS - 1}}}[{_LETTERS}]{{{_IN_GROUP}}}"
DECISIONS = (ReportState.SEEN, ReportState.ACCEPTED, ReportState.DECLINED)


def take(subject: Subject, shown: dict[str, Any], text: str, contact: str, form: str) -> Report:
    """Keep a report, for the stewards. `form`: the form that it came with, as it was signed; the same form
    with the same words again is the same report.
    """
    sent_with = hashlib.sha256(f"{form}\n{text}".encode()).hexdigest()
    if known := Report.objects.filter(form=sent_with).first():
        return known
    try:
        with transaction.atomic():
            report = _kept(subject, shown, text, sent_with)
            if contact:
                ReportContact.objects.create(report=report, contact=contact)
    except IntegrityError:  # the button was pressed twice
        return Report.objects.get(form=sent_with)
    return report


def _kept(subject: Subject, shown: dict[str, Any], text: str, sent_with: str) -> Report:
    return Report.objects.create(
        receipt=_receipt(),
        form=sent_with,
        entity_type=subject.entity_type,
        entity_id=subject.entity_id,
        municipality=subject.municipality,
        field=subject.field,
        part=subject.part,
        name=subject.name,
        shown=shown,
        text=text,
        sent_at=timezone.now(),
    )


def _receipt() -> str:
    """Nobody guesses one of another's: 77 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def withdraw(report: Report) -> None:
    """For whoever sent it: its words and its contact are erased, whatever has become of it."""
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=report.pk)
        forget_contact(row)
        row.text = ""
        if row.is_waiting:
            row.state, row.ended_at = ReportState.WITHDRAWN, timezone.now()
        row.save(update_fields=["text", "state", "ended_at"])
    report.refresh_from_db()


def forget_contact(report: Report) -> bool:
    """Whether there was one."""
    return bool(ReportContact.objects.filter(report=report).delete()[0])


def forgotten_by(report: Report) -> datetime:
    """When its contact goes at the latest, as it stands now."""
    limit = report.sent_at + timedelta(days=CONTACT_DAYS_AT_MOST)
    if report.ended_at is None:
        return limit
    return min(limit, report.ended_at + timedelta(days=settings.REPORT_CONTACT_DAYS))


def forget_due(now: datetime | None = None) -> int:
    """Delete the contacts whose time has come; how many."""
    now = now or timezone.now()
    ended = now - timedelta(days=settings.REPORT_CONTACT_DAYS)
    by_end = ReportContact.objects.filter(report__ended_at__lte=ended)
    old = ReportContact.objects.filter(report__sent_at__lte=now - timedelta(days=CONTACT_DAYS_AT_MOST))
    return int(by_end.delete()[0]) + int(old.delete()[0])


def forgotten() -> str:
    """The scheduled task; its result is a sentence."""
    return f"{plural(forget_due(), 'contact')} of readers deleted"


def held_of(report: Report) -> dict[str, Any]:
    """All that is kept of a report, for whoever sent it."""
    contact = ReportContact.objects.filter(report=report).first()
    about, field = asked_as(report.entity_type, report.entity_id, report.municipality, report.field)
    return {
        "receipt": report.receipt,
        "about": about,
        "field": field or None,
        "name": report.name,
        "shown": report.shown,
        "text": report.text or None,
        "contact": contact.contact if contact else None,
        "contact_deleted_by": forgotten_by(report).isoformat() if contact else None,
        "sent_at": report.sent_at.isoformat(),
        "state": report.state,
        "reason": report.public_reason or None,
        "ended_at": report.ended_at and report.ended_at.isoformat(),
    }


# --- what a steward does --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """`state`: one of DECISIONS. `corrected`: what the field is to be corrected to, or None where nothing is
    corrected here; its reason is `public_reason`."""

    state: str
    public_reason: str = ""
    note: str = ""
    corrected: str | None = None


def correctable(report: Report) -> Project | None:
    """The project whose field can be corrected for it."""
    if report.entity_type != EntityType.PROJECT or report.field not in CORRECTABLE:
        return None
    return Project.objects.filter(pk=report.entity_id).first()


def rehearse(report: Report, decision: Decision) -> None:
    """Raises what `decide` would of the correction, and does nothing."""
    project = correctable(report)
    if project is not None and decision.corrected is not None:
        overrides.rehearse(project, report.field, decision.corrected, decision.public_reason, None)


def decide(report: Report, decision: Decision, user: AbstractBaseUser | AnonymousUser | None) -> None:
    """Raises NotAValue and CorrectionRefused where the correction cannot be made: then nothing is done."""
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=report.pk)
        made = _corrected(row, decision, user)
        if decision.state != row.state:
            row.state = decision.state
            row.ended_at = None if row.is_waiting else timezone.now()
            row.decided_by_id = user and user.pk
        row.public_reason, row.note = decision.public_reason.strip(), decision.note.strip()
        row.correction = made or row.correction
        row.save(update_fields=["state", "ended_at", "decided_by", "public_reason", "note", "correction"])
    report.refresh_from_db()


def _corrected(
    report: Report, decision: Decision, user: AbstractBaseUser | AnonymousUser | None
) -> Override | None:
    project = correctable(report)
    if decision.corrected is None or project is None:
        return None
    reason = decision.public_reason
    return overrides.correct(project, report.field, decision.corrected, reason=reason, user=user)


__all__ = [
    "RECEIPT",
    "Decision",
    "decide",
    "forget_contact",
    "forget_due",
    "forgotten_by",
    "held_of",
    "rehearse",
    "take",
    "withdraw",
]
