"""The bytes of a text message, made once for all sockets, and the short way to a socket for them.

Daphne's way takes a message through five layers, which frame it anew for each socket. What is written here
goes to the socket at once, as far as it takes it; the rest waits in Twisted's buffer, whose length says how
far behind a client is. Where a connection is not what we know (TLS in the process, compression, another
server), messages go the usual way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

_TEXT = 0x81  # a whole message of text


def print_no_options() -> None:
    """Autobahn spells out all options of each connection for a line of a debug log, whether or not there is
    one, and colours the names in it: half of what a connection costs. The lines are given the things
    themselves."""
    from autobahn.websocket import protocol

    names: Any = protocol
    names.pformat = names.hltype = names.hlval = lambda thing: thing


def framed(text: str) -> bytes:
    """The message as a server sends it: not masked, in one frame (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((_TEXT, size)) + payload
    if size < 1 << 16:
        return bytes((_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_TEXT, 127)) + size.to_bytes(8, "big") + payload


class Wire:
    """One socket's own connection, where it is one of Daphne's; `send` is bound to its protocol."""

    def __init__(self, send: Send) -> None:
        self._protocol: Any = next(iter(getattr(send, "args", ())), None)
        self._transport: Any = getattr(self._protocol, "transport", None)
        self.is_known = hasattr(self._transport, "_tempDataLen") and hasattr(self._transport, "writeSomeData")

    def backlog(self) -> int:
        """How many bytes are held for this socket because the client has not read them. Elsewhere 0: other
        servers make `send` itself wait."""
        transport = self._transport
        if not self.is_known:
            return 0
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def write(self, frames: bytes) -> bool:
        """Send whole frames; False, and nothing is sent, where this connection cannot take them like that."""
        protocol, transport = self._protocol, self._transport
        if not self.is_known or protocol.send_queue or protocol._perMessageCompress is not None:
            return False
        if protocol.state != protocol.STATE_OPEN or not transport.connected or transport.disconnecting:
            return True  # it is closing: what would be sent is nobody's any more
        if self.backlog():
            transport.write(frames)
            return True
        taken = transport.writeSomeData(frames)
        if not isinstance(taken, int):
            taken = 0  # the connection is lost, as the reactor learns when it writes
        if taken < len(frames):
            transport.write(frames[taken:])
        return True
