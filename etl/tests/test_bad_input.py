"""Whatever the site answers instead of its pages: a failed run, one clear sentence, nothing lost."""

from __future__ import annotations

import json
import socket

import pytest
from django.core.management import call_command

from etl.exceptions import EtlError
from projects.models import DataChangeLog, Project, SyncRun

FAULTS = {
    "status500": "answered 500",
    "status503": "answered 503",
    "status404": "answered 404",
    "waf403": "refuses us: 403",
    "login": "login page",
    "soft_error": "error page",
    "empty": "empty page",
    "truncate": "ends in the middle",
    "cut": "broke off in the middle",
    "huge": "larger than 2 MB",
    "redirect_off": "off the host",
    "wrong_charset": "says that it is in",
    "slow": "did not answer in time",
}
pytestmark = pytest.mark.django_db


def what_we_know() -> tuple[list, int]:
    return list(Project.objects.order_by("id").values()), DataChangeLog.objects.count()


@pytest.fixture
def loaded(replica, first, here):
    here.FETCH_MAX_BYTES = 2_000_000
    here.FETCH_MAX_ATTEMPTS = 1
    return replica


@pytest.mark.parametrize("replica", [{"projects": 5}], indirect=True)
@pytest.mark.parametrize(("fault", "said"), FAULTS.items(), ids=FAULTS)
def test_a_bad_answer_fails_the_run_in_one_sentence_and_loses_nothing(loaded, sync, here, fault, said):
    before = what_we_know()
    here.FETCH_TIMEOUT_SECONDS = 0.15 if fault == "slow" else 60
    loaded.site.set_fault(fault, seconds=3)
    with pytest.raises(EtlError):
        sync()
    run = SyncRun.objects.latest("id")
    assert (run.state, run.complete) == ("failed", False)
    assert said in run.error
    assert run.error.count("\n") == 0
    assert what_we_know() == before


@pytest.mark.parametrize("replica", [{"projects": 5, "short_menu": False}], indirect=True)
def test_a_site_that_fails_in_the_middle_of_a_crawl_calls_nothing_missing(loaded, sync):
    before = what_we_know()
    loaded.site.set_fault("status500", after=9, times=2)
    run = sync()
    assert (run.complete, run.missing) == (False, 0)
    assert any("answered 500" in note for note in run.notes)
    assert what_we_know() == before


@pytest.mark.parametrize("replica", [{"projects": 5}], indirect=True)
def test_a_failed_run_does_not_silence_the_change_that_it_could_not_load(loaded, sync):
    loaded.site.mutate(2)
    loaded.site.set_fault("status500", after=6)
    with pytest.raises(EtlError):
        sync()
    loaded.site.set_fault("none")
    assert sync().change_count > 0


def test_a_site_that_is_down_is_told_as_such(sync):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(EtlError, match="cannot be reached"):
        sync(f"http://127.0.0.1:{port}/pmd/level.aspx")


def test_a_name_that_does_not_exist_is_told_as_such(sync):
    with pytest.raises(EtlError, match="cannot be found"):
        sync("https://ws.dws.invalid/pmd/level.aspx")


def test_the_command_says_it_and_exits_1(sync, here, capsys):
    here.DWS_URL = "https://ws.dws.invalid/pmd/level.aspx"
    with pytest.raises(SystemExit) as left:
        call_command("sync_dws")
    assert left.value.code == 1
    assert "cannot be found (DNS)" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call_command("sync_dws", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["complete"]) == ("failed", False)
    assert "DNS" in answer["error"]


def page(tmp_path, body: str):
    path = tmp_path / "page.html"
    path.write_text(f"<html><head><title>x</title></head><body>{body}</body></html>")
    return [path]


def test_a_page_without_anything_is_called_changed_not_empty(sync, tmp_path):
    with pytest.raises(EtlError, match="No project and no municipality line"):
        sync(files=page(tmp_path, "<p>Welcome</p>"))


def test_real_pages_never_enter_a_demo_database(loaded, sync, tmp_path):
    table = "<table><tr><th>Project No</th><th>Project Name</th><th>Budget</th></tr>"
    files = page(tmp_path, f"{table}<tr><td>1</td><td>A</td><td>R5</td></tr></table>")
    before = what_we_know()
    with pytest.raises(EtlError, match="never mixed"):
        sync(files=files)
    assert what_we_know() == before
