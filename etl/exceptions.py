"""What can go wrong on the way from a source to the record: one named failure each."""

from __future__ import annotations


class EtlError(Exception):
    """Any failure of a run that has a sentence for a person; the last good data are untouched."""

    run_id: int | None = None  # the run that it ended, where there is one


class FetchFailed(EtlError):
    """A page could not be had: the network, the server or the answer's status says no."""


class NotCaptured(FetchFailed):
    """A page could not be had from a capture that is read in place of the site: it was not recorded."""


class BadCapture(EtlError):
    """A file cannot be read as a capture; nothing of it is used."""


class PageChanged(EtlError):
    """A page was had, but it is not what it used to be, so nothing can be read from it safely."""


class EvidenceDamaged(PageChanged):
    """A page that was had before cannot be read again: its kept bytes are gone, or are not those any more."""

    def __init__(self, key: str, sha256: str, what: str) -> None:
        super().__init__(f"The kept bytes of {key} {what}.")
        self.key, self.sha256, self.what = key, sha256, what


class NotKept(EtlError):
    """A page's bytes cannot be kept; what is not kept is not read."""


class ArchiveAway(EtlError):
    """The archive does not answer: nothing can be said of what it keeps, and nothing can be kept."""


class PageTooCostly(PageChanged):
    """A page was had, and reading it took more time or memory than a page may take."""


class SessionExpired(PageChanged):
    """The server has forgotten our session: the same page can be had again, in a new one."""


class Stopped(EtlError):
    """Somebody asked the run to stop; it ended between two pages and loaded nothing."""


class InvalidRecord(EtlError):
    """One record cannot be used (no identity); it is counted and left out, the others go on."""


class RunInProgress(EtlError):
    """Another run of the same source holds the lease; `run_id` names it."""

    def __init__(self, message: str, run_id: int) -> None:
        super().__init__(message)
        self.run_id = run_id


class DemoMismatch(EtlError):
    """Replica pages met a database of real data, or the reverse; the two are never mixed."""


class LeaseLost(EtlError):
    """This run was declared abandoned by another; it must not write any more."""


class CannotDecide(EtlError):
    """A steward's decision does not fit the run: it is not held, not the newest, or names no municipality."""


class NeedsConfirmation(CannotDecide):
    """A steward's decision changes how projects are known, and is to be confirmed. `effect`: what it does, in
    sentences; `token`: says yes to just that."""

    def __init__(self, effect: list[str], token: str) -> None:
        super().__init__(" ".join(effect))
        self.effect, self.token = effect, token
