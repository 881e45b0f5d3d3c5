"""How far long work is: the engine tells, whoever listens shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """done of total steps; what: in words, what is being done."""

    done: int
    total: int
    what: str


Listener = Callable[[Step], None]

_listener: ContextVar[Listener | None] = ContextVar("progress", default=None)


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Tell a listener of every step within a `with` block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(done: int, total: int, what: str) -> None:
    """Say how far the work is; nothing happens where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(Step(done, total, what))
