"""What is not the page that was asked for is called by its name."""

from __future__ import annotations

import pytest

from etl.crawl.inspect import inspect_callback, inspect_page
from etl.exceptions import PageChanged, SessionExpired

GOOD = b"<!DOCTYPE html><html><head><title>DWS</title></head><body>%s</body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"", "text/html", "empty page"),
        (b"  \r\n ", "text/html", "empty page"),
        (b"<html><body><table><tr><td>cut", "text/html", "ends in the middle"),
        (b"<html><body><input name='__VIEWSTATE'>", "text/html", "ends in the middle"),
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
        (b"<!DOCTYPE html><html><title>x</title><table><tr><td>no end tag needed</table>", "text/html"),
        (
            GOOD % (b"<input type=password>" + b"<table>" + b"<tr><td>a</td></tr>" * 9 + b"</table>"),
            "text/html",
        ),
        (GOOD % b"caf\xe9", "text/html; charset=windows-1252"),
        (b"<table><tr><td>a saved piece</td></tr></table>", ""),
        (b"0|/*DX*/({'result':'<b>x</b>','id':0})", "text/plain"),
    ],
)
def test_a_page_that_is_one_passes(body, content_type):
    inspect_page("https://pmd.example.org/", body, content_type)


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("TimeOutPage.aspx?index=3", SessionExpired, "session ended"),
        ("Account/Login.aspx", PageChanged, "login page"),
        ("default.aspx?ReturnUrl=%2fpmd%2flevel.aspx", PageChanged, "login page"),
        ("GenericError.aspx?aspxerrorpath=/pmd/level.aspx", PageChanged, "error page"),
    ],
)
def test_where_the_redirects_ended_tells_what_the_page_is(path, error, said):
    with pytest.raises(error, match=said):
        inspect_page(f"https://pmd.example.org/pmd/{path}", GOOD % b"Sorry.", "text/html")


@pytest.mark.parametrize(
    "path", ["level.aspx?id=7", "project/proj_detail.aspx", "timeouts/list.aspx", "login-reports/"]
)
def test_an_ordinary_address_tells_nothing(path):
    inspect_page(f"https://pmd.example.org/pmd/{path}", GOOD % b"x", "text/html")


def test_a_page_that_warns_of_an_expiring_session_is_still_the_page():
    """The dashboard's own frame has this pop-up on each page."""
    body = GOOD % b"Active Session Expiring. Your PMD session is about to expire!"
    inspect_page("https://pmd.example.org/pmd/level.aspx", body, "text/html")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (GOOD % b"an ordinary page of the site", SessionExpired),
        (GOOD % b"Your session has expired.", SessionExpired),
        (GOOD.replace(b"DWS", b"Runtime Error") % b"Invalid viewstate.", SessionExpired),
        (GOOD % b'<input type="password">', PageChanged),
        (GOOD % b"The requested URL was rejected. Your support ID is: 123", PageChanged),
        (GOOD.replace(b"DWS", b"Server Error") % b"NullReferenceException", PageChanged),
    ],
)
def test_what_comes_in_place_of_a_callback_s_answer(body, error):
    with pytest.raises(error) as caught:
        inspect_callback("https://pmd.example.org/pmd/level.aspx", body, "text/html")
    assert caught.type is error


@pytest.mark.parametrize("body", [b"0|/*DX*/({'result':'x','id':0})", b"s/*DX*/({})", b"eNo such row"])
def test_a_callback_s_answer_passes(body):
    inspect_callback("https://pmd.example.org/pmd/level.aspx", body, "text/plain")
