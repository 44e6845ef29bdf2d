"""Bytes become text as browsers do it: in one place, in one way, whatever a page says of itself."""

from __future__ import annotations

import codecs
import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buka.dev.testing import soon_done
from projects.charset import decoded

NAME = "Naudé’s weir – phase 2"
UTF8_AS_WESTERN = NAME.encode().decode("cp1252")
HTML, HTML_UTF8 = "text/html", "text/html; charset=utf-8"
LATIN1, WESTERN = "text/html; charset=ISO-8859-1", "text/html; charset=windows-1252"
META_UTF8, META_LATIN1 = '<meta charset="utf-8">', "<meta charset=iso-8859-1>"
PRAGMA = '<meta content="text/html; charset={}" http-equiv="content-type">'
BOM8, BOM16LE, BOM16BE = codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE


def page(head: str = "", charset: str = "utf-8", before: str = "<!DOCTYPE html>") -> bytes:
    table = f"<table><tr><th>Project No<th>Project Name<th>Budget<tr><td>1<td>{NAME}<td>R5</table>"
    text = f"{before}<html><head><title>x</title>{head}</head><body>{table}</body></html>"
    return text.encode(charset)


class Case(NamedTuple):
    body: bytes
    content_type: str
    charset: str
    name: str = NAME


CASES = {
    "nothing is said, UTF-8": Case(page(), HTML, "utf-8"),
    "nothing is said, windows-1252": Case(page(charset="cp1252"), "", "windows-1252"),
    "header UTF-8": Case(page(), HTML_UTF8, "utf-8"),
    "header windows-1252": Case(page(charset="cp1252"), WESTERN, "windows-1252"),
    "header ISO-8859-1 means windows-1252": Case(page(charset="cp1252"), LATIN1, "windows-1252"),
    "header in quotes": Case(page(charset="cp1252"), 'text/html;charset="latin1"; x=y', "windows-1252"),
    "UTF-8 with its mark": Case(BOM8 + page(), HTML, "utf-8"),
    "UTF-16LE with its mark": Case(BOM16LE + page(charset="utf-16-le"), HTML, "utf-16le"),
    "UTF-16BE with its mark": Case(BOM16BE + page(charset="utf-16-be"), HTML, "utf-16be"),
    "UTF-32LE with its mark": Case(codecs.BOM_UTF32_LE + page(charset="utf-32-le"), HTML, "utf-32-le"),
    "UTF-32BE with its mark": Case(codecs.BOM_UTF32_BE + page(charset="utf-32-be"), HTML, "utf-32-be"),
    "UTF-16LE without a mark": Case(page(charset="utf-16-le"), HTML, "utf-16le"),
    "UTF-16BE without a mark": Case(page(charset="utf-16-be"), "", "utf-16be"),
    "UTF-32LE without a mark": Case(page(charset="utf-32-le"), HTML, "utf-32-le"),
    "UTF-32BE without a mark": Case(page(charset="utf-32-be"), "", "utf-32-be"),
    "header UTF-16 is little-endian": Case(
        page(charset="utf-16-le"), "text/html; charset=utf-16", "utf-16le"
    ),
    "mark against header": Case(BOM8 + page(), LATIN1, "utf-8"),
    "mark of UTF-16 against header": Case(BOM16LE + page(charset="utf-16-le"), HTML_UTF8, "utf-16le"),
    "mark against meta": Case(BOM8 + page(META_LATIN1), HTML, "utf-8"),
    "header against meta": Case(page(META_LATIN1), HTML_UTF8, "utf-8"),
    "header against meta, the other way": Case(page(META_UTF8, "cp1252"), WESTERN, "windows-1252"),
    "lying header": Case(page(), LATIN1, "windows-1252", UTF8_AS_WESTERN),
    "lying meta": Case(page(META_LATIN1), HTML, "windows-1252", UTF8_AS_WESTERN),
    "lying header, the other way": Case(
        page(charset="cp1252"), HTML_UTF8, "utf-8", "Naud\ufffds weir \ufffd phase 2"
    ),
    "lying meta, the other way": Case(
        page(META_UTF8, "cp1252"), HTML, "utf-8", "Naud\ufffds weir \ufffd phase 2"
    ),
    "meta": Case(page("<META CharSet='Windows-1252' />", "cp1252"), HTML, "windows-1252"),
    "meta that says UTF-16": Case(page("<meta charset=utf-16le>"), HTML, "utf-8"),
    "meta that says x-user-defined": Case(
        page("<meta charset=x-user-defined>", "cp1252"), HTML, "windows-1252"
    ),
    "meta in the old words": Case(page(PRAGMA.format("latin1"), "cp1252"), HTML, "windows-1252"),
    "content without http-equiv says nothing": Case(
        page('<meta name="x" content="text/html; charset=latin1">'), HTML, "utf-8"
    ),
    "unknown label, then a known one": Case(
        page("<meta charset=klingon><meta charset=l1>", "cp1252"), HTML, "windows-1252"
    ),
    "unknown label in the header, then meta": Case(
        page(META_LATIN1, "cp1252"), "text/html; charset=klingon", "windows-1252"
    ),
    "unknown label": Case(page(charset="cp1252"), "text/html; charset=klingon", "windows-1252"),
    "a codec of Python is no charset": Case(page(), "text/html; charset=rot13", "utf-8"),
    "nor is this one": Case(page("<meta charset=undefined>"), "text/html; charset=unicode_escape", "utf-8"),
    "meta after 1024 bytes": Case(
        page(f"<style>{'a' * 5000}</style>{META_LATIN1}", "cp1252"), HTML, "windows-1252"
    ),
    "meta after the head": Case(
        page().replace(b"<body>", b"<body><p>" + b"a" * 2000 + META_LATIN1.encode()), HTML, "utf-8"
    ),
    "meta in a comment": Case(page(f"<!-- > {META_LATIN1} -->"), HTML, "utf-8"),
    "meta behind an empty comment": Case(page(f"<!-->{META_LATIN1}", "cp1252"), HTML, "windows-1252"),
    "meta in a script": Case(page(f'<script>write("{META_LATIN1}")</script>'), HTML, "utf-8"),
    "meta in an attribute": Case(page(f"<link title='{META_LATIN1}'>"), HTML, "utf-8"),
    "charset of a script is none of the page": Case(page("<script charset=latin1></script>"), HTML, "utf-8"),
    "XML declaration": Case(
        page(charset="cp1252", before='<?xml version="1.0" encoding="iso-8859-1"?>'), HTML, "windows-1252"
    ),
    "XML declaration against meta": Case(
        page(META_UTF8, before='<?xml version="1.0" encoding="iso-8859-1"?>'), HTML, "utf-8"
    ),
    "bytes that are none of the charset": Case(
        page().replace("é".encode(), b"\xc3"), HTML_UTF8, "utf-8", NAME.replace("é", "\ufffd")
    ),
    "one sign cut in two": Case(
        page().replace("é".encode(), b"\xc3"), HTML, "utf-8", NAME.replace("é", "\ufffd")
    ),
    "a byte that windows-1252 has not": Case(
        page(charset="cp1252").replace(b"\x92", b"\x81"), LATIN1, "windows-1252", NAME.replace("’", "\ufffd")
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_page_is_read_as_a_browser_reads_it(case: Case) -> None:
    found = decoded(case.body, case.content_type)
    assert (f"<td>{case.name}<td>" in found.text, found.charset) == (True, case.charset)
    assert not found.text.startswith("\ufeff")
    assert (found.bad is not None) == ("\ufffd" in case.name)


@pytest.mark.parametrize(
    ("text", "content_type", "said", "is_guess"),
    [
        ("", "text/html; charset=Latin1", "Latin1", False),
        ("<meta charset=' utf-8 '>", "text/html; charset=klingon", "utf-8", False),
        ("<meta charset=romulan>", "text/html; charset=klingon", "klingon", True),
        ("<meta charset=romulan>", "", "romulan", True),
        ("<meta charset=''><meta charset>", "text/html; charset=", "", True),
        ("\ufeff<meta charset=latin1>", "text/html; charset=klingon", "utf-8", False),
        ("<p>charset=utf-8", "", "", True),
    ],
)
def test_what_a_page_says_of_itself_is_told(text, content_type, said, is_guess):
    found = decoded(text.encode(), content_type)
    assert (found.label, found.is_guess) == (said, is_guess)


def test_the_place_of_the_first_bad_byte_counts_from_the_first_byte():
    assert decoded(BOM8 + b"ab\xff").bad == 5
    assert decoded(b"ab\xff", HTML_UTF8).bad == 2


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=latin1", "application/problem+json"]
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_json_is_unicode_whatever_its_header_says(content_type, charset):
    body = json.dumps({"name": NAME, "html": META_LATIN1}, ensure_ascii=False).encode(charset)
    assert json.loads(decoded(body, content_type).text) == json.loads(body)
    assert json.loads(decoded(body, content_type).text)["name"] == NAME


def test_json_is_never_guessed_to_be_western():
    assert decoded(b'"\xe9\xe8\xea"', "application/json").text == '"\ufffd\ufffd\ufffd"'


PIECES = [
    b"<meta charset=", b"utf-16", b"rot13", b"hz-gb-2312", b"replacement", b"iso-2022-jp", b"'", b'"', b">",
    b"<!--", b"<script", b"</script", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\0", b"<?xml encoding='",
    b" http-equiv=content-type content='charset=", b"big5", b"\x1b$B", b"\x80", b"\xc3",
]  # fmt: skip


@given(
    st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join),
    st.sampled_from(["utf-8", "utf-16", "utf-7", "x", "gbk", "big5", "replacement", "idna", "ÿ"]).map(
        "text/html; charset={}".format
    )
    | st.text(max_size=30),
)
def test_no_bytes_and_no_header_raise_anything(body: bytes, content_type: str) -> None:
    found = decoded(body, content_type)
    assert found.is_guess or found.label


@pytest.mark.parametrize(
    "piece", ["<!--", "<script", "<a '", '<meta a="', "<meta charset", "<?xml ", "<meta a= ", "< ", "<title>"]
)
def test_hostile_markup_is_looked_through_in_linear_time(piece: str) -> None:
    with soon_done(2):
        decoded(piece.encode() * 100_000)
