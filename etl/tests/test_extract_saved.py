"""Pages as people save them: MHT of several browsers, UTF-16 and UTF-32 with and without a mark."""

from __future__ import annotations

import base64
import codecs
import json
import quopri
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.exceptions import PageChanged
from etl.extract.mht import looks_like_mht, read_mht
from etl.understand import read_page

NAME = "Graaff-Reinet = Naudé"
PAGE = (
    "<!DOCTYPE html><html><head><title>Projects</title></head><body>"
    "<table><tr><th>Project No<th>Project Name</tr>"
    f'<tr><td><a href="project.aspx?id=1&amp;x=2">WP1</a></td><td>{NAME}</td></tr></table></body></html>'
)
URL = "https://ws.dws.gov.za/pmd/level.aspx"
BLINK = """From: <Saved by Blink>
Snapshot-Content-Location: {url}
Subject: Projects
Date: Tue, 12 Aug 2025 10:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--abc----"


------MultipartBoundary--abc----
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: {url}

{page}
------MultipartBoundary--abc----
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://ws.dws.gov.za/pmd/logo.png

iVBORw0KGgo=

------MultipartBoundary--abc------
"""
EXPLORER = """From: "Saved by Windows Internet Explorer 8"
Subject: Projects
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----=_NextPart_000_0000_01D0"
X-MimeOLE: Produced By Microsoft MimeOLE V6.1

This is a multi-part message in MIME format.

------=_NextPart_000_0000_01D0
Content-Type: text/html;
\tcharset="{charset}"
Content-Transfer-Encoding: base64
Content-Location: {url}

{page}
------=_NextPart_000_0000_01D0--
"""
ALONE = """From: <Saved by Opera>
MIME-Version: 1.0
Content-Type: text/html; charset=windows-1252
Content-Transfer-Encoding: 8bit
Content-Location: {url}

{page}"""
FRAMES = """MIME-Version: 1.0
Content-Type: multipart/related; start="<main>"; boundary=b

--b
Content-Type: text/html
Content-ID: <menu>

<p>Menu</p>
--b
Content-Type: text/html; charset=utf-8
Content-ID: <main>
Content-Location: {url}

{page}
--b--
"""
NESTED = """MIME-Version: 1.0
Content-Type: multipart/related; boundary=outer

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain

Projects
--inner
Content-Type: text/html; charset=utf-8
Content-Location: {url}

{page}
--inner--
--outer--
"""


def printable(charset: str = "utf-8") -> str:
    return quopri.encodestring(PAGE.encode(charset)).decode("ascii")


def in_base64(charset: str) -> str:
    return base64.encodebytes(PAGE.encode(charset)).decode("ascii")


SAVED = {
    "Chrome": BLINK.format(url=URL, page=printable()).encode(),
    "Chrome on Windows": BLINK.format(url=URL, page=printable()).replace("\n", "\r\n").encode(),
    "Internet Explorer": EXPLORER.format(url=URL, page=in_base64("utf-8"), charset="utf-8").encode(),
    "Internet Explorer, wide": EXPLORER.format(url=URL, page=in_base64("utf-16"), charset="unicode").encode(),
    "Internet Explorer, old": EXPLORER.format(
        url=URL, page=in_base64("cp1252"), charset="iso-8859-1").replace("\n", "\r\n").encode(),
    "one part": ALONE.format(url=URL, page=PAGE).encode("cp1252"),
    "frames": FRAMES.format(url=URL, page=PAGE).encode(),
    "parts in a part": NESTED.format(url=URL, page=PAGE).encode(),
    "blank lines before": b"\xef\xbb\xbf\r\n" + BLINK.format(url=URL, page=printable()).encode(),
}  # fmt: skip


@pytest.mark.parametrize("body", SAVED.values(), ids=SAVED)
def test_a_page_saved_as_mht_is_read_with_its_address(body: bytes) -> None:
    (project,) = read_page(body).projects
    assert project.published == {"Project No": "WP1", "Project Name": NAME}
    assert project.url == "https://ws.dws.gov.za/pmd/project.aspx?id=1&x=2"


def test_the_address_that_is_given_counts_more_than_the_saved_one() -> None:
    (project,) = read_page(SAVED["Chrome"], url="http://localhost/a/b.aspx").projects
    assert project.url == "http://localhost/a/project.aspx?id=1&x=2"


def test_a_page_saved_from_a_disk_has_no_address() -> None:
    body = BLINK.format(url="file:///C:/pages/level.html", page=printable()).encode()
    assert read_page(body).projects[0].url == "project.aspx?id=1&x=2"


@pytest.mark.parametrize(
    "body",
    [
        PAGE.encode(),
        b"MIME-Version: 1.0\n\n" + PAGE.encode(),
        b"<p>MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b</p>",
        b'0|/*DX*/({"result":"x"})',
        b"Name: Giyani\nContent-Type: text/plain\nMIME-Version: 1.0\n\nx",
        b"",
    ],
)
def test_another_file_is_no_saved_page(body: bytes) -> None:
    assert not looks_like_mht(body)


@pytest.mark.parametrize(
    "body",
    [
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: a\n\nx\n--b--",
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n",
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n--b\nContent-Type: text/html\n\n<p>x",
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary=""\n\n--\n\n<p>',
    ],
)
def test_a_saved_file_without_a_page_is_called_so(body: bytes) -> None:
    with pytest.raises(PageChanged, match="holds no HTML"):
        read_page(body)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from(
                [
                    b"\n\n",
                    b"--b",
                    b"--b--\n",
                    b"Content-Type: text/html",
                    b"; charset=x*",
                    b"; boundary*0=b",
                    b"\n",
                    b"Content-Transfer-Encoding: base64",
                    b"\n\n====a",
                    b"Content-Type: multipart/related; boundary=b",
                ]
            ),
        ),
        max_size=12,
    )
)
def test_no_saved_file_raises_anything_but_page_changed(pieces: list[bytes]) -> None:
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b"
    try:
        read_mht(head + b"".join(pieces))
        read_page(head + b"".join(pieces))
    except PageChanged:
        pass  # fmt: skip


WIDE = {
    "utf-16 with a mark": codecs.BOM_UTF16_LE + PAGE.encode("utf-16-le"),
    "utf-16 with a mark, big end first": codecs.BOM_UTF16_BE + PAGE.encode("utf-16-be"),
    "utf-16": PAGE.encode("utf-16-le"),
    "utf-16, big end first": PAGE.encode("utf-16-be"),
    "utf-32 with a mark": codecs.BOM_UTF32_LE + PAGE.encode("utf-32-le"),
    "utf-32 with a mark, big end first": codecs.BOM_UTF32_BE + PAGE.encode("utf-32-be"),
    "utf-32": PAGE.encode("utf-32-le"),
    "utf-32, big end first": PAGE.encode("utf-32-be"),
    "utf-16 that says utf-8": PAGE.replace("<head>", "<head><meta charset=utf-8>").encode("utf-16-le"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("body", [*SAVED.values(), *WIDE.values()], ids=[*SAVED, *WIDE])
def test_the_command_reads_a_saved_page_however_it_was_saved(body: bytes, tmp_path: Path) -> None:
    page = tmp_path / ("page.mht" if looks_like_mht(body) else "page.html")
    page.write_bytes(body)
    out = StringIO()
    call_command("extract", str(page), "--json", stdout=out)
    entries = json.loads(out.getvalue())  # a frame that was saved with its page is a page of its own
    (entry,) = [entry for entry in entries if entry["projects"]]
    assert [project["published"]["Project Name"] for project in entry["projects"]] == [NAME]
    assert entry["notes"] == []
    assert len(entries) == 1 + body.count(b"<p>Menu</p>")


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("start", ["0|", "", "\n ", "3|abc"])
def test_a_saved_answer_in_a_wide_charset_is_read(start: str, charset: str) -> None:
    markup = PAGE.partition("<body>")[2].partition("</body>")[0]
    answer = f"{start}/*DX*/({{'result':'{markup}','id':0}})"
    (project,) = read_page(answer.encode(charset)).projects
    assert project.published["Project Name"] == NAME
