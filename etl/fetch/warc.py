"""A WARC file → the answers that it holds: checked whole once, each body read when it is wanted.

Ours and a browser's (https://github.com/webrecorder/archiveweb.page, wget): requests before or after their
answers, one gzip member a record or no gzip at all. Whatever the file is, neither memory nor disk fills.
"""

from __future__ import annotations

import contextlib
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from etl.exceptions import BadCapture, FetchFailed
from etl.fetch.network import told
from etl.fetch.page import Page
from etl.fetch.recorded import Contents, Form, Recorded

_LONGEST_LINE, _LONGEST_HEAD = 65_536, 1_000_000  # bytes
_PIECE = 1 << 20
_LONGEST_FORM = 20_000_000  # bytes; a form carries its page's view state
_UNPACKED = {"", "identity", "gzip", "deflate"}
# The reader is known for all of these on what is no WARC.
_UNREADABLE = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    zlib.error,
    EOFError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


@dataclass(frozen=True, slots=True)
class _Record:
    """What a record says: a request (`asked`), or an answer, whose bytes may be those of an earlier one."""

    own: str
    concurrent: str
    asked: tuple[str, Form | None] | None = None  # method, form
    answer: Callable[[int], Recorded] | None = None  # given where its bytes are
    offset: int = -1
    digest: str = ""
    is_again: bool = False


@dataclass
class _Found:
    """What was found so far: answers by their own id and the request that they name; requests by all ids."""

    answers: list[tuple[str, str, Recorded]] = field(default_factory=list)
    requests: dict[str, tuple[str, Form | None]] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)  # payload digest → where its bytes are

    def add(self, record: _Record) -> None:
        if record.asked:
            self.requests[record.own] = record.asked
            if record.concurrent:
                self.requests[record.concurrent] = record.asked
        elif record.answer:
            offset = self.offsets.get(record.digest, -1) if record.is_again else record.offset
            if record.digest:
                self.offsets.setdefault(record.digest, offset)
            if offset >= 0:
                self.answers.append((record.own, record.concurrent, record.answer(offset)))

    def paired(self, cut: bool) -> Contents:
        """Answers of GET and POST. Where requests were recorded at all, an answer without one is nobody's."""
        answers = []
        for own, concurrent, answer in self.answers:
            method, form = self.requests.get(own) or self.requests.get(concurrent) or ("", None)
            if method == "GET" or (not method and not self.requests):
                answers.append(answer)
            elif method == "POST" and form:
                answers.append(replace(answer, form=form))
        return Contents(answers, cut)


def contents(path: Path, max_bytes: int, most: float = inf) -> Contents:
    """The answers of a WARC file. `max_bytes`: of one body, `most`: of all records, unpacked. Raises
    BadCapture, OSError."""
    found, cut = _Found(), False
    # the reader complains there of what is said here
    with path.open("rb") as file, contextlib.redirect_stderr(io.StringIO()):
        records = _Records(file, most)
        try:
            _gather(found, records, path, max_bytes)
        except _UNREADABLE as problem:
            is_damaged = isinstance(problem, _Damaged) or "non-chunked" in str(problem)
            if is_damaged or not (records.at_end and found.answers):
                raise BadCapture(_broken(path, records.number, problem)) from problem
            cut = True
    return found.paired(cut)


def _gather(found: _Found, records: _Records, path: Path, max_bytes: int) -> None:
    """Take in record by record, each once its bytes were checked. Raises one of the unreadable's errors."""
    for record in records:
        said = _said(records, record, path, max_bytes)
        records.check(record)
        if said:
            found.add(said)


class _Damaged(ValueError):
    """A whole record that is not as it was written."""


class _Head(DecompressingBufferedReader):
    """Reads lines within bounds: a head without an end would fill the memory. `words`: bytes of lines that
    are not blank. Both since the last whole record."""

    lines = words = 0
    has_open_member = False

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or _LONGEST_LINE, _LONGEST_LINE))
        self.lines += len(line)
        self.words += len(line.strip())
        if self.lines > _LONGEST_HEAD:
            raise ArchiveLoadFailed(f"a head of more than {_LONGEST_HEAD} bytes")
        return line

    def whole(self) -> None:
        self.lines = self.words = 0

    def close_decompressor(self) -> None:
        self.has_open_member = bool(self.num_read and self.decompressor and not self.decompressor.eof)
        super().close_decompressor()


class _Records:
    """The records of a file, one by one, each with its digest checked once its bytes were passed."""

    def __init__(self, file: BinaryIO, most: float) -> None:
        self._file, self.number = file, 0
        self._most = self._left = most  # bytes, unpacked
        self._iterator = WARCIterator(file, check_digests=True)
        self._head = self._iterator.reader = _Head(file)

    def __iter__(self) -> Iterator[Any]:
        for record in self._iterator:
            self.number += 1
            self._head.whole()
            if not (record.rec_headers.get_header("Content-Length") or "").isdigit():
                raise ArchiveLoadFailed("it does not say how long it is")
            yield record
        if self._head.words or self._head.has_open_member:  # to the reader that is the end like any other
            self.number += 1
            raise ArchiveLoadFailed("it ends before its length")

    def check(self, record: Any) -> None:
        """Pass over the record's bytes. Raises ArchiveLoadFailed, _Damaged, BadCapture."""
        while piece := record.raw_stream.read(_PIECE):
            self._left -= len(piece)
            if self._left < 0:
                raise BadCapture(f"It is more than {self._most / 1e6:g} MB when it is unpacked.")
        if record.raw_stream.limit:
            raise ArchiveLoadFailed("it ends before its length")
        _check_digest(record)
        self._head.whole()

    @property
    def at_end(self) -> bool:
        """Whether the file has no more bytes: it breaks off."""
        return not self._head.rem_length() and not self._file.read(1)

    @property
    def offset(self) -> int:
        """Where the record that is read begins."""
        return int(self._iterator.offset)


def _check_digest(record: Any) -> None:
    """Raises _Damaged. Programs differ in what the payload is of a chunked body."""
    failed = [problem for problem in record.digest_checker.problems if "failed" in problem]
    has_block = bool(record.rec_headers.get_header("WARC-Block-Digest"))
    if any("block" in problem or not has_block for problem in failed):
        raise _Damaged(f"its bytes are not those of its digest ({failed[0]})")


def _said(records: _Records, record: Any, path: Path, max_bytes: int) -> _Record | None:
    """None of a record that is neither a request nor an answer of the Web."""
    head, kind = record.rec_headers, record.rec_type
    own, concurrent = (head.get_header(name) or "" for name in ("WARC-Record-ID", "WARC-Concurrent-To"))
    if record.http_headers is None:
        return None
    if kind == "request":
        return _Record(own, concurrent, asked=(record.http_headers.protocol.upper(), _form(record)))
    if kind not in ("response", "revisit"):
        return None
    digest = head.get_header("WARC-Payload-Digest") or ""
    answer = partial(
        _answer, path, max_bytes, head, record.http_headers, moment(head.get_header("WARC-Date"))
    )
    return _Record(own, concurrent, None, answer, records.offset, digest, kind == "revisit")


def _answer(path: Path, max_bytes: int, head: Any, http: Any, at: datetime, offset: int) -> Recorded:
    url, status = head.get_header("WARC-Target-URI").strip("<>"), int(http.get_statuscode())
    read = partial(_page, path, offset, max_bytes, url, status, told(http.headers), at)
    return Recorded(url, status, at, http.get_header("Content-Type") or "", read)


def moment(text: str) -> datetime:
    """A time as captures write it. Raises ValueError: also where no zone is named."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"“{text[:40]}” is no time of a known zone")
    return at.astimezone(UTC)


def _form(record: Any) -> Form | None:
    """What was posted; None where that is no form, or one whose answer is a part of a page."""
    kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    if record.length > _LONGEST_FORM:
        return None
    if kind == "application/json":
        return Form.of_call(record.content_stream().read(_LONGEST_FORM).decode("utf-8", "replace"))
    if kind != "application/x-www-form-urlencoded":
        return None
    return form_of(record.content_stream().read(_LONGEST_FORM))


def form_of(body: bytes) -> Form | None:
    """A form as it is posted; None of one that asks for a piece of the page (an UpdatePanel's)."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return None if any(name == "__ASYNCPOST" for name, _ in pairs) else Form.of(pairs)


def _page(
    path: Path, offset: int, max_bytes: int, url: str, status: int, headers: dict[str, str], at: datetime
) -> Page:
    """The answer whose bytes stand at an offset of the file. Raises FetchFailed, BadCapture."""
    try:
        with path.open("rb") as file, contextlib.redirect_stderr(io.StringIO()):
            file.seek(offset)
            record = next(iter(WARCIterator(file)))
            packed = (record.http_headers.get_header("Content-Encoding") or "").strip().lower()
            body = record.content_stream().read(max_bytes + 1) if record.length <= max_bytes else None
    except (*_UNREADABLE, StopIteration, OSError) as problem:
        raise BadCapture(f"{path.name} was changed while it was read: {problem}") from problem
    if body is None or len(body) > max_bytes:
        raise FetchFailed(f"{url} is larger than {max_bytes / 1e6:g} MB; it was not read.")
    # some programs unpack the body and leave the header
    if packed not in _UNPACKED and not body.lstrip().startswith(b"<"):
        raise FetchFailed(f"{url} is packed as “{packed[:40]}” in the capture, which cannot be unpacked.")
    return Page(url, body, status, headers, at)


def _broken(path: Path, number: int, problem: BaseException) -> str:
    if number == 0:
        return f"{path.name} is no WARC file, or broken from its first record on."
    # the reader's own message on gzip is a page long, in capitals
    why = "one gzip stream for many records" if "non-chunked" in str(problem) else str(problem).strip()
    return f"{path.name} is broken at its record {number}: {why[:300]}."
