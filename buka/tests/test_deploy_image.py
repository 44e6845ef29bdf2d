"""The image and the services of `deploy/`, as far as they can be had without Docker: what is copied is there,
each step is run in a folder that has nothing else, each service with its own command and environment."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from buka.dev.embedded import start_postgres
from buka.dev.processes import Nursery
from buka.tests.patience import SOON, wait_for
from etl.tests.test_damaged_evidence import PAGES
from etl.tests.tinysite import serving
from realtime.tests.processes import Redis, free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = ("prepare", "web", "worker", "health")


def instructions() -> list[tuple[str, str]]:
    """(instruction, its argument), in order."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word]


def said(instruction: str) -> list[str]:
    return [rest for word, rest in instructions() if word == instruction]


def rules() -> list[tuple[bool, re.Pattern[str]]]:
    """(whether it takes back in, what it matches) of .dockerignore; the last one decides."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    found = []
    for line in (line.strip() for line in lines if line.strip() and not line.startswith("#")):
        glob = re.escape(line.removeprefix("!")).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        found.append((line.startswith("!"), re.compile(f"{glob}(?:/.*)?")))
    return found


def is_given(path: str) -> bool:
    """Whether a file is part of the build's context."""
    given = True
    for takes_in, pattern in rules():
        given = takes_in if pattern.fullmatch(path) else given
    return given


def tracked() -> list[str]:
    """What a clone has, or a folder that was unpacked."""
    skipped = {".git", ".venv", "var", "__pycache__", "node_modules"}
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped and not name.startswith(".")]
        found += [str(Path(folder, name).relative_to(ROOT)) for name in files]
    return found


def copied_from(source: str) -> Iterator[str]:
    """The files of the context that a COPY of it takes."""
    pattern = re.compile(re.escape(source).replace(r"\*", "[^/]*") + "(?:/.*)?")
    return (path for path in tracked() if pattern.fullmatch(path) and is_given(path))


def test_each_thing_that_is_copied_is_given_to_the_build() -> None:
    for line in said("COPY"):
        *sources, target = line.split()
        assert all(list(copied_from(source)) for source in sources), line
        assert target == "./" or [target] == sources


def test_of_what_runs_all_is_copied_and_of_the_rest_nothing_is_given() -> None:
    sources = [source for line in said("COPY") for source in line.split()[:-1]]
    copied = {path for source in sources for path in copied_from(source)}
    of_packages = {path.split("/")[0] for path in tracked() if path.endswith("/__init__.py")} - {"benchmarks"}
    runs = {
        path
        for path in tracked()
        if path.split("/")[0] in {*of_packages, "templates", "static", "manage.py"} and "/tests/" not in path
    }
    assert runs <= copied
    assert {path for path in tracked() if is_given(path)} == copied
    secret = ("deploy/.env", ".env", "var/archive/ab/cd", "var/secret_key", ".git/config", ".venv/bin/python")
    assert [path for path in secret if is_given(path)] == []


def folders_made() -> dict[str, tuple[str, str]]:
    """Folder → (owner, mode) of those that the image has."""
    made: dict[str, tuple[str, str]] = {}
    for line in said("RUN"):
        for command in line.split("&&"):
            words = shlex.split(command)
            if words[:2] == ["install", "-d"]:
                options = dict(zip(words[2:8:2], words[3:8:2], strict=True))
                made |= dict.fromkeys(words[8:], (options["-o"], options["-m"]))
    return made


def test_the_user_is_no_root_and_each_folder_that_is_kept_is_theirs() -> None:
    (user,) = said("USER")
    words = [word for word, _ in instructions()]
    assert words.index("USER") > max(at for at, word in enumerate(words) if word in ("RUN", "COPY"))
    useradd = next(line for line in said("RUN") if "useradd" in line)
    assert re.search(rf"useradd --system --uid [1-9]\d* --home-dir \S+ {user} ", useradd)
    made = folders_made()
    assert set(made.values()) == {(user, "750")}
    (volumes,) = said("VOLUME")
    assert set(yaml.safe_load(volumes)) == made.keys()
    for name in OURS:
        service = COMPOSE["services"][name]
        assert {volume.split(":")[1] for volume in service["volumes"]} == made.keys()
        assert service["environment"]["VAR_DIR"] in made
        assert service["read_only"]
        assert service["tmpfs"] == ["/tmp"]


# --- Run -----------------------------------------------------------------------------------------


@dataclass
class Host:
    """What Docker would make of deploy/, in a folder. `places`: what is elsewhere here."""

    top: Path
    places: dict[str, str] = field(default_factory=dict)
    programs: str = str(Path(sys.executable).parent)

    @property
    def image(self) -> Path:
        return self.top / "opt" / "buka"

    def placed(self, text: str) -> str:
        for theirs, ours in self.places.items():
            text = text.replace(theirs, ours)
        return text

    def copy(self, line: str) -> None:
        for source in line.split()[:-1]:
            for path in copied_from(source):
                (self.image / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, self.image / path)

    def env_of(self, name: str, more: dict[str, str]) -> dict[str, str]:
        """A service's environment: the image's, its .env file's, its own, in this order; nothing of ours."""
        env = {"PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": "/var/lib/buka"}
        for line in said("ENV"):
            env |= dict(pair.split("=", 1) for pair in line.split())
        asked = dict(re.findall(r"^([A-Z_]+)=(.*)$", (DEPLOY / "buka.env").read_text(), re.MULTILINE))
        asked |= {"SECRET_KEY": "4b" * 40, **more}
        service = COMPOSE["services"][name]
        assert service["env_file"] == ".env"
        own = {key: re.sub(r"\$\{(\w+):\?\}", lambda m: more[m[1]], value) for key, value in
               service["environment"].items()}  # fmt: skip
        return {key: self.placed(value) for key, value in (env | asked | own).items()}

    def files(self) -> dict[str, int]:
        """What lies in the image, which is read-only in a container."""
        return {str(path): path.stat().st_mtime_ns for path in self.image.rglob("*") if path.is_file()}


def build(host: Host) -> None:
    """Each step of the Dockerfile that is no step of the system's packages."""
    for word, rest in instructions():
        if word == "COPY":
            host.copy(rest)
        if word != "RUN" or rest.startswith("apt-get"):
            continue
        if rest.startswith("pip "):
            if not os.environ.get("FULL"):  # asks the index that pip knows
                continue
            subprocess.run([sys.executable, "-m", "venv", host.top / "venv"], check=True)
            host.programs = str(host.top / "venv" / "bin")
        env = {"PATH": f"{host.programs}:{os.environ['PATH']}", "HOME": str(host.top)}
        env |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        done = subprocess.run(["sh", "-c", rest], cwd=host.image, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"RUN {rest}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def seconds(period: str) -> float:
    return float(period[:-1]) * {"s": 1, "m": 60}[period[-1]]


@pytest.mark.soak
@pytest.mark.live
def test_the_image_is_built_and_each_service_does_what_it_is_for(tmp_path: Path) -> None:
    port = free_port()
    host = Host(tmp_path)
    host.image.mkdir(parents=True)
    build(host)
    pages: dict[str, Any] = {f"/pmd/{name}": f"<html>{body}</html>" for name, body in PAGES.items()}
    with Nursery() as nursery, serving(pages) as site:
        redis = Redis(nursery)
        _, postgres = start_postgres(nursery)
        host.places = {
            "postgres://buka:water@postgres:5432/buka": postgres, "redis://redis:6379/0": redis.url,
            "tcp:8000:interface=0.0.0.0": f"tcp:{port}:interface=127.0.0.1",
            "http://127.0.0.1:8000": f"http://127.0.0.1:{port}",
        }  # fmt: skip
        for folder in folders_made():
            host.places[folder] = f"{tmp_path}{folder}"
            Path(host.places[folder]).mkdir(parents=True, mode=0o750)
        more = {"POSTGRES_PASSWORD": "water", "SITE": "water.example.org", "FETCH_DELAY_SECONDS": "0"}
        more |= {"SOURCES": "dws", "DWS_URL": f"{site.root}/pmd/level.aspx"}
        services = Services(host, nursery, more)
        before = host.files()
        done = services.run("prepare", COMPOSE["services"]["prepare"]["command"])
        assert done.returncode == 0, done.stderr
        for name in ("web", "worker", "health"):
            services.start(name)
        wait_for(services.is_healthy, "a web process that is healthy", 2 * SOON)
        origin, headers = (
            f"http://127.0.0.1:{port}",
            {"Host": "water.example.org", "X-Forwarded-Proto": "https"},
        )

        def shows(path: str, text: str) -> Callable[[], bool]:
            return lambda: text in requests.get(f"{origin}{path}", headers=headers, timeout=SOON).text

        wait_for(shows("/api/v1/runs/", '"succeeded"'), "the worker's reading", 2 * SOON)
        wait_for(shows("/projects/", "Giyani dam"), "what it read", SOON)
        told = services.run("worker", ["python", "manage.py", "health", "--json"])
        parts = {part["name"]: part for part in json.loads(told.stdout)["checks"]}
        assert parts["worker"]["ok"], parts
        checked = services.run("health", ["python", "manage.py", "verify_log", "--archive"])
        assert checked.returncode == 0, checked.stdout + checked.stderr
        for name in ("web", "worker", "health"):
            services.stop(name)
        assert host.files() == before, "an image is read-only"


@dataclass
class Services:
    """The services of compose.yaml as processes."""

    host: Host
    nursery: Nursery
    more: dict[str, str]
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        words = [self.host.placed(word) for word in command]
        env = self.host.env_of(name, self.more)
        return subprocess.run(words, cwd=self.host.image, env=env, capture_output=True, text=True)

    def start(self, name: str) -> None:
        words = [self.host.placed(word) for word in COMPOSE["services"][name]["command"]]
        with (self.host.top / f"{name}.log").open("w") as log:
            self.running[name] = self.nursery.spawn(
                words, cwd=self.host.image, env=self.host.env_of(name, self.more), stdout=log
            )

    def is_healthy(self) -> bool:
        """What Docker would find of the web process."""
        kind, *command = COMPOSE["services"]["web"]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run("web", command).returncode == 0

    def stop(self, name: str) -> None:
        """Inside the time that Docker gives it, or ten seconds."""
        process, log = self.running[name], (self.host.top / f"{name}.log")
        patience = seconds(COMPOSE["services"][name].get("stop_grace_period", "10s"))
        assert process.poll() is None, log.read_text()[-2000:]
        assert self.nursery.stop(process, patience=max(patience, SOON)), name
        assert "Traceback" not in log.read_text()
