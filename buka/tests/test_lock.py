"""The lock is that of the pins: nothing is asked of a network to see that."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "runtime": "requirements.txt",
    "s3": "requirements-s3.txt",
    "dev": "requirements-dev.txt",
    "tools": "requirements-tools.txt",
    "standards": "requirements-standards.txt",
}
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# CPython as it is supported, on what a wheel is looked for.
PLACES = [
    {**default_environment(), "python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9"} | place
    for minor in range(11, 15)
    for place in (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    )
]


@cache
def pins(group: str) -> tuple[Requirement, ...]:
    """What pyproject.toml pins, the groups that it includes too."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    found: list[Requirement] = []
    for entry in groups[group]:
        found += pins(entry["include-group"]) if isinstance(entry, dict) else [Requirement(entry)]
    return tuple(found)


@cache
def locked(group: str) -> dict[Requirement, int]:
    """{pin of the lock: number of its hashes}."""
    text = re.sub(r"^#.*\n", "", (ROOT / LOCKS[group]).read_text(), flags=re.MULTILINE)
    entries = text.replace("\\\n", " ").splitlines()
    return {Requirement(_HASH.sub("", entry).strip()): len(_HASH.findall(entry)) for entry in entries}


def installed(requirements: Any, place: dict[str, str]) -> dict[str, str]:
    """{name: version} of those that a place needs."""
    here = [one for one in requirements if one.marker is None or one.marker.evaluate(place)]
    return {canonicalize_name(one.name): str(one.specifier) for one in here}


@pytest.mark.parametrize("group", LOCKS)
def test_what_is_pinned_is_locked_with_the_same_version(group):
    for place in PLACES:
        assert installed(pins(group), place).items() <= installed(locked(group), place).items(), (
            "pyproject.toml and the lock differ: run `make lock`"
        )


@pytest.mark.parametrize("group", LOCKS)
def test_each_file_of_the_lock_has_its_hash(group):
    assert len(locked(group)) > 20
    for one, hashes in locked(group).items():
        assert str(one.specifier).startswith("=="), one
        assert hashes, one


def test_what_runs_is_tested_in_the_same_version():
    for place in PLACES:
        assert installed(locked("runtime"), place).items() <= installed(locked("dev"), place).items()


@pytest.mark.parametrize("group", LOCKS)
def test_the_lock_names_no_place_to_fetch_from(group):
    text = (ROOT / LOCKS[group]).read_text()
    assert not re.search(r"https?:|file:|--(?:extra-)?index|--find-links| @ ", text)
