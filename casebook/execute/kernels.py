"""Kernels: which there are, and one that is reached over unix sockets in a short folder."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

from casebook.exceptions import RunError, nearest
from casebook.language import _
from casebook.warm.place import short_parent
from casebook.warm.process import WarmProcess

WARM = "casebook"
PLAIN = "python3"
Process = subprocess.Popen[bytes] | WarmProcess
_ASK_AGAIN = 0.5  # seconds; what is sent before a kernel listens may be lost


def usual() -> str:
    """The kernel of runs where none is asked for: the warm one where it is installed."""
    return WARM if WARM in KernelSpecManager().find_kernel_specs() else PLAIN


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
    folder = Path(tempfile.mkdtemp(prefix="cb-", dir=short_parent()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_manager(name: str, runtime: Path) -> AsyncKernelManager:
    """A manager of a kernel that is not started yet.

    Unix sockets need no free ports, so that many kernels can start at once, and nobody else on
    the machine can connect.
    """
    runtime.mkdir(mode=0o700, exist_ok=True)
    settings = Config({"WarmProvisioner": {"tidy": True}})
    manager = AsyncKernelManager(kernel_name=name, config=settings)
    manager.transport = "ipc"
    manager.ip = str(runtime / "s")
    manager.connection_file = str(runtime / "kernel.json")
    manager.shutdown_wait_time = 3.0  # half of it before SIGTERM, half before SIGKILL
    return manager


async def language_of(
    manager: AsyncKernelManager, client: AsyncKernelClient, seconds: float
) -> dict[str, Any]:
    """What a kernel says of its language, once it answers and its outputs are heard.

    jupyter_client's own `wait_for_ready` then listens for another 0.2 seconds to hear nothing.
    Raises RuntimeError for a kernel that dies first or says nothing for so many seconds.
    """
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        client.kernel_info()
        with contextlib.suppress(Empty):
            reply = await client.get_shell_msg(timeout=_ASK_AGAIN)
            await client.get_iopub_msg(timeout=_ASK_AGAIN)
            language: dict[str, Any] = reply["content"]["language_info"]
            return language
        if not await manager.is_alive():
            raise RuntimeError(_("the kernel died before it answered"))
    raise RuntimeError(_("the kernel did not answer for {n} seconds", n=seconds))


def group_of(manager: AsyncKernelManager) -> int | None:
    """The process group of a started kernel."""
    return getattr(manager.provisioner, "pgid", None)


def why_not_warm(manager: AsyncKernelManager) -> str:
    """Why a kernel that should have been warm was started in the ordinary way; empty if it was."""
    return getattr(manager.provisioner, "reason", "")


def exit_code(manager: AsyncKernelManager) -> int | None:
    """The exit code of a kernel that ended, negative for a signal; None where nobody knows."""
    process: Process | None = getattr(manager.provisioner, "process", None)
    return process.poll() if process is not None else None
