from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from projects.changelog import log_grew
        from projects.heads import daily_publisher

        log_grew.connect(daily_publisher.on_log_grew, dispatch_uid="heads of the days")
