"""A source that is declared in one module reaches every socket in the encoding of the live hub."""

from __future__ import annotations

import json

import pytest

from etl.scheduler import DataScheduler
from etl.tests.tinysite import serving
from etl.tests.waterboard_csv import SOURCE
from projects.declared import REGISTRY
from projects.models import DataChangeLog
from realtime.frames import frame

LIST = "Project No;Project Name;Municipality;Budget\nA1;Faure <b>2</b>;Cape Town [CPT];R 1 234,50\n"


@pytest.mark.django_db
def test_its_change_is_one_frame_that_names_it(settings, tmp_path, monkeypatch):
    monkeypatch.setitem(REGISTRY, SOURCE.name, SOURCE)
    settings.ARCHIVE_DIR, settings.FETCH_DELAY_SECONDS = tmp_path, 0
    with serving({"/projects.csv": (200, {"Content-Type": "text/csv; charset=utf-8"}, LIST)}) as site:
        settings.WATERBOARD_URL = f"{site.root}/projects.csv"
        run = DataScheduler().run_now(SOURCE.name, "command")
    sent = frame(DataChangeLog.objects.get(run=run), ["en"])
    told = json.loads(sent.texts["en"])
    assert (told["type"], told["id"], told["source"]) == ("change", run.last_change, SOURCE.name)
    assert (told["name"], told["municipality"], told["demo"]) == ("Faure <b>2</b>", "CPT", False)
    assert told["html"].startswith(f'<li class="change info" data-change-id="{told["id"]}">')
    assert "Faure &lt;b&gt;2&lt;/b&gt;" in told["html"]
    assert f" · {SOURCE.called} · " in told["html"]
    assert sent.facets.municipalities == {"CPT"}
