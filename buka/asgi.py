"""HTTP and WebSocket in one ASGI application."""

import os

from django.core.asgi import get_asgi_application

from buka.command_line import sentences

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
with sentences():
    http = get_asgi_application()  # loads the applications: the imports below need them

from channels.routing import ProtocolTypeRouter, URLRouter

from buka import connections
from buka.lanes import Lanes
from realtime.doors import raise_open_files
from realtime.origin import SameSiteOrigin
from realtime.routing import websocket_urlpatterns
from realtime.wire import print_no_options

raise_open_files()
connections.guard()
print_no_options()
application = ProtocolTypeRouter(
    {"http": Lanes(http), "websocket": SameSiteOrigin(URLRouter(websocket_urlpatterns))}
)
