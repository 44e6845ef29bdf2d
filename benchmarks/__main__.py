"""All benchmarks one after another, each in a process of its own; then which of them met their goals.

`python -m benchmarks [--postgres CHANGES] [NAME …]`: some of them (`log`, `load`), the long log of PostgreSQL
with so many changes. Exit code 1 where a goal is missed or a benchmark broke: each prints its goals beside
what it found. Peers take turns inside a benchmark; nothing of ours runs beside it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = sorted(file.stem.removeprefix("bench_") for file in HERE.glob("bench_*.py"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--postgres", help="changes of the long log on PostgreSQL (bench_log)")
    options = parser.parse_args()
    told = []
    for name in options.names or NAMES:
        more = ["--postgres", options.postgres] if name == "log" and options.postgres else []
        sys.stdout.write(f"\n== {name} ==\n")
        sys.stdout.flush()
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", f"benchmarks.bench_{name}", *more], cwd=HERE.parent)
        told.append((name, time.monotonic() - began, done.returncode))
    sys.stdout.write(f"\n== in all (load of the machine at the end: {os.getloadavg()[0]:.1f}) ==\n")
    for name, seconds, code in told:
        sys.stdout.write(f"{name:10}{seconds:6.0f} s   {'met' if not code else f'NOT MET ({code})'}\n")
    return int(any(code for _, _, code in told))


if __name__ == "__main__":
    sys.exit(main())
