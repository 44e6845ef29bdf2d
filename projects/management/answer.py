"""What a command with `--json` says: one JSON value on stdout, whatever end the command comes to."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

from django.core.management.base import BaseCommand, CommandError


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
