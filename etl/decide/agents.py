"""A steward's word on an implementing agent whose name is not recognised: which municipality, water board or
other implementer it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from etl.correlating.names import folded
from etl.exceptions import CannotDecide
from projects.facts.finance import CORRELATION
from projects.models import AgentName, Municipality, SyncRun

_LONGEST = 500  # letters of a name as it is compared


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """An agent's name, how many projects bear it, and the codes of their municipalities."""

    agent: str
    projects: int
    municipalities: tuple[str, ...]


def waiting() -> list[Unrecognised]:
    """The names that the last comparison did not recognise, without those named since; the most frequent
    first. Two queries."""
    last = SyncRun.objects.good().filter(source=CORRELATION, complete=True).order_by("-pk").first()
    known = set(AgentName.objects.values_list("folded", flat=True))
    told = last.profile.get("unrecognised", []) if last else []
    return [_one(each) for each in told if folded(each["agent"]) not in known]


def _one(told: dict[str, Any]) -> Unrecognised:
    return Unrecognised(told["agent"], told["projects"], tuple(told["municipalities"]))


def name(agent: str, kind: str, code: str, whom: str, reason: str, by: Any) -> AgentName:
    """Keep who an agent is, `code` of a municipality or `whom` else; `by`: the user. Raises CannotDecide."""
    short, code = agent[:80], code.strip().upper()
    if all(each.agent != agent for each in waiting()):
        raise CannotDecide(f"“{short}” does not wait for a name: it is recognised, or no project bears it.")
    if kind not in AgentName.Kind.values:
        raise CannotDecide(f"“{short}” was not named: choose what it is.")
    if not reason.strip():
        raise CannotDecide(f"“{short}” was not named: say why. The reason is kept.")
    is_municipality = kind == AgentName.Kind.MUNICIPALITY
    if is_municipality and not Municipality.objects.filter(pk=code).exists():
        raise CannotDecide(f"“{short}” was not named: choose which municipality it is.")
    key = folded(agent)
    if not key or len(key) > _LONGEST:
        raise CannotDecide(f"“{short}” cannot be named: it has no letters to know it by, or too many.")
    row = AgentName(
        text=agent,
        folded=key,
        kind=kind,
        municipality_id=code if is_municipality else None,
        name="" if is_municipality else whom.strip()[:200],
        reason=reason.strip(),
        named_by=by,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        raise CannotDecide(f"“{short}” is being named by somebody else: look at it again.") from problem
    return row
