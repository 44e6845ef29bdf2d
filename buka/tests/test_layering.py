"""Who may name whom where no import does: the contracts of imports are import-linter's (`pyproject.toml`).

Strings that name a model ("projects.Project") or a function of ours ("etl.tasks.poll") count, and so do
`{% load %}`, `{% extends %}` and `{% include %}` in templates.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("buka", "projects", "etl", "realtime", "replica")
# Which of our rooms the strings of a room may name, besides itself.
MAY_NAME = {
    "projects": set(),
    "etl": {"projects"},
    "realtime": {"projects"},
    "replica": set(),
    "buka": set(ROOMS),
}
_DOTTED = re.compile(r"(buka|projects|etl|realtime|replica)(\.[A-Za-z_]\w*)+")
_AT_THE_HEAD = re.compile(rf"""["'}}]({"|".join(ROOMS)})\.""")  # of a string, or of what is left of one
_TAG = re.compile(r"{%-?\s*(load|extends|include)\s+(.*?)\s*-?%}")


def names_in_strings(source: str) -> set[str]:
    """Dotted names of ours that stand in strings."""
    if not _AT_THE_HEAD.search(source):  # it takes a tenth of the time to see
        return set()
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and _DOTTED.fullmatch(text)}


def offences(module: str, names: set[str]) -> list[str]:
    room = module.split(".")[0]
    allowed = {room} | MAY_NAME[room] | ({"buka", "replica"} if ".tests" in module else set())
    return [f"{module} → {name}" for name in sorted(names) if name.split(".")[0] not in allowed]


@pytest.mark.soak  # `make lint` does it with each change
def test_the_contracts_of_imports_hold():
    held = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True
    )
    assert held.returncode == 0, held.stdout[-3000:]


def test_each_room_names_in_strings_only_what_it_may_import():
    found = []
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found += offences(module, names_in_strings(path.read_text(encoding="utf-8")))
    assert found == []


def template_offences(name: str, text: str, libraries: dict[str, str]) -> list[str]:
    """What the template `name` (relative to templates/) uses of rooms that its own room may not import.

    A template outside the rooms' folders is everybody's, so it may use what `projects` may.
    """
    room = name.split("/")[0] if name.split("/")[0] in ROOMS else "projects"
    forbidden = set(ROOMS) - {room} - MAY_NAME[room]
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
        ("etl.load.stores", 'get_model("realtime.Hub")'),
        ("etl.scheduler", 'async_task("realtime.notifier.ring")'),
        ("projects.log.writer", 'import_string("etl.dws.EnhancedDWSMonitor")'),
        ("replica.site", 'import_module("etl.values.amounts")'),
    ],
)
def test_a_forbidden_name_in_a_string_is_noticed(module, source):
    assert offences(module, names_in_strings(source))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("etl.load.stores", 'get_model("projects.Project")'),
        ("etl.runs.queue", 'async_task("etl.scheduler.work_off")'),
        ("buka.settings", 'ROOT_URLCONF = "projects.urls"'),
        ("realtime.tests.test_hub", 'start("buka.dev.embedded")'),
    ],
)
def test_an_allowed_name_in_a_string_is_left_in_peace(module, source):
    assert not offences(module, names_in_strings(source))


def test_a_template_that_loads_tags_of_another_room_is_noticed():
    assert template_offences("projects/list.html", "{% load live %}", {"live": "realtime"})
    assert template_offences("projects/list.html", '{% include "etl/button.html" %}', {})
    assert not template_offences("etl/button.html", "{% load money from figures %}", {"figures": "projects"})
