"""robots.txt as RFC 9309 reads it: whom a line means, which rule wins; and no file is too much for us."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buka.dev.testing import soon_done
from etl.fetch import robots

HOST = "https://pmd.example.org"


def forbidden(text: str | bytes, *paths: str) -> str:
    """Those of the paths that are forbidden, as one line."""
    rules = robots.read(text if isinstance(text, bytes) else text.encode())
    return " ".join(path for path in paths if not rules.allowed(HOST + path))


def for_all(*rules: str) -> str:
    return "\n".join(("User-agent: *", *rules))


@pytest.mark.parametrize(
    ("rules", "asked", "wanted"),
    [
        # the longest match wins, wherever it stands; Allow on a tie
        (["Allow: /", "Disallow: /pmd/"], "/ /pmd/a", "/pmd/a"),
        (["Disallow: /pmd/", "Allow: /pmd/lists/"], "/pmd/a /pmd/lists/a", "/pmd/a"),
        (["Disallow: /pmd", "Allow: /pmd"], "/pmd", ""),
        (["Disallow: /*.aspx", "Allow: /pmd/level"], "/pmd/level.aspx /a.aspx", "/a.aspx"),
        (["Disallow: /pmd/*.aspx", "Allow: /pmd/level."], "/pmd/level.aspx", ""),  # of one length
        # * and $
        (["Disallow: /*.aspx$"], "/a.aspx /a.aspx?b=1 /a.html", "/a.aspx"),
        (["Disallow: /*?enc="], "/a?enc=x /a?b=1 /enc=", "/a?enc=x"),
        (["Disallow: /a*b*c"], "/a1b2c3 /abc /acb", "/a1b2c3 /abc"),
        (["Disallow: /$"], "/ /a", "/"),
        (["Disallow: *"], "/ /a", "/ /a"),
        (["Disallow: /a$b"], "/a$b /a", "/a$b"),
        # paths know their case, and are no substrings
        (["Disallow: /PMD/"], "/PMD/a /pmd/a", "/PMD/a"),
        (["Disallow: /a"], "/ab /b/a", "/ab"),
        # one address in two spellings
        (["Disallow: /caf%c3%a9"], "/caf%C3%A9 /café /cafe", "/caf%C3%A9 /café"),
        (["Disallow: /café"], "/caf%c3%a9", "/caf%c3%a9"),
        (["Disallow: /b%7Ec"], "/b~c", "/b~c"),
        (["Disallow: /x%2Fy"], "/x%2fy /x/y", "/x%2fy"),
        (["Disallow: /a b"], "/a%20b", "/a%20b"),
        # nothing, and what is none of the protocol
        (["Disallow:"], "/ /a", ""),
        (["Disallow: # nothing"], "/ /a", ""),
        (["Disallow: /a # the rest"], "/a /b", "/a"),
        (["Noindex: /a", "Disallow: /b"], "/a /b", "/b"),
        (["DISALLOW : /a", "  disallow:/b"], "/a /b", "/a /b"),
        (["Disalow: /a", "Dissallow /b"], "/a /b", "/a /b"),  # what was meant is plain
        (["Disallow: /"], "/robots.txt /robots.txt?a", ""),
    ],
)
def test_a_rule_forbids_what_it_matches_and_the_longest_rule_wins(rules, asked, wanted):
    assert forbidden(for_all(*rules), *asked.split()) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("User-agent: *\nDisallow: /a\n\nDisallow: /b", "/a /b"),
        ("User-agent: *\n\n\nDisallow: /a", "/a"),
        ("Disallow: /a\nUser-agent: *\nDisallow: /b", "/b"),  # of nobody
        # us rather than all, in any case, with a version, together with others
        ("User-agent: *\nDisallow: /a\nUser-agent: bukaAMANZI\nDisallow: /b", "/b"),
        ("User-agent: BukaAmanzi/1.0\nDisallow: /b\nUser-agent: *\nDisallow: /a", "/b"),
        ("User-agent: BukaAmanzi # ours\nDisallow: /b", "/b"),
        ("User agent: BukaAmanzi\nDisallow: /b", "/b"),
        ("User-agent BukaAmanzi\nDisallow: /b", "/b"),
        ("User-agent: Some\nUser-agent: BukaAmanzi\nUser-agent: Other\nDisallow: /b", "/b"),
        ("User-agent: BukaAmanzi\nDisallow:\n\nUser-agent: *\nDisallow: /", ""),
        # all groups that name us are one
        ("User-agent: BukaAmanzi\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: bukaamanzi\n"
         "Disallow: /b", "/a /b"),
        ("User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /c\nUser-agent: *\nDisallow: /b", "/a /b"),
        # others
        ("User-agent: Buka\nDisallow: /a", ""),
        ("User-agent: BukaAmanziTwo\nDisallow: /a", ""),
        ("User-agent: *bot*\nDisallow: /a", ""),
        ("User-agent: another\nDisallow: /a", ""),
        ("User-agent:\nDisallow: /a", ""),
        ("User-agent: *\nDisallow: /a\nUser-agent:\nDisallow: /b", "/a"),
        # other records stand between, and end no group
        ("User-agent: BukaAmanzi\nContent-Signal: search=yes\nUser-agent: x\nDisallow: /a", "/a"),
        ("User-agent: *\nSitemap: https://pmd.example.org/a.xml\nDisallow: /a", "/a"),
        ("User-agent: *\nHost: x\nRequest-rate: 1/5\nDisallow: /a", "/a"),
    ],
)  # fmt: skip
def test_a_group_is_for_whom_it_names_and_all_that_name_us_are_one(text, wanted):
    assert forbidden(text, "/a", "/b", "/c") == wanted


RULES = "# ours\nUser-agent: *\nDisallow: /a\n\nDisallow: /é\nCrawl-delay: 7\n"


@pytest.mark.parametrize(
    "body",
    [
        RULES.encode(),
        RULES.replace("\n", "\r\n").encode(),
        RULES.replace("\n", "\r").encode(),
        RULES.encode("utf-8-sig"),
        b"\xef\xbb\xbf" + RULES.encode("utf-8-sig"),
        RULES.encode("utf-16"),
        "\ufeff".encode("utf-16-be") + RULES.encode("utf-16-be"),
        RULES.replace("# ours\n", "\ufeff").encode(),
        RULES.strip().encode(),
    ],
    ids="LF CRLF CR BOM two-BOMs UTF-16-LE UTF-16-BE BOM-before-the-rule no-last-line-end".split(),
)
def test_line_ends_and_byte_order_marks_change_nothing(body):
    rules = robots.read(body)
    assert forbidden(body, "/a", "/b", "/%C3%A9") == "/a /%C3%A9"
    assert (rules.delay, rules.notes) == (7.0, ())


def test_bytes_that_are_not_utf_8_cost_no_other_rule():
    body = "User-agent: *\nDisallow: /café/\nDisallow: /b".encode("latin-1")
    assert forbidden(body, "/b", "/c", "/caf%E9/x") == "/b /caf%E9/x"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("120", 120), ("2.5", 2.5), ("0", 0), (" 7 # seconds", 7), ("86400", 86400), ("1e9", 1e9),
        ("-1", 0), ("nan", 0), ("inf", 0), ("1e400", 0), ("9" * 5000, 0), ("soon", 0), ("10s", 0),
        ("2,5", 0), ("", 0),
    ],
)  # fmt: skip
def test_a_crawl_delay_is_a_number_of_seconds_or_nothing(value, wanted):
    assert robots.read(for_all(f"Crawl-delay: {value}").encode()).delay == wanted


def test_a_crawl_delay_is_that_of_our_group():
    text = (
        "User-agent: x\nCrawl-delay: 9\nUser-agent: *\nCrawl-delay: 5\nUser-agent: BukaAmanzi\nDisallow: /a"
    )
    assert robots.read(text.encode()).delay == 0
    assert robots.read(f"{text}\nCrawl-delay: 2".encode()).delay == 2
    assert robots.read(text.rpartition("User-agent")[0].encode()).delay == 5


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html>\n<title>Not found</title>\nUser-agents and robots\n</html>",
        b'{"error": "not found"}',
        b"\x1f\x8b\x08\x00\x00",
        "User-agent: *\nDisallow: /".encode("utf-16-le"),  # without a mark nobody can know
    ],
)
def test_what_is_no_robots_txt_forbids_nothing_and_is_told(body):
    rules = robots.read(body)
    assert (rules.allowed(f"{HOST}/pmd/"), rules.delay) == (True, 0)
    assert rules.notes == ("has not one line of a robots.txt (a page, perhaps), and forbids nothing",)


@pytest.mark.parametrize(
    "text", ["", "\n \n", "# nothing to say\n", "Sitemap: https://pmd.example.org/s.xml"]
)
def test_a_robots_txt_without_rules_is_nothing_to_tell(text):
    rules = robots.read(text.encode())
    assert (rules.allowed(f"{HOST}/pmd/"), rules.notes) == (True, ())


def test_rules_in_a_page_count_all_the_same():
    assert forbidden("<pre>\nUser-agent: *\nDisallow: /a\n</pre>", "/a", "/b") == "/a"


def padded(before: bytes, after: bytes) -> bytes:
    """`after` begins at the last byte that is read."""
    return before + b"#" * (robots.LONGEST - len(before) - 2) + b"\n" + after


def test_of_a_long_file_five_hundred_kibibytes_are_read_up_to_a_whole_line():
    first = b"User-agent: *\nDisallow: /a\n"
    body = padded(first, b"Disallow: /b\n")
    assert forbidden(body, "/a", "/b") == "/a"
    assert robots.read(body).notes == ("is longer than 500 KiB; the rest was not read",)
    half = first + b"#" * (robots.LONGEST - len(first) - 12) + b"\nDisallow: /private\n"
    assert half[: robots.LONGEST].endswith(b"\nDisallow: /")
    assert forbidden(half, "/a", "/b") == "/a"
    exact = (first + b"Disallow: /b#").ljust(robots.LONGEST, b"#")
    assert (forbidden(exact, "/a", "/b"), robots.read(exact).notes) == ("/a /b", ())


def filled(head: str, line: str) -> str:
    """As many lines as are read; `{}` in a line is its number."""
    lines = [line.format(number) for number in range(robots.LONGEST // len(line))]
    return "\n".join([head, *lines])[: robots.LONGEST]


@pytest.mark.parametrize(
    "text",
    [
        filled("User-agent: *", "Disallow: /*{}x"),
        filled("User-agent: *", "Disallow: /*a*a*a*x{}"),
        filled("User-agent: *", "Disallow: /*a$$$$${}"),
        filled("User-agent: *\nUser-agent: BukaAmanzi\nUser-agent: x", "Disallow: /{}$"),
        "User-agent: *\nDisallow: /" + "*a" * 250_000 + "x",
        "User-agent: *\nDisallow: /" + "*" * 500_000 + "x",
        "User-agent: *\nDisallow: /" + "%" * 500_000,
        filled("", "User-agent: robot{}")[:250_000] + filled("", "\nDisallow: /{}")[:250_000],
        "User-agent" + " " * 500_000,
        "Di" + "w" * 500_000,
        " " * 500_000,
    ],
    ids=lambda text: repr(text[:45]),
)
def test_no_file_is_too_much_for_us(text):
    """Linear in the file and in the URL: ten times what it takes here."""
    with soon_done(10):
        rules = robots.read(text.encode())
        rules.allowed(f"{HOST}/{'a' * 2000}")


@given(st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda text: for_all(text).encode())))
@settings(max_examples=200, deadline=None)
def test_no_bytes_are_an_error(body):
    rules = robots.read(body)
    assert rules.allowed(f"{HOST}/pmd/level.aspx?a=%zz") in (True, False)
    assert 0 <= rules.delay < float("inf")
