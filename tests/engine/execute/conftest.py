"""Small notebooks, written by the tests, and runs of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from casebook.execute.perform import Request, perform
from casebook.execute.plan import Task
from casebook.execute.supervise import Worker
from casebook.runs.folder import RunsFolder
from casebook.runs.manifest import Manifest, load
from casebook.warm import client
from casebook.warm.settings import KINDS

PARAMETERS = """\
case: str = ""
as_of: "date" = ""
run: str = ""
seed: int = 0  # of all draws
"""


def write_notebook(path: Path, *cells: str, parameters: str = "") -> Path:
    """A notebook: texts that start with `#md ` are Markdown, the others code."""
    notebook = new_notebook()
    if parameters:
        notebook.cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    for cell in cells:
        made = new_markdown_cell(cell[4:]) if cell.startswith("#md ") else new_code_cell(cell)
        notebook.cells.append(made)
    nbformat.write(notebook, path)
    return path


class Bench:
    """A case's folder without a record, its notebooks, and runs of them."""

    PARAMETERS = PARAMETERS

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = RunsFolder.of_case(folder)
        self.tasks: list[Task] = []

    def add(
        self,
        stem: str,
        *cells: str,
        needs: tuple[str, ...] = (),
        reads: tuple[str, ...] = (),
        parameters: str = "",
    ) -> None:
        """A phase of the next run."""
        name = f"{len(self.tasks):02d}_{stem}"
        path = write_notebook(self.folder / f"{name}.ipynb", *cells, parameters=parameters)
        self.tasks.append(Task(stem, name, stem.title(), path, needs, reads))

    def request(self, **options: Any) -> Request:
        usual = {"case_folder": self.folder, "runs": self.runs, "jobs": 2}
        return Request(case_name="tiny", tasks=tuple(self.tasks), **{**usual, **options})

    def run(self, watcher: Any = None, **options: Any) -> tuple[Path, Manifest]:
        """The run's folder and its manifest as it was saved."""
        folder, manifest = perform(self.request(**options), watcher)
        assert load(folder) == manifest
        return folder, manifest

    def cells(self, folder: Path, stem: str) -> list[Any]:
        """The cells of an executed notebook."""
        task = next(task for task in self.tasks if task.stem == stem)
        return nbformat.read(folder / f"{task.name}.ipynb", as_version=4).cells

    def start(self, **options: Any) -> subprocess.Popen[str]:
        """The same run in a process of its own, which prints when its kernel runs a cell."""
        script = self.folder / "script.py"
        script.write_text(SCRIPT)
        arguments = [sys.executable, str(script), str(self.folder), repr(options)]
        for task in self.tasks:
            arguments += [task.stem, str(task.notebook), ",".join(task.needs)]
        return subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ended(self) -> list[tuple[Path, Manifest]]:
        """The runs that are in place, the newest first."""
        return [(folder, load(folder)) for folder in self.runs.folders()]

    @staticmethod
    def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
        """What the condition gives once it is true; fails when that takes too long."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            found = condition()
            if found:
                return found
            time.sleep(0.05)
        pytest.fail(f"waited {seconds} s in vain")

    @staticmethod
    def number_in(path: Path) -> int | None:
        """The whole number that a cell wrote into a file, once it has."""
        text = path.read_text() if path.exists() else ""
        return int(text) if text.endswith("\n") else None

    @staticmethod
    def is_running(pid: int) -> bool:
        """Whether a process runs; one that only waits to be collected does not."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    @staticmethod
    def end(process: subprocess.Popen[str]) -> None:
        """End a process that a test started, if it still runs."""
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()


SCRIPT = """
import ast, sys
from pathlib import Path
from casebook.exceptions import CasebookError
from casebook.execute.perform import Request, perform
from casebook.execute.plan import Task
from casebook.runs.folder import RunsFolder

folder, options = Path(sys.argv[1]), ast.literal_eval(sys.argv[2])
tasks = tuple(
    Task(stem, Path(path).stem, stem, Path(path), tuple(filter(None, needs.split(","))))
    for stem, path, needs in zip(sys.argv[3::3], sys.argv[4::3], sys.argv[5::3])
)
request = Request("tiny", folder, tasks, RunsFolder.of_case(folder), jobs=2, **options)
try:
    _, manifest = perform(request)
except CasebookError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_status)
sys.exit(manifest.exit_status)
"""


@pytest.fixture(scope="session")
def templates(runtime: Path) -> None:
    """The processes that kernels and workers are forked from, so that no test waits for them."""
    for kind in KINDS:
        client.ensure(kind)


@pytest.fixture
def bench(tmp_path: Path, templates: None) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def workers(monkeypatch) -> list[Worker]:
    """The workers of a run, as they are started."""
    found: list[Worker] = []
    start = Worker.__init__

    def started(worker: Worker, *arguments: object) -> None:
        start(worker, *arguments)
        found.append(worker)

    monkeypatch.setattr(Worker, "__init__", started)
    return found


@pytest.fixture
def signal_worker(bench, workers):
    """Sends a signal to the first worker of a run, once a cell has written a file."""
    threads = []

    def send(number: int, file: Path) -> None:
        def wait_and_send() -> None:
            bench.wait_for(lambda: bench.number_in(file))
            os.kill(workers[0].process.pid, number)

        threads.append(threading.Thread(target=wait_and_send))
        threads[-1].start()

    yield send
    for thread in threads:
        thread.join()
