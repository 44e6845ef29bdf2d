"""How we behave towards a site, and what is said when it does not behave towards us."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest
import requests
import responses

from etl.exceptions import FetchFailed, SessionExpired
from etl.fetch.answers import retry_after_seconds
from etl.fetch.fetcher import Fetcher, FetchPolicy
from etl.fetch.network import Connection, Request
from etl.fetch.page import Kept
from etl.tests.tinysite import serving

SITE = "https://pmd.example.org/pmd/level.aspx"
ROBOTS = "https://pmd.example.org/robots.txt"


def fetcher(**policy: float) -> Fetcher:
    return Fetcher(SITE, FetchPolicy(**{"delay": 0, "backoff": 0, "attempts": 3, **policy}))  # type: ignore[arg-type]


@pytest.fixture
def site():
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def no_robots(site):
    site.get(ROBOTS, status=404)
    return site


def failure(ask) -> str:
    with pytest.raises(FetchFailed) as caught:
        ask()
    return str(caught.value)


def test_a_page_comes_with_its_bytes_status_and_headers_without_cookies(no_robots):
    no_robots.get(SITE, body=b"<html>\xe9</html>", headers={"Set-Cookie": "ASP.NET_SessionId=secret"})
    page = fetcher().get(SITE)
    assert (page.body, page.status) == (b"<html>\xe9</html>", 200)
    assert page.header("set-cookie") == "(masked)"
    assert "secret" not in repr(page)


def test_we_say_who_we_are_and_where_to_complain(no_robots):
    no_robots.get(SITE, body="x")
    fetcher(contact_url="https://example.org/contact").get(SITE)
    assert (
        no_robots.calls[-1].request.headers["User-Agent"] == "BukaAmanzi/1.0 (+https://example.org/contact)"
    )


def test_a_plus_in_an_encrypted_query_reaches_the_server_as_it_was(no_robots):
    url = f"{SITE}?enc=VWReJm+SmGcCYM6p/QAm="
    no_robots.get(re.compile(re.escape(SITE)), body="x")
    fetcher().get(url)
    assert no_robots.calls[-1].request.url == url


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_trouble_is_tried_again(no_robots, status):
    no_robots.get(SITE, status=status)
    no_robots.get(SITE, body="well again")
    ours = fetcher()
    assert ours.get(SITE).body == b"well again"
    assert (ours.requests, ours.retries) == (3, 1)


def test_trouble_that_stays_is_told_after_the_last_attempt(no_robots):
    no_robots.get(SITE, status=500)
    assert failure(lambda: fetcher().get(SITE)) == f"{SITE} answered 500 instead of 200."
    assert len(no_robots.calls) == 1 + 3


@pytest.mark.parametrize(("status", "said"), [(404, "answered 404"), (403, "refuses us: 403"), (410, "410")])
def test_a_clear_no_is_not_asked_twice(no_robots, status, said):
    no_robots.get(SITE, status=status)
    assert said in failure(lambda: fetcher().get(SITE))
    assert len(no_robots.calls) == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (requests.ConnectTimeout(), "did not answer in time"),
        (requests.ReadTimeout(), "did not answer in time"),
        (requests.ConnectionError("NameResolutionError: no such host"), "cannot be found (DNS)"),
        (requests.ConnectionError("refused"), "cannot be reached"),
        (requests.exceptions.ChunkedEncodingError("cut"), "broke off in the middle"),
    ],
)
def test_the_network_s_troubles_are_one_sentence_each(no_robots, error, said):
    no_robots.get(SITE, body=error)
    sentence = failure(lambda: fetcher().get(SITE))
    assert said in sentence
    assert sentence.endswith("after 3 attempts.")


def test_a_certificate_that_cannot_be_trusted_is_final(no_robots):
    no_robots.get(SITE, body=requests.exceptions.SSLError("self-signed"))
    assert failure(lambda: fetcher().get(SITE)) == "The certificate of pmd.example.org cannot be trusted."
    assert len(no_robots.calls) == 2


def test_a_body_over_the_cap_is_not_read_to_its_end(no_robots):
    no_robots.get(SITE, body=b"x" * 3_000_000)
    assert "larger than 2 MB" in failure(lambda: fetcher(max_bytes=2_000_000).get(SITE))


def test_a_redirect_on_the_host_is_followed(no_robots):
    no_robots.get(SITE, status=302, headers={"Location": "default.aspx?df=1"})
    no_robots.get("https://pmd.example.org/pmd/default.aspx?df=1", body="here")
    page = fetcher().get(SITE)
    assert (page.body, page.url) == (b"here", "https://pmd.example.org/pmd/default.aspx?df=1")


def test_a_redirect_off_the_host_is_not_followed(no_robots):
    no_robots.get(SITE, status=302, headers={"Location": "https://elsewhere.example.com/"})
    assert "off the host pmd.example.org" in failure(lambda: fetcher().get(SITE))


def test_a_circle_of_redirects_ends(no_robots):
    no_robots.get(SITE, status=302, headers={"Location": SITE})
    assert "in a circle" in failure(lambda: fetcher().get(SITE))


def test_between_two_requests_there_is_a_pause(no_robots):
    no_robots.get(SITE, body="x")
    ours = fetcher(delay=0.05)
    started = time.monotonic()
    ours.get(SITE)
    ours.get(SITE)
    assert time.monotonic() - started >= 0.09


def test_a_server_that_asks_for_too_much_patience_ends_the_run(no_robots):
    no_robots.get(SITE, status=503, headers={"Retry-After": "3600"})
    assert "3600 s of patience" in failure(lambda: fetcher().get(SITE))


def test_retry_after_is_obeyed(no_robots):
    no_robots.get(SITE, status=429, headers={"Retry-After": "1"})
    no_robots.get(SITE, body="x")
    started = time.monotonic()
    fetcher().get(SITE)
    assert time.monotonic() - started >= 0.95


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("120", 120.0),
        ("Mon, 23 Nov 2026 06:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 05:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 06:01:00", 60.0),
        (" 7 ", 7.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 99 Nov 2026 06:01:00 GMT", None),
        ("Mon, 23 Nov 2026 06:01:00 +99999999", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, wanted):
    assert retry_after_seconds(value, datetime(2026, 11, 23, 6, 0, tzinfo=UTC)) == wanted


@pytest.mark.parametrize(
    ("server_date", "wanted"),
    [
        ("Mon, 23 Nov 2026 06:00:30 GMT", 30.0),  # its clock is ahead of ours
        ("Sun, 22 Nov 2026 06:00:00 GMT", 60.0),  # a cache's old header
        ("nonsense", 60.0),
    ],
)
def test_a_date_is_read_by_the_server_s_clock_where_that_makes_it_sooner(server_date, wanted):
    now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert retry_after_seconds("Mon, 23 Nov 2026 06:01:00 GMT", now, server_date) == wanted


def test_a_wait_without_end_is_too_much_patience(no_robots):
    no_robots.get(SITE, status=503, headers={"Retry-After": "9" * 5000})
    assert "of patience" in failure(lambda: fetcher().get(SITE))


def test_the_backoff_doubles_with_jitter_and_has_an_end():
    ours = fetcher(backoff=2.0)
    waits = {attempt: [ours._backoff(attempt) for _ in range(50)] for attempt in (1, 3, 40)}
    assert all(1.0 <= wait <= 3.0 for wait in waits[1])
    assert all(4.0 <= wait <= 12.0 for wait in waits[3])
    assert max(waits[40]) <= 450
    assert len(set(waits[1])) > 40


# --- conditional requests -------------------------------------------------------------------------


KEPT = Kept(b"<html>kept</html>", {"Etag": 'W/"7"', "Last-Modified": "Sun, 22 Nov 2026 06:00:00 GMT"})


def test_a_page_that_is_as_it_was_comes_from_what_we_kept(no_robots):
    no_robots.get(SITE, status=304, headers={"X-Demo-Data": "1"})
    ours = fetcher()
    page = ours.get(SITE, KEPT)
    assert (page.body, page.not_modified, page.is_demo, ours.not_modified) == (KEPT.body, True, True, 1)
    headers = no_robots.calls[-1].request.headers
    assert headers["If-None-Match"] == 'W/"7"'
    assert headers["If-Modified-Since"] == "Sun, 22 Nov 2026 06:00:00 GMT"


def test_a_page_that_changed_is_sent(no_robots):
    no_robots.get(SITE, body="new")
    ours = fetcher()
    page = ours.get(SITE, KEPT)
    assert (page.body, page.not_modified, ours.not_modified) == (b"new", False, 0)


def test_nothing_is_asked_conditionally_that_we_did_not_keep(no_robots):
    no_robots.get(SITE, body="x")
    fetcher().get(SITE)
    assert "If-None-Match" not in no_robots.calls[-1].request.headers


def test_an_unmodified_that_nobody_asked_for_is_no_page(no_robots):
    no_robots.get(SITE, status=304)
    assert "answered 304 instead of 200" in failure(lambda: fetcher().get(SITE))


def test_after_a_redirect_nothing_is_conditional(no_robots):
    no_robots.get(SITE, status=302, headers={"Location": "other.aspx"})
    no_robots.get("https://pmd.example.org/pmd/other.aspx", body="x")
    fetcher().get(SITE, KEPT)
    assert "If-None-Match" not in no_robots.calls[-1].request.headers


# --- what an answer is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["Validation of viewstate MAC failed.", "Invalid postback or callback argument."]
)
def test_a_forgotten_session_is_not_asked_again(no_robots, said):
    no_robots.post(SITE, status=500, body=f"<html><title>Runtime Error</title>{said}</html>")
    with pytest.raises(SessionExpired):
        fetcher().post(SITE, {"a": "b"})
    assert len(no_robots.calls) == 2


# --- robots.txt: how it is had; how it is read is in test_robots.py ---------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(site):
    site.get(ROBOTS, body="User-agent: *\nDisallow: /pmd/", content_type="text/plain")
    assert "robots.txt" in failure(lambda: fetcher().get(SITE))
    assert len(site.calls) == 1


def test_a_crawl_delay_of_robots_txt_makes_us_slower(site):
    site.get(ROBOTS, body="User-agent: *\nCrawl-delay: 0.2", content_type="text/plain")
    site.get(SITE, body="x")
    ours = fetcher(delay=0.01)
    started = time.monotonic()
    ours.get(SITE)
    assert time.monotonic() - started >= 0.19


def test_a_delay_of_zero_overrules_the_crawl_delay(site):
    site.get(ROBOTS, body="User-agent: *\nCrawl-delay: 120", content_type="text/plain")
    site.get(SITE, body="x")
    started = time.monotonic()
    fetcher(delay=0).get(SITE)
    assert time.monotonic() - started < 60


def test_a_robots_txt_that_the_server_cannot_give_forbids_everything(site):
    site.get(ROBOTS, status=500)
    assert "we may not go on" in failure(lambda: fetcher().get(SITE))


HOME = "/pmd/level.aspx"
FORBIDS = "User-agent: *\nDisallow: /pmd/\nDisallow: /moved"
Said = tuple[int, dict[str, str], str]


def to(location: str) -> Said:
    return 302, {"Location": location}, "moved"


def robots_at(root: str) -> str:
    return f"robots.txt of {root.removeprefix('http://')}"


def asked_of(pages: dict[str, str | Said]) -> tuple[Fetcher, list[str], str, str]:
    """A fetcher that asked a site for its page: what it asked in all, what failed, and the site's root."""
    with serving({HOME: "home", **pages}) as site:
        ours, failed = Fetcher(f"{site.root}{HOME}", FetchPolicy(delay=0, backoff=0, attempts=2)), ""
        try:
            ours.get(f"{site.root}{HOME}")
        except FetchFailed as problem:
            failed = str(problem)
        ours.close()
        return ours, [line.removeprefix("GET ") for line in site.asked], failed, site.root


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/octet-stream", ""])
def test_rules_count_whatever_the_server_calls_them(kind):
    _, asked, failed, _ = asked_of({"/robots.txt": (200, {"Content-Type": kind}, FORBIDS)})
    assert (asked, "does not allow" in failed) == (["/robots.txt"], True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_robots_txt_that_moved_is_followed_though_it_forbids_its_own_place(status):
    moved = (status, {"Location": "/moved/robots"}, "")
    ours, asked, failed, _ = asked_of({"/robots.txt": moved, "/moved/robots": FORBIDS})
    assert (asked, ours.notes) == (["/robots.txt", "/moved/robots"], [])
    assert "does not allow /pmd/level.aspx" in failed


@pytest.mark.parametrize(("hops", "is_followed"), [(5, True), (6, False)])
def test_a_robots_txt_is_followed_over_five_redirects(hops, is_followed):
    pages = {f"/moved{number}": to(f"/moved{number + 1}") for number in range(1, hops)}
    ours, asked, failed, root = asked_of({"/robots.txt": to("/moved1"), **pages, f"/moved{hops}": FORBIDS})
    assert bool(failed) is is_followed
    assert asked[:6] == ["/robots.txt", *(f"/moved{number}" for number in range(1, 6))]
    none = f"{robots_at(root)} counts as none, and forbids nothing: more than 5 redirects."
    assert ours.notes == ([] if is_followed else [none])


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("/robots.txt", "more than 5 redirects."),
        ("", "more than 5 redirects."),
        (
            "https://elsewhere.example.com/robots.txt",
            "https://elsewhere.example.com/robots.txt is off the host",
        ),
        ("//elsewhere.example.com/", "is off the host"),
        ("http://127.0.0.1:1/robots.txt", "is off the host"),
        ("http://user:password@127.0.0.1/robots.txt", "is off the host"),
        ("file:///etc/passwd", "is off the host"),
        ("https://login.example.com/signin", "It seems to be a login."),
        ("http://[", "which is no address."),
    ],
)
def test_a_robots_txt_that_leads_away_or_in_a_circle_is_none_and_that_is_told(location, said):
    ours, asked, failed, root = asked_of({"/robots.txt": to(location)})
    assert (failed, asked[-1]) == ("", HOME)
    (note,) = ours.notes
    assert note.startswith(f"{robots_at(root)} counts as none, and forbids nothing: ")
    assert said in note


def test_where_a_robots_txt_leads_to_is_judged_as_if_it_were_there():
    ours, asked, failed, _ = asked_of({"/robots.txt": to("/gone")})
    assert (asked[-1], failed, ours.notes) == (HOME, "", [])
    _, asked, failed, _ = asked_of({"/robots.txt": to("/broken"), "/broken": (500, {}, "")})
    assert asked == ["/robots.txt", "/broken", "/broken"]
    assert "answered 500: we may not go on." in failed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 204, 304])
def test_a_site_that_has_no_robots_txt_for_us_forbids_nothing(status):
    ours, asked, failed, _ = asked_of({"/robots.txt": (status, {}, FORBIDS if status >= 400 else "")})
    assert (asked[-1], failed, ours.notes) == (HOME, "", [])


def test_a_page_in_place_of_robots_txt_forbids_nothing_and_is_told():
    ours, _, failed, root = asked_of({"/robots.txt": "<html><title>Welcome</title></html>"})
    assert failed == ""
    assert ours.notes == [
        f"{robots_at(root)} has not one line of a robots.txt (a page, perhaps), and forbids nothing."
    ]


def test_a_robots_txt_may_gain_encryption(site):
    site.get("http://pmd.example.org/robots.txt", status=301, headers={"Location": ROBOTS})
    site.get(ROBOTS, body=FORBIDS)
    ours = Fetcher("http://pmd.example.org/pmd/level.aspx", FetchPolicy(delay=0))
    assert not ours.allowed("http://pmd.example.org/pmd/level.aspx")


def test_a_robots_txt_does_not_lose_its_encryption(site):
    site.get(ROBOTS, status=301, headers={"Location": "http://pmd.example.org/moved.txt"})
    site.get("https://pmd.example.org/moved.txt", body=FORBIDS)
    assert not fetcher().allowed(SITE)


def test_of_a_robots_txt_without_end_no_more_is_read_than_is_used():
    rules = f"{FORBIDS}\n{'#' * 6_000_000}\n"
    with serving({"/robots.txt": rules, "/big": "x" * 6_000_000}) as site:
        ours = Fetcher(f"{site.root}{HOME}", FetchPolicy(delay=0, max_bytes=100_000))
        assert not ours.allowed(f"{site.root}{HOME}")
        assert ours.notes == [f"{robots_at(site.root)} is longer than 500 KiB; the rest was not read."]
        ours.close()
        line = Connection(site.root, 5, 100_000, {})
        assert 1000 < len(line.ask(Request("GET", f"{site.root}/big", enough=1000)).body) <= 1000 + 65536
        line.close()


@pytest.mark.parametrize(
    ("asked", "own", "kept", "is_told"),
    [
        ("120", 1.0, 120.0, False),
        ("2.5", 1.0, 2.5, False),
        ("300", 1.0, 300.0, False),
        ("0.5", 1.0, 1.0, False),
        ("301", 1.0, 300.0, True),
        ("86400", 1.0, 300.0, True),
        ("86400", 600.0, 600.0, True),
        ("86400", 0.0, 0.0, False),  # switched off by whoever runs this
    ],
)
def test_a_crawl_delay_is_kept_up_to_five_minutes_and_more_is_told(site, asked, own, kept, is_told):
    site.get(ROBOTS, body=f"User-agent: *\nCrawl-delay: {asked}")
    ours = fetcher(delay=own)
    assert ours.allowed(SITE)
    assert ours._delay == kept
    told = f"robots.txt of pmd.example.org asks for {asked} s between two requests; {kept:g} s were kept."
    assert ours.notes == ([told] if is_told else [])
