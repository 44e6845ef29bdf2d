"""`make truth`: reading and change detection over generated renderings, beside their truth.

Each case is a world drawn in a random layout (`replica.renderings`), served on loopback and polled by the
real monitor: once for what it reads, then after each of three rounds of mutations for what it notices.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

from replica.renderings.places import DISTRICTS

FIELDS = (
    "external_id", "name", "description", "municipality", "province", "programme", "project_type", "status",
    "progress_percentage", "budget", "expenditure", "start_date", "completion_date", "contractor",
    "implementing_agent", "latitude", "longitude",
)  # fmt: skip
CLASSES = ("right", "wrong", "said", "silent")  # said, silent: unread and said so, unread and silent
RECORDS = ("found", "missing, said", "missing, silent", "invented")
# aspect of a rendering: how a style has it, and the fields that it bears on
ASPECTS: dict[str, tuple[Callable[[Any], str], tuple[str, ...]]] = {
    "words": (lambda style: style.words, FIELDS),
    "unit": (lambda style: f"{style.unit_word} in {style.unit_place}", ("budget", "expenditure")),
    "date": (lambda style: style.date, ("start_date", "completion_date")),
    "percent": (lambda style: style.percent, ("progress_percentage",)),
    "point": (lambda style: style.coordinates, ("latitude", "longitude")),
    "status": (lambda style: style.status_words, ("status",)),
    "place": (lambda style: style.place_form, ("municipality",)),
}
EVENTS = ("found", "as text", "missed", "false")  # as text: the log has the change, not its meaning


@dataclass
class Score:
    """What one case came to. `failures`: one sentence each, for whoever looks for the cause."""

    seed: int
    family: str
    style: dict[str, str]  # aspect → how the case shows it
    fields: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (field, half, class)
    records: Counter[str] = field(default_factory=Counter)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, outcome)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def of_class(self, name: str) -> int:
        return sum(count for (_, _, found), count in self.fields.items() if found == name)

    def outcome(self, name: str) -> int:
        return sum(count for (_, found), count in self.events.items() if found == name)


@dataclass
class Account:
    """What a run said of itself and of what it could not read."""

    run: Any
    site: Any

    @cached_property
    def passed_over(self) -> tuple[str, str]:
        """Rows and tables that were left out, and columns that nobody understood: as JSON."""
        return _passed_over(self.site)

    @property
    def has_doubts(self) -> bool:
        return not self.run.complete or bool(self.run.notes)


def said_so(account: Account, labels: Iterable[str], issues: Iterable[dict[str, Any]], name: str) -> bool:
    """Whether somebody is told that a field was not read: an issue of the record on it, or a sentence or a
    column "not understood" that names its label."""
    wanted = [label for label in labels if label]
    for issue in issues:
        if issue["field"] == name or issue.get("label") in wanted:
            return True
        if issue["field"] == "coordinates" and name in ("latitude", "longitude"):
            return True
    notes = " ".join(map(str, account.run.notes))
    return any(label in notes or label in account.passed_over[1] for label in wanted)


def said_of_record(account: Account, names: Iterable[str]) -> bool:
    """Whether somebody is told that a project may not have been read: the run is not complete or has a
    note, or its row stands among those that were left out."""
    return account.has_doubts or any(name and name in account.passed_over[0] for name in names)


def canonical(value: Any) -> Any:
    """A value of the record, the log or the truth, so that they compare: numbers as numbers."""
    if value is None or isinstance(value, bool):
        return value
    if type(value).__name__ == "MonthOnly":  # no day is published, so no date is to be had
        return None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4)
    text = " ".join(str(value).split())
    try:
        return round(float(Decimal(text)), 4) if any(map(str.isdigit, text)) else text
    except InvalidOperation:
        return text


def _same(one: Any, other: Any) -> bool:
    first, second = canonical(one), canonical(other)
    if isinstance(first, float) and isinstance(second, float):
        return abs(first - second) <= 0.00011
    return bool(first == second)


class Reading:
    """The record beside the truth of a look."""

    def __init__(self, case: Any, look: Any, account: Account, known: dict[int, int]) -> None:
        from projects.models import Project

        self.case, self.look, self.account = case, look, account
        self.rows = {row.pk: row for row in Project.objects.filter(presence="present")}
        self.keys = self._matched(known)

    def _matched(self, known: dict[int, int]) -> dict[int, int]:
        """Row → key of the project that it is: by its number, its name, or as it was known before."""
        numbers = {values.get("external_id"): key for key, values in self.look.truth.items()}
        names = {" ".join(str(values.get("name")).split()): key for key, values in self.look.truth.items()}
        found: dict[int, int] = {}
        for pk, row in self.rows.items():
            name = " ".join((row.name or "").split())
            key = numbers.get(row.external_id) if row.external_id else None
            key = key if key is not None else names.get(name, known.get(pk))
            if key in self.look.truth and key not in found.values():
                found[pk] = key
        return found

    def score(self, score: Score) -> None:
        """Records and fields of this look."""
        rows = {key: self.rows[pk] for pk, key in self.keys.items()}
        for pk in self.rows.keys() - self.keys.keys():
            row = self.rows[pk]
            score.records["invented"] += 1
            score.failures.append(f"record invented: {row.external_id!r} {(row.name or '')[:60]!r}")
        for key, values in self.look.truth.items():
            if key in rows:
                score.records["found"] += 1
                self._fields(score, key, values, rows[key])
            else:
                self._missing(score, values)

    def _missing(self, score: Score, values: dict[str, Any]) -> None:
        if self.case.is_ambiguous:
            return
        said = said_of_record(self.account, [str(values["name"]), str(values.get("external_id") or "")])
        score.records["missing, said" if said else "missing, silent"] += 1
        score.failures.append(f"record missing{'' if said else ' and silent'}: {values['name']!r}")
        for name in FIELDS:
            if values.get(name) is not None:
                half = self.case.style.halves.get(self._column(name), "known")
                score.fields[name, half, "said" if said else "silent"] += 1

    def _fields(self, score: Score, key: int, values: dict[str, Any], row: Any) -> None:
        project = next(project for project in self.look.world.projects if project.key == key)
        for name in FIELDS:
            found = _field_of(row, name)
            if name not in values and found in self._following(name, project.place):
                continue
            outcome = self._outcome(name, values, found, row)
            if outcome is None:
                continue
            half = self.case.style.halves.get(self._column(name), "known")
            score.fields[name, half, outcome] += 1
            if outcome != "right":
                score.failures.append(self._failure(name, outcome, half, values.get(name), found, row))

    def _following(self, name: str, place: Any) -> tuple[str | None, ...]:
        """What may be read that is not published as such: the municipality's province; the district, where
        it is the only place that is."""
        if name == "province":
            return (place.province,)
        is_by_district = name == "municipality" and "district" in self.case.style.keys
        return (DISTRICTS.get(place.district),) if is_by_district else ()

    def _outcome(self, name: str, values: dict[str, Any], found: Any, row: Any) -> str | None:
        """A class, or None where nothing is published and nothing was read."""
        truth = values.get(name)
        if found is not None:
            is_same = truth == found if name == "external_id" else _same(truth, found)
            return "right" if truth is not None and is_same else "wrong"
        if truth is None or self.case.is_ambiguous:
            return None
        said = said_so(self.account, self._labels(name), row.issues, name)
        if canonical(truth) is None:  # a month without a day: to leave it and say so is right
            return "right" if said else "silent"
        return "said" if said else "silent"

    def _column(self, name: str) -> str:
        is_point = name in ("latitude", "longitude") and "coordinates" in self.case.style.halves
        return "coordinates" if is_point else name

    def _labels(self, name: str) -> list[str]:
        label = self.case.style.labels.get(self._column(name), "")
        return [label, label.rstrip(":")]

    def _failure(self, name: str, outcome: str, half: str, truth: Any, found: Any, row: Any) -> str:
        labels = self._labels(name)
        shown = next((row.published[label] for label in labels if label in row.published), None)
        word = {"said": "unread, said", "silent": "unread, silent"}.get(outcome, outcome)
        where = f"label {labels[0]!r} ({half.replace('_', ' ')})" if labels[0] else "not published"
        published = f", published {shown!r}" if shown is not None else ""
        return f"{name} {word}: {where}{published}, read {found}, truth {truth}"


def _field_of(row: Any, name: str) -> Any:
    if name == "municipality":
        return row.municipality_id
    if name == "external_id" and row.external_id.startswith("name:"):
        return None  # ours: the page gave none that was read
    return getattr(row, name)


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two events are one, figures within their last published digit."""
    return one[:3] == other[:3] and all(map(_same, one[3:], other[3:]))


class Changes:
    """The log of a run beside what the truth of two looks says has changed."""

    def __init__(self, before: Reading, after: Reading, run: Any) -> None:
        from projects.models import DataChangeLog

        self.before, self.after = before, after
        self.keys_shown = after.case.style.keys
        self.keys = {**before.keys, **after.keys}
        rows = DataChangeLog.objects.filter(run=run, entity_type="project", cause="source")
        self.rows = list(rows.order_by("id"))

    def expected(self) -> set[tuple[Any, ...]]:
        old, new = self.before.look.truth, self.after.look.truth
        events: set[tuple[Any, ...]] = {("created", key) for key in new.keys() - old.keys()}
        events |= {("gone", key) for key in old.keys() - new.keys()}
        for key in old.keys() & new.keys():
            for name in old[key].keys() & new[key].keys():
                if not _same(old[key][name], new[key][name]):
                    pair = canonical(old[key][name]), canonical(new[key][name])
                    events.add(("changed", key, name, *pair))
        return events

    def logged(self) -> set[tuple[Any, ...]]:
        events: set[tuple[Any, ...]] = set()
        for row in self.rows:
            key = self.keys.get(row.entity_id, f"row {row.external_id}")
            if row.change_type in ("created", "returned"):
                events.add(("created", key))
            elif row.change_type in ("missing", "withdrawn"):
                events.add(("gone", key))
            else:
                events |= set(self._changes(key, row))
        return events

    def _changes(self, key: Any, row: Any) -> Iterator[tuple[Any, ...]]:
        for name, (old, new) in row.field_changes.items():
            derived = {"province", "municipality"} if "district" in self.keys_shown else {"province"}
            follows = name in derived and not self._publishes(name)
            if name in FIELDS and not follows:
                yield "changed", key, name, canonical(old), canonical(new)

    def _publishes(self, name: str) -> bool:
        return any(name in values for values in self.after.look.truth.values())

    def score(self, score: Score) -> None:
        expected, logged = self.expected(), self.logged()
        logged = {next((e for e in expected if _alike(e, event)), event) for event in logged}
        spoken = {self.keys.get(row.entity_id) for row in self.rows if row.change_type == "updated"}
        if self.after.case.is_ambiguous:
            expected &= logged
        for event in expected:
            outcome = "found" if event in logged else "as text" if event[1] in spoken else "missed"
            score.events[event[0], outcome] += 1
            if outcome != "found":
                score.failures.append(f"event {outcome}: {self._said(event)}")
        for event in logged - expected:
            score.events[event[0], "false"] += 1
            score.failures.append(f"event false: {self._said(event)}")

    def _said(self, event: tuple[Any, ...]) -> str:
        kind, key, *rest = event
        names = {**self.before.look.truth, **self.after.look.truth}.get(key, {})
        what = f" {rest[0]} {rest[1]} → {rest[2]}" if rest else ""
        return f"{kind} {names.get('name', key)!r}{what}"


@contextmanager
def served() -> Iterator[Callable[[Any], str]]:
    """A server on loopback: what it gives has it show a site, and returns the address of its entry."""
    from etl.tests.tinysite import serving

    with serving({}) as server:

        def show(now: Any) -> str:
            server.pages = {path: _answer(body, kind) for path, (body, kind) in now.pages.items()}
            if now.posts:
                first = server.pages[now.entry]
                posts = {argument: _answer(*page) for argument, page in now.posts.items()}
                server.pages[now.entry] = lambda form: posts.get(form.get("__EVENTARGUMENT", ""), first)
            return f"{server.root}{now.entry}"

        yield show


def _answer(body: bytes, kind: str) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": kind}, body


def judged(case: Any) -> Score:
    """The score of a case. The database is left as it was."""
    from django.db import transaction
    from django.test import override_settings

    began = time.monotonic()
    score = Score(case.seed, case.family.name, {name: of(case.style) for name, (of, _) in ASPECTS.items()})
    with tempfile.TemporaryDirectory() as folder, transaction.atomic(), served() as show:
        settings = {
            "ARCHIVE_DIR": Path(folder) / "archive", "HEADS_DIR": Path(folder) / "heads",
            "FETCH_DELAY_SECONDS": 0, "FETCH_BACKOFF_SECONDS": 0, "FETCH_MAX_ATTEMPTS": 1, "ROTATION_RUNS": 1,
            "HOLD_COUNT_DROP": 100, "HOLD_BLANKED": 100, "HOLD_CHANGED": 100, "HOLD_NEVER_SEEN": 100,
        }  # fmt: skip
        with override_settings(**settings):
            _poll_all(case, show, score)
        transaction.set_rollback(True)
    score.seconds = time.monotonic() - began
    return score


def _poll_all(case: Any, show: Callable[[Any], str], score: Score) -> None:
    before: Reading | None = None
    for look in case.looks():
        run, problem = _poll(show(look.site))
        account = Account(run, look.site)
        if problem:
            score.failures.append(f"poll: {problem}")
        reading = Reading(case, look, account, before.keys if before else {})
        if before is None:
            reading.score(score)
        else:
            Changes(before, reading, run).score(score)
        before = reading


def _poll(entry: str) -> tuple[Any, str]:
    """The run, and what ended or held it."""
    from django.test import override_settings

    from etl.exceptions import EtlError
    from etl.scheduler import DataScheduler
    from projects.models import SyncRun

    with override_settings(DWS_URL=entry):
        try:
            run = DataScheduler().run_now("dws", "command")
        except EtlError as problem:
            return SyncRun.objects.latest("id"), f"failed: {str(problem)[:200]}"
    if run.state in ("succeeded", "unchanged"):
        return run, ""
    return run, f"{run.state}: {[reason.get('sentence', reason) for reason in run.held]}"


def _passed_over(site: Any) -> tuple[str, str]:
    """What the extractor says that it passed over, and which columns nobody understood: as JSON."""
    from io import StringIO

    from django.core.management import call_command

    def told(command: str, files: list[Path]) -> Any:
        out = StringIO()
        call_command(command, *map(str, files), "--json", stdout=out)
        return json.loads(out.getvalue())

    with tempfile.TemporaryDirectory() as folder:
        files = write_pages(site, Path(folder))
        entries, shapes = told("extract", files), told("understand", files)
    tables = [table for entry in entries for table in entry["tables"]]
    passed = [*(table.get("left_out") for table in tables), *(entry.get("not_data") for entry in entries)]
    columns = [column for shape in shapes for column in shape["columns"] if column["field"] is None]
    return json.dumps(passed, ensure_ascii=False), json.dumps(columns, ensure_ascii=False)


def write_pages(site: Any, folder: Path) -> list[Path]:
    """The site's pages as files, for a person or the `extract` command."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    pages = {**site.pages, **{f"post-{argument}": page for argument, page in site.posts.items()}}
    for number, (path, (body, _)) in enumerate(pages.items()):
        name = "".join(mark if mark.isalnum() else "_" for mark in path.rsplit("/", 1)[-1])
        file = folder / f"{number:02d}_{name}.html"
        file.write_bytes(body)
        files.append(file)
    return files


# --- The report -----------------------------------------------------------------------------------


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:6.1f}" if whole else "     –"


def _field_line(name: str, counts: Counter[str]) -> str:
    right, wrong = counts["right"], counts["wrong"]
    unread = counts["said"] + counts["silent"]
    figures = f"{right:7d}{wrong:7d}{counts['said']:7d}{counts['silent']:7d}"
    return f"{name:<26}{figures}  {_share(right, right + wrong)} {_share(right, right + wrong + unread)}"


_FIELD_HEAD = f"{'':<26}{'right':>7}{'wrong':>7}{'said':>7}{'silent':>7}  {'prec.':>6} {'recall':>6}"


def report(scores: list[Score]) -> list[str]:
    """The tables, as lines."""
    lines = ["Fields of the first reading, by family", _FIELD_HEAD]
    for family in sorted({score.family for score in scores}):
        lines.append(_field_line(family, _classes(s for s in scores if s.family == family)))
    lines += ["", "Fields of the first reading, by field", _FIELD_HEAD]
    lines += [_field_line(name, _classes(scores, lambda key, n=name: key[0] == n)) for name in FIELDS]
    lines += ["", "By label", _FIELD_HEAD]
    for half in ("known", "held_out"):
        lines.append(_field_line(half.replace("_", " "), _classes(scores, lambda key, h=half: key[1] == h)))
    lines.append(_field_line("all", _classes(scores)))
    for aspect, (_, names) in ASPECTS.items():
        lines += ["", f"By {aspect} ({', '.join(names) if len(names) < 3 else 'all fields'})", _FIELD_HEAD]
        for value in sorted({score.style[aspect] for score in scores}):
            alike = [score for score in scores if score.style[aspect] == value]
            lines.append(_field_line(value, _classes(alike, lambda key, n=names: key[0] in n)))
    lines += ["", *_record_lines(scores), "", *_event_lines(scores), "", *_slowest(scores)]
    return lines


def _classes(scores: Iterable[Score], wanted: Callable[[Any], bool] = lambda key: True) -> Counter[str]:
    counts: Counter[str] = Counter()
    for score in scores:
        for key, count in score.fields.items():
            if wanted(key):
                counts[key[2]] += count
    return counts


def _record_lines(scores: list[Score]) -> list[str]:
    counts = sum((score.records for score in scores), Counter())
    return ["Records", *(f"{name:<26}{counts[name]:7d}" for name in RECORDS)]


def _event_lines(scores: list[Score]) -> list[str]:
    counts = sum((score.events for score in scores), Counter())
    heads = "".join(f"{name:>9}" for name in EVENTS)
    lines = ["Changes, over three polls after the first", f"{'':<26}{heads}  {'prec.':>6} {'recall':>6}"]
    for kind in ("created", "gone", "changed"):
        found, text, missed, false = (counts[kind, name] for name in EVENTS)
        figures = "".join(f"{counts[kind, name]:9d}" for name in EVENTS)
        shares = f"{_share(found, found + false)} {_share(found, found + text + missed)}"
        lines.append(f"{kind:<26}{figures}  {shares}")
    return lines


def _slowest(scores: list[Score]) -> list[str]:
    times: dict[str, list[float]] = {}
    for score in scores:
        times.setdefault(score.family, []).append(score.seconds)
    means = sorted(((sum(t) / len(t), name) for name, t in times.items()), reverse=True)
    mean = sum(score.seconds for score in scores) / len(scores)
    return [f"{mean:.2f} s a case; slowest: " + ", ".join(f"{name} {t:.2f} s" for t, name in means[:5])]


def failures(scores: list[Score], most: int = 3) -> Iterator[str]:
    """A line for each failure, at most so many alike a case."""
    for score in scores:
        seen: Counter[str] = Counter()
        for sentence in score.failures:
            kind = sentence.split(":")[0]
            seen[kind] += 1
            if seen[kind] <= most:
                yield f"--case {score.seed} [{score.family}] {sentence}"
        for kind, count in seen.items():
            if count > most:
                yield f"--case {score.seed} [{score.family}] {kind}: {count - most} more"


def _as_json(scores: list[Score]) -> str:
    entries = [
        {
            "seed": score.seed,
            "family": score.family,
            "style": score.style,
            "seconds": round(score.seconds, 3),
            "fields": [[*key, count] for key, count in sorted(score.fields.items())],
            "records": dict(score.records),
            "events": [[*key, count] for key, count in sorted(score.events.items())],
            "failures": score.failures,
        }
        for score in scores
    ]
    return json.dumps(entries, ensure_ascii=False, indent=1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m etl.tests.truth", description=__doc__)
    parser.add_argument("--cases", type=int, default=342, help="how many (342: six of each family)")
    parser.add_argument("--seed", type=int, default=0, help="of the first case")
    parser.add_argument("--family", default="", help="cases of this family alone")
    parser.add_argument("--case", type=int, help="this case alone, with all of its failures")
    parser.add_argument("--pages", type=Path, help="write the pages of the case's looks to this folder")
    parser.add_argument("--json", action="store_true", help="the scores as JSON")
    parser.add_argument("--failures", action="store_true", help="a line for each failure as well")
    return parser.parse_args()


def main() -> None:
    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.db import connection

    from replica.renderings.cases import Case, cases

    given = _arguments()
    chosen = [Case(given.case)] if given.case is not None else cases(given.cases, given.seed, given.family)
    if given.pages:
        for case in chosen:
            for number, look in enumerate(case.looks()):
                write_pages(look.site, given.pages / f"case{case.seed}" / f"look{number}")
    connection.creation.create_test_db(verbosity=0)
    scores = [judged(case) for case in chosen]
    if given.json:
        lines = [_as_json(scores)]
    else:
        single = given.case is not None
        lines = list(failures(scores, 1000 if single else 3)) if single or given.failures else []
        lines += report(scores)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
