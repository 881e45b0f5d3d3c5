"""A wish to end a notebook before its last cell, from a signal, the parent, or its death."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from dataclasses import dataclass
from enum import StrEnum


class StopReason(StrEnum):
    """Who asked."""

    TERMINATED = "terminated"
    INTERRUPTED = "interrupted"
    RUN_TIMEOUT = "run_timeout"
    ORPHANED = "orphaned"

    @classmethod
    def of_signal(cls, number: int) -> StopReason:
        """The reason that a signal stands for."""
        return cls.INTERRUPTED if number == signal.SIGINT else cls.TERMINATED


class Stopped(Exception):
    """The notebook was asked to end."""


@dataclass
class Stop:
    """A wish to end; the first reason counts."""

    reason: StopReason | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _event: asyncio.Event | None = None

    def ask(self, reason: StopReason) -> None:
        """Ask the notebook to end; from a signal handler or any thread."""
        self.reason = self.reason or reason
        if self._loop is not None and self._event is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        """Return when somebody asks."""
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()
        if self.reason is None:
            await self._event.wait()

    def listen_to_signals(self) -> None:
        """Take SIGTERM and SIGINT as a wish to end; in the main thread."""
        signal.signal(signal.SIGTERM, lambda *_: self.ask(StopReason.TERMINATED))
        signal.signal(signal.SIGINT, lambda *_: self.ask(StopReason.INTERRUPTED))

    def listen_to_parent(self) -> None:
        """Take a line on standard input, and its end, as a wish to end.

        The pipe ends with the parent, however that ends.
        """
        threading.Thread(target=self._read, name="parent", daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.ask(StopReason(line.strip()))
        self.ask(StopReason.ORPHANED)
