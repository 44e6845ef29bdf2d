"""One row a field (`projects/fields.py`): nothing else lists the typed fields of a project by hand.

What counts as a list: the strings of a tuple, list or set, the keys of a dict, the names that a class body
assigns, the arguments of a call, the words of a string of words; of a template or script, all its words. One
that names two fields that only a project has would be forgotten when a field is added.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from projects.fields import FIELDS, NAMES, Kind

ROOT = Path(__file__).resolve().parent.parent.parent
# Municipalities, rows of the log and questions have these too: a list of them says nothing.
EVERYBODYS = set("name description municipality municipalities province programme status".split())
ONLY_OURS = {name for name in NAMES if name not in EVERYBODYS} - {"latitude", "longitude"}
# Set against each other, and summed: rules and sums are of these two, not of whatever is money.
SUMMED = {"budget", "expenditure"}
BY_HAND = {
    "projects/models/project.py": "the columns",
    "etl/values/thesaurus.py": "what the words are made of",
    "etl/correlating/facts.py": "what the questions are made of, not what there is",
    "etl/correlating/reading.py": "the same, from the columns",
    "etl/compare/patterns.py": "what stands side by side on a page, and can change places",
    "etl/compare/continuity.py": "what lasts of a project that is called otherwise: evidence",
    "etl/understand/projects.py": "what tells a table of projects from one of tenders: evidence",
    "projects/wording/contradictions.py": "what is held against what",
    "projects/api/compare.py": "what moves most, of all that is compared",
    "projects/search/memory.py": "what a search of names goes by, with what each is worth",
    "projects/api/oc4ids/mapping.py": "what each is called in a standard of others",
    "templates/projects/search.html": "links to contractors, and what the source wrote of a status",
    "templates/projects/sheet.html": "what fits on one sheet of paper",
    "templates/projects/change_list.html": "what changes can be asked by, beside what their projects can",
    "templates/projects/_project_table.html": "what the source wrote, in the cells of what we read of it",
}


def lists(text: str) -> Iterator[set[str]]:
    """What each list in a module names."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield _strings(node.elts)
        elif isinstance(node, ast.Dict):
            yield _strings(node.keys)
        elif isinstance(node, ast.ClassDef):
            yield {name.id for name in map(_assigned, node.body) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.Call):
            yield {word.arg for word in node.keywords if word.arg} | _strings(node.args)
        elif isinstance(node, ast.Constant) and re.fullmatch(r"[a-z_ ]+", str(node.value)):
            yield set(str(node.value).split())


def _strings(nodes: list) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _assigned(node: ast.stmt) -> ast.expr | None:
    if isinstance(node, ast.AnnAssign):
        return node.target
    return node.targets[0] if isinstance(node, ast.Assign) else None


def by_hand(named: set[str]) -> bool:
    ours = named & ONLY_OURS
    return len(ours) > 1 and not ours <= SUMMED


def written(path: Path) -> list[set[str]]:
    text = path.read_text(encoding="utf-8")
    if not by_hand(set(re.findall(r"\w+", text))):
        return []  # no list in it can
    found = lists(text) if path.suffix == ".py" else [set(re.findall(r"\w+", text))]
    return [named & ONLY_OURS for named in found if by_hand(named)]


def files() -> Iterator[Path]:
    for room in ("buka", "etl", "projects", "realtime"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if not {"tests", "migrations"}.intersection(path.parts):
                yield path
    yield from sorted((ROOT / "templates").rglob("*.*"))
    yield from sorted((ROOT / "static").rglob("*.js"))


def test_no_list_names_fields_by_hand() -> None:
    found = {path.relative_to(ROOT).as_posix(): lists for path in files() if (lists := written(path))}
    assert {name: lists for name, lists in found.items() if name not in BY_HAND} == {}


def test_what_is_let_pass_is_there() -> None:
    assert [name for name in BY_HAND if not written(ROOT / name)] == []


@pytest.mark.parametrize(
    "text",
    [
        'COLUMNS = ("id", "budget", "contractor")',
        'COLUMNS = "id budget contractor".split()',
        '{"start_date": parse_date, "completion_date": parse_date}',
        'AMOUNTS = frozenset({"progress_percentage", "budget"})',
        "class Shape:\n    budget = rand()\n    contractor: str = text()",
        'rows.only("name", "budget", "contractor")',
        "dict(budget=1, contractor=2)",
    ],
)
def test_a_list_by_hand_is_noticed(text: str) -> None:
    assert any(map(by_hand, lists(text)))


@pytest.mark.parametrize(
    "text",
    [
        '("budget", "expenditure")',
        '("name", "municipality", "province")',
        '"The budget and the contractor are read of a page."',
        'project["budget"], project["contractor"]',
    ],
)
def test_a_pair_of_sums_and_a_sentence_are_left_in_peace(text: str) -> None:
    assert not any(map(by_hand, lists(text)))


def test_every_row_is_whole() -> None:
    assert len(set(NAMES)) == len(NAMES) == len(FIELDS)
    assert all(set(field.echoes) <= set(NAMES) - {field.name} for field in FIELDS)
    assert {kind for kind in Kind if kind is not Kind.COUNT} <= {field.kind for field in FIELDS}
    bounds = [field.between for field in FIELDS if field.between]
    assert len(set(bounds)) == len(bounds)
