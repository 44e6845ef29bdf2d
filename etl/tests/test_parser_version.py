"""The digest of the parser moves when what it does may have moved, and only then."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from etl.correlating.reading import RULES, rules_digest
from etl.runs import parser_version
from etl.runs.code_digest import code_digest
from etl.runs.parser_version import MONEY, PARSER, money_digest, parser_digest
from etl.values.vocabulary import DEFAULT
from projects.models import DataChangeLog, SyncRun

SOURCE = '''"""What the module is for."""
import re

LONGEST = 40  # characters
_WORD = re.compile(r"\\w+")


class Reader:
    """Reads."""

    kind: str = "grid"

    @property
    def words(self, text: str, *, most: int = 3) -> list[str]:
        """The words of a text."""
        found = [word for word in _WORD.findall(text) if len(word) <= LONGEST]
        # the first ones
        if not found:
            return []
        return [f"{word!r:>{most}}{self.kind}" for word in found[:most]]
'''
# What versions of Python have written down in different ways
SYNTAX = """
sizes = {1: 2.5, **{}}

async def pick(x, /, *y, z=None, width=9, **more):
    match x:
        case {"a": [1, *_], **rest} if rest:
            return (n := f"{x}{y!r:<{width}}b" "c" f"{{}}{z=}" f"{width:,}")
        case None | True:
            return u"x" if more else ...
    try:
        await x
    except* ValueError as error:
        raise error from None
"""
TOLD_OTHERWISE = [
    ("# the first ones", "# the first three"),
    ("        # the first ones\n", ""),
    ("  # characters", ""),
    ('"""The words of a text."""', '"""Each word.\n\n        And no other.\n        """'),
    ('        """The words of a text."""\n', ""),
    ('"""What the module is for."""\n', ""),
    ('    """Reads."""\n', ""),
    ("import re\n", "import re\n\n\n"),
    ('"grid"', "'grid'"),
    ("if not found:", "if (not found):"),
    ("found[:most]]", "\n            found[:most]\n        ]"),
    ("    kind: str", "    kind:  str"),
]
DONE_OTHERWISE = [
    ("<=", "<"),
    ("40", "41"),
    ('"grid"', '"card"'),
    ('"grid"', 'b"grid"'),
    (r"\w+", r"\w*"),
    ("most: int = 3", "most: int = 4"),
    ("not found", "found"),
    ("return []", "return None"),
    ("    @property\n", ""),
    ("!r", "!s"),
    (">{most}", "<{most}"),
    ("found[:most]", "found[most:]"),
    ("class Reader", "class Writer"),
    ("            return []\n        return", "            return []\n            return"),
]
Written = Callable[..., str]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Writes files of a package `sample_room`, and gives the digest of a name in it."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(*named: str, **files: str) -> str:
        room = tmp_path / "sample_room"
        room.mkdir(exist_ok=True)
        for name, text in files.items():
            path = room / f"{name.replace('__in__', '/')}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return code_digest(*(named or ("sample_room",)))

    yield write
    sys.modules.pop("sample_room", None)


@pytest.mark.parametrize(("old", "new"), TOLD_OTHERWISE)
def test_what_is_only_told_otherwise_does_not_move_it(written: Written, old: str, new: str) -> None:
    assert old in SOURCE
    assert written(reader=SOURCE) == written(reader=SOURCE.replace(old, new))


@pytest.mark.parametrize(("old", "new"), DONE_OTHERWISE)
def test_what_is_done_otherwise_moves_it(written: Written, old: str, new: str) -> None:
    assert old in SOURCE
    assert written(reader=SOURCE) != written(reader=SOURCE.replace(old, new))


def test_a_module_more_one_less_or_one_of_another_name_moves_it(written: Written) -> None:
    one = written(reader=SOURCE)
    two = written(writer="x = 1\n")
    assert one != two
    assert two != written(inner__in__deep="x = 1\n")
    assert written("sample_room.reader") != written("sample_room.writer")


def test_tests_do_not_count(written: Written) -> None:
    assert written(reader=SOURCE) == written(tests__in__test_reader="assert True\n")


def test_no_characters_depend_on_the_tables_of_a_python(written: Written) -> None:
    assert written(a='x = "é\U0001fadf\u0378"\n') == written(a='x = "\\xe9\\U0001fadf\\u0378"\n')


def test_it_is_the_same_on_every_version_of_python(written: Written) -> None:
    """Whoever changes how a tree is written down changes this too, and has every known page read again."""
    found = written("sample_room.version", version=SOURCE + SYNTAX)
    assert found == "8b888eee2c1b4adb7589ebffc877cb8505f01dec52a0b1b33a24ddd30ae8e197"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sample_nowhere", "no module or package sample_nowhere"),
        ("sample_nowhere.inner", "no module or package sample_nowhere.inner"),
        ("etl.tokens_of_nothing", "no module or package etl.tokens_of_nothing"),
        ("etl.values.amounts.deeper", "no module or package etl.values.amounts.deeper"),
        ("sample_room", "no code in sample_room"),
    ],
)
def test_what_is_missing_or_empty_is_said_aloud(written: Written, name: str, said: str) -> None:
    with pytest.raises(LookupError, match=said):
        written(name, __init__='"""Moved: see elsewhere."""\n', inner__in__gone="# nothing\n")


def test_a_folder_without_code_is_said_aloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sample_left_over" / "__pycache__").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(LookupError, match="no code in sample_left_over"):
        code_digest("sample_left_over")


# What the named modules import of ours, and what decides nothing of what is read or asked: errors, the
# shapes of pages and runs, and what is known already.
DECIDES_NOTHING = {
    "etl.exceptions",
    "etl.crawl.reading",
    "etl.crawl.observations",
    "etl.compare.known",
    "etl.compare.changes",
    "etl.compare.facts",  # and what was found of the same lists before
    "etl.compare.settled",
    "etl.runs.code_digest",
    "projects.languages",  # words
    "projects.log.writer",
    "projects.models",
    "projects.models.querysets",
}


def imported(module: str) -> set[str]:
    """Modules of ours that a module, or those of a package, import."""
    spec = find_spec(module)
    assert spec
    folders = [Path(folder) for folder in spec.submodule_search_locations or ()]
    paths = [path for folder in folders for path in folder.rglob("*.py")] or [Path(str(spec.origin))]
    found: set[str] = set()
    for node in (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        base = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for name in names:
            whole = base + name
            if whole.startswith(("etl.", "projects.")):
                found.add(whole if _is_module(whole) else base[:-1])
    return found


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("named", [PARSER, MONEY, RULES], ids=["parser", "money", "rules"])
def test_all_that_decides_is_named(named: tuple[str, ...]) -> None:
    used = {name for module in named for name in imported(module)}
    missing = {name for name in used if not name.startswith(tuple(f"{known}." for known in named))}
    assert missing - set(named) - DECIDES_NOTHING == set()


def test_merging_surveying_and_assembling_are_named() -> None:
    assert {
        "etl.normalise",
        "etl.compare.survey",
        "etl.compare.assembler",
        "projects.charset",
        "etl.extract",
    } <= set(PARSER)


def test_words_and_libraries_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = parser_digest(DEFAULT)
    assert before == parser_digest(DEFAULT)
    assert before != parser_digest(DEFAULT.extended([("field", "Skemanommer", "external_id")]))
    assert len({before, money_digest(), rules_digest()}) == 3
    for name in ("lxml", "webencodings"):
        parser_version._parser_code.cache_clear()
        monkeypatch.setattr(
            parser_version, "version", lambda of, name=name: "0.1" if of == name else version(of)
        )
        assert before != parser_digest(DEFAULT)
    monkeypatch.undo()
    parser_version._parser_code.cache_clear()
    monkeypatch.setattr(parser_version.etree, "LIBXML_VERSION", (2, 9, 9))
    assert before != parser_digest(DEFAULT)
    parser_version._parser_code.cache_clear()


@pytest.mark.django_db
def test_a_parser_that_moved_reads_again_what_is_known_and_announces_nothing(replica, first, sync):
    rows = DataChangeLog.objects.count()
    moved = SyncRun.objects.update(parser_digest="f" * 64)
    run = sync()
    assert (moved, run.state, run.change_count, run.notes) == (1, "unchanged", 0, [])
    assert (DataChangeLog.objects.count(), run.parser_digest) == (rows, parser_digest(DEFAULT))
