"""A page is read in a process that can be ended: by its time, its memory, or whoever waits for it."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from buka.tests.patience import SOON, wait_for
from etl.bounds import call
from etl.bounds.call import Bounded, bounded
from etl.exceptions import PageTooCostly, SessionExpired, Stopped
from etl.tests import costly
from etl.understand import read_page

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((Path(__file__).parent / "examples" / "dws").glob("*.html"))


def test_a_page_is_read_there_as_it_is_here():
    for page in EXAMPLES[::9]:
        body = page.read_bytes()
        assert bounded(read_page, body, url="http://h/a") == read_page(body, url="http://h/a")


def test_a_process_is_used_again():
    assert bounded(os.getpid) == bounded(os.getpid) != os.getpid()


def test_one_that_a_large_process_started_is_used_again_too(settings):
    settings.READ_MEGABYTES = 256
    call._end_all()
    large = bytearray(os.urandom(1)) * 120_000_000  # more than a helper may have to be used again
    assert bounded(os.getpid) == bounded(os.getpid), len(large)


@pytest.mark.usefixtures("by_the_processor")
def test_code_that_hears_no_signal_is_ended_when_its_time_is_over(settings):
    settings.READ_SECONDS = 0.3
    begun = time.monotonic()
    with pytest.raises(PageTooCostly, match=r"more than 0.3 seconds of processor time"):
        bounded(costly.burn)
    assert time.monotonic() - begun < 2 * SOON, "burning takes minutes"
    assert bounded(costly.grow, 1) == 1_000_000  # the next page is another's


@pytest.mark.usefixtures("by_the_processor")
def test_time_is_counted_anew_for_each_page(settings):
    settings.READ_SECONDS = 1  # the first call reads its modules, too
    pids = {(bounded(costly.burn_a_little), bounded(os.getpid))[1] for _ in range(3)}
    assert len(pids) == 1


def test_what_waits_for_nothing_is_ended_by_the_clock(settings):
    settings.READ_SECONDS = 0.1
    with pytest.raises(PageTooCostly, match=r"more than 0.5 seconds"):
        bounded(costly.sleep, 30)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS bounds no process's memory")
@pytest.mark.parametrize("costs", [costly.grow, costly.answer])
def test_a_page_that_takes_more_memory_than_there_is_for_it_fails(settings, costs):
    settings.READ_MEGABYTES = 256
    with pytest.raises(PageTooCostly, match="more than 256 MB of memory"):
        bounded(costs, 300)
    assert bounded(costly.grow, 1) == 1_000_000


def test_a_process_that_has_grown_is_not_used_again(settings):
    settings.READ_MEGABYTES = 256
    before = bounded(os.getpid)
    bounded(costly.grow, 100)
    assert bounded(os.getpid) != before


def test_what_is_nested_too_deeply_fails():
    with pytest.raises(PageTooCostly, match="nested too deeply"):
        bounded(costly.nest)


def test_a_crash_of_the_process_is_a_page_that_failed():
    with pytest.raises(PageTooCostly, match="SIGSEGV"):
        bounded(costly.die)


def test_what_is_wrong_with_a_page_is_said_as_it_is_here():
    with pytest.raises(SessionExpired, match="The session ended"):
        bounded(costly.expire)


def test_a_fault_of_ours_is_no_fault_of_the_page():
    with pytest.raises(RuntimeError, match="KeyError: 'a fault of ours'"):
        bounded(costly.fail)


def test_nothing_but_our_own_values_is_taken_as_an_answer():
    with pytest.raises(pickle.UnpicklingError, match=r"subprocess\.Popen"):
        bounded(costly.smuggle)


def test_whoever_waits_can_leave_and_the_process_ends_with_it():
    def alive() -> None:
        if time.monotonic() > begun + 0.3:
            raise Stopped("Asked to stop.")

    pid, begun = bounded(os.getpid), time.monotonic()
    with pytest.raises(Stopped):
        Bounded(costly.burn, alive)()
    assert time.monotonic() - begun < SOON
    assert not lives(pid)


def test_a_process_that_was_ended_meanwhile_is_replaced():
    pid = bounded(os.getpid)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not lives(pid), "its end")
    assert bounded(os.getpid) != pid


@pytest.mark.skipif(sys.platform != "linux", reason="by /proc")
def test_it_has_no_connection_of_ours():
    with socket.socket() as inherited:
        os.set_inheritable(inherited.fileno(), True)
        call._end_all()
        assert "socket" not in bounded(costly.opened)


def test_several_threads_read_at_once():
    found: list[float] = []
    threads = [threading.Thread(target=lambda: found.append(bounded(costly.sleep, 0.2))) for _ in range(4)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0.2] * 4
    assert time.monotonic() - begun < 4 * SOON, "each of them starts a process"
    assert len(call._idle) <= call._MOST_IDLE


def test_a_fork_starts_a_process_of_its_own():
    pid = bounded(os.getpid)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(theirs, str(bounded(os.getpid)).encode())
            call._end_all()
        finally:
            os._exit(0)
    os.close(theirs)
    with open(ours) as answer:
        assert answer.read() not in ("", str(pid))
    os.waitpid(child, 0)
    assert bounded(os.getpid) == pid


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends when its page is read")
def test_it_ends_with_whoever_asked_even_in_the_midst_of_a_page():
    program = (
        "import os\n"
        "from etl.bounds.call import bounded; from etl.tests import costly\n"
        "print(bounded(os.getpid), flush=True)\n"
        "bounded(costly.burn)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "buka.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    pid = int(process.stdout.readline())
    time.sleep(0.3)
    process.kill()
    process.communicate()
    wait_for(lambda: not lives(pid), "the helper's end")


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
