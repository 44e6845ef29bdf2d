"""`manage.py extract`: the contract's JSON, a readable summary, and a sentence for a missing file."""

from __future__ import annotations

import base64
import json
import quopri
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from projects.models import Vocabulary

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).parent / "examples" / "dws"
GRID = str(EXAMPLES / "grid_banded.html")
LINES = str(EXAMPLES / "lines_plain_text.html")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("extract", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_one_array_in_the_contracts_shape() -> None:
    grid, lines = json.loads(run(GRID, LINES, "--json"))
    assert grid["file"] == GRID
    assert grid["tables"] == [
        {
            "kind": "grid",
            "id": "b",
            "headers": ["Project No", "Finances Budget", "Finances Spent", "Status"],
            "rows": [["A1", "R1", "R2", "Design"]],
            "left_out": [],
        }
    ]
    assert grid["projects"][0]["external_id"] == "A1"
    assert lines["municipalities"][0] == {
        "code": "KZN263",
        "name": "Abaqulusi",
        "projects": "6",
        "value": "R353,000,000.00",
    }


def test_the_summary_says_plainly_that_a_page_offers_nothing(tmp_path: Path) -> None:
    page = tmp_path / "landing.html"
    page.write_text(
        '<title>Home</title><table><tr><td>Menu</td></tr></table><a href="http://x.example/">x</a>'
    )
    assert "No project table and no municipality line was found; the page offers 1 link." in run(str(page))


def test_a_missing_file_is_named_and_the_others_are_still_read(tmp_path: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="nowhere.html cannot be read: No such file"):
        call_command("extract", str(tmp_path / "nowhere.html"), GRID, "--json", stdout=out)
    assert [entry["file"] for entry in json.loads(out.getvalue())] == [GRID]


def test_a_page_without_markup_is_an_entry_with_a_sentence(tmp_path: Path) -> None:
    page = tmp_path / "empty.html"
    page.write_bytes(b"")
    (entry,) = json.loads(run(str(page), "--json"))
    assert entry["tables"] == entry["municipalities"] == entry["projects"] == []
    assert entry["notes"] == ["The answer is empty."]


def test_a_stewards_label_is_used(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<table><tr><th>Vote</th><th>Budget</th></tr><tr><td>S1</td><td>R1</td></tr></table>")
    assert json.loads(run(str(page), "--json"))[0]["projects"] == []
    Vocabulary.objects.create(kind="field", text="Vote", meaning="external_id")
    assert json.loads(run(str(page), "--json"))[0]["projects"][0]["external_id"] == "S1"


def test_tables_that_are_no_data_are_named_with_a_reason(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    box = "<tr><td>News</td><td>Events</td></tr><tr><td>We opened</td><td>Imbizo</td></tr>"
    page.write_text(f'<table id="box">{box}</table>')
    (entry,) = json.loads(run(str(page), "--json"))
    assert [(table["id"], table["rows"]) for table in entry["not_data"]] == [("box", 2)]
    assert entry["not_data"][0]["reason"].endswith(".")
    assert f"no data: box, 2 rows: {entry['not_data'][0]['reason']}" in run(str(page))


# --- files of several pages -----------------------------------------------------------------------

TABLE = (
    "<table><tr><th>Project No</th><th>Project Name</th></tr><tr><td>{0}</td><td>Dam é {0}</td></tr></table>"
)
HTML = f"<html><head><title>PMD</title></head><body>{TABLE}</body></html>"


def an_mht(*pages: bytes, encoding: str = "quoted-printable") -> bytes:
    """As Chrome and Edge save a page in one file."""
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.example/\r\nSubject: PMD\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n'
        '\tboundary="--B--"\r\n\r\n'
    )
    parts = [
        f"\r\n----B--\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n"
        f"Content-Location: http://a.example/pmd/list{number}.aspx\r\n\r\n".encode()
        + (quopri.encodestring(page) if encoding == "quoted-printable" else base64.encodebytes(page))
        for number, page in enumerate(pages)
    ]
    picture = b"\r\n----B--\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n"
    return head.encode() + b"".join(parts) + picture + b"\r\n----B----\r\n"


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("suffix", [".mht", ".mhtml", ".html"])
def test_each_page_of_an_mht_file_is_read(tmp_path, suffix, encoding):
    path = tmp_path / f"saved{suffix}"
    path.write_bytes(an_mht(HTML.format("P1").encode(), HTML.format("P2").encode(), encoding=encoding))
    told = json.loads(run(str(path), "--json"))
    assert [entry["url"] for entry in told] == [
        f"http://a.example/pmd/list{number}.aspx" for number in (0, 1)
    ]
    assert [entry["projects"][0]["published"]["Project Name"] for entry in told] == ["Dam é P1", "Dam é P2"]


def test_an_mht_file_that_is_cut_or_holds_no_page_is_told_of(tmp_path):
    cut, none = tmp_path / "cut.mht", tmp_path / "none.mht"
    whole = an_mht(HTML.format("P1").encode())
    cut.write_bytes(whole[: whole.index(b"</table>")])
    (told,) = json.loads(run(str(cut), "--json"))
    assert "ends in the middle" in " ".join(told["notes"]) or told["projects"][0]["external_id"] == "P1"
    none.write_bytes(an_mht())
    with pytest.raises(CommandError, match="none.mht holds no page of HTML"):
        run(str(none))


@pytest.mark.parametrize("packed", [True, False])
def test_each_page_of_a_warc_file_is_read_whatever_the_file_is_called(tmp_path, packed):
    path = tmp_path / "visit"
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=packed, warc_version="1.1")
        for number, kind in enumerate(["text/html", "image/png", "text/html; charset=utf-8"]):
            body = HTML.format(f"P{number}").encode()
            head = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            url = f"http://a.example/{number}"
            writer.write_record(
                writer.create_warc_record(url, "response", BytesIO(body), len(body), http_headers=head)
            )
    told = json.loads(run(GRID, str(path), "--json"))
    assert [entry["url"] for entry in told] == ["", "http://a.example/0", "http://a.example/2"]
    assert told[2]["projects"][0]["external_id"] == "P2"
    assert "(http://a.example/0): PMD" in run(str(path))
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    told = json.loads(run(str(path), "--json"))
    assert (told[0]["projects"][0]["external_id"], "breaks off" in told[-1]["notes"][0]) == ("P0", True)
    path.write_bytes(whole[:150])
    with pytest.raises(CommandError, match="visit is broken|no WARC file|holds no page"):
        run(str(path), GRID)


def test_each_page_of_a_har_file_is_read(tmp_path):
    path = tmp_path / "visit.har"
    content = {"mimeType": "text/html", "text": HTML.format("P1")}
    entry = {
        "startedDateTime": "2026-05-01T10:00:00.123+02:00",
        "request": {"method": "GET", "url": "http://a.example/"},
        "response": {"status": 200, "headers": [], "content": content},
    }
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    (told,) = json.loads(run(str(path), "--json"))
    assert told["projects"][0]["published"]["Project Name"] == "Dam é P1"
