"""`python -m buka.dev.ceilings`: the measured ceilings of the house; exit code 1 names who is over them.

Functions are measured from `def` to their last line, docstring and comments included, over all Python
files but tests and migrations. Nesting counts the control flow inside a function: an `elif` is no deeper
than its `if`, and a function inside a function starts anew.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("buka", "projects", "etl", "realtime", "replica", "benchmarks", "templates", "static")
HIGH_LINES, NESTING, FILE_LINES, LEAST_LINES = 60, 3, 500, 40
BROAD_EXCEPT_ALLOWED = "etl/monitor.py"
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc"}
# What may be a smaller module, and why. Django wants a file of its own for each command, app and URL list.
SMALL = {
    "benchmarks/group_consumer.py": "a program of its own: the peer that the hub is measured against",
    "etl/crawl/web_pages.py": "known to the process that reads pages, and so without a database",
    "buka/formats/af/formats.py": "constants in a module that Django looks for by its name",
    "buka/formats/en/formats.py": "constants in a module that Django looks for by its name",
    "buka/formats/zu/formats.py": "constants in a module that Django looks for by its name",
    "buka/policy.py": "two policies, and the middleware that the settings name",
    "projects/pages/missing.py": "named in the URLs: the page for an address that there is not",
    "projects/pages/throttle.py": "for whatever form of the public needs it",
    "realtime/origin.py": "a gate in front of the consumer, with tests of its own",
    "realtime/shutdown.py": "what Twisted alone knows",
    "replica/pages/plain.py": "a kind of page like the others, one module each",
}
FRAMEWORK = re.compile(r"(^|/)(__init__|apps|urls|asgi|routing|manage)\.py$|/management/commands/")
MAY_PRINT = ("buka/dev/ceilings.py",)

_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Measures:
    """Lines of each function by its place, and one sentence per offence."""

    lengths: dict[str, int] = field(default_factory=dict)
    broad_excepts: list[str] = field(default_factory=list)
    offences: list[str] = field(default_factory=list)


def files(root: Path = ROOT) -> Iterator[Path]:
    """Every file of ours that is measured: no tests, migrations, vendored scripts or generated pages."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in {".py", ".html", ".js", ".css"} and not _exempt(path.relative_to(root)):
                yield path
    yield from root.glob("*.py")


def _exempt(path: Path) -> bool:
    return bool({"tests", "migrations", "vendor", "__pycache__"}.intersection(path.parts))


def measure(path: Path, name: str, measures: Measures) -> None:
    """Add what is to be said of one file, called `name` in the report."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > FILE_LINES:
        measures.offences.append(f"{name}: {lines} lines, more than {FILE_LINES}")
    is_small = path.suffix == ".py" and lines < LEAST_LINES and not FRAMEWORK.search(name)
    if is_small and name not in SMALL:
        measures.offences.append(f"{name}: only {lines} lines; fold it into what it serves, or say why not")
    if {path.stem, *path.parent.parts[-1:]}.intersection(FORBIDDEN_NAMES):
        measures.offences.append(f"{name}: a name that says nothing; name it after what it does")
    if path.suffix == ".py":
        _measure_code(ast.parse(text, name), name, measures)


def _measure_code(tree: ast.Module, name: str, measures: Measures) -> None:
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            _measure_function(node, f"{name}:{node.lineno} {node.name}", measures)
        elif isinstance(node, ast.ExceptHandler) and _is_broad(node):
            measures.broad_excepts.append(f"{name}:{node.lineno}")
        elif _is_print(node) and not name.startswith(MAY_PRINT):
            measures.offences.append(f"{name}:{getattr(node, 'lineno', 0)}: print")


def _measure_function(node: ast.FunctionDef | ast.AsyncFunctionDef, place: str, measures: Measures) -> None:
    measures.lengths[place] = (node.end_lineno or node.lineno) - node.lineno + 1
    depth = max((_depth(child) for child in node.body), default=0)
    if depth > NESTING:
        measures.offences.append(f"{place}: nesting {depth}, more than {NESTING}")


def _depth(node: ast.AST) -> int:
    """Levels of control flow in `node`, itself included."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Lambda)):
        return 0
    inner = max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)
    if isinstance(node, ast.If):
        inner = max((_depth(child) for child in node.body), default=0)
        return max(1 + inner, _else_depth(node.orelse))
    return inner + isinstance(node, _BLOCKS)


def _else_depth(orelse: list[ast.stmt]) -> int:
    """An `elif` stands beside its `if`; the body of an `else` is one level in, like the `if`'s own."""
    if len(orelse) == 1 and isinstance(orelse[0], ast.If):
        return _depth(orelse[0])
    return 1 + max((_depth(child) for child in orelse), default=0) if orelse else 0


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(each is None or getattr(each, "id", "") in {"Exception", "BaseException"} for each in caught)


def _is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def verdict(measures: Measures) -> list[str]:
    """All offences, those that only the whole tree shows included."""
    offences = list(measures.offences)
    allowed = [place for place in measures.broad_excepts if place.startswith(BROAD_EXCEPT_ALLOWED)]
    offences += [f"{place}: a broad except" for place in measures.broad_excepts if place not in allowed[:1]]
    high = high_lines(measures)
    if high > HIGH_LINES:
        longest = sorted(measures.lengths.items(), key=lambda item: -item[1])[:10]
        offences.append(f"the 95th percentile of functions is {high} lines, more than {HIGH_LINES}; longest:")
        offences += [f"    {lines:4} {place}" for place, lines in longest]
    return offences


def high_lines(measures: Measures) -> int:
    """The 95th percentile of the functions' lines."""
    lengths = sorted(measures.lengths.values()) or [0]
    return lengths[min(len(lengths) - 1, int(len(lengths) * 0.95))]


def main() -> int:
    measures = Measures()
    for path in files():
        measure(path, path.relative_to(ROOT).as_posix(), measures)
    high = high_lines(measures)
    longest = max(measures.lengths.values(), default=0)
    count = len(measures.lengths)
    summary = f"{count} functions; lines: 95th percentile {high}, longest {longest}"
    offences = verdict(measures)
    sys.stdout.write("\n".join([summary, *offences]) + "\n")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
