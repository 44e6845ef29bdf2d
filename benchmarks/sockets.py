"""Many WebSocket clients in one process, as cheap as they can be: they count frames and read no JSON."""

from __future__ import annotations

import asyncio
import base64
import os

CHANGE = b'"type":"change"'
_PING, _PONG = 0x9, 0xA
PARTS = b'"type":"parts"'


class Socket(asyncio.Protocol):
    """One client. `changes` counts the change frames, `greeted` says that the first frame has come."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._buffer = bytearray()
        self._open = False
        self.greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._crowd.transports.append(transport)
        key = base64.b64encode(os.urandom(16)).decode()
        host = f"127.0.0.1:{self._crowd.port}"
        transport.write(
            f"GET /ws/changes/{self._crowd.query} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._buffer, self._open = bytearray(rest), True
        while (frame := self._frame()) is not None:
            self._heard(frame)

    def _frame(self) -> bytes | None:
        """The payload of the next frame, None when it has not wholly come. Servers do not mask."""
        if len(self._buffer) < 2:
            return None
        start, size = 2, self._buffer[1]
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(self._buffer[2:start], "big")
        if len(self._buffer) < start + size:
            return None
        payload, kind = bytes(self._buffer[start : start + size]), self._buffer[0] & 0x0F
        del self._buffer[: start + size]
        if kind == _PING:
            self._answer(payload)
            return b""
        return payload

    def _answer(self, payload: bytes) -> None:
        """A pong, which a client masks (here with zeros): without it a server lets the socket go."""
        self._transport.write(bytes((0x80 | _PONG, 0x80 | len(payload), 0, 0, 0, 0)) + payload)

    def _heard(self, frame: bytes) -> None:
        if not frame:
            return
        if not self.greeted:
            self.greeted = True
            self._crowd.greeted += 1
        elif PARTS in frame[:40]:
            self._crowd.parts += 1
        elif CHANGE in frame[:40].replace(b" ", b""):
            self._crowd.received += 1
            self._crowd.bytes += len(frame)
        self._crowd.stirred.set()


class Crowd:
    """`count` sockets on one server, with the same query."""

    def __init__(self, port: int, count: int, query: str = "") -> None:
        self.port, self.count, self.query = port, count, query
        self.greeted = self.received = self.bytes = self.parts = 0
        self.transports: list[asyncio.Transport] = []
        self.stirred = asyncio.Event()

    async def connect(self, at_once: int = 50) -> None:
        """So many at a time, each lot once the one before is greeted."""
        loop = asyncio.get_running_loop()
        for start in range(0, self.count, at_once):
            some = range(start, min(start + at_once, self.count))
            await asyncio.gather(
                *(loop.create_connection(lambda: Socket(self), "127.0.0.1", self.port) for _ in some)
            )
            await self.until(lambda: self.greeted >= len(self.transports), seconds=120)

    async def until(self, condition, seconds: float = 30) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self.stirred.clear()
                await self.stirred.wait()

    def close(self) -> None:
        for transport in self.transports:
            transport.abort()
