"""`python -m casebook.warm.template KIND`: imports everything once, then forks on request.

One thread, no event loop, no context of zmq; what it imported is frozen out of the garbage
collector's sight, so that the forked share its memory. Kernels are not its children: each has a
keeper (`casebook.warm.keeper`), and goes on when this process ends.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casebook.warm import keeper, limits, loaded, wire
from casebook.warm.settings import ENTRIES, IDLE, IDLE_VARIABLE, KINDS, QUIET, WARM_UPS
from casebook.warm.surroundings import differences, surroundings

READY = b"ready\n"
_PATIENCE = 2.0  # seconds for a client to say what it wants
_LOG = logging.getLogger("casebook.warm")


class Template:
    """The process that is forked; `serve` ends when it is idle, told to, or out of date."""

    def __init__(self, kind: str, address: Path, environment: Mapping[str, str]) -> None:
        self.kind = kind
        self.address = address
        self.surroundings = surroundings(environment)
        self.idle = float(environment.get(IDLE_VARIABLE, IDLE))
        self.started = time.time()
        self.forked = 0
        self.keepers: set[int] = set()
        self._used = time.monotonic()
        self._listening: socket.socket | None = None
        self._waiting: socket.socket | None = None  # of those who came before it was closed
        self._own_fds: tuple[int, ...] = ()
        self.added = self._load()
        self.files = loaded.stamps()
        self.names = loaded.top_names()
        gc.collect()
        gc.freeze()

    def _load(self) -> dict[str, str]:
        """Import and warm up; what imports set for themselves, as one in a fork of this would."""
        before = dict(os.environ)
        loaded.import_all(KINDS[self.kind])
        loaded.function(WARM_UPS[self.kind])()
        loaded.draw_together()
        return {k: v for k, v in os.environ.items() if k not in before}

    def listen(self) -> None:
        """Bind beside and rename, so that whoever finds the socket finds it private and ready."""
        beside = self.address.with_suffix(f".{os.getpid()}")
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(beside))
        os.chmod(beside, 0o600)
        listening.listen(128)
        beside.replace(self.address)
        self._listening = listening

    def serve(self) -> None:
        """Answer until there is nobody left to answer, then collect the keepers that are left."""
        wakeup, wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.close())
        self._own_fds = (wakeup, wakes)
        while (listening := self._listening) is not None and not self._is_idle():
            ready = select.select([listening.fileno(), wakeup], [], [], self._wait())[0]
            if wakeup in ready:
                os.read(wakeup, 4096)
            self._collect()
            if self._listening is listening and listening.fileno() in ready:
                self._accept(listening)
        self.close()
        self._turn_away()
        while self.keepers:  # they are nobody's zombies, whatever process 1 does
            with contextlib.suppress(ChildProcessError):
                self.keepers.discard(os.waitpid(-1, 0)[0])
                continue
            break

    def close(self) -> None:
        """Take no more requests: who looks for the address finds none, or a newer template's."""
        listening, self._listening = self._listening, None
        if listening is None:
            return
        self._waiting = listening
        with contextlib.suppress(OSError):
            self.address.unlink()

    def _turn_away(self) -> None:
        """Answer those who had connected before the address was removed.

        To close the socket only would reset their connections, as if this process were killed.
        """
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        with waiting:
            while select.select([waiting.fileno()], [], [], 0)[0]:
                self._accept(waiting)

    def _is_idle(self) -> bool:
        return not self.keepers and time.monotonic() - self._used > self.idle

    def _wait(self) -> float | None:
        left = self.idle - (time.monotonic() - self._used)
        return None if left == float("inf") else max(0.05, left)

    def _collect(self) -> None:
        """Collect the keepers that have ended."""
        with contextlib.suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self.keepers.discard(pid)
                self._used = time.monotonic()

    def _accept(self, listening: socket.socket) -> None:
        connection, _address = listening.accept()
        connection.settimeout(_PATIENCE)
        lines = wire.Lines(connection)
        try:
            wire.check_peer(connection)
            message = lines.read()
            if message is not None:
                self._answer(connection, message, lines.fds)
        except OSError as error:
            _LOG.info("a client has gone: %r", error)
        except (ValueError, KeyError) as error:
            _LOG.warning("a request was not understood: %r", error)
        finally:
            lines.close_fds()
            connection.close()

    def _answer(self, connection: socket.socket, message: wire.Message, fds: list[int]) -> None:
        if message["ask"] == "status":
            wire.send(connection, self.status())
        elif message["ask"] == "stop":
            self.close()
            wire.send(connection, {"pid": os.getpid()})
        elif refused := self._refusal(message):
            wire.send(connection, {"refused": refused})
        else:
            self._fork(connection, message, fds)

    def _refusal(self, message: wire.Message) -> str | None:
        """Why this template cannot stand for an ordinary start."""
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            return f"threads: {threads}"
        if file := loaded.changed(self.files):
            self.close()
            return f"stale: {file}"
        if self._listening is None:
            return "ended"
        if differ := differences(self.surroundings, message["surroundings"]):
            return f"other: {', '.join(differ)}"
        if self.kind == "kernel" and (file := loaded.shadowed(message["cwd"], self.names)):
            return f"shadowed: {file}"
        return None

    def _fork(self, connection: socket.socket, message: wire.Message, fds: list[int]) -> None:
        self._used = time.monotonic()
        pid = os.fork()
        if pid == 0:
            for held in filter(None, (self._listening, self._waiting)):
                held.close()
            for fd in self._own_fds:
                os.close(fd)
            message["environment"] = {**self.added, **message["environment"]}
            keeper.keep(connection, message, fds, ENTRIES[message["entry"]])
        self.forked += 1
        self.keepers.add(pid)

    def status(self) -> dict[str, Any]:
        """What `casebook kernels status` shows."""
        return {
            "pid": os.getpid(),
            "kind": self.kind,
            "started": self.started,
            "forked": self.forked,
            "running": len(self.keepers),
            "modules": len(sys.modules),
            "threads": len(os.listdir("/proc/self/task")),
            "changed": loaded.changed(self.files),
            "memory": limits.proportional_memory(os.getpid()),
            "idle": self.idle,
        }


def main(arguments: list[str]) -> None:
    """Detach, warm up, say so on standard output, serve.

    arguments: the kind, the socket's address, and `stay` where this process must remain its
    parent's child. The client's environment comes as JSON on standard input.
    """
    kind, address, *stay = arguments
    environment = json.load(sys.stdin)
    if not stay and os.fork() != 0:
        os._exit(0)  # the template is nobody's child: it outlives the command that started it
    if os.getsid(0) != os.getpid():
        os.setsid()
    logging.basicConfig(format="%(asctime)s %(message)s")
    del sys.path[0]  # the folder that `python -m` was called in
    template = Template(kind, Path(address), environment)
    template.listen()
    os.write(1, READY)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    template.serve()


if __name__ == "__main__":
    os.environ.update(QUIET)
    main(sys.argv[1:])
