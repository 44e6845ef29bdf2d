"""A worker for the soak test: polls once for each line on its standard input, and says how it went.

The work is done by a child, whose pid is said first. When it is killed that is said (`killed`), and the next
begins at once: it is forked from what Django's start has made, which takes longer than a poll.
"""

from __future__ import annotations

import json
import os
import sys

import django
from django.conf import settings

django.setup()

from django.db import connection  # noqa: E402

from etl.exceptions import EtlError, RunInProgress  # noqa: E402
from etl.scheduler import DataScheduler  # noqa: E402
from projects.declared import declared  # noqa: E402
from projects.models import SyncRun  # noqa: E402


def main() -> None:
    list(declared())  # what a poll imports is there before the first child
    while True:
        child = os.fork()
        if not child:
            say(os.getpid())
            work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))
        say("killed")


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def work() -> None:
    settings.FETCH_BACKOFF_SECONDS = 0
    for line in sys.stdin:
        settings.DWS_URL = json.loads(line)["url"]
        try:
            run = DataScheduler().run_now("dws", "command")
        except RunInProgress as busy:
            answer = {"state": "busy", "error": str(busy)}
        except EtlError as problem:
            answer = {"state": SyncRun.objects.latest("id").state, "error": str(problem)}
        else:
            answer = {"state": str(run.state), "complete": run.complete, "changes": run.change_count}
        connection.close()
        say(json.dumps(answer))


if __name__ == "__main__":
    main()
