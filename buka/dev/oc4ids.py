"""Check OC4IDS packages with libcoveoc4ids, which runs in an environment of its own:

    .venv/standards/bin/python buka/dev/oc4ids.py SCHEMAS PACKAGE.json …

SCHEMAS: a folder with the official schema and codelists. The library asks for them over HTTP, so they are
served on loopback meanwhile. It prints one JSON object a package; exit code 1 where one has an error.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_OFFICIAL = "https://standard.open-contracting.org/infrastructure/schema/0__9__5/"
_VERSION = "0.9.5"
# What the library calls what it finds: errors first, then what it only remarks on.
ERRORS = ("validation_errors", "additional_checks", "conformance_checks", "additional_closed_codelist_values")


class _Quiet(SimpleHTTPRequestHandler):
    """Files of the folder; the schemas name each other by the address that they are served at."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        here = f"http://{self.headers['Host']}/"
        body = file.read_text(encoding="utf-8").replace(_OFFICIAL, here).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return None


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which the files of a folder can be had."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def found(package: Path, host: str) -> dict[str, Any]:
    """What the library finds, by the names of `ERRORS`, and the number of projects."""
    from libcoveoc4ids.api import oc4ids_json_output
    from libcoveoc4ids.config import LibCoveOC4IDSConfig

    told = {
        "schema_host": host,
        "schema_version": _VERSION,
        "schema_version_choices": {_VERSION: (_VERSION, host)},
        "schema_codelists": {"0.9": f"{host}codelists/"},
    }
    with tempfile.TemporaryDirectory() as folder:
        answer = oc4ids_json_output(folder, str(package), lib_cove_oc4ids_config=LibCoveOC4IDSConfig(told))
    projects = len(json.loads(package.read_text(encoding="utf-8"))["projects"])
    return {"file": package.name, "projects": projects, **{name: answer[name] for name in ERRORS}}


def main(folder: str, *packages: str) -> int:
    with served(Path(folder)) as host:
        answers = [found(Path(package), host) for package in packages]
    for answer in answers:
        sys.stdout.write(json.dumps(answer, default=str) + "\n")
    return int(any(answer[name] for answer in answers for name in ERRORS))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
