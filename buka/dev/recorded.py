"""The sentences that are written down while reading, gathered out of the code that makes them.

What a run found is kept in English: why it is held, what was odd, the question of a discrepancy. Its pattern
is the f-string that made it, `f"{moved} of {had} projects changed."`, once more for each side of a condition
in it. So a sentence need not be marked, and none can be forgotten: a new one is a new entry of the catalogues
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path

ROOM = "etl"
# Said to stewards and programs alone, or no sentences: lists of words that are recognised.
_APART = re.compile(
    r"/(tests|migrations|management|desk|decide|extract)/|/(admin|apps|urls|views|scheduler|sources|code_digest|parser_version)\.py$"
    r"|fetch/answers\.py$|values/(thesaurus|vocabulary|meanings|addresses|identifiers|text|words)\.py$|dates\.py$"
)
_WORD = re.compile(r"[A-Za-z’']{2,}")
_PLACE = re.compile(r"\{\w*\}")
# Of a text that no person reads: a pattern, a format, HTML, SQL.
_TECHNICAL = re.compile(
    r"[\\|<>^$#@~]|=\{|__|%[a-zA-Z]|://|charset=|gzip, |^\{'|File Format|User-agent|audit_|statement timeout"
)
_UNREAD_CALLS = frozenset(
    "execute debug info warning exception error split compile casefold removeprefix removesuffix".split()
)
_UNREAD_NAMES = frozenset("help_text verbose_name title command".split())
_UNREAD_ERRORS = frozenset("AssertionError RuntimeError TypeError ImproperlyConfigured".split())
_MOST = 24  # sides of the conditions of one sentence
_FEWEST = 2  # words; a single one is in a table of words


def of_code(text: str) -> Iterator[str]:
    """The patterns of one module, each once."""
    tree = ast.parse(text)
    unread = _unread(tree)
    found: dict[str, None] = {}
    for node, near in _shown(tree, unread):
        for pattern in _Reader(near).patterns(node):
            if _is_said(pattern):
                found[pattern.strip()] = None
    yield from found


def files(root: Path) -> Iterator[Path]:
    for path in sorted((root / ROOM).rglob("*.py")):
        if not _APART.search(path.relative_to(root).as_posix()):
            yield path


def _is_said(pattern: str) -> bool:
    plain = _PLACE.sub("\0", pattern).strip()
    return " " in plain and len(_WORD.findall(plain)) >= _FEWEST and not _TECHNICAL.search(plain)


def _unread(tree: ast.AST) -> set[int]:
    """Nodes within which nothing is said: docstrings, logs, lists of words, what a pattern looks for."""
    found: set[int] = set()
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside = [node]
        elif isinstance(node, ast.Call):
            inside = [one.value for one in node.keywords if one.arg in _UNREAD_NAMES]
            if isinstance(node.func, ast.Attribute) and node.func.attr in _UNREAD_CALLS:
                inside = [node]
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            inside = [node] if getattr(node.exc.func, "id", "") in _UNREAD_ERRORS else []
        elif isinstance(node, ast.Set | ast.Compare | ast.Subscript | ast.Assert):
            inside = [node]
        found.update(id(one) for each in inside for one in ast.walk(each))
    return found


def _shown(tree: ast.AST, unread: set[int]) -> Iterator[tuple[ast.expr, dict[str, ast.expr]]]:
    """Texts, each as a whole, with what its function gave names to."""
    near: dict[int, dict[str, ast.expr]] = {}
    parts: set[int] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            named = _named(function)
            near.update((id(one), named) for one in ast.walk(function))
            for name in _only_within(function, named):
                parts.update(id(one) for one in ast.walk(named[name]))
    for node in ast.walk(tree):
        if id(node) in unread or id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            parts.update(_pieces(node))
            yield node, near.get(id(node), {})
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, near.get(id(node), {})


def _named(function: ast.AST) -> dict[str, ast.expr]:
    """Names that stand for one text, or for one of several: `how = "more" if … else "less"`."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        pairs: list[tuple[ast.expr, ast.expr]] = [(node.targets[0], node.value)]
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.IfExp):
            sides = (node.value.body, node.value.orelse)
            if all(isinstance(one, ast.Tuple) for one in sides):
                pairs = [
                    (name, ast.IfExp(node.value.test, *(one.elts[at] for one in sides)))  # type: ignore[attr-defined]
                    for at, name in enumerate(node.targets[0].elts)
                ]
        for name, value in pairs:
            if isinstance(name, ast.Name):
                found.setdefault(name.id, []).append(value)
    return {name: _either(values) for name, values in found.items() if all(map(_is_text, values))}


def _either(values: list[ast.expr]) -> ast.expr:
    """One expression for a name that was given several times."""
    first, *others = values
    return ast.IfExp(ast.Constant(True), first, _either(others)) if others else first


def _only_within(function: ast.AST, named: dict[str, ast.expr]) -> set[str]:
    """Those of the names that are said within other texts alone."""
    within = {
        id(part.value) for part in ast.walk(function) if isinstance(part, ast.FormattedValue)
    }  # fmt: skip
    loads = [
        one
        for one in ast.walk(function)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load) and one.id in named
    ]
    return {one.id for one in loads} - {one.id for one in loads if id(one) not in within}


def _is_text(value: ast.expr) -> bool:
    if isinstance(value, ast.IfExp):
        return _is_text(value.body) and _is_text(value.orelse)
    return isinstance(value, ast.JoinedStr) or (
        isinstance(value, ast.Constant) and isinstance(value.value, str)
    )


def _pieces(node: ast.JoinedStr) -> Iterator[int]:
    """What of a text belongs to its pattern; texts within a place are texts of their own."""
    for part in node.values:
        yield id(part)
        if isinstance(part, ast.FormattedValue):
            if part.format_spec:
                yield from map(id, ast.walk(part.format_spec))
            if isinstance(part.value, ast.IfExp) and _is_text(part.value):
                yield from map(id, ast.walk(part.value))


class _Reader:
    """Reads texts as patterns. `named`: texts that stand behind a name."""

    def __init__(self, named: dict[str, ast.expr]) -> None:
        self._named = named

    def patterns(self, node: ast.expr) -> list[str]:
        """The text with `{places}`, for each side of each condition in it."""
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        if isinstance(node, ast.IfExp):
            return [*self.patterns(node.body), *self.patterns(node.orelse)]
        if not isinstance(node, ast.JoinedStr):
            return [f"{{{_name(node)}}}"]
        sides = [self._sides(part) for part in node.values]
        if prod(map(len, sides)) > _MOST:
            sides = [
                each if isinstance(part, ast.Constant) else [f"{{{_name(part.value)}}}"]  # type: ignore[attr-defined]
                for part, each in zip(node.values, sides, strict=True)
            ]
        return [_joined(pieces) for pieces in product(*sides)]

    def _sides(self, part: ast.expr) -> list[str]:
        if isinstance(part, ast.Constant):
            return [str(part.value)]
        assert isinstance(part, ast.FormattedValue)
        value = part.value
        if isinstance(value, ast.Name) and value.id in self._named:
            value = self._named[value.id]
            return _Reader({}).patterns(value)
        return self.patterns(value)


def _name(value: ast.expr) -> str:
    """What a place is called: after what stands in it."""
    if isinstance(value, ast.Name):
        return value.id.strip("_")
    if isinstance(value, ast.Attribute):
        return value.attr.strip("_")
    if isinstance(value, ast.Call | ast.Subscript | ast.Starred):
        inner = value.args[0] if isinstance(value, ast.Call) and value.args else None
        if isinstance(inner, ast.Name | ast.Attribute):
            return _name(inner)
        return _name(value.func if isinstance(value, ast.Call) else value.value)
    return "value"


def _joined(pieces: tuple[str, ...]) -> str:
    """Places that touch are one, and no two have one name."""
    text = re.sub(r"(\{\w+\})(?:\{\w+\})+", r"\1", "".join(pieces))
    seen: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        name = found[0][1:-1]
        seen[name] = seen.get(name, 0) + 1
        return found[0] if seen[name] == 1 else f"{{{name}{seen[name]}}}"

    return _PLACE.sub(numbered, text)
