"""Where sockets are answered."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
