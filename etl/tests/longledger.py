"""What a poll of the long history logged and left in the table, held against what its site showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from etl.crawl.reading import area_of_list
from etl.normalise.records import canonical
from etl.tests.longsite import COLUMNS, PLACED, PLACES, UNNUMBERED, LongSite, Scheme
from etl.values.identifiers import is_unnumbered, number_within
from projects.models import AreaReading, DataChangeLog, Project

TYPED = (
    "name", "municipality", "status", "progress_percentage", "budget", "completion_date", "contractor",
)  # fmt: skip
COLUMN_OF = {"progress_percentage": "progress", "budget": "budget", "completion_date": "day"}
_LISTS = {area_of_list(f"/pmd/list.aspx?m={code}"): code for code in PLACES}
_FEW = 3  # projects of an area: of fewer values it cannot be told whether they were put right, or are misread
ABSENT = ("missing", "withdrawn")
Row = dict[str, Any]


def table() -> dict[str, Row]:
    """The record: id → its typed values, in the log's spelling, and its presence."""
    rows = {}
    for project in Project.objects.all():
        values = {
            name: canonical(getattr(project, f"{name}_id", None) or getattr(project, name))
            if name == "municipality"
            else canonical(getattr(project, name))
            for name in TYPED
        }
        values["municipality"] = project.municipality_id
        rows[project.external_id] = values | {"presence": project.presence, "published": project.published}
    return rows


class Ledger:
    """`worlds`: those that the site may have shown."""

    def __init__(self, site: LongSite) -> None:
        self.site = site

    def schemes(self, external_id: str, name: str) -> list[Scheme]:
        """What the site showed of a project, in each of its worlds."""
        unnumbered = is_unnumbered(external_id)
        key = f"name:{name}" if unnumbered else number_within(external_id)
        return [s for world in self.site.worlds for s in world if s.key == key]

    def is_everywhere(self, external_id: str, name: str) -> bool:
        return all(
            any(
                s.key == (f"name:{name}" if is_unnumbered(external_id) else number_within(external_id))
                for s in world
            )
            for world in self.site.worlds
        )

    def faults_of_log(self, rows: Iterable[DataChangeLog], before: Mapping[str, Row]) -> list[str]:
        """What the log says that the site did not."""
        faults = []
        for row in rows:
            if row.entity_type == "project":
                faults += [f"{row.external_id} {row.change_type}: {f}" for f in self._of_row(row, before)]
            elif row.entity_type == "municipality_listing":
                faults += [f"[{row.external_id}] {row.change_type}: {f}" for f in self._of_line(row)]
        return faults

    def _of_row(self, row: DataChangeLog, before: Mapping[str, Row]) -> list[str]:
        was = before.get(row.external_id)
        if row.change_type in ABSENT:
            name = was["name"] if was else ""
            return ["the site shows it"] if self.is_everywhere(row.external_id, name) else []
        changes, texts = row.field_changes, row.evidence
        name = changes["name"][1] if "name" in changes else (was or {}).get("name", "")
        schemes = self.schemes(row.external_id, name)
        if not schemes:
            return [f"the site has no such project ({name})"]
        faults = []
        if (row.change_type == "created") != (was is None):
            faults.append("it was known" if was else "it was not known")
        for field, (old, new) in changes.items():
            if field in TYPED:
                told = {str(scheme.values()[field]) for scheme in schemes}
                is_unread = new is None and self.says_unread(field, schemes, texts)
                if str(new) not in told and not is_unread:
                    faults.append(f"{field} {old} → {new}, the site says {sorted(told)}")
                if was and old != was[field]:
                    faults.append(f"{field} was {was[field]}, not {old}")
            elif field.startswith("published."):
                faults += self._of_text(field.removeprefix("published."), new, schemes)
        return faults

    def says_unread(self, field: str, schemes: list[Scheme], texts: Mapping[str, Any]) -> bool:
        """Whether a value is none and its text is told: it cannot be read as the others of its column are.
        That is no wrong one. Of an area that shows it of three projects or more it is to be held."""
        column = COLUMN_OF.get(field)
        return any(
            column is not None
            and bool(texts.get(self.site.dress[scheme.place].heading(column)))
            and all(sum(s.place == scheme.place for s in world) <= _FEW for world in self.site.worlds)
            for scheme in schemes
        )

    def _of_text(self, label: str, new: str | None, schemes: list[Scheme]) -> list[str]:
        shown: dict[str, set[str]] = {}
        for scheme in schemes:
            dress = self.site.dress[scheme.place]
            for column in COLUMNS:
                shown.setdefault(dress.heading(column), set()).add(dress.cell(column, scheme))
            for heading in dress.more:
                shown.setdefault(heading, set()).add(f"note {scheme.place}")
            shown.setdefault("Implementing Agent", set()).add("Lepelle")
            shown.setdefault(PLACED, set()).add(f"{PLACES[scheme.place]} - [{scheme.place}]")
        if new is None and label not in shown:
            return []
        return (
            [] if new in shown.get(label, ()) else [f"“{label}” is {new!r}, the site says {shown.get(label)}"]
        )

    def _of_line(self, row: DataChangeLog) -> list[str]:
        faults = []
        for field, (_, new) in row.field_changes.items():
            for_all = []
            for world in self.site.worlds:
                here = [scheme for scheme in world if scheme.place == row.external_id]
                for_all.append(
                    {"projects": len(here), "value": f"{sum(s.budget for s in here)}.00"}.get(field)
                )
            if field in ("projects", "value") and str(new) not in map(str, for_all):
                faults.append(f"{field} → {new}, the site says {for_all}")
        return faults

    def faults_of_table(self, before: Mapping[str, Row], excused: set[str] | None) -> list[str]:
        """Where the table does not say what the site shows. `excused`: areas of which it may say what it said
        before, as they are held or were not read whole; None: all."""
        now, faults = table(), []
        for external_id, row in now.items():
            schemes = self.schemes(external_id, row["name"])
            was = before.get(external_id)
            is_excused = (
                excused is None
                or bool({row["municipality"], *(s.place for s in schemes)} & excused)
                or (was is not None and was["municipality"] in excused)
            )
            if row == was and is_excused:
                continue
            if row["presence"] != "present":
                if self.is_everywhere(external_id, row["name"]) and not (
                    is_excused and was and was["presence"] == row["presence"]
                ):
                    faults.append(f"{external_id} is {row['presence']}, and the site shows it")
                continue
            if not schemes:
                if not is_excused:
                    faults.append(f"{external_id} is present, and the site does not show it")
                continue
            if is_unnumbered(external_id) and len(schemes) > len(self.site.worlds):
                continue  # which of two of one name it is cannot be told
            for field in TYPED:
                told = {str(scheme.values()[field]) for scheme in schemes}
                if row[field] is None and self.says_unread(field, schemes, row["published"]):
                    continue
                if str(row[field]) not in told and not (is_excused and was and was[field] == row[field]):
                    faults.append(f"{external_id}: {field} is {row[field]}, the site says {sorted(told)}")
        known = {f"name:{row['name']}" if is_unnumbered(i) else number_within(i) for i, row in now.items()}
        for scheme in self.site.worlds[0]:
            if (
                excused is not None
                and scheme.place not in excused
                and scheme.key not in known
                and all(scheme.key in {s.key for s in w} for w in self.site.worlds)
            ):
                if scheme.place == UNNUMBERED and sum(s.key == scheme.key for s in self.site.worlds[0]) > 1:
                    continue
                faults.append(f"{scheme.key} in {scheme.place} is not known")
        return faults


class Rebuilt:
    """The table as the log alone tells it."""

    def __init__(self) -> None:
        self.values: dict[str, Row] = {}
        self.texts: dict[str, dict[str, str | None]] = {}

    def take(self, rows: Iterable[DataChangeLog]) -> None:
        for row in rows:
            if row.entity_type == "project":
                values = self.values.setdefault(row.external_id, {"presence": "present"})
                values |= {name: pair[1] for name, pair in row.field_changes.items()}
                texts = self.texts.setdefault(row.external_id, {})
                texts |= {label: pair[1] for label, pair in row.evidence.items()}

    def faults(self) -> list[str]:
        faults = []
        for external_id, row in table().items():
            told, texts = self.values.get(external_id, {}), self.texts.get(external_id, {})
            for name in (*TYPED, "presence"):
                if told.get(name) != row[name]:
                    faults.append(
                        f"{external_id}: by the log {name} is {told.get(name)}, in the table {row[name]}"
                    )
            shown = {label: text for label, text in row["published"].items() if text}
            if shown != {label: text for label, text in texts.items() if text}:
                faults.append(f"{external_id}: by the log it says {texts}, in the table {shown}")
        return faults


def not_sure() -> set[str]:
    """The areas whose last reading was not loaded, or not all of it read; lists by whose they are."""
    newest = AreaReading.objects.newest()
    rows = [*newest.doubtful(), *newest.filter(is_whole=False)]
    return {_LISTS.get(row.area, row.area) for row in rows}
