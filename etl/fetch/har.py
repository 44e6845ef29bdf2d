"""A HAR file, as browsers save it from their tools, → the answers that it holds.

http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import base64
import json
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from etl.exceptions import BadCapture, FetchFailed
from etl.fetch.network import told
from etl.fetch.page import Page
from etl.fetch.recorded import Contents, Form, Recorded
from etl.fetch.warc import form_of, moment

_LARGEST = 500_000_000  # bytes; JSON has to be read whole


def contents(path: Path, max_bytes: int) -> Contents:
    """The answers of a HAR file. `max_bytes`: of one body. Raises BadCapture, OSError."""
    if path.stat().st_size > _LARGEST:
        raise BadCapture(f"{path.name} is larger than {_LARGEST / 1e6:g} MB: save it in parts.")
    try:
        entries = json.loads(path.read_bytes())["log"]["entries"]
    except (ValueError, LookupError, TypeError, RecursionError) as problem:
        raise BadCapture(f"{path.name} is no HAR file, or broken: {str(problem)[:200]}.") from problem
    if not isinstance(entries, list):
        raise BadCapture(f"{path.name} is no HAR file: its log has no list of entries.")
    answers = []
    for number, entry in enumerate(entries, 1):
        try:
            answer = _answer(entry, max_bytes)
        except (ValueError, LookupError, TypeError, AttributeError) as problem:
            what = str(problem)[:200]
            raise BadCapture(f"{path.name} is broken at its entry {number}: {what}.") from problem
        answers += [answer] if answer else []
    return Contents(answers)


def _answer(entry: dict[str, Any], max_bytes: int) -> Recorded | None:
    """None where nothing of use was recorded: a picture, a piece of a page, an answer without its body."""
    request, response = entry["request"], entry["response"]
    method, url, content = request["method"].upper(), request["url"], response["content"]
    form = _form(request.get("postData") or {}) if method == "POST" else None
    has_body = isinstance(content.get("text"), str) or bool(response.get("redirectURL"))
    if method not in ("GET", "POST") or (method == "POST" and form is None) or not has_body:
        return None
    headers = {header["name"]: header["value"] for header in response.get("headers", [])}
    if location := response.get("redirectURL"):
        headers.setdefault("Location", location)
    text, is_packed = content.get("text") or "", content.get("encoding") == "base64"
    if not is_packed:  # the browser has decoded it
        kind = content.get("mimeType", "text/html").partition(";")[0]
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        headers["Content-Type"] = f"{kind}; charset=utf-8"
    at, status = moment(entry["startedDateTime"]), int(response["status"])
    read = partial(_page, url, text, is_packed, status, told(headers.items()), max_bytes)
    return Recorded(url, status, at, content.get("mimeType") or "", partial(read, at), form)


def _form(posted: dict[str, Any]) -> Form | None:
    kind = posted.get("mimeType", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return Form.of_call(posted.get("text") or "")
    if kind != "application/x-www-form-urlencoded":
        return None
    pairs = [(each["name"], each.get("value", "")) for each in posted.get("params") or []]
    return form_of((posted.get("text") or urlencode(pairs)).encode("utf-8", "replace"))


def _page(
    url: str, text: str, is_packed: bool, status: int, headers: dict[str, str], max_bytes: int, at: Any
) -> Page:
    """Raises FetchFailed."""
    try:
        body = base64.b64decode(text, validate=True) if is_packed else text.encode("utf-8", "surrogatepass")
    except ValueError as problem:
        raise FetchFailed(f"{url} is no base64 in the capture: {problem}.") from problem
    if len(body) > max_bytes:
        raise FetchFailed(f"{url} is larger than {max_bytes / 1e6:g} MB; it was not read.")
    return Page(url, body, status, headers, at)
