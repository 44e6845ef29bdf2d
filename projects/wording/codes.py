"""What the codes of the log, of its runs and of what readers ask for are called on the pages. Pure."""

from __future__ import annotations

from projects.languages import Words

# {kind of code: {code: words}}; a code without words stands as it is.
WORDS: dict[str, Words] = {
    "cause": Words({
        "source": "the source published it",
        "parser": "read better than before",
        "steward": "by a steward",
        "merge": "two entries joined",
        "correction": "corrected by the source",
    }),
    "state": Words({
        "queued": "waiting",
        "running": "being read",
        "succeeded": "read",
        "unchanged": "read, unchanged",
        "failed": "failed",
        "quarantined": "held",
        "superseded": "overtaken",
        "rejected": "rejected",
        "abandoned": "broken off",
    }),
    "trigger": Words({
        "schedule": "started by the clock",
        "command": "started from a terminal",
        "api": "started through the API",
        "admin": "started by a steward",
        "startup": "started with the site",
    }),
    "change_type": Words({
        code: code.capitalize()
        for code in (
            "created updated missing withdrawn returned merged split opened closed replied".split()
        )
    }),
    "kind": Words({
        code: code for code in "new missing withdrawn returned merged split opened open closed answer".split()
    }),
    "presence": Words({code: code for code in ("present", "missing", "withdrawn")}),
    "severity": Words({code: code for code in ("info", "minor", "major")}),
    "category": Words({
        "A": "metropolitan municipality", "B": "local municipality", "C": "district municipality",
    }),
    "area": Words({
        "loaded": "Loaded", "held": "Held", "incomplete": "Incomplete", "rejected": "Rejected",
    }),
    "report": Words({
        "accepted": "accepted", "answered": "answered", "declined": "declined",
        "withdrawn": "withdrawn by who sent it",
    }),
    "rhythm": Words({"at_once": "at once", "daily": "once a day", "weekly": "once a week"}),
    "ending": Words({
        "stopped": "stopped by whoever asked for it",
        "refused": "the mail server refuses the address for good",
        "dead": "the webhook failed for days",
        "unconfirmed": "the webhook did not confirm that it wants this",
    }),
}  # fmt: skip
