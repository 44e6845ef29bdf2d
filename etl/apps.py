from collections import deque
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created

from projects.declared import declared

_KEPT_STATEMENTS = 50


class EtlConfig(AppConfig):
    name = "etl"

    def ready(self) -> None:
        import_module("etl.sources")  # which declares them: alerts, admin and pages read it
        for source in declared():
            _ = source.interval  # an error at start, rather than at the first poll
        connection_created.connect(_forget_statements)


def _forget_statements(connection: Any, **_named: Any) -> None:
    """With DEBUG Django keeps the text of 9,000 statements; those of a load are megabytes each."""
    if settings.DEBUG:
        connection.queries_log = deque(connection.queries_log, maxlen=_KEPT_STATEMENTS)
