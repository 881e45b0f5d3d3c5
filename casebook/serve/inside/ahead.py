"""What is made before a visitor comes: a template of the case's pages, and one kernel, the spare.

The spare is a kernel like all others, which has no visitor yet: it counts under the cap, has the
same limits, and whose it becomes it is told like every other kernel, before the first cell. It is
never taken twice.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from casebook.serve import incidents
from casebook.serve.inside.pages_template import PagesTemplate
from casebook.serve.inside.talk import connected
from casebook.warm.settings import ADDRESS_VARIABLE

if TYPE_CHECKING:
    from casebook.serve.inside.kernels import Kernels

PAUSE = 1.5
"""Seconds after a page is made, or a kernel has ended, before the next spare is started: by then
the visitor's browser has drawn the page, and need not share the cores with it."""


class Ahead:
    """The spare of a server, and where kernels are forked.

    wanted: whether there is a spare at all. name: of the kernels of pages.
    """

    def __init__(
        self, kernels: Kernels, template: PagesTemplate, name: str, *, wanted: bool
    ) -> None:
        self._kernels, self._template, self._name = kernels, template, name
        self._wanted = wanted
        self._spare = ""
        self._starts: dict[str, asyncio.Task[None]] = {}
        self._clients: dict[str, Any] = {}
        self._making: asyncio.Task[None] | None = None
        self._again = self._closed = False

    def environment(self) -> dict[str, str]:
        """The variables of a kernel that has no visitor yet."""
        address = self._template.address
        told = {} if address is None else {ADDRESS_VARIABLE: str(address)}
        return {**os.environ, **told}

    def is_spare(self, kernel_id: str) -> bool:
        """Whether nobody has this kernel yet."""
        return bool(kernel_id) and kernel_id == self._spare

    def take(self) -> str | None:
        """The spare, for a visitor whose alone it is from here on; None where there is none."""
        taken, self._spare = self._spare, ""
        return taken or None

    def lost(self, kernel_id: str) -> None:
        """A kernel has ended; where it was the spare there is none now."""
        if self.is_spare(kernel_id):
            self._spare = ""
        client = self.client(kernel_id)
        if client is not None:
            client.stop_channels()
        self.soon()

    def client(self, kernel_id: str) -> Any:
        """The client that was connected to the spare, for who has taken it; None without one."""
        return self._clients.pop(kernel_id, None)

    async def started(self, kernel_id: str) -> None:
        """Wait for the start of a kernel that was begun ahead, however it ends."""
        start = self._starts.get(kernel_id)
        if start is not None:
            await asyncio.wait({start})

    def soon(self) -> None:
        """See after what is made ahead in a moment."""
        if not self._closed:
            asyncio.get_running_loop().call_later(PAUSE, self.go)

    def go(self) -> None:
        """See after it now: what is missing is made, what is out of date is made anew."""
        if self._closed:
            return
        if self._making is None or self._making.done():
            self._making = _task(self._make())
        else:
            self._again = True

    async def close(self) -> None:
        """Make nothing any more: the server ends."""
        self._closed = True
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait({self._making})

    async def _make(self) -> None:
        self._again = True
        while self._again and not self._closed:
            self._again = False
            if not self._template.is_needed():
                return
            try:
                if await self._template.renewed() and self._spare:
                    await self._kernels.end(self.take() or "", "closed")
                self._begin()
                await self.started(self._spare)
            except Exception as error:  # noqa: BLE001 visitors are served without it, only later
                if not self._closed:
                    incidents.record(error, "what is made before a visitor comes")

    def _begin(self) -> None:
        """Start the spare where it is missing and the cap leaves room for it."""
        if self._spare or self._closed or not self._wanted:
            return
        kernel_id = self._kernels.reserved()
        if kernel_id is None:
            return
        self._spare = kernel_id
        start = self._starts[kernel_id] = _task(self._start(kernel_id))
        start.add_done_callback(lambda _done: self._starts.pop(kernel_id, None))

    async def _start(self, kernel_id: str) -> None:
        try:
            await self._kernels.start_kernel(
                kernel_id=kernel_id, kernel_name=self._name, path="", env=self.environment()
            )
            self._clients[kernel_id] = await connected(self._kernels.get_kernel(kernel_id))
        except Exception as error:  # noqa: BLE001 whoever has taken it starts it again
            if not self._closed:
                incidents.record(error, "a kernel that was to wait for a visitor")
        finally:
            if self.is_spare(kernel_id):
                self._kernels.release(kernel_id)
                self._spare = kernel_id if kernel_id in self._kernels else ""


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)
