"""A field more is three places: a copy of the tree gets its row, its column and its words, and has it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("buka", "etl", "projects", "realtime", "replica", "static", "templates")
# One that is walked through all it is to be seen in, and one of each kind that a field more may well be.
ROWS = """\
    Field("beneficiaries", "Beneficiaries", Kind.COUNT, 95, sortable=True, between="beneficiaries"),
    Field("retention", "Retention money", Kind.MONEY, 94, sortable=True, between="retention"),
    Field("certified", "Works certified", Kind.PERCENT, 93, sortable=True, between="certified"),
    Field("handover_date", "Handover date", Kind.DATE, 92, sortable=True),
    Field("engineer", "Consulting engineer", Kind.TEXT, 91, searched=True, sortable=True),
"""
COLUMNS = """\
    beneficiaries = models.PositiveIntegerField(null=True, blank=True)
    retention = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    certified = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    handover_date = models.DateField(null=True, blank=True)
    engineer = models.TextField(null=True, blank=True)
"""
WORDS = """\
    "beneficiaries": {"1.0": "beneficiaries|count beneficiaries|count households served"},
    "retention": {"1.0": "retention money"},
    "certified": {"1.0": "work certified"},
    "handover_date": {"1.0": "handover date"},
    "engineer": {"1.0": "consulting engineer"},
"""
# {file: (what stands there, what is put before it)}
PLACES = {
    "projects/fields.py": ('    Field("start_date",', ROWS),
    "projects/models/project.py": ("    start_date = models.DateField(", COLUMNS),
    "etl/values/thesaurus.py": ('    "start_date": {', WORDS),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree with a field more."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room)  # with what is compiled
    for name in ("manage.py", "pytest.ini"):
        shutil.copy(ROOT / name, tmp_path)
    for name, (before, more) in PLACES.items():
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, name
        (tmp_path / name).write_text(text.replace(before, more + before), encoding="utf-8")
    return tmp_path


@pytest.mark.soak
@pytest.mark.timeout(240)
def test_a_row_a_column_and_its_words_are_all_that_a_field_takes(copy: Path) -> None:
    environment = {**os.environ, "VAR_DIR": str(copy / "var"), "DATABASE_URL": "sqlite://"}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        environment.pop(name, None)
    for command in (
        ["manage.py", "makemigrations", "projects", "--name", "fields_more"],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "etl/tests/field_trial.py"],
    ):
        ended = subprocess.run(
            [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-2000:]
