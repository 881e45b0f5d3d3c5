"""A notebook client that tells the truth: any end of a cell but the good one marks it failed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager

from casebook.execute.failures import ASKED, explain
from casebook.execute.kernels import group_of, language_of, new_manager, why_not_warm
from casebook.execute.outputs import CellOutputs, cut_error
from casebook.execute.session import Session
from casebook.execute.stop import Stopped
from casebook.runs.manifest import ErrorKind
from casebook.runs.unfinished import error_output
from casebook.warm import limits
from casebook.warm.processes import end_descendants, end_group

Result = TypeVar("Result")
Message = dict[str, Any]

# A statement that binds no name in the notebook.
_GUARD = "__import__('casebook.execute.inside', fromlist=['guard']).guard(get_ipython())"
_POLITE_END = 5.0  # seconds for a kernel to end by itself, its atexit functions included


class CaseClient(NotebookClient):
    """Runs the cells of one notebook in one kernel, which it starts and ends."""

    def __init__(self, book: NotebookExecutionManager, kernel: str, session: Session) -> None:
        super().__init__(
            book.nb,
            kernel_name=kernel,
            timeout_func=lambda _cell: session.cell_timeout,
            startup_timeout=int(session.start_timeout),
            iopub_timeout=30,  # a cell that printed much is still being read when it has ended
        )
        self.book = book
        self.session = session
        self.kernel: AsyncKernelManager | None = None
        self.captured = CellOutputs()

    async def run(self) -> None:
        """Execute every cell until one fails; the session holds why."""
        try:
            if await self._start():
                for index, cell in enumerate(self.nb.cells):
                    if not await self._run_cell(cell, index):
                        break
                self.set_widgets_metadata()
        finally:
            await self._end_kernel()

    async def _start(self) -> bool:
        try:
            await self._unless_stopped(self._start_kernel())
        except Exception as error:  # noqa: BLE001 (whatever it is, the notebook must say so)
            self._fail(self.nb.cells[0], 0, error)
        return self.session.error is None

    async def _start_kernel(self) -> None:
        self.km = self.kernel = new_manager(self.kernel_name, self.session.runtime)
        await self.async_start_new_kernel(cwd=str(self.session.folder))
        group = group_of(self.kernel)
        if group is not None:
            limits.set_memory(group, self.session.memory)
        self.session.started(group or 0, why_not_warm(self.kernel))
        self.kc = self.kernel.client()
        self.kc.start_channels()
        self.kc.allow_stdin = False
        language = await language_of(self.kernel, self.kc, self.session.start_timeout)
        self.nb.metadata["language_info"] = language
        if language["name"] == "python":
            await self.async_wait_for_reply(
                self.kc.execute(_GUARD, silent=True, store_history=False)
            )

    async def _run_cell(self, cell: NotebookNode, index: int) -> bool:
        self.book.cell_start(cell, index)
        self.captured = CellOutputs()
        try:
            await self._unless_stopped(self.async_execute_cell(cell, index))
        except Exception as error:  # noqa: BLE001 (whatever it is, the cell must say so)
            self._close_outputs(cell)
            self._fail(cell, index, error)
        else:
            self._close_outputs(cell)
        self.book.cell_complete(cell, index)
        return self.session.error is None

    def _close_outputs(self, cell: NotebookNode) -> None:
        if cell.cell_type == "code":
            self.captured.close(cell.outputs)

    def _fail(self, cell: NotebookNode, index: int, error: Exception) -> None:
        failure = explain(error, self.session, self.kernel, index, cell.get("outputs", ()))
        self.session.error = failure
        self.book.cell_exception(cell, cell_index=index, exception=error)
        if failure.name == ASKED:
            cell.outputs.pop()  # the kernel's words for it
        if cell.cell_type == "code" and (
            failure.kind is not ErrorKind.CELL or failure.name == ASKED
        ):
            cell.outputs.append(NotebookNode(error_output(failure.name, failure.sentence)))

    async def _unless_stopped(self, work: Coroutine[Any, Any, Result]) -> Result:
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self.session.stop.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        if stop.done():
            task.cancel()
            await asyncio.wait({task}, timeout=0.5)
            raise Stopped
        stop.cancel()
        return task.result()

    async def _end_kernel(self) -> None:
        """End the kernel, its group and whatever it left, politely where it ended well."""
        if self.kernel is None:
            return
        group = group_of(self.kernel)
        now = self.session.error is not None
        with contextlib.suppress(RuntimeError, TimeoutError):  # it is gone, or does not listen
            await asyncio.wait_for(self.kernel.shutdown_kernel(now=now), _POLITE_END)
        end_group(group)
        await self.kernel.cleanup_resources()
        if self.kc is not None:
            self.kc.stop_channels()
        end_descendants()

    async def _async_cleanup_kernel(self) -> None:
        """Nothing here: `_end_kernel` is called however the notebook ends."""

    def process_message(self, msg: Message, cell: NotebookNode, cell_index: int) -> Any:
        """Handle one message of the kernel, and save now and then in a long cell."""
        output = super().process_message(msg, cell, cell_index)
        self.book.autosave_cell()
        return output

    def output(
        self, outs: list[NotebookNode], msg: Message, display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Append an output to its cell, within what a cell may put out."""
        if self.output_hook_stack[msg["parent_header"].get("msg_id", "")]:
            return super().output(outs, msg, display_id, cell_index)
        if self.clear_before_next_output:
            self.captured = CellOutputs()
        if msg["msg_type"] == "error":
            msg = {**msg, "content": cut_error(msg["content"])}
        elif msg["msg_type"] == "stream" and not self.clear_before_next_output:
            self.captured.stream(outs, msg["content"]["name"], msg["content"]["text"])
            return None
        elif msg["msg_type"] != "stream" and not self.captured.admits(msg["content"]):
            return None
        return super().output(outs, msg, display_id, cell_index)

    def clear_output(self, outs: list[NotebookNode], msg: Message, cell_index: int) -> None:
        """Empty a cell's outputs, now or when the next one comes."""
        if not msg["content"].get("wait"):
            self.captured = CellOutputs()
        super().clear_output(outs, msg, cell_index)
