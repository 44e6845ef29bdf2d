"""The other baseline of `bench_fanout`: a hub on uvicorn that does nothing but hand texts to all sockets.

`POST /` with a JSON list of texts sends each of them to each socket, one after the other. It reads no log,
knows no filter, no address, no origin and no slow client: what is left is what a delivery costs at least.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

_sends: set[Any] = set()
HELLO = json.dumps({"type": "hello", "last_id": 0})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await _keep(receive, send)
    elif scope["type"] == "http":
        await _publish(receive, send)


async def _keep(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": HELLO})
    _sends.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        _sends.discard(send)


async def _publish(receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
    for text in json.loads(body):
        message = {"type": "websocket.send", "text": text}
        for number, each in enumerate(tuple(_sends), start=1):
            await each(message)
            if number % 100 == 0:
                await asyncio.sleep(0)
