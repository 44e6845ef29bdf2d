"""The whole record and the whole log as files: whole or not at all, verified by anyone, where they may be."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import resource
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from projects import datasets
from projects.bulk import making
from projects.bulk.dictionary import entries, entries_of
from projects.bulk.making import made, make
from projects.bulk.tables import TABLES
from projects.datasets import Busy
from projects.fields import FIELDS
from projects.tests.discrepancy_factories import a_question
from projects.tests.factories import (
    a_crowd,
    a_figure,
    a_listing,
    a_log_of,
    a_project,
    a_run,
    a_source,
    chain_anew,
    change,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_data")]

ROOT = Path(__file__).resolve().parents[2]
FRICTIONLESS = ROOT / ".venv" / "standards" / "bin" / "frictionless"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DOWNLOADS_DIR = tmp_path / "downloads"
    settings.HEADS_DIR = tmp_path / "heads"
    return tmp_path / "downloads"


def a_record() -> None:
    project = a_project("WP1", name="=1+1", latitude=-23.5, longitude=30.1)
    a_project("WP2", municipality=None, budget=None, published={"Label": "Ëmpty\nline"})
    change(project, "budget", Decimal("5.25"))
    a_listing()
    a_question()
    a_figure("grant", "WSIG", "ACT", "-5.00", through_month=2, months={"1": "-6.00", "2": "1.00"})
    chain_anew()


def lines(dataset: datasets.Dataset, table: str) -> list[dict[str, Any]]:
    with gzip.open(dataset.folder / f"{table}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def rows(dataset: datasets.Dataset, table: str) -> list[dict[str, str]]:
    with gzip.open(dataset.folder / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verified(*args: object, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    try:
        call_command("verify_log", "--json", *map(str, args), stdout=out, **options)
    except SystemExit:
        assert json.loads(out.getvalue())["intact"] is False
    return json.loads(out.getvalue())


# --- what is in them ------------------------------------------------------------------------------


def test_the_whole_record_and_the_whole_log_are_written_twice(client):
    a_record()
    dataset = make()
    api = {"projects": "projects", "discrepancies": "discrepancies", "runs": "runs"}
    for table, name in api.items():
        told = client.get(f"/api/v1/{name}/?page_size=500").json()["results"]
        assert {row["id"]: row for row in lines(dataset, table)} == {row["id"]: row for row in told}
    log = client.get("/api/v1/changes/?after=0&page_size=500").json()["results"]
    assert [{k: v for k, v in row.items() if k != "withheld"} for row in lines(dataset, "changes")] == log
    for table in TABLES:
        assert len(rows(dataset, table.name)) == len(lines(dataset, table.name)) > 0, table.name
        assert list(rows(dataset, table.name)[0]) == [entry.column for entry in entries_of(table)]


def test_no_cell_is_a_formula_and_names_stand_beside_codes():
    a_record()
    found = rows(make(), "projects")
    assert (found[0]["name"], found[0]["municipality_name"]) == ("'=1+1", "Greater Giyani")
    assert (found[1]["municipality_name"], found[1]["budget"]) == ("", "")
    assert json.loads(found[1]["published"]) == {"Label": "Ëmpty\nline"}


def test_the_manifest_has_the_digests_and_the_head_of_the_chain():
    a_record()
    dataset = make()
    for one in dataset.package["resources"]:
        body = (dataset.folder / one["path"]).read_bytes()
        assert (one["hash"], one["bytes"]) == (f"sha256:{hashlib.sha256(body).hexdigest()}", len(body))
    last = lines(dataset, "changes")[-1]
    assert dataset.package["x_chain"] == {
        "last_id": last["id"], "digest": last["digest"], "log": "changes.jsonl.gz"
    }  # fmt: skip
    sums = [line.split("  ") for line in (dataset.folder / datasets.SUMS).read_text().splitlines()]
    assert {name for _, name in sums} == {file.name for file in dataset.folder.iterdir()} - {datasets.SUMS}
    assert all(datasets.digest_of(dataset.folder / name) == digest for digest, name in sums)


@pytest.mark.skipif(not FRICTIONLESS.exists(), reason="frictionless is not installed: make test installs it")
@pytest.mark.timeout(120)
def test_frictionless_finds_no_error(settings):
    a_record()
    settings.OPEN_DATA_SOURCES = ["dws"]
    a_figure()
    chain_anew()
    dataset = make()
    command = [FRICTIONLESS, "validate", "--json", datasets.MANIFEST]
    done = subprocess.run(command, cwd=dataset.folder, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    errors = [error for task in report["tasks"] for error in task["errors"]]
    assert (report["valid"], errors) == (True, []), done.stderr
    assert report["stats"]["tasks"] == len(dataset.package["resources"])


def test_the_same_rows_give_the_same_bytes():
    a_record()
    first = {one["path"]: one["hash"] for one in make().package["resources"]}
    assert {one["path"]: one["hash"] for one in make().package["resources"]} == first


# --- how they are made ----------------------------------------------------------------------------


def test_what_goes_wrong_leaves_what_was_there(folder, monkeypatch):
    a_record()
    before = make()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_write_dictionary", full)
    with pytest.raises(OSError, match="No space"):
        make()
    newest = datasets.newest()
    assert newest is not None
    assert newest.name == before.name
    assert [path.name for path in folder.iterdir() if path.name.startswith(".making")] == []


def test_what_a_killed_making_left_is_removed_and_two_are_not_made_at_once(folder):
    (folder / ".making-1").mkdir(parents=True)
    (folder / "20200101T000000Z").mkdir()  # without a manifest it is none
    a_record()
    with datasets.making(datetime(2026, 5, 1, tzinfo=UTC)), pytest.raises(Busy):
        make()
    assert not (folder / ".making-1").exists()
    assert [one.name for one in datasets.every()] == []


def test_old_ones_are_dropped(settings):
    settings.DOWNLOADS_KEPT = 2
    a_record()
    names = [_named(datetime(2026, 5, day, tzinfo=UTC)) for day in (1, 2, 3)]
    newest = make().name
    assert [one.name for one in datasets.every()] == [newest, names[2]]


def _named(at: datetime) -> str:
    with datasets.making(at) as folder:
        (folder / datasets.MANIFEST).write_text(json.dumps({"resources": []}))
    return at.strftime("%Y%m%dT%H%M%SZ")


def test_the_clock_makes_them_once_a_day_and_not_while_a_source_is_read_for_the_first_time():
    a_project()
    going_on = a_run("treasury", state="running", finished_at=None)
    assert made() == "a first reading of treasury is going on"
    going_on.delete()
    assert made().startswith("made: ")
    assert made().startswith("made already: ")


def test_the_command_says_what_it_made(folder):
    a_record()
    out = io.StringIO()
    call_command("make_downloads", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert Path(told["folder"]).parent == folder
    assert told["files"].keys() >= {"projects.csv.gz", "changes.jsonl.gz", "dictionary.csv"}
    text = io.StringIO()
    call_command("make_downloads", stdout=text)
    assert "Head: change" in text.getvalue()
    with datasets.making(datetime(2026, 5, 1, tzinfo=UTC)), pytest.raises(CommandError, match="already"):
        call_command("make_downloads")


def test_a_record_without_a_row_is_a_set_of_empty_files():
    dataset = make()
    assert (lines(dataset, "projects"), rows(dataset, "changes")) == ([], [])
    assert verified("--from-file", dataset.folder / "changes.jsonl.gz")["intact"] is True


def test_more_rows_cost_no_more_queries_than_their_parts(django_assert_max_num_queries):
    for more in (2, 48):
        a_crowd(more)
        with django_assert_max_num_queries(75):
            make()


# --- whose data may be downloaded -----------------------------------------------------------------


def test_data_of_a_closed_source_are_left_out_and_the_chain_stays_whole(settings, client):
    a_record()
    a_figure()
    chain_anew()
    settings.OPEN_DATA_SOURCES = ["treasury"]
    dataset = make()
    assert dataset.package["x_left_out"].keys() >= {"projects", "discrepancies", "municipality_listings"}
    assert dataset.resource("projects.csv.gz") is None
    assert dataset.resource("discrepancies.jsonl.gz") is None
    assert lines(dataset, "municipal_figures")
    log = lines(dataset, "changes")
    withheld = [row for row in log if row["withheld"]]
    assert all(row.keys() == {"id", "source", "digest", "withheld"} for row in withheld)
    assert {row["source"] for row in log if not row["withheld"]} == {"treasury"}
    for kind in ("jsonl", "csv"):
        told = verified("--from-file", dataset.folder / f"changes.{kind}.gz")
        assert (told["intact"], told["withheld"], told["rows"]) == (True, len(withheld), len(log))
    assert "Bulk scheme" not in gzip.decompress((dataset.folder / "changes.csv.gz").read_bytes()).decode()


def test_demo_data_always_may_and_say_that_they_are(settings):
    a_record()
    settings.OPEN_DATA_SOURCES = []
    for source in ("dws", "treasury", "correlation"):
        a_source(source, demo=True)
    dataset = make()
    assert (dataset.demo, dataset.package["x_left_out"]) == (True, {})
    assert all(row["demo"] for row in lines(dataset, "projects"))


# --- a downloaded log -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_downloaded_log_is_verified_against_its_head(kind, tmp_path):
    a_record()
    dataset = make()
    told = verified("--from-file", dataset.folder / f"changes.{kind}.gz")
    chain = dataset.package["x_chain"]
    assert (told["intact"], told["last_id"], told["digest"]) == (True, chain["last_id"], chain["digest"])
    plain = tmp_path / f"log.{kind}"
    plain.write_bytes(gzip.decompress((dataset.folder / f"changes.{kind}.gz").read_bytes()))
    for head in (dataset.folder / datasets.MANIFEST, None):
        assert verified("--from-file", plain, *(["--head", head] if head else []))["intact"] is True


def spoilt(dataset: datasets.Dataset, edit: Any, target: Path) -> Path:
    found = [json.dumps(row) for row in edit(lines(dataset, "changes"))]
    target.write_text("".join(f"{line}\n" for line in found))
    (target.parent / datasets.MANIFEST).write_text((dataset.folder / datasets.MANIFEST).read_text())
    return target


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (lambda rows: [*rows[:-1]], "head"), (lambda rows: rows[1:], "previous"),
        (lambda rows: [*rows[:1], *rows[2:]], "gap"),
        (lambda rows: [rows[0], rows[1] | {"field_changes": {"budget": ["1", "2"]}}, *rows[2:]], "digest"),
        (lambda rows: [*rows[:-1], rows[-1] | {"digest": "0" * 64, "withheld": True}], "head"),
        (lambda rows: [*rows, {"id": "x"}], "unreadable"), (lambda rows: [], "head"),
    ],
)  # fmt: skip
def test_a_log_that_was_altered_is_found_out(tmp_path, edit, kind):
    a_record()
    told = verified("--from-file", spoilt(make(), edit, tmp_path / "log.jsonl"))
    assert (told["intact"], told["fault"]["kind"]) == (False, kind)


def test_a_file_that_is_cut_short_or_another_one_is_found_out(tmp_path):
    a_record()
    dataset = make()
    whole = (dataset.folder / "changes.jsonl.gz").read_bytes()
    for name, body in {
        "cut.jsonl.gz": whole[:-20],
        "other.jsonl.gz": b"<html>",
        "x.csv": b"a,b\n1,2\n",
    }.items():
        file = tmp_path / name
        file.write_bytes(body)
        assert verified("--from-file", file)["fault"]["kind"] == "unreadable"


def test_without_a_manifest_it_is_held_against_the_log_of_this_site(tmp_path):
    a_record()
    dataset = make()
    found = lines(dataset, "changes")
    file = tmp_path / "log.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in found[:-1]))
    assert verified("--from-file", file)["intact"] is True  # one of an earlier day
    foreign = [*found[:-1], found[-1] | {"withheld": True, "digest": "1" * 64}]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in foreign))
    assert verified("--from-file", file)["fault"]["kind"] == "head"


def test_it_is_held_against_heads_that_were_kept(tmp_path):
    a_record()
    dataset, heads = make(), tmp_path / "heads.txt"
    first = lines(dataset, "changes")[0]
    file = dataset.folder / "changes.jsonl.gz"
    heads.write_text(f"2026-05-01 1 {first['digest']}\n")
    assert verified("--from-file", file, "--head", heads)["heads"] == 1
    heads.write_text(f"2026-05-01 1 {'0' * 64}\n")
    assert verified("--from-file", file, "--head", heads)["fault"]["kind"] == "published_head"
    heads.write_text("nothing")
    with pytest.raises(CommandError, match="no head"):
        call_command("verify_log", from_file=str(file), head=str(heads))
    with pytest.raises(CommandError, match="is no file"):
        call_command("verify_log", from_file=str(tmp_path / "none"))


# --- the dictionary -------------------------------------------------------------------------------


def test_each_column_is_explained_and_each_field_is_among_them():
    found = list(entries())
    for entry in found:
        assert entry.title
        assert entry.description.rstrip(".").lower() not in ("", entry.title.lower()), entry
    projects = {entry.column: entry for entry in found if entry.table == "projects"}
    for field in FIELDS:
        assert projects[field.name].title == field.label
    assert (projects["budget"].unit, projects["progress_percentage"].unit) == ("rand", "percent")
    assert projects["status"].codes["on_hold"] == "on hold"
    assert {entry.table for entry in found} == {table.name for table in TABLES}


# --- memory ---------------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_very_many_changes_are_written_and_verified_in_little_memory():
    many = 100_000 if os.environ.get("FULL") else 20_000
    a_log_of(2_000)
    make()
    a_log_of(many)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    dataset = make()
    assert verified("--from-file", dataset.folder / "changes.jsonl.gz")["rows"] == many
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kilobytes
    assert os.path.getsize(dataset.folder / "changes.jsonl.gz") > 10 * many
