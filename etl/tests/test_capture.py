"""A visit recorded as WARC, and read in place of the site: by somebody who cannot reach it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from buka.tests.patience import wait_for
from etl.crawl.links import is_below, key_of
from etl.exceptions import EtlError, FetchFailed, NotCaptured
from etl.fetch.capture import Capture
from etl.fetch.network import Request
from etl.fetch.page import Page
from etl.fetch.recorded import Contents, Form, Recorded
from etl.tests.conftest import Sync
from etl.tests.test_ways_in import exit_code
from etl.tests.tinysite import serving
from etl.values.addresses import page_name
from projects.api.records import last_seen_at, last_whole
from projects.models import DataChangeLog, MunicipalityListing, Project, Sighting, Snapshot, SyncRun
from replica.server import ReplicaServer

pytestmark = pytest.mark.django_db
MOST = 50_000_000
LAYOUTS = ["grid", "postback", "table", "dataview", "dataview_postback", "cards", "json"]


def layouts(often: str) -> pytest.MarkDecorator:
    """All layouts; only one of them outside of `make soak`."""
    cases = [
        pytest.param(
            {"projects": 30, "layout": name, "rows_of_all": 10},
            id=name,
            marks=[] if name == often else [pytest.mark.soak],
        )
        for name in LAYOUTS
    ]
    return pytest.mark.parametrize("replica", cases, indirect=True)


paged = pytest.mark.parametrize("replica", [{"projects": 15, "rows_of_all": 6}], indirect=True)


def captured(url: str, here: Any, to: Path) -> Path:
    here.DWS_URL = url
    assert exit_code("capture", str(to)) == 0
    return to


@pytest.fixture
def warc(replica: ReplicaServer, here: Any, tmp_path: Path, kept_visits: dict[str, bytes]) -> Path:
    """A capture of the replica, which nobody polled and nobody edited: recorded once a process."""
    path = tmp_path / "visit.warc.gz"
    if replica.url in kept_visits:
        here.DWS_URL = replica.url
        path.write_bytes(kept_visits[replica.url])
    else:
        kept_visits[replica.url] = captured(replica.url, here, path).read_bytes()
    return path


@pytest.fixture(scope="session")
def kept_visits() -> dict[str, bytes]:
    """{entry address: its capture}."""
    return {}


def opened(path: Path) -> Capture:
    return Capture.open(path, MOST)


def record() -> dict[str, Any]:
    """All that a reading says, without the clock's and the database's own numbers."""
    own = {"id", "first_seen_at", "last_changed_at", "last_changed_run_id", "missing_run_id"}

    def facts(row: Any) -> dict[str, Any]:
        said = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in own}
        return said | {"url": key_of(said["url"])}  # `enc=` differs from visit to visit

    looks = Sighting.objects.values_list("key", "area", "external_id", "content_sha256")
    changes = DataChangeLog.objects.values_list("entity_type", "external_id", "change_type", "field_changes")
    return {
        "projects": {
            row.external_id: facts(row) | {"places": sorted(place.pk for place in row.municipalities.all())}
            for row in Project.objects.all()
        },
        "lines": {row.code: facts(row) for row in MunicipalityListing.objects.all()},
        "looks": set(looks),
        "changes": sorted(map(repr, changes)),
    }


def read_once(sync: Sync, **options: Any) -> tuple[SyncRun, dict[str, Any]]:
    """A poll into an empty database, which is empty again afterwards; the run and what it recorded."""
    with transaction.atomic():
        run = sync(**options)
        found = record()
        transaction.set_rollback(True)
    return run, found


@layouts(often="postback")
def test_a_capture_says_of_every_field_what_the_site_says(replica, sync, here, tmp_path):
    warc = captured(replica.url, here, tmp_path / "visit.warc.gz")
    assert (SyncRun.objects.count(), Project.objects.count(), Snapshot.objects.count()) == (0, 0, 0)
    direct, wanted = read_once(sync)
    run, found = read_once(sync, capture=opened(warc))
    assert (run.state, run.complete, run.pages) == ("succeeded", True, direct.pages), run.notes
    assert len(found["projects"]) == 30
    assert found == wanted


@paged
def test_no_socket_is_opened_for_a_capture_and_the_times_are_its_own(
    replica, sync, here, tmp_path, monkeypatch
):
    before = datetime.now(UTC)
    warc = captured(replica.url, here, tmp_path / "visit.warc.gz")
    after = datetime.now(UTC)

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was wanted")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    run = sync(capture=opened(warc))
    assert (run.complete, run.requests, run.retries) == (True, 0, 0)
    assert "visit.warc.gz" in run.notes[0]
    assert "the site itself was not asked" in run.notes[0]
    times = {
        *Sighting.objects.values_list("at", flat=True),
        *Snapshot.objects.values_list("fetched_at", flat=True),
    }
    first_seen = set(Project.objects.values_list("first_seen_at", flat=True))
    lines_seen = set(MunicipalityListing.objects.values_list("first_seen_at", flat=True))
    last_seen = {last_seen_at(project, last_whole()) for project in Project.objects.for_api()}
    assert first_seen == lines_seen == last_seen == {run.read_at}
    assert before <= min(times)
    assert run.read_at == max(times)
    assert max(times) <= after


@paged
def test_a_capture_that_is_read_again_is_unchanged_and_then_the_site_is_too(replica, warc, sync, here):
    first = sync(capture=opened(warc))
    again = sync(capture=opened(warc))
    assert (first.state, again.state, again.complete, again.change_count) == (
        "succeeded",
        "unchanged",
        True,
        0,
    )
    here.DWS_URL = replica.url
    assert sync().state == "unchanged"


@paged
def test_a_capture_older_than_what_is_known_sets_nothing_back(replica, warc, sync):
    sync(replica.url)
    replica.site.mutate(3)
    newer = sync()
    assert newer.change_count
    with pytest.raises(FetchFailed, match="nothing is set back"):
        sync(capture=opened(warc))
    assert SyncRun.objects.latest("pk").change_count == 0


@paged
def test_extract_shows_each_page_and_callback_of_a_capture(warc, capsys):
    capsys.readouterr()
    call_command("extract", str(warc), "--json")
    told = json.loads(capsys.readouterr().out)
    assert not [entry["url"] for entry in told if "robots.txt" in entry["url"]]
    assert len(told) == len(opened(warc).answers) - 1
    numbers = {project["external_id"] for entry in told for project in entry["projects"]}
    assert len(numbers) == 15


@paged
def test_a_capture_is_a_warc_that_others_read_and_holds_no_cookies(warc):
    kinds, posts = [], 0
    with warc.open("rb") as file:
        for each in ArchiveIterator(file, check_digests="raise"):
            body = each.content_stream().read()
            kinds.append((each.rec_type, each.rec_headers.get_header("WARC-Target-URI")))
            heads = str(each.http_headers).lower()
            assert "cookie" not in heads
            assert "authorization" not in heads
            posts += each.rec_type == "request" and b"__CALLBACKPARAM" in body and b"PAGERONCLICK" in body
    assert kinds[0][0] == "warcinfo"
    assert [kind for kind, _ in kinds[1:]] == ["request", "response"] * (len(kinds) // 2)
    assert kinds[1][1].endswith("/robots.txt")
    assert posts


def test_a_capture_is_as_polite_as_a_poll(here, tmp_path):
    row = "<tr><th>Project No<th>Project Name</tr><tr><td>P1<td>Dam</tr>"
    pages = {
        "/robots.txt": (200, {"Content-Type": "text/plain"}, "User-agent: *\nDisallow: /pmd/secret"),
        "/pmd/level.aspx": "<html><a href='secret/list.aspx'>Projects</a><a href='list.aspx'>List</a></html>",
        "/pmd/list.aspx": f"<html><table>{row}</table></html>",
    }
    with serving(pages) as site:
        here.DWS_URL = f"{site.root}/pmd/level.aspx"
        exit_code("capture", str(tmp_path / "visit.warc"))
        assert not [asked for asked in site.asked if "secret" in asked]
        assert all("BukaAmanzi" in heard["User-Agent"] for heard in site.heard)
        assert site.most_at_once == 1
    assert Capture.open(tmp_path / "visit.warc", MOST).hosts


# --- what is not in it, and what is broken ---------------------------------------------------------


def rewritten(warc: Path, to: Path, keep: Callable[[str, str, bytes], bool]) -> Path:
    """The capture with those of its records that are wanted: kind, address, body."""
    with warc.open("rb") as file, to.open("wb") as out:
        writer = WARCWriter(out, warc_version="1.1")
        for each in ArchiveIterator(file):
            body = each.raw_stream.read()
            if keep(each.rec_type, each.rec_headers.get_header("WARC-Target-URI") or "", body):
                each.raw_stream = io.BytesIO(body)
                each.rec_headers.remove_header("WARC-Block-Digest")
                writer.write_record(each)
    return to


@paged
def test_what_is_not_in_the_capture_is_named_and_nothing_is_missed_of_it(warc, sync, tmp_path):
    with warc.open("rb") as file:
        addresses = [each.rec_headers.get_header("WARC-Target-URI") or "" for each in ArchiveIterator(file)]
    lists = sorted({url for url in addresses if "unicip" in url}) or sorted(
        {u for u in addresses if "enc=" in u}
    )
    sync(capture=opened(warc))
    part = rewritten(warc, tmp_path / "part.warc.gz", lambda kind, url, body: url != lists[0])
    run = sync(capture=opened(part))
    assert (run.complete, run.missing) == (False, 0)
    assert any("is not in the capture part.warc.gz" in note for note in run.notes)


@paged
def test_a_capture_of_one_page_is_read_however_much_is_not_in_it(warc, sync, tmp_path):
    seen: list[str] = []

    def early(kind: str, url: str, body: bytes) -> bool:
        seen.append(url)
        return len(seen) < 12

    run = sync(capture=opened(rewritten(warc, tmp_path / "few.warc.gz", early)))
    assert (run.state, run.complete, run.error) == ("succeeded", False, "")
    assert sum("not in the capture" in note for note in run.notes) > 5


@paged
def test_a_capture_of_another_site_is_refused_by_name(warc, sync):
    with pytest.raises(EtlError, match="is not in the capture visit.warc.gz, which is of 127"):
        sync("https://ws.dws.gov.za/pmd/level.aspx", capture=opened(warc))


def a_warc(*records: tuple[str, str, bytes, dict[str, str]], packed: bool = True) -> bytes:
    """kind, address, body, more headers."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed, warc_version="1.1")
    for kind, url, body, headers in records:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": "2026-05-01T10:00:00Z", **headers},
            )
        )
    return out.getvalue()


PAGE = b"<html><title>A</title>" + os.urandom(3000).hex().encode() + b"</html>"
ONE = ("response", "http://a.example/pmd/level.aspx", PAGE, {})
HAR = {"log": {"entries": [{"request": {"method": "GET", "url": "http://a.example/"}, "response": {}}]}}
BROKEN = {
    "nothing": (b"", "holds no page"),
    "a page": (b"<html>no</html>", "no WARC file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "no WARC file"),
    "a zip": (b"PK\x03\x04" + bytes(500), "no WARC file"),
    "gzip of something else": (gzip.compress(b"hello\n" * 500), "no WARC file"),
    "broken gzip": (b"\x1f\x8b\x08" + bytes(500), "no WARC file"),
    "one gzip stream": (gzip.compress(a_warc(ONE, ONE, packed=False)), "one gzip stream for many records"),
    "the first record cut": (a_warc(ONE)[:900], "broken"),
    "bytes that were changed": (
        a_warc(ONE, ONE, packed=False).replace(b"<title>A<", b"<title>B<", 1),
        "record 1: its bytes are not those of its digest",
    ),
    "gzip that was changed": (
        (lambda whole: whole[:1500] + bytes(40) + whole[1540:])(a_warc(ONE, ONE, ONE)),
        "broken",
    ),
    "no date": (
        a_warc(("response", "http://a.example/", PAGE, {"WARC-Date": "yesterday"})),
        "broken at its record",
    ),
    "a date to come": (
        a_warc(("response", "http://a.example/", PAGE, {"WARC-Date": "2126-05-01T10:00:00Z"})),
        "a day to come",
    ),
    "a length that is none": (b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: x\r\n\r\nhello", "broken"),
    "no length": (b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n" + b"x" * 2000, "broken"),
    "a length beyond the file": (
        b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nhello",
        "broken",
    ),
    "no address": (
        b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\nHTTP/1.1 \r\n\r\n",
        "broken",
    ),
    # functions: packing them takes its time, and most who import this do not ask for them
    "a head without end": (lambda: gzip.compress(b"WARC/1.1\r\nWARC-Type: " + b"x" * 80_000_000), "broken"),
    "heads without end": (lambda: gzip.compress(b"WARC/1.1\r\n" + b"A: b\r\n" * 3_000_000), "broken"),
    "no page": (
        a_warc(("response", "http://a.example/a.png", PAGE, {}))[:0] + a_warc(),
        "WARC file|holds no page",
    ),
    "JSON that is cut": (b'{"log": {"entries": [', "no HAR file"),
    "JSON of something else": (b'{"projects": 3}', "no HAR file"),
    "JSON without end": (b'{"log":' * 200_000, "no HAR file"),
    "entries that are none": (b'{"log": {"entries": {"a": 1}}}', "no HAR file"),
    "an entry that is none": (json.dumps(HAR).encode(), "broken at its entry 1"),
    "entries of another kind": (b'{"log": {"entries": [3, null]}}', "broken at its entry 1"),
}


@pytest.mark.parametrize(("body", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_before_anything_is_written(body, said, here, tmp_path):
    path = tmp_path / "visit.warc.gz"
    path.write_bytes(body() if callable(body) else body)
    with pytest.raises(CommandError, match=said) as refused:
        call_command("sync_dws", "--from-warc", str(path))
    assert "Nothing was read." in str(refused.value)
    assert refused.value.returncode == 1
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("name", ["absent.warc.gz", "."])
def test_a_file_that_cannot_be_opened_is_named(name, tmp_path):
    with pytest.raises(CommandError, match="cannot be read: .*Nothing was read"):
        call_command("sync_dws", "--from-warc", str(tmp_path / name))


def test_a_small_file_that_unpacks_to_much_is_refused_in_little_memory(here, sync, tmp_path):
    url = "http://a.example/pmd/level.aspx"
    bomb = tmp_path / "bomb.warc.gz"
    bomb.write_bytes(a_warc(("response", url, b"<html>" + bytes(90_000_000), {})))
    assert bomb.stat().st_size < 200_000
    with pytest.raises(FetchFailed, match="larger than 50 MB"):
        sync(url, capture=opened(bomb))


def test_an_answer_whose_request_is_lost_is_never_taken_for_a_page(tmp_path):
    """A program was killed between an answer to a callback and the request that it answers."""
    path = tmp_path / "a.warc"
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    head = StatusAndHeaders("GET /a HTTP/1.1", [("Host", "a.example")], is_http_request=True)
    page = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    answer = writer.create_warc_record(
        "http://a.example/a", "response", io.BytesIO(PAGE), len(PAGE), http_headers=page
    )
    asked = writer.create_warc_record("http://a.example/a", "request", io.BytesIO(b""), 0, http_headers=head)
    writer.write_request_response_pair(asked, answer)
    lost = writer.create_warc_record(
        "http://a.example/b", "response", io.BytesIO(PAGE), len(PAGE), http_headers=page
    )
    writer.write_record(lost)
    path.write_bytes(out.getvalue())
    assert [answer.url for answer in opened(path).answers] == ["http://a.example/a"]


# --- an interrupted capture ------------------------------------------------------------------------


def capturing(url: str, to: Path, database: str, delay: float = 0.15, **how: Any) -> subprocess.Popen[str]:
    """`manage.py capture` as a process of its own, with an empty database of its own."""
    environment = {
        **os.environ,
        "DWS_URL": url,
        "FETCH_DELAY_SECONDS": str(delay),
        "VAR_DIR": str(to.parent / "var"),
        "DATABASE_URL": database,
    }
    command = [sys.executable, "manage.py", "capture", str(to)]
    return subprocess.Popen(command, env=environment, text=True, stdout=-1, stderr=-1, **how)


@paged
@pytest.mark.live
@pytest.mark.parametrize(
    "end",
    [
        pytest.param(signal.SIGINT, marks=pytest.mark.soak),
        pytest.param(signal.SIGTERM, marks=pytest.mark.soak),
        signal.SIGKILL,
    ],
)
def test_what_was_recorded_when_a_capture_is_interrupted_can_be_read(
    replica, sync, here, tmp_path, migrated_copy, end
):
    to, part = tmp_path / "visit.warc.gz", tmp_path / "visit.warc.gz.part"
    process = capturing(replica.url, to, migrated_copy())
    wait_for(lambda: part.exists() and part.stat().st_size > 30_000, "some answers")
    process.send_signal(end)
    _, told = process.communicate(timeout=60)
    assert process.returncode != 0
    assert not to.exists()
    if end != signal.SIGKILL:
        assert "did not get to its end" in told
        assert str(part) in told
    run = sync(replica.url, capture=opened(part))
    assert (run.complete, run.missing) == (False, 0)
    assert any("not in the capture" in note for note in run.notes)
    with pytest.raises(CommandError, match="is there already"):
        call_command("capture", str(to))


@pytest.mark.soak
@paged
@pytest.mark.live
def test_a_full_disk_ends_a_capture_and_what_is_on_it_can_be_read(replica, here, tmp_path, migrated_copy):
    to, part = tmp_path / "visit.warc.gz", tmp_path / "visit.warc.gz.part"
    process = capturing(
        replica.url,
        to,
        migrated_copy(),
        delay=0,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)),
    )
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"{part} cannot be written" in told
    assert part.stat().st_size == 40_000
    capture = opened(part)
    assert capture.cut
    assert any("breaks off in the middle" in note for note in capture.notes)


@paged
def test_a_file_that_is_cut_anywhere_is_read_as_far_as_it_goes_or_refused(warc, tmp_path):
    whole = warc.read_bytes()
    addresses = [answer.url for answer in opened(warc).answers]
    cut = tmp_path / "cut.warc.gz"
    for at in (*range(1, 4000, 371), *range(4000, len(whole), len(whole) // 25)):
        cut.write_bytes(whole[:at])
        try:
            found = [answer.url for answer in opened(cut).answers]
        except EtlError:
            assert at < 4000
            continue
        assert found == addresses[: len(found)]
        assert len(found) < len(addresses)
        assert opened(cut).cut or whole[at:].startswith(b"\x1f\x8b")  # just between two records


def test_nothing_is_overwritten_and_a_site_that_is_down_leaves_no_file(here, tmp_path):
    there = tmp_path / "there.warc.gz"
    there.write_bytes(b"precious")
    with pytest.raises(CommandError, match="nothing is overwritten"):
        call_command("capture", str(there))
    assert there.read_bytes() == b"precious"
    with pytest.raises(CommandError, match=r"should be called something.warc.gz"):
        call_command("capture", str(tmp_path / "visit.zip"))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        here.DWS_URL = f"http://127.0.0.1:{closed.getsockname()[1]}/pmd/level.aspx"
    with pytest.raises(CommandError, match="did not get to its end"):
        call_command("capture", str(tmp_path / "visit.warc.gz"))
    assert [path.name for path in tmp_path.iterdir()] == ["there.warc.gz"]


# --- a browser's files -----------------------------------------------------------------------------


def as_har(warc: Path, to: Path) -> Path:
    """The capture as a browser's tools save it: fields that its scripts make, bodies as text or base64."""
    with warc.open("rb") as file:
        pairs = [
            (e.rec_type, e.rec_headers, e.http_headers, e.content_stream().read())
            for e in ArchiveIterator(file)
            if e.rec_type != "warcinfo"
        ]
    entries: list[dict[str, Any]] = []
    for number in range(0, len(pairs), 2):
        (_, head, asked, form), (_, _, answered, body) = pairs[number : number + 2]
        url, kind = head.get_header("WARC-Target-URI"), answered.get_header("Content-Type") or ""
        if url.endswith("/robots.txt"):
            continue
        fields = [
            *parse_qsl(form.decode(), keep_blank_values=True),
            ("DXScript", "1_11,1_12"),
            ("extra$x", "y"),
        ]
        packed = number % 4 == 0
        text = base64.b64encode(body).decode() if packed else body.decode()
        entries.append(
            {
                "startedDateTime": head.get_header("WARC-Date"),
                "request": {
                    "method": asked.protocol,
                    "url": url,
                    "headers": [{"name": "Cookie", "value": "ASP.NET_SessionId=secret"}],
                    **(
                        {
                            "postData": {
                                "mimeType": "application/x-www-form-urlencoded",
                                "text": urlencode(fields),
                            }
                        }
                        if form
                        else {}
                    ),
                },
                "response": {
                    "status": int(answered.get_statuscode()),
                    "headers": [{"name": n, "value": v} for n, v in answered.headers]
                    + [{"name": "Set-Cookie", "value": "ASP.NET_SessionId=secret"}],
                    "redirectURL": answered.get_header("Location") or "",
                    "content": {"mimeType": kind, "text": text, **({"encoding": "base64"} if packed else {})},
                },
            }
        )
    entries.append(
        {
            "startedDateTime": "2026-05-01T10:00:00+02:00",
            "request": {"method": "GET", "url": "http://cdn.example/a.png"},
            "response": {"status": 200, "headers": [], "content": {"mimeType": "image/png", "text": "AA=="}},
        }
    )
    to.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    return to


@layouts(often="grid")
def test_a_browsers_har_says_of_every_field_what_the_site_says(replica, sync, here, tmp_path):
    warc = captured(replica.url, here, tmp_path / "visit.warc.gz")
    har = as_har(warc, tmp_path / "visit.har")
    _, wanted = read_once(sync, capture=opened(warc))
    run, found = read_once(sync, capture=opened(har))
    assert (run.state, run.complete) == ("succeeded", True), run.notes
    assert found["projects"] == wanted["projects"]
    assert found["lines"] == wanted["lines"]
    assert not [s for s in Snapshot.objects.all() if "secret" in json.dumps(s.headers)]


def raw_record(
    body: bytes, headers: str, kind: str = "response", at: str = "10:00", status: int = 200
) -> bytes:
    """As programs write it that keep what was on the wire."""
    block = f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n{headers}\r\n".encode() + body
    digest = base64.b32encode(hashlib.sha1(body).digest()).decode()  # noqa: S324 - that of the format
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{at}>\r\nWARC-Date: 2026-05-01T{at}:00Z\r\n"
        f"WARC-Target-URI: <http://a.example/{'b' if kind == 'revisit' else 'a'}>\r\n"
        f"WARC-Payload-Digest: sha1:{digest}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


CHUNKED = b"5\r\n<html\r\n8\r\n></html>\r\n0\r\n\r\n"
PLAIN = b"<html></html>"
WIRES = {
    "plain": (PLAIN, ""),
    "gzip": (gzip.compress(PLAIN), "Content-Encoding: gzip\r\n"),
    "deflate": (zlib.compress(PLAIN), "Content-Encoding: deflate\r\n"),
    "chunked": (CHUNKED, "Transfer-Encoding: chunked\r\n"),
    "unpacked by the program": (PLAIN, "Content-Encoding: br\r\nTransfer-Encoding: chunked\r\n"),
}


@pytest.mark.parametrize(("body", "headers"), WIRES.values(), ids=WIRES)
def test_a_body_is_read_as_it_was_on_the_wire_or_unpacked(tmp_path, body, headers):
    path = tmp_path / "wget.warc"
    secret = "Set-Cookie: ASP.NET_SessionId=secret\r\n"
    path.write_bytes(raw_record(body, headers + secret) + raw_record(b"", headers, "revisit", "11:00"))
    capture = opened(path)
    page = capture.ask(Request("GET", "http://a.example/a"))
    assert page.body == PLAIN
    assert "secret" not in str(page.headers)


def test_the_same_bytes_are_kept_once_by_some_programs(tmp_path):
    path = tmp_path / "browser.warc"
    again = raw_record(b"", "", "revisit", "11:00")
    own = base64.b32encode(hashlib.sha1(PLAIN).digest()).decode()  # noqa: S324
    none = base64.b32encode(hashlib.sha1(b"").digest()).decode()  # noqa: S324
    path.write_bytes(raw_record(PLAIN, "") + again.replace(none.encode(), own.encode()))
    page = opened(path).ask(Request("GET", "http://a.example/b"))
    assert (page.body, page.fetched_at) == (PLAIN, datetime(2026, 5, 1, 11, tzinfo=UTC))


def test_a_body_that_cannot_be_unpacked_is_said_to_be_so(tmp_path):
    path = tmp_path / "browser.warc"
    path.write_bytes(raw_record(b"\x0b\x06\x80<html></html>\x03", "Content-Encoding: br\r\n"))
    with pytest.raises(FetchFailed, match="packed as “br” in the capture"):
        opened(path).ask(Request("GET", "http://a.example/a"))


def test_an_error_that_was_gone_at_the_next_attempt_is_not_read(tmp_path):
    path = tmp_path / "visit.warc"
    path.write_bytes(raw_record(b"busy", "", status=503) + raw_record(PLAIN, "", at="10:01"))
    assert opened(path).ask(Request("GET", "http://a.example/a")).status == 200
    path.write_bytes(raw_record(PLAIN, "") + raw_record(b"busy", "", at="10:01", status=503))
    capture = opened(path)
    assert [capture.ask(Request("GET", "http://a.example/a")).status for _ in range(3)] == [200, 200, 200]


def a_form(**fields: str) -> Form:
    common = {"__EVENTTARGET": "grid", "__EVENTARGUMENT": "Page$2", "__VIEWSTATE": "one", "ddl": "All"}
    return Form.of((common | fields).items())


def test_a_form_is_answered_by_what_it_asks_for_and_never_by_another_choice(tmp_path):
    def read() -> Page:
        return Page("", PLAIN)

    url, at = "http://a.example/a", datetime(2026, 5, 1, tzinfo=UTC)
    recorded = [Recorded(url, 200, at, "text/html", read, a_form(__VIEWSTATE="other", DXScript="1", x="y"))]
    capture = Capture("a.har", "", Contents(recorded))
    asked = {"__EVENTTARGET": "grid", "__EVENTARGUMENT": "Page$2", "__VIEWSTATE": "one", "ddl": "All"}
    assert capture.ask(Request("POST", url, asked)).body == PLAIN
    for other in ({"ddl": "Limpopo"}, {"__EVENTARGUMENT": "Page$3"}, {"__EVENTTARGET": "lines"}):
        with pytest.raises(NotCaptured, match="is not in the capture a.har"):
            capture.ask(Request("POST", url, asked | other))


# --- sessions in the path --------------------------------------------------------------------------

ADDRESSES = {
    "/pmd/(S(lit3py55t21z5v55vlm25s55))/level.aspx": "/pmd/level.aspx",
    "/(S(abc))/pmd/level.aspx": "/pmd/level.aspx",
    "/pmd/(s(ABC))/level.aspx?id=3": "/pmd/level.aspx?id=3",
    "/pmd/(X(1)A(x-y_z)F(q)S(abc))/level.aspx": "/pmd/level.aspx",
    "/pmd/level.aspx;jsessionid=12AB?id=3": "/pmd/level.aspx?id=3",
    "/pmd/level.aspx?id=3&PHPSESSID=77&sid=1": "/pmd/level.aspx?id=3",
    "/pmd/level.aspx?id=3&ASP.NET_SessionId=77": "/pmd/level.aspx?id=3",
    # these are no sessions
    "/pmd/Dam%20(Stage%202)/level.aspx": "/pmd/Dam%20(Stage%202)/level.aspx",
    "/pmd/(S)/level.aspx": "/pmd/(S)/level.aspx",
    "/pmd/scheme(S(2)).aspx": "/pmd/scheme(S(2)).aspx",
    "/pmd/level.aspx?scheme=/(S(2))/x": "/pmd/level.aspx?scheme=%2F%28S%282%29%29%2Fx",
}


@pytest.mark.parametrize(("url", "name"), ADDRESSES.items())
def test_a_session_in_an_address_is_no_part_of_the_pages_name(url, name):
    assert key_of(f"http://a.example{url}") == name
    assert page_name(f"http://a.example{url}") == page_name(f"http://a.example{name}")
    assert is_below(f"http://a.example{url}", "http://a.example/pmd/level.aspx")


OTHERS = [
    "http://b.example/pmd/level.aspx",
    "http://a.example/pmd/level.aspx?id=1",
    "http://a.example:81/pmd/level.aspx",
]


@pytest.mark.parametrize("other", OTHERS)
def test_two_pages_stay_two(other):
    assert page_name(other) != page_name("http://a.example/pmd/level.aspx")


def test_an_encrypted_part_names_a_page_and_is_never_left_out():
    url = "http://a.example/pmd/level.aspx?enc="
    assert page_name(f"{url}A") != page_name(f"{url}B")


class Cookieless(dict):
    """A site that has its sessions in the path, as ASP.NET without cookies: who comes without one is sent
    to a new one. The first is forgotten after so many answers, where that is said."""

    def __init__(self, forgets_after: int = 0) -> None:
        self.made, self.answers, self.forgets_after = 0, 0, forgets_after

    def get(self, path: str, default: Any = None) -> Any:
        if not path.startswith("/pmd/"):
            return default
        _, session, page = path.partition("/(S(")
        if not session:
            self.made += 1
            return 302, {"Location": f"/pmd/(S(session{self.made}))/{path.removeprefix('/pmd/')}"}, ""
        own, _, name = page.partition("))/")
        self.answers += 1
        if own == "session1" and self.forgets_after and self.answers > self.forgets_after:
            return "<html>gone</html>" if name == "timeout.aspx" else (302, {"Location": "timeout.aspx"}, "")
        return f"<html><title>PMD</title><body>{PAGES[name]}</body></html>" if name in PAGES else default


def a_list(number: str, name: str) -> str:
    head = "<tr><th>Project No</th><th>Project Name</th><th>Budget (R'000)</th></tr>"
    link = f"<a href='project.aspx?no={number}'>{number}</a>"
    return f"<table>{head}<tr><td>{link}</td><td>{name}</td><td>1 500</td></tr></table>"


def a_project(number: str, name: str) -> str:
    rows = {"Project No": number, "Project Name": name, "Contractor": "Made-up & Sons"}
    return "<table>" + "".join(f"<tr><td>{k}:</td><td>{v}</td></tr>" for k, v in rows.items()) + "</table>"


PAGES = {
    "level.aspx": "<a href='list.aspx?m=LIM331'>Projects of LIM331</a>"
    " <a href='list.aspx?m=DC12'>Projects of DC12</a> <a href='level.aspx'>Home</a>",
    "list.aspx?m=LIM331": a_list("WP1", "Giyani dam"),
    "list.aspx?m=DC12": a_list("WP2", "Amathole pipe"),
    "project.aspx?no=WP1": a_project("WP1", "Giyani dam"),
    "project.aspx?no=WP2": a_project("WP2", "Amathole pipe"),
}


@pytest.mark.parametrize("answers", range(1, 6))
def test_a_session_in_the_path_that_ends_is_begun_anew(answers, sync):
    pages = Cookieless(forgets_after=answers)
    with serving(pages) as site:
        run = sync(f"{site.root}/pmd/level.aspx")
    assert (run.complete, run.seen, run.pages) == (True, 2, 5), run.notes
    assert pages.made > 1


def test_a_session_in_the_path_makes_no_second_page_and_no_change(sync, here, tmp_path):
    pages = Cookieless()
    with serving(pages) as site:
        entry = f"{site.root}/pmd/level.aspx"
        first = sync(entry)
        assert (first.complete, first.seen, first.pages) == (True, 2, 5), first.notes
        again = sync()
        assert (again.state, again.seen, again.change_count) == ("unchanged", 2, 0)
        assert len(set(Sighting.objects.values_list("key", flat=True))) == 5
        assert not [url for url in Project.objects.values_list("url", flat=True) if "(S(" in url]
        warc = captured(entry, here, tmp_path / "visit.warc.gz")
        assert pages.made >= 3
    run = sync(entry, capture=opened(warc))
    assert (run.state, run.complete, run.seen) == ("unchanged", True, 2), run.notes


def test_a_captures_sessions_need_not_be_those_of_its_links(sync, here, tmp_path):
    """Somebody's browser had one session for the lists, and another one for the projects' pages."""
    with serving(Cookieless()) as site:
        warc = captured(f"{site.root}/pmd/level.aspx", here, tmp_path / "visit.warc")
    body = warc.read_bytes()
    assert body.count(b"session1") > 3
    other = tmp_path / "other.warc"
    with warc.open("rb") as file, other.open("wb") as out:
        writer = WARCWriter(out, gzip=False, warc_version="1.1")
        for number, each in enumerate(ArchiveIterator(file)):
            url = each.rec_headers.get_header("WARC-Target-URI")
            if url and "project.aspx" in url:
                each.rec_headers.replace_header("WARC-Target-URI", url.replace("session1", f"other{number}"))
            writer.write_record(each)
    run = sync(f"{site.root}/pmd/level.aspx", capture=opened(other))
    assert (run.complete, run.seen, run.pages) == (True, 2, 5), run.notes
