"""Which of a page's links are worth asking for, and by what name a page is known from poll to poll. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from etl.extract.types import Link, PageContent
from etl.values.addresses import SESSION_NAMES, has_session_path, without_session
from etl.values.places import METRO_CODE, MUNICIPAL_CODE, is_a_municipality

# What no list of projects hides behind: files, sessions, maps, pictures, forms to fill in.
_USELESS = re.compile(
    r"log(in|out|off)|sign(in|out)|account|password|timeout|export|print|download|copyright|privacy|terms|"
    r"spatial|map|/docs/|/reports?/|/dash/|/admin/|search|help|contact|"
    r"\.(pdf|docx?|xlsx?|csv|zip|png|jpe?g|gif|svg|js|css|axd|ashx|asmx)$",
    re.I,
)
_PROMISING = re.compile(
    r"project|level\.aspx|province|provincial|district|municip|munic|metro|\blist|scheme|wsa\b|rbig|wsig|"
    r"eastern cape|free state|gauteng|kwazulu|limpopo|mpumalanga|north(ern|[ -]?west)|western cape|"
    r"[\[(](DC\d{1,2}|[A-Z]{2,3}\d{0,3})[\])]",
    re.I,
)
# Oracle APEX: `f?p=application:page:session:…`, "f?p syntax" in https://docs.oracle.com/en/database/oracle/apex/
_APEX = re.compile(r"^(\w*:\w*:)\d*")
_LONGEST_NAME = 100  # characters of a link that may be called as a municipality
_VOLATILE = SESSION_NAMES | {"enc", "_", "t", "ts", "token", "rnd", "nocache"}
_AREA = re.compile(r"[\[(]\s*(DC\s?\d{1,2}|[A-Z]{2,3}\s?\d{0,3})\s*[\])]")


def is_volatile(url: str) -> bool:
    """Whether the URL carries an encrypted or per-session part, so that it names nothing for long."""
    return any(name.lower() in _VOLATILE for name, _ in parse_qsl(_split(url).query, keep_blank_values=True))


def is_of_session(url: str) -> bool:
    """Whether the URL is of no use any more when the session ended in which it was given."""
    return is_volatile(url) or has_session_path(url)


def key_of(url: str) -> str:
    """A name for the page that lasts: path and sorted query, without session parts."""
    parts = _split(without_session(url))
    query = sorted(
        (name, _APEX.sub(r"\1", value) if name == "p" and parts.path.endswith("/f") else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _VOLATILE
    )
    return parts.path + (f"?{urlencode(query)}" if query else "")


def path_of(url: str) -> str:
    return _split(without_session(url)).path.rstrip("/").casefold()


def is_below(url: str, entry: str) -> bool:
    """Whether the URL is on the entry page's host and below its folder."""
    ours, theirs = _split(without_session(entry)), _split(without_session(url))
    folder = ours.path.rsplit("/", 1)[0] + "/"
    same_host = theirs.scheme in ("http", "https") and theirs.netloc.lower() == ours.netloc.lower()
    return same_host and theirs.path.startswith(folder)


def is_promising(link: Link, entry: str) -> bool:
    """Whether a menu's link may lead to lists of projects."""
    if not is_below(link.url, entry):
        return False
    folder = _split(without_session(entry)).path.rsplit("/", 1)[0]
    path = _split(without_session(link.url)).path[len(folder) :]
    # "Last Visited Project" depends on the session
    if _USELESS.search(path) or "last visited" in link.text.casefold():
        return False
    if _PROMISING.search(path) or _PROMISING.search(link.text) or is_volatile(link.url):
        return True
    return len(link.text) < _LONGEST_NAME and is_a_municipality(link.text)


def is_part(url: str, entry: str) -> bool:
    """Whether a frame or a panel may hold more than what a page has around its data."""
    if not is_below(url, entry):
        return False
    folder = _split(without_session(entry)).path.rsplit("/", 1)[0]
    return not _USELESS.search(_split(without_session(url)).path[len(folder) :].replace("search", ""))


def area_of(content: PageContent) -> str | None:
    """The code in the page's title, `… - [LIM331]`, where it names exactly one; else that of the one
    municipality that its heading, or what stands above its lists, names."""
    found = {match.replace(" ", "") for match in _AREA.findall(content.title)}
    if not found and content.projects:
        lists = [table.context for table in content.tables if table.role == "projects"]
        said = " / ".join([content.heading, *(text for context in lists for text in context)])
        codes = (match.replace(" ", "") for match in _AREA.findall(said))
        found = {code for code in codes if MUNICIPAL_CODE.fullmatch(code) or METRO_CODE.fullmatch(code)}
    return found.pop() if len(found) == 1 else None


def _split(url: str) -> SplitResult:
    """The URL's parts; of what is no URL at all, none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
