"""A client of a kernel that is ready, without a wait of Jupyter's that is mostly in vain."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from jupyter_core.utils import ensure_async

_REPLY = 1.0  # seconds for one answer, then it is asked again
_HEARD = 0.02


async def connected(kernel: Any, seconds: float = 60.0) -> Any:
    """A client whose channels are all heard; Jupyter's waits 0.2 seconds where one is not yet.

    kernel: its manager. Raises RuntimeError where the kernel ends first, or time is over.
    """
    client = kernel.client()
    client.start_channels()
    limit = time.monotonic() + seconds
    try:
        while not await _heard(client):
            await _check(kernel, limit)
    except BaseException:
        client.stop_channels()
        raise
    client.allow_stdin = False
    return client


async def run(kernel: Any, client: Any, code: str, seconds: float = 60.0) -> None:
    """Have the kernel run code of ours. Raises RuntimeError where it ends, or the code fails."""
    name = client.execute(code, store_history=False)
    limit = time.monotonic() + seconds
    while True:
        try:
            reply = await client.shell_channel.get_msg(timeout=_REPLY)
        except Empty:
            await _check(kernel, limit)
            continue
        if reply["parent_header"].get("msg_id") == name:
            break
    if reply["content"]["status"] != "ok":
        raise RuntimeError(str(reply["content"]))


async def _check(kernel: Any, limit: float) -> None:
    """Raise RuntimeError where there is nothing to wait for, or no time left."""
    if not await ensure_async(kernel.is_alive()):
        raise RuntimeError("the kernel ended before it answered")
    if time.monotonic() > limit:
        raise RuntimeError("the kernel did not answer in time")


async def _heard(client: Any) -> bool:
    """Whether an answer came, and what the kernel publishes comes as well."""
    client.kernel_info()
    try:
        reply = await client.shell_channel.get_msg(timeout=_REPLY)
        await client.iopub_channel.get_msg(timeout=_HEARD)
    except Empty:
        return False
    if reply["msg_type"] == "kernel_info_reply":
        client._handle_kernel_info_reply(reply)
        return True
    return False
