"""The template of a server's pages: forked from the kernels' own, with the case opened in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Hashable
from functools import partial
from pathlib import Path

from casebook.case import load_case
from casebook.exceptions import CasebookError
from casebook.models.about import ABOUT, MODEL
from casebook.runs.folder import RunsFolder
from casebook.runs.model_files import folder_with_model
from casebook.runs.shared import key_of
from casebook.serve.plan import Plan
from casebook.warm import client
from casebook.warm.process import WarmProcess
from casebook.warm.provisioner import forked

_LOOK_AGAIN = 0.05  # seconds
_LONGEST = 120.0  # seconds that a template may take to open the case


class PagesTemplate:
    """Opens the case once for all visitors; made anew when record, data or model change.

    A kernel that was forked of one that is out of date opens the case itself: it looks whether
    what it finds made still holds.
    memory: bytes that it may have, as each of its kernels.
    """

    def __init__(self, plan: Plan, folder: Path, memory: int | None) -> None:
        self._plan, self._folder, self._memory = plan, folder, memory
        self._pages = tuple(page.name for page in plan.chosen() if page.notebook)
        self._process: WarmProcess | None = None
        self._former: list[WarmProcess] = []  # whose kernels still run; they end with them
        self._made_of: Hashable = None
        self._count = 0
        self.address: Path | None = None
        """Where it listens; None as long as kernels come from the kernels' own template."""

    def is_needed(self) -> bool:
        """Whether anybody can open a page that needs a kernel."""
        return self._plan.needs_kernels()

    async def renewed(self) -> bool:
        """Make it where it is missing or out of date; whether kernels from before it are so too."""
        self._former = [one for one in self._former if one.poll() is None]
        found = made_of(Path(self._plan.case))
        if found is None or (found == self._made_of and await self._runs()):
            return False
        await self._drop()
        self._made_of = found
        await self._make()
        return True

    async def _runs(self) -> bool:
        """Whether it runs, of code as it is now; one that could not be made is not tried again."""
        if self.address is None:
            return self._process is None
        answer = await asyncio.to_thread(client.asked, self.address, "status")
        return answer is not None and not answer["changed"]

    async def _drop(self) -> None:
        """Have the old one take no more requests; kernels that it forked go on."""
        address, self.address = self.address, None
        process, self._process = self._process, None
        if address is not None:
            await asyncio.to_thread(client.asked, address, "stop")
        if process is not None:
            self._former.append(process)

    async def _make(self) -> None:
        self._count += 1
        address = self._folder / f"pages{self._count}.s"
        try:
            process = await forked(partial(self._forked, address))
        except client.NotWarm:  # the first kernel that is started tells why, in the log
            return
        try:
            waited = 0.0
            while not address.exists() and process.poll() is None and waited < _LONGEST:
                await asyncio.sleep(_LOOK_AGAIN)
                waited += _LOOK_AGAIN
        finally:
            if address.exists():
                self.address, self._process = address, process
            else:
                process.close()

    def _forked(self, address: Path) -> WarmProcess:
        told = self._plan.told(self._pages[0], "")
        with Path(os.devnull).open("rb") as null:
            return client.fork(
                client.Request(
                    kind="kernel",
                    entry="further",
                    arguments=[str(address), str(self._memory or 0), *self._pages],
                    environment={**os.environ, **told},
                    folder=self._plan.folder,
                    fds=(null.fileno(), 1, 2),
                    quiet=True,
                )
            )


def made_of(case: Path) -> Hashable:
    """What pages of a case follow from: its record, its data's files, its runs and the model.

    None where the record cannot be read just now.
    """
    runs = RunsFolder.of_case(case)
    try:
        opened = load_case(case)
        key = key_of(opened)
    except CasebookError:
        return None
    latest, model = runs.latest(), folder_with_model(case, runs.draft)
    names = (MODEL, ABOUT) if model is not None else ()
    stamps = []
    with contextlib.suppress(OSError):  # a model that is being replaced just now is another one
        stamps = [(model / name).stat() for name in names]  # type: ignore[operator]
    known = tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in stamps)
    return opened.version, key, str(latest and latest.resolve()), str(model), known


def kernel_of(plan: Plan) -> str:
    """The kind of kernel that pages have, all the same; empty where none has a notebook."""
    named = next((page.notebook for page in plan.chosen() if page.notebook), "")
    if not named:
        return ""
    written = json.loads((Path(plan.folder) / f"{named}.ipynb").read_text("utf-8"))
    return str(written["metadata"]["kernelspec"]["name"])
