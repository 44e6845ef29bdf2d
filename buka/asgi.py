"""HTTP and WebSocket in one ASGI application."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buka.settings")
http = get_asgi_application()  # loads the applications: the imports below need them

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from buka import connections  # noqa: E402
from buka.lanes import Lanes  # noqa: E402
from realtime.doors import raise_open_files  # noqa: E402
from realtime.origin import SameSiteOrigin  # noqa: E402
from realtime.routing import websocket_urlpatterns  # noqa: E402
from realtime.wire import print_no_options  # noqa: E402

raise_open_files()
connections.guard()
print_no_options()
application = ProtocolTypeRouter(
    {"http": Lanes(http), "websocket": SameSiteOrigin(URLRouter(websocket_urlpatterns))}
)
