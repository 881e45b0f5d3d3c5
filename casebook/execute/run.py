"""A run of a case: phases in their order, each in a process of its own, to a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casebook import language
from casebook.case import Case, load_case
from casebook.execute import kernels
from casebook.execute.board import Watcher
from casebook.execute.intake import tables_of
from casebook.execute.perform import Request, perform
from casebook.execute.plan import tasks_of
from casebook.execute.supervise import cores, warm_up
from casebook.language import _, plural
from casebook.places import notebooks_folder
from casebook.runs.folder import RunsFolder
from casebook.runs.manifest import Manifest, PhaseStatus, RunStatus
from casebook.runs.report import INDEX
from casebook.warm import limits


@dataclass(frozen=True)
class Run:
    """A run that has ended: its folder and its manifest."""

    folder: Path
    manifest: Manifest

    @property
    def report(self) -> Path:
        """The front page."""
        return self.folder / INDEX

    @property
    def exit_status(self) -> int:
        """What the shell is told; 0 only when every phase ended well."""
        return 1 if self.manifest.exit_status is None else self.manifest.exit_status

    def __str__(self) -> str:
        with language.using(self.manifest.language):
            return "\n".join((*_troubles(self.manifest), _report(self)))


def _troubles(manifest: Manifest) -> list[str]:
    lines = []
    for phase in manifest.phases:
        said = phase.error.sentence if phase.error else phase.reason
        if phase.status is not PhaseStatus.OK:
            lines.append(f"{phase.name}: {said}")
    return [*lines, *manifest.notes]


def _report(run: Run) -> str:
    n = len(run.manifest.phases)
    if run.manifest.status is RunStatus.OK:
        done = plural("{n} phase ended well.", "{n} phases ended well.", n)
    elif run.manifest.status is RunStatus.STOPPED:
        done = _("The run was stopped.")
    else:
        bad = sum(phase.status is not PhaseStatus.OK for phase in run.manifest.phases)
        done = plural("{n} of {all} phases did not end well.",
                      "{n} of {all} phases did not end well.", bad, all=n)  # fmt: skip
    return _("{done} The report: {path}", done=done, path=run.report)


def run_case(
    case_folder: Path | str,
    *,
    parameters: Mapping[str, Any] | None = None,
    phases: Sequence[str] | None = None,
    as_of: date | None = None,
    out: Path | None = None,
    jobs: int | None = None,
    kernel: str | None = None,
    cell_timeout: float | None = None,
    run_timeout: float | None = None,
    memory: int | None = None,
    progress: Watcher | None = None,
) -> Run:
    """Run the phases of a case and write a report.

    parameters: of the notebooks, as texts or plain values. phases: stems; those that they need
    run too. out: the folder of runs in place of `<case>/runs`. jobs: notebooks at once, as many
    as there are cores by default. cell_timeout, run_timeout: seconds. memory: bytes that each
    kernel may have.
    A phase that fails raises nothing; `Run.exit_status` and its manifest say it. Raises a
    CasebookError for what is wrong before the first kernel starts: the record, the table, a
    parameter, a phase, a kernel, another run that is going on.
    """
    warm_up()
    limits.check_memory(memory)
    case = load_case(case_folder)
    with language.using(case.record.language):
        tasks = tasks_of(notebooks_folder(), phases)
        request = Request(
            case_name=case.record.name,
            case_folder=case.folder.resolve(),
            title=case.record.title or "",
            language=case.record.language,
            tasks=tasks,
            runs=_runs(case, out),
            parameters=dict(parameters or {}),
            requested=tuple(phases or ()),
            as_of=as_of,
            jobs=jobs or cores(),
            kernel=kernel or kernels.usual(),
            cell_timeout=cell_timeout,
            run_timeout=run_timeout,
            memory=memory,
            case=case,
            read_tables=lambda: tables_of(case, as_of),
        )
        return Run(*perform(request, progress))


def _runs(case: Case, out: Path | None) -> RunsFolder:
    if out is not None:
        return RunsFolder(out.resolve())
    return RunsFolder.of_case(case.folder.resolve())
