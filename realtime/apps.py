from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from projects.log.writer import log_grew
        from realtime.notifier import notification_manager

        log_grew.connect(notification_manager.on_log_grew, dispatch_uid="realtime.bell")
