"""The rows of a steward's file as corrections: each through the one door, `overrides.correct`, and no other.

django-import-export brings the rows, the preview, and one transaction around them; nothing is written when it
only looks. A row that cannot be made is refused with the column and the reason; what is none of a steward's
errors crashes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Diff, Resource
from import_export.results import Error, InvalidRow, Result
from tablib import Dataset

from projects.fields import BY_NAME
from projects.folding import folded
from projects.models import Identity, Override, Project
from projects.stewards import overrides
from projects.stewards.overrides import CorrectionRefused
from projects.stewards.values import CORRECTABLE, NotAValue, canonical, read
from projects.wording.figures import HERE
from projects.wording.phrases import label, shown

Row = Mapping[str, str]
Named = dict[tuple[str, str], list[Project]]  # by ("id", "17") and ("number", folded)


@dataclass(slots=True)
class Correction:
    """A row on its way into the record. `value`: in words, of now and then of what will be."""

    project: Project
    field: str
    text: str
    value: str
    reason: str = ""
    until: datetime | None = None
    made: Override | None = None
    pk: None = None  # the library asks for it

    @property
    def label(self) -> str:
        return label(self.field)

    def __deepcopy__(self, memo: Any) -> Correction:
        """What is kept of it from before: the project stays the same row."""
        return copy.copy(self)


class Beside(Diff):
    """What is now and what will be, each whole: half an amount is not to be read."""

    def as_html(self) -> list[str]:
        return [
            format_html("<del>{}</del> <ins>{}</ins>", now, then) if now != then else format_html("{}", now)
            for now, then in zip(self.left, self.right, strict=True)
        ]


class Crash(Error):
    """The library takes each exception for an error in a row; what is no refusal is one of ours."""

    def __init__(self, error: Exception, row: Any = None, number: int | None = None) -> None:
        raise error


class Outcome(Result):
    """Refused rows have the number that a spreadsheet shows, and what was given."""

    file_name = ""

    def append_invalid_row(self, number: int, row: Row, validation_error: ValidationError) -> None:
        refused = InvalidRow(int(row["row"]), validation_error, tuple(row.values()))
        refused.given = dict(row)
        self.invalid_rows.append(refused)

    def sentences(self) -> Iterable[str]:
        """Of each refused row: its number, the column, and why."""
        for row in self.invalid_rows:
            for column, reasons in row.error_dict.items():
                where = "" if column == "__all__" else f", {column}"
                yield f"Row {row.number}{where}: {' '.join(reasons)}"


class CorrectionResource(Resource):
    """The columns of the preview; `user` and `reason` (of rows that do not say one) come with the import."""

    project = Field("project", "Project")
    field = Field("label", "Field")
    value = Field("value", "Value")

    class Meta:
        model = Override  # for the database it is in
        instance_loader_class = BaseInstanceLoader  # no row is looked for by the library
        use_transactions = True
        store_instance = True

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._projects: Named = {}
        self._seen: set[tuple[int, str]] = set()

    @classmethod
    def get_display_name(cls) -> str:
        return "Corrections"

    @classmethod
    def get_result_class(cls) -> type[Result]:
        return Outcome

    @classmethod
    def get_error_result_class(cls) -> type[Error]:
        return Crash

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return Beside

    def handle_import_error(self, result: Result, error: Exception, raise_errors: bool = False) -> None:
        raise error

    def before_import(self, dataset: Dataset, **given: Any) -> None:
        self._projects = _projects(dataset.dict)
        if given.get("writes"):
            overrides.hold(project.pk for found in self._projects.values() for project in found)

    def after_import(self, dataset: Dataset, result: Result, **given: Any) -> None:
        result.file_name = given.get("file_name") or ""

    def before_import_row(self, row: Any, **given: Any) -> None:
        row["reason"] = row["reason"] or given.get("reason", "").strip()

    def get_or_init_instance(self, instance_loader: Any, row: Row) -> tuple[Correction, bool]:
        """What is shown now. Of a field that is there, and so never new."""
        with _refusals("project"):
            project = _project(row, self._projects)
        with _refusals("field"):
            field = _field(row["field"])
        if (project.pk, field) in self._seen:
            raise ValidationError({"field": "The file corrects this field of this project in a row before."})
        now = shown(field, canonical(getattr(project, BY_NAME[field].column)))
        return Correction(project, field, row["value"], now), False

    def import_instance(self, instance: Correction, row: Row, **given: Any) -> None:
        with _refusals("until"):
            instance.until = _end_of(row["until"])
        with _refusals("value"):
            value = read(instance.field, instance.text)
        instance.reason = row["reason"]
        instance.value = "not known" if value is None else shown(instance.field, value)

    def skip_row(self, instance: Any, original: Any, row: Row, import_validation_errors: Any = None) -> bool:
        return False

    def save_instance(self, instance: Correction, is_create: bool, row: Row, **given: Any) -> None:
        """The door; a look only tries it."""
        what = instance.project, instance.field, instance.text
        with _refusals("value"):
            if given.get("writes"):
                instance.made = overrides.correct(
                    *what, reason=instance.reason, user=given["user"], expires_at=instance.until
                )
            else:
                overrides.rehearse(*what, instance.reason, instance.until)
        self._seen.add((instance.project.pk, instance.field))


@contextmanager
def _refusals(column: str) -> Iterator[None]:
    """The sentence of a refusal, under the column that it is about: the one named, unless it says another."""
    try:
        yield
    except (NotAValue, CorrectionRefused) as problem:
        raise ValidationError({getattr(problem, "about", "") or column: str(problem)}) from problem


def _field(text: str) -> str:
    wanted = folded(text)
    for name in CORRECTABLE:
        if wanted in (folded(name), folded(label(name))):
            return name
    known = ", ".join(label(name) for name in CORRECTABLE)
    raise NotAValue(f"“{text[:40]}” is no field that can be corrected. These are: {known}.")


def _project(row: Row, projects: Named) -> Project:
    called = row["id"] or row["project"]
    found = projects.get(("id", row["id"]) if row["id"] else ("number", folded(row["project"])), [])
    if not called:
        raise CorrectionRefused("The row names no project.")
    if len(found) != 1:
        raise CorrectionRefused(
            f"There is no project “{called[:60]}”."
            if not found
            else f"Several projects have the number “{called[:60]}”: name it in a column `id`."
        )
    if row["id"] and row["project"] and found[0] not in projects.get(("number", folded(row["project"])), []):
        # Of two columns that were not sorted together neither is to be believed.
        raise CorrectionRefused(
            f"The project {called[:60]} is none that has the number “{row['project'][:60]}”."
        )
    return found[0]


def _projects(rows: list[Row]) -> Named:
    """The projects that are named. Four queries."""
    given = {row["id"] for row in rows}
    ids = {text: int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 19}
    numbers = {folded(row["project"]) for row in rows if row["project"]}
    known = Identity.objects.values_list("external_id", "project_id")
    by_number: dict[str, set[int]] = {}
    for external_id, pk in known.iterator():
        if (number := folded(external_id)) in numbers:
            by_number.setdefault(number, set()).add(pk)
    wanted = {*ids.values()}.union(*by_number.values())
    loaded = Project.objects.prefetch_related("municipalities").in_bulk(wanted)
    found: Named = {("id", text): [loaded[pk]] for text, pk in ids.items() if pk in loaded}
    return found | {
        ("number", number): [loaded[pk] for pk in sorted(pks) if pk in loaded]
        for number, pks in by_number.items()
    }


def _end_of(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise NotAValue(f"“{text[:40]}” is not a day such as 2026-12-31.") from None
    end = datetime.combine(day, time.max, tzinfo=HERE)
    if end <= timezone.now():
        raise CorrectionRefused("The correction would have run out already.")
    return end


__all__ = ["Correction", "CorrectionResource", "Outcome"]
