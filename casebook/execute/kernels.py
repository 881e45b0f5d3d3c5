"""Kernels: which there are, and one that is reached over unix sockets in a short folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from casebook.exceptions import RunError, nearest
from casebook.language import _

DEFAULT = "python3"
_LONGEST = (
    60  # of a runtime folder; a unix socket's path holds 107 characters on Linux, 103 on macOS
)


def check_kernel(name: str) -> None:
    """Raise RunError where the kernel is not installed, with those that are."""
    available = sorted(KernelSpecManager().find_kernel_specs())
    if name not in available:
        raise RunError(
            _(
                "the kernel '{name}' is not installed; there are: {available}",
                name=name,
                available=", ".join(available) or "–",
            ),
            hint=nearest(name, available),
        )


@contextmanager
def runtime_folder() -> Iterator[Path]:
    """A folder for connection files and sockets, short and readable by this user alone."""
    folder = Path(tempfile.mkdtemp(prefix="cb-", dir=_short_parent()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _short_parent() -> str:
    candidates = (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp")  # noqa: S108 (mkdtemp makes the folder, with mode 700)
    for candidate in candidates:
        if candidate and len(candidate) < _LONGEST and os.access(candidate, os.W_OK | os.X_OK):
            return candidate
    raise RunError(
        _("there is no folder with a short name for the kernels' sockets"),
        hint=_("Set TMPDIR to one of fewer than {n} characters.", n=_LONGEST),
    )


def new_manager(name: str, runtime: Path) -> AsyncKernelManager:
    """A manager of a kernel that is not started yet.

    Unix sockets need no free ports, so that many kernels can start at once, and nobody else on
    the machine can connect.
    """
    runtime.mkdir(mode=0o700, exist_ok=True)
    manager = AsyncKernelManager(kernel_name=name)
    manager.transport = "ipc"
    manager.ip = str(runtime / "s")
    manager.connection_file = str(runtime / "kernel.json")
    manager.shutdown_wait_time = 3.0  # half of it before SIGTERM, half before SIGKILL
    return manager


def group_of(manager: AsyncKernelManager) -> int | None:
    """The process group of a started kernel."""
    return getattr(manager.provisioner, "pgid", None)


def exit_code(manager: AsyncKernelManager) -> int | None:
    """The exit code of a kernel that ended, negative for a signal; None where nobody knows."""
    process: subprocess.Popen[bytes] | None = getattr(manager.provisioner, "process", None)
    return process.poll() if process is not None else None
