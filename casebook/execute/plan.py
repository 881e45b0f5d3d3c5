"""Which phases run, in what order; pure functions over the table of phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebook.exceptions import RunError, nearest
from casebook.language import _
from casebook.phases.registry import PHASES, Phase
from casebook.runs.manifest import FINISHED, PhaseStatus


@dataclass(frozen=True)
class Task:
    """A phase and the notebook that it is run by.

    needs: stems that must end well before it. reads: stems that must have ended, well or not.
    """

    stem: str
    name: str
    title: str
    notebook: Path
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def tasks_of(
    notebooks: Path, wanted: Sequence[str] | None = None, phases: Sequence[Phase] = PHASES
) -> tuple[Task, ...]:
    """The tasks of a run: the phases asked for, those that they need, in the table's order.

    wanted: stems or names as `07_baseline`; None means every phase.
    Raises RunError for a phase that is not there, with the nearest.
    """
    by_stem = {phase.stem: phase for phase in phases}
    stems = [_stem(name, phases) for name in wanted] if wanted is not None else list(by_stem)
    chosen: set[str] = set()
    while stems:
        stem = stems.pop()
        if stem not in chosen:
            chosen.add(stem)
            stems += [need for need in by_stem[stem].needs if need in by_stem]
    return tuple(
        Task(
            stem=phase.stem,
            name=phase.name,
            title=_(phase.title),
            notebook=notebooks / f"{phase.name}.ipynb",
            needs=tuple(stem for stem in phase.needs if stem in chosen),
            reads=tuple(stem for stem in phase.reads if stem in chosen),
        )
        for phase in phases
        if phase.stem in chosen
    )


def _stem(name: str, phases: Sequence[Phase]) -> str:
    for phase in phases:
        if name in (phase.stem, phase.name):
            return phase.stem
    stems = [phase.stem for phase in phases]
    raise RunError(
        _("there is no phase '{name}'; there are: {allowed}", name=name, allowed=", ".join(stems)),
        hint=nearest(name, stems),
    )


Statuses = Mapping[str, PhaseStatus]


def ready(tasks: Sequence[Task], statuses: Statuses) -> tuple[Task, ...]:
    """The pending tasks that may start now; first those that the longest chain waits for."""
    open_ones = [
        task
        for task in tasks
        if statuses[task.stem] is PhaseStatus.PENDING
        and all(statuses[stem] is PhaseStatus.OK for stem in task.needs)
        and all(statuses[stem] in FINISHED for stem in task.reads)
    ]
    return tuple(sorted(open_ones, key=lambda task: -chain(task.stem, tasks)))


def chain(stem: str, tasks: Sequence[Task]) -> int:
    """How many phases in a row wait for this one to end."""
    waiting = (task.stem for task in tasks if stem in (*task.needs, *task.reads))
    return max((1 + chain(after, tasks) for after in waiting), default=0)


def doomed(tasks: Sequence[Task], statuses: Statuses) -> tuple[tuple[Task, str], ...]:
    """The pending tasks that cannot run any more, each with the reason as a sentence."""
    titles = {task.stem: task.title for task in tasks}
    found = []
    for task in tasks:
        if statuses[task.stem] is not PhaseStatus.PENDING:
            continue
        lost = [s for s in task.needs if statuses[s] in FINISHED - {PhaseStatus.OK}]
        if lost:
            names = ", ".join(titles[stem] for stem in lost)
            reason = _("it needs the findings of {phases}, which did not end well", phases=names)
            found.append((task, reason))
    return tuple(found)
