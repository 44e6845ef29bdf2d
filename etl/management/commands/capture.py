"""`manage.py capture TO.warc.gz`: record a polite visit to a source, for somebody who cannot reach it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from requests import RequestException

from etl.compare.survey import Survey
from etl.exceptions import EtlError
from etl.fetch.fetcher import FetchPolicy
from etl.fetch.recorder import Recorder
from etl.management.sync import Bar
from etl.project_source import ProjectSource
from etl.scheduler import DataScheduler
from etl.sources import source_of, sources
from projects.models import SyncRun

_IN_PART = 5


class Command(BaseCommand):
    help = (
        "Record a visit to the source as WARC; no project is read into the database."
        " Exit: 0 whole, 5 some pages could not be had, 1 it did not get to its end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", metavar="TO.warc.gz", type=Path)
        own = [source.name for source in sources() if issubclass(source.monitor, ProjectSource)]
        parser.add_argument("--source", choices=own, default=own[0], help="what is visited")

    def handle(self, *args: Any, **options: Any) -> None:
        to, source = options["to"], options["source"]
        if not to.name.endswith((".warc.gz", ".warc")):
            raise CommandError(f"{to.name} should be called something.warc.gz. Nothing was recorded.")
        recorder = _recorder(to, source)
        run, survey = self._visit(recorder, source)
        recorder.finish()
        for note in [*run.notes, *survey.notes]:
            self.stderr.write(note)
        megabytes = to.stat().st_size / 1e6
        self.stdout.write(
            f"{to}: {recorder.answers} answers, {megabytes:.1f} MB, {len(survey.observations)} pages,"
            f" {survey.seen} projects seen. Hand on this one file."
        )
        if not survey.whole:
            self.stderr.write("Not everything could be had (see above); what was had is in the file.")
            sys.exit(_IN_PART)

    def _visit(self, recorder: Recorder, source: str) -> tuple[SyncRun, Survey]:
        """The visit. Raises CommandError where it did not get to its end; what was recorded is kept."""
        bar = Bar(source, shown=sys.stderr.isatty())
        try:
            return DataScheduler().visit(source, recorder, bar.show)
        except DatabaseError as error:
            why = f"the database cannot be used: {error}. Is it there (manage.py migrate)?"
        except EtlError as problem:
            why = str(problem)
        except KeyboardInterrupt:
            why = "interrupted."
        except OSError as error:
            if isinstance(error, RequestException):  # they count as such, and are none of the disk's
                raise
            why = f"{recorder.part} cannot be written: {error.strerror or error}."
        finally:
            bar.close()
        kept = f" Until then {recorder.answers} answers were recorded: {recorder.part} can be read."
        raise CommandError(f"The capture did not get to its end: {why}{kept if recorder.leave() else ''}")


def _recorder(to: Path, source: str) -> Recorder:
    """A new file. Raises CommandError."""
    policy, entry = FetchPolicy.of_settings(), source_of(source).entry
    info = {
        "software": "Buka Amanzi (manage.py capture)",
        "isPartOf": source,
        "description": f"A visit to {entry}; cookies are left out, bodies are kept unpacked",
        "http-header-user-agent": policy.user_agent,
    }
    try:
        return Recorder(to, info)
    except FileExistsError as error:
        raise CommandError(
            f"{error.filename} is there already: nothing is overwritten. Take it away, or name another file."
        ) from error
    except OSError as error:
        why = error.strerror or error
        raise CommandError(f"{to} cannot be written: {why}. Nothing was recorded.") from error
