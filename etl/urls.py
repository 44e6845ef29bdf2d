"""The way in for programs."""

from django.urls import re_path

from etl.views import SyncTriggerView

urlpatterns = [re_path(r"^api/v1/sync/trigger/?$", SyncTriggerView.as_view(), name="sync-trigger")]
