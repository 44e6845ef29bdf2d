"""Pages that say no: ASP.NET's error page, a firewall's, a login form, the time-out page."""

from __future__ import annotations

from html import escape

from replica.pages.frame import GENERATOR


def bare(title: str, body: str) -> str:
    """A page without the site's frame."""
    return (
        f'<!DOCTYPE html>\r\n<html>\r\n<head><meta charset="utf-8"/>{GENERATOR}'
        f"<title>{escape(title)} (replica)</title></head>\r\n<body>\r\n{body}\r\n</body>\r\n</html>"
    )


def server_error(message: str) -> str:
    """The yellow page of ASP.NET."""
    return bare(
        "Runtime Error",
        f"<h1>Server Error in '/pmd' Application.<hr/></h1><h2><i>{escape(message)}</i></h2>"
        "<p><b>Description:</b> An unhandled exception occurred during the execution of the current web "
        "request.</p><hr/><p><b>Version Information:</b> Microsoft .NET Framework (replica)</p>",
    )


def not_found() -> str:
    return bare(
        "404 - File or directory not found.",
        "<h1>Server Error</h1><h2>404 - File or directory not found.</h2>",
    )


def unavailable() -> str:
    return bare("Service Unavailable", "<h2>Service Unavailable</h2><p>HTTP Error 503. Try again later.</p>")


def too_many() -> str:
    return bare("Too Many Requests", "<h1>Too Many Requests</h1>")


def custom_error() -> str:
    """The site's own error page, where `customErrors` leads to it."""
    return bare(
        "Error",
        "<h1>An error has occurred</h1><p>We are sorry. The system administrator has been notified.</p>"
        '<a href="level.aspx">Return to the home page</a>',
    )


def firewall() -> str:
    return bare(
        "Request Rejected",
        "<h1>Access denied</h1><p>The requested URL was rejected. Please consult with your administrator.</p>"
        "<p>Your support ID is: 1234567890123456789</p>",
    )


def login() -> str:
    return bare(
        "Sign in",
        '<form action="./login.aspx?ReturnUrl=%2fpmd%2flevel.aspx" method="post" id="aspnetForm">'
        '<h1>Sign in</h1><label>User name <input name="ctl00$tbUser" type="text"/></label>'
        '<label>Password <input name="ctl00$tbPassword" type="password"/></label>'
        '<input type="submit" value="Log in"/></form>',
    )


def timed_out() -> str:
    return bare("Session time-out", '<h1>Your session has timed out</h1><a href="level.aspx">Start again</a>')
