"""What several commands share: kinds of arguments, and what a command with `--json` says: one JSON value on
stdout, whatever end it comes to.
"""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from pathlib import Path
from types import TracebackType
from typing import Any

from django.core.management.base import BaseCommand, CommandError


def folder(text: str) -> Path:
    """Blank, as a shell’s variable is that nobody set, does not stand for the folder that somebody is in."""
    if not text.strip():
        raise ArgumentTypeError("no folder is named")
    return Path(text)


def port(text: str) -> int:
    """A TCP port; 0 leaves the choice to the system."""
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= 65535):
        raise ArgumentTypeError(f"“{text[:40]}” is no port, which is a number from 0 to 65535")
    return int(text)


class JsonAnswer:
    """`with JsonAnswer(command, is_json, otherwise) as answer:` one value is said in it, by `answer.say`.

    An error that nobody foresaw goes on as it came, after `otherwise` with its sentence as `error` was said.
    """

    def __init__(self, command: BaseCommand, is_json: bool, otherwise: dict[str, Any]) -> None:
        self._command, self._otherwise, self._waits = command, otherwise, is_json

    def say(self, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False)  # before anything is written: half an answer is none
        self._waits = False
        self._command.stdout.write(text)

    def __enter__(self) -> JsonAnswer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._waits and error is not None and not isinstance(error, SystemExit):
            is_told = isinstance(error, CommandError)
            sentence = str(error) if is_told else f"{type(error).__name__}: {error}"
            self.say({**self._otherwise, "error": sentence})
