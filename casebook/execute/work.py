"""The work of a worker: translate, execute, make the page, tell the parent."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import threading
from dataclasses import asdict, replace
from typing import TextIO

import nbformat
from nbformat import NotebookNode

from casebook import language
from casebook.atomic import write_text
from casebook.execute import engine
from casebook.execute.inside import LANGUAGE_VARIABLE
from casebook.execute.job import Job
from casebook.execute.kernels import PLAIN, WARM
from casebook.execute.session import Session
from casebook.execute.status import exit_status
from casebook.execute.stop import Stop, StopReason
from casebook.execute.translate import translate_markdown
from casebook.runs.manifest import ErrorKind, PhaseError, PhaseStatus
from casebook.warm.processes import adopt_orphans

_PAGES = "casebook.pages.notebook"
_HALTED = (ErrorKind.STOPPED, ErrorKind.RUN_TIMEOUT)


def work(job: Job, stop: Stop) -> int:
    """Do the job and return the exit status; every event is a JSON line on standard output."""
    events = _private_stdout()
    language.use(job.language)
    os.environ[LANGUAGE_VARIABLE] = job.language
    adopt_orphans()
    session = _session(job, stop, events)
    try:
        error = _execute(job, session)
    finally:
        orphaned = stop.reason is StopReason.ORPHANED  # nobody else tidies up any more
        shutil.rmtree(job.runtime.parent if orphaned else job.runtime, ignore_errors=True)
    status = _status(error)
    _tell(events, "end", status=status, error=asdict(error) if error else None)
    return exit_status([error])


def warm_up() -> None:
    """Make a page of a small notebook: it compiles templates, schemas and patterns once."""
    cell = nbformat.v4.new_code_cell("1", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/html": "<p>1</p>"})]
    text = nbformat.v4.new_markdown_cell("# 1\n\n1")
    for name in language.LANGUAGES:
        notebook = nbformat.v4.new_notebook(cells=[text, cell])
        nbformat.validate(notebook)
        with language.using(name):
            translate_markdown(notebook)
        importlib.import_module(_PAGES).notebook_html(notebook, title="1", language=name)


def _private_stdout() -> TextIO:
    """The standard output for us alone: what kernels and libraries print goes to the log."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return events


def _tell(events: TextIO, event: str, **values: object) -> None:
    """Write one event; a parent that has gone is noticed elsewhere."""
    try:
        events.write(json.dumps({"event": event, **values}) + "\n")
    except BrokenPipeError:
        return


def _session(job: Job, stop: Stop, events: TextIO) -> Session:
    return Session(
        folder=job.folder,
        runtime=job.runtime,
        stop=stop,
        cell_timeout=job.cell_timeout,
        run_timeout=job.run_timeout,
        memory=job.memory,
        progress=lambda done, total: _tell(events, "cell", done=done, total=total),
        started=lambda group, reason: _kernel_started(events, group, reason),
    )


def _kernel_started(events: TextIO, group: int, reason: str) -> None:
    """Tell the parent, and load what the page needs while the kernel is starting."""
    _tell(events, "kernel", group=group, reason=reason)
    threading.Thread(target=importlib.import_module, args=(_PAGES,), daemon=True).start()


def _execute(job: Job, session: Session) -> PhaseError | None:
    try:
        notebook = prepared(job)
        executed = engine.execute(notebook, job.output, dict(job.parameters), job.kernel, session)
    except Exception as error:  # noqa: BLE001 (whatever it is, the parent must hear of it)
        return session.error or _of_worker(error)
    if session.error is None or session.error.kind not in _HALTED:
        return _make_page(job, executed, session.error)
    return session.error


def prepared(job: Job) -> NotebookNode:
    """The notebook as it is run: in the record's language, for the kernel asked for.

    The warm kernel is not written into it: anybody can open it with the ordinary one.
    """
    notebook: NotebookNode = nbformat.read(job.notebook, as_version=4)
    translate_markdown(notebook)
    name = PLAIN if job.kernel == WARM else job.kernel
    spec = notebook.metadata.setdefault("kernelspec", NotebookNode())
    spec.setdefault("language", "python")
    spec.setdefault("display_name", name)
    spec["name"] = name
    if not notebook.cells:
        notebook.cells.append(nbformat.v4.new_markdown_cell(""))
    return notebook


def _make_page(job: Job, notebook: NotebookNode, error: PhaseError | None) -> PhaseError | None:
    try:
        pages = importlib.import_module(_PAGES)
        page = pages.notebook_html(
            notebook, title=job.title, language=job.language, status=_status(error)
        )
        write_text(job.page, page)
    except Exception as problem:  # noqa: BLE001 (a page that cannot be made fails its phase, aloud)
        return error or replace(_of_worker(problem), kind=ErrorKind.PAGE)
    return error


def _status(error: PhaseError | None) -> PhaseStatus:
    if error is None:
        return PhaseStatus.OK
    return PhaseStatus.STOPPED if error.kind is ErrorKind.STOPPED else PhaseStatus.FAILED


def _of_worker(error: Exception) -> PhaseError:
    name = type(error).__name__
    return PhaseError(ErrorKind.WORKER, name, str(error), f"{name}: {error}")
