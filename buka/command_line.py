"""What `manage.py` and the web process say where a setting, the database or a disk forbids them to work.

None of that is a fault of the program, so none is told as one: a sentence, and no traceback, whichever
command it is and wherever in it that was met. `--traceback` shows the place, as for Django's own errors.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseProblem

_INTERRUPTED = 130  # as a shell has it of a program that Ctrl-C ended


def run(arguments: list[str], execute: Callable[[list[str]], None]) -> None:
    """Run a command; it ends with 1 and a sentence where it could not work, or with what it says itself."""
    if "--traceback" in arguments:
        execute(arguments)
        return
    with sentences():
        execute(arguments)


@contextmanager
def sentences() -> Iterator[None]:
    """Raises SystemExit, which says the sentence, in place of what cannot be helped by the program."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        raise
    except ImproperlyConfigured as error:
        sys.exit(f"A setting cannot be used: {_told(error)}")
    except (DatabaseProblem, sqlite3.Error) as error:
        sys.exit(f"The database could not be used: {_told(error)}")
    except OSError as error:
        sys.exit(f"This machine refused: {_told(error)}")


def _told(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
