"""How far long work is, in a bar that goes when the work is done.

with ProgressBar():
findings = work.examine()
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

import ipywidgets as w
from IPython.display import clear_output, display

from casebook.progress import Step, told_to


class ProgressBar:
    """Shows the steps that the engine tells of within a `with` block.

    A report keeps nothing of it: the bar is closed at the end, whatever happened, and what the
    cell has shown until then (the bar) is cleared.
    """

    def __init__(self) -> None:
        self.bar = w.IntProgress(min=0, max=1, layout={"width": "22rem"})
        self.said = w.Label()
        self.box = w.HBox([self.bar, self.said])
        self._telling: AbstractContextManager[None] | None = None
        self._shown = False

    def __enter__(self) -> Self:
        self._telling = told_to(self.show)
        self._telling.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._telling is not None:
            self._telling.__exit__(kind, error, trace)
        self.box.close()
        if self._shown:
            clear_output()  # type: ignore[no-untyped-call]

    def show(self, step: Step) -> None:
        """The bar at this step; it is there from the first one on."""
        if not self._shown:
            display(self.box)  # type: ignore[no-untyped-call]
            self._shown = True
        self.bar.max, self.bar.value = step.total, step.done
        self.said.value = f"{step.what} {step.done}/{step.total}"
