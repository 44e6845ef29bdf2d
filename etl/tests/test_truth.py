"""The yardstick of reading, in small: forty generated cases, and the counts that must not get worse.

`make truth` runs some hundreds of them and prints the whole table; `docs/accuracy.md` has the present one.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from etl.values.labels import FIELD_LABELS
from etl.values.vocabulary import normal_label
from projects.models import Municipality
from replica.renderings import cases, places, thesaurus

FOLDER = Path(cases.__file__).parent


@pytest.mark.parametrize("table", [thesaurus.HELD_OUT, thesaurus.AFRIKAANS], ids=["English", "Afrikaans"])
def test_no_held_out_label_stands_in_the_table_of_labels(table: dict[str, tuple[str, ...]]) -> None:
    taught = {label for labels in table.values() for label in labels if normal_label(label) in FIELD_LABELS}
    assert taught == set()


def test_known_and_held_out_labels_are_apart() -> None:
    known = {normal_label(label) for labels in thesaurus.KNOWN.values() for label in labels}
    others = {normal_label(label) for labels in thesaurus.HELD_OUT.values() for label in labels}
    assert known & others == set()
    assert thesaurus.KNOWN.keys() == thesaurus.HELD_OUT.keys() == thesaurus.AFRIKAANS.keys()


def test_the_renderings_share_no_code_with_what_reads_them() -> None:
    imported = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    ours = {
        name for name in imported if name.split(".")[0] in ("buka", "etl", "projects", "realtime", "replica")
    }
    assert all(name.startswith("replica.renderings") for name in ours), ours
    assert len(ours) > 5


@pytest.mark.django_db
def test_the_renderings_municipalities_are_those_of_the_map() -> None:
    rows = {row.code: row for row in Municipality.objects.all()}
    for place in places.PLACES:
        assert rows[place.code].province == place.province
        assert (rows[place.code].district_id or "") == places.DISTRICTS.get(place.district, ""), place


def test_a_case_is_the_same_each_time() -> None:
    for seed in range(len(cases.FAMILIES)):
        one, other = cases.Case(seed).looks(polls=1), cases.Case(seed).looks(polls=1)
        assert [look.site for look in one] == [look.site for look in other]
        assert [look.truth for look in one] == [look.truth for look in other]
