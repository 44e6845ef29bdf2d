from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from projects.log.heads import daily_publisher
        from projects.log.writer import log_grew

        log_grew.connect(daily_publisher.on_log_grew, dispatch_uid="heads of the days")
