"""Answers read again from the archive: for a release, a replay, or after the parser moved."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import replace
from itertools import groupby

from etl.bounds.call import bounded
from etl.crawl.archive_reader import kept_page, observation, of_run
from etl.exceptions import PageChanged
from etl.fetch.archive import Archive
from etl.money import answers
from etl.money.model import read_model
from etl.money.queries import CUBES, MODEL, Query, cube_of, model_query, params_of, queries_of
from etl.money.survey import AnswerPage, FinanceSurvey
from projects.models import Sighting, SyncRun

_KEY = re.compile(r"(?P<cube>\w+)(?: (?P<what>\w+))?(?: (?P<years>[\d+-]+))?")


def query_of(key: str) -> Query:
    """The question that a page answered, by its sighting's key. Raises PageChanged for one we never ask."""
    found = _KEY.fullmatch(key.split("#")[0])
    cube, what, years = found.group("cube", "what", "years") if found else ("", "", "")
    if what == MODEL:
        return model_query(cube)
    asked = (query for each in CUBES for query in queries_of(each, _years(years)))
    for query in asked:
        if query.key == key.split("#")[0]:
            return query
    raise PageChanged(f"Nothing that is asked today gives the page {key}.")


def _years(text: str | None) -> tuple[int, ...]:
    if not text:
        return ()
    first, _, last = text.partition("-")
    return tuple(range(int(first), int(last) + 1)) if last else tuple(map(int, text.split("+")))


def looks_at(run: SyncRun | int, cubes: Container[str]) -> list[Sighting]:
    """What a run read of some cubes."""
    row = run if isinstance(run, SyncRun) else SyncRun.objects.get(pk=run)
    return [look for look in of_run(row) if cube_of(look.key) in cubes]


def recall(looks: Iterable[Sighting], survey: FinanceSurvey) -> None:
    """Add what the looks' kept bytes say to the survey. Raises PageChanged when bytes are gone."""
    ordered = sorted(looks, key=lambda look: (look.key.split("#")[0], look.pk))
    for name, pages in groupby(ordered, key=lambda look: look.key.split("#")[0]):
        some = list(pages)
        # as it was asked then: a code that we ask for since is no reason to doubt an answer of long ago
        query = query_of(name)
        _add(replace(query, params=params_of(some[0].url) or query.params), some, survey)


def _add(query: Query, looks: list[Sighting], survey: FinanceSurvey) -> None:
    archive = Archive()
    pages = [(look, kept_page(look, archive)) for look in looks]
    for look, page in pages:
        seen = observation(look.key, page)
        seen.content, seen.clean = look.content_sha256, look.clean_sha256
        survey.observations[look.key] = seen
        survey.demo.add(page.is_demo)
    if query.what == MODEL:
        body, kind = pages[-1][1].body, pages[-1][1].content_type
        survey.updated[query.cube] = bounded(read_model, body, kind, query.cube).last_updated
        return
    rows = [bounded(answers.read, page.body, page.content_type, query).rows for _, page in pages]
    survey.add(
        query, [AnswerPage(some, look.snapshot_id) for (look, _), some in zip(pages, rows, strict=True)]
    )
