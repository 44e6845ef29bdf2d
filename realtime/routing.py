"""Where sockets are answered."""

from django.urls import path, re_path

from realtime.consumer import changes, refuse

websocket_urlpatterns = [path("ws/changes/", changes), re_path("", refuse)]
