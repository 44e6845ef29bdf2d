"""What an alert says to a person: what is wrong and since when, where, what is kept safe, what to do."""

from __future__ import annotations

import re
import socket
from datetime import datetime

from django.conf import settings

from projects.declared import declaration
from projects.models import Alert, AlertMessage
from projects.processes import command_line
from projects.wording.figures import moment

_SUBJECT = 200
_SUBJECTS = {
    AlertMessage.Step.STARTED: "Buka Amanzi: {}",
    AlertMessage.Step.REMINDER: "Buka Amanzi, still: {}",
    AlertMessage.Step.ENDED: "Buka Amanzi, over: {}",
}
_KEPT = "Nothing that was read is lost: the pages go on showing the last good reading, with its date."

# What is safe, and what to do, by the first part of the alert's key; {source} and {command} are its second.
_ADVICE = {
    "stale": (
        _KEPT,
        "See its runs at /sources/{source}/. If none begins, look after the worker; if they fail, each says"
        " why. `manage.py {command}` reads it now.",
    ),
    "broken": (
        f"{_KEPT} The clock goes on trying, less and less often; the other sources are read as ever.",
        "Open the source in a browser: is it down, or does it look different? /sources/{source}/ has the"
        " error of each run. `manage.py {command}` tries now, whatever the clock does.",
    ),
    "held": (
        "Nothing of the held reading was loaded: the pages show the reading before it.",
        "Compare the two at /sources/{source}/, then release or reject the run at /admin/projects/syncrun/.",
    ),
    "worker": (
        "Nothing is lost: what was asked for stays in the queue. Until a worker works, no source is read.",
        "If no cluster runs, start one (`manage.py qcluster`). One that hangs on the host of the health loop"
        " is ended by it and begins anew by itself; one on another host cannot stop by itself: kill it there,"
        " and start it again. docs/health.md says why it hangs.",
    ),
    "queue": (
        "Nothing is lost: the tasks stay in the queue.",
        "Look whether the worker shows life (`manage.py health`) and which runs are going on at /sources/.",
    ),
    "clock": (
        "Nothing is lost, but a source that the clock does not read gets no newer.",
        "Run `manage.py schedules`; it is safe to run again.",
    ),
    "hubs": (
        "The log has every change, and pages that are loaded again show all; open pages are behind.",
        "Restart the web process that is named; its open pages come back by themselves.",
    ),
    "outbox": (
        "Nothing is lost: what readers are to be told stays in the outbox, and goes out in order.",
        "Does the mail server answer (EMAIL_HOST)? /admin/projects/deliveryhost/ names the hosts that fail,"
        " and /admin/projects/outboxmessage/ what each message met. `manage.py alerts` sends what is due.",
    ),
    "downloads": (
        "Record and log are whole, and so are the files of the last making; they are of an older day.",
        "See what `manage.py make_downloads` says: is the disk full? Does a worker run (`manage.py health`)?",
    ),
    "redis": (
        "Nothing is lost: the log in the database is the truth. Open pages hear of changes 2 seconds later.",
        "Start the Redis-protocol server again, or look after the network between it and us.",
    ),
    "database": (
        "Nothing is half loaded: a run that was interrupted wrote nothing. Pages and API cannot answer.",
        "Start the database server again, or look after its disk and the network between it and us.",
    ),
    "standby": (
        "Nothing is lost: public reads go to the primary while the standby is away or behind.",
        "Look after replication: is the standby's server running and connected to the primary? See its log.",
    ),
    "disk": (
        "What was written is safe. What comes next may not be: archive, and database if it is there. What"
        " cannot be kept is not read.",
        "Is it full: make room; `manage.py prune_snapshots` makes the archive smaller. Is it read-only: the"
        " system has seen errors of the disk, or it was mounted so. Look at its log, check the disk, mount it"
        " for writing; room is not what is missing.",
    ),
    "archive": (
        "The record and the log are whole. What is lost is the proof of what the named pages said.",
        "Restore the named files from a backup. A page that its source still shows byte for byte is kept"
        " again by the next poll. `manage.py verify_log --archive` names each; what is lost for good is"
        " accepted as such at /admin/projects/snapshot/, and is no alert any more.",
    ),
    "health": (
        "Nothing is lost, but nobody is told of what goes wrong.",
        "Start the loop again: `manage.py health --watch`.",
    ),
}
_COMMAND = re.compile(r"`manage\.py (?P<words>[^`]+)`")  # said here in short
_OTHERWISE = ("", "Look at `manage.py health`.")


def words(alert: Alert, step: str) -> tuple[str, str]:
    """Subject and body of a message; the subject is one line of at most 200 characters."""
    subject = _SUBJECTS[AlertMessage.Step(step)].format(alert.sentence)
    lines = [alert.sentence, "", f"Since {moment(alert.started_at)}."]
    if alert.ended_at:
        lines.append(
            f"Over at {moment(alert.ended_at)}. It lasted {_span(alert.started_at, alert.ended_at)}."
        )
    else:
        lines += ["", *_advice(alert.key)]
    lines += ["", f"From {socket.gethostname()}, data in {settings.VAR_DIR}."]
    lines += ["/sources/ shows how each source is doing; `manage.py health` looks at every part."]
    body = _COMMAND.sub(lambda found: f"`{command_line(found['words'])}`", "\n".join(lines))
    return " ".join(subject.split())[:_SUBJECT], body + "\n"


def _advice(key: str) -> list[str]:
    kind, _, source = key.partition(":")
    safe, todo = _ADVICE.get(kind, _OTHERWISE)
    todo = todo.format(source=source, command=declaration(source).by_hand)
    return [*([safe, ""] if safe else []), f"What to do: {todo}"]


def _span(start: datetime, end: datetime) -> str:
    minutes = round((end - start).total_seconds() / 60)
    if minutes < 120:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"


__all__ = ["words"]
