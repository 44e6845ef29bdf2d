"""Bytes to text, as browsers do it, and which characters of a text are kept. Pure; the one place for both.

The parser and the page that shows an archived answer both read by this, so that nobody is shown other
characters than were read. The order is that of https://html.spec.whatwg.org/#encoding-sniffing-algorithm:
byte order mark, HTTP header, `<meta>`, XML declaration, guess. What a label means is what browsers take it
for (`iso-8859-1` is windows-1252; `rot13` is nothing): https://encoding.spec.whatwg.org/#names-and-labels
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

import webencodings

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
# Which of a text's first four bytes are not zero. Pages, answers and JSON all begin with ASCII.
_WIDE: dict[tuple[bool, ...], str] = {
    (True, False, True, False): "utf-16le",
    (False, True, False, True): "utf-16be",
    (True, False, False, False): "utf-32-le",
    (False, False, False, True): "utf-32-be",
}
# Markup that can be read as ASCII is not in UTF-16, whatever it says of itself
_OF_MARKUP = {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}
_KEPT = 200  # characters of a Content-Type: as much as is archived beside the bytes
_HEADER = re.compile(r"(?:^|[;,\s])charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
# JSON is UTF-8 whatever is said beside it: https://www.rfc-editor.org/rfc/rfc8259#section-11
_JSON = re.compile(r"\s*[\w.-]+/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)

# A comment, an element whose content is no markup, or a tag. Each character is looked at once.
_TAG = re.compile(
    rb"<!--(?:-?>|.*?(?:-->|\Z))"
    rb"|<(?P<raw>script|style|title|textarea|noscript|xmp|iframe|noembed|noframes)\b.*?(?:</(?P=raw)|\Z)"
    rb"|<(?P<name>/?[a-z][^\s/>]*)(?P<attributes>(?:[^>=]|=\s*(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))?)*+)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([^\s/>=]+)(?:\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s>]+)))?")
_IN_CONTENT = re.compile(rb"charset\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s;\"']+))", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b[^>]*?\bencoding\s*=\s*(?:\"([^\">]+)|'([^'>]+))")
_SURELY_SCANNED = 1024  # bytes; beyond them only what stands in the head is a declaration
_IN_HEAD = frozenset(b"html head base link meta object /object /script /style /noscript /title".split())


# All that is no Char of https://www.w3.org/TR/xml/#charsets; databases refuse some of it too
_NO_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# They order what stands around them anew: a page would show another text than it holds, another digit first.
_BIDIRECTIONAL = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Decoded(NamedTuple):
    """A text and where it comes from.

    `charset`: the name of its codec. `said`: the label by which the page named it, or the unknown one by
    which it tried to; "" where it says nothing. `is_guess`: nothing that is said could be used.
    `bad`: position of the first byte that is none of that charset (U+FFFD in the text), None where all are.
    """

    text: str
    charset: str
    label: str
    is_guess: bool
    bad: int | None


def decoded(body: bytes, content_type: str = "") -> Decoded:
    """The text of a page or of an answer. `content_type`: its header, "" without one.

    Never raises: bytes that cannot be read are U+FFFD.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            text, bad = _read(body[len(bom) :], charset)
            return Decoded(text, charset, charset, False, None if bad is None else bad + len(bom))
    is_json = _JSON.match(content_type) is not None
    unknown = ""
    for label, known in () if is_json else _declared(body, content_type):
        if known:
            text, bad = _read(body, known)
            return Decoded(text, known, label, False, bad)
        unknown = unknown or label
    charset, text, bad = _guessed(body, is_json)
    return Decoded(text, charset, unknown, True, bad)


def storable(text: str) -> str:
    """The text without what no person sees and no XML holds: control characters (a form feed is a space),
    halves of surrogate pairs, U+FFFE and U+FFFF."""
    if _NO_CHARACTERS.search(text) is None:
        return text
    return _NO_CHARACTERS.sub("", text.replace("\f", " "))


def visible(text: str) -> str:
    """The text with each bidirectional control character as `[U+202E]`, to be shown and never to be kept."""
    return _BIDIRECTIONAL.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def wide_charset(body: bytes) -> str | None:
    """UTF-16 or UTF-32, where the zeros between the first characters tell it, mark or no mark."""
    return _WIDE.get(tuple(map(bool, body[:4])))


def _read(body: bytes, charset: str) -> tuple[str, int | None]:
    """The text, and the position of the first byte that could not be read."""
    encoding = webencodings.lookup(charset)
    codec = encoding.codec_info if encoding else codecs.lookup(charset)  # UTF-32 is none of browsers'
    try:
        return codec.decode(body, "strict")[0], None
    except UnicodeDecodeError as error:
        return codec.decode(body, "replace")[0], error.start


def _declared(body: bytes, content_type: str) -> Iterator[tuple[str, str | None]]:
    """(label, charset) of each declaration, the one that counts most first; None for an unknown label."""
    if header := _HEADER.search(content_type[:_KEPT]):
        yield header[1], _named(header[1])
    for label in _page_labels(body):
        charset = _named(label)
        yield label, _OF_MARKUP.get(charset or "", charset)


def _named(label: str) -> str | None:
    encoding = webencodings.lookup(label)
    return encoding.name if encoding else None


def _page_labels(body: bytes) -> Iterator[str]:
    """What the page's own `<meta>`s say, and at last its XML declaration."""
    in_head = True
    for tag in _TAG.finditer(body):
        if not in_head and tag.start() >= _SURELY_SCANNED:
            break
        name = (tag["name"] or b"").lower()
        if name == b"meta" and (label := _meta_label(tag["attributes"])):
            yield label.decode("latin-1").strip()
        in_head = in_head and (not name or name in _IN_HEAD)
    if xml := _XML.match(body):
        yield (xml[1] or xml[2]).decode("latin-1").strip()


def _meta_label(attributes: bytes) -> bytes | None:
    """`<meta charset="…">`, or `<meta http-equiv="Content-Type" content="…; charset=…">`."""
    found: dict[bytes, bytes] = {}
    for name, *values in _ATTRIBUTE.findall(attributes):
        found.setdefault(name.lower(), b"".join(values))
    if b"charset" in found:
        return found[b"charset"]
    if found.get(b"http-equiv", b"").lower() != b"content-type":
        return None
    match = _IN_CONTENT.search(found.get(b"content", b""))
    return match and (match[1] or match[2] or match[3])


def _guessed(body: bytes, is_json: bool) -> tuple[str, str, int | None]:
    """Charset, text, first bad byte: UTF-8, or what the West wrote before it (JSON never is that)."""
    if charset := wide_charset(body):
        return charset, *_read(body, charset)
    text, bad = _read(body, "utf-8")
    if bad is None or is_json or _is_mostly_utf8(text):
        return "utf-8", text, bad
    return "windows-1252", *_read(body, "windows-1252")


def _is_mostly_utf8(text: str) -> bool:
    """One broad sign cut in two must not turn every accent of the page into two wrong letters."""
    bad = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - bad > bad
