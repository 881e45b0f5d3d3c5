"""A process that a template forked, as its client holds it; it looks like a `Popen`."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
import time

from casebook.warm import wire


class WarmProcess:
    """A running process that is not this one's child.

    It is killed when this object's connection is closed or this process ends.
    why: `seconds` where its time was over.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, lines: wire.Lines, pid: int, keeper: int) -> None:
        self.args: tuple[str, ...] = ()
        self.pid = pid
        self.returncode: int | None = None
        self.why: str | None = None
        self._keeper = keeper
        self._connection = connection
        self._lines = lines
        self._lock = threading.Lock()
        connection.settimeout(0.0)

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        with self._lock:
            if self.returncode is None:
                self._read()
        return self.returncode

    def _read(self) -> None:
        try:
            message = self._lines.read()
        except BlockingIOError:
            return
        except OSError:
            message = None
        # Without a word its keeper was killed, and the system killed it with its keeper.
        self.returncode = -signal.SIGKILL if message is None else message["exit"]
        self.why = message["why"] if message else None
        self._connection.close()
        with contextlib.suppress(ChildProcessError):  # only where we adopted the keeper
            os.waitpid(self._keeper, os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired after so many seconds."""
        limit = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = None if limit is None else limit - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            select.select([self._connection], [], [], left)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of it: whatever still runs of it is killed."""
        with self._lock:
            self._connection.close()
            if self.returncode is None:
                self.returncode = -signal.SIGKILL
