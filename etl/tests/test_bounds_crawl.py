"""Hostile pages and sites without end, met by a whole run: what is bad fails, the rest is read."""

from __future__ import annotations

from itertools import count
from types import SimpleNamespace

import pytest

from etl.crawl import session
from etl.exceptions import EtlError
from etl.fetch.archive import Archive
from etl.tests.test_crawl import Walk, link, page, table
from etl.tests.tinysite import serving
from projects.models import Project, Sighting, SyncRun

pytestmark = pytest.mark.usefixtures("by_the_processor")
# 30,000 small cards: each is looked at, and they take seconds
HEAVY = page("".join(f"<div class=card><b>Name</b> {n} <i>Budget</i> R{n}</div>" for n in range(30_000)))


@pytest.mark.django_db
def test_a_page_beyond_the_bounds_fails_its_bytes_are_kept_and_the_run_goes_on(sync, here):
    here.READ_SECONDS = 0.4
    menu = link("p/LIM", "Projects of Limpopo") + link("p/NC", "Projects of the Northern Cape")
    pages = {"/pmd/default.aspx": page(menu), "/pmd/p/LIM": HEAVY, "/pmd/p/NC": page(table(1))}
    with serving(pages) as site:
        run = sync(f"{site.root}/pmd/default.aspx")
    assert (run.state, run.complete) == ("succeeded", False)
    assert Project.objects.count() == 3
    (note,) = [note for note in run.notes if "p/LIM" in note or "p/lim" in note]
    assert "more than 0.4 seconds of processor time" in note
    look = Sighting.objects.get(run=run, content_sha256="")
    assert Archive(here.ARCHIVE_DIR).read(look.snapshot_id) == HEAVY.encode()
    assert look.snapshot_id in note


@pytest.mark.django_db
def test_an_entry_page_beyond_the_bounds_fails_the_run_and_is_kept(sync, here):
    here.READ_SECONDS = 0.4
    with serving({"/pmd/default.aspx": HEAVY}) as site, pytest.raises(EtlError, match="processor time"):
        sync(f"{site.root}/pmd/default.aspx")
    run = SyncRun.objects.latest("id")
    look = Sighting.objects.get(run=run)
    assert (run.state, Archive(here.ARCHIVE_DIR).has(look.snapshot_id)) == ("failed", True)


@pytest.mark.django_db
def test_the_lease_is_renewed_while_a_page_is_read(sync, here, monkeypatch):
    here.READ_SECONDS, here.LEASE_SECONDS = 0.8, 0.5
    kept: list[object] = []
    renew = SyncRun.objects.filter

    def seen(*args, **named):
        if "holder" in named:
            kept.append(named)
        return renew(*args, **named)

    monkeypatch.setattr(SyncRun.objects, "filter", seen)
    with serving({"/pmd/default.aspx": HEAVY}) as site, pytest.raises(EtlError, match="processor time"):
        sync(f"{site.root}/pmd/default.aspx")
    assert len(kept) >= 3  # twice while it was read, and at its end


def test_a_calendar_that_links_to_itself_for_ever_costs_the_time_of_a_crawl(settings, monkeypatch):
    settings.CRAWL_MINUTES = 1 / 3
    clock, days = count(), count()
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: next(clock)))  # a second a look

    def calendar(_form: object) -> str:
        month = next(days)
        rows = "".join(f"<tr><td>{month}</td><td>Meeting {month}</td><td>{n}</td></tr>" for n in range(3))
        head = "<tr><th>Month</th><th>Event</th><th>Day</th></tr>"
        return page(f"<table>{head}{rows}</table>" + f'<a rel="next" href="?page={month + 2}">Next</a>')

    class Calendar(dict[str, object]):
        def get(self, path: str, default: object = None) -> object:
            return calendar if path.startswith("/pmd/default.aspx") else super().get(path, default)

    with serving(Calendar()) as site:
        walk = Walk(site)
    assert 1 < next(days) < 30
    assert not walk.crawl.lists_complete
    assert "left of it was not asked for" in walk.notes
