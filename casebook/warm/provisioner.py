"""Kernels for Jupyter, forked from a template: `casebook-warm` among its kernel provisioners.

Used by the kernelspec `casebook`. Where a template cannot stand for an ordinary start, or does not
answer, it is an ordinary start, with one warning for each reason.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import traitlets as tr
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from casebook.exceptions import RunError
from casebook.language import _
from casebook.warm import client, limits
from casebook.warm.process import WarmProcess
from casebook.warm.settings import ADDRESS_VARIABLE

_LOOK_AGAIN = 0.005  # seconds
_LAUNCHER = ["-m", "ipykernel_launcher"]


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel by forking; everything else is as with an ordinary kernel."""

    memory = tr.Int(
        None, allow_none=True, help="Bytes of memory that a kernel may have; None for no limit."
    ).tag(config=True)
    seconds = tr.Float(
        None, allow_none=True, help="Seconds after which a kernel is killed; None for no limit."
    ).tag(config=True)
    tidy = tr.Bool(
        False, help="Whether processes that a kernel leaves behind are ended with it."
    ).tag(config=True)

    process: subprocess.Popen[bytes] | WarmProcess | None = None  # type: ignore[assignment]
    reason = ""  # why this kernel was started in the ordinary way
    _warned: ClassVar[set[str]] = set()  # once a process, however many kernels it starts

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; raises ParameterError where its memory limit is too small."""
        limits.check_memory(self.memory)
        try:
            self.process = await forked(partial(self._forked, cmd, kwargs))
        except RunError as error:
            self._warn(error)
            return await self._start_ordinarily(cmd, kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info

    def _forked(self, cmd: list[str], kwargs: dict[str, Any]) -> WarmProcess:
        with open(os.devnull, "rb") as null:
            return client.fork(self._request(cmd, kwargs, null.fileno()))

    def _request(self, cmd: list[str], kwargs: dict[str, Any], null: int) -> client.Request:
        """What the template is asked for. Raises NotWarm for another interpreter or command."""
        interpreter = os.path.normcase(os.path.abspath(cmd[0]))
        if interpreter != os.path.abspath(sys.executable) or cmd[1:3] != _LAUNCHER:
            raise client.NotWarm(_("the kernel's command is another one: {command}",
                                   command=" ".join(cmd[:3])))  # fmt: skip
        environment = dict(kwargs.get("env") or os.environ)
        address = environment.pop(ADDRESS_VARIABLE, "")
        return client.Request(
            kind="kernel",
            address=Path(address) if address else None,
            arguments=cmd[3:],
            environment=environment,
            folder=str(kwargs.get("cwd") or os.getcwd()),
            fds=(null, _fileno(kwargs.get("stdout"), 1), _fileno(kwargs.get("stderr"), 2)),
            memory=self.memory,
            seconds=self.seconds,
            tidy=self.tidy,
            parent=not kwargs.get("independent", False),
        )

    async def _start_ordinarily(
        self, cmd: list[str], kwargs: dict[str, Any]
    ) -> KernelConnectionInfo:
        info = await super().launch_kernel(cmd, **kwargs)
        if self.pid is not None and sys.platform == "linux":
            limits.set_memory(self.pid, self.memory)
        if self.seconds is not None and isinstance(self.process, subprocess.Popen):
            asyncio.get_running_loop().call_later(self.seconds, self.process.kill)
        return info

    def _warn(self, error: RunError) -> None:
        self.reason = str(error)
        if self.reason not in self._warned:
            self._warned.add(self.reason)
            self.log.warning(_("A kernel is started in the ordinary, slower way: {reason}",
                               reason=self.reason))  # fmt: skip

    async def wait(self) -> int | None:
        """Wait for the kernel's end, without the tenth of a second between two looks."""
        while await self.poll() is None:  # noqa: ASYNC110 (as the class below does it)
            await asyncio.sleep(_LOOK_AGAIN)
        return await super().wait()

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel: what still runs of it is ended."""
        if isinstance(self.process, WarmProcess):
            self.process.close()
        await super().cleanup(restart=restart)


async def forked(fork: Callable[[], WarmProcess]) -> WarmProcess:
    """What a blocking call gives; who is cancelled does not wait for its end.

    The first fork of a day waits for its template. An executor's thread would be waited for when
    the loop is closed.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[WarmProcess] = loop.create_future()

    def give(process: WarmProcess | None, error: BaseException | None) -> None:
        if process is not None and found.done():
            process.close()
        elif process is not None:
            found.set_result(process)
        elif error is not None and not found.done():
            found.set_exception(error)

    def run() -> None:
        process, problem = None, None
        try:
            process = fork()
        except BaseException as error:  # noqa: BLE001 (it is raised where it is waited for)
            problem = error
        try:
            loop.call_soon_threadsafe(give, process, problem)
        except RuntimeError:  # the loop is closed: nobody waits
            if process is not None:
                process.close()

    threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True).start()
    return await found


def _fileno(stream: Any, usual: int) -> int:
    """The descriptor that a kernel is to write to. Raises NotWarm for a pipe yet to be made."""
    if stream is None:
        return usual
    number = stream if isinstance(stream, int) else stream.fileno()
    if number < 0:  # subprocess.PIPE and its like
        raise client.NotWarm(_("the kernel's output goes to a pipe"))
    return int(number)
