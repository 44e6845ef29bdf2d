"""A version that finds more ways into a site tells nothing of what was there before."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from etl.crawl import links
from etl.extract.types import PageContent
from etl.tests.conftest import Sync
from etl.tests.test_areas import HEAD, ROW, page
from etl.tests.tinysite import serving
from projects.models import DataChangeLog, Project, SyncRun

pytestmark = pytest.mark.django_db
ENTRY = "/pmd/level.aspx"


def rows(first: int, last: int) -> str:
    return HEAD + "".join(ROW.format(f"A{at}", 1000 * at) for at in range(first, last))


def listed(first: int, more: str) -> str:
    return page(f"<h2>Projects of Greater Giyani (LIM331)</h2><table>{rows(first, first + 5)}</table>{more}")


def is_identical() -> bool:
    call_command("replay", "--json", stdout=(out := StringIO()))
    return bool(json.loads(out.getvalue())["identical"])


@pytest.mark.parametrize("has_moved", [True, False])
def test_what_stands_on_pages_that_are_had_since_the_parser_moved_is_no_news(
    has_moved: bool, sync: Sync
) -> None:
    on = "<a href='level.aspx?page=2'>Next</a>"
    with serving({ENTRY: listed(1, ""), f"{ENTRY}?page=2": listed(6, "")}) as site:
        sync(site.root + ENTRY)
        site.pages[ENTRY] = listed(1, on)
        if has_moved:
            SyncRun.objects.update(parser_digest="f" * 64)
        last = DataChangeLog.objects.latest("id").pk
        assert sync(site.root + ENTRY).complete
    told = DataChangeLog.objects.filter(id__gt=last, entity_type="project")
    causes = {row.cause for row in told if row.change_type == "created"}
    assert causes == {"parser" if has_moved else "source"}
    assert Project.objects.count() == 10
    assert is_identical()


def test_a_list_whose_municipality_is_understood_since_is_no_news(
    sync: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(content: PageContent) -> None:
        return None

    with serving({ENTRY: listed(1, "")}) as site:
        with monkeypatch.context() as before:
            before.setattr(links, "area_of", nobody)
            sync(site.root + ENTRY)
            assert not Project.objects.filter(municipality="LIM331").exists()
            SyncRun.objects.update(parser_digest="f" * 64)
        last = DataChangeLog.objects.latest("id").pk
        sync(site.root + ENTRY)
        assert sync(site.root + ENTRY).state == "unchanged"
    assert Project.objects.filter(municipality="LIM331").count() == 5
    told = DataChangeLog.objects.filter(id__gt=last)
    assert {(row.change_type, row.cause) for row in told} == {("updated", "parser")}
