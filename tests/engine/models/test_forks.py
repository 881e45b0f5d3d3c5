"""Forks: what they return; nothing of the process that forked is touched, and nothing left."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from contextlib import closing
from pathlib import Path

import pytest
import threadpoolctl

from casebook.models import forks
from casebook.models.forks import forked
from casebook.progress import tell, told_to

HERE = os.getpid()

pytestmark = pytest.mark.skipif(not forks.possible(), reason="nothing can be forked here")


def done(jobs, work, most=2, **more):
    with closing(forked(jobs, range(len(jobs)), work, most=most, **more)) as results:
        return dict(results)


def children() -> set[int]:
    """The processes that this one started, and that have not been collected."""
    path = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    return {int(pid) for pid in path.read_text("ascii").split()}


@pytest.fixture(autouse=True)
def nothing_is_left():
    before = children()
    yield
    assert not children() - before


def test_results_have_the_places_of_their_jobs_whoever_did_them():
    assert done(["a", "bb", "ccc"], len) == {0: 1, 1: 2, 2: 3}
    pids = done(range(4), lambda _job: os.getpid()).values()
    assert HERE not in pids
    assert len(set(pids)) <= 2


def test_rows_are_not_sent_and_what_a_fork_writes_stays_there():
    rows = list(range(1000))

    def work(place):
        rows[place] = -1
        return sum(rows)

    assert set(done([0, 1], work, most=1).values()) == {499_499, 499_497}
    assert sum(rows) == 499_500


def test_a_fork_has_one_thread_and_makes_no_forks_of_its_own():
    limits = done([0], lambda _job: [one["num_threads"] for one in threadpoolctl.threadpool_info()])
    assert set(limits[0]) == {1}
    assert done([0], lambda _job: forks.possible()) == {0: False}


def test_a_fork_goes_on_with_what_is_like_the_job_before():
    jobs = ["a", "b", "a", "b", "a", "b", ""]

    def work(_job):
        time.sleep(0.02)
        return os.getpid()

    pids = done(jobs, work, alike=lambda job: job or None)
    assert len({pids[place] for place in (0, 2)}) == 1
    assert len({pids[place] for place in (1, 3)}) == 1
    assert pids[0] != pids[1]


def test_a_killed_fork_leaves_out_its_own_job_alone():
    def work(job):
        if job == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return job

    assert done(range(5), work) == {0: 0, 2: 2, 3: 3, 4: 4}


def test_what_cannot_be_sent_is_made_here():
    made = done([0, 1], lambda job: (os.getpid(), lambda: job))
    assert [made[place][0] for place in (0, 1)] == [HERE, HERE]
    assert made[1][1]() == 1


def test_a_fork_that_waits_without_end_is_ended_and_its_job_done_here(monkeypatch):
    """As it would for a lock that a thread of ours held when it was forked."""
    monkeypatch.setattr(forks, "STUCK_SECONDS", 0.2)
    lock = threading.Lock()
    lock.acquire()

    def work(job):
        if os.getpid() != HERE and job == 1:
            lock.acquire()
        return os.getpid()

    found = done([0, 1, 2], work)
    assert found[1] == HERE
    assert HERE not in (found[0], found[2])


def test_a_fork_that_works_or_that_somebody_stopped_is_not_taken_for_stuck(monkeypatch):
    monkeypatch.setattr(forks, "STUCK_SECONDS", 0.2)

    def work(_job):
        end = time.process_time() + 0.6
        while time.process_time() < end:
            pass
        return os.getpid()

    assert HERE not in done([0, 1], work).values()


def test_where_the_system_allows_no_fork_the_work_is_done_here(monkeypatch):
    def refused():
        raise BlockingIOError("too many processes")

    monkeypatch.setattr(os, "fork", refused)
    assert done(range(3), lambda _job: os.getpid()) == dict.fromkeys(range(3), HERE)


def test_warnings_of_a_fork_are_raised_again_here():
    def work(_job):
        warnings.warn("it did not converge", RuntimeWarning, stacklevel=1)
        return 1

    with pytest.warns(RuntimeWarning, match="it did not converge") as caught:
        assert done([0], work) == {0: 1}
    assert caught[0].filename == __file__


def test_an_interrupt_ends_the_forks(tmp_path):
    """Ctrl-C while one sleeps and the other is at work."""

    def work(job):
        (tmp_path / str(os.getpid())).touch()
        if job == 0:
            while len(list(tmp_path.iterdir())) < 2:
                time.sleep(0.01)
            os.kill(HERE, signal.SIGINT)
        time.sleep(600)

    with pytest.raises(KeyboardInterrupt):
        done([0, 1], work)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_interrupt_of_the_whole_group_is_for_who_forked():
    """A terminal sends Ctrl-C to the forks as well: they leave it to the other to end them."""

    def work(job):
        os.kill(os.getpid(), signal.SIGINT)
        return job

    assert done([0, 1], work) == {0: 0, 1: 1}


def test_forks_end_with_the_process_that_forked(tmp_path):
    """It is killed while they work: they find nobody to answer."""

    def work(_job):
        (tmp_path / str(os.getpid())).touch()
        time.sleep(0.5)

    pid = os.fork()
    if pid == 0:
        try:
            done([0, 1], work)
        finally:
            os._exit(1)
    while len(list(tmp_path.iterdir())) < 2:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for path in tmp_path.iterdir():
        while forks._state(int(path.name))[0] not in ("", "Z"):
            time.sleep(0.05)


def test_streams_handlers_and_listeners_are_left_alone(capfd, tmp_path):
    """A kernel's streams go through sockets that a fork must not touch."""
    told, logged = [], []
    handler = logging.Handler()
    handler.emit = lambda record: logged.append(record) or os.write(2, b"logged")
    logging.getLogger().addHandler(handler)
    mark = tmp_path / "at exit"
    atexit.register(mark.touch)

    def work(job):
        print("printed")  # noqa: T201
        sys.__stderr__.write("written")
        sys.__stderr__.flush()
        os.write(1, b"from C")
        logging.getLogger().error("an error")
        tell(1, 1, "of a fork")
        return job

    try:
        with told_to(told.append):
            assert done([0, 1], work) == {0: 0, 1: 1}
    finally:
        logging.getLogger().removeHandler(handler)
        atexit.unregister(mark.touch)
    out, err = capfd.readouterr()
    assert (out, err, told, logged) == ("", "", [], [])
    assert not mark.exists()


def test_what_others_made_is_not_cleaned_up_by_a_fork():
    """Garbage of a cycle holds a folder: whoever collects it removes the folder."""
    gc.disable()
    try:
        folder = tempfile.TemporaryDirectory()
        name, cycle = folder.name, [folder]
        folder.cycle = cycle
        del folder, cycle
        assert done([0], lambda _job: gc.collect() >= 0) == {0: True}
        assert Path(name).exists()
    finally:
        gc.enable()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
