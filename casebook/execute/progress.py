"""The progress of a run on a terminal: phase, cell, elapsed; plain lines where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from casebook.execute.board import Progress as Step
from casebook.execute.board import Watcher
from casebook.formats import number
from casebook.language import N_, _
from casebook.phases.registry import PHASES
from casebook.runs.manifest import FINISHED, PhaseStatus

WORDS: Mapping[PhaseStatus, str] = {
    PhaseStatus.PENDING: N_("waiting"),
    PhaseStatus.RUNNING: N_("running"),
    PhaseStatus.OK: N_("done"),
    PhaseStatus.FAILED: N_("failed"),
    PhaseStatus.SKIPPED: N_("skipped"),
    PhaseStatus.STOPPED: N_("stopped"),
}
_STYLES = {PhaseStatus.OK: "green", PhaseStatus.FAILED: "bold red", PhaseStatus.RUNNING: "bold"}


@contextmanager
def watching(console: Console | None = None) -> Iterator[Watcher]:
    """A watcher for `run_case`: bars on a terminal, a line a phase elsewhere.

    console: where to; standard error by default, so that standard output holds the result.
    """
    shown = console or Console(stderr=True)
    if not shown.is_terminal:
        yield Lines(shown)
        return
    columns = (
        TextColumn("{task.fields[word]}"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        Cells(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=shown) as bars:
        yield Bars(bars)


class Cells(ProgressColumn):
    """`cell 3 of 12`, once it is known how many there are."""

    def render(self, task: Task) -> Text:
        """The words for one bar."""
        if task.total is None:
            return Text("")
        return Text(_("cell {n} of {all}", n=int(task.completed), all=int(task.total)))


def title_of(stem: str) -> str:
    """A phase's title in the current language."""
    return next((_(phase.title) for phase in PHASES if phase.stem == stem), stem)


class Lines:
    """One line when a phase starts and one when it ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[tuple[str, PhaseStatus]] = set()

    def __call__(self, step: Step) -> None:
        """Hear of a step."""
        if (step.stem, step.status) in self._told:
            return
        self._told.add((step.stem, step.status))
        self._console.print(Text(line_of(step)), soft_wrap=True)


def line_of(step: Step) -> str:
    """What is said of a step, as `  12.3 s  Symptom: done (2 of 5)`."""
    line = _(
        "{elapsed} s  {title}: {word} ({finished} of {phases})",
        elapsed=number(step.elapsed, 1).rjust(6),
        title=title_of(step.stem),
        word=_(WORDS[step.status]),
        finished=step.finished,
        phases=step.phases,
    )
    return f"{line}. {step.sentence}" if step.sentence else line


class Bars:
    """A bar for each phase that has started, in cells of code."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: Step) -> None:
        """Hear of a step."""
        if step.stem not in self._tasks:
            self._tasks[step.stem] = self._bars.add_task(title_of(step.stem), total=None, word="")
        style = _STYLES.get(step.status, "dim")
        self._bars.update(
            self._tasks[step.stem],
            completed=step.done,
            total=step.total or None,
            word=f"[{style}]{_(WORDS[step.status])}[/]",
        )
        if step.status in FINISHED:
            self._bars.stop_task(self._tasks[step.stem])
            if step.sentence:
                self._bars.console.print(Text(line_of(step)))
