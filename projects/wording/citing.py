"""How a project or a change is cited: one sentence after another, for copying. Pure: no Django.

When a source published a thing it does not say; when it was read there is what we know.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from projects.languages import gettext
from projects.wording.figures import moment


def citation(
    what: str,
    *,
    title: str,
    url: str,
    read_at: datetime | None,
    sha256: str | None,
    permalink: str,
    demo: bool,
) -> str:
    """`“Weir” (WP1). As published by … on …, read 28 February 2027, 06:30 (UTC+2). Archived page: SHA-256 ….
    Buka Amanzi, https://….`

    `title`, `url`: of the source and of what was read; `read_at`: aware; `permalink`: the whole address here.
    """
    host = urlsplit(url).hostname or ""
    by = gettext("{source} on {host}").format(source=title, host=host) if host else title
    if read_at:
        published = gettext("As published by {source}, read {moment} (UTC+2).").format(
            source=by, moment=moment(read_at)
        )
    else:
        published = gettext("As published by {source}.").format(source=by)
    proof = gettext("Archived page: SHA-256 {sha256}.").format(sha256=sha256) if sha256 else ""
    parts = [gettext("Demo data, not real projects.") if demo else "", what, published, proof]
    return " ".join(filter(None, [*parts, f"Buka Amanzi, {permalink}"]))


def of_change(name: str, number: str, sentence: str) -> str:
    """`“Weir” (WP1): Progress fell from 78% to 62%.`"""
    return f"{_named(name, number)}: {sentence}"


def of_project(name: str, number: str) -> str:
    """`“Weir” (WP1).`"""
    return f"{_named(name, number)}."


def _named(name: str, number: str) -> str:
    return f"“{name}” ({number})" if name else number


__all__ = ["citation", "of_change", "of_project"]
