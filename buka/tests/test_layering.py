"""Who may import whom: the rules of the rooms, held over the syntax tree of the whole project.

Strings count too, where they name a model ("projects.Project") or a function of ours ("etl.tasks.poll"),
and so do `{% load %}`, `{% extends %}` and `{% include %}` in templates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("buka", "projects", "etl", "realtime", "replica")
# Which of our rooms the code of a room may import, besides itself.
MAY_IMPORT = {
    "projects": set(),
    "etl": {"projects"},
    "realtime": {"projects"},
    "replica": set(),
    "buka": set(ROOMS),
}
SERVES_THE_REPLICA = "etl.management.commands.replica"
# Steps 2 to 5 of the pipeline, and the sentences of a change: they know neither Django nor HTTP.
PURE = re.compile(
    r"etl\.((extract|values|normalise)(\..+)?|compare\.checks)"
    r"|etl\.money\.(queries|answers|model|errors|cells|figures|places|survey|changes|holding)"
    r"|projects\.(charset|wording(\..+)?|facts(\..+)?|finances\.beside)"
)
IMPURE = {"django", "rest_framework", "requests", "urllib3", "http", "urllib.request", "socket", "ssl"}

_DOTTED = re.compile(r"(buka|projects|etl|realtime|replica)(\.[A-Za-z_]\w*)+")
_TAG = re.compile(r"{%-?\s*(load|extends|include)\s+(.*?)\s*-?%}")


def modules() -> Iterator[tuple[str, Path]]:
    """Dotted name and path of each Python file of the rooms."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def mentions(source: str, module: str, strings: bool = True, package: bool = False) -> set[str]:
    """Dotted names that `source` imports, or names in a string; relative imports made absolute."""
    found: set[str] = set()
    for node in ast.walk(_at_run_time(ast.parse(source, module))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, package)
            found.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
        elif strings and isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update({node.value} if _DOTTED.fullmatch(node.value) else ())
    return found


def _at_run_time(tree: ast.Module) -> ast.Module:
    """The tree without `if TYPE_CHECKING:`, which imports nothing when the program runs."""

    class Pruned(ast.NodeTransformer):
        def visit_If(self, node: ast.If) -> ast.AST | None:
            name = getattr(node.test, "attr", getattr(node.test, "id", ""))
            return None if name == "TYPE_CHECKING" else self.generic_visit(node)

    return Pruned().visit(tree)


def _absolute(node: ast.ImportFrom, module: str, package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + package]
    return ".".join([*kept, *([node.module] if node.module else [])])


def room_offences(module: str, names: set[str]) -> list[str]:
    room = module.split(".")[0]
    allowed = {room} | MAY_IMPORT[room]
    if ".tests" in module:
        allowed |= {"buka", "replica"}
    if module == SERVES_THE_REPLICA:
        allowed |= {"replica"}
    return [f"{module} → {name}" for name in sorted(names) if name.split(".")[0] in set(ROOMS) - allowed]


def _tree_offences(check) -> list[str]:
    found = []
    for module, path in modules():
        names = mentions(path.read_text(), module, package=path.name == "__init__.py")
        found += check(module, names)
    return found


def test_each_room_imports_only_what_it_may():
    assert _tree_offences(room_offences) == []


def _imports() -> dict[str, set[str]]:
    return {
        module: mentions(path.read_text(), module, strings=False, package=path.name == "__init__.py")
        for module, path in modules()
    }


def _impure(names: set[str]) -> set[str]:
    return {name for name in names if any(name == bad or name.startswith(f"{bad}.") for bad in IMPURE)}


def test_the_steps_from_extract_to_process_know_neither_django_nor_http():
    imports = _imports()
    offences = []
    for start in filter(PURE.fullmatch, imports):
        seen, waiting = set(), [start]
        while waiting:
            module = waiting.pop()
            if module in seen or module not in imports:
                continue
            seen.add(module)
            waiting += imports[module]
            offences += [f"{start}: {module} → {name}" for name in sorted(_impure(imports[module]))]
    assert offences == []


def template_offences(name: str, text: str, libraries: dict[str, str]) -> list[str]:
    """What the template `name` (relative to templates/) uses of rooms that its own room may not import.

    A template outside the rooms' folders is everybody's, so it may use what `projects` may.
    """
    room = name.split("/")[0] if name.split("/")[0] in ROOMS else "projects"
    forbidden = set(ROOMS) - {room} - MAY_IMPORT[room]
    offences = []
    for tag, rest in _TAG.findall(text):
        used = _rooms_used(tag, rest, libraries)
        offences += [f"{name}: {tag} {rest}" for _ in used & forbidden]
    return offences


def _rooms_used(tag: str, rest: str, libraries: dict[str, str]) -> set[str]:
    if tag == "load":
        words = rest.split(" from ")[-1].split()
        return {libraries[word] for word in words if word in libraries}
    literal = re.match(r"""["']([^"']+)["']""", rest)
    return {literal[1].split("/")[0]} if literal else set()


def test_templates_load_and_include_only_what_their_room_may_use():
    libraries = {
        path.stem: room for room in ROOMS for path in (ROOT / room / "templatetags").glob("[a-z]*.py")
    }
    offences = []
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        offences += template_offences(path.relative_to(ROOT / "templates").as_posix(), text, libraries)
    assert offences == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("projects.pages", "import etl.fetch.fetcher"),
        ("projects.models.project", "def late():\n    from realtime import notifier"),
        ("realtime.hub", "from etl.dws import EnhancedDWSMonitor"),
        ("etl.load.run", 'get_model("realtime.Hub")'),
        ("etl.scheduler", 'async_task("realtime.notifier.ring")'),
        ("projects.tests.test_pages", "from etl import load"),
        ("replica.site", "from etl.values import amounts"),
        ("etl.fetch.fetcher", "from replica.site import Site"),
    ],
)
def test_a_forbidden_import_is_noticed(module, source):
    assert room_offences(module, mentions(source, module))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("etl.load.run", "from projects.models import Project"),
        ("etl.load.run", "from .archive import keep"),
        ("realtime.tests.test_hub", "from buka.dev.embedded import start_redis"),
        ("buka.urls", "import etl.urls, realtime.routing"),
        ("projects.pages", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import etl.load.run"),
    ],
)
def test_an_allowed_import_is_left_in_peace(module, source):
    assert not room_offences(module, mentions(source, module))


def test_a_template_that_loads_tags_of_another_room_is_noticed():
    assert template_offences("projects/list.html", "{% load live %}", {"live": "realtime"})
    assert template_offences("projects/list.html", '{% include "etl/button.html" %}', {})
    assert not template_offences("etl/button.html", "{% load money from figures %}", {"figures": "projects"})
