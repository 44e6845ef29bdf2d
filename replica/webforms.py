"""What ASP.NET keeps between two requests: sessions, the sealed hidden fields, the sealed links.

The real site encrypts these; nobody outside can make one up or read it. Here they are sealed with a key
from the seed, so that links survive a restart of the replica. The order of the parts is made up
[inference]; only the outside (base64, differing on every answer, 64 characters for `enc=`) is known.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import string
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

NONCE = MAC = 16
ENC_PAYLOAD = 16
MAX_SESSIONS = 10_000


class Target(NamedTuple):
    """One page of the site: kind is landing, level, province, municipality, projects, project or plain."""

    kind: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


_ENC_KINDS = {"province": "R", "municipality": "M", "project": "P"}
_ENC_NAMES = {letter: kind for kind, letter in _ENC_KINDS.items()}


class Refused(ValueError):
    """A field that came back is missing, was not made here, or belongs to another page or session."""


class Seal:
    """Encrypts and signs small payloads; `open` gives back only what `close` made with the same purpose."""

    def __init__(self, seed: int) -> None:
        self._key = hashlib.sha256(f"Buka Amanzi replica {seed}".encode()).digest()

    def close(self, purpose: str, payload: bytes, nonce: bytes) -> bytes:
        body = self._cover(purpose, payload, nonce)
        return nonce + body + self._sign(purpose, nonce + body)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        signed, mac = sealed[:-MAC], sealed[-MAC:]
        if len(sealed) <= NONCE + MAC or not hmac.compare_digest(mac, self._sign(purpose, signed)):
            raise Refused(purpose)
        return self._cover(purpose, signed[NONCE:], signed[:NONCE])

    def _cover(self, purpose: str, payload: bytes, nonce: bytes) -> bytes:
        stream = hashlib.shake_128(self._key + purpose.encode() + nonce).digest(len(payload))
        return bytes(a ^ b for a, b in zip(payload, stream, strict=True))

    def _sign(self, purpose: str, signed: bytes) -> bytes:
        return hashlib.blake2b(purpose.encode() + signed, key=self._key, digest_size=MAC).digest()


def from_base64(text: str) -> bytes:
    """Strict base64; raises Refused for anything else (a `+` that became a space, for one)."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("base64") from error


def enc_value(seal: Seal, target: Target, nonce: bytes) -> str:
    """A link's `enc=` value: 64 base64 characters for 48 bytes, as in the one example that is known."""
    payload = f"{_ENC_KINDS[target.kind]}{target.key}".encode().ljust(ENC_PAYLOAD, b"\0")
    return base64.b64encode(seal.close("enc", payload, nonce)).decode()


def enc_target(seal: Seal, value: str) -> Target:
    """The page that an `enc=` value of ours names; raises Refused."""
    text = seal.open("enc", from_base64(value)).rstrip(b"\0").decode()
    return Target(_ENC_NAMES[text[0]], text[1:])


def json_field(seal: Seal, purpose: str, content: Any, nonce: bytes, size: int) -> str:
    """A hidden field of about `size` bytes before base64 that carries `content` (JSON)."""
    payload = json.dumps(content, separators=(",", ":")).encode().ljust(size)
    return base64.b64encode(seal.close(purpose, payload, nonce)).decode()


def json_content(seal: Seal, purpose: str, value: str) -> Any:
    """What `json_field` put in; raises Refused."""
    return json.loads(seal.open(purpose, from_base64(value)))


@dataclass(slots=True)
class Session:
    """One browser, by its cookie. `salt` gives it an order of rows and columns of its own."""

    id: str
    salt: int
    last_project: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


class Sessions:
    """The sessions that the server knows; the oldest are forgotten beyond a bound."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._rng = random.Random()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, session_id: str | None) -> Session | None:
        return self._known.get(session_id or "")

    def start(self) -> Session:
        """A new session; the id looks as ASP.NET's do: 24 lower-case letters and digits."""
        letters = string.ascii_lowercase + string.digits
        session = Session("".join(self._rng.choices(letters, k=24)), self._rng.getrandbits(32))
        self._known[session.id] = session
        while len(self._known) > MAX_SESSIONS:
            self._known.popitem(last=False)
        return session

    def expire(self) -> None:
        """Forget all of them, as an application restart does."""
        self._known.clear()
