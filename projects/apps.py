from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _keep_triggers(using: str, **_: Any) -> None:
    """A migration that has SQLite make the log's table anew takes its triggers away."""
    from django.db import connections

    from projects.log import index

    connection = connections[using]
    # Between two migrations of old there is no index yet.
    if set(connection.introspection.table_names()) >= index.TABLES and not index.is_installed(connection):
        index.install(connection)


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from projects.flags.keeping import on_migrated
        from projects.log.heads import daily_publisher
        from projects.log.writer import log_grew
        from projects.stewards import roles
        from projects.stewards.desk import dress
        from projects.subscriptions.worker import on_log_grew

        dress()  # what other apps' `admin` registered: all of them are read by now
        post_migrate.connect(_keep_triggers, sender=self, dispatch_uid="triggers of the log")
        log_grew.connect(daily_publisher.on_log_grew, dispatch_uid="heads of the days")
        log_grew.connect(on_log_grew, dispatch_uid="alerts")
        post_migrate.connect(roles.keep, sender=self, dispatch_uid="roles of the desk")
        post_migrate.connect(on_migrated, sender=self, dispatch_uid="flags after an upgrade")
