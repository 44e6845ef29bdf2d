"""The WebSocket of changes:
`/ws/changes/?after=&project=&municipality=&province=&severity=&source=&board=&lang=`.

The server sends `hello`, then what is newer than `after`, oldest first, then each change as it is
committed, in the language of `lang`; `parts` of the page that `board` names, where they changed; `ping`
every 25 seconds; `resync` instead of a replay of more than 2,000 changes or of an `after` that the log has
not reached. The client
may send `{"type": "shown", "id": N}` when it has painted a change that came live (`realtime/delay.py`);
nothing else that it sends is read. A query that cannot be read gets one `{"type": "error", "detail": "…"}`
and the close code 4400. Other codes: 4408 the client has not read for too long, 4413 it sent something big,
4429 its address has too many sockets here, 4500 an error of ours, 4503 the log cannot be read now, or there
are too many sockets in all. After all but 4400, come back with `after=`; after 4429 and 4503, after a while.

A plain ASGI application rather than a Channels consumer: those ask a thread to tidy up database
connections at each message of each socket, which is three fifths of the cost of a delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseFailure

from realtime.client import BAD_QUERY, TOO_BIG, TRY_AGAIN, Client
from realtime.doors import address_of
from realtime.filters import BadQuery, Query, parse
from realtime.frames import encode
from realtime.hub import Hub, hub_of_this_loop
from realtime.wire import Send

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]

MOST_RECEIVED = 4096  # characters of one message


async def changes(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """The ASGI application of one socket."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})  # also who is refused: of a handshake a browser is not told why
    inside, address = hub_of_this_loop().doors, address_of(scope)
    if refusal := inside.enter(address):
        await send({"type": "websocket.close", "code": refusal})
        return
    try:
        await _answer(scope, receive, send)
    finally:
        inside.leave(address)


async def _answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    try:
        query = parse(scope["query_string"])
    except BadQuery as error:
        # The reason goes into a frame as well, because Daphne leaves it out of the close.
        await send({"type": "websocket.send", "text": encode("error", detail=str(error))})
        await send({"type": "websocket.close", "code": BAD_QUERY, "reason": str(error)})
        return
    await _serve(Client(send, query.filters, query.language), query, receive)


async def refuse(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Any other address: the handshake is answered with 403."""
    await receive()
    await send({"type": "websocket.close"})


async def _serve(client: Client, query: Query, receive: Receive) -> None:
    hub = hub_of_this_loop()
    try:
        await hub.join(client)
        await client.greet(query.after, await hub.head(query.after))
        if query.board is not None:
            hub.boards.enter(client, query.board, query.board_at)
        await _converse(client, hub, receive)
    except (DatabaseFailure, TimeoutError) as error:
        logger.error("A socket was sent away, the log cannot be read: %s", error)
        await client.close(TRY_AGAIN)
    finally:
        hub.leave(client)
        if query.board is not None:
            hub.boards.leave(client, query.board)


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
