"""`manage.py extract`: the contract's JSON, a readable summary, and a sentence for a missing file."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from projects.models import Vocabulary

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).parent / "examples" / "dws"
GRID = str(EXAMPLES / "grid_banded.html")
LINES = str(EXAMPLES / "lines_plain_text.html")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("extract", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_one_array_in_the_contracts_shape() -> None:
    grid, lines = json.loads(run(GRID, LINES, "--json"))
    assert grid["file"] == GRID
    assert grid["tables"] == [
        {
            "kind": "grid",
            "id": "b",
            "headers": ["Project No", "Finances Budget", "Finances Spent", "Status"],
            "rows": [["A1", "R1", "R2", "Design"]],
            "left_out": [],
        }
    ]
    assert grid["projects"][0]["external_id"] == "A1"
    assert lines["municipalities"][0] == {
        "code": "KZN263",
        "name": "Abaqulusi",
        "projects": "6",
        "value": "R353,000,000.00",
    }


def test_the_summary_says_plainly_that_a_page_offers_nothing(tmp_path: Path) -> None:
    page = tmp_path / "landing.html"
    page.write_text(
        '<title>Home</title><table><tr><td>Menu</td></tr></table><a href="http://x.example/">x</a>'
    )
    assert "No project table and no municipality line was found; the page offers 1 link." in run(str(page))


def test_a_missing_file_is_named_and_the_others_are_still_read(tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="nowhere.html cannot be read: No such file"):
        call_command("extract", str(tmp_path / "nowhere.html"), GRID, "--json", stdout=out)
    assert [entry["file"] for entry in json.loads(out.getvalue())] == [GRID]


def test_a_page_without_markup_is_an_entry_with_a_sentence(tmp_path: Path) -> None:
    page = tmp_path / "empty.html"
    page.write_bytes(b"")
    (entry,) = json.loads(run(str(page), "--json"))
    assert entry["tables"] == entry["municipalities"] == entry["projects"] == []
    assert entry["notes"] == ["The answer is empty."]


def test_a_stewards_label_is_used(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<table><tr><th>Vote</th><th>Budget</th></tr><tr><td>S1</td><td>R1</td></tr></table>")
    assert json.loads(run(str(page), "--json"))[0]["projects"] == []
    Vocabulary.objects.create(kind="field", text="Vote", meaning="external_id")
    assert json.loads(run(str(page), "--json"))[0]["projects"][0]["external_id"] == "S1"


def test_tables_that_are_no_data_are_named_with_a_reason(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    box = "<tr><td>News</td><td>Events</td></tr><tr><td>We opened</td><td>Imbizo</td></tr>"
    page.write_text(f'<table id="box">{box}</table>')
    (entry,) = json.loads(run(str(page), "--json"))
    assert [(table["id"], table["rows"]) for table in entry["not_data"]] == [("box", 2)]
    assert entry["not_data"][0]["reason"].endswith(".")
    assert f"no data: box, 2 rows: {entry['not_data'][0]['reason']}" in run(str(page))
