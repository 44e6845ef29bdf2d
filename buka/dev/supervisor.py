"""`python -m buka.dev.supervisor demo|run|exec`: the whole system on one machine, and its end.

* `demo`: the replica sites as sources; everything is marked demo data
* `run`: the real sources
* `exec -- COMMAND …`: a throw-away PostgreSQL and Redis-protocol server around one command (the tests)
"""

from __future__ import annotations

import os
import signal
import sys

from buka.dev import embedded, local
from buka.dev.parts import PartFailed, Signals, Stopped, say
from buka.dev.processes import Nursery

_REFUSALS = (local.CannotStart, PartFailed, embedded.ServerMissing, embedded.ServerFailed)


def main(arguments: list[str]) -> int:
    """Exit code 0 after an orderly stop, 1 with one sentence on stderr, or that of the command."""
    match arguments:
        case ["demo" | "run" as mode]:
            act = lambda: live(mode)  # noqa: E731
        case ["exec", "--", _, *_]:
            act = lambda: around(arguments[2:])  # noqa: E731
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    try:
        return act()
    except _REFUSALS as refusal:
        sys.stderr.write(f"\n{refusal}\n")
        return 1


def live(mode: str) -> int:
    """Start the parts in their order, keep them running, stop them in the reverse order."""
    signals = Signals()
    plan = local.Plan.from_environment(mode)
    with local.only_one(plan.folder), Nursery() as nursery:
        system = local.System(plan, nursery, signals)
        signals.on_second(system.kill)
        try:
            system.start()
            say(system.banner())
            system.keep_running()
        except Stopped:
            say("\nStopping …")
        finally:
            system.stop()
    say("Everything is stopped.")
    return 0


def around(command: list[str]) -> int:
    """Run `command` with servers of its own; its exit code is ours."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave_it_to_the_command)
    with Nursery() as nursery:
        env = servers_environment(nursery)
        try:
            process = nursery.foreground(command, env)
        except FileNotFoundError:
            sys.stderr.write(f"{command[0]}: there is no such command.\n")
            return 127
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        code = process.wait()
    return code if code >= 0 else 128 - code


def _leave_it_to_the_command(_number: int, _frame: object) -> None:
    """Ctrl-C reaches the command too, which is on the same terminal. Ignoring it would be inherited."""


def servers_environment(nursery: Nursery) -> dict[str, str]:
    """Our environment with `TEST_DATABASE_URL`, `TEST_REDIS_URL` (also `REDIS_URL`), a fresh `VAR_DIR`."""
    env = dict(os.environ)
    if not env.get("TEST_REDIS_URL"):
        folder = nursery.folder()
        embedded.start_redis(nursery, folder)
        env["TEST_REDIS_URL"] = embedded.redis_url(folder)
    if not env.get("TEST_DATABASE_URL"):
        env["TEST_DATABASE_URL"] = embedded.start_postgres(nursery)[1]
    env["REDIS_URL"] = env["TEST_REDIS_URL"]
    env["VAR_DIR"] = str(nursery.folder())
    return env


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
