"""From a request to a run on disk: checks, lock, folder, conductor, report, store."""

from __future__ import annotations

import platform
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from casebook import __version__
from casebook.case import Case
from casebook.exceptions import CasebookError, RunError
from casebook.execute import kernels
from casebook.execute.board import Board, Watcher
from casebook.execute.conduct import Conductor, Limits, drop_empty_logs
from casebook.execute.job import Job
from casebook.execute.parameters import Declaration, check_names, read
from casebook.execute.plan import Task
from casebook.execute.status import exit_status
from casebook.execute.stop import StopReason
from casebook.execute.supervise import cores
from casebook.language import N_, _
from casebook.pages.front_page import TableSummary
from casebook.runs import lock, store
from casebook.runs.folder import RunsFolder, ended, new_name
from casebook.runs.lost import settle
from casebook.runs.manifest import Manifest, PhaseRecord, PhaseStatus, RunStatus
from casebook.runs.model_files import digests
from casebook.runs.report import write_report

LIBRARIES = (
    "pandas", "numpy", "scikit-learn", "scipy", "duckdb", "pyarrow", "skops", "matplotlib",
    "papermill", "nbconvert", "ipykernel",
)  # fmt: skip
RESERVED = {
    "case": N_("It is the case's folder: casebook run CASE."),
    "as_of": N_("Use --as-of DAY."),
    "run": N_("Use --out DIR."),
}


@dataclass(frozen=True)
class Request:
    """What is to be run.

    read_tables: reads the data, once the run holds its lock. case: for the front page.
    jobs: notebooks at once. cell_timeout, run_timeout: seconds. memory: bytes of one kernel.
    """

    case_name: str
    case_folder: Path
    tasks: tuple[Task, ...]
    runs: RunsFolder
    jobs: int = 1
    kernel: str = field(default_factory=kernels.usual)
    title: str = ""
    language: str = "en"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    requested: tuple[str, ...] = ()
    as_of: date | None = None
    cell_timeout: float | None = None
    run_timeout: float | None = None
    memory: int | None = None
    case: Case | None = None
    read_tables: Callable[[], tuple[TableSummary, ...]] = tuple


def perform(request: Request, watcher: Watcher | None = None) -> tuple[Path, Manifest]:
    """Run it; returns the run's folder and its manifest.

    Raises CasebookError for what is wrong before the first kernel starts, and RunError where the
    run cannot be written (disk full, read-only).
    """
    kernels.check_kernel(request.kernel)
    declarations = {task.stem: read(task.notebook) for task in request.tasks}
    values = _values(request, declarations)
    request.runs.prepare()
    name = new_name()
    with _writing(request.runs.path), lock.hold(_lock_of(request), name):
        settle_lost(request)
        manifest = _manifest(request, name, values)
        folder = request.runs.begin(manifest)
        board = Board(manifest, folder, watcher)
        stop = _conduct(request, board, values)
        drop_empty_logs(folder)
        return _finish(request, board, stop)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            _("the run cannot be written: {error}", error=error.strerror or error),
            place=str(error.filename or folder),
            hint=_("Is the disk full, or the folder read-only? Name another folder with --out."),
        ) from error


def _lock_of(request: Request) -> Path:
    """The lock of the case; where its folder cannot be written, that of the runs' folder."""
    own = RunsFolder.of_case(request.case_folder)
    try:
        own.prepare()
        (own.path / ".lock").touch()
    except (RunError, OSError):
        return request.runs.path / ".lock"
    return own.path / ".lock"


def settle_lost(request: Request) -> None:
    """Mark runs that ended without a word as lost, with a front page that says so."""
    for manifest in settle(request.runs):
        write_report(request.runs.path / manifest.name, manifest, request.case)


def _values(request: Request, declarations: Mapping[str, Declaration]) -> dict[str, dict[str, Any]]:
    """Stem -> the values that its notebook gets, converted as it declares them."""
    reserved = {name: _(hint) for name, hint in RESERVED.items()}
    check_names(request.parameters, list(declarations.values()), reserved)
    given = {"case": str(request.case_folder), **request.parameters}
    if request.as_of is not None:
        given["as_of"] = request.as_of.isoformat()
    return {stem: declared.convert(given) for stem, declared in declarations.items()}


def _manifest(request: Request, name: str, values: Mapping[str, Mapping[str, Any]]) -> Manifest:
    seeds = [given["seed"] for given in values.values() if "seed" in given]
    return Manifest(
        name=name,
        case=request.case_name,
        case_folder=str(request.case_folder),
        title=request.title,
        language=request.language,
        started=datetime.now(UTC),
        as_of=request.as_of,
        seed=seeds[0] if seeds else 0,
        parameters=dict(request.parameters),
        requested=request.requested,
        versions=versions(),
        tables=request.read_tables(),
        kernel=request.kernel,
        phases=tuple(PhaseRecord(task.stem, task.name) for task in request.tasks),
        boot=lock.boot_id(),
        lock=str(_lock_of(request)),
    )


def versions() -> dict[str, str]:
    """The versions of what decides results and how they look."""
    found = {"python": platform.python_version(), "casebook": __version__}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _conduct(
    request: Request, board: Board, values: Mapping[str, Mapping[str, Any]]
) -> StopReason | None:
    with kernels.runtime_folder() as runtime:
        jobs = {
            task.stem: _job(request, task, board.folder, runtime / str(n), values[task.stem])
            for n, task in enumerate(request.tasks)
        }
        limits = Limits(request.jobs, max(1, cores() // request.jobs), request.run_timeout)
        conductor = Conductor(request.tasks, jobs, board, limits)
        conductor.conduct()
    return conductor.stop


def _job(
    request: Request, task: Task, folder: Path, runtime: Path, values: Mapping[str, Any]
) -> Job:
    declared = read(task.notebook).names
    run = {"run": str(folder)} if "run" in declared else {}
    return Job(
        stem=task.stem,
        title=task.title,
        notebook=task.notebook,
        output=folder / f"{task.name}.ipynb",
        page=folder / f"{task.name}.html",
        folder=folder,
        runtime=runtime,
        parameters={**values, **run},
        kernel=request.kernel,
        language=request.language,
        cell_timeout=request.cell_timeout,
        run_timeout=request.run_timeout,
        memory=request.memory,
        watch_parent=True,
    )


def _finish(request: Request, board: Board, stop: StopReason | None) -> tuple[Path, Manifest]:
    status, code = outcome(board.manifest, stop)
    board.manifest = replace(ended(board.manifest, status, code), model=digests(board.folder))
    _store(request, board)
    try:
        write_report(board.folder, board.manifest, request.case)
    except Exception as error:  # noqa: BLE001 (hours of work are kept, and the fault is told)
        board.note(_("The front page could not be made: {error}", error=repr(error)))
        board.manifest = replace(board.manifest, status=RunStatus.FAILED, exit_status=code or 1)
    folder = request.runs.finish(board.manifest)
    return folder, board.manifest


def outcome(manifest: Manifest, stop: StopReason | None) -> tuple[RunStatus, int]:
    """The status of a run whose phases have all ended, and what the shell is told."""
    if all(phase.status is PhaseStatus.OK for phase in manifest.phases):
        return RunStatus.OK, 0
    code = exit_status(phase.error for phase in manifest.phases)
    if stop is StopReason.INTERRUPTED:
        return RunStatus.STOPPED, 128 + signal.SIGINT
    if stop is StopReason.TERMINATED:
        return RunStatus.STOPPED, 128 + signal.SIGTERM
    return RunStatus.FAILED, code or exit_status_of_skipped(stop)


def exit_status_of_skipped(stop: StopReason | None) -> int:
    """The status of a run in which nothing failed and yet not everything ran."""
    return 124 if stop is StopReason.RUN_TIMEOUT else 1


def _store(request: Request, board: Board) -> None:
    """Record the run in the case's store; a store that refuses does not harm the run."""
    url = request.case.record.store if request.case else None
    try:
        with store.open_store(request.case_folder, url) as opened:
            opened.record_run(board.manifest)
    except CasebookError as error:
        board.note(_("The run was not recorded in the store: {error}", error=error))
