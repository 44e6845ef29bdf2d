"""A worker for the soak test: polls once for each line on its standard input, and says how it went."""

from __future__ import annotations

import json
import sys

import django
from django.conf import settings

django.setup()

from django.db import connection  # noqa: E402

from etl.exceptions import EtlError, RunInProgress  # noqa: E402
from etl.scheduler import DataScheduler  # noqa: E402
from projects.models import SyncRun  # noqa: E402


def main() -> None:
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
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
