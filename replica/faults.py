"""Ways to go wrong, by name. `FAULTS` says in one line each what a broken site does.

Those of the wire (a firewall, a bad line, an overloaded server) change a finished answer: `wire.py`. Those
of the data are lies that the pages tell while they are written: `lies.py`. Neither touches the facts or the
ledger. Only `self_edit` does, because there the site really changes; its one edit is in the ledger.

All of them strike the dashboard; those of the wire can strike the Municipal Money API instead, which has
faults of its own beside: `money/lies.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DATA_FAULTS = {
    "drop_rows": "every fourth project is absent from all lists; pagers and municipality lines agree",
    "drop_rows_counted": "every fourth project is absent from all lists; municipality lines still count it",
    "drop_rows_few": "one row is absent wherever it is listed; pagers and municipality lines count it",
    "drop_pages": "asking for page 2 or later gives an error (`error` key in a callback, 500 to a postback)",
    "drop_pages_empty": "asking for page 2 or later gives an empty list",
    "lie_pager": "each pager counts one page of rows more than there is (the last page comes again)",
    "lie_pager_less": "each pager counts one page of rows less; of a one-page list it counts one row less",
    "totals_off": "each municipality line that has projects counts two more than its list shows",
    "blank_column": "one column (Budget) is blank in every row and on every project's page",
    "rename_column": "one column (Budget) has an unknown name everywhere: caption, script, project's page",
    "rename_caption": "one column (Budget) has an unknown caption in lists; script and own page keep it",
    "shuffle": "lines, columns, fields, and the rows of each page come in another order in every answer",
    "shuffle_pages": "like shuffle, but rows change pages too: some are shown twice, some never",
    "switch_layout": "the struck answers have another layout (`layout=`; else table, or grid for table)",
    "self_edit": "the site is edited while it is read: one project moves (a fact, in the ledger)",
}
WIRE_FAULTS = {
    "none": "nothing goes wrong",
    "status404": "404 for every page",
    "status429": "429 with Retry-After in seconds",
    "status429_date": "429 with Retry-After as an HTTP date",
    "status500": "the yellow error page of ASP.NET, status 500",
    "status503": "503 with Retry-After in seconds",
    "retry_date": "503 with Retry-After as an HTTP date",
    "soft_error": "the yellow error page of ASP.NET, status 200",
    "aspxerrorpath": "a redirect to an error page (`?aspxerrorpath=…`) that has status 200",
    "waf200": "a firewall's page instead of the site's, status 200",
    "waf403": "a firewall's page instead of the site's, status 403",
    "login": "a login form instead of the page, status 200",
    "login_redirect": "a redirect to a login form, status 302",
    "empty": "an empty body, status 200",
    "truncate": "half a page that looks like a whole one: its Content-Length is right",
    "cut": "the line breaks in the middle of the body",
    "huge": "a body without end (some 60 MB)",
    "slow": "the body drips in, over `seconds`",
    "redirect_off": "a redirect to another host",
    "session_expire": "all sessions are forgotten after the struck answer; the next callback times out",
    "wrong_charset": "Windows-1252 bytes that are announced as UTF-8",
}
FAULTS = WIRE_FAULTS | DATA_FAULTS


@dataclass
class Fault:
    """The fault that is on: it starts after `after` more answers and strikes `times` of them (0: always)."""

    name: str = "none"
    after: int = 0
    times: int = 0
    seconds: float = 30.0  # of `slow`
    retry_after: int = 2  # seconds, of 429 and 503
    attribute: str = "budget"  # of blank_column, rename_column, rename_caption
    layout: str = ""  # of switch_layout
    where: str = "pmd"  # whose answers: pmd or api
    struck: int = field(default=0)

    def strikes(self) -> bool:
        """Count one answer; is it hit?"""
        if self.name == "none" or (self.times and self.struck >= self.times):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.struck += 1
        return True


NO_FAULT = Fault()
