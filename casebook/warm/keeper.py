"""The keeper of one forked process: its parent, which tells how it ends and ends it in time.

It stands between the template and a kernel, so that the exit status, the client's death and the
template's death are seen at once and by the system's own means.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import time
from typing import NoReturn

from casebook.warm import child, processes, wire

_PATIENCE = 5.0  # seconds for killed processes to end; the system may still be writing for one


def keep(connection: socket.socket, message: wire.Message, fds: list[int], entry: str) -> NoReturn:
    """Fork what was asked for and stay until it has ended; called in a fork of the template."""
    status = 1
    try:
        gc.disable()  # nothing is collected here, and shared pages stay shared
        os.setsid()
        processes.adopt_orphans()
        wakeup, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        keeper = os.getpid()
        pid = os.fork()
        if pid == 0:
            for fd in (connection.fileno(), wakeup, wakes):
                os.close(fd)
            child.become(message, fds, entry, keeper)
        for fd in fds:
            os.close(fd)
        status = _watch(connection, message, pid, wakeup)
    finally:
        os._exit(status)


def _watch(connection: socket.socket, message: wire.Message, pid: int, wakeup: int) -> int:
    """Wait for the end of the process or of its client; returns this keeper's own status."""
    connection.settimeout(None)
    with contextlib.suppress(OSError):
        wire.send(connection, {"pid": pid, "keeper": os.getpid()})
    seconds = message.get("seconds")
    deadline = time.monotonic() + seconds if seconds else None
    why = None
    while (status := _exit_status(pid)) is None:
        wait = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready = select.select([connection.fileno(), wakeup], [], [], wait)[0]
        if wakeup in ready:
            os.read(wakeup, 4096)
        if connection.fileno() in ready:  # the client has gone
            status = _wait(pid, message.get("grace", 0.0))
            break
        if not ready:
            why, deadline = "seconds", None
            _kill(pid)
    if why or message.get("tidy") or status is None:
        _end_left_overs(pid)
    with contextlib.suppress(OSError):
        wire.send(connection, {"exit": status, "why": why})
    return 0


def _wait(pid: int, seconds: float) -> int | None:
    """The exit status of a process that may end by itself within so many seconds, or None."""
    limit = time.monotonic() + seconds
    while (status := _exit_status(pid)) is None and time.monotonic() < limit:
        time.sleep(0.02)
    return status


def _exit_status(pid: int) -> int | None:
    """The exit status, negative for a signal; None while the process runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _kill(pid: int) -> None:
    """Kill the process and its group."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _end_left_overs(pid: int) -> None:
    """Kill the group and everything below this keeper, those that left the group too."""
    _kill(pid)
    limit = time.monotonic() + _PATIENCE
    while processes.descendants(os.getpid()) and time.monotonic() < limit:
        processes.end_descendants()
        time.sleep(0.01)
