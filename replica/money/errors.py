"""What the service answers where it does not answer: a status and the message of its JSON body."""

from __future__ import annotations


class Refused(Exception):
    """An answer that is an error. `status` 400 is babbage's own, 500 an exception that nobody caught."""

    def __init__(self, message: str, status: int = 500) -> None:
        super().__init__(message)
        self.message, self.status = message, status


class BadQuery(Refused):
    """A parameter that babbage itself refuses (400)."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 400)
