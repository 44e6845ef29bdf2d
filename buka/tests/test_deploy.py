"""What `deploy/` and `docs/operating.md` tell an operator to do can be done: each file is parsed by whom it
is for, where that is here, and each command that can run is run."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from etl.tests.test_damaged_evidence import PAGES
from etl.tests.tinysite import serving
from projects.health import words

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OPERATING = (ROOT / "docs" / "operating.md").read_text()
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
HARDENING = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
    "PrivateDevices": "yes", "ProtectKernelTunables": "yes", "ProtectControlGroups": "yes",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6", "RestrictNamespaces": "yes",
    "SystemCallFilter": "@system-service", "CapabilityBoundingSet": "", "UMask": "0027", "User": "buka",
}  # fmt: skip


class Unit(configparser.ConfigParser):
    """A unit's file; of a name that is there several times the last one."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str  # type: ignore[assignment, method-assign]
        self.read(path)


def known(command: str) -> bool:
    """Whether it is what we have: a command of manage.py, or the web server."""
    names = re.findall(r"manage(?:\.py)? ([a-z_]+)", command)
    return all(name in get_commands() for name in names) and bool(names or "daphne" in command)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_runs_what_there_is_with_nothing_that_it_does_not_need(path: Path) -> None:
    service = Unit(path)["Service"]
    assert {name: service.get(name) for name in HARDENING} == HARDENING
    assert service["KillMode"] == "mixed"
    assert service["EnvironmentFile"] == "/etc/buka/buka.env"
    assert known(service["ExecStart"])
    assert "TimeoutStopSec" in service or service["Type"] == "oneshot"


def test_the_web_may_open_many_files_and_has_a_pool_and_the_worker_has_none() -> None:
    web, worker = (
        Unit(DEPLOY / "systemd" / f"buka-{name}.service")["Service"] for name in ("web@", "worker")
    )
    assert int(web["LimitNOFILE"]) >= 65536
    assert web["Environment"] == "DB_POOL=1"
    assert "DB_POOL" not in worker["Environment"]
    assert "backlog=4096" in web["ExecStart"]
    assert int(worker["TimeoutStopSec"]) >= 300


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/opt/buka/.venv/bin/python", f'"{sys.executable}"')
        (tmp_path / unit.name.replace("@", "@8000")).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())],
        capture_output=True, text=True, env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "buka" in line]
    assert ours == []


@pytest.mark.skipif(not shutil.which("nginx"), reason="there is no nginx here")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=water.example.org"]
    subprocess.run([*made, "-keyout", "privkey.pem", "-out", "fullchain.pem"], cwd=tmp_path, check=True,
                   capture_output=True)  # fmt: skip
    text = (
        (DEPLOY / "nginx.conf").read_text().replace("/etc/letsencrypt/live/water.example.org", str(tmp_path))
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {own} {text} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no caddy here")
@pytest.mark.parametrize("name", ["Caddyfile", "Caddyfile.compose"])
def test_caddy_takes_the_examples(name: str, tmp_path: Path) -> None:
    env = {**os.environ, "SITE": "water.example.org", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / name)]
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    assert "Unnecessary" not in done.stderr


def test_the_proxies_strip_what_clients_say_close_what_is_inside_and_compress_no_page_with_a_token() -> None:
    nginx, caddy = (re.sub(r"\s+", " ", (DEPLOY / name).read_text()) for name in ("nginx.conf", "Caddyfile"))
    for name in ("X-Forwarded-Host", "X-Real-IP", "Forwarded"):
        assert f'proxy_set_header {name} "";' in nginx
        assert f"header_up -{name}" in caddy
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in nginx
    assert "location /admin/ { gzip off;" in nginx
    assert "@public not path /admin/* encode @public" in caddy
    for path in ("/metrics", "/readyz"):
        assert f"location = {path} {{ return 404; }}" in nginx
    assert "@inside path /metrics /readyz respond @inside 404" in caddy
    assert (DEPLOY / "Caddyfile.compose").read_text().count("reverse_proxy web:8000") == 1


def test_the_compose_file_runs_each_process_on_servers_that_are_there() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services: dict[str, Any] = told["services"]
    assert {"postgres", "redis", "prepare", "web", "worker", "health", "caddy"} == services.keys()
    for name in ("prepare", "web", "worker", "health"):
        command = " ".join(services[name]["command"])
        assert all(known(part) for part in command.split("&&")), command
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["depends_on"].keys() <= services.keys()
        assert {volume.partition(":")[0] for volume in services[name]["volumes"]} <= told["volumes"].keys()
    assert services["web"]["environment"]["DB_POOL"] == "1"
    assert "DB_POOL" not in services["worker"]["environment"]
    assert "ports" not in services["web"]
    assert "ports" not in services["postgres"]


def test_the_image_is_made_of_what_there_is() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [source for line in lines if line.startswith("COPY ") for source in line.split()[1:-1]]
    assert copied
    assert all(list(ROOT.glob(source)) for source in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks"}
    assert packages <= set(copied)


def test_each_variable_of_the_settings_file_is_a_setting_that_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    names = re.findall(r"^([A-Z_]+)=", (DEPLOY / "buka.env").read_text(), re.MULTILINE)
    assert len(names) > 10
    assert [name for name in names if f"`{name}`" not in documented] == []


def test_each_alert_has_a_section() -> None:
    headings = set(re.findall(r"^### (\w+)$", OPERATING, re.MULTILINE))
    assert headings == set(words._ADVICE)


# --- The commands of docs/operating.md -------------------------------------------------------------

# What changes the machine itself: done by whoever walks through the page on one that is empty.
OF_THE_MACHINE = re.compile(
    r"apt-get |useradd |systemctl |git |python3 -m venv|\S+/pip |caddy |cp \S+ /etc/systemd|sudo -u postgres|"
    r"install -d -o \w+ -g \w+|chgrp |cd /$|sed .* > /etc/caddy/"
)
NAMES_A_FAULT = ("health",)  # exits 1 where there is no worker


def lines() -> Iterator[str]:
    for block in re.findall(r"```sh\n(.*?)```", OPERATING, re.DOTALL):
        yield from block.splitlines()


def test_each_command_is_known_here() -> None:
    strange = [line for line in lines() if not OF_THE_MACHINE.match(line) and not _runs(line)]
    assert strange == []
    assert all(known(line) for line in lines() if "deploy/manage" in line)


def _runs(line: str) -> bool:
    return "/opt/buka/deploy/manage " in line or shlex.split(line)[0] in ("install", "sed", "chmod", "rm")


@pytest.mark.soak
def test_each_command_that_can_run_does(tmp_path: Path) -> None:
    places = {
        "sudo -u buka ": "", "-o root -g buka ": "", "$(hostname --fqdn)": "water.localhost",
        "postgres:///drill?host=/run/postgresql": f"sqlite:///{tmp_path}/drill.sqlite3",
        "/opt/buka": str(ROOT), "/etc/buka": f"{tmp_path}/etc", "/var/lib/buka": f"{tmp_path}/var",
        "/var/backups/buka": f"{tmp_path}/backups", "createsuperuser": "createsuperuser --noinput",
    }  # fmt: skip
    (tmp_path / "etc").mkdir()
    env = {
        **os.environ,
        "BUKA_ENV": f"{tmp_path}/etc/buka.env",
        "DJANGO_SUPERUSER_PASSWORD": "giyani-77-water",
    }
    env |= {"DJANGO_SUPERUSER_USERNAME": "steward", "DJANGO_SUPERUSER_EMAIL": "s@water.localhost"}
    pages = {f"/pmd/{name}": f"<html>{body}</html>" for name, body in PAGES.items()}
    with serving(pages) as site:
        here = f"DATABASE_URL=sqlite:///{tmp_path}/buka.sqlite3\nREDIS_URL=\nVAR_DIR={tmp_path}/var\n"
        here += f"SOURCES=dws\nDWS_URL={site.root}/pmd/level.aspx\nFETCH_DELAY_SECONDS=0\n"
        ran = 0
        for line in lines():
            if OF_THE_MACHINE.match(line):
                continue
            command = line
            for theirs, ours in places.items():
                command = command.replace(theirs, ours)
            done = subprocess.run(
                ["sh", "-c", command], env=env, cwd=tmp_path, capture_output=True, text=True
            )
            fault = done.returncode and not command.endswith(NAMES_A_FAULT)
            assert not fault, f"{line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            ran += 1
            if line.startswith("install -o root"):
                with (tmp_path / "etc" / "buka.env").open("a") as settings:
                    settings.write(here)
            if line.endswith("drf_create_token steward"):  # something to back up
                first = [str(DEPLOY / "manage"), "sync_dws", "--json"]
                assert subprocess.run(first, env=env, capture_output=True).returncode == 0
    assert ran > 20
