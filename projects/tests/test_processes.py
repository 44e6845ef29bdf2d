"""Whether a process still lives: also as a zombie, and where its number is another's by now."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from buka.tests.patience import SOON
from projects.health import clusters
from projects.models import Heartbeat
from projects.processes import Process, born, holder
from projects.tests.factories import a_run

HERE = socket.gethostname()
MASTER = "import signal, sys; signal.signal(signal.SIGUSR1, {answer}); print(flush=True); sys.stdin.read()"


def is_gone(of: str) -> bool:
    process = Process.read(of)
    assert process
    return process.is_gone


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_this_process_lives_and_is_named_for_people() -> None:
    assert not is_gone(holder())
    assert len(holder()) <= 80
    assert str(Process.read(holder())) == f"process {os.getpid()} on {HERE}"


def test_a_process_that_ended_is_gone_also_before_anybody_asked_how(child: subprocess.Popen[str]) -> None:
    for of in (f"{HERE}:{child.pid}", f"{HERE}@{born(child.pid)}:{child.pid}"):
        assert not is_gone(of)
    began = born(child.pid)
    os.kill(child.pid, 9)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # a zombie
    os.kill(child.pid, 0)  # which answers
    assert born(child.pid) == ""
    assert is_gone(f"{HERE}:{child.pid}")
    child.wait()
    assert is_gone(f"{HERE}@{began}:{child.pid}")


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel says when a process began")
def test_a_number_that_is_another_process_by_now_is_gone() -> None:
    assert is_gone(f"{HERE}@1:{os.getpid()}")


def test_of_a_process_elsewhere_nobody_knows() -> None:
    assert not is_gone("elsewhere:1")
    assert not is_gone("elsewhere@5:99999999")
    assert Process.read("") is None
    assert Process.read("nobody") is None


# --- the master of a cluster that hangs -----------------------------------------------------------


@pytest.fixture
def master() -> Iterator[Any]:
    """A process that is written down as the master of a cluster which began long ago."""
    begun: list[subprocess.Popen[str]] = []

    def start(answer: str) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen([sys.executable, "-c", MASTER.format(answer=answer)], text=True, **pipes)
        begun.append(process)
        assert process.stdout
        process.stdout.readline()
        of = f"{HERE}@{born(process.pid)}:{process.pid}"
        Heartbeat.objects.create(name="cluster 1", at=timezone.now() - timedelta(hours=1), holder=of)
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()


@pytest.mark.django_db
def test_a_master_is_asked_to_begin_anew_and_killed_when_it_does_not(master: Any, settings: Any) -> None:
    process, loop, now = master("signal.SIG_IGN"), clusters.Restarts(), timezone.now()
    loop.act(now)
    loop.act(now + timedelta(seconds=settings.WORKER_SILENT_SECONDS / 2))
    assert process.poll() is None, "it was asked, and has time to do it"
    loop.act(now + timedelta(seconds=settings.WORKER_SILENT_SECONDS))
    assert process.wait(SOON) == -9
    loop.act(now + timedelta(hours=1))
    assert not Heartbeat.objects.filter(name="cluster 1").exists()


@pytest.mark.django_db
def test_a_master_hears_that_it_hangs(master: Any) -> None:
    process = master("lambda *_: sys.exit(7)")
    clusters.Restarts().act(timezone.now())
    assert process.wait(SOON) == 7


@pytest.mark.django_db
def test_a_master_is_left_alone_right_after_its_start_while_a_run_works_and_where_its_number_is_anothers(
    master: Any,
) -> None:
    process, now = master("signal.SIG_DFL"), timezone.now()
    row = Heartbeat.objects.filter(name="cluster 1")
    row.update(at=now)
    clusters.Restarts().act(now)
    row.update(at=now - timedelta(hours=1))
    run = a_run(state="running", lease_until=now + timedelta(minutes=1))
    clusters.Restarts().act(now)
    run.delete()
    row.update(holder=f"elsewhere:{process.pid}")
    clusters.Restarts().act(now)
    row.update(holder=f"{HERE}@1:{process.pid}")
    clusters.Restarts().act(now)
    assert process.poll() is None
    assert not row.exists(), "whose it was is gone"


@pytest.mark.django_db
def test_a_cluster_writes_down_its_master_and_strikes_it_out() -> None:
    clusters.began(timezone.now())
    assert [row.holder for row in Heartbeat.objects.all()] == [holder()]
    clusters.ended()
    assert not Heartbeat.objects.exists()
