"""The kernels of a server: never more than a number of them, ended when nobody needs them."""

from __future__ import annotations

import asyncio
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import traitlets as tr
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError

from casebook.serve.inside.ahead import Ahead
from casebook.serve.inside.pages_template import PagesTemplate, kernel_of
from casebook.serve.inside.talk import connected, run
from casebook.serve.plan import Plan

_SHOWN = 5
_STARTS = 5.0  # seconds for what is being started when the server ends
_REMEMBERED = 1000  # of kernels that ended, so that their pages can be told why


class Stand(NamedTuple):
    """How a kernel stands.

    connections: of pages, the one that is being made included.
    away: seconds since the last one went. idle: seconds since it last did anything.
    """

    connections: int
    away: float
    idle: float
    busy: bool


def due(stand: Stand, *, away: float, idle: float) -> str:
    """Why a kernel is to be ended: `away`, `idle`, or nothing.

    Without a page it may be busy, as one that computes for ever is. With a page that is open for
    days and used by nobody it ends after `idle` seconds.
    """
    if not stand.connections:
        return "away" if stand.away > away else ""
    return "idle" if stand.idle > idle and not stand.busy else ""


class Kernels(AsyncMappingKernelManager):
    """Kernels with a cap that counts those that are still starting, or ending.

    Configured as Voila's `multi_kernel_manager_class`. Theirs has no cap at all, looks at all pages
    alike, and forgets why a kernel ended.
    """

    most = tr.Int(12, help="How many kernels there may be at once.").tag(config=True)
    away = tr.Float(600.0, help="Seconds without a page before a kernel ends.").tag(config=True)
    spare = tr.Bool(True, help="Whether one of them waits for the next visitor.").tag(config=True)
    ahead: Ahead
    """What is made before visitors come; set when the server starts, by `prepare`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._reserved: set[str] = set()
        self._left: dict[str, float] = {}
        self._ended: dict[str, str] = {}
        self._incidents: dict[str, list[str]] = {}

    def prepare(self, plan: Plan, folder: Path, memory: int | None) -> None:
        """Have made what visitors of these pages need, before they come.

        folder: for what is made. memory: bytes that a kernel may have.
        """
        name = kernel_of(plan)
        template = PagesTemplate(plan, folder, memory)
        self.ahead = Ahead(self, template, name, wanted=self.spare and bool(name))

    def reserve(self) -> str | None:
        """The id of a kernel for one visitor; None where the cap is reached.

        It is the spare's where there is one, so that the last seat is never the spare's.
        """
        kernel_id = self.ahead.take() or self.reserved()
        if kernel_id is not None:
            self._reserved.add(kernel_id)
        return kernel_id

    def reserved(self) -> str | None:
        """The id of a kernel that may be started; None where the cap is reached."""
        if len(self._reserved.union(self.list_kernel_ids())) >= self.most:
            return None
        kernel_id = str(uuid.uuid4())
        self._reserved.add(kernel_id)
        return kernel_id

    def release(self, kernel_id: str) -> None:
        """Give back what was reserved: the kernel has started, or never will."""
        self._reserved.discard(kernel_id)

    def is_there(self, kernel_id: str) -> bool:
        """Whether a kernel runs, or is being started."""
        return kernel_id in self or kernel_id in self._reserved

    def why_ended(self, kernel_id: str) -> str:
        """`died`, `idle`, `away` or `closed`; empty for a kernel that runs or was never there."""
        return "" if kernel_id in self else self._ended.get(kernel_id, "")

    def tell(self, kernel_id: str, incident: str) -> None:
        """Have the page of a kernel told that something failed there, by its id in the log."""
        known = self._incidents.setdefault(kernel_id, [])
        known.append(incident)
        del known[:-_SHOWN]

    def incidents(self, kernel_id: str) -> list[str]:
        """The last ids of what failed in a kernel outside of its cells."""
        return list(self._incidents.get(kernel_id, []))

    async def _async_start_kernel(self, *, kernel_id: str | None = None, **kwargs: Any) -> str:
        """Start a kernel that was reserved; there is no other way to one."""
        if kernel_id is None or kernel_id not in self._reserved:
            raise HTTPError(503, "a kernel was not reserved")
        self._left[kernel_id] = time.monotonic()
        return await super()._async_start_kernel(kernel_id=kernel_id, **kwargs)

    start_kernel = _async_start_kernel  # type: ignore[assignment]

    async def begin(self, kernel_id: str, name: str) -> tuple[Any, Any]:
        """The kernel that was reserved for a visitor, and a client; the spare's are there already.

        name: of its kind.
        """
        await self.ahead.started(kernel_id)
        client = await self._waiting(kernel_id, name)
        if client is None and kernel_id in self:
            await self.end(kernel_id, "died")
            self._ended.pop(kernel_id, None)
        if kernel_id not in self:
            env = self.ahead.environment()
            await self.start_kernel(kernel_id=kernel_id, kernel_name=name, path="", env=env)
        self.notify_connect(kernel_id)  # type: ignore[no-untyped-call]
        self.release(kernel_id)
        kernel: Any = self.get_kernel(kernel_id)
        kernel.last_activity = datetime.now(UTC)  # a spare may have waited for days
        return kernel, client or await connected(kernel)

    async def _waiting(self, kernel_id: str, name: str) -> Any:
        """The client of a kernel that waited; None where it does not answer or is another kind."""
        client = self.ahead.client(kernel_id)
        if client is None or kernel_id not in self:
            return None
        kernel: Any = self.get_kernel(kernel_id)
        try:
            if kernel.kernel_name == name:
                await run(kernel, client, "")
                return client
        except RuntimeError:  # it has died just now: another one is started
            pass
        client.stop_channels()
        return None

    def notify_disconnect(self, kernel_id: str) -> None:
        """A page went: from here on the kernel waits for it to come back."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        self._left[kernel_id] = time.monotonic()

    async def end(self, kernel_id: str, why: str) -> None:
        """End a kernel, and remember why. One that is gone already is fine."""
        await self.ahead.started(kernel_id)  # half a kernel cannot be ended
        if kernel_id in self:
            self._remember(kernel_id, why)
            await self.shutdown_kernel(kernel_id, now=True)

    async def settle(self) -> None:
        """Begin nothing any more, and wait for what is being started: half a kernel cannot end."""
        await self.ahead.close()
        starting = [*self._pending_kernels.values()]
        if starting:
            await asyncio.wait(map(asyncio.ensure_future, starting), timeout=_STARTS)

    async def _async_shutdown_kernel(
        self, kernel_id: str, now: bool | None = False, restart: bool | None = False
    ) -> None:
        self._remember(kernel_id, "closed")
        end = super()._async_shutdown_kernel
        await end(kernel_id, now=now, restart=restart)  # type: ignore[no-untyped-call]

    shutdown_kernel = _async_shutdown_kernel  # type: ignore[assignment]

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that is due; called for each of them every `cull_interval` seconds."""
        if self.ahead.is_spare(kernel_id):
            return
        why = due(self.stand(kernel_id), away=self.away, idle=self.cull_idle_timeout)
        if why:
            await self.end(kernel_id, why)

    async def cull_kernels(self) -> None:
        """End what is due, and see after what is made ahead."""
        await super().cull_kernels()  # type: ignore[no-untyped-call]
        self.ahead.go()

    def stand(self, kernel_id: str) -> Stand:
        """How a kernel stands now."""
        kernel: Any = self._kernels[kernel_id]
        last = getattr(kernel, "last_activity", None) or datetime.now(UTC)
        return Stand(
            connections=self._kernel_connections.get(kernel_id, 0),
            away=time.monotonic() - self._left.get(kernel_id, time.monotonic()),
            idle=(datetime.now(UTC) - last).total_seconds(),
            busy=getattr(kernel, "execution_state", "") == "busy",
        )

    def _remember(self, kernel_id: str, why: str) -> None:
        self._left.pop(kernel_id, None)
        self._incidents.pop(kernel_id, None)
        self.ahead.lost(kernel_id)
        self._ended.setdefault(kernel_id, why)
        while len(self._ended) > _REMEMBERED:
            self._ended.pop(next(iter(self._ended)))

    def _handle_kernel_died(self, kernel_id: str) -> None:
        """A kernel died by itself: its sockets and its files go too, which theirs leaves."""
        kernel = self._kernels.get(kernel_id)
        self._remember(kernel_id, "died")
        self.stop_watching_activity(kernel_id)  # type: ignore[no-untyped-call]
        self.stop_buffering(kernel_id)  # type: ignore[no-untyped-call]
        super()._handle_kernel_died(kernel_id)  # type: ignore[no-untyped-call]
        self._kernel_connections.pop(kernel_id, None)
        if kernel is not None:
            task = asyncio.ensure_future(kernel.cleanup_resources())
            self._tidying.add(task)
            task.add_done_callback(self._tidying.discard)

    @tr.default("_tidying")
    def _no_tasks(self) -> set[asyncio.Future[None]]:
        return set()

    _tidying = tr.Any()
