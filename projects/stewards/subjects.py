"""What a report or an answer can be about, and what the pages show of it now.

`project:17`, with a field of it or a flag (`flag.overdue`); `figure:991`, a municipal figure;
`municipality:LIM331`, with a financial year by its end (`2021`) or `debt`; `discrepancy:5`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as of_default
from typing import Any

from projects.facts import finance
from projects.fields import BY_NAME, FIELDS, Kind
from projects.languages import gettext
from projects.models import (
    DataChangeLog,
    Discrepancy,
    EntityType,
    Flag,
    MunicipalFigure,
    Municipality,
    Project,
)
from projects.stewards.values import canonical
from projects.wording import figures, phrases
from projects.wording.flags import FLAGS
from projects.wording.reply_rules import DEBT, FLAG

PROJECT, FIGURE, MUNICIPALITY, DISCREPANCY = "project", "figure", "municipality", "discrepancy"
_KINDS = {
    EntityType.PROJECT: PROJECT,
    EntityType.FIGURE: FIGURE,
    EntityType.YEAR: MUNICIPALITY,
    EntityType.DISCREPANCY: DISCREPANCY,
}
_LONGEST = 1000  # characters of a text that are kept as shown
_ID = re.compile(r"[1-9][0-9]{0,17}")
_CODE = re.compile(r"[A-Za-z0-9]{1,20}")
_YEAR = re.compile(r"(19|20|21)[0-9]{2}")


class NoSubject(LookupError):
    """There is nothing of that kind to report; `parameter` (`about` or `field`) asks for it."""

    def __init__(self, parameter: str, sentence: str) -> None:
        super().__init__(sentence)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Subject:
    """`about` and `field`: how it is asked for. `title`: whose page it is on; `part`: what of it, blank for
    all. `value` is spelt as in the log, `text` what the page says. `source`: whose log rows it is of.
    `entity_type` and `entity_id` as in the log; of a year the id is its end, else 0."""

    about: str
    field: str
    entity_type: str
    entity_id: int
    title: str
    part: str
    url: str
    source: str
    external_id: str
    municipality: str | None
    municipalities: tuple[str, ...] = ()
    province: str | None = None
    value: Any = None
    text: str = ""
    snapshot: str | None = None
    log_name: str = ""
    # {what is asked for: what it is called} of the parts of it, and the name of the parameter that asks.
    parts: dict[str, str] = of_default(default_factory=dict)
    parts_are: str = "field"

    @property
    def is_whole(self) -> bool:
        """A project, or all figures of a part of a municipality's page."""
        return not self.part or self.parts_are == "about"

    @property
    def called(self) -> str:
        """What a row of the log calls it: a figure by itself, as its readings do."""
        is_of_books = self.entity_type in (EntityType.FIGURE, EntityType.YEAR)
        return self.part if is_of_books else self.log_name or self.title

    @property
    def name(self) -> str:
        """`Bulk scheme WP10234: Budget`."""
        return f"{self.title}: {self.part}" if self.part else self.title

    def shown(self) -> dict[str, Any]:
        """What is kept with a report: the value may move before a steward looks."""
        rows = DataChangeLog.objects.all()
        if self.entity_type != EntityType.YEAR:
            rows = rows.filter(entity_type=self.entity_type, entity_id=self.entity_id)
        return {
            "value": _cut(self.value),
            "text": _cut(self.text),
            "change": rows.newest() or None,
            "snapshot": self.snapshot or _proof(rows, self.entity_type),
        }


def _cut(value: Any) -> Any:
    """It travels in the form: a description of many pages stays where it is."""
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value


def _proof(rows: Any, entity_type: str) -> str | None:
    """The newest page that a change of it was read from."""
    if entity_type == EntityType.YEAR:
        return None
    return rows.exclude(snapshot=None).order_by("-pk").values_list("snapshot_id", flat=True).first()


def find(about: str, field: str = "") -> Subject:
    """Raises NoSubject."""
    kind, _, key = about.strip().partition(":")
    finder = _FINDERS.get(kind)
    if finder is None:
        raise NoSubject(
            "about", gettext("“{text}” is nothing that can be reported here.").format(text=about[:40])
        )
    return finder(key, field.strip())


def of_row(row: Any) -> Subject:
    """What a report or an answer is about, as it is now. Raises NoSubject where it is gone."""
    return find(*asked_as(row.entity_type, row.entity_id, row.municipality, row.field))


def page_of(entity_type: str, entity_id: int, municipality: str | None) -> str:
    """The public page that it is on, without looking."""
    if entity_type == EntityType.PROJECT:
        return f"/projects/{entity_id}/"
    if entity_type == EntityType.DISCREPANCY:
        return f"/discrepancies/{entity_id}/"
    return f"/municipalities/{municipality}/"


def asked_as(entity_type: str, entity_id: int, municipality: str | None, field: str = "") -> tuple[str, str]:
    """How `find` is asked for what the columns of a row name."""
    kind = _KINDS[EntityType(entity_type)]
    if kind == MUNICIPALITY:
        return f"{kind}:{municipality}", str(entity_id or field)
    return f"{kind}:{entity_id}", field


def _number(kind: str, key: str) -> int:
    if not _ID.fullmatch(key):
        raise NoSubject("about", f"“{key[:40]}” is not the number of a {kind}.")
    return int(key)


def _project(key: str, field: str) -> Subject:
    # Also one that was merged: what was said of it stays to be read, and to be taken back.
    rows = Project.everything.select_related("source").prefetch_related("municipalities").with_flags()
    project = rows.filter(pk=_number(PROJECT, key)).first()
    if project is None:
        raise NoSubject("about", gettext("There is no project with this number."))
    part, value, text = _part_of(project, field)
    return Subject(
        about=f"{PROJECT}:{project.pk}",
        field=field,
        entity_type=EntityType.PROJECT,
        entity_id=project.pk,
        title=str(project),
        part=part,
        url=project.get_absolute_url(),
        source=project.source_id,
        external_id=project.external_id,
        municipality=project.municipality_id,
        municipalities=tuple(sorted(place.pk for place in project.municipalities.all())),
        province=project.province,
        value=value,
        text=text,
        parts=dict(_parts_of(project)),
    )


def _parts_of(project: Any) -> Iterator[tuple[str, str]]:
    for each in FIELDS:
        if each.labelled or each.kind is Kind.PROVINCE:
            yield each.name, each.called
    for flag in project.raised:
        yield f"{FLAG}{flag.flag}", gettext("Flag: {flag}").format(flag=FLAGS.get(flag.flag, flag.flag))


def _part_of(project: Any, field: str) -> tuple[str, Any, str]:
    """What it is called, its value as the log spells it, and as people read it."""
    if not field:
        return "", None, ""
    if field.startswith(FLAG) and (flag := field.removeprefix(FLAG)) in FLAGS:
        raised: Flag | None = next((row for row in project.raised if row.flag == flag), None)
        figures_, said = (raised.figures, raised.sentence()) if raised else (None, gettext("not raised"))
        return gettext("Flag: {flag}").format(flag=FLAGS[flag]), figures_, said
    known = BY_NAME.get(field)
    if known is None:
        raise NoSubject(
            "field", gettext("“{text}” is no part of a project that can be reported.").format(text=field[:40])
        )
    if known.is_column:
        value = canonical(getattr(project, known.column))
    else:
        value = sorted(place.pk for place in project.municipalities.all())
    return known.called, value, phrases.shown(field, value)


def _figure(key: str, field: str) -> Subject:
    _no_field(field, "a municipal figure")
    rows = MunicipalFigure.objects.select_related("municipality")
    row = rows.filter(pk=_number("municipal figure", key)).first()
    if row is None:
        raise NoSubject("about", gettext("There is no municipal figure with this number."))
    value, text = _amount_of(row)
    key_ = (row.measure, row.code, row.amount_type)
    return Subject(
        about=f"{FIGURE}:{row.pk}",
        field="",
        entity_type=EntityType.FIGURE,
        entity_id=row.pk,
        title=row.municipality.name,
        part=finance.figure_name(*key_, row.financial_year),
        url=row.get_absolute_url(),
        source=row.source_id,
        external_id=finance.figure_key(row.municipality_id, row.financial_year, *key_),
        **_place(row.municipality),
        value=value,
        text=text,
        snapshot=row.snapshot_id,
    )


def _amount_of(row: MunicipalFigure) -> tuple[Any, str]:
    if row.opinion:
        return row.opinion, phrases.shown("opinion", row.opinion)
    value = canonical(row.amount)
    return value, gettext("given as null") if value is None else phrases.shown("amount", value)


def _place(municipality: Municipality) -> dict[str, Any]:
    code = municipality.pk
    return {"municipality": code, "municipalities": (code,), "province": municipality.province}


def _municipality(key: str, field: str) -> Subject:
    municipality = Municipality.objects.filter(pk=key).first() if _CODE.fullmatch(key) else None
    if municipality is None:
        raise NoSubject("about", gettext("“{text}” is not the code of a municipality.").format(text=key[:40]))
    year = int(field) if _YEAR.fullmatch(field) else 0
    if field and field != DEBT and not year:
        raise NoSubject("field", f"“{field[:40]}” is no financial year such as 2021, nor “{DEBT}”.")
    rows = MunicipalFigure.objects.filter(municipality=municipality).order_by(
        "measure", "code", "amount_type"
    )
    if field:
        of_year = {"financial_year": year} if year else {}
        is_debt = {"measure__in": finance.BALANCES}
        chosen = list((rows.exclude(**is_debt) if year else rows.filter(**is_debt)).filter(**of_year))
        parts = {f"{FIGURE}:{row.pk}": f"{_named(row)}: {_amount_of(row)[1]}" for row in chosen}
    else:
        years = rows.order_by("-financial_year").values_list("financial_year", flat=True).distinct()
        parts = {str(each): finance.year_label(each) for each in years} | {
            DEBT: gettext("Owed for bulk water")
        }
    if year and not parts:
        raise NoSubject("field", gettext("Nothing is published of this municipality and financial year."))
    return Subject(
        about=f"{MUNICIPALITY}:{municipality.pk}",
        field=field,
        entity_type=EntityType.YEAR,
        entity_id=year,
        title=municipality.name,
        part=_books(year, field),
        url=f"{municipality.get_absolute_url()}#{finance.page_part(year, field == DEBT)}",
        source=finance.TREASURY,
        external_id=f"{municipality.pk} {field}".strip(),
        **_place(municipality),
        parts=parts,
        parts_are="about" if field else "field",
    )


def _named(row: MunicipalFigure) -> str:
    return finance.figure_name(row.measure, row.code, row.amount_type, row.financial_year)


def _books(year: int, field: str) -> str:
    if year:
        return gettext("Finances {year}").format(year=finance.year_label(year))
    return gettext("What is owed for water") if field == DEBT else gettext("Finances")


def _discrepancy(key: str, field: str) -> Subject:
    _no_field(field, "a question")
    rows = Discrepancy.objects.select_related("municipality", "project")
    row = rows.filter(pk=_number("question", key)).first()
    if row is None:
        raise NoSubject("about", gettext("There is no question with this number."))
    project = row.project
    return Subject(
        about=f"{DISCREPANCY}:{row.pk}",
        field="",
        entity_type=EntityType.DISCREPANCY,
        entity_id=row.pk,
        title=gettext("Question {number}: {about}").format(number=row.pk, about=project or _grant_of(row)),
        part="",
        url=row.get_absolute_url(),
        source=finance.CORRELATION,
        external_id=row.key,
        **_place(row.municipality),
        value=canonical(row.contested),
        text=figures.unbroken(row.question),
        snapshot=row.dws_snapshot_id or row.treasury_snapshot_id,
        log_name=str(project or _grant_of(row)),
    )


def _grant_of(row: Discrepancy) -> str:
    return f"{row.municipality.name}, {row.programme}" if row.programme else row.municipality.name


def _no_field(field: str, what: str) -> None:
    if field:
        raise NoSubject("field", f"“{field[:40]}” is no part of {what}.")


_FINDERS: dict[str, Callable[[str, str], Subject]] = {
    PROJECT: _project,
    FIGURE: _figure,
    MUNICIPALITY: _municipality,
    DISCREPANCY: _discrepancy,
}

__all__ = ["NoSubject", "Subject", "asked_as", "find", "of_row", "page_of"]
