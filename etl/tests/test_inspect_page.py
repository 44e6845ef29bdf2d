"""What is not the page that was asked for is called by its name."""

from __future__ import annotations

import pytest

from etl.exceptions import PageChanged
from etl.inspect_page import inspect_page

GOOD = b"<!DOCTYPE html><html><head><title>DWS</title></head><body>%s</body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", "text/html", "empty page"),
        (b"  \r\n ", "text/html", "empty page"),
        (GOOD[:60], "text/html", "ends in the middle"),
        (GOOD % b'<input type="password" name="pw">', "text/html", "login page"),
        (
            GOOD.replace(b"DWS", b"Log In") % b'<input name="__VIEWSTATE"><input type=password>',
            "text/html",
            "login page",
        ),
        (GOOD.replace(b"DWS", b"Runtime Error") % b"x", "text/html", "error page"),
        (GOOD % b'<form action="error.aspx?aspxerrorpath=/pmd/level.aspx">', "text/html", "error page"),
        (GOOD % b"The requested URL was rejected. Your support ID is: 123", "text/html", "firewall"),
        (GOOD % b"caf\xe9", "text/html; charset=utf-8", "says that it is in utf-8"),
        (GOOD % "café".encode(), "text/html; charset=windows-1252", "but it is in UTF-8"),
        (GOOD % b"x", "text/html; charset=klingon", "no known charset"),
    ],
)
def test_another_page_with_a_200_is_recognised(body, content_type, said):
    with pytest.raises(PageChanged, match=said):
        inspect_page("https://pmd.example.org/", body, content_type)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (GOOD % "café".encode(), "text/html; charset=utf-8"),
        (GOOD % b"caf\xe9", "text/html"),
        (GOOD % b"caf\xe9", "text/html; charset=windows-1252"),
        (b"<table><tr><td>a saved piece</td></tr></table>", ""),
        (b"0|/*DX*/({'result':'<b>x</b>','id':0})", "text/plain"),
    ],
)
def test_a_page_that_is_one_passes(body, content_type):
    inspect_page("https://pmd.example.org/", body, content_type)
