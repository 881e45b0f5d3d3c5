"""What one process may use, and what it uses."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casebook.exceptions import ParameterError
from casebook.language import _
from casebook.warm.settings import LEAST_MEMORY

INHERITED = tuple(name for name in dir(resource) if name.startswith("RLIMIT_"))


def check_memory(limit: int | None) -> None:
    """Raise ParameterError where a limit in bytes is too small to start a kernel at all."""
    if limit is not None and limit < LEAST_MEMORY:
        raise ParameterError(
            _("a kernel needs more memory than {n} bytes", n=limit),
            hint=_("Allow at least {n} bytes.", n=LEAST_MEMORY),
        )


def set_memory(pid: int, limit: int | None) -> None:
    """Let a process have at most so many bytes of private writable memory.

    What it asks for beyond raises MemoryError in Python. Shared pages that it inherited count.
    """
    if limit is not None:
        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))


@contextmanager
def memory_for_now(limit: int | None) -> Iterator[None]:
    """Let this process have at most so many bytes, as `set_memory`, until the block ends."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, before[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def inherited() -> dict[str, tuple[int, int]]:
    """The limits of this process, as a child would inherit them: name -> (soft, hard)."""
    return {name: resource.getrlimit(getattr(resource, name)) for name in INHERITED}


def umask() -> int:
    """The mask of this process, read without changing it for other threads."""
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return 0o022


def proportional_memory(pid: int) -> int | None:
    """Bytes of memory of a process, shared pages in proportion (PSS); None where nobody tells."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return None
    found = [line.split()[1] for line in text.splitlines() if line.startswith("Pss:")]
    return int(found[0]) * 1024 if found else None


def affinity() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def give_back() -> None:
    """Give memory that was freed back to the system, where the C library can (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
