"""A template forked from a template, which makes ahead what all visitors of pages have in common.

The server of a case asks for one. It reads the record and opens the model once; kernels that are
forked from it share that memory, and find it made. It listens at an address of the server's own
and ends with the server.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from casebook.exceptions import CasebookError
from casebook.warm import limits, loaded
from casebook.warm.settings import AHEAD, SET_BY_IMPORTS
from casebook.warm.template import Template

_LOG = logging.getLogger("casebook.warm")


class Further(Template):
    """A template of the kernels of one server; it never ends because it is idle."""

    def __init__(self, address: Path, pages: Sequence[str]) -> None:
        self.pages = pages
        super().__init__("kernel", address, os.environ)
        self.idle = float("inf")

    def _load(self) -> dict[str, str]:
        """Make what the pages need; where one cannot be made yet, its visitors are told why."""
        added = {name: os.environ[name] for name in SET_BY_IMPORTS if name in os.environ}
        for name in (name for name in ("case", *self.pages) if name in AHEAD):
            try:
                loaded.function(AHEAD[name])()
            except CasebookError as problem:
                _LOG.warning("nothing is made ahead for %s: %s", name, problem)
        importlib.import_module("casebook.expressions.locked").forget()
        return added


def main(arguments: Sequence[str]) -> None:
    """Make what pages need, then fork kernels until the server ends.

    arguments: the socket's address, how many bytes it may have while it opens the case (0 for no
    limit), and names of pages.
    """
    address, memory, *pages = arguments
    # a second thread, of OpenMP say, would forbid to fork; kernels set theirs when they start
    importlib.import_module("threadpoolctl").threadpool_limits(1)
    with limits.memory_for_now(int(memory) or None):
        template = Further(Path(address), pages)
    template.listen()
    template.serve()
