"""The WebSocket of changes: `/ws/changes/?after=&project=&municipality=&province=&severity=`.

The server sends `hello`, then what is newer than `after`, oldest first, then each change as it is
committed; `ping` every 25 seconds; `resync` instead of a replay of more than 2,000 changes or of an
`after` that the log has not reached. The client may send `{"type": "shown", "id": N}` when it has painted
a change that came live (`realtime/delay.py`); nothing else that it sends is read. A query that cannot be
read gets one `{"type": "error", "detail": "…"}` and the close code 4400. Other codes: 4408 the client has
not read for too long, 4413 it sent something big, 4500 an error of ours, 4503 the log cannot be read now.
After all but 4400, come back with `after=`.

A plain ASGI application rather than a Channels consumer: those ask a thread to tidy up database
connections at each message of each socket, which is three fifths of the cost of a delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseFailure

from realtime.client import BAD_QUERY, TOO_BIG, TRY_AGAIN, Client, Send
from realtime.filters import BadQuery, Query, parse
from realtime.frames import encode
from realtime.hub import Hub, hub_of_this_loop

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]

MOST_RECEIVED = 4096  # characters of one message


async def changes(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application of one socket."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    try:
        query = parse(scope["query_string"])
    except BadQuery as error:
        # Refused after it was accepted: a browser is not told why a handshake failed. The reason goes
        # into a frame as well, because Daphne leaves it out of the close.
        await send({"type": "websocket.send", "text": encode("error", detail=str(error))})
        await send({"type": "websocket.close", "code": BAD_QUERY, "reason": str(error)})
        return
    await _serve(Client(send, query.filters), query, receive)


async def refuse(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Any other address: the handshake is answered with 403."""
    await receive()
    await send({"type": "websocket.close"})


async def _serve(client: Client, query: Query, receive: Receive) -> None:
    hub = hub_of_this_loop()
    try:
        await hub.join(client)
        await client.greet(query.after, max(hub.cursor, await hub.log.head()))
        await _converse(client, hub, receive)
    except (DatabaseFailure, TimeoutError) as error:
        logger.error("A socket was sent away, the log cannot be read: %s", error)
        await client.close(TRY_AGAIN)
    finally:
        hub.leave(client)


async def _converse(client: Client, hub: Hub, receive: Receive) -> None:
    """Until the client goes. A failure of the following ends the group, and Daphne closes with 1011."""
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(client.follow(hub))
        while (message := await receive())["type"] != "websocket.disconnect":
            if len(message.get("text") or message.get("bytes") or "") > MOST_RECEIVED:
                await client.close(TOO_BIG)
            else:
                client.hear(message.get("text"), hub)
        following.cancel()
