"""Whose data the municipal finances are and when they were published, as the terms of use ask to be said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from projects.facts.finance import TREASURY
from projects.languages import gettext
from projects.models import Source, SyncRun
from projects.wording import figures

TITLE = "National Treasury, Municipal Money"
# They carry no figures: when they were published says nothing of these.
_TABLES = frozenset({"municipalities", "demarcation_changes"})
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Attribution:
    """`published`: {"October 2020": [cubes]}, newest first, empty where no reading could tell; `read_at`:
    when the newest good reading ended (aware UTC), None before the first. `title`: the source's name here.
    `cubes`: the data sets that were read to their end.
    """

    published: dict[str, list[str]]
    read_at: datetime | None
    title: str = TITLE
    demo: bool = False
    cubes: frozenset[str] = frozenset()

    @property
    def published_text(self) -> str:
        """`October 2020`; with several dates, which data sets are of which."""
        if len(self.published) == 1:
            return next(iter(self.published))
        return "; ".join(f"{when} ({', '.join(cubes)})" for when, cubes in self.published.items())

    def __str__(self) -> str:
        text = gettext("Source: {title}").format(title=TITLE)
        if self.published:
            text += gettext("; data published {when}").format(when=self.published_text)
        if self.read_at:
            text += gettext("; read {moment}").format(moment=figures.moment(self.read_at))
        return f"{text}."


def attribution() -> Attribution:
    """Of the newest good readings of the source; one query."""
    good = SyncRun.objects.good().filter(source=OuterRef("pk")).order_by("-pk")
    rows = Source.objects.filter(pk=TREASURY).values_list(
        Subquery(good.filter(profile__has_key="cubes").values("profile")[:1]),
        Subquery(good.values("finished_at")[:1]),
        "title",
        "demo",
    )
    profile, read_at, title, demo = rows.first() or (None, None, TITLE, False)
    cubes = (profile or {}).get("cubes")
    known = frozenset(cubes if isinstance(cubes, dict) else ())
    return Attribution(_published(cubes), read_at, title, bool(demo), known)


def _published(cubes: Any) -> dict[str, list[str]]:
    """Of {cube: {"last_updated": "2020-10", …}}."""
    if not isinstance(cubes, dict):
        return {}
    given = [
        (str(known["last_updated"]), name)
        for name, known in sorted(cubes.items())
        if name not in _TABLES and isinstance(known, dict) and known.get("last_updated")
    ]
    published: dict[str, list[str]] = {}
    for text, name in sorted(given, key=lambda pair: pair[0], reverse=True):
        published.setdefault(_date(text), []).append(name)
    return published


def _date(text: str) -> str:
    """`2020-10` → `October 2020`, a day or a moment → the day in full; what is neither as it stands."""
    if found := _MONTH.fullmatch(text):
        return f"{figures.MONTHS[str(int(found[2]))]} {found[1]}"
    day = figures.day(text.partition("T")[0])
    return figures.long_date(day) if day else text


__all__ = ["TITLE", "Attribution", "attribution"]
